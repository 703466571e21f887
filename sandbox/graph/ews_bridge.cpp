#include "sandbox/graph/ews_bridge.hpp"

#include <pugixml.hpp>

#include "sandbox/ews/xml_text.hpp"
#include "sandbox/graph/entity_json.hpp"
#include "sandbox/graph/entity_table.hpp"
#include "sandbox/windows_zones.hpp"

namespace liaison::sandbox::graph {
namespace {

std::string xml_element(std::string_view name, std::string_view text) {
    std::string out;
    ews::append_element(out, name, text);
    return out;
}

int status_of_code(std::string_view code) {
    if (code == "ErrorItemNotFound" || code == "ErrorFolderNotFound") return 404;
    if (code == "ErrorIrresolvableConflict") return 409;
    if (code == "ErrorAccessDenied") return 403;
    if (code == "ErrorInternalServerError") return 500;
    return 400;
}

}  // namespace

ews::RequestContext ews_context(const Call& call) {
    return ews::RequestContext{call.store, call.mailbox, call.mailbox, "UTC", false, false, {}};
}

GraphError from_ews_error(const ews::EwsError& error) {
    return {status_of_code(error.code), error.code, error.text, {}};
}

ItemPatch::ItemPatch(const Call& call, Item& item, bool creating)
    : context_(ews_context(call)),
      item_(item),
      creating_(creating),
      editor_(context_, item, creating) {}

Outcome<void> ItemPatch::element(const std::string& xml) {
    pugi::xml_document document;
    if (!document.load_string(xml.c_str(), pugi::parse_full | pugi::parse_ws_pcdata))
        return bad_request("The value cannot be stored.");
    if (auto ok = editor_.set(document.document_element()); !ok)
        return std::unexpected(from_ews_error(ok.error()));
    return {};
}

Outcome<void> ItemPatch::text(std::string_view name, std::string_view uri,
                              const json::value& value) {
    if (value.is_null()) return erase(uri);
    return element(xml_element(name, value.get_string()));
}

Outcome<void> ItemPatch::word(std::string_view name, std::string_view uri, const json::value& value,
                              std::initializer_list<std::string_view> words) {
    if (value.is_null()) return erase(uri);
    for (const std::string_view one : words) {
        if (iequals(one, value.get_string())) return element(xml_element(name, one));
    }
    return graph_fail(400, "ErrorInvalidRequest",
                      "The value of '" + std::string(name) + "' cannot be set.");
}

Outcome<void> ItemPatch::flag(std::string_view name, std::string_view uri,
                              const json::value& value) {
    if (value.is_null()) return erase(uri);
    return element(xml_element(name, value.get_bool() ? "true" : "false"));
}

Outcome<void> ItemPatch::strings(std::string_view name, std::string_view uri,
                                 const json::value& value) {
    if (value.is_null() || value.get_array().empty()) return erase(uri);
    std::string xml = "<" + std::string(name) + ">";
    for (const json::value& one : value.get_array()) xml += xml_element("String", one.get_string());
    return element(xml + "</" + std::string(name) + ">");
}

Outcome<void> ItemPatch::body(const json::value& value) {
    if (value.is_null()) return erase("item:Body");
    const json::object& body = value.get_object();
    const bool html = iequals(text_of(body, "contentType"), "html");
    std::string xml = html ? "<Body BodyType=\"HTML\">" : "<Body BodyType=\"Text\">";
    ews::append_escaped(xml, text_of(body, "content"));
    return element(xml + "</Body>");
}

Outcome<void> ItemPatch::recipients(std::string_view name, std::string_view uri,
                                    const json::value& value) {
    if (value.is_null() || value.get_array().empty()) return erase(uri);
    std::string xml = "<" + std::string(name) + ">";
    for (const json::value& one : value.get_array()) {
        const json::object* address = object_of(one.get_object(), "emailAddress");
        if (address == nullptr || text_of(*address, "address").empty())
            return graph_fail(400, "ErrorInvalidRecipients",
                              "At least one recipient is not valid.");
        xml += "<Mailbox>";
        if (!text_of(*address, "name").empty())
            ews::append_element(xml, "Name", text_of(*address, "name"));
        ews::append_element(xml, "EmailAddress", text_of(*address, "address"));
        xml += "</Mailbox>";
    }
    return element(xml + "</" + std::string(name) + ">");
}

Outcome<void> ItemPatch::erase(std::string_view uri) {
    ews::FieldPath path;
    path.uri = uri;
    if (const std::size_t slash = uri.find('/'); slash != std::string_view::npos) {
        path.kind = ews::FieldPath::Kind::Indexed;
        path.uri = uri.substr(0, slash);
        path.index = uri.substr(slash + 1);
    }
    if (auto ok = editor_.erase_path(path); !ok) return std::unexpected(from_ews_error(ok.error()));
    return {};
}

Outcome<void> ItemPatch::extended(const json::value& value) {
    if (value.is_null()) return {};
    for (const json::value& one : value.get_array()) {
        const json::object& entry = one.get_object();
        auto key = extended_key(text_of(entry, "id"));
        if (!key) return std::unexpected(key.error());
        const json::value* text = entry.if_contains("value");
        if (text == nullptr || text->is_null()) {
            item_.extended.erase(*key);
        } else {
            item_.extended[*key].values = {std::string(text->get_string())};
        }
    }
    return {};
}

void ItemPatch::keep(std::string_view name, const json::value& value) {
    const std::string key = "graph:" + std::string(name);
    if (value.is_null()) {
        item_.properties.erase(key);
    } else {
        item_.properties.set(key, json::serialize(value));
    }
}

Outcome<void> ItemPatch::finish() {
    if (auto ok = editor_.finish(); !ok) return std::unexpected(from_ews_error(ok.error()));
    return {};
}

json::value kept_json(const Item& item, std::string_view name) {
    const std::string_view text = item.properties.text("graph:" + std::string(name));
    if (text.empty()) return nullptr;
    boost::system::error_code error;
    json::value value = json::parse(text, error);
    return error ? json::value(nullptr) : value;
}

Outcome<std::string> windows_zone(std::string_view name) {
    if (iequals(name, "UTC") || iequals(name, "Etc/UTC") || iequals(name, "Etc/GMT"))
        return std::string("UTC");
    if (iana_zone_of(name)) return std::string(name);
    if (const auto windows = windows_zone_of(name)) return std::string(*windows);
    return graph_fail(400, "TimeZoneNotSupportedException",
                      "A valid TimeZone value must be specified. The following TimeZone value is "
                      "not supported: '" +
                          std::string(name) + "'.");
}

Outcome<json::object> entity_body(const Call& call, std::string_view type) {
    auto body = call.object_body();
    if (!body) return body;
    if (auto ok = check_entity(type, *body); !ok) return std::unexpected(ok.error());
    return std::move(canonical_value(type, std::move(*body)).get_object());
}

std::string_view text_of(const json::object& object, std::string_view name) {
    const json::value* value = object.if_contains(name);
    if (value == nullptr || !value->is_string()) return {};
    return value->get_string();
}

const json::object* object_of(const json::object& object, std::string_view name) {
    const json::value* value = object.if_contains(name);
    return value == nullptr ? nullptr : value->if_object();
}

const json::array* array_of(const json::object& object, std::string_view name) {
    const json::value* value = object.if_contains(name);
    return value == nullptr ? nullptr : value->if_array();
}

}  // namespace liaison::sandbox::graph
