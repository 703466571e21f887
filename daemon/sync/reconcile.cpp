#include "daemon/sync/reconcile.hpp"

#include <algorithm>
#include <map>
#include <stdexcept>

#include "daemon/sync/match.hpp"
#include "daemon/sync/plan_draft.hpp"

// The case table. "Changed" = differs from that side's own shadow in a field that both sides carry.
//
//   CRM \ Exchange  same             changed          gone               left scope  never had it
//   same            in step          merge            RemoveFromCrm (1)  Unlink      CreateInExchange
//   changed         merge            merge (2)        recreate (3)       Unlink      CreateInExchange
//   gone            RemoveFromE. (1) recreate (3)     Unlink             Unlink      Unlink
//   left scope      withdraw (4)     Unlink           Unlink             Unlink      Unlink
//   never had it    CreateInCrm      CreateInCrm      Unlink             Unlink      impossible: std::logic_error
//
//   (1) Only where policy and endpoint allow it, else Unlink; under the guard (guard.hpp). What an attendee deletes in
//       his calendar, and finished items that somebody tidies away, are unlinked: the CRM keeps them.
//   (2) Field by field; where both moved apart, policy decides and the losing value is recorded (merge.hpp).
//   (3) The edit outranks the deletion: the item is made again on the other side, under a new link with a new token.
//       Where policy forbids making it, Unlink.
//   (4) A mirror that Liaison made and nobody edited goes to Deleted Items, under the guard; anything else stays,
//       unlinked.
//
// Before the table, in this order:
//   an item that carries a link's token   an unanswered create of that link is adopted; a link whose own item is
//                                         gone moves to it (F33); a link whose own item lives was copied: the copy
//                                         loses the token (F38)
//   operation in flight                   the link is left alone; a rejected one is withdrawn once either side moved on
//   unreadable (a series, a corrupt item) parked, the link is left alone
//   unconfirmed tombstone                 nothing: a deletion needs a read that says so
//   attached (an attendee's copy)         nothing flows; when either side is gone or left: Unlink
// After it: items without a link are matched (match.hpp) or get a new link. Private items of the mailbox are parked.

namespace liaison::sync {

Verdict decide_cell(SideState crm, SideState exchange) {
    constexpr auto row_same = [](SideState e) {
        switch (e) {
            case SideState::Same: return Verdict::InStep;
            case SideState::Changed: return Verdict::Merge;
            case SideState::Gone: return Verdict::RemoveFromCrm;
            case SideState::LeftScope: return Verdict::Unlink;
            case SideState::Never: return Verdict::CreateInExchange;
        }
        return Verdict::Impossible;
    };
    constexpr auto row_changed = [](SideState e) {
        switch (e) {
            case SideState::Same: return Verdict::Merge;
            case SideState::Changed: return Verdict::Merge;
            case SideState::Gone: return Verdict::RecreateInExchange;
            case SideState::LeftScope: return Verdict::Unlink;
            case SideState::Never: return Verdict::CreateInExchange;
        }
        return Verdict::Impossible;
    };
    constexpr auto row_gone = [](SideState e) {
        switch (e) {
            case SideState::Same: return Verdict::RemoveFromExchange;
            case SideState::Changed: return Verdict::RecreateInCrm;
            case SideState::Gone: return Verdict::Unlink;
            case SideState::LeftScope: return Verdict::Unlink;
            case SideState::Never: return Verdict::Unlink;
        }
        return Verdict::Impossible;
    };
    constexpr auto row_left_scope = [](SideState e) {
        switch (e) {
            case SideState::Same: return Verdict::WithdrawMirror;
            case SideState::Changed: return Verdict::Unlink;
            case SideState::Gone: return Verdict::Unlink;
            case SideState::LeftScope: return Verdict::Unlink;
            case SideState::Never: return Verdict::Unlink;
        }
        return Verdict::Impossible;
    };
    constexpr auto row_never = [](SideState e) {
        switch (e) {
            case SideState::Same: return Verdict::CreateInCrm;
            case SideState::Changed: return Verdict::CreateInCrm;
            case SideState::Gone: return Verdict::Unlink;
            case SideState::LeftScope: return Verdict::Unlink;
            case SideState::Never: return Verdict::Impossible;
        }
        return Verdict::Impossible;
    };
    switch (crm) {
        case SideState::Same: return row_same(exchange);
        case SideState::Changed: return row_changed(exchange);
        case SideState::Gone: return row_gone(exchange);
        case SideState::LeftScope: return row_left_scope(exchange);
        case SideState::Never: return row_never(exchange);
    }
    return Verdict::Impossible;
}

namespace {

/// Why a link ends whose item is gone or out of scope.
Reason unlink_reason(SideState crm, SideState exchange) {
    if (crm == SideState::Gone && exchange == SideState::Gone) return Reason::GoneOnBoth;
    if (crm == SideState::Gone) return Reason::GoneInCrm;
    if (exchange == SideState::Gone) return Reason::GoneInExchange;
    return crm == SideState::LeftScope ? Reason::LeftScopeInCrm : Reason::LeftScopeInExchange;
}

class Reconciler {
public:
    explicit Reconciler(const Picture& picture) : picture_(picture), draft_(picture) {
        for (const LinkView& view : picture.links) views_.emplace(view.link.id, view);
        for (const auto& [id, view] : views_)
            if (!view.link.token.nonce.empty()) by_nonce_.emplace(view.link.token.nonce, id);
        for (const auto& [text, id] : picture.tokens) {
            const CorrelationToken token = CorrelationToken::parse(text);
            by_nonce_.emplace(token.empty() ? text : token.nonce, id);
        }
    }

