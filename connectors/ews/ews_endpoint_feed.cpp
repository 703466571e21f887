#include "connectors/ews/ews_endpoint.hpp"
#include "connectors/ews/feed_cursor.hpp"
#include "connectors/ews/sync_folder_items.hpp"
#include "core/limits.hpp"

namespace liaison::ews {

namespace {

constexpr std::int64_t kSmallestSyncPage = 8;

Observation gone_observation(const ItemId& id) {
    Observation out;
    out.key = ItemKey(id.id);
    out.content = Tombstone{false};
    return out;
}

Observation unreadable_observation(const ItemId& id, std::string reason, std::string detail) {
    Observation out;
    out.key = ItemKey(id.id);
    out.version = Version(id.change_key);
    out.content = Unreadable{std::move(reason), std::move(detail)};
    return out;
}

/// An error of one item that says something about this item only: what is observed then. Nothing
/// for errors of the scope.
std::optional<Observation> observation_of_error(const ItemId& id, const Error& error) {
    switch (error.kind) {
        case ErrorKind::NotFound:
            return gone_observation(id);
        case ErrorKind::TooLarge:
            return unreadable_observation(id, "too_large", error.native_code);
        case ErrorKind::InvalidRequest:
        case ErrorKind::Unsupported:
            return unreadable_observation(id, "corrupt", error.native_code);
        case ErrorKind::Forbidden:
            if (error.native_code == "ErrorAccessDenied")
                return unreadable_observation(id, "corrupt", error.native_code);
            return std::nullopt;
        default:
            return std::nullopt;
    }
}

}  // namespace

Async<Result<SyncPage>> pull_sync_page(EwsClient& client, std::string mailbox,
                                       SyncFolderItemsRequest request) {
    while (true) {
        EwsClient::Call call;
        call.operation = "SyncFolderItems";
        call.body = encode_sync_folder_items(request);
        call.mailbox = mailbox;
        auto reply = co_await client.send(std::move(call));
        Result<SyncPage> page = fail(ErrorKind::Internal, "not asked for");
        if (reply)
            page = decode_sync_folder_items(reply->soap, request);
        else
            page = std::unexpected(std::move(reply.error()));
        if (page || !asks_for_less(page.error()) || request.max_changes <= kSmallestSyncPage)
            co_return page;
        request.max_changes /= 2;
    }
}

Async<Result<ChangePage>> EwsEndpoint::pull_changes(CollectionId collection, Cursor cursor) {
    const auto scope = parse_scope(collection);
    if (!scope) co_return std::unexpected(scope.error());
    const auto from = FeedCursor::parse(cursor);
    if (!from) co_return std::unexpected(from.error());
    SyncFolderItemsRequest request;
    request.folder = scope->folder;
    request.sync_state = from->sync_state;
    request.max_changes = limits::sync_page_items_max;
    auto sync = co_await pull_sync_page(client_, scope->mailbox, std::move(request));
    if (!sync) co_return std::unexpected(std::move(sync.error()));

    ChangePage page;
    page.is_last = sync->is_last;
    page.is_snapshot = from->is_snapshot;
    page.next = FeedCursor(from->is_snapshot && !sync->is_last, sync->sync_state).text();
    // An item can occur twice; the last word counts.
    std::map<std::string, std::size_t> last;
    std::set<std::string> shown;
    for (std::size_t i = 0; i < sync->changes.size(); ++i) {
        if (sync->changes[i].kind == ItemChange::Kind::ReadFlagChange) continue;
        last[sync->changes[i].id.id] = i;
        if (sync->changes[i].kind != ItemChange::Kind::Delete) shown.insert(sync->changes[i].id.id);
    }
    std::vector<ItemId> changed;
    for (std::size_t i = 0; i < sync->changes.size(); ++i) {
        const ItemChange& change = sync->changes[i];
        const auto at = last.find(change.id.id);
        if (at == last.end() || at->second != i) continue;
        // Shown and deleted in one page: a feed can be wrong, so the item itself is asked.
        if (change.kind == ItemChange::Kind::Delete && !shown.contains(change.id.id))
            page.observations.push_back(gone_observation(change.id));
        else
            changed.push_back(change.id);
    }
    if (changed.empty()) co_return page;
    co_return co_await read_changed(*scope, std::move(changed), std::move(page));
}

Async<Result<ChangePage>> EwsEndpoint::read_changed(Scope scope, std::vector<ItemId> changed,
                                                    ChangePage page) {
    const auto deleted = co_await deleted_items(scope.mailbox);
    if (!deleted) co_return std::unexpected(deleted.error());
    std::vector<ItemId> ids;
    for (const ItemId& id : changed)
        ids.push_back(ItemId{id.id, {}});  // the newest version, whatever the feed said
    auto fetched = co_await fetch(scope, std::move(ids));
    for (std::size_t i = 0; i < fetched.size(); ++i) {
        Result<Observation> seen = fail(ErrorKind::Internal, "not read");
        if (fetched[i])
            seen = observe(scope, *fetched[i]);
        else
            seen = std::unexpected(std::move(fetched[i].error()));
        if (!seen && seen.error().kind == ErrorKind::CorruptReply) {
            Error error = std::move(seen.error());
            ItemId broken = changed.at(i);
            seen = co_await inspect_broken(scope, std::move(broken), std::move(error));
        }
        if (seen) {
            page.observations.push_back(std::move(*seen));
            continue;
        }
        auto instead = observation_of_error(changed[i], seen.error());
        if (!instead) co_return std::unexpected(std::move(seen.error()));
        page.observations.push_back(std::move(*instead));
    }
    co_return page;
}

Async<Result<Observation>> EwsEndpoint::inspect_broken(Scope scope, ItemId id, Error error) {
    FetchRequest request;
    request.mailbox = scope.mailbox;
    request.ids.push_back(ItemId{id.id, {}});
    auto bare = co_await fetch_items(client_, std::move(request));
    if (!bare.front() && bare.front().error().kind == ErrorKind::NotFound)
        co_return gone_observation(id);
    if (!bare.front()) co_return std::unexpected(std::move(error));
    // A reply that broke on its way says nothing of the item: only the second one convicts it.
    std::vector<ItemId> once_more(1, ItemId{id.id, {}});
    auto again = co_await fetch(scope, std::move(once_more));
    if (again.front()) {
        auto seen = observe(scope, *again.front());
        if (seen) co_return seen;
    } else if (again.front().error().kind != ErrorKind::CorruptReply) {
        co_return std::unexpected(std::move(again.front().error()));
    }
    co_return unreadable_observation(read_item_id(bare.front()->node), "corrupt",
                                     "the item breaks the reply");
}

Async<std::vector<Result<Observation>>> EwsEndpoint::get_items(CollectionId collection,
                                                               std::vector<ItemKey> keys) {
    std::vector<Result<Observation>> out(keys.size(), fail(ErrorKind::Internal, "not read"));
    const auto scope = parse_scope(collection);
    std::optional<Error> failure;
    if (!scope) failure = scope.error();
    if (!failure && !keys.empty()) {
        const auto deleted = co_await deleted_items(scope->mailbox);
        if (!deleted) failure = deleted.error();
    }
    if (failure) {
        for (Result<Observation>& result : out) result = std::unexpected(*failure);
        co_return out;
    }
    std::vector<ItemId> ids;
    for (const ItemKey& key : keys) ids.push_back(ItemId{key.str(), {}});
    auto fetched = co_await fetch(*scope, ids);
    for (std::size_t i = 0; i < fetched.size(); ++i) {
        if (fetched[i]) {
            out[i] = observe(*scope, *fetched[i]);
            continue;
        }
        const Error& error = fetched[i].error();
        // What is broken or too large exists all the same; of a refused key not even that is known.
        if (error.kind == ErrorKind::TooLarge || error.kind == ErrorKind::Unsupported)
            out[i] = *observation_of_error(ids[i], error);
        else
            out[i] = std::unexpected(error);
    }
    co_return out;
}

}  // namespace liaison::ews
