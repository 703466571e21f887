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
    /// Only what changed at this instant or later (item:LastModifiedTime); empty: all. Not together
    /// with `equal_path`.
    std::string modified_since = {};
    bool with_modified = false;  ///< bring item:LastModifiedTime as well
    PropertyPath sort_by = PropertyPath::plain("item:DateTimeCreated");
    bool descending = false;
};
struct FoundItems {
    std::vector<ItemId> items;
    bool is_last = true;
    std::int64_t next_offset = 0;
};

struct FoundItem {
    ItemId id;
    Timestamp modified{};
};
struct FoundItemTimes {
    std::vector<FoundItem> items;
    bool is_last = true;
    std::int64_t next_offset = 0;
};

/// Shallow search, ids only (and the time of the last change where asked for).
/// https://learn.microsoft.com/exchange/client-developer/web-service-reference/finditem-operation
std::string encode_find_item(const FindItemRequest& request);
/// One result per folder.
Result<std::vector<Result<FoundItems>>> decode_find_item(const SoapReply& reply,
                                                         const FindItemRequest& request);

/// Of a request for one folder with `with_modified`.
Result<FoundItemTimes> decode_find_item_times(const SoapReply& reply,
                                              const FindItemRequest& request);

}  // namespace liaison::ews
