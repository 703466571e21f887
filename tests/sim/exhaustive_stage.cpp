#include "tests/sim/exhaustive_stage.hpp"

#include <algorithm>
#include <set>
#include <stdexcept>

#include "connectors/crm/embedded/embedded_crm.hpp"
#include "connectors/ews/ews_connector.hpp"
#include "daemon/mailbox_cycle.hpp"
#include "net/deadline.hpp"
#include "net/http_client.hpp"
#include "net/http_server.hpp"
#include "net/memory_stream.hpp"
#include "sandbox/mail_delivery.hpp"
#include "storage/sql_sync_store.hpp"
#include "storage/sqlite_database.hpp"
#include "storage/stores.hpp"

namespace liaison::sim {

namespace {

const Timestamp kStageStart = *parse_timestamp("2026-11-25T08:00:00Z");
constexpr std::chrono::seconds kBetweenTurns{20};
constexpr std::size_t kTurnsMax = 100;

template <class T>
T staged(Result<T> result, const char* what) {
    if (!result) throw std::runtime_error(std::string(what) + ": " + result.error().message);
    return std::move(*result);
}

class StageEntropy final : public Entropy {
public:
    explicit StageEntropy(std::uint64_t seed) : seed_(seed) {}
    std::uint64_t next() override { return mix(seed_, ++count_); }

private:
    std::uint64_t seed_;
    std::uint64_t count_ = 0;
};

class StageLog final : public EventLog {
public:
    void write(LogLevel, std::string_view, std::initializer_list<Entry>) override {}
};

/// Every job is a verb of a store or of the embedded CRM: the process can die before it and after
/// it.
class StageWorker final : public Worker {
public:
    StageWorker(Stage& stage, Owner owner, std::string whose)
        : stage_(stage), inner_(stage.loop, owner), whose_(std::move(whose)) {}
    void submit(std::function<void()> job) override {
        inner_.submit([this, job = std::move(job)] {
            if (stage_.dies("before a verb of the " + whose_)) return;
            job();
            stage_.dies("after a verb of the " + whose_);
        });
    }

private:
    Stage& stage_;
    LoopWorker inner_;
    std::string whose_;
};

/// `count` must outlive the call.
Async<void> count_conflicts(SyncStore& store, std::optional<std::size_t>& count) {
    Result<std::vector<StoredConflict>> found = co_await store.conflicts(0, 1000);
    std::set<std::pair<Field, std::string>> different;  // what is decided anew is recorded anew
    for (const StoredConflict& row : found.value_or(std::vector<StoredConflict>()))
        different.emplace(
            row.conflict.field,
            (row.conflict.crm_value ? to_text(*row.conflict.crm_value) : "") + "\n" +
                (row.conflict.exchange_value ? to_text(*row.conflict.exchange_value) : ""));
    count = different.size();
}

std::string stage_mount(const char* what) {
    static std::uint64_t count = 0;
    return "/stage/" + std::to_string(++count) + what;
}

}  // namespace

/// Liaison as it is composed in service/compose.cpp, with the scenario's kinds.
class Stage::Process {
public:
    Process(Stage& stage, Owner owner)
        : owner(owner),
          stage_(stage),
          entropy_(mix(7, owner)),
          store_worker_(stage, owner, "store"),
          crm_worker_(stage, owner, "CRM") {
        auto database = staged(storage::open_sqlite(stage.disk.path("liaison.db")), "open");
        stores_ =
            staged(storage::make_stores(std::move(database), store_worker_, entropy_, stage.clock),
                   "stores");
        crm_ = staged(
            crm::EmbeddedCrm::open(stage.crm_disk.path("crm.db"), crm_worker_, stage.clock), "crm");
        sockets_ = net::make_memory_connector(
            stage.loop.executor(kWorld),
            [&stage](net::ConnectTarget, std::unique_ptr<ByteStream> end) {
                return stage.accept(std::move(end));
            });
        http_ = net::make_pooled_client(stage.loop.executor(owner), *sockets_, net::PoolOptions());
        for (std::size_t mailbox = 0; mailbox < stage.mailboxes; ++mailbox) add_mailbox(mailbox);
        if (!stage.rule_folder.empty()) {
            auto loaded = rules::RuleSet::load(
                R"({"rules":[{"displayName":"file it","sequence":1,"conditions":{},"actions":{"moveToFolder":")" +
                stage.rule_folder + R"("}}]})");
            if (!loaded) throw std::runtime_error("the scenario's rule is refused");
            rules_ = std::move(*loaded);
        }
        stage.loop.spawn(owner, run());
    }

    const Owner owner;
    std::size_t turns = 0;
    std::size_t quiet = 0;  ///< turns in a row in which nothing moved and nothing failed
    std::string last_error;
    bool rests = false;  ///< no new turn begins

    SyncStore& store() { return *stores_.sync; }

