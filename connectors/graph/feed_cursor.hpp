#pragma once
#include <string>
#include <string_view>

#include "core/ids.hpp"
#include "core/result.hpp"
#include "core/time.hpp"

namespace liaison::graph {

/// A cursor of this connector: whether the full reading is still under way, what it is a feed of,
/// the last day of the calendar's window, and the link to follow, which is opaque and kept whole.
///
///     S<tab>contact<tab><tab>https://graph.microsoft.com/v1.0/...
struct FeedCursor {
    bool is_snapshot = true;  ///< the page to be read belongs to a full reading
    std::string scope;        ///< kind or folder: a link of another feed is not followed (F32)
    std::string window_end;   ///< "2028-11-25" for appointments
    std::string link;         ///< empty: from the start

    /// The empty cursor starts a snapshot. CursorExpired for anything that is none of `scope`.
    static Result<FeedCursor> parse(const Cursor& cursor, std::string_view scope);
    Cursor text() const {
        return Cursor((is_snapshot ? "S\t" : "D\t") + scope + "\t" + window_end + "\t" + link);
    }
};

}  // namespace liaison::graph
