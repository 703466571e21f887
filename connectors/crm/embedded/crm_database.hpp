#pragma once
#include <cstdint>
#include <memory>
#include <string>

#include "connectors/crm/embedded/sqlite.hpp"
#include "core/ids.hpp"
#include "core/record.hpp"

namespace liaison::crm {

/// The embedded CRM's file, opened and migrated. The blocking verbs in feed.hpp, writes.hpp,
/// mail_log.hpp, party_book.hpp and crm_desk.hpp work on it; one thread at a time.
class CrmDatabase {
public:
    static Result<std::shared_ptr<CrmDatabase>> open(const std::filesystem::path& path);

    Sqlite& sqlite() { return *sqlite_; }
    /// Random mark of this file, drawn once when it was created.
    const std::string& incarnation() const { return incarnation_; }
    /// Type codes of activities that come from Outlook, and of logged mail.
    const std::string& default_task_type() const { return default_task_type_; }
    const std::string& default_appointment_type() const { return default_appointment_type_; }
    const std::string& default_mail_type() const { return default_mail_type_; }

private:
    CrmDatabase() = default;
    std::string meta(std::string_view name);

    std::unique_ptr<Sqlite> sqlite_;
    std::string incarnation_;
    std::string default_task_type_;
    std::string default_appointment_type_;
    std::string default_mail_type_;
};

/// `task:alice@example.test`: one kind of one rep.
CollectionId make_collection_id(EntityKind kind, const MailboxId& mailbox);

/// Whose items a collection holds.
struct RepCollection {
    EntityKind kind = EntityKind::Task;
    std::string mailbox;
    std::int64_t user_id = 0;
};
/// Finds the rep. `NotFound`: no user has this address; `Forbidden`: the user is not active.
Result<RepCollection> find_collection(CrmDatabase& db, const CollectionId& id);

/// The row id in a key; 0 when the text is none.
std::int64_t row_id_of(std::string_view text);

}  // namespace liaison::crm