    Plan run() {
        for (const Side side : kSides) follow_tokens(side);
        for (auto& [id, view] : views_)
            if (!busy_.contains(id)) decide(view);
        match_free();
        for (const Side side : kSides) mirror_new_items(side);
        return draft_.take();
    }

private:
    std::vector<const Observation*> free_items(Side side) const {
        std::vector<const Observation*> items;
        for (const Observation& seen : side == Side::Crm ? picture_.free_crm : picture_.free_exchange)
            if (!seen.gone() && !claimed_.side(side).contains(seen.key)) items.push_back(&seen);
        std::sort(items.begin(), items.end(), [](const Observation* a, const Observation* b) {
            return std::tie(a->modified_at, a->key) < std::tie(b->modified_at, b->key);
        });
        return items;
    }

    // ---- before the table

    void follow_tokens(Side side) {
        std::map<LinkId, std::vector<const Observation*>> carriers;
        for (const Observation* item : free_items(side)) {
            if (item->token.nonce.empty() || !names_our_item(item->token, picture_)) continue;
            const auto known = by_nonce_.find(item->token.nonce);
            if (known == by_nonce_.end()) continue;
            claimed_.side(side).insert(item->key);
            carriers[known->second].push_back(item);
        }
        for (auto& [id, items] : carriers) {
            const auto found = views_.find(id);
            if (found == views_.end()) continue;
            // Oldest first: the original before its copies. Of an item that was moved repeatedly the newest place
            // is the true one; a feed that lags may still show the others.
            if (found->second.link.anchor(side) && !lives(found->second, side))
                std::reverse(items.begin(), items.end());
            for (const Observation* item : items) follow_token(found->second, side, *item);
        }
    }

    /// The link's own item on this side exists, as far as is known.
    static bool lives(const LinkView& view, Side side) {
        const std::optional<Observation>& own = view.seen(side);
        if (!view.link.anchor(side)) return false;
        return !own || own->record() || std::holds_alternative<Unreadable>(own->content);
    }

