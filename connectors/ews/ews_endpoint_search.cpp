#include "connectors/ews/ews_endpoint.hpp"
#include "connectors/ews/find_item.hpp"
#include "core/limits.hpp"

namespace liaison::ews {

namespace {

constexpr std::size_t kFoldersPerSearch = 50;
constexpr std::size_t kFoldersMax = 20'000;  // of one mailbox; more is a server that never ends

std::string_view folder_class_of(EntityKind kind) {
    switch (kind) {
        case EntityKind::Task: return "IPF.Task";
        case EntityKind::Appointment: return "IPF.Appointment";
        case EntityKind::Contact: return "IPF.Contact";
    }
    return "IPF.Task";
}

/// The folders of a class (sub-classes included) that do not lie in Deleted Items.
std::vector<FolderRef> folders_in_use(const std::vector<FolderInfo>& all, const std::string& deleted,
                                      std::string_view folder_class) {
    std::set<std::string> gone{deleted};
    for (bool grown = true; grown;) {
        grown = false;
        for (const FolderInfo& folder : all)
            if (gone.contains(folder.parent_id) && gone.insert(folder.id).second) grown = true;
    }
    std::vector<FolderRef> out;
    for (const FolderInfo& folder : all) {
        const std::string_view name = folder.folder_class;
        const bool of_class = name == folder_class || name.starts_with(std::string(folder_class) + ".");
        if (of_class && !gone.contains(folder.id)) out.push_back(FolderRef::by_id(folder.id));
    }
    return out;
}

}  // namespace

Async<Result<std::vector<FolderRef>>> EwsEndpoint::folders_of_kind(Scope scope) {
    const auto deleted = co_await deleted_items(scope.mailbox);
    if (!deleted) co_return std::unexpected(deleted.error());
    FindFolderRequest request;
    request.parent = FolderRef::well_known("msgfolderroot", scope.mailbox);
    request.deep = true;
    std::vector<FolderInfo> all;
    bool is_last = false;
    while (!is_last) {
        EwsClient::Call call;
        call.operation = "FindFolder";
        call.body = encode_find_folder(request);
        call.mailbox = scope.mailbox;
        auto reply = co_await client_.send(std::move(call));
        if (!reply) co_return std::unexpected(std::move(reply.error()));
        auto page = decode_find_folder(reply->soap, request);
        if (!page) co_return std::unexpected(std::move(page.error()));
        for (FolderInfo& folder : page->folders) all.push_back(std::move(folder));
        if (all.size() > kFoldersMax) co_return fail(ErrorKind::TooLarge, "the mailbox has too many folders");
        request.offset = page->next_offset;
        is_last = page->is_last;
    }
    co_return folders_in_use(all, *deleted, folder_class_of(scope.kind));
}

Async<Result<std::optional<Observation>>> EwsEndpoint::find_by_token(CollectionId collection, CorrelationToken token) {
    const auto scope = parse_scope(collection);
    if (!scope) co_return std::unexpected(scope.error());
    const auto folders = co_await folders_of_kind(*scope);
    if (!folders) co_return std::unexpected(folders.error());
    std::vector<ItemId> ids;
    for (std::size_t i = 0; i < folders->size(); i += kFoldersPerSearch) {
        FindItemRequest request;
        const std::size_t end = std::min(folders->size(), i + kFoldersPerSearch);
        for (std::size_t k = i; k < end; ++k) request.folders.push_back((*folders)[k]);
        request.max = limits::find_page_items_max;
        request.equal_path = PropertyPath::named(context_.property_set, kTokenProperty);
        request.equal_value = token.str();
        EwsClient::Call call;
        call.operation = "FindItem";
        call.body = encode_find_item(request);
        call.mailbox = scope->mailbox;
        auto reply = co_await client_.send(std::move(call));
        if (!reply) co_return std::unexpected(std::move(reply.error()));
        auto found = decode_find_item(reply->soap, request);
        if (!found) co_return std::unexpected(std::move(found.error()));
        for (Result<FoundItems>& in_folder : *found) {
            if (!in_folder && in_folder.error().kind == ErrorKind::NotFound) continue;  // the folder went meanwhile
            if (!in_folder) co_return std::unexpected(std::move(in_folder.error()));
            for (ItemId& id : in_folder->items) ids.push_back(std::move(id));
        }
    }
    FetchRequest request;
    request.mailbox = scope->mailbox;
    request.shape = shape_of(scope->kind);
    request.shape.properties.push_back(PropertyPath::plain("item:DateTimeCreated"));
    request.ids = std::move(ids);
    auto fetched = co_await fetch_items(client_, std::move(request));
    std::optional<Observation> first;
    Timestamp first_created{};
    for (Result<FetchedItem>& item : fetched) {
        if (!item && item.error().kind == ErrorKind::NotFound) continue;
        if (!item) co_return std::unexpected(std::move(item.error()));
        // Restrictions compare text without case; tokens do not.
        if (read_token(item->node) != token) continue;
        auto seen = observe(*scope, *item);
        if (!seen) continue;
        const Timestamp created = item->node.child_time("DateTimeCreated").value_or(Timestamp::max());
        if (first && created >= first_created) continue;
        first = std::move(*seen);
        first_created = created;
    }
    co_return first;
}

}  // namespace liaison::ews
