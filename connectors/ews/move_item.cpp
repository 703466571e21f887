#include "connectors/ews/move_item.hpp"

namespace liaison::ews {

namespace {

std::string encode_transfer(std::string_view operation, const ItemId& id, const FolderRef& to) {
    std::string out;
    XmlWriter xml(out);
    xml.open(operation).open("m:ToFolderId");
    write_folder_ref(xml, to);
    xml.close("m:ToFolderId");
    write_item_ids(xml, {id});
    xml.leaf("m:ReturnNewItemIds", "true").close(operation);
    return out;
}

}  // namespace

std::string encode_move_item(const ItemId& id, const FolderRef& to) {
    return encode_transfer("m:MoveItem", id, to);
}

std::string encode_copy_item(const ItemId& id, const FolderRef& to) {
    return encode_transfer("m:CopyItem", id, to);
}

Result<ItemId> decode_move_item(const SoapReply& reply) {
    auto messages = response_messages(reply, 1);
    if (!messages) return std::unexpected(std::move(messages.error()));
    const ResponseMessage& message = messages->front();
    if (!message.done()) return std::unexpected(message.error());
    return read_item_id(message.node.child("Items").first());
}

}  // namespace liaison::ews