private:
    struct Mailbox {
        std::unique_ptr<SyncEndpoint> endpoint;
        std::unique_ptr<MailSource> source;
        std::unique_ptr<daemon::SyncRunner> runner;
        std::unique_ptr<daemon::MailLogger> logger;
        std::unique_ptr<daemon::MailboxCycle> cycle;
        std::vector<daemon::PairSpec> pairs;
        daemon::MailboxSpec mail;
    };

    void add_mailbox(std::size_t number) {
        ews::EwsSettings settings;
        settings.url = "http://exchange.example/EWS/Exchange.asmx";
        settings.mailbox = mailbox_address(number);
        settings.user = "svc@example.test";
        settings.password = "sandbox";
        settings.impersonate = true;
        settings.time_zone = "Europe/Berlin";
        Mailbox m;
        m.endpoint = ews::make_ews_endpoint(*http_, stage_.clock, settings);
        m.source = ews::make_ews_mail_source(*http_, settings);
        m.runner = std::make_unique<daemon::SyncRunner>(crm_->endpoint(), *m.endpoint,
                                                        *stores_.sync, stage_.clock, log_);
        m.logger = std::make_unique<daemon::MailLogger>(
            *m.source, crm_->interactions(), crm_->addresses(), *stores_.mail, stage_.clock, log_);
        m.cycle = std::make_unique<daemon::MailboxCycle>(*m.runner, *m.logger, *stores_.sync,
                                                         stage_.clock);
        for (const EntityKind kind : stage_.kinds) {
            daemon::PairSpec pair;
            pair.mailbox = MailboxId(settings.mailbox);
            pair.id = daemon::pair_id(pair.mailbox, kind);
            pair.kind = kind;
            pair.crm_system = "crm";
            for (std::size_t other = 0; other < stage_.mailboxes; ++other)
                pair.mirrored_organizers.insert(mailbox_address(other));
            m.pairs.push_back(std::move(pair));
        }
        m.mail.mailbox = MailboxId(settings.mailbox);
        if (stage_.has_mail) m.mail.folders = {"Inbox/CRM"};
        mailboxes_.push_back(std::move(m));
    }

    Async<void> run() {
        while (true) {
            bool still = true;
            for (Mailbox& mailbox : mailboxes_) {
                rules::RuleSet rules = rules_;
                Result<bool> moved =
                    co_await mailbox.cycle->run(mailbox.pairs, mailbox.mail, std::move(rules));
                if (!moved) last_error = moved.error().message;
                still = still && moved && !*moved;
            }
            ++turns;
            quiet = still ? quiet + 1 : 0;
            while (rests) co_await net::sleep_for(kBetweenTurns);
            co_await net::sleep_for(kBetweenTurns);
        }
    }

    Stage& stage_;
    StageEntropy entropy_;
    StageLog log_;
    StageWorker store_worker_;
    StageWorker crm_worker_;
    Stores stores_;
    std::unique_ptr<crm::EmbeddedCrm> crm_;
    std::unique_ptr<StreamConnector> sockets_;
    std::unique_ptr<HttpClient> http_;
    std::vector<Mailbox> mailboxes_;
    rules::RuleSet rules_;
};

