#pragma once
#include <iosfwd>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "storage/stores.hpp"
#include "tests/sim/catalogue.hpp"
#include "tests/sim/history.hpp"
#include "tests/sim/loop.hpp"
#include "tests/sim/memory_vfs.hpp"
#include "tests/sim/people.hpp"
#include "tests/sim/postman.hpp"
#include "tests/sim/rule_admin.hpp"
#include "tests/sim/sides.hpp"

namespace liaison::sim {

struct Violation {
    std::string checker;
    std::string message;
};

struct RunOptions {
    std::uint64_t seed = 1;
    Workload workload;
    std::set<std::uint32_t> left_out;  ///< events that do not happen (shrinking)
    std::optional<FaultId> only;       ///< this fault alone, again and again
    std::set<Occurrence> suppressed;   ///< faults that do not strike (shrinking)
    std::set<std::uint64_t> crashes;   ///< the places, counted from 1, at which the process dies
    std::ostream* story = nullptr;     ///< tells the run as it goes
    bool tells_steps = true;           ///< requests, too, and the journal afterwards
};

struct RunResult {
    std::uint64_t seed = 0;
    FaultTally tally;
    std::vector<Violation> violations;
    std::vector<Event> events;
    std::vector<Occurrence> faults;
    std::uint64_t crashes = 0;
    std::uint64_t places = 0;  ///< at which the process could have died
    std::uint64_t edits = 0;
    std::uint64_t requests = 0;
    std::uint64_t steps = 0;
    std::uint64_t trace_hash = 0;
    std::chrono::milliseconds virtual_time{};
};

/// Which places a seed chooses: none in every third, else up to three of a small run, more of a
/// standard one.
std::set<std::uint64_t> plan_crashes(std::uint64_t seed, const Workload& workload);

class LiaisonProcess;
class Witness;
class WorldFaults;

/// Everything: Exchange, the CRM, people, the disk, and the one process that can die.
class World {
public:
    explicit World(RunOptions options);
    ~World();
    RunResult run();

    // What the parts see.
    Loop loop;
    LoopClock clock;  ///< of Liaison's machine
    MemoryDisk disk;
    FaultDice dice;
    History history;
    std::unique_ptr<sandbox::Sandbox> sandbox;
    std::unique_ptr<ExchangeSide> exchange;
    std::unique_ptr<CrmSide> crm;
    std::unique_ptr<Postman> postman;
    std::unique_ptr<RuleAdmin> rules;
    std::unique_ptr<Witness> witness;
    std::unique_ptr<WorldFaults> faults;
    /// Null between a crash and the next start.
    LiaisonProcess* process() { return process_.get(); }
    const RunOptions& options() const { return options_; }
    /// A new connection reaches Exchange.
    Result<void> accept(std::unique_ptr<ByteStream> server_end);
    void tell(const std::string& line);
    void violated(std::string checker, std::string message);
    /// The process dies before it does anything else.
    void kill_soon(CrashKeeps keeps, std::string where);
    /// A place where the process may die: around each job of the storage and CRM threads (every
    /// verb of a store, every effect on the CRM) and around each request to Exchange. True if it
    /// does.
    bool dies_at(std::string_view place, bool before);

    /// Runs `work` of Liaison to its end, while nothing else is asked of it.
    template <class T>
    std::optional<T> ask(Async<T> work);
    /// What Liaison shows to people: conflicts and parked items (REST gives the same).
    Stores& stores();

    std::uint64_t crashes() const { return crashes_; }
    /// Held plans that the admin approved.
    std::uint64_t approvals() const { return approvals_; }
    /// Losing values in the conflict records that people can read.
    std::set<std::string> conflict_values();
    std::uint64_t requests = 0;

private:
    friend class LiaisonProcess;
    void set_up();
    void open_crm_desk();
    void start_process();
    void crash();
    DiskFault disk_fault(const DiskCall& call);
    void play_events();
    void settle();
    void tell_journal();
    void run_until(Timestamp when);
    bool quiet_since(Timestamp when);
    bool waits_to_send();
    std::optional<Timestamp> everything_waits_until() const;
    void sleep_over(Timestamp morning);
    void approve_what_people_did();
    bool something_waits();
    void note_what_lies_elsewhere();
    Async<HttpResponse> serve(HttpRequest request);

    RunOptions options_;
    std::vector<Event> events_;
    std::unique_ptr<People> people_;
    std::unique_ptr<LiaisonProcess> process_;
    std::optional<std::pair<CrashKeeps, std::string>> dying_;
    std::optional<Timestamp> start_again_;  ///< a start failed
    std::uint64_t crashes_ = 0;
    std::uint64_t place_ = 0;
    std::uint64_t approvals_ = 0;
    std::uint64_t hash_ = 0;
    std::vector<Violation> violations_;
};

namespace detail {
template <class T>
Async<void> keep_answer(Async<T> work, std::shared_ptr<std::optional<T>> place) {
    T answer = co_await std::move(work);
    place->emplace(std::move(answer));
}
}  // namespace detail

template <class T>
std::optional<T> World::ask(Async<T> work) {
    auto place = std::make_shared<std::optional<T>>();
    loop.spawn(kWorld, detail::keep_answer<T>(std::move(work), place));
    while (!*place && loop.step()) {
    }
    return std::move(*place);
}

}  // namespace liaison::sim
