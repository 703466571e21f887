#include "connectors/ews/move_item.hpp"

namespace liaison::ews {

std::string encode_move_item(const ItemId& id, const FolderRef& to) {
    std::string out;
    XmlWriter xml(out);
    xml.open("m:MoveItem").open("m:ToFolderId");
    write_folder_ref(xml, to);
    xml.close("m:ToFolderId");
    write_item_ids(xml, {id});
    xml.leaf("m:ReturnNewItemIds", "true").close("m:MoveItem");
    return out;
}

Result<ItemId> decode_move_item(const SoapReply& reply) {
    auto messages = response_messages(reply, 1);
    if (!messages) return std::unexpected(std::move(messages.error()));
    const ResponseMessage& message = messages->front();
    if (!message.done()) return std::unexpected(message.error());
    ItemId id = read_item_id(message.node.child("Items").first());
    if (id.id.empty()) return fail(ErrorKind::CorruptReply, "MoveItem: no new id");
    return id;
}

}  // namespace liaison::ews
