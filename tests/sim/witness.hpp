#pragma once
#include <map>
#include <set>
#include <string>
#include <vector>

#include "core/http_message.hpp"
#include "tests/sim/world.hpp"

namespace liaison::sim {

/// Stands at the servers and sees every effect of Liaison when it happens: what it makes, changes
/// and removes, and when it asks. Checks what must hold at every instant; keeps counts for what is
/// judged at the end.
class Witness {
public:
    explicit Witness(World& world) : world_(world) {}

    void before_request(const HttpRequest& request, const std::string& operation);
    /// `heard`: the process that asked still lives.
    void after_request(const HttpRequest& request, const std::string& operation,
                       const HttpResponse& response, bool heard);
    /// Looks at what Liaison did to the CRM since the last look: its own change log says who wrote.
    void look_at_crm();
    void healed();
    void at_rest();

    /// Effective writes of Liaison on either side so far.
    std::uint64_t writes() const { return exchange_writes_ + crm_writes_; }

private:
    struct Seen {
        EntityKind kind = EntityKind::Task;
        std::string lineage;
        std::string crm_id;
    };
    struct Pause {
        Timestamp since{};
        Timestamp until{};
        std::uint64_t crashes = 0;
        std::uint64_t faults = 0;
    };
    std::map<std::string, Seen> items_of(std::size_t mailbox);
    void check_removal(std::size_t mailbox, EntityKind kind, const std::string& lineage, Side side);
    void check_creation(std::size_t mailbox, const std::string& id, const Seen& item);
    void check_pause(const std::string& address, const std::string& operation);
    void note_pause(const std::string& address, const HttpResponse& response);

    World& world_;
    std::size_t mailbox_ = 0;
    std::map<std::string, Seen> before_;
    std::uint64_t sequence_before_ = 0;
    std::uint64_t exchange_writes_ = 0;
    std::uint64_t crm_writes_ = 0;
    std::int64_t crm_log_ = 0;
    std::map<std::string, Pause> pauses_;
    std::map<std::string, std::size_t> updates_;  ///< by lineage, on Exchange
    struct Removed {
        Timestamp at{};
        std::size_t count = 0;
    };
    std::map<std::pair<std::string, Side>, std::vector<Timestamp>> removals_;
};

}  // namespace liaison::sim
