#pragma once
#include <algorithm>
#include <map>
#include <set>
#include <vector>

#include "core/link.hpp"
#include "core/operation.hpp"

namespace liaison::sync::model {

/// The verbs of SyncStore over maps. Each call is one transaction.
class ModelStore {
public:
    bool older_may_replace_newer = false;  ///< law 6 broken

    std::map<ItemKey, Observation> seen[2];
    std::map<LinkId, Link> links;
    std::map<OperationId, Operation> operations;
    std::vector<Conflict> conflicts;
    std::map<std::pair<Side, ItemKey>, ParkedItem> parked;
    std::optional<HeldPlan> held;
    std::size_t cursor[2] = {0, 0};

    static std::size_t index(Side side) { return side == Side::Crm ? 0 : 1; }

    void absorb(Side side, const std::vector<Observation>& observations) {
        for (const Observation& now : observations) {
            const auto it = seen[index(side)].find(now.key);
            if (it != seen[index(side)].end()) {
                if (it->second == now) continue;
                if (!older_may_replace_newer && now.modified_at < it->second.modified_at) continue;
                const auto* known = std::get_if<Tombstone>(&it->second.content);
                if (now.gone() && known && known->confirmed) continue;
            }
            seen[index(side)][now.key] = now;
            touch(side, now.key);
        }
    }

    std::vector<std::pair<ItemKey, CorrelationToken>> unconfirmed(Side side) const {
        std::vector<std::pair<ItemKey, CorrelationToken>> out;
        for (const auto& [id, link] : links) {
            const auto& anchor = link.anchor(side);
            if (!anchor) continue;
            const auto it = seen[index(side)].find(anchor->key);
            if (it == seen[index(side)].end() || !it->second.gone()) continue;
            if (!std::get<Tombstone>(it->second.content).confirmed) out.emplace_back(anchor->key, link.token);
        }
        return out;
    }

    Picture load(Date today, bool everything) const {
        Picture picture;
        picture.next_link = next_link_;
        picture.totals.links = links.size();
        std::set<LinkId> wanted = touched_links_;
        std::set<std::pair<Side, ItemKey>> free;
        for (const auto& [id, link] : links)
            if (everything || (link.recheck_on && *link.recheck_on <= today)) wanted.insert(id);
        for (const Side side : kSides)
            for (const auto& [key, now] : seen[index(side)])
                if (is_free(side, key) && (everything || touched_items_.contains({side, key}) || touched_free(other(side))))
                    free.emplace(side, key);
        std::map<std::string, LinkId> nonces;
        for (const auto& [id, link] : links) nonces.emplace(link.token.nonce, id);
        for (const auto& [side, key] : free) {
            const auto known = nonces.find(seen[index(side)].at(key).token.nonce);
            if (known == nonces.end()) continue;
            wanted.insert(known->second);
            picture.tokens[known->first] = known->second;
        }
        for (const Side side : kSides)
            for (const auto& [key, now] : seen[index(side)]) {
                const auto known = nonces.find(now.token.nonce);
                if (known != nonces.end() && wanted.contains(known->second) && is_free(side, key))
                    free.emplace(side, key);
            }
        for (const LinkId id : wanted)
            if (links.contains(id)) picture.links.push_back(view_of(links.at(id)));
        for (const auto& [side, key] : free)
            (side == Side::Crm ? picture.free_crm : picture.free_exchange).push_back(seen[index(side)].at(key));
        return picture;
    }

    void commit(const Plan& plan) {
        for (const OperationId id : plan.withdrawn) operations.erase(id);
        for (const LinkChange& change : plan.changes) apply_change(change);
        for (Operation operation : plan.operations) {
            operation.id = OperationId(++last_operation_);
            operations.emplace(operation.id, operation);
        }
        conflicts.insert(conflicts.end(), plan.conflicts.begin(), plan.conflicts.end());
        for (const ParkedItem& item : plan.parked) parked[{item.side, item.key}] = item;
        held = plan.held;
        next_link_ = plan.next_link;
        touched_links_.clear();
        touched_items_.clear();
        if (!plan.held) return;
        for (const Operation& removal : plan.held->removals) touched_links_.insert(removal.link);
        for (const LinkId id : plan.held->unlinkings) touched_links_.insert(id);
    }

