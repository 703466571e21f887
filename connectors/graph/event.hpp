#pragma once
#include "connectors/graph/item_mapping.hpp"

namespace liaison::graph {

/// event and canonical appointments (exchange-protocols.md 4.2).
///
/// - Priority and ShowAs are always explicit: an absent one is normal, busy.
/// - Times are asked for in UTC, so that no hour is ambiguous, and shown on the clock of
///   originalStartTimeZone; written as wall clock and Windows zone, start, end and isAllDay
///   together.
/// - All-day: dates without a zone, end exclusive; on the wire midnights of the mailbox zone.
/// - Graph has no switch against invitations (P-4): attendees are read, and written only if the
///   admin chose so (MappingContext::write_attendees).
/// - iCalUId, organizer, isOrganizer and isCancelled are the server's: carried, never written.
ItemContent read_event(const EntityReader& entity, const MappingContext& context);
JsonObject event_writes(const Patch& patch, const MappingContext& context);
Record project_event(const Record& record, const MappingContext& context);
FieldMask event_carried();
FieldMask event_writable(const MappingContext& context);

inline constexpr std::string_view kEventSelect =
    "subject,body,importance,sensitivity,categories,start,end,isAllDay,originalStartTimeZone,"
    "originalEndTimeZone,location,showAs,isReminderOn,reminderMinutesBeforeStart,attendees,"
    "organizer,isOrganizer,iCalUId,isCancelled,type,seriesMasterId,isOnlineMeeting,"
    "lastModifiedDateTime,createdDateTime,changeKey";

/// True if Graph would mail participants about a change of this event: it is the organiser's copy
/// and has attendees.
bool is_organized_meeting(const JsonObject& event);
/// True for fields that only the owner of the calendar sees: Exchange mails nobody about them.
bool is_private_field(Field field);

}  // namespace liaison::graph
