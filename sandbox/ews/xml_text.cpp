#include "sandbox/ews/xml_text.hpp"

#include <pugixml.hpp>

#include "sandbox/ews/lexical.hpp"

namespace liaison::sandbox::ews {
namespace {

constexpr std::string_view replacement_character = "\xEF\xBF\xBD";

bool is_xml_character(std::uint32_t c) {
    return c == 0x9 || c == 0xA || c == 0xD || (c >= 0x20 && c <= 0xD7FF) ||
           (c >= 0xE000 && c <= 0xFFFD) || (c >= 0x10000 && c <= 0x10FFFF);
}

// Length of the UTF-8 sequence at `at` that stands for a character that XML allows; 0 if there is
// none.
std::size_t xml_sequence(std::string_view text, std::size_t at) {
    const auto first = static_cast<unsigned char>(text[at]);
    if (first < 0x80) return is_xml_character(first) ? 1 : 0;
    std::size_t length = 0;
    std::uint32_t value = 0;
    if (first >= 0xC2 && first <= 0xDF) {
        length = 2;
        value = first & 0x1Fu;
    } else if (first >= 0xE0 && first <= 0xEF) {
        length = 3;
        value = first & 0x0Fu;
    } else if (first >= 0xF0 && first <= 0xF4) {
        length = 4;
        value = first & 0x07u;
    } else {
        return 0;
    }
    if (at + length > text.size()) return 0;
    for (std::size_t i = 1; i < length; ++i) {
        const auto next = static_cast<unsigned char>(text[at + i]);
        if ((next & 0xC0) != 0x80) return 0;
        value = (value << 6) | (next & 0x3Fu);
    }
    if (length == 3 && value < 0x800) return 0;
    if (length == 4 && value < 0x10000) return 0;
    return is_xml_character(value) ? length : 0;
}

bool is_known_reference(std::string_view name) {
    if (name == "amp" || name == "lt" || name == "gt" || name == "quot" || name == "apos")
        return true;
    if (name.size() < 2 || name[0] != '#') return false;
    std::uint32_t value = 0;
    const bool hex = name[1] == 'x';
    const std::string_view digits = name.substr(hex ? 2 : 1);
    if (digits.empty() || digits.size() > 8) return false;
    for (const char c : digits) {
        std::uint32_t digit = 99;
        if (c >= '0' && c <= '9') digit = static_cast<std::uint32_t>(c - '0');
        if (hex && c >= 'a' && c <= 'f') digit = static_cast<std::uint32_t>(c - 'a' + 10);
        if (hex && c >= 'A' && c <= 'F') digit = static_cast<std::uint32_t>(c - 'A' + 10);
        if (digit == 99) return false;
        value = value * (hex ? 16 : 10) + digit;
        if (value > 0x10FFFF) return false;
    }
    return is_xml_character(value);
}

}  // namespace

void append_escaped(std::string& out, std::string_view text) {
    std::size_t plain = 0;
    std::size_t at = 0;
    while (at < text.size()) {
        const char c = text[at];
        if (static_cast<unsigned char>(c) >= 0x20 && static_cast<unsigned char>(c) < 0x80 &&
            c != '&' && c != '<' && c != '>' && c != '"') {
            ++at;
            continue;
        }
        std::string_view instead;
        std::size_t length = 1;
        switch (c) {
            case '&':
                instead = "&amp;";
                break;
            case '<':
                instead = "&lt;";
                break;
            case '>':
                instead = "&gt;";
                break;
            case '"':
                instead = "&quot;";
                break;
            case '\r':
                instead = "&#xD;";
                break;
            case '\n':
            case '\t':
                break;
            default:
                length = xml_sequence(text, at);
                if (length == 0) {
                    instead = replacement_character;
                    length = 1;
                }
        }
        if (!instead.empty()) {
            out.append(text.substr(plain, at - plain));
            out.append(instead);
            plain = at + length;
        }
        at += length;
    }
    out.append(text.substr(plain));
}

std::string escaped(std::string_view text) {
    std::string out;
    append_escaped(out, text);
    return out;
}

void append_element(std::string& out, std::string_view qualified, std::string_view text) {
    ((out += '<') += qualified) += '>';
    append_escaped(out, text);
    ((out += "</") += qualified) += '>';
}

void append_boolean(std::string& out, std::string_view qualified, bool value) {
    append_element(out, qualified, value ? "true" : "false");
}

void append_number(std::string& out, std::string_view qualified, std::int64_t value) {
    append_element(out, qualified, std::to_string(value));
}

Outcome<void> guard_xml(std::string_view text) {
    if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
    std::size_t at = 0;
    while (at < text.size()) {
        const std::string_view rest = text.substr(at);
        if (rest.starts_with("<!--") || rest.starts_with("<![CDATA[")) {
            const bool comment = rest[2] == '-';
            const std::size_t end = text.find(comment ? "-->" : "]]>", at);
            if (end == std::string_view::npos)
                return ews_fail("ErrorInvalidRequest", "The request is no well-formed XML.");
            for (; at < end;) {
                const std::size_t length = xml_sequence(text, at);
                if (length == 0)
                    return ews_fail("ErrorInvalidRequest",
                                    "The request has characters that XML forbids.");
                at += length;
            }
            continue;
        }
        if (rest.starts_with("<!"))
            return ews_fail("ErrorInvalidRequest", "A document type declaration is refused.");
        if (rest[0] == '&') {
            const std::size_t end = rest.substr(0, 14).find(';');
            if (end == std::string_view::npos || !is_known_reference(rest.substr(1, end - 1))) {
                return ews_fail("ErrorInvalidRequest",
                                "The request has an unknown entity or a forbidden character.");
            }
        }
        const std::size_t length = xml_sequence(text, at);
        if (length == 0)
            return ews_fail("ErrorInvalidRequest", "The request has characters that XML forbids.");
        at += length;
    }
    return {};
}

std::string element_text(const pugi::xml_node& node) {
    std::string out;
    for (const pugi::xml_node child : node.children()) {
        if (child.type() == pugi::node_pcdata || child.type() == pugi::node_cdata)
            out += child.value();
    }
    return out;
}

void append_canonical(std::string& out, const pugi::xml_node& node) {
    (out += "<t:") += node.name();
    for (const pugi::xml_attribute attribute : node.attributes()) {
        const std::string_view name = attribute.name();
        if (name.starts_with("xmlns") || name.find(':') != std::string_view::npos) continue;
        ((out += ' ') += name) += "=\"";
        append_escaped(out, attribute.value());
        out += '"';
    }
    out += '>';
    bool has_elements = false;
    for (const pugi::xml_node child : node.children()) {
        if (child.type() != pugi::node_element) continue;
        has_elements = true;
        append_canonical(out, child);
    }
    if (!has_elements) append_escaped(out, element_text(node));
    ((out += "</t:") += node.name()) += '>';
}

std::string fragment_text(std::string_view xml, std::string_view qualified) {
    static constexpr std::pair<std::string_view, char> entities[] = {
        {"&amp;", '&'}, {"&lt;", '<'}, {"&gt;", '>'}, {"&quot;", '"'}, {"&#xD;", '\r'}};
    const std::string open = "<" + std::string(qualified) + ">";
    const std::size_t start = xml.find(open);
    if (start == std::string_view::npos) return {};
    const std::size_t from = start + open.size();
    std::string_view text = xml.substr(from, xml.find('<', from) - from);
    std::string out;
    while (!text.empty()) {
        const auto entity =
            std::find_if(std::begin(entities), std::end(entities),
                         [&](const auto& candidate) { return text.starts_with(candidate.first); });
        const bool found = entity != std::end(entities);
        out.push_back(found ? entity->second : text[0]);
        text.remove_prefix(found ? entity->first.size() : 1);
    }
    return out;
}

std::string canonical_children(const pugi::xml_node& node) {
    std::string out;
    for (const pugi::xml_node child : node.children()) {
        if (child.type() == pugi::node_element) append_canonical(out, child);
    }
    return out;
}

}  // namespace liaison::sandbox::ews
