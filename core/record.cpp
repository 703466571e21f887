#include "core/record.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include "core/text.hpp"

namespace liaison {

namespace {

constexpr std::array<FieldInfo, kFieldCount> kFields{{
    {Field::Subject, "subject", ValueType::Text, true, true, false, ""},
    {Field::Body, "body", ValueType::Text, true, true, false, ""},
    {Field::Status, "status", ValueType::Text, true, true, false,
     "not_started in_progress waiting deferred completed canceled"},
    {Field::Priority, "priority", ValueType::Text, true, true, false, "low normal high"},
    {Field::StartDate, "start_date", ValueType::Date, true, false, false, ""},
    {Field::DueDate, "due_date", ValueType::Date, true, false, false, ""},
    {Field::PercentComplete, "percent_complete", ValueType::Number, true, false, false, ""},
    {Field::CompletedOn, "completed_on", ValueType::Date, true, false, false, ""},
    {Field::ReminderAt, "reminder_at", ValueType::Instant, true, false, false, ""},
    {Field::IsPrivate, "is_private", ValueType::Flag, true, true, true, ""},
    {Field::TimeWorkedMinutes, "time_worked_minutes", ValueType::Number, true, false, false, ""},
    {Field::Distance, "distance", ValueType::Text, true, false, false, ""},
    {Field::Start, "start", ValueType::Zoned, false, true, false, ""},
    {Field::End, "end", ValueType::Zoned, false, true, false, ""},
    {Field::AllDay, "all_day", ValueType::Flag, false, true, false, ""},
    {Field::Location, "location", ValueType::Text, false, true, false, ""},
    {Field::ShowAs, "show_as", ValueType::Text, false, true, false, "free tentative busy oof elsewhere"},
    {Field::ReminderMinutes, "reminder_minutes", ValueType::Number, false, true, false, ""},
    {Field::Attendees, "attendees", ValueType::Attendees, false, true, false, ""},
    {Field::Organizer, "organizer", ValueType::Text, false, true, false, ""},
    {Field::IsOrganizer, "is_organizer", ValueType::Flag, false, true, false, ""},
    {Field::ICalUid, "ical_uid", ValueType::Text, false, true, false, ""},
    {Field::RecurrenceRule, "recurrence_rule", ValueType::Text, true, true, false, ""},
    {Field::GivenName, "given_name", ValueType::Text, false, false, true, ""},
    {Field::MiddleName, "middle_name", ValueType::Text, false, false, true, ""},
    {Field::FamilyName, "family_name", ValueType::Text, false, false, true, ""},
    {Field::DisplayName, "display_name", ValueType::Text, false, false, true, ""},
    {Field::Salutation, "salutation", ValueType::Text, false, false, true, ""},
    {Field::Initials, "initials", ValueType::Text, false, false, true, ""},
    {Field::CompanyName, "company_name", ValueType::Text, false, false, true, ""},
    {Field::JobTitle, "job_title", ValueType::Text, false, false, true, ""},
    {Field::Department, "department", ValueType::Text, false, false, true, ""},
    {Field::Email1, "email1", ValueType::Text, false, false, true, ""},
    {Field::Email2, "email2", ValueType::Text, false, false, true, ""},
    {Field::Email3, "email3", ValueType::Text, false, false, true, ""},
    {Field::PhoneBusiness, "phone_business", ValueType::Text, false, false, true, ""},
    {Field::PhoneMobile, "phone_mobile", ValueType::Text, false, false, true, ""},
    {Field::PhoneHome, "phone_home", ValueType::Text, false, false, true, ""},
    {Field::Fax, "fax", ValueType::Text, false, false, true, ""},
    {Field::Url, "url", ValueType::Text, false, false, true, ""},
    {Field::BusinessStreet, "business_street", ValueType::Text, false, false, true, ""},
    {Field::BusinessCity, "business_city", ValueType::Text, false, false, true, ""},
    {Field::BusinessState, "business_state", ValueType::Text, false, false, true, ""},
    {Field::BusinessPostalCode, "business_postal_code", ValueType::Text, false, false, true, ""},
    {Field::BusinessCountry, "business_country", ValueType::Text, false, false, true, ""},
    {Field::OtherStreet, "other_street", ValueType::Text, false, false, true, ""},
    {Field::OtherCity, "other_city", ValueType::Text, false, false, true, ""},
    {Field::OtherState, "other_state", ValueType::Text, false, false, true, ""},
    {Field::OtherPostalCode, "other_postal_code", ValueType::Text, false, false, true, ""},
    {Field::OtherCountry, "other_country", ValueType::Text, false, false, true, ""},
    {Field::Birthday, "birthday", ValueType::Date, false, false, true, ""},
    {Field::Notes, "notes", ValueType::Text, false, false, true, ""},
    {Field::TypeCode, "type_code", ValueType::Text, true, true, false, ""},
    {Field::OwnerId, "owner_id", ValueType::Text, true, true, true, ""},
    {Field::ContactId, "contact_id", ValueType::Text, true, true, false, ""},
    {Field::CompanyId, "company_id", ValueType::Text, true, true, true, ""},
    {Field::OpportunityId, "opportunity_id", ValueType::Text, true, true, false, ""},
    {Field::CampaignId, "campaign_id", ValueType::Text, true, true, false, ""},
    {Field::Categories, "categories", ValueType::TextList, true, true, true, ""},
    {Field::StateCategory, "state_category", ValueType::Text, true, true, false, "planned overdue done"},
}};

/// Fields whose text may have several lines; all others lose their line breaks.
bool is_multiline(Field field) {
    return field == Field::Body || field == Field::Notes || field == Field::BusinessStreet ||
           field == Field::OtherStreet || field == Field::Location;
}

}  // namespace

std::string_view to_string(EntityKind kind) {
    switch (kind) {
        case EntityKind::Task: return "task";
        case EntityKind::Appointment: return "appointment";
        case EntityKind::Contact: return "contact";
    }
    return "task";
}

std::optional<EntityKind> parse_entity_kind(std::string_view text) {
    for (const EntityKind kind : kEntityKinds)
        if (to_string(kind) == text) return kind;
    return std::nullopt;
}

const FieldInfo& info(Field field) { return kFields[static_cast<std::size_t>(field)]; }

std::span<const FieldInfo> all_fields() { return kFields; }

std::optional<Field> parse_field(std::string_view name) {
    for (const FieldInfo& f : kFields)
        if (f.name == name) return f.field;
    return std::nullopt;
}

FieldMask fields_of(EntityKind kind) {
    FieldMask mask;
    for (const FieldInfo& f : kFields) {
        const bool in = kind == EntityKind::Task          ? f.in_task
                        : kind == EntityKind::Appointment ? f.in_appointment
                                                          : f.in_contact;
        if (in) mask.add(f.field);
    }
    return mask;
}

std::optional<Value> normal_form(Field field, Value value) {
    if (auto* text = std::get_if<std::string>(&value)) {
        *text = is_multiline(field) ? normal_lines(*text) : normal_line(*text);
        if (text->empty()) return std::nullopt;
    } else if (auto* flag = std::get_if<bool>(&value)) {
        if (!*flag) return std::nullopt;
    } else if (auto* list = std::get_if<TextList>(&value)) {
        for (std::string& entry : *list) entry = normal_line(entry);
        std::erase_if(*list, [](const std::string& s) { return s.empty(); });
        std::sort(list->begin(), list->end());
        list->erase(std::unique(list->begin(), list->end()), list->end());
        if (list->empty()) return std::nullopt;
    } else if (auto* people = std::get_if<AttendeeList>(&value)) {
        for (Attendee& person : *people) {
            person.address = normal_address(person.address);
            person.name = normal_line(person.name);
        }
        std::sort(people->begin(), people->end());
        people->erase(std::unique(people->begin(), people->end()), people->end());
        if (people->empty()) return std::nullopt;
    }
    return value;
}

void Record::set(Field field, Value value) {
    auto normal = normal_form(field, std::move(value));
    if (normal)
        values_.insert_or_assign(field, std::move(*normal));
    else
        values_.erase(field);
}

const Value* Record::find(Field field) const {
    const auto it = values_.find(field);
    return it == values_.end() ? nullptr : &it->second;
}

std::string_view Record::text(Field field) const {
    const std::string* value = get<std::string>(field);
    return value ? std::string_view(*value) : std::string_view();
}

bool Record::flag(Field field) const {
    const bool* value = get<bool>(field);
    return value && *value;
}

Record Record::masked(const FieldMask& mask) const {
    Record out(kind_);
    for (const auto& [field, value] : values_)
        if (mask.has(field)) out.values_.emplace(field, value);
    return out;
}

Patch difference(const Record& from, const Record& to, const FieldMask& mask) {
    Patch patch;
    for (const auto& [field, value] : to.values()) {
        const Value* old = from.find(field);
        if (mask.has(field) && (!old || *old != value)) patch.emplace(field, value);
    }
    for (const auto& [field, value] : from.values())
        if (mask.has(field) && !to.find(field)) patch.emplace(field, std::nullopt);
    return patch;
}

Record apply(Record record, const Patch& patch) {
    for (const auto& [field, value] : patch) {
        if (value)
            record.set(field, *value);
        else
            record.erase(field);
    }
    return record;
}

std::string field_names(const Patch& patch) {
    std::string out;
    for (const auto& [field, value] : patch) {
        if (!out.empty()) out += ", ";
        out += info(field).name;
    }
    return out;
}

namespace {

/// Lists are written with `;` between entries; in an entry it stands behind a backslash, and so do the signs around
/// an address.
std::string escape_entry(std::string_view entry) {
    std::string out;
    for (const char c : entry) {
        if (c == ';' || c == '<' || c == '>' || c == '\\') out += '\\';
        out += c;
    }
    return out;
}

/// The position of `sign` that no backslash precedes, or npos.
std::size_t find_unescaped(std::string_view text, char sign) {
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '\\')
            ++i;
        else if (text[i] == sign)
            return i;
    }
    return std::string_view::npos;
}

