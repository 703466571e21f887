#pragma once
#include <cstdint>
#include <string>
#include <string_view>

namespace liaison::sandbox::ews {

/// `<t:TimeZoneDefinition>` of a Windows id. With `full`, its periods and the rule of the year of
/// `now_ms`, read off the system's time zone data (two changes of the clocks a year at most; other
/// years may differ).
void append_zone_definition(std::string& out, std::string_view windows_id, bool full,
                            std::int64_t now_ms);

}  // namespace liaison::sandbox::ews
