#pragma once
#include <chrono>
#include <compare>
#include <optional>
#include <string>
#include <string_view>

namespace liaison {

/// An instant, UTC, milliseconds.
using Timestamp = std::chrono::sys_time<std::chrono::milliseconds>;
/// A day without a zone: due dates, birthdays. Never converted through an instant.
using Date = std::chrono::year_month_day;
/// What a clock on the wall shows.
using WallTime = std::chrono::local_time<std::chrono::seconds>;

/// A time as people mean it: wall clock and IANA zone ("Europe/Berlin", "UTC"). An empty zone is floating: all-day
/// appointments, whose wall time is midnight.
struct ZonedTime {
    WallTime wall{};
    std::string zone;
    friend bool operator==(const ZonedTime&, const ZonedTime&) = default;
    friend auto operator<=>(const ZonedTime&, const ZonedTime&) = default;
};

/// `2026-11-25T08:15:00.000Z`; milliseconds always.
std::string format_timestamp(Timestamp t);
/// RFC 3339 with `Z` or an offset, fraction optional. Nothing on malformed text or impossible dates.
std::optional<Timestamp> parse_timestamp(std::string_view text);
/// `2026-11-25`
std::string format_date(Date d);
std::optional<Date> parse_date(std::string_view text);
/// `2026-11-25T08:15:00`
std::string format_wall(WallTime t);
/// With or without seconds; no offset.
std::optional<WallTime> parse_wall(std::string_view text);

inline Date date_of(Timestamp t) { return Date{std::chrono::floor<std::chrono::days>(t)}; }

}  // namespace liaison
