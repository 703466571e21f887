#include "connectors/ews/create_item.hpp"
#include "connectors/ews/delete_item.hpp"
#include "connectors/ews/element_order.hpp"
#include "connectors/ews/ews_endpoint.hpp"
#include "connectors/ews/update_item.hpp"
#include "core/limits.hpp"

namespace liaison::ews {

namespace {

/// Splits a batch that the caller made larger than what one request should hold.
template <class T>
std::vector<std::vector<T>> chunks_of(std::vector<T> all, std::size_t size) {
    std::vector<std::vector<T>> out;
    for (T& one : all) {
        if (out.empty() || out.back().size() == size) out.emplace_back();
        out.back().push_back(std::move(one));
    }
    return out;
}

template <class T>
std::vector<Result<T>> all_failed(std::size_t count, const Error& error) {
    return std::vector<Result<T>>(count, std::unexpected(error));
}

/// Why an item cannot be created; nothing if it can.
std::optional<Error> refusal_of(EntityKind kind, const SyncEndpoint::NewItem& item) {
    if (item.record.kind() != kind) return Error{ErrorKind::InvalidRequest, "a record of another kind"};
    if (item.token.empty()) return Error{ErrorKind::InvalidRequest, "an item without a token"};
    if (kind == EntityKind::Appointment && !item.record.find(Field::Start))
        return Error{ErrorKind::InvalidRequest, "an appointment without a start"};
    return std::nullopt;
}

std::optional<Error> refusal_of(EntityKind kind, const SyncEndpoint::ItemUpdate& update) {
    if (update.key.empty() || update.expected_version.empty())
        return Error{ErrorKind::InvalidRequest, "an update without key or version"};
    const PatchView patch(update.patch);
    const bool has_start = patch.get<ZonedTime>(Field::Start) != nullptr;
    const bool has_end = patch.get<ZonedTime>(Field::End) != nullptr;
    const bool touches = patch.has(Field::Start) || patch.has(Field::End) || patch.has(Field::AllDay);
    if (kind == EntityKind::Appointment && touches && !(has_start && has_end))
        return Error{ErrorKind::InvalidRequest, "start, end and all-day must be written together"};
    return std::nullopt;
}

}  // namespace

Async<std::vector<Result<Observation>>> EwsEndpoint::create_items(CollectionId collection, std::vector<NewItem> items) {
    const auto scope = parse_scope(collection);
    if (!scope) co_return all_failed<Observation>(items.size(), scope.error());
    std::vector<Result<Observation>> out;
    auto batches = chunks_of(std::move(items), limits::write_batch);
    for (std::vector<NewItem>& batch : batches) {
        auto results = co_await create_batch(*scope, std::move(batch));
        for (Result<Observation>& result : results) out.push_back(std::move(result));
    }
    co_return out;
}

Async<std::vector<Result<Observation>>> EwsEndpoint::create_batch(Scope scope, std::vector<NewItem> items) {
    std::vector<Result<Observation>> out(items.size(), fail(ErrorKind::Internal, "not sent"));
    std::vector<std::size_t> sent;
    std::vector<std::vector<PropertyWrite>> writes;
    for (std::size_t i = 0; i < items.size(); ++i) {
        if (auto refusal = refusal_of(scope.kind, items[i])) {
            out[i] = std::unexpected(std::move(*refusal));
            continue;
        }
        items[i].record = project_item(items[i].record, context_);
        writes.push_back(item_writes(scope.kind, patch_of(items[i].record), context_));
        if (!items[i].token.empty()) put_token(writes.back(), context_, items[i].token);
        sent.push_back(i);
    }
    if (sent.empty()) co_return out;
    EwsClient::Call call;
    call.operation = "CreateItem";
    call.body = encode_create_item(scope.kind, scope.folder, writes);
    call.mailbox = scope.mailbox;
    call.writes = true;
    auto reply = co_await client_.send(std::move(call));
    Result<std::vector<Result<ItemId>>> ids = fail(ErrorKind::Internal, "not sent");
    if (reply)
        ids = decode_create_item(reply->soap, sent.size());
    else
        ids = std::unexpected(std::move(reply.error()));
    if (!ids) {
        const Error error = after_write(std::move(ids.error()));
        for (const std::size_t i : sent) out[i] = std::unexpected(error);
        co_return out;
    }
    std::vector<ItemId> made;
    std::vector<std::size_t> made_of;
    for (std::size_t k = 0; k < sent.size(); ++k) {
        if (!(*ids)[k]) {
            out[sent[k]] = std::unexpected(after_write(std::move((*ids)[k].error())));
            continue;
        }
        made.push_back(*(*ids)[k]);
        made_of.push_back(sent[k]);
    }
    auto fetched = co_await fetch(scope, made);
    for (std::size_t k = 0; k < made.size(); ++k) {
        const std::size_t i = made_of[k];
        if (fetched[k]) out[i] = observe(scope, *fetched[k]);
        if (out[i]) continue;
        // It exists, whatever the reading says: what was sent is the best knowledge until the feed brings it.
        Observation seen;
        seen.key = ItemKey(made[k].id);
        seen.version = Version(made[k].change_key);
        seen.modified_at = clock_.now();
        seen.token = items[i].token;
        seen.content = std::move(items[i].record);
        out[i] = std::move(seen);
    }
    co_return out;
}

Async<std::vector<Result<Observation>>> EwsEndpoint::update_items(CollectionId collection,
                                                                  std::vector<ItemUpdate> updates) {
    const auto scope = parse_scope(collection);
    if (!scope) co_return all_failed<Observation>(updates.size(), scope.error());
    std::vector<Result<Observation>> out;
    auto batches = chunks_of(std::move(updates), limits::write_batch);
    for (std::vector<ItemUpdate>& batch : batches) {
        auto results = co_await update_batch(*scope, std::move(batch));
        for (Result<Observation>& result : results) out.push_back(std::move(result));
    }
    co_return out;
}

Async<std::vector<Result<void>>> EwsEndpoint::protect_online_meetings(Scope scope, std::vector<ItemUpdate>* updates) {
    std::vector<Result<void>> out(updates->size());
    FetchRequest request;
    request.mailbox = scope.mailbox;
    request.shape.properties.push_back(PropertyPath::plain("calendar:IsOnlineMeeting"));
    std::vector<std::size_t> asked;
    for (std::size_t i = 0; i < updates->size(); ++i) {
        if (scope.kind != EntityKind::Appointment || !(*updates)[i].patch.contains(Field::Body)) continue;
        request.ids.push_back(ItemId{(*updates)[i].key.str(), {}});
        asked.push_back(i);
    }
    if (asked.empty()) co_return out;
    auto fetched = co_await fetch_items(client_, std::move(request));
    for (std::size_t k = 0; k < asked.size(); ++k) {
        if (!fetched[k])
            out[asked[k]] = std::unexpected(std::move(fetched[k].error()));
        else if (fetched[k]->node.child_bool("IsOnlineMeeting").value_or(false))
            (*updates)[asked[k]].patch.erase(Field::Body);
    }
    co_return out;
}

Async<std::vector<Result<Observation>>> EwsEndpoint::update_batch(Scope scope, std::vector<ItemUpdate> updates) {
    std::vector<Result<Observation>> out(updates.size(), fail(ErrorKind::Internal, "not sent"));
    const auto allowed = co_await protect_online_meetings(scope, &updates);
    UpdateItemRequest request;
    request.element = std::string(item_element(scope.kind));
    std::vector<std::size_t> sent;
    std::vector<std::size_t> read_only;
    for (std::size_t i = 0; i < updates.size(); ++i) {
        ItemUpdate& update = updates[i];
        update.patch.erase(Field::ICalUid);  // settable on creation only
        const auto refusal = refusal_of(scope.kind, update);
        if (refusal || !allowed[i]) {
            out[i] = std::unexpected(refusal ? *refusal : allowed[i].error());
            continue;
        }
        ItemChangeRequest change;
        change.id = ItemId{update.key.str(), update.expected_version.str()};
        change.writes = item_writes(scope.kind, update.patch, context_);
        if (update.stamp_token) put_token(change.writes, context_, *update.stamp_token);
        if (change.writes.empty()) {
            read_only.push_back(i);
            continue;
        }
        request.changes.push_back(std::move(change));
        sent.push_back(i);
    }
    std::vector<ItemId> written;
    std::vector<std::size_t> written_of;
    if (!sent.empty()) {
        EwsClient::Call call;
        call.operation = "UpdateItem";
        call.body = encode_update_item(request);
        call.mailbox = scope.mailbox;
        call.writes = true;
        auto reply = co_await client_.send(std::move(call));
        Result<std::vector<Result<ItemId>>> ids = fail(ErrorKind::Internal, "not sent");
        if (reply)
            ids = decode_update_item(reply->soap, sent.size());
        else
            ids = std::unexpected(std::move(reply.error()));
        for (std::size_t k = 0; k < sent.size(); ++k) {
            if (ids && (*ids)[k]) {
                written.push_back(ItemId{(*ids)[k]->id, {}});
                written_of.push_back(sent[k]);
            } else {
                out[sent[k]] = std::unexpected(after_write(ids ? (*ids)[k].error() : ids.error()));
            }
        }
    }
    for (const std::size_t i : read_only) {
        written.push_back(ItemId{updates[i].key.str(), {}});
        written_of.push_back(i);
    }
    auto fetched = co_await fetch(scope, written);
    for (std::size_t k = 0; k < written.size(); ++k) {
        const std::size_t i = written_of[k];
        const bool wrote = k < written.size() - read_only.size();
        if (fetched[k])
            out[i] = observe(scope, *fetched[k]);
        else
            out[i] = std::unexpected(std::move(fetched[k].error()));
        if (!wrote && out[i] && out[i]->version != updates[i].expected_version)
            out[i] = fail(ErrorKind::VersionConflict, "the item was changed in between");
        if (!wrote || out[i]) continue;
        // Written, but what the item is now is not known: the caller has to look.
        Error error = out[i].error();
        error.kind = ErrorKind::Unanswered;
        error.message = "written; the item could not be read afterwards: " + error.message;
        out[i] = std::unexpected(std::move(error));
    }
    co_return out;
}

Async<std::vector<Result<void>>> EwsEndpoint::delete_items(CollectionId collection, std::vector<ItemRemoval> removals) {
    const auto scope = parse_scope(collection);
    if (!scope) co_return all_failed<void>(removals.size(), scope.error());
    const auto deleted = co_await deleted_items(scope->mailbox);
    if (!deleted) co_return all_failed<void>(removals.size(), deleted.error());
    std::vector<Result<void>> out;
    auto batches = chunks_of(std::move(removals), limits::write_batch);
    for (std::vector<ItemRemoval>& batch : batches) {
        auto results = co_await delete_batch(*scope, std::move(batch));
        for (Result<void>& result : results) out.push_back(std::move(result));
    }
    co_return out;
}

Async<std::vector<Result<void>>> EwsEndpoint::delete_batch(Scope scope, std::vector<ItemRemoval> removals) {
    std::vector<Result<void>> out(removals.size(), fail(ErrorKind::Internal, "not sent"));
    FetchRequest request;
    request.mailbox = scope.mailbox;
    request.shape.properties.push_back(PropertyPath::plain("item:ParentFolderId"));
    for (const ItemRemoval& removal : removals) request.ids.push_back(ItemId{removal.key.str(), {}});
    auto present = co_await fetch_items(client_, std::move(request));
    std::vector<ItemId> ids;
    std::vector<std::size_t> sent;
    const std::string deleted = deleted_items_[scope.mailbox];
    for (std::size_t i = 0; i < removals.size(); ++i) {
        if (!present[i]) {
            out[i] = std::unexpected(std::move(present[i].error()));
            continue;
        }
        const ItemId id = read_item_id(present[i]->node);
        if (present[i]->node.child("ParentFolderId").attribute("Id") == deleted)
            out[i] = fail(ErrorKind::NotFound, "the item lies in Deleted Items already");
        else if (id.change_key != removals[i].expected_version.str())
            out[i] = fail(ErrorKind::VersionConflict, "the item was changed in between");
        else {
            ids.push_back(id);
            sent.push_back(i);
        }
    }
    if (sent.empty()) co_return out;
    EwsClient::Call call;
    call.operation = "DeleteItem";
    call.body = encode_delete_item(ids);
    call.mailbox = scope.mailbox;
    call.writes = true;
    auto reply = co_await client_.send(std::move(call));
    Result<std::vector<Result<void>>> results = fail(ErrorKind::Internal, "not sent");
    if (reply)
        results = decode_delete_item(reply->soap, sent.size());
    else
        results = std::unexpected(std::move(reply.error()));
    for (std::size_t k = 0; k < sent.size(); ++k) {
        if (results && (*results)[k])
            out[sent[k]] = {};
        else
            out[sent[k]] = std::unexpected(after_write(results ? (*results)[k].error() : results.error()));
    }
    co_return out;
}

}  // namespace liaison::ews
