#include "connectors/graph/graph_endpoint.hpp"

#include "connectors/graph/todo_task.hpp"
#include "core/http_message.hpp"
#include "core/limits.hpp"
#include "core/text.hpp"

namespace liaison::graph {

namespace {

constexpr std::size_t kIdBytesMax = 2'048;

EndpointCapabilities make_graph_capabilities(EntityKind kind, const MappingContext& context) {
    EndpointCapabilities out;
    out.feed = FeedKind::Delta;
    out.token_place =
        kind == EntityKind::Task ? TokenPlace::LinkedResource : TokenPlace::ExtendedProperty;
    out.idempotent_create = kind == EntityKind::Appointment;  // transactionId
    out.batch_size_max = GraphClient::kBatchMax;
    out.carried = carried_fields(kind);
    out.writable = writable_fields(kind, context);
    out.write_groups = write_groups(kind);
    out.project = [context](const Record& record) { return project_record(record, context); };
    return out;
}

/// The id of the entity itself in a key.
std::string item_id(EntityKind kind, const ItemKey& key) {
    const auto parts = kind == EntityKind::Task ? TaskKey::parse(key) : std::nullopt;
    return parts ? parts->task : key.str();
}

bool is_plain_id(std::string_view id) {
    return !id.empty() && id.size() <= kIdBytesMax &&
           std::all_of(id.begin(), id.end(), [](char c) { return c > 0x20 && c < 0x7F && c != '|'; });
}

}  // namespace

std::optional<TaskKey> TaskKey::parse(const ItemKey& key) {
    const std::string& text = key.str();
    const std::size_t bar = text.find('|');
    if (bar == std::string::npos) return std::nullopt;
    TaskKey out{text.substr(0, bar), text.substr(bar + 1)};
    if (!is_plain_id(out.list) || !is_plain_id(out.task)) return std::nullopt;
    return out;
}

std::string version_of(const JsonObject& entity) {
    if (const std::string_view tag = text_in(entity, "@odata.etag"); !tag.empty())
        return std::string(tag);
    if (const std::string_view key = text_in(entity, "changeKey"); !key.empty())
        return "W/\"" + std::string(key) + "\"";
    return std::string(text_in(entity, "lastModifiedDateTime"));
}

GraphEndpoint::GraphEndpoint(HttpClient& http, const Clock& clock, GraphSettings settings)
    : client_(http, clock, settings),
      context_{settings.property_set_guid, settings.time_zone, settings.send_meeting_mail} {
    for (const EntityKind kind : kEntityKinds)
        capabilities_[static_cast<std::size_t>(kind)] = make_graph_capabilities(kind, context_);
}

const EndpointCapabilities& GraphEndpoint::capabilities(EntityKind kind) const {
    return capabilities_[static_cast<std::size_t>(kind)];
}

CollectionId GraphEndpoint::collection(EntityKind kind, MailboxId mailbox) const {
    return CollectionId(std::string(to_string(kind)) + ":" + mailbox.str());
}

Result<EntityKind> GraphEndpoint::parse_scope(const CollectionId& collection) const {
    const std::string_view text = collection.str();
    const std::size_t colon = text.find(':');
    const auto kind = parse_entity_kind(text.substr(0, colon));
    if (!kind || colon == std::string_view::npos)
        return fail(ErrorKind::InvalidRequest, "no collection of an Exchange mailbox");
    if (!iequals(text.substr(colon + 1), client_.settings().mailbox))
        return fail(ErrorKind::InvalidRequest, "the collection of another mailbox");
    return *kind;
}

std::optional<std::string> GraphEndpoint::item_path(EntityKind kind, const ItemKey& key) {
    if (kind == EntityKind::Task) {
        const auto parts = TaskKey::parse(key);
        if (!parts) return std::nullopt;
        return "/todo/lists/" + segment(parts->list) + "/tasks/" + segment(parts->task);
    }
    if (!is_plain_id(key.str())) return std::nullopt;
    return (kind == EntityKind::Contact ? "/contacts/" : "/events/") + segment(key.str());
}

GraphCall GraphEndpoint::read_call(EntityKind kind, const std::string& path) const {
    GraphCall call;
    call.path = path + read_options(kind, context_);
    call.prefer = {std::string(kTextBodies), std::string(kTimesInUtc)};
    return call;
}

Async<GraphEndpoint::Entities> GraphEndpoint::fetch(EntityKind kind, std::vector<ItemKey> keys) {
    Entities out(keys.size(), fail(ErrorKind::InvalidRequest, "no key of this kind", "key"));
    std::vector<GraphCall> calls;
    std::vector<std::size_t> asked;
    for (std::size_t i = 0; i < keys.size(); ++i) {
        const auto path = item_path(kind, keys[i]);
        if (!path) continue;
        calls.push_back(read_call(kind, *path));
        asked.push_back(i);
    }
    if (calls.empty()) co_return out;
    auto replies = co_await client_.send_all(std::move(calls));
    for (std::size_t k = 0; k < asked.size(); ++k) {
        Result<JsonObject>& result = out[asked[k]];
        if (!replies[k])
            result = std::unexpected(std::move(replies[k].error()));
        else if (JsonObject* entity = replies[k]->body.if_object();
                 entity && text_in(*entity, "id") == item_id(kind, keys[asked[k]]))
            result = std::move(*entity);
        else
            result = fail(ErrorKind::CorruptReply, "a read that brought no entity, or another one");
    }
    co_return out;
}

Result<Observation> GraphEndpoint::observe(EntityKind kind, const JsonObject& entity,
                                           std::string_view list) const {
    const std::string_view id = text_in(entity, "id");
    if (!is_plain_id(id)) return fail(ErrorKind::CorruptReply, "an entity without an id");
    std::string fault;
    const EntityReader reader(entity, fault);
    Observation seen;
    seen.key = kind == EntityKind::Task ? TaskKey{std::string(list), std::string(id)}.key()
                                        : ItemKey(std::string(id));
    seen.version = Version(version_of(entity));
    seen.modified_at = reader.time("lastModifiedDateTime").value_or(Timestamp{});
    seen.token = kind == EntityKind::Task
                     ? read_token_link(reader).token
                     : CorrelationToken::parse(
                           read_extended(reader, named_property(context_, kTokenProperty)));
    if (seen.version.empty()) return fail(ErrorKind::CorruptReply, "an entity without a version");
    ItemContent content = read_entity(kind, entity, context_);
    if (auto* record = std::get_if<Record>(&content))
        seen.content = std::move(*record);
    else
        seen.content = std::get<Unreadable>(std::move(content));
    return seen;
}

Result<Observation> GraphEndpoint::observe_at(EntityKind kind, const Result<JsonObject>& entity,
                                              const ItemKey& key) const {
    if (!entity) return std::unexpected(entity.error());
    const auto parts = kind == EntityKind::Task ? TaskKey::parse(key) : std::nullopt;
    return observe(kind, *entity, parts ? std::string_view(parts->list) : std::string_view());
}

Async<Result<std::string>> GraphEndpoint::default_list() {
    if (!default_list_.empty()) co_return default_list_;
    auto lists = co_await client_.read_all("/todo/lists");
    if (!lists) co_return std::unexpected(std::move(lists.error()));
    for (const JsonValue& list : *lists) {
        const JsonObject& about = object_in(list);
        const std::string_view id = text_in(about, "id");
        if (text_in(about, "wellknownListName") != "defaultList" || !is_plain_id(id)) continue;
        default_list_ = std::string(id);
        co_return default_list_;
    }
    co_return fail(ErrorKind::Transient, "the mailbox has no default task list yet", "todo");
}

Async<Result<std::string>> GraphEndpoint::contacts_folder() {
    if (!contacts_folder_.empty()) co_return contacts_folder_;
    // The default folder is not among /contactFolders; a contact in it names it ("Known issues with
    // Microsoft Graph": Accessing the default contacts folder).
    GraphCall any;
    any.path = "/contacts?$top=1&$select=parentFolderId";
    auto contacts = co_await client_.send(std::move(any));
    if (!contacts) co_return std::unexpected(std::move(contacts.error()));
    for (const JsonValue& contact : values_of(contacts->body)) {
        const std::string_view id = text_in(object_in(contact), "parentFolderId");
        if (is_plain_id(id)) contacts_folder_ = std::string(id);
    }
    // An empty one has its well-known name only.
    co_return contacts_folder_.empty() ? std::string("contacts") : contacts_folder_;
}

Async<Result<std::string>> GraphEndpoint::collection_path(EntityKind kind) {
    if (kind == EntityKind::Appointment) co_return "/calendar/events";
    if (kind == EntityKind::Contact) co_return "/contacts";
    auto list = co_await default_list();
    if (!list) co_return std::unexpected(std::move(list.error()));
    co_return "/todo/lists/" + segment(*list) + "/tasks";
}

Async<Result<SyncEndpoint::ProbeReport>> GraphEndpoint::probe(CollectionId collection) {
    const auto kind = parse_scope(collection);
    if (!kind) co_return std::unexpected(kind.error());
    GraphCall call;
    call.path = *kind == EntityKind::Task      ? "/todo/lists"
                : *kind == EntityKind::Contact ? "/contacts?$top=1&$select=parentFolderId"
                                               : "/calendar?$select=canEdit";
    auto reply = co_await client_.send(std::move(call));
    if (!reply) co_return std::unexpected(std::move(reply.error()));
    ProbeReport report;
    report.server = "Microsoft Graph at " + client_.settings().base_url;
    const Timestamp now = client_.clock().now();
    report.server_time = reply->server_time.value_or(now);
    if (std::chrono::abs(report.server_time - now) > std::chrono::minutes(2))
        report.warnings.emplace_back(
            "the clocks of Graph and of this machine differ by more than two minutes");
    const JsonValue* can_edit = object_in(reply->body).if_contains("canEdit");
    if (can_edit && can_edit->is_bool() && !can_edit->get_bool())
        report.warnings.emplace_back("no right to change the calendar");
    co_return report;
}

Async<Result<SyncEndpoint::KeyPage>> GraphEndpoint::list_keys(CollectionId collection, Cursor page) {
    const auto kind = parse_scope(collection);
    if (!kind) co_return std::unexpected(kind.error());
    auto path = co_await collection_path(*kind);
    if (!path) co_return std::unexpected(std::move(path.error()));
    GraphCall call;
    call.link = page.str();
    call.path = *path + (*kind == EntityKind::Task ? "?$top=100" : "?$top=100&$select=changeKey");
    if (!call.link.empty() && !client_.may_follow(call.link))
        co_return fail(ErrorKind::InvalidRequest, "no page of a key listing");
    auto reply = co_await client_.send(std::move(call));
    if (!reply) co_return std::unexpected(std::move(reply.error()));
    if (!object_in(reply->body).contains("value"))
        co_return fail(ErrorKind::CorruptReply, "a page without a value");
    KeyPage out;
    for (const JsonValue& entry : values_of(reply->body)) {
        const JsonObject& entity = object_in(entry);
        const std::string id(text_in(entity, "id"));
        if (!is_plain_id(id)) co_return fail(ErrorKind::CorruptReply, "an entity without an id");
        const ItemKey key = *kind == EntityKind::Task ? TaskKey{default_list_, id}.key() : ItemKey(id);
        out.items.emplace_back(key, Version(version_of(entity)));
    }
    const std::string next(text_in(object_in(reply->body), "@odata.nextLink"));
    out.is_last = next.empty();
    if (!out.is_last && (next == page.str() || !client_.may_follow(next)))
        co_return fail(ErrorKind::CorruptReply, "a link to another server, or to its own page");
    out.next = Cursor(next);
    co_return out;
}

Async<Result<std::vector<std::string>>> GraphEndpoint::other_calendars() {
    auto calendars = co_await client_.read_all("/calendars?$select=isDefaultCalendar,owner");
    if (!calendars) co_return std::unexpected(std::move(calendars.error()));
    std::vector<std::string> out;
    for (const JsonValue& value : *calendars) {
        std::string fault;
        const EntityReader calendar(object_in(value), fault);
        const std::string owner = calendar.object("owner").text("address");
        const bool is_own = owner.empty() || iequals(owner, client_.settings().mailbox);
        const std::string id = calendar.text("id");
        if (is_own && !calendar.flag("isDefaultCalendar") && is_plain_id(id))
            out.push_back("/calendars/" + segment(id));
    }
    co_return out;
}

std::unique_ptr<SyncEndpoint> make_graph_endpoint(HttpClient& http, const Clock& clock,
                                                  GraphSettings settings) {
    return std::make_unique<GraphEndpoint>(http, clock, std::move(settings));
}

}  // namespace liaison::graph
