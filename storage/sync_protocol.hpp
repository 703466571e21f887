#pragma once
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "core/ports/sync_store.hpp"
#include "storage/database.hpp"
#include "storage/journal.hpp"
#include "storage/link_table.hpp"
#include "storage/observation_table.hpp"
#include "storage/operation_table.hpp"
#include "storage/pair_table.hpp"
#include "storage/review_tables.hpp"

namespace liaison::storage {

/// The verbs of SyncStore without waiting: called on the storage thread, each inside one
/// transaction that the caller opens and commits. Failures are StorageFailure (then the transaction
/// rolls back); NotFound is a Result.
///
/// `now` is the control thread's clock when the verb was asked for.
class SyncProtocol {
public:
    explicit SyncProtocol(std::shared_ptr<Database> database);

    PairState pair_state(const PairId& pair) { return pairs_.state(pair); }
    void set_paused(const PairId& pair, bool paused, Timestamp now);
    void set_not_before(const PairId& pair, Timestamp not_before, const std::string& last_error);

    void absorb_page(const PairId& pair, Side side, const ChangePage& page);
    void absorb_items(const PairId& pair, Side side, const std::vector<Observation>& observations);
    void reset_cursor(const PairId& pair, Side side, Timestamp now);
    std::vector<std::pair<ItemKey, CorrelationToken>> unconfirmed(const PairId& pair, Side side);
    std::vector<std::pair<ItemKey, CorrelationToken>> unshown(const PairId& pair, Side side,
                                                              const ItemKey& after,
                                                              std::size_t max);

    Picture load_picture(const PairId& pair, Date today, bool everything, Timestamp now);
    void commit_plan(const PairId& pair, const Plan& plan, Timestamp now);
    /// After commit_plan's transaction has ended well: the picture that it answered is no longer
    /// under way.
    void picture_done(const PairId& pair) { pictures_.erase(pair); }

    std::vector<Operation> due_operations(const PairId& pair, Timestamp now, std::size_t max);
    std::vector<Operation> sent_operations(const PairId& pair);
    void mark_sent(const PairId& pair, const std::vector<OperationId>& operations, Timestamp now);
    void settle(const PairId& pair, const std::vector<Settlement>& settlements, Timestamp now);
    std::vector<Link> links(const PairId& pair, const std::vector<LinkId>& ids);

    std::vector<PairSummary> summaries();
    std::vector<StoredConflict> conflicts(std::size_t offset, std::size_t max) {
        return review_.conflicts(offset, max);
    }
    std::vector<StoredParked> parked(std::size_t offset, std::size_t max) {
        return review_.parked(offset, max);
    }
    Result<void> retry_parked(std::int64_t id, Timestamp now);
    std::optional<HeldPlan> held_plan(const PairId& pair);
    Result<void> approve_held(const PairId& pair, const std::string& hash, const std::string& who,
                              Timestamp now);
    std::vector<JournalEntry> journal(std::int64_t after, std::size_t max) {
        return journal_.read(after, max);
    }
    JournalReport verify_journal() { return journal_.verify(); }

    /// The verb's transaction was rolled back.
    void abandon() { journal_.abandon(); }
    Database& database() { return *database_; }

private:
    /// What the picture under way has shown. Held in memory only: after a restart there is none,
    /// and nothing is cleared.
    struct PictureUnderWay {
        /// Touched marks up to this number were shown in every picture since the last commit. A
        /// preview that nobody commits only makes it smaller: something is shown once more, nothing
        /// is forgotten.
        std::int64_t watermark = 0;
        std::int64_t newest = 0;  ///< of the newest picture
        std::set<LinkId>
            waiting;  ///< links that were shown with an operation in flight: to be shown again
    };
    /// What one verb needs all the time.
    struct Scope {
        PairId name;
        PairNumber pair = 0;
        std::int64_t touch = 0;  ///< for what this verb touches
        std::int64_t watermark =
            0;  ///< of the newest picture: what was touched later is unknown to the plan
        bool settling = false;
        Timestamp now{};
    };

    Scope open_scope(const PairId& pair, Timestamp now);
    LinkView view_of(const Link& link);
    static void add_token(Picture& picture, const CorrelationToken& token, LinkId link);
    void add_claimed(PairNumber pair, Picture& picture, std::set<std::int64_t>& ids);
    void load_free(PairNumber pair, Picture& picture, bool everything);
    void load_views(PairNumber pair, Picture& picture, const std::set<std::int64_t>& ids);

    void apply(const Scope& scope, const LinkChange& change);
    void apply_change(const Scope& scope, const OpenLink& change);
    void apply_change(const Scope& scope, const BindItem& change);
    void apply_change(const Scope& scope, const AdvanceShadow& change);
    void apply_change(const Scope& scope, const Unlink& change);
    void apply_change(const Scope& scope, const SetRecheck& change);
    void clear_shown(const Scope& scope);
    void withdraw(const Scope& scope, OperationId id);
    void store_reviews(const Scope& scope, const Plan& plan);
    void count_removals(const Scope& scope, const Plan& plan);
    void settle_one(const Scope& scope, const Settlement& settlement);
    void absorb_own_write(const Scope& scope, const Settlement& settlement);
    void note(const Scope& scope, std::string event, LinkId link, OperationId operation,
              Reason reason, std::string detail);
    void note(const Scope& scope, std::string event, std::string detail);

    std::shared_ptr<Database> database_;
    PairTable pairs_;
    ObservationTable observations_;
    LinkTable links_;
    OperationTable operations_;
    ReviewTables review_;
    Journal journal_;
    std::map<PairId, PictureUnderWay> pictures_;
};

}  // namespace liaison::storage
