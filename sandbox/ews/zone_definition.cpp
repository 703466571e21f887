#include "sandbox/ews/zone_definition.hpp"

#include <chrono>
#include <vector>

#include "sandbox/ews/xml_text.hpp"
#include "sandbox/windows_zones.hpp"

namespace liaison::sandbox::ews {
namespace {

constexpr std::int64_t zone_hour_ms = 3'600'000;
constexpr std::int64_t zone_day_ms = 24 * zone_hour_ms;

std::int64_t offset_at(std::string_view zone, std::int64_t utc_ms) {
    return wall_clock_of_utc(zone, utc_ms).value_or(utc_ms) - utc_ms;
}

std::vector<YearlyClockChange> changes_between(std::string_view zone, std::int64_t from,
                                               std::int64_t to) {
    std::vector<YearlyClockChange> out;
    for (std::int64_t day = from; day < to; day += zone_day_ms) {
        const std::int64_t before = offset_at(zone, day);
        const std::int64_t after = offset_at(zone, day + zone_day_ms);
        if (before == after) continue;
        std::int64_t low = day;
        std::int64_t high = day + zone_day_ms;
        while (high - low > 60'000) {
            const std::int64_t middle = low + (high - low) / 120'000 * 60'000;
            (offset_at(zone, middle) == before ? low : high) = middle;
        }
        YearlyClockChange change;
        change.utc_ms = high;
        change.before = before;
        change.after = after;
        const std::chrono::sys_days local{std::chrono::days{(high + before) / zone_day_ms}};
        const std::chrono::year_month_day date{local};
        const std::chrono::year_month_day_last end{date.year(),
                                                   std::chrono::month_day_last{date.month()}};
        const auto number = static_cast<unsigned>(date.day());
        change.month = static_cast<unsigned>(date.month());
        change.weekday = std::chrono::weekday(local).c_encoding();
        change.occurrence = number + 7 > static_cast<unsigned>(end.day())
                                ? -1
                                : static_cast<int>((number - 1) / 7 + 1);
        out.push_back(change);
    }
    return out;
}

std::string duration_of(std::int64_t ms, bool negate) {
    const std::int64_t minutes = (negate ? -ms : ms) / 60'000;
    const std::int64_t size = minutes < 0 ? -minutes : minutes;
    std::string out = minutes < 0 ? "-PT" : "PT";
    if (size >= 60) out += std::to_string(size / 60) + "H";
    if (size % 60 != 0 || size == 0) out += std::to_string(size % 60) + "M";
    return out;
}

std::string period_id(bool daylight) {
    return daylight ? "trule:Daylight" : "trule:Standard";
}

void append_transition(std::string& out, const YearlyClockChange& change) {
    static constexpr std::string_view names[] = {"Sunday",   "Monday", "Tuesday", "Wednesday",
                                                 "Thursday", "Friday", "Saturday"};
    const std::int64_t time = (change.utc_ms + change.before) % zone_day_ms;
    out += "<t:RecurringDayTransition><t:To Kind=\"Period\">" +
           period_id(change.after > change.before) + "</t:To><t:TimeOffset>" +
           duration_of(time, false) + "</t:TimeOffset><t:Month>" + std::to_string(change.month) +
           "</t:Month><t:DayOfWeek>";
    out += names[change.weekday];
    out += "</t:DayOfWeek><t:Occurrence>" + std::to_string(change.occurrence) +
           "</t:Occurrence></t:RecurringDayTransition>";
}

}  // namespace

std::vector<YearlyClockChange> yearly_clock_changes(std::string_view id, std::int64_t at_ms) {
    const std::chrono::year_month_day day{
        std::chrono::sys_days{std::chrono::days{at_ms / zone_day_ms}}};
    const std::int64_t from =
        std::chrono::sys_days{day.year() / 1 / 1}.time_since_epoch().count() * zone_day_ms;
    auto changes = changes_between(id, from, from + 365 * zone_day_ms);
    if (changes.size() != 2 || changes[0].before != changes[1].after) changes.clear();
    return changes;
}

void append_zone_definition(std::string& out, std::string_view id, bool full, std::int64_t now_ms) {
    const std::string name = escaped(id);
    out += "<t:TimeZoneDefinition Id=\"" + name + "\" Name=\"" + name + "\">";
    if (full) {
        const auto changes = yearly_clock_changes(id, now_ms);
        const bool seasons = !changes.empty();
        std::int64_t standard = offset_at(id, now_ms);
        std::int64_t daylight = standard;
        if (seasons) {
            standard = std::min(changes[0].before, changes[0].after);
            daylight = std::max(changes[0].before, changes[0].after);
        }
        out += "<t:Periods><t:Period Bias=\"" + duration_of(standard, true) +
               "\" Name=\"Standard\" Id=\"" + period_id(false) + "\"/>";
        if (seasons) {
            out += "<t:Period Bias=\"" + duration_of(daylight, true) +
                   "\" Name=\"Daylight\" Id=\"" + period_id(true) + "\"/>";
        }
        out += "</t:Periods><t:TransitionsGroups><t:TransitionsGroup Id=\"0\">";
        if (seasons) {
            for (const YearlyClockChange& change : changes) append_transition(out, change);
        } else {
            out += "<t:Transition><t:To Kind=\"Period\">" + period_id(false) +
                   "</t:To></t:Transition>";
        }
        out +=
            "</t:TransitionsGroup></t:TransitionsGroups><t:Transitions><t:Transition><t:To "
            "Kind=\"Group\">0</t:To>"
            "</t:Transition></t:Transitions>";
    }
    out += "</t:TimeZoneDefinition>";
}

}  // namespace liaison::sandbox::ews
