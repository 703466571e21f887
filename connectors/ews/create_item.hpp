#pragma once
#include <string>
#include <vector>

#include "connectors/ews/soap.hpp"
#include "connectors/ews/types.hpp"
#include "core/record.hpp"

namespace liaison::ews {

/// New items of one kind in one folder. Calendar items go out with SendMeetingInvitations="SendToNone": Liaison never sends
/// mail to attendees (exchange-protocols.md P-3).
/// https://learn.microsoft.com/exchange/client-developer/web-service-reference/createitem-operation
std::string encode_create_item(EntityKind kind, const FolderRef& folder,
                               const std::vector<std::vector<PropertyWrite>>& items);
/// The new id or an error per item.
Result<std::vector<Result<ItemId>>> decode_create_item(const SoapReply& reply, std::size_t expected);

}  // namespace liaison::ews
