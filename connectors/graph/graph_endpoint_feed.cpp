#include <set>

#include "connectors/graph/feed_page.hpp"
#include "connectors/graph/graph_endpoint.hpp"
#include "core/limits.hpp"

namespace liaison::graph {

namespace {

Observation gone_entity(const ItemKey& key) {
    Observation out;
    out.key = key;
    out.content = Tombstone{false};
    return out;
}

/// An error of one item that says something about this item only. Nothing for errors of the scope.
std::optional<Observation> observation_of(const ItemKey& key, const Error& error) {
    if (error.kind == ErrorKind::NotFound) return gone_entity(key);
    const bool is_unreadable =
        error.kind == ErrorKind::TooLarge || error.kind == ErrorKind::InvalidRequest ||
        error.kind == ErrorKind::Unsupported || error.kind == ErrorKind::CorruptReply;
    if (!is_unreadable) return std::nullopt;
    Observation out;
    out.key = key;
    const char* reason = error.kind == ErrorKind::TooLarge ? "too_large" : "corrupt";
    out.content = Unreadable{reason, error.native_code};
    return out;
}

std::string day_text(Timestamp at) {
    return format_date(date_of(at));
}

/// The key of an entry: that of the series for an occurrence (which may come with id, start and end
/// only, F29; then the read by id tells).
std::string entry_id(EntityKind kind, const JsonObject& entry) {
    if (kind == EntityKind::Appointment)
        if (const std::string_view master = text_in(entry, "seriesMasterId"); !master.empty())
            return std::string(master);
    return std::string(text_in(entry, "id"));
}

}  // namespace

Async<Result<std::string>> GraphEndpoint::feed_start(EntityKind kind, std::string window_end) {
    if (kind == EntityKind::Appointment) {
        const Timestamp now = client_.clock().now();
        co_return "/calendarView/delta?startDateTime=" +
            day_text(now - client_.settings().window_past) + "T00:00:00Z&endDateTime=" + window_end +
            "T00:00:00Z";
    }
    if (kind == EntityKind::Contact) {
        auto folder = co_await contacts_folder();
        if (!folder) co_return std::unexpected(std::move(folder.error()));
        co_return "/contactFolders/" + segment(*folder) + "/contacts/delta?$select=changeKey";
    }
    auto list = co_await default_list();
    if (!list) co_return std::unexpected(std::move(list.error()));
    co_return "/todo/lists/" + segment(*list) + "/tasks/delta?$select=lastModifiedDateTime";
}

Async<Result<ChangePage>> GraphEndpoint::pull_changes(CollectionId collection, Cursor cursor) {
    const auto kind = parse_scope(collection);
    if (!kind) co_return std::unexpected(kind.error());
    auto from = FeedCursor::parse(cursor, to_string(*kind));
    if (!from) co_return std::unexpected(from.error());
    const bool has_window = *kind == EntityKind::Appointment;
    const auto future = client_.settings().window_future;
    const Timestamp now = client_.clock().now();
    if (has_window && from->link.empty()) from->window_end = day_text(now + future);
    if (has_window && !from->is_snapshot && from->window_end <= day_text(now + future / 2))
        co_return fail(ErrorKind::CursorExpired, "the calendar's window moves on", "window");
    std::string start;
    // The list is asked for in any case: the keys of tasks name it.
    if (from->link.empty() || *kind == EntityKind::Task) {
        auto path = co_await feed_start(*kind, from->window_end);
        if (!path) co_return std::unexpected(std::move(path.error()));
        start = std::move(*path);
    }
    auto feed = co_await pull_feed_page(client_, std::move(*from), std::move(start));
    if (!feed) co_return std::unexpected(std::move(feed.error()));

    ChangePage page;
    page.is_last = feed->is_last;
    // The last page of a snapshot leads to differences but is one of the snapshot itself.
    page.is_snapshot = cursor.empty() || cursor.str().starts_with("S");
    page.next = feed->next.text();
    std::vector<ItemKey> changed;
    std::set<std::string> known;
    for (const JsonValue& entry : feed->entries) {
        const JsonObject& entity = object_in(entry);
        const std::string id = is_removed(entity) ? std::string(text_in(entity, "id"))
                                                  : entry_id(*kind, entity);
        const ItemKey key = *kind == EntityKind::Task ? TaskKey{default_list_, id}.key() : ItemKey(id);
        if (!item_path(*kind, key)) co_return fail(ErrorKind::CorruptReply, "an entry without an id");
        // The same item may repeat; a read tells what it is now, and a removal is confirmed by one.
        if (!known.insert(id).second) continue;
        if (is_removed(entity))
            page.observations.push_back(gone_entity(key));
        else
            changed.push_back(key);
    }
    if (changed.empty()) co_return page;
    co_return co_await read_changed(*kind, std::move(changed), std::move(page));
}

Async<Result<ChangePage>> GraphEndpoint::read_changed(EntityKind kind, std::vector<ItemKey> changed,
                                                      ChangePage page) {
    std::vector<ItemKey> keys = changed;
    const auto entities = co_await fetch(kind, std::move(keys));
    for (std::size_t i = 0; i < changed.size(); ++i) {
        Result<Observation> seen = observe_at(kind, entities[i], changed[i]);
        if (seen) {
            page.observations.push_back(std::move(*seen));
            continue;
        }
        auto instead = observation_of(changed[i], seen.error());
        if (!instead) co_return std::unexpected(std::move(seen.error()));
        page.observations.push_back(std::move(*instead));
    }
    co_return page;
}

Async<std::vector<Result<Observation>>> GraphEndpoint::get_items(CollectionId collection,
                                                                 std::vector<ItemKey> keys) {
    std::vector<Result<Observation>> out;
    const auto kind = parse_scope(collection);
    if (!kind) co_return std::vector<Result<Observation>>(keys.size(), std::unexpected(kind.error()));
    if (keys.empty()) co_return out;
    std::vector<ItemKey> asked = keys;
    const auto entities = co_await fetch_present(*kind, std::move(asked));
    for (std::size_t i = 0; i < keys.size(); ++i) {
        Result<Observation> seen = observe_at(*kind, entities[i], keys[i]);
        // What is broken or too large exists all the same; of a refused key not even that is known.
        const bool exists = !seen && (seen.error().kind == ErrorKind::TooLarge ||
                                      seen.error().kind == ErrorKind::Unsupported);
        if (exists) seen = *observation_of(keys[i], seen.error());
        out.push_back(std::move(seen));
    }
    co_return out;
}

}  // namespace liaison::graph
