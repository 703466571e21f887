#include "connectors/crm/embedded/desk_fields.hpp"

#include <array>

#include "connectors/crm/embedded/record_rows.hpp"
#include "core/text.hpp"

namespace liaison::crm {

namespace {

struct DeskEntityNames {
    DeskEntity entity;
    std::string_view name, table, number;
};
constexpr std::array<DeskEntityNames, 8> kDeskNames{{
    {DeskEntity::Task, "task", "task", "number"},
    {DeskEntity::Appointment, "appointment", "appointment", "number"},
    {DeskEntity::Contact, "contact", "contact", "number"},
    {DeskEntity::Company, "company", "company", "number"},
    {DeskEntity::User, "user", "user", "number"},
    {DeskEntity::Type, "type", "activity_type", "code"},
    {DeskEntity::Opportunity, "opportunity", "opportunity", "number"},
    {DeskEntity::Campaign, "campaign", "campaign", "number"},
}};

DeskField reference_field(std::string_view name, std::string_view column, DeskEntity to,
                          bool required = false) {
    return DeskField{name, column, DeskValue::Reference, {}, {}, to, required};
}

DeskField plain_field(std::string_view name, DeskValue value, std::string_view tokens = {},
                      bool required = false) {
    return DeskField{name, name, value, tokens, {}, {}, required};
}

std::optional<DeskField> canonical_reference(Field field) {
    switch (field) {
        case Field::TypeCode:
            return reference_field("type", "type_code", DeskEntity::Type);
        case Field::ContactId:
            return reference_field("contact", "contact_id", DeskEntity::Contact);
        case Field::CompanyId:
            return reference_field("company", "company_id", DeskEntity::Company);
        case Field::OpportunityId:
            return reference_field("opportunity", "opportunity_id", DeskEntity::Opportunity);
        case Field::CampaignId:
            return reference_field("campaign", "campaign_id", DeskEntity::Campaign);
        default:
            return std::nullopt;
    }
}

std::vector<DeskField> canonical_desk_fields(EntityKind kind) {
    std::vector<DeskField> out{plain_field("number", DeskValue::Line)};
    const bool is_contact = kind == EntityKind::Contact;
    if (is_contact) out.push_back(plain_field("type", DeskValue::Word, "person lead"));
    out.push_back(reference_field("owner", "owner_id", DeskEntity::User, !is_contact));
    const FieldMask carried = embedded_capabilities(kind, {}).carried;
    for (const FieldInfo& known : all_fields()) {
        if (!carried.has(known.field) || known.field == Field::ICalUid ||
            known.field == Field::Organizer)
            continue;
        if (auto reference = canonical_reference(known.field)) {
            out.push_back(*reference);
            continue;
        }
        std::string_view column = known.name;
        if (known.field == Field::Start) column = "start_at";
        if (known.field == Field::End) column = "end_at";
        const bool required = known.field == Field::Subject || known.field == Field::Start ||
                              known.field == Field::End;
        out.push_back(DeskField{
            known.name, column, DeskValue::Canonical, known.tokens, known.field, {}, required});
    }
    out.push_back(
        plain_field(is_contact ? "privacy_blocked" : "register_in_outlook", DeskValue::Flag));
    return out;
}

std::vector<DeskField> make_desk_fields(DeskEntity entity) {
    using enum DeskValue;
    const DeskField number = plain_field("number", Line, {}, true);
    const DeskField name = plain_field("name", Line, {}, true);
    const DeskField owner = reference_field("owner", "owner_id", DeskEntity::User);
    const DeskField company = reference_field("company", "company_id", DeskEntity::Company);
    switch (entity) {
        case DeskEntity::Task:
            return canonical_desk_fields(EntityKind::Task);
        case DeskEntity::Appointment:
            return canonical_desk_fields(EntityKind::Appointment);
        case DeskEntity::Contact:
            return canonical_desk_fields(EntityKind::Contact);
        case DeskEntity::Company:
            return {number,
                    name,
                    plain_field("email", Address),
                    plain_field("phone", Line),
                    plain_field("url", Line),
                    plain_field("street", Lines),
                    plain_field("city", Line),
                    plain_field("state", Line),
                    plain_field("postal_code", Line),
                    plain_field("country", Line),
                    plain_field("notes", Lines),
                    owner,
                    reference_field("parent", "parent_id", DeskEntity::Company),
                    plain_field("privacy_blocked", Flag)};
        case DeskEntity::User:
            return {number, name, plain_field("addresses", Addresses),
                    plain_field("time_zone", Line), plain_field("active", Flag)};
        case DeskEntity::Type:
            return {plain_field("code", Line, {}, true),
                    name,
                    plain_field("register_in_outlook", Flag),
                    plain_field("outlook_kind", Word, "task appointment none"),
                    plain_field("log_mail", Flag),
                    plain_field("log_meeting", Flag),
                    plain_field("direction", Word, "none inbound outbound"),
                    plain_field("default_duration_minutes", Count),
                    plain_field("default_reminder_minutes", Count),
                    plain_field("category", Line)};
        case DeskEntity::Opportunity:
            return {number,
                    name,
                    plain_field("status", Word, "open won lost"),
                    plain_field("stage", Line),
                    plain_field("value", Count),
                    plain_field("probability", Count),
                    plain_field("close_date", Day),
                    company,
                    reference_field("contact", "contact_id", DeskEntity::Contact),
                    owner,
                    reference_field("campaign", "campaign_id", DeskEntity::Campaign),
                    plain_field("notes", Lines)};
        case DeskEntity::Campaign:
            return {number,
                    name,
                    plain_field("status", Word, "planned running finished canceled"),
                    plain_field("start_date", Day),
                    plain_field("end_date", Day),
                    owner,
                    plain_field("notes", Lines)};
    }
    return {};
}

std::string words_in_prose(std::string_view tokens) {
    const std::vector<std::string> words = split(tokens, ' ');
    std::string out;
    for (std::size_t i = 0; i < words.size(); ++i) {
        if (i > 0) out += i + 1 == words.size() ? " or " : ", ";
        out += words[i];
    }
    return out;
}

std::string canonical_hint(Field field) {
    switch (info(field).type) {
        case ValueType::Text:
            return "a text";
        case ValueType::Number:
            return "a whole number";
        case ValueType::Flag:
            return "true or false";
        case ValueType::Date:
            return "a date, YYYY-MM-DD";
        case ValueType::Instant:
            return "a time with its offset, 2026-11-25T08:15:00Z";
        case ValueType::Zoned:
            return "a time and a zone, '2026-11-25T08:15 Europe/Berlin'";
        case ValueType::TextList:
            return "texts, separated by ;";
        case ValueType::Attendees:
            return "people, 'Ann <ann@example.test> required; bob@example.test'";
    }
    return "a text";
}

}  // namespace

std::string_view to_string(DeskEntity entity) {
    return kDeskNames.at(static_cast<std::size_t>(entity)).name;
}

std::optional<DeskEntity> parse_desk_entity(std::string_view text) {
    for (const DeskEntityNames& known : kDeskNames)
        if (known.name == text) return known.entity;
    return std::nullopt;
}

std::string_view desk_table(DeskEntity entity) {
    return kDeskNames.at(static_cast<std::size_t>(entity)).table;
}

std::string_view desk_number_column(DeskEntity entity) {
    return kDeskNames.at(static_cast<std::size_t>(entity)).number;
}

std::optional<EntityKind> desk_kind(DeskEntity entity) {
    if (entity == DeskEntity::Task) return EntityKind::Task;
    if (entity == DeskEntity::Appointment) return EntityKind::Appointment;
    if (entity == DeskEntity::Contact) return EntityKind::Contact;
    return std::nullopt;
}

std::span<const DeskField> desk_fields(DeskEntity entity) {
    static const std::array<std::vector<DeskField>, 8> fields{
        make_desk_fields(DeskEntity::Task),        make_desk_fields(DeskEntity::Appointment),
        make_desk_fields(DeskEntity::Contact),     make_desk_fields(DeskEntity::Company),
        make_desk_fields(DeskEntity::User),        make_desk_fields(DeskEntity::Type),
        make_desk_fields(DeskEntity::Opportunity), make_desk_fields(DeskEntity::Campaign)};
    return fields.at(static_cast<std::size_t>(entity));
}

const DeskField* find_desk_field(DeskEntity entity, std::string_view name) {
    for (const DeskField& field : desk_fields(entity))
        if (field.name == name || field.column == name) return &field;
    return nullptr;
}

std::string desk_field_hint(const DeskField& field) {
    if (!field.tokens.empty()) return words_in_prose(field.tokens);
    switch (field.value) {
        case DeskValue::Canonical:
            return canonical_hint(*field.field);
        case DeskValue::Line:
        case DeskValue::Lines:
        case DeskValue::Word:
            return "a text";
        case DeskValue::Count:
            return "a whole number, not negative";
        case DeskValue::Flag:
            return "true or false";
        case DeskValue::Day:
            return "a date, YYYY-MM-DD";
        case DeskValue::Address:
            return "a mail address";
        case DeskValue::Addresses:
            return "mail addresses, separated by ;";
        case DeskValue::Reference:
            return "number or id of a " + std::string(to_string(*field.reference));
    }
    return "a text";
}

}  // namespace liaison::crm
