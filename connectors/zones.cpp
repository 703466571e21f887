#include "connectors/zones.hpp"

#include <date/tz.h>

#include <algorithm>
#include <iterator>

namespace liaison {

namespace {

struct WindowsZone {
    std::string_view windows;
    std::string_view iana;
};
struct ZoneAlias {
    std::string_view iana;
    std::size_t windows;  ///< index into kWindowsZones
};

#include "connectors/windows_zones.inc"

const date::time_zone* locate(std::string_view iana) {
    try {
        return date::locate_zone(iana);
    } catch (const std::exception&) {
        return nullptr;
    }
}

const WindowsZone* find_windows(std::string_view windows) {
    const auto* it = std::lower_bound(std::begin(kWindowsZones), std::end(kWindowsZones), windows,
                                      [](const WindowsZone& z, std::string_view name) { return z.windows < name; });
    return it != std::end(kWindowsZones) && it->windows == windows ? it : nullptr;
}

const WindowsZone* find_by_iana(std::string_view iana) {
    const auto* it = std::lower_bound(std::begin(kZoneAliases), std::end(kZoneAliases), iana,
                                      [](const ZoneAlias& z, std::string_view name) { return z.iana < name; });
    return it != std::end(kZoneAliases) && it->iana == iana ? &kWindowsZones[it->windows] : nullptr;
}

}  // namespace

std::optional<std::string> windows_zone(std::string_view iana) {
    const WindowsZone* found = find_by_iana(iana);
    if (!found) return std::nullopt;
    return std::string(found->windows);
}

std::optional<std::string> iana_zone(std::string_view windows) {
    if (const WindowsZone* found = find_windows(windows)) return std::string(found->iana);
    return exchange_zone(windows);
}

std::optional<std::string> exchange_zone(std::string_view iana) {
    const WindowsZone* found = find_by_iana(iana);
    if (!found) return std::nullopt;
    return std::string(found->iana);
}

bool is_known_zone(std::string_view iana) { return locate(iana) != nullptr; }

std::optional<Timestamp> instant_of(WallTime wall, std::string_view zone) {
    const date::time_zone* tz = locate(zone);
    if (!tz) return std::nullopt;
    const date::local_seconds local{wall.time_since_epoch()};
    return Timestamp{tz->to_sys(local, date::choose::earliest).time_since_epoch()};
}

std::optional<WallTime> wall_of(Timestamp instant, std::string_view zone) {
    const date::time_zone* tz = locate(zone);
    if (!tz) return std::nullopt;
    const auto whole = std::chrono::floor<std::chrono::seconds>(instant);
    return WallTime{tz->to_local(date::sys_seconds{whole.time_since_epoch()}).time_since_epoch()};
}

Date date_in_disguise(Timestamp instant, std::string_view zone) {
    using namespace std::chrono_literals;
    const auto day = std::chrono::floor<std::chrono::days>(instant);
    const auto time = instant - day;
    if (time == 0h || (time >= 11h + 59min && time <= 12h)) return Date{day};
    if (const auto wall = wall_of(instant, zone)) {
        const auto local_day = std::chrono::floor<std::chrono::days>(*wall);
        if (*wall == local_day) return Date{local_day};
    }
    return Date{time > 12h ? day + std::chrono::days{1} : day};
}

}  // namespace liaison
