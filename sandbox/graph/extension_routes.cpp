// Open extensions (openTypeExtension resource page): small JSON objects that applications leave at
// items. The store keeps them in one property of the item.
#include "sandbox/graph/entity_table.hpp"
#include "sandbox/graph/item_routes.hpp"

namespace liaison::sandbox::graph {
namespace {

constexpr std::size_t extensions_per_item = 2;  // extensibility overview: two per resource and app
constexpr std::string_view id_heads[] = {"Microsoft.OutlookServices.OpenTypeExtension.",
                                         "microsoft.graph.openTypeExtension."};

// The name behind either form of the id, or the name itself.
std::string_view extension_name(std::string_view id) {
    for (const std::string_view head : id_heads) {
        if (iequals(id.substr(0, head.size()), head)) return id.substr(head.size());
    }
    return id;
}

Outcome<void> write_extensions(const Call& call, const Item& item, const json::array& list) {
    Item changed = item;
    if (list.empty()) {
        changed.properties.erase("graph:extensions");
    } else {
        changed.properties.set("graph:extensions", json::serialize(list));
    }
    auto stored = call.store.update_item(call.mailbox, std::move(changed));
    if (!stored) return std::unexpected(from_store_error(stored.error()));
    return {};
}

json::array kept_extensions(const Item& item) {
    json::value kept = kept_json(item, "extensions");
    return kept.is_array() ? kept.get_array() : json::array();
}

Outcome<json::object> extension_body(const Call& call) {
    auto body = call.object_body();
    if (!body) return body;
    return checked_extension(*body);
}

Outcome<Reply> extension_reply(const Call& call, const ItemPlace& place, const Item& item,
                               const json::object& extension, int status) {
    json::object out{{"@odata.context", call.context_url(place.context + "('" + rest_id(item.id) +
                                                         "')/extensions/$entity")}};
    for (auto& member : shown_extension(place.resource, extension))
        out[member.key()] = std::move(member.value());
    return json_reply(std::move(out), status);
}

Outcome<Reply> add_extension(const Call& call, const ItemPlace& place, const Item& item) {
    auto extension = extension_body(call);
    if (!extension) return std::unexpected(extension.error());
    json::array all = kept_extensions(item);
    for (auto at = all.begin(); at != all.end();) {
        const bool same = iequals(text_of(at->get_object(), "extensionName"),
                                  text_of(*extension, "extensionName"));
        at = same ? all.erase(at) : at + 1;
    }
    if (all.size() >= extensions_per_item)
        return graph_fail(400, "ErrorInvalidRequest",
                          "The item has as many extensions as an application may leave.");
    all.push_back(*extension);
    if (auto ok = write_extensions(call, item, all); !ok) return std::unexpected(ok.error());
    return extension_reply(call, place, item, *extension, 201);
}

}  // namespace

Outcome<json::object> checked_extension(const json::object& given) {
    const std::string_view name = extension_name(text_of(given, "extensionName"));
    if (name.empty())
        return graph_fail(400, "BadRequest", "An open extension needs an extensionName.");
    json::object out{{"extensionName", name}};
    for (const auto& member : given) {
        const std::string_view key = member.key();
        if (key != "extensionName" && key != "id" && key.find('@') == std::string_view::npos)
            out[key] = member.value();
    }
    return out;
}

json::object shown_extension(Resource resource, const json::object& extension) {
    const std::string head(id_heads[resource == Resource::Task ? 1 : 0]);
    json::object out{{"@odata.type", "#microsoft.graph.openTypeExtension"},
                     {"id", head + std::string(text_of(extension, "extensionName"))}};
    for (const auto& member : extension) out[member.key()] = member.value();
    return out;
}

json::array extensions_json(Resource resource, const Item& item,
                            const std::vector<std::string>& wanted, bool both_ids) {
    json::array out;
    for (const json::value& one : kept_extensions(item)) {
        const json::object& extension = one.get_object();
        const std::string_view name = text_of(extension, "extensionName");
        const bool asked =
            wanted.empty() || std::any_of(wanted.begin(), wanted.end(), [&](const auto& id) {
                return iequals(extension_name(id), name);
            });
        if (!asked) continue;
        out.push_back(shown_extension(resource, extension));
        if (both_ids) out.push_back(json::object{{"id", name}});
    }
    return out;
}

Outcome<Reply> extension_routes(const Call& call, const ItemPlace& place, const Item& item,
                                Path rest) {
    if (auto ok = call.allow({}); !ok) return std::unexpected(ok.error());
    if (rest.empty()) {
        if (call.method == "POST") return add_extension(call, place, item);
        return method_not_allowed(call);  // they cannot be listed (openTypeExtension: get page)
    }
    if (rest.size() > 1) return no_such_resource(rest[1]);
    json::array all = kept_extensions(item);
    const auto found = std::find_if(all.begin(), all.end(), [&](const json::value& one) {
        return iequals(text_of(one.get_object(), "extensionName"), extension_name(rest[0]));
    });
    if (found == all.end()) return item_not_found();
    if (call.method == "GET") return extension_reply(call, place, item, found->get_object(), 200);
    if (call.method == "DELETE") {
        all.erase(found);
        if (auto ok = write_extensions(call, item, all); !ok) return std::unexpected(ok.error());
        return no_content();
    }
    if (call.method != "PATCH") return method_not_allowed(call);
    auto body = call.object_body();
    if (!body) return std::unexpected(body.error());
    for (const auto& member : *body) {
        const std::string_view key = member.key();
        if (key == "id" || key == "extensionName" || key.find('@') != std::string_view::npos)
            continue;
        if (member.value().is_null()) {
            found->get_object().erase(key);
        } else {
            found->get_object()[key] = member.value();
        }
    }
    const json::object changed = found->get_object();
    if (auto ok = write_extensions(call, item, all); !ok) return std::unexpected(ok.error());
    return extension_reply(call, place, item, changed, 200);
}

}  // namespace liaison::sandbox::graph
