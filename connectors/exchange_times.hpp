#pragma once
#include <optional>
#include <string>

#include "core/record.hpp"
#include "core/time.hpp"

namespace liaison {

// Times of appointments as Exchange stores them, whatever the protocol.

WallTime midnight_of(WallTime t);
/// `t` itself if it is midnight.
WallTime next_midnight_of(WallTime t);
/// The IANA zone by its present name; UTC if Windows knows none for it.
std::string mailbox_zone(const std::string& iana);
/// Start and End of a record as Exchange stores them: existing wall times, zones that Windows
/// knows, whole days, End not before Start. `zone`: the mailbox' own. Idempotent.
void project_times(Record& record, const std::string& zone);
/// The day of an all-day bound in a zone that nobody knows: midnight of some zone between -12 and
/// +14 hours. Nothing where two days are possible.
std::optional<WallTime> day_of_unknown_zone(Timestamp instant, const std::string& zone);

}  // namespace liaison
