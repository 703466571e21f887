#include <pugixml.hpp>

#include "sandbox/ews/item_editor.hpp"
#include "sandbox/ews/xml_text.hpp"
#include "sandbox/mailbox_ids.hpp"
#include "sandbox/windows_zones.hpp"

namespace liaison::sandbox::ews {
namespace {

constexpr std::int64_t one_day_ms = 86'400'000;
constexpr std::int64_t half_hour_ms = 1'800'000;

std::int64_t floor_to_day(std::int64_t ms) {
    return ms - ((ms % one_day_ms) + one_day_ms) % one_day_ms;
}

}  // namespace

void ItemEditor::set_completed() {
    item_.properties.set("task:Status", std::string("Completed"));
    item_.properties.set("task:PercentComplete", std::string("100"));
    item_.properties.set("task:CompleteDate", format_utc(floor_to_day(context_.store.now())));
}

// Status, PercentComplete and CompleteDate are coupled; the last one that a request sets wins
// (ED:r/updateitem-operation-task).
void ItemEditor::couple_task(std::string_view uri) {
    PropertyBag& properties = item_.properties;
    if (uri == "task:Status") {
        const std::string status(properties.text("task:Status"));
        if (status == "Completed") return set_completed();
        properties.erase("task:CompleteDate");
        if (status.empty() || status == "NotStarted" ||
            properties.text("task:PercentComplete") == "100") {
            properties.set("task:PercentComplete", std::string("0"));
        }
    } else if (uri == "task:PercentComplete") {
        const double percent = parse_double(properties.text("task:PercentComplete")).value_or(0);
        if (percent >= 100) return set_completed();
        properties.erase("task:CompleteDate");
        properties.set("task:Status", std::string(percent > 0 ? "InProgress" : "NotStarted"));
    } else if (uri == "task:CompleteDate") {
        if (properties.find("task:CompleteDate") != nullptr) return set_completed();
        if (properties.text("task:Status") == "Completed") {
            properties.set("task:Status", std::string("NotStarted"));
            properties.set("task:PercentComplete", std::string("0"));
        }
    }
}

// Values without offset: StartTimeZone governs Start and ReminderDueBy, EndTimeZone governs End,
// else the request's TimeZoneContext, else UTC (ED: time zones in EWS, Exchange 2010 and later).
Outcome<void> ItemEditor::resolve_pending() {
    for (const auto& [uri, local_ms] : pending_) {
        std::string zone(item_.properties.text(uri == "calendar:End" ? "calendar:EndTimeZone"
                                                                     : "calendar:StartTimeZone"));
        if (zone.empty()) zone = context_.time_zone;
        const auto instant = utc_of_wall_clock(zone, local_ms);
        if (!instant) return ews_fail("ErrorCalendarInvalidTimeZone", "The time zone is unknown.");
        item_.properties.set(uri, format_utc(*instant));
    }
    // A zone that changed alone keeps the wall clock.
    for (const auto& [uri, zone_uri] : {std::pair{"calendar:Start", "calendar:StartTimeZone"},
                                        std::pair{"calendar:End", "calendar:EndTimeZone"}}) {
        const std::string before = zones_before_.find(std::string_view(zone_uri))->second;
        const std::string_view now_zone = item_.properties.text(zone_uri);
        const auto instant = parse_utc(item_.properties.text(uri));
        if (creating_ || before.empty() || now_zone == before || !instant || touched_.contains(uri))
            continue;
        const auto local = wall_clock_of_utc(before, *instant);
        const auto moved = local ? utc_of_wall_clock(now_zone, *local) : std::nullopt;
        if (moved) item_.properties.set(uri, format_utc(*moved));
    }
    return {};
}

// The server floors Start and raises End to midnight of the governing zone.
Outcome<void> ItemEditor::normalise_all_day() {
    PropertyBag& properties = item_.properties;
    for (const bool is_end : {false, true}) {
        const char* uri = is_end ? "calendar:End" : "calendar:Start";
        const std::string zone(
            properties.text(is_end ? "calendar:EndTimeZone" : "calendar:StartTimeZone"));
        const auto instant = parse_utc(properties.text(uri));
        const auto local = instant ? wall_clock_of_utc(zone, *instant) : std::nullopt;
        if (!local) return ews_fail("ErrorCalendarInvalidTimeZone", "The time zone is unknown.");
        std::int64_t day = floor_to_day(*local);
        if (is_end && day != *local) day += one_day_ms;
        if (is_end) {
            const auto start = parse_utc(properties.text("calendar:Start"));
            const auto start_local = start ? wall_clock_of_utc(zone, *start) : std::nullopt;
            if (start_local && day <= *start_local) day = floor_to_day(*start_local) + one_day_ms;
        }
        const auto midnight = utc_of_wall_clock(zone, day);
        if (midnight) properties.set(uri, format_utc(*midnight));
    }
    return {};
}

Outcome<void> ItemEditor::finish_calendar() {
    PropertyBag& properties = item_.properties;
    if (properties.text("calendar:StartTimeZone").empty()) {
        properties.set("calendar:StartTimeZone", context_.time_zone);
    }
    if (properties.text("calendar:EndTimeZone").empty()) {
        properties.set("calendar:EndTimeZone",
                       std::string(properties.text("calendar:StartTimeZone")));
    }
    if (auto ok = resolve_pending(); !ok) return ok;
    const bool all_day = properties.text("calendar:IsAllDayEvent") == "true";
    if (properties.find("calendar:Start") == nullptr) {
        const std::int64_t now = context_.store.now();
        properties.set("calendar:Start",
                       format_utc((now + half_hour_ms - 1) / half_hour_ms * half_hour_ms));
    }
    const auto start = parse_utc(properties.text("calendar:Start"));
    if (properties.find("calendar:End") == nullptr && start) {
        properties.set("calendar:End", format_utc(*start + (all_day ? one_day_ms : half_hour_ms)));
    }
    const auto end = parse_utc(properties.text("calendar:End"));
    if (!start || !end)
        return ews_fail("ErrorCalendarInvalidPropertyValue", "Start or End is out of range.");
    if (*end < *start) {
        return ews_fail("ErrorCalendarEndDateIsEarlierThanStartDate",
                        "EndDate is earlier than StartDate.");
    }
    if (*end - *start > 5 * 366 * one_day_ms) {
        return ews_fail("ErrorCalendarDurationIsTooLong",
                        "The calendar item is longer than five years.");
    }
    if (all_day) {
        if (auto ok = normalise_all_day(); !ok) return ok;
    }
    properties.set("calendar:DateTimeStamp", format_utc(context_.store.now()));
    properties.set("item:ReminderDueBy", std::string(properties.text("calendar:Start")));
    return {};
}

void ItemEditor::note_size() {
    if (item_.has_mime) return;
    std::size_t size = 300;
    for (const auto& [key, value] : item_.properties.entries()) {
        size += key.size();
        if (const auto* text = std::get_if<std::string>(&value)) size += text->size();
        if (const auto* fragment = std::get_if<Fragment>(&value)) size += fragment->xml.size();
    }
    std::int64_t total = static_cast<std::int64_t>(size);
    for (const auto& attachment : item_.attachments) total += attachment.size;
    item_.size = total;
}

Outcome<void> ItemEditor::finish() {
    if (item_.kind == ItemKind::Appointment) {
        if (auto ok = finish_calendar(); !ok) return ok;
    } else if (auto ok = resolve_pending(); !ok) {
        return ok;
    }
    if (item_.kind == ItemKind::Task && item_.properties.find("task:Recurrence") != nullptr &&
        item_.properties.text("task:Status") == "Completed") {
        return ews_fail("ErrorUnsupportedRecurrence",
                        "The sandbox does not complete recurring tasks.");
    }
    note_size();
    return {};
}

Outcome<std::string> normal_mailbox(const RequestContext& context, const pugi::xml_node& mailbox) {
    std::string name = element_text(mailbox.child("Name"));
    const std::string address(trimmed(element_text(mailbox.child("EmailAddress"))));
    std::string routing = element_text(mailbox.child("RoutingType"));
    if (mailbox.child("ItemId"))
        return ews_fail("ErrorInvalidRecipients", "The sandbox does not resolve contacts by id.");
    if (address.empty() && name.empty())
        return ews_fail("ErrorInvalidRecipients", "A recipient has no address.");
    const User* user = context.store.find_user(address);
    if (name.empty()) name = user == nullptr ? address : user->display_name;
    if (routing.empty()) routing = "SMTP";
    std::string out = "<t:Mailbox>";
    append_element(out, "t:Name", name);
    if (!address.empty()) append_element(out, "t:EmailAddress", address);
    append_element(out, "t:RoutingType", routing);
    append_element(out, "t:MailboxType", user == nullptr ? "OneOff" : "Mailbox");
    return out + "</t:Mailbox>";
}

Outcome<void> check_recurrence(const pugi::xml_node& recurrence) {
    const std::unexpected<EwsError> invalid =
        ews_fail("ErrorCalendarInvalidRecurrence", "The recurrence is invalid.");
    bool regenerates = false;
    std::optional<std::int64_t> start;
    for (const pugi::xml_node part : recurrence.children()) {
        if (part.type() != pugi::node_element) continue;
        const std::string_view name = part.name();
        regenerates = regenerates || name.ends_with("Regeneration");
        if (const pugi::xml_node interval = part.child("Interval")) {
            const auto value = parse_integer(element_text(interval));
            const std::int64_t most = name.starts_with("Daily") ? 999 : 99;  // ED:r/interval
            if (!value || *value < 1 || *value > most) return invalid;
        }
        if (const pugi::xml_node day = part.child("DayOfMonth")) {
            const auto value = parse_integer(element_text(day));
            if (!value || *value < 1 || *value > 31) return invalid;
        }
        if (const pugi::xml_node from = part.child("StartDate"))
            start = parse_date(element_text(from));
        if (const pugi::xml_node to = part.child("EndDate")) {
            const auto end = parse_date(element_text(to));
            if (regenerates || !end || !start || *end < *start) return invalid;
        }
        if (const pugi::xml_node count = part.child("NumberOfOccurrences")) {
            const auto value = parse_integer(element_text(count));
            if (!value || *value < 1 || *value > 999) return invalid;
        }
    }
    return {};
}

Outcome<void> ItemEditor::set_fragment(const Field& field, const pugi::xml_node& element) {
    std::string xml;
    if (field.schema_type == "RecurrenceType" || field.schema_type == "TaskRecurrenceType") {
        if (auto ok = check_recurrence(element); !ok) return ok;
        xml = canonical_children(element);
    } else if (field.schema_type == "FlagType") {
        xml = canonical_children(element);
    } else {
        for (const pugi::xml_node child : element.children()) {
            if (child.type() != pugi::node_element) continue;
            const bool attendee = std::string_view(child.name()) == "Attendee";
            auto mailbox = normal_mailbox(context_, attendee ? child.child("Mailbox") : child);
            if (!mailbox) return std::unexpected(mailbox.error());
            if (!attendee) {
                xml += *mailbox;
                continue;
            }
            // Answers come from the attendees, not from the organiser's writes.
            xml +=
                "<t:Attendee>" + *mailbox + "<t:ResponseType>Unknown</t:ResponseType></t:Attendee>";
        }
        const bool frozen = item_.kind == ItemKind::Message && !creating_ &&
                            item_.properties.text("item:IsDraft") != "true";
        if (frozen) {
            return ews_fail("ErrorInvalidPropertyUpdateSentMessage",
                            "The message was sent: its recipients cannot change.");
        }
    }
    if (xml.empty()) {
        item_.properties.erase(field.uri);
    } else {
        item_.properties.set(field.uri, Fragment{std::move(xml)});
    }
    return {};
}

Outcome<NewAttachment> read_attachment(const pugi::xml_node& element) {
    if (std::string_view(element.name()) != "FileAttachment") {
        return ews_fail("ErrorInvalidItemForOperationCreateItemAttachment",
                        "The sandbox does not implement " + std::string(element.name()) + ".");
    }
    NewAttachment out;
    Attachment& attachment = out.attachment;
    attachment.name = element_text(element.child("Name"));
    attachment.content_type = element_text(element.child("ContentType"));
    attachment.content_id = element_text(element.child("ContentId"));
    attachment.content_location = element_text(element.child("ContentLocation"));
    attachment.is_inline = parse_boolean(element_text(element.child("IsInline"))).value_or(false);
    attachment.is_contact_photo =
        parse_boolean(element_text(element.child("IsContactPhoto"))).value_or(false);
    if (element.child("AttachmentId"))
        return ews_fail("ErrorInvalidRequest", "A new attachment has no id.");
    if (attachment.name.empty())
        return ews_fail("ErrorInvalidRequest", "The attachment has no name.");
    if (!element.child("Content"))
        return ews_fail("ErrorInvalidRequest", "The attachment has no content.");
    if (!base64_decode(element_text(element.child("Content")), out.content)) {
        return ews_fail("ErrorInvalidRequest", "The attachment's content is no base64.");
    }
    attachment.size = static_cast<std::int64_t>(out.content.size());
    return out;
}

}  // namespace liaison::sandbox::ews
