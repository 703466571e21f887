#pragma once
#include <memory>
#include <string>
#include <vector>

#include "core/ports/clock.hpp"
#include "core/ports/sync_store.hpp"
#include "core/ports/worker.hpp"
#include "storage/stores.hpp"
#include "storage/sync_protocol.hpp"

namespace liaison::storage {

/// SyncStore over a Database: every verb is one job on the worker and one transaction. The jobs own
/// what they touch, so the store may go while one is under way.
class SqlSyncStore final : public SyncStore {
public:
    SqlSyncStore(std::shared_ptr<SyncProtocol> protocol, std::string epoch, Worker& worker,
                 const Clock& clock);

    Async<Result<std::string>> epoch() override;
    Async<Result<PairState>> pair_state(PairId pair) override;
    Async<Result<void>> set_paused(PairId pair, bool paused) override;
    Async<Result<void>> set_not_before(PairId pair, Timestamp not_before,
                                       std::string last_error) override;
    Async<Result<void>> absorb_page(PairId pair, Side side, ChangePage page) override;
    Async<Result<void>> absorb_items(PairId pair, Side side,
                                     std::vector<Observation> observations) override;
    Async<Result<void>> reset_cursor(PairId pair, Side side) override;
    Async<Result<std::vector<std::pair<ItemKey, CorrelationToken>>>> unconfirmed(
        PairId pair, Side side) override;
    Async<Result<std::vector<std::pair<ItemKey, CorrelationToken>>>> unshown(
        PairId pair, Side side, ItemKey after, std::size_t max) override;
    Async<Result<Picture>> load_picture(PairId pair, Date today, bool everything) override;
    Async<Result<void>> commit_plan(PairId pair, Plan plan) override;
    Async<Result<std::vector<Operation>>> due_operations(PairId pair, Timestamp now,
                                                         std::size_t max) override;
    Async<Result<std::vector<Operation>>> sent_operations(PairId pair) override;
    Async<Result<void>> mark_sent(PairId pair, std::vector<OperationId> operations) override;
    Async<Result<void>> settle(PairId pair, std::vector<Settlement> settlements) override;
    Async<Result<std::vector<Link>>> links(PairId pair, std::vector<LinkId> ids) override;
    Async<Result<std::vector<PairSummary>>> summaries() override;
    Async<Result<std::vector<StoredConflict>>> conflicts(std::size_t offset,
                                                         std::size_t max) override;
    Async<Result<std::vector<StoredParked>>> parked(std::size_t offset, std::size_t max) override;
    Async<Result<void>> retry_parked(std::int64_t id) override;
    Async<Result<std::optional<HeldPlan>>> held_plan(PairId pair) override;
    Async<Result<void>> approve_held(PairId pair, std::string hash, std::string who) override;
    Async<Result<std::vector<JournalEntry>>> journal(std::int64_t after, std::size_t max) override;

private:
    std::shared_ptr<SyncProtocol> protocol_;
    std::string epoch_;
    Worker& worker_;
    const Clock& clock_;
};

class SqlStoreUpkeep final : public StoreUpkeep {
public:
    SqlStoreUpkeep(std::shared_ptr<SyncProtocol> protocol, Worker& worker);
    Async<Result<JournalReport>> verify_journal() override;

private:
    std::shared_ptr<SyncProtocol> protocol_;
    Worker& worker_;
};

/// Migrates the database and builds the stores over it (for open_stores, and for tests that keep
/// the database in hand).
Result<Stores> make_stores(std::shared_ptr<Database> database, Worker& worker, Entropy& entropy,
                           const Clock& clock);

}  // namespace liaison::storage
