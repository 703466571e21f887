#pragma once
#include <map>
#include <memory>
#include <vector>

#include "connectors/crm/embedded/embedded_crm.hpp"
#include "core/ports/event_log.hpp"
#include "core/ports/http_client.hpp"
#include "daemon/mail_logger.hpp"
#include "daemon/mailbox_cycle.hpp"
#include "daemon/scheduler.hpp"
#include "daemon/sync_runner.hpp"
#include "service/rule_book.hpp"
#include "storage/stores.hpp"
#include "tests/sim/world.hpp"

namespace liaison::sim {

class SeededEntropy final : public Entropy {
public:
    explicit SeededEntropy(std::uint64_t seed) : seed_(seed) {}
    std::uint64_t next() override { return mix(seed_, ++count_); }

private:
    std::uint64_t seed_;
    std::uint64_t count_ = 0;
};

/// Liaison as one process: composed as service/compose.cpp composes it, from the same parts,
/// unchanged.
class LiaisonProcess {
public:
    LiaisonProcess(World& world, Owner owner);
    ~LiaisonProcess();

    Owner owner() const { return owner_; }
    daemon::Scheduler& scheduler() { return *scheduler_; }
    Stores& stores() { return stores_; }
    EventLog& log() { return *log_; }
    /// What is mirrored, by mailbox.
    std::map<MailboxId, std::vector<daemon::PairSpec>> pairs() const {
        std::map<MailboxId, std::vector<daemon::PairSpec>> out;
        for (const auto& [id, mailbox] : mailboxes_) out.emplace(id, mailbox.pairs);
        return out;
    }

    /// As the admin does over REST: the whole document, over the version that is in force.
    Async<void> replace_rules(std::size_t member);

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
    void add_mailbox(std::size_t mailbox);
    Async<void> run();
    Async<Result<bool>> cycle(MailboxId id);

    World& world_;
    Owner owner_;
    SeededEntropy entropy_;
    std::unique_ptr<EventLog> log_;
    LoopWorker store_worker_;
    LoopWorker crm_worker_;
    Stores stores_;
    std::unique_ptr<service::RuleBook> rules_;
    bool rules_loaded_ = false;
    std::unique_ptr<crm::EmbeddedCrm> crm_;
    std::unique_ptr<SyncEndpoint> crm_endpoint_;
    std::unique_ptr<InteractionSink> crm_sink_;
    std::unique_ptr<StreamConnector> sockets_;
    std::unique_ptr<HttpClient> http_;
    std::map<MailboxId, Mailbox> mailboxes_;
    std::unique_ptr<daemon::Scheduler> scheduler_;
};

}  // namespace liaison::sim
