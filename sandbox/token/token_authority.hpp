#pragma once
#include <expected>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "core/http_message.hpp"
#include "core/result.hpp"
#include "sandbox/mailbox_store.hpp"

namespace liaison::sandbox {

/// An application that the stand-in's tenant knows.
struct AppRegistration {
    std::string client_id;
    std::string display_name;
    std::set<std::string, std::less<>> secrets;
    std::vector<std::string> certificates;                    ///< PEM or DER
    std::set<std::string, std::less<>> roles;                 ///< application permissions
    std::optional<std::set<std::string, std::less<>>> scope;  ///< mailboxes; absent: all
};

/// What a bearer token says, after its signature and lifetime were checked.
struct BearerClaims {
    std::string client_id;
    std::string audience;
    std::set<std::string, std::less<>> roles;
};

/// The stand-in for the identity platform: tokens for client credentials with a secret or with a
/// certificate (JWT bearer assertion, RS256 or PS256), metadata and keys. Errors are those of the
/// platform (AADSTS codes). Single-threaded; the clock is the store's.
class TokenAuthority {
public:
    static constexpr std::string_view tenant_id = "5a2d1f6c-0d57-4c5e-9a34-2f6b8a1c7e90";
    static constexpr std::string_view tenant_domain = "example.test";
    /// The application that a fresh sandbox knows, with all permissions that Liaison uses.
    static constexpr std::string_view default_client = "3f0e7c52-8d1b-4a63-b0f4-6c9d2e5a7b18";
    static constexpr std::string_view default_secret = "sandbox";

    explicit TokenAuthority(const MailboxStore& store);

    static bool owns_path(std::string_view url);
    /// `scheme` of the URLs in the metadata, unless X-Forwarded-Proto says otherwise.
    HttpResponse handle(const HttpRequest& request, std::string_view scheme);

    void put_app(AppRegistration app);
    const AppRegistration* find_app(std::string_view client_id) const;
    std::vector<const AppRegistration*> apps() const;
    void remove_app(std::string_view client_id);
    /// Lifetime of new tokens (default one hour, 3,599 s as the platform says).
    void set_token_seconds(std::int64_t seconds) { token_seconds_ = seconds; }
    std::int64_t token_seconds() const { return token_seconds_; }

    /// The reason why a bearer token is not accepted, or its claims.
    std::expected<BearerClaims, std::string> check_bearer(std::string_view token);
    /// A token without the protocol, for tests.
    std::string issue(const AppRegistration& app, std::string_view audience) const;

private:
    struct Refusal;
    struct Form;
    HttpResponse token(const HttpRequest& request, const std::string& base,
                       std::string_view tenant);
    std::expected<const AppRegistration*, Refusal> authenticate(const Form& form,
                                                                const std::string& base,
                                                                std::string_view tenant);
    std::optional<Refusal> check_assertion(const AppRegistration& app, std::string_view assertion,
                                           const std::string& base, std::string_view tenant);
    HttpResponse refuse(const Refusal& refusal) const;
    HttpResponse metadata(const std::string& base, std::string_view tenant) const;
    HttpResponse keys() const;

    const MailboxStore& store_;
    std::map<std::string, AppRegistration, std::less<>> apps_;
    std::map<std::string, EpochMillis, std::less<>> seen_assertions_;  // jti by expiry
    std::map<std::string, std::pair<BearerClaims, EpochMillis>, std::less<>> checked_;
    std::int64_t token_seconds_ = 3'599;
};

}  // namespace liaison::sandbox
