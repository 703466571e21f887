#include "sandbox/ews/item_editor.hpp"

#include <pugixml.hpp>

#include "sandbox/ews/item_shape.hpp"
#include "sandbox/ews/xml_text.hpp"
#include "sandbox/windows_zones.hpp"

namespace liaison::sandbox::ews {
namespace {

constexpr std::size_t subject_length_max = 255;  // ED:r/item
constexpr std::int64_t day_ms = 86'400'000;

std::unexpected<EwsError> invalid_set(std::string_view uri) {
    EwsError error{"ErrorInvalidPropertySet", "Set action is invalid for property.", {}};
    error.values.emplace_back("FieldURI", std::string(uri));
    return std::unexpected(std::move(error));
}

std::unexpected<EwsError> invalid_delete(std::string_view uri) {
    EwsError error{"ErrorInvalidPropertyDelete", "Delete action is invalid for property.", {}};
    error.values.emplace_back("FieldURI", std::string(uri));
    return std::unexpected(std::move(error));
}

std::size_t utf16_length(std::string_view text) {
    std::size_t length = 0;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if ((byte & 0xC0) != 0x80) length += byte >= 0xF0 ? 2 : 1;
    }
    return length;
}

std::vector<pugi::xml_node> element_children(const pugi::xml_node& node) {
    std::vector<pugi::xml_node> out;
    for (const pugi::xml_node child : node.children()) {
        if (child.type() == pugi::node_element) out.push_back(child);
    }
    return out;
}

bool is_date_uri(std::string_view uri) {
    return uri == "task:StartDate" || uri == "task:DueDate" || uri == "task:CompleteDate";
}

bool is_person_date_uri(std::string_view uri) {
    return uri == "contacts:Birthday" || uri == "contacts:WeddingAnniversary";
}

std::int64_t midnight_of(std::int64_t ms) {
    return ms - ((ms % day_ms) + day_ms) % day_ms;
}

std::string bag_prefix_of(const Field& field) {
    if (field.element == "PhysicalAddresses") return "contacts:PhysicalAddress:";
    if (field.element == "EmailAddresses") return "contacts:EmailAddress/";
    return field.uri.substr(0, field.uri.size() - 1) + "/";
}

}  // namespace

ItemEditor::ItemEditor(const RequestContext& context, Item& item, bool creating)
    : context_(context), item_(item), fields_(fields_of(item.kind)), creating_(creating) {
    for (const std::string_view zone : {"calendar:StartTimeZone", "calendar:EndTimeZone"}) {
        zones_before_.emplace(zone, item.properties.text(zone));
    }
}

Outcome<void> ItemEditor::set(const pugi::xml_node& element) {
    if (std::string_view(element.name()) == "ExtendedProperty") return set_extended(element);
    const Field* field = fields_.find_element(element.name());
    if (field == nullptr) return invalid_set(element.name());
    return set_field(*field, element);
}

Outcome<void> ItemEditor::set_field(const Field& field, const pugi::xml_node& element) {
    if (!field.writable && !(creating_ && field.creatable)) return invalid_set(field.uri);
    switch (field.form) {
        case FieldForm::Special:
            return set_special(field, element);
        case FieldForm::Zone:
            return set_zone(field, element);
        case FieldForm::Dictionary:
            set_dictionary(field, element);
            return {};
        case FieldForm::Fragment:
            return set_fragment(field, element);
        case FieldForm::List: {
            std::vector<std::string> values;
            for (const pugi::xml_node& child : element_children(element))
                values.push_back(element_text(child));
            item_.properties.set(field.uri, std::move(values));
            return {};
        }
        case FieldForm::Text:
        case FieldForm::Body:
            break;
    }
    return set_text(field, element);
}

