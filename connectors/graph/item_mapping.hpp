#pragma once
#include <string>

#include "connectors/exchange_items.hpp"
#include "connectors/graph/json.hpp"

namespace liaison::graph {

/// What the translation between entities and records needs beside the entity.
struct MappingContext {
    std::string property_set;  ///< GUID of the named properties
    std::string time_zone;     ///< IANA zone of the mailbox
    bool write_attendees = false;
};

// Extended properties: singleValueLegacyExtendedProperty ("String {guid} Name CrmKey").

std::string named_property(const MappingContext& context, std::string_view name);
inline constexpr std::string_view kSensitivityTag = "Integer 0x36";   ///< PidTagSensitivity
inline constexpr std::string_view kBusinessFaxTag = "String 0x3A24";  ///< PidTagBusinessFaxNumber
/// `$expand` option that brings these properties.
std::string expand_properties(const std::vector<std::string>& ids);
/// Value of one of the expanded properties, or empty.
std::string read_extended(const EntityReader& entity, std::string_view id);
JsonObject extended_property(std::string_view id, std::string_view value);

// Parts that several kinds have.

/// itemBody as plain text, whatever its type.
std::string read_body(const EntityReader& entity);
JsonObject text_body(std::string_view text);
/// low, normal, high; absent is normal.
std::string read_importance(const EntityReader& entity);
/// dateTimeTimeZone as an instant; nothing if it is absent or its zone is not known.
std::optional<Timestamp> read_date_time(const EntityReader& value);
/// The wall clock alone of a dateTimeTimeZone.
std::optional<WallTime> read_wall_clock(const EntityReader& value);
/// IANA zone of a name that Graph uses: Windows, IANA, tzone://Microsoft/Utc.
std::optional<std::string> graph_zone(std::string_view name);
JsonObject date_time(WallTime wall, std::string_view windows_zone);
/// A date that travels as midnight UTC.
JsonValue date_as_midnight(const Date* date);

// One kind's translation.

/// Query options of a read that brings all mapped properties and the token: "?$select=...".
std::string read_options(EntityKind kind, const MappingContext& context);
/// Unreadable: series, corrupt (a property of another type than the schema says), unknown_time_zone.
ItemContent read_entity(EntityKind kind, const JsonObject& entity, const MappingContext& context);
/// The properties that a patch writes. `present` is the entity as it is now (empty for a new one):
/// collections are written whole, so what Liaison does not map in them is kept. Fields that Graph
/// does not carry, or that only the server sets, are passed over.
JsonObject entity_writes(EntityKind kind, const Patch& patch, const JsonObject& present,
                         const MappingContext& context);
Record project_record(const Record& record, const MappingContext& context);
FieldMask carried_fields(EntityKind kind);
FieldMask writable_fields(EntityKind kind, const MappingContext& context);
/// Fields that one property holds or that the server couples.
std::vector<FieldMask> write_groups(EntityKind kind);

}  // namespace liaison::graph
