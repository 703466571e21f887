#include <gmime/gmime.h>

#include <algorithm>
#include <array>
#include <cstring>

#include "sandbox/mime_parts.hpp"

namespace liaison::sandbox::mime {

std::string ascii_lower(std::string_view text) {
    std::string out(text);
    for (char& c : out) {
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    }
    return out;
}

std::string_view trim_blanks(std::string_view text) {
    constexpr std::string_view blanks = " \t\r\n";
    const auto first = text.find_first_not_of(blanks);
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

std::string_view utf8_prefix(std::string_view text, std::size_t bytes_max) {
    if (text.size() <= bytes_max) return text;
    std::size_t end = bytes_max;
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0u) == 0x80u) --end;
    return text.substr(0, end);
}

std::string clean_utf8(std::string_view bytes) {
    std::string out;
    out.reserve(bytes.size());
    const char* at = bytes.data();
    std::size_t left = bytes.size();
    while (left > 0) {
        const char* end = nullptr;
        const bool valid = g_utf8_validate_len(at, left, &end) != 0;
        const auto good = static_cast<std::size_t>(end - at);
        out.append(at, good);
        if (valid) break;
        if (*end != '\0') out += "\xEF\xBF\xBD";
        at = end + 1;
        left -= good + 1;
    }
    return out;
}

namespace {

std::string from_windows_1252(std::string_view bytes) {
    static constexpr std::array<char16_t, 32> c1 = {
        0x20AC, 0x0081, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160,
        0x2039, 0x0152, 0x008D, 0x017D, 0x008F, 0x0090, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022,
        0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0x009D, 0x017E, 0x0178};
    std::string out;
    out.reserve(bytes.size() + bytes.size() / 8);
    for (const char c : bytes) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte == 0) continue;
        if (byte < 0x80) {
            out += c;
            continue;
        }
        const gunichar code = byte < 0xA0 ? c1[byte - 0x80u] : byte;
        std::array<char, 6> buffer{};
        const int length = g_unichar_to_utf8(code, buffer.data());
        out.append(buffer.data(), static_cast<std::size_t>(length));
    }
    return out;
}

bool is_valid_utf8(std::string_view bytes) {
    return g_utf8_validate_len(bytes.data(), bytes.size(), nullptr) != 0;
}

struct Converter {
    iconv_t handle = reinterpret_cast<iconv_t>(-1);
    explicit Converter(const std::string& charset)
        : handle(g_mime_iconv_open("UTF-8", charset.c_str())) {}
    Converter(const Converter&) = delete;
    Converter& operator=(const Converter&) = delete;
    ~Converter() {
        if (is_open()) g_mime_iconv_close(handle);
    }
    bool is_open() const { return handle != reinterpret_cast<iconv_t>(-1); }
};

std::string converted_by_iconv(std::string_view bytes, Converter& converter) {
    std::string input(bytes);
    char* at = input.data();
    std::size_t left = input.size();
    std::string out;
    std::array<char, 4096> buffer{};
    while (left > 0) {
        char* to = buffer.data();
        std::size_t room = buffer.size();
        const std::size_t before = left;
        const std::size_t outcome = iconv(converter.handle, &at, &left, &to, &room);
        out.append(buffer.data(), buffer.size() - room);
        if (outcome != static_cast<std::size_t>(-1)) break;
        if (errno == E2BIG && (room < buffer.size() || left < before)) continue;
        out += "\xEF\xBF\xBD";  // EILSEQ or a cut sequence at the end: one byte is given up
        ++at;
        --left;
    }
    return clean_utf8(out);
}

}  // namespace

std::string known_charset(std::string_view charset) {
    std::string label(charset);
    if (label.find('_') == std::string::npos || label.size() > 64 || Converter(label).is_open())
        return label;
    std::string respelled = label;
    std::replace(respelled.begin(), respelled.end(), '_', '-');
    return Converter(respelled).is_open() ? respelled : label;
}

std::string guess_utf8(std::string_view bytes) {
    if (is_valid_utf8(bytes)) return std::string(bytes);
    if (bytes.find('\0') != std::string_view::npos) {
        std::string without;
        for (const char c : bytes) {
            if (c != '\0') without += c;
        }
        return is_valid_utf8(without) ? without : from_windows_1252(without);
    }
    return from_windows_1252(bytes);
}

std::string to_utf8(std::string_view bytes, std::string_view charset) {
    const std::string label = ascii_lower(trim_blanks(charset));
    if (label.empty() || label == "us-ascii" || label == "ascii" || label == "utf-8" ||
        label == "utf8" || label == "unknown-8bit" || label == "x-unknown") {
        return guess_utf8(bytes);
    }
    if (label == "iso-8859-1" || label == "latin1" || label == "windows-1252" ||
        label == "cp1252") {
        return from_windows_1252(bytes);
    }
    if (label.size() > 64) return guess_utf8(bytes);
    Converter converter(known_charset(label));
    return converter.is_open() ? converted_by_iconv(bytes, converter) : guess_utf8(bytes);
}

std::string crlf_lines(std::string_view text) {
    std::string out;
    out.reserve(text.size() + text.size() / 32);
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (c == '\r') {
            out += "\r\n";
            if (i + 1 < text.size() && text[i + 1] == '\n') ++i;
        } else if (c == '\n') {
            out += "\r\n";
        } else {
            out += c;
        }
    }
    return out;
}

}  // namespace liaison::sandbox::mime
