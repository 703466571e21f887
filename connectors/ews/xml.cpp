#include "connectors/ews/xml.hpp"

#include <charconv>
#include <pugixml.hpp>

#include "core/limits.hpp"
#include "core/text.hpp"

namespace liaison::ews {

namespace {

std::string_view local_name_of(const char* name) {
    std::string_view text(name);
    const std::size_t colon = text.find(':');
    return colon == std::string_view::npos ? text : text.substr(colon + 1);
}

/// A declaration can stand before the first element only; elsewhere the parser refuses it.
bool has_document_type(std::string_view text) {
    const std::size_t at = text.find("<!DOCTYPE");
    if (at == std::string_view::npos) return false;
    for (std::size_t i = 0; i < at; ++i)
        if (text[i] == '<' && text[i + 1] != '?' && text[i + 1] != '!') return false;
    return true;
}

bool nested_too_deep(const pugi::xml_document& doc) {
    std::size_t depth = 0;
    pugi::xml_node node = doc.first_child();
    while (node) {
        if (node.first_child()) {
            node = node.first_child();
            if (++depth > limits::xml_depth_max) return true;
            continue;
        }
        while (node && !node.next_sibling()) {
            node = node.parent();
            if (depth > 0) --depth;
        }
        if (node) node = node.next_sibling();
    }
    return false;
}

}  // namespace

void XmlWriter::finish_tag() {
    if (tag_open_) out_ += '>';
    tag_open_ = false;
}

XmlWriter& XmlWriter::open(std::string_view name) {
    finish_tag();
    out_ += '<';
    out_ += name;
    tag_open_ = true;
    return *this;
}

XmlWriter& XmlWriter::attribute(std::string_view name, std::string_view value) {
    out_ += ' ';
    out_ += name;
    out_ += "=\"";
    out_ += escape_xml(value);
    out_ += '"';
    return *this;
}

XmlWriter& XmlWriter::text(std::string_view value) {
    finish_tag();
    out_ += escape_xml(value);
    return *this;
}

XmlWriter& XmlWriter::raw(std::string_view xml) {
    finish_tag();
    out_ += xml;
    return *this;
}

XmlWriter& XmlWriter::close(std::string_view name) {
    if (tag_open_) {
        out_ += "/>";
        tag_open_ = false;
        return *this;
    }
    out_ += "</";
    out_ += name;
    out_ += '>';
    return *this;
}

XmlWriter& XmlWriter::leaf(std::string_view name, std::string_view value) { return open(name).text(value).close(name); }

std::string escape_xml(std::string_view text) {
    const std::string clean = clean_utf8(text);
    std::string out;
    out.reserve(clean.size() + clean.size() / 16);
    for (const char c : clean) {
        switch (c) {
            case '&': out += "&amp;"; break;
            case '<': out += "&lt;"; break;
            case '>': out += "&gt;"; break;
            case '"': out += "&quot;"; break;
            case '\'': out += "&#39;"; break;
            case '\r': out += "&#13;"; break;
            default: out += c;
        }
    }
    return out;
}

std::string format_bool(bool value) { return value ? "true" : "false"; }
std::string format_int(std::int64_t value) { return std::to_string(value); }

std::string_view XmlNode::name() const { return local_name_of(pugi::xml_node(node_).name()); }

XmlNode XmlNode::first() const {
    pugi::xml_node node = pugi::xml_node(node_).first_child();
    while (node && node.type() != pugi::node_element) node = node.next_sibling();
    return XmlNode(node.internal_object());
}

XmlNode XmlNode::next() const {
    pugi::xml_node node = pugi::xml_node(node_).next_sibling();
    while (node && node.type() != pugi::node_element) node = node.next_sibling();
    return XmlNode(node.internal_object());
}

XmlNode XmlNode::child(std::string_view local_name) const {
    for (XmlNode node : *this)
        if (node.name() == local_name) return node;
    return {};
}

std::string_view XmlNode::attribute(std::string_view local_name) const {
    for (const pugi::xml_attribute& a : pugi::xml_node(node_).attributes())
        if (local_name_of(a.name()) == local_name) return a.value();
    return {};
}

std::string XmlNode::text() const {
    std::string out;
    for (const pugi::xml_node& node : pugi::xml_node(node_).children())
        if (node.type() == pugi::node_pcdata || node.type() == pugi::node_cdata) out += node.value();
    return out;
}

std::string XmlNode::child_text(std::string_view local_name) const { return child(local_name).text(); }

std::optional<bool> XmlNode::child_bool(std::string_view local_name) const {
    const std::string value = child_text(local_name);
    const std::string_view trimmed = trim(value);
    if (trimmed == "true" || trimmed == "1") return true;
    if (trimmed == "false" || trimmed == "0") return false;
    return std::nullopt;
}

std::optional<std::int64_t> XmlNode::child_int(std::string_view local_name) const {
    const std::string value = child_text(local_name);
    const std::string_view trimmed = trim(value);
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(trimmed.data(), trimmed.data() + trimmed.size(), number);
    if (trimmed.empty() || error != std::errc{} || end != trimmed.data() + trimmed.size()) return std::nullopt;
    return number;
}

std::optional<Timestamp> XmlNode::child_time(std::string_view local_name) const {
    const std::string value = child_text(local_name);
    return parse_timestamp(trim(value));
}

struct XmlDocument::Parts {
    std::string bytes;  // parsed in place: nodes point into it
    pugi::xml_document doc;
};

XmlDocument::XmlDocument() : parts_(std::make_unique<Parts>()) {}
XmlDocument::~XmlDocument() = default;
XmlDocument::XmlDocument(XmlDocument&&) noexcept = default;
XmlDocument& XmlDocument::operator=(XmlDocument&&) noexcept = default;

XmlNode XmlDocument::root() const { return XmlNode(parts_->doc.internal_object()).first(); }

Result<XmlDocument> XmlDocument::parse(std::string bytes) {
    XmlDocument document;
    document.parts_->bytes = sanitize_xml(std::move(bytes));
    std::string& text = document.parts_->bytes;
    if (has_document_type(text))
        return fail(ErrorKind::CorruptReply, "the reply has a document type declaration");
    constexpr unsigned options = pugi::parse_minimal | pugi::parse_escapes | pugi::parse_eol | pugi::parse_cdata |
                                 pugi::parse_wconv_attribute;
    const pugi::xml_parse_result parsed =
        document.parts_->doc.load_buffer_inplace(text.data(), text.size(), options, pugi::encoding_utf8);
    if (!parsed) return fail(ErrorKind::CorruptReply, std::string("the reply is no XML: ") + parsed.description());
    if (nested_too_deep(document.parts_->doc))
        return fail(ErrorKind::CorruptReply, "the reply is nested too deep");
    if (!document.root()) return fail(ErrorKind::CorruptReply, "the reply has no element");
    return document;
}

}  // namespace liaison::ews
