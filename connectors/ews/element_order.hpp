#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "connectors/ews/types.hpp"
#include "core/record.hpp"

namespace liaison::ews {

/// The item element of a kind: Task, CalendarItem, Contact.
std::string_view item_element(EntityKind kind);

/// Writes the children of a new item in the order of the schema's sequences (types.xsd ItemType and its extensions, 2018-01;
/// another order is ErrorSchemaValidation), merging dictionary entries into one container. Writes without xml are left out.
void write_new_item(XmlWriter& xml, EntityKind kind, std::vector<PropertyWrite> writes);

}  // namespace liaison::ews
