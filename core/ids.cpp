#include "core/ids.hpp"

#include <array>
#include <cstdio>

namespace liaison {

namespace {

std::string escape_token_part(std::string_view text) {
    std::string out;
    for (const char c : text) {
        if (c == '|' || c == '%' || static_cast<unsigned char>(c) < 0x20) {
            std::array<char, 4> hex{};
            std::snprintf(hex.data(), hex.size(), "%%%02X", static_cast<unsigned>(static_cast<unsigned char>(c)));
            out += hex.data();
        } else {
            out += c;
        }
    }
    return out;
}

int token_hex_digit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

std::string unescape_token_part(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '%' && i + 2 < text.size() && token_hex_digit(text[i + 1]) >= 0 &&
            token_hex_digit(text[i + 2]) >= 0) {
            out += static_cast<char>(token_hex_digit(text[i + 1]) * 16 + token_hex_digit(text[i + 2]));
            i += 2;
        } else {
            out += text[i];
        }
    }
    return out;
}

}  // namespace

std::string CorrelationToken::str() const {
    return escape_token_part(system) + '|' + escape_token_part(kind) + '|' + escape_token_part(crm_id) + '|' +
           escape_token_part(nonce);
}

CorrelationToken CorrelationToken::parse(std::string_view text) {
    std::array<std::string, 4> parts;
    for (std::size_t i = 0; i < parts.size(); ++i) {
        const std::size_t bar = text.find('|');
        const bool is_last = i + 1 == parts.size();
        if ((bar == std::string_view::npos) != is_last) return {};
        parts[i] = unescape_token_part(text.substr(0, bar));
        if (!is_last) text.remove_prefix(bar + 1);
    }
    return CorrelationToken{parts[0], parts[1], parts[2], parts[3]};
}

}  // namespace liaison
