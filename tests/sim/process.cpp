#include "tests/sim/process.hpp"

#include <stdexcept>

#include "connectors/ews/ews_connector.hpp"
#include "net/http_client.hpp"
#include "net/memory_stream.hpp"
#include "storage/sql_sync_store.hpp"
#include "storage/sqlite_database.hpp"
#include "tests/sim/world_faults.hpp"

namespace liaison::sim {

namespace {

/// Keeps what people must not find in it: looked through by the checker of discretion.
class WatchedLog final : public EventLog {
public:
    explicit WatchedLog(World& world) : world_(world) {}
    void write(LogLevel, std::string_view event, std::initializer_list<Entry> entries) override {
        std::string line(event);
        for (const auto& [key, value] : entries) line += " " + std::string(key) + "=" + value;
        if (line.find("zq") != std::string::npos)
            world_.violated("discretion", "content of an item in the log: " + line);
        world_.faults->watch.saw_log(event, entries);
        world_.tell("  log: " + line);
    }

private:
    World& world_;
};

template <class T>
T opened(Result<T> result, const char* what) {
    if (!result) throw std::runtime_error(std::string(what) + ": " + result.error().message);
    return std::move(*result);
}

}  // namespace

LiaisonProcess::LiaisonProcess(World& world, Owner owner)
    : world_(world),
      owner_(owner),
      entropy_(mix(world.options().seed, 5, owner)),
      log_(std::make_unique<WatchedLog>(world)),
      store_worker_(world.loop, owner,
                    [&world](bool before) { return world.dies_at("a storage job", before); }),
      crm_worker_(world.loop, owner,
                  [&world](bool before) { return world.dies_at("a CRM job", before); }) {
    auto database = opened(storage::open_sqlite(world.disk.path("liaison.db")), "open");
    stores_ = opened(
        storage::make_stores(std::move(database), store_worker_, entropy_, world.clock), "stores");
    rules_ = std::make_unique<service::RuleBook>(*stores_.mail, world.clock);
    crm_ =
        opened(crm::EmbeddedCrm::open(world.disk.path("crm.db"), crm_worker_, world.clock), "crm");
    crm_endpoint_ = world.faults->crm.wrap(crm_->endpoint());
    crm_sink_ = world.faults->crm.wrap(crm_->interactions());
    daemon::SchedulerOptions options;
    options.poll_interval = std::chrono::seconds(20);
    options.parallel_max = 4;
    options.tick = std::chrono::seconds(5);
    scheduler_ = std::make_unique<daemon::Scheduler>(
        options, [this](MailboxId id) { return cycle(std::move(id)); },
        [this](Async<void> work) { world_.loop.spawn(owner_, std::move(work)); }, world.clock,
        *log_);
    sockets_ = net::make_memory_connector(
        world.loop.executor(kWorld), [&world](net::ConnectTarget, std::unique_ptr<ByteStream> end) {
            return world.accept(std::move(end));
        });
    sockets_ = world.faults->network.wrap(std::move(sockets_));
    net::PoolOptions pool;
    pool.accept_gzip = world.options().seed % 4 == 0;
    http_ = net::make_pooled_client(world.loop.executor(owner), *sockets_, pool);
    for (std::size_t mailbox = 0; mailbox < world.options().workload.mailboxes; ++mailbox)
        add_mailbox(mailbox);
    for (const auto& [id, mailbox] : mailboxes_) scheduler_->add(id, false);
    world.loop.spawn(owner, run());
}

LiaisonProcess::~LiaisonProcess() {
    world_.rules->process_ended();
}

/// Rules that cannot be read keep the service from starting; its manager starts it again.
Async<void> LiaisonProcess::run() {
    Result<void> loaded = co_await rules_->load();
    if (!loaded) {
        world_.kill_soon(CrashKeeps::Everything, "because its rules cannot be read");
        co_return;
    }
    rules_loaded_ = true;
    const service::RuleBook::Entry entry = rules_->entry(rules::RuleScope{});
    world_.rules->loaded(entry.number, entry.document, rules_->current().version());
    co_await scheduler_->run();
}

Async<void> LiaisonProcess::replace_rules(std::size_t member) {
    if (!rules_loaded_) co_return;
    rules::RuleScope scope;
    std::string document = RuleAdmin::document(member);
    std::string who = "admin";
    const std::int64_t expected = rules_->entry(scope).number;
    const std::size_t version = world_.rules->offered(member, expected + 1);
    std::vector<rules::RuleError> errors;
    Result<std::int64_t> number = co_await rules_->replace(
        std::move(scope), expected, std::move(document), std::move(who), &errors);
    if (number)
        world_.rules->in_force(version, rules_->current().version());
    else if (number.error().kind == ErrorKind::VersionConflict)
        world_.rules->refused(version);
    for (const rules::RuleError& error : errors) world_.violated("rules", to_text(error));
}

void LiaisonProcess::add_mailbox(std::size_t mailbox) {
    const std::string address = mailbox_address(mailbox);
    const MailboxId id(address);
    Mailbox m;
    ews::EwsSettings settings;
    settings.url = "http://exchange.example/EWS/Exchange.asmx";
    settings.mailbox = address;
    settings.user = "svc@example.test";
    settings.password = "sandbox";
    settings.impersonate = true;
    settings.time_zone = "Europe/Berlin";
    m.endpoint = ews::make_ews_endpoint(*http_, world_.clock, settings);
    m.source = ews::make_ews_mail_source(*http_, settings);
    m.runner = std::make_unique<daemon::SyncRunner>(*crm_endpoint_, *m.endpoint, *stores_.sync,
                                                    world_.clock, *log_);
    m.logger = std::make_unique<daemon::MailLogger>(*m.source, *crm_sink_, crm_->addresses(),
                                                    *stores_.mail, world_.clock, *log_);
    m.cycle =
        std::make_unique<daemon::MailboxCycle>(*m.runner, *m.logger, *stores_.sync, world_.clock);
    for (const EntityKind kind : {EntityKind::Contact, EntityKind::Appointment, EntityKind::Task}) {
        daemon::PairSpec pair;
        pair.id = daemon::pair_id(id, kind);
        pair.mailbox = id;
        pair.kind = kind;
        pair.crm_system = "crm";
        for (std::size_t other = 0; other < world_.options().workload.mailboxes; ++other)
            pair.mirrored_organizers.insert(mailbox_address(other));
        m.pairs.push_back(std::move(pair));
    }
    m.mail.mailbox = id;
    m.mail.folders = {"Inbox/CRM"};
    mailboxes_.emplace(id, std::move(m));
}

Async<Result<bool>> LiaisonProcess::cycle(MailboxId id) {
    Mailbox& mailbox = mailboxes_.at(id);
    rules::RuleSet rules = rules_->current();
    const std::size_t version = world_.rules->cycle_begins();
    Result<bool> moved = co_await mailbox.cycle->run(mailbox.pairs, mailbox.mail, std::move(rules));
    world_.rules->cycle_ends(version);
    co_return moved;
}

}  // namespace liaison::sim
