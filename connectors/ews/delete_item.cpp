#include "connectors/ews/delete_item.hpp"

namespace liaison::ews {

std::string encode_delete_item(const std::vector<ItemId>& ids) {
    std::string out;
    XmlWriter xml(out);
    xml.open("m:DeleteItem").attribute("DeleteType", "MoveToDeletedItems");
    xml.attribute("SendMeetingCancellations", "SendToNone").attribute("AffectedTaskOccurrences", "AllOccurrences");
    xml.attribute("SuppressReadReceipts", "true");
    write_item_ids(xml, ids);
    xml.close("m:DeleteItem");
    return out;
}

Result<std::vector<Result<void>>> decode_delete_item(const SoapReply& reply, std::size_t expected) {
    auto messages = response_messages(reply, expected);
    if (!messages) return std::unexpected(std::move(messages.error()));
    std::vector<Result<void>> results;
    for (const ResponseMessage& message : *messages)
        results.push_back(message.done() ? Result<void>() : Result<void>(std::unexpected(message.error())));
    return results;
}

}  // namespace liaison::ews
