#pragma once
#include <memory>

#include "tests/sim/exchange_faults.hpp"
#include "tests/sim/felt.hpp"
#include "tests/sim/stream_faults.hpp"

namespace liaison::sim {

class World;

/// All faults of a run, hooked into the world's parts. Made after the world is furnished and
/// destroyed before it.
class WorldFaults {
public:
    explicit WorldFaults(World& world);
    ~WorldFaults();
    WorldFaults(const WorldFaults&) = delete;
    WorldFaults& operator=(const WorldFaults&) = delete;

    /// A step of the run; `mailbox` is the one whose turn it is.
    void step(std::size_t mailbox);
    /// Everything is well again.
    void heal();
    /// The program started again after it died.
    void restarted();

    FeltWatch watch;
    StreamFaults network;
    ExchangeFaults exchange;

private:
    World& world_;
};

}  // namespace liaison::sim
