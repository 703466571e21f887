#include "sandbox/graph/delta.hpp"

#include "sandbox/ews/lexical.hpp"
#include "sandbox/graph/calendar_view.hpp"
#include "sandbox/graph/ews_bridge.hpp"
#include "sandbox/graph/graph_faults.hpp"
#include "sandbox/mailbox_ids.hpp"

namespace liaison::sandbox::graph {
namespace {

std::uint64_t token_checksum(std::string_view text) {
    std::uint64_t sum = 14'695'981'039'346'656'037u;
    for (const char c : text) sum = (sum ^ static_cast<unsigned char>(c)) * 1'099'511'628'211u;
    return sum;
}

std::string url_safe_token(std::string text) {
    for (char& c : text) c = c == '+' ? '-' : c == '/' ? '_' : c;
    while (text.ends_with('=')) text.pop_back();
    return text;
}

std::string plain_token(std::string_view text) {
    std::string out(text);
    for (char& c : out) c = c == '-' ? '+' : c == '_' ? '/' : c;
    while (out.size() % 4 != 0) out.push_back('=');
    return out;
}

std::uint64_t unsigned_member(const json::object& object, std::string_view name) {
    const json::value* value = object.if_contains(name);
    if (value == nullptr) return 0;
    if (value->is_uint64()) return value->get_uint64();
    return value->is_int64() ? static_cast<std::uint64_t>(value->get_int64()) : 0;
}

GraphError sync_state_not_found(const Call& call) {
    if (call.memory.quirks.resync_required) {
        GraphError error{410,
                         "resyncRequired",
                         "Resync required. Replace any local items with the server's version "
                         "(including deletes).",
                         {}};
        error.headers.emplace_back("Location", link_url(call, "$deltatoken="));
        return error;
    }
    return {410,
            "SyncStateNotFound",
            "The sync state generation is not found; generation is lost.",
            {}};
}

bool count_down(std::uint32_t& counter) {
    if (counter == 0) return false;
    --counter;
    return true;
}

json::object removed_entity(const Call& call, Resource resource, std::string_view ews_id) {
    const std::string id =
        resource == Resource::Task ? rest_id(ews_id) : shown_item_id(call, ews_id);
    return {{"@odata.type", "#microsoft.graph." + std::string(type_name(resource))},
            {"id", id},
            {"@removed", json::object{{"reason", "deleted"}}}};
}

std::string_view change_word(ItemChange::Kind kind) {
    switch (kind) {
        case ItemChange::Kind::Create:
            return "created";
        case ItemChange::Kind::Delete:
            return "deleted";
        default:
            return "updated";
    }
}

// Message delta filters on receivedDateTime with ge or gt only, and orders by it descending only
// (GDC message-delta).
Outcome<void> check_message_delta(const Call& call) {
    if (const std::string_view order = call.option("$orderby");
        !order.empty() && !iequals(order, "receivedDateTime desc"))
        return graph_fail(400, "ErrorInvalidUrlQuery",
                          "Change tracking over messages supports '$orderby=receivedDateTime desc' "
                          "only.");
    const std::string_view filter = call.option("$filter");
    if (!filter.empty() && !filter.starts_with("receivedDateTime ge ") &&
        !filter.starts_with("receivedDateTime gt "))
        return graph_fail(400, "ErrorInvalidUrlQuery",
                          "Change tracking over messages supports filters on receivedDateTime with "
                          "'ge' and 'gt' only.");
    return {};
}

Outcome<void> check_delta_options(const Call& call, Resource resource) {
    Outcome<void> ok;
    if (resource == Resource::Message) {
        ok = call.allow({"$select", "$top", "$expand", "$filter", "$orderby", "changeType"});
        if (ok) ok = check_message_delta(call);
    } else if (resource == Resource::Contact) {
        ok = call.allow({"$select", "$expand"});
    } else {
        ok = call.allow({"$select", "$top", "$expand"});
    }
    return ok;
}

// One page of changes as JSON.
struct DeltaWriter {
    const Call& call;
    Resource resource;
    const Shape& shape;
    const std::optional<Filter>& filter;

    bool shows(const ItemChange& change) const {
        const std::string_view wanted = call.option("changeType");
        if (!wanted.empty() && wanted.find(change_word(change.kind)) == std::string_view::npos)
            return false;
        if (change.item == nullptr) return true;
        if (!is_of(resource, *change.item)) return false;
        if (!filter) return true;
        Shape probe;
        probe.select.emplace();
        probe.select->insert(filter->properties().begin(), filter->properties().end());
        return filter->matches(item_json(call, resource, *change.item, probe));
    }

