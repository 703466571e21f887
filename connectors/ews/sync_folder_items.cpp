#include "connectors/ews/sync_folder_items.hpp"

#include <optional>

#include "core/text.hpp"

namespace liaison::ews {

namespace {

std::optional<ItemChange::Kind> change_kind_of(std::string_view name) {
    if (name == "Create") return ItemChange::Kind::Create;
    if (name == "Update") return ItemChange::Kind::Update;
    if (name == "Delete") return ItemChange::Kind::Delete;
    if (name == "ReadFlagChange") return ItemChange::Kind::ReadFlagChange;
    return std::nullopt;
}

}  // namespace

std::string encode_sync_folder_items(const SyncFolderItemsRequest& request) {
    std::string out;
    XmlWriter xml(out);
    xml.open("m:SyncFolderItems");
    write_item_shape(xml, ItemShape{});
    xml.open("m:SyncFolderId");
    write_folder_ref(xml, request.folder);
    xml.close("m:SyncFolderId");
    if (!request.sync_state.empty()) xml.leaf("m:SyncState", request.sync_state);
    xml.leaf("m:MaxChangesReturned", format_int(request.max_changes));
    xml.leaf("m:SyncScope", "NormalItems").close("m:SyncFolderItems");
    return out;
}

Result<SyncPage> decode_sync_folder_items(const SoapReply& reply, const SyncFolderItemsRequest& request) {
    auto messages = response_messages(reply, 1);
    if (!messages) return std::unexpected(std::move(messages.error()));
    const ResponseMessage& message = messages->front();
    if (!message.done()) return std::unexpected(message.error());
    SyncPage page;
    for (const XmlNode& node : message.node.child("Changes")) {
        const auto kind = change_kind_of(node.name());
        if (!kind) continue;  // an unknown kind of change says nothing that a later read would not
        const bool whole_item = *kind == ItemChange::Kind::Create || *kind == ItemChange::Kind::Update;
        ItemChange change{*kind, read_item_id(whole_item ? node.first() : node)};
        if (change.id.id.empty()) return fail(ErrorKind::CorruptReply, "SyncFolderItems: an item without an id");
        page.changes.push_back(std::move(change));
    }
    if (page.changes.size() > static_cast<std::size_t>(request.max_changes))
        return fail(ErrorKind::CorruptReply, "SyncFolderItems: more changes than asked for");
    page.sync_state = std::string(trim(message.node.child_text("SyncState")));
    if (page.sync_state.empty()) return fail(ErrorKind::CorruptReply, "SyncFolderItems: no SyncState");
    page.is_last = message.node.child_bool("IncludesLastItemInRange").value_or(true);
    if (!page.is_last && page.changes.empty() && page.sync_state == request.sync_state)
        return fail(ErrorKind::CorruptReply, "SyncFolderItems: a page that leads nowhere");
    return page;
}

}  // namespace liaison::ews
