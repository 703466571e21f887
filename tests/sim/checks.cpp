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

void check_pair(World& world, const History::Lineage& line, const Shown& crm, const Shown& exchange) {
    for (const auto& [field, value] : crm.fields) {
        const std::string& other = exchange.fields.at(field);
        if (value != other)
            world.violated("convergence", named(line) + " differs in " + field + ": the CRM says \"" + value + "\", Exchange says \"" + other + "\"");
    }
}

}  // namespace

void check_at_rest(World& world) {
    for (std::size_t mailbox = 0; mailbox < world.options().workload.mailboxes; ++mailbox)
        for (const EntityKind kind : kEntityKinds) {
            const ByLineage crm = by_lineage(world.crm->items(kind, mailbox));
            const ByLineage exchange = by_lineage(world.exchange->items(kind, mailbox));
            for (const auto& [mark, line] : world.history.all()) {
                if (line.mailbox != mailbox || line.kind != kind) continue;
                const auto c = crm.find(mark);
                const auto e = exchange.find(mark);
                const std::size_t in_crm = c == crm.end() ? 0 : c->second.size();
                const std::size_t in_exchange = e == exchange.end() ? 0 : e->second.size();
                if (in_crm > line.copies || in_exchange > line.copies)
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
