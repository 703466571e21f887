#include "daemon/sync_runner.hpp"

#include "core/limits.hpp"
#include "daemon/outbox_worker.hpp"
#include "daemon/sync/guard.hpp"
#include "daemon/sync/reconcile.hpp"

namespace liaison::daemon {

PairId pair_id(const MailboxId& mailbox, EntityKind kind) {
    return PairId(mailbox.str() + "/" + std::string(to_string(kind)));
}

SyncRunner::SyncRunner(SyncEndpoint& crm, SyncEndpoint& exchange, SyncStore& store, Clock& clock,
                       EventLog& log)
    : crm_(crm), exchange_(exchange), store_(store), clock_(clock), log_(log) {}

/// Reads one feed from its cursor to its end. A lost cursor begins a snapshot, once per cycle; it
/// deletes nothing: what a complete snapshot lacks becomes an unconfirmed tombstone, which
/// confirm_tombstones reads by key.
Async<Result<std::size_t>> SyncRunner::observe(PairSpec pair, Side side) {
    Result<PairState> state = co_await store_.pair_state(pair.id);
    if (!state) co_return std::unexpected(state.error());
    Cursor cursor = state->cursor(side);
    const CollectionId collection = endpoint(side).collection(pair.kind, pair.mailbox);
    std::size_t seen = 0;
    bool restarted = false;
    for (std::size_t page_number = 0; page_number < limits::feed_pages_max; ++page_number) {
        Result<ChangePage> page = co_await endpoint(side).pull_changes(collection, cursor);
        if (!page && page.error().kind == ErrorKind::CursorExpired && !restarted) {
            log_.write(LogLevel::Warning, "feed_restarted",
                       {{"pair", pair.id.str()},
                        {"side", std::string(to_string(side))},
                        {"code", page.error().native_code}});
            Result<void> reset = co_await store_.reset_cursor(pair.id, side);
            if (!reset) co_return std::unexpected(reset.error());
            cursor = Cursor();
            restarted = true;
            continue;
        }
        if (!page) co_return std::unexpected(page.error());
        if (!page->is_last && page->next == cursor)
            co_return fail(ErrorKind::CorruptReply,
                           "the feed says that more follows but does not move on");
        seen += page->observations.size();
        const bool last = page->is_last;
        // Nothing new and nowhere further: nothing to remember, and an idle service writes nothing.
        if (last && !page->is_snapshot && page->observations.empty() && page->next == cursor) co_return seen;
        cursor = page->next;
        ChangePage absorbed = std::move(*page);
        Result<void> stored = co_await store_.absorb_page(pair.id, side, std::move(absorbed));
        if (!stored) co_return std::unexpected(stored.error());
        if (last) co_return seen;
    }
    co_return fail(ErrorKind::TooLarge, "the feed did not end within the page limit");
}

/// A deletion needs positive evidence: the key is read, and an item of ours that only moved is
/// found by its token.
Async<Result<void>> SyncRunner::confirm_tombstones(PairSpec pair, Side side) {
    auto pending = co_await store_.unconfirmed(pair.id, side);
    if (!pending) co_return std::unexpected(pending.error());
    for (std::size_t begin = 0; begin < pending->size(); begin += limits::get_item_batch) {
        const std::size_t end = std::min(pending->size(), begin + limits::get_item_batch);
        Keys batch(pending->begin() + static_cast<std::ptrdiff_t>(begin), pending->begin() + static_cast<std::ptrdiff_t>(end));
        Result<void> absorbed = co_await read_and_absorb(pair, side, std::move(batch));
        if (!absorbed) co_return absorbed;
    }
    co_return Result<void>{};
}

/// What the feed has not shown may be gone without a word of it; a batch in each cycle.
Async<Result<void>> SyncRunner::read_unshown(PairSpec pair, Side side) {
    ItemKey& from = unshown_from_[{pair.id, side}];
    Result<Keys> asked = co_await store_.unshown(pair.id, side, from, limits::get_item_batch);
    if (!asked) co_return std::unexpected(asked.error());
    from = asked->size() < limits::get_item_batch ? ItemKey() : asked->back().first;
    if (asked->empty()) co_return Result<void>{};
    Keys keys = std::move(*asked);
    Result<void> absorbed = co_await read_and_absorb(pair, side, std::move(keys));
    co_return absorbed;
}

Async<Result<void>> SyncRunner::read_and_absorb(PairSpec pair, Side side, Keys asked) {
    std::vector<ItemKey> keys;
    std::vector<CorrelationToken> tokens;
    for (auto& [key, token] : asked) {
        keys.push_back(std::move(key));
        tokens.push_back(std::move(token));
    }
    Result<std::vector<Observation>> found = co_await read_again(pair, side, std::move(keys), std::move(tokens));
    if (!found) co_return std::unexpected(found.error());
    std::vector<Observation> observations = std::move(*found);
    Result<void> stored = co_await store_.absorb_items(pair.id, side, std::move(observations));
    co_return stored;
}

Async<Result<std::vector<Observation>>> SyncRunner::read_again(
    PairSpec pair, Side side, std::vector<ItemKey> keys, std::vector<CorrelationToken> tokens) {
    const CollectionId collection = endpoint(side).collection(pair.kind, pair.mailbox);
    std::vector<ItemKey> asked = keys;
    std::vector<Result<Observation>> answers =
        co_await endpoint(side).get_items(collection, std::move(asked));
    if (answers.size() != keys.size())
        co_return fail(ErrorKind::CorruptReply,
                       "a read by key answered another number of items than asked");
    std::vector<Observation> out;
    for (std::size_t i = 0; i < keys.size(); ++i) {
        if (answers[i]) {
            out.push_back(std::move(*answers[i]));
            continue;
        }
        if (answers[i].error().kind != ErrorKind::NotFound)
            co_return std::unexpected(answers[i].error());
        Observation gone;
        gone.key = keys[i];
        gone.content = Tombstone{true};
        if (side == Side::Exchange && !tokens[i].empty()) {
            CorrelationToken token = tokens.at(i);
            Result<std::optional<Observation>> moved =
                co_await endpoint(side).find_by_token(collection, std::move(token));
            if (!moved) co_return std::unexpected(moved.error());
            if (*moved && (*moved)->key != keys[i]) out.push_back(std::move(**moved));
        }
        out.push_back(std::move(gone));
    }
    co_return out;
}

Async<Result<Picture>> SyncRunner::load(PairSpec pair, bool everything) {
    const Timestamp now = clock_.now();
    Result<std::string> epoch = co_await store_.epoch();
    if (!epoch) co_return std::unexpected(epoch.error());
    Result<Picture> picture = co_await store_.load_picture(pair.id, date_of(now), everything);
    if (!picture) co_return std::unexpected(picture.error());
    picture->pair = pair.id;
    picture->mailbox = pair.mailbox;
    picture->kind = pair.kind;
    picture->crm_system = pair.crm_system;
    picture->epoch = std::move(*epoch);
    picture->now = now;
    picture->today = date_of(now);
    picture->crm_capabilities = crm_.capabilities(pair.kind);
    picture->exchange_capabilities = exchange_.capabilities(pair.kind);
    picture->policy = pair.policy;
    picture->mirrored_organizers = pair.mirrored_organizers;
    co_return picture;
}

Async<Result<void>> SyncRunner::tell_held(PairId pair, HeldPlan held) {
    Result<std::optional<HeldPlan>> before = co_await store_.held_plan(pair);
    if (!before) co_return std::unexpected(before.error());
    if (*before && (*before)->hash == held.hash) co_return Result<void>{};
    log_.write(LogLevel::Warning, "plan_held",
               {{"pair", pair.str()}, {"why", held.why}, {"hash", held.hash}});
    co_return Result<void>{};
}

Async<Result<CycleReport>> SyncRunner::run_cycle(PairSpec pair) {
    CycleReport report;
    for (const Side side : kSides) {
        Result<std::size_t> observed = co_await observe(pair, side);
        if (!observed) co_return std::unexpected(observed.error());
        (side == Side::Crm ? report.observed_crm : report.observed_exchange) = *observed;
    }
    OutboxWorker outbox(crm_, exchange_, store_, clock_, log_);
    Result<void> confirmed = co_await outbox.confirm_unanswered(pair);
    if (!confirmed) co_return std::unexpected(confirmed.error());
    for (const Side side : kSides) {
        Result<void> evidence = co_await confirm_tombstones(pair, side);
        if (evidence) evidence = co_await read_unshown(pair, side);
        if (!evidence) co_return std::unexpected(evidence.error());
    }
    Result<Picture> picture = co_await load(pair, false);
    if (!picture) co_return std::unexpected(picture.error());

    Plan plan = sync::guard_plan(sync::reconcile(*picture), *picture);
    report.conflicts = plan.conflicts.size();
    report.parked = plan.parked.size();
    report.held = plan.held.has_value();
    report.links_changed = plan.changes.size();
    if (plan.held) {
        Result<void> told = co_await tell_held(pair.id, *plan.held);
        if (!told) co_return std::unexpected(told.error());
    }
    Result<PairState> state = co_await store_.pair_state(pair.id);
    if (!state) co_return std::unexpected(state.error());
    const bool idle = plan.empty() && picture->links.empty() && picture->free_crm.empty() &&
                      picture->free_exchange.empty() && state->last_error.empty();
    if (!idle) {
        Result<void> committed = co_await store_.commit_plan(pair.id, std::move(plan));
        if (!committed) co_return std::unexpected(committed.error());
    }

    Result<CycleReport> sent = co_await outbox.drain(pair);
    if (!sent) co_return std::unexpected(sent.error());
    report.created = sent->created;
    report.updated = sent->updated;
    report.deleted = sent->deleted;
    report.dropped = sent->dropped;
    report.requeued = sent->requeued;
    report.rejected = sent->rejected;
    co_return report;
}

Async<Result<Plan>> SyncRunner::preview(PairSpec pair) {
    for (const Side side : kSides) {
        Result<std::size_t> observed = co_await observe(pair, side);
        if (!observed) co_return std::unexpected(observed.error());
    }
    for (const Side side : kSides) {
        Result<void> evidence = co_await confirm_tombstones(pair, side);
        if (evidence) evidence = co_await read_unshown(pair, side);
        if (!evidence) co_return std::unexpected(evidence.error());
    }
    Result<Picture> picture = co_await load(pair, false);
    if (!picture) co_return std::unexpected(picture.error());
    co_return sync::guard_plan(sync::reconcile(*picture), *picture);
}

}  // namespace liaison::daemon
