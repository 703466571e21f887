#include "connectors/ews/create_item.hpp"

#include "connectors/ews/element_order.hpp"

namespace liaison::ews {

std::string encode_create_item(EntityKind kind, const FolderRef& folder,
                               const std::vector<std::vector<PropertyWrite>>& items) {
    std::string out;
    XmlWriter xml(out);
    xml.open("m:CreateItem").attribute("MessageDisposition", "SaveOnly");
    if (kind == EntityKind::Appointment) xml.attribute("SendMeetingInvitations", "SendToNone");
    xml.open("m:SavedItemFolderId");
    write_folder_ref(xml, folder);
    xml.close("m:SavedItemFolderId").open("m:Items");
    for (const std::vector<PropertyWrite>& item : items) write_new_item(xml, kind, item);
    xml.close("m:Items").close("m:CreateItem");
    return out;
}

Result<std::vector<Result<ItemId>>> decode_create_item(const SoapReply& reply, std::size_t expected) {
    auto messages = response_messages(reply, expected);
    if (!messages) return std::unexpected(std::move(messages.error()));
    std::vector<Result<ItemId>> ids;
    for (const ResponseMessage& message : *messages) {
        if (!message.done()) {
            ids.push_back(std::unexpected(message.error()));
            continue;
        }
        ItemId id = read_item_id(message.node.child("Items").first());
        if (id.id.empty()) return fail(ErrorKind::CorruptReply, "CreateItem: a new item without an id");
        ids.push_back(std::move(id));
    }
    return ids;
}

}  // namespace liaison::ews
