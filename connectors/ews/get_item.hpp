#pragma once
#include <string>
#include <vector>

#include "connectors/ews/soap.hpp"
#include "connectors/ews/types.hpp"

namespace liaison::ews {

/// https://learn.microsoft.com/exchange/client-developer/web-service-reference/getitem-operation
std::string encode_get_item(const ItemShape& shape, const std::vector<ItemId>& ids);
/// One item element (t:Task, t:CalendarItem, t:Message, ...) or error per id. CorruptReply if an item answers another id than
/// was asked for. The nodes live as long as `reply`.
Result<std::vector<Result<XmlNode>>> decode_get_item(const SoapReply& reply, const std::vector<ItemId>& ids);

}  // namespace liaison::ews
