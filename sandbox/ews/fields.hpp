#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sandbox/ews/ews_error.hpp"
#include "sandbox/mailbox_types.hpp"

namespace pugi {
class xml_node;
}

namespace liaison::sandbox::ews {

/// How a property is kept and written.
enum class FieldForm {
    Text,        ///< lexical value of its schema type, in the bag
    List,        ///< t:String elements, in the bag
    Fragment,    ///< structured, in the bag
    Body,        ///< text with attribute BodyType
    Zone,        ///< Windows id; TimeZoneDefinition on the wire
    Dictionary,  ///< indexed entries; on the wire one element with t:Entry children
    Special,     ///< computed or kept in a member of Item
};

/// One property of an item type.
struct Field {
    std::string uri;          ///< "task:DueDate"
    std::string element;      ///< "DueDate"
    std::string schema_type;  ///< "dateTime"
    FieldForm form = FieldForm::Text;
    bool readable = false;  ///< false: known to EWS, refused by the sandbox
    bool writable = false;
    bool creatable = false;   ///< may be set by CreateItem only
    bool queryable = false;   ///< in restrictions and sort orders
    bool in_default = false;  ///< part of BaseShape Default
    bool heavy = false;       ///< left out of FindItem and SyncFolderItems, as Exchange does
    bool in_all = false;      ///< part of BaseShape AllProperties
};

/// The properties of one item type in schema order: those of ItemType first.
struct ItemTypeFields {
    std::string element;  ///< "Task"
    std::vector<Field> fields;
    const Field* find_uri(std::string_view uri) const;
    const Field* find_element(std::string_view element) const;
};

/// What a text property that nobody set reads as ("Normal", "false", "0"); empty: the property is
/// absent then.
std::string_view default_text(std::string_view uri);

/// By kind; ItemKind::Other is served as t:Message.
const ItemTypeFields& fields_of(ItemKind kind);
/// Of the element name "Task", "CalendarItem", "Contact", "Message", "Item"; null for others.
const ItemTypeFields* fields_of_element(std::string_view element);
/// True when any item type has this FieldURI (so that asking for it of another type is no error,
/// only empty).
bool is_known_uri(std::string_view uri);
/// ItemKind that an item class is served as.
ItemKind kind_of_class(std::string_view item_class);
std::string_view element_of_kind(ItemKind kind);

/// A property named in a request.
struct FieldPath {
    enum class Kind { Plain, Indexed, Extended };
    Kind kind = Kind::Plain;
    std::string uri;            ///< Plain and Indexed
    std::string index;          ///< Indexed
    std::string extended_key;   ///< Extended: canonical key
    std::string extended_xml;   ///< Extended: the t:ExtendedFieldURI element for replies
    std::string extended_type;  ///< Extended: MapiPropertyTypeType

    /// Key in a PropertyBag (Plain and Indexed).
    std::string bag_key() const { return kind == Kind::Indexed ? uri + "/" + index : uri; }
};

/// From t:FieldURI, t:IndexedFieldURI or t:ExtendedFieldURI. ErrorInvalidExtendedProperty for
/// combinations that name nothing, ErrorNoPropertyTagForCustomProperties for tags of 0x8000 and
/// more.
Outcome<FieldPath> read_path(const pugi::xml_node& node);
/// True if the node is one of the three path elements.
bool is_path_element(std::string_view name);
/// From a canonical extended key (`String {guid} Name CrmKey`): the t:ExtendedFieldURI element.
std::string extended_field_uri_xml(std::string_view canonical_key);

}  // namespace liaison::sandbox::ews
