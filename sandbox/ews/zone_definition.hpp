#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace liaison::sandbox::ews {

/// A change of the clocks that comes every year by the same rule.
struct YearlyClockChange {
    std::int64_t utc_ms = 0;  ///< of the year that was asked for
    std::int64_t before = 0;  ///< offsets from UTC, milliseconds
    std::int64_t after = 0;
    unsigned month = 1;
    unsigned weekday = 0;  ///< Sunday is 0
    int occurrence = 1;    ///< of that weekday in the month; -1: the last
};

/// The two changes of the year of `at_ms`, read off the system's time zone data; none when there
/// are not exactly two.
std::vector<YearlyClockChange> yearly_clock_changes(std::string_view windows_id,
                                                    std::int64_t at_ms);

/// `<t:TimeZoneDefinition>` of a Windows id. With `full`, its periods and the rule of the year of
/// `now_ms`, read off the system's time zone data (two changes of the clocks a year at most; other
/// years may differ).
void append_zone_definition(std::string& out, std::string_view windows_id, bool full,
                            std::int64_t now_ms);

}  // namespace liaison::sandbox::ews
