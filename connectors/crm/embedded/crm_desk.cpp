#include "connectors/crm/embedded/crm_desk.hpp"

#include <algorithm>

#include "connectors/crm/embedded/writes.hpp"
#include "core/text.hpp"

namespace liaison::crm {

namespace {

std::string reference_sql(DeskEntity entity) {
    const std::string table(desk_table(entity));
    const std::string number(desk_number_column(entity));
    if (entity == DeskEntity::Type) return "SELECT code FROM activity_type WHERE deleted = 0 AND code = ?1";
    return "SELECT id FROM " + table + " WHERE deleted = 0 AND (" + number + " = ?1 OR id = ?2) ORDER BY ifnull(" +
           number + " = ?1, 0) DESC LIMIT 1";
}

std::string_view key_column(DeskEntity entity) { return entity == DeskEntity::Type ? "code" : "id"; }

}  // namespace

Result<SqlValue> CrmDesk::find_row(DeskEntity entity, const std::string& reference) {
    const std::string sql = reference_sql(entity);
    Query query(db_.sqlite(), sql);
    query.bind(reference);
    if (entity != DeskEntity::Type) query.bind(row_id_of(reference));
    if (query.row()) return query.value(0);
    if (auto error = db_.sqlite().error()) return std::unexpected(*error);
    return fail(ErrorKind::NotFound, "there is no " + std::string(to_string(entity)) + " " + desk_quote(reference) +
                                         ": `crm list " + std::string(to_string(entity)) + "` shows what there is");
}

Error CrmDesk::explain(DeskEntity entity, Error error) const {
    if (error.kind == ErrorKind::AlreadyExists) {
        error.message = "there is a " + std::string(to_string(entity)) + " with this " +
                        std::string(desk_number_column(entity)) + " already: use `crm edit` (or another number)";
    }
    return error;
}

Result<void> CrmDesk::store_addresses(std::int64_t user_id, const std::vector<std::string>& addresses) {
    std::vector<std::string> present;
    {
        Query query(db_.sqlite(), "SELECT address FROM user_address WHERE user_id = ? ORDER BY position, address");
        query.bind(user_id);
        while (query.row()) present.push_back(query.text(0));
    }
    if (present == addresses) return {};
    for (const std::string& address : addresses) {
        Query taken(db_.sqlite(), "SELECT u.number FROM user_address a JOIN user u ON u.id = a.user_id "
                                  "WHERE a.address = ? AND a.user_id <> ?");
        taken.bind(address).bind(user_id);
        if (taken.row())
            return fail(ErrorKind::AlreadyExists, "addresses: " + desk_quote(address) + " belongs to the user " + taken.text(0));
    }
    for (const std::string& address : present) {
        if (std::find(addresses.begin(), addresses.end(), address) != addresses.end()) continue;
        Query removal(db_.sqlite(), "DELETE FROM user_address WHERE address = ?");
        removal.bind(address).run();
    }
    std::int64_t position = 0;
    for (const std::string& address : addresses) {
        Query insertion(db_.sqlite(), "INSERT INTO user_address(address, user_id, position) VALUES(?, ?, ?) "
                                      "ON CONFLICT(address) DO UPDATE SET position = excluded.position "
                                      "WHERE position <> excluded.position");
        insertion.bind(address).bind(user_id).bind(++position).run();
    }
    return {};
}

/// Writes what differs; answers whether anything did.
Result<bool> CrmDesk::store(DeskEntity entity, const SqlValue& key, const DeskWrite& write, bool revive) {
    Sqlite& sqlite = db_.sqlite();
    std::vector<Assignment> different;
    for (const Assignment& value : write.values) {
        const std::string sql = "SELECT " + std::string(value.column) + " FROM " + std::string(desk_table(entity)) +
                                " WHERE " + std::string(key_column(entity)) + " = ?";
        Query query(sqlite, sql);
        query.bind_value(key);
        if (query.row() && query.value(0) != value.value) different.push_back(value);
    }
    if (revive) different.push_back({"deleted", std::int64_t{0}});
    const std::int64_t before = sqlite.total_changes();
    if (!different.empty()) update_row(sqlite, desk_table(entity), key_column(entity), key, different, now_, writer_);
    if (write.attendees) write_attendees(sqlite, std::get<std::int64_t>(key), *write.attendees);
    if (write.addresses)
        if (auto stored = store_addresses(std::get<std::int64_t>(key), *write.addresses); !stored)
            return std::unexpected(stored.error());
    if (entity == DeskEntity::Appointment) {
        Query days(sqlite, "UPDATE appointment SET start_at = substr(start_at, 1, 10) || 'T00:00:00', start_zone = '', end_zone = '', "
                           "end_at = CASE WHEN substr(end_at, 12) = '00:00:00' THEN end_at "
                           "ELSE date(substr(end_at, 1, 10), '+1 day') || 'T00:00:00' END WHERE id = ? AND all_day = 1 "
                           "AND (substr(start_at, 12) <> '00:00:00' OR substr(end_at, 12) <> '00:00:00' OR start_zone <> '' OR end_zone <> '')");
        days.bind_value(key).run();
        Query order(sqlite, "SELECT 1 FROM appointment WHERE id = ? AND start_zone = end_zone AND end_at < start_at");
        order.bind_value(key);
        if (order.row()) return fail(ErrorKind::InvalidRequest, "end is before start");
    }
    if (sqlite.error()) return std::unexpected(explain(entity, *sqlite.error()));
    return sqlite.total_changes() != before;
}

Result<std::string> CrmDesk::add(DeskEntity entity, const DeskInput& input) {
    if (auto complete_input = check_required(entity, input); !complete_input) return std::unexpected(complete_input.error());
    auto write = read_input(entity, input);
    if (!write) return std::unexpected(write.error());
    add_defaults(entity, input, *write);
    const std::int64_t id = insert_row(db_.sqlite(), desk_table(entity), write->values, now_, writer_);
    if (db_.sqlite().error()) return std::unexpected(explain(entity, *db_.sqlite().error()));
    DeskWrite lists;
    lists.addresses = write->addresses;
    lists.attendees = write->attendees;
    const auto given = input.find(std::string(desk_number_column(entity)));
    const std::string number = given == input.end() ? std::string() : normal_line(given->second);
    const SqlValue key = entity == DeskEntity::Type ? SqlValue(number) : SqlValue(id);
    if (auto stored = store(entity, key, lists, false); !stored) return std::unexpected(stored.error());
    return number.empty() ? std::to_string(id) : number;
}

Result<void> CrmDesk::edit(DeskEntity entity, const std::string& reference, const DeskInput& input) {
    auto key = find_row(entity, reference);
    if (!key) return std::unexpected(key.error());
    DeskInput whole = input;
    if (desk_kind(entity) && !input.contains("owner")) {
        // Times without a zone are meant in the owner's.
        const std::string sql = "SELECT owner_id FROM " + std::string(desk_table(entity)) + " WHERE id = ?";
        Query owner(db_.sqlite(), sql);
        owner.bind_value(*key);
        if (owner.row() && !owner.null(0)) whole.emplace("owner", owner.text(0));
    }
    auto write = read_input(entity, whole);
    if (!write) return std::unexpected(write.error());
    const auto status = input.find("status");
    if (entity == DeskEntity::Task && status != input.end() && status->second != "completed") {
        // Opened again: the completion goes, or Outlook would close the task once more.
        if (!input.contains("completed_on")) write->values.push_back({"completed_on", std::monostate{}});
        if (!input.contains("percent_complete")) {
            Query full(db_.sqlite(), "SELECT 1 FROM task WHERE id = ? AND percent_complete = 100");
            full.bind_value(*key);
            if (full.row()) write->values.push_back({"percent_complete", std::monostate{}});
        }
    }
    auto stored = store(entity, *key, *write, false);
    if (!stored) return std::unexpected(stored.error());
    return {};
}

Result<CrmDesk::Change> CrmDesk::put(DeskEntity entity, const DeskInput& input) {
    const std::string number_name(desk_number_column(entity));
    const auto given = input.find(number_name);
    if (given == input.end() || trim(given->second).empty())
        return fail(ErrorKind::InvalidRequest, number_name + " must not be empty");
    const std::string number = normal_line(given->second);
    SqlValue key;
    bool is_deleted = false;
    {
        const std::string sql = "SELECT " + std::string(key_column(entity)) + ", deleted FROM " +
                                std::string(desk_table(entity)) + " WHERE " + number_name + " = ?";
        Query query(db_.sqlite(), sql);
        query.bind(number);
        if (query.row()) {
            key = query.value(0);
            is_deleted = query.integer(1) != 0;
        }
    }
    if (std::holds_alternative<std::monostate>(key)) {
        auto added = add(entity, input);
        if (!added) return std::unexpected(added.error());
        return Change::Created;
    }
    auto write = read_input(entity, input);
    if (!write) return std::unexpected(write.error());
    auto stored = store(entity, key, *write, is_deleted);
    if (!stored) return std::unexpected(stored.error());
    if (is_deleted) return Change::Created;
    return *stored ? Change::Updated : Change::Unchanged;
}

Result<bool> CrmDesk::knows(DeskEntity entity, const std::string& number) {
    const std::string sql = "SELECT 1 FROM " + std::string(desk_table(entity)) + " WHERE " +
                            std::string(desk_number_column(entity)) + " = ?";
    Query query(db_.sqlite(), sql);
    query.bind(number);
    const bool found = query.row();
    if (db_.sqlite().error()) return std::unexpected(*db_.sqlite().error());
    return found;
}

Result<void> CrmDesk::complete(DeskEntity entity, const std::string& reference, const DeskInput& input) {
    if (entity != DeskEntity::Task && entity != DeskEntity::Appointment)
        return fail(ErrorKind::InvalidRequest, "only tasks and appointments can be completed");
    const auto key = find_row(entity, reference);
    if (!key) return std::unexpected(key.error());
    DeskInput whole = input;
    whole["status"] = "completed";
    if (entity == DeskEntity::Task) {
        whole.emplace("percent_complete", "100");
        whole.emplace("completed_on", format_date(today_of_owner(entity, *key)));
    }
    return edit(entity, reference, whole);
}

Result<void> CrmDesk::remove(DeskEntity entity, const std::string& reference) {
    const auto key = find_row(entity, reference);
    if (!key) return std::unexpected(key.error());
    const bool is_user = entity == DeskEntity::User;
    if (is_user || entity == DeskEntity::Type) {
        Query used(db_.sqlite(), is_user ? "SELECT (SELECT count(*) FROM task WHERE owner_id = ?1 AND deleted = 0) + "
                                           "(SELECT count(*) FROM appointment WHERE owner_id = ?1 AND deleted = 0) + "
                                           "(SELECT count(*) FROM contact WHERE owner_id = ?1 AND deleted = 0)"
                                         : "SELECT (SELECT count(*) FROM task WHERE type_code = ?1 AND deleted = 0) + "
                                           "(SELECT count(*) FROM appointment WHERE type_code = ?1 AND deleted = 0)");
        used.bind_value(*key);
        if (used.row() && used.integer(0) > 0) {
            return fail(ErrorKind::InvalidRequest,
                        std::to_string(used.integer(0)) +
                            (is_user ? " items belong to this user: give them another owner first, or set active to false"
                                     : " activities have this type: give them another type first"));
        }
    }
    const std::vector<Assignment> gone{{"deleted", std::int64_t{1}}};
    update_row(db_.sqlite(), desk_table(entity), key_column(entity), *key, gone, now_, writer_);
    if (is_user) {
        Query addresses(db_.sqlite(), "DELETE FROM user_address WHERE user_id = ?");
        addresses.bind_value(*key).run();
    }
    if (db_.sqlite().error()) return std::unexpected(*db_.sqlite().error());
    return {};
}

}  // namespace liaison::crm
