#include "connectors/crm/embedded/record_rows.hpp"

#include <algorithm>
#include <array>
#include <set>

#include "core/limits.hpp"
#include "core/text.hpp"
#include "core/time.hpp"

namespace liaison::crm {

namespace {

/// Fields of the canonical model that the embedded CRM does not carry: what is Exchange's own, what
/// differs from rep to rep, and the owner, who is the collection itself.
constexpr std::array kNotCarried{Field::StateCategory, Field::IsOrganizer, Field::RecurrenceRule,
                                 Field::OwnerId};

bool embedded_carries(EntityKind kind, Field field) {
    if (std::find(kNotCarried.begin(), kNotCarried.end(), field) != kNotCarried.end()) return false;
    if (field == Field::Categories) return kind == EntityKind::Contact;
    return fields_of(kind).has(field);
}

FieldMask embedded_mask(EntityKind kind) {
    FieldMask mask;
    for (const FieldInfo& field : all_fields())
        if (embedded_carries(kind, field.field)) mask.add(field.field);
    return mask;
}

/// Columns are named like the fields; only the two times of an appointment have two columns each.
std::string_view column_of(Field field) {
    if (field == Field::Start) return "start_at";
    if (field == Field::End) return "end_at";
    return info(field).name;
}

std::string_view zone_column_of(Field field) {
    return field == Field::Start ? "start_zone" : "end_zone";
}

bool is_reference(Field field) {
    return field == Field::ContactId || field == Field::CompanyId ||
           field == Field::OpportunityId || field == Field::CampaignId;
}

/// Fields in the order of their columns in observation_select; attendees have no column.
std::vector<Field> columns_in_order(EntityKind kind) {
    std::vector<Field> fields;
    for (const FieldInfo& field : all_fields())
        if (embedded_carries(kind, field.field) && field.field != Field::Attendees)
            fields.push_back(field.field);
    return fields;
}

const std::vector<Field>& cached_columns(EntityKind kind) {
    static const std::array<std::vector<Field>, 3> columns{
        columns_in_order(EntityKind::Task), columns_in_order(EntityKind::Appointment),
        columns_in_order(EntityKind::Contact)};
    return columns.at(static_cast<std::size_t>(kind));
}

std::optional<std::string> default_text(EntityKind kind, Field field,
                                        const std::string& default_type) {
    if (kind == EntityKind::Contact) return std::nullopt;
    if (field == Field::Status) return "not_started";
    if (field == Field::Priority) return "normal";
    if (field == Field::ShowAs && kind == EntityKind::Appointment) return "busy";
    if (field == Field::TypeCode) return default_type;
    return std::nullopt;
}

std::string cut_text(Field field, const std::string& text) {
    const bool is_long = field == Field::Body || field == Field::Notes;
    return truncate_chars(text, is_long ? limits::body_chars_max : kLineCharsMax);
}

AttendeeList one_per_address(const AttendeeList& list) {
    AttendeeList out;
    std::set<std::pair<std::string, std::string>> seen;
    for (const Attendee& person : list) {
        Attendee kept = person;
        kept.address = cut_text(Field::Email1, kept.address);
        kept.name = std::string(trim(cut_text(Field::DisplayName, kept.name)));
        if (kept.address.empty() && kept.name.empty()) continue;
        if (out.size() == limits::attendees_max) break;
        if (seen.emplace(kept.address, kept.name).second) out.push_back(std::move(kept));
    }
    return out;
}

Value project_value(Field field, const Value& value) {
    if (const auto* text = std::get_if<std::string>(&value)) return cut_text(field, *text);
    if (const auto* number = std::get_if<std::int64_t>(&value)) {
        if (field == Field::PercentComplete) return std::clamp<std::int64_t>(*number, 0, 100);
        if (field == Field::TimeWorkedMinutes) return std::max<std::int64_t>(*number, 0);
    }
    if (const auto* people = std::get_if<AttendeeList>(&value)) return one_per_address(*people);
    if (const auto* list = std::get_if<TextList>(&value)) {
        TextList out(list->begin(), list->begin() + static_cast<std::ptrdiff_t>(std::min(
                                                        list->size(), limits::categories_max)));
        for (std::string& entry : out) entry = cut_text(field, entry);
        return out;
    }
    return value;
}

/// All-day times are dates: floating, from midnight to midnight; a time in the middle of a day
/// rounds outwards.
void project_all_day(Record& record) {
    if (!record.flag(Field::AllDay)) return;
    for (const Field field : {Field::Start, Field::End}) {
        const ZonedTime* time = record.get<ZonedTime>(field);
        if (!time) continue;
        auto midnight = std::chrono::floor<std::chrono::days>(time->wall);
        if (field == Field::End && midnight != time->wall) midnight += std::chrono::days(1);
        record.set(field, ZonedTime{WallTime(midnight), {}});
    }
}

bool token_is_allowed(Field field, std::string_view text) {
    if (info(field).tokens.empty()) return true;
    const std::vector<std::string> allowed = split(info(field).tokens, ' ');
    return std::find(allowed.begin(), allowed.end(), text) != allowed.end();
}

std::string join_lines(const TextList& list) {
    std::string out;
    for (const std::string& entry : list) out += (out.empty() ? "" : "\n") + entry;
    return out;
}

/// One column into the record; false when the stored text makes no sense (a foreign writer's).
bool read_column(Field field, const Query& row, int& column, Record& record) {
    const int at = column++;
    const ValueType type = info(field).type;
    std::string zone;
    if (type == ValueType::Zoned) zone = row.text(column++);
    if (row.null(at)) return true;
    switch (type) {
        case ValueType::Text:
            record.set(field, row.text(at));
            return true;
        case ValueType::Number:
            record.set(field, row.integer(at));
            return true;
        case ValueType::Flag:
            record.set(field, row.integer(at) != 0);
            return true;
        case ValueType::TextList:
            record.set(field, split(row.text(at), '\n'));
            return true;
        case ValueType::Zoned: {
            const auto wall = parse_wall(row.text(at));
            if (wall) record.set(field, ZonedTime{*wall, zone});
            return wall.has_value();
        }
        case ValueType::Date:
        case ValueType::Instant: {
            const std::string text = row.text(at);
            auto value = value_from_text(field, text);
            if (value) record.set(field, std::move(*value));
            return value.has_value() || text.empty();
        }
        case ValueType::Attendees:
            return true;
    }
    return true;
}

AttendeeList read_attendees(Sqlite& db, std::int64_t appointment_id) {
    AttendeeList people;
    Query query(db,
                "SELECT address, name, role, response FROM appointment_participant "
                "WHERE appointment_id = ? AND role <> 'copy' ORDER BY address, name");
    query.bind(appointment_id);
    while (query.row())
        people.push_back(Attendee{query.text(0), query.text(1), query.text(2), query.text(3)});
    return people;
}

}  // namespace

std::string_view table_of(EntityKind kind) {
    return to_string(kind);
}

EndpointCapabilities embedded_capabilities(EntityKind kind, std::string default_type) {
    EndpointCapabilities can;
    can.feed = FeedKind::Delta;
    can.reports_deletes = true;
    can.conditional_write = true;
    can.token_place = TokenPlace::ExternalKey;
    can.idempotent_create = true;
    can.batch_size_max = limits::message_batch;
    can.carried = embedded_mask(kind);
    can.writable = can.carried;
    can.project = [default_type = std::move(default_type)](const Record& record) {
        return project_record(record, default_type);
    };
    return can;
}

Record project_record(const Record& record, const std::string& default_type) {
    Record out(record.kind());
    for (const auto& [field, value] : record.values())
        if (embedded_carries(record.kind(), field)) out.set(field, project_value(field, value));
    for (const Field field : {Field::Status, Field::Priority, Field::ShowAs, Field::TypeCode}) {
        const auto text = default_text(record.kind(), field, default_type);
        if (text && out.text(field).empty()) out.set(field, *text);
    }
    project_all_day(out);
    return out;
}

SqlValue sql_value_of(Field field, const Value& value) {
    if (const auto* text = std::get_if<std::string>(&value)) {
        if (is_reference(field)) return row_id_of(*text);
        return *text;
    }
    if (const auto* number = std::get_if<std::int64_t>(&value)) return *number;
    if (const auto* flag = std::get_if<bool>(&value)) return std::int64_t{*flag ? 1 : 0};
    if (const auto* list = std::get_if<TextList>(&value)) return join_lines(*list);
    if (const auto* time = std::get_if<ZonedTime>(&value)) return format_wall(time->wall);
    return to_text(value);
}

Result<std::vector<Assignment>> assignments_of(EntityKind kind, const Patch& patch,
                                               const std::string& default_type) {
    std::vector<Assignment> out;
    for (const auto& [field, value] : patch) {
        if (!embedded_carries(kind, field))
            return fail(ErrorKind::InvalidRequest,
                        "the CRM cannot store " + std::string(info(field).name));
        if (field == Field::Attendees) continue;
        const bool is_zoned = info(field).type == ValueType::Zoned;
        if (!value) {
            const auto fallback = default_text(kind, field, default_type);
            const bool is_flag = info(field).type == ValueType::Flag;
            SqlValue cleared;
            if (fallback) cleared = *fallback;
            if (is_flag) cleared = std::int64_t{0};
            out.push_back({column_of(field), std::move(cleared)});
            if (is_zoned) out.push_back({zone_column_of(field), std::string()});
            continue;
        }
        const auto normal = normal_form(field, project_value(field, *value));
        SqlValue stored = normal ? sql_value_of(field, *normal) : sql_value_of(field, *value);
        const auto* text = std::get_if<std::string>(&stored);
        if (text && !token_is_allowed(field, *text))
            return fail(ErrorKind::InvalidRequest, std::string(info(field).name) + " is none of: " +
                                                       std::string(info(field).tokens));
        if (is_reference(field) && std::get<std::int64_t>(stored) == 0)
            return fail(ErrorKind::InvalidRequest,
                        std::string(info(field).name) + " is no id of the CRM");
        out.push_back({column_of(field), std::move(stored)});
        if (is_zoned) out.push_back({zone_column_of(field), std::get<ZonedTime>(*value).zone});
    }
    return out;
}

std::string scope_condition(EntityKind kind) {
    switch (kind) {
        case EntityKind::Task:
            return "(x.owner_id = ?1 AND coalesce(x.register_in_outlook, t.register_in_outlook, 0) "
                   "= 1)";
        case EntityKind::Appointment:
            return "(coalesce(x.register_in_outlook, t.register_in_outlook, 0) = 1 AND (x.owner_id "
                   "= ?1 OR EXISTS("
                   "SELECT 1 FROM appointment_participant p JOIN user_address u ON u.address = "
                   "p.address "
                   "WHERE p.appointment_id = x.id AND u.user_id = ?1 AND p.mirrored = 1)))";
        case EntityKind::Contact:
            return "(x.owner_id = ?1 AND x.privacy_blocked = 0)";
    }
    return "0";
}

std::string observation_select(EntityKind kind) {
    const std::string name(table_of(kind));
    const bool is_activity = kind != EntityKind::Contact;
    std::string sql =
        "SELECT x.id, x.version, x.modified_at, x.deleted, l.token, " + scope_condition(kind);
    sql += is_activity ? ", x.recurrence_rule" : ", NULL";
    for (const Field field : cached_columns(kind)) {
        sql += ", x." + std::string(column_of(field));
        if (info(field).type == ValueType::Zoned)
            sql += ", x." + std::string(zone_column_of(field));
    }
    sql += " FROM " + name + " x";
    if (is_activity) sql += " LEFT JOIN activity_type t ON t.code = x.type_code";
    return sql + " LEFT JOIN external_link l ON l.kind = '" + name +
           "' AND l.item_id = x.id AND l.user_id = ?1";
}

Observation read_observation(Sqlite& db, EntityKind kind, const Query& row) {
    Observation seen;
    const std::int64_t id = row.integer(kObservationId);
    seen.key = ItemKey(std::to_string(id));
    seen.version = Version(row.text(1));
    seen.modified_at = parse_timestamp(row.text(2)).value_or(Timestamp{});
    if (row.integer(3) != 0) {
        seen.content = Tombstone{true};
        return seen;
    }
    seen.token = row.null(4) ? CorrelationToken{} : CorrelationToken::parse(row.text(4));
    if (row.integer(5) == 0) {
        seen.content = OutOfScope{};
        return seen;
    }
    if (!row.null(6) && !row.text(6).empty()) {
        seen.content = Unreadable{"series", "a series of the CRM"};
        return seen;
    }
    Record record(kind);
    int column = 7;
    for (const Field field : cached_columns(kind)) {
        if (read_column(field, row, column, record)) continue;
        seen.content =
            Unreadable{"corrupt", std::string(table_of(kind)) + " " + seen.key.str() + ": " +
                                      std::string(info(field).name) + " cannot be read"};
        return seen;
    }
    if (kind == EntityKind::Appointment) record.set(Field::Attendees, read_attendees(db, id));
    seen.content = std::move(record);
    return seen;
}

void write_attendees(Sqlite& db, std::int64_t appointment_id, const AttendeeList& wanted) {
    const AttendeeList present = read_attendees(db, appointment_id);
    for (const Attendee& person : present) {
        const bool stays =
            std::any_of(wanted.begin(), wanted.end(), [&](const Attendee& other_person) {
                return other_person.address == person.address && other_person.name == person.name;
            });
        if (stays) continue;
        Query removal(db,
                      "DELETE FROM appointment_participant WHERE appointment_id = ? AND address = "
                      "? AND name = ?");
        removal.bind(appointment_id).bind(person.address).bind(person.name).run();
    }
    for (const Attendee& person : wanted) {
        if (std::find(present.begin(), present.end(), person) != present.end()) continue;
        Query insertion(
            db,
            "INSERT INTO appointment_participant(appointment_id, address, name, role, response) "
            "VALUES(?, ?, ?, ?, ?) ON CONFLICT(appointment_id, address, name) "
            "DO UPDATE SET role = excluded.role, response = excluded.response");
        insertion.bind(appointment_id)
            .bind(person.address)
            .bind(person.name)
            .bind(person.role)
            .bind(person.response);
        insertion.run();
    }
}

}  // namespace liaison::crm
