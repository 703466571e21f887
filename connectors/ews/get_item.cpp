#include "connectors/ews/get_item.hpp"

namespace liaison::ews {

std::string encode_get_item(const ItemShape& shape, const std::vector<ItemId>& ids) {
    std::string out;
    XmlWriter xml(out);
    xml.open("m:GetItem");
    write_item_shape(xml, shape);
    write_item_ids(xml, ids);
    xml.close("m:GetItem");
    return out;
}

Result<std::vector<Result<XmlNode>>> decode_get_item(const SoapReply& reply, const std::vector<ItemId>& ids) {
    auto messages = response_messages(reply, ids.size());
    if (!messages) return std::unexpected(std::move(messages.error()));
    std::vector<Result<XmlNode>> items;
    for (std::size_t i = 0; i < ids.size(); ++i) {
        const ResponseMessage& message = (*messages)[i];
        if (!message.done()) {
            items.push_back(std::unexpected(message.error()));
            continue;
        }
        const XmlNode item = message.node.child("Items").first();
        if (!item || read_item_id(item).id != ids[i].id)
            return fail(ErrorKind::CorruptReply, "GetItem: an answer for another item");
        items.push_back(item);
    }
    return items;
}

}  // namespace liaison::ews
