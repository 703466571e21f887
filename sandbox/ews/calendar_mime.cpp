#include "sandbox/ews/calendar_mime.hpp"

#include <array>
#include <chrono>

#include "sandbox/ews/lexical.hpp"
#include "sandbox/ews/xml_text.hpp"
#include "sandbox/ews/zone_definition.hpp"
#include "sandbox/windows_zones.hpp"

namespace liaison::sandbox::ews {
namespace {

// `20270301T090000` of milliseconds.
std::string basic_time(std::int64_t ms) {
    std::string text = format_utc(ms).substr(0, 19);
    std::erase_if(text, [](char c) { return c == '-' || c == ':'; });
    return text;
}

std::string escaped_ical(std::string_view text) {
    std::string out;
    for (const char c : text) {
        if (c == '\r') continue;
        if (c == '\n') {
            out += "\\n";
            continue;
        }
        if (c == '\\' || c == ';' || c == ',') out += '\\';
        out += c;
    }
    return out;
}

// Content lines are folded at 75 bytes, between characters (RFC 5545, 3.1).
void append_line(std::string& out, std::string_view line) {
    std::size_t room = 75;
    while (line.size() > room) {
        std::size_t cut = room;
        while (cut > 0 && (static_cast<unsigned char>(line[cut]) & 0xC0) == 0x80) --cut;
        out += line.substr(0, cut);
        out += "\r\n ";
        line.remove_prefix(cut);
        room = 74;
    }
    out += line;
    out += "\r\n";
}

std::string offset_text(std::int64_t ms) {
    const std::int64_t minutes = (ms < 0 ? -ms : ms) / 60'000;
    std::string out(1, ms < 0 ? '-' : '+');
    for (const std::int64_t part : {minutes / 60, minutes % 60}) {
        if (part < 10) out += '0';
        out += std::to_string(part);
    }
    return out;
}

void append_observance(std::string& out, const YearlyClockChange& change) {
    const bool daylight = change.after > change.before;
    append_line(out, daylight ? "BEGIN:DAYLIGHT" : "BEGIN:STANDARD");
    append_line(out, "DTSTART:" + basic_time(change.utc_ms + change.before));
    append_line(out, "TZOFFSETFROM:" + offset_text(change.before));
    append_line(out, "TZOFFSETTO:" + offset_text(change.after));
    static constexpr std::array<std::string_view, 7> days{"SU", "MO", "TU", "WE", "TH", "FR", "SA"};
    append_line(out, "RRULE:FREQ=YEARLY;BYMONTH=" + std::to_string(change.month) + ";BYDAY=" +
                         std::to_string(change.occurrence) + std::string(days.at(change.weekday)));
    append_line(out, daylight ? "END:DAYLIGHT" : "END:STANDARD");
}

void append_time_zone(std::string& out, std::string_view zone, std::int64_t at_ms) {
    append_line(out, "BEGIN:VTIMEZONE");
    append_line(out, "TZID:" + std::string(zone));
    const auto changes = yearly_clock_changes(zone, at_ms);
    if (changes.empty()) {
        const std::string offset =
            offset_text(wall_clock_of_utc(zone, at_ms).value_or(at_ms) - at_ms);
        append_line(out, "BEGIN:STANDARD");
        append_line(out, "DTSTART:16010101T000000");
        append_line(out, "TZOFFSETFROM:" + offset);
        append_line(out, "TZOFFSETTO:" + offset);
        append_line(out, "END:STANDARD");
    }
    for (const YearlyClockChange& change : changes) append_observance(out, change);
    append_line(out, "END:VTIMEZONE");
}

// "Monday Thursday" or "Weekday" as BYDAY.
std::string by_day(std::string_view days, std::string_view index) {
    static constexpr std::array<std::pair<std::string_view, std::string_view>, 10> names{
        {{"Sunday", "SU"},
         {"Monday", "MO"},
         {"Tuesday", "TU"},
         {"Wednesday", "WE"},
         {"Thursday", "TH"},
         {"Friday", "FR"},
         {"Saturday", "SA"},
         {"Day", "SU,MO,TU,WE,TH,FR,SA"},
         {"Weekday", "MO,TU,WE,TH,FR"},
         {"WeekendDay", "SU,SA"}}};
    static constexpr std::array<std::pair<std::string_view, std::string_view>, 5> indexes{
        {{"First", "1"}, {"Second", "2"}, {"Third", "3"}, {"Fourth", "4"}, {"Last", "-1"}}};
    std::string out;
    while (!(days = trimmed(days)).empty()) {
        const std::size_t end = std::min(days.find(' '), days.size());
        for (const auto& [name, code] : names) {
            if (name == days.substr(0, end)) (out += out.empty() ? "" : ",") += code;
        }
        days.remove_prefix(end);
    }
    for (const auto& [name, number] : indexes) {
        if (name == index) out += ";BYSETPOS=" + std::string(number);
    }
    return out;
}

std::string month_number(std::string_view name) {
    static constexpr std::array<std::string_view, 12> months{
        "January", "February", "March",     "April",   "May",      "June",
        "July",    "August",   "September", "October", "November", "December"};
    for (std::size_t i = 0; i < months.size(); ++i) {
        if (months.at(i) == name) return std::to_string(i + 1);
    }
    return "1";
}

std::string recurrence_rule(std::string_view xml) {
    const auto has = [xml](std::string_view text) {
        return xml.find(text) != std::string_view::npos;
    };
    std::string out = has("t:Daily")    ? "FREQ=DAILY"
                      : has("t:Weekly") ? "FREQ=WEEKLY"
                      : has("Monthly")  ? "FREQ=MONTHLY"
                                        : "FREQ=YEARLY";
    const auto text = [xml](std::string_view element) { return fragment_text(xml, element); };
    if (has("<t:Interval>")) out += ";INTERVAL=" + text("t:Interval");
    if (has("<t:Month>")) out += ";BYMONTH=" + month_number(text("t:Month"));
    if (has("<t:DayOfMonth>")) {
        const std::string day = text("t:DayOfMonth");  // 31 means the last day of any month
        out += ";BYMONTHDAY=" + (day == "31" ? std::string("-1") : day);
    }
    if (has("<t:DaysOfWeek>"))
        out += ";BYDAY=" + by_day(text("t:DaysOfWeek"), text("t:DayOfWeekIndex"));
    if (has("<t:NumberOfOccurrences>")) out += ";COUNT=" + text("t:NumberOfOccurrences");
    if (has("<t:EndDate>")) {
        std::string date = text("t:EndDate").substr(0, 10);
        std::erase(date, '-');
        out += ";UNTIL=" + date + "T235959Z";
    }
    return out;
}

}  // namespace

std::string calendar_mime(const Item& item, EpochMillis now) {
    const PropertyBag& properties = item.properties;
    const std::string_view given = properties.text("calendar:StartTimeZone");
    const std::string zone(given.empty() ? std::string_view("UTC") : given);
    const std::int64_t start = parse_utc(properties.text("calendar:Start")).value_or(now);
    const std::int64_t end = parse_utc(properties.text("calendar:End")).value_or(start);
    const bool all_day = properties.text("calendar:IsAllDayEvent") == "true";
    const auto moment = [&](std::string_view name, std::int64_t utc_ms) {
        const std::string local = basic_time(wall_clock_of_utc(zone, utc_ms).value_or(utc_ms));
        if (all_day) return std::string(name) + ";VALUE=DATE:" + local.substr(0, 8);
        return std::string(name) + ";TZID=" + zone + ":" + local;
    };
    std::string calendar;
    append_line(calendar, "BEGIN:VCALENDAR");
    append_line(calendar, "METHOD:PUBLISH");
    append_line(calendar, "PRODID:-//Liaison//sandbox//EN");
    append_line(calendar, "VERSION:2.0");
    append_time_zone(calendar, zone, start);
    append_line(calendar, "BEGIN:VEVENT");
    append_line(calendar, "UID:" + std::string(properties.text("calendar:UID")));
    append_line(calendar, "SUMMARY:" + escaped_ical(properties.text("item:Subject")));
    append_line(calendar, moment("DTSTART", start));
    append_line(calendar, moment("DTEND", end));
    append_line(calendar, "DTSTAMP:" + basic_time(item.modified) + "Z");
    append_line(calendar, "LOCATION:" + escaped_ical(properties.text("calendar:Location")));
    if (properties.text("item:Body@BodyType") == "Text") {
        append_line(calendar, "DESCRIPTION:" + escaped_ical(properties.text("item:Body")));
    }
    const PropertyValue* recurrence = properties.find("calendar:Recurrence");
    if (recurrence != nullptr)
        append_line(calendar, "RRULE:" + recurrence_rule(std::get<Fragment>(*recurrence).xml));
    append_line(calendar, "END:VEVENT");
    append_line(calendar, "END:VCALENDAR");
    return "MIME-Version: 1.0\r\nContent-Type: text/calendar; charset=\"utf-8\"; method=PUBLISH\r\n"
           "Content-Transfer-Encoding: 8bit\r\n\r\n" +
           calendar;
}

}  // namespace liaison::sandbox::ews
