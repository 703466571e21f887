#include "tests/sim/checks.hpp"

#include <algorithm>

#include "tests/sim/postman.hpp"

namespace liaison::sim {

namespace {

using ByLineage = std::map<std::string, std::vector<Shown>>;

ByLineage by_lineage(std::vector<Shown> items) {
    ByLineage out;
    for (Shown& item : items) out[item.lineage].push_back(std::move(item));
    return out;
}

std::string named(const History::Lineage& line) {
    return std::string(to_string(line.kind)) + " " + line.mark + " of " +
           mailbox_address(line.mailbox);
}

/// Everything that the checkers of items look at: both sides, what people did, and what Liaison
/// says that it gave up.
struct AtRest {
    World& world;
    std::set<std::pair<Side, std::string>> parked;
    std::set<std::string> conflicting;  ///< values that are kept in conflict records

    explicit AtRest(World& w) : world(w) {
        for (std::size_t offset = 0;; offset += 500) {
            const auto page = world.ask(world.stores().sync->parked(offset, 500));
            if (!page || !*page) break;
            for (const StoredParked& item : **page)
                parked.insert({item.item.side, item.item.key.str()});
            if ((*page)->size() < 500) break;
        }
        conflicting = world.conflict_values();
    }

    bool is_parked(Side side, const std::vector<Shown>& items) const {
        return std::any_of(items.begin(), items.end(),
                           [&](const Shown& item) { return parked.contains({side, item.id}); });
    }

    void check_mailbox(std::size_t mailbox, EntityKind kind) {
        const ByLineage crm = by_lineage(world.crm->items(kind, mailbox));
        const ByLineage exchange = by_lineage(world.exchange->items(kind, mailbox));
        static const std::vector<Shown> kNone;
        for (const auto& [mark, line] : world.history.all()) {
            if (line.mailbox != mailbox || line.kind != kind || line.bulk_erased) continue;
            const auto c = crm.find(mark);
            const auto e = exchange.find(mark);
            check_lineage(line, c == crm.end() ? kNone : c->second,
                          e == exchange.end() ? kNone : e->second);
        }
        check_scope(mailbox, kind, crm, exchange);
    }

    void check_lineage(const History::Lineage& line, const std::vector<Shown>& crm,
                       const std::vector<Shown>& exchange) {
        if (is_parked(Side::Crm, crm) || is_parked(Side::Exchange, exchange)) return;
        // A create that a server applied long after its time-out is taken for a copy by the rep
        // (docs/reliability.md, open).
        const std::size_t late = world.dice.count(FaultId::CreateAppliedLate).fired > 0 ? 1 : 0;
        const std::size_t allowed = line.copies + (line.unmarked_away ? 1 : 0) + late;
        if (crm.size() > allowed || exchange.size() > allowed) {
            world.violated("one_mirror", named(line) + " is there " + std::to_string(crm.size()) +
                                             " times in the CRM and " +
                                             std::to_string(exchange.size()) +
                                             " times in Exchange");
            return;
        }
        if (line.left_scope || line.is_private) return;
        // What went in the CRM before the links were rebuilt after the ledger was lost: its mirror
        // names an item that is not there, and stays (docs/limitations.md).
        constexpr std::chrono::seconds rebuilding{30};
        for (const History::Erasure& erasure : line.erasures)
            if (erasure.at <= world.history.ledger_lost_at() + rebuilding) return;
        // A mirror that lay in another folder when the ledger was lost is made again
        // (docs/limitations.md).
        if (line.unmarked_away && exchange.size() > crm.size()) return;
        if (crm.size() != exchange.size()) {
            world.violated("convergence",
                           named(line) + " is only " +
                               (crm.size() > exchange.size() ? "in the CRM" : "in Exchange"));
            return;
        }
        if (crm.size() == 1) {
            check_fields(line, crm.front(), exchange.front());
            check_loss(line, crm.front().fields, exchange.front().fields);
        } else if (crm.empty()) {
            check_gone(line);
        }
    }

    void check_fields(const History::Lineage& line, const Shown& crm, const Shown& exchange) {
        for (const auto& [field, value] : crm.fields) {
            const std::string& other = exchange.fields.at(field);
            if (value != other)
                world.violated("convergence", named(line) + " differs in " + field +
                                                  ": the CRM says \"" + value +
                                                  "\", Exchange says \"" + other + "\"");
        }
    }

    bool replaced(const History::Lineage& line, const History::Write& write) const {
        for (const History::Write& later : line.writes)
            if (&later != &write && later.field == write.field && later.at >= write.at &&
                later.seen == write.value)
                return true;
        for (const History::Erasure& erasure : line.erasures) {
            const auto seen = erasure.seen.find(write.field);
            if (erasure.at >= write.at && seen != erasure.seen.end() && seen->second == write.value)
                return true;
        }
        return conflicting.contains(write.value);
    }

    /// I3: each value that a person wrote is there, or somebody who had seen it replaced it, or a
    /// conflict record keeps it.
    void check_loss(const History::Lineage& line, const std::map<std::string, std::string>& crm,
                    const std::map<std::string, std::string>& exchange) {
        for (const History::Write& write : line.writes) {
            if (!History::followed(write.field) || write.value.empty()) continue;
            if (crm.at(write.field) == write.value && exchange.at(write.field) == write.value)
                continue;
            if (replaced(line, write)) continue;
            // A loser of before the ledger was lost was recorded in it.
            if (write.at <= world.history.ledger_lost_at()) continue;
            world.violated(
                "loss",
                named(line) + ": \"" + write.value + "\" written to " + write.field +
                    (write.side == Side::Crm ? " in the CRM" : " in Outlook") + " by event " +
                    std::to_string(write.event) +
                    " is nowhere, nobody replaced it knowingly, no conflict record keeps it");
        }
    }

