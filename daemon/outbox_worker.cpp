#include "daemon/outbox_worker.hpp"

#include <map>

#include "core/limits.hpp"
#include "daemon/sync/settle.hpp"

namespace liaison::daemon {

namespace {

/// Errors that speak of the mailbox or the connection: nothing more is sent in this drain.
bool outbox_scope_error(const Error& error) {
    switch (error.kind) {
        case ErrorKind::Transient:
        case ErrorKind::Throttled:
        case ErrorKind::Unauthenticated:
        case ErrorKind::Forbidden:
        case ErrorKind::Cancelled:
        case ErrorKind::Internal: return true;
        case ErrorKind::NotFound:
        case ErrorKind::VersionConflict:
        case ErrorKind::CursorExpired:
        case ErrorKind::AlreadyExists:
        case ErrorKind::InvalidRequest:
        case ErrorKind::Unanswered:
        case ErrorKind::TooLarge:
        case ErrorKind::Unsupported:
        case ErrorKind::CorruptReply: return false;
    }
    return true;
}

/// The longest run at the front that one call can carry.
std::vector<Operation> front_batch(std::vector<Operation>& queue, std::size_t max) {
    std::vector<Operation> batch;
    std::vector<Operation> rest;
    for (Operation& op : queue) {
        const bool fits = batch.empty() || (op.side == batch.front().side && op.kind == batch.front().kind);
        (fits && batch.size() < max ? batch : rest).push_back(std::move(op));
    }
    queue = std::move(rest);
    return batch;
}

void count_settlement(CycleReport& report, const Operation& op, const Settlement& settlement) {
    switch (settlement.what) {
        case Settlement::What::Done:
            ++(op.kind == OperationKind::Create   ? report.created
               : op.kind == OperationKind::Update ? report.updated
                                                  : report.deleted);
            return;
        case Settlement::What::Dropped: ++report.dropped; return;
        case Settlement::What::Requeued: ++report.requeued; return;
        case Settlement::What::Rejected: ++report.rejected; return;
    }
}

std::map<LinkId, Link> links_by_id(std::vector<Link> links) {
    std::map<LinkId, Link> out;
    for (Link& link : links) out.emplace(link.id, std::move(link));
    return out;
}

}  // namespace

OutboxWorker::OutboxWorker(SyncEndpoint& crm, SyncEndpoint& exchange, SyncStore& store, Clock& clock, EventLog& log)
    : crm_(crm), exchange_(exchange), store_(store), clock_(clock), log_(log) {}

Async<Result<std::optional<Observation>>> OutboxWorker::look_up(PairSpec pair, Operation operation) {
    SyncEndpoint& side = endpoint(operation.side);
    const CollectionId collection = side.collection(pair.kind, pair.mailbox);
    if (operation.kind == OperationKind::Create) {
        Result<std::optional<Observation>> found = co_await side.find_by_token(collection, operation.token);
        co_return found;
    }
    std::vector<ItemKey> keys(1, operation.key);
    std::vector<Result<Observation>> answers = co_await side.get_items(collection, std::move(keys));
    if (answers.size() != 1) co_return fail(ErrorKind::CorruptReply, "a read of one item answered another number");
    if (answers.front()) co_return std::optional<Observation>(std::move(*answers.front()));
    if (answers.front().error().kind != ErrorKind::NotFound) co_return std::unexpected(answers.front().error());
    if (!operation.stamp_token || operation.token.empty()) co_return std::optional<Observation>();
    // The stamp may have arrived and the item may have moved since: its new token tells.
    Result<std::optional<Observation>> moved = co_await side.find_by_token(collection, operation.token);
    co_return moved;
}

Async<Result<void>> OutboxWorker::confirm_unanswered(PairSpec pair) {
    Result<std::vector<Operation>> sent = co_await store_.sent_operations(pair.id);
    if (!sent) co_return std::unexpected(sent.error());
    if (sent->empty()) co_return Result<void>{};
    std::vector<LinkId> ids;
    for (const Operation& op : *sent) ids.push_back(op.link);
    Result<std::vector<Link>> loaded = co_await store_.links(pair.id, std::move(ids));
    if (!loaded) co_return std::unexpected(loaded.error());
    const std::map<LinkId, Link> links = links_by_id(std::move(*loaded));
    std::vector<Settlement> settlements;
    for (const Operation& op : *sent) {
        const auto link = links.find(op.link);
        if (link == links.end()) co_return fail(ErrorKind::Internal, "an operation without its link");
        Result<std::optional<Observation>> found = co_await look_up(pair, op);
        if (!found) co_return std::unexpected(found.error());
        settlements.push_back(sync::decide_unanswered(op, link->second, *found, clock_.now()));
    }
    log_.write(LogLevel::Info, "unanswered_settled",
               {{"pair", pair.id.str()}, {"operations", std::to_string(settlements.size())}});
    Result<void> settled = co_await store_.settle(pair.id, std::move(settlements));
    co_return settled;
}

Async<std::vector<Outcome>> OutboxWorker::send(PairSpec pair, std::vector<Operation> batch) {
    SyncEndpoint& side = endpoint(batch.front().side);
    const CollectionId collection = side.collection(pair.kind, pair.mailbox);
    std::vector<Outcome> outcomes;
    switch (batch.front().kind) {
        case OperationKind::Create: {
            std::vector<SyncEndpoint::NewItem> items;
            for (const Operation& op : batch) items.push_back({op.target, op.token});
            auto results = co_await side.create_items(collection, std::move(items));
            for (auto& result : results) outcomes.push_back(Outcome{std::move(result)});
            break;
        }
        case OperationKind::Update: {
            std::vector<SyncEndpoint::ItemUpdate> updates;
            for (const Operation& op : batch) {
                auto stamp = op.stamp_token ? std::optional<CorrelationToken>(op.token) : std::nullopt;
                updates.push_back({op.key, op.expected_version, op.patch, std::move(stamp)});
            }
            auto results = co_await side.update_items(collection, std::move(updates));
            for (auto& result : results) outcomes.push_back(Outcome{std::move(result)});
            break;
        }
        case OperationKind::Delete: {
            std::vector<SyncEndpoint::ItemRemoval> removals;
            for (const Operation& op : batch) removals.push_back({op.key, op.expected_version});
            auto results = co_await side.delete_items(collection, std::move(removals));
            for (std::size_t i = 0; i < results.size() && i < batch.size(); ++i) {
                if (!results[i]) {
                    outcomes.push_back(Outcome{std::unexpected(results[i].error())});
                    continue;
                }
                Observation gone;
                gone.key = batch[i].key;
                gone.content = Tombstone{true};
                outcomes.push_back(Outcome{std::move(gone)});
            }
            break;
        }
    }
    // A short answer leaves the rest unknown, never assumed.
    while (outcomes.size() < batch.size())
        outcomes.push_back(Outcome{fail(ErrorKind::Unanswered, "the batch's answer has no part for this item")});
    co_return outcomes;
}

Async<Result<CycleReport>> OutboxWorker::drain(PairSpec pair) {
    CycleReport report;
    Result<std::vector<Operation>> due =
        co_await store_.due_operations(pair.id, clock_.now(), limits::operations_per_cycle_max);
    if (!due) co_return std::unexpected(due.error());
    std::vector<Operation> queue = std::move(*due);
    while (!queue.empty()) {
        const EndpointCapabilities& can = endpoint(queue.front().side).capabilities(pair.kind);
        std::vector<Operation> batch = front_batch(queue, std::min(limits::write_batch, can.batch_size_max));
        std::vector<OperationId> ids;
        std::vector<LinkId> link_ids;
        for (const Operation& op : batch) {
            ids.push_back(op.id);
            link_ids.push_back(op.link);
        }
        Result<std::vector<Link>> loaded = co_await store_.links(pair.id, std::move(link_ids));
        if (!loaded) co_return std::unexpected(loaded.error());
        const std::map<LinkId, Link> links = links_by_id(std::move(*loaded));
        Result<void> marked = co_await store_.mark_sent(pair.id, std::move(ids));
        if (!marked) co_return std::unexpected(marked.error());

        std::vector<Operation> sending = batch;
        std::vector<Outcome> outcomes = co_await send(pair, std::move(sending));

        std::vector<Settlement> settlements;
        std::optional<Error> scope;
        for (std::size_t i = 0; i < batch.size(); ++i) {
            Operation& op = batch[i];
            op.state = OperationState::Sent;
            ++op.attempts;
            const auto link = links.find(op.link);
            if (link == links.end()) co_return fail(ErrorKind::Internal, "an operation without its link");
            Settlement settlement = sync::settle_operation(op, link->second, outcomes[i], clock_.now());
            count_settlement(report, op, settlement);
            if (!outcomes[i].result && outbox_scope_error(outcomes[i].result.error()))
                scope = outcomes[i].result.error();
            settlements.push_back(std::move(settlement));
        }
        Result<void> settled = co_await store_.settle(pair.id, std::move(settlements));
        if (!settled) co_return std::unexpected(settled.error());
        if (scope) co_return std::unexpected(*scope);
    }
    co_return report;
}

}  // namespace liaison::daemon
