#include "connectors/ews/ews_endpoint.hpp"

#include <charconv>

#include "connectors/ews/calendar_item.hpp"
#include "connectors/ews/contact_item.hpp"
#include "connectors/ews/find_item.hpp"
#include "connectors/ews/get_folder.hpp"
#include "connectors/ews/task_item.hpp"
#include "core/limits.hpp"
#include "core/text.hpp"

namespace liaison::ews {

namespace {

std::string_view default_folder_name(EntityKind kind) {
    switch (kind) {
        case EntityKind::Task:
            return "tasks";
        case EntityKind::Appointment:
            return "calendar";
        case EntityKind::Contact:
            return "contacts";
    }
    return "tasks";
}

EndpointCapabilities make_capabilities(EntityKind kind, const MappingContext& context) {
    EndpointCapabilities out;
    out.feed = FeedKind::Delta;
    out.token_place = TokenPlace::ExtendedProperty;
    out.batch_size_max = limits::write_batch;
    const FieldMask categories{Field::Categories, Field::StateCategory};
    switch (kind) {
        case EntityKind::Task:
            out.carried = task_carried();
            out.writable = task_writable();
            out.write_groups = {categories, FieldMask{Field::Status, Field::PercentComplete}};
            break;
        case EntityKind::Appointment:
            out.carried = calendar_carried();
            out.writable = calendar_writable();
            out.write_groups = {categories, FieldMask{Field::Start, Field::End, Field::AllDay}};
            break;
        case EntityKind::Contact:
            out.carried = out.writable = contact_writable();
            out.write_groups = {contact_name_block()};
            break;
    }
    out.project = [context](const Record& record) { return project_item(record, context); };
    return out;
}

}  // namespace

EwsEndpoint::EwsEndpoint(HttpClient& http, const Clock& clock, EwsSettings settings)
    : client_(http, settings, &clock),
      clock_(clock),
      context_{settings.property_set_guid, settings.time_zone} {
    for (const EntityKind kind : kEntityKinds)
        capabilities_[static_cast<std::size_t>(kind)] = make_capabilities(kind, context_);
}

const EndpointCapabilities& EwsEndpoint::capabilities(EntityKind kind) const {
    return capabilities_[static_cast<std::size_t>(kind)];
}

CollectionId EwsEndpoint::collection(EntityKind kind, MailboxId mailbox) const {
    return CollectionId(std::string(to_string(kind)) + ":" + mailbox.str());
}

Result<EwsEndpoint::Scope> EwsEndpoint::parse_scope(const CollectionId& collection) {
    const std::string_view text = collection.str();
    const std::size_t colon = text.find(':');
    const auto kind = parse_entity_kind(text.substr(0, colon));
    if (!kind || colon == std::string_view::npos || colon + 1 == text.size())
        return fail(ErrorKind::InvalidRequest, "no collection of an Exchange mailbox");
    Scope scope;
    scope.kind = *kind;
    scope.mailbox = std::string(text.substr(colon + 1));
    scope.folder = FolderRef::well_known(std::string(default_folder_name(*kind)), scope.mailbox);
    return scope;
}

ItemShape EwsEndpoint::shape_of(EntityKind kind) const {
    ItemShape shape;
    shape.properties = item_properties(kind, context_);
    return shape;
}

Async<std::vector<Result<FetchedItem>>> EwsEndpoint::fetch(Scope scope, std::vector<ItemId> ids) {
    FetchRequest request;
    request.mailbox = scope.mailbox;
    request.shape = shape_of(scope.kind);
    request.ids = std::move(ids);
    request.batch_max = limits::get_item_batch;
    co_return co_await fetch_items(client_, std::move(request));
}

Result<Observation> EwsEndpoint::observe(const Scope& scope, const FetchedItem& item) const {
    const std::string_view parent = item.node.child("ParentFolderId").attribute("Id");
    const auto deleted = deleted_items_.find(scope.mailbox);
    if (!parent.empty() && deleted != deleted_items_.end() && deleted->second == parent)
        return fail(ErrorKind::NotFound, "the item lies in Deleted Items");
    const ItemId id = read_item_id(item.node);
    Observation seen;
    seen.key = ItemKey(id.id);
    seen.version = Version(id.change_key);
    seen.modified_at = item.node.child_time("LastModifiedTime").value_or(Timestamp{});
    seen.token = read_token(item.node);
    ItemContent content = read_item(scope.kind, item.node, context_);
    if (auto* record = std::get_if<Record>(&content))
        seen.content = std::move(*record);
    else
        seen.content = std::get<Unreadable>(std::move(content));
    return seen;
}

Async<Result<std::string>> EwsEndpoint::deleted_items(std::string mailbox) {
    const auto known = deleted_items_.find(mailbox);
    if (known != deleted_items_.end()) co_return known->second;
    EwsClient::Call call;
    call.operation = "GetFolder";
    call.body = encode_get_folder({FolderRef::well_known("deleteditems", mailbox)});
    call.mailbox = mailbox;
    auto reply = co_await client_.send(std::move(call));
    if (!reply) co_return std::unexpected(std::move(reply.error()));
    auto folders = decode_get_folder(reply->soap, 1);
    if (!folders) co_return std::unexpected(std::move(folders.error()));
    Result<FolderInfo>& folder = folders->front();
    if (!folder) co_return std::unexpected(std::move(folder.error()));
    deleted_items_.insert_or_assign(mailbox, folder->id);
    co_return folder->id;
}

Async<Result<SyncEndpoint::ProbeReport>> EwsEndpoint::probe(CollectionId collection) {
    const auto scope = parse_scope(collection);
    if (!scope) co_return std::unexpected(scope.error());
    EwsClient::Call call;
    call.operation = "GetFolder";
    call.body = encode_get_folder({scope->folder});
    call.mailbox = scope->mailbox;
    auto reply = co_await client_.send(std::move(call));
    if (!reply) co_return std::unexpected(std::move(reply.error()));
    auto folders = decode_get_folder(reply->soap, 1);
    if (!folders) co_return std::unexpected(std::move(folders.error()));
    Result<FolderInfo>& folder = folders->front();
    if (!folder) co_return std::unexpected(std::move(folder.error()));
    ProbeReport report;
    report.server = "Exchange " + (reply->soap.server.empty() ? std::string("(version not told)")
                                                              : reply->soap.server);
    const Timestamp now = clock_.now();
    report.server_time = reply->server_time.value_or(now);
    if (std::chrono::abs(report.server_time - now) > std::chrono::minutes(2))
        report.warnings.emplace_back(
            "the clocks of Exchange and of this machine differ by more than two minutes");
    if (!folder->may_read) report.warnings.emplace_back("no right to read items");
    if (!folder->may_create) report.warnings.emplace_back("no right to create items");
    if (!folder->may_modify) report.warnings.emplace_back("no right to change items");
    if (!folder->may_delete) report.warnings.emplace_back("no right to delete items");
    co_return report;
}

Async<Result<SyncEndpoint::KeyPage>> EwsEndpoint::list_keys(CollectionId collection, Cursor page) {
    const auto scope = parse_scope(collection);
    if (!scope) co_return std::unexpected(scope.error());
    FindItemRequest request;
    request.folders = {scope->folder};
    const std::string& from = page.str();
    const auto parsed = std::from_chars(from.data(), from.data() + from.size(), request.offset);
    if (!from.empty() && (parsed.ec != std::errc{} || request.offset < 0))
        co_return fail(ErrorKind::InvalidRequest, "no page of a key listing");
    EwsClient::Call call;
    call.operation = "FindItem";
    call.body = encode_find_item(request);
    call.mailbox = scope->mailbox;
    auto reply = co_await client_.send(std::move(call));
    if (!reply) co_return std::unexpected(std::move(reply.error()));
    auto found = decode_find_item(reply->soap, request);
    if (!found) co_return std::unexpected(std::move(found.error()));
    Result<FoundItems>& items = found->front();
    if (!items) co_return std::unexpected(std::move(items.error()));
    KeyPage out;
    for (const ItemId& id : items->items)
        out.items.emplace_back(ItemKey(id.id), Version(id.change_key));
    out.is_last = items->is_last;
    if (!out.is_last) out.next = Cursor(format_int(items->next_offset));
    co_return out;
}

std::unique_ptr<SyncEndpoint> make_ews_endpoint(HttpClient& http, const Clock& clock,
                                                EwsSettings settings) {
    return std::make_unique<EwsEndpoint>(http, clock, std::move(settings));
}

}  // namespace liaison::ews
