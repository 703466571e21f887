#pragma once
#include "tests/sim/world.hpp"

namespace liaison::sim {

/// All checkers that look when everything is quiet.
void check_at_rest(World& world);
/// A mail that should be logged is not yet: a folder that failed is looked at again only after some minutes.
bool mail_is_missing(World& world);

}  // namespace liaison::sim
