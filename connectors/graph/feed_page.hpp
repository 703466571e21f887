#pragma once
#include <string>
#include <vector>

#include "connectors/graph/feed_cursor.hpp"
#include "connectors/graph/graph_client.hpp"

namespace liaison::graph {

/// One page of a delta round.
struct FeedPage {
    JsonArray entries;
    FeedCursor next;
    bool is_last = false;
};

/// Reads the page at `cursor`, or the first one at `start` (a path below the mailbox). A server that
/// takes too long is asked for smaller pages. CursorExpired: the token is lost, its link is none that
/// may be followed, or the server does not understand what it gave us once.
Async<Result<FeedPage>> pull_feed_page(GraphClient& client, FeedCursor cursor, std::string start);

/// "@removed" of an entry, or an entry that is no entity at all.
bool is_removed(const JsonObject& entry);

}  // namespace liaison::graph
