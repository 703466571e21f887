#include <algorithm>

#include <date/tz.h>

#include "connectors/crm/embedded/crm_desk.hpp"
#include "core/limits.hpp"
#include "core/text.hpp"

namespace liaison::crm {

namespace {

std::unexpected<Error> bad_value(const DeskField& field, const std::string& text) {
    return fail(ErrorKind::InvalidRequest,
                std::string(field.name) + ": " + desk_quote(text) + " is not " + desk_field_hint(field));
}

std::unexpected<Error> too_long(const DeskField& field) {
    return fail(ErrorKind::TooLarge, std::string(field.name) + " is longer than it may be");
}

std::optional<std::int64_t> parse_count(const std::string& text) {
    if (text == "0") return 0;
    const std::int64_t number = row_id_of(text);
    return number > 0 ? std::optional(number) : std::nullopt;
}

bool is_known_zone(const std::string& zone) {
    try {
        return date::locate_zone(zone) != nullptr;
    } catch (const std::exception&) {
        return false;
    }
}

/// Values of flags and words that an emptied field falls back to.
SqlValue cleared_value(DeskEntity entity, const DeskField& field) {
    if (field.value == DeskValue::Flag) {
        const bool inherits = field.name == "register_in_outlook" && entity != DeskEntity::Type;
        return inherits ? SqlValue(std::monostate{}) : SqlValue(std::int64_t{0});
    }
    if (field.value == DeskValue::Word) return split(field.tokens, ' ').front();
    if (field.name == "time_zone") return std::string("UTC");
    return std::monostate{};
}

/// A field of the canonical model, by the rules of core/record.hpp.
Result<void> read_canonical_field(EntityKind kind, const DeskField& field, const std::string& text, DeskWrite& write) {
    const Field canonical = *field.field;
    const ValueType type = info(canonical).type;
    const std::string line = normal_line(text);
    std::string full = type == ValueType::Text ? text : line;
    if (type == ValueType::Zoned && !line.empty() && line.find(' ') == std::string::npos) full += " " + write.zone;
    const bool is_long = canonical == Field::Body || canonical == Field::Notes;
    if (count_chars(full) > (is_long ? limits::body_chars_max : kLineCharsMax)) return too_long(field);
    std::optional<Value> value;
    if (!line.empty()) {
        auto parsed = value_from_text(canonical, full);
        if (!parsed) return bad_value(field, text);
        if (const auto* time = std::get_if<ZonedTime>(&*parsed))
            if (!time->zone.empty() && !is_known_zone(time->zone)) return bad_value(field, text);
        value = normal_form(canonical, std::move(*parsed));
    }
    if (canonical == Field::Attendees) {
        write.attendees = value ? std::get<AttendeeList>(*value) : AttendeeList{};
        return {};
    }
    Patch patch;
    patch.emplace(canonical, std::move(value));
    auto columns = assignments_of(kind, patch, {});
    if (!columns) return std::unexpected(columns.error());
    for (Assignment& column : *columns) write.values.push_back(std::move(column));
    return {};
}

/// Everything but canonical fields, address lists and references.
Result<SqlValue> read_plain_value(const DeskField& field, const std::string& text) {
    const std::string line = normal_line(text);
    switch (field.value) {
        case DeskValue::Flag: {
            const auto flag = value_from_text(Field::IsPrivate, line);
            if (!flag) return bad_value(field, text);
            return std::int64_t{std::get<bool>(*flag) ? 1 : 0};
        }
        case DeskValue::Count: {
            const auto count = parse_count(line);
            if (!count) return bad_value(field, text);
            return *count;
        }
        case DeskValue::Day:
            if (!parse_date(line)) return bad_value(field, text);
            return line;
        case DeskValue::Word: {
            const std::vector<std::string> words = split(field.tokens, ' ');
            if (std::find(words.begin(), words.end(), line) == words.end()) return bad_value(field, text);
            return line;
        }
        case DeskValue::Lines: return normal_lines(text);
        default: break;
    }
    if (field.name == "time_zone" && !is_known_zone(line)) {
        return fail(ErrorKind::InvalidRequest,
                    "time_zone: " + desk_quote(line) + " is not an IANA zone such as Europe/Berlin");
    }
    return line;
}

std::vector<std::string> read_addresses(const std::string& text) {
    std::vector<std::string> out;
    for (const std::string& entry : split(text, ';')) {
        std::string address = normal_address(entry);
        const bool is_new = std::find(out.begin(), out.end(), address) == out.end();
        if (!address.empty() && is_new) out.push_back(std::move(address));
    }
    return out;
}

}  // namespace

std::string desk_quote(std::string_view text) { return "\"" + truncate_chars(normal_line(text), 60) + "\""; }

bool DeskWrite::has(std::string_view column) const {
    return std::any_of(values.begin(), values.end(), [&](const Assignment& a) { return a.column == column; });
}

Result<void> CrmDesk::read_field(DeskEntity entity, const DeskField& field, const std::string& text,
                                 DeskWrite& write) {
    if (field.value == DeskValue::Canonical) return read_canonical_field(*desk_kind(entity), field, text, write);
    if (count_chars(text) > (field.value == DeskValue::Lines ? limits::body_chars_max : kLineCharsMax))
        return too_long(field);
    const std::string line = normal_line(text);
    if (field.value == DeskValue::Addresses) {
        write.addresses = read_addresses(line);
        return {};
    }
    if (line.empty()) {
        if (field.required) return fail(ErrorKind::InvalidRequest, std::string(field.name) + " must not be empty");
        write.values.push_back({field.column, cleared_value(entity, field)});
        return {};
    }
    auto value = field.value == DeskValue::Reference ? find_row(*field.reference, line) : read_plain_value(field, text);
    if (!value) {
        Error error = value.error();
        if (field.value == DeskValue::Reference) error.message = std::string(field.name) + ": " + error.message;
        return std::unexpected(std::move(error));
    }
    write.values.push_back({field.column, std::move(*value)});
    return {};
}

Result<DeskWrite> CrmDesk::read_input(DeskEntity entity, const DeskInput& input) {
    DeskWrite write;
    write.zone = default_zone(input);
    for (const auto& [name, text] : input) {
        const DeskField* field = find_desk_field(entity, name);
        if (!field) {
            return fail(ErrorKind::InvalidRequest, "a " + std::string(to_string(entity)) + " has no field " + desk_quote(name) +
                                                       ": see `crm add " + std::string(to_string(entity)) + " --help`");
        }
        if (auto read = read_field(entity, *field, text, write); !read) return std::unexpected(read.error());
    }
    // A contact at a known company shows its name, unless another name is given.
    const auto company = input.find("company");
    if (entity == DeskEntity::Contact && company != input.end() && !input.contains("company_name")) {
        Query query(db_.sqlite(), "SELECT name FROM company WHERE id = ?");
        for (const Assignment& value : write.values)
            if (value.column == "company_id") query.bind_value(value.value);
        if (query.row()) write.values.push_back({"company_name", query.text(0)});
    }
    return write;
}

std::string CrmDesk::default_zone(const DeskInput& input) {
    const auto owner = input.find("owner");
    Query query(db_.sqlite(), "SELECT time_zone FROM user WHERE number = ?1 OR id = ?2");
    if (owner != input.end() && query.bind(owner->second).bind(row_id_of(owner->second)).row()) return query.text(0);
    return "UTC";
}

Date CrmDesk::today_of_owner(DeskEntity entity, const SqlValue& key) {
    const std::string sql = "SELECT u.time_zone FROM " + std::string(desk_table(entity)) +
                            " x JOIN user u ON u.id = x.owner_id WHERE x.id = ?";
    Query query(db_.sqlite(), sql);
    query.bind_value(key);
    const std::string zone = query.row() ? query.text(0) : "UTC";
    if (!is_known_zone(zone)) return date_of(now_);
    const auto local = date::locate_zone(zone)->to_local(now_);
    return date_of(Timestamp(local.time_since_epoch()));
}

Result<void> CrmDesk::check_required(DeskEntity entity, const DeskInput& input) {
    for (const DeskField& field : desk_fields(entity)) {
        if (!field.required) continue;
        auto given = input.find(std::string(field.name));
        if (given == input.end()) given = input.find(std::string(field.column));
        if (given == input.end() || trim(given->second).empty()) {
            return fail(ErrorKind::InvalidRequest, "a " + std::string(to_string(entity)) + " needs --" +
                                                       std::string(field.name) + " (" + desk_field_hint(field) + ")");
        }
    }
    if (entity == DeskEntity::Contact && !input.contains("display_name") && !input.contains("family_name") &&
        !input.contains("given_name"))
        return fail(ErrorKind::InvalidRequest, "a contact needs --display_name, or --given_name and --family_name");
    return {};
}

void CrmDesk::add_defaults(DeskEntity entity, const DeskInput& input, DeskWrite& write) {
    if (entity == DeskEntity::Contact && !write.has("display_name")) {
        const auto part = [&input](const char* name) {
            const auto found = input.find(name);
            return found == input.end() ? std::string() : found->second;
        };
        const std::string full = normal_line(part("given_name") + " " + part("family_name"));
        if (!full.empty()) write.values.push_back({"display_name", full});
    }
    if ((entity == DeskEntity::Task || entity == DeskEntity::Appointment) && !write.has("type_code")) {
        const bool is_task = entity == DeskEntity::Task;
        write.values.push_back({"type_code", is_task ? db_.default_task_type() : db_.default_appointment_type()});
    }
}

}  // namespace liaison::crm
