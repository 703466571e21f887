#pragma once
#include <string>
#include <utility>

#include "connectors/ews/ews_client.hpp"
#include "connectors/ews/sync_folder_items.hpp"
#include "core/ids.hpp"

namespace liaison::ews {

/// A cursor of this connector: a SyncState, and whether the first full reading is still under way. Kept whole: states grow to many
/// kilobytes (exchange-protocols.md P-29).
struct FeedCursor {
    bool is_snapshot = true;  ///< the page to be read belongs to a full reading
    std::string sync_state;   ///< empty: from the start

    FeedCursor(bool snapshot, std::string state) : is_snapshot(snapshot), sync_state(std::move(state)) {}
    /// "S:" or "D:" and the state; the empty cursor starts a snapshot. CursorExpired for anything else.
    static Result<FeedCursor> parse(const Cursor& cursor) {
        const std::string& text = cursor.str();
        if (text.empty()) return FeedCursor(true, {});
        if (text.size() < 3 || (!text.starts_with("S:") && !text.starts_with("D:")))
            return fail(ErrorKind::CursorExpired, "the cursor is none of this connector");
        return FeedCursor(text[0] == 'S', text.substr(2));
    }
    Cursor text() const { return Cursor((is_snapshot ? "S:" : "D:") + sync_state); }
};

/// One page of SyncFolderItems; a server that takes too long is asked for fewer changes.
Async<Result<SyncPage>> pull_sync_page(EwsClient& client, std::string mailbox, SyncFolderItemsRequest request);

}  // namespace liaison::ews
