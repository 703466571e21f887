#pragma once
#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "core/result.hpp"

namespace liaison::net {

/// An absolute http or https URL in its parts. `target` is path and query as sent in the request line.
struct Url {
    std::string scheme;
    std::string host;  ///< lower case; an IPv6 address without brackets
    std::uint16_t port = 0;
    std::string target = "/";
};

/// Refuses other schemes, user information, fragments, control characters and ports out of range.
Result<Url> parse_url(std::string_view text);

/// Percent-decoding of one path segment or query value; malformed escapes are InvalidRequest.
Result<std::string> percent_decode(std::string_view text, bool plus_is_space = false);
std::string percent_encode(std::string_view text);

/// "a=1&b=%20" to a map; the first of equal names wins.
Result<std::map<std::string, std::string>> parse_query(std::string_view query);

}  // namespace liaison::net