std::string unescape_entry(std::string_view entry) {
    std::string out;
    for (std::size_t i = 0; i < entry.size(); ++i) {
        if (entry[i] == '\\' && i + 1 < entry.size()) ++i;
        out += entry[i];
    }
    return out;
}

std::vector<std::string_view> split_entries(std::string_view text) {
    std::vector<std::string_view> entries;
    while (true) {
        const std::size_t at = find_unescaped(text, ';');
        entries.push_back(text.substr(0, at));
        if (at == std::string_view::npos) return entries;
        text.remove_prefix(at + 1);
    }
}

}  // namespace

std::string to_text(const Value& value) {
    struct Printer {
        std::string operator()(const std::string& s) const { return s; }
        std::string operator()(std::int64_t n) const { return std::to_string(n); }
        std::string operator()(bool b) const { return b ? "true" : "false"; }
        std::string operator()(const Date& d) const { return format_date(d); }
        std::string operator()(const Timestamp& t) const { return format_timestamp(t); }
        std::string operator()(const ZonedTime& t) const {
            return t.zone.empty() ? format_wall(t.wall) : format_wall(t.wall) + " " + t.zone;
        }
        std::string operator()(const TextList& list) const {
            std::string out;
            for (const std::string& s : list) out += (out.empty() ? "" : "; ") + escape_entry(s);
            return out;
        }
        std::string operator()(const AttendeeList& list) const {
            std::string out;
            for (const Attendee& a : list)
                out += (out.empty() ? "" : "; ") + escape_entry(a.name) + " <" + escape_entry(a.address) + "> " +
                       a.role + " " + a.response;
            return out;
        }
    };
    return std::visit(Printer{}, value);
}

