#include "sandbox/control_api.hpp"

#include <array>
#include <boost/json.hpp>

#include "net/url.hpp"
#include "sandbox/control_parts.hpp"

namespace liaison::sandbox {
namespace control {

std::string_view Call::parameter(const std::string& name) const {
    const auto found = query.find(name);
    return found == query.end() ? std::string_view() : std::string_view(found->second);
}

HttpResponse json_answer(const boost::json::value& value, int status) {
    HttpResponse out;
    out.status = status;
    out.fields.set("Content-Type", "application/json; charset=utf-8");
    out.fields.set("Cache-Control", "no-store");
    out.body = boost::json::serialize(value);
    out.body += '\n';
    return out;
}

HttpResponse problem(int status, std::string_view title, std::string_view detail) {
    const boost::json::object body = {
        {"type", "about:blank"}, {"title", title}, {"status", status}, {"detail", detail}};
    HttpResponse out = json_answer(body, status);
    out.fields.set("Content-Type", "application/problem+json");
    return out;
}

HttpResponse problem(const Error& error) {
    switch (error.kind) {
        case ErrorKind::NotFound:
            return problem(404, "Not found", error.message);
        case ErrorKind::AlreadyExists:
            return problem(409, "Already exists", error.message);
        case ErrorKind::VersionConflict:
            return problem(412, "Changed in between", error.message);
        case ErrorKind::Forbidden:
            return problem(403, "Forbidden", error.message);
        case ErrorKind::InvalidRequest:
            return problem(400, "Invalid request", error.message);
        case ErrorKind::TooLarge:
            return problem(413, "Too large", error.message);
        case ErrorKind::Unsupported:
            return problem(501, "Not supported", error.message);
        default:
            return problem(500, "The sandbox failed", error.message);
    }
}

HttpResponse method_not_allowed(std::string_view allowed) {
    HttpResponse out = problem(405, "Method not allowed", "allowed: " + std::string(allowed));
    out.fields.set("Allow", std::string(allowed));
    return out;
}

Result<boost::json::object> body_object(const Call& call) {
    boost::json::parser parser;
    boost::system::error_code error;
    const std::size_t parsed = parser.write_some(call.request->body, error);
    if (!error && call.request->body.find_first_not_of(" \t\r\n", parsed) != std::string::npos) {
        error = boost::json::error::extra_data;
    }
    if (error) {
        const std::string place = " at byte " + std::to_string(parsed);
        return fail(ErrorKind::InvalidRequest, "the body is no JSON: " + error.message() + place);
    }
    boost::json::value value = parser.release();
    if (!value.is_object())
        return fail(ErrorKind::InvalidRequest, "the body must be a JSON object");
    return std::move(value.as_object());
}

Result<std::optional<std::string>> text_member(const boost::json::object& object,
                                               std::string_view name) {
    const boost::json::value* value = object.if_contains(name);
    if (value == nullptr || value->is_null()) return std::nullopt;
    if (!value->is_string())
        return fail(ErrorKind::InvalidRequest, std::string(name) + " must be a string");
    return std::string(value->get_string());
}

Result<std::optional<bool>> bool_member(const boost::json::object& object, std::string_view name) {
    const boost::json::value* value = object.if_contains(name);
    if (value == nullptr || value->is_null()) return std::nullopt;
    if (!value->is_bool())
        return fail(ErrorKind::InvalidRequest, std::string(name) + " must be true or false");
    return value->get_bool();
}

Result<std::optional<double>> number_member(const boost::json::object& object,
                                            std::string_view name) {
    const boost::json::value* value = object.if_contains(name);
    if (value == nullptr || value->is_null()) return std::nullopt;
    if (!value->is_number())
        return fail(ErrorKind::InvalidRequest, std::string(name) + " must be a number");
    return value->to_number<double>();
}

Result<std::string> needed_text(const boost::json::object& object, std::string_view name) {
    auto text = text_member(object, name);
    if (!text) return std::unexpected(text.error());
    if (!*text || (*text)->empty())
        return fail(ErrorKind::InvalidRequest, std::string(name) + " is missing");
    return std::move(**text);
}

namespace {

bool is_loopback_authority(std::string_view authority) {
    const auto bracket = authority.find(']');
    const auto colon = authority.find(':', bracket == std::string_view::npos ? 0 : bracket);
    const std::string_view host = authority.substr(0, colon);
    return iequals(host, "localhost") || host == "[::1]" || host.starts_with("127.");
}

/// Keeps pages of other sites out, also after their name was bound to 127.0.0.1.
bool comes_from_here(const HttpRequest& request) {
    const std::string_view host = request.fields.get("Host");
    if (!host.empty() && !is_loopback_authority(host)) return false;
    if (!request.fields.has("Origin")) return true;
    const std::string_view origin = request.fields.get("Origin");
    return origin == "http://" + std::string(host);
}

Result<Call> call_of(const MailboxStore& store, const HttpRequest& request) {
    Call out;
    out.method = request.method;
    out.request = &request;
    std::string_view url = request.url;
    const auto question = url.find('?');
    if (question != std::string_view::npos) {
        auto query = net::parse_query(url.substr(question + 1));
        if (!query) return std::unexpected(query.error());
        out.query = std::move(*query);
        url = url.substr(0, question);
    }
    url.remove_prefix(std::string_view("/sandbox").size());
    while (url.starts_with('/')) url.remove_prefix(1);
    while (url.ends_with('/')) url.remove_suffix(1);
    constexpr std::string_view boxes = "mailboxes/";
    if (!url.starts_with(boxes)) {
        out.resource = std::string(url);
        return out;
    }
    url.remove_prefix(boxes.size());
    const auto slash = url.find('/');
    auto address = net::percent_decode(url.substr(0, slash));
    if (!address) return std::unexpected(address.error());
    const User* user = store.find_user(*address);
    const bool is_public = *address == "public";
    if (user == nullptr && !is_public) return fail(ErrorKind::NotFound, "no such mailbox");
    out.mailbox = is_public ? std::string(public_folders_address) : user->address;
    out.resource =
        slash == std::string_view::npos ? std::string() : std::string(url.substr(slash + 1));
    return out;
}

HttpResponse health(const MailboxStore& store, const Call& call) {
    if (call.method != "GET") return method_not_allowed("GET");
    const boost::json::object body = {
        {"status", "ok"}, {"mailboxes", store.users().size()}, {"time", store.now()}};
    return json_answer(body);
}

}  // namespace
}  // namespace control

ControlApi::ControlApi(MailboxStore& store, Faults& faults, RequestLog& requests)
    : store_(store), faults_(faults), requests_(requests) {}

bool ControlApi::owns_path(std::string_view url) {
    return url == "/sandbox" || url.starts_with("/sandbox/") || url.starts_with("/sandbox?");
}

void ControlApi::serve(std::string resource,
                       std::function<HttpResponse(const control::Call&)> handler) {
    more_[std::move(resource)] = std::move(handler);
}

HttpResponse ControlApi::handle(const HttpRequest& request) {
    if (!control::comes_from_here(request)) {
        return control::problem(403, "Forbidden",
                                "the control API answers requests of this machine only");
    }
    auto call = control::call_of(store_, request);
    if (!call) return control::problem(call.error());
    if (!call->mailbox.empty()) {
        using Handler = HttpResponse (*)(MailboxStore&, const control::Call&);
        static constexpr std::array<std::pair<std::string_view, Handler>, 8> table = {
            {{"folders", control::folders},
             {"items", control::items},
             {"content", control::content},
             {"summary", control::summary},
             {"mail", control::mail},
             {"load", control::load},
             {"rules", control::rules},
             {"delegates", control::delegates}}};
        for (const auto& [name, handler] : table) {
            if (call->resource == name) return handler(store_, *call);
        }
    }
    if (call->mailbox.empty() && call->resource == "health") return control::health(store_, *call);
    if (call->mailbox.empty() && call->resource == "users") return control::users(store_, *call);
    if (call->mailbox.empty() && call->resource == "outbox") return control::outbox(store_, *call);
    if (call->mailbox.empty() && call->resource == "faults") return control::faults(faults_, *call);
    if (call->mailbox.empty() && call->resource == "requests")
        return control::requests(requests_, *call);
    if (const auto found = more_.find(call->resource); call->mailbox.empty() && found != more_.end())
        return found->second(*call);
    return control::problem(404, "Not found", "no such resource");
}

}  // namespace liaison::sandbox
