#include "service/api/router.hpp"

#include <openssl/crypto.h>

#include <boost/json.hpp>
#include <charconv>

#include "core/digest.hpp"
#include "core/text.hpp"
#include "net/url.hpp"

namespace liaison::service {

namespace {

/// Segments of a path or pattern, still encoded.
std::vector<std::string> route_segments(std::string_view path) {
    return split(path, '/');
}

/// The decoded names if `path` fits `pattern`; nothing otherwise.
std::optional<std::map<std::string, std::string>> match_route(const std::string& pattern,
                                                              std::string_view path) {
    const auto wanted = route_segments(pattern);
    const auto given = route_segments(path);
    if (wanted.size() != given.size()) return std::nullopt;
    std::map<std::string, std::string> names;
    for (std::size_t i = 0; i < wanted.size(); ++i) {
        if (wanted[i].starts_with('{')) {
            const auto value = net::percent_decode(given[i]);
            if (!value || value->empty()) return std::nullopt;
            names.emplace(wanted[i].substr(1, wanted[i].size() - 2), *value);
        } else if (wanted[i] != given[i]) {
            return std::nullopt;
        }
    }
    return names;
}

bool same_secret(std::string_view a, std::string_view b) {
    // Digests have one length, so neither content nor length of the secret shows in the time taken.
    const std::string x = sha256_hex(a);
    const std::string y = sha256_hex(b);
    return CRYPTO_memcmp(x.data(), y.data(), x.size()) == 0;
}

bool authorised(const HttpRequest& request, const std::string& token) {
    constexpr std::string_view kScheme = "Bearer ";
    const std::string_view header = request.fields.get("Authorization");
    if (header.size() <= kScheme.size() || !iequals(header.substr(0, kScheme.size()), kScheme))
        return false;
    return same_secret(header.substr(kScheme.size()), token);
}

HttpResponse with_safe_headers(HttpResponse response) {
    response.fields.set("X-Content-Type-Options", "nosniff");
    response.fields.set("Cache-Control", "no-store");
    return response;
}

}  // namespace

Result<std::int64_t> ApiCall::number(const std::string& name, std::int64_t otherwise,
                                     std::int64_t min, std::int64_t max) const {
    const auto found = query.find(name);
    if (found == query.end()) return otherwise;
    std::int64_t value = 0;
    const char* end = found->second.data() + found->second.size();
    const auto [stop, error] = std::from_chars(found->second.data(), end, value);
    if (error != std::errc{} || stop != end || value < min || value > max)
        return fail(ErrorKind::InvalidRequest,
                    "query parameter '" + name + "' must be a whole number from " +
                        std::to_string(min) + " to " + std::to_string(max));
    return value;
}

Router::Router(std::string token, std::string version)
    : token_(std::move(token)), version_(std::move(version)) {}

void Router::add(ApiRoute route) {
    routes_.push_back(std::move(route));
}

HttpResponse json_response(int status, std::string body) {
    HttpResponse response;
    response.status = status;
    response.fields.set("Content-Type", "application/json");
    response.body = std::move(body);
    return response;
}

HttpResponse problem(int status, std::string_view title, std::string_view detail) {
    boost::json::object object;
    object["type"] = "about:blank";
    object["title"] = std::string(title);
    object["status"] = status;
    if (!detail.empty()) object["detail"] = clean_utf8(detail);
    HttpResponse response = json_response(status, boost::json::serialize(object));
    response.fields.set("Content-Type", "application/problem+json");
    return response;
}

HttpResponse problem(const Error& error) {
    switch (error.kind) {
        case ErrorKind::NotFound:
            return problem(404, "Not found", error.message);
        case ErrorKind::InvalidRequest:
            return problem(400, "The request cannot be carried out", error.message);
        case ErrorKind::VersionConflict:
            return problem(412, "Somebody changed it in between", error.message);
        case ErrorKind::AlreadyExists:
            return problem(409, "It exists already", error.message);
        case ErrorKind::TooLarge:
            return problem(413, "Too large", error.message);
        case ErrorKind::Throttled:
            return problem(503, "The other side asked for a pause", error.message);
        case ErrorKind::Transient:
        case ErrorKind::Unanswered:
        case ErrorKind::CorruptReply:
        case ErrorKind::Cancelled:
            return problem(502, "The other side cannot be reached", error.message);
        case ErrorKind::Unauthenticated:
        case ErrorKind::Forbidden:
            return problem(502, "The other side refuses Liaison's account", error.message);
        case ErrorKind::Unsupported:
            return problem(501, "Not supported", error.message);
        case ErrorKind::CursorExpired:
        case ErrorKind::Internal:
            return problem(500, "Internal error", "see the service's log");
    }
    return problem(500, "Internal error", "see the service's log");
}

Async<HttpResponse> Router::handle(HttpRequest request) {
    const std::size_t question = request.url.find('?');
    const std::string path = request.url.substr(0, question);
    std::string allowed;
    const ApiRoute* found = nullptr;
    ApiCall call;
    for (const ApiRoute& route : routes_) {
        auto names = match_route(route.pattern, path);
        if (!names) continue;
        if (route.method == request.method || (request.method == "HEAD" && route.method == "GET")) {
            found = &route;
            call.path = std::move(*names);
            break;
        }
        allowed += (allowed.empty() ? "" : ", ") + route.method;
    }
    // Strangers learn nothing about which routes exist.
    if (!(found && found->open) && !authorised(request, token_)) {
        HttpResponse refused =
            problem(401, "A token is needed", "send the header 'Authorization: Bearer TOKEN'");
        refused.fields.set("WWW-Authenticate", "Bearer realm=\"liaison\"");
        co_return with_safe_headers(std::move(refused));
    }
    if (!found && !allowed.empty()) {
        HttpResponse refused =
            problem(405, "The method does not fit this address", "allowed: " + allowed);
        refused.fields.set("Allow", allowed);
        co_return with_safe_headers(std::move(refused));
    }
    if (!found)
        co_return with_safe_headers(problem(404, "No such address", "see /v1/openapi.json"));
    if (question != std::string::npos) {
        auto query = net::parse_query(std::string_view(request.url).substr(question + 1));
        if (!query)
            co_return with_safe_headers(problem(400, "Malformed query", query.error().message));
        for (const auto& [name, value] : *query) {
            bool known = false;
            for (const ApiParameter& p : found->query) known = known || p.name == name;
            if (!known)
                co_return with_safe_headers(
                    problem(400, "Unknown query parameter", "'" + name + "' is not known here"));
        }
        call.query = std::move(*query);
    }
    call.request = std::move(request);
    HttpResponse response = co_await found->handler(std::move(call));
    co_return with_safe_headers(std::move(response));
}

std::string Router::openapi() const {
    using boost::json::array;
    using boost::json::object;
    object paths;
    for (const ApiRoute& route : routes_) {
        object operation;
        operation["operationId"] = route.operation_id;
        operation["summary"] = route.summary;
        array parameters;
        for (const std::string& part : route_segments(route.pattern))
            if (part.starts_with('{'))
                parameters.push_back(object{{"name", part.substr(1, part.size() - 2)},
                                            {"in", "path"},
                                            {"required", true},
                                            {"schema", object{{"type", "string"}}}});
        for (const ApiParameter& p : route.query)
            parameters.push_back(object{{"name", p.name},
                                        {"in", "query"},
                                        {"description", p.description},
                                        {"schema", object{{"type", p.type}}}});
        if (!parameters.empty()) operation["parameters"] = std::move(parameters);
        if (!route.request_schema.empty())
            operation["requestBody"] =
                object{{"required", true},
                       {"content",
                        object{{"application/json",
                                object{{"schema", boost::json::parse(route.request_schema)}}}}}};
        object success{{"description", "done"}};
        if (!route.response_schema.empty())
            success["content"] =
                object{{route.response_type,
                        object{{"schema", boost::json::parse(route.response_schema)}}}};
        object responses{{std::to_string(route.success), std::move(success)}};
        const object problem_body{
            {"application/problem+json",
             object{{"schema", object{{"$ref", "#/components/schemas/Problem"}}}}}};
        std::vector<int> failures = route.failures;
        if (!route.open) failures.push_back(401);
        failures.push_back(400);
        for (const int status : failures)
            responses[std::to_string(status)] =
                object{{"description", "a problem (RFC 9457)"}, {"content", problem_body}};
        operation["responses"] = std::move(responses);
        if (route.open) operation["security"] = array{};
        if (!paths.contains(route.pattern)) paths[route.pattern] = object{};
        paths[route.pattern].as_object()[to_lower_ascii(route.method)] = std::move(operation);
    }
    const object problem_schema{{"type", "object"},
                                {"required", array{"title", "status"}},
                                {"properties", object{{"type", object{{"type", "string"}}},
                                                      {"title", object{{"type", "string"}}},
                                                      {"status", object{{"type", "integer"}}},
                                                      {"detail", object{{"type", "string"}}}}}};
    const object document{
        {"openapi", "3.1.0"},
        {"info", object{{"title", "Liaison management API"}, {"version", version_}}},
        {"servers", array{object{{"url", "/"}}}},
        {"security", array{object{{"token", array{}}}}},
        {"paths", std::move(paths)},
        {"components", object{{"securitySchemes",
                               object{{"token", object{{"type", "http"}, {"scheme", "bearer"}}}}},
                              {"schemas", object{{"Problem", problem_schema}}}}}};
    return boost::json::serialize(document);
}

}  // namespace liaison::service
