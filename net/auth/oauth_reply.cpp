#include "net/auth/oauth_reply.hpp"

#include <algorithm>
#include <array>
#include <boost/json.hpp>
#include <charconv>

#include "core/limits.hpp"
#include "core/text.hpp"
#include "net/http_date.hpp"

namespace liaison::net {

namespace {

constexpr ErrorKind kRefused = ErrorKind::Unauthenticated;

constexpr std::array kRefusals = {
    SignInRefusal{7000215, kRefused,
                  "the client secret is wrong; the secret's value is needed, not its id"},
    SignInRefusal{7000222, kRefused, "the client secret has expired; make a new one"},
    SignInRefusal{7000216, kRefused, "a client secret or a certificate is needed"},
    SignInRefusal{7000218, kRefused, "a client secret or a certificate is needed"},
    SignInRefusal{7000112, kRefused, "the application is disabled in the tenant"},
    SignInRefusal{7000229, kRefused, "the application has no service principal in the tenant"},
    SignInRefusal{700016, kRefused, "the tenant does not know this client id"},
    SignInRefusal{700027, kRefused,
                  "the certificate is not registered for the application, or the signature is bad"},
    SignInRefusal{700023, kRefused, "the assertion's audience is not this token endpoint"},
    SignInRefusal{700024, kRefused,
                  "the assertion is not valid now; look at the clock of this machine"},
    SignInRefusal{700025, kRefused, "the client is public and takes no secret"},
    SignInRefusal{700021, kRefused, "the assertion's client is another one"},
    SignInRefusal{700030, kRefused, "the certificate is not accepted by the tenant"},
    SignInRefusal{50012, kRefused, "the assertion is not accepted; look at the certificate"},
    SignInRefusal{90002, kRefused, "there is no such tenant"},
    SignInRefusal{900023, kRefused, "the tenant is no domain and no id"},
    SignInRefusal{500011, kRefused, "the tenant does not know the resource of the scope"},
    SignInRefusal{500013, kRefused, "the tenant does not know the resource of the scope"},
    SignInRefusal{70011, kRefused, "the scope is not valid"},
    SignInRefusal{1002012, kRefused, "the scope must end in /.default"},
    SignInRefusal{65001, kRefused, "an administrator has not consented to the permissions"},
    SignInRefusal{65004, kRefused, "consent was declined"},
    SignInRefusal{501051, kRefused, "the application is not assigned to the resource"},
    SignInRefusal{501481, kRefused, "the application is not permitted to ask for this resource"},
    SignInRefusal{53003, kRefused, "a conditional access policy blocks the sign-in"},
    SignInRefusal{53011, kRefused, "the sign-in is blocked as risky"},
    SignInRefusal{50034, kRefused, "the tenant does not know the account"},
    SignInRefusal{50057, kRefused, "the account is disabled"},
    SignInRefusal{51004, kRefused, "the tenant does not know the account"},
    SignInRefusal{50196, ErrorKind::Throttled, "the application signs in too often"},
    SignInRefusal{90024, ErrorKind::Throttled, "the sign-in service is busy"},
    SignInRefusal{90033, ErrorKind::Transient, "the sign-in service is unavailable for a moment"},
    SignInRefusal{90006, ErrorKind::Transient, "the sign-in service is unavailable for a moment"},
    SignInRefusal{90009, kRefused, "the application asks for a token for itself"},
    SignInRefusal{90012, ErrorKind::Transient, "the sign-in service took too long"},
    SignInRefusal{50058, kRefused, "the sign-in needs a person"},
    SignInRefusal{50076, kRefused, "the sign-in needs a second factor"},
};

struct OAuthProblem {
    std::string error;        ///< invalid_client, unauthorized_client, invalid_scope, ...
    std::int64_t aadsts = 0;  ///< first of error_codes, or of "AADSTS..." in the description
    std::string correlation_id;
};

/// A text that can stand in a message and a log.
std::string plain_word(std::string_view text) {
    std::string out;
    for (const char c : text.substr(0, 64))
        if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
            c == '_' || c == '-' || c == '.')
            out += c;
    return out;
}

std::string text_of(const boost::json::object& object, std::string_view name) {
    const boost::json::value* value = object.if_contains(name);
    const boost::json::string* text = value ? value->if_string() : nullptr;
    return text ? std::string(*text) : std::string();
}

std::optional<std::int64_t> number_of(const boost::json::value* value) {
    if (!value) return std::nullopt;
    if (const std::int64_t* number = value->if_int64()) return *number;
    if (const boost::json::string* text = value->if_string()) {
        std::int64_t number = 0;
        const char* end = text->data() + text->size();
        const auto parsed = std::from_chars(text->data(), end, number);
        if (parsed.ec == std::errc{} && parsed.ptr == end) return number;
    }
    return std::nullopt;
}

std::optional<boost::json::object> parse_reply(std::string_view body) {
    boost::json::error_code error;
    boost::json::parse_options options;
    options.max_depth = 16;
    boost::json::value value = boost::json::parse(body, error, {}, options);
    if (error || !value.is_object()) return std::nullopt;
    return std::move(value.get_object());
}

OAuthProblem read_problem(const boost::json::object& reply) {
    OAuthProblem problem;
    problem.error = plain_word(text_of(reply, "error"));
    problem.correlation_id = plain_word(text_of(reply, "correlation_id"));
    const boost::json::value* codes = reply.if_contains("error_codes");
    if (codes && codes->is_array() && !codes->get_array().empty())
        problem.aadsts = number_of(&codes->get_array().front()).value_or(0);
    const std::string description = text_of(reply, "error_description");
    if (problem.aadsts == 0 && description.starts_with("AADSTS"))
        std::from_chars(description.data() + 6, description.data() + description.size(),
                        problem.aadsts);
    return problem;
}

Error problem_error(const OAuthProblem& problem, int status) {
    const auto known = std::find_if(kRefusals.begin(), kRefusals.end(), [&](const auto& row) {
        return row.code == problem.aadsts;
    });
    Error out;
    // RFC 6749 5.2 and 4.1.2.1: what the provider's own fault is.
    const bool is_theirs = problem.error == "temporarily_unavailable" ||
                           problem.error == "server_error" || status >= 500;
    out.kind = known != kRefusals.end() ? known->kind
               : is_theirs              ? ErrorKind::Transient
                                        : kRefused;
    out.native_code = problem.aadsts != 0 ? "AADSTS" + std::to_string(problem.aadsts) : problem.error;
    out.message = "the sign-in was refused (" + out.native_code + ")";
    if (known != kRefusals.end()) out.message += ": " + std::string(known->advice);
    if (!problem.correlation_id.empty()) out.message += "; correlation id " + problem.correlation_id;
    return out;
}

bool is_token(std::string_view text) {
    return !text.empty() && text.size() <= 64u << 10 &&
           std::all_of(text.begin(), text.end(), [](char c) { return c > 0x20 && c < 0x7F; });
}

Result<AccessToken> read_success(const boost::json::object& reply) {
    AccessToken token;
    token.text = text_of(reply, "access_token");
    const std::int64_t seconds = number_of(reply.if_contains("expires_in")).value_or(0);
    if (!is_token(token.text) || !iequals(text_of(reply, "token_type"), "Bearer") || seconds <= 0)
        return fail(ErrorKind::Transient, "the sign-in was answered without a bearer token");
    token.lifetime = std::chrono::seconds(std::min<std::int64_t>(seconds, 86'400));
    return token;
}

}  // namespace

std::span<const SignInRefusal> all_sign_in_refusals() {
    return kRefusals;
}

Result<AccessToken> read_token_reply(const HttpResponse& response, Timestamp now) {
    const std::string code = "HTTP " + std::to_string(response.status);
    const auto reply = parse_reply(response.body);
    if (response.status == 200 && reply) return read_success(*reply);
    Error error{ErrorKind::Transient, "the sign-in was answered with something else than a token", code};
    const bool is_refusal = response.status >= 400 && response.status < 500;
    if (reply && !text_of(*reply, "error").empty())
        error = problem_error(read_problem(*reply), response.status);
    else if (response.status == 404)
        error = Error{kRefused, "there is no token endpoint at the configured address", code};
    else if (is_refusal && response.status != 408 && response.status != 429)
        error = Error{kRefused, "the sign-in was refused without a reason", code};
    if (response.status == 429 || response.status == 503) error.kind = ErrorKind::Throttled;
    if (error.kind == ErrorKind::Throttled) {
        const std::chrono::milliseconds floor = limits::backoff_min;
        error.retry_after = std::max(retry_after_of(response.fields, now).value_or(floor), floor);
    }
    return std::unexpected(std::move(error));
}

}  // namespace liaison::net
