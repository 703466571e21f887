#pragma once
#include <functional>
#include <memory>
#include <string>

#include "core/ports/interaction_sink.hpp"
#include "core/ports/sync_endpoint.hpp"
#include "tests/sim/catalogue.hpp"
#include "tests/sim/felt.hpp"

struct sqlite3;

namespace liaison::sim {

class World;

/// What the CRM does wrong: answers nothing, repeats a page, clashes, is locked by another program,
/// edits what was written, loses its last days, hands its items to somebody else.
///
/// Sits between the CRM's connector and the engine, and beside the CRM in its file.
class CrmFaults {
public:
    CrmFaults(World& world, FeltWatch& watch);
    ~CrmFaults();
    CrmFaults(const CrmFaults&) = delete;
    CrmFaults& operator=(const CrmFaults&) = delete;

    /// The same endpoint with faults. `inner` must outlive it.
    std::unique_ptr<SyncEndpoint> wrap(SyncEndpoint& inner);
    /// The same sink; tells `on_logged` after messages were written. `inner` must outlive it.
    std::unique_ptr<InteractionSink> wrap(InteractionSink& inner);
    std::function<void()> on_logged;

    void step(std::size_t mailbox);
    /// Before a person uses the CRM: nobody else has it locked.
    void unlock();
    void heal();
    /// The CRM's file was closed and opened by a crash: connections of before are dead.
    void forget_connection();

    // For the wrapped ports.
    FaultDice& dice();
    FeltWatch& watch() { return watch_; }
    Async<void> change_rules();
    /// Felt if one of these mails was decided under other rules than those in force.
    Async<void> feel_old_rules(std::vector<MessageIdentity> logged);
    void lock();
    void edit_as_plug_in(EntityKind kind);

private:
    void take_backup();
    void restore_backup();
    bool connect();

    World& world_;
    FeltWatch& watch_;
    sqlite3* other_ = nullptr;   ///< another program's connection
    sqlite3* backup_ = nullptr;  ///< the CRM of some time ago
    bool locked_ = false;
    int restores_ = 0;
};

}  // namespace liaison::sim
