#include "tests/sim/crm_faults.hpp"

#include <sqlite3.h>

#include <array>

#include "tests/sim/process.hpp"
#include "tests/sim/world.hpp"

namespace liaison::sim {

namespace {

/// "task:m1@example.test": whose it is.
std::string mailbox_in(const CollectionId& collection) {
    const std::string& text = collection.str();
    return text.substr(text.find(':') + 1);
}

class FaultyCrmEndpoint final : public SyncEndpoint {
public:
    FaultyCrmEndpoint(CrmFaults& faults, SyncEndpoint& inner) : faults_(faults), inner_(inner) {}

    const EndpointCapabilities& capabilities(EntityKind kind) const override {
        return inner_.capabilities(kind);
    }
    CollectionId collection(EntityKind kind, MailboxId mailbox) const override {
        return inner_.collection(kind, std::move(mailbox));
    }
    Async<Result<ProbeReport>> probe(CollectionId collection) override {
        return inner_.probe(std::move(collection));
    }
    Async<Result<ChangePage>> pull_changes(CollectionId collection, Cursor cursor) override;
    Async<std::vector<Result<Observation>>> get_items(CollectionId collection,
                                                      std::vector<ItemKey> keys) override {
        return inner_.get_items(std::move(collection), std::move(keys));
    }
    Async<Result<KeyPage>> list_keys(CollectionId collection, Cursor page) override {
        return inner_.list_keys(std::move(collection), std::move(page));
    }
    Async<std::vector<Result<Observation>>> create_items(CollectionId collection,
                                                         std::vector<NewItem> items) override;
    Async<std::vector<Result<Observation>>> update_items(CollectionId collection,
                                                         std::vector<ItemUpdate> updates) override;
    Async<std::vector<Result<void>>> delete_items(CollectionId collection,
                                                  std::vector<ItemRemoval> removals) override {
        faults_.watch().saw(Reaction::CrmWritten, mailbox_in(collection));
        return inner_.delete_items(std::move(collection), std::move(removals));
    }
    Async<Result<std::optional<Observation>>> find_by_token(CollectionId collection,
                                                            CorrelationToken token) override {
        return inner_.find_by_token(std::move(collection), std::move(token));
    }

private:
    enum class Trouble { None, PageTwice, Clash, Locked, PlugIn };
    Trouble trouble(const CollectionId& collection, bool writes) {
        if (!faults_.dice().fires(FaultId::CrmMisbehaves)) return Trouble::None;
        faults_.watch().struck(FaultId::CrmMisbehaves, mailbox_in(collection),
                               Reaction::CrmRead | Reaction::CrmWritten | Reaction::CycleFailed);
        static constexpr std::array reading{Trouble::PageTwice, Trouble::Locked};
        static constexpr std::array writing{Trouble::Clash, Trouble::Locked, Trouble::PlugIn};
        const auto draw = [&](std::uint64_t n) {
            return faults_.dice().pick(FaultId::CrmMisbehaves, n);
        };
        return writes ? writing[draw(writing.size())] : reading[draw(reading.size())];
    }
    static EntityKind kind_of(const CollectionId& collection) {
        const std::string& text = collection.str();
        return text.starts_with("task")          ? EntityKind::Task
               : text.starts_with("appointment") ? EntityKind::Appointment
                                                 : EntityKind::Contact;
    }

