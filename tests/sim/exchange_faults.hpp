#pragma once
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/async.hpp"
#include "core/time.hpp"
#include "sandbox/sandbox.hpp"
#include "tests/sim/catalogue.hpp"
#include "tests/sim/felt.hpp"

namespace liaison::sim {

/// What Exchange itself does wrong, all of it documented (sandbox/faults.hpp says where): faults of
/// single requests, and spells in which a server, a mailbox or a right is gone.
///
/// Hooks itself into the sandbox's Faults; everything given must outlive it.
class ExchangeFaults {
public:
    ExchangeFaults(FaultDice& dice, FeltWatch& watch, sandbox::Sandbox& sandbox,
                   std::function<Timestamp()> now);
    ~ExchangeFaults();
    ExchangeFaults(const ExchangeFaults&) = delete;
    ExchangeFaults& operator=(const ExchangeFaults&) = delete;

    /// A step of the run in which spells may begin. `mailbox` is the one that they hit if they hit
    /// one only.
    void step(const std::string& mailbox);
    /// Before the server looks at a request: may hold it for minutes (F03), and a user may get in
    /// first.
    Async<void> hold(SeenRequest request);
    /// Ends all spells and forgets what is pending.
    void heal();
    /// Until when a server has asked somebody to wait.
    Timestamp asked_to_wait_until() const { return asked_until_; }
    /// A spell is under way for this mailbox.
    bool troubled(const std::string& mailbox) const;

    /// Told before an UpdateItem is carried out that a user gets in first (F53).
    std::function<void(const std::string& mailbox, const std::string& item)> on_gap;
    /// Told after the first page of a paged FindItem: something arrives now (F31).
    std::function<void(const std::string& mailbox)> on_paging;

    /// Told of each item that was corrupt for a while and was well again in the end.
    std::function<void(const std::string& item)> on_recovered;

private:
    struct Spell {
        FaultId id;
        std::string mailbox;    ///< empty: all
        std::string operation;  ///< "*", or the only one that it hits
        Timestamp until{};
        std::uint32_t left = 0;  ///< requests that it still hits; 0: until the time
        std::uint32_t one_in = 1;
        sandbox::Fault fault;
    };
    std::optional<sandbox::Fault> next(const std::string& operation, const std::string& mailbox);
    std::optional<sandbox::Fault> of_spell(const std::string& operation,
                                           const std::string& mailbox);
    std::optional<sandbox::Fault> of_feed(const std::string& operation, const std::string& mailbox);
    std::optional<sandbox::Fault> of_batch(const std::string& operation,
                                           const std::string& mailbox);
    std::optional<sandbox::Fault> of_any(const std::string& mailbox);
    void after(const std::string& operation, const std::string& mailbox);
    void begin_spell(Spell spell, std::uint32_t reactions);
    bool fires(FaultId id, const std::string& mailbox, std::uint32_t reactions);
    void normalise_newest(const std::string& mailbox);

    FaultDice& dice_;
    FeltWatch& watch_;
    sandbox::Sandbox& sandbox_;
    std::function<Timestamp()> now_;
    std::vector<Spell> spells_;
    Timestamp asked_until_{};
    std::uint64_t calls_ = 0;
    std::uint64_t seen_ = 0;  ///< sequence of the mailbox before the last write
};

}  // namespace liaison::sim
