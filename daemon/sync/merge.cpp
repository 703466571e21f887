#include "daemon/sync/merge.hpp"

#include <array>

namespace liaison::sync {

namespace {

constexpr std::array kTimeUnit{Field::Start, Field::End, Field::AllDay};
constexpr std::array kStatusUnit{Field::Status, Field::PercentComplete, Field::CompletedOn};
/// What the CRM wants to know together with a completion (EWS ActualWork, Mileage).
constexpr std::array kCompletionCompany{Field::PercentComplete, Field::TimeWorkedMinutes, Field::Distance};

std::optional<Value> merge_value(const Record& record, Field field) {
    const Value* value = record.find(field);
    return value == nullptr ? std::nullopt : std::optional<Value>(*value);
}

bool merge_same(const Record& a, const Record& b, Field field) {
    const Value* left = a.find(field);
    const Value* right = b.find(field);
    if (left == nullptr || right == nullptr) return left == right;
    return *left == *right;
}

void merge_copy(Record& to, const Record& from, Field field) {
    if (const Value* value = from.find(field))
        to.set(field, *value);
    else
        to.erase(field);
}

/// The merge at work: what each side changed and is still undecided, what travels, and whose shadow moves at once.
struct MergeState {
    const MergeSide* sides[2];
    MergeRules rules;
    Patch open[2];        ///< changes of a side that are not decided yet
    Patch travels_to[2];  ///< values that go to a side
    FieldMask agreed[2];  ///< fields whose shadow moves to what the side shows, without any write
    std::optional<Side> percentage_to;  ///< both sides changed the status alike; this side's percentage follows
    std::vector<FieldConflict> conflicts;

