#include "storage/journal_detail.hpp"
#include "storage/record_codec.hpp"
#include "storage/sync_protocol.hpp"

namespace liaison::storage {

namespace {

constexpr std::chrono::hours kRemovalsKept{48};

/// Is an unlinking a loss that the guard counts? (sync/guard.cpp counts the same in a plan.)
bool is_loss(Reason reason) {
    return reason != Reason::GoneOnBoth && reason != Reason::EditOutranksDeletion;
}

/// The side whose item stays without its counterpart.
Side losing_side(Reason reason, const std::optional<Observation>& exchange) {
    if (reason == Reason::GoneInCrm || reason == Reason::LeftScopeInCrm) return Side::Exchange;
    if (reason == Reason::GoneInExchange || reason == Reason::LeftScopeInExchange) return Side::Crm;
    return exchange && !exchange->record() ? Side::Crm : Side::Exchange;
}

bool equals_anchor(const Observation& observation, const std::optional<Anchor>& anchor) {
    return anchor && observation.record() && observation.key == anchor->key &&
           observation.version == anchor->version && *observation.record() == anchor->shadow;
}

}  // namespace

void SyncProtocol::apply(const Scope& scope, const LinkChange& change) {
    std::visit([&](const auto& one) { apply_change(scope, one); }, change);
}

void SyncProtocol::apply_change(const Scope& scope, const OpenLink& change) {
    Link link;
    link.id = change.link;
    link.kind = change.kind;
    link.token = change.token;
    link.made_in_exchange = change.made_in_exchange;
    if (change.source)
        link.anchor(*change.source) =
            Anchor{change.source_key, change.source_version, change.source_shadow};
    links_.insert(scope.pair, link, 0);
    pairs_.raise_next_link(scope.pair, LinkId(change.link.value() + 1));
    if (change.source)
        observations_.bind(scope.pair, *change.source, change.source_key, change.link.value(),
                           scope.touch);
    note(scope, "link_opened", change.link, {}, change.reason, change_detail(change));
}

void SyncProtocol::apply_change(const Scope& scope, const BindItem& change) {
    Link link = links_.get(scope.pair, change.link);
    links_.set_anchor(scope.pair, link.id, change.side,
                      Anchor{change.key, change.version, change.shadow});
    if (change.attached && !link.attached) {
        link.attached = true;  // never cleared by binding: nothing starts to flow by accident
        links_.set_flags(link);
    }
    observations_.bind(scope.pair, change.side, change.key, link.id.value(), scope.touch);
    // What was bound may differ from its shadow: the next picture shows it.
    if (!scope.settling) links_.touch(link.id, scope.touch);
    note(scope, "item_bound", change.link, {}, change.reason, change_detail(change));
}

void SyncProtocol::apply_change(const Scope& scope, const AdvanceShadow& change) {
    Link link = links_.get(scope.pair, change.link);
    std::optional<Anchor>& anchor = link.anchor(change.side);
    if (!anchor)
        broken("a shadow moves on that link " + std::to_string(link.id.value()) + " does not have");
    if (!change.version.empty()) anchor->version = change.version;
    if (!change.shadow.values().empty()) anchor->shadow = change.shadow;
    links_.set_anchor(scope.pair, link.id, change.side, *anchor);
    if (change.edited_in_exchange && !link.edited_in_exchange) {
        link.edited_in_exchange = true;
        links_.set_flags(link);
    }
    if (!change.token.empty() && change.token != link.token)
        links_.set_token(link.id, change.token);
    // Echoes are no news: they would be most of the journal.
    if (change.reason != Reason::AcknowledgedEcho && !scope.settling)
        note(scope, "shadow_advanced", change.link, {}, change.reason, change_detail(change));
}

void SyncProtocol::apply_change(const Scope& scope, const Unlink& change) {
    const Link link = links_.get(scope.pair, change.link);
    if (const std::optional<Operation> present = operations_.of_link(link.id)) {
        if (present->state == OperationState::Sent)
            broken("link " + std::to_string(link.id.value()) +
                   " goes while its operation is under way");
        operations_.remove(present->id);
    }
    observations_.unbind_all(link.id.value(), scope.watermark);
    links_.remove(link.id);
    note(scope, "unlinked", link.id, {}, change.reason, unlink_detail(link));
}

void SyncProtocol::apply_change(const Scope& scope, const SetRecheck& change) {
    Link link = links_.get(scope.pair, change.link);
    link.recheck_on = change.on;
    links_.set_flags(link);
}

/// The marks of what the picture has shown; a link with an operation in flight was left alone and
/// is shown again.
void SyncProtocol::clear_shown(const Scope& scope) {
    const auto under_way = pictures_.find(scope.name);
    if (under_way == pictures_.end()) return;
    observations_.clear_touched(scope.pair, under_way->second.watermark);
    links_.clear_touched(scope.pair, under_way->second.watermark);
    for (const LinkId link : under_way->second.waiting) links_.touch(link, scope.touch);
}

/// Removals of the last 24 hours, for the guard. Those of an approved list were allowed by name and
/// are not counted.
void SyncProtocol::count_removals(const Scope& scope, const Plan& plan) {
    std::set<LinkId> approved;
    const std::optional<HeldPlan> held = review_.held(scope.pair);
    if (held && !plan.held && review_.approvals(scope.pair).contains(held->hash)) {
        for (const Operation& removal : held->removals) approved.insert(removal.link);
        approved.insert(held->unlinkings.begin(), held->unlinkings.end());
    }
    for (const Operation& operation : plan.operations)
        if (operation.kind == OperationKind::Delete && !approved.contains(operation.link))
            review_.count_removal(scope.pair, operation.side, scope.now);
    for (const LinkChange& change : plan.changes) {
        const auto* unlink = std::get_if<Unlink>(&change);
        if (!unlink || approved.contains(unlink->link) || !is_loss(unlink->reason)) continue;
        const Side side = losing_side(unlink->reason,
                                      observations_.of_link(unlink->link.value(), Side::Exchange));
        review_.count_removal(scope.pair, side, scope.now);
    }
    review_.forget_removals(scope.pair, scope.now - kRemovalsKept);
}

/// Takes an operation back, whatever its state. One that is not there any more was settled: nothing
/// is left to take back.
void SyncProtocol::withdraw(const Scope& scope, OperationId id) {
    const std::optional<Operation> operation = operations_.find(scope.pair, id);
    if (!operation) return;
    operations_.remove(id);
    note(scope, "withdrawn", operation->link, id, operation->reason, operation_detail(*operation));
}

void SyncProtocol::store_reviews(const Scope& scope, const Plan& plan) {
    for (const Conflict& conflict : plan.conflicts) {
        review_.insert_conflict(scope.pair, conflict);
        note(scope, "conflict", conflict.link, {}, Reason::MergedBoth, conflict_detail(conflict));
    }
    for (const ParkedItem& item : plan.parked) {
        review_.park(scope.pair, item, scope.now);
        note(scope, "parked", {}, {}, item.reason, parked_detail(item));
    }
    if (plan.held) {
        if (review_.hold(scope.pair, *plan.held)) note(scope, "held", held_detail(*plan.held));
    } else {
        review_.release_held(scope.pair);
    }
}

void SyncProtocol::commit_plan(const PairId& pair, const Plan& plan, Timestamp now) {
    Scope scope = open_scope(pair, now);
    const auto under_way = pictures_.find(pair);
    if (under_way != pictures_.end()) scope.watermark = under_way->second.newest;
    clear_shown(scope);
    count_removals(scope, plan);
    for (const OperationId id : plan.withdrawn) withdraw(scope, id);
    for (const LinkChange& change : plan.changes) apply(scope, change);
    for (const Operation& operation : plan.operations) {
        links_.get(scope.pair, operation.link);
        const OperationId id = operations_.insert(scope.pair, operation);
        note(scope, "queued", operation.link, id, operation.reason, operation_detail(operation));
    }
    store_reviews(scope, plan);
    pairs_.raise_next_link(scope.pair, plan.next_link);
    for (const Side side : kSides) {
        FeedRow feed = pairs_.feed(scope.pair, side);
        feed.complete = false;
        pairs_.write_feed(scope.pair, side, feed);
    }
    database_->execute("UPDATE pair SET last_success = ?, last_error = '' WHERE id = ?",
                       {std::int64_t{now.time_since_epoch().count()}, scope.pair});
    journal_.finish();
}

/// The result of our own write. What equals the new anchor needs no look.
void SyncProtocol::absorb_own_write(const Scope& scope, const Settlement& settlement) {
    const Observation& observed = *settlement.observed;
    observations_.absorb(scope.pair, settlement.side, observed, std::nullopt, scope.touch);
    const std::optional<Link> link = links_.find(scope.pair, settlement.link);
    const std::optional<Observation> stored =
        observations_.find(scope.pair, settlement.side, observed.key);
    if (link && stored && equals_anchor(*stored, link->anchor(settlement.side)))
        observations_.clear_touch(scope.pair, settlement.side, observed.key);
}

void SyncProtocol::settle_one(const Scope& scope, const Settlement& settlement) {
    std::optional<Operation> operation = operations_.find(scope.pair, settlement.operation);
    if (!operation)
        broken("operation " + std::to_string(settlement.operation.value()) +
                   " is not there to be settled",
               "no_such_operation");
    const std::string detail = settlement_detail(settlement, *operation);
    const LinkId link = operation->link;
    const Reason reason = operation->reason;
    std::string event = "settled";
    switch (settlement.what) {
        case Settlement::What::Done:
            operations_.remove(operation->id);
            links_.touch(
                link, scope.touch);  // what else it needs follows now: token, colour, a second side
            break;
        case Settlement::What::Dropped:
            operations_.remove(operation->id);
            links_.touch(link, scope.touch);  // to be planned anew
            event = "dropped";
            break;
        case Settlement::What::Requeued:
        case Settlement::What::Rejected: {
            const bool rejected = settlement.what == Settlement::What::Rejected;
            Operation next = settlement.requeued.value_or(*operation);
            next.id = operation->id;
            next.link = link;
            // An unanswered operation stays Sent: it is looked up before anything else happens to
            // it (law 7).
            if (rejected) next.state = OperationState::Rejected;
            if (settlement.error) next.last_error = settlement.error;
            operations_.rewrite(next);
            if (rejected) review_.park_operation(scope.pair, next, scope.now);
            event = rejected ? "rejected" : "requeued";
            break;
        }
    }
    for (const LinkChange& change : settlement.changes) apply(scope, change);
    if (settlement.observed) absorb_own_write(scope, settlement);
    note(scope, event, link, operation->id, reason, detail);
}

void SyncProtocol::settle(const PairId& pair, const std::vector<Settlement>& settlements,
                          Timestamp now) {
    Scope scope = open_scope(pair, now);
    scope.settling = true;
    for (const Settlement& settlement : settlements) settle_one(scope, settlement);
    journal_.finish();
}

}  // namespace liaison::storage