Outcome<void> ItemEditor::set_text(const Field& field, const pugi::xml_node& element) {
    std::string text = element_text(element);
    if (field.uri == "item:Subject" && utf16_length(text) > subject_length_max) {
        return ews_fail("ErrorPropertyValidationFailure",
                        "The subject is longer than 255 characters.");
    }
    const std::string& type = field.schema_type;
    if (type == "dateTime") return set_date_time(field, text);
    if (type == "boolean") {
        text = parse_boolean(text).value_or(false) ? "true" : "false";
    } else if (type == "int") {
        text = std::to_string(parse_integer(text).value_or(0));
    } else if (type == "double") {
        const double value = parse_double(text).value_or(-1);
        if (field.uri == "task:PercentComplete" && !(value >= 0 && value <= 100)) {
            return ews_fail("ErrorInvalidPercentCompleteValue",
                            "PercentComplete must be from 0 to 100.");
        }
        text = format_double(value);
    } else if (field.uri == "item:ReminderMinutesBeforeStart") {
        const auto minutes = parse_integer(text);
        if (!minutes || *minutes < 0 || *minutes > 2'629'800) {
            return ews_fail("ErrorInvalidValueForProperty",
                            "ReminderMinutesBeforeStart is out of range.");
        }
        text = std::to_string(*minutes);
    } else if (type != "string" && type != "anyURI") {
        text = trimmed(text);
    }
    item_.properties.set(field.uri, std::move(text));
    if (item_.kind == ItemKind::Task) couple_task(field.uri);
    return {};
}

