#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "tests/sim/history.hpp"
#include "tests/sim/sides.hpp"

namespace liaison::sim {

/// What a person does. Each event carries its own dice, so that taking one out of a run does not
/// change another.
enum class Verb : std::uint8_t {
    CrmCreate,
    CrmEdit,
    CrmComplete,
    CrmDelete,
    OutlookCreate,
    OutlookEdit,
    OutlookComplete,
    OutlookDelete,
    OutlookMove,
    OutlookCategories,
    MailArrives,
    MailAgain,
    MailDragged,
    ContactMet,
};
struct Event {
    std::uint32_t number = 0;
    std::chrono::milliseconds at{};  ///< after the start
    Verb verb = Verb::CrmCreate;
    std::size_t mailbox = 0;
    std::uint64_t dice = 0;
};
std::string_view to_string(Verb verb);

struct Workload {
    std::size_t mailboxes = 2;
    std::size_t actions = 12;
    std::size_t faults = 3;
    static Workload standard() { return {20, 200, 20}; }
    static Workload small() { return {2, 12, 3}; }
};
/// The events of a run, in order of time: some items that are there from the start, then the
/// actions.
std::vector<Event> plan_events(std::uint64_t seed, const Workload& workload);

/// The simulated users of both sides.
class People {
public:
    People(CrmSide& crm, ExchangeSide& exchange, History& history)
        : crm_(crm), exchange_(exchange), history_(history) {}
    /// Does it; answers in words what was done, or an empty text if there was nothing to do it to.
    std::string act(const Event& event, Timestamp now);
    /// What lies in other folders comes back: there, edits are not looked at (docs/limitations.md).
    void tidy_up(std::size_t mailboxes);

private:
    Shown draft(const Event& event, EntityKind kind, Draw& draw);
    std::string new_value(const Event& event, const std::string& field, const Shown& item,
                          Draw& draw);
    std::string create(const Event& event, Side side, EntityKind kind, Draw& draw, Timestamp now);
    std::string edit(const Event& event, Side side, EntityKind kind, Draw& draw, Timestamp now);
    std::string complete(const Event& event, Side side, Draw& draw, Timestamp now);
    std::string erase(const Event& event, Side side, EntityKind kind, Draw& draw, Timestamp now);
    std::string move(const Event& event, EntityKind kind, Draw& draw);
    std::string categorise(const Event& event, EntityKind kind, Draw& draw);
    std::vector<Shown> items(Side side, EntityKind kind, std::size_t mailbox);

    CrmSide& crm_;
    ExchangeSide& exchange_;
    History& history_;
};

}  // namespace liaison::sim
