#include "daemon/sync/settle.hpp"

#include <algorithm>

#include "daemon/sync/merge.hpp"
#include "daemon/sync/plan_draft.hpp"

namespace liaison::sync {

namespace {

using std::chrono::milliseconds;

constexpr int kUnansweredFactor = 4;

/// splitmix64: spreads due times without chance.
std::uint64_t settle_scatter(std::uint64_t x) {
    x += 0x9E3779B97F4A7C15u;
    x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9u;
    x = (x ^ (x >> 27)) * 0x94D049BB133111EBu;
    return x ^ (x >> 31);
}

/// Between `least` and `least` plus `spread`, the same for the same operation and attempt.
milliseconds settle_spread(const Operation& operation, milliseconds least, milliseconds spread) {
    const auto number = static_cast<std::uint64_t>(operation.id.value());
    const std::uint64_t seed = number * 64u + static_cast<std::uint64_t>(operation.attempts);
    const auto share = static_cast<std::int64_t>(settle_scatter(seed) % 1024u);
    return least + milliseconds{spread.count() * share / 1024};
}

Timestamp settle_due(const Operation& operation, Timestamp now, const std::optional<Error>& error) {
    if (error && error->retry_after && *error->retry_after > milliseconds{0}) {
        const milliseconds asked = *error->retry_after;
        return now + settle_spread(operation, asked, asked / 10);
    }
    const int doublings = std::clamp(operation.attempts - 1, 0, 16);
    const milliseconds doubled = milliseconds{limits::backoff_min} * (1 << doublings);
    const milliseconds full = std::min(doubled, milliseconds{limits::backoff_max});
    return now + settle_spread(operation, full / 2, full / 2);
}

Settlement settle_begin(const Operation& operation, Settlement::What what) {
    Settlement settlement;
    settlement.operation = operation.id;
    settlement.link = operation.link;
    settlement.side = operation.side;
    settlement.what = what;
    return settlement;
}

Settlement settle_requeue(const Operation& operation, Timestamp now, std::optional<Error> error) {
    Settlement settlement = settle_begin(operation, Settlement::What::Requeued);
    Operation again = operation;
    again.state = OperationState::Queued;
    again.due = settle_due(operation, now, error);
    again.last_error = error;
    settlement.requeued = std::move(again);
    settlement.error = std::move(error);
    return settlement;
}

Settlement settle_reject(const Operation& operation, std::optional<Error> error) {
    Settlement settlement = settle_begin(operation, Settlement::What::Rejected);
    Operation rejected = operation;
    rejected.state = OperationState::Rejected;
    rejected.last_error = error;
    settlement.requeued = std::move(rejected);
    settlement.error = std::move(error);
    return settlement;
}

Settlement settle_retry(const Operation& operation, Timestamp now, const Error& error, int attempts_limit) {
    return operation.attempts < attempts_limit ? settle_requeue(operation, now, error)
                                               : settle_reject(operation, error);
}

Settlement settle_wait(const Operation& operation, const Error& error) {
    Settlement settlement = settle_begin(operation, Settlement::What::Requeued);
    Operation sent = operation;
    sent.state = OperationState::Sent;
    sent.last_error = error;
    settlement.requeued = std::move(sent);
    settlement.error = error;
    return settlement;
}

Settlement settle_drop(const Operation& operation, std::optional<Observation> observed, std::optional<Error> error) {
    Settlement settlement = settle_begin(operation, Settlement::What::Dropped);
    settlement.observed = std::move(observed);
    settlement.error = std::move(error);
    return settlement;
}

Observation settle_tombstone(const Operation& operation, Timestamp now, bool confirmed) {
    Observation gone;
    gone.key = operation.key;
    gone.modified_at = now;
    gone.content = Tombstone{confirmed};
    return gone;
}

/// The stamp arrived and the item moved since: it was found by its new token, which the link takes over. The old
/// key is to be confirmed as gone; then the item is bound at its new place like any moved item.
Settlement settle_moved(const Operation& operation, const Link& link, Timestamp now) {
    Settlement settlement = settle_drop(operation, settle_tombstone(operation, now, false), operation.last_error);
    if (const std::optional<Anchor>& anchor = link.anchor(operation.side))
        settlement.changes.push_back(AdvanceShadow{operation.link, operation.side, anchor->version, anchor->shadow,
                                                   false, Reason::StampToken, operation.token});
    return settlement;
}

void settle_copy(Record& to, const Record& from, Field field) {
    if (const Value* value = from.find(field))
        to.set(field, *value);
    else
        to.erase(field);
}

void settle_create(Settlement& settlement, const Operation& operation, const Link& link, const Observation& made) {
    settlement.changes.push_back(BindItem{operation.link, operation.side, made.key, made.version,
                                          operation.target, false, operation.reason});
    const Side source = other(operation.side);
    const std::optional<Anchor>& anchor = link.anchor(source);
    if (anchor && anchor->shadow != operation.source)
        settlement.changes.push_back(AdvanceShadow{operation.link, source, operation.source_version,
                                                   operation.source, false, operation.reason, {}});
}

/// Only the fields that were written move on: what the other direction still owes must stay visible as a change.
void settle_update(Settlement& settlement, const Operation& operation, const Link& link, const Observation& now) {
    if (releases_copy(operation)) return;
    const std::optional<Anchor>& target = link.anchor(operation.side);
    const std::optional<Anchor>& source = link.anchor(other(operation.side));
    if (!target) return;
    const FieldMask written = changing_fields(operation.patch, operation.before);
    Record shadow = target->shadow;
    for (const FieldInfo& entry : all_fields()) {
        const Value* before = operation.before.find(entry.field);
        const Value* after = operation.target.find(entry.field);
        const bool moved = before && after ? *before != *after : before != after;
        if (written.has(entry.field) || moved) settle_copy(shadow, operation.target, entry.field);
    }
    const CorrelationToken stamped = operation.stamp_token ? operation.token : CorrelationToken{};
    if (now.key != target->key)
        settlement.changes.push_back(
            BindItem{operation.link, operation.side, now.key, now.version, shadow, false, operation.reason});
    settlement.changes.push_back(
        AdvanceShadow{operation.link, operation.side, now.version, shadow, false, operation.reason, stamped});
    if (!source) return;
    Record origin = source->shadow;
    for (const FieldInfo& entry : all_fields())
        if (written.has(entry.field) && entry.field != Field::StateCategory)
            settle_copy(origin, operation.source, entry.field);
    if (origin != source->shadow)
        settlement.changes.push_back(AdvanceShadow{operation.link, other(operation.side), operation.source_version,
                                                   std::move(origin), false, operation.reason, {}});
}

Settlement settle_done(const Operation& operation, const Link& link, const Observation& now) {
    Settlement settlement = settle_begin(operation, Settlement::What::Done);
    switch (operation.kind) {
        case OperationKind::Create: settle_create(settlement, operation, link, now); break;
        case OperationKind::Update: settle_update(settlement, operation, link, now); break;
        case OperationKind::Delete: settlement.changes.push_back(Unlink{operation.link, operation.reason}); break;
    }
    settlement.observed = now;
    return settlement;
}

Settlement settle_not_found(const Operation& operation, const Link& link, Timestamp now, const Error& error,
                            int attempts_limit) {
    switch (operation.kind) {
        case OperationKind::Create: break;
        case OperationKind::Update: return settle_drop(operation, settle_tombstone(operation, now, false), error);
        case OperationKind::Delete: return settle_done(operation, link, settle_tombstone(operation, now, true));
    }
    return settle_retry(operation, now, error, attempts_limit);
}

/// The item shows what the update wanted, in the fields that it changed.
bool shows_the_update(const Operation& operation, const Observation& found) {
    if (!found.record()) return false;
    if (operation.stamp_token && found.token != operation.token) return false;
    const FieldMask written = changing_fields(operation.patch, operation.before);
    return difference(*found.record(), operation.target, written).empty();
}

}  // namespace

Settlement settle_operation(const Operation& operation, const Link& link, const Outcome& outcome, Timestamp now,
                            int attempts_limit) {
    if (outcome.result) {
        const bool named = operation.kind == OperationKind::Delete || !outcome.result->key.empty();
        if (named) return settle_done(operation, link, *outcome.result);
        return settle_wait(operation, Error{ErrorKind::Unanswered, "the answer names no item", {}, {}});
    }
    const Error& error = outcome.result.error();
    switch (error.kind) {
        case ErrorKind::NotFound: return settle_not_found(operation, link, now, error, attempts_limit);
        case ErrorKind::VersionConflict:
            if (operation.kind != OperationKind::Create) return settle_drop(operation, std::nullopt, error);
            break;
        case ErrorKind::Throttled:
        case ErrorKind::Transient:
        case ErrorKind::Cancelled:
        case ErrorKind::Unauthenticated:
        case ErrorKind::Forbidden: return settle_requeue(operation, now, error);
        case ErrorKind::Unanswered: return settle_wait(operation, error);
        case ErrorKind::InvalidRequest:
        case ErrorKind::TooLarge:
        case ErrorKind::Unsupported:
        case ErrorKind::AlreadyExists: return settle_reject(operation, error);
        case ErrorKind::CursorExpired:
        case ErrorKind::CorruptReply:
        case ErrorKind::Internal: break;
    }
    return settle_retry(operation, now, error, attempts_limit);
}

Settlement decide_unanswered(const Operation& operation, const Link& link, const std::optional<Observation>& found,
                             Timestamp now, int attempts_limit) {
    const bool there = found && !found->gone();
    switch (operation.kind) {
        case OperationKind::Create:
            if (there) return settle_done(operation, link, *found);
            if (operation.attempts < attempts_limit * kUnansweredFactor)
                return settle_requeue(operation, now, operation.last_error);
            return settle_reject(operation, operation.last_error);
        case OperationKind::Update:
            if (there && found->key != operation.key) return settle_moved(operation, link, now);
            if (there && shows_the_update(operation, *found)) return settle_done(operation, link, *found);
            if (there) return settle_drop(operation, found, operation.last_error);
            return settle_drop(operation, settle_tombstone(operation, now, false), operation.last_error);
        case OperationKind::Delete:
            if (there && found->record()) return settle_drop(operation, found, operation.last_error);
            if (there) return settle_done(operation, link, *found);
            return settle_done(operation, link, settle_tombstone(operation, now, true));
    }
    return settle_drop(operation, found, operation.last_error);
}

}  // namespace liaison::sync
