#pragma once
#include <memory>

#include "tests/sim/crm_faults.hpp"
#include "tests/sim/exchange_faults.hpp"
#include "tests/sim/felt.hpp"
#include "tests/sim/mail_faults.hpp"
#include "tests/sim/person_faults.hpp"
#include "tests/sim/process_faults.hpp"
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
    /// Between a crash and the next start, and after it.
    void before_restart();
    void restarted();

    FeltWatch watch;
    StreamFaults network;
    ExchangeFaults exchange;
    CrmFaults crm;
    PersonFaults people;
    MailFaults mail;
    ProcessFaults process;
};

}  // namespace liaison::sim
