#include "connectors/exchange_times.hpp"

#include <algorithm>

#include "connectors/zones.hpp"

namespace liaison {

namespace {

/// A time as it comes back from Exchange: in a zone that Windows knows, on a wall clock that shows
/// it.
ZonedTime stored_time(const ZonedTime& time, const std::string& zone_of_mailbox) {
    const std::string fallback = mailbox_zone(zone_of_mailbox);
    if (const auto zone = exchange_zone(time.zone)) {
        const auto instant = instant_of(time.wall, *zone);
        const auto wall = instant ? wall_of(*instant, *zone) : std::nullopt;
        return ZonedTime{wall.value_or(time.wall), *zone};
    }
    // Floating, or a zone without a Windows name: the mailbox zone; the instant stays if it is
    // known.
    const auto instant = instant_of(time.wall, time.zone.empty() ? fallback : time.zone);
    const auto wall = instant ? wall_of(*instant, fallback) : std::nullopt;
    return ZonedTime{wall.value_or(time.wall), fallback};
}

}  // namespace

WallTime midnight_of(WallTime t) {
    return WallTime{std::chrono::floor<std::chrono::days>(t)};
}

WallTime next_midnight_of(WallTime t) {
    const WallTime day = midnight_of(t);
    return day == t ? t : day + std::chrono::days{1};
}

std::string mailbox_zone(const std::string& iana) {
    return exchange_zone(iana).value_or("UTC");
}

void project_times(Record& record, const std::string& zone) {
    const ZonedTime* start = record.get<ZonedTime>(Field::Start);
    const ZonedTime* end = record.get<ZonedTime>(Field::End);
    if (!start) {
        record.erase(Field::End);
        return;
    }
    if (record.flag(Field::AllDay)) {
        const WallTime first = midnight_of(start->wall);
        const WallTime last = end ? next_midnight_of(end->wall) : first;
        record.set(Field::Start, ZonedTime{first, {}});
        record.set(Field::End, ZonedTime{std::max(last, first + std::chrono::days{1}), {}});
        return;
    }
    const ZonedTime from = stored_time(*start, zone);
    ZonedTime to = end ? stored_time(*end, zone) : from;
    const auto from_instant = instant_of(from.wall, from.zone);
    const auto to_instant = instant_of(to.wall, to.zone);
    if (from_instant && to_instant && *to_instant < *from_instant) to = from;
    record.set(Field::Start, from);
    record.set(Field::End, to);
}

std::optional<WallTime> day_of_unknown_zone(Timestamp instant, const std::string& zone) {
    if (const auto wall = wall_of(instant, zone); wall && midnight_of(*wall) == *wall) return wall;
    const auto day = std::chrono::floor<std::chrono::days>(instant);
    const auto time = instant - day;
    // 10 to 12 o'clock UTC is midnight of two days: +14 to +12 hours, or -10 to -12.
    if (time >= std::chrono::hours{10} && time <= std::chrono::hours{12}) return std::nullopt;
    const WallTime local{day.time_since_epoch()};
    return time > std::chrono::hours{12} ? local + std::chrono::days{1} : local;
}

}  // namespace liaison
