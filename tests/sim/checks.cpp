#include "tests/sim/checks.hpp"

namespace liaison::sim {

namespace {

using ByLineage = std::map<std::string, std::vector<Shown>>;

ByLineage by_lineage(std::vector<Shown> items) {
    ByLineage out;
    for (Shown& item : items) out[item.lineage].push_back(std::move(item));
    return out;
}

std::string named(const History::Lineage& line) {
    return std::string(to_string(line.kind)) + " " + line.mark + " of " + mailbox_address(line.mailbox);
}

/// What Liaison shows as parked: the only thing of its own that a checker may know.
std::set<std::pair<Side, std::string>> parked_items(World& world) {
    std::set<std::pair<Side, std::string>> out;
    for (std::size_t offset = 0;; offset += 500) {
        const auto page = world.ask(world.stores().sync->parked(offset, 500));
        if (!page || !*page) break;
        for (const StoredParked& parked : **page) out.insert({parked.item.side, parked.item.key.str()});
        if ((*page)->size() < 500) break;
    }
    return out;
}

void check_pair(World& world, const History::Lineage& line, const Shown& crm, const Shown& exchange) {
    for (const auto& [field, value] : crm.fields) {
        const std::string& other = exchange.fields.at(field);
        if (value != other)
            world.violated("convergence", named(line) + " differs in " + field + ": the CRM says \"" + value + "\", Exchange says \"" + other + "\"");
    }
}

}  // namespace

void check_at_rest(World& world) {
    const auto parked = parked_items(world);
    const auto is_parked = [&](Side side, const std::vector<Shown>& items) {
        return std::any_of(items.begin(), items.end(), [&](const Shown& item) { return parked.contains({side, item.id}); });
    };
    for (std::size_t mailbox = 0; mailbox < world.options().workload.mailboxes; ++mailbox)
        for (const EntityKind kind : kEntityKinds) {
            const ByLineage crm = by_lineage(world.crm->items(kind, mailbox));
            const ByLineage exchange = by_lineage(world.exchange->items(kind, mailbox));
            for (const auto& [mark, line] : world.history.all()) {
                if (line.mailbox != mailbox || line.kind != kind) continue;
                const auto c = crm.find(mark);
                const auto e = exchange.find(mark);
                if (c != crm.end() && is_parked(Side::Crm, c->second)) continue;
                if (e != exchange.end() && is_parked(Side::Exchange, e->second)) continue;
                const std::size_t in_crm = c == crm.end() ? 0 : c->second.size();
                const std::size_t in_exchange = e == exchange.end() ? 0 : e->second.size();
                const std::size_t allowed = line.copies + (line.unmarked_away ? 1 : 0);
                if (in_crm > allowed || in_exchange > allowed)
                    world.violated("one_mirror", named(line) + " is there " + std::to_string(in_crm) + " times in the CRM and " +
                                                     std::to_string(in_exchange) + " times in Exchange");
                else if (in_crm != in_exchange)
                    world.violated("convergence", named(line) + " is only " + (in_crm > in_exchange ? "in the CRM" : "in Exchange"));
                else if (in_crm == 1)
                    check_pair(world, line, c->second.front(), e->second.front());
            }
        }
    if (!world.sandbox->store().sent().empty()) world.violated("scope", "something was sent to people");
}

}  // namespace liaison::sim
