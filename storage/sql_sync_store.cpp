#include "storage/sql_sync_store.hpp"

namespace liaison::storage {

namespace {

/// One verb: `body` in a transaction, on the worker.
template <class T>
Async<Result<T>> sync_verb(Worker& worker, std::shared_ptr<SyncProtocol> protocol,
                           std::function<Result<T>(SyncProtocol&)> body) {
    std::function<Result<T>()> job = [protocol = std::move(protocol), body = std::move(body)] {
        const std::function<Result<T>()> inside = [&] { return body(*protocol); };
        Result<T> result = in_transaction<T>(protocol->database(), inside);
        if (!result) protocol->abandon();
        return result;
    };
    return run_on<Result<T>>(worker, std::move(job));
}

}  // namespace

SqlSyncStore::SqlSyncStore(std::shared_ptr<SyncProtocol> protocol, std::string epoch,
                           Worker& worker, const Clock& clock)
    : protocol_(std::move(protocol)), epoch_(std::move(epoch)), worker_(worker), clock_(clock) {}

Async<Result<std::string>> SqlSyncStore::epoch() {
    Result<std::string> known(epoch_);
    co_return known;
}

Async<Result<PairState>> SqlSyncStore::pair_state(PairId pair) {
    return sync_verb<PairState>(worker_, protocol_, [pair](SyncProtocol& p) -> Result<PairState> {
        return p.pair_state(pair);
    });
}

Async<Result<void>> SqlSyncStore::set_paused(PairId pair, bool paused) {
    return sync_verb<void>(worker_, protocol_,
                           [pair, paused, now = clock_.now()](SyncProtocol& p) -> Result<void> {
                               p.set_paused(pair, paused, now);
                               return {};
                           });
}

Async<Result<void>> SqlSyncStore::set_not_before(PairId pair, Timestamp not_before,
                                                 std::string last_error) {
    return sync_verb<void>(worker_, protocol_,
                           [pair, not_before, last_error](SyncProtocol& p) -> Result<void> {
                               p.set_not_before(pair, not_before, last_error);
                               return {};
                           });
}

Async<Result<void>> SqlSyncStore::absorb_page(PairId pair, Side side, ChangePage page) {
    auto kept = std::make_shared<const ChangePage>(std::move(page));
    return sync_verb<void>(worker_, protocol_, [pair, side, kept](SyncProtocol& p) -> Result<void> {
        p.absorb_page(pair, side, *kept);
        return {};
    });
}

Async<Result<void>> SqlSyncStore::absorb_items(PairId pair, Side side,
                                               std::vector<Observation> observations) {
    auto kept = std::make_shared<const std::vector<Observation>>(std::move(observations));
    return sync_verb<void>(worker_, protocol_, [pair, side, kept](SyncProtocol& p) -> Result<void> {
        p.absorb_items(pair, side, *kept);
        return {};
    });
}

Async<Result<void>> SqlSyncStore::reset_cursor(PairId pair, Side side) {
    return sync_verb<void>(worker_, protocol_,
                           [pair, side, now = clock_.now()](SyncProtocol& p) -> Result<void> {
                               p.reset_cursor(pair, side, now);
                               return {};
                           });
}

Async<Result<std::vector<std::pair<ItemKey, CorrelationToken>>>> SqlSyncStore::unconfirmed(
    PairId pair, Side side) {
    using Keys = std::vector<std::pair<ItemKey, CorrelationToken>>;
    return sync_verb<Keys>(worker_, protocol_, [pair, side](SyncProtocol& p) -> Result<Keys> {
        return p.unconfirmed(pair, side);
    });
}

Async<Result<std::vector<std::pair<ItemKey, CorrelationToken>>>> SqlSyncStore::unshown(
    PairId pair, Side side, ItemKey after, std::size_t max) {
    using Keys = std::vector<std::pair<ItemKey, CorrelationToken>>;
    return sync_verb<Keys>(worker_, protocol_,
                           [pair, side, after, max](SyncProtocol& p) -> Result<Keys> {
                               return p.unshown(pair, side, after, max);
                           });
}

Async<Result<Picture>> SqlSyncStore::load_picture(PairId pair, Date today, bool everything) {
    return sync_verb<Picture>(worker_, protocol_,
                              [pair, today, everything, epoch = epoch_,
                               now = clock_.now()](SyncProtocol& p) -> Result<Picture> {
                                  Picture picture = p.load_picture(pair, today, everything, now);
                                  picture.epoch = epoch;
                                  return picture;
                              });
}

Async<Result<void>> SqlSyncStore::commit_plan(PairId pair, Plan plan) {
    auto kept = std::make_shared<const Plan>(std::move(plan));
    auto protocol = protocol_;
    std::function<Result<void>()> job = [protocol, pair, kept,
                                         now = clock_.now()]() -> Result<void> {
        const std::function<Result<void>()> inside = [&]() -> Result<void> {
            protocol->commit_plan(pair, *kept, now);
            return {};
        };
        Result<void> result = in_transaction<void>(protocol->database(), inside);
        if (result)
            protocol->picture_done(pair);
        else
            protocol->abandon();
        return result;
    };
    return run_on<Result<void>>(worker_, std::move(job));
}

Async<Result<std::vector<Operation>>> SqlSyncStore::due_operations(PairId pair, Timestamp now,
                                                                   std::size_t max) {
    using Operations = std::vector<Operation>;
    return sync_verb<Operations>(worker_, protocol_,
                                 [pair, now, max](SyncProtocol& p) -> Result<Operations> {
                                     return p.due_operations(pair, now, max);
                                 });
}

Async<Result<std::vector<Operation>>> SqlSyncStore::sent_operations(PairId pair) {
    using Operations = std::vector<Operation>;
    return sync_verb<Operations>(worker_, protocol_, [pair](SyncProtocol& p) -> Result<Operations> {
        return p.sent_operations(pair);
    });
}

Async<Result<void>> SqlSyncStore::mark_sent(PairId pair, std::vector<OperationId> operations) {
    return sync_verb<void>(worker_, protocol_,
                           [pair, operations, now = clock_.now()](SyncProtocol& p) -> Result<void> {
                               p.mark_sent(pair, operations, now);
                               return {};
                           });
}

Async<Result<void>> SqlSyncStore::settle(PairId pair, std::vector<Settlement> settlements) {
    auto kept = std::make_shared<const std::vector<Settlement>>(std::move(settlements));
    return sync_verb<void>(worker_, protocol_,
                           [pair, kept, now = clock_.now()](SyncProtocol& p) -> Result<void> {
                               p.settle(pair, *kept, now);
                               return {};
                           });
}

Async<Result<std::vector<Link>>> SqlSyncStore::links(PairId pair, std::vector<LinkId> ids) {
    return sync_verb<std::vector<Link>>(
        worker_, protocol_,
        [pair, ids](SyncProtocol& p) -> Result<std::vector<Link>> { return p.links(pair, ids); });
}

Async<Result<std::vector<PairSummary>>> SqlSyncStore::summaries() {
    using Summaries = std::vector<PairSummary>;
    return sync_verb<Summaries>(worker_, protocol_,
                                [](SyncProtocol& p) -> Result<Summaries> { return p.summaries(); });
}

Async<Result<std::vector<StoredConflict>>> SqlSyncStore::conflicts(std::size_t offset,
                                                                   std::size_t max) {
    using Conflicts = std::vector<StoredConflict>;
    return sync_verb<Conflicts>(
        worker_, protocol_,
        [offset, max](SyncProtocol& p) -> Result<Conflicts> { return p.conflicts(offset, max); });
}

Async<Result<std::vector<StoredParked>>> SqlSyncStore::parked(std::size_t offset, std::size_t max) {
    using Parked = std::vector<StoredParked>;
    return sync_verb<Parked>(worker_, protocol_, [offset, max](SyncProtocol& p) -> Result<Parked> {
        return p.parked(offset, max);
    });
}

Async<Result<void>> SqlSyncStore::retry_parked(std::int64_t id) {
    return sync_verb<void>(worker_, protocol_,
                           [id, now = clock_.now()](SyncProtocol& p) -> Result<void> {
                               return p.retry_parked(id, now);
                           });
}

Async<Result<std::optional<HeldPlan>>> SqlSyncStore::held_plan(PairId pair) {
    using Held = std::optional<HeldPlan>;
    return sync_verb<Held>(worker_, protocol_,
                           [pair](SyncProtocol& p) -> Result<Held> { return p.held_plan(pair); });
}

Async<Result<void>> SqlSyncStore::approve_held(PairId pair, std::string hash, std::string who) {
    return sync_verb<void>(worker_, protocol_,
                           [pair, hash, who, now = clock_.now()](SyncProtocol& p) -> Result<void> {
                               return p.approve_held(pair, hash, who, now);
                           });
}

Async<Result<std::vector<JournalEntry>>> SqlSyncStore::journal(std::int64_t after,
                                                               std::size_t max) {
    using Entries = std::vector<JournalEntry>;
    return sync_verb<Entries>(worker_, protocol_, [after, max](SyncProtocol& p) -> Result<Entries> {
        return p.journal(after, max);
    });
}

SqlStoreUpkeep::SqlStoreUpkeep(std::shared_ptr<SyncProtocol> protocol, Worker& worker)
    : protocol_(std::move(protocol)), worker_(worker) {}

Async<Result<JournalReport>> SqlStoreUpkeep::verify_journal() {
    return sync_verb<JournalReport>(
        worker_, protocol_,
        [](SyncProtocol& p) -> Result<JournalReport> { return p.verify_journal(); });
}

}  // namespace liaison::storage