    void follow_token(LinkView& view, Side side, const Observation& item) {
        const bool in_flight = view.in_flight.has_value();
        if (in_flight && view.in_flight->side == side && view.in_flight->kind == OperationKind::Create) {
            adopt(view, side, item);
            return;
        }
        const std::optional<Anchor>& anchor = view.link.anchor(side);
        if (lives(view, side)) {
            if (in_flight || !item.record() || busy_.contains(view.link.id)) return;
            draft_.release_copy(view, side, item);
            busy_.insert(view.link.id);
        } else if (!in_flight && anchor) {
            draft_.bind(view, side, item, anchor->shadow, false, Reason::MatchedByToken);
        } else if (!in_flight && item.record()) {
            bind_fresh(view, side, item);
        }
    }

    /// The create was sent and never answered, and here is its item: the shadow is what was sent (law 3).
    void adopt(LinkView& view, Side side, const Observation& item) {
        const Operation sent = *view.in_flight;
        draft_.withdraw(view);
        draft_.bind(view, side, item, sent.target, false, Reason::MatchedByToken);
        const std::optional<Anchor>& source = view.link.anchor(other(side));
        if (source && source->shadow != sent.source)
            draft_.advance(view, other(side), sent.source_version, sent.source, Reason::MatchedByToken);
    }

    /// A link with one item finds its other one without a create in flight: no common past is known.
    void bind_fresh(LinkView& view, Side side, const Observation& item) {
        const std::optional<Anchor>& source = view.link.anchor(other(side));
        if (!source) return;
        const std::optional<Observation>& seen = view.seen(other(side));
        const Record& theirs = seen && seen->record() ? *seen->record() : source->shadow;
        const Record& crm = side == Side::Crm ? *item.record() : theirs;
        const Record& exchange = side == Side::Crm ? theirs : *item.record();
        FreshShadows fresh =
            fresh_shadows(crm, exchange, picture_.crm_capabilities, picture_.exchange_capabilities);
        Record own = side == Side::Crm ? fresh.crm : fresh.exchange;
        Record others = side == Side::Crm ? fresh.exchange : fresh.crm;
        draft_.bind(view, side, item, std::move(own), false, Reason::MatchedByToken);
        if (others != source->shadow)
            draft_.advance(view, other(side), source->version, std::move(others), Reason::MatchedByToken);
    }

    /// True if the link waits for an operation. A rejected one gives way as soon as either side has another
    /// version; that a copy could not be released is no concern of the link.
    bool waits_for_operation(LinkView& view) {
        if (!view.in_flight) return false;
        const Operation& operation = *view.in_flight;
        if (operation.state != OperationState::Rejected) return true;
        if (releases_copy(operation)) {
            draft_.withdraw(view);
            return false;
        }
        const std::optional<Observation>& source = view.seen(other(operation.side));
        const std::optional<Observation>& target = view.seen(operation.side);
        const bool source_moved = source && (source->version != operation.source_version || !source->record());
        const bool target_moved = operation.kind != OperationKind::Create && target &&
                                  (target->version != operation.expected_version || !target->record());
        if (!source_moved && !target_moved) return true;
        draft_.withdraw(view);
        return false;
    }

    /// True if a side cannot be judged now.
    bool cannot_judge(const LinkView& view) {
        bool blocked = false;
        for (const Side side : kSides) {
            const std::optional<Observation>& seen = view.seen(side);
            if (!seen) continue;
            if (std::holds_alternative<Unreadable>(seen->content)) {
                park_unreadable(side, *seen);
                blocked = true;
            }
            const auto* tombstone = std::get_if<Tombstone>(&seen->content);
            if (tombstone && !tombstone->confirmed) blocked = true;
        }
        return blocked;
    }

    void park_unreadable(Side side, const Observation& seen) {
        const auto& why = std::get<Unreadable>(seen.content);
        const Reason reason = why.reason_code == "series" ? Reason::SeriesNotSupported : Reason::Unreadable;
        draft_.park(side, seen, reason, why.reason_code, why.detail);
    }

    // ---- the table

    SideState state_of(const LinkView& view, Side side) const {
        const std::optional<Anchor>& anchor = view.link.anchor(side);
        if (!anchor) return SideState::Never;
        const std::optional<Observation>& seen = view.seen(side);
        if (!seen) return SideState::Same;
        if (seen->gone()) return SideState::Gone;
        if (!seen->record()) return SideState::LeftScope;
        const FieldMask common = common_fields(picture_.crm_capabilities, picture_.exchange_capabilities);
        return difference(anchor->shadow, *seen->record(), common).empty() ? SideState::Same : SideState::Changed;
    }

