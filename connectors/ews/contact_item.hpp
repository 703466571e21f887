#pragma once
#include "connectors/ews/item_mapping.hpp"

namespace liaison::ews {

/// t:Contact and canonical contacts (exchange-protocols.md 4.3).
///
/// - The name block (given, middle, family, display name, company) is written as a whole, with FileAs derived from it: Exchange
///   fills neither FileAs nor DisplayName by itself (P-50). A contact always has a DisplayName.
/// - E-mail addresses, telephone numbers and the parts of addresses are one indexed property each.
/// - The salutation is PidTagDisplayNamePrefix (0x3A45): contacts:CompleteName is read-only.
/// - Notes are item:Body; contacts:Notes can be neither read nor written.
/// - A birthday is a date: written as 11:59 UTC, the form that the server itself normalises to.
std::vector<PropertyPath> contact_properties(const MappingContext& context);
/// Unreadable: unknown_class (distribution lists).
ItemContent read_contact(const XmlNode& item, const MappingContext& context);
std::vector<PropertyWrite> contact_writes(const Patch& patch, const MappingContext& context);
Record project_contact(const Record& record, const MappingContext& context);
FieldMask contact_writable();
/// What must be sent together because FileAs derives from it.
FieldMask contact_name_block();

}  // namespace liaison::ews
