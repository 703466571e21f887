#pragma once
#include <string>
#include <string_view>

#include "sandbox/ews/ews_error.hpp"
#include "sandbox/mailbox_store.hpp"

namespace liaison::sandbox::ews {

/// Sync states are opaque base64 text: kind, folder, its generation, the cursor, a checksum. A
/// state of another folder, of an earlier generation, of the other operation, cut or altered is
/// ErrorInvalidSyncStateData. `turn` makes two states of one cursor differ.
std::string write_sync_state(char kind, const Folder& folder, const SyncCursor& cursor,
                             std::uint64_t turn = 0);
/// `newest` is the mailbox's last sequence number: a cursor beyond it is invalid as well.
Outcome<SyncCursor> read_sync_state(std::string_view text, char kind, const Folder& folder,
                                    std::uint64_t newest);

inline constexpr char sync_items_kind = 'I';
inline constexpr char sync_hierarchy_kind = 'H';

}  // namespace liaison::sandbox::ews
