#pragma once
#include <string>
#include <vector>

#include "connectors/ews/soap.hpp"
#include "connectors/ews/types.hpp"

namespace liaison::ews {

struct FindItemRequest {
    std::vector<FolderRef> folders;
    std::int64_t offset = 0;
    std::int64_t max = 1000;
    /// Restriction IsEqualTo on a property; no path of form Plain with an empty uri: none.
    PropertyPath equal_path;
    std::string equal_value;
    PropertyPath sort_by = PropertyPath::plain("item:DateTimeCreated");
    bool descending = false;
};
struct FoundItems {
    std::vector<ItemId> items;
    bool is_last = true;
    std::int64_t next_offset = 0;
};

/// Shallow search, ids only.
/// https://learn.microsoft.com/exchange/client-developer/web-service-reference/finditem-operation
std::string encode_find_item(const FindItemRequest& request);
/// One result per folder.
Result<std::vector<Result<FoundItems>>> decode_find_item(const SoapReply& reply,
                                                         const FindItemRequest& request);

}  // namespace liaison::ews
