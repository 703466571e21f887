#include "tests/sim/process_faults.hpp"

#include <array>

#include "tests/sim/process.hpp"
#include "tests/sim/world.hpp"

namespace liaison::sim {

namespace {

constexpr std::string_view kLedger = "liaison.db";

std::string op_name(DiskOp op) {
    static constexpr std::array<const char*, 6> names{"open",     "read", "write",
                                                      "truncate", "sync", "delete"};
    return names[static_cast<std::size_t>(op)];
}

}  // namespace

ProcessFaults::ProcessFaults(World& world, FeltWatch& watch) : world_(world), watch_(watch) {
    world_.disk.on_call = [this](const DiskCall& call) { return at_disk(call); };
}

ProcessFaults::~ProcessFaults() {
    world_.disk.on_call = nullptr;
}

void ProcessFaults::die(FaultId id, const std::string& where) {
    static constexpr std::array keeps{CrashKeeps::Everything, CrashKeeps::Nothing,
                                      CrashKeeps::Prefix, CrashKeeps::Some, CrashKeeps::Torn};
    watch_.struck(id, "", reaction_bit(Reaction::Restarted));
    world_.kill_soon(keeps[world_.dice.pick(id, keeps.size())], where);
}

/// The ledger's own files; the CRM's are another program's.
DiskFault ProcessFaults::at_disk(const DiskCall& call) {
    if (!call.file.starts_with(kLedger) || world_.dice.healed()) return DiskFault::None;
    if (failures_left_ > 0 && call.op == failing_op_) {
        --failures_left_;
        return failing_;
    }
    const bool durable = call.op == DiskOp::Write || call.op == DiskOp::Sync;
    if (!durable) return DiskFault::None;
    if (world_.dice.fires(FaultId::Crash)) {
        const bool after = world_.dice.pick(FaultId::Crash, 2) == 1;
        die(FaultId::Crash, std::string(after ? "after" : "before") + " a " + op_name(call.op) +
                                " of " + std::string(call.file));
        return after ? DiskFault::PowerLossAfter : DiskFault::PowerLossBefore;
    }
    if (world_.dice.fires(FaultId::DiskFails)) {
        static constexpr std::array<std::pair<DiskOp, DiskFault>, 4> ways{
            {{DiskOp::Write, DiskFault::IoError},
             {DiskOp::Write, DiskFault::Full},
             {DiskOp::Sync, DiskFault::SyncLost},
             {DiskOp::Sync, DiskFault::IoError}}};
        const auto& [op, fault] = ways[world_.dice.pick(FaultId::DiskFails, ways.size())];
        failing_op_ = op;
        failing_ = fault;
        failures_left_ = 1 + world_.dice.pick(FaultId::DiskFails, 12);
        watch_.struck(FaultId::DiskFails, "", reaction_bit(Reaction::VerbFailed));
    }
    return DiskFault::None;
}

bool ProcessFaults::at_request(const SeenRequest& request) {
    if (request.operation == "DeleteItem" && world_.dice.fires(FaultId::KilledInDeletion)) {
        const bool before = world_.dice.pick(FaultId::KilledInDeletion, 2) == 0;
        die(FaultId::KilledInDeletion, before ? "before a DeleteItem" : "after a DeleteItem");
        return before;
    }
    if (!world_.dice.fires(FaultId::Crash)) return false;
    const bool before = world_.dice.pick(FaultId::Crash, 2) == 0;
    die(FaultId::Crash, (before ? "before sending " : "after sending ") + request.operation);
    return before;
}

void ProcessFaults::at_reply(const SeenRequest& request) {
    if (request.operation == "SyncFolderItems" && world_.dice.fires(FaultId::CutBeforeCursor))
        die(FaultId::CutBeforeCursor, "between a feed page and the saving of its cursor");
    else if (world_.dice.fires(FaultId::Crash))
        die(FaultId::Crash, "with the reply to " + request.operation + " in its hands");
}

void ProcessFaults::after_logging() {
    if (world_.dice.fires(FaultId::CrashAfterLogging))
        die(FaultId::CrashAfterLogging, "after the CRM took an interaction");
}

void ProcessFaults::step(std::size_t mailbox) {
    switch_on(false);
    if (world_.dice.fires(FaultId::LedgerLost)) {
        ledger_lost_ = true;
        die(FaultId::LedgerLost, "and its data directory is lost");
        world_.history.ledger_lost(world_.loop.now());
    }
    if (world_.dice.fires(FaultId::ClockJumps)) {
        static constexpr std::array<std::int64_t, 5> jumps{86'400'000, -3'600'000, 37'000, -400,
                                                           1'000};
        const std::chrono::milliseconds jump(
            jumps[world_.dice.pick(FaultId::ClockJumps, jumps.size())]);
        world_.clock.offset += jump;
        watch_.struck(FaultId::ClockJumps, "", reaction_bit(Reaction::PageAsked));
        world_.tell("[F92] Liaison's clock jumps by " + std::to_string(jump.count()) + " ms");
    }
    const std::string address = mailbox_address(mailbox);
    if (!switched_off_.contains(address) && world_.dice.fires(FaultId::MailboxPaused)) {
        switched_off_[address] = 2 + static_cast<int>(world_.dice.pick(FaultId::MailboxPaused, 6));
        if (world_.process()) world_.process()->scheduler().set_paused(MailboxId(address), true);
        world_.tell("[F95] " + address + " is switched off");
    }
}

void ProcessFaults::switch_on(bool all) {
    for (auto& [address, steps] : switched_off_) --steps;
    std::erase_if(switched_off_, [&](const auto& entry) {
        if (!all && entry.second > 0) return false;
        if (world_.process())
            world_.process()->scheduler().set_paused(MailboxId(entry.first), false);
        watch_.struck(FaultId::MailboxPaused, entry.first, reaction_bit(Reaction::PageAsked));
        world_.tell("[F95] " + entry.first + " is switched on");
        return true;
    });
}

void ProcessFaults::before_restart() {
    failures_left_ = 0;
    if (!std::exchange(ledger_lost_, false)) return;
    // The snapshot that rebuilds the links reads the pair's own folder (docs/limitations.md).
    for (std::size_t number = 0; number < world_.options().workload.mailboxes; ++number)
        for (const EntityKind kind : kEntityKinds)
            for (const Shown& item : world_.exchange->items(kind, number))
                if (item.folder != world_.exchange->folder(number, exchange_folder(kind)))
                    if (auto* line = world_.history.find(item.lineage)) line->unmarked_away = true;
    for (const std::string& file : world_.disk.files())
        if (file.starts_with(kLedger)) world_.disk.remove(file);
}

void ProcessFaults::heal() {
    failures_left_ = 0;
    switch_on(true);
}

}  // namespace liaison::sim
