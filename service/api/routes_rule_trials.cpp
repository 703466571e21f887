#include <boost/json.hpp>
#include <map>
#include <optional>

#include "core/limits.hpp"
#include "core/text.hpp"
#include "service/api/json.hpp"
#include "service/api/rule_answers.hpp"
#include "service/api/services.hpp"
#include "service/rule_report.hpp"

// Rules that are tried before they bite: nothing here changes anything.
namespace liaison::service {

using boost::json::array;
using boost::json::object;

namespace {

/// The body as an object, and what its members say.
class TrialRequest {
public:
    explicit TrialRequest(const std::string& body) {
        boost::system::error_code error;
        boost::json::parse_options options;
        options.max_depth = static_cast<unsigned char>(limits::json_depth_max);
        value_ = boost::json::parse(body, error, {}, options);
        if (error) value_ = nullptr;
    }
    bool is_object() const { return value_.is_object(); }
    bool has(const char* name) const { return member(name) != nullptr; }
    std::string text(const char* name) const {
        const boost::json::value* v = member(name);
        return v && v->is_string() ? std::string(v->get_string()) : std::string();
    }
    /// Nothing when it is none.
    std::optional<std::vector<std::string>> texts(const char* name) const {
        std::vector<std::string> out;
        const boost::json::value* v = member(name);
        if (!v) return out;
        if (!v->is_array()) return std::nullopt;
        for (const boost::json::value& one : v->get_array()) {
            if (!one.is_string()) return std::nullopt;
            out.emplace_back(one.get_string());
        }
        return out;
    }
    std::optional<std::int64_t> number(const char* name, std::int64_t otherwise, std::int64_t min,
                                       std::int64_t max) const {
        const boost::json::value* v = member(name);
        if (!v) return otherwise;
        if (!v->is_int64() || v->get_int64() < min || v->get_int64() > max) return std::nullopt;
        return v->get_int64();
    }
    std::string document(const char* name) const { return serialize(*member(name)); }
    std::optional<rules::RuleScope> scope() const {
        return has("scope") ? rules::parse_rule_scope(text("scope")) : rules::RuleScope{};
    }

private:
    const boost::json::value* member(const char* name) const {
        const object* o = value_.if_object();
        return o ? o->if_contains(name) : nullptr;
    }
    boost::json::value value_;
};

HttpResponse bad_trial(const char* detail) {
    return problem(400, "The request cannot be carried out", detail);
}

/// Body: {"mailbox": "...", "folder": "Inbox/CRM", "max": 500, "rules": {document}?}; without rules
/// the present set is used.
Async<HttpResponse> dry_run(ApiServices s, ApiCall call) {
    const TrialRequest body(call.request.body);
    if (body.text("mailbox").empty() || body.text("folder").empty())
        co_return bad_trial("the body must be JSON with \"mailbox\" and \"folder\"");
    const auto max = body.number("max", 500, 1, limits::dry_run_mails_max);
    if (!max) co_return bad_trial("\"max\" must be a whole number from 1 to 10000");
    const auto scope = body.scope();
    if (!scope) co_return unknown_scope();
    rules::RuleSet set = s.rules.current();
    if (body.has("rules")) {
        auto tried = s.rules.try_document(*scope, body.document("rules"));
        if (!tried) co_return rules_problem(tried.error());
        set = std::move(tried->set);
    }
    MailboxId mailbox(normal_address(body.text("mailbox")));
    std::string folder = body.text("folder");
    auto lines = co_await s.dry_run(std::move(mailbox), std::move(set), std::move(folder),
                                    static_cast<std::size_t>(*max));
    if (!lines) co_return problem(lines.error());
    array list;
    std::map<std::string, std::int64_t> counts;
    for (const daemon::DryRunLine& line : *lines) {
        list.push_back(object{{"key", line.key.str()},
                              {"folder", line.folder},
                              {"decision", decision_report(line.decision)}});
        ++counts[std::string(to_string(line.decision.outcome))];
    }
    object summary;
    for (const auto& [outcome, count] : counts) summary[outcome] = count;
    const object answer{{"summary", std::move(summary)}, {"value", std::move(list)}};
    co_return json_response(200, serialize(answer));
}

/// Body: {"mailbox", "rules", "scope"?, "since"?, "folders"?, "max"?}
Async<HttpResponse> compare_rules(ApiServices s, ApiCall call) {
    const TrialRequest body(call.request.body);
    if (body.text("mailbox").empty() || !body.has("rules"))
        co_return bad_trial("the body must be JSON with \"mailbox\" and \"rules\"");
    daemon::DryRunRange range;
    const auto max = body.number("max", limits::dry_run_mails_max, 1, limits::dry_run_mails_max);
    if (!max) co_return bad_trial("\"max\" must be a whole number from 1 to 10000");
    range.mails_max = static_cast<std::size_t>(*max);
    const auto folders = body.texts("folders");
    if (!folders) co_return bad_trial("\"folders\" must be a list of paths");
    range.folders = *folders;
    if (body.has("since")) {
        const std::string since = body.text("since");
        range.since = parse_timestamp(since.size() == 10 ? since + "T00:00:00Z" : since);
        if (!range.since) co_return bad_trial("\"since\" must be a date or a time");
    }
    const auto scope = body.scope();
    if (!scope) co_return unknown_scope();
    auto tried = s.rules.try_document(*scope, body.document("rules"));
    if (!tried) co_return rules_problem(tried.error());
    MailboxId mailbox(normal_address(body.text("mailbox")));
    rules::RuleSet before = s.rules.current();
    rules::RuleSet after = std::move(tried->set);
    auto compared = co_await s.compare_rules(std::move(mailbox), std::move(before),
                                             std::move(after), std::move(range));
    if (!compared) co_return problem(compared.error());
    object answer = to_json(compared->comparison);
    answer["unreadable"] = compared->unreadable;
    answer["complete"] = compared->complete;
    answer["findings"] = to_json(tried->findings);
    co_return json_response(200, serialize(answer));
}

/// Body: {"rules", "scope"?}
Async<HttpResponse> check_rules(ApiServices s, ApiCall call) {
    const TrialRequest body(call.request.body);
    if (!body.has("rules")) co_return bad_trial("the body must be JSON with \"rules\"");
    const auto scope = body.scope();
    if (!scope) co_return unknown_scope();
    auto tried = s.rules.try_document(*scope, body.document("rules"));
    if (!tried) co_return rules_problem(tried.error());
    const object answer{{"version", tried->set.version()},
                        {"rules", tried->set.rule_count()},
                        {"looked_at_for_every_mail", tried->set.always_looked_at()},
                        {"findings", to_json(tried->findings)}};
    co_return json_response(200, serialize(answer));
}

ApiRoute trial_route(const char* pattern, const char* operation, const char* summary,
                     const char* request, const char* response) {
    ApiRoute route{"POST", pattern, operation, summary};
    route.request_schema = request;
    route.response_schema = response;
    route.failures = {404, 422, 502, 503};
    return route;
}

}  // namespace

void add_rule_trial_routes(Router& router, ApiServices s) {
    ApiRoute dry = trial_route(
        "/v1/rules/dry-run", "dryRunRules",
        "What rules would do with the mails of a folder; nothing is done",
        R"({"type":"object","required":["mailbox","folder"],"properties":{"mailbox":{"type":"string"},"folder":{"type":"string"},"max":{"type":"integer","minimum":1,"maximum":10000},"scope":{"type":"string"},"rules":{"type":"object"}}})",
        R"({"type":"object","required":["summary","value"]})");
    dry.handler = [s](ApiCall call) { return dry_run(s, std::move(call)); };
    router.add(std::move(dry));
    ApiRoute compare = trial_route(
        "/v1/rules/compare", "compareRules",
        "What a changed rule set would change for past mail, oldest first; nothing is done",
        R"({"type":"object","required":["mailbox","rules"],"properties":{"mailbox":{"type":"string"},"rules":{"type":"object"},"scope":{"type":"string"},"since":{"type":"string"},"folders":{"type":"array","items":{"type":"string"}},"max":{"type":"integer","minimum":1,"maximum":10000}}})",
        R"({"type":"object","required":["mails","counts","changes","made","noLongerMade"]})");
    compare.handler = [s](ApiCall call) { return compare_rules(s, std::move(call)); };
    router.add(std::move(compare));
    ApiRoute check = trial_route(
        "/v1/rules/check", "checkRules",
        "Check a rule set without storing it: rules that never match or are never reached",
        R"({"type":"object","required":["rules"],"properties":{"rules":{"type":"object"},"scope":{"type":"string"}}})",
        R"({"type":"object","required":["version","findings"]})");
    check.handler = [s](ApiCall call) { return check_rules(s, std::move(call)); };
    router.add(std::move(check));
}

}  // namespace liaison::service
