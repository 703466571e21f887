// Inbox rules and delegates of the control API.
#include <boost/json.hpp>

#include "sandbox/control_parts.hpp"

namespace liaison::sandbox::control {
namespace {

boost::json::object parts_json(const RuleParts& parts) {
    boost::json::object out;
    for (const auto& [name, values] : parts) {
        boost::json::array list;
        for (const std::string& value : values) list.emplace_back(value);
        out[name] = std::move(list);
    }
    return out;
}

boost::json::object rules_json(const MailboxStore& store, std::string_view mailbox) {
    const ServerRules& stored = store.inbox_rules(mailbox);
    boost::json::array list;
    for (const ServerRule& rule : stored.rules) {
        boost::json::object actions = parts_json(rule.actions);
        for (const char* name : {"MoveToFolder", "CopyToFolder"}) {
            const auto found = rule.actions.find(name);
            if (found == rule.actions.end()) continue;
            const Folder* folder = store.find_folder(mailbox, found->second.at(0));
            actions[name] = folder == nullptr ? "(gone)" : folder_path(store, mailbox, *folder);
        }
        list.push_back(boost::json::object{{"id", rule.id},
                                           {"display_name", rule.display_name},
                                           {"priority", rule.priority},
                                           {"enabled", rule.enabled},
                                           {"not_supported", rule.not_supported},
                                           {"in_error", rule.in_error},
                                           {"conditions", parts_json(rule.conditions)},
                                           {"exceptions", parts_json(rule.exceptions)},
                                           {"actions", std::move(actions)}});
    }
    return {{"outlook_blob", stored.outlook_blob}, {"rules", std::move(list)}};
}

}  // namespace

HttpResponse rules(MailboxStore& store, const Call& call) {
    if (call.method == "GET") return json_answer(rules_json(store, call.mailbox));
    if (call.method != "PUT") return method_not_allowed("GET, PUT");
    const auto body = body_object(call);
    if (!body) return problem(body.error());
    const auto blob = bool_member(*body, "outlook_blob");
    if (!blob) return problem(blob.error());
    ServerRules changed = store.inbox_rules(call.mailbox);
    changed.outlook_blob = blob->value_or(changed.outlook_blob);
    if (auto stored = store.set_inbox_rules(call.mailbox, std::move(changed)); !stored)
        return problem(stored.error());
    return json_answer(rules_json(store, call.mailbox));
}

HttpResponse delegates(MailboxStore& store, const Call& call) {
    if (call.method != "POST") return method_not_allowed("POST");
    const auto body = body_object(call);
    if (!body) return problem(body.error());
    const auto address = needed_text(*body, "delegate");
    if (!address) return problem(address.error());
    if (auto granted = store.grant_access(call.mailbox, *address); !granted)
        return problem(granted.error());
    return json_answer(boost::json::object{{"mailbox", call.mailbox}, {"delegate", *address}}, 201);
}

}  // namespace liaison::sandbox::control
