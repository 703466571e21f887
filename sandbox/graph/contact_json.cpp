#include "sandbox/ews/xml_text.hpp"
#include "sandbox/graph/entity_json.hpp"
#include "sandbox/graph/entity_write.hpp"
#include "sandbox/graph/ews_bridge.hpp"

namespace liaison::sandbox::graph {
namespace {

constexpr std::string_view name_prefix_key = "String 0x3a45";  // PidTagDisplayNamePrefix

// Graph's plain text properties and where the store keeps them.
struct ContactText {
    std::string_view graph;
    std::string_view element;
    std::string_view uri;
};
constexpr ContactText contact_texts[] = {
    {"fileAs", "FileAs", "contacts:FileAs"},
    {"displayName", "DisplayName", "contacts:DisplayName"},
    {"givenName", "GivenName", "contacts:GivenName"},
    {"initials", "Initials", "contacts:Initials"},
    {"middleName", "MiddleName", "contacts:MiddleName"},
    {"nickName", "Nickname", "contacts:Nickname"},
    {"surname", "Surname", "contacts:Surname"},
    {"generation", "Generation", "contacts:Generation"},
    {"jobTitle", "JobTitle", "contacts:JobTitle"},
    {"companyName", "CompanyName", "contacts:CompanyName"},
    {"department", "Department", "contacts:Department"},
    {"officeLocation", "OfficeLocation", "contacts:OfficeLocation"},
    {"profession", "Profession", "contacts:Profession"},
    {"businessHomePage", "BusinessHomePage", "contacts:BusinessHomePage"},
    {"assistantName", "AssistantName", "contacts:AssistantName"},
    {"manager", "Manager", "contacts:Manager"},
    {"spouseName", "SpouseName", "contacts:SpouseName"}};

constexpr std::pair<std::string_view, std::string_view> address_parts[] = {
    {"street", "Street"},
    {"city", "City"},
    {"state", "State"},
    {"countryOrRegion", "CountryOrRegion"},
    {"postalCode", "PostalCode"}};

json::object address_json(const Item& item, std::string_view which) {
    json::object out;
    for (const auto& [graph_name, part] : address_parts) {
        const std::string key =
            "contacts:PhysicalAddress:" + std::string(part) + "/" + std::string(which);
        const std::string_view text = item.properties.text(key);
        if (!text.empty()) out[graph_name] = text;
    }
    return out;
}

json::array indexed_json(const Item& item, std::initializer_list<std::string_view> keys) {
    json::array out;
    for (const std::string_view key : keys) {
        const std::string_view text = item.properties.text(key);
        if (!text.empty()) out.emplace_back(text);
    }
    return out;
}

json::value email_json(const Item& item, int slot) {
    const std::string key = "contacts:EmailAddress/EmailAddress" + std::to_string(slot);
    const std::string_view address = item.properties.text(key);
    if (address.empty()) return nullptr;
    const std::string_view name = item.properties.text(key + "@Name");
    return json::object{{"name", name.empty() ? address : name}, {"address", address}};
}

json::array children_json(const Item& item) {
    json::array out;
    const PropertyValue* value = item.properties.find("contacts:Children");
    if (value == nullptr) return out;
    if (const auto* list = std::get_if<std::vector<std::string>>(value)) {
        for (const auto& one : *list) out.emplace_back(one);
    }
    return out;
}

// Entries of one dictionary by position; what the list has no entry for goes.
Outcome<void> write_slots(ItemPatch& patch, std::string_view dictionary, std::string_view uri,
                          std::initializer_list<std::string_view> keys, const json::value& value) {
    const json::array none;
    const json::array& list = value.is_null() ? none : value.get_array();
    if (list.size() > keys.size())
        return graph_fail(400, "ErrorInvalidRequest",
                          "The collection '" + std::string(dictionary) + "' has too many entries.");
    std::size_t at = 0;
    for (const std::string_view key : keys) {
        if (auto ok = patch.erase(std::string(uri) + "/" + std::string(key)); !ok) return ok;
        if (at == list.size()) continue;
        const json::value& one = list[at++];
        std::string xml =
            "<" + std::string(dictionary) + "><Entry Key=\"" + std::string(key) + "\"";
        std::string_view text;
        if (one.is_object()) {
            text = text_of(one.get_object(), "address");
            std::string_view name = text_of(one.get_object(), "name");
            if (name.empty()) name = text;
            (xml += " Name=\"") += ews::escaped(name) + "\" RoutingType=\"SMTP\"";
        } else {
            text = one.get_string();
        }
        xml += ">" + ews::escaped(text) + "</Entry></" + std::string(dictionary) + ">";
        if (auto ok = patch.element(xml); !ok) return ok;
    }
    return {};
}

// A sub-object that is sent replaces the parts that it names; null removes all.
Outcome<void> write_address(ItemPatch& patch, std::string_view which, const json::value& value) {
    for (const auto& [graph_name, part] : address_parts) {
        const json::value* text =
            value.is_null() ? &value : value.get_object().if_contains(graph_name);
        if (text == nullptr) continue;
        const std::string name(part);
        if (text->is_null() || text->get_string().empty()) {
            const std::string key = "contacts:PhysicalAddress:" + name + "/" + std::string(which);
            if (auto ok = patch.erase(key); !ok) return ok;
            continue;
        }
        std::string xml =
            "<PhysicalAddresses><Entry Key=\"" + std::string(which) + "\"><" + name + ">";
        ews::append_escaped(xml, text->get_string());
        xml += "</" + name + "></Entry></PhysicalAddresses>";
        if (auto ok = patch.element(xml); !ok) return ok;
    }
    return {};
}

Outcome<void> write_contact_list(ItemPatch& patch, std::string_view name,
                                 const json::value& value) {
    if (name == "emailAddresses")
        return write_slots(patch, "EmailAddresses", "contacts:EmailAddress",
                           {"EmailAddress1", "EmailAddress2", "EmailAddress3"}, value);
    if (name == "businessPhones")
        return write_slots(patch, "PhoneNumbers", "contacts:PhoneNumber",
                           {"BusinessPhone", "BusinessPhone2"}, value);
    if (name == "homePhones")
        return write_slots(patch, "PhoneNumbers", "contacts:PhoneNumber",
                           {"HomePhone", "HomePhone2"}, value);
    if (name == "imAddresses")
        return write_slots(patch, "ImAddresses", "contacts:ImAddress",
                           {"ImAddress1", "ImAddress2", "ImAddress3"}, value);
    if (name == "mobilePhone") {
        const json::value list = value.is_null() ? json::array() : json::array{value};
        return write_slots(patch, "PhoneNumbers", "contacts:PhoneNumber", {"MobilePhone"}, list);
    }
    const std::string_view key = name.starts_with("primary")     ? "EmailAddress1"
                                 : name.starts_with("secondary") ? "EmailAddress2"
                                                                 : "EmailAddress3";
    const json::value list = value.is_null() ? json::array() : json::array{value};
    return write_slots(patch, "EmailAddresses", "contacts:EmailAddress", {key}, list);
}

Outcome<void> write_contact_member(ItemPatch& patch, std::string_view name,
                                   const json::value& value) {
    for (const auto& row : contact_texts) {
        if (name == row.graph) return patch.text(row.element, row.uri, value);
    }
    if (name == "categories") return patch.strings("Categories", "item:Categories", value);
    if (name == "children") return patch.strings("Children", "contacts:Children", value);
    if (name == "birthday") return patch.text("Birthday", "contacts:Birthday", value);
    if (name == "singleValueExtendedProperties") return patch.extended(value);
    if (name == "homeAddress") return write_address(patch, "Home", value);
    if (name == "businessAddress") return write_address(patch, "Business", value);
    if (name == "otherAddress") return write_address(patch, "Other", value);
    if (name == "personalNotes") {
        if (value.is_null()) return patch.erase("item:Body");
        return patch.body(json::object{{"contentType", "text"}, {"content", value}});
    }
    if (name == "title") {
        if (value.is_null()) {
            patch.item().extended.erase(std::string(name_prefix_key));
        } else {
            patch.item().extended[std::string(name_prefix_key)].values = {
                std::string(value.get_string())};
        }
        return {};
    }
    if (name.starts_with("yomi")) {
        patch.keep(name, value);
        return {};
    }
    static constexpr std::string_view lists[] = {
        "emailAddresses",        "businessPhones",      "homePhones",
        "imAddresses",           "mobilePhone",         "primaryEmailAddress",
        "secondaryEmailAddress", "tertiaryEmailAddress"};
    if (std::find(std::begin(lists), std::end(lists), name) != std::end(lists))
        return write_contact_list(patch, name, value);
    return graph_fail(400, "ErrorInvalidPropertySet",
                      "The property '" + std::string(name) + "' is read-only.");
}

std::string joined_name(std::string_view first, std::string_view second, std::string_view between) {
    std::string out(first);
    if (!first.empty() && !second.empty()) out += between;
    return out += second;
}

}  // namespace

void put_contact(const Call& call, const Item& item, EntityWriter& out) {
    const PropertyBag& bag = item.properties;
    out.put("createdDateTime", graph_date_time(item.created));
    out.put("lastModifiedDateTime", graph_date_time(item.modified));
    out.put("changeKey", item.change_key);
    out.put("categories", json::value_from(item.categories));
    out.put("parentFolderId", rest_id(item.folder_id));
    out.put_text("birthday", bag.text("contacts:Birthday"));
    for (const auto& row : contact_texts) out.put_text(row.graph, bag.text(row.uri));
    const auto prefix = item.extended.find(name_prefix_key);
    out.put_text("title", prefix == item.extended.end() || prefix->second.values.empty()
                              ? std::string_view{}
                              : std::string_view(prefix->second.values.front()));
    for (const std::string_view name : {"yomiGivenName", "yomiSurname", "yomiCompanyName"})
        out.put(name, kept_json(item, name));
    json::array emails;
    for (int slot = 1; slot <= 3; ++slot) {
        if (json::value one = email_json(item, slot); !one.is_null()) emails.push_back(one);
    }
    out.put("emailAddresses", std::move(emails));
    out.put("primaryEmailAddress", email_json(item, 1));
    out.put("secondaryEmailAddress", email_json(item, 2));
    out.put("tertiaryEmailAddress", email_json(item, 3));
    out.put("imAddresses",
            indexed_json(item, {"contacts:ImAddress/ImAddress1", "contacts:ImAddress/ImAddress2",
                                "contacts:ImAddress/ImAddress3"}));
    out.put("homePhones", indexed_json(item, {"contacts:PhoneNumber/HomePhone",
                                              "contacts:PhoneNumber/HomePhone2"}));
    out.put_text("mobilePhone", bag.text("contacts:PhoneNumber/MobilePhone"));
    out.put("businessPhones", indexed_json(item, {"contacts:PhoneNumber/BusinessPhone",
                                                  "contacts:PhoneNumber/BusinessPhone2"}));
    out.put("homeAddress", address_json(item, "Home"));
    out.put("businessAddress", address_json(item, "Business"));
    out.put("otherAddress", address_json(item, "Other"));
    if (out.wants("personalNotes")) {
        const BodyText body = body_of(call, item);
        const json::object shown = body_json(body, true);
        out.put("personalNotes", text_of(shown, "content"));
    }
    out.put("children", children_json(item));
}

Outcome<void> apply_contact(const Call&, ItemPatch& patch, const json::object& body) {
    for (const auto& member : body) {
        if (std::string_view(member.key()).find('@') != std::string_view::npos) continue;
        if (auto ok = write_contact_member(patch, member.key(), member.value()); !ok) return ok;
    }
    // displayName follows the names unless the client gives it (contact resource page: it may be
    // made again by later updates); fileAs is filled once.
    const bool names = body.contains("givenName") || body.contains("surname");
    const PropertyBag& bag = patch.item().properties;
    const std::string given(bag.text("contacts:GivenName"));
    const std::string surname(bag.text("contacts:Surname"));
    if ((names || patch.creating()) && !body.contains("displayName")) {
        const std::string shown = joined_name(given, surname, " ");
        if (!shown.empty()) {
            if (auto ok = patch.text("DisplayName", "contacts:DisplayName", json::value(shown));
                !ok)
                return ok;
        }
    }
    if (patch.creating() && !body.contains("fileAs")) {
        std::string file_as = joined_name(surname, given, ", ");
        if (file_as.empty()) file_as = bag.text("contacts:DisplayName");
        if (file_as.empty()) file_as = bag.text("contacts:CompanyName");
        if (!file_as.empty()) return patch.text("FileAs", "contacts:FileAs", json::value(file_as));
    }
    return {};
}

}  // namespace liaison::sandbox::graph
