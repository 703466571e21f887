#pragma once
#include <string>
#include <vector>

#include "connectors/ews/soap.hpp"
#include "connectors/ews/types.hpp"

namespace liaison::ews {

enum class ConflictResolution : std::uint8_t {
    NeverOverwrite,   ///< fails if the item is newer than the ChangeKey
    AutoResolve,      ///< merges property by property
    AlwaysOverwrite,
};

struct ItemChangeRequest {
    ItemId id;
    std::vector<PropertyWrite> writes;  ///< one property each, applied in this order
};
struct UpdateItemRequest {
    std::string element;  ///< Task, CalendarItem, Contact, Message
    ConflictResolution resolution = ConflictResolution::NeverOverwrite;
    std::vector<ItemChangeRequest> changes;
};

/// Never sends mail (SendToNone) and never a read receipt (SuppressReadReceipts).
/// https://learn.microsoft.com/exchange/client-developer/web-service-reference/updateitem-operation
std::string encode_update_item(const UpdateItemRequest& request);
/// The item's id with its new ChangeKey (a recurring task that was completed answers another id), or an error per item.
Result<std::vector<Result<ItemId>>> decode_update_item(const SoapReply& reply, std::size_t expected);

}  // namespace liaison::ews
