#pragma once
#include <map>
#include <string>

#include "tests/sim/catalogue.hpp"
#include "tests/sim/felt.hpp"
#include "tests/sim/memory_vfs.hpp"

namespace liaison::sim {

class World;

/// What befalls the process and its machine: it dies at any disk call, request or reply; the disk
/// fails; its data directory is lost; its clock is moved; a mailbox is switched off and on.
class ProcessFaults {
public:
    ProcessFaults(World& world, FeltWatch& watch);
    ~ProcessFaults();
    ProcessFaults(const ProcessFaults&) = delete;
    ProcessFaults& operator=(const ProcessFaults&) = delete;

    void step(std::size_t mailbox);
    /// A request is about to leave; true: the process is dead before it does.
    bool at_request(const SeenRequest& request);
    /// A whole reply is there and nothing of it was read yet.
    void at_reply(const SeenRequest& request);
    /// The CRM took interactions; the ledger does not know yet.
    void after_logging();
    /// Between a crash and the next start.
    void before_restart();
    void heal();

private:
    DiskFault at_disk(const DiskCall& call);
    void die(FaultId id, const std::string& where);
    void switch_on(bool all);

    World& world_;
    FeltWatch& watch_;
    DiskFault failing_ = DiskFault::None;
    DiskOp failing_op_ = DiskOp::Write;
    std::uint64_t failures_left_ = 0;
    bool ledger_lost_ = false;
    std::map<std::string, int> switched_off_;  ///< mailbox to steps that it stays so
};

}  // namespace liaison::sim
