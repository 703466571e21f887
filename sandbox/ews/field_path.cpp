#include <pugixml.hpp>

#include <array>
#include <charconv>

#include "sandbox/ews/fields.hpp"
#include "sandbox/ews/lexical.hpp"
#include "sandbox/ews/xml_text.hpp"

namespace liaison::sandbox::ews {
namespace {

struct PropertySetRow {
    std::string_view name;
    std::string_view guid;
};

// MS-OXPROPS 1.3.2, the names of DistinguishedPropertySetType.
constexpr std::array property_sets{
    PropertySetRow{"Meeting", "6ed8da90-450b-101b-98da-00aa003f1305"},
    PropertySetRow{"Appointment", "00062002-0000-0000-c000-000000000046"},
    PropertySetRow{"Common", "00062008-0000-0000-c000-000000000046"},
    PropertySetRow{"PublicStrings", "00020329-0000-0000-c000-000000000046"},
    PropertySetRow{"Address", "00062004-0000-0000-c000-000000000046"},
    PropertySetRow{"InternetHeaders", "00020386-0000-0000-c000-000000000046"},
    PropertySetRow{"CalendarAssistant", "11000e07-b51b-40d6-af21-caa85edab1d0"},
    PropertySetRow{"UnifiedMessaging", "4442858e-a9e3-4e80-b900-317a210cc15b"},
    PropertySetRow{"Task", "00062003-0000-0000-c000-000000000046"},
    PropertySetRow{"Sharing", "00062040-0000-0000-c000-000000000046"}};

std::optional<std::uint32_t> parse_tag(std::string_view text) {
    std::uint32_t value = 0;
    const bool hex = text.starts_with("0x") || text.starts_with("0X");
    if (hex) text.remove_prefix(2);
    const auto [end, error] =
        std::from_chars(text.data(), text.data() + text.size(), value, hex ? 16 : 10);
    if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return value;
}

Outcome<FieldPath> read_extended(const pugi::xml_node& node) {
    const pugi::xml_attribute set = node.attribute("DistinguishedPropertySetId");
    const pugi::xml_attribute guid = node.attribute("PropertySetId");
    const pugi::xml_attribute name = node.attribute("PropertyName");
    const pugi::xml_attribute id = node.attribute("PropertyId");
    const pugi::xml_attribute tag = node.attribute("PropertyTag");
    FieldPath path;
    path.kind = FieldPath::Kind::Extended;
    path.extended_type = node.attribute("PropertyType").value();
    append_canonical(path.extended_xml, node);
    if (path.extended_type == "Object" || path.extended_type == "ObjectArray" ||
        path.extended_type == "Null" || path.extended_type == "Error") {
        return ews_fail("ErrorUnsupportedTypeForConversion",
                        "The property type cannot be read or set.");
    }
    if (tag) {
        if (set || guid || name || id) {
            return ews_fail("ErrorInvalidExtendedProperty",
                            "PropertyTag excludes the other attributes.");
        }
        const auto value = parse_tag(tag.value());
        if (!value)
            return ews_fail("ErrorInvalidExtendedProperty", "The property tag is malformed.");
        if (*value >= 0x8000) {
            return ews_fail("ErrorNoPropertyTagForCustomProperties",
                            "Custom properties have no property tag.");
        }
        path.extended_key = extended_key_by_tag(path.extended_type, *value);
        return path;
    }
    if (static_cast<bool>(set) == static_cast<bool>(guid) ||
        static_cast<bool>(name) == static_cast<bool>(id)) {
        return ews_fail("ErrorInvalidExtendedProperty",
                        "The extended property attribute combination is invalid.");
    }
    std::string_view set_guid = guid.value();
    for (const PropertySetRow& row : property_sets) {
        if (set && row.name == set.value()) set_guid = row.guid;
    }
    if (name) {
        path.extended_key = extended_key_by_name(path.extended_type, set_guid, name.value());
    } else {
        path.extended_key = extended_key_by_id(path.extended_type, set_guid,
                                               static_cast<std::uint32_t>(id.as_llong()));
    }
    return path;
}

}  // namespace

bool is_path_element(std::string_view name) {
    return name == "FieldURI" || name == "IndexedFieldURI" || name == "ExtendedFieldURI";
}

Outcome<FieldPath> read_path(const pugi::xml_node& node) {
    const std::string_view name = node.name();
    if (name == "ExtendedFieldURI") return read_extended(node);
    FieldPath path;
    path.uri = node.attribute("FieldURI").value();
    if (name == "IndexedFieldURI") {
        path.kind = FieldPath::Kind::Indexed;
        path.index = node.attribute("FieldIndex").value();
    }
    return path;
}

std::string extended_field_uri_xml(std::string_view key) {
    std::string out = "<t:ExtendedFieldURI";
    const std::size_t space = key.find(' ');
    const std::string_view type = key.substr(0, space);
    std::string_view rest =
        space == std::string_view::npos ? std::string_view{} : key.substr(space + 1);
    if (rest.starts_with("{") && rest.size() > 38) {
        out += " PropertySetId=\"" + std::string(rest.substr(1, 36)) + "\"";
        rest.remove_prefix(39);
        if (rest.starts_with("Name ")) out += " PropertyName=\"" + escaped(rest.substr(5)) + "\"";
        if (rest.starts_with("Id ")) {
            out += " PropertyId=\"" + std::to_string(parse_tag(rest.substr(3)).value_or(0)) + "\"";
        }
    } else {
        out += " PropertyTag=\"" + std::string(rest) + "\"";
    }
    return out + " PropertyType=\"" + std::string(type) + "\"/>";
}

}  // namespace liaison::sandbox::ews
