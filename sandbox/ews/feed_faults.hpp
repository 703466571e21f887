#pragma once
#include <string>
#include <string_view>

#include "sandbox/ews/request_context.hpp"

namespace liaison::sandbox::ews {

/// A page of SyncFolderItems before it is written.
struct FeedPage {
    ItemChanges found;
    std::uint64_t turn = 0;  ///< makes a state differ from an equal one
};

/// The page that follows `cursor`, as the fault of the request, if any, shows it. `given` is the
/// state that the client sent.
Outcome<FeedPage> read_feed(const RequestContext& context, const Folder& folder, SyncCursor cursor,
                            std::string_view given, std::size_t most);
/// The written changes, with what a fault adds to them.
std::string with_false_entries(const RequestContext& context, const Folder& folder,
                               std::string written);

}  // namespace liaison::sandbox::ews
