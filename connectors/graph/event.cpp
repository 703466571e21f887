#include "connectors/graph/event.hpp"

#include <array>
#include <map>
#include <utility>

#include "connectors/exchange_times.hpp"
#include "connectors/zones.hpp"
#include "core/limits.hpp"
#include "core/text.hpp"

namespace liaison::graph {

namespace {

constexpr std::array<std::pair<std::string_view, std::string_view>, 5> kEventShowAs = {{
    {"free", "free"},
    {"tentative", "tentative"},
    {"busy", "busy"},
    {"oof", "oof"},
    {"elsewhere", "workingElsewhere"},
}};
constexpr std::int64_t kEventReminderMax = 2'629'800;  // as over EWS

std::string_view event_show_as_name(std::string_view token) {
    for (const auto& [known, name] : kEventShowAs)
        if (known == token) return name;
    return "busy";
}

std::string_view event_show_as_token(std::string_view name) {
    for (const auto& [token, known] : kEventShowAs)
        if (known == name) return token;
    return "busy";  // unknown says nothing: what a new appointment shows
}

std::string response_of(std::string_view name) {
    if (name == "accepted") return "accepted";
    if (name == "tentativelyAccepted") return "tentative";
    if (name == "declined") return "declined";
    return "none";  // none, notResponded
}

AttendeeList read_event_attendees(const EntityReader& entity, std::string_view organizer) {
    std::map<std::string, Attendee> by_address;
    for (const EntityReader& node : entity.objects("attendees")) {
        if (by_address.size() >= limits::attendees_max) break;
        const EntityReader mailbox = node.object("emailAddress");
        const std::string response = node.object("status").text("response");
        Attendee person;
        person.address = normal_address(mailbox.text("address"));
        person.name = normal_line(mailbox.text("name"));
        const std::string type = node.text("type");
        person.role = type == "optional" || type == "resource" ? type : "required";
        person.response = response_of(response);
        if (person.address.empty()) person.address = normal_address(person.name);
        if (normal_address(person.name) == person.address) person.name.clear();
        if (person.address.empty() || person.address == organizer || response == "organizer") continue;
        const auto [at, fresh] = by_address.try_emplace(person.address, person);
        if (!fresh && at->second.response == "none" && person.response != "none")
            at->second.response = person.response;
    }
    AttendeeList list;
    for (auto& [address, person] : by_address) list.push_back(std::move(person));
    return list;
}

JsonArray event_attendees(const AttendeeList& given) {
    JsonArray out;
    for (const Attendee& person : stored_attendees(given)) {
        JsonObject mailbox{{"address", json_text(person.address)}};
        if (!person.name.empty()) mailbox["name"] = json_text(person.name);
        out.push_back(JsonObject{{"type", person.role}, {"emailAddress", std::move(mailbox)}});
    }
    return out;
}

/// One bound of an event, on the clock of its own zone.
std::optional<ZonedTime> read_bound(const EntityReader& entity, std::string_view name,
                                    std::string_view zone_name, const std::string& fallback) {
    const auto instant = read_date_time(entity.object(name));
    if (!instant) return std::nullopt;
    const std::string told = entity.text(zone_name);
    const std::string zone = told.empty() ? fallback : graph_zone(told).value_or(fallback);
    const auto wall = wall_of(*instant, zone);
    if (!wall) return std::nullopt;
    return ZonedTime{*wall, zone};
}

/// The midnight of an all-day bound. Graph shows all-day events as midnights, whatever the zone; a
/// server that shows the instant instead means midnight of the event's own zone.
std::optional<WallTime> read_day_bound(const EntityReader& entity, std::string_view name,
                                       std::string_view zone_name, const std::string& fallback) {
    const EntityReader value = entity.object(name);
    if (const auto told = read_wall_clock(value); told && midnight_of(*told) == *told) return told;
    const auto bound = read_bound(entity, name, zone_name, fallback);
    if (bound && midnight_of(bound->wall) == bound->wall) return bound->wall;
    const auto instant = read_date_time(value);
    return instant ? day_of_unknown_zone(*instant, fallback) : std::nullopt;
}

std::optional<Unreadable> read_event_times(const EntityReader& entity, const MappingContext& context,
                                           Record& record) {
    const std::string fallback = mailbox_zone(context.time_zone);
    if (entity.flag("isAllDay")) {
        const auto start = read_day_bound(entity, "start", "originalStartTimeZone", fallback);
        const auto end = read_day_bound(entity, "end", "originalEndTimeZone", fallback);
        if (!start)
            return Unreadable{"unknown_time_zone", "the day of an all-day event cannot be told"};
        record.set(Field::AllDay, true);
        record.set(Field::Start, ZonedTime{*start, {}});
        record.set(Field::End, ZonedTime{std::max(end.value_or(*start),
                                                  *start + std::chrono::days{1}), {}});
        return std::nullopt;
    }
    if (entity.object("start").empty()) return Unreadable{"corrupt", "an event without a start"};
    const auto start = read_bound(entity, "start", "originalStartTimeZone", fallback);
    if (!start) return Unreadable{"unknown_time_zone", "the start's zone is not known"};
    const auto end = read_bound(entity, "end", "originalEndTimeZone", start->zone);
    record.set(Field::Start, *start);
    record.set(Field::End, end.value_or(*start));
    return std::nullopt;
}

void write_event_times(const PatchView& patch, const MappingContext& context, JsonObject& out) {
    if (!patch.has(Field::Start) && !patch.has(Field::End)) return;
    Record times(EntityKind::Appointment);
    for (const Field field : {Field::Start, Field::End})
        if (const ZonedTime* time = patch.get<ZonedTime>(field)) times.set(field, *time);
    times.set(Field::AllDay, patch.flag(Field::AllDay));
    project_times(times, context.time_zone);
    const ZonedTime* start = times.get<ZonedTime>(Field::Start);
    const ZonedTime* end = times.get<ZonedTime>(Field::End);
    if (!start || !end) return;
    const bool is_all_day = times.flag(Field::AllDay);
    const std::string own = mailbox_zone(context.time_zone);
    for (const auto& [name, time] : {std::pair{"start", start}, std::pair{"end", end}}) {
        const std::string& zone = is_all_day ? own : time->zone;
        out[name] = date_time(time->wall, windows_zone(zone).value_or("UTC"));
    }
    out["isAllDay"] = is_all_day;
}

}  // namespace

bool is_organized_meeting(const JsonObject& event) {
    std::string fault;
    const EntityReader entity(event, fault);
    const std::string organizer =
        normal_address(entity.object("organizer").object("emailAddress").text("address"));
    return entity.flag("isOrganizer", true) && !read_event_attendees(entity, organizer).empty();
}

bool is_private_field(Field field) {
    return field == Field::Categories || field == Field::StateCategory ||
           field == Field::ReminderMinutes || field == Field::ShowAs || field == Field::IsPrivate;
}

ItemContent read_event(const EntityReader& entity, const MappingContext& context) {
    const std::string type = entity.text("type");
    const bool is_single = type.empty() || type == "singleInstance";
    if (!is_single || !entity.text("seriesMasterId").empty() || !entity.object("recurrence").empty())
        return Unreadable{"series", clean_utf8(truncate_chars(type, 40))};
    Record record(EntityKind::Appointment);
    if (auto reason = read_event_times(entity, context, record)) return std::move(*reason);
    record.set(Field::Subject, entity.text("subject"));
    record.set(Field::Body, truncate_chars(read_body(entity), limits::body_chars_max));
    const std::string sensitivity = entity.text("sensitivity");
    record.set(Field::IsPrivate, sensitivity == "private" || sensitivity == "confidential");
    read_categories(entity.texts("categories"), record);
    record.set(Field::Priority, read_importance(entity));
    record.set(Field::ShowAs, std::string(event_show_as_token(entity.text("showAs"))));
    record.set(Field::Location, entity.object("location").text("displayName"));
    if (entity.flag("isReminderOn"))
        if (const auto minutes = entity.number("reminderMinutesBeforeStart"))
            record.set(Field::ReminderMinutes,
                       std::clamp<std::int64_t>(*minutes, 0, kEventReminderMax));
    const std::string organizer =
        normal_address(entity.object("organizer").object("emailAddress").text("address"));
    AttendeeList attendees = read_event_attendees(entity, organizer);
    record.set(Field::IsOrganizer, attendees.empty() || entity.flag("isOrganizer"));
    record.set(Field::Organizer, organizer);
    record.set(Field::Attendees, std::move(attendees));
    record.set(Field::ICalUid, entity.text("iCalUId"));
    if (entity.flag("isCancelled")) record.set(Field::Status, std::string("canceled"));
    return record;
}

JsonObject event_writes(const Patch& patch, const MappingContext& context) {
    const PatchView view(patch);
    JsonObject out;
    if (view.has(Field::Subject)) out["subject"] = json_text(view.text(Field::Subject));
    if (view.has(Field::Body)) out["body"] = text_body(view.text(Field::Body));
    if (view.has(Field::IsPrivate))
        out["sensitivity"] = view.flag(Field::IsPrivate) ? "private" : "normal";
    if (view.has(Field::Categories) || view.has(Field::StateCategory))
        out["categories"] = json_texts(written_categories(view));
    if (view.has(Field::Priority))
        out["importance"] = view.text(Field::Priority).empty() ? "normal" : view.text(Field::Priority);
    if (view.has(Field::ReminderMinutes)) {
        const auto* minutes = view.get<std::int64_t>(Field::ReminderMinutes);
        out["isReminderOn"] = minutes != nullptr;
        if (minutes)
            out["reminderMinutesBeforeStart"] =
                std::clamp<std::int64_t>(*minutes, 0, kEventReminderMax);
    }
    write_event_times(view, context, out);
    if (view.has(Field::ShowAs)) out["showAs"] = event_show_as_name(view.text(Field::ShowAs));
    if (view.has(Field::Location))
        out["location"] = JsonObject{{"displayName", json_text(view.text(Field::Location))}};
    if (view.has(Field::Attendees) && context.write_attendees) {
        const AttendeeList* given = view.get<AttendeeList>(Field::Attendees);
        out["attendees"] = event_attendees(given ? *given : AttendeeList{});
    }
    return out;
}

Record project_event(const Record& record, const MappingContext& context) {
    Record out = record.masked(event_carried());
    project_common(out, Field::Body);
    project_times(out, context.time_zone);
    // Only the server says who organises, that it was cancelled, and the UID.
    out.erase(Field::Status);
    out.erase(Field::ICalUid);
    if (out.text(Field::Priority).empty()) out.set(Field::Priority, std::string("normal"));
    out.set(Field::ShowAs,
            std::string(event_show_as_token(event_show_as_name(out.text(Field::ShowAs)))));
    if (out.find(Field::Location))
        out.set(Field::Location, truncate_chars(normal_line(out.text(Field::Location)),
                                                limits::subject_chars_max));
    if (const auto* minutes = out.get<std::int64_t>(Field::ReminderMinutes))
        out.set(Field::ReminderMinutes, std::clamp<std::int64_t>(*minutes, 0, kEventReminderMax));
    const AttendeeList* people = out.get<AttendeeList>(Field::Attendees);
    if (people) out.set(Field::Attendees, context.write_attendees ? stored_attendees(*people) : AttendeeList{});
    return out;
}

FieldMask event_writable(const MappingContext& context) {
    FieldMask mask{Field::Subject,         Field::Body,       Field::Priority, Field::IsPrivate,
                   Field::Start,           Field::End,        Field::AllDay,   Field::Location,
                   Field::ReminderMinutes, Field::Categories, Field::ShowAs,   Field::StateCategory};
    if (context.write_attendees) mask.add(Field::Attendees);
    return mask;
}

FieldMask event_carried() {
    return {Field::Subject,         Field::Body,          Field::Priority,  Field::IsPrivate,
            Field::Start,           Field::End,           Field::AllDay,    Field::Location,
            Field::ReminderMinutes, Field::Categories,    Field::ShowAs,    Field::StateCategory,
            Field::Attendees,       Field::Status,        Field::Organizer, Field::IsOrganizer,
            Field::ICalUid};
}

}  // namespace liaison::graph