    CrmFaults& faults_;
    SyncEndpoint& inner_;
};

Async<Result<ChangePage>> FaultyCrmEndpoint::pull_changes(CollectionId collection, Cursor cursor) {
    const std::string mailbox = mailbox_in(collection);
    faults_.watch().saw(Reaction::CrmRead, mailbox);
    if (faults_.dice().fires(FaultId::CrmQueryEmpty)) {
        faults_.watch().struck(FaultId::CrmQueryEmpty, mailbox, reaction_bit(Reaction::CrmRead));
        // The watermark comes from the rows, so it stays where it was.
        ChangePage nothing;
        nothing.is_snapshot = cursor.empty();
        nothing.is_last = true;
        nothing.next = std::move(cursor);
        co_return nothing;
    }
    const Trouble now = trouble(collection, false);
    if (now == Trouble::Locked) faults_.lock();
    auto page = co_await inner_.pull_changes(std::move(collection), std::move(cursor));
    if (page && now == Trouble::PageTwice) {
        const std::vector<Observation> once = page->observations;
        page->observations.insert(page->observations.end(), once.begin(), once.end());
    }
    co_return page;
}

Async<std::vector<Result<Observation>>> FaultyCrmEndpoint::create_items(
    CollectionId collection, std::vector<NewItem> items) {
    faults_.watch().saw(Reaction::CrmWritten, mailbox_in(collection));
    if (trouble(collection, true) == Trouble::Locked) faults_.lock();
    co_return co_await inner_.create_items(std::move(collection), std::move(items));
}

Async<std::vector<Result<Observation>>> FaultyCrmEndpoint::update_items(
    CollectionId collection, std::vector<ItemUpdate> updates) {
    faults_.watch().saw(Reaction::CrmWritten, mailbox_in(collection));
    const Trouble now = trouble(collection, true);
    if (now == Trouble::Clash) {
        const std::unexpected<Error> clash =
            fail(ErrorKind::VersionConflict, "the row was changed by somebody else", "412");
        co_return std::vector<Result<Observation>>(updates.size(), clash);
    }
    if (now == Trouble::Locked) faults_.lock();
    const EntityKind kind = kind_of(collection);
    auto done = co_await inner_.update_items(std::move(collection), std::move(updates));
    if (now == Trouble::PlugIn) faults_.edit_as_plug_in(kind);
    co_return done;
}

class WatchedSink final : public InteractionSink {
public:
    WatchedSink(CrmFaults& faults, InteractionSink& inner) : faults_(faults), inner_(inner) {}
    Async<std::vector<Result<LoggedMessage>>> log_messages(
        std::vector<MessageLog> messages) override {
        std::vector<MessageIdentity> mails;
        for (const MessageLog& message : messages)
            if (message.channel != "meeting") mails.push_back(message.identity);
        const bool changed = !mails.empty() && faults_.dice().fires(FaultId::RuleChanges);
        if (changed) co_await faults_.change_rules();
        auto done = co_await inner_.log_messages(std::move(messages));
        faults_.watch().saw(Reaction::MailLogged, "");
        if (faults_.on_logged) faults_.on_logged();
        if (changed) co_await faults_.feel_old_rules(std::move(mails));
        co_return done;
    }
    Async<Result<std::vector<LoggedMessage>>> find_logged(
        std::vector<MessageIdentity> identities) override {
        return inner_.find_logged(std::move(identities));
    }
    Async<Result<void>> set_message_link(MessageIdentity identity, std::string link_url) override {
        return inner_.set_message_link(std::move(identity), std::move(link_url));
    }

private:
    CrmFaults& faults_;
    InteractionSink& inner_;
};

}  // namespace

CrmFaults::CrmFaults(World& world, FeltWatch& watch) : world_(world), watch_(watch) {}

CrmFaults::~CrmFaults() {
    forget_connection();
    sqlite3_close_v2(backup_);
}

FaultDice& CrmFaults::dice() {
    return world_.dice;
}

std::unique_ptr<SyncEndpoint> CrmFaults::wrap(SyncEndpoint& inner) {
    return std::make_unique<FaultyCrmEndpoint>(*this, inner);
}

std::unique_ptr<InteractionSink> CrmFaults::wrap(InteractionSink& inner) {
    return std::make_unique<WatchedSink>(*this, inner);
}

Async<void> CrmFaults::change_rules() {
    co_await world_.rules->replace_now();
}

Async<void> CrmFaults::feel_old_rules(std::vector<MessageIdentity> logged) {
    for (const MessageIdentity& identity : logged) {
        std::string text = identity.str();
        auto rows = co_await world_.stores().mail->find_mail(std::move(text), 10);
        if (!rows) continue;
        for (const IntakeRow& row : *rows)
            if (row.decision.outcome == MailOutcome::Log &&
                row.decision.rule_set_version != world_.rules->hash_in_force())
                world_.dice.felt(FaultId::RuleChanges, "a mail is logged under the version before");
    }
}

bool CrmFaults::connect() {
    if (other_) return true;
    const std::string path = world_.disk.path("crm.db");
    if (sqlite3_open_v2(path.c_str(), &other_, SQLITE_OPEN_READWRITE, nullptr) == SQLITE_OK)
        return true;
    forget_connection();
    return false;
}

void CrmFaults::forget_connection() {
    sqlite3_close_v2(other_);
    other_ = nullptr;
    locked_ = false;
}

/// Another program begins to write and takes its time: everybody else gets SQLITE_BUSY.
void CrmFaults::lock() {
    if (locked_ || !connect()) return;
    locked_ = sqlite3_exec(other_, "BEGIN IMMEDIATE", nullptr, nullptr, nullptr) == SQLITE_OK;
}

void CrmFaults::unlock() {
    if (!locked_) return;
    sqlite3_exec(other_, "ROLLBACK", nullptr, nullptr, nullptr);
    locked_ = false;
}

/// A plug-in writes the newest row in its own way: the text is the same in all that counts.
void CrmFaults::edit_as_plug_in(EntityKind kind) {
    if (locked_ || !connect()) return;
    const std::string table = crm_table(kind);
    const std::string column = kind == EntityKind::Contact ? "notes" : "body";
    const std::string sql = "UPDATE " + table + " SET " + column + " = " + column +
                            " || char(10) WHERE id = (SELECT id FROM " + table +
                            " ORDER BY modified_at DESC, id DESC LIMIT 1) AND " + column +
                            " IS NOT NULL";
    sqlite3_exec(other_, sql.c_str(), nullptr, nullptr, nullptr);
}

void CrmFaults::take_backup() {
    if (backup_ || !connect()) return;
    sqlite3_open(":memory:", &backup_);
    if (sqlite3_backup* copy = sqlite3_backup_init(backup_, "main", other_, "main")) {
        sqlite3_backup_step(copy, -1);
        sqlite3_backup_finish(copy);
    }
}

void CrmFaults::restore_backup() {
    if (!backup_ || locked_ || !connect()) return;
    if (sqlite3_backup* copy = sqlite3_backup_init(other_, "main", backup_, "main")) {
        sqlite3_backup_step(copy, -1);
        sqlite3_backup_finish(copy);
    }
    // Numbers that were given after the backup are not given again: a CRM that does so confuses
    // everybody, and none but the embedded one counts its rows.
    const std::string first = std::to_string(1'000 * ++restores_);
    for (const EntityKind kind : kEntityKinds) {
        const std::string table = crm_table(kind);
        const std::string sql = "DELETE FROM sqlite_sequence WHERE name = '" + table +
                                "'; INSERT INTO sqlite_sequence VALUES('" + table + "', " + first +
                                ")";
        sqlite3_exec(other_, sql.c_str(), nullptr, nullptr, nullptr);
    }
}

void CrmFaults::step(std::size_t mailbox) {
    unlock();
    const std::string address = mailbox_address(mailbox);
    if (world_.dice.active(FaultId::CrmRestored)) {
        if (!backup_) {
            take_backup();
        } else if (world_.dice.fires(FaultId::CrmRestored)) {
            restore_backup();
            watch_.struck(FaultId::CrmRestored, "",
                          Reaction::ReadAnew | Reaction::CrmWritten | Reaction::CycleFailed);
            world_.history.excuse_all();
            world_.postman->excuse({});
            world_.tell("[F40] the CRM is as it was at the backup");
        }
    }
    if (world_.dice.fires(FaultId::ScopeLeft)) {
        watch_.struck(FaultId::ScopeLeft, address,
                      Reaction::Held | Reaction::WroteAgain | Reaction::LookedUp);
        // An administrator hands the rep's activities to somebody who is not mirrored.
        world_.crm->script(
            "INSERT INTO user(number, name) SELECT 'PARK', 'Parking' WHERE NOT EXISTS (SELECT 1 "
            "FROM user WHERE number = 'PARK')");
        for (const EntityKind kind : {EntityKind::Task, EntityKind::Contact})
            for (const Shown& item : world_.crm->items(kind, mailbox)) {
                if (auto* line = world_.history.find(item.lineage)) line->left_scope = true;
                world_.crm->script(
                    std::string("UPDATE ") + crm_table(kind) +
                    " SET owner_id = (SELECT id FROM user WHERE number = 'PARK') WHERE id = " +
                    item.id);
            }
        world_.tell("[F46] the CRM takes tasks and contacts away from " + address);
    }
}

void CrmFaults::heal() {
    unlock();
}

}  // namespace liaison::sim
