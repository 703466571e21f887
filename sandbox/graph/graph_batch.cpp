#include "sandbox/graph/graph_batch.hpp"

#include <algorithm>

#include "sandbox/graph/ews_bridge.hpp"
#include "sandbox/mailbox_ids.hpp"

namespace liaison::sandbox::graph {
namespace {

constexpr std::size_t batch_parts_max = 20;

struct BatchPart {
    std::string id;
    HttpRequest request;
    std::vector<std::string> depends_on;
    int status = 0;  // 0: not run
};

std::unexpected<GraphError> bad_batch(std::string_view message) {
    return graph_fail(400, "BadRequest", message);
}

Outcome<void> read_part_body(const json::object& given, BatchPart& part) {
    const json::value* body = given.if_contains("body");
    if (body == nullptr) return {};
    if (part.request.fields.get("Content-Type").empty())
        return bad_batch("Write request id : " + part.id +
                         " does not contain Content-Type header "
                         "or body.");
    if (!body->is_string()) {
        part.request.body = json::serialize(*body);
        return {};
    }
    // Bodies of other types than JSON come in base64.
    if (!base64_decode(body->get_string(), part.request.body))
        return bad_batch("Batch part '" + part.id + "' has a body that is no base64.");
    return {};
}

Outcome<BatchPart> read_part(const json::value& value) {
    if (!value.is_object()) return bad_batch("Invalid batch payload format.");
    const json::object& given = value.get_object();
    BatchPart part;
    part.id = text_of(given, "id");
    part.request.method = text_of(given, "method");
    std::string url(text_of(given, "url"));
    if (part.id.empty() || part.request.method.empty() || url.empty())
        return bad_batch("Invalid batch payload format: a part needs id, method and url.");
    for (char& c : part.request.method)
        c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    if (!url.starts_with('/')) url.insert(0, 1, '/');
    if (url.starts_with("/v1.0/")) url.erase(0, 5);
    part.request.url = url;
    if (const json::object* headers = object_of(given, "headers")) {
        for (const auto& header : *headers) {
            if (header.value().is_string())
                part.request.fields.add(header.key(), std::string(header.value().get_string()));
        }
    }
    if (const json::array* depends = array_of(given, "dependsOn")) {
        for (const json::value& one : *depends) {
            if (one.is_string()) part.depends_on.emplace_back(one.get_string());
        }
    }
    if (auto ok = read_part_body(given, part); !ok) return std::unexpected(ok.error());
    return part;
}

json::object response_part(const BatchPart& part, const HttpResponse& response) {
    json::object headers;
    for (const auto& [name, value] : response.fields.all()) {
        if (!iequals(name, "request-id") && !iequals(name, "client-request-id"))
            headers[name] = value;
    }
    json::object out{{"id", part.id}, {"status", response.status}};
    if (!headers.empty()) out["headers"] = std::move(headers);
    if (response.body.empty()) return out;
    boost::system::error_code error;
    json::value body = json::parse(response.body, error);
    if (error || !response.fields.get("Content-Type").starts_with("application/json"))
        body = base64_encode(response.body);
    out["body"] = std::move(body);
    return out;
}

HttpResponse failed_dependency() {
    HttpResponse out;
    out.status = 424;
    out.fields.set("Content-Type", "application/json");
    out.body = json::serialize(json::object{
        {"error", json::object{{"code", "FailedDependency"},
                               {"message", "A request that this one depends on failed."}}}});
    return out;
}

Outcome<std::vector<BatchPart>> read_parts(std::string_view body) {
    boost::system::error_code error;
    const json::value value = json::parse(body, error);
    const json::array* requests =
        error || !value.is_object() ? nullptr : array_of(value.get_object(), "requests");
    if (requests == nullptr) return bad_batch("Invalid batch payload format.");
    if (requests->size() > batch_parts_max)
        return bad_batch("Number of batch request steps exceeds the maximum value of 20.");
    std::vector<BatchPart> parts;
    for (const json::value& one : *requests) {
        auto part = read_part(one);
        if (!part) return std::unexpected(part.error());
        const bool twice = std::any_of(parts.begin(), parts.end(), [&](const BatchPart& other) {
            return iequals(other.id, part->id);
        });
        if (twice) return bad_batch("Batch request ids must be unique.");
        parts.push_back(std::move(*part));
    }
    for (const BatchPart& part : parts) {
        for (const std::string& needed : part.depends_on) {
            const bool known = std::any_of(parts.begin(), parts.end(), [&](const BatchPart& other) {
                return other.id == needed && &other != &part;
            });
            if (!known) return bad_batch("A dependsOn names no part of the batch.");
        }
    }
    return parts;
}

}  // namespace

Outcome<Reply> run_batch(std::string_view body, const std::optional<Fault>& fault,
                         const std::function<HttpResponse(const HttpRequest&)>& run_part) {
    auto parts = read_parts(body);
    if (!parts) return std::unexpected(parts.error());
    const auto status_of = [&](const std::string& id) {
        for (const BatchPart& part : *parts) {
            if (part.id == id) return part.status;
        }
        return 0;
    };
    json::array responses;
    for (std::size_t round = 0; round < parts->size(); ++round) {
        bool progress = false;
        for (BatchPart& part : *parts) {
            if (part.status != 0) continue;
            const bool waits =
                std::any_of(part.depends_on.begin(), part.depends_on.end(),
                            [&](const std::string& id) { return status_of(id) == 0; });
            if (waits) continue;
            const bool failed =
                std::any_of(part.depends_on.begin(), part.depends_on.end(),
                            [&](const std::string& id) { return status_of(id) >= 400; });
            const HttpResponse response = failed ? failed_dependency() : run_part(part.request);
            part.status = response.status;
            responses.insert(responses.begin(), response_part(part, response));
            progress = true;
        }
        if (!progress) break;
    }
    for (const BatchPart& part : *parts) {
        if (part.status == 0) return bad_batch("The dependsOn of the batch go in a circle.");
    }
    if (fault && fault->kind == FaultKind::PartMissing && fault->count < responses.size())
        responses.erase(responses.begin() + fault->count);
    return json_reply(json::object{{"responses", std::move(responses)}});
}

}  // namespace liaison::sandbox::graph
