#include "tests/sim/person_faults.hpp"

#include <array>

#include "tests/sim/world.hpp"

namespace liaison::sim {

namespace {

constexpr std::uint32_t kTravels =
    Reaction::ItemsRead | Reaction::CrmWritten | Reaction::WroteAgain | Reaction::LookedUp;

sandbox::ItemKind sandbox_kind(EntityKind kind) {
    switch (kind) {
        case EntityKind::Task:
            return sandbox::ItemKind::Task;
        case EntityKind::Appointment:
            return sandbox::ItemKind::Appointment;
        case EntityKind::Contact:
            break;
    }
    return sandbox::ItemKind::Contact;
}

}  // namespace

sandbox::MailboxStore& PersonFaults::store() {
    return world_.sandbox->store();
}

void PersonFaults::tell(FaultId id, const std::string& what) {
    world_.tell("[" + fault_code(id) + "] " + what);
}

bool PersonFaults::fires(FaultId id, std::size_t mailbox, std::uint32_t reactions) {
    if (!world_.dice.fires(id)) return false;
    watch_.struck(id, mailbox_address(mailbox), reactions);
    return true;
}

EntityKind PersonFaults::some_kind(FaultId id) {
    static constexpr std::array kinds{EntityKind::Task, EntityKind::Appointment,
                                      EntityKind::Contact};
    return kinds[world_.dice.pick(id, kinds.size())];
}

std::optional<Shown> PersonFaults::some_item(FaultId id, std::size_t mailbox, Side side,
                                             EntityKind kind) {
    std::vector<Shown> there = side == Side::Crm ? world_.crm->items(kind, mailbox)
                                                 : world_.exchange->items(kind, mailbox);
    std::erase_if(there, [&](const Shown& item) { return !world_.history.find(item.lineage); });
    if (there.empty()) return std::nullopt;
    return there[world_.dice.pick(id, there.size())];
}

std::optional<Shown> PersonFaults::other_half(const Shown& item, std::size_t mailbox, Side side) {
    const std::vector<Shown> there = side == Side::Crm ? world_.exchange->items(item.kind, mailbox)
                                                       : world_.crm->items(item.kind, mailbox);
    for (const Shown& other : there)
        if (other.lineage == item.lineage) return other;
    return std::nullopt;
}

std::string PersonFaults::new_word(std::size_t mailbox) {
    const std::uint32_t event = ++events_;
    return "w" + std::to_string(event) + "x" + std::to_string(event % 997) + "m" +
           std::to_string(mailbox) + "zq";
}

void PersonFaults::write(std::size_t mailbox, Side side, const Shown& item,
                         const std::string& field, const std::string& value) {
    if (side == Side::Crm)
        world_.crm->update(item, field, value);
    else
        world_.exchange->update(mailbox, item, field, value);
    world_.history.wrote(events_, world_.loop.now(), side, item, field, value);
}

Shown PersonFaults::new_item(EntityKind kind, std::size_t mailbox) {
    Shown item;
    item.kind = kind;
    const std::string word = new_word(mailbox);
    item.lineage = "L" + std::to_string(events_);
    if (kind == EntityKind::Contact) {
        item.fields["given_name"] = item.lineage;
        item.fields["family_name"] = word;
    } else {
        item.fields["subject"] = item.lineage + " " + word;
    }
    return item;
}

std::string PersonFaults::later_folder(std::size_t mailbox, EntityKind kind) {
    const std::string address = mailbox_address(mailbox);
    const std::string& root = world_.exchange->folder(mailbox, exchange_folder(kind));
    const sandbox::Folder* later = store().find_child(address, root, "Later");
    if (!later) later = *store().create_folder(address, root, "Later", "");
    return later->id;
}

void PersonFaults::edit_now(std::size_t mailbox, const std::string& item_id, const char* why) {
    for (const EntityKind kind : kEntityKinds) {
        for (const Shown& item : world_.exchange->items(kind, mailbox)) {
            if (!world_.history.find(item.lineage)) continue;
            if (!item_id.empty() && item.id != item_id) continue;
            const char* field = kind == EntityKind::Contact ? "job_title" : "body";
            const std::string word = new_word(mailbox);
            write(mailbox, Side::Exchange, item, field, word);
            world_.tell(std::string("[user] edits ") + item.lineage + " " + field + ": " + why);
            return;
        }
    }
}

void PersonFaults::create_now(std::size_t mailbox) {
    Shown item = new_item(EntityKind::Task, mailbox);
    item = world_.exchange->insert(EntityKind::Task, mailbox, std::move(item));
    world_.history.made(events_, world_.loop.now(), Side::Exchange, mailbox, item);
    world_.tell("[user] makes task " + item.lineage);
}

void PersonFaults::step(std::size_t mailbox) {
    come_back(false);
    move_things(mailbox);
    edit_things(mailbox);
    make_things(mailbox);
    delete_things(mailbox);
    restore_things(mailbox);
}

void PersonFaults::heal() {
    come_back(true);
    // The guard holds every deletion of the mailbox from then on, not only those of the crowd.
    for (const auto& [mark, line] : world_.history.all())
        if (crowded_out_.contains(line.mailbox) && line.kind == EntityKind::Task &&
            !line.erasures.empty())
            world_.history.find(mark)->bulk_erased = true;
}

void PersonFaults::come_back(bool all) {
    std::erase_if(away_, [&](Away& away) {
        if (!all && --away.steps > 0) return false;
        // It may have been deleted meanwhile.
        (void)store().move_item(mailbox_address(away.mailbox), away.item, away.folder);
        return true;
    });
}

void PersonFaults::move_things(std::size_t mailbox) {
    const std::string address = mailbox_address(mailbox);
    for (const FaultId id : {FaultId::MovedMirror, FaultId::AwayAndBack, FaultId::Archived}) {
        if (!fires(id, mailbox, kTravels | Reaction::PageAsked)) continue;
        const auto item = some_item(id, mailbox, Side::Exchange, some_kind(id));
        if (!item) continue;
        const std::string from = item->folder;
        const auto moved = store().move_item(address, item->id, later_folder(mailbox, item->kind));
        if (!moved) continue;
        if (!item->marked) world_.history.find(item->lineage)->unmarked_away = true;
        tell(id, item->lineage + " is moved away");
        if (id == FaultId::AwayAndBack)
            (void)store().move_item(address, std::string((*moved)->id), from);
        if (id == FaultId::Archived) away_.push_back({mailbox, (*moved)->id, from, 3});
    }
    if (fires(FaultId::MirrorCopied, mailbox, kTravels)) {
        const auto item = some_item(FaultId::MirrorCopied, mailbox, Side::Exchange,
                                    some_kind(FaultId::MirrorCopied));
        const auto copied =
            item ? store().copy_item(address, item->id, item->folder)
                 : Result<const sandbox::Item*>(fail(ErrorKind::NotFound, "nothing to copy"));
        if (copied) {
            // Outlook gives the copy of an appointment a UID of its own.
            sandbox::Item other = **copied;
            if (other.kind == sandbox::ItemKind::Appointment) {
                other.properties.set("calendar:UID", "UID-copy-" + new_word(mailbox));
                (void)store().update_item(address, std::move(other));
            }
            ++world_.history.find(item->lineage)->copies;
            tell(FaultId::MirrorCopied, item->lineage + " is copied");
        }
    }
}

void PersonFaults::edit_things(std::size_t mailbox) {
    if (fires(FaultId::BothEditApart, mailbox, kTravels)) {
        const EntityKind kind = some_kind(FaultId::BothEditApart);
        const auto crm = some_item(FaultId::BothEditApart, mailbox, Side::Crm, kind);
        const auto exchange = crm ? other_half(*crm, mailbox, Side::Crm) : std::nullopt;
        if (exchange) {
            const bool contact = kind == EntityKind::Contact;
            write(mailbox, Side::Crm, *crm, contact ? "company_name" : "body", new_word(mailbox));
            const std::string word = new_word(mailbox);
            write(mailbox, Side::Exchange, *exchange, contact ? "job_title" : "subject",
                  contact ? word : crm->lineage + " " + word);
            tell(FaultId::BothEditApart, crm->lineage);
        }
    }
    if (fires(FaultId::BothEditSame, mailbox, kTravels)) {
        const EntityKind kind = some_kind(FaultId::BothEditSame);
        const auto crm = some_item(FaultId::BothEditSame, mailbox, Side::Crm, kind);
        const auto exchange = crm ? other_half(*crm, mailbox, Side::Crm) : std::nullopt;
        if (exchange) {
            const char* field = kind == EntityKind::Contact ? "department" : "body";
            write(mailbox, Side::Crm, *crm, field, new_word(mailbox));
            write(mailbox, Side::Exchange, *exchange, field, new_word(mailbox));
            tell(FaultId::BothEditSame, crm->lineage + " " + field);
        }
    }
    if (fires(FaultId::DeleteAgainstEdit, mailbox, kTravels)) {
        const EntityKind kind = some_kind(FaultId::DeleteAgainstEdit);
        const auto crm = some_item(FaultId::DeleteAgainstEdit, mailbox, Side::Crm, kind);
        const auto exchange = crm ? other_half(*crm, mailbox, Side::Crm) : std::nullopt;
        if (exchange) {
            const bool crm_deletes = world_.dice.pick(FaultId::DeleteAgainstEdit, 2) == 0;
            const char* field = kind == EntityKind::Contact ? "job_title" : "body";
            const std::string word = new_word(mailbox);
            if (crm_deletes) {
                write(mailbox, Side::Exchange, *exchange, field, word);
                world_.crm->erase(*crm);
                world_.history.erased(++events_, world_.loop.now(), Side::Crm, *crm);
            } else {
                write(mailbox, Side::Crm, *crm, field, word);
                world_.exchange->erase(mailbox, *exchange);
                world_.history.erased(++events_, world_.loop.now(), Side::Exchange, *exchange);
            }
            tell(FaultId::DeleteAgainstEdit,
                 crm->lineage + (crm_deletes ? " deleted in the CRM" : " deleted in Outlook"));
        }
    }
}

void PersonFaults::delete_things(std::size_t mailbox) {
    auto crowd = crowds_.find(mailbox);
    if (crowd == crowds_.end() && world_.dice.active(FaultId::MassDeletion)) {
        // A crowd that is larger than the guard's floor, so that the guard has something to hold.
        Crowd made;
        for (int i = 0; i < 16; ++i) {
            Shown item = new_item(EntityKind::Task, mailbox);
            item = world_.exchange->insert(EntityKind::Task, mailbox, std::move(item));
            world_.history.made(events_, world_.loop.now(), Side::Exchange, mailbox, item);
            made.marks.insert(item.lineage);
        }
        crowd = crowds_.emplace(mailbox, std::move(made)).first;
    }
    if (crowd != crowds_.end() && !crowd->second.marks.empty() && ++crowd->second.age > 2 &&
        fires(FaultId::MassDeletion, mailbox, Reaction::Held | Reaction::LookedUp)) {
        for (const Shown& item : world_.exchange->items(EntityKind::Task, mailbox)) {
            if (!crowd->second.marks.contains(item.lineage)) continue;
            world_.exchange->erase(mailbox, item);
            world_.history.erased(++events_, world_.loop.now(), Side::Exchange, item);
            world_.history.find(item.lineage)->bulk_erased = true;
        }
        tell(FaultId::MassDeletion, mailbox_address(mailbox) + " deletes a whole crowd of tasks");
        crowd->second.marks.clear();
        crowded_out_.insert(mailbox);
    }
    if (fires(FaultId::RetentionAgeOut, mailbox, kTravels)) {
        const auto item = some_item(FaultId::RetentionAgeOut, mailbox, Side::Exchange,
                                    some_kind(FaultId::RetentionAgeOut));
        if (item && store().delete_item(mailbox_address(mailbox), item->id)) {
            world_.history.find(item->lineage)->bulk_erased = true;
            tell(FaultId::RetentionAgeOut, item->lineage + " ages out");
        }
    }
}

void PersonFaults::restore_things(std::size_t mailbox) {
    if (!world_.dice.active(FaultId::MailboxRestored)) return;
    const std::string address = mailbox_address(mailbox);
    const auto backup = backups_.find(mailbox);
    if (backup == backups_.end()) {
        for (const EntityKind kind : kEntityKinds) {
            const std::string& folder = world_.exchange->folder(mailbox, exchange_folder(kind));
            backups_[mailbox][folder] = *store().back_up(address, folder);
        }
        return;
    }
    if (!fires(FaultId::MailboxRestored, mailbox, reaction_bit(Reaction::ReadAnew))) return;
    for (const EntityKind kind : kEntityKinds) {
        // Whatever differs from the backup goes back in time; nobody did that.
        for (const Shown& item : world_.exchange->items(kind, mailbox))
            if (auto* line = world_.history.find(item.lineage)) line->bulk_erased = true;
        const std::string& folder = world_.exchange->folder(mailbox, exchange_folder(kind));
        (void)store().restore(address, folder, backup->second[folder]);
        for (const Shown& item : world_.exchange->items(kind, mailbox))
            if (auto* line = world_.history.find(item.lineage)) line->bulk_erased = true;
    }
    tell(FaultId::MailboxRestored, address + " is as it was at the backup");
}

void PersonFaults::make_things(std::size_t mailbox) {
    const std::string address = mailbox_address(mailbox);
    const auto put = [&](FaultId id, EntityKind kind, const auto& change) {
        Shown item = new_item(kind, mailbox);
        sandbox::Item draft;
        draft.kind = sandbox_kind(kind);
        Shown made = world_.exchange->insert(kind, mailbox, std::move(item));
        sandbox::Item changed = *store().find_item(address, made.id);
        change(changed);
        const auto stored = store().update_item(address, std::move(changed));
        if (!stored) return;
        made = world_.exchange->show(kind, **stored);
        world_.history.made(events_, world_.loop.now(), Side::Exchange, mailbox, made);
        tell(id, "a strange item: " + made.lineage);
    };
    if (fires(FaultId::ForbiddenCharacters, mailbox, kTravels))
        put(FaultId::ForbiddenCharacters, EntityKind::Contact, [&](sandbox::Item& item) {
            item.properties.set("contacts:JobTitle", new_word(mailbox) +
                                                         " a\x1F\x01"
                                                         "b\xEF\xBF\xBF c");
        });
    if (fires(FaultId::HugeItem, mailbox, kTravels))
        put(FaultId::HugeItem, EntityKind::Task, [&](sandbox::Item& item) {
            item.properties.set("item:Body", new_word(mailbox) + std::string(300'000, 'h'));
            for (int i = 0; i < 2'000; ++i) item.categories.push_back("C" + std::to_string(i));
        });
    if (fires(FaultId::CustomZone, mailbox, kTravels))
        put(FaultId::CustomZone, EntityKind::Appointment, [&](sandbox::Item& item) {
            const char* zone = world_.dice.pick(FaultId::CustomZone, 2) ? "tzone://Microsoft/Custom"
                                                                        : "Customized Time Zone";
            item.properties.set("calendar:StartTimeZone", std::string(zone));
            item.properties.set("calendar:EndTimeZone", std::string(zone));
        });
    if (fires(FaultId::AllDayAcrossZones, mailbox, kTravels))
        put(FaultId::AllDayAcrossZones, EntityKind::Appointment, [&](sandbox::Item& item) {
            const bool all_day = world_.dice.pick(FaultId::AllDayAcrossZones, 2) == 0;
            // Midnight in Tokyo; or the hour that Berlin does not have.
            const auto set = [&](const char* key, const char* value) {
                item.properties.set(key, std::string(value));
            };
            set("calendar:Start", all_day ? "2027-03-01T15:00:00Z" : "2027-03-28T00:30:00Z");
            set("calendar:End", all_day ? "2027-03-02T15:00:00Z" : "2027-03-28T01:30:00Z");
            set("calendar:IsAllDayEvent", all_day ? "true" : "false");
            if (!all_day) return;
            set("calendar:StartTimeZone", "Tokyo Standard Time");
            set("calendar:EndTimeZone", "Tokyo Standard Time");
        });
    if (fires(FaultId::PrivateItem, mailbox, kTravels)) {
        Shown item = new_item(EntityKind::Task, mailbox);
        item.is_private = true;
        item = world_.exchange->insert(EntityKind::Task, mailbox, std::move(item));
        world_.history.made(events_, world_.loop.now(), Side::Exchange, mailbox, item);
        tell(FaultId::PrivateItem, item.lineage);
    }
    if (fires(FaultId::IdsDifferInCase, mailbox, kTravels)) {
        const auto twin =
            some_item(FaultId::IdsDifferInCase, mailbox, Side::Exchange, EntityKind::Task);
        if (!twin) return;
        std::string id = twin->id;
        for (std::size_t i = id.size() - 8; i > 0; --i) {
            if (!std::isalpha(static_cast<unsigned char>(id[i]))) continue;
            id[i] = static_cast<char>(id[i] ^ 0x20);
            break;
        }
        store().give_next_id(id);
        create_now(mailbox);
        tell(FaultId::IdsDifferInCase,
             "a new item's id is that of " + twin->lineage + " in other letter case");
    }
}

}  // namespace liaison::sim
