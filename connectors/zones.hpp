#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "core/time.hpp"

namespace liaison {

/// Windows and IANA names of time zones (CLDR windowsZones), and wall clocks against instants by the system's time zone
/// database. Exchange speaks Windows names; canonical records hold IANA names.

/// The Windows name of an IANA zone ("Europe/Vienna": "W. Europe Standard Time"); nothing if Windows has none.
std::optional<std::string> windows_zone(std::string_view iana);
/// The IANA zone that stands for a Windows name (territory 001); also takes IANA names, as Graph may send them.
std::optional<std::string> iana_zone(std::string_view windows);
/// What is left of a zone after its way through Exchange: "Europe/Vienna" becomes "Europe/Berlin". Nothing if Windows has
/// no name for it.
std::optional<std::string> exchange_zone(std::string_view iana);

/// True if the zone database knows the name.
bool is_known_zone(std::string_view iana);
/// The first instant at which a clock in `zone` shows `wall`; for a time that is skipped, the end of the gap. Nothing if
/// the zone is unknown.
std::optional<Timestamp> instant_of(WallTime wall, std::string_view zone);
/// What a clock in `zone` shows.
std::optional<WallTime> wall_of(Timestamp instant, std::string_view zone);

/// The day that a server means by an instant which is a date in disguise (task dates, birthdays, all-day bounds): midnight
/// or noon of some zone. Exact midnight or 11:59 to 12:00 UTC is that UTC day; midnight in `zone` is the day there;
/// anything else is the day of the nearest UTC midnight. exchange-protocols.md P-8 to P-10.
Date date_in_disguise(Timestamp instant, std::string_view zone);

}  // namespace liaison