    /// I4: what is gone was deleted by somebody who had seen the last edits.
    void check_gone(const History::Lineage& line) {
        if (line.erasures.empty()) {
            world.violated("deletion",
                           named(line) + " is gone from both sides though nobody deleted it");
            return;
        }
        for (const History::Write& write : line.writes) {
            if (!History::followed(write.field) || write.value.empty() || replaced(line, write))
                continue;
            if (write.at <= world.history.ledger_lost_at()) continue;
            world.violated("loss", named(line) + " is gone, but its deleter never saw \"" +
                                       write.value + "\" in " + write.field);
        }
    }

    /// I11: nothing of one mailbox in another's items, nothing private in the CRM.
    void check_scope(std::size_t mailbox, EntityKind kind, const ByLineage& crm,
                     const ByLineage& exchange) {
        const std::string own = "m" + std::to_string(mailbox) + "zq";
        const auto look = [&](const ByLineage& items, const char* where) {
            for (const auto& [mark, list] : items)
                for (const Shown& item : list)
                    for (const auto& [field, value] : item.fields) {
                        const std::size_t at = value.find("zq");
                        if (at == std::string::npos || value.find(own) != std::string::npos)
                            continue;
                        world.violated("scope", std::string(to_string(kind)) + " " + mark + " in " +
                                                    where + " of " + mailbox_address(mailbox) +
                                                    " holds another mailbox' text: \"" + value +
                                                    "\"");
                    }
        };
        look(crm, "the CRM");
        look(exchange, "the mailbox");
        for (const auto& [mark, list] : crm) {
            const auto line = world.history.all().find(mark);
            if (line != world.history.all().end() && line->second.is_private &&
                line->second.born == Side::Exchange)
                world.violated("scope", named(line->second) + " is private and came into the CRM");
        }
    }
};

/// Marks of the mails that Liaison shows as given up.
std::set<std::string> parked_mail(World& world) {
    std::set<std::string> out;
    std::int64_t after = 0;
    while (true) {
        const auto page =
            world.ask(world.stores().mail->list(std::nullopt, std::nullopt, after, 500));
        if (!page || !*page || (*page)->empty()) return out;
        for (const IntakeRow& row : **page) {
            after = row.id;
            if (row.state != IntakeState::Parked) continue;
            const sandbox::Item* item =
                world.sandbox->store().find_item(row.mailbox.str(), row.key.str());
            if (!item) continue;
            const std::string subject(item->properties.text("item:Subject"));
            out.insert(subject.substr(0, subject.find(' ')));
        }
    }
}

/// I6: at most one interaction for each mail and contact; exactly one for what lies in a designated
/// folder. Answers how many are missing; says so only when it judges.
std::size_t look_at_mail(World& world, bool judges) {
    std::size_t missing = 0;
    std::map<std::pair<std::string, std::string>, std::int64_t> logged;
    for (const LoggedCount& one : world.crm->interactions())
        logged[{one.mark, one.contact}] += one.count;
    std::set<std::string> in_folders;
    for (std::size_t mailbox = 0; mailbox < world.options().workload.mailboxes; ++mailbox)
        for (const std::string& mark : world.postman->in_folder(mailbox)) in_folders.insert(mark);
    std::map<std::string, const SimMail*> mails;
    for (const SimMail& mail : world.postman->mails()) mails.emplace(mail.mark, &mail);
    for (const auto& [key, count] : logged) {
        const auto& [mark, contact] = key;
        const auto mail = mails.find(mark);
        if (judges && count > 1)
            world.violated("mail_once", "mail " + mark + " is logged " + std::to_string(count) +
                                            " times for contact " + contact);
        if (judges && mail != mails.end() && !mail->second->contacts.contains(contact))
            world.violated("mail_once", "mail " + mark + " is logged for contact " + contact +
                                            " whom it does not concern");
    }
    const std::set<std::string> known = world.crm->contact_numbers();
    const std::set<std::string> parked = parked_mail(world);
    const std::set<std::string> kept_out = world.rules->kept_out();
    // Interactions that went with a restored CRM are not written again (docs/limitations.md).
    if (world.history.excused()) return 0;
    for (const auto& [mark, mail] : mails) {
        // A rule may keep it out of the CRM, but not one that no set since its arrival has.
        if (kept_out.contains(mark) && !world.rules->always_logs(mail->words, mail->arrived))
            continue;
        for (const std::string& contact : mail->contacts)
            if (!mail->excused && in_folders.contains(mark) && !parked.contains(mark) &&
                known.contains(contact) && !logged.contains({mark, contact}) && ++missing > 0 &&
                judges)
                world.violated("mail_once",
                               "mail " + mark +
                                   " lies in a designated folder and is not logged for contact " +
                                   contact);
    }
    return missing;
}

/// I12: the journal, which explains everything, is whole.
void check_evidence(World& world) {
    const auto report = world.ask(world.stores().upkeep->verify_journal());
    if (!report || !*report)
        world.violated("evidence", "the journal cannot be read");
    else if (!(*report)->whole())
        world.violated("evidence", "the journal's chain is broken at " +
                                       std::to_string((*report)->first_broken));
}

}  // namespace

bool mail_is_missing(World& world) {
    return look_at_mail(world, false) > 0;
}

void check_at_rest(World& world) {
    AtRest at_rest(world);
    for (std::size_t mailbox = 0; mailbox < world.options().workload.mailboxes; ++mailbox)
        for (const EntityKind kind : kEntityKinds) at_rest.check_mailbox(mailbox, kind);
    (void)look_at_mail(world, true);
    world.rules->check_decisions();
    check_evidence(world);
    if (!world.sandbox->store().sent().empty())
        world.violated("scope", "something was sent to people");
}

}  // namespace liaison::sim
