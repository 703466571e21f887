#include "sandbox/ews/lexical.hpp"

#include <charconv>
#include <chrono>

namespace liaison::sandbox::ews {
namespace {

// Exactly `count` digits at the front; -1 otherwise.
int take_digits(std::string_view& text, std::size_t count) {
    if (text.size() < count) return -1;
    int value = 0;
    for (std::size_t i = 0; i < count; ++i) {
        if (text[i] < '0' || text[i] > '9') return -1;
        value = value * 10 + (text[i] - '0');
    }
    text.remove_prefix(count);
    return value;
}

bool take_character(std::string_view& text, char c) {
    if (text.empty() || text[0] != c) return false;
    text.remove_prefix(1);
    return true;
}

std::optional<std::int64_t> take_date_ms(std::string_view& text) {
    const int year = take_digits(text, 4);
    if (year < 1 || !take_character(text, '-')) return std::nullopt;
    const int month = take_digits(text, 2);
    if (!take_character(text, '-')) return std::nullopt;
    const int day = take_digits(text, 2);
    if (month < 1 || day < 1) return std::nullopt;
    const std::chrono::year_month_day date(std::chrono::year(year),
                                           std::chrono::month(static_cast<unsigned>(month)),
                                           std::chrono::day(static_cast<unsigned>(day)));
    if (!date.ok()) return std::nullopt;
    return std::chrono::sys_days(date).time_since_epoch().count() * std::int64_t{86'400'000};
}

// "", "Z" or "+hh:mm"; false for anything else.
bool take_zone(std::string_view text, std::optional<int>& offset_minutes) {
    if (text.empty()) return true;
    if (text == "Z") {
        offset_minutes = 0;
        return true;
    }
    const int sign = text[0] == '+' ? 1 : text[0] == '-' ? -1 : 0;
    if (sign == 0) return false;
    text.remove_prefix(1);
    const int hours = take_digits(text, 2);
    if (!take_character(text, ':')) return false;
    const int minutes = take_digits(text, 2);
    if (hours < 0 || minutes < 0 || minutes > 59 || hours * 60 + minutes > 14 * 60 || !text.empty())
        return false;
    offset_minutes = sign * (hours * 60 + minutes);
    return true;
}

void append_digits(std::string& out, std::int64_t value, int width) {
    std::string digits = std::to_string(value);
    while (static_cast<int>(digits.size()) < width) digits.insert(digits.begin(), '0');
    out += digits;
}

}  // namespace

std::string_view trimmed(std::string_view text) {
    const std::size_t start = text.find_first_not_of(" \t\r\n");
    if (start == std::string_view::npos) return {};
    return text.substr(start, text.find_last_not_of(" \t\r\n") - start + 1);
}

std::optional<DateTimeText> parse_date_time(std::string_view text) {
    text = trimmed(text);
    const auto day_ms = take_date_ms(text);
    if (!day_ms || !take_character(text, 'T')) return std::nullopt;
    const int hour = take_digits(text, 2);
    if (!take_character(text, ':')) return std::nullopt;
    const int minute = take_digits(text, 2);
    if (!take_character(text, ':')) return std::nullopt;
    const int second = take_digits(text, 2);
    if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 59)
        return std::nullopt;
    int milliseconds = 0;
    if (take_character(text, '.')) {
        int scale = 100;
        bool any = false;
        while (!text.empty() && text[0] >= '0' && text[0] <= '9') {
            milliseconds += (text[0] - '0') * scale;
            scale /= 10;
            any = true;
            text.remove_prefix(1);
        }
        if (!any) return std::nullopt;
    }
    DateTimeText out;
    if (!take_zone(text, out.offset_minutes)) return std::nullopt;
    out.local_ms =
        *day_ms + ((hour * 60 + minute) * 60 + second) * std::int64_t{1'000} + milliseconds;
    return out;
}

std::optional<std::int64_t> parse_date(std::string_view text) {
    text = trimmed(text);
    const auto day_ms = take_date_ms(text);
    std::optional<int> offset;
    if (!day_ms || !take_zone(text, offset)) return std::nullopt;
    return day_ms;
}

std::string format_utc(std::int64_t epoch_ms) {
    std::int64_t days = epoch_ms / 86'400'000;
    std::int64_t rest = epoch_ms % 86'400'000;
    if (rest < 0) {
        rest += 86'400'000;
        --days;
    }
    const std::chrono::year_month_day date{std::chrono::sys_days{std::chrono::days{days}}};
    std::string out;
    append_digits(out, static_cast<int>(date.year()), 4);
    out.push_back('-');
    append_digits(out, static_cast<unsigned>(date.month()), 2);
    out.push_back('-');
    append_digits(out, static_cast<unsigned>(date.day()), 2);
    out.push_back('T');
    append_digits(out, rest / 3'600'000, 2);
    out.push_back(':');
    append_digits(out, rest / 60'000 % 60, 2);
    out.push_back(':');
    append_digits(out, rest / 1'000 % 60, 2);
    out.push_back('Z');
    return out;
}

std::optional<std::int64_t> parse_utc(std::string_view text) {
    const auto parsed = parse_date_time(text);
    if (!parsed || !parsed->offset_minutes) return std::nullopt;
    return parsed->local_ms - *parsed->offset_minutes * std::int64_t{60'000};
}

std::optional<std::int64_t> parse_integer(std::string_view text) {
    text = trimmed(text);
    if (!text.empty() && text[0] == '+') text.remove_prefix(1);
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return value;
}

std::optional<double> parse_double(std::string_view text) {
    text = trimmed(text);
    if (!text.empty() && text[0] == '+') text.remove_prefix(1);
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return value;
}

std::string format_double(double value) {
    char buffer[64];
    const auto [end, error] = std::to_chars(buffer, buffer + sizeof buffer, value);
    return error == std::errc{} ? std::string(buffer, end) : std::string("0");
}

std::optional<bool> parse_boolean(std::string_view text) {
    text = trimmed(text);
    if (text == "true" || text == "1") return true;
    if (text == "false" || text == "0") return false;
    return std::nullopt;
}

bool is_guid(std::string_view text) {
    if (text.size() != 36) return false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (i == 8 || i == 13 || i == 18 || i == 23) {
            if (c != '-') return false;
        } else if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'))) {
            return false;
        }
    }
    return true;
}

}  // namespace liaison::sandbox::ews
