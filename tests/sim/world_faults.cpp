#include "tests/sim/world_faults.hpp"

#include "tests/sim/world.hpp"

namespace liaison::sim {

WorldFaults::WorldFaults(World& world)
    : watch(world.dice),
      network(world.dice, watch),
      exchange(world.dice, watch, *world.sandbox, [&world] { return world.loop.now(); }),
      world_(world) {}

WorldFaults::~WorldFaults() = default;

void WorldFaults::step(std::size_t mailbox) {
    if (world_.dice.healed()) return;
    exchange.step(mailbox_address(mailbox));
}

void WorldFaults::heal() {
    exchange.heal();
}

void WorldFaults::restarted() {
    watch.saw(Reaction::Restarted, "");
}

}  // namespace liaison::sim
