#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "core/http_message.hpp"
#include "core/ports/byte_stream.hpp"
#include "sandbox/sandbox.hpp"
#include "tests/sim/loop.hpp"
#include "tests/sim/memory_vfs.hpp"
#include "tests/sim/scenarios.hpp"
#include "tests/sim/sides.hpp"

namespace liaison::sim {

/// What disturbs one playing of a scenario.
struct Interruption {
    enum class How : std::uint8_t {
        None,
        Die,  ///< the process dies at a point: around a store verb or an effect, or within a commit
        Unapplied,   ///< a request is lost on its way
        AnswerLost,  ///< a request is applied and its answer lost
    };
    How how = How::None;
    std::size_t at = 0;  ///< which point, or which request
};

/// What a playing showed from outside.
struct Played {
    std::vector<std::string>
        wrong;            ///< against the scenario's `after`, or against the rules of rest
    std::string outside;  ///< both sides, in one form that does not depend on ids and times
    std::vector<std::string> points;    ///< where the process can die, in order
    std::vector<std::string> requests;  ///< to Exchange, in order
    bool struck = false;
};

/// One playing of a scenario: production daemon, connectors and stores on one side, the stand-in
/// Exchange and a CRM file on the other. Points and requests count from the moment when all events
/// have happened.
class Stage {
public:
    Stage(const Scenario& scenario, Interruption interruption);
    ~Stage();
    Played play();

    // For the process on the stage.
    Loop loop;
    LoopClock clock;
    MemoryDisk disk;      ///< of Liaison's machine
    MemoryDisk crm_disk;  ///< of the CRM's
    std::size_t mailboxes = 1;
    std::vector<EntityKind> kinds;
    bool has_mail = false;
    std::string rule_folder;
    /// True if the process dies here.
    bool dies(std::string_view where);
    Result<void> accept(std::unique_ptr<ByteStream> server_end);

    // For the checks.
    CrmSide& crm() { return *crm_; }
    ExchangeSide& exchange() { return *exchange_; }
    const Scenario& scenario() const { return scenario_; }
    /// Conflict records that people can read.
    std::int64_t conflicts();

private:
    class Process;
    void look_at_scenario();
    void set_up();
    void start_from_empty_files();
    void start_process();
    void crash(CrashKeeps keeps);
    void before();
    void act(const ScenarioLine& line);
    void create(const ScenarioLine& line, bool in_crm, bool in_exchange, std::size_t kind_word);
    void edit(const ScenarioLine& line, bool in_crm);
    void outlook(const ScenarioLine& line);
    void deliver(const ScenarioLine& line);
    void drag(const ScenarioLine& line);
    void lose_ledger();
    bool run_to_rest();
    void run_one_turn();
    bool step();
    std::int64_t external_writes();
    Async<HttpResponse> serve(HttpRequest request);

    const Scenario& scenario_;
    Interruption interruption_;
    std::unique_ptr<sandbox::Sandbox> sandbox_;
    std::unique_ptr<ExchangeSide> exchange_;
    std::unique_ptr<CrmSide> crm_;
    std::unique_ptr<Process> process_;
    bool armed_ = false;
    bool dying_ = false;
    std::int64_t exchange_writes_ = 0;
    Played played_;
};

/// Where an item or mail of this mark lies on a side; empty if nowhere. `mark` may end in "@1".
struct Found {
    std::size_t mailbox = 0;
    EntityKind kind = EntityKind::Task;
    Shown item;
};
std::string bare_mark(const std::string& mark);
std::size_t mailbox_of_mark(const std::string& mark);
std::vector<Found> find_items(CrmSide& crm, const std::string& mark, std::size_t mailboxes);
std::vector<Found> find_items(ExchangeSide& exchange, const std::string& mark,
                              std::size_t mailboxes);
/// Mails of a mailbox whose subject begins with the mark, wherever they lie outside Deleted Items.
std::vector<const sandbox::Item*> find_mails(ExchangeSide& exchange, const std::string& mark);

/// What is not as `after` says.
std::vector<std::string> compare_with_after(Stage& stage);
/// Both sides as text.
std::string outside_of(Stage& stage);

}  // namespace liaison::sim