Stage::Stage(const Scenario& scenario, Interruption interruption)
    : loop(1, kStageStart),
      clock(loop),
      disk(stage_mount("-liaison")),
      crm_disk(stage_mount("-crm")),
      scenario_(scenario),
      interruption_(interruption) {
    make_memory_vfs();
    set_vfs_clock([this] { return loop.now().time_since_epoch().count(); });
    reseed_sqlite(1);
    disk.on_call = [this](const DiskCall& call) {
        const bool counts =
            call.op == DiskOp::Write || call.op == DiskOp::Sync || call.op == DiskOp::Truncate;
        return counts && dies("within a commit") ? DiskFault::PowerLossBefore : DiskFault::None;
    };
    look_at_scenario();
    set_up();
}

Stage::~Stage() {
    disk.on_call = nullptr;
    if (process_) {
        loop.kill(process_->owner);
        process_.reset();
    }
    loop.kill(kWorld);
    crm_.reset();
    set_vfs_clock(nullptr);
}

void Stage::look_at_scenario() {
    for (const auto* lines : {&scenario_.before, &scenario_.events, &scenario_.after})
        for (const ScenarioLine& line : *lines) {
            for (const std::string& word : line.words) {
                const auto kind = parse_entity_kind(word);
                if (kind && std::find(kinds.begin(), kinds.end(), *kind) == kinds.end())
                    kinds.push_back(*kind);
                if (word.ends_with("@1") || word == "give") mailboxes = 2;
            }
            has_mail = has_mail || line.words.front() == "mail";
            if (line.words.front() == "rule") rule_folder = line.word(1);
        }
}

void Stage::set_up() {
    sandbox::SandboxOptions options;
    options.now = [this] { return loop.now().time_since_epoch().count(); };
    sandbox_ = staged(sandbox::Sandbox::open(std::move(options)), "sandbox");
    exchange_ = std::make_unique<ExchangeSide>(sandbox_->store());
    start_from_empty_files();
    crm_ = std::make_unique<CrmSide>(staged(crm::Sqlite::open(crm_disk.path("crm.db")), "desk"));
    for (std::size_t mailbox = 0; mailbox < mailboxes; ++mailbox) {
        const std::string number = std::to_string(mailbox);
        if (!sandbox_->store().add_user(
                {mailbox_address(mailbox), "Rep " + number, "sandbox", false}))
            throw std::runtime_error("no user");
        crm_->script("INSERT INTO user(number, name) VALUES('M" + number + "', 'Rep " + number +
                     "')");
        crm_->script("INSERT INTO user_address(address, user_id) VALUES('" +
                     mailbox_address(mailbox) + "', " + std::to_string(mailbox + 1) + ")");
    }
}

/// The schemas are made once per program: most playings are short.
void Stage::start_from_empty_files() {
    static const auto crm_file = [this] {
        LoopWorker worker(loop, kWorld);
        staged(crm::EmbeddedCrm::open(crm_disk.path("crm.db"), worker, clock), "crm");
        return crm_disk.image("crm.db");
    }();
    static const auto ledger_file = [this] {
        LoopWorker worker(loop, kWorld);
        StageEntropy entropy(3);
        staged(storage::make_stores(staged(storage::open_sqlite(disk.path("liaison.db")), "open"),
                                    worker, entropy, clock),
               "stores");
        return disk.image("liaison.db");
    }();
    for (const std::string& file : crm_disk.files()) crm_disk.remove(file);
    for (const std::string& file : disk.files()) disk.remove(file);
    crm_disk.put("crm.db", crm_file);
    disk.put("liaison.db", ledger_file);
}

void Stage::start_process() {
    process_ = std::make_unique<Process>(*this, loop.new_owner());
}

bool Stage::dies(std::string_view where) {
    if (!armed_ || played_.struck) return false;
    if (interruption_.how == Interruption::How::None) played_.points.emplace_back(where);
    if (interruption_.how != Interruption::How::Die) return false;
    if (interruption_.at-- != 0) return false;
    dying_ = true;
    played_.struck = true;
    return true;
}

void Stage::crash(CrashKeeps keeps) {
    dying_ = false;
    disk.crash(keeps, 1);
    loop.kill(process_->owner);
    process_.reset();
    start_process();
}

