#pragma once
#include <memory>
#include <string>
#include <vector>

#include "connectors/ews/ews_client.hpp"
#include "connectors/ews/types.hpp"

namespace liaison::ews {

/// An item element together with the reply that it lives in.
struct FetchedItem {
    std::shared_ptr<const EwsClient::Reply> reply;
    XmlNode node;
};

struct FetchRequest {
    std::string mailbox;
    ItemShape shape;
    std::vector<ItemId> ids;
    std::size_t batch_max = 50;
    std::size_t reply_bytes_max = 32u << 20;
};

/// GetItem in batches, one result per id in order. A server that stops in the middle (ErrorBatchProcessingStopped), takes too
/// long (ErrorTimeoutExpired) or answers more than the limit is asked for less. An answer that makes no sense is narrowed
/// down to the single item that causes it. Any other failure of a call is the result of all ids not read by then.
Async<std::vector<Result<FetchedItem>>> fetch_items(EwsClient& client, FetchRequest request);

/// True for errors after which the same request in smaller parts may succeed.
bool asks_for_less(const Error& error);

}  // namespace liaison::ews
