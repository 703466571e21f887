#pragma once
#include <chrono>
#include <optional>
#include <string_view>

#include "core/http_message.hpp"
#include "core/time.hpp"

namespace liaison::net {

/// "Wed, 25 Nov 2026 08:15:00 GMT" (RFC 9110, 5.6.7, the preferred form); nothing for other text.
std::optional<Timestamp> parse_http_date(std::string_view text);

/// Retry-After in seconds (whole, or with a fraction as Graph sends it) or as a date, counted from
/// `now`; nothing when it is absent or makes no sense. Never negative, at most a day (F13).
std::optional<std::chrono::milliseconds> retry_after_of(const HttpFields& fields, Timestamp now);

}  // namespace liaison::net
