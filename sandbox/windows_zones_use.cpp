#include <date/tz.h>

#include <chrono>
#include <map>
#include <sstream>
#include <stdexcept>

#include "sandbox/windows_zones.hpp"

namespace liaison::sandbox {
namespace {

struct ZoneTables {
    std::map<std::string_view, std::string_view> iana_by_windows;
    std::map<std::string_view, std::string_view> windows_by_iana;
    std::vector<std::string_view> ids;
};

std::string_view next_zone_word(std::string_view& text) {
    const std::size_t start = text.find_first_not_of(" \n");
    if (start == std::string_view::npos) return text = {};
    const std::size_t end = std::min(text.find_first_of(" \n", start), text.size());
    const std::string_view word = text.substr(start, end - start);
    text.remove_prefix(end);
    return word;
}

const ZoneTables& zone_tables() {
    static const ZoneTables tables = [] {
        ZoneTables out;
        std::string_view rows = windows_zone_rows();
        for (std::size_t end = 0; (end = rows.find(" ;\n")) != std::string_view::npos;
             rows.remove_prefix(end + 3)) {
            std::string_view row = rows.substr(0, end);
            const std::size_t equals = row.find(" = ");
            std::string_view id = row.substr(0, equals);
            while (!id.empty() && id[0] == '\n') id.remove_prefix(1);
            std::string_view names = row.substr(equals + 3);
            out.ids.push_back(id);
            for (std::string_view name = next_zone_word(names); !name.empty();
                 name = next_zone_word(names)) {
                out.iana_by_windows.emplace(id, name);
                out.windows_by_iana.emplace(name, id);
            }
        }
        return out;
    }();
    return tables;
}

const date::time_zone* zone_of_windows(std::string_view windows_id) {
    const auto name = iana_zone_of(windows_id);
    if (!name) return nullptr;
    try {
        return date::locate_zone(std::string(*name));
    } catch (const std::runtime_error&) {  // the system's time zone data lacks it
        return nullptr;
    }
}

}  // namespace

std::optional<std::string_view> iana_zone_of(std::string_view windows_id) {
    const auto& table = zone_tables().iana_by_windows;
    const auto found = table.find(windows_id);
    if (found == table.end()) return std::nullopt;
    return found->second;
}

std::optional<std::string_view> windows_zone_of(std::string_view iana_name) {
    const auto& table = zone_tables().windows_by_iana;
    const auto found = table.find(iana_name);
    if (found == table.end()) return std::nullopt;
    return found->second;
}

const std::vector<std::string_view>& windows_zone_ids() {
    return zone_tables().ids;
}

std::optional<std::int64_t> utc_of_wall_clock(std::string_view windows_id, std::int64_t local_ms) {
    if (windows_id == "UTC") return local_ms;
    const date::time_zone* zone = zone_of_windows(windows_id);
    if (zone == nullptr) return std::nullopt;
    const date::local_time<std::chrono::milliseconds> local{std::chrono::milliseconds{local_ms}};
    const date::local_info info = zone->get_info(local);
    const auto offset = std::chrono::duration_cast<std::chrono::milliseconds>(info.first.offset);
    return local_ms - offset.count();
}

std::optional<std::int64_t> wall_clock_of_utc(std::string_view windows_id, std::int64_t utc_ms) {
    if (windows_id == "UTC") return utc_ms;
    const date::time_zone* zone = zone_of_windows(windows_id);
    if (zone == nullptr) return std::nullopt;
    const date::sys_time<std::chrono::milliseconds> instant{std::chrono::milliseconds{utc_ms}};
    const date::sys_info info = zone->get_info(instant);
    return utc_ms + std::chrono::duration_cast<std::chrono::milliseconds>(info.offset).count();
}

}  // namespace liaison::sandbox
