#pragma once
#include <string>
#include <vector>

#include "connectors/ews/soap.hpp"
#include "connectors/ews/types.hpp"

namespace liaison::ews {

struct SyncFolderItemsRequest {
    FolderRef folder;
    std::string sync_state;  ///< empty: from the start
    std::int64_t max_changes = 512;  ///< 1 to 512
};
struct ItemChange {
    enum class Kind : std::uint8_t { Create, Update, Delete, ReadFlagChange };
    Kind kind = Kind::Create;
    ItemId id;
};
struct SyncPage {
    std::vector<ItemChange> changes;
    std::string sync_state;
    bool is_last = true;
};

/// Ids only (one store call on the server; exchange-protocols.md 1.6).
/// https://learn.microsoft.com/exchange/client-developer/web-service-reference/syncfolderitems-operation
std::string encode_sync_folder_items(const SyncFolderItemsRequest& request);
/// CursorExpired (ErrorInvalidSyncStateData): read the folder from the start. CorruptReply for more changes than asked for, an
/// item without an id, a missing state.
Result<SyncPage> decode_sync_folder_items(const SoapReply& reply, const SyncFolderItemsRequest& request);

}  // namespace liaison::ews
