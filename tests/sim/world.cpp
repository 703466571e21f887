#include "tests/sim/world.hpp"

#include <ostream>
#include <stdexcept>

#include "net/deadline.hpp"
#include "net/http_server.hpp"
#include "storage/migrate.hpp"
#include "storage/sqlite_database.hpp"
#include "tests/sim/checks.hpp"
#include "tests/sim/process.hpp"
#include "tests/sim/witness.hpp"
#include "tests/sim/world_faults.hpp"

namespace liaison::sim {

namespace {

const Timestamp kStart = *parse_timestamp("2026-11-25T08:00:00Z");
constexpr std::chrono::hours kConvergenceBound{
    6};  ///< of virtual time, after all faults have ended
constexpr std::uint64_t kStepsMax = 20'000'000;

FaultDice::Options dice_options(const RunOptions& options) {
    FaultDice::Options out;
    out.seed = options.seed;
    out.budget = options.workload.faults;
    out.suppressed = options.suppressed;
    out.only = options.only;
    return out;
}

/// Files with their schema, made once for all runs of this process.
struct PreparedImages {
    FileImage crm;
    FileImage ledger;
};

const PreparedImages& prepared_images() {
    static const PreparedImages images = [] {
        PreparedImages out;
        MemoryDisk disk("/memory/prepared");
        Loop loop(1, kStart);
        LoopClock clock(loop);
        LoopWorker worker(loop, kWorld);
        (void)crm::EmbeddedCrm::open(disk.path("crm.db"), worker, clock);
        {
            auto database = storage::open_sqlite(disk.path("liaison.db"));
            if (!database || !storage::migrate(**database, storage::migrations()))
                throw std::runtime_error("no schema");
        }
        out.crm = disk.image("crm.db");
        out.ledger = disk.image("liaison.db");
        return out;
    }();
    return images;
}

}  // namespace

std::set<std::uint64_t> plan_crashes(std::uint64_t seed, const Workload& workload) {
    std::set<std::uint64_t> out;
    Draw draw(mix(seed, 15));
    if (draw.one_in(3)) return out;
    const std::uint64_t expected = 40 * workload.actions + 100 * workload.mailboxes;
    const std::uint64_t count = 1 + draw.below(2 + workload.actions / 8);
    for (std::uint64_t i = 0; i < count; ++i) out.insert(1 + draw.below(expected));
    return out;
}

World::World(RunOptions options)
    : loop(options.seed, kStart),
      clock(loop),
      disk("/memory/sim"),
      dice(dice_options(options)),
      options_(std::move(options)) {
    make_memory_vfs();
    (void)prepared_images();
    set_vfs_clock([this] { return loop.now().time_since_epoch().count(); });
    reseed_sqlite(options_.seed);
    loop.on_step = [this](std::uint64_t word) { hash_ = mix(hash_, word); };
    dice.on_event = [this](FaultId id, std::string_view what) {
        tell("fault " + fault_code(id) + ": " + std::string(what));
    };
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
    if (options_.story && (options_.tells_steps || !line.starts_with("  request")))
        *options_.story << format_timestamp(loop.now()).substr(11, 12) << "  " << line << "\n";
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
    disk.put("crm.db", prepared_images().crm);
    // In one run of eight Liaison makes its store itself, so that it can die while it does.
    if (options_.seed % 8 != 0) disk.put("liaison.db", prepared_images().ledger);
    open_crm_desk();
    for (std::size_t mailbox = 0; mailbox < options_.workload.mailboxes; ++mailbox) {
        const std::string number = std::to_string(mailbox);
        const std::string address = mailbox_address(mailbox);
        if (!sandbox->store().add_user({address, "Rep " + number, "sandbox", false}))
            throw std::runtime_error("no user");
        crm->script("INSERT INTO user(number, name) VALUES('M" + number + "', 'Rep " + number +
                    "')");
        crm->script("INSERT INTO user_address(address, user_id) VALUES('" + address + "', " +
                    std::to_string(mailbox + 1) + ")");
    }
    people_ = std::make_unique<People>(*crm, *exchange, history);
    postman = std::make_unique<Postman>(*crm, *exchange);
    postman->furnish();
    rules = std::make_unique<RuleAdmin>(*this);
    witness = std::make_unique<Witness>(*this);
    events_ = plan_events(options_.seed, options_.workload);
    faults = std::make_unique<WorldFaults>(*this);
    disk.on_call = [this, by_dice = std::move(disk.on_call)](const DiskCall& call) {
        const DiskFault planned = disk_fault(call);
        return planned != DiskFault::None || !by_dice ? planned : by_dice(call);
    };
}

void World::open_crm_desk() {
    auto opened = crm::Sqlite::open(disk.path("crm.db"));
    if (!opened) throw std::runtime_error(opened.error().message);
    if (crm)
        *crm = CrmSide(std::move(*opened));
    else
        crm = std::make_unique<CrmSide>(std::move(*opened));
}

void World::start_process() {
    const Owner owner = loop.new_owner();
    start_again_.reset();
    try {
        process_ = std::make_unique<LiaisonProcess>(*this, owner);
    } catch (const std::exception& e) {
        // The service manager starts it again.
        tell(std::string("the start fails: ") + e.what());
        loop.kill(owner);
        start_again_ = loop.now() + std::chrono::seconds(10);
    }
}

bool World::dies_at(std::string_view place, bool before) {
    if (dying_) return true;
    if (dice.healed() || !options_.crashes.contains(++place_)) return false;
    kill_soon(static_cast<CrashKeeps>(mix(options_.seed, 16, place_) % 5),
              std::string(before ? "before " : "after ") + std::string(place));
    return true;
}

/// The power may go in the middle of a commit of Liaison's own store.
DiskFault World::disk_fault(const DiskCall& call) {
    const bool durable =
        call.op == DiskOp::Write || call.op == DiskOp::Sync || call.op == DiskOp::Truncate;
    if (!durable || dying_ || dice.healed() || !call.file.starts_with("liaison.db"))
        return DiskFault::None;
    if (!options_.crashes.contains(++place_)) return DiskFault::None;
    const std::uint64_t chance = mix(options_.seed, 16, place_);
    const bool before = chance % 2 == 0;
    kill_soon(static_cast<CrashKeeps>(chance / 2 % 5),
              std::string(before ? "before " : "after ") +
                  (call.op == DiskOp::Sync ? "a sync of " : "a write to ") +
                  std::string(call.file));
    return before ? DiskFault::PowerLossBefore : DiskFault::PowerLossAfter;
}

Result<void> World::accept(std::unique_ptr<ByteStream> server_end) {
    net::HttpServerOptions options;
    net::HttpHandler handler = [this](HttpRequest request) { return serve(std::move(request)); };
    loop.spawn(kWorld,
               net::serve_stream(std::move(server_end), std::move(options), std::move(handler)));
    return {};
}

/// Exchange answers after a while: people and other mailboxes act in between.
Async<HttpResponse> World::serve(HttpRequest request) {
    const std::uint64_t number = ++requests;
    const std::uint64_t asked_in = crashes_;
    const std::chrono::milliseconds there(1 + mix(options_.seed, 11, number) % 40);
    const std::chrono::milliseconds back(1 + mix(options_.seed, 12, number) % 40);
    if (dies_at("a request is sent: " + sandbox::ews_operation_name(request), true))
        co_return HttpResponse();
    co_await net::sleep_for(there);
    SeenRequest seen = look_at_request(request);
    co_await faults->exchange.hold(std::move(seen));
    const std::string operation = sandbox::ews_operation_name(request);
    tell("  request " + std::to_string(number) + " " + operation + " for " +
         std::string(request.fields.get("X-AnchorMailbox")));
    witness->before_request(request, operation);
    HttpResponse response = co_await sandbox->answer(request);
    witness->after_request(request, operation, response, asked_in == crashes_);
    (void)dies_at("the request is carried out: " + operation, false);
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
    if (process_) {
        loop.kill(process_->owner());
        process_.reset();
    }
    open_crm_desk();
    if (history.ledger_lost_at() == loop.now()) note_what_lies_elsewhere();
    faults->before_restart();
    start_process();
    faults->restarted();
}

void World::run_until(Timestamp when) {
    for (auto next = loop.next_at(); next && *next <= when; next = loop.next_at()) {
        if (!loop.step()) break;
        while (dying_) crash();
        if (start_again_ && loop.now() >= *start_again_) start_process();
        if (loop.steps() > kStepsMax) throw std::runtime_error("the run does not end");
    }
    loop.advance_to(when);
    while (dying_ || (start_again_ && loop.now() >= *start_again_))
        dying_ ? crash() : start_process();
}

void World::play_events() {
    std::size_t step = 0;
    for (const Event& event : events_) {
        while (dying_) crash();
        dice.pace(step++, events_.size());
        if (options_.left_out.contains(event.number)) continue;
        run_until(kStart + event.at);
        faults->step(event.mailbox);
        rules->step(event.number);
        std::string done = people_->act(event, loop.now());
        if (done.empty()) done = postman->act(event, loop.now());
        if (!done.empty()) tell("[" + std::to_string(event.number) + "] " + done);
    }
    run_until(loop.now() + std::chrono::seconds(20));
}

bool World::quiet_since(Timestamp when) {
    if (!process_) return false;
    for (const daemon::MailboxStatus& status : process_->scheduler().status())
        if (!status.quiet || status.running || !status.last_success ||
            *status.last_success <= when || *status.last_started <= when)
            return false;
    return !waits_to_send();
}

/// An operation of Liaison waits for its retry: it is not at rest, though nothing moves.
bool World::waits_to_send() {
    for (const auto& [id, pairs] : process_->pairs())
        for (const daemon::PairSpec& pair : pairs) {
            const auto due = ask(
                stores().sync->due_operations(pair.id, clock.now() + std::chrono::hours(48), 1));
            if (due && *due && !(*due)->empty()) return true;
        }
    return false;
}

void World::settle() {
    tell("all faults end, people go home");
    dice.heal();
    people_->tidy_up(options_.workload.mailboxes);
    faults->heal();
    witness->healed();
    Timestamp healed = loop.now();
    Timestamp last_write = healed;
    std::uint64_t writes = witness->writes();
    while (!quiet_since(last_write) || something_waits()) {
        run_until(loop.now() + std::chrono::seconds(1));
        if (quiet_since(last_write)) approve_what_people_did();
        witness->look_at_crm();
        if (witness->writes() != writes) last_write = loop.now();
        writes = witness->writes();
        if (const auto morning = everything_waits_until()) {
            sleep_over(*morning);
            healed = std::max(healed, loop.now());
        }
        if (loop.now() > healed + kConvergenceBound) {
            violated("progress", "no rest " + std::to_string(kConvergenceBound.count()) +
                                     " hours after everything was healed");
            return;
        }
    }
    for (int minutes = 0; minutes < 30 && mail_is_missing(*this); ++minutes)
        run_until(loop.now() + std::chrono::minutes(1));
    witness->look_at_crm();
    writes = witness->writes();
    const Timestamp rest = loop.now();
    while (!quiet_since(rest) && loop.now() < rest + std::chrono::hours(1))
        run_until(loop.now() + std::chrono::seconds(1));
    witness->look_at_crm();
    if (witness->writes() != writes)
        violated("echo", "one more cycle sent something although both sides agreed");
}

/// Without its ledger Liaison does not know the mirrors that lie in other folders
/// (docs/limitations.md): it makes them anew.
void World::note_what_lies_elsewhere() {
    for (std::size_t mailbox = 0; mailbox < options_.workload.mailboxes; ++mailbox)
        for (const EntityKind kind : kEntityKinds) {
            const std::string& root = exchange->folder(mailbox, exchange_folder(kind));
            for (const Shown& item : exchange->items(kind, mailbox))
                if (item.folder != root)
                    if (History::Lineage* line = history.find(item.lineage))
                        line->unmarked_away = true;
        }
}

/// Operations and mails that Liaison shows as not done yet.
bool World::something_waits() {
    const auto pairs = ask(stores().sync->summaries());
    const auto mail = ask(stores().mail->counts(std::nullopt));
    if (!pairs || !*pairs || !mail || !*mail) return true;
    for (const PairSummary& pair : **pairs)
        if (pair.queued + pair.sent > 0) return true;
    return (*mail)->pending > 0;
}

/// The admin looks at held lists and lets pass what people did indeed.
void World::approve_what_people_did() {
    for (std::size_t mailbox = 0; mailbox < options_.workload.mailboxes; ++mailbox)
        for (const EntityKind kind : kEntityKinds) {
            const PairId pair = daemon::pair_id(MailboxId(mailbox_address(mailbox)), kind);
            const auto held = ask(stores().sync->held_plan(pair));
            if (!held || !*held || !**held) continue;
            tell("the admin approves a held list of " + pair.str());
            ++approvals_;
            (void)ask(stores().sync->approve_held(pair, (**held)->hash, "admin"));
            process_->scheduler().wake(MailboxId(mailbox_address(mailbox)));
        }
}

std::set<std::string> World::conflict_values() {
    std::set<std::string> out;
    for (std::size_t offset = 0;; offset += 500) {
        const auto page = ask(stores().sync->conflicts(offset, 500));
        if (!page || !*page) break;
        for (const StoredConflict& stored : **page)
            for (const auto& value : {stored.conflict.crm_value, stored.conflict.exchange_value})
                if (value) out.insert(normal_text(to_text(*value)));
        if ((*page)->size() < 500) break;
    }
    return out;
}

/// All mailboxes rest, but some were told to pause for long: when the first of these may go on.
std::optional<Timestamp> World::everything_waits_until() const {
    if (!process_) return std::nullopt;
    std::optional<Timestamp> first;
    for (const daemon::MailboxStatus& status : process_->scheduler().status()) {
        if (status.running) return std::nullopt;
        if (status.quiet) continue;
        if (status.next_due < loop.now() + std::chrono::minutes(30)) return std::nullopt;
        first = std::min(first.value_or(status.next_due), status.next_due);
    }
    return first;
}

/// The service is stopped and started again shortly before: polling meanwhile would show nothing
/// new.
void World::sleep_over(Timestamp morning) {
    tell("the service is stopped until " + format_timestamp(morning));
    // Nobody asks for more than a day.
    if (morning > loop.now() + std::chrono::hours(25)) violated("progress", "nothing more is tried until " + format_timestamp(morning));
    loop.kill(process_->owner());
    process_.reset();
    while (const auto next = loop.next_at()) {
        if (*next > morning - std::chrono::seconds(30) || !loop.step()) break;
    }
    loop.advance_to(morning - std::chrono::seconds(30));
    start_process();
}

Stores& World::stores() {
    return process_->stores();
}

/// For a reader of the story: what Liaison thought.
void World::tell_journal() {
    std::int64_t after = 0;
    while (true) {
        const auto page = ask(stores().sync->journal(after, 500));
        if (!page || !*page || (*page)->empty()) break;
        for (const JournalEntry& e : **page)
            *options_.story << "  journal " << format_timestamp(e.at).substr(11, 12) << " "
                            << e.pair.str() << " " << e.event << " " << e.reason << " link "
                            << e.link.value() << " " << e.detail.substr(0, 300) << "\n";
        after = (*page)->back().sequence;
    }
    for (const LoggedCount& logged : crm->interactions())
        *options_.story << "  interaction " << logged.mark << " " << logged.contact << " "
                        << logged.count << "\n";
    const auto rows = ask(stores().mail->list(std::nullopt, std::nullopt, 0, 500));
    if (!rows || !*rows) return;
    for (const IntakeRow& row : **rows)
        *options_.story << "  mail row " << row.id << " " << row.mailbox.str() << " "
                        << to_string(row.state) << " " << to_string(row.decision.outcome) << " "
                        << row.decision.reason << " attempts " << row.attempts << " "
                        << row.last_error << " " << row.decision.detail << "\n";
}

RunResult World::run() {
    try {
        start_process();
        play_events();
        settle();
        check_at_rest(*this);
        witness->at_rest();
        if (options_.story && options_.tells_steps) tell_journal();
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
    out.places = place_;
    out.edits = history.edits();
    out.requests = requests;
    out.steps = loop.steps();
    out.trace_hash = hash_;
    out.virtual_time = loop.now() - kStart;
    return out;
}

}  // namespace liaison::sim
