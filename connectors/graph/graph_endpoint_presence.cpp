#include "connectors/graph/graph_endpoint.hpp"

namespace liaison::graph {

namespace {

Result<JsonObject> gone_from_folders() {
    return fail(ErrorKind::NotFound, "the item lies in no folder of its kind", "Deleted Items");
}

/// A window of calendarView in which the event must show, if its calendar has it.
std::string window_of(const JsonObject& event) {
    std::string fault;
    const EntityReader reader(event, fault);
    const auto start = read_date_time(reader.object("start"));
    const auto end = read_date_time(reader.object("end"));
    if (!start || !end) return {};
    // All-day bounds are midnights of a zone that need not be UTC.
    const std::chrono::milliseconds margin =
        reader.flag("isAllDay") ? std::chrono::milliseconds(std::chrono::hours(36))
                                : std::chrono::milliseconds(std::chrono::minutes(1));
    return "startDateTime=" + format_timestamp(*start - margin) +
           "&endDateTime=" + format_timestamp(std::max(*start, *end) + margin);
}

bool shows_event(const JsonArray& view, std::string_view id) {
    return std::any_of(view.begin(), view.end(), [&](const JsonValue& entry) {
        return text_in(object_in(entry), "id") == id;
    });
}

bool is_series_part(const JsonObject& event) {
    const std::string_view type = text_in(event, "type");
    return !type.empty() && type != "singleInstance";
}

}  // namespace

Async<GraphEndpoint::Entities> GraphEndpoint::fetch_present(EntityKind kind,
                                                            std::vector<ItemKey> keys) {
    Entities entities = co_await fetch(kind, std::move(keys));
    if (kind == EntityKind::Contact) co_await drop_deleted_contacts(&entities);
    if (kind == EntityKind::Appointment) co_await drop_deleted_events(&entities);
    co_return entities;
}

Async<void> GraphEndpoint::drop_deleted_contacts(Entities* entities) {
    const auto home = co_await contacts_folder();
    std::set<std::string> known;
    if (home) known.insert(*home);
    std::vector<std::size_t> elsewhere;
    for (std::size_t i = 0; i < entities->size(); ++i) {
        const Result<JsonObject>& entity = (*entities)[i];
        if (!home && entity) (*entities)[i] = std::unexpected(home.error());
        if (entity && text_in(*entity, "parentFolderId").empty())
            (*entities)[i] = fail(ErrorKind::CorruptReply, "a contact without its folder");
        if (!entity) continue;
        if (!known.contains(std::string(text_in(*entity, "parentFolderId")))) elsewhere.push_back(i);
    }
    if (elsewhere.empty()) co_return;
    std::vector<SearchPath> folders;
    const auto added = co_await add_contact_folders("/contactFolders", &folders);
    for (const SearchPath& folder : folders) known.insert(folder.list);
    for (const std::size_t i : elsewhere) {
        Result<JsonObject>& entity = (*entities)[i];
        if (!added)
            entity = std::unexpected(added.error());
        else if (!known.contains(std::string(text_in(*entity, "parentFolderId"))))
            entity = gone_from_folders();
    }
}

Async<Result<void>> GraphEndpoint::find_in_view(std::string calendar, const Entities* entities,
                                                std::set<std::size_t>* missing) {
    std::vector<GraphCall> calls;
    std::vector<std::size_t> asked;
    for (const std::size_t i : *missing) {
        GraphCall call;
        call.path = calendar + "/calendarView?" + window_of(*(*entities)[i]) + "&$select=subject&$top=200";
        call.prefer = {std::string(kTimesInUtc)};
        calls.push_back(std::move(call));
        asked.push_back(i);
    }
    std::vector<GraphCall> sent = calls;
    const auto views = co_await client_.send_all(std::move(sent));
    for (std::size_t k = 0; k < asked.size(); ++k) {
        const std::string id(text_in(*(*entities)[asked[k]], "id"));
        // The calendar went meanwhile: it shows nothing.
        if (!views[k] && views[k].error().kind == ErrorKind::NotFound) continue;
        if (!views[k]) co_return std::unexpected(views[k].error());
        bool is_there = shows_event(values_of(views[k]->body), id);
        const bool has_more = object_in(views[k]->body).contains("@odata.nextLink");
        if (!is_there && has_more) {
            std::string path = std::move(calls[k].path);
            auto all = co_await client_.read_all(std::move(path));
            if (!all) co_return std::unexpected(std::move(all.error()));
            is_there = shows_event(*all, id);
        }
        if (is_there) missing->erase(asked[k]);
    }
    co_return Result<void>{};
}

Async<void> GraphEndpoint::drop_deleted_events(Entities* entities) {
    std::set<std::size_t> missing;
    for (std::size_t i = 0; i < entities->size(); ++i) {
        const Result<JsonObject>& entity = (*entities)[i];
        // A part of a series is parked whatever its place is.
        if (entity && !is_series_part(*entity) && !window_of(*entity).empty()) missing.insert(i);
    }
    if (missing.empty()) co_return;
    Result<void> looked = co_await find_in_view("/calendar", entities, &missing);
    if (looked && !missing.empty()) {
        const auto others = co_await other_calendars();
        if (!others) looked = std::unexpected(others.error());
        const std::vector<std::string> calendars = others.value_or(std::vector<std::string>());
        for (const std::string& calendar : calendars)
            if (looked && !missing.empty()) looked = co_await find_in_view(calendar, entities, &missing);
    }
    for (const std::size_t i : missing)
        (*entities)[i] = looked ? gone_from_folders() : Result<JsonObject>(std::unexpected(looked.error()));
}

}  // namespace liaison::graph
