#include "sandbox/ews/lexical.hpp"
#include "sandbox/ews/meeting_mail.hpp"
#include "sandbox/ews/xml_text.hpp"
#include "sandbox/graph/entity_table.hpp"
#include "sandbox/graph/entity_write.hpp"
#include "sandbox/graph/recurrence.hpp"
#include "sandbox/windows_zones.hpp"

namespace liaison::sandbox::graph {
namespace {

constexpr std::int64_t event_day_ms = 86'400'000;

std::string local_text(std::int64_t local_ms) {
    std::string out = ews::format_utc(local_ms);
    out.pop_back();  // the Z
    return out;
}

Outcome<void> write_time(ItemPatch& patch, std::string_view element, const json::value& value,
                         bool all_day) {
    if (value.is_null())
        return graph_fail(400, "ErrorPropertyValidationFailure",
                          "At least one property failed validation.");
    auto time = read_zoned_time(value.get_object());
    if (!time) return std::unexpected(time.error());
    if (all_day && time->local_ms % event_day_ms != 0)
        return graph_fail(400, "ErrorPropertyValidationFailure",
                          "The Event." + std::string(element) +
                              " property for an all-day event needs to be set to midnight.");
    const std::string name(element);
    std::string zone = "<" + name + "TimeZone Id=\"";
    ews::append_escaped(zone, time->zone);
    if (auto ok = patch.element(zone + "\"/>"); !ok) return ok;
    return patch.element("<" + name + ">" + local_text(time->local_ms) + "</" + name + ">");
}

Outcome<void> write_attendees(ItemPatch& patch, const json::value& value) {
    std::map<std::string, std::string, std::less<>> lists{
        {"RequiredAttendees", ""}, {"OptionalAttendees", ""}, {"Resources", ""}};
    const json::array none;
    const json::array& all = value.is_null() ? none : value.get_array();
    for (const json::value& one : all) {
        const json::object& attendee = one.get_object();
        const json::object* address = object_of(attendee, "emailAddress");
        if (address == nullptr || text_of(*address, "address").empty())
            return graph_fail(400, "ErrorInvalidRecipients",
                              "At least one recipient is not valid.");
        const std::string_view type = text_of(attendee, "type");
        std::string& xml = lists[iequals(type, "optional")   ? "OptionalAttendees"
                                 : iequals(type, "resource") ? "Resources"
                                                             : "RequiredAttendees"];
        xml += "<Attendee><Mailbox>";
        if (!text_of(*address, "name").empty())
            ews::append_element(xml, "Name", text_of(*address, "name"));
        ews::append_element(xml, "EmailAddress", text_of(*address, "address"));
        xml += "</Mailbox></Attendee>";
    }
    for (const auto& [name, xml] : lists) {
        const auto ok = xml.empty() ? patch.erase("calendar:" + name)
                                    : patch.element("<" + name + ">" + xml + "</" + name + ">");
        if (!ok) return ok;
    }
    return {};
}

Outcome<void> write_location(ItemPatch& patch, const json::object& body) {
    // Setting `location` replaces `locations` and the reverse (event resource page).
    if (const json::value* one = body.if_contains("location")) {
        patch.keep("location", canonical_value("location", *one));
        if (!body.contains("locations")) patch.keep("locations", nullptr);
        if (one->is_null()) return patch.erase("calendar:Location");
        const json::value* shown = one->get_object().if_contains("displayName");
        return patch.text("Location", "calendar:Location", shown == nullptr ? "" : *shown);
    }
    const json::value* many = body.if_contains("locations");
    if (many == nullptr) return {};
    patch.keep("locations", canonical_value("location", *many));
    std::string joined;
    if (many->is_array()) {
        for (const json::value& one : many->get_array()) {
            if (!joined.empty()) joined += "; ";
            joined += text_of(one.get_object(), "displayName");
        }
    }
    return patch.text("Location", "calendar:Location",
                      joined.empty() ? json::value(nullptr) : json::value(joined));
}

Outcome<void> write_show_as(ItemPatch& patch, const json::value& value) {
    if (value.is_string() && iequals(value.get_string(), "unknown"))
        return patch.element("<LegacyFreeBusyStatus>NoData</LegacyFreeBusyStatus>");
    return patch.word("LegacyFreeBusyStatus", "calendar:LegacyFreeBusyStatus", value,
                      {"Free", "Tentative", "Busy", "OOF", "WorkingElsewhere"});
}

Outcome<void> write_member(ItemPatch& patch, std::string_view name, const json::value& value) {
    if (name == "subject") return patch.text("Subject", "item:Subject", value);
    if (name == "body") return patch.body(value);
    if (name == "importance")
        return patch.word("Importance", "item:Importance", value, {"Low", "Normal", "High"});
    if (name == "sensitivity")
        return patch.word("Sensitivity", "item:Sensitivity", value,
                          {"Normal", "Personal", "Private", "Confidential"});
    if (name == "categories") return patch.strings("Categories", "item:Categories", value);
    if (name == "showAs") return write_show_as(patch, value);
    if (name == "isAllDay") return patch.flag("IsAllDayEvent", "calendar:IsAllDayEvent", value);
    if (name == "isReminderOn") return patch.flag("ReminderIsSet", "item:ReminderIsSet", value);
    if (name == "reminderMinutesBeforeStart") {
        if (value.is_null()) return {};
        return patch.element("<ReminderMinutesBeforeStart>" +
                             std::to_string(value.to_number<std::int64_t>()) +
                             "</ReminderMinutesBeforeStart>");
    }
    if (name == "responseRequested")
        return patch.flag("IsResponseRequested", "calendar:IsResponseRequested", value);
    if (name == "allowNewTimeProposals")
        return patch.flag("AllowNewTimeProposal", "calendar:AllowNewTimeProposal", value);
    if (name == "attendees") return write_attendees(patch, value);
    if (name == "singleValueExtendedProperties") return patch.extended(value);
    if (name == "isOnlineMeeting" || name == "onlineMeetingProvider" || name == "hideAttendees") {
        patch.keep(name, canonical_value("onlineMeetingProviderType", value));
        return {};
    }
    if (name == "transactionId") {
        if (!patch.creating())
            return graph_fail(400, "ErrorInvalidRequest",
                              "The transactionId of an event cannot be changed.");
        patch.keep(name, value);
        return {};
    }
    static constexpr std::string_view elsewhere[] = {"start",     "end",        "location",
                                                     "locations", "recurrence", "attachments"};
    if (std::find(std::begin(elsewhere), std::end(elsewhere), name) != std::end(elsewhere))
        return {};
    return graph_fail(400, "ErrorInvalidPropertySet",
                      "The property '" + std::string(name) + "' is read-only.");
}

Outcome<void> write_recurrence(ItemPatch& patch, const json::object& body) {
    const json::value* value = body.if_contains("recurrence");
    if (value == nullptr) return {};
    if (value->is_null()) return patch.erase("calendar:Recurrence");
    auto xml = recurrence_xml(value->get_object());
    if (!xml) return std::unexpected(xml.error());
    return patch.element("<Recurrence>" + *xml + "</Recurrence>");
}

}  // namespace

Outcome<ZonedInstant> read_zoned_time(const json::object& value) {
    const auto time = ews::parse_date_time(text_of(value, "dateTime"));
    if (!time)
        return graph_fail(400, "ErrorInvalidParameter",
                          "The value of 'dateTime' is no date and time.");
    const std::string_view named = text_of(value, "timeZone");
    auto zone = windows_zone(named.empty() ? std::string_view("UTC") : named);
    if (!zone) return std::unexpected(zone.error());
    ZonedInstant out;
    out.zone = std::move(*zone);
    out.local_ms = time->local_ms;
    if (time->offset_minutes) {
        out.utc_ms = time->local_ms - *time->offset_minutes * std::int64_t{60'000};
        out.local_ms = wall_clock_of_utc(out.zone, out.utc_ms).value_or(out.utc_ms);
    } else {
        out.utc_ms = utc_of_wall_clock(out.zone, out.local_ms).value_or(out.local_ms);
    }
    return out;
}

Outcome<void> apply_event(const Call&, ItemPatch& patch, const json::object& body) {
    const json::value* start = body.if_contains("start");
    const json::value* end = body.if_contains("end");
    if (patch.creating() && (start == nullptr || end == nullptr))
        return graph_fail(400, "ErrorPropertyValidationFailure",
                          "At least one property failed validation.");
    for (const auto& member : body) {
        if (std::string_view(member.key()).find('@') != std::string_view::npos) continue;
        if (auto ok = write_member(patch, member.key(), member.value()); !ok) return ok;
    }
    const bool all_day = patch.item().properties.text("calendar:IsAllDayEvent") == "true";
    if (start != nullptr) {
        if (auto ok = write_time(patch, "Start", *start, all_day); !ok) return ok;
    }
    if (end != nullptr) {
        if (auto ok = write_time(patch, "End", *end, all_day); !ok) return ok;
    }
    if (auto ok = write_location(patch, body); !ok) return ok;
    return write_recurrence(patch, body);
}

void record_meeting_mail(const Call& call, const Item& item, std::string_view operation) {
    if (item.kind != ItemKind::Appointment ||
        item.properties.text("calendar:IsOrganizer") == "false")
        return;
    const auto people = ews::recipients_of(item);
    if (people.empty()) return;
    call.store.record_sent(
        {call.mailbox, std::string(operation), "SendToAllAndSaveCopy", item.id, people});
}

}  // namespace liaison::sandbox::graph
