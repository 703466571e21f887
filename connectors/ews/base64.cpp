#include "connectors/ews/base64.hpp"

#include <array>
#include <cstdint>

namespace liaison::ews {

namespace {

constexpr std::string_view kBase64Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::uint8_t kBase64Bad = 0xFF;
constexpr std::uint8_t kBase64Blank = 0xFE;
constexpr std::uint8_t kBase64Pad = 0xFD;

constexpr std::array<std::uint8_t, 256> make_base64_table() {
    std::array<std::uint8_t, 256> table{};
    table.fill(kBase64Bad);
    for (std::size_t i = 0; i < kBase64Alphabet.size(); ++i)
        table[static_cast<std::uint8_t>(kBase64Alphabet[i])] = static_cast<std::uint8_t>(i);
    for (const char c : {' ', '\t', '\r', '\n'}) table[static_cast<std::uint8_t>(c)] = kBase64Blank;
    table['='] = kBase64Pad;
    return table;
}
constexpr auto kBase64Table = make_base64_table();

}  // namespace

Result<std::string> decode_base64(std::string_view text) {
    std::string out;
    out.reserve(text.size() / 4 * 3 + 3);
    std::uint32_t bits = 0;
    int have = 0;
    int pads = 0;
    for (const char c : text) {
        const std::uint8_t value = kBase64Table[static_cast<std::uint8_t>(c)];
        if (value == kBase64Blank) continue;
        if (value == kBase64Bad || (pads > 0 && value != kBase64Pad))
            return fail(ErrorKind::CorruptReply, "the content is no base64");
        if (value == kBase64Pad) {
            if (++pads > 2) return fail(ErrorKind::CorruptReply, "the content is no base64");
            continue;
        }
        bits = bits << 6 | value;
        if (++have == 4) {
            out += static_cast<char>(bits >> 16 & 0xFF);
            out += static_cast<char>(bits >> 8 & 0xFF);
            out += static_cast<char>(bits & 0xFF);
            bits = 0;
            have = 0;
        }
    }
    if ((have + pads) % 4 != 0 || have == 1) return fail(ErrorKind::CorruptReply, "the content is truncated base64");
    if (have == 2) out += static_cast<char>(bits >> 4 & 0xFF);
    if (have == 3) {
        out += static_cast<char>(bits >> 10 & 0xFF);
        out += static_cast<char>(bits >> 2 & 0xFF);
    }
    return out;
}

std::string encode_base64(std::string_view bytes) {
    std::string out;
    out.reserve((bytes.size() + 2) / 3 * 4);
    const auto byte = [&](std::size_t i) { return static_cast<std::uint32_t>(static_cast<std::uint8_t>(bytes[i])); };
    for (std::size_t i = 0; i < bytes.size(); i += 3) {
        const std::size_t left = bytes.size() - i;
        const std::uint32_t bits = byte(i) << 16 | (left > 1 ? byte(i + 1) << 8 : 0) | (left > 2 ? byte(i + 2) : 0);
        out += kBase64Alphabet[bits >> 18 & 63];
        out += kBase64Alphabet[bits >> 12 & 63];
        out += left > 1 ? kBase64Alphabet[bits >> 6 & 63] : '=';
        out += left > 2 ? kBase64Alphabet[bits & 63] : '=';
    }
    return out;
}

}  // namespace liaison::ews
