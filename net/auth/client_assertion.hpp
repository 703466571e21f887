#pragma once
#include <string>
#include <string_view>

#include "core/result.hpp"
#include "core/time.hpp"

namespace liaison::net {

/// What a client assertion says (RFC 7523; "Microsoft identity platform application authentication
/// certificate credentials").
struct AssertionRequest {
    std::string_view certificate_pem;
    std::string_view private_key_pem;  ///< empty: in certificate_pem
    std::string_view algorithm;        ///< PS256 or RS256
    std::string_view client_id;
    std::string_view audience;  ///< the token URL
    std::string_view id;        ///< jti: never used twice
    Timestamp now{};
};

/// A signed JWT that proves possession of the certificate's key: valid from a minute ago (clocks
/// differ) for ten minutes. Header: alg, typ, x5t#S256 and x5t. Errors are `Unauthenticated`: no
/// certificate, no key, a key that is none of the certificate's, a certificate that has ended.
Result<std::string> make_client_assertion(const AssertionRequest& request);

/// Base64 for URLs without padding (RFC 4648, 5).
std::string base64_url(std::string_view bytes);

}  // namespace liaison::net
