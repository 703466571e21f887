#pragma once
#include <string>

#include "connectors/ews/soap.hpp"
#include "connectors/ews/types.hpp"

namespace liaison::ews {

/// https://learn.microsoft.com/exchange/client-developer/web-service-reference/moveitem-operation
std::string encode_move_item(const ItemId& id, const FolderRef& to);
/// https://learn.microsoft.com/exchange/client-developer/web-service-reference/copyitem-operation
std::string encode_copy_item(const ItemId& id, const FolderRef& to);
/// Of both: the id that the item, or the copy, has in its new folder; empty if the server did not tell
/// it, as into public folders and other mailboxes.
Result<ItemId> decode_move_item(const SoapReply& reply);

}  // namespace liaison::ews
