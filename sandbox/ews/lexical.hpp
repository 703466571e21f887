#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace liaison::sandbox::ews {

/// xs:dateTime taken apart. `offset_minutes` is absent when the value has no zone.
struct DateTimeText {
    std::int64_t local_ms = 0;  ///< the wall clock as if it were UTC, milliseconds since 1970
    std::optional<int> offset_minutes;
};

/// Years 1 to 9999; fractions of a second are read and cut to milliseconds; 24:00:00 is refused.
std::optional<DateTimeText> parse_date_time(std::string_view text);
/// xs:date with or without a zone; only the date is used. Milliseconds of its midnight.
std::optional<std::int64_t> parse_date(std::string_view text);
/// `2027-03-01T09:00:00Z`: seconds, as strict clients demand.
std::string format_utc(std::int64_t epoch_ms);
/// Milliseconds of a text that format_utc made; absent for other texts.
std::optional<std::int64_t> parse_utc(std::string_view text);

std::optional<std::int64_t> parse_integer(std::string_view text);
std::optional<double> parse_double(std::string_view text);
/// Shortest form that reads back, never with a locale's comma.
std::string format_double(double value);
std::optional<bool> parse_boolean(std::string_view text);
bool is_guid(std::string_view text);
/// Without blanks at both ends.
std::string_view trimmed(std::string_view text);

}  // namespace liaison::sandbox::ews
