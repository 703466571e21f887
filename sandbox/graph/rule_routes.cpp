#include "sandbox/graph/entity_table.hpp"
#include "sandbox/graph/item_routes.hpp"

namespace liaison::sandbox::graph {
namespace {

json::object rule_reply_object(const Call& call, const json::object& rule) {
    json::object out{{"@odata.context", call.context_url("mailFolders('inbox')/messageRules/"
                                                         "$entity")}};
    for (const auto& member : rule) out[member.key()] = member.value();
    return out;
}

Outcome<json::object> rule_body(const Call& call) {
    auto body = entity_body(call, "messageRule");
    if (!body) return body;
    for (const std::string_view name : {"id", "hasError", "isReadOnly"}) {
        if (body->contains(name) && name != "id")
            return graph_fail(400, "ErrorInvalidPropertySet",
                              "The property '" + std::string(name) + "' is read-only.");
        body->erase(name);
    }
    body->erase("@odata.type");
    const json::object* actions = object_of(*body, "actions");
    for (const std::string_view name : {"moveToFolder", "copyToFolder"}) {
        if (actions == nullptr || text_of(*actions, name).empty()) continue;
        if (auto folder = mail_folder_by_id(call, text_of(*actions, name)); !folder)
            return std::unexpected(folder.error());
    }
    return body;
}

Outcome<Reply> make_rule(const Call& call, std::vector<json::object>& rules) {
    auto body = rule_body(call);
    if (!body) return std::unexpected(body.error());
    const json::object* actions = object_of(*body, "actions");
    if (text_of(*body, "displayName").empty() || actions == nullptr || actions->empty())
        return graph_fail(400, "ErrorInvalidRequest", "A rule needs a displayName and an action.");
    json::object rule{{"id", "AQAAAJ5" + std::to_string(1'000 + call.memory.next_number++) + "="},
                      {"displayName", ""},
                      {"sequence", rules.size() + 1},
                      {"isEnabled", true},
                      {"hasError", false},
                      {"isReadOnly", false}};
    for (auto& member : *body) rule[member.key()] = std::move(member.value());
    rules.push_back(rule);
    return json_reply(rule_reply_object(call, rule), 201);
}

}  // namespace

Outcome<Reply> message_rule_routes(const Call& call, Path rest) {
    const bool reads = call.method == "GET";
    const auto allowed = reads ? need(call, {"MailboxSettings.Read", "MailboxSettings.ReadWrite"})
                               : need(call, {"MailboxSettings.ReadWrite"});
    if (!allowed) return std::unexpected(allowed.error());
    std::vector<json::object>& rules = call.memory.rules[call.mailbox];
    if (rest.empty()) {
        if (call.method == "POST") return make_rule(call, rules);
        if (!reads) return method_not_allowed(call);
        Collection collection;
        collection.type = "messageRule";
        collection.context = "mailFolders('inbox')/messageRules";
        collection.size = rules.size();
        collection.render = [&](std::size_t row, const Shape&) { return rules[row]; };
        return list_page(call, collection);
    }
    if (rest.size() > 1) return no_such_resource(rest[1]);
    const auto found = std::find_if(rules.begin(), rules.end(), [&](const json::object& rule) {
        return text_of(rule, "id") == rest[0];
    });
    if (found == rules.end()) return item_not_found();
    if (reads) return json_reply(rule_reply_object(call, *found));
    if (call.method == "DELETE") {
        rules.erase(found);
        return no_content();
    }
    if (call.method != "PATCH") return method_not_allowed(call);
    auto body = rule_body(call);
    if (!body) return std::unexpected(body.error());
    for (auto& member : *body) (*found)[member.key()] = std::move(member.value());
    return json_reply(rule_reply_object(call, *found));
}

}  // namespace liaison::sandbox::graph
