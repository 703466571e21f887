#include "service/compose.hpp"

#include <boost/json.hpp>
#include <filesystem>
#include <map>

#include "connectors/crm/embedded/embedded_crm.hpp"
#include "connectors/ews/ews_connector.hpp"
#include "connectors/graph/graph_connector.hpp"
#include "daemon/mail_logger.hpp"
#include "daemon/mailbox_cycle.hpp"
#include "daemon/scheduler.hpp"
#include "daemon/sync/explain.hpp"
#include "daemon/sync_runner.hpp"
#include "net/auth/bearer_client.hpp"
#include "net/auth/client_credentials.hpp"
#include "net/http_client.hpp"
#include "net/http_server.hpp"
#include "service/api/folder_routes.hpp"
#include "service/api/mail_routes.hpp"
#include "service/api/services.hpp"
#include "service/mail_desk.hpp"
#include "service/rule_book.hpp"
#include "service/system_ports.hpp"
#include "storage/stores.hpp"

namespace liaison::service {

std::string_view program_version() {
    return "0.1.0";
}

namespace {

/// Everything that belongs to one rep.
struct Mailbox {
    MailboxConfig config;
    std::unique_ptr<SyncEndpoint> endpoint;
    std::unique_ptr<MailSource> source;
    std::unique_ptr<InboxRules> inbox_rules;  ///< null over Graph
    std::unique_ptr<daemon::SyncRunner> runner;
    std::unique_ptr<daemon::MailLogger> logger;
    std::unique_ptr<daemon::MailboxCycle> cycle;
    std::vector<daemon::PairSpec> pairs;
    daemon::MailboxSpec mail;
    bool previewing = false;  ///< one picture at a time: a cycle waits for its next turn
};

/// Where the pause of a whole mailbox is kept, beside its pairs.
PairId pause_mark(const MailboxId& id) {
    return PairId(id.str() + "/mailbox");
}

class ComposedApplication final : public Application {
public:
    ComposedApplication(net::RunLoop& loop, Config config, Purpose purpose)
        : loop_(loop), config_(std::move(config)), purpose_(purpose) {}

    Result<void> open();
    Async<Result<void>> run() override;
    void stop() override;
    std::string api_url() const override;
    Async<Result<std::string>> describe_plans() override;
    Async<HttpResponse> answer(HttpRequest request) override;
    Async<Result<std::string>> inbox_rules(MailboxId mailbox, bool push) override;

private:
    void open_desk();
    Result<void> open_exchange();
    Result<void> open_api();
    void open_graph();
    void add_mailbox(const MailboxConfig& config, const std::string& password);
    void reach_by_ews(Mailbox& mailbox, const std::string& password);
    void reach_by_graph(Mailbox& mailbox);
    Async<Result<bool>> cycle(MailboxId id);
    Async<Result<void>> set_paused(MailboxId id, bool paused);
    void open_inbox_desk();
    Async<Result<std::vector<FolderView>>> list_folders(MailboxId id);
    Async<Result<Plan>> preview(MailboxId id, EntityKind kind);
    Async<Result<std::vector<daemon::DryRunLine>>> dry_run(MailboxId id, rules::RuleSet rules,
                                                           std::string folder, std::size_t max);
    Async<Result<daemon::DryRunResult>> compare_rules(MailboxId id, rules::RuleSet before,
                                                      rules::RuleSet after,
                                                      daemon::DryRunRange range);

