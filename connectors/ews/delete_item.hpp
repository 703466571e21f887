#pragma once
#include <string>
#include <vector>

#include "connectors/ews/soap.hpp"
#include "connectors/ews/types.hpp"

namespace liaison::ews {

/// Moves items to Deleted Items (undoable). No cancellation leaves (SendToNone), no read receipt.
/// https://learn.microsoft.com/exchange/client-developer/web-service-reference/deleteitem-operation
std::string encode_delete_item(const std::vector<ItemId>& ids);
Result<std::vector<Result<void>>> decode_delete_item(const SoapReply& reply, std::size_t expected);

}  // namespace liaison::ews
