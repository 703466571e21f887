#pragma once
#include <string>
#include <string_view>

#include "sandbox/ews/ews_error.hpp"

namespace pugi {
class xml_node;
}

namespace liaison::sandbox::ews {

/// Appends `text` escaped for element content and attribute values. Characters that XML 1.0 forbids
/// (control characters, U+FFFE, U+FFFF, broken UTF-8) become U+FFFD, so that a reply is always
/// well-formed.
void append_escaped(std::string& out, std::string_view text);
std::string escaped(std::string_view text);

/// `<t:Name>text</t:Name>`; `qualified` carries the prefix.
void append_element(std::string& out, std::string_view qualified, std::string_view text);
void append_boolean(std::string& out, std::string_view qualified, bool value);
void append_number(std::string& out, std::string_view qualified, std::int64_t value);

/// Refuses what a hardened XML reader refuses before parsing: broken UTF-8, forbidden characters
/// (raw or as numeric references), a document type declaration, entities other than the five of
/// XML.
Outcome<void> guard_xml(std::string_view text);

/// All character data directly below an element.
std::string element_text(const pugi::xml_node& node);
/// A checked element (local names) written again with prefix `t:`: elements, attributes, text.
void append_canonical(std::string& out, const pugi::xml_node& node);
/// Unescaped text of the first `<qualified>` in XML that the sandbox wrote itself; empty when there
/// is none.
std::string fragment_text(std::string_view xml, std::string_view qualified);
/// As append_canonical, for the children only.
std::string canonical_children(const pugi::xml_node& node);

}  // namespace liaison::sandbox::ews
