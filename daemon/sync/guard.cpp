#include "daemon/sync/guard.hpp"

#include <algorithm>
#include <map>
#include <set>

#include "core/digest.hpp"

namespace liaison::sync {

namespace {

bool guard_counts(const Unlink& unlink) {
    return unlink.reason != Reason::GoneOnBoth && unlink.reason != Reason::EditOutranksDeletion;
}

/// The removals of a plan, sorted by the side that loses something.
class Removals {
public:
    Removals(const Plan& plan, const Picture& picture) : picture_(picture) {
        for (const LinkView& view : picture.links) views_.emplace(view.link.id, &view);
        for (const Operation& operation : plan.operations)
            if (operation.kind == OperationKind::Delete) ++count(operation.side);
        for (const LinkChange& change : plan.changes)
            if (const auto* unlink = std::get_if<Unlink>(&change); unlink && guard_counts(*unlink))
                ++count(direction(*unlink));
    }

    bool exceeds(Side side) const {
        const std::size_t planned = side == Side::Crm ? crm_ : exchange_;
        const std::size_t lately =
            side == Side::Crm ? picture_.totals.removals_24h_crm : picture_.totals.removals_24h_exchange;
        const std::size_t links = std::max(picture_.totals.links, picture_.links.size());
        const std::size_t share = links * picture_.policy.deletions_percent / 100;
        const bool too_many = planned + lately > std::max(picture_.policy.deletions_floor, share);
        const bool emptied = planned > picture_.policy.deletions_floor && planned * 2 > links;
        return planned > 0 && (too_many || emptied);
    }

    /// The side where something would be lost: its items stay without a counterpart.
    Side direction(const Unlink& unlink) const {
        switch (unlink.reason) {
            case Reason::GoneInCrm:
            case Reason::LeftScopeInCrm: return Side::Exchange;
            case Reason::GoneInExchange:
            case Reason::LeftScopeInExchange: return Side::Crm;
            default: break;
        }
        const auto view = views_.find(unlink.link);
        if (view == views_.end()) return Side::Exchange;
        const std::optional<Observation>& exchange = view->second->exchange;
        return exchange && !exchange->record() ? Side::Crm : Side::Exchange;
    }

    /// Names an unlinking in the list that a person approves: by the key of what stays, for links are renumbered.
    std::string key_of(const Unlink& unlink) const {
        const auto view = views_.find(unlink.link);
        if (view == views_.end()) return std::to_string(unlink.link.value());
        const std::optional<Anchor>& anchor = view->second->link.anchor(direction(unlink));
        return anchor ? anchor->key.str() : std::to_string(unlink.link.value());
    }

private:
    std::size_t& count(Side side) { return side == Side::Crm ? crm_ : exchange_; }

    const Picture& picture_;
    std::map<LinkId, const LinkView*> views_;
    std::size_t crm_ = 0;
    std::size_t exchange_ = 0;
};

std::string guard_line(std::string_view what, Side side, const std::string& key) {
    return std::string(what) + ' ' + std::string(to_string(side)) + ' ' +
           std::to_string(key.size()) + ':' + key + '\n';
}

/// Links that lose nothing while they are held keep no marks for their items either.
void drop_marks(Plan& plan, const std::set<LinkId>& held, const Picture& picture) {
    std::set<std::pair<Side, ItemKey>> keys;
    for (const LinkView& view : picture.links) {
        if (!held.contains(view.link.id)) continue;
        for (const Side side : kSides)
            if (view.link.anchor(side)) keys.emplace(side, view.link.anchor(side)->key);
    }
    std::erase_if(plan.parked, [&](const ParkedItem& item) { return keys.contains({item.side, item.key}); });
}

}  // namespace

Plan guard_plan(Plan plan, const Picture& picture) {
    const Removals removals(plan, picture);
    std::set<Side> exceeded;
    for (const Side side : kSides)
        if (removals.exceeds(side)) exceeded.insert(side);
    if (exceeded.empty()) return plan;

    HeldPlan held;
    std::string list;
    std::set<LinkId> unlinkings;
    Plan rest = plan;
    rest.operations.clear();
    rest.changes.clear();
    for (Operation& operation : plan.operations) {
        if (operation.kind == OperationKind::Delete && exceeded.contains(operation.side)) {
            list += guard_line("delete", operation.side, operation.key.str());
            held.removals.push_back(operation);
        } else {
            rest.operations.push_back(operation);
        }
    }
    for (LinkChange& change : plan.changes) {
        const auto* unlink = std::get_if<Unlink>(&change);
        if (unlink && guard_counts(*unlink) && exceeded.contains(removals.direction(*unlink))) {
            list += guard_line("unlink", removals.direction(*unlink), removals.key_of(*unlink));
            held.unlinkings.push_back(unlink->link);
            unlinkings.insert(unlink->link);
        } else {
            rest.changes.push_back(change);
        }
    }
    held.hash = sha256_hex(list);
    if (picture.approved_plans.contains(held.hash)) return plan;
    held.why = std::to_string(held.removals.size()) + " deletions and " + std::to_string(held.unlinkings.size()) +
               " unlinkings are more than may happen in 24 hours without approval";
    drop_marks(rest, unlinkings, picture);
    rest.held = std::move(held);
    return rest;
}

}  // namespace liaison::sync