namespace {

std::optional<Value> attendees_from_text(std::string_view text) {
    AttendeeList list;
    for (const std::string_view entry : split_entries(text)) {
        const std::string_view trimmed = trim(entry);
        if (trimmed.empty()) continue;
        Attendee person;
        const std::size_t open = find_unescaped(trimmed, '<');
        const std::size_t close = find_unescaped(trimmed, '>');
        if (open == std::string_view::npos || close == std::string_view::npos || close < open) {
            person.address = unescape_entry(trimmed);
        } else {
            person.name = unescape_entry(trim(trimmed.substr(0, open)));
            person.address = unescape_entry(trimmed.substr(open + 1, close - open - 1));
            const std::vector<std::string> rest = split(trim(trimmed.substr(close + 1)), ' ');
            if (!rest.empty() && !rest[0].empty()) person.role = rest[0];
            if (rest.size() > 1 && !rest[1].empty()) person.response = rest[1];
        }
        list.push_back(std::move(person));
    }
    return Value(std::move(list));
}

}  // namespace

std::optional<Value> value_from_text(Field field, std::string_view text) {
    switch (info(field).type) {
        case ValueType::Text: {
            const std::string_view tokens = info(field).tokens;
            if (!tokens.empty()) {
                const std::vector<std::string> allowed = split(tokens, ' ');
                if (std::find(allowed.begin(), allowed.end(), text) == allowed.end()) return std::nullopt;
            }
            return Value(std::string(text));
        }
        case ValueType::Number: {
            std::int64_t number = 0;
            const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
            if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
            return Value(number);
        }
        case ValueType::Flag:
            if (text == "true" || text == "yes" || text == "1") return Value(true);
            if (text == "false" || text == "no" || text == "0") return Value(false);
            return std::nullopt;
        case ValueType::Date:
            if (const auto date = parse_date(text)) return Value(*date);
            return std::nullopt;
        case ValueType::Instant:
            if (const auto instant = parse_timestamp(text)) return Value(*instant);
            return std::nullopt;
        case ValueType::Zoned: {
            const std::size_t space = text.find(' ');
            const auto wall = parse_wall(text.substr(0, space));
            if (!wall) return std::nullopt;
            if (space == std::string_view::npos) return Value(ZonedTime{*wall, {}});
            return Value(ZonedTime{*wall, std::string(text.substr(space + 1))});
        }
        case ValueType::TextList: {
            TextList list;
            for (const std::string_view entry : split_entries(text)) list.push_back(unescape_entry(trim(entry)));
            return Value(std::move(list));
        }
        case ValueType::Attendees: return attendees_from_text(text);
    }
    return std::nullopt;
}

}  // namespace liaison
