#include "net/http_date.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdio>

#include "core/text.hpp"

namespace liaison::net {

std::optional<Timestamp> parse_http_date(std::string_view text) {
    static constexpr std::array<std::string_view, 12> months = {
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    if (text.size() != 29 || text.substr(25) != " GMT") return std::nullopt;
    const auto month = std::find(months.begin(), months.end(), text.substr(8, 3));
    if (month == months.end()) return std::nullopt;
    std::array<char, 32> iso{};
    std::snprintf(iso.data(), iso.size(), "%.4s-%02d-%.2sT%.8sZ", text.substr(12).data(),
                  static_cast<int>(month - months.begin()) + 1, text.substr(5).data(),
                  text.substr(17).data());
    return parse_timestamp(iso.data());
}

std::optional<std::chrono::milliseconds> retry_after_of(const HttpFields& fields, Timestamp now) {
    using std::chrono::milliseconds;
    constexpr milliseconds kDay = std::chrono::hours(24);
    const std::string_view text = trim(fields.get("Retry-After"));
    if (text.empty()) return std::nullopt;
    if (const auto date = parse_http_date(text))
        return std::clamp<milliseconds>(*date - now, milliseconds(0), kDay);
    if (text.front() < '0' || text.front() > '9') return std::nullopt;
    double seconds = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds,
                                              std::chars_format::fixed);
    if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    if (seconds >= 86'400) return kDay;
    return milliseconds(static_cast<std::int64_t>(seconds * 1'000 + 0.999));
}

}  // namespace liaison::net
