#include <boost/json.hpp>
#include <charconv>
#include <optional>

#include "core/limits.hpp"
#include "core/text.hpp"
#include "service/api/json.hpp"
#include "service/api/rule_answers.hpp"
#include "service/api/services.hpp"
#include "service/rule_report.hpp"

namespace liaison::service {

using boost::json::array;
using boost::json::object;

HttpResponse rules_problem(const std::vector<rules::RuleError>& errors) {
    array list;
    for (const rules::RuleError& e : errors) list.push_back(to_json(e));
    const object body{{"type", "about:blank"},
                      {"title", "The rule set is refused"},
                      {"status", 422},
                      {"detail", "nothing was changed; each error names its place"},
                      {"errors", std::move(list)}};
    HttpResponse response = json_response(422, serialize(body));
    response.fields.set("Content-Type", "application/problem+json");
    return response;
}

HttpResponse unknown_scope() {
    return problem(400, "There is no such scope",
                   "a scope is organization, group:NAME or mailbox:ADDRESS");
}

namespace {

std::string rules_etag(std::int64_t number) {
    return "\"" + std::to_string(number) + "\"";
}

std::optional<rules::RuleScope> scope_of(const ApiCall& call) {
    const auto named = call.query.find("scope");
    if (named == call.query.end()) return rules::RuleScope{};
    return rules::parse_rule_scope(named->second);
}

HttpResponse document_answer(const RuleBook::Entry& entry) {
    HttpResponse response = json_response(200, entry.document);
    response.fields.set("ETag", rules_etag(entry.number));
    return response;
}

/// The number that If-Match names, or the problem.
std::optional<std::int64_t> expected_number(const ApiCall& call, HttpResponse& refusal) {
    const std::string_view match = call.request.fields.get("If-Match");
    if (match.empty()) {
        refusal = problem(428, "If-Match is needed",
                          "send the ETag that GET answered, so that nobody's change is overwritten "
                          "unseen");
        return std::nullopt;
    }
    std::int64_t expected = -1;
    const std::string number(match.size() > 2 ? match.substr(1, match.size() - 2)
                                              : std::string_view());
    std::from_chars(number.data(), number.data() + number.size(), expected);
    if (rules_etag(expected) == match) return expected;
    refusal = problem(412, "Somebody changed it in between", "the ETag is not the present one");
    return std::nullopt;
}

Async<HttpResponse> get_rules(ApiServices s, ApiCall call) {
    const auto scope = scope_of(call);
    if (!scope) co_return unknown_scope();
    co_return document_answer(s.rules.entry(*scope));
}

Async<HttpResponse> put_rules(ApiServices s, ApiCall call) {
    const auto scope = scope_of(call);
    if (!scope) co_return unknown_scope();
    HttpResponse refusal;
    const auto expected = expected_number(call, refusal);
    if (!expected) co_return refusal;
    if (call.request.body.size() > limits::rule_document_bytes_max)
        co_return problem(413, "Too large", "the rule document is too large");
    std::vector<rules::RuleError> errors;
    std::string document = std::move(call.request.body);
    std::string who = "api";
    rules::RuleScope target = *scope;
    Result<std::int64_t> stored = co_await s.rules.replace(
        std::move(target), *expected, std::move(document), std::move(who), &errors);
    if (!errors.empty()) co_return rules_problem(errors);
    if (!stored) co_return problem(stored.error());
    co_return document_answer(s.rules.entry(*scope));
}

Async<HttpResponse> get_scopes(ApiServices s) {
    array list;
    for (const rules::RuleScope& scope : s.rules.scopes())
        list.push_back(
            object{{"scope", to_string(scope)}, {"number", s.rules.entry(scope).number}});
    const object answer{{"version", s.rules.current().version()},
                        {"rules", s.rules.current().rule_count()},
                        {"value", std::move(list)}};
    co_return json_response(200, serialize(answer));
}

Async<HttpResponse> get_lists(ApiServices s) {
    co_return document_answer(s.rules.lists());
}

Async<HttpResponse> put_lists(ApiServices s, ApiCall call) {
    HttpResponse refusal;
    const auto expected = expected_number(call, refusal);
    if (!expected) co_return refusal;
    std::vector<rules::RuleError> errors;
    std::string document = std::move(call.request.body);
    std::string who = "api";
    Result<std::int64_t> stored =
        co_await s.rules.replace_lists(*expected, std::move(document), std::move(who), &errors);
    if (!errors.empty()) co_return rules_problem(errors);
    if (!stored) co_return problem(stored.error());
    co_return document_answer(s.rules.lists());
}

Async<HttpResponse> get_schema() {
    co_return json_response(200, rules::rule_schema());
}

const std::vector<ApiParameter> kScopeParameter = {
    {"scope", "organization (where it is missing), group:NAME or mailbox:ADDRESS"}};

ApiRoute document_route(const char* method, const char* pattern, const char* operation,
                        const char* summary, std::vector<ApiParameter> query) {
    ApiRoute route{method, pattern, operation, summary, std::move(query)};
    route.response_schema = R"({"type":"object"})";
    return route;
}

void add_document_routes(Router& router, ApiServices s) {
    ApiRoute read =
        document_route("GET", "/v1/rules", "getRules",
                       "The rule set of a scope; the ETag header is its number", kScopeParameter);
    read.handler = [s](ApiCall call) { return get_rules(s, std::move(call)); };
    router.add(std::move(read));
    ApiRoute replace = document_route(
        "PUT", "/v1/rules", "replaceRules",
        "Replace the rule set of a scope: checked whole, its examples run, all or nothing; needs "
        "If-Match",
        kScopeParameter);
    replace.request_schema = R"({"type":"object","required":["rules"]})";
    replace.failures = {412, 413, 422, 428};
    replace.handler = [s](ApiCall call) { return put_rules(s, std::move(call)); };
    router.add(std::move(replace));
    ApiRoute scopes = document_route("GET", "/v1/rules/scopes", "getRuleScopes",
                                     "The scopes that have a rule set, in order of evaluation", {});
    scopes.handler = [s](ApiCall) { return get_scopes(s); };
    router.add(std::move(scopes));
}

void add_list_routes(Router& router, ApiServices s) {
    ApiRoute read =
        document_route("GET", "/v1/rules/lists", "getRuleLists",
                       "Named lists that all rule sets may use; ETag: their number", {});
    read.handler = [s](ApiCall) { return get_lists(s); };
    router.add(std::move(read));
    ApiRoute replace =
        document_route("PUT", "/v1/rules/lists", "replaceRuleLists",
                       "Replace them; every rule set must still pass its examples", {});
    replace.request_schema = R"({"type":"object","required":["lists"]})";
    replace.failures = {412, 413, 422, 428};
    replace.handler = [s](ApiCall call) { return put_lists(s, std::move(call)); };
    router.add(std::move(replace));
}

}  // namespace

void add_rule_routes(Router& router, ApiServices s) {
    add_document_routes(router, s);
    add_list_routes(router, s);
    ApiRoute schema = document_route("GET", "/v1/rules/schema", "getRuleSchema",
                                     "JSON Schema of rule documents", {});
    schema.response_type = "application/schema+json";
    schema.handler = [](ApiCall) { return get_schema(); };
    router.add(std::move(schema));
}

}  // namespace liaison::service
