#include "sandbox/token/token_authority.hpp"

#include <boost/json.hpp>

#include "sandbox/mail_item.hpp"
#include "sandbox/token/jwt.hpp"
#include "sandbox/token/token_form.hpp"

namespace liaison::sandbox {

namespace json = boost::json;

struct TokenAuthority::Refusal {
    int status = 400;
    std::string error;
    int code = 0;
    std::string text;
};

struct TokenAuthority::Form {
    std::map<std::string, std::string, std::less<>> values;
    std::string_view get(std::string_view name) const {
        const auto found = values.find(name);
        return found == values.end() ? std::string_view{} : std::string_view(found->second);
    }
};

namespace {

constexpr std::string_view assertion_type =
    "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
constexpr std::int64_t assertion_skew_seconds = 300;
constexpr std::size_t checked_tokens_max = 256;
constexpr std::string_view signing_key_id = "liaison-sandbox-1";

HttpResponse json_response(int status, const json::value& body) {
    HttpResponse out;
    out.status = status;
    out.fields.set("Content-Type", "application/json; charset=utf-8");
    out.fields.set("Cache-Control", "no-store, no-cache");
    out.body = json::serialize(body);
    return out;
}

std::string text_claim(const json::object& object, std::string_view name) {
    const json::value* value = object.if_contains(name);
    if (value == nullptr || !value->is_string()) return {};
    return std::string(value->get_string());
}

std::optional<std::int64_t> number_claim(const json::object& object, std::string_view name) {
    const json::value* value = object.if_contains(name);
    if (value == nullptr || !value->is_number()) return std::nullopt;
    return value->to_number<std::int64_t>();
}

}  // namespace

TokenAuthority::TokenAuthority(const MailboxStore& store) : store_(store) {
    AppRegistration app;
    app.client_id = default_client;
    app.display_name = "Liaison";
    app.secrets.emplace(default_secret);
    app.roles = {"Mail.ReadWrite",     "Mail.Send",           "Calendars.ReadWrite",
                 "Contacts.ReadWrite", "Tasks.ReadWrite.All", "MailboxSettings.ReadWrite",
                 "User.Read.All"};
    put_app(std::move(app));
}

void TokenAuthority::put_app(AppRegistration app) {
    checked_.clear();
    apps_[app.client_id] = std::move(app);
}

const AppRegistration* TokenAuthority::find_app(std::string_view client_id) const {
    const auto found = apps_.find(client_id);
    return found == apps_.end() ? nullptr : &found->second;
}

std::vector<const AppRegistration*> TokenAuthority::apps() const {
    std::vector<const AppRegistration*> out;
    for (const auto& [id, app] : apps_) out.push_back(&app);
    return out;
}

void TokenAuthority::remove_app(std::string_view client_id) {
    checked_.clear();
    apps_.erase(std::string(client_id));
}

bool TokenAuthority::owns_path(std::string_view url) {
    return parse_token_path(url).has_value();
}

HttpResponse TokenAuthority::handle(const HttpRequest& request, std::string_view scheme) {
    const auto path = parse_token_path(request.url);
    const std::string_view forwarded = request.fields.get("X-Forwarded-Proto");
    const std::string base = std::string(forwarded.empty() ? scheme : forwarded) + "://" +
                             std::string(request.fields.get("Host"));
    const bool known = path->tenant == tenant_id || path->tenant == tenant_domain;
    if (!known)
        return refuse({400, "invalid_request", 900023,
                       "Specified tenant identifier '" + path->tenant +
                           "' is neither a valid DNS name, nor a valid external domain."});
    if (path->resource == TokenPath::Resource::Keys) return keys();
    if (path->resource == TokenPath::Resource::Metadata) return metadata(base, path->tenant);
    if (request.method != "POST")
        return refuse({405, "invalid_request", 900561,
                       "The endpoint only accepts POST, OPTIONS requests. Received a " +
                           request.method + " request."});
    return token(request, base, path->tenant);
}

HttpResponse TokenAuthority::token(const HttpRequest& request, const std::string& base,
                                   std::string_view tenant) {
    auto values = parse_form(request.body);
    if (!values) return refuse({400, "invalid_request", 9000410, "Malformed form body."});
    const Form form{std::move(*values)};
    for (const std::string_view needed : {"grant_type", "client_id", "scope"}) {
        if (!form.get(needed).empty()) continue;
        return refuse({400, "invalid_request", 900144,
                       "The request body must contain the following parameter: '" +
                           std::string(needed) + "'."});
    }
    if (form.get("grant_type") != "client_credentials")
        return refuse({400, "unsupported_grant_type", 70003,
                       "The app requested an unsupported grant type '" +
                           std::string(form.get("grant_type")) + "'."});
    const auto app = authenticate(form, base, tenant);
    if (!app) return refuse(app.error());
    constexpr std::string_view suffix = "/.default";
    const std::string_view scope = form.get("scope");
    if (!scope.ends_with(suffix) || scope.find(' ') != std::string_view::npos)
        return refuse({400, "invalid_scope", 1002012,
                       "The provided value for scope " + std::string(scope) +
                           " is not valid. Client credential flows must have a scope value with "
                           "/.default suffixed to the resource identifier (application ID URI)."});
    const std::string_view audience = scope.substr(0, scope.size() - suffix.size());
    if (!is_known_audience(audience))
        return refuse({400, "invalid_resource", 500011,
                       "The resource principal named " + std::string(audience) +
                           " was not found in the tenant named " + std::string(tenant) + "."});
    return json_response(200, json::object{{"token_type", "Bearer"},
                                           {"expires_in", token_seconds_},
                                           {"ext_expires_in", token_seconds_},
                                           {"access_token", issue(**app, audience)}});
}

std::expected<const AppRegistration*, TokenAuthority::Refusal> TokenAuthority::authenticate(
    const Form& form, const std::string& base, std::string_view tenant) {
    const std::string client(form.get("client_id"));
    const AppRegistration* app = find_app(client);
    if (app == nullptr)
        return std::unexpected(Refusal{400, "unauthorized_client", 700016,
                                       "Application with identifier '" + client +
                                           "' was not found in the directory '" +
                                           std::string(tenant) + "'."});
    if (const std::string_view assertion = form.get("client_assertion"); !assertion.empty()) {
        if (form.get("client_assertion_type") != assertion_type)
            return std::unexpected(Refusal{400, "invalid_request", 900144,
                                           "The request body must contain the following parameter: "
                                           "'client_assertion_type'."});
        if (auto refused = check_assertion(*app, assertion, base, tenant))
            return std::unexpected(std::move(*refused));
        return app;
    }
    if (form.get("client_secret").empty())
        return std::unexpected(
            Refusal{401, "invalid_client", 7000216,
                    "'client_assertion', 'client_secret' or 'request' is required for the "
                    "'client_credentials' grant type."});
    if (!app->secrets.contains(form.get("client_secret")))
        return std::unexpected(
            Refusal{401, "invalid_client", 7000215,
                    "Invalid client secret provided. Ensure the secret being sent in the request "
                    "is the client secret value, not the client secret ID, for a secret added to "
                    "app '" +
                        client + "'."});
    return app;
}

// MSAL's assertions: iss and sub are the client id, aud the token endpoint (or the issuer), exp and
// nbf, a jti of its own each time, x5t or x5t#S256 names the certificate.
std::optional<TokenAuthority::Refusal> TokenAuthority::check_assertion(const AppRegistration& app,
                                                                       std::string_view assertion,
                                                                       const std::string& base,
                                                                       std::string_view tenant) {
    const auto refusal = [](int code, std::string text) {
        return Refusal{401, "invalid_client", code, std::move(text)};
    };
    const auto parsed = parse_jwt(assertion);
    if (!parsed) return refusal(50027, "JWT token is invalid or malformed.");
    const json::object& claims = parsed->claims;
    const std::string x5t = text_claim(parsed->header, "x5t");
    const std::string x5t_sha256 = text_claim(parsed->header, "x5t#S256");
    const std::string* found = nullptr;
    for (const std::string& certificate : app.certificates) {
        const Thumbprints prints = thumbprints_of(certificate);
        if ((!x5t_sha256.empty() && x5t_sha256 == prints.sha256) ||
            (x5t_sha256.empty() && !x5t.empty() && x5t == prints.sha1))
            found = &certificate;
    }
    if (found == nullptr)
        return refusal(700027,
                       "Client assertion contains an invalid signature. [Reason - The key was not "
                       "found.]");
    const auto key = RsaKey::of_certificate(*found);
    if (!key || !verify_jwt(*parsed, *key))
        return refusal(700027,
                       "Client assertion contains an invalid signature. [Reason - The provided "
                       "signature value did not match the expected signature value.]");
    if (text_claim(claims, "iss") != app.client_id || text_claim(claims, "sub") != app.client_id)
        return refusal(700021,
                       "Client assertion application identifier doesn't match 'client_id' "
                       "parameter.");
    const std::string audience = text_claim(claims, "aud");
    const std::string tenant_base = base + "/" + std::string(tenant);
    if (audience != tenant_base + "/oauth2/v2.0/token" && audience != tenant_base + "/v2.0")
        return refusal(700023, "Client assertion audience claim does not match Realm issuer.");
    const std::int64_t now = store_.now() / 1000;
    const auto expires = number_claim(claims, "exp");
    const auto begins = number_claim(claims, "nbf");
    if (!expires || now > *expires + assertion_skew_seconds ||
        (begins && now + assertion_skew_seconds < *begins))
        return refusal(700024, "Client assertion is not within its valid time range.");
    const std::string id = text_claim(claims, "jti");
    if (id.empty()) return refusal(50027, "JWT token is invalid or malformed: 'jti' is missing.");
    std::erase_if(seen_assertions_, [&](const auto& one) {
        return one.second < (now - assertion_skew_seconds) * 1000;
    });
    if (!seen_assertions_.emplace(app.client_id + " " + id, *expires * 1000).second)
        return refusal(700028, "Client assertion was used before: its 'jti' is known.");
    return std::nullopt;
}

HttpResponse TokenAuthority::refuse(const Refusal& refusal) const {
    const std::string time = utc_date_time(store_.now());
    const std::string trace = "00000000-0000-0000-0000-000000000000";
    std::string shown = time;
    shown[10] = ' ';
    return json_response(
        refusal.status, json::object{{"error", refusal.error},
                                     {"error_description",
                                      "AADSTS" + std::to_string(refusal.code) + ": " +
                                          refusal.text + " Trace ID: " + trace +
                                          " Correlation ID: " + trace + " Timestamp: " + shown},
                                     {"error_codes", json::array{refusal.code}},
                                     {"timestamp", shown},
                                     {"trace_id", trace},
                                     {"correlation_id", trace},
                                     {"error_uri", "https://login.microsoftonline.com/error?code=" +
                                                       std::to_string(refusal.code)}});
}

HttpResponse TokenAuthority::metadata(const std::string& base, std::string_view tenant) const {
    const std::string root = base + "/" + std::string(tenant);
    return json_response(
        200, json::object{
                 {"token_endpoint", root + "/oauth2/v2.0/token"},
                 {"token_endpoint_auth_methods_supported",
                  json::array{"client_secret_post", "private_key_jwt", "client_secret_basic"}},
                 {"jwks_uri", root + "/discovery/v2.0/keys"},
                 {"response_modes_supported", json::array{"query", "fragment", "form_post"}},
                 {"subject_types_supported", json::array{"pairwise"}},
                 {"id_token_signing_alg_values_supported", json::array{"RS256"}},
                 {"response_types_supported", json::array{"code", "id_token"}},
                 {"scopes_supported", json::array{"openid", "profile", "email", "offline_access"}},
                 {"issuer", root + "/v2.0"},
                 {"request_uri_parameter_supported", false},
                 {"authorization_endpoint", root + "/oauth2/v2.0/authorize"},
                 {"device_authorization_endpoint", root + "/oauth2/v2.0/devicecode"},
                 {"end_session_endpoint", root + "/oauth2/v2.0/logout"},
                 {"tenant_region_scope", "EU"},
                 {"cloud_instance_name", "microsoftonline.com"},
                 {"msgraph_host", "graph.microsoft.com"}});
}

HttpResponse TokenAuthority::keys() const {
    const RsaKey& key = RsaKey::of_sandbox();
    return json_response(
        200, json::object{{"keys", json::array{json::object{{"kty", "RSA"},
                                                            {"use", "sig"},
                                                            {"kid", signing_key_id},
                                                            {"n", base64url(key.modulus())},
                                                            {"e", base64url(key.exponent())}}}}});
}

std::string TokenAuthority::issue(const AppRegistration& app, std::string_view audience) const {
    const std::int64_t now = store_.now() / 1000;
    json::array roles;
    for (const auto& role : app.roles) roles.emplace_back(role);
    return sign_jwt({{"typ", "JWT"}, {"alg", "RS256"}, {"kid", signing_key_id}},
                    {{"aud", audience},
                     {"iss", "https://sts.windows.net/" + std::string(tenant_id) + "/"},
                     {"iat", now},
                     {"nbf", now},
                     {"exp", now + token_seconds_},
                     {"appid", app.client_id},
                     {"app_displayname", app.display_name},
                     {"idtyp", "app"},
                     {"roles", std::move(roles)},
                     {"tid", tenant_id},
                     {"ver", "1.0"}},
                    RsaKey::of_sandbox());
}

std::expected<BearerClaims, std::string> TokenAuthority::check_bearer(std::string_view token) {
    if (const auto found = checked_.find(token); found != checked_.end()) {
        if (store_.now() < found->second.second) return found->second.first;
        return std::unexpected("Lifetime validation failed, the token is expired.");
    }
    const auto parsed = parse_jwt(token);
    if (!parsed) return std::unexpected("CompactToken parsing failed with error code: 80049217");
    if (text_claim(parsed->header, "alg") != "RS256" || !verify_jwt(*parsed, RsaKey::of_sandbox()))
        return std::unexpected("Access token validation failure. Invalid signature.");
    const auto expires = number_claim(parsed->claims, "exp");
    const auto begins = number_claim(parsed->claims, "nbf");
    const std::int64_t now = store_.now() / 1000;
    if (!expires || now >= *expires)
        return std::unexpected("Lifetime validation failed, the token is expired.");
    if (begins && now + assertion_skew_seconds < *begins)
        return std::unexpected("Lifetime validation failed, the token is not yet valid.");
    BearerClaims claims;
    claims.client_id = text_claim(parsed->claims, "appid");
    claims.audience = text_claim(parsed->claims, "aud");
    if (find_app(claims.client_id) == nullptr)
        return std::unexpected("Access token validation failure. The application is unknown.");
    if (const json::value* roles = parsed->claims.if_contains("roles");
        roles != nullptr && roles->is_array()) {
        for (const json::value& role : roles->get_array()) claims.roles.emplace(role.get_string());
    }
    if (checked_.size() >= checked_tokens_max) checked_.clear();
    checked_.emplace(std::string(token), std::pair(claims, *expires * 1000));
    return claims;
}

}  // namespace liaison::sandbox
