#include "connectors/graph/event.hpp"
#include "connectors/graph/graph_endpoint.hpp"
#include "connectors/graph/todo_task.hpp"
#include "core/digest.hpp"

namespace liaison::graph {

namespace {

constexpr int kTransactionsMax = 4;

template <class T>
std::vector<std::vector<T>> batches_of(std::vector<T> all) {
    std::vector<std::vector<T>> out;
    for (T& one : all) {
        if (out.empty() || out.back().size() == GraphClient::kBatchMax) out.emplace_back();
        out.back().push_back(std::move(one));
    }
    return out;
}

template <class T>
std::vector<Result<T>> every_one(std::size_t count, const Error& error) {
    return std::vector<Result<T>>(count, std::unexpected(error));
}

/// Why an item cannot be created; nothing if it can.
std::optional<Error> refusal_to_create(EntityKind kind, const SyncEndpoint::NewItem& item) {
    if (item.record.kind() != kind)
        return Error{ErrorKind::InvalidRequest, "a record of another kind"};
    if (item.token.empty()) return Error{ErrorKind::InvalidRequest, "an item without a token"};
    if (kind == EntityKind::Appointment && !item.record.find(Field::Start))
        return Error{ErrorKind::InvalidRequest, "an appointment without a start"};
    return std::nullopt;
}

/// The same for the same token and attempt, in the form of a GUID: a repeated POST makes no second
/// event ("event resource type": transactionId).
std::string transaction_id(const CorrelationToken& token, int attempt) {
    const std::string hex = sha256_hex(token.str() + "#" + std::to_string(attempt));
    return hex.substr(0, 8) + "-" + hex.substr(8, 4) + "-5" + hex.substr(13, 3) + "-8" +
           hex.substr(17, 3) + "-" + hex.substr(20, 12);
}

void add_extended(JsonObject& body, JsonObject property) {
    JsonValue& list = body["singleValueExtendedProperties"];
    if (!list.is_array()) list = JsonArray();
    list.get_array().push_back(std::move(property));
}

/// Exchange had it for a while already: the answer to a repeated transactionId, not to a new event.
bool is_old(const JsonObject& entity, Timestamp now) {
    const auto created = parse_timestamp(text_in(entity, "createdDateTime"));
    return created && *created < now - std::chrono::minutes(2);
}

/// If-Match for a version, where the resource knows conditions.
std::string condition_of(EntityKind kind, const std::string& version) {
    return kind != EntityKind::Task && version.starts_with("W/\"") ? version : std::string();
}

Error unseen_write(Error error) {
    error.kind = ErrorKind::Unanswered;
    error.message = "written; the item could not be read afterwards: " + error.message;
    return error;
}

std::optional<Error> meeting_mail_refusal(const Patch& patch, const JsonObject& present) {
    const bool is_private = std::all_of(patch.begin(), patch.end(), [](const auto& change) {
        return is_private_field(change.first);
    });
    if (is_private || !is_organized_meeting(present)) return std::nullopt;
    return Error{ErrorKind::Unsupported,
                 "Graph would mail this change to the participants; policy forbids it", "MeetingMail"};
}

}  // namespace

Async<std::vector<Result<Observation>>> GraphEndpoint::create_items(CollectionId collection,
                                                                    std::vector<NewItem> items) {
    const auto kind = parse_scope(collection);
    if (!kind) co_return every_one<Observation>(items.size(), kind.error());
    std::vector<Result<Observation>> out;
    auto batches = batches_of(std::move(items));
    for (std::vector<NewItem>& batch : batches) {
        auto results = co_await create_batch(*kind, std::move(batch));
        for (Result<Observation>& result : results) out.push_back(std::move(result));
    }
    co_return out;
}

Async<GraphEndpoint::Entities> GraphEndpoint::send_new(EntityKind kind, std::vector<NewItem> items,
                                                       int attempt) {
    Entities out(items.size(), fail(ErrorKind::Internal, "not sent"));
    auto path = co_await collection_path(kind);
    if (!path) co_return every_one<JsonObject>(items.size(), path.error());
    std::vector<GraphCall> calls;
    for (const NewItem& item : items) {
        JsonObject body = entity_writes(kind, patch_of(item.record), {}, context_);
        if (kind == EntityKind::Task)
            body["linkedResources"] = JsonArray{token_link(item.token)};
        else
            add_extended(body, extended_property(named_property(context_, kTokenProperty),
                                                 item.token.str()));
        if (kind == EntityKind::Appointment) body["transactionId"] = transaction_id(item.token, attempt);
        GraphCall call;
        call.method = "POST";
        call.path = kind == EntityKind::Appointment ? "/events" : *path;
        call.prefer = {std::string(kTextBodies), std::string(kTimesInUtc)};
        call.body = std::move(body);
        call.writes = true;
        calls.push_back(std::move(call));
    }
    auto replies = co_await client_.send_all(std::move(calls));
    for (std::size_t i = 0; i < items.size(); ++i) {
        JsonObject* entity = replies[i] ? replies[i]->body.if_object() : nullptr;
        if (!replies[i])
            out[i] = std::unexpected(std::move(replies[i].error()));
        else if (entity && !text_in(*entity, "id").empty())
            out[i] = std::move(*entity);
        else
            out[i] = fail(ErrorKind::Unanswered, "created; the answer names no item");
    }
    co_return out;
}

Async<Result<Observation>> GraphEndpoint::settle_replay(NewItem item) {
    const CollectionId collection("appointment:" + client_.settings().mailbox);
    for (int attempt = 1; attempt < kTransactionsMax; ++attempt) {
        auto found = co_await find_by_token(collection, item.token);
        if (!found) co_return std::unexpected(std::move(found.error()));
        if (*found) co_return std::move(**found);
        // The first one was deleted since: its transactionId is used up.
        std::vector<NewItem> again{item};
        auto made = co_await send_new(EntityKind::Appointment, std::move(again), attempt);
        if (!made.front() && made.front().error().kind == ErrorKind::AlreadyExists) continue;
        if (!made.front()) co_return std::unexpected(std::move(made.front().error()));
        if (is_old(*made.front(), client_.clock().now())) continue;
        Result<Observation> seen = observe(EntityKind::Appointment, *made.front(), {});
        if (!seen) co_return std::unexpected(unseen_write(std::move(seen.error())));
        seen->token = item.token;
        co_return seen;
    }
    co_return fail(ErrorKind::AlreadyExists, "the event's transactions are used up");
}

Async<std::vector<Result<Observation>>> GraphEndpoint::create_batch(EntityKind kind,
                                                                    std::vector<NewItem> items) {
    std::vector<Result<Observation>> out(items.size(), fail(ErrorKind::Internal, "not sent"));
    std::vector<NewItem> sent;
    std::vector<std::size_t> sent_of;
    for (std::size_t i = 0; i < items.size(); ++i) {
        if (auto refusal = refusal_to_create(kind, items[i])) {
            out[i] = std::unexpected(std::move(*refusal));
            continue;
        }
        items[i].record = project_record(items[i].record, context_);
        sent.push_back(items[i]);
        sent_of.push_back(i);
    }
    if (sent.empty()) co_return out;
    auto made = co_await send_new(kind, std::move(sent), 0);
    std::vector<ItemKey> keys;
    for (std::size_t k = 0; k < made.size(); ++k) {
        const std::string id(made[k] ? text_in(*made[k], "id") : std::string_view());
        keys.push_back(kind == EntityKind::Task ? TaskKey{default_list_, id}.key() : ItemKey(id));
    }
    // Only the answer to a repeated transactionId can name an event that was deleted since.
    const bool any_old = std::any_of(made.begin(), made.end(), [this](const auto& entity) {
        return entity && is_old(*entity, client_.clock().now());
    });
    Entities present;
    if (any_old)
        present = co_await fetch_present(kind, keys);
    else
        present = co_await fetch(kind, keys);
    for (std::size_t k = 0; k < made.size(); ++k) {
        const std::size_t i = sent_of[k];
        const bool is_event = kind == EntityKind::Appointment;
        const bool was_there = is_event && made[k] && !present[k] &&
                               present[k].error().kind == ErrorKind::NotFound &&
                               is_old(*made[k], client_.clock().now());
        if (was_there || (is_event && !made[k] && made[k].error().kind == ErrorKind::AlreadyExists)) {
            NewItem item = items[i];
            out[i] = co_await settle_replay(std::move(item));
            continue;
        }
        if (!made[k]) {
            out[i] = std::unexpected(std::move(made[k].error()));
            continue;
        }
        out[i] = observe_at(kind, present[k], keys[k]);
        if (out[i]) continue;
        // It exists, whatever the reading says: the answer to the POST is the best knowledge until
        // the feed brings it.
        out[i] = observe(kind, *made[k], default_list_);
        if (!out[i]) {
            out[i] = std::unexpected(unseen_write(std::move(out[i].error())));
            continue;
        }
        out[i]->token = items[i].token;
        out[i]->content = std::move(items[i].record);
    }
    co_return out;
}

Async<std::vector<Result<Observation>>> GraphEndpoint::update_items(
    CollectionId collection, std::vector<ItemUpdate> updates) {
    const auto kind = parse_scope(collection);
    if (!kind) co_return every_one<Observation>(updates.size(), kind.error());
    std::vector<Result<Observation>> out;
    auto batches = batches_of(std::move(updates));
    for (std::vector<ItemUpdate>& batch : batches) {
        auto results = co_await update_batch(*kind, std::move(batch));
        for (Result<Observation>& result : results) out.push_back(std::move(result));
    }
    co_return out;
}

Result<GraphEndpoint::PreparedUpdate> GraphEndpoint::prepare_update(EntityKind kind,
                                                                    const Result<JsonObject>& present,
                                                                    const ItemUpdate& update) const {
    if (!present) return std::unexpected(present.error());
    if (version_of(*present) != update.expected_version.str())
        return fail(ErrorKind::VersionConflict, "the item was changed in between");
    Patch patch = update.patch;
    const FieldMask writable = writable_fields(kind, context_);
    std::erase_if(patch, [&](const auto& change) { return !writable.has(change.first); });
    std::string fault;
    const EntityReader reader(*present, fault);
    if (kind == EntityKind::Appointment) {
        const PatchView view(patch);
        const bool touches = view.has(Field::Start) || view.has(Field::End) || view.has(Field::AllDay);
        if (touches && !(view.get<ZonedTime>(Field::Start) && view.get<ZonedTime>(Field::End)))
            return fail(ErrorKind::InvalidRequest, "start, end and all-day are written together");
        // The body of an online meeting holds the data to join ("Update event", body property).
        if (reader.flag("isOnlineMeeting")) patch.erase(Field::Body);
        if (!client_.settings().send_meeting_mail)
            if (auto refusal = meeting_mail_refusal(patch, *present))
                return std::unexpected(std::move(*refusal));
    }
    PreparedUpdate out;
    out.path = item_path(kind, update.key).value_or("");
    out.version = update.expected_version.str();
    out.body = entity_writes(kind, patch, *present, context_);
    if (update.stamp_token && kind == EntityKind::Task) {
        out.stamp = update.stamp_token;
        out.link_id = read_token_link(reader).id;
    } else if (update.stamp_token) {
        // An empty token takes the mark off: a copy that a person made is released (F38).
        const std::string text = update.stamp_token->empty() ? "" : update.stamp_token->str();
        add_extended(out.body, extended_property(named_property(context_, kTokenProperty), text));
    }
    return out;
}

Async<std::vector<Result<void>>> GraphEndpoint::stamp_tasks(std::vector<PreparedUpdate> updates) {
    std::vector<Result<void>> out(updates.size());
    std::vector<GraphCall> calls;
    std::vector<std::size_t> asked;
    for (std::size_t i = 0; i < updates.size(); ++i) {
        const PreparedUpdate& update = updates[i];
        if (!update.stamp) continue;
        const bool is_there = !update.link_id.empty();
        if (update.stamp->empty() && !is_there) continue;
        GraphCall call;
        call.method = update.stamp->empty() ? "DELETE" : is_there ? "PATCH" : "POST";
        call.path = update.path + "/linkedResources" + (is_there ? "/" + segment(update.link_id) : "");
        if (!update.stamp->empty()) call.body = token_link(*update.stamp);
        call.writes = true;
        calls.push_back(std::move(call));
        asked.push_back(i);
    }
    if (calls.empty()) co_return out;
    const auto replies = co_await client_.send_all(std::move(calls));
    for (std::size_t k = 0; k < asked.size(); ++k)
        if (!replies[k]) out[asked[k]] = std::unexpected(replies[k].error());
    co_return out;
}

Async<std::vector<Result<Observation>>> GraphEndpoint::update_batch(EntityKind kind,
                                                                    std::vector<ItemUpdate> updates) {
    std::vector<Result<Observation>> out(updates.size(), fail(ErrorKind::Internal, "not sent"));
    std::vector<ItemKey> keys;
    for (const ItemUpdate& update : updates) keys.push_back(update.key);
    const auto present = co_await fetch_present(kind, keys);
    std::vector<PreparedUpdate> prepared(updates.size());
    std::vector<bool> reads(updates.size()), written(updates.size());
    std::vector<GraphCall> calls;
    std::vector<std::size_t> sent;
    for (std::size_t i = 0; i < updates.size(); ++i) {
        auto ready = prepare_update(kind, present[i], updates[i]);
        if (!ready) {
            out[i] = std::unexpected(std::move(ready.error()));
            continue;
        }
        prepared[i] = std::move(*ready);
        reads[i] = true;
        if (prepared[i].body.empty()) continue;
        GraphCall call;
        call.method = "PATCH";
        call.path = prepared[i].path;
        call.if_match = condition_of(kind, prepared[i].version);
        call.prefer = {std::string(kTextBodies), std::string(kTimesInUtc)};
        call.body = prepared[i].body;
        call.writes = true;
        calls.push_back(std::move(call));
        sent.push_back(i);
    }
    if (!calls.empty()) {
        auto replies = co_await client_.send_all(std::move(calls));
        for (std::size_t k = 0; k < sent.size(); ++k) {
            written[sent[k]] = replies[k].has_value();
            if (replies[k]) continue;
            out[sent[k]] = std::unexpected(std::move(replies[k].error()));
            reads[sent[k]] = false;
            prepared[sent[k]].stamp.reset();
        }
    }
    const auto stamped = co_await stamp_tasks(prepared);
    std::vector<ItemKey> again;
    std::vector<std::size_t> read_of;
    for (std::size_t i = 0; i < updates.size(); ++i) {
        if (!stamped[i]) {
            Error error = stamped[i].error();
            out[i] = std::unexpected(written[i] ? unseen_write(std::move(error)) : std::move(error));
            reads[i] = false;
        }
        if (!reads[i]) continue;
        written[i] = written[i] || prepared[i].stamp.has_value();
        again.push_back(keys[i]);
        read_of.push_back(i);
    }
    const auto after = co_await fetch(kind, again);
    for (std::size_t k = 0; k < again.size(); ++k) {
        const std::size_t i = read_of[k];
        out[i] = observe_at(kind, after[k], again[k]);
        if (!out[i] && written[i]) out[i] = std::unexpected(unseen_write(std::move(out[i].error())));
    }
    co_return out;
}

Async<std::vector<Result<void>>> GraphEndpoint::delete_items(CollectionId collection,
                                                             std::vector<ItemRemoval> removals) {
    const auto kind = parse_scope(collection);
    if (!kind) co_return every_one<void>(removals.size(), kind.error());
    std::vector<Result<void>> out;
    auto batches = batches_of(std::move(removals));
    for (std::vector<ItemRemoval>& batch : batches) {
        auto results = co_await delete_batch(*kind, std::move(batch));
        for (Result<void>& result : results) out.push_back(std::move(result));
    }
    co_return out;
}

Async<std::vector<Result<void>>> GraphEndpoint::delete_batch(EntityKind kind,
                                                             std::vector<ItemRemoval> removals) {
    std::vector<Result<void>> out(removals.size(), fail(ErrorKind::Internal, "not sent"));
    std::vector<ItemKey> keys;
    for (const ItemRemoval& removal : removals) keys.push_back(removal.key);
    const auto present = co_await fetch_present(kind, keys);
    std::vector<GraphCall> calls;
    std::vector<std::size_t> sent;
    for (std::size_t i = 0; i < removals.size(); ++i) {
        const Result<Observation> seen = observe_at(kind, present[i], keys[i]);
        if (!seen) {
            out[i] = std::unexpected(seen.error());
            continue;
        }
        if (seen->version != removals[i].expected_version) {
            out[i] = fail(ErrorKind::VersionConflict, "the item was changed in between");
            continue;
        }
        const bool mails = kind == EntityKind::Appointment && is_organized_meeting(*present[i]);
        if (mails && !client_.settings().send_meeting_mail) {
            out[i] = fail(ErrorKind::Unsupported,
                          "Graph would mail a cancellation to the participants; policy forbids it",
                          "MeetingMail");
            continue;
        }
        GraphCall call;
        call.method = "DELETE";
        call.path = item_path(kind, keys[i]).value_or("");
        call.if_match = condition_of(kind, removals[i].expected_version.str());
        call.writes = true;
        calls.push_back(std::move(call));
        sent.push_back(i);
    }
    if (calls.empty()) co_return out;
    const auto replies = co_await client_.send_all(std::move(calls));
    for (std::size_t k = 0; k < sent.size(); ++k) {
        if (replies[k])
            out[sent[k]] = Result<void>{};
        else
            out[sent[k]] = std::unexpected(replies[k].error());
    }
    co_return out;
}

}  // namespace liaison::graph
