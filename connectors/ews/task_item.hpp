#pragma once
#include "connectors/ews/item_mapping.hpp"

namespace liaison::ews {

/// t:Task and canonical tasks (exchange-protocols.md 4.1).
///
/// - Status and Priority are always explicit, on both sides of the translation: an absent one is not_started, normal.
/// - Exchange has no "canceled": such a task is shown as completed (product-anchors 5.2 rule 8). The projection says so, and
///   the merge compares projections, so that "completed" is never written back over it.
/// - Status and PercentComplete are coupled on the server, the last one written wins (1.12). A percentage is carried only of a
///   task in progress, between 1 and 99, and Status is written last.
/// - CompleteDate is the server's: carried, never written.
/// - Dates are dates: written as midnight UTC under a UTC TimeZoneContext, read by date_in_disguise.
std::vector<PropertyPath> task_properties(const MappingContext& context);
/// Unreadable: series (a recurring task), unknown_class.
ItemContent read_task(const XmlNode& item, const MappingContext& context);
std::vector<PropertyWrite> task_writes(const Patch& patch, const MappingContext& context);
Record project_task(const Record& record, const MappingContext& context);
FieldMask task_carried();
FieldMask task_writable();

}  // namespace liaison::ews
