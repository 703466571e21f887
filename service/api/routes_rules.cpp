#include <boost/json.hpp>
#include <charconv>

#include "core/limits.hpp"
#include "core/text.hpp"
#include "service/api/json.hpp"
#include "service/api/services.hpp"

namespace liaison::service {

using boost::json::array;
using boost::json::object;

namespace {

std::string rules_etag(std::int64_t number) {
    return "\"" + std::to_string(number) + "\"";
}

HttpResponse rules_problem(const std::vector<rules::RuleError>& errors) {
    array list;
    for (const rules::RuleError& e : errors)
        list.push_back(object{{"pointer", e.pointer},
                              {"line", e.line},
                              {"column", e.column},
                              {"message", e.message}});
    const object body{{"type", "about:blank"},
                      {"title", "The rule set is refused"},
                      {"status", 422},
                      {"detail", "nothing was changed; each error names its place"},
                      {"errors", std::move(list)}};
    HttpResponse response = json_response(422, serialize(body));
    response.fields.set("Content-Type", "application/problem+json");
    return response;
}

Async<HttpResponse> get_rules(ApiServices s) {
    HttpResponse response = json_response(200, s.rules.document());
    response.fields.set("ETag", rules_etag(s.rules.number()));
    co_return response;
}

Async<HttpResponse> put_rules(ApiServices s, ApiCall call) {
    const std::string_view match = call.request.fields.get("If-Match");
    if (match.empty())
        co_return problem(
            428, "If-Match is needed",
            "send the ETag of GET /v1/rules, so that nobody's change is overwritten unseen");
    std::int64_t expected = -1;
    const std::string number(match.size() > 2 ? match.substr(1, match.size() - 2)
                                              : std::string_view());
    std::from_chars(number.data(), number.data() + number.size(), expected);
    if (rules_etag(expected) != match)
        co_return problem(412, "Somebody changed it in between", "the ETag is not the present one");
    if (call.request.body.size() > limits::rule_document_bytes_max)
        co_return problem(413, "Too large", "the rule document is too large");
    std::vector<rules::RuleError> errors;
    std::string document = std::move(call.request.body);
    std::string who = "api";
    Result<std::int64_t> stored =
        co_await s.rules.replace(expected, std::move(document), std::move(who), &errors);
    if (!errors.empty()) co_return rules_problem(errors);
    if (!stored) co_return problem(stored.error());
    HttpResponse response = json_response(200, s.rules.document());
    response.fields.set("ETag", rules_etag(*stored));
    co_return response;
}

/// Body: {"mailbox": "...", "folder": "Inbox/CRM", "max": 500, "rules": {document}?}; without rules
/// the present set is used.
Async<HttpResponse> dry_run(ApiServices s, ApiCall call) {
    boost::system::error_code error;
    boost::json::parse_options options;
    options.max_depth = static_cast<unsigned char>(limits::json_depth_max);
    const boost::json::value body = boost::json::parse(call.request.body, error, {}, options);
    const object* input = error ? nullptr : body.if_object();
    const auto text = [&](const char* name) -> std::string {
        const boost::json::value* v = input ? input->if_contains(name) : nullptr;
        return v && v->is_string() ? std::string(v->get_string()) : std::string();
    };
    if (!input || text("mailbox").empty() || text("folder").empty())
        co_return problem(400, "The request cannot be carried out",
                          "the body must be JSON with \"mailbox\" and \"folder\"");
    std::int64_t max = 500;
    if (const auto* v = input->if_contains("max")) {
        if (!v->is_int64() || v->get_int64() < 1 || v->get_int64() > 10'000)
            co_return problem(400, "The request cannot be carried out",
                              "\"max\" must be a whole number from 1 to 10000");
        max = v->get_int64();
    }
    rules::RuleSet set = s.rules.current();
    if (const auto* document = input->if_contains("rules")) {
        auto loaded = rules::RuleSet::load(serialize(*document));
        if (!loaded) co_return rules_problem(loaded.error());
        set = std::move(*loaded);
    }
    MailboxId mailbox(normal_address(text("mailbox")));
    std::string folder = text("folder");
    auto lines = co_await s.dry_run(std::move(mailbox), std::move(set), std::move(folder),
                                    static_cast<std::size_t>(max));
    if (!lines) co_return problem(lines.error());
    array list;
    std::map<std::string, std::int64_t> counts;
    for (const daemon::DryRunLine& line : *lines) {
        list.push_back(object{{"key", line.key.str()},
                              {"folder", line.folder},
                              {"decision", to_json(line.decision)}});
        ++counts[std::string(to_string(line.decision.outcome))];
    }
    object summary;
    for (const auto& [outcome, count] : counts) summary[outcome] = count;
    const object answer{{"summary", std::move(summary)}, {"value", std::move(list)}};
    co_return json_response(200, serialize(answer));
}

Async<HttpResponse> get_schema() {
    co_return json_response(200, rules::rule_schema());
}

}  // namespace

void add_rule_routes(Router& router, ApiServices s) {
    router.add({"GET",
                "/v1/rules",
                "getRules",
                "The rule set in force; the ETag header is its number",
                {},
                "",
                R"({"type":"object"})",
                200,
                {},
                false,
                "application/json",
                [s](ApiCall) { return get_rules(s); }});
    router.add(
        {"PUT",
         "/v1/rules",
         "replaceRules",
         "Replace the rule set: checked whole, its examples run, all or nothing; needs If-Match",
         {},
         R"({"type":"object","required":["rules"]})",
         R"({"type":"object"})",
         200,
         {412, 413, 422, 428},
         false,
         "application/json",
         [s](ApiCall call) { return put_rules(s, std::move(call)); }});
    router.add(
        {"POST",
         "/v1/rules/dry-run",
         "dryRunRules",
         "What rules would do with the mails of a folder; nothing is done",
         {},
         R"({"type":"object","required":["mailbox","folder"],"properties":{"mailbox":{"type":"string"},"folder":{"type":"string"},"max":{"type":"integer","minimum":1,"maximum":10000},"rules":{"type":"object"}}})",
         R"({"type":"object","required":["summary","value"]})",
         200,
         {404, 422, 502, 503},
         false,
         "application/json",
         [s](ApiCall call) { return dry_run(s, std::move(call)); }});
    router.add({"GET",
                "/v1/rules/schema",
                "getRuleSchema",
                "JSON Schema of rule documents",
                {},
                "",
                R"({"type":"object"})",
                200,
                {},
                false,
                "application/schema+json",
                [](ApiCall) { return get_schema(); }});
}

}  // namespace liaison::service
