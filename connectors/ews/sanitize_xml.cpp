#include <cstdint>
#include <optional>

#include "connectors/ews/xml.hpp"
#include "core/text.hpp"

namespace liaison::ews {

namespace {

constexpr std::string_view kReplacementCharacter = "\xEF\xBF\xBD";

bool is_xml_char(std::uint32_t c) {
    return c == 0x9 || c == 0xA || c == 0xD || (c >= 0x20 && c <= 0xD7FF) || (c >= 0xE000 && c <= 0xFFFD) ||
           (c >= 0x10000 && c <= 0x10FFFF);
}

/// ASCII without forbidden controls. Other text is left to clean_utf8, which is slower.
bool is_plain_ascii(std::string_view bytes) {
    for (const char c : bytes) {
        const auto u = static_cast<std::uint8_t>(c);
        if (u >= 0x80 || (u < 0x20 && u != '\t' && u != '\n' && u != '\r')) return false;
    }
    return true;
}

struct NumericReference {
    std::uint32_t value = 0;
    std::size_t length = 0;  ///< with `&#` and `;`
};

/// Reads `&#123;` or `&#x1F;` at the front; nothing if it is neither.
std::optional<NumericReference> read_reference(std::string_view text) {
    std::size_t i = 2;
    const bool hex = i < text.size() && (text[i] == 'x' || text[i] == 'X');
    if (hex) ++i;
    NumericReference out;
    const std::size_t first = i;
    for (; i < text.size() && i < 16; ++i) {
        const char c = text[i];
        std::uint32_t digit = 0;
        if (c >= '0' && c <= '9')
            digit = static_cast<std::uint32_t>(c - '0');
        else if (hex && c >= 'a' && c <= 'f')
            digit = static_cast<std::uint32_t>(c - 'a' + 10);
        else if (hex && c >= 'A' && c <= 'F')
            digit = static_cast<std::uint32_t>(c - 'A' + 10);
        else
            break;
        if (out.value <= 0x110000) out.value = out.value * (hex ? 16 : 10) + digit;
    }
    if (i == first || i >= text.size() || text[i] != ';') return std::nullopt;
    out.length = i + 1;
    return out;
}

std::string replace_bad_references(std::string text) {
    std::size_t at = text.find("&#");
    if (at == std::string::npos) return text;
    std::string out;
    out.reserve(text.size());
    std::size_t copied = 0;
    while (at != std::string::npos) {
        const auto reference = read_reference(std::string_view(text).substr(at));
        if (reference && !is_xml_char(reference->value)) {
            out.append(text, copied, at - copied);
            out += kReplacementCharacter;
            copied = at + reference->length;
        }
        at = text.find("&#", at + 2);
    }
    out.append(text, copied);
    return out;
}

}  // namespace

std::string sanitize_xml(std::string bytes) {
    std::string text = is_plain_ascii(bytes) ? std::move(bytes) : clean_utf8(bytes);
    return replace_bad_references(std::move(text));
}

}  // namespace liaison::ews
