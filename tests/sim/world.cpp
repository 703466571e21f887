#include "tests/sim/world.hpp"

#include <ostream>
#include <stdexcept>

#include "net/deadline.hpp"
#include "net/http_server.hpp"
#include "tests/sim/checks.hpp"
#include "tests/sim/process.hpp"
#include "tests/sim/world_faults.hpp"

namespace liaison::sim {

namespace {

const Timestamp kStart = *parse_timestamp("2026-11-25T08:00:00Z");
constexpr std::chrono::hours kConvergenceBound{6};  ///< of virtual time, after all faults have ended
constexpr std::uint64_t kStepsMax = 20'000'000;

FaultDice::Options dice_options(const RunOptions& options) {
    FaultDice::Options out;
    out.seed = options.seed;
    out.budget = options.workload.faults;
    out.suppressed = options.suppressed;
    return out;
}

/// Names of the disk are unlike any other's: several runs may be under way in one process.
std::string mount_of(std::uint64_t seed) {
    static std::uint64_t count = 0;
    return "/memory/" + std::to_string(seed) + "-" + std::to_string(++count);
}

}  // namespace

World::World(RunOptions options)
    : loop(options.seed, kStart), clock(loop), disk(mount_of(options.seed)), dice(dice_options(options)), options_(std::move(options)) {
    make_memory_vfs();
    set_vfs_clock([this] { return loop.now().time_since_epoch().count(); });
    reseed_sqlite(options_.seed);
    loop.on_step = [this](std::uint64_t word) { hash_ = mix(hash_, word); };
    dice.on_event = [this](FaultId id, std::string_view what) { tell("fault " + fault_code(id) + ": " + std::string(what)); };
    set_up();
}

World::~World() {
    if (process_) {
        loop.kill(process_->owner());
        process_.reset();
    }
    loop.kill(kWorld);
    faults.reset();
    crm.reset();
    set_vfs_clock(nullptr);
}

void World::tell(const std::string& line) {
    for (const char c : line) hash_ = (hash_ ^ static_cast<unsigned char>(c)) * 0x100000001B3u;
    if (options_.story) *options_.story << format_timestamp(loop.now()).substr(11, 12) << "  " << line << "\n";
}

void World::violated(std::string checker, std::string message) {
    tell("VIOLATION of " + checker + ": " + message);
    if (violations_.size() < 20) violations_.push_back({std::move(checker), std::move(message)});
}

void World::set_up() {
    sandbox::SandboxOptions options;
    options.seed = options_.seed;
    options.now = [this] { return loop.now().time_since_epoch().count(); };
    auto made = sandbox::Sandbox::open(std::move(options));
    if (!made) throw std::runtime_error(made.error().message);
    sandbox = std::move(*made);
    exchange = std::make_unique<ExchangeSide>(sandbox->store());
    { LoopWorker worker(loop, kWorld); (void)crm::EmbeddedCrm::open(disk.path("crm.db"), worker, clock); }
    open_crm_desk();
    for (std::size_t mailbox = 0; mailbox < options_.workload.mailboxes; ++mailbox) {
        const std::string number = std::to_string(mailbox);
        const std::string address = mailbox_address(mailbox);
        if (!sandbox->store().add_user({address, "Rep " + number, "sandbox", false})) throw std::runtime_error("no user");
        crm->script("INSERT INTO user(number, name) VALUES('M" + number + "', 'Rep " + number + "')");
        crm->script("INSERT INTO user_address(address, user_id) VALUES('" + address + "', " + std::to_string(mailbox + 1) + ")");
    }
    people_ = std::make_unique<People>(*crm, *exchange, history);
    events_ = plan_events(options_.seed, options_.workload);
    faults = std::make_unique<WorldFaults>(*this);
}

void World::open_crm_desk() {
    auto opened = crm::Sqlite::open(disk.path("crm.db"));
    if (!opened) throw std::runtime_error(opened.error().message);
    if (crm)
        *crm = CrmSide(std::move(*opened));
    else
        crm = std::make_unique<CrmSide>(std::move(*opened));
}

void World::start_process() { process_ = std::make_unique<LiaisonProcess>(*this, loop.new_owner()); }

Result<void> World::accept(std::unique_ptr<ByteStream> server_end) {
    net::HttpServerOptions options;
    net::HttpHandler handler = [this](HttpRequest request) { return serve(std::move(request)); };
    loop.spawn(kWorld, net::serve_stream(std::move(server_end), std::move(options), std::move(handler)));
    return {};
}

/// Exchange answers after a while: people and other mailboxes act in between.
Async<HttpResponse> World::serve(HttpRequest request) {
    const std::uint64_t number = ++requests;
    const std::chrono::milliseconds there(1 + mix(options_.seed, 11, number) % 40);
    const std::chrono::milliseconds back(1 + mix(options_.seed, 12, number) % 40);
    co_await net::sleep_for(there);
    SeenRequest seen = look_at_request(request);
    co_await faults->exchange.hold(std::move(seen));
    const std::string operation = sandbox::ews_operation_name(request);
    tell("  request " + std::to_string(number) + " " + operation + " for " + std::string(request.fields.get("X-AnchorMailbox")));
    HttpResponse response = co_await sandbox->answer(std::move(request));
    if (operation == "CreateItem" || operation == "UpdateItem" || operation == "DeleteItem" || operation == "MoveItem") ++external_writes;
    co_await net::sleep_for(back);
    co_return response;
}

void World::kill_soon(CrashKeeps keeps, std::string where) {
    if (!dying_) dying_.emplace(keeps, std::move(where));
}

void World::crash() {
    const auto [keeps, where] = *std::exchange(dying_, std::nullopt);
    ++crashes_;
    tell("the process dies " + where);
    disk.crash(keeps, mix(options_.seed, 13, crashes_));
    loop.kill(process_->owner());
    process_.reset();
    open_crm_desk();
    start_process();
    faults->restarted();
}

void World::run_until(Timestamp when) {
    for (auto next = loop.next_at(); next && *next <= when; next = loop.next_at()) {
        if (!loop.step()) break;
        if (dying_) crash();
        if (loop.steps() > kStepsMax) throw std::runtime_error("the run does not end");
    }
    loop.advance_to(when);
}

void World::play_events() {
    std::size_t step = 0;
    for (const Event& event : events_) {
        dice.pace(step++, events_.size());
        faults->step(event.mailbox);
        if (options_.left_out.contains(event.number)) continue;
        run_until(kStart + event.at);
        const std::string done = people_->act(event, loop.now());
        if (!done.empty()) tell("[" + std::to_string(event.number) + "] " + done);
    }
    run_until(loop.now() + std::chrono::seconds(20));
}

bool World::quiet_since(Timestamp when) const {
    for (const daemon::MailboxStatus& status : process_->scheduler().status())
        if (!status.quiet || status.running || !status.last_success || *status.last_success <= when || *status.last_started <= when) return false;
    return true;
}

void World::settle() {
    tell("all faults end, people go home");
    dice.heal();
    people_->tidy_up(options_.workload.mailboxes);
    faults->heal();
    const Timestamp healed = loop.now();
    Timestamp last_write = healed;
    std::uint64_t writes = external_writes;
    while (!quiet_since(last_write)) {
        run_until(loop.now() + std::chrono::seconds(1));
        if (external_writes != writes) last_write = loop.now();
        writes = external_writes;
        if (loop.now() > healed + kConvergenceBound) {
            violated("progress", "no rest " + std::to_string(kConvergenceBound.count()) + " hours after everything was healed");
            return;
        }
    }
    const Timestamp rest = loop.now();
    while (!quiet_since(rest) && loop.now() < rest + std::chrono::hours(1)) run_until(loop.now() + std::chrono::seconds(1));
    if (external_writes != writes) violated("echo", "one more cycle sent something although both sides agreed");
}

Stores& World::stores() { return process_->stores(); }

/// For a reader of the story: what Liaison thought.
void World::tell_journal() {
    std::int64_t after = 0;
    while (true) {
        const auto page = ask(stores().sync->journal(after, 500));
        if (!page || !*page || (*page)->empty()) return;
        for (const JournalEntry& e : **page)
            *options_.story << "  journal " << format_timestamp(e.at).substr(11, 12) << " " << e.pair.str() << " " << e.event << " "
                            << e.reason << " link " << e.link.value() << " " << e.detail.substr(0, 300) << "\n";
        after = (*page)->back().sequence;
    }
}

RunResult World::run() {
    try {
        start_process();
        play_events();
        settle();
        check_at_rest(*this);
        if (options_.story) tell_journal();
    } catch (const std::exception& e) {
        violated("exception", e.what());
    }
    RunResult out;
    out.seed = options_.seed;
    out.violations = violations_;
    out.events = events_;
    out.faults = dice.occurrences();
    out.tally.add(dice);
    out.crashes = crashes_;
    out.edits = history.edits();
    out.requests = requests;
    out.steps = loop.steps();
    out.trace_hash = hash_;
    out.virtual_time = loop.now() - kStart;
    return out;
}

}  // namespace liaison::sim
