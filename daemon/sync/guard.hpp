#pragma once
#include <string>

#include "core/link.hpp"
#include "core/operation.hpp"

namespace liaison::sync {

/// Guard against bulk loss (DESIGN 7). Removals are deletions on a side and unlinkings that its items cause to stay
/// behind. Per direction, those of the plan together with those of the last 24 hours may be at most max(floor,
/// percent of links), and the items that vanished from one side at most half of the links. Beyond that all removals
/// of the direction leave the plan for a HeldPlan; the rest of the plan goes on. A list whose hash is in
/// `picture.approved_plans` passes as it is.
///
/// Not counted: GoneOnBoth (nothing is left to be lost) and EditOutranksDeletion (the item is made again).
Plan guard_plan(Plan plan, const Picture& picture);

}  // namespace liaison::sync
