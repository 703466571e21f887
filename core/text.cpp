#include "core/text.hpp"

#include <algorithm>
#include <cstdint>

#include "core/http_message.hpp"

namespace liaison {

std::string_view trim(std::string_view text) {
    const auto blank = [](char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '\f' || c == '\v'; };
    while (!text.empty() && blank(text.front())) text.remove_prefix(1);
    while (!text.empty() && blank(text.back())) text.remove_suffix(1);
    return text;
}

std::vector<std::string> split(std::string_view text, char separator) {
    std::vector<std::string> parts;
    while (true) {
        const std::size_t at = text.find(separator);
        parts.emplace_back(text.substr(0, at));
        if (at == std::string_view::npos) return parts;
        text.remove_prefix(at + 1);
    }
}

std::string to_lower_ascii(std::string_view text) {
    std::string out(text);
    for (char& c : out)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
    return out;
}

bool icontains(std::string_view text, std::string_view part) {
    if (part.size() > text.size()) return false;
    for (std::size_t i = 0; i + part.size() <= text.size(); ++i)
        if (iequals(text.substr(i, part.size()), part)) return true;
    return false;
}

namespace {

/// Length of the well-formed UTF-8 sequence at the front (Unicode 15, table 3-7), 0 if there is none.
std::size_t utf8_sequence_length(std::string_view s) {
    const auto byte = [&](std::size_t i) { return static_cast<std::uint8_t>(s[i]); };
    const auto continuation = [&](std::size_t i, std::uint8_t low, std::uint8_t high) {
        return i < s.size() && byte(i) >= low && byte(i) <= high;
    };
    const std::uint8_t b = byte(0);
    if (b < 0x80) return 1;
    if (b >= 0xC2 && b <= 0xDF) return continuation(1, 0x80, 0xBF) ? 2 : 0;
    if (b >= 0xE0 && b <= 0xEF) {
        const std::uint8_t low = b == 0xE0 ? 0xA0 : 0x80;
        const std::uint8_t high = b == 0xED ? 0x9F : 0xBF;
        return continuation(1, low, high) && continuation(2, 0x80, 0xBF) ? 3 : 0;
    }
    if (b >= 0xF0 && b <= 0xF4) {
        const std::uint8_t low = b == 0xF0 ? 0x90 : 0x80;
        const std::uint8_t high = b == 0xF4 ? 0x8F : 0xBF;
        return continuation(1, low, high) && continuation(2, 0x80, 0xBF) && continuation(3, 0x80, 0xBF) ? 4 : 0;
    }
    return 0;
}

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";

}  // namespace

std::string clean_utf8(std::string_view bytes) {
    std::string out;
    out.reserve(bytes.size());
    while (!bytes.empty()) {
        const std::size_t length = utf8_sequence_length(bytes);
        const auto first = static_cast<std::uint8_t>(bytes.front());
        if (length == 0) {
            out += kReplacement;
            bytes.remove_prefix(1);
            continue;
        }
        const bool control = length == 1 && (first < 0x20 && first != '\t' && first != '\n' && first != '\r');
        const bool noncharacter = length == 3 && bytes.substr(0, 2) == "\xEF\xBF" &&
                                  static_cast<std::uint8_t>(bytes[2]) >= 0xBE;
        if (control || noncharacter)
            out += kReplacement;
        else
            out += bytes.substr(0, length);
        bytes.remove_prefix(length);
    }
    return out;
}

std::string normal_lines(std::string_view text) {
    const std::string clean = clean_utf8(text);
    std::string out;
    out.reserve(clean.size());
    std::size_t i = 0;
    while (i < clean.size()) {
        const std::size_t end = clean.find_first_of("\r\n", i);
        std::string_view line(clean);
        line = line.substr(i, end == std::string::npos ? std::string::npos : end - i);
        while (!line.empty() && (line.back() == ' ' || line.back() == '\t')) line.remove_suffix(1);
        out += line;
        if (end == std::string::npos) break;
        out += '\n';
        i = end + (clean[end] == '\r' && end + 1 < clean.size() && clean[end + 1] == '\n' ? 2 : 1);
    }
    while (!out.empty() && out.back() == '\n') out.pop_back();
    return out;
}

std::string normal_line(std::string_view text) {
    const std::string clean = clean_utf8(text);
    std::string out;
    out.reserve(clean.size());
    for (const char c : trim(clean)) {
        const bool blank = c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '\f' || c == '\v';
        if (!blank)
            out += c;
        else if (!out.empty() && out.back() != ' ')
            out += ' ';
    }
    return out;
}

std::string normal_address(std::string_view address) {
    const std::string lower = to_lower_ascii(clean_utf8(address));
    std::string_view text = trim(lower);
    while (true) {
        const std::size_t before = text.size();
        if (text.starts_with('<')) text.remove_prefix(1);
        if (text.ends_with('>')) text.remove_suffix(1);
        if (text.starts_with("mailto:")) text.remove_prefix(7);
        text = trim(text);
        if (text.size() == before) return std::string(text);
    }
}

std::string truncate_chars(std::string_view text, std::size_t chars_max) {
    std::size_t chars = 0;
    std::size_t i = 0;
    while (i < text.size() && chars < chars_max) {
        const std::size_t length = utf8_sequence_length(text.substr(i));
        i += length == 0 ? 1 : length;
        ++chars;
    }
    return std::string(text.substr(0, i));
}

std::size_t count_chars(std::string_view text) {
    return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
        return (static_cast<std::uint8_t>(c) & 0xC0) != 0x80;
    }));
}

}  // namespace liaison
