#include "sandbox/ews/lexical.hpp"
#include "sandbox/ews/xml_text.hpp"
#include "sandbox/graph/entity_json.hpp"
#include "sandbox/graph/entity_table.hpp"
#include "sandbox/graph/entity_write.hpp"
#include "sandbox/graph/recurrence.hpp"
#include "sandbox/windows_zones.hpp"

namespace liaison::sandbox::graph {
namespace {

constexpr std::int64_t task_day_ms = 86'400'000;
constexpr std::string_view shifting_zone = "Pacific Standard Time";

// A task date is a day. To Do gives it as midnight UTC; with the quirk as the instant of midnight
// in the mailbox' zone (graph-docs-contrib#5927).
json::value task_date(const Call& call, std::string_view text) {
    auto day = ews::parse_utc(text);
    if (!day) return nullptr;
    if (call.memory.quirks.shifted_task_dates)
        day = utc_of_wall_clock(shifting_zone, *day).value_or(*day);
    return zoned_time(*day, "UTC", "UTC");
}

std::string_view task_status_word(std::string_view status) {
    if (status == "InProgress") return "inProgress";
    if (status == "Completed") return "completed";
    if (status == "WaitingOnOthers") return "waitingOnOthers";
    if (status == "Deferred") return "deferred";
    return "notStarted";
}

// The day of the wall clock, whatever the zone: To Do drops the time (graph-docs-contrib#2136).
Outcome<void> write_task_date(ItemPatch& patch, std::string_view name, const json::value& value) {
    if (value.is_null()) return patch.erase("task:" + std::string(name));
    auto time = read_zoned_time(value.get_object());
    if (!time) return std::unexpected(time.error());
    const std::int64_t day =
        time->local_ms - ((time->local_ms % task_day_ms) + task_day_ms) % task_day_ms;
    std::string xml;
    ews::append_element(xml, name, ews::format_utc(day));
    return patch.element(xml);
}

Outcome<void> write_task_reminder(ItemPatch& patch, const json::value& value) {
    if (value.is_null()) return patch.erase("item:ReminderDueBy");
    auto time = read_zoned_time(value.get_object());
    if (!time) return std::unexpected(time.error());
    std::string xml;
    ews::append_element(xml, "ReminderDueBy", ews::format_utc(time->utc_ms));
    return patch.element(xml);
}

Outcome<void> write_task_member(ItemPatch& patch, std::string_view name, const json::value& value) {
    if (name == "title") return patch.text("Subject", "item:Subject", value);
    if (name == "body") return patch.body(value);
    if (name == "importance")
        return patch.word("Importance", "item:Importance", value, {"Low", "Normal", "High"});
    if (name == "categories") return patch.strings("Categories", "item:Categories", value);
    if (name == "status")
        return patch.word("Status", "task:Status", value,
                          {"NotStarted", "InProgress", "Completed", "WaitingOnOthers", "Deferred"});
    if (name == "startDateTime") return write_task_date(patch, "StartDate", value);
    if (name == "dueDateTime") return write_task_date(patch, "DueDate", value);
    if (name == "completedDateTime") return {};  // with the status, below
    if (name == "isReminderOn") return patch.flag("ReminderIsSet", "item:ReminderIsSet", value);
    if (name == "reminderDateTime") return write_task_reminder(patch, value);
    if (name == "recurrence") {
        if (value.is_null()) return patch.erase("task:Recurrence");
        auto xml = recurrence_xml(value.get_object());
        if (!xml) return std::unexpected(xml.error());
        return patch.element("<Recurrence>" + *xml + "</Recurrence>");
    }
    if (name == "linkedResources" || name == "checklistItems") return {};  // after the item exists
    return graph_fail(400, "invalidRequest",
                      "The property '" + std::string(name) + "' is read-only.");
}

}  // namespace

void put_task(const Call& call, const Item& item, EntityWriter& out) {
    const PropertyBag& bag = item.properties;
    out.put("importance", bag.text("item:Importance").empty()
                              ? std::string("normal")
                              : lower_first(bag.text("item:Importance")));
    out.put("isReminderOn", bag.text("item:ReminderIsSet") == "true");
    out.put("status", task_status_word(bag.text("task:Status")));
    out.put("title", bag.text("item:Subject"));
    out.put("createdDateTime", graph_date_time(item.created));
    out.put("lastModifiedDateTime", graph_date_time(item.modified));
    out.put("hasAttachments", !item.attachments.empty());
    out.put("categories", json::value_from(item.categories));
    if (out.wants("body")) {
        const BodyText body = body_of(call, item);
        out.put("body", json::object{{"content", body.is_html ? body.html : body.text},
                                     {"contentType", body.is_html ? "html" : "text"}});
    }
    const auto put_date = [&](std::string_view name, std::string_view uri) {
        if (json::value date = task_date(call, bag.text(uri)); !date.is_null())
            out.put(name, std::move(date));
    };
    put_date("completedDateTime", "task:CompleteDate");
    put_date("dueDateTime", "task:DueDate");
    put_date("startDateTime", "task:StartDate");
    const auto reminder = ews::parse_utc(bag.text("item:ReminderDueBy"));
    if (reminder) out.put("reminderDateTime", zoned_time(*reminder, "UTC", "UTC"));
    if (const PropertyValue* rule = bag.find("task:Recurrence")) {
        json::value pattern = recurrence_json(std::get<Fragment>(*rule).xml, "UTC");
        if (!pattern.is_null()) out.put("recurrence", std::move(pattern));
    }
    for (const std::string_view name : {"linkedResources", "checklistItems"}) {
        if (json::value kept = kept_json(item, name); kept.is_array() && !kept.get_array().empty())
            out.put(name, std::move(kept));
    }
}

Outcome<void> apply_task(const Call&, ItemPatch& patch, const json::object& body) {
    for (const auto& member : body) {
        if (std::string_view(member.key()).find('@') != std::string_view::npos) continue;
        if (auto ok = write_task_member(patch, member.key(), member.value()); !ok) return ok;
    }
    const json::value* completed = body.if_contains("completedDateTime");
    const bool done = patch.item().properties.text("task:Status") == "Completed";
    if (completed != nullptr && completed->is_object() && done)
        patch.item().properties.set("task:CompleteDate", [&] {
            const auto time = read_zoned_time(completed->get_object());
            const std::int64_t at = time ? time->local_ms : 0;
            return ews::format_utc(at - ((at % task_day_ms) + task_day_ms) % task_day_ms);
        }());
    return {};
}

}  // namespace liaison::sandbox::graph
