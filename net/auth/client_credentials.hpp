#pragma once
#include <memory>
#include <string>

#include "core/ports/clock.hpp"
#include "core/ports/http_client.hpp"
#include "core/ports/secret_store.hpp"
#include "net/auth/token_source.hpp"

namespace liaison::net {

/// An application that signs in as itself (OAuth 2.0 client credentials, RFC 6749 4.4) at Microsoft
/// Entra or another provider. Secrets are references (SecretStore), read anew for each sign-in, so
/// that a rotated secret needs no restart, and wiped afterwards.
struct ClientCredentials {
    std::string token_url;  ///< https://login.microsoftonline.com/TENANT/oauth2/v2.0/token
    std::string client_id;
    std::string scope;   ///< https://graph.microsoft.com/.default
    std::string secret;  ///< reference; empty: the certificate signs in
    /// References to PEM texts; `private_key` empty: the certificate's text holds the key as well.
    std::string certificate, private_key;
    std::string algorithm = "PS256";  ///< PS256 or RS256
};

/// Tokens are cached until they end; from five minutes before their end (or a quarter of a short
/// life) a new one is asked for, by one caller for all. A token that is still good is never thrown
/// away because the provider cannot be reached. What the provider refused is not asked again for
/// five minutes, a failure of the network for two seconds, so that a hundred mailboxes ask once.
/// All parameters must outlive the source.
std::unique_ptr<TokenSource> make_client_credentials_source(HttpClient& http, const Clock& clock,
                                                            Entropy& entropy, SecretStore& secrets,
                                                            ClientCredentials credentials);

}  // namespace liaison::net
