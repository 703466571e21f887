#pragma once
#include "tests/sim/world.hpp"

namespace liaison::sim {

/// All checkers that look when everything is quiet.
void check_at_rest(World& world);

}  // namespace liaison::sim
