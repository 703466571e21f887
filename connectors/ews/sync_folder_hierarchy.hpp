#pragma once
#include <string>
#include <vector>

#include "connectors/ews/get_folder.hpp"

namespace liaison::ews {

struct FolderHierarchyPage {
    std::vector<FolderInfo> present;  ///< created or changed
    std::vector<std::string> gone;    ///< ids
    std::string sync_state;
    bool is_last = true;
};

/// All folders below `root` that came, changed or went since `sync_state` (empty: all). The root must
/// be the same every time; not for public folders (exchange-protocols.md 1.5).
/// https://learn.microsoft.com/exchange/client-developer/web-service-reference/syncfolderhierarchy-operation
std::string encode_sync_folder_hierarchy(const FolderRef& root, const std::string& sync_state);
/// CursorExpired (ErrorInvalidSyncStateData): read from the start.
Result<FolderHierarchyPage> decode_sync_folder_hierarchy(const SoapReply& reply);

}  // namespace liaison::ews
