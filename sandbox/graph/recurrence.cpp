#include "sandbox/graph/recurrence.hpp"

#include <pugixml.hpp>

#include <array>
#include <chrono>
#include <optional>
#include <set>

#include "core/http_message.hpp"
#include "sandbox/ews/lexical.hpp"
#include "sandbox/ews/xml_text.hpp"
#include "sandbox/graph/ews_bridge.hpp"

namespace liaison::sandbox::graph {
namespace {

namespace json = boost::json;
namespace chrono = std::chrono;

constexpr std::int64_t recurrence_day_ms = 86'400'000;
constexpr std::array<std::string_view, 7> day_names{"Sunday",   "Monday", "Tuesday", "Wednesday",
                                                    "Thursday", "Friday", "Saturday"};
constexpr std::array<std::string_view, 12> month_names{
    "January", "February", "March",     "April",   "May",      "June",
    "July",    "August",   "September", "October", "November", "December"};
constexpr std::array<std::string_view, 5> index_names{"First", "Second", "Third", "Fourth", "Last"};

// One recurrence, whatever its spelling. Kinds are Graph's.
struct Rule {
    std::string kind;  // daily, weekly, absoluteMonthly, ...
    int interval = 1;
    int day_of_month = 0;
    int month = 0;
    std::set<int> days;      // 0 Sunday
    int first_day = 0;       // of the week
    std::size_t index = 0;   // of index_names
    std::int64_t start = 0;  // midnight
    std::optional<std::int64_t> end;
    int count = 0;  // 0: no number
};

template <std::size_t N>
std::optional<std::size_t> position(const std::array<std::string_view, N>& names,
                                    std::string_view name) {
    for (std::size_t at = 0; at < N; ++at) {
        if (iequals(names[at], name)) return at;
    }
    return std::nullopt;
}

std::string child_text(const pugi::xml_node& node, const char* name) {
    return ews::element_text(node.child(name));
}

int child_number(const pugi::xml_node& node, const char* name, int otherwise) {
    return static_cast<int>(ews::parse_integer(child_text(node, name)).value_or(otherwise));
}

// EWS allows Day, Weekday and WeekendDay beside the names of days.
void add_days(std::set<int>& days, std::string_view names) {
    while (!names.empty()) {
        const std::size_t end = std::min(names.find(' '), names.size());
        const std::string_view name = names.substr(0, end);
        names.remove_prefix(std::min(end + 1, names.size()));
        if (const auto at = position(day_names, name)) days.insert(static_cast<int>(*at));
        if (name == "Day" || name == "WeekendDay") days.insert({0, 6});
        if (name == "Day" || name == "Weekday") days.insert({1, 2, 3, 4, 5});
    }
}

std::optional<Rule> read_rule(std::string_view xml) {
    pugi::xml_document document;
    const std::string text = "<r>" + std::string(xml) + "</r>";
    if (!document.load_string(text.c_str())) return std::nullopt;
    Rule rule;
    for (const pugi::xml_node node : document.document_element().children()) {
        const std::string_view name = node.name();
        rule.interval = child_number(node, "t:Interval", rule.interval);
        rule.day_of_month = child_number(node, "t:DayOfMonth", rule.day_of_month);
        if (const auto month = position(month_names, child_text(node, "t:Month")))
            rule.month = static_cast<int>(*month) + 1;
        add_days(rule.days, child_text(node, "t:DaysOfWeek"));
        if (const auto at = position(index_names, child_text(node, "t:DayOfWeekIndex")))
            rule.index = *at;
        if (const auto at = position(day_names, child_text(node, "t:FirstDayOfWeek")))
            rule.first_day = static_cast<int>(*at);
        if (name == "t:DailyRecurrence") rule.kind = "daily";
        if (name == "t:WeeklyRecurrence") rule.kind = "weekly";
        if (name == "t:AbsoluteMonthlyRecurrence") rule.kind = "absoluteMonthly";
        if (name == "t:RelativeMonthlyRecurrence") rule.kind = "relativeMonthly";
        if (name == "t:AbsoluteYearlyRecurrence") rule.kind = "absoluteYearly";
        if (name == "t:RelativeYearlyRecurrence") rule.kind = "relativeYearly";
        if (const auto start = ews::parse_date(child_text(node, "t:StartDate")))
            rule.start = *start;
        if (const auto end = ews::parse_date(child_text(node, "t:EndDate"))) rule.end = *end;
        rule.count = child_number(node, "t:NumberOfOccurrences", rule.count);
    }
    if (rule.kind.empty()) return std::nullopt;
    return rule;
}

std::string date_text(std::int64_t midnight) {
    return ews::format_utc(midnight).substr(0, 10);
}

chrono::sys_days day_point(std::int64_t midnight) {
    return chrono::sys_days(
        chrono::days(midnight / recurrence_day_ms - (midnight % recurrence_day_ms < 0 ? 1 : 0)));
}

std::int64_t midnight_of_day(chrono::sys_days day) {
    return day.time_since_epoch().count() * recurrence_day_ms;
}

bool matches_day(const Rule& rule, chrono::sys_days day) {
    return rule.days.contains(static_cast<int>(chrono::weekday(day).c_encoding()));
}

// The day of one month of a monthly or yearly rule.
chrono::sys_days day_in_month(const Rule& rule, chrono::year_month month) {
    const chrono::sys_days last(month / chrono::last);
    const chrono::sys_days first(month / 1);
    if (rule.kind.starts_with("absolute")) {
        const int most = static_cast<int>((last - first).count()) + 1;
        return first + chrono::days(std::min(rule.day_of_month, most) - 1);
    }
    std::vector<chrono::sys_days> candidates;
    for (chrono::sys_days day = first; day <= last; day += chrono::days(1)) {
        if (matches_day(rule, day)) candidates.push_back(day);
    }
    if (candidates.empty()) return last;
    return rule.index == 4 ? candidates.back()
                           : candidates[std::min(rule.index, candidates.size() - 1)];
}

// Candidates in order; the caller applies start, end and count.
class RuleDays {
public:
    explicit RuleDays(const Rule& rule) : rule_(rule), day_(day_point(rule.start)) {
        const chrono::year_month_day date(day_);
        month_ = date.year() / date.month();
        if (rule.kind.ends_with("Yearly") && rule.month > 0)
            month_ = date.year() / chrono::month(static_cast<unsigned>(rule.month));
        const int into_week =
            (static_cast<int>(chrono::weekday(day_).c_encoding()) - rule.first_day + 7) % 7;
        week_ = day_ - chrono::days(into_week);
    }

