#include "connectors/crm/embedded/crm_database.hpp"

#include <charconv>

#include "connectors/crm/embedded/schema.hpp"
#include "core/text.hpp"

namespace liaison::crm {

Result<std::shared_ptr<CrmDatabase>> CrmDatabase::open(const std::filesystem::path& path) {
    auto sqlite = Sqlite::open(path);
    if (!sqlite) return std::unexpected(sqlite.error());
    std::shared_ptr<CrmDatabase> db(new CrmDatabase);
    db->sqlite_ = std::move(*sqlite);
    if (auto migrated = migrate_schema(*db->sqlite_); !migrated) return std::unexpected(migrated.error());
    db->incarnation_ = db->meta("incarnation");
    db->default_task_type_ = db->meta("default_task_type");
    db->default_appointment_type_ = db->meta("default_appointment_type");
    db->default_mail_type_ = db->meta("default_mail_type");
    if (auto error = db->sqlite_->take_error()) return std::unexpected(std::move(*error));
    return db;
}

std::string CrmDatabase::meta(std::string_view name) {
    Query query(*sqlite_, "SELECT value FROM meta WHERE name = ?");
    query.bind(name);
    return query.row() ? query.text(0) : std::string();
}

CollectionId make_collection_id(EntityKind kind, const MailboxId& mailbox) {
    return CollectionId(std::string(to_string(kind)) + ":" + normal_address(mailbox.str()));
}

Result<RepCollection> find_collection(CrmDatabase& db, const CollectionId& id) {
    const std::size_t colon = id.str().find(':');
    const auto kind = parse_entity_kind(std::string_view(id.str()).substr(0, colon));
    if (colon == std::string::npos || !kind)
        return fail(ErrorKind::InvalidRequest, "the CRM has no collection named " + id.str());
    RepCollection found{*kind, id.str().substr(colon + 1), 0};
    Query query(db.sqlite(), "SELECT u.id, u.active FROM user_address a JOIN user u ON u.id = a.user_id "
                             "WHERE a.address = ? AND u.deleted = 0");
    query.bind(found.mailbox);
    const bool known = query.row();
    if (auto error = db.sqlite().take_error()) return std::unexpected(std::move(*error));
    if (!known) {
        return fail(ErrorKind::NotFound, "no user of the CRM has the address " + found.mailbox +
                                             ": add it to the salesperson's addresses");
    }
    if (query.integer(1) == 0)
        return fail(ErrorKind::Forbidden, "the CRM user of " + found.mailbox + " is not active");
    found.user_id = query.integer(0);
    return found;
}

std::int64_t row_id_of(std::string_view text) {
    std::int64_t id = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), id);
    const bool whole = error == std::errc{} && end == text.data() + text.size();
    return whole && id > 0 ? id : 0;
}

}  // namespace liaison::crm
