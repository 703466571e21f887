#include <glib.h>

#include <optional>

#include "sandbox/mime_parts.hpp"

namespace liaison::sandbox::mime {
namespace {

bool is_ascii_alnum(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

struct EncodedWord {
    std::string_view charset;
    std::string bytes;
    std::size_t length = 0;  ///< of the whole word in the header
};

std::optional<std::string> q_decoded(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '_') {
            out += ' ';
        } else if (text[i] == '=' && i + 2 < text.size() && g_ascii_isxdigit(text[i + 1]) &&
                   g_ascii_isxdigit(text[i + 2])) {
            out += static_cast<char>(g_ascii_xdigit_value(text[i + 1]) * 16 +
                                     g_ascii_xdigit_value(text[i + 2]));
            i += 2;
        } else {
            out += text[i];
        }
    }
    return out;
}

std::optional<std::string> b_decoded(std::string_view text) {
    const std::string input(text);
    gsize length = 0;
    guchar* bytes = g_base64_decode(input.c_str(), &length);
    if (bytes == nullptr) return std::nullopt;
    std::string out(reinterpret_cast<const char*>(bytes), length);
    g_free(bytes);
    return out;
}

/// `text` starts with "=?". Nothing when it is no encoded word. RFC 2047 allows 75 characters, real
/// mail has more.
std::optional<EncodedWord> encoded_word_at(std::string_view text) {
    text = text.substr(0, 4000);
    const auto first = text.find('?', 2);
    if (first == std::string_view::npos || first == 2 || first + 2 >= text.size() ||
        text[first + 2] != '?')
        return {};
    const char kind = g_ascii_tolower(text[first + 1]);
    const auto end = text.find("?=", first + 3);
    if (end == std::string_view::npos || (kind != 'b' && kind != 'q')) return {};
    const std::string_view charset = text.substr(2, first - 2);
    if (charset.find_first_of(" <>\"(),=") != std::string_view::npos) return {};
    const std::string_view payload = text.substr(first + 3, end - first - 3);
    if (kind == 'b' && payload.find_first_of(" <>\"()") != std::string_view::npos) return {};
    auto bytes = kind == 'b' ? b_decoded(payload) : q_decoded(payload);
    if (!bytes) return {};
    return EncodedWord{charset, std::move(*bytes), end + 2};
}

void append_as_q(std::string& out, const EncodedWord& word) {
    out += "=?";
    out += known_charset(word.charset);
    out += "?Q?";
    for (const char c : word.bytes) {
        if (is_ascii_alnum(c)) {
            out += c;
            continue;
        }
        constexpr std::string_view digits = "0123456789ABCDEF";
        const auto byte = static_cast<unsigned char>(c);
        out += '=';
        out += digits[byte >> 4u];
        out += digits[byte & 15u];
    }
    out += "?=";
}

bool breaks_dot_rule(std::string_view local) {
    return local.starts_with('.') || local.ends_with('.') ||
           local.find("..") != std::string_view::npos;
}

/// Wraps the local part that ends `out` in quotes if it needs them. Called before an '@' is
/// appended.
void quote_local_part(std::string& out) {
    constexpr std::string_view before_local = " \t,;:<>()[]\"\\@";
    const auto stop = out.find_last_of(before_local);
    const std::size_t start = stop == std::string::npos ? 0 : stop + 1;
    const std::string_view local = std::string_view(out).substr(start);
    if (local.empty() || !breaks_dot_rule(local)) return;
    const std::string quoted = '"' + std::string(local) + '"';
    out.replace(start, std::string::npos, quoted);
}

}  // namespace

std::string header_for_gmime(std::string_view line, bool has_addresses) {
    std::string out;
    out.reserve(line.size() + 16);
    bool in_quotes = false;
    bool is_bare = false;  // after '<', no '@' so far
    for (std::size_t at = 0; at < line.size();) {
        const char c = line[at];
        if (c == '=' && line.substr(at).starts_with("=?")) {
            if (const auto word = encoded_word_at(line.substr(at))) {
                append_as_q(out, *word);
                at += word->length;
                continue;
            }
        }
        if (has_addresses && in_quotes && c == '\\' && at + 1 < line.size()) {
            out += c;
            out += line[at + 1];
            at += 2;
            continue;
        }
        if (c == '"') in_quotes = !in_quotes;
        if (c == '<') is_bare = true;
        if (has_addresses && !in_quotes && (c == '@' || (c == '>' && is_bare)))
            quote_local_part(out);
        if (c == '@' || c == '>') is_bare = false;
        out += c;
        ++at;
    }
    return out;
}

std::string without_needless_quotes(std::string address) {
    const auto at = address.ends_with('"') ? address.size() - 1 : address.rfind("\"@");
    if (!address.starts_with('"') || at == std::string::npos || at < 2) return address;
    const std::string local = address.substr(1, at - 1);
    for (const char c : local) {
        const bool plain = is_ascii_alnum(c) || std::string_view("!#$%&'*+-/=?^_`{|}~.").find(c) !=
                                                    std::string_view::npos;
        if (!plain) return address;
    }
    return local + address.substr(at + 1);
}

}  // namespace liaison::sandbox::mime
