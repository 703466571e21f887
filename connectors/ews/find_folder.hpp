#pragma once
#include <string>
#include <vector>

#include "connectors/ews/get_folder.hpp"

namespace liaison::ews {

struct FindFolderRequest {
    FolderRef parent;
    bool deep = false;  ///< Traversal Deep: everything below, else the children only
    std::int64_t offset = 0;
    std::int64_t max = 500;
};
struct FolderPage {
    std::vector<FolderInfo> folders;
    std::int64_t next_offset = 0;
    bool is_last = true;
};

/// https://learn.microsoft.com/exchange/client-developer/web-service-reference/findfolder-operation
std::string encode_find_folder(const FindFolderRequest& request);
Result<FolderPage> decode_find_folder(const SoapReply& reply, const FindFolderRequest& request);

/// Its class is that of mail, or it has none.
inline bool holds_mail(const FolderInfo& folder) {
    return folder.folder_class.empty() || folder.folder_class == "IPF.Note" ||
           folder.folder_class.starts_with("IPF.Note.");
}

}  // namespace liaison::ews
