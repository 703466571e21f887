#include "core/time.hpp"

#include <array>
#include <cstdio>

namespace liaison {

namespace {

using namespace std::chrono;

/// Reads exactly `digits` decimal digits off the front.
bool take_digits(std::string_view& text, int digits, int& out) {
    if (static_cast<int>(text.size()) < digits) return false;
    out = 0;
    for (int i = 0; i < digits; ++i) {
        const char c = text[static_cast<std::size_t>(i)];
        if (c < '0' || c > '9') return false;
        out = out * 10 + (c - '0');
    }
    text.remove_prefix(static_cast<std::size_t>(digits));
    return true;
}

bool take_char(std::string_view& text, char c) {
    if (text.empty() || text.front() != c) return false;
    text.remove_prefix(1);
    return true;
}

std::optional<Date> take_date(std::string_view& text) {
    int y = 0;
    int m = 0;
    int d = 0;
    if (!take_digits(text, 4, y) || !take_char(text, '-') || !take_digits(text, 2, m) || !take_char(text, '-') ||
        !take_digits(text, 2, d))
        return std::nullopt;
    const Date date{year{y}, month{static_cast<unsigned>(m)}, day{static_cast<unsigned>(d)}};
    if (!date.ok()) return std::nullopt;
    return date;
}

std::optional<milliseconds> take_time_of_day(std::string_view& text) {
    int h = 0;
    int m = 0;
    int s = 0;
    int ms = 0;
    if (!take_digits(text, 2, h) || !take_char(text, ':') || !take_digits(text, 2, m)) return std::nullopt;
    if (take_char(text, ':')) {
        if (!take_digits(text, 2, s)) return std::nullopt;
        if (take_char(text, '.')) {
            int scale = 100;
            bool any = false;
            while (!text.empty() && text.front() >= '0' && text.front() <= '9') {
                ms += (text.front() - '0') * scale;
                scale /= 10;
                any = true;
                text.remove_prefix(1);
            }
            if (!any) return std::nullopt;
        }
    }
    if (h > 23 || m > 59 || s > 60) return std::nullopt;
    if (s == 60) s = 59;
    return hours{h} + minutes{m} + seconds{s} + milliseconds{ms};
}

}  // namespace

std::string format_date(Date d) {
    std::array<char, 16> buffer{};
    std::snprintf(buffer.data(), buffer.size(), "%04d-%02u-%02u", static_cast<int>(d.year()),
                  static_cast<unsigned>(d.month()), static_cast<unsigned>(d.day()));
    return buffer.data();
}

std::optional<Date> parse_date(std::string_view text) {
    auto date = take_date(text);
    if (!date || !text.empty()) return std::nullopt;
    return date;
}

std::string format_timestamp(Timestamp t) {
    const auto day_start = floor<days>(t);
    const hh_mm_ss time{t - day_start};
    std::array<char, 24> buffer{};
    std::snprintf(buffer.data(), buffer.size(), "T%02d:%02d:%02d.%03dZ", static_cast<int>(time.hours().count()),
                  static_cast<int>(time.minutes().count()), static_cast<int>(time.seconds().count()),
                  static_cast<int>(time.subseconds().count()));
    return format_date(Date{day_start}) + buffer.data();
}

std::optional<Timestamp> parse_timestamp(std::string_view text) {
    const auto date = take_date(text);
    if (!date || !(take_char(text, 'T') || take_char(text, 't') || take_char(text, ' '))) return std::nullopt;
    const auto time = take_time_of_day(text);
    if (!time) return std::nullopt;
    minutes offset{0};
    if (!take_char(text, 'Z') && !take_char(text, 'z')) {
        const bool negative = take_char(text, '-');
        if (!negative && !take_char(text, '+')) return std::nullopt;
        int h = 0;
        int m = 0;
        if (!take_digits(text, 2, h) || !take_char(text, ':') || !take_digits(text, 2, m) || h > 15 || m > 59)
            return std::nullopt;
        offset = hours{h} + minutes{m};
        if (negative) offset = -offset;
    }
    if (!text.empty()) return std::nullopt;
    return Timestamp{sys_days{*date}} + *time - offset;
}

std::string format_wall(WallTime t) {
    const auto day_start = floor<days>(t);
    const hh_mm_ss time{t - day_start};
    std::array<char, 16> buffer{};
    std::snprintf(buffer.data(), buffer.size(), "T%02d:%02d:%02d", static_cast<int>(time.hours().count()),
                  static_cast<int>(time.minutes().count()), static_cast<int>(time.seconds().count()));
    return format_date(Date{local_days{day_start}}) + buffer.data();
}

std::optional<WallTime> parse_wall(std::string_view text) {
    const auto date = take_date(text);
    if (!date || !(take_char(text, 'T') || take_char(text, ' '))) return std::nullopt;
    const auto time = take_time_of_day(text);
    if (!time || !text.empty()) return std::nullopt;
    return WallTime{local_days{*date}} + floor<seconds>(*time);
}

}  // namespace liaison
