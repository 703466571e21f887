#pragma once
#include <optional>
#include <string>
#include <vector>

#include "core/async.hpp"
#include "core/link.hpp"
#include "core/operation.hpp"
#include "core/result.hpp"

namespace liaison {

/// Where a pair's feeds stand.
struct PairState {
    Cursor crm_cursor;
    Cursor exchange_cursor;
    bool crm_complete = false;  ///< read to the end since the last commit_plan
    bool exchange_complete = false;
    bool paused = false;
    Timestamp not_before{};  ///< throttling and back-off, survives a restart
    std::string last_error;
    Timestamp last_success{};

    const Cursor& cursor(Side side) const {
        return side == Side::Crm ? crm_cursor : exchange_cursor;
    }
};

/// A line of the append-only journal.
struct JournalEntry {
    std::int64_t sequence = 0;
    Timestamp at{};
    PairId pair;
    std::string
        event;  ///< link_opened, sent, settled, conflict, parked, held, approved, retried, ...
    LinkId link;
    OperationId operation;
    std::string reason;
    std::string detail;  ///< JSON: before-image, patch, keys
};

struct StoredConflict {
    std::int64_t id = 0;
    PairId pair;
    Conflict conflict;
};
struct StoredParked {
    std::int64_t id = 0;
    PairId pair;
    ParkedItem item;
    Timestamp since{};
};
struct PairSummary {
    PairId pair;
    PairState state;
    std::size_t links = 0;
    std::size_t queued = 0;
    std::size_t sent = 0;
    std::size_t rejected = 0;
    std::size_t conflicts = 0;
    std::size_t parked = 0;
    bool held = false;
};

/// The protocol's memory. Each verb is one durable transaction (SQLite WAL, synchronous=FULL);
/// after an error nothing of it is stored. Kind `Internal` for all failures: the caller stops
/// writing.
class SyncStore {
public:
    virtual ~SyncStore() = default;

    /// Random mark of this data directory, drawn once.
    virtual Async<Result<std::string>> epoch() = 0;
    virtual Async<Result<PairState>> pair_state(PairId pair) = 0;
    virtual Async<Result<void>> set_paused(PairId pair, bool paused) = 0;
    virtual Async<Result<void>> set_not_before(PairId pair, Timestamp not_before,
                                               std::string last_error) = 0;

    /// Observations of one page *and* the cursor behind it. Never replaces an observation by an
    /// older one (same version, or modified_at before what is known). Observations equal to what is
    /// stored touch nothing (echo). A snapshot's first page begins a mark-and-sweep: after its last
    /// page, known live items that did not appear become unconfirmed tombstones. The same version
    /// with another kind of content (in and out of scope) does replace, an unconfirmed tombstone
    /// gives way to any state that is not older, and a tombstone of a key that was never seen is
    /// not stored.
    virtual Async<Result<void>> absorb_page(PairId pair, Side side, ChangePage page) = 0;
    /// Single observations outside a feed (confirmations, moved items); same rules.
    virtual Async<Result<void>> absorb_items(PairId pair, Side side,
                                             std::vector<Observation> observations) = 0;
    /// The feed's state is lost: cursor empty, snapshot to come. Deletes nothing.
    virtual Async<Result<void>> reset_cursor(PairId pair, Side side) = 0;

    /// Keys with an unconfirmed tombstone that belong to a link, to be confirmed by a read.
    virtual Async<Result<std::vector<std::pair<ItemKey, CorrelationToken>>>> unconfirmed(
        PairId pair, Side side) = 0;
    /// Live items of links that the feed has not shown, after key `after`, at most `max`: made by
    /// ourselves and gone again before the feed came to it, or lying where the feed does not look
    /// (moved). A feed need not tell that such an item went: they are read by key.
    virtual Async<Result<std::vector<std::pair<ItemKey, CorrelationToken>>>> unshown(
        PairId pair, Side side, ItemKey after, std::size_t max) = 0;

    /// The links that something touched since the last commit_plan, or whose recheck_on has come,
    /// with their observations, free observations, totals and approvals. Capabilities, policy,
    /// mailbox, clock are the caller's to fill in. `everything` loads all links.
    ///
    /// What sync::reconcile relies on, so that a plan from the touched part equals the plan from
    /// everything:
    /// - one touched free observation brings all free observations of the other side, and the link
    /// (with its view) whose
    ///   nonce its token carries; a loaded link brings the free observations that carry its nonce;
    /// - a free observation that is parked at this version is left out until it changes or is
    /// retried;
    /// - an outcome (settle) touches its link: what people did while the operation was in flight is
    /// decided then;
    /// - a link whose removal is held stays touched;
    /// - totals count Delete operations and Unlink changes of committed plans, except GoneOnBoth
    /// and EditOutranksDeletion.
    virtual Async<Result<Picture>> load_picture(PairId pair, Date today, bool everything) = 0;

    /// Links, shadows, conflicts, parked items, held plan, operations as Queued; the touched marks
    /// of what the last load_picture of this pair returned are cleared; what was absorbed since
    /// stays touched, and a link that was shown with an operation in flight is shown again. No held
    /// plan in `plan` releases the one that was held. A second operation in flight for a link, or a
    /// change of an unknown link, is Internal; a Rejected operation gives way to a new one.
    virtual Async<Result<void>> commit_plan(PairId pair, Plan plan) = 0;

    /// Operations that are due, oldest first, at most `max`.
    virtual Async<Result<std::vector<Operation>>> due_operations(PairId pair, Timestamp now,
                                                                 std::size_t max) = 0;
    /// Operations left as Sent by a crash or an unanswered request.
    virtual Async<Result<std::vector<Operation>>> sent_operations(PairId pair) = 0;
    /// Sent, attempts + 1.
    virtual Async<Result<void>> mark_sent(PairId pair, std::vector<OperationId> operations) = 0;
    /// Outcomes of a batch. An operation that is not there is Internal. Done and Dropped touch the
    /// link: it is looked at once more. Requeued stores `requeued` with the state that it has: an
    /// unanswered one stays Sent. Rejected parks the operation (reason_code "rejected").
    virtual Async<Result<void>> settle(PairId pair, std::vector<Settlement> settlements) = 0;

    /// Link of a pair, for settling.
    virtual Async<Result<std::vector<Link>>> links(PairId pair, std::vector<LinkId> ids) = 0;

    // What people look at and decide.
    virtual Async<Result<std::vector<PairSummary>>> summaries() = 0;
    virtual Async<Result<std::vector<StoredConflict>>> conflicts(std::size_t offset,
                                                                 std::size_t max) = 0;
    virtual Async<Result<std::vector<StoredParked>>> parked(std::size_t offset,
                                                            std::size_t max) = 0;
    /// Tries a parked item again at the next cycle; of a rejected operation: takes it back, so that
    /// its link is planned anew. NotFound if there is none.
    virtual Async<Result<void>> retry_parked(std::int64_t id) = 0;
    virtual Async<Result<std::optional<HeldPlan>>> held_plan(PairId pair) = 0;
    /// Approves exactly the list with this hash. NotFound if another list is held by now.
    virtual Async<Result<void>> approve_held(PairId pair, std::string hash, std::string who) = 0;
    virtual Async<Result<std::vector<JournalEntry>>> journal(std::int64_t after,
                                                             std::size_t max) = 0;
};

}  // namespace liaison