bool Stage::step() {
    const bool stepped = loop.step();
    // What was within a commit may be left in any state; a process that died between verbs has
    // synced all it did.
    if (disk.is_dark())
        crash(disk.calls(DiskOp::Write) % 2 == 0 ? CrashKeeps::Prefix : CrashKeeps::Torn);
    else if (dying_)
        crash(CrashKeeps::Nothing);
    return stepped;
}

bool Stage::run_to_rest() {
    std::size_t spent = 0;
    std::size_t last = 0;
    while (process_->quiet < 2) {
        if (!step()) throw std::runtime_error("nothing is left to happen");
        if (process_->turns != last) ++spent;
        last = process_->turns;
        if (spent > kTurnsMax) {
            played_.wrong.push_back("no rest after " + std::to_string(kTurnsMax) +
                                    " turns; last error: " + process_->last_error);
            return false;
        }
    }
    return true;
}

void Stage::run_one_turn() {
    const std::size_t turn = process_->turns;
    while (process_->turns == turn && step()) {
    }
}

std::int64_t Stage::external_writes() {
    return exchange_writes_ + crm_->number("SELECT count(*) FROM change_log");
}

Result<void> Stage::accept(std::unique_ptr<ByteStream> server_end) {
    net::HttpServerOptions options;
    net::HttpHandler handler = [this](HttpRequest request) { return serve(std::move(request)); };
    loop.spawn(kWorld,
               net::serve_stream(std::move(server_end), std::move(options), std::move(handler)));
    return {};
}

/// A response with status 0 cuts the connection.
Async<HttpResponse> Stage::serve(HttpRequest request) {
    const std::string operation = sandbox::ews_operation_name(request);
    HttpResponse cut;
    cut.status = 0;
    if (dies("before Exchange gets " + operation)) co_return cut;
    using StageHow = Interruption::How;
    const bool counts = armed_ && !played_.struck;
    const bool disturbs =
        interruption_.how == StageHow::Unapplied || interruption_.how == StageHow::AnswerLost;
    if (counts && interruption_.how == StageHow::None) played_.requests.push_back(operation);
    const bool hit = counts && disturbs && interruption_.at-- == 0;
    played_.struck = played_.struck || hit;
    if (hit && interruption_.how == StageHow::Unapplied) co_return cut;
    HttpResponse response = co_await sandbox_->answer(std::move(request));
    if (operation.starts_with("Create") || operation == "UpdateItem" || operation == "DeleteItem" ||
        operation == "MoveItem")
        ++exchange_writes_;
    if (hit || dies("after Exchange did " + operation)) co_return cut;
    co_return response;
}

void Stage::before() {
    const auto is = [](const ScenarioLine& line, std::string_view what) {
        return line.words.front() == what;
    };
    bool settles = false;
    for (const ScenarioLine& line : scenario_.before) {
        if (is(line, "both")) create(line, true, false, 1);
        settles = settles || is(line, "both");
    }
    if (settles && !run_to_rest()) throw std::runtime_error("the state before cannot be made");
    settles = false;
    for (const ScenarioLine& line : scenario_.before) {
        if (is(line, "mail")) deliver(line);
        settles = settles || is(line, "mail");
    }
    if (settles) process_->quiet = 0;
    if (settles && !run_to_rest()) throw std::runtime_error("the state before cannot be made");
    for (const ScenarioLine& line : scenario_.before) {
        const bool twin = is(line, "twin");
        if (twin || is(line, "crm") || is(line, "outlook"))
            create(line, twin || is(line, "crm"), twin || is(line, "outlook"), 1);
    }
}

Played Stage::play() {
    start_process();
    before();
    process_->rests = true;
    run_one_turn();
    for (const ScenarioLine& line : scenario_.events) act(line);
    process_->rests = false;
    process_->quiet = 0;
    armed_ = true;
    if (run_to_rest()) {
        armed_ = false;
        const std::int64_t writes = external_writes();
        run_one_turn();
        if (external_writes() != writes) played_.wrong.push_back("one more turn wrote something");
        for (std::string& wrong : compare_with_after(*this))
            played_.wrong.push_back(std::move(wrong));
        played_.outside = outside_of(*this);
    }
    return std::move(played_);
}

