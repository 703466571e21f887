#include "sandbox/ews/item_writer.hpp"
#include "sandbox/ews/lexical.hpp"
#include "sandbox/ews/meeting_mail.hpp"
#include "sandbox/ews/xml_text.hpp"
#include "sandbox/graph/entity_json.hpp"
#include "sandbox/graph/entity_write.hpp"
#include "sandbox/graph/ews_bridge.hpp"
#include "sandbox/graph/recurrence.hpp"
#include "sandbox/windows_zones.hpp"

namespace liaison::sandbox::graph {
namespace {

constexpr std::string_view no_time = "0001-01-01T00:00:00Z";

std::string_view show_as_of(std::string_view legacy) {
    if (legacy == "Free") return "free";
    if (legacy == "Tentative") return "tentative";
    if (legacy == "OOF") return "oof";
    if (legacy == "WorkingElsewhere") return "workingElsewhere";
    if (legacy == "NoData") return "unknown";
    return "busy";
}

std::string response_word(std::string_view answer, bool organizer) {
    if (organizer) return "organizer";
    if (answer == "Accept") return "accepted";
    if (answer == "Tentative") return "tentativelyAccepted";
    if (answer == "Decline") return "declined";
    if (answer == "NoResponseReceived") return "notResponded";
    return "none";
}

json::array attendees_json(const Item& item) {
    json::array out;
    static constexpr std::pair<std::string_view, std::string_view> lists[] = {
        {"calendar:RequiredAttendees", "required"},
        {"calendar:OptionalAttendees", "optional"},
        {"calendar:Resources", "resource"}};
    for (const auto& [key, type] : lists) {
        const PropertyValue* value = item.properties.find(key);
        const auto* fragment = value == nullptr ? nullptr : std::get_if<Fragment>(value);
        if (fragment == nullptr) continue;
        std::string_view rest = fragment->xml;
        for (std::size_t end = 0; (end = rest.find("</t:Attendee>")) != std::string_view::npos;) {
            const std::string_view one = rest.substr(0, end);
            rest.remove_prefix(end + 13);
            const std::string response = ews::fragment_text(one, "t:ResponseType");
            out.push_back(json::object{
                {"type", type},
                {"status",
                 json::object{{"response", response_word(response, false)}, {"time", no_time}}},
                {"emailAddress",
                 json::object{{"name", ews::fragment_text(one, "t:Name")},
                              {"address", ews::fragment_text(one, "t:EmailAddress")}}}});
        }
    }
    return out;
}

json::value location_json(const Item& item) {
    const std::string_view shown = item.properties.text("calendar:Location");
    json::value kept = kept_json(item, "location");
    json::object out = kept.is_object() && text_of(kept.get_object(), "displayName") == shown
                           ? kept.get_object()
                           : json::object();
    out["displayName"] = shown;
    if (!out.contains("locationType")) out["locationType"] = "default";
    if (!shown.empty()) {
        out["uniqueId"] = shown;
        out["uniqueIdType"] = "private";
    }
    return out;
}

json::array locations_json(const Item& item) {
    const std::string_view shown = item.properties.text("calendar:Location");
    if (const json::value kept = kept_json(item, "locations"); kept.is_array()) {
        std::string joined;
        for (const json::value& one : kept.get_array())
            (joined += joined.empty() ? "" : "; ") += text_of(one.get_object(), "displayName");
        if (joined == shown) return kept.get_array();
    }
    if (shown.empty()) return {};
    return {json::object{
        {"displayName", shown}, {"locationType", "default"}, {"uniqueIdType", "unknown"}}};
}

void put_event_times(const Call& call, const Item& item, EntityWriter& out) {
    const PropertyBag& bag = item.properties;
    const auto start = ews::parse_utc(bag.text("calendar:Start"));
    const auto end = ews::parse_utc(bag.text("calendar:End"));
    const std::string_view zone = call.prefer.time_zone;
    const std::string_view shown = call.prefer.time_zone_as_given;
    if (bag.text("calendar:IsAllDayEvent") == "true" && start && end) {
        // Midnight stays midnight: the dates of the event's own zone in the zone that is shown.
        const auto first = wall_clock_of_utc(bag.text("calendar:StartTimeZone"), *start);
        const auto last = wall_clock_of_utc(bag.text("calendar:EndTimeZone"), *end);
        out.put("start", zoned_time(first.value_or(*start), "UTC", shown));
        out.put("end", zoned_time(last.value_or(*end), "UTC", shown));
        return;
    }
    if (start) out.put("start", zoned_time(*start, zone, shown));
    if (end) out.put("end", zoned_time(*end, zone, shown));
}

}  // namespace

void put_event(const Call& call, const Item& item, EntityWriter& out) {
    const PropertyBag& bag = item.properties;
    const auto people = attendees_json(item);
    const std::string_view answer = bag.text("calendar:MyResponseType");
    const bool organizer =
        bag.text("calendar:IsOrganizer") != "false" && (answer.empty() || answer == "Organizer");
    out.put("createdDateTime", graph_date_time(item.created));
    out.put("lastModifiedDateTime", graph_date_time(item.modified));
    out.put("changeKey", item.change_key);
    out.put("categories", json::value_from(item.categories));
    out.put("transactionId", kept_json(item, "transactionId"));
    out.put("originalStartTimeZone", bag.text("calendar:StartTimeZone"));
    out.put("originalEndTimeZone", bag.text("calendar:EndTimeZone"));
    out.put("iCalUId", bag.text("calendar:UID"));
    const std::string_view minutes = bag.text("item:ReminderMinutesBeforeStart");
    out.put("reminderMinutesBeforeStart", ews::parse_integer(minutes).value_or(15));
    out.put("isReminderOn", bag.text("item:ReminderIsSet") == "true");
    out.put("hasAttachments", !item.attachments.empty());
    out.put_text("subject", bag.text("item:Subject"));
    out.put("importance", bag.text("item:Importance").empty()
                              ? std::string("normal")
                              : lower_first(bag.text("item:Importance")));
    out.put("sensitivity", bag.text("item:Sensitivity").empty()
                               ? std::string("normal")
                               : lower_first(bag.text("item:Sensitivity")));
    out.put("isAllDay", bag.text("calendar:IsAllDayEvent") == "true");
    out.put("isCancelled", bag.text("calendar:IsCancelled") == "true");
    out.put("isOrganizer", organizer);
    out.put("isDraft", false);
    out.put("responseRequested", bag.text("calendar:IsResponseRequested") != "false");
    out.put("seriesMasterId", nullptr);
    out.put("showAs", show_as_of(bag.text("calendar:LegacyFreeBusyStatus")));
    const PropertyValue* rule = bag.find("calendar:Recurrence");
    out.put("type", rule == nullptr ? "singleInstance" : "seriesMaster");
    out.put("webLink", "https://outlook.office365.com/owa/?itemid=" +
                           url_encoded(rest_id(item.id)) + "&exvsurl=1&path=/calendar/item");
    out.put("onlineMeetingUrl", nullptr);
    const json::value provider = kept_json(item, "onlineMeetingProvider");
    out.put("isOnlineMeeting", kept_json(item, "isOnlineMeeting") == json::value(true));
    out.put("onlineMeetingProvider", provider.is_null() ? json::value("unknown") : provider);
    out.put("allowNewTimeProposals", bag.text("calendar:AllowNewTimeProposal") != "false");
    out.put("hideAttendees", kept_json(item, "hideAttendees") == json::value(true));
    out.put("onlineMeeting", nullptr);
    out.put("responseStatus", json::object{{"response", people.empty() && answer.empty()
                                                            ? std::string("organizer")
                                                            : response_word(answer, organizer)},
                                           {"time", no_time}});
    if (out.wants("body") || out.wants("bodyPreview")) {
        const BodyText body = body_of(call, item);
        out.put("bodyPreview", preview_of(body));
        out.put("body", body_json(body, call.prefer.text_body.value_or(false)));
    }
    put_event_times(call, item, out);
    out.put("location", location_json(item));
    out.put("locations", locations_json(item));
    out.put("recurrence", rule == nullptr ? json::value(nullptr)
                                          : recurrence_json(std::get<Fragment>(*rule).xml,
                                                            bag.text("calendar:StartTimeZone")));
    out.put("attendees", people);
    const auto organizers = ews::addresses_of(item, "calendar:Organizer");
    out.put("organizer", organizers.empty()
                             ? json::value(nullptr)
                             : recipient_json(organizers.front().name, organizers.front().address));
}

}  // namespace liaison::sandbox::graph