    static std::size_t index(Side side) { return side == Side::Crm ? 0 : 1; }
    const MergeSide& at(Side side) const { return *sides[index(side)]; }
    Patch& changes(Side side) { return open[index(side)]; }
    Patch& to(Side side) { return travels_to[index(side)]; }
    FieldMask& settled(Side side) { return agreed[index(side)]; }
};

/// What both sides changed to the same, each in its own form. The whole record is projected: a value that the
/// endpoint derives from others (100 percent of a completed task) is no agreement with a side that says otherwise.
void drop_agreed(MergeState& state, const FieldMask& common) {
    Record as_shown_on[2];
    for (const Side target : kSides) {
        Record candidate = *state.at(target).seen;
        for (const FieldInfo& entry : all_fields())
            if (common.has(entry.field)) merge_copy(candidate, *state.at(other(target)).seen, entry.field);
        as_shown_on[MergeState::index(target)] = projected(*state.at(target).can, candidate);
    }
    const Patch crm = state.changes(Side::Crm);
    for (const auto& [field, value] : crm) {
        if (!state.changes(Side::Exchange).contains(field)) continue;
        const bool agree = merge_same(as_shown_on[0], *state.at(Side::Crm).seen, field) ||
                           merge_same(as_shown_on[1], *state.at(Side::Exchange).seen, field);
        if (!agree) continue;
        for (const Side side : kSides) {
            state.settled(side).add(field);
            state.changes(side).erase(field);
        }
    }
}

template <class Fields>
bool merge_touches(const Patch& patch, const Fields& unit) {
    for (const Field field : unit)
        if (patch.contains(field)) return true;
    return false;
}

/// The loser's change of `field` gives way. The winner's value travels even if the winner did not change it (a unit).
void give_way(MergeState& state, Field field, Side winner) {
    const Side loser = other(winner);
    const Record& winning = *state.at(winner).seen;
    const bool writable = state.at(loser).writable.has(field);
    state.conflicts.push_back({field, winner, merge_value(*state.at(Side::Crm).shadow, field),
                               merge_value(*state.at(Side::Crm).seen, field),
                               merge_value(*state.at(Side::Exchange).seen, field), writable});
    state.changes(loser).erase(field);
    state.changes(winner).erase(field);
    if (writable) {
        state.to(loser)[field] = merge_value(winning, field);
    } else {
        state.settled(loser).add(field);
        state.settled(winner).add(field);
    }
}

template <class Fields>
void unit_gives_way(MergeState& state, const Fields& unit, Side winner) {
    for (const Field field : unit)
        if (state.changes(other(winner)).contains(field)) give_way(state, field, winner);
}

/// Who changed the status when only one side did: percentage and completion date follow the status.
std::optional<Side> status_author(MergeState& state) {
    const bool crm = state.changes(Side::Crm).contains(Field::Status);
    const bool exchange = state.changes(Side::Exchange).contains(Field::Status);
    if (crm == exchange) return std::nullopt;
    return crm ? Side::Crm : Side::Exchange;
}

void settle_contested(MergeState& state) {
    const Side winner = state.rules.winner;
    if (merge_touches(state.changes(Side::Crm), kTimeUnit) && merge_touches(state.changes(Side::Exchange), kTimeUnit))
        unit_gives_way(state, kTimeUnit, winner);
    if (state.changes(Side::Crm).contains(Field::Status) && state.changes(Side::Exchange).contains(Field::Status))
        unit_gives_way(state, kStatusUnit, winner);
    const std::optional<Side> author = status_author(state);
    const Patch crm = state.changes(Side::Crm);
    for (const auto& [field, value] : crm) {
        if (!state.changes(Side::Exchange).contains(field)) continue;
        const bool follows = field == Field::PercentComplete || field == Field::CompletedOn;
        give_way(state, field, follows && author ? *author : winner);
    }
}

/// Edits of a private item stay where they are, and what the CRM says about the same fields waits.
void hold_private_edits(MergeState& state) {
    Patch& exchange = state.changes(Side::Exchange);
    Patch& crm = state.changes(Side::Crm);
    for (const auto& [field, value] : exchange) crm.erase(field);
    if (merge_touches(exchange, kTimeUnit))
        for (const Field field : kTimeUnit) crm.erase(field);
    exchange.clear();
}

/// Percentage and completion date go where the status goes: a task that is opened again does not stay at 100 percent.
void send_with_status(MergeState& state, const Merged& merged, const FieldMask& common) {
    for (const Side target : kSides) {
        // Both sides made the same change of status: then the winner's percentage goes with it.
        const bool agreed = target != state.rules.winner && state.settled(target).has(Field::Status) &&
                            merged.crm.changed.has(Field::Status) && merged.exchange.changed.has(Field::Status);
        if (!state.to(target).contains(Field::Status) && !agreed) continue;
        if (agreed) state.percentage_to = target;
        for (const Field field : kStatusUnit)
            if (common.has(field) && state.at(target).writable.has(field) && !merged.side(target).changed.has(field))
                state.to(target).emplace(field, merge_value(*state.at(other(target)).seen, field));
    }
}

void send_uncontested(MergeState& state) {
    for (const Side source : kSides) {
        const Side target = other(source);
        for (const auto& [field, value] : state.changes(source)) {
            if (state.at(target).writable.has(field))
                state.to(target)[field] = value;
            else
                state.settled(source).add(field);
        }
        state.changes(source).clear();
    }
}

/// The side's whole state after the write. Fields that do not travel keep what the side shows, unless the endpoint
/// itself derives them from those that do (percentage from status).
Record state_after(const MergeSide& side, const Patch& travelling) {
    const Record now = projected(*side.can, *side.seen);
    Record after = projected(*side.can, apply(*side.seen, travelling));
    for (const FieldInfo& entry : all_fields()) {
        const Field field = entry.field;
        if (!travelling.contains(field) && !merge_same(now, *side.seen, field)) merge_copy(after, *side.seen, field);
    }
    return after;
}

void add_company(Patch& patch, const MergeSide& side, const Record& target, Field field) {
    if (patch.contains(field) || !side.writable.has(field)) return;
    const std::optional<Value> present = merge_value(target, field);
    // An absent flag is a value (false); any other absent field has nothing to send.
    const bool unchanged = merge_same(target, *side.seen, field);
    if (unchanged && (present || info(field).type == ValueType::Flag)) patch.emplace(field, present);
}

void complete_groups(Patch& patch, Side which, const MergeSide& side, const Record& target, const FieldMask& common) {
    const Patch travelling = patch;
    for (const FieldMask& group : side.can->write_groups) {
        bool touched = false;
        for (const auto& [field, value] : travelling) touched = touched || group.has(field);
        if (!touched) continue;
        for (const FieldInfo& entry : all_fields())
            if (group.has(entry.field)) add_company(patch, side, target, entry.field);
    }
    if (which != Side::Crm || !travelling.contains(Field::Status) || target.text(Field::Status) != "completed") return;
    for (const Field field : kCompletionCompany)
        if (common.has(field)) add_company(patch, side, target, field);
}

void finish_side(MergeState& state, Side which, MergedSide& out, const FieldMask& common) {
    const MergeSide& side = state.at(which);
    out.target = state_after(side, state.to(which));
    for (const auto& [field, value] : state.to(which)) {
        if (merge_same(out.target, *side.seen, field)) {
            state.settled(which).add(field);
            state.settled(other(which)).add(field);
        } else {
            out.patch.emplace(field, merge_value(out.target, field));
        }
    }
    complete_groups(out.patch, which, side, out.target, common);
}

/// The agreed status stays open until the percentage that follows it is written: an operation may come later or fail.
void keep_status_open(MergeState& state, const Merged& merged) {
    if (!state.percentage_to || !merge_touches(merged.side(*state.percentage_to).patch, kStatusUnit)) return;
    for (const Side side : kSides) state.settled(side).remove(Field::Status);
}

}  // namespace

FieldMask common_fields(const EndpointCapabilities& crm, const EndpointCapabilities& exchange) {
    FieldMask common = crm.carried & exchange.carried;
    common.remove(Field::StateCategory);
    return common;
}

Record projected(const EndpointCapabilities& can, const Record& record) {
    return can.project ? can.project(record) : record;
}

FieldMask changing_fields(const Patch& patch, const Record& before) {
    FieldMask mask;
    for (const auto& [field, value] : patch)
        if (merge_value(before, field) != value) mask.add(field);
    return mask;
}

Merged merge_changes(const MergeSide& crm, const MergeSide& exchange, const MergeRules& rules) {
    const FieldMask common = common_fields(*crm.can, *exchange.can);
    MergeState state{{&crm, &exchange}, rules, {}, {}, {}, {}, {}};
    Merged merged;
    for (const Side side : kSides) {
        state.changes(side) = difference(*state.at(side).shadow, *state.at(side).seen, common);
        for (const auto& [field, value] : state.changes(side)) merged.side(side).changed.add(field);
    }
    if (!merged.crm.changed.empty() && !merged.exchange.changed.empty()) drop_agreed(state, common);
    if (rules.exchange_edits_stay) hold_private_edits(state);
    settle_contested(state);
    send_uncontested(state);
    send_with_status(state, merged, common);
    for (const Side side : kSides) finish_side(state, side, merged.side(side), common);
    keep_status_open(state, merged);
    for (const Side side : kSides) {
        Record& shadow = merged.side(side).shadow;
        shadow = *state.at(side).shadow;
        for (const FieldInfo& entry : all_fields())
            if (state.settled(side).has(entry.field)) merge_copy(shadow, *state.at(side).seen, entry.field);
    }
    merged.conflicts = std::move(state.conflicts);
    return merged;
}

FreshShadows fresh_shadows(const Record& crm, const Record& exchange, const EndpointCapabilities& crm_can,
                           const EndpointCapabilities& exchange_can) {
    const FieldMask common = common_fields(crm_can, exchange_can);
    const Record crm_in_exchange = projected(exchange_can, crm.masked(common));
    const Record exchange_in_crm = projected(crm_can, exchange.masked(common));
    FreshShadows shadows{crm, exchange};
    for (const FieldInfo& entry : all_fields()) {
        const Field field = entry.field;
        if (!common.has(field)) continue;
        if (merge_same(crm_in_exchange, exchange, field) || merge_same(exchange_in_crm, crm, field)) continue;
        shadows.crm.erase(field);
        shadows.exchange.erase(field);
    }
    return shadows;
}

}  // namespace liaison::sync
