#pragma once
#include <cstdint>
#include <string>

#include "tests/sim/catalogue.hpp"
#include "tests/sim/felt.hpp"
#include "tests/sim/postman.hpp"

namespace liaison::sim {

class World;

/// Mail at its worst: one mail in many places, ids that are missing or shared, mails that are
/// dragged about, machines that write, nesting without end; and contacts that change afterwards.
class MailFaults {
public:
    MailFaults(World& world, FeltWatch& watch) : world_(world), watch_(watch) {}
    void step(std::size_t mailbox);

private:
    bool fires(FaultId id);
    SimMail mail(std::size_t mailbox, std::set<std::string> contacts);
    void one_in_many_places(std::size_t mailbox);
    void abused_ids(std::size_t mailbox);
    void dragged(std::size_t mailbox);
    void of_machines(std::size_t mailbox);
    void nested(std::size_t mailbox);
    void contact_changes();

    World& world_;
    FeltWatch& watch_;
    std::uint32_t events_ = 200'000;
};

}  // namespace liaison::sim