void Stage::act(const ScenarioLine& line) {
    const std::string& who = line.words.front();
    if (who == "mail") return deliver(line);
    if (who == "drag") return drag(line);
    if (who == "ledger") return lose_ledger();
    if (who == "cycle") {
        process_->rests = false;
        run_one_turn();
        process_->rests = true;
        return;
    }
    if (who == "states") {
        for (std::size_t mailbox = 0; mailbox < mailboxes; ++mailbox)
            for (const sandbox::Folder* folder :
                 exchange_->store().folders(mailbox_address(mailbox)))
                (void)exchange_->store().reset_sync(mailbox_address(mailbox), folder->id);
        return;
    }
    if (who != "crm" && who != "outlook")
        throw std::runtime_error("nobody can do this: " + line.text);
    const std::string& verb = line.word(1);
    if (verb == "create") return create(line, who == "crm", who == "outlook", 2);
    if (verb == "edit") return edit(line, who == "crm");
    if (who == "outlook") return outlook(line);
    const std::vector<Found> found = find_items(*crm_, line.word(2), mailboxes);
    if (found.empty()) throw std::runtime_error("the CRM has no such item: " + line.text);
    if (verb == "delete")
        crm_->erase(found.front().item);
    else if (verb == "give")
        crm_->script(std::string("UPDATE ") + crm_table(found.front().kind) +
                     " SET owner_id = " + std::to_string(std::stoi(line.word(3)) + 1) +
                     " WHERE id = " + found.front().item.id);
    else
        throw std::runtime_error("the CRM cannot do this: " + line.text);
}

void Stage::create(const ScenarioLine& line, bool in_crm, bool in_exchange, std::size_t kind_word) {
    const auto kind = parse_entity_kind(line.word(kind_word));
    if (!kind) throw std::runtime_error("no kind of item: " + line.text);
    const std::string mark = line.word(kind_word + 1);
    Shown item;
    item.kind = *kind;
    item.lineage = bare_mark(mark);
    item.fields = line.values;
    item.is_private = item.fields.erase("private") > 0;
    item.fields.try_emplace(*kind == EntityKind::Contact ? "given_name" : "subject", item.lineage);
    const bool done = item.fields.contains("status") && item.fields["status"] == "completed";
    if (in_crm) crm_->insert(*kind, mailbox_of_mark(mark), item);
    if (in_crm && done)
        crm_->script(
            "UPDATE task SET percent_complete = 100, completed_on = '2026-11-25' WHERE status = "
            "'completed'");
    if (in_exchange) exchange_->insert(*kind, mailbox_of_mark(mark), item);
}

void Stage::edit(const ScenarioLine& line, bool in_crm) {
    const std::vector<Found> found = in_crm ? find_items(*crm_, line.word(2), mailboxes)
                                            : find_items(*exchange_, line.word(2), mailboxes);
    if (found.empty()) throw std::runtime_error("there is no such item: " + line.text);
    for (const auto& [field, value] : line.values) {
        if (!in_crm)
            exchange_->update(found.front().mailbox,
                              find_items(*exchange_, line.word(2), mailboxes).front().item, field,
                              value);
        else if (field == "status" && value == "completed")
            crm_->script(
                "UPDATE task SET status = 'completed', percent_complete = 100, completed_on = "
                "'2026-11-25' WHERE id = " +
                found.front().item.id);
        else
            crm_->update(found.front().item, field, value);
    }
}

std::int64_t Stage::conflicts() {
    std::optional<std::size_t> count;
    loop.spawn(process_->owner, count_conflicts(process_->store(), count));
    while (!count && step()) {
    }
    return static_cast<std::int64_t>(count.value_or(0));
}

void Stage::lose_ledger() {
    loop.kill(process_->owner);
    process_.reset();
    for (const std::string& file : disk.files()) disk.remove(file);
    start_process();
}

}  // namespace liaison::sim
