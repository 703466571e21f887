#pragma once
#include <string>
#include <vector>

#include "connectors/ews/types.hpp"
#include "connectors/exchange_items.hpp"

namespace liaison::ews {

/// What the translation between items and records needs beside the item.
struct MappingContext {
    std::string property_set;  ///< GUID of the named properties
    std::string time_zone;     ///< IANA zone of the mailbox
};

// Building blocks of the mappings: each appends one write.

/// A text element; an empty text deletes the property.
void put_text(std::vector<PropertyWrite>& out, std::string_view uri, std::string_view element,
              std::string_view text);
/// Element with content that is never empty.
void put_value(std::vector<PropertyWrite>& out, std::string_view uri, std::string_view element,
               std::string_view value);
void put_delete(std::vector<PropertyWrite>& out, std::string_view uri, std::string_view element);
/// A named or tagged string property; an empty text deletes it.
void put_extended(std::vector<PropertyWrite>& out, const PropertyPath& path, std::string_view text);
void put_token(std::vector<PropertyWrite>& out, const MappingContext& context,
               const CorrelationToken& token);

// What tasks, appointments and contacts have in common (item:Subject, Body, Sensitivity,
// Categories, Importance).

/// Paths of the common properties, the token and those that an observation needs (class, folder,
/// modified).
std::vector<PropertyPath> common_properties(const MappingContext& context);
void read_common(const XmlNode& item, Record& record, Field body_field);
void write_common(const PatchView& patch, std::vector<PropertyWrite>& out, Field body_field);
/// The token that the item carries, or an empty one.
CorrelationToken read_token(const XmlNode& item);

/// One kind's translation.
std::vector<PropertyPath> item_properties(EntityKind kind, const MappingContext& context);
/// `item` is the element of a GetItem reply.
ItemContent read_item(EntityKind kind, const XmlNode& item, const MappingContext& context);
/// The writes of a patch. Fields that EWS does not carry, or that only the server sets, are passed
/// over.
std::vector<PropertyWrite> item_writes(EntityKind kind, const Patch& patch,
                                       const MappingContext& context);
Record project_item(const Record& record, const MappingContext& context);

}  // namespace liaison::ews
