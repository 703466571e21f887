#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace liaison::sandbox {

/// CLDR's table as text: `windows id = main IANA name, other IANA names ;`.
std::string_view windows_zone_rows();

/// The IANA zone that CLDR gives for a Windows id ("W. Europe Standard Time" is Europe/Berlin);
/// absent: unknown.
std::optional<std::string_view> iana_zone_of(std::string_view windows_id);
/// The Windows id for an IANA name of the table; absent: unknown.
std::optional<std::string_view> windows_zone_of(std::string_view iana_name);
/// All Windows ids, in alphabetical order.
const std::vector<std::string_view>& windows_zone_ids();

/// Instant of a wall clock in a zone by the system's time zone data. Of two instants the earlier; a
/// wall clock that a change of the clocks skips counts with the offset before the change. Absent:
/// unknown zone.
std::optional<std::int64_t> utc_of_wall_clock(std::string_view windows_id, std::int64_t local_ms);
/// The wall clock at an instant.
std::optional<std::int64_t> wall_clock_of_utc(std::string_view windows_id, std::int64_t utc_ms);

}  // namespace liaison::sandbox