    void decide(LinkView& view) {
        if (waits_for_operation(view) || cannot_judge(view)) return;
        const SideState crm = state_of(view, Side::Crm);
        const SideState exchange = state_of(view, Side::Exchange);
        if (view.link.attached) {
            const auto there = [](SideState s) { return s == SideState::Same || s == SideState::Changed; };
            if (!there(crm) || !there(exchange)) draft_.unlink(view, unlink_reason(crm, exchange));
            return;
        }
        switch (decide_cell(crm, exchange)) {
            case Verdict::InStep:
            case Verdict::Merge: draft_.bring_in_step(view); return;
            case Verdict::RemoveFromCrm: draft_.remove(view, Side::Crm, Reason::GoneInExchange); return;
            case Verdict::RemoveFromExchange: draft_.remove(view, Side::Exchange, Reason::GoneInCrm); return;
            case Verdict::CreateInCrm: draft_.create(view, Side::Crm, Reason::NewInExchange); return;
            case Verdict::CreateInExchange: draft_.create(view, Side::Exchange, Reason::NewInCrm); return;
            case Verdict::RecreateInCrm: draft_.recreate(view, Side::Exchange); return;
            case Verdict::RecreateInExchange: draft_.recreate(view, Side::Crm); return;
            case Verdict::WithdrawMirror: withdraw_mirror(view); return;
            case Verdict::Unlink: draft_.unlink(view, unlink_reason(crm, exchange)); return;
            case Verdict::Impossible: throw std::logic_error("a link without any item");
        }
    }

    void withdraw_mirror(LinkView& view) {
        if (view.link.made_in_exchange && !view.link.edited_in_exchange)
            draft_.remove(view, Side::Exchange, Reason::LeftScopeInCrm);
        else
            draft_.unlink(view, Reason::LeftScopeInCrm);
    }

    // ---- after the table

    void match_free() {
        Matches found = match_unlinked(picture_, claimed_);
        for (const Side side : kSides)
            claimed_.side(side).insert(found.claimed.side(side).begin(), found.claimed.side(side).end());
        for (ParkedItem& item : found.parked) draft_.park(std::move(item));
        for (const Match& match : found.matches) join(match);
    }

    void join(const Match& match) {
        const bool by_token = match.reason == Reason::MatchedByToken;
        FreshShadows fresh = fresh_shadows(*match.crm->record(), *match.exchange->record(), picture_.crm_capabilities,
                                           picture_.exchange_capabilities);
        Observation crm = *match.crm;
        crm.content = std::move(fresh.crm);
        LinkView view =
            draft_.open(Side::Crm, crm, match.reason, by_token ? match.exchange->token : draft_.new_token(ItemKey()));
        view.crm = *match.crm;
        draft_.bind(view, Side::Exchange, *match.exchange, std::move(fresh.exchange), match.attached, match.reason);
        if (!match.attached) draft_.bring_in_step(view);
    }

    void mirror_new_items(Side side) {
        std::vector<const Observation*> items = free_items(side);
        std::sort(items.begin(), items.end(),
                  [](const Observation* a, const Observation* b) { return a->key < b->key; });
        for (const Observation* item : items) {
            if (item->record())
                draft_.mirror_new(side, *item);
            else if (std::holds_alternative<Unreadable>(item->content))
                park_unreadable(side, *item);
        }
    }

    const Picture& picture_;
    PlanDraft draft_;
    std::map<LinkId, LinkView> views_;
    std::map<std::string, LinkId> by_nonce_;
    std::set<LinkId> busy_;  ///< links that have their one operation already
    Claimed claimed_;
};

}  // namespace

Plan reconcile(const Picture& picture) { return Reconciler(picture).run(); }

}  // namespace liaison::sync
