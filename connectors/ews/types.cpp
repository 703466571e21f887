#include "connectors/ews/types.hpp"

#include <charconv>

#include "core/http_message.hpp"

namespace liaison::ews {

namespace {

/// "0x3a45", "0X3A45" and "14917" are one tag (PropertyTagType).
unsigned tag_number(std::string_view tag) {
    const bool hex = tag.starts_with("0x") || tag.starts_with("0X");
    if (hex) tag.remove_prefix(2);
    unsigned value = 0;
    std::from_chars(tag.data(), tag.data() + tag.size(), value, hex ? 16 : 10);
    return value;
}

}  // namespace

void write_path(XmlWriter& xml, const PropertyPath& path) {
    switch (path.form) {
        case PropertyPath::Form::Plain:
            xml.open("t:FieldURI").attribute("FieldURI", path.uri).close("t:FieldURI");
            return;
        case PropertyPath::Form::Indexed:
            xml.open("t:IndexedFieldURI").attribute("FieldURI", path.uri).attribute("FieldIndex", path.index);
            xml.close("t:IndexedFieldURI");
            return;
        case PropertyPath::Form::Named:
            xml.open("t:ExtendedFieldURI").attribute("PropertySetId", path.uri).attribute("PropertyName", path.index);
            xml.attribute("PropertyType", path.type).close("t:ExtendedFieldURI");
            return;
        case PropertyPath::Form::Tagged:
            xml.open("t:ExtendedFieldURI").attribute("PropertyTag", path.uri).attribute("PropertyType", path.type);
            xml.close("t:ExtendedFieldURI");
            return;
    }
}

void write_item_shape(XmlWriter& xml, const ItemShape& shape) {
    xml.open("m:ItemShape").leaf("t:BaseShape", "IdOnly");
    if (shape.include_mime) xml.leaf("t:IncludeMimeContent", "true");
    if (!shape.properties.empty() && shape.text_body) xml.leaf("t:BodyType", "Text");
    if (shape.body_bytes_max > 0)
        xml.leaf("t:MaximumBodySize", format_int(static_cast<std::int64_t>(shape.body_bytes_max)));
    if (!shape.properties.empty()) {
        xml.open("t:AdditionalProperties");
        for (const PropertyPath& path : shape.properties) write_path(xml, path);
        xml.close("t:AdditionalProperties");
    }
    xml.close("m:ItemShape");
}

void write_item_id(XmlWriter& xml, const ItemId& id) {
    xml.open("t:ItemId").attribute("Id", id.id);
    if (!id.change_key.empty()) xml.attribute("ChangeKey", id.change_key);
    xml.close("t:ItemId");
}

void write_item_ids(XmlWriter& xml, const std::vector<ItemId>& ids) {
    xml.open("m:ItemIds");
    for (const ItemId& id : ids) write_item_id(xml, id);
    xml.close("m:ItemIds");
}

void write_folder_ref(XmlWriter& xml, const FolderRef& folder) {
    if (folder.distinguished.empty()) {
        xml.open("t:FolderId").attribute("Id", folder.id).close("t:FolderId");
        return;
    }
    xml.open("t:DistinguishedFolderId").attribute("Id", folder.distinguished);
    if (!folder.mailbox.empty()) {
        xml.open("t:Mailbox").leaf("t:EmailAddress", folder.mailbox).close("t:Mailbox");
    }
    xml.close("t:DistinguishedFolderId");
}

void write_property(XmlWriter& xml, const PropertyWrite& property) {
    if (property.entry_key.empty()) {
        xml.raw(property.xml);
        return;
    }
    const std::string container = "t:" + property.element;
    xml.open(container);
    if (property.element == "PhysicalAddresses")
        xml.open("t:Entry").attribute("Key", property.entry_key).raw(property.xml).close("t:Entry");
    else
        xml.raw(property.xml);
    xml.close(container);
}

ItemId read_item_id(const XmlNode& item) {
    const XmlNode id = item.child("ItemId");
    return ItemId{std::string(id.attribute("Id")), std::string(id.attribute("ChangeKey"))};
}

std::string read_named_property(const XmlNode& item, std::string_view property_name) {
    for (const XmlNode& node : item)
        if (node.name() == "ExtendedProperty" &&
            iequals(node.child("ExtendedFieldURI").attribute("PropertyName"), property_name))
            return node.child_text("Value");
    return {};
}

std::string read_tagged_property(const XmlNode& item, std::string_view property_tag) {
    for (const XmlNode& node : item) {
        const std::string_view tag = node.child("ExtendedFieldURI").attribute("PropertyTag");
        if (node.name() == "ExtendedProperty" && !tag.empty() && tag_number(tag) == tag_number(property_tag))
            return node.child_text("Value");
    }
    return {};
}

}  // namespace liaison::ews
