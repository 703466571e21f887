#include "storage/sync_protocol.hpp"

#include "storage/journal_detail.hpp"

namespace liaison::storage {

SyncProtocol::SyncProtocol(std::shared_ptr<Database> database)
    : database_(std::move(database)),
      pairs_(*database_),
      observations_(*database_),
      links_(*database_),
      operations_(*database_),
      review_(*database_),
      journal_(*database_) {}

SyncProtocol::Scope SyncProtocol::open_scope(const PairId& pair, Timestamp now) {
    Scope scope;
    scope.name = pair;
    scope.pair = pairs_.ensure(pair);
    scope.touch = pairs_.next_touch(scope.pair);
    scope.now = now;
    return scope;
}

void SyncProtocol::note(const Scope& scope, std::string event, LinkId link, OperationId operation,
                        Reason reason, std::string detail) {
    JournalEntry entry;
    entry.at = scope.now;
    entry.pair = scope.name;
    entry.event = std::move(event);
    entry.link = link;
    entry.operation = operation;
    entry.reason = std::string(to_string(reason));
    entry.detail = std::move(detail);
    journal_.append(std::move(entry));
}

void SyncProtocol::note(const Scope& scope, std::string event, std::string detail) {
    JournalEntry entry;
    entry.at = scope.now;
    entry.pair = scope.name;
    entry.event = std::move(event);
    entry.detail = std::move(detail);
    journal_.append(std::move(entry));
}

void SyncProtocol::set_paused(const PairId& pair, bool paused, Timestamp now) {
    Scope scope;
    scope.name = pair;
    scope.pair = pairs_.ensure(pair);
    scope.now = now;
    const std::int64_t changed =
        database_->execute("UPDATE pair SET paused = ? WHERE id = ? AND paused <> ?",
                           {std::int64_t{paused}, scope.pair, std::int64_t{paused}});
    if (changed == 0) return;
    note(scope, paused ? "paused" : "resumed", {});
    journal_.finish();
}

void SyncProtocol::set_not_before(const PairId& pair, Timestamp not_before,
                                  const std::string& last_error) {
    database_->execute("UPDATE pair SET not_before = ?, last_error = ? WHERE id = ?",
                       {std::int64_t{not_before.time_since_epoch().count()},
                        std::string_view(last_error), pairs_.ensure(pair)});
}

void SyncProtocol::absorb_page(const PairId& pair, Side side, const ChangePage& page) {
    const Scope scope = open_scope(pair, {});
    FeedRow feed = pairs_.feed(scope.pair, side);
    if (page.is_snapshot && !feed.sweeping) {
        feed.sweeping = true;
        ++feed.generation;
    } else if (!page.is_snapshot) {
        feed.sweeping = false;  // a snapshot that was given up shows no absence
    }
    for (const Observation& seen : page.observations)
        observations_.absorb(scope.pair, side, seen, feed.generation, scope.touch);
    if (page.is_last && feed.sweeping) {
        observations_.sweep(scope.pair, side, feed.generation, scope.touch);
        feed.sweeping = false;
    }
    feed.cursor = page.next;
    feed.complete = page.is_last;
    pairs_.write_feed(scope.pair, side, feed);
}

void SyncProtocol::absorb_items(const PairId& pair, Side side,
                                const std::vector<Observation>& observations) {
    const Scope scope = open_scope(pair, {});
    for (const Observation& seen : observations)
        observations_.absorb(scope.pair, side, seen, std::nullopt, scope.touch);
}

void SyncProtocol::reset_cursor(const PairId& pair, Side side, Timestamp now) {
    Scope scope;
    scope.name = pair;
    scope.pair = pairs_.ensure(pair);
    scope.now = now;
    FeedRow feed = pairs_.feed(scope.pair, side);
    feed.cursor = Cursor();
    feed.complete = false;
    feed.sweeping = false;
    pairs_.write_feed(scope.pair, side, feed);
    note(scope, "cursor_reset", side_detail(side));
    journal_.finish();
}

std::vector<std::pair<ItemKey, CorrelationToken>> SyncProtocol::unconfirmed(const PairId& pair,
                                                                            Side side) {
    return observations_.unconfirmed(pairs_.find(pair), side);
}

std::vector<std::pair<ItemKey, CorrelationToken>> SyncProtocol::unshown(const PairId& pair,
                                                                        Side side,
                                                                        const ItemKey& after,
                                                                        std::size_t max) {
    return observations_.unshown(pairs_.find(pair), side, after, max);
}

std::vector<Operation> SyncProtocol::due_operations(const PairId& pair, Timestamp now,
                                                    std::size_t max) {
    return operations_.due(pairs_.find(pair), now, max);
}

std::vector<Operation> SyncProtocol::sent_operations(const PairId& pair) {
    return operations_.sent(pairs_.find(pair));
}

void SyncProtocol::mark_sent(const PairId& pair, const std::vector<OperationId>& operations,
                             Timestamp now) {
    Scope scope;
    scope.name = pair;
    scope.pair = pairs_.find(pair);
    scope.now = now;
    for (const OperationId id : operations) {
        if (!operations_.mark_sent(scope.pair, id))
            broken("operation " + std::to_string(id.value()) + " is not there to be sent",
                   "no_such_operation");
        const std::optional<Operation> sent = operations_.find(scope.pair, id);
        note(scope, "sent", sent->link, id, sent->reason, attempt_detail(sent->attempts));
    }
    journal_.finish();
}

std::vector<Link> SyncProtocol::links(const PairId& pair, const std::vector<LinkId>& ids) {
    const PairNumber number = pairs_.find(pair);
    std::vector<Link> out;
    for (const LinkId id : ids)
        if (std::optional<Link> link = links_.find(number, id)) out.push_back(std::move(*link));
    return out;
}

std::vector<PairSummary> SyncProtocol::summaries() {
    std::vector<PairSummary> out;
    const auto rows = database_->query(
        "SELECT p.name, (SELECT COUNT(*) FROM link l WHERE l.pair = p.id), "
        "(SELECT COUNT(*) FROM operation o WHERE o.pair = p.id AND o.state = 0), "
        "(SELECT COUNT(*) FROM operation o WHERE o.pair = p.id AND o.state = 1), "
        "(SELECT COUNT(*) FROM operation o WHERE o.pair = p.id AND o.state = 2), "
        "(SELECT COUNT(*) FROM conflict c WHERE c.pair = p.id), "
        "(SELECT COUNT(*) FROM parked k WHERE k.pair = p.id), "
        "(SELECT COUNT(*) FROM held h WHERE h.pair = p.id) FROM pair p ORDER BY p.name");
    while (rows->next()) {
        PairSummary row;
        row.pair = PairId(rows->bytes(0));
        row.state = pairs_.state(row.pair);
        row.links = static_cast<std::size_t>(rows->integer(1));
        row.queued = static_cast<std::size_t>(rows->integer(2));
        row.sent = static_cast<std::size_t>(rows->integer(3));
        row.rejected = static_cast<std::size_t>(rows->integer(4));
        row.conflicts = static_cast<std::size_t>(rows->integer(5));
        row.parked = static_cast<std::size_t>(rows->integer(6));
        row.held = rows->integer(7) != 0;
        out.push_back(std::move(row));
    }
    return out;
}

Result<void> SyncProtocol::retry_parked(std::int64_t id, Timestamp now) {
    const std::optional<ReviewTables::ParkedRow> row = review_.find_parked(id);
    if (!row)
        return fail(ErrorKind::NotFound,
                    "nothing is parked under the number " + std::to_string(id));
    const Scope scope = open_scope(row->pair_name, now);
    review_.remove_parked(id);
    if (row->operation) operations_.remove(*row->operation);
    if (row->link) links_.touch(*row->link, scope.touch);
    if (!row->item.key.empty())
        observations_.touch(scope.pair, row->item.side, row->item.key, scope.touch);
    note(scope, "retried", row->link.value_or(LinkId()), row->operation.value_or(OperationId()),
         row->item.reason, parked_detail(row->item));
    journal_.finish();
    return {};
}

std::optional<HeldPlan> SyncProtocol::held_plan(const PairId& pair) {
    return review_.held(pairs_.find(pair));
}

Result<void> SyncProtocol::approve_held(const PairId& pair, const std::string& hash,
                                        const std::string& who, Timestamp now) {
    const std::optional<HeldPlan> held = held_plan(pair);
    if (!held || held->hash != hash)
        return fail(ErrorKind::NotFound, held ? "another list is held by now" : "no plan is held");
    Scope scope;
    scope.name = pair;
    scope.pair = pairs_.find(pair);
    scope.now = now;
    review_.approve(scope.pair, hash, who, now);
    note(scope, "approved", approval_detail(hash, who));
    journal_.finish();
    return {};
}

}  // namespace liaison::storage
