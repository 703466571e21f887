#include "connectors/ews/contact_item.hpp"

#include <array>
#include <cctype>

#include "connectors/ews/item_values.hpp"
#include "core/limits.hpp"
#include "core/text.hpp"

namespace liaison::ews {

namespace {

struct PlainField {
    Field field;
    std::string_view element;
};
constexpr std::array<PlainField, 8> kPlainFields = {{
    {Field::DisplayName, "DisplayName"},
    {Field::GivenName, "GivenName"},
    {Field::Initials, "Initials"},
    {Field::MiddleName, "MiddleName"},
    {Field::CompanyName, "CompanyName"},
    {Field::Department, "Department"},
    {Field::JobTitle, "JobTitle"},
    {Field::FamilyName, "Surname"},
}};

struct EntryField {
    Field field;
    std::string_view container;
    std::string_view uri;
    std::string_view key;
};
constexpr std::array<EntryField, 7> kEntryFields = {{
    {Field::Email1, "EmailAddresses", "contacts:EmailAddress", "EmailAddress1"},
    {Field::Email2, "EmailAddresses", "contacts:EmailAddress", "EmailAddress2"},
    {Field::Email3, "EmailAddresses", "contacts:EmailAddress", "EmailAddress3"},
    {Field::PhoneBusiness, "PhoneNumbers", "contacts:PhoneNumber", "BusinessPhone"},
    {Field::PhoneMobile, "PhoneNumbers", "contacts:PhoneNumber", "MobilePhone"},
    {Field::PhoneHome, "PhoneNumbers", "contacts:PhoneNumber", "HomePhone"},
    {Field::Fax, "PhoneNumbers", "contacts:PhoneNumber", "BusinessFax"},
}};

struct AddressField {
    Field field;
    std::string_view key;
    std::string_view part;
};
constexpr std::array<AddressField, 10> kAddressFields = {{
    {Field::BusinessStreet, "Business", "Street"},
    {Field::BusinessCity, "Business", "City"},
    {Field::BusinessState, "Business", "State"},
    {Field::BusinessCountry, "Business", "CountryOrRegion"},
    {Field::BusinessPostalCode, "Business", "PostalCode"},
    {Field::OtherStreet, "Other", "Street"},
    {Field::OtherCity, "Other", "City"},
    {Field::OtherState, "Other", "State"},
    {Field::OtherCountry, "Other", "CountryOrRegion"},
    {Field::OtherPostalCode, "Other", "PostalCode"},
}};

constexpr std::string_view kDisplayNamePrefixTag = "0x3a45";  // PidTagDisplayNamePrefix

void write_names(const PatchView& patch, std::vector<PropertyWrite>& out) {
    bool any = false;
    for (const PlainField& plain : kPlainFields) {
        if (!patch.has(plain.field)) continue;
        put_text(out, "contacts:" + std::string(plain.element), plain.element,
                 patch.text(plain.field));
        any = any || contact_name_block().has(plain.field);
    }
    if (any)
        put_text(out, "contacts:FileAs", "FileAs",
                 truncate_chars(file_as(patch), limits::subject_chars_max));
}

void write_entries(const PatchView& patch, std::vector<PropertyWrite>& out) {
    for (const EntryField& entry : kEntryFields) {
        if (!patch.has(entry.field)) continue;
        PropertyWrite write{PropertyPath::indexed(entry.uri, entry.key),
                            std::string(entry.container),
                            std::string(entry.key),
                            {}};
        const std::string text = patch.text(entry.field);
        if (!text.empty())
            XmlWriter(write.xml)
                .open("t:Entry")
                .attribute("Key", entry.key)
                .text(text)
                .close("t:Entry");
        out.push_back(std::move(write));
    }
    for (const AddressField& part : kAddressFields) {
        if (!patch.has(part.field)) continue;
        PropertyWrite write{
            PropertyPath::indexed("contacts:PhysicalAddress:" + std::string(part.part), part.key),
            "PhysicalAddresses",
            std::string(part.key),
            {}};
        const std::string text = patch.text(part.field);
        if (!text.empty()) XmlWriter(write.xml).leaf("t:" + std::string(part.part), text);
        out.push_back(std::move(write));
    }
}

bool is_hex(char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

/// Can the byte stand in a URI (RFC 3986), or in an IRI beyond ASCII?
bool is_uri_byte(std::string_view text, std::size_t i) {
    const char c = text[i];
    if (static_cast<unsigned char>(c) >= 0x80) return true;
    if (c == '%') return i + 2 < text.size() && is_hex(text[i + 1]) && is_hex(text[i + 2]);
    if (c == '#') return text.substr(0, i).find('#') == std::string_view::npos;
    if (c == ':') {  // after a scheme, or after the first slash
        const std::string_view before = text.substr(0, i);
        if (before.find('/') != std::string_view::npos) return true;
        return !before.empty() && std::all_of(before.begin(), before.end(), [](char b) {
            return std::isalnum(static_cast<unsigned char>(b)) || b == '+' || b == '-' || b == '.';
        });
    }
    if (std::isalnum(static_cast<unsigned char>(c))) return true;
    return std::string_view("-._~!$&'()*+,;=@/?").find(c) != std::string_view::npos;
}

/// What people type as a web page, as a text that xs:anyURI takes. Idempotent.
std::string as_uri(std::string_view url) {
    constexpr std::string_view kHex = "0123456789ABCDEF";
    constexpr std::string_view kReplacement =
        "\xEF\xBF\xBD";  // what cleaning puts for no character
    std::string out;
    for (std::size_t i = 0; i < url.size(); ++i) {
        if (url.substr(i).starts_with(kReplacement)) {
            out += "%EF%BF%BD";
            i += kReplacement.size() - 1;
        } else if (is_uri_byte(url, i)) {
            out += url[i];
        } else {
            const auto byte = static_cast<unsigned char>(url[i]);
            out += '%';
            out += kHex[byte >> 4];
            out += kHex[byte & 15];
        }
    }
    return out;
}

}  // namespace

FieldMask contact_name_block() {
    return {Field::GivenName, Field::MiddleName, Field::FamilyName, Field::DisplayName,
            Field::CompanyName};
}

std::vector<PropertyPath> contact_properties(const MappingContext& context) {
    std::vector<PropertyPath> paths = common_properties(context);
    for (const PlainField& plain : kPlainFields)
        paths.push_back(PropertyPath::plain("contacts:" + std::string(plain.element)));
    for (const EntryField& entry : kEntryFields)
        paths.push_back(PropertyPath::indexed(entry.uri, entry.key));
    for (const AddressField& part : kAddressFields)
        paths.push_back(
            PropertyPath::indexed("contacts:PhysicalAddress:" + std::string(part.part), part.key));
    paths.push_back(PropertyPath::plain("contacts:Birthday"));
    paths.push_back(PropertyPath::plain("contacts:BusinessHomePage"));
    paths.push_back(PropertyPath::tagged(kDisplayNamePrefixTag));
    return paths;
}

ItemContent read_contact(const XmlNode& item, const MappingContext& context) {
    if (item.name() != "Contact") return Unreadable{"unknown_class", clean_utf8(item.name())};
    Record record(EntityKind::Contact);
    read_common(item, record, Field::Notes);
    record.erase(Field::Subject);
    for (const PlainField& plain : kPlainFields)
        record.set(plain.field, item.child_text(plain.element));
    for (const EntryField& entry : kEntryFields)
        for (const XmlNode& node : item.child(entry.container))
            if (node.attribute("Key") == entry.key) record.set(entry.field, node.text());
    for (const AddressField& part : kAddressFields)
        for (const XmlNode& node : item.child("PhysicalAddresses"))
            if (node.attribute("Key") == part.key)
                record.set(part.field, node.child_text(part.part));
    record.set(Field::Salutation, read_tagged_property(item, kDisplayNamePrefixTag));
    record.set(Field::Url, item.child_text("BusinessHomePage"));
    if (const auto birthday = read_date(item, "Birthday", context.time_zone))
        record.set(Field::Birthday, *birthday);
    return record;
}

std::vector<PropertyWrite> contact_writes(const Patch& patch, const MappingContext&) {
    const PatchView view(patch);
    std::vector<PropertyWrite> out;
    write_common(view, out, Field::Notes);
    write_names(view, out);
    write_entries(view, out);
    if (view.has(Field::Birthday)) {
        const Date* date = view.get<Date>(Field::Birthday);
        put_text(out, "contacts:Birthday", "Birthday",
                 date ? format_date(*date) + "T11:59:00Z" : std::string());
    }
    if (view.has(Field::Url))
        put_text(out, "contacts:BusinessHomePage", "BusinessHomePage",
                 as_uri(view.text(Field::Url)));
    if (view.has(Field::Salutation))
        put_extended(out, PropertyPath::tagged(kDisplayNamePrefixTag),
                     view.text(Field::Salutation));
    return out;
}

Record project_contact(const Record& record, const MappingContext&) {
    Record out = record.masked(contact_writable());
    project_common(out, Field::Notes);
    project_display_name(out);
    if (out.find(Field::Url)) out.set(Field::Url, as_uri(out.text(Field::Url)));
    const FieldMask long_texts{Field::Notes, Field::BusinessStreet, Field::OtherStreet, Field::Url};
    const Record before = out;
    for (const auto& [field, value] : before.values())
        if (const auto* text = std::get_if<std::string>(&value); text && !long_texts.has(field))
            out.set(field, truncate_chars(*text, limits::subject_chars_max));
    return out;
}

FieldMask contact_writable() {
    FieldMask mask =
        contact_name_block() | FieldMask{Field::Salutation, Field::Initials,  Field::JobTitle,
                                         Field::Department, Field::Url,       Field::Birthday,
                                         Field::Notes,      Field::IsPrivate, Field::Categories};
    for (const EntryField& entry : kEntryFields) mask.add(entry.field);
    for (const AddressField& part : kAddressFields) mask.add(part.field);
    return mask;
}

}  // namespace liaison::ews
