#include "connectors/ews/update_item.hpp"

namespace liaison::ews {

namespace {

std::string_view resolution_name(ConflictResolution resolution) {
    switch (resolution) {
        case ConflictResolution::NeverOverwrite: return "NeverOverwrite";
        case ConflictResolution::AutoResolve: return "AutoResolve";
        case ConflictResolution::AlwaysOverwrite: return "AlwaysOverwrite";
    }
    return "NeverOverwrite";
}

void write_update(XmlWriter& xml, const std::string& element, const PropertyWrite& write) {
    const std::string_view action = write.xml.empty() ? "t:DeleteItemField" : "t:SetItemField";
    xml.open(action);
    write_path(xml, write.path);
    if (!write.xml.empty()) {
        xml.open("t:" + element);
        write_property(xml, write);
        xml.close("t:" + element);
    }
    xml.close(action);
}

}  // namespace

std::string encode_update_item(const UpdateItemRequest& request) {
    std::string out;
    XmlWriter xml(out);
    xml.open("m:UpdateItem").attribute("ConflictResolution", resolution_name(request.resolution));
    xml.attribute("MessageDisposition", "SaveOnly");
    if (request.element == "CalendarItem") xml.attribute("SendMeetingInvitationsOrCancellations", "SendToNone");
    xml.attribute("SuppressReadReceipts", "true").open("m:ItemChanges");
    for (const ItemChangeRequest& change : request.changes) {
        xml.open("t:ItemChange");
        write_item_id(xml, change.id);
        xml.open("t:Updates");
        for (const PropertyWrite& write : change.writes) write_update(xml, request.element, write);
        xml.close("t:Updates").close("t:ItemChange");
    }
    xml.close("m:ItemChanges").close("m:UpdateItem");
    return out;
}

Result<std::vector<Result<ItemId>>> decode_update_item(const SoapReply& reply, std::size_t expected) {
    auto messages = response_messages(reply, expected);
    if (!messages) return std::unexpected(std::move(messages.error()));
    std::vector<Result<ItemId>> ids;
    for (const ResponseMessage& message : *messages) {
        if (!message.done()) {
            ids.push_back(std::unexpected(message.error()));
            continue;
        }
        ItemId id = read_item_id(message.node.child("Items").first());
        if (id.id.empty()) return fail(ErrorKind::CorruptReply, "UpdateItem: an updated item without an id");
        ids.push_back(std::move(id));
    }
    return ids;
}

}  // namespace liaison::ews
