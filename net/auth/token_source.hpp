#pragma once
#include <string>

#include "core/async.hpp"
#include "core/result.hpp"

namespace liaison::net {

/// Where bearer tokens (RFC 6750) come from.
///
/// Errors of both calls speak of the sign-in, never of the request that wants the token:
/// `Unauthenticated` when the identity provider refused (suspend, tell the admin), `Throttled` when
/// it asked for a pause, `Transient` for everything else. Nothing of the request was sent then.
class TokenSource {
public:
    virtual ~TokenSource() = default;
    /// A token that is believed to be good; asks for one at most once for many callers.
    virtual Async<Result<std::string>> token() = 0;
    /// The resource server refused `refused` with 401: another token, or the same one if asking
    /// again would only repeat the question.
    virtual Async<Result<std::string>> renew(std::string refused) = 0;
};

}  // namespace liaison::net
