#pragma once
#include <cstddef>
#include <map>
#include <set>
#include <string>

#include "core/async.hpp"
#include "core/link.hpp"
#include "core/ports/clock.hpp"
#include "core/ports/event_log.hpp"
#include "core/ports/sync_endpoint.hpp"
#include "core/ports/sync_store.hpp"
#include "core/result.hpp"

namespace liaison::daemon {

/// One kind of one rep, mirrored between the CRM and his mailbox.
struct PairSpec {
    PairId id;
    MailboxId mailbox;
    EntityKind kind = EntityKind::Task;
    PairPolicy policy;
    std::string crm_system;
    std::set<std::string>
        mirrored_organizers;  ///< addresses of the reps whose mailboxes are mirrored
};
PairId pair_id(const MailboxId& mailbox, EntityKind kind);

/// What one cycle did.
struct CycleReport {
    std::size_t observed_crm = 0;
    std::size_t observed_exchange = 0;
    std::size_t created = 0;
    std::size_t updated = 0;
    std::size_t deleted = 0;
    std::size_t dropped = 0;  ///< somebody wrote in between: decided anew in the next cycle
    std::size_t requeued = 0;
    std::size_t rejected = 0;
    std::size_t conflicts = 0;
    std::size_t parked = 0;
    std::size_t links_changed = 0;
    bool held = false;

    /// Something moved: another cycle should follow at once.
    bool moved() const { return created + updated + deleted + dropped + links_changed > 0; }
};

/// Runs the protocol for a pair: observe both sides to the end, settle what is unknown, plan, act.
///
/// The order is the proof (style-anchors 5.4 to 5.6): a plan is only made on complete feeds; an
/// effect is only sent after its intent is durable; an unanswered effect is settled by looking. Any
/// step may be the last one before a crash.
class SyncRunner {
public:
    /// All references must outlive the runner.
    SyncRunner(SyncEndpoint& crm, SyncEndpoint& exchange, SyncStore& store, Clock& clock,
               EventLog& log);

    /// One whole cycle. An error stops it where it stands; the next cycle takes up from what is
    /// stored.
    Async<Result<CycleReport>> run_cycle(PairSpec pair);

    /// Observes both sides and tells what a cycle would do. Sends nothing, commits no plan.
    Async<Result<Plan>> preview(PairSpec pair);

private:
    Async<Result<std::size_t>> observe(PairSpec pair, Side side);
    Async<Result<void>> confirm_tombstones(PairSpec pair, Side side);
    Async<Result<void>> read_unshown(PairSpec pair, Side side);
    using Keys = std::vector<std::pair<ItemKey, CorrelationToken>>;
    Async<Result<void>> read_and_absorb(PairSpec pair, Side side, Keys asked);
    Async<Result<std::vector<Observation>>> read_again(PairSpec pair, Side side,
                                                       std::vector<ItemKey> keys,
                                                       std::vector<CorrelationToken> tokens);
    Async<Result<Picture>> load(PairSpec pair, bool everything);
    /// Logs a held list once, not in every cycle that finds it unchanged.
    Async<Result<void>> tell_held(PairId pair, HeldPlan held);

    SyncEndpoint& endpoint(Side side) { return side == Side::Crm ? crm_ : exchange_; }

    SyncEndpoint& crm_;
    SyncEndpoint& exchange_;
    SyncStore& store_;
    Clock& clock_;
    EventLog& log_;
    /// Where the next turn of read_unshown begins: a batch per cycle, however many there are.
    std::map<std::pair<PairId, Side>, ItemKey> unshown_from_;
};

}  // namespace liaison::daemon