// Task dates and birthdays are dates that wear a time: the server drops the time of the first and
// gives 11:59 to the second (exchange-web-services task and contact pages; exchangelib 3.2.0).
// Other values without offset wait for finish().
Outcome<void> ItemEditor::set_date_time(const Field& field, std::string_view text) {
    const auto value = parse_date_time(text);
    if (!value) return ews_fail("ErrorInvalidValueForProperty", "The date-time is malformed.");
    const std::int64_t offset_ms = value->offset_minutes.value_or(0) * std::int64_t{60'000};
    const std::int64_t instant = value->local_ms - offset_ms;
    if (is_date_uri(field.uri)) {
        item_.properties.set(field.uri, format_utc(midnight_of(instant)));
        couple_task(field.uri);
        return {};
    }
    if (is_person_date_uri(field.uri)) {
        item_.properties.set(
            field.uri, format_utc(midnight_of(instant) + (11 * 60 + 59) * std::int64_t{60'000}));
        return {};
    }
    touched_.insert(field.uri);
    if (value->offset_minutes) {
        pending_.erase(field.uri);
        item_.properties.set(field.uri, format_utc(instant));
    } else {
        pending_[field.uri] = value->local_ms;
        item_.properties.set(field.uri, format_utc(value->local_ms));
    }
    return {};
}

Outcome<void> ItemEditor::set_special(const Field& field, const pugi::xml_node& element) {
    if (field.uri == "item:Body") {
        item_.properties.set("item:Body", element_text(element));
        item_.properties.set("item:Body@BodyType",
                             std::string(element.attribute("BodyType").value()));
    } else if (field.uri == "item:Categories") {
        item_.categories.clear();
        for (const pugi::xml_node& child : element_children(element)) {
            std::string name = element_text(child);
            if (std::find(item_.categories.begin(), item_.categories.end(), name) ==
                item_.categories.end()) {
                item_.categories.push_back(std::move(name));
            }
        }
    } else if (field.uri == "item:ItemClass") {
        const std::string item_class = element_text(element);
        if (kind_of_class(item_class) != item_.kind) {
            return ews_fail("ErrorObjectTypeChanged",
                            "The item class does not suit the type of the item.");
        }
        item_.item_class = item_class;
    } else if (field.uri == "item:Attachments") {
        for (const pugi::xml_node& child : element_children(element)) {
            auto read = read_attachment(child);
            if (!read) return std::unexpected(read.error());
            item_.attachments.push_back(std::move(read->attachment));
            attachment_contents_.push_back(std::move(read->content));
        }
    } else if (field.uri != "item:MimeContent") {  // MIME was read before by CreateItem
        return invalid_set(field.uri);
    }
    return {};
}

Outcome<void> ItemEditor::set_zone(const Field& field, const pugi::xml_node& element) {
    const std::string id = element.attribute("Id").value();
    if (!iana_zone_of(id))
        return ews_fail("ErrorCalendarInvalidTimeZone", "The time zone is unknown.");
    item_.properties.set(field.uri, id);
    return {};
}

void ItemEditor::set_dictionary(const Field& field, const pugi::xml_node& element) {
    const std::string prefix = bag_prefix_of(field);
    for (const pugi::xml_node& entry : element_children(element))
        set_dictionary_entry(prefix, entry);
}

void ItemEditor::set_dictionary_entry(const std::string& prefix, const pugi::xml_node& entry) {
    const std::string key = entry.attribute("Key").value();
    const auto store = [this](const std::string& bag_key, std::string text) {
        if (text.empty()) {
            item_.properties.erase_tree(bag_key);
        } else {
            item_.properties.set(bag_key, std::move(text));
        }
    };
    if (prefix.ends_with(':')) {
        for (const pugi::xml_node& part : element_children(entry)) {
            store(prefix + part.name() + "/" + key, element_text(part));
        }
        return;
    }
    store(prefix + key, element_text(entry));
    if (item_.properties.find(prefix + key) == nullptr) return;
    for (const char* name : {"Name", "RoutingType", "MailboxType"}) {
        const pugi::xml_attribute attribute = entry.attribute(name);
        if (attribute)
            item_.properties.set(prefix + key + "@" + name, std::string(attribute.value()));
    }
}

Outcome<void> ItemEditor::set_extended(const pugi::xml_node& element) {
    auto path = read_path(element.child("ExtendedFieldURI"));
    if (!path) return std::unexpected(path.error());
    const bool array = path->extended_type.ends_with("Array");
    const pugi::xml_node values = element.child("Values");
    if (array != static_cast<bool>(values)) {
        return ews_fail("ErrorInvalidExtendedPropertyValue",
                        "Value and Values do not suit the property type.");
    }
    ExtendedValue stored;
    for (const pugi::xml_node& child : element_children(array ? values : element)) {
        if (std::string_view(child.name()) == "Value") stored.values.push_back(element_text(child));
    }
    const std::string_view type = path->extended_type;
    for (std::string& value : stored.values) {
        bool good = true;
        if (type.starts_with("Integer") || type.starts_with("Short") || type.starts_with("Long")) {
            good = parse_integer(value).has_value();
        } else if (type.starts_with("Boolean")) {
            const auto flag = parse_boolean(value);
            good = flag.has_value();
            if (good) value = *flag ? "true" : "false";
        } else if (type.starts_with("Double") || type.starts_with("Float")) {
            good = parse_double(value).has_value();
        } else if (type.starts_with("CLSID")) {
            good = is_guid(value);
        } else if (type.starts_with("SystemTime")) {
            const auto time = parse_date_time(value);
            good = time.has_value();
            if (good)
                value = format_utc(time->local_ms -
                                   time->offset_minutes.value_or(0) * std::int64_t{60'000});
        }
        if (!good)
            return ews_fail("ErrorInvalidExtendedPropertyValue",
                            "The value does not suit the property type.");
    }
    if (path->extended_key == "Integer 0xe07" && creating_) {  // PR_MESSAGE_FLAGS: read 1, unsent 8
        const std::int64_t flags = parse_integer(stored.values.at(0)).value_or(0);
        item_.properties.set("item:IsDraft", std::string((flags & 8) != 0 ? "true" : "false"));
        item_.properties.set("message:IsRead", std::string((flags & 1) != 0 ? "true" : "false"));
        return {};
    }
    item_.extended[path->extended_key] = std::move(stored);
    return {};
}

Outcome<void> ItemEditor::set_path(const FieldPath& path, const pugi::xml_node& type_element) {
    const auto children = element_children(type_element);
    if (children.size() != 1) {
        return ews_fail("ErrorIncorrectUpdatePropertyCount",
                        "A change must set exactly one property.");
    }
    const pugi::xml_node& element = children[0];
    const std::unexpected<EwsError> mismatch =
        ews_fail("ErrorUpdatePropertyMismatch", "The path and the property of the change differ.");
    if (path.kind == FieldPath::Kind::Extended) {
        if (std::string_view(element.name()) != "ExtendedProperty") return mismatch;
        const auto inner = read_path(element.child("ExtendedFieldURI"));
        if (!inner) return std::unexpected(inner.error());
        if (inner->extended_key != path.extended_key) return mismatch;
        return set_extended(element);
    }
    if (path.kind == FieldPath::Kind::Indexed) {
        const Field* field = fields_.find_uri(dictionary_of(path.uri));
        if (field == nullptr) return invalid_set(path.uri);
        if (field->element != element.name()) return mismatch;
        return set_indexed(path, element);
    }
    const Field* field = fields_.find_uri(path.uri);
    if (field == nullptr) return invalid_set(path.uri);
    if (field->element != element.name()) return mismatch;
    return set_field(*field, element);
}

Outcome<void> ItemEditor::set_indexed(const FieldPath& path, const pugi::xml_node& dictionary) {
    const auto entries = element_children(dictionary);
    const bool address = path.uri.starts_with("contacts:PhysicalAddress:");
    if (entries.size() != 1 || path.index != entries[0].attribute("Key").value()) {
        return ews_fail("ErrorUpdatePropertyMismatch",
                        "The path and the entry of the change differ.");
    }
    if (address) {
        const auto parts = element_children(entries[0]);
        const std::string_view wanted = std::string_view(path.uri).substr(path.uri.rfind(':') + 1);
        if (parts.size() != 1 || wanted != parts[0].name()) {
            return ews_fail("ErrorUpdatePropertyMismatch",
                            "The path and the part of the address differ.");
        }
    } else {
        item_.properties.erase_tree(path.bag_key());
    }
    set_dictionary_entry(address ? "contacts:PhysicalAddress:" : path.uri + "/", entries[0]);
    return {};
}

Outcome<void> ItemEditor::append_path(const FieldPath& path, const pugi::xml_node& type_element) {
    const auto children = element_children(type_element);
    if (children.size() != 1) {
        return ews_fail("ErrorIncorrectUpdatePropertyCount",
                        "A change must append to exactly one property.");
    }
    static constexpr std::string_view appendable[] = {"item:Body",
                                                      "message:ToRecipients",
                                                      "message:CcRecipients",
                                                      "message:BccRecipients",
                                                      "message:ReplyTo",
                                                      "calendar:RequiredAttendees",
                                                      "calendar:OptionalAttendees",
                                                      "calendar:Resources"};
    const Field* field = path.kind == FieldPath::Kind::Plain ? fields_.find_uri(path.uri) : nullptr;
    if (field == nullptr ||
        std::find(std::begin(appendable), std::end(appendable), path.uri) == std::end(appendable)) {
        return ews_fail("ErrorInvalidPropertyAppend", "Append action is invalid for property.");
    }
    if (field->element != children[0].name()) {
        return ews_fail("ErrorUpdatePropertyMismatch",
                        "The path and the property of the change differ.");
    }
    const PropertyValue* before = item_.properties.find(path.uri);
    const PropertyValue kept = before == nullptr ? PropertyValue{} : *before;
    if (auto ok = set_field(*field, children[0]); !ok) return ok;
    if (before == nullptr || kept == PropertyValue{}) return {};
    if (const auto* text = std::get_if<std::string>(&kept)) {
        item_.properties.set(path.uri, *text + std::string(item_.properties.text(path.uri)));
    } else if (const auto* fragment = std::get_if<Fragment>(&kept)) {
        const auto added = std::get<Fragment>(*item_.properties.find(path.uri));
        item_.properties.set(path.uri, Fragment{fragment->xml + added.xml});
    }
    return {};
}

Outcome<void> ItemEditor::erase_path(const FieldPath& path) {
    if (path.kind == FieldPath::Kind::Extended) {
        item_.extended.erase(path.extended_key);
        return {};
    }
    if (path.kind == FieldPath::Kind::Indexed) {
        if (fields_.find_uri(dictionary_of(path.uri)) == nullptr) {
            return invalid_delete(path.uri);
        }
        item_.properties.erase_tree(path.bag_key());
        return {};
    }
    const Field* field = fields_.find_uri(path.uri);
    if (field == nullptr || !field->writable || field->uri == "item:ItemClass" ||
        field->uri == "calendar:Start" || field->uri == "calendar:End") {
        return invalid_delete(path.uri);
    }
    if (field->uri == "item:Categories") {
        item_.categories.clear();
    } else if (field->form == FieldForm::Dictionary) {
        const std::string prefix = bag_prefix_of(*field);
        std::vector<std::string> keys;
        for (const auto& [key, value] : item_.properties.entries()) {
            if (key.starts_with(prefix)) keys.emplace_back(key);
        }
        for (const auto& key : keys) item_.properties.erase(key);
    } else {
        item_.properties.erase_tree(field->uri);
        if (item_.kind == ItemKind::Task) couple_task(field->uri);
    }
    return {};
}

}  // namespace liaison::sandbox::ews
