#include <array>

#include "connectors/crm/embedded/crm_desk.hpp"
#include "core/text.hpp"

namespace liaison::crm {

namespace {

/// ?1 owner (0: everybody), ?2 lower-case part of the name, ?3 whether closed activities show, ?4 rows.
struct DeskListing {
    std::vector<std::string> columns;
    std::string sql;
};

DeskListing listing_of(DeskEntity entity) {
    const std::string owner = "(?1 = 0 OR x.owner_id = ?1)";
    const std::string joined_owner = " LEFT JOIN user u ON u.id = x.owner_id ";
    switch (entity) {
        case DeskEntity::Task:
            return {{"id", "number", "owner", "type", "status", "priority", "due", "contact", "subject"},
                    "SELECT x.id, x.number, u.number, x.type_code, x.status, x.priority, x.due_date, c.display_name, x.subject "
                    "FROM task x" + joined_owner + "LEFT JOIN contact c ON c.id = x.contact_id WHERE x.deleted = 0 AND " + owner +
                    " AND instr(lower(ifnull(x.subject, '')), ?2) AND (?3 OR x.status NOT IN ('completed','canceled')) "
                    "ORDER BY ifnull(x.due_date, '9999'), x.id LIMIT ?4"};
        case DeskEntity::Appointment:
            return {{"id", "number", "owner", "type", "start", "end", "location", "subject"},
                    "SELECT x.id, x.number, u.number, x.type_code, replace(x.start_at, 'T', ' ') || ' ' || x.start_zone, "
                    "replace(x.end_at, 'T', ' '), x.location, x.subject FROM appointment x" + joined_owner +
                    "WHERE x.deleted = 0 AND " + owner + " AND instr(lower(ifnull(x.subject, '')), ?2) AND "
                    "(?3 OR x.status NOT IN ('completed','canceled')) ORDER BY x.start_at, x.id LIMIT ?4"};
        case DeskEntity::Contact:
            return {{"id", "number", "type", "name", "email", "company", "owner"},
                    "SELECT x.id, x.number, x.type, x.display_name, x.email1, x.company_name, u.number FROM contact x" +
                    joined_owner + "WHERE x.deleted = 0 AND " + owner + " AND (instr(lower(ifnull(x.display_name, '')), ?2) "
                    "OR instr(lower(ifnull(x.email1, '')), ?2)) AND ?3 IN (0,1) ORDER BY x.number, x.id LIMIT ?4"};
        case DeskEntity::Company:
            return {{"id", "number", "name", "email", "phone", "city", "owner"},
                    "SELECT x.id, x.number, x.name, x.email, x.phone, x.city, u.number FROM company x" + joined_owner +
                    "WHERE x.deleted = 0 AND " + owner + " AND instr(lower(x.name), ?2) AND ?3 IN (0,1) ORDER BY x.number LIMIT ?4"};
        case DeskEntity::User:
            return {{"id", "number", "name", "addresses", "time_zone", "active"},
                    "SELECT x.id, x.number, x.name, (SELECT group_concat(address, '; ') FROM user_address WHERE user_id = x.id), "
                    "x.time_zone, iif(x.active, 'yes', 'no') FROM user x WHERE x.deleted = 0 AND (?1 = 0 OR x.id = ?1) AND "
                    "instr(lower(x.name), ?2) AND ?3 IN (0,1) ORDER BY x.number LIMIT ?4"};
        case DeskEntity::Type:
            return {{"code", "name", "outlook_kind", "register_in_outlook", "log_mail"},
                    "SELECT x.code, x.name, x.outlook_kind, iif(x.register_in_outlook, 'yes', 'no'), iif(x.log_mail, 'yes', 'no') "
                    "FROM activity_type x WHERE x.deleted = 0 AND ?1 >= 0 AND instr(lower(x.name), ?2) AND ?3 IN (0,1) "
                    "ORDER BY x.code LIMIT ?4"};
        case DeskEntity::Opportunity:
            return {{"id", "number", "name", "status", "value", "close_date", "company", "owner"},
                    "SELECT x.id, x.number, x.name, x.status, x.value, x.close_date, o.name, u.number FROM opportunity x" +
                    joined_owner + "LEFT JOIN company o ON o.id = x.company_id WHERE x.deleted = 0 AND " + owner +
                    " AND instr(lower(x.name), ?2) AND (?3 OR x.status = 'open') ORDER BY x.number LIMIT ?4"};
        case DeskEntity::Campaign:
            return {{"id", "number", "name", "status", "start_date", "end_date", "owner"},
                    "SELECT x.id, x.number, x.name, x.status, x.start_date, x.end_date, u.number FROM campaign x" + joined_owner +
                    "WHERE x.deleted = 0 AND " + owner + " AND instr(lower(x.name), ?2) AND "
                    "(?3 OR x.status NOT IN ('finished','canceled')) ORDER BY x.number LIMIT ?4"};
    }
    return {};
}

DeskListing interaction_listing() {
    return {{"id", "at", "direction", "user", "contact", "template", "mailbox", "subject"},
            "SELECT x.id, x.at, x.direction, u.number, coalesce(c.display_name, o.name, x.address), x.template_code, m.mailbox, m.subject "
            "FROM interaction x JOIN message m ON m.id = x.message_id LEFT JOIN user u ON u.id = x.user_id "
            "LEFT JOIN contact c ON c.id = x.contact_id LEFT JOIN company o ON o.id = x.company_id "
            "WHERE (?1 = 0 OR x.user_id = ?1) AND instr(lower(ifnull(m.subject, '')), ?2) AND ?3 IN (0,1) "
            "ORDER BY x.at DESC, x.id DESC LIMIT ?4"};
}

Result<DeskTable> run_listing(Sqlite& db, const DeskListing& listing, std::int64_t owner, const DeskFilter& filter) {
    DeskTable table{listing.columns, {}};
    const std::string search = to_lower_ascii(filter.search);
    Query query(db, listing.sql);
    query.bind(owner).bind(search).bind(std::int64_t{filter.closed ? 1 : 0}).bind(static_cast<std::int64_t>(filter.rows_max));
    while (query.row()) {
        std::vector<std::string> row;
        for (std::size_t column = 0; column < listing.columns.size(); ++column)
            row.push_back(query.text(static_cast<int>(column)));
        table.rows.push_back(std::move(row));
    }
    if (db.error()) return std::unexpected(*db.take_error());
    return table;
}

Result<std::int64_t> owner_of(CrmDesk& desk, const DeskFilter& filter) {
    if (filter.owner.empty()) return 0;
    const auto key = desk.find_row(DeskEntity::User, filter.owner);
    if (!key) return std::unexpected(key.error());
    return std::get<std::int64_t>(*key);
}

std::string shown_value(const SqlValue& value) {
    if (const auto* number = std::get_if<std::int64_t>(&value)) return std::to_string(*number);
    if (const auto* text = std::get_if<std::string>(&value)) return *text;
    return {};
}

}  // namespace

Result<DeskTable> CrmDesk::list(DeskEntity entity, const DeskFilter& filter) {
    const auto owner = owner_of(*this, filter);
    if (!owner) return std::unexpected(owner.error());
    return run_listing(db_.sqlite(), listing_of(entity), *owner, filter);
}

Result<DeskTable> CrmDesk::list_interactions(const DeskFilter& filter) {
    const auto owner = owner_of(*this, filter);
    if (!owner) return std::unexpected(owner.error());
    return run_listing(db_.sqlite(), interaction_listing(), *owner, filter);
}

Result<DeskTable> CrmDesk::show(DeskEntity entity, const std::string& reference) {
    const auto key = find_row(entity, reference);
    if (!key) return std::unexpected(key.error());
    DeskTable table{{"field", "value"}, {}};
    for (const DeskField& field : desk_fields(entity)) {
        std::string sql = "SELECT " + std::string(field.column) + " FROM " + std::string(desk_table(entity)) + " WHERE " +
                          (entity == DeskEntity::Type ? "code" : "id") + " = ?";
        if (field.value == DeskValue::Addresses)
            sql = "SELECT group_concat(address, '; ') FROM user_address WHERE user_id = ?";
        if (field.field == Field::Attendees) {
            sql = "SELECT group_concat(name || ' <' || address || '> ' || role || ' ' || response, '; ') "
                  "FROM appointment_participant WHERE appointment_id = ? AND role <> 'copy'";
        }
        if (field.value == DeskValue::Reference && field.reference != DeskEntity::Type) {
            const std::string target(desk_table(*field.reference));
            sql = "SELECT coalesce(r.number, r.id) FROM " + std::string(desk_table(entity)) + " x LEFT JOIN " + target +
                  " r ON r.id = x." + std::string(field.column) + " WHERE x.id = ?";
        }
        if (field.field == Field::Start) sql = "SELECT trim(start_at || ' ' || start_zone) FROM appointment WHERE id = ?";
        if (field.field == Field::End) sql = "SELECT trim(end_at || ' ' || end_zone) FROM appointment WHERE id = ?";
        Query query(db_.sqlite(), sql);
        query.bind_value(*key);
        if (query.row() && !query.null(0)) table.rows.push_back({std::string(field.name), shown_value(query.value(0))});
    }
    if (db_.sqlite().error()) return std::unexpected(*db_.sqlite().take_error());
    return table;
}

}  // namespace liaison::crm
