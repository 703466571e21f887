#include <algorithm>

#include "connectors/ews/ews_mail_source.hpp"
#include "connectors/ews/find_item.hpp"
#include "connectors/ews/move_item.hpp"
#include "core/http_message.hpp"
#include "core/limits.hpp"
#include "core/text.hpp"

namespace liaison::ews {

namespace {
/// Our own word: the transfer was done, and its answer names no id.
constexpr std::string_view kNoNewId = "NoNewItemId";
constexpr std::size_t kFoldersPerSearch = 50;
}  // namespace

Async<Result<ItemKey>> EwsMailSource::transfer(std::string operation, std::string body) {
    EwsClient::Call call;
    call.operation = std::move(operation);
    call.body = std::move(body);
    call.writes = true;
    auto reply = co_await client_.send(std::move(call));
    if (!reply) co_return std::unexpected(std::move(reply.error()));
    auto id = decode_move_item(reply->soap);
    if (!id) co_return std::unexpected(after_write(std::move(id.error())));
    if (id->id.empty())
        co_return fail(ErrorKind::Unanswered, "done; the answer names no new id", std::string(kNoNewId));
    co_return ItemKey(id->id);
}

Async<Result<ItemKey>> EwsMailSource::move_message(ItemKey key, FolderId to) {
    std::string body = encode_move_item(ItemId{key.str(), {}}, FolderRef::by_id(to.str()));
    if (!public_ids_.contains(to.str())) co_return co_await transfer("MoveItem", std::move(body));
    // Into a public folder the server need not tell the new id (exchange-protocols.md 1.9).
    auto message_id = co_await message_id_of(std::move(key));
    if (!message_id) co_return std::unexpected(std::move(message_id.error()));
    auto moved = co_await transfer("MoveItem", std::move(body));
    if (moved || moved.error().native_code != kNoNewId) co_return moved;
    if (message_id->empty()) co_return ItemKey();
    co_return co_await find_message(std::move(to), std::move(*message_id));
}

/// The Internet message id of a message; empty: it has none.
Async<Result<std::string>> EwsMailSource::message_id_of(ItemKey key) {
    ItemShape shape;
    shape.properties.push_back(PropertyPath::plain("message:InternetMessageId"));
    std::vector<ItemId> ids{ItemId{key.str(), {}}};
    FetchRequest read = fetch_request(std::move(shape), std::move(ids));
    auto fetched = co_await fetch_items(client_, std::move(read));
    if (!fetched.front()) co_return std::unexpected(std::move(fetched.front().error()));
    const std::string text = fetched.front()->node.child_text("InternetMessageId");
    co_return std::string(trim(text));
}

Async<Result<std::vector<Result<FoundItems>>>> EwsMailSource::find_items(
    FindItemRequest request) {
    EwsClient::Call call;
    call.operation = "FindItem";
    call.body = encode_find_item(request);
    auto reply = co_await client_.send(std::move(call));
    if (!reply) co_return std::unexpected(std::move(reply.error()));
    co_return decode_find_item(reply->soap, request);
}

Async<Result<std::vector<MessageChange>>> EwsMailSource::recent_messages(FolderId folder,
                                                                         std::size_t max) {
    FindItemRequest request;
    request.folders.push_back(FolderRef::by_id(folder.str()));
    request.max = static_cast<std::int64_t>(std::min(max, limits::find_page_items_max));
    request.sort_by = PropertyPath::plain("item:DateTimeReceived");
    request.descending = true;
    auto found = co_await find_items(std::move(request));
    if (!found) co_return std::unexpected(std::move(found.error()));
    if (!found->front()) co_return std::unexpected(std::move(found->front().error()));
    std::vector<MessageChange> newest;
    for (const ItemId& item : found->front()->items)
        newest.push_back(MessageChange{ItemKey(item.id), Version(item.change_key), false});
    co_return newest;
}

Async<Result<std::vector<FolderRef>>> EwsMailSource::folders_below(std::string root) {
    std::vector<FolderRef> out;
    const auto below =
        co_await find_folders(FolderRef::well_known(root, client_.settings().mailbox), true);
    if (!below && below.error().kind == ErrorKind::NotFound) co_return out;
    if (!below) co_return std::unexpected(below.error());
    for (const FolderInfo& folder : *below)
        if (holds_mail(folder)) out.push_back(FolderRef::by_id(folder.id));
    co_return out;
}

// FindItem searches one folder at a time (a deep traversal is for search folders only), but takes
// many folders in one request.
// https://learn.microsoft.com/exchange/client-developer/web-service-reference/finditem
Async<Result<std::vector<ItemKey>>> EwsMailSource::find_messages(std::string internet_message_id) {
    std::vector<ItemKey> keys;
    for (const std::string root : {"msgfolderroot", "archivemsgfolderroot"}) {
        auto folders = co_await folders_below(root);
        // An archive that is not there, or not to be read, hides nothing that could be found.
        if (!folders && root != "msgfolderroot" && folders.error().kind != ErrorKind::Transient &&
            folders.error().kind != ErrorKind::Throttled)
            continue;
        if (!folders) co_return std::unexpected(std::move(folders.error()));
        for (std::size_t from = 0; from < folders->size(); from += kFoldersPerSearch) {
            FindItemRequest request;
            const std::size_t end = std::min(folders->size(), from + kFoldersPerSearch);
            request.folders.assign(folders->begin() + static_cast<std::ptrdiff_t>(from),
                                   folders->begin() + static_cast<std::ptrdiff_t>(end));
            request.max = static_cast<std::int64_t>(limits::found_messages_max);
            request.equal_path = PropertyPath::plain("message:InternetMessageId");
            request.equal_value = internet_message_id;
            auto found = co_await find_items(std::move(request));
            if (!found) co_return std::unexpected(std::move(found.error()));
            for (const Result<FoundItems>& folder : *found)
                if (folder)
                    for (const ItemId& item : folder->items)
                        if (keys.size() < limits::found_messages_max)
                            keys.emplace_back(item.id);
        }
    }
    co_return keys;
}

Async<Result<ItemKey>> EwsMailSource::find_message(FolderId folder,
                                                   std::string internet_message_id) {
    FindItemRequest request;
    request.folders.push_back(FolderRef::by_id(folder.str()));
    request.max = 1;
    request.equal_path = PropertyPath::plain("message:InternetMessageId");
    request.equal_value = std::move(internet_message_id);
    auto found = co_await find_items(std::move(request));
    if (!found) co_return std::unexpected(std::move(found.error()));
    if (!found->front()) co_return std::unexpected(std::move(found->front().error()));
    const std::vector<ItemId>& items = found->front()->items;
    co_return items.empty() ? ItemKey() : ItemKey(items.front().id);
}

Async<Result<ItemKey>> EwsMailSource::copy_message(ItemKey key, FolderId to) {
    ItemKey original = key;
    auto message_id = co_await message_id_of(std::move(original));
    if (!message_id) co_return std::unexpected(std::move(message_id.error()));
    if (!message_id->empty()) {
        FolderId folder = to;
        std::string wanted = *message_id;
        auto there = co_await find_message(std::move(folder), std::move(wanted));
        if (!there || !there->empty()) co_return there;
    }
    std::string body = encode_copy_item(ItemId{key.str(), {}}, FolderRef::by_id(to.str()));
    auto copied = co_await transfer("CopyItem", std::move(body));
    if (copied || copied.error().native_code != kNoNewId || message_id->empty()) co_return copied;
    co_return co_await find_message(std::move(to), std::move(*message_id));
}

}  // namespace liaison::ews
