#include "sandbox/graph/entity_json.hpp"

#include "sandbox/ews/item_writer.hpp"
#include "sandbox/ews/lexical.hpp"
#include "sandbox/graph/ews_bridge.hpp"
#include "sandbox/mail_item.hpp"
#include "sandbox/windows_zones.hpp"

namespace liaison::sandbox::graph {
namespace {

constexpr std::size_t preview_length = 255;

bool has_hex_id(std::string_view text) {
    return text.size() > 2 && text[0] == '0' && (text[1] == 'x' || text[1] == 'X') &&
           text.substr(2).find_first_not_of("0123456789abcdefABCDEF") == std::string_view::npos;
}

std::uint32_t hex_number(std::string_view text) {
    return static_cast<std::uint32_t>(std::stoul(std::string(text), nullptr, 16));
}

std::string canonical_type(std::string_view type) {
    static constexpr std::string_view types[] = {"ApplicationTime",
                                                 "ApplicationTimeArray",
                                                 "Binary",
                                                 "BinaryArray",
                                                 "Boolean",
                                                 "CLSID",
                                                 "CLSIDArray",
                                                 "Currency",
                                                 "CurrencyArray",
                                                 "Double",
                                                 "DoubleArray",
                                                 "Error",
                                                 "Float",
                                                 "FloatArray",
                                                 "Integer",
                                                 "IntegerArray",
                                                 "Long",
                                                 "LongArray",
                                                 "Null",
                                                 "Object",
                                                 "ObjectArray",
                                                 "Short",
                                                 "ShortArray",
                                                 "SystemTime",
                                                 "SystemTimeArray",
                                                 "String",
                                                 "StringArray"};
    for (const std::string_view one : types) {
        if (iequals(one, type)) return std::string(one);
    }
    return {};
}

std::unexpected<GraphError> bad_extended_id(std::string_view id) {
    return graph_fail(400, "ErrorInvalidProperty",
                      "The property id '" + std::string(id) + "' is invalid.");
}

}  // namespace

void EntityWriter::put_text(std::string_view name, std::string_view text) {
    put(name, text.empty() ? json::value(nullptr) : json::value(text));
}

std::string_view type_name(Resource resource) {
    switch (resource) {
        case Resource::Event:
            return "event";
        case Resource::Contact:
            return "contact";
        case Resource::Task:
            return "todoTask";
        case Resource::Message:
            break;
    }
    return "message";
}

bool is_of(Resource resource, const Item& item) {
    switch (resource) {
        case Resource::Event:
            return item.kind == ItemKind::Appointment;
        case Resource::Contact:
            return item.kind == ItemKind::Contact;
        case Resource::Task:
            return item.kind == ItemKind::Task;
        case Resource::Message:
            break;
    }
    return item.kind == ItemKind::Message || item.kind == ItemKind::Other;
}

json::object item_json(const Call& call, Resource resource, const Item& item, const Shape& shape) {
    EntityWriter out(shape);
    if (resource == Resource::Event) put_event(call, item, out);
    if (resource == Resource::Contact) put_contact(call, item, out);
    if (resource == Resource::Message) put_message(call, item, shape, out);
    if (resource == Resource::Task) put_task(call, item, out);
    json::object entity;
    entity["@odata.etag"] = etag_of(item.change_key);
    // A task's id is no subject of the immutable form (GDC todotask).
    entity["id"] = resource == Resource::Task ? rest_id(item.id) : shown_item_id(call, item.id);
    for (auto& member : out.take()) entity[member.key()] = std::move(member.value());
    if (call.fault != nullptr && call.fault->kind == FaultKind::UnknownElements)
        entity["sandboxFutureProperty"] = json::object{{"kind", "new"}, {"list", json::array{1}}};
    if (!shape.extended_keys.empty()) {
        json::array extended = extended_json(call, item, shape);
        if (!extended.empty()) entity["singleValueExtendedProperties"] = std::move(extended);
    }
    if (shape.expand.contains("attachments")) {
        json::array list;
        for (const auto& one : item.attachments) {
            json::object shown;
            for (auto& member : attachment_json(call, item, one, true)) {
                const bool always = member.key() == "id" || member.key().starts_with("@odata.");
                if (always || shape.attachment_select.empty() ||
                    shape.attachment_select.contains(member.key()))
                    shown[member.key()] = std::move(member.value());
            }
            list.push_back(std::move(shown));
        }
        entity["attachments"] = std::move(list);
    }
    return entity;
}

std::string graph_date_time(EpochMillis time) {
    return utc_date_time(time);
}

json::object zoned_time(EpochMillis instant, std::string_view windows_zone,
                        std::string_view shown_as) {
    const bool utc = windows_zone.empty() || windows_zone == "UTC";
    const auto local =
        utc ? std::optional<std::int64_t>(instant) : wall_clock_of_utc(windows_zone, instant);
    std::string text = utc_date_time(local.value_or(instant));
    text.back() = '.';  // the Z
    return {{"dateTime", text + "0000000"},
            {"timeZone", shown_as.empty() ? std::string("UTC") : std::string(shown_as)}};
}

json::value recipient_json(std::string_view name, std::string_view address) {
    return json::object{{"emailAddress", json::object{{"name", name}, {"address", address}}}};
}

json::array recipients_json(const Item& item, std::string_view key) {
    json::array out;
    for (const MailAddress& one : ews::addresses_of(item, key))
        out.push_back(recipient_json(one.name, one.address));
    return out;
}

std::string lower_first(std::string_view text) {
    std::string out(text);
    if (!out.empty() && out[0] >= 'A' && out[0] <= 'Z')
        out[0] = static_cast<char>(out[0] - 'A' + 'a');
    return out;
}

BodyText body_of(const Call& call, const Item& item) {
    BodyText out;
    if (const PropertyValue* own = item.properties.find("item:Body")) {
        out.is_html = item.properties.text("item:Body@BodyType") == "HTML";
        (out.is_html ? out.html : out.text) = std::get<std::string>(*own);
    } else if (item.has_mime) {
        auto content = call.store.content(call.mailbox, item.id);
        if (!content) return out;
        out.is_html = !content->html_body.empty();
        out.text = std::move(content->text_body);
        out.html = std::move(content->html_body);
    }
    return out;
}

json::object body_json(const BodyText& body, bool as_text) {
    if (as_text) {
        std::string text = body.text;
        if (body.is_html && text.empty()) text = html_to_text(body.html);
        return {{"contentType", "text"}, {"content", text}};
    }
    if (body.is_html) return {{"contentType", "html"}, {"content", body.html}};
    const std::string html = body.text.empty() ? std::string() : ews::html_of_text(body.text);
    return {{"contentType", "html"}, {"content", html}};
}

std::string preview_of(const BodyText& body) {
    std::string text = body.text;
    if (text.empty() && body.is_html) text = html_to_text(body.html);
    if (text.size() <= preview_length) return text;
    std::size_t end = preview_length;
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
    return text.substr(0, end);
}

json::array extended_json(const Call& call, const Item& item, const Shape& shape) {
    json::array out;
    const ews::RequestContext context = ews_context(call);
    for (std::size_t at = 0; at < shape.extended_keys.size(); ++at) {
        const std::string& key = shape.extended_keys[at];
        const auto stored = item.extended.find(key);
        const std::vector<std::string> values =
            stored != item.extended.end() ? stored->second.values
                                          : ews::computed_extended_value(context, item, key);
        if (values.empty()) continue;
        out.push_back(json::object{{"id", shape.extended_ids[at]}, {"value", values.front()}});
    }
    return out;
}

Outcome<std::string> extended_key(std::string_view graph_id) {
    const std::size_t blank = graph_id.find(' ');
    if (blank == std::string_view::npos) return bad_extended_id(graph_id);
    const std::string type = canonical_type(graph_id.substr(0, blank));
    std::string_view rest = graph_id.substr(blank + 1);
    if (type.empty()) return bad_extended_id(graph_id);
    if (has_hex_id(rest)) {
        if (rest.size() > 6 || hex_number(rest) >= 0x8000) return bad_extended_id(graph_id);
        return extended_key_by_tag(type, hex_number(rest));
    }
    if (rest.size() < 40 || rest[0] != '{' || rest[37] != '}' || rest[38] != ' ' ||
        !ews::is_guid(rest.substr(1, 36)))
        return bad_extended_id(graph_id);
    const std::string_view guid = rest.substr(1, 36);
    rest.remove_prefix(39);
    if (rest.size() > 5 && iequals(rest.substr(0, 5), "Name "))
        return extended_key_by_name(type, guid, rest.substr(5));
    if (rest.size() > 3 && iequals(rest.substr(0, 3), "Id ")) {
        if (!has_hex_id(rest.substr(3)) || rest.size() > 11) return bad_extended_id(graph_id);
        return extended_key_by_id(type, guid, hex_number(rest.substr(3)));
    }
    return bad_extended_id(graph_id);
}

}  // namespace liaison::sandbox::graph