    net::RunLoop& loop_;
    Config config_;
    Purpose purpose_;
    SystemClock clock_;
    SystemEntropy entropy_;
    ReferenceSecrets secrets_;
    std::unique_ptr<EventLog> log_;
    WorkerThread store_worker_;
    WorkerThread crm_worker_;
    Stores stores_;
    std::unique_ptr<crm::EmbeddedCrm> crm_;
    std::unique_ptr<StreamConnector> sockets_;
    std::unique_ptr<HttpClient> http_;
    std::unique_ptr<net::TokenSource> graph_tokens_;
    std::unique_ptr<HttpClient> graph_http_;  ///< http_ with the application's token
    std::string graph_url_;
    std::map<MailboxId, Mailbox> mailboxes_;
    std::unique_ptr<RuleBook> rules_;
    std::unique_ptr<BlocklistBook> blocklist_;
    std::unique_ptr<MailDesk> desk_;
    std::unique_ptr<InboxRuleDesk> inbox_desk_;
    std::unique_ptr<daemon::Scheduler> scheduler_;
    std::unique_ptr<Router> router_;
    std::unique_ptr<net::HttpServer> server_;
};

Result<void> ComposedApplication::open() {
    log_ = make_event_log(config_.log_level, config_.log_format, config_.log_file);
    auto stores = open_stores(config_.data_directory, store_worker_, entropy_, clock_);
    if (!stores) return std::unexpected(stores.error());
    stores_ = std::move(*stores);
    auto crm = crm::EmbeddedCrm::open(config_.crm_database, crm_worker_, clock_);
    if (!crm) return std::unexpected(crm.error());
    crm_ = std::move(*crm);
    rules_ = std::make_unique<RuleBook>(*stores_.mail, clock_);
    daemon::SchedulerOptions options;
    options.poll_interval = config_.poll_interval;
    options.parallel_max = config_.parallel_mailboxes;
    scheduler_ = std::make_unique<daemon::Scheduler>(
        options, [this](MailboxId id) { return cycle(std::move(id)); },
        [this](Async<void> work) { loop_.spawn(std::move(work)); }, clock_, *log_);
    open_desk();
    if (purpose_ == Purpose::Desk) return {};
    if (auto exchange = open_exchange(); !exchange) return exchange;
    open_inbox_desk();
    if (config_.api_enabled) return open_api();
    return {};
}

void ComposedApplication::open_desk() {
    blocklist_ = std::make_unique<BlocklistBook>(*stores_.mail, clock_);
    desk_ = std::make_unique<MailDesk>(
        *stores_.mail, crm_->addresses(), crm_->interactions(), *rules_, *blocklist_, clock_,
        [this](const MailboxId& id) -> MailSource* {
            const auto found = mailboxes_.find(id);
            return found == mailboxes_.end() ? nullptr : found->second.source.get();
        },
        [this](const MailboxId& id) { scheduler_->wake(id); });
}

/// The routes about mail alone, for a command line that has the data directory to itself.
Async<HttpResponse> ComposedApplication::answer(HttpRequest request) {
    Result<void> loaded = co_await rules_->load();
    if (loaded) loaded = co_await blocklist_->load();
    if (!loaded) co_return problem(loaded.error());
    const std::string token = std::to_string(entropy_.next()) + std::to_string(entropy_.next());
    Router router(token, std::string(program_version()));
    add_explain_route(router, *desk_);
    add_tray_routes(router, *desk_);
    request.fields.set("Authorization", "Bearer " + token);
    co_return co_await router.handle(std::move(request));
}

Result<void> ComposedApplication::open_exchange() {
    Result<std::string> password;
    if (config_.uses("ews")) password = secrets_.get(config_.exchange_password);
    if (!password) return std::unexpected(password.error());
    net::TlsTrust trust;
    trust.private_ca_file = config_.exchange_ca_file;
    trust.pin_private_ca = config_.exchange_pin_ca;
    sockets_ = net::make_socket_connector(loop_.executor(), trust);
    net::PoolOptions pool;
    pool.connections_per_host_max = config_.exchange_connections;
    pool.proxy_url = config_.exchange_proxy;
    http_ = net::make_pooled_client(loop_.executor(), *sockets_, pool);
    if (config_.uses("graph")) open_graph();
    for (const MailboxConfig& mailbox : config_.mailboxes) add_mailbox(mailbox, *password);
    return {};
}

/// The application signs in when the first request needs it: a wrong secret suspends its mailboxes,
/// it does not keep the others from starting.
void ComposedApplication::open_graph() {
    const GraphConfig& from = config_.graph;
    const graph::CloudHosts cloud = graph::cloud_hosts(from.cloud);
    graph_url_ = (from.url.empty() ? cloud.graph : from.url) + "/v1.0";
    net::ClientCredentials credentials;
    credentials.token_url = (from.login_url.empty() ? cloud.login : from.login_url) + "/" +
                            from.tenant + "/oauth2/v2.0/token";
    credentials.client_id = from.client_id;
    credentials.scope = cloud.graph + "/.default";
    credentials.secret = from.client_secret;
    credentials.certificate = from.certificate;
    credentials.private_key = from.private_key;
    credentials.algorithm = from.algorithm;
    graph_tokens_ = net::make_client_credentials_source(*http_, clock_, entropy_, secrets_,
                                                        std::move(credentials));
    graph_http_ = net::make_bearer_client(*http_, *graph_tokens_, graph_url_);
}

void ComposedApplication::reach_by_graph(Mailbox& mailbox) {
    graph::GraphSettings settings;
    settings.base_url = graph_url_;
    settings.mailbox = mailbox.config.address;
    settings.time_zone = config_.exchange_time_zone;
    settings.send_meeting_mail = config_.graph.send_meeting_mail;
    settings.user_agent = "Liaison/" + std::string(program_version());
    mailbox.endpoint = graph::make_graph_endpoint(*graph_http_, clock_, settings);
    mailbox.source = graph::make_graph_mail_source(*graph_http_, clock_, settings);
}

void ComposedApplication::reach_by_ews(Mailbox& mailbox, const std::string& password) {
    ews::EwsSettings settings;
    settings.url = config_.exchange_url;
    settings.mailbox = mailbox.config.address;
    settings.user = config_.exchange_user;
    settings.password = password;
    settings.impersonate = config_.exchange_impersonate;
    settings.time_zone = config_.exchange_time_zone;
    settings.owa_url = config_.exchange_owa_url;
    settings.user_agent = "Liaison/" + std::string(program_version());
    mailbox.endpoint = ews::make_ews_endpoint(*http_, clock_, settings);
    mailbox.source = ews::make_ews_mail_source(*http_, settings);
    mailbox.inbox_rules = ews::make_ews_inbox_rules(*http_, settings);
}

void ComposedApplication::add_mailbox(const MailboxConfig& config, const std::string& password) {
    const MailboxId id(config.address);
    Mailbox m;
    m.config = config;
    if (config.exchange == "graph")
        reach_by_graph(m);
    else
        reach_by_ews(m, password);
    m.runner = std::make_unique<daemon::SyncRunner>(crm_->endpoint(), *m.endpoint, *stores_.sync,
                                                    clock_, *log_);
    m.logger = std::make_unique<daemon::MailLogger>(
        *m.source, crm_->interactions(), crm_->addresses(), *stores_.mail, clock_, *log_);
    m.cycle = std::make_unique<daemon::MailboxCycle>(*m.runner, *m.logger, *stores_.sync, clock_);
    std::set<std::string> organizers;
    for (const MailboxConfig& other : config_.mailboxes) organizers.insert(other.address);
    for (const EntityKind kind : config.kinds) {
        daemon::PairSpec pair;
        pair.id = daemon::pair_id(id, kind);
        pair.mailbox = id;
        pair.kind = kind;
        pair.policy = config_.policy;
        pair.crm_system = config_.crm_system;
        pair.mirrored_organizers = organizers;
        m.pairs.push_back(std::move(pair));
    }
    m.mail.mailbox = id;
    m.mail.folders = config.folders;
    m.mail.opportunity_root = config.opportunity_folders;
    m.mail.create_folders = config.create_mail_folders;
    m.mail.mark_mail = config_.mark_mail;
    m.mail.policy = config_.mail;
    m.mail.policy.skip_private = config_.skip_private_mail;
    mailboxes_.emplace(id, std::move(m));
}

Result<void> ComposedApplication::open_api() {
    auto token = secrets_.get(config_.api_token);
    if (!token) return std::unexpected(token.error());
    router_ = std::make_unique<Router>(*token, std::string(program_version()));
    ApiServices services{
        *scheduler_,
        *stores_.sync,
        *stores_.mail,
        *rules_,
        clock_,
        [this](MailboxId id, bool paused) { return set_paused(std::move(id), paused); },
        [this](MailboxId id, EntityKind kind) { return preview(std::move(id), kind); },
        [this](MailboxId id, rules::RuleSet rules, std::string folder, std::size_t max) {
            return dry_run(std::move(id), std::move(rules), std::move(folder), max);
        },
        [this](MailboxId id, rules::RuleSet before, rules::RuleSet after,
               daemon::DryRunRange range) {
            return compare_rules(std::move(id), std::move(before), std::move(after),
                                 std::move(range));
        }};
    add_service_routes(*router_, services);
    add_mailbox_routes(*router_, services);
    add_mail_routes(*router_, services);
    add_explain_route(*router_, *desk_);
    add_tray_routes(*router_, *desk_);
    add_rule_routes(*router_, services);
    add_rule_trial_routes(*router_, services);
    add_sync_routes(*router_, services);
    add_folder_routes(
        *router_, [this](MailboxId id) { return list_folders(std::move(id)); }, *inbox_desk_);
    net::HttpServerOptions options;
    options.address = config_.api_address;
    options.port = config_.api_port;
    options.body_bytes_max = 16u << 20;
    options.tls_certificate_file = config_.api_tls_certificate;
    options.tls_private_key_file = config_.api_tls_key;
    auto server = net::HttpServer::listen(loop_.executor(), options, [this](HttpRequest request) {
        return router_->handle(std::move(request));
    });
    if (!server) return std::unexpected(server.error());
    server_ = std::move(*server);
    return {};
}

std::string ComposedApplication::api_url() const {
    if (!server_) return {};
    const bool tls = !config_.api_tls_certificate.empty();
    return (tls ? "https://" : "http://") + config_.api_address + ":" +
           std::to_string(server_->port());
}

Async<Result<void>> ComposedApplication::run() {
    Result<void> rules = co_await rules_->load();
    if (rules) rules = co_await blocklist_->load();
    if (!rules) co_return rules;
    for (const auto& [id, mailbox] : mailboxes_) {
        const bool paused = mailbox.config.paused;
        Result<PairState> state = co_await stores_.sync->pair_state(pause_mark(id));
        if (!state) co_return std::unexpected(state.error());
        scheduler_->add(id, paused || state->paused);
    }
    log_->write(LogLevel::Info, "started",
                {{"version", std::string(program_version())},
                 {"mailboxes", std::to_string(mailboxes_.size())},
                 {"api", api_url()}});
    co_await scheduler_->run();
    log_->write(LogLevel::Info, "stopped", {});
    co_return Result<void>{};
}

void ComposedApplication::stop() {
    scheduler_->stop();
    if (server_) server_->stop();
}

/// Contacts first (they are who mails and meetings refer to), then meetings, tasks, mail: the order of the pairs.
Async<Result<bool>> ComposedApplication::cycle(MailboxId id) {
    Mailbox& mailbox = mailboxes_.at(id);
    if (mailbox.previewing) co_return true;
    daemon::RulesInForce rules = [this] { return rules_->current(); };
    mailbox.mail.policy.match.blocklist = blocklist_->current();
    Result<bool> moved = co_await mailbox.cycle->run(mailbox.pairs, mailbox.mail, std::move(rules));
    co_return moved;
}

Async<Result<void>> ComposedApplication::set_paused(MailboxId id, bool paused) {
    const auto found = mailboxes_.find(id);
    if (found == mailboxes_.end())
        co_return fail(ErrorKind::NotFound, "this mailbox is not configured");
    Result<void> stored = co_await stores_.sync->set_paused(pause_mark(id), paused);
    if (!stored) co_return stored;
    scheduler_->set_paused(id, paused);
    co_return Result<void>{};
}

Async<Result<std::vector<FolderView>>> ComposedApplication::list_folders(MailboxId id) {
    const auto found = mailboxes_.find(id);
    if (found == mailboxes_.end())
        co_return fail(ErrorKind::NotFound, "this mailbox is not configured");
    auto counts = co_await stores_.mail->folder_counts(id);
    if (!counts) co_return std::unexpected(counts.error());
    std::vector<FolderView> out;
    for (daemon::FolderStatus& status : found->second.logger->folders()) {
        FolderView view{std::move(status), {}};
        for (const FolderId& folder : view.status.ids) {
            const MailCounts& count = (*counts)[folder];
            view.count.mails += count.seen;
            view.count.logged += count.logged;
            view.count.unmatched += count.unmatched;
            view.count.waiting += count.pending + count.parked;
        }
        out.push_back(std::move(view));
    }
    co_return out;
}

void ComposedApplication::open_inbox_desk() {
    inbox_desk_ = std::make_unique<InboxRuleDesk>(
        *rules_,
        [this](const MailboxId& id) -> std::optional<InboxRuleDesk::Box> {
            const auto found = mailboxes_.find(id);
            if (found == mailboxes_.end()) return std::nullopt;
            const Mailbox& mailbox = found->second;
            return InboxRuleDesk::Box{mailbox.inbox_rules.get(), mailbox.source.get(),
                                      mailbox.config.inbox_rules,
                                      mailbox.config.remove_outlook_rules, mailbox.config.folders};
        },
        *log_);
}

Async<Result<std::string>> ComposedApplication::inbox_rules(MailboxId mailbox, bool push) {
    Result<void> loaded = co_await rules_->load();
    if (!loaded) co_return std::unexpected(loaded.error());
    Result<InboxRuleReport> report = push ? co_await inbox_desk_->push(std::move(mailbox))
                                          : co_await inbox_desk_->report(std::move(mailbox));
    if (!report) co_return std::unexpected(report.error());
    const boost::json::object body = to_json(*report);
    co_return boost::json::serialize(body);
}

Async<Result<Plan>> ComposedApplication::preview(MailboxId id, EntityKind kind) {
    const auto found = mailboxes_.find(id);
    if (found == mailboxes_.end())
        co_return fail(ErrorKind::NotFound, "this mailbox is not configured");
    const auto status = scheduler_->status(id);
    if (found->second.previewing || (status && status->running))
        co_return fail(ErrorKind::Throttled, "a cycle is running; ask again in a moment");
    for (const daemon::PairSpec& pair : found->second.pairs) {
        if (pair.kind != kind) continue;
        found->second.previewing = true;
        Result<Plan> plan = co_await found->second.runner->preview(pair);
        found->second.previewing = false;
        co_return plan;
    }
    co_return fail(ErrorKind::NotFound, "this kind is not mirrored for this mailbox");
}

Async<Result<std::vector<daemon::DryRunLine>>> ComposedApplication::dry_run(MailboxId id,
                                                                            rules::RuleSet rules,
                                                                            std::string folder,
                                                                            std::size_t max) {
    const auto found = mailboxes_.find(id);
    if (found == mailboxes_.end())
        co_return fail(ErrorKind::NotFound, "this mailbox is not configured");
    daemon::MailLogger logger(*found->second.source, crm_->interactions(), crm_->addresses(),
                              *stores_.mail, clock_, *log_);
    auto lines =
        co_await logger.dry_run(found->second.mail, std::move(rules), std::move(folder), max);
    co_return lines;
}

Async<Result<daemon::DryRunResult>> ComposedApplication::compare_rules(MailboxId id,
                                                                       rules::RuleSet before,
                                                                       rules::RuleSet after,
                                                                       daemon::DryRunRange range) {
    const auto found = mailboxes_.find(id);
    if (found == mailboxes_.end())
        co_return fail(ErrorKind::NotFound, "this mailbox is not configured");
    daemon::RuleDryRun dry(*found->second.source, crm_->addresses());
    auto compared = co_await dry.run(found->second.mail, std::move(before), std::move(after),
                                     std::move(range));
    co_return compared;
}

Async<Result<std::string>> ComposedApplication::describe_plans() {
    std::string out;
    for (const auto& [id, mailbox] : mailboxes_) {
        for (const daemon::PairSpec& pair : mailbox.pairs) {
            Result<Plan> plan = co_await mailbox.runner->preview(pair);
            if (!plan) co_return std::unexpected(plan.error());
            out += pair.id.str() + ": " + std::to_string(plan->operations.size()) +
                   " operation(s), " + std::to_string(plan->parked.size()) + " parked" +
                   (plan->held ? ", removals HELD: " + plan->held->why : "") + "\n";
            for (const Operation& op : plan->operations) out += "  " + sync::explain(op) + "\n";
        }
    }
    co_return out;
}

}  // namespace

Result<std::unique_ptr<Application>> Application::compose(net::RunLoop& loop, Config config,
                                                         Purpose purpose) {
    auto application = std::make_unique<ComposedApplication>(loop, std::move(config), purpose);
    if (auto opened = application->open(); !opened) return std::unexpected(opened.error());
    return application;
}

}  // namespace liaison::service
