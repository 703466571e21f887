#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "core/result.hpp"
#include "core/time.hpp"

namespace pugi {
struct xml_node_struct;
}

namespace liaison::ews {

/// Appends XML. Names carry their prefix ("t:Subject"); text is cleaned (clean_utf8) and escaped.
class XmlWriter {
public:
    explicit XmlWriter(std::string& out) : out_(out) {}
    XmlWriter& open(std::string_view name);
    /// Belongs to the start tag opened last, before any content.
    XmlWriter& attribute(std::string_view name, std::string_view value);
    XmlWriter& text(std::string_view value);
    /// Text that is XML already.
    XmlWriter& raw(std::string_view xml);
    XmlWriter& close(std::string_view name);
    XmlWriter& leaf(std::string_view name, std::string_view value);

private:
    void finish_tag();
    std::string& out_;
    bool tag_open_ = false;
};

/// `& < > " '` and characters that XML 1.0 cannot carry.
std::string escape_xml(std::string_view text);
std::string format_bool(bool value);
std::string format_int(std::int64_t value);

/// An element of a parsed reply, found by local name whatever its prefix is (exchange-protocols.md 7). An empty node
/// answers emptiness to everything. Valid as long as its document.
class XmlNode {
public:
    XmlNode() = default;
    explicit XmlNode(pugi::xml_node_struct* node) : node_(node) {}
    explicit operator bool() const { return node_ != nullptr; }

    std::string_view name() const;  ///< local name
    XmlNode child(std::string_view local_name) const;
    XmlNode first() const;  ///< first child element
    XmlNode next() const;   ///< next sibling element
    std::string_view attribute(std::string_view local_name) const;
    /// All character data directly inside, entities resolved.
    std::string text() const;
    std::string child_text(std::string_view local_name) const;
    std::optional<bool> child_bool(std::string_view local_name) const;
    std::optional<std::int64_t> child_int(std::string_view local_name) const;
    /// xs:dateTime with `Z` or an offset, to milliseconds.
    std::optional<Timestamp> child_time(std::string_view local_name) const;

    class Iterator {
    public:
        explicit Iterator(pugi::xml_node_struct* node) : node_(node) {}
        XmlNode operator*() const { return XmlNode(node_); }
        Iterator& operator++() {
            node_ = XmlNode(node_).next().node_;
            return *this;
        }
        bool operator==(const Iterator&) const = default;

    private:
        pugi::xml_node_struct* node_;
    };
    Iterator begin() const { return Iterator(first().node_); }
    static Iterator end() { return Iterator(nullptr); }

private:
    pugi::xml_node_struct* node_ = nullptr;
};

/// A parsed reply. Move-only; nodes stay valid when it moves.
class XmlDocument {
public:
    XmlDocument();
    ~XmlDocument();
    XmlDocument(XmlDocument&&) noexcept;
    XmlDocument& operator=(XmlDocument&&) noexcept;

    /// Sanitises (sanitize_xml) and parses. CorruptReply for text that is no XML, for a document type declaration and for
    /// elements nested deeper than limits::xml_depth_max.
    static Result<XmlDocument> parse(std::string bytes);
    XmlNode root() const;

private:
    struct Parts;
    std::unique_ptr<Parts> parts_;
};

/// Replaces what XML 1.0 forbids by U+FFFD: bytes that are no UTF-8, control characters, and numeric references to either
/// (exchange-protocols.md P-42). Clean text is returned as it came, without a copy.
std::string sanitize_xml(std::string bytes);

}  // namespace liaison::ews
