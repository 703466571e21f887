#include "sandbox/ews/item_writer.hpp"
#include "sandbox/ews/lexical.hpp"
#include "sandbox/ews/query.hpp"
#include "sandbox/ews/xml_text.hpp"

namespace liaison::sandbox::ews {
namespace {

std::unexpected<EwsError> unsupported_path(const std::string& uri) {
    EwsError error{"ErrorUnsupportedPathForQuery",
                   "The property can not be used with this type of restriction.",
                   {}};
    error.values.emplace_back("FieldURI", uri);
    return std::unexpected(std::move(error));
}

ValueType type_of_field(const Field& field) {
    if (field.schema_type == "dateTime") return ValueType::DateTime;
    if (field.schema_type == "boolean") return ValueType::Boolean;
    if (field.schema_type == "int" || field.schema_type == "double" ||
        field.schema_type == "long" || field.uri == "item:ReminderMinutesBeforeStart") {
        return ValueType::Number;
    }
    return ValueType::Text;
}

const Field* searchable_field(std::string_view uri) {
    for (const ItemKind kind :
         {ItemKind::Message, ItemKind::Task, ItemKind::Appointment, ItemKind::Contact}) {
        if (const Field* field = fields_of(kind).find_uri(uri)) return field;
    }
    return nullptr;
}

std::vector<std::string> special_values(const Item& item, std::string_view uri) {
    if (uri == "item:ItemClass") return {item.item_class};
    if (uri == "item:Size") return {std::to_string(item.size)};
    if (uri == "item:Categories") return item.categories;
    if (uri == "item:DateTimeCreated") return {format_utc(item.created)};
    if (uri == "item:LastModifiedTime") return {format_utc(item.modified)};
    if (uri == "item:HasAttachments") {
        const bool has = std::any_of(item.attachments.begin(), item.attachments.end(),
                                     [](const Attachment& a) { return !a.is_inline; });
        return {has ? "true" : "false"};
    }
    if (uri == "task:IsComplete")
        return {item.properties.text("task:Status") == "Completed" ? "true" : "false"};
    if (uri == "calendar:IsMeeting") {
        return {item.properties.find("calendar:RequiredAttendees") != nullptr ||
                        item.properties.find("calendar:OptionalAttendees") != nullptr
                    ? "true"
                    : "false"};
    }
    return {};
}

// Names and addresses of all t:Mailbox elements.
std::vector<std::string> people_values(const Item& item, std::string_view key) {
    std::vector<std::string> out;
    const PropertyValue* value = item.properties.find(key);
    const auto* fragment = value == nullptr ? nullptr : std::get_if<Fragment>(value);
    if (fragment == nullptr) return out;
    std::string_view rest = fragment->xml;
    for (std::size_t end = 0; (end = rest.find("</t:Mailbox>")) != std::string_view::npos;
         rest.remove_prefix(end + 12)) {
        const std::string_view one = rest.substr(0, end);
        out.push_back(fragment_text(one, "t:Name"));
        if (std::string address = fragment_text(one, "t:EmailAddress"); !address.empty())
            out.push_back(std::move(address));
    }
    return out;
}

}  // namespace

ValueType extended_value_type(std::string_view type) {
    if (type.starts_with("Integer") || type.starts_with("Short") || type.starts_with("Long") ||
        type.starts_with("Double") || type.starts_with("Float") || type.starts_with("Currency")) {
        return ValueType::Number;
    }
    if (type.starts_with("SystemTime")) return ValueType::DateTime;
    if (type.starts_with("Boolean")) return ValueType::Boolean;
    return type.starts_with("String") ? ValueType::Text : ValueType::Bytes;
}

Outcome<ValueType> item_path_type(const FieldPath& path) {
    if (path.kind == FieldPath::Kind::Extended) return extended_value_type(path.extended_type);
    if (path.kind == FieldPath::Kind::Indexed) {
        if (dictionary_of(path.uri).empty()) return unsupported_path(path.uri);
        return ValueType::Text;
    }
    const Field* field = searchable_field(path.uri);
    if (field == nullptr || !field->queryable) return unsupported_path(path.uri);
    return type_of_field(*field);
}

std::vector<std::string> item_values(const RequestContext& context, const Item& item,
                                     const FieldPath& path) {
    if (path.kind == FieldPath::Kind::Extended) {
        const auto stored = item.extended.find(path.extended_key);
        if (stored != item.extended.end()) return stored->second.values;
        return computed_extended_value(context, item, path.extended_key);
    }
    if (path.uri == "item:DisplayTo") return people_values(item, "message:ToRecipients");
    if (path.uri == "item:DisplayCc") return people_values(item, "message:CcRecipients");
    const std::string key = path.bag_key();
    const PropertyValue* value = item.properties.find(key);
    if (value != nullptr) {
        if (const auto* text = std::get_if<std::string>(value)) return {*text};
        if (const auto* list = std::get_if<std::vector<std::string>>(value)) return *list;
        return people_values(item, key);
    }
    std::vector<std::string> special = special_values(item, path.uri);
    if (!special.empty()) return special;
    if (fields_of(item.kind).find_uri(path.uri) == nullptr) return {};
    const std::string_view fallback = default_text(path.uri);
    return fallback.empty() ? std::vector<std::string>{}
                            : std::vector<std::string>{std::string(fallback)};
}

}  // namespace liaison::sandbox::ews
