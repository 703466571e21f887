#pragma once
#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "core/http_message.hpp"
#include "core/result.hpp"
#include "core/time.hpp"

namespace liaison::net {

struct AccessToken {
    std::string text;
    std::chrono::seconds lifetime{0};
};

/// One known refusal of Microsoft Entra: what an admin has to do about it.
struct SignInRefusal {
    std::int64_t code;  ///< AADSTS number
    ErrorKind kind;
    std::string_view advice;
};

/// All known ones, for tests and documentation. Microsoft Entra authentication and authorization
/// error codes ("AADSTS error codes").
std::span<const SignInRefusal> all_sign_in_refusals();

/// The token of a reply of the token endpoint (RFC 6749 5.1), or what the refusal means
/// (RFC 6749 5.2 with the AADSTS number of `error_codes`). The provider's own text is left out of
/// the message; the number and the correlation id are in it. `now` is for Retry-After as a date.
Result<AccessToken> read_token_reply(const HttpResponse& response, Timestamp now);

}  // namespace liaison::net