    void mark_sent(OperationId id) {
        operations.at(id).state = OperationState::Sent;
        ++operations.at(id).attempts;
    }

    void settle(const Settlement& settlement) {
        switch (settlement.what) {
            case Settlement::What::Done:
            case Settlement::What::Dropped: operations.erase(settlement.operation); break;
            case Settlement::What::Requeued:
            case Settlement::What::Rejected: operations.at(settlement.operation) = *settlement.requeued; break;
        }
        for (const LinkChange& change : settlement.changes) apply_change(change);
        if (settlement.observed) absorb(settlement.side, {*settlement.observed});
        if (links.contains(settlement.link)) touched_links_.insert(settlement.link);
    }

    bool is_parked(Side side, const ItemKey& key) const {
        const auto it = parked.find({side, key});
        return it != parked.end() && seen[index(side)].at(key).version == it->second.version;
    }

    std::optional<LinkId> link_of(Side side, const ItemKey& key) const {
        const auto it = by_key_[index(side)].find(key);
        return it == by_key_[index(side)].end() ? std::nullopt : std::optional<LinkId>(it->second);
    }

private:
    bool is_free(Side side, const ItemKey& key) const {
        return !link_of(side, key) && !seen[index(side)].at(key).gone() && !is_parked(side, key);
    }

    bool touched_free(Side side) const {
        return std::any_of(touched_items_.begin(), touched_items_.end(),
                           [&](const auto& item) { return item.first == side && is_free(side, item.second); });
    }

    void touch(Side side, const ItemKey& key) {
        if (const auto link = link_of(side, key))
            touched_links_.insert(*link);
        else
            touched_items_.emplace(side, key);
    }

    LinkView view_of(const Link& link) const {
        LinkView view;
        view.link = link;
        for (const Side side : kSides) {
            const auto& anchor = link.anchor(side);
            if (!anchor) continue;
            const auto it = seen[index(side)].find(anchor->key);
            if (it != seen[index(side)].end()) (side == Side::Crm ? view.crm : view.exchange) = it->second;
        }
        for (const auto& [id, operation] : operations)
            if (operation.link == link.id) view.in_flight = operation;
        return view;
    }

    void anchor_to(Link& link, Side side, Anchor anchor) {
        if (link.anchor(side)) by_key_[index(side)].erase(link.anchor(side)->key);
        by_key_[index(side)][anchor.key] = link.id;
        link.anchor(side) = std::move(anchor);
    }

    void apply_change(const LinkChange& change) {
        if (const auto* open = std::get_if<OpenLink>(&change)) {
            Link link;
            link.id = open->link;
            link.kind = open->kind;
            link.token = open->token;
            link.made_in_exchange = open->made_in_exchange;
            if (open->source)
                anchor_to(link, *open->source, {open->source_key, open->source_version, open->source_shadow});
            links[link.id] = link;
        } else if (const auto* bind = std::get_if<BindItem>(&change)) {
            Link& link = links.at(bind->link);
            anchor_to(link, bind->side, {bind->key, bind->version, bind->shadow});
            link.attached = link.attached || bind->attached;
        } else if (const auto* advance = std::get_if<AdvanceShadow>(&change)) {
            Link& link = links.at(advance->link);
            if (!advance->version.empty()) link.anchor(advance->side)->version = advance->version;
            link.anchor(advance->side)->shadow = advance->shadow;
            link.edited_in_exchange = link.edited_in_exchange || advance->edited_in_exchange;
            if (!advance->token.empty()) link.token = advance->token;
        } else if (const auto* unlink = std::get_if<Unlink>(&change)) {
            const Link& link = links.at(unlink->link);
            for (const Side side : kSides)
                if (link.anchor(side)) by_key_[index(side)].erase(link.anchor(side)->key);
            links.erase(unlink->link);
        } else if (const auto* recheck = std::get_if<SetRecheck>(&change)) {
            links.at(recheck->link).recheck_on = recheck->on;
        }
    }

    std::map<ItemKey, LinkId> by_key_[2];
    std::set<LinkId> touched_links_;
    std::set<std::pair<Side, ItemKey>> touched_items_;
    LinkId next_link_{1};
    std::int64_t last_operation_ = 0;
};

}  // namespace liaison::sync::model