    chrono::sys_days next() {
        if (rule_.kind == "daily") {
            const chrono::sys_days out = day_;
            day_ += chrono::days(rule_.interval);
            return out;
        }
        if (rule_.kind == "weekly") return next_weekly();
        const chrono::sys_days out = day_in_month(rule_, month_);
        month_ +=
            chrono::months(rule_.kind.ends_with("Monthly") ? rule_.interval : 12 * rule_.interval);
        return out;
    }

private:
    chrono::sys_days next_weekly() {
        for (int steps = 0; steps < 8; ++steps) {
            if (offset_ == 7) {
                offset_ = 0;
                week_ += chrono::days(7 * rule_.interval);
            }
            const chrono::sys_days day = week_ + chrono::days(offset_++);
            if (matches_day(rule_, day)) return day;
        }
        return week_;
    }

    const Rule& rule_;
    chrono::sys_days day_;
    chrono::sys_days week_;
    chrono::year_month month_;
    int offset_ = 0;
};

std::unexpected<GraphError> bad_recurrence(std::string_view what) {
    return graph_fail(400, "ErrorInvalidRequest",
                      "The recurrence is not valid: " + std::string(what) + ".");
}

std::string joined_days(const json::object& pattern) {
    std::string out;
    if (const json::array* days = array_of(pattern, "daysOfWeek")) {
        for (const json::value& day : *days) {
            const auto at = position(day_names, day.get_string());
            if (!at) continue;
            if (!out.empty()) out += ' ';
            out += day_names[*at];
        }
    }
    return out;
}

std::int64_t number_of(const json::object& object, std::string_view name) {
    const json::value* value = object.if_contains(name);
    return value != nullptr && value->is_number() ? value->to_number<std::int64_t>() : 0;
}

// A relative pattern names one day in EWS, or a whole group of days.
std::string relative_day(std::string_view days) {
    if (days.find(' ') == std::string_view::npos) return std::string(days);
    std::set<int> all;
    add_days(all, days);
    if (all.size() == 7) return "Day";
    if (all == std::set<int>{1, 2, 3, 4, 5}) return "Weekday";
    if (all == std::set<int>{0, 6}) return "WeekendDay";
    return {};
}

Outcome<std::string> pattern_xml(const json::object& pattern) {
    const std::string_view type = text_of(pattern, "type");
    const std::string interval =
        "<Interval>" + std::to_string(number_of(pattern, "interval")) + "</Interval>";
    const std::string day =
        "<DayOfMonth>" + std::to_string(number_of(pattern, "dayOfMonth")) + "</DayOfMonth>";
    const std::string days = joined_days(pattern);
    const std::int64_t month = number_of(pattern, "month");
    const auto index = position(index_names, text_of(pattern, "index"));
    const std::string index_xml =
        "<DayOfWeekIndex>" + std::string(index_names[index.value_or(0)]) + "</DayOfWeekIndex>";
    if (iequals(type, "daily")) return "<DailyRecurrence>" + interval + "</DailyRecurrence>";
    if (iequals(type, "weekly")) {
        if (days.empty()) return bad_recurrence("daysOfWeek is required");
        const auto first = position(day_names, text_of(pattern, "firstDayOfWeek"));
        return "<WeeklyRecurrence>" + interval + "<DaysOfWeek>" + days +
               "</DaysOfWeek><FirstDayOfWeek>" + std::string(day_names[first.value_or(0)]) +
               "</FirstDayOfWeek></WeeklyRecurrence>";
    }
    if (iequals(type, "absoluteMonthly"))
        return "<AbsoluteMonthlyRecurrence>" + interval + day + "</AbsoluteMonthlyRecurrence>";
    const std::string relative = relative_day(days);
    if (iequals(type, "relativeMonthly")) {
        if (relative.empty()) return bad_recurrence("daysOfWeek is required");
        return "<RelativeMonthlyRecurrence>" + interval + "<DaysOfWeek>" + relative +
               "</DaysOfWeek>" + index_xml + "</RelativeMonthlyRecurrence>";
    }
    if (month < 1 || month > 12) return bad_recurrence("month is required");
    const std::string month_xml =
        "<Month>" + std::string(month_names[static_cast<std::size_t>(month - 1)]) + "</Month>";
    if (iequals(type, "absoluteYearly"))
        return "<AbsoluteYearlyRecurrence>" + day + month_xml + "</AbsoluteYearlyRecurrence>";
    if (relative.empty()) return bad_recurrence("daysOfWeek is required");
    return "<RelativeYearlyRecurrence><DaysOfWeek>" + relative + "</DaysOfWeek>" + index_xml +
           month_xml + "</RelativeYearlyRecurrence>";
}

}  // namespace

json::value recurrence_json(std::string_view xml, std::string_view zone) {
    const auto rule = read_rule(xml);
    if (!rule) return nullptr;
    json::object pattern{{"type", rule->kind},
                         {"interval", rule->interval},
                         {"month", rule->month},
                         {"dayOfMonth", rule->day_of_month}};
    if (!rule->days.empty()) {
        json::array days;
        for (const int day : rule->days) {
            std::string name(day_names[static_cast<std::size_t>(day)]);
            name[0] = static_cast<char>(name[0] - 'A' + 'a');
            days.emplace_back(name);
        }
        pattern["daysOfWeek"] = std::move(days);
    }
    std::string first(day_names[static_cast<std::size_t>(rule->first_day)]);
    first[0] = static_cast<char>(first[0] - 'A' + 'a');
    pattern["firstDayOfWeek"] = first;
    std::string index(index_names[rule->index]);
    index[0] = static_cast<char>(index[0] - 'A' + 'a');
    pattern["index"] = index;
    json::object range{{"type", rule->end         ? "endDate"
                                : rule->count > 0 ? "numbered"
                                                  : "noEnd"},
                       {"startDate", date_text(rule->start)},
                       {"endDate", rule->end ? date_text(*rule->end) : "0001-01-01"},
                       {"recurrenceTimeZone", zone},
                       {"numberOfOccurrences", rule->count}};
    return json::object{{"pattern", std::move(pattern)}, {"range", std::move(range)}};
}

Outcome<std::string> recurrence_xml(const json::object& recurrence) {
    const json::object* pattern = object_of(recurrence, "pattern");
    const json::object* range = object_of(recurrence, "range");
    if (pattern == nullptr || range == nullptr)
        return bad_recurrence("pattern and range are required");
    auto xml = pattern_xml(*pattern);
    if (!xml) return xml;
    const std::string_view start = text_of(*range, "startDate");
    if (!ews::parse_date(start)) return bad_recurrence("range.startDate is required");
    const std::string start_xml = "<StartDate>" + std::string(start) + "</StartDate>";
    const std::string_view type = text_of(*range, "type");
    if (iequals(type, "endDate")) {
        *xml += "<EndDateRecurrence>" + start_xml + "<EndDate>" +
                std::string(text_of(*range, "endDate")) + "</EndDate></EndDateRecurrence>";
    } else if (iequals(type, "numbered")) {
        *xml += "<NumberedRecurrence>" + start_xml + "<NumberOfOccurrences>" +
                std::to_string(number_of(*range, "numberOfOccurrences")) +
                "</NumberOfOccurrences></NumberedRecurrence>";
    } else {
        *xml += "<NoEndRecurrence>" + start_xml + "</NoEndRecurrence>";
    }
    return xml;
}

std::vector<std::int64_t> occurrence_days(std::string_view xml, std::int64_t until_ms,
                                          std::size_t max) {
    std::vector<std::int64_t> out;
    const auto rule = read_rule(xml);
    if (!rule || rule->interval < 1) return out;
    RuleDays days(*rule);
    constexpr int candidates_max = 200'000;
    int made = 0;
    for (int candidate = 0; candidate < candidates_max && out.size() < max; ++candidate) {
        const std::int64_t midnight = midnight_of_day(days.next());
        if (midnight < rule->start) continue;
        if (midnight >= until_ms || (rule->end && midnight > *rule->end)) break;
        if (rule->count > 0 && made++ >= rule->count) break;
        out.push_back(midnight);
    }
    return out;
}

}  // namespace liaison::sandbox::graph
