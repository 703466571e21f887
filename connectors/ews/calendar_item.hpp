#pragma once
#include <optional>

#include "connectors/ews/item_mapping.hpp"

namespace liaison::ews {

/// t:CalendarItem and canonical appointments (exchange-protocols.md 4.2, 1.10).
///
/// - Priority and ShowAs are always explicit: an absent one is normal, busy.
/// - Start, End, IsAllDayEvent, StartTimeZone and EndTimeZone are written together, the zones
///   first, the times as instants with `Z` (unambiguous in any order of changes); read as wall
///   clock and zone (StartWallClock where the server has it).
/// - All-day: dates without a zone, End exclusive; on the wire midnights of the mailbox zone.
/// - A zone that Windows does not know is written as the mailbox zone; one that we do not know is
///   read as the mailbox zone, the instant stays right.
/// - UID is settable on creation only. Status is the server's IsCancelled: "canceled" or absent,
///   never written. Organizer and IsOrganizer are the server's.
std::vector<PropertyPath> calendar_properties(const MappingContext& context);
/// Unreadable: series (master, occurrence, exception), unknown_class, unknown_time_zone (an all-day
/// item whose day cannot be told), corrupt (no start).
ItemContent read_calendar_item(const XmlNode& item, const MappingContext& context);
std::vector<PropertyWrite> calendar_writes(const Patch& patch, const MappingContext& context);
Record project_calendar_item(const Record& record, const MappingContext& context);
FieldMask calendar_carried();
FieldMask calendar_writable();

// Times (calendar_times.cpp).

void write_times(const PatchView& patch, const MappingContext& context,
                 std::vector<PropertyWrite>& out);
/// Reads Start, End and AllDay into `record`; the reason if they cannot be told.
std::optional<Unreadable> read_times(const XmlNode& item, const MappingContext& context,
                                     Record& record);

// Attendees (attendees.cpp).

/// RequiredAttendees, OptionalAttendees and Resources; each address once, without the organizer,
/// the entry with a response preferred (P-25). At most limits::attendees_max.
AttendeeList read_attendees(const XmlNode& item, std::string_view organizer);
/// Three properties; an empty role is deleted. Responses are the server's.
void write_attendees(const PatchView& patch, std::vector<PropertyWrite>& out);

}  // namespace liaison::ews
