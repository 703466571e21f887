#include "sandbox/graph/calendar_view.hpp"
#include "sandbox/graph/delta.hpp"
#include "sandbox/graph/entity_table.hpp"
#include "sandbox/graph/item_routes.hpp"

namespace liaison::sandbox::graph {
namespace {

Outcome<void> calendar_rights(const Call& call) {
    if (call.method == "GET") return need(call, {"Calendars.Read", "Calendars.ReadWrite"});
    return need(call, {"Calendars.ReadWrite"});
}

json::object calendar_json(const Call& call, const Folder& folder) {
    const User* owner = call.store.find_user(call.mailbox);
    const bool is_default = folder.distinguished_id == "calendar";
    return {{"id", rest_id(folder.id)},
            {"name", folder.display_name},
            {"color", "auto"},
            {"hexColor", ""},
            {"isDefaultCalendar", is_default},
            {"changeKey", folder.change_key},
            {"canShare", true},
            {"canViewPrivateItems", true},
            {"canEdit", true},
            {"allowedOnlineMeetingProviders", json::array{"teamsForBusiness"}},
            {"defaultOnlineMeetingProvider", "teamsForBusiness"},
            {"isTallyingResponses", is_default},
            {"isRemovable", !is_default},
            {"owner", json::object{{"name", owner->display_name}, {"address", owner->address}}}};
}

json::object shaped_calendar(const Call& call, const Folder& folder, const Shape& shape) {
    json::object out;
    for (auto& member : calendar_json(call, folder)) {
        if (member.key() == "id" || shape.wants(member.key()))
            out[member.key()] = std::move(member.value());
    }
    return out;
}

Outcome<Reply> list_view(const Call& call, const std::vector<const Item*>& items,
                         const std::string& context) {
    const auto window = read_window(call);
    if (!window) return std::unexpected(window.error());
    std::vector<Instance> instances;
    for (const Item* item : items) {
        if (!is_of(Resource::Event, *item) || call.empty_listing) continue;
        const auto some = instances_of(*item, *window);
        instances.insert(instances.end(), some.begin(), some.end());
    }
    std::sort(instances.begin(), instances.end(), [](const Instance& a, const Instance& b) {
        return std::pair(a.start, a.item->arrival_sequence) <
               std::pair(b.start, b.item->arrival_sequence);
    });
    Collection collection;
    collection.type = "event";
    collection.context = context;
    collection.size = instances.size();
    collection.options = {"startDateTime", "endDateTime"};
    collection.render = [&](std::size_t row, const Shape& shape) {
        return instance_json(call, instances[row], shape);
    };
    return list_page(call, collection);
}

Outcome<Reply> cancel_event(const Call& call, const Item& item) {
    if (item.properties.text("calendar:IsOrganizer") == "false")
        return graph_fail(400, "ErrorInvalidRequest",
                          "Your request can't be completed. You need to be an organizer to cancel "
                          "a meeting.");
    auto gone = delete_item(call, item, false);
    if (!gone) return gone;
    return no_content(202);
}

Outcome<Reply> answer_event(const Call& call, const Item& item, std::string_view action) {
    if (item.properties.text("calendar:IsOrganizer") != "false")
        return graph_fail(400, "ErrorInvalidRequest",
                          "Your request can't be completed. You can't respond to this meeting "
                          "because you're the meeting organizer.");
    Item changed = item;
    const std::string word = iequals(action, "accept")    ? "Accept"
                             : iequals(action, "decline") ? "Decline"
                                                          : "Tentative";
    changed.properties.set("calendar:MyResponseType", word);
    auto stored = call.store.update_item(call.mailbox, std::move(changed));
    if (!stored) return std::unexpected(from_store_error(stored.error()));
    return no_content(202);
}

Outcome<Reply> below_event(const Call& call, const ItemPlace& place, const Item& item, Path rest) {
    const std::string& action = rest[0];
    if (is_segment(action, "attachments"))
        return attachment_routes(call, place, item, rest.subspan(1));
    if (rest.size() > 1) return no_such_resource(rest[1]);
    if (is_segment(action, "instances") && call.method == "GET")
        return list_view(call, {&item}, "events('" + rest_id(item.id) + "')/instances");
    if (call.method != "POST") return no_such_resource(action);
    if (is_segment(action, "permanentDelete")) return delete_item(call, item, true);
    if (is_segment(action, "cancel")) return cancel_event(call, item);
    if (is_segment(action, "accept") || is_segment(action, "decline") ||
        is_segment(action, "tentativelyAccept"))
        return answer_event(call, item, action);
    return no_such_resource(action);
}

Outcome<Reply> one_occurrence(const Call& call, const Instance& instance) {
    if (call.method != "GET")
        return graph_fail(501, "ErrorNotImplemented",
                          "The sandbox does not change single occurrences of a series.");
    if (auto ok = call.allow({"$select", "$expand"}); !ok) return std::unexpected(ok.error());
    return entity_reply(call, "event", "events",
                        [&](const Shape& shape) { return instance_json(call, instance, shape); });
}

}  // namespace

Outcome<Reply> event_routes(const Call& call, const Folder* calendar, Path rest) {
    if (auto ok = calendar_rights(call); !ok) return std::unexpected(ok.error());
    if (calendar == nullptr) calendar = call.store.find_distinguished(call.mailbox, "calendar");
    const ItemPlace place{Resource::Event, calendar, "events"};
    if (rest.empty() || is_segment(rest[0], "$count")) {
        if (call.method == "GET") return list_items(call, place);
        if (call.method == "POST" && rest.empty()) return create_item(call, place);
        return method_not_allowed(call);
    }
    if (is_segment(rest[0], "delta")) {
        if (call.method != "GET") return method_not_allowed(call);
        return view_delta(call, *calendar);
    }
    if (const auto instance = instance_by_id(call, rest[0]); instance && rest.size() == 1)
        return one_occurrence(call, *instance);
    auto item = item_by_id(call, rest[0]);
    if (!item) return std::unexpected(item.error());
    if (!is_of(Resource::Event, **item)) return item_not_found();
    if (rest.size() > 1) return below_event(call, place, **item, rest.subspan(1));
    if (call.method == "GET") return get_item(call, place, **item);
    if (call.method == "PATCH") return patch_item(call, place, **item);
    if (call.method == "DELETE") return delete_item(call, **item, false);
    return method_not_allowed(call);
}

Outcome<Reply> calendar_routes(const Call& call, const Folder& calendar, Path rest) {
    if (auto ok = calendar_rights(call); !ok) return std::unexpected(ok.error());
    if (rest.empty()) {
        if (call.method != "GET") return method_not_allowed(call);
        return entity_reply(call, "calendar", "calendars", [&](const Shape& shape) {
            return shaped_calendar(call, calendar, shape);
        });
    }
    if (is_segment(rest[0], "events")) return event_routes(call, &calendar, rest.subspan(1));
    if (!is_segment(rest[0], "calendarView")) return no_such_resource(rest[0]);
    if (call.method != "GET") return method_not_allowed(call);
    if (rest.size() == 2 && is_segment(rest[1], "delta")) return view_delta(call, calendar);
    if (rest.size() > 1) return no_such_resource(rest[1]);
    return list_view(call, call.store.items(call.mailbox, calendar.id), "calendarView");
}

Outcome<Reply> calendars_routes(const Call& call, Path rest) {
    if (auto ok = calendar_rights(call); !ok) return std::unexpected(ok.error());
    if (!rest.empty()) {
        auto calendar = folder_by_id(call, rest[0], "IPF.Appointment");
        if (!calendar) return std::unexpected(calendar.error());
        return calendar_routes(call, **calendar, rest.subspan(1));
    }
    if (call.method == "POST") {
        auto body = entity_body(call, "calendar");
        if (!body) return std::unexpected(body.error());
        const Folder* root = call.store.find_distinguished(call.mailbox, "calendar");
        auto made = call.store.create_folder(
            call.mailbox, root->id, std::string(text_of(*body, "name")), "IPF.Appointment");
        if (!made) return std::unexpected(from_store_error(made.error()));
        return entity_reply(
            call, "calendar", "calendars",
            [&](const Shape& shape) { return shaped_calendar(call, **made, shape); }, 201);
    }
    if (call.method != "GET") return method_not_allowed(call);
    std::vector<const Folder*> folders;
    for (const Folder* folder : call.store.folders(call.mailbox)) {
        if (folder->folder_class.starts_with("IPF.Appointment")) folders.push_back(folder);
    }
    Collection collection;
    collection.type = "calendar";
    collection.context = "calendars";
    collection.size = folders.size();
    collection.render = [&](std::size_t row, const Shape& shape) {
        return shaped_calendar(call, *folders[row], shape);
    };
    return list_page(call, collection);
}

}  // namespace liaison::sandbox::graph
