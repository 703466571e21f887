#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "connectors/ews/xml.hpp"
#include "core/ids.hpp"

namespace liaison::ews {

/// t:ItemId. Opaque, case-sensitive, at most 512 bytes; a move gives an item a new one (exchange-protocols.md 1.4).
struct ItemId {
    std::string id;
    std::string change_key;  ///< may be empty where an operation needs none
    friend bool operator==(const ItemId&, const ItemId&) = default;
};

/// A folder by its id, or a distinguished one ("tasks", "deleteditems", "msgfolderroot") of a mailbox.
struct FolderRef {
    std::string id;
    std::string distinguished;
    std::string mailbox;  ///< SMTP address of the distinguished folder's owner; empty: the caller's own

    static FolderRef by_id(std::string id) { return FolderRef{std::move(id), {}, {}}; }
    static FolderRef well_known(std::string name, std::string mailbox) {
        return FolderRef{{}, std::move(name), std::move(mailbox)};
    }
};

/// Which property: `t:FieldURI`, `t:IndexedFieldURI` or `t:ExtendedFieldURI`.
struct PropertyPath {
    enum class Form : std::uint8_t { Plain, Indexed, Named, Tagged };
    Form form = Form::Plain;
    std::string uri;    ///< FieldURI ("item:Subject"); Named: PropertySetId; Tagged: PropertyTag ("0x3a45")
    std::string index;  ///< Indexed: FieldIndex ("EmailAddress1"); Named: PropertyName
    std::string type;   ///< Named and Tagged: PropertyType ("String")

    static PropertyPath plain(std::string_view uri) { return {Form::Plain, std::string(uri), {}, {}}; }
    static PropertyPath indexed(std::string_view uri, std::string_view index) {
        return {Form::Indexed, std::string(uri), std::string(index), {}};
    }
    static PropertyPath named(std::string_view set, std::string_view name) {
        return {Form::Named, std::string(set), std::string(name), "String"};
    }
    static PropertyPath tagged(std::string_view tag) { return {Form::Tagged, std::string(tag), {}, "String"}; }
    friend bool operator==(const PropertyPath&, const PropertyPath&) = default;
};

/// One property to write: the element that belongs into the item, or nothing to delete it.
struct PropertyWrite {
    PropertyPath path;
    /// Element below the item: "Subject", "EmailAddresses", "PhysicalAddresses", "ExtendedProperty". Decides the place in a
    /// created item, whose elements have the order of the schema (types.xsd).
    std::string element;
    std::string entry_key;  ///< Key attribute of t:Entry in a dictionary element; else empty
    std::string xml;        ///< the whole element, or what stands inside the entry's container; empty: delete
};

/// What GetItem shall bring.
struct ItemShape {
    std::vector<PropertyPath> properties;  ///< beside the id
    bool include_mime = false;
    bool text_body = true;              ///< BodyType Text
    std::size_t body_bytes_max = 0;     ///< MaximumBodySize; 0: not sent
};

void write_path(XmlWriter& xml, const PropertyPath& path);
void write_item_shape(XmlWriter& xml, const ItemShape& shape);
void write_item_id(XmlWriter& xml, const ItemId& id);
void write_item_ids(XmlWriter& xml, const std::vector<ItemId>& ids);
/// t:FolderId or t:DistinguishedFolderId.
void write_folder_ref(XmlWriter& xml, const FolderRef& folder);
/// The element of one property as it stands in an item (inside t:Task and so on).
void write_property(XmlWriter& xml, const PropertyWrite& property);

/// The t:ItemId child of an item.
ItemId read_item_id(const XmlNode& item);
/// Value of an extended property, or empty.
std::string read_named_property(const XmlNode& item, std::string_view property_name);
std::string read_tagged_property(const XmlNode& item, std::string_view property_tag);

}  // namespace liaison::ews
