#include "daemon/sync/plan_draft.hpp"

#include <algorithm>

#include "daemon/sync/match.hpp"
#include "daemon/sync/state_category.hpp"

namespace liaison::sync {

namespace {

/// What an attendee may change in his copy of somebody else's meeting.
const FieldMask kAttendeesOwn{Field::ReminderMinutes, Field::ShowAs, Field::Categories, Field::StateCategory,
                              Field::IsPrivate};

std::optional<Value> draft_value(const Record& record, Field field) {
    const Value* value = record.find(field);
    return value == nullptr ? std::nullopt : std::optional<Value>(*value);
}

}  // namespace

CorrelationToken full_token(const Link& link) {
    CorrelationToken token = link.token;
    if (link.crm) token.crm_id = link.crm->key.str();
    return token;
}

bool releases_copy(const Operation& operation) {
    return operation.kind == OperationKind::Update && operation.stamp_token && operation.token.empty();
}

/// One side of a link as it is to be taken: what is seen, or what was agreed when nothing is known since.
struct PlanDraft::Sight {
    const Anchor* anchor = nullptr;
    const Observation* seen = nullptr;
    const Record* record = nullptr;
    Version version;
};

PlanDraft::PlanDraft(const Picture& picture) : picture_(picture) { plan_.next_link = picture.next_link; }

Plan PlanDraft::take() { return std::move(plan_); }

PlanDraft::Sight PlanDraft::look(const LinkView& view, Side side) const {
    Sight sight;
    const std::optional<Anchor>& anchor = view.link.anchor(side);
    if (anchor) {
        sight.anchor = &*anchor;
        sight.record = &anchor->shadow;
        sight.version = anchor->version;
    }
    if (const std::optional<Observation>& seen = view.seen(side)) {
        sight.seen = &*seen;
        if (seen->record()) {
            sight.record = seen->record();
            sight.version = seen->version;
        }
    }
    return sight;
}

CorrelationToken PlanDraft::new_token(ItemKey crm_key) const {
    return {picture_.crm_system, std::string(to_string(picture_.kind)), crm_key.str(),
            picture_.epoch + "-" + std::to_string(plan_.next_link.value())};
}

Operation PlanDraft::draft(const LinkView& view, Side side, OperationKind kind, Reason reason) const {
    Operation operation;
    operation.link = view.link.id;
    operation.side = side;
    operation.kind = kind;
    operation.reason = reason;
    operation.due = picture_.now;
    const Sight target = look(view, side);
    if (kind != OperationKind::Create && target.anchor) {
        operation.key = target.anchor->key;
        operation.expected_version = target.version;
        operation.before = *target.record;
    }
    const Sight source = look(view, other(side));
    if (source.record) {
        operation.source = *source.record;
        operation.source_version = source.version;
    }
    return operation;
}

bool PlanDraft::colours() const {
    const EndpointCapabilities& exchange = picture_.exchange_capabilities;
    return picture_.policy.state_categories && exchange.carried.has(Field::StateCategory) &&
           exchange.writable.has(Field::StateCategory);
}

/// The colour is written when it differs from what was written last. A person who takes it off has the last word
/// until the state itself changes.
void PlanDraft::colour(const Record& crm, Merged& merged) const {
    const auto state = state_category(crm, picture_.today);
    if (!colours() || !state || !picture_.exchange_capabilities.can_update) return;
    MergedSide& exchange = merged.exchange;
    const Value wanted{std::string(*state)};
    if (draft_value(exchange.target, Field::StateCategory) == wanted) {
        exchange.shadow.set(Field::StateCategory, wanted);
    } else if (draft_value(exchange.shadow, Field::StateCategory) != wanted) {
        exchange.target.set(Field::StateCategory, wanted);
        exchange.patch.emplace(Field::StateCategory, wanted);
        // What shares its place with the colour goes along at its present value: the rep's own categories.
        for (const FieldMask& group : picture_.exchange_capabilities.write_groups) {
            if (!group.has(Field::StateCategory)) continue;
            for (const auto& [field, value] : exchange.target.values())
                if (group.has(field)) exchange.patch.emplace(field, value);
        }
    }
}

void PlanDraft::recheck(LinkView& view, const Record& crm) {
    const std::optional<Date> on = colours() ? state_recheck(crm, picture_.today) : std::nullopt;
    if (on == view.link.recheck_on) return;
    view.link.recheck_on = on;
    plan_.changes.push_back(SetRecheck{view.link.id, on});
}

bool PlanDraft::needs_stamp(const LinkView& view, const Sight& exchange) const {
    const EndpointCapabilities& can = picture_.exchange_capabilities;
    if (can.token_place == TokenPlace::None || !can.can_update) return false;
    if (!view.link.crm || !exchange.seen || !exchange.seen->record()) return false;
    const CorrelationToken wanted = full_token(view.link);
    if (exchange.seen->token == wanted) return false;
    // Stamped already and untouched since: this endpoint does not show tokens.
    return view.link.token != wanted || exchange.seen->version != exchange.anchor->version;
}

void PlanDraft::learn_token(LinkView& view, const Sight& exchange) {
    if (!view.link.crm || !exchange.seen) return;
    const CorrelationToken wanted = full_token(view.link);
    if (exchange.seen->token != wanted || view.link.token == wanted) return;
    view.link.token = wanted;
    plan_.changes.push_back(AdvanceShadow{view.link.id, Side::Exchange, exchange.version,
                                          view.link.exchange->shadow, false, Reason::StampToken, wanted});
}

Merged PlanDraft::merge(const Sight& crm, const Sight& exchange) const {
    const auto writable = [](const EndpointCapabilities& can) { return can.can_update ? can.writable : FieldMask{}; };
    MergeSide crm_side{&crm.anchor->shadow, crm.record, &picture_.crm_capabilities,
                       writable(picture_.crm_capabilities)};
    MergeSide exchange_side{&exchange.anchor->shadow, exchange.record, &picture_.exchange_capabilities,
                            writable(picture_.exchange_capabilities)};
    MergeRules rules{picture_.policy.conflict_winner, stays_private(*exchange.record, crm.record, picture_.policy)};
    if (is_attendee_copy(*exchange.record, picture_)) {
        exchange_side.writable = exchange_side.writable & kAttendeesOwn;
        rules.winner = Side::Exchange;
    }
    return merge_changes(crm_side, exchange_side, rules);
}

void PlanDraft::advance(LinkView& view, Side side, Version version, Record shadow, Reason reason) {
    std::optional<Anchor>& anchor = view.link.anchor(side);
    anchor->version = version;
    anchor->shadow = shadow;
    plan_.changes.push_back(
        AdvanceShadow{view.link.id, side, std::move(version), std::move(shadow), false, reason, {}});
}

void PlanDraft::advance_shadows(LinkView& view, Merged& merged) {
    const FieldMask edits = merged.exchange.changed & picture_.exchange_capabilities.writable;
    const bool first_edit = !edits.empty() && !view.link.edited_in_exchange;
    for (const Side side : kSides) {
        const bool marks = side == Side::Exchange && first_edit;
        const Sight sight = look(view, side);
        if (merged.side(side).shadow == sight.anchor->shadow && !marks) continue;
        const Reason reason = side == Side::Crm ? Reason::ChangedInCrm : Reason::ChangedInExchange;
        advance(view, side, sight.version, merged.side(side).shadow,
                merged.side(side).changed.empty() ? Reason::AcknowledgedEcho : reason);
        if (marks) {
            std::get<AdvanceShadow>(plan_.changes.back()).edited_in_exchange = true;
            view.link.edited_in_exchange = true;
        }
    }
}

/// A conflict is recorded together with the write that settles it, so that it is recorded once.
void PlanDraft::record_conflicts(const LinkView& view, const Merged& merged, std::optional<Side> written) {
    for (const FieldConflict& found : merged.conflicts) {
        if (found.awaits_write && written != other(found.winner)) continue;
        plan_.conflicts.push_back({view.link.id, found.field, found.winner, found.base, found.crm_value,
                                   found.exchange_value, picture_.now});
    }
}

bool PlanDraft::plan_crm_update(const LinkView& view, const Merged& merged) {
    if (merged.crm.patch.empty()) return false;
    const bool both = !merged.crm.changed.empty();
    Operation update = draft(view, Side::Crm, OperationKind::Update,
                             both ? Reason::MergedBoth : Reason::ChangedInExchange);
    update.patch = merged.crm.patch;
    update.target = merged.crm.target;
    plan_.operations.push_back(std::move(update));
    return true;
}

bool PlanDraft::plan_exchange_update(const LinkView& view, Merged& merged, const Sight& exchange) {
    const bool flows = !merged.exchange.patch.empty();
    colour(merged.crm.target, merged);
    const bool stamp = needs_stamp(view, exchange);
    if (merged.exchange.patch.empty() && !stamp) return false;
    const bool both = !merged.exchange.changed.empty();
    const Reason reason = flows ? (both ? Reason::MergedBoth : Reason::ChangedInCrm)
                          : stamp ? Reason::StampToken
                                  : Reason::StateColour;
    Operation update = draft(view, Side::Exchange, OperationKind::Update, reason);
    update.patch = merged.exchange.patch;
    update.target = merged.exchange.target;
    update.stamp_token = stamp;
    if (stamp) update.token = full_token(view.link);
    plan_.operations.push_back(std::move(update));
    return true;
}

void PlanDraft::bring_in_step(LinkView& view) {
    learn_token(view, look(view, Side::Exchange));
    const Sight crm = look(view, Side::Crm);
    const Sight exchange = look(view, Side::Exchange);
    Merged merged = merge(crm, exchange);
    const Record crm_after = merged.crm.target;
    std::optional<Side> written;
    // The CRM first: what it says afterwards decides the colour, which then travels with everything else for
    // Exchange.
    if (plan_crm_update(view, merged))
        written = Side::Crm;
    else if (plan_exchange_update(view, merged, exchange))
        written = Side::Exchange;
    record_conflicts(view, merged, written);
    advance_shadows(view, merged);
    recheck(view, crm_after);
}

bool PlanDraft::may_create(Side target, const Record& source) const {
    if (!picture_.capabilities(target).can_create) return false;
    return target == Side::Exchange ||
           (picture_.policy.create_in_crm && !stays_private(source, nullptr, picture_.policy));
}

void PlanDraft::create(LinkView& view, Side target, Reason reason) {
    const Sight source = look(view, other(target));
    if (!may_create(target, *source.record)) return unlink(view, Reason::PolicyForbids);
    const FieldMask common = common_fields(picture_.crm_capabilities, picture_.exchange_capabilities);
    const FieldMask travelling = common & picture_.capabilities(target).writable;
    Operation operation = draft(view, target, OperationKind::Create, reason);
    Record record = source.record->masked(travelling);
    const auto state = state_category(*source.record, picture_.today);
    if (target == Side::Exchange && colours() && state) record.set(Field::StateCategory, std::string(*state));
    operation.target = projected(picture_.capabilities(target), record);
    operation.token = target == Side::Exchange ? full_token(view.link) : view.link.token;
    if (target == Side::Crm) operation.token.crm_id.clear();
    plan_.operations.push_back(std::move(operation));
    if (target == Side::Exchange) recheck(view, *source.record);
}

void PlanDraft::remove(LinkView& view, Side target, Reason reason) {
    const Sight sight = look(view, target);
    const bool allowed = target == Side::Crm ? picture_.policy.delete_in_crm : picture_.policy.delete_in_exchange;
    const bool copy = view.link.exchange && is_attendee_copy(view.link.exchange->shadow, picture_);
    if (copy) return unlink(view, Reason::AttendeeCopy);
    if (!allowed || !picture_.capabilities(target).can_delete) return unlink(view, Reason::PolicyForbids);
    // Tidying up a finished item in the mailbox (or its retention policy, F47) takes no history out of the CRM.
    if (target == Side::Crm && is_finished(*sight.record, picture_.today)) return unlink(view, reason);
    plan_.operations.push_back(draft(view, target, OperationKind::Delete, reason));
}

void PlanDraft::unlink(LinkView& view, Reason reason) {
    plan_.changes.push_back(Unlink{view.link.id, reason});
    for (const Side side : kSides) {
        const Sight sight = look(view, side);
        if (!sight.anchor || (sight.seen && !sight.seen->record())) continue;
        // A mirror that names its CRM item is never taken for a new one; anything else is parked until it changes.
        const CorrelationToken token = sight.seen ? sight.seen->token : view.link.token;
        const bool named = side == Side::Exchange && !token.crm_id.empty() && names_our_item(token, picture_);
        if (!named) plan_.parked.push_back({side, sight.anchor->key, sight.version, reason, "unlinked", ""});
    }
}

LinkView PlanDraft::open(Side source, const Observation& seen, Reason reason, CorrelationToken token) {
    LinkView view;
    view.link.id = plan_.next_link;
    plan_.next_link = LinkId(plan_.next_link.value() + 1);
    view.link.kind = picture_.kind;
    view.link.token = std::move(token);
    view.link.anchor(source) = Anchor{seen.key, seen.version, *seen.record()};
    const bool makes = reason == Reason::NewInCrm || reason == Reason::EditOutranksDeletion;
    view.link.made_in_exchange = source == Side::Crm && makes;
    (source == Side::Crm ? view.crm : view.exchange) = seen;
    plan_.changes.push_back(OpenLink{view.link.id, picture_.kind, view.link.token, source, seen.key, seen.version,
                                     *seen.record(), view.link.made_in_exchange, reason});
    return view;
}

void PlanDraft::mirror_new(Side source, const Observation& seen) {
    const Reason reason = source == Side::Crm ? Reason::NewInCrm : Reason::NewInExchange;
    if (source == Side::Exchange && stays_private(*seen.record(), nullptr, picture_.policy))
        return park(source, seen, Reason::PrivateItem, "private", "the rep marked it private");
    if (!may_create(other(source), *seen.record())) return;
    LinkView view = open(source, seen, reason, new_token(source == Side::Crm ? seen.key : ItemKey()));
    create(view, other(source), reason);
}

void PlanDraft::recreate(LinkView& view, Side source) {
    const Sight sight = look(view, source);
    Observation seen = *sight.seen;
    if (!may_create(other(source), *seen.record())) return unlink(view, Reason::PolicyForbids);
    plan_.changes.push_back(Unlink{view.link.id, Reason::EditOutranksDeletion});
    // What is made gets a token of its own: the deleted item may still hold the old one. The surviving item of
    // Exchange keeps the token that it shows, by which it is known if it moves, until it is stamped anew.
    const CorrelationToken fresh = new_token(source == Side::Crm ? seen.key : ItemKey());
    LinkView reopened =
        open(source, seen, Reason::EditOutranksDeletion, source == Side::Crm ? fresh : view.link.token);
    create(reopened, other(source), Reason::EditOutranksDeletion);
    plan_.operations.back().token = fresh;
}

void PlanDraft::bind(LinkView& view, Side side, const Observation& seen, Record shadow, bool attached,
                     Reason reason) {
    view.link.anchor(side) = Anchor{seen.key, seen.version, shadow};
    view.link.attached = view.link.attached || attached;
    (side == Side::Crm ? view.crm : view.exchange) = seen;
    plan_.changes.push_back(
        BindItem{view.link.id, side, seen.key, seen.version, std::move(shadow), attached, reason});
}

void PlanDraft::withdraw(LinkView& view) {
    plan_.withdrawn.push_back(view.in_flight->id);
    view.in_flight.reset();
}

void PlanDraft::park(Side side, const Observation& seen, Reason reason, std::string code, std::string detail) {
    plan_.parked.push_back({side, seen.key, seen.version, reason, std::move(code), std::move(detail)});
}

void PlanDraft::release_copy(LinkView& view, Side side, const Observation& copy) {
    const EndpointCapabilities& can = picture_.capabilities(side);
    if (can.token_place == TokenPlace::None || !can.can_update) return;
    Operation update;
    update.link = view.link.id;
    update.side = side;
    update.kind = OperationKind::Update;
    update.reason = Reason::CopyReleased;
    update.key = copy.key;
    update.expected_version = copy.version;
    update.target = *copy.record();
    update.before = *copy.record();
    update.stamp_token = true;
    update.due = picture_.now;
    plan_.operations.push_back(std::move(update));
}

}  // namespace liaison::sync
