#include <boost/json.hpp>

#include "core/text.hpp"
#include "service/api/folder_routes.hpp"

namespace liaison::service {

using boost::json::array;
using boost::json::object;

namespace {

array texts_json(const std::vector<std::string>& texts) {
    array out;
    for (const std::string& text : texts) out.emplace_back(text);
    return out;
}

object predicates_json(const InboxPredicates& p) {
    object out;
    for (const auto& [name, values] : p.lists) out[name] = texts_json(values);
    for (const auto& [name, flag] : p.flags) out[name] = flag;
    if (p.importance) out["importance"] = *p.importance;
    if (p.sensitivity) out["sensitivity"] = *p.sensitivity;
    if (p.size)
        out["withinSizeRange"] =
            object{{"minimumSize", p.size->minimum_kb}, {"maximumSize", p.size->maximum_kb}};
    return out;
}

/// As Graph writes a messageRule.
object message_rule_json(const InboxRule& rule) {
    object actions;
    if (!rule.actions.move_to.empty()) actions["moveToFolder"] = rule.actions.move_to.str();
    if (!rule.actions.copy_to.empty()) actions["copyToFolder"] = rule.actions.copy_to.str();
    if (!rule.actions.assign_categories.empty())
        actions["assignCategories"] = texts_json(rule.actions.assign_categories);
    if (rule.actions.mark_importance) actions["markImportance"] = *rule.actions.mark_importance;
    if (rule.actions.mark_as_read) actions["markAsRead"] = true;
    if (rule.actions.stop_processing) actions["stopProcessingRules"] = true;
    return object{{"conditions", predicates_json(rule.conditions)},
                  {"exceptions", predicates_json(rule.exceptions)},
                  {"actions", std::move(actions)}};
}

object folder_json(const FolderView& folder) {
    const daemon::FolderStatus& s = folder.status;
    return object{{"role", s.role},
                  {"path", s.path},
                  {"path_now", s.path_now},
                  {"id", s.id.str()},
                  {"state", to_string(s.state)},
                  {"last_error", s.last_error},
                  {"folders_watched", s.watched},
                  {"regarding", s.regarding},
                  {"mails", folder.count.mails},
                  {"logged", folder.count.logged},
                  {"unmatched", folder.count.unmatched},
                  {"waiting", folder.count.waiting}};
}

Async<HttpResponse> list_folders(ListFolders list, ApiCall call) {
    MailboxId mailbox(normal_address(call.path.at("mailbox")));
    auto folders = co_await list(std::move(mailbox));
    if (!folders) co_return problem(folders.error());
    array value;
    for (const FolderView& folder : *folders) value.push_back(folder_json(folder));
    const object body{{"value", std::move(value)}};
    co_return json_response(200, serialize(body));
}

Async<HttpResponse> inbox_rules(InboxRuleDesk* desk, ApiCall call, bool push) {
    MailboxId mailbox(normal_address(call.path.at("mailbox")));
    Result<InboxRuleReport> report =
        push ? co_await desk->push(std::move(mailbox)) : co_await desk->report(std::move(mailbox));
    if (!report) co_return problem(report.error());
    const object body = to_json(*report);
    co_return json_response(200, serialize(body));
}

constexpr const char* kInboxSchema =
    R"({"type":"object","required":["mailbox","may_push","in_step","exchange","liaison"],"properties":{
  "mailbox":{"type":"string"},"may_push":{"type":"boolean"},"pushed":{"type":"boolean"},"in_step":{"type":"boolean"},
  "outlook_rules":{"type":"boolean","description":"Outlook keeps rules of its own that writing would lose"},
  "exchange":{"type":"array","description":"rules that Exchange can carry out, and how they stand in the mailbox"},
  "liaison":{"type":"array","description":"rules that stay in Liaison, and why"},
  "others":{"type":"array","description":"rules of the mailbox' owner, never touched"},
  "notes":{"type":"array","items":{"type":"string"}}}})";

}  // namespace

object to_json(const InboxRuleReport& report) {
    array exchange, liaison, others;
    for (const rules::InboxPlanLine& line : report.plan.lines) {
        object one{{"rule", line.rule_id},
                   {"display_name", line.display_name},
                   {"state", to_string(line.state)},
                   {"detail", line.detail}};
        for (const rules::WantedInboxRule& wanted : report.wanted)
            if (wanted.rule_id == line.rule_id)
                one["message_rule"] = message_rule_json(wanted.rule);
        exchange.push_back(std::move(one));
    }
    for (const rules::DaemonOnlyRule& rule : report.staying)
        liaison.push_back(object{{"rule", rule.rule_id},
                                 {"display_name", rule.display_name},
                                 {"reasons", texts_json(rule.reasons)}});
    for (const InboxRule& rule : report.plan.foreign)
        others.push_back(object{{"display_name", normal_line(rule.display_name)},
                                {"priority", rule.priority},
                                {"enabled", rule.enabled}});
    return object{{"mailbox", report.mailbox.str()},
                  {"may_push", report.may_push},
                  {"pushed", report.pushed},
                  {"in_step", report.plan.in_step()},
                  {"outlook_rules", report.outlook_rules},
                  {"exchange", std::move(exchange)},
                  {"liaison", std::move(liaison)},
                  {"others", std::move(others)},
                  {"notes", texts_json(report.plan.notes)}};
}

void add_folder_routes(Router& router, ListFolders list, InboxRuleDesk& desk) {
    InboxRuleDesk* const at = &desk;
    router.add(
        {"GET",
         "/v1/mailboxes/{mailbox}/folders",
         "listFolders",
         "The designated folders: where they are, their state, their mail",
         {},
         "",
         R"({"type":"object","required":["value"],"properties":{"value":{"type":"array","items":{"type":"object"}}}})",
         200,
         {404},
         false,
         "application/json",
         [list](ApiCall call) { return list_folders(list, std::move(call)); }});
    router.add({"GET",
                "/v1/mailboxes/{mailbox}/inbox-rules",
                "showInboxRules",
                "Which rules Exchange can carry out, which stay in Liaison and why, and how the "
                "mailbox differs; writes nothing",
                {},
                "",
                kInboxSchema,
                200,
                {404, 501, 502, 503},
                false,
                "application/json",
                [at](ApiCall call) { return inbox_rules(at, std::move(call), false); }});
    router.add(
        {"POST",
         "/v1/mailboxes/{mailbox}/inbox-rules",
         "pushInboxRules",
         "Write what differs; touches Liaison's own rules only, and needs inbox_rules = true",
         {},
         "",
         kInboxSchema,
         200,
         {403, 404, 412, 501, 502, 503},
         false,
         "application/json",
         [at](ApiCall call) { return inbox_rules(at, std::move(call), true); }});
}

}  // namespace liaison::service
