#pragma once
#include "sandbox/graph/item_routes.hpp"

namespace liaison::sandbox::graph {

/// GET mailboxSettings and one setting of it (every mailbox of the sandbox has the same).
Outcome<Reply> mailbox_settings(const Call& call, Path rest);
/// GET outlook/masterCategories.
Outcome<Reply> master_categories(const Call& call);

}  // namespace liaison::sandbox::graph
