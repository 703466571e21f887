#pragma once
#include <memory>
#include <string>

#include "core/ports/http_client.hpp"
#include "net/auth/token_source.hpp"

namespace liaison::net {

/// Adds `Authorization: Bearer` to every request to `origin` (scheme, host and port of this URL)
/// and refuses any other address, so that no token ever leaves for a host that a reply named. A 401
/// is answered by one new token and one repetition (a 401 says that nothing was done); a second one
/// is the caller's answer. Errors: those of HttpClient and TokenSource. Both must outlive it.
std::unique_ptr<HttpClient> make_bearer_client(HttpClient& http, TokenSource& tokens,
                                               std::string origin);

}  // namespace liaison::net
