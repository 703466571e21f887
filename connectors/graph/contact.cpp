#include "connectors/graph/contact.hpp"

#include <algorithm>
#include <array>

#include "connectors/zones.hpp"
#include "core/http_message.hpp"
#include "core/limits.hpp"
#include "core/text.hpp"

namespace liaison::graph {

namespace {

struct NamedField {
    Field field;
    std::string_view name;
};
constexpr std::array<NamedField, 11> kPlainContactFields = {{
    {Field::DisplayName, "displayName"},
    {Field::GivenName, "givenName"},
    {Field::Initials, "initials"},
    {Field::MiddleName, "middleName"},
    {Field::FamilyName, "surname"},
    {Field::Salutation, "title"},
    {Field::CompanyName, "companyName"},
    {Field::Department, "department"},
    {Field::JobTitle, "jobTitle"},
    {Field::PhoneMobile, "mobilePhone"},
    {Field::Url, "businessHomePage"},
}};
constexpr std::array<NamedField, 2> kPhoneLists = {{
    {Field::PhoneBusiness, "businessPhones"},
    {Field::PhoneHome, "homePhones"},
}};
constexpr std::array<Field, 3> kEmailFields = {Field::Email1, Field::Email2, Field::Email3};

struct AddressPart {
    Field field;
    std::string_view address;
    std::string_view part;
};
constexpr std::array<AddressPart, 10> kAddressParts = {{
    {Field::BusinessStreet, "businessAddress", "street"},
    {Field::BusinessCity, "businessAddress", "city"},
    {Field::BusinessState, "businessAddress", "state"},
    {Field::BusinessCountry, "businessAddress", "countryOrRegion"},
    {Field::BusinessPostalCode, "businessAddress", "postalCode"},
    {Field::OtherStreet, "otherAddress", "street"},
    {Field::OtherCity, "otherAddress", "city"},
    {Field::OtherState, "otherAddress", "state"},
    {Field::OtherCountry, "otherAddress", "countryOrRegion"},
    {Field::OtherPostalCode, "otherAddress", "postalCode"},
}};

FieldMask name_block() {
    return {Field::GivenName, Field::MiddleName, Field::FamilyName, Field::DisplayName,
            Field::CompanyName};
}

const JsonArray& present_list(const JsonObject& present, std::string_view name) {
    static const JsonArray none;
    const JsonValue* value = present.if_contains(name);
    const JsonArray* list = value ? value->if_array() : nullptr;
    return list ? *list : none;
}

/// The mapped addresses, then what stood behind them. A name that belongs to an address stays.
JsonArray written_emails(const PatchView& patch, const JsonObject& present) {
    const JsonArray& old = present_list(present, "emailAddresses");
    JsonArray out;
    for (const Field field : kEmailFields) {
        const std::string address = patch.text(field);
        if (address.empty()) continue;
        JsonObject entry{{"address", json_text(address)}};
        for (const JsonValue& known : old)
            if (const std::string_view name = text_in(object_in(known), "name");
                !name.empty() && iequals(text_in(object_in(known), "address"), address))
                entry["name"] = json_text(name);
        out.push_back(std::move(entry));
    }
    for (std::size_t i = kEmailFields.size(); i < old.size(); ++i) out.push_back(old[i]);
    return out;
}

JsonArray written_phones(const std::string& first, const JsonArray& old) {
    JsonArray out;
    if (!first.empty()) out.push_back(json_text(first));
    for (std::size_t i = 1; i < old.size(); ++i) out.push_back(old[i]);
    return out;
}

void write_addresses(const PatchView& patch, JsonObject& out) {
    for (const std::string_view address : {"businessAddress", "otherAddress"}) {
        JsonObject parts;
        bool any = false;
        for (const AddressPart& part : kAddressParts) {
            if (part.address != address) continue;
            any = any || patch.has(part.field);
            parts[part.part] = json_text(patch.text(part.field));
        }
        if (any) out[address] = std::move(parts);
    }
}

std::optional<Date> read_birthday(const EntityReader& entity, const MappingContext& context) {
    const std::string text = entity.text("birthday");
    if (const auto instant = parse_timestamp(text))
        return date_in_disguise(*instant, context.time_zone);
    return parse_date(std::string_view(text).substr(0, 10));
}

/// Two texts of the first entries of a collection, closed up.
void close_up_emails(Record& record) {
    std::vector<std::string> addresses;
    for (const Field field : kEmailFields) {
        if (!record.text(field).empty()) addresses.emplace_back(record.text(field));
        record.erase(field);
    }
    for (std::size_t i = 0; i < addresses.size(); ++i) record.set(kEmailFields[i], addresses[i]);
}

}  // namespace

ItemContent read_contact(const EntityReader& entity, const MappingContext& context) {
    Record record(EntityKind::Contact);
    for (const NamedField& plain : kPlainContactFields) record.set(plain.field, entity.text(plain.name));
    for (const NamedField& phone : kPhoneLists)
        if (const TextList list = entity.texts(phone.name); !list.empty())
            record.set(phone.field, list.front());
    std::size_t slot = 0;
    for (const EntityReader& mailbox : entity.objects("emailAddresses")) {
        if (slot == kEmailFields.size()) break;
        std::string address = mailbox.text("address");
        if (!trim(address).empty()) record.set(kEmailFields[slot++], std::move(address));
    }
    for (const AddressPart& part : kAddressParts)
        record.set(part.field, entity.object(part.address).text(part.part));
    record.set(Field::Fax, read_extended(entity, kBusinessFaxTag));
    const std::string sensitivity = read_extended(entity, kSensitivityTag);
    record.set(Field::IsPrivate, sensitivity == "2" || sensitivity == "3");
    if (const auto birthday = read_birthday(entity, context)) record.set(Field::Birthday, *birthday);
    record.set(Field::Notes, truncate_chars(entity.text("personalNotes"), limits::body_chars_max));
    read_categories(entity.texts("categories"), record);
    record.erase(Field::StateCategory);
    return record;
}

JsonObject contact_writes(const Patch& patch, const JsonObject& present) {
    const PatchView view(patch);
    JsonObject out;
    bool names_change = false;
    for (const NamedField& plain : kPlainContactFields) {
        if (!view.has(plain.field)) continue;
        out[plain.name] = json_text_or_null(view.text(plain.field));
        names_change = names_change || name_block().has(plain.field);
    }
    if (names_change)
        out["fileAs"] = json_text(truncate_chars(file_as(view), limits::subject_chars_max));
    if (view.has(Field::Email1) || view.has(Field::Email2) || view.has(Field::Email3))
        out["emailAddresses"] = written_emails(view, present);
    for (const NamedField& phone : kPhoneLists)
        if (view.has(phone.field))
            out[phone.name] = written_phones(view.text(phone.field), present_list(present, phone.name));
    write_addresses(view, out);
    if (view.has(Field::Birthday)) {
        const Date* date = view.get<Date>(Field::Birthday);
        out["birthday"] = date ? JsonValue(format_date(*date) + "T11:59:00Z") : JsonValue(nullptr);
    }
    if (view.has(Field::Notes)) out["personalNotes"] = json_text(view.text(Field::Notes));
    if (view.has(Field::Categories)) out["categories"] = json_texts(written_categories(view));
    JsonArray extended;
    if (view.has(Field::Fax)) extended.push_back(extended_property(kBusinessFaxTag, view.text(Field::Fax)));
    if (view.has(Field::IsPrivate))
        extended.push_back(extended_property(kSensitivityTag, view.flag(Field::IsPrivate) ? "2" : "0"));
    if (!extended.empty()) out["singleValueExtendedProperties"] = std::move(extended);
    return out;
}

Record project_contact(const Record& record) {
    Record out = record.masked(contact_writable());
    project_common(out, Field::Notes);
    project_display_name(out);
    const FieldMask long_texts{Field::Notes, Field::BusinessStreet, Field::OtherStreet, Field::Url};
    const Record before = out;
    for (const auto& [field, value] : before.values())
        if (const auto* text = std::get_if<std::string>(&value); text && !long_texts.has(field))
            out.set(field, truncate_chars(*text, limits::subject_chars_max));
    close_up_emails(out);
    return out;
}

FieldMask contact_writable() {
    FieldMask mask{Field::Birthday, Field::Notes, Field::IsPrivate, Field::Categories, Field::Fax};
    for (const NamedField& plain : kPlainContactFields) mask.add(plain.field);
    for (const NamedField& phone : kPhoneLists) mask.add(phone.field);
    for (const Field email : kEmailFields) mask.add(email);
    for (const AddressPart& part : kAddressParts) mask.add(part.field);
    return mask;
}

std::vector<FieldMask> contact_write_groups() {
    FieldMask business, other;
    for (const AddressPart& part : kAddressParts)
        (part.address == "businessAddress" ? business : other).add(part.field);
    return {name_block(), FieldMask{Field::Email1, Field::Email2, Field::Email3}, business, other};
}

}  // namespace liaison::graph
