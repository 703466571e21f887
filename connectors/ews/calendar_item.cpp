#include "connectors/ews/calendar_item.hpp"

#include <array>
#include <utility>

#include "connectors/ews/item_values.hpp"
#include "connectors/exchange_times.hpp"
#include "core/limits.hpp"
#include "core/text.hpp"

namespace liaison::ews {

namespace {

constexpr std::array<std::pair<std::string_view, std::string_view>, 5> kShowAs = {{
    {"free", "Free"},
    {"tentative", "Tentative"},
    {"busy", "Busy"},
    {"oof", "OOF"},
    {"elsewhere", "WorkingElsewhere"},
}};
constexpr std::int64_t kReminderMinutesMax = 2'629'800;  // ReminderMinutesBeforeStartType

std::string_view show_as_name(std::string_view token) {
    for (const auto& [known, name] : kShowAs)
        if (known == token) return name;
    return "Busy";
}

std::string_view show_as_token(std::string_view name) {
    for (const auto& [token, known] : kShowAs)
        if (known == name) return token;
    return "busy";  // NoData says nothing: what a new appointment shows
}

void write_reminder(const PatchView& patch, std::vector<PropertyWrite>& out) {
    if (!patch.has(Field::ReminderMinutes)) return;
    const auto* minutes = patch.get<std::int64_t>(Field::ReminderMinutes);
    put_value(out, "item:ReminderIsSet", "ReminderIsSet", format_bool(minutes != nullptr));
    if (minutes)
        put_value(out, "item:ReminderMinutesBeforeStart", "ReminderMinutesBeforeStart",
                  format_int(std::clamp<std::int64_t>(*minutes, 0, kReminderMinutesMax)));
}

}  // namespace

std::vector<PropertyPath> calendar_properties(const MappingContext& context) {
    std::vector<PropertyPath> paths = common_properties(context);
    for (const std::string_view uri : {"item:Importance",
                                       "item:ReminderIsSet",
                                       "item:ReminderMinutesBeforeStart",
                                       "calendar:UID",
                                       "calendar:Start",
                                       "calendar:End",
                                       "calendar:StartWallClock",
                                       "calendar:EndWallClock",
                                       "calendar:StartTimeZoneId",
                                       "calendar:EndTimeZoneId",
                                       "calendar:StartTimeZone",
                                       "calendar:EndTimeZone",
                                       "calendar:IsAllDayEvent",
                                       "calendar:LegacyFreeBusyStatus",
                                       "calendar:Location",
                                       "calendar:IsMeeting",
                                       "calendar:IsCancelled",
                                       "calendar:CalendarItemType",
                                       "calendar:MyResponseType",
                                       "calendar:Organizer",
                                       "calendar:RequiredAttendees",
                                       "calendar:OptionalAttendees",
                                       "calendar:Resources"})
        paths.push_back(PropertyPath::plain(uri));
    return paths;
}

ItemContent read_calendar_item(const XmlNode& item, const MappingContext& context) {
    if (item.name() != "CalendarItem") return Unreadable{"unknown_class", clean_utf8(item.name())};
    const std::string type = item.child_text("CalendarItemType");
    if (!type.empty() && type != "Single")
        return Unreadable{"series", clean_utf8(truncate_chars(type, 40))};
    Record record(EntityKind::Appointment);
    if (auto reason = read_times(item, context, record)) return std::move(*reason);
    read_common(item, record, Field::Body);
    record.set(Field::Priority, read_importance(item));
    record.set(Field::ShowAs, std::string(show_as_token(item.child_text("LegacyFreeBusyStatus"))));
    record.set(Field::Location, item.child_text("Location"));
    if (item.child_bool("ReminderIsSet").value_or(false))
        if (const auto minutes = item.child_int("ReminderMinutesBeforeStart"))
            record.set(Field::ReminderMinutes,
                       std::clamp<std::int64_t>(*minutes, 0, kReminderMinutesMax));
    const std::string organizer =
        normal_address(item.child("Organizer").child("Mailbox").child_text("EmailAddress"));
    AttendeeList attendees = read_attendees(item, organizer);
    const bool alone = attendees.empty() || !item.child_bool("IsMeeting").value_or(true);
    record.set(Field::IsOrganizer, alone || item.child_text("MyResponseType") == "Organizer");
    record.set(Field::Organizer, organizer);
    record.set(Field::Attendees, std::move(attendees));
    record.set(Field::ICalUid, item.child_text("UID"));
    // IsCancelled is what says so, never the subject (P-24).
    if (item.child_bool("IsCancelled").value_or(false))
        record.set(Field::Status, std::string("canceled"));
    return record;
}

std::vector<PropertyWrite> calendar_writes(const Patch& patch, const MappingContext& context) {
    const PatchView view(patch);
    std::vector<PropertyWrite> out;
    write_common(view, out, Field::Body);
    if (view.has(Field::Priority))
        put_value(out, "item:Importance", "Importance",
                  importance_name(view.text(Field::Priority)));
    write_reminder(view, out);
    if (view.has(Field::ICalUid) && !view.text(Field::ICalUid).empty())
        put_value(out, "calendar:UID", "UID", view.text(Field::ICalUid));
    write_times(view, context, out);
    if (view.has(Field::ShowAs))
        put_value(out, "calendar:LegacyFreeBusyStatus", "LegacyFreeBusyStatus",
                  show_as_name(view.text(Field::ShowAs)));
    if (view.has(Field::Location))
        put_text(out, "calendar:Location", "Location", view.text(Field::Location));
    write_attendees(view, out);
    return out;
}

Record project_calendar_item(const Record& record, const MappingContext& context) {
    Record out = record.masked(calendar_carried());
    project_common(out, Field::Body);
    project_times(out, context.time_zone);
    // Exchange says "canceled" by IsCancelled only, which nobody but the server sets.
    out.erase(Field::Status);
    if (out.text(Field::Priority).empty()) out.set(Field::Priority, std::string("normal"));
    out.set(Field::ShowAs, std::string(show_as_token(show_as_name(out.text(Field::ShowAs)))));
    if (out.find(Field::Location))
        out.set(Field::Location,
                truncate_chars(out.text(Field::Location), limits::subject_chars_max));
    if (const auto* minutes = out.get<std::int64_t>(Field::ReminderMinutes))
        out.set(Field::ReminderMinutes, std::clamp<std::int64_t>(*minutes, 0, kReminderMinutesMax));
    if (const auto* people = out.get<AttendeeList>(Field::Attendees))
        out.set(Field::Attendees, stored_attendees(*people));
    return out;
}

FieldMask calendar_writable() {
    return {Field::Subject,         Field::Body,         Field::Priority,
            Field::IsPrivate,       Field::Start,        Field::End,
            Field::AllDay,          Field::Location,     Field::ShowAs,
            Field::ReminderMinutes, Field::Attendees,    Field::ICalUid,
            Field::Categories,      Field::StateCategory};
}

FieldMask calendar_carried() {
    return calendar_writable() | FieldMask{Field::Status, Field::Organizer, Field::IsOrganizer};
}

}  // namespace liaison::ews
