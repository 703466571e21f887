#include "rules/fold.hpp"

#include "core/text.hpp"

namespace liaison::rules {
namespace {

/// Lower case of a code point below U+0800 whose lower case is below U+0800 as well.
unsigned folded_letter(unsigned c) {
    if (c >= 0xC0 && c <= 0xDE && c != 0xD7) return c + 0x20;
    if ((c >= 0x100 && c <= 0x12F) || (c >= 0x132 && c <= 0x137) || (c >= 0x14A && c <= 0x177))
        return c | 1u;
    if ((c >= 0x139 && c <= 0x148) || (c >= 0x179 && c <= 0x17E)) return c + (c & 1u);
    if (c == 0x178) return 0xFF;
    if (c == 0x386) return 0x3AC;
    if (c >= 0x388 && c <= 0x38A) return c + 37;
    if (c == 0x38C) return 0x3CC;
    if (c == 0x38E || c == 0x38F) return c + 63;
    if (c >= 0x391 && c <= 0x3AB && c != 0x3A2) return c + 0x20;
    if (c == 0x3C2) return 0x3C3;
    if (c >= 0x400 && c <= 0x40F) return c + 0x50;
    if (c >= 0x410 && c <= 0x42F) return c + 0x20;
    return c;
}

}  // namespace

std::string fold(std::string_view text) {
    std::string out(text);
    for (std::size_t i = 0; i < out.size(); ++i) {
        const auto first = static_cast<unsigned char>(out[i]);
        if (first < 0x80) {
            if (first >= 'A' && first <= 'Z') out[i] = static_cast<char>(first + 0x20);
            continue;
        }
        if (first < 0xC3 || first > 0xDF || i + 1 == out.size()) continue;
        const auto second = static_cast<unsigned char>(out[i + 1]);
        if ((second & 0xC0u) != 0x80u) continue;
        const unsigned letter = folded_letter(((first & 0x1Fu) << 6) | (second & 0x3Fu));
        out[i] = static_cast<char>(0xC0u | (letter >> 6));
        out[++i] = static_cast<char>(0x80u | (letter & 0x3Fu));
    }
    return out;
}

std::string normal_folder_path(std::string_view path) {
    const std::string_view text = trim(path);
    const std::size_t begin = text.find_first_not_of('/');
    if (begin == std::string_view::npos) return {};
    return fold(text.substr(begin, text.find_last_not_of('/') + 1 - begin));
}

}  // namespace liaison::rules