    json::object entity(const ItemChange& change) const {
        if (change.item == nullptr) return removed_entity(call, resource, change.item_id);
        json::object out{{"@odata.type", "#microsoft.graph." + std::string(type_name(resource))}};
        for (auto& member : item_json(call, resource, *change.item, shape))
            out[member.key()] = std::move(member.value());
        return out;
    }
};

}  // namespace

std::string write_delta_token(const DeltaState& state) {
    const json::object fields{{"s", state.scope},        {"e", state.epoch},
                              {"g", state.generation},   {"q", state.cursor.sequence},
                              {"b", state.cursor.below}, {"f", state.cursor.first_round},
                              {"p", state.page},         {"u", state.query},
                              {"l", state.last_id}};
    std::string text = json::serialize(fields);
    text += "#" + std::to_string(token_checksum(text));
    return url_safe_token(base64_encode(text));
}

Outcome<DeltaState> read_delta_token(const Call& call, std::string_view text,
                                     std::string_view scope) {
    const std::unexpected<GraphError> lost(sync_state_not_found(call));
    std::string bytes;
    if (text.empty() || !base64_decode(plain_token(text), bytes)) return lost;
    const std::size_t hash = bytes.rfind('#');
    if (hash == std::string::npos) return lost;
    const std::string body = bytes.substr(0, hash);
    if (bytes.substr(hash + 1) != std::to_string(token_checksum(body))) return lost;
    boost::system::error_code error;
    const json::value value = json::parse(body, error);
    if (error || !value.is_object()) return lost;
    const json::object& fields = value.get_object();
    DeltaState out;
    out.scope = text_of(fields, "s");
    out.epoch = unsigned_member(fields, "e");
    out.generation = unsigned_member(fields, "g");
    out.cursor.sequence = unsigned_member(fields, "q");
    out.cursor.below = unsigned_member(fields, "b");
    out.cursor.first_round = fields.contains("f") && fields.at("f") == json::value(true);
    out.page = unsigned_member(fields, "p");
    out.query = text_of(fields, "u");
    out.last_id = text_of(fields, "l");
    const std::uint64_t newest = call.store.sequence(call.mailbox);
    if (out.scope != scope || out.epoch != call.memory.delta_epoch || out.cursor.sequence > newest)
        return lost;
    return out;
}

Outcome<DeltaRequest> begin_delta(Call& call, std::string_view scope, std::uint64_t generation) {
    GraphQuirks& quirks = call.memory.quirks;
    DeltaRequest out;
    std::string_view token = call.option("$skiptoken");
    const bool middle = !token.empty();
    if (!middle) token = call.option("$deltatoken");
    if (call.sync_lost) return std::unexpected(sync_state_not_found(call));
    if (!token.empty()) {
        if (call.query.size() != 1)
            return graph_fail(400, "ErrorInvalidUrlQuery",
                              "A state token carries the query options; others cannot be given.");
        auto state = read_delta_token(call, token, scope);
        if (!state) return std::unexpected(state.error());
        if (state->generation != generation) return std::unexpected(sync_state_not_found(call));
        if (middle && count_down(quirks.lose_sync_middle))
            return std::unexpected(sync_state_not_found(call));
        out.state = std::move(*state);
        if (!middle) {
            if (count_down(quirks.lose_sync_first))
                return std::unexpected(sync_state_not_found(call));
            out.state.page = 0;
            out.state.last_id.clear();
        }
        auto query = parse_query(out.state.query);
        if (!query) return std::unexpected(query.error());
        call.query = std::move(*query);
        return out;
    }
    call.query.erase("$deltatoken");  // an empty one asks for a fresh round
    if (count_down(quirks.lose_sync_first)) return std::unexpected(sync_state_not_found(call));
    const std::uint64_t newest = call.store.sequence(call.mailbox);
    out.fresh = true;
    out.state.scope = scope;
    out.state.epoch = call.memory.delta_epoch;
    out.state.generation = generation;
    out.state.cursor = SyncCursor{newest, newest + 1, true};
    out.state.query = query_text(call.query, {});
    return out;
}

void finish_delta(const Call& call, json::object& reply, DeltaState next, bool complete) {
    const std::string name = complete ? "$deltatoken" : "$skiptoken";
    const std::string token = write_delta_token(next);
    reply[complete ? "@odata.deltaLink" : "@odata.nextLink"] = link_url(call, name + "=" + token);
}

Outcome<Reply> items_delta(Call call, Resource resource, const Folder& folder) {
    const std::string scope = std::string(type_name(resource)) + ":" + folder.id;
    auto request = begin_delta(call, scope, folder.generation);
    if (!request) return std::unexpected(request.error());
    if (auto ok = check_delta_options(call, resource); !ok) return std::unexpected(ok.error());
    auto shape = read_shape(call, type_name(resource));
    if (!shape) return std::unexpected(shape.error());
    std::optional<Filter> filter;
    if (call.has("$filter")) {
        auto parsed = Filter::parse(call.option("$filter"), type_name(resource));
        if (!parsed) return std::unexpected(parsed.error());
        filter = std::move(*parsed);
    }
    auto size = page_size_of(call);
    if (!size) return std::unexpected(size.error());
    const GraphQuirks& quirks = call.memory.quirks;
    DeltaState next = request->state;
    ++next.page;
    json::array values;
    const DeltaWriter writer{call, resource, *shape, filter};
    const bool empty_page = quirks.empty_delta_pages && next.page % 2 == 1;
    bool complete = false;
    if (call.empty_listing) {
        complete = true;
        next.cursor = SyncCursor{next.cursor.sequence, 0, false};
    } else if (!empty_page) {
        if (const Item* last = call.store.find_item(call.mailbox, next.last_id);
            last != nullptr && quirks.replay_delta_items && last->folder_id == folder.id)
            values.push_back(writer.entity({ItemChange::Kind::Update, last->id, last}));
        auto seen = read_changes(call, folder.id, next.cursor, *size);
        if (!seen) return std::unexpected(seen.error());
        for (const ItemChange& change : seen->found.changes) {
            if (writer.shows(change)) values.push_back(writer.entity(change));
            next.last_id = change.item_id;
        }
        next.cursor = seen->found.next;
        complete = seen->found.complete;
        if (seen->same_state) next = request->state;
    }
    json::object reply{{"@odata.context", call.base_url + "/$metadata#Collection(" +
                                              std::string(type_name(resource)) + ")"}};
    finish_delta(call, reply, std::move(next), complete);
    reply["value"] = std::move(values);
    return json_reply(std::move(reply));
}

Outcome<Reply> view_delta(Call call, const Folder& calendar) {
    auto request = begin_delta(call, "view:" + calendar.id, calendar.generation);
    if (!request) return std::unexpected(request.error());
    for (const std::string_view option :
         {"$select", "$expand", "$filter", "$orderby", "$search", "$top", "$count"}) {
        if (call.has(option))
            return graph_fail(400, "ErrorInvalidUrlQuery",
                              "The following parameters are not supported with change tracking "
                              "over the 'CalendarView' resource: '$orderby, $filter, $select, "
                              "$expand, $search'.");
    }
    if (auto ok = call.allow({"startDateTime", "endDateTime"}); !ok)
        return std::unexpected(ok.error());
    const auto window = read_window(call);
    if (!window) return std::unexpected(window.error());
    const GraphQuirks& quirks = call.memory.quirks;
    DeltaState next = request->state;
    ++next.page;
    json::array values;
    bool complete = call.empty_listing;
    if (!call.empty_listing && !(quirks.empty_delta_pages && next.page % 2 == 1)) {
        const std::size_t size = call.prefer.page_size.value_or(10);
        auto seen = read_changes(call, calendar.id, next.cursor, size);
        if (!seen) return std::unexpected(seen.error());
        const Shape all;
        for (const ItemChange& change : seen->found.changes) {
            const bool gone = change.item == nullptr;
            if (!gone && !is_of(Resource::Event, *change.item)) continue;
            json::array shown;
            if (!gone) shown = view_entities(call, *change.item, *window, all);
            const bool known = change.kind != ItemChange::Kind::Create;
            if (shown.empty() && (gone || known || quirks.removed_outside_window))
                shown.push_back(removed_entity(call, Resource::Event, change.item_id));
            for (json::value& one : shown) values.push_back(std::move(one));
        }
        next.cursor = seen->found.next;
        complete = seen->found.complete;
        if (seen->same_state) next = request->state;
    } else if (call.empty_listing) {
        next.cursor = SyncCursor{next.cursor.sequence, 0, false};
    }
    json::object reply{{"@odata.context", call.base_url + "/$metadata#Collection(event)"}};
    finish_delta(call, reply, std::move(next), complete);
    reply["value"] = std::move(values);
    return json_reply(std::move(reply));
}

Outcome<Reply> folders_delta(Call call, std::string_view type, std::string_view scope,
                             const Folder& root, std::string_view folder_class,
                             const std::function<json::object(const Folder&)>& render) {
    auto request = begin_delta(call, scope, root.generation);
    if (!request) return std::unexpected(request.error());
    if (auto ok = call.allow({"$select", "includeHiddenFolders"}); !ok)
        return std::unexpected(ok.error());
    auto shape = read_shape(call, type);
    if (!shape) return std::unexpected(shape.error());
    const std::uint64_t since = request->fresh ? 0 : request->state.cursor.sequence;
    auto changes = call.store.folder_changes(call.mailbox, root.id, since);
    if (!changes) return std::unexpected(from_store_error(changes.error()));
    json::array values;
    for (const FolderChange& change : *changes) {
        if (call.empty_listing) break;
        if (change.folder == nullptr) {
            if (request->fresh) continue;
            values.push_back(json::object{{"@odata.type", "#microsoft.graph." + std::string(type)},
                                          {"id", rest_id(change.folder_id)},
                                          {"@removed", json::object{{"reason", "deleted"}}}});
            continue;
        }
        if (!change.folder->folder_class.starts_with(folder_class)) continue;
        json::object entity{{"@odata.type", "#microsoft.graph." + std::string(type)}};
        for (auto& member : render(*change.folder)) {
            if (member.key() == "id" || shape->wants(member.key()))
                entity[member.key()] = std::move(member.value());
        }
        values.push_back(std::move(entity));
    }
    DeltaState next = request->state;
    ++next.page;
    next.cursor = SyncCursor{call.store.sequence(call.mailbox), 0, false};
    json::object reply{
        {"@odata.context", call.base_url + "/$metadata#Collection(" + std::string(type) + ")"}};
    finish_delta(call, reply, std::move(next), true);
    reply["value"] = std::move(values);
    return json_reply(std::move(reply));
}

}  // namespace liaison::sandbox::graph
