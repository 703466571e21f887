#pragma once
#include <gtest/gtest.h>

#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "connectors/crm/embedded/embedded_crm.hpp"
#include "connectors/crm/embedded/sqlite.hpp"
#include "connectors/ews/ews_connector.hpp"
#include "daemon/mail_logger.hpp"
#include "daemon/sync_runner.hpp"
#include "net/http_client.hpp"
#include "net/run_loop.hpp"
#include "sandbox/sandbox.hpp"
#include "storage/stores.hpp"
#include "tests/support/test_ports.hpp"

namespace liaison::test {

inline const std::string kAlice = "alice@example.test";
inline const std::string kBob = "bob@example.test";

/// The whole chain in one process without sockets: stand-in Exchange, EWS connector, engine, stores, embedded CRM. Both ends are
/// looked at with their own means: the sandbox's store, SQL on the CRM's file.
class World : public testing::Test {
protected:
    void SetUp() override {
        sandbox::SandboxOptions options;
        options.now = [this] { return clock.now().time_since_epoch().count(); };
        auto opened = sandbox::Sandbox::open(std::move(options));
        ASSERT_TRUE(opened) << opened.error().message;
        exchange = std::move(*opened);
        http = net::make_handler_client(exchange->handler());

        const auto* info = testing::UnitTest::GetInstance()->current_test_info();
        std::string name = std::string(info->test_suite_name()) + "-" + info->name();
        for (char& c : name)
            if (!std::isalnum(static_cast<unsigned char>(c))) c = '_';
        file = std::filesystem::path(testing::TempDir()) / ("liaison-world-" + name + ".sqlite");
        for (const char* tail : {"", "-wal", "-shm"}) std::filesystem::remove(file.string() + tail);
        auto crm_opened = crm::EmbeddedCrm::open(file, worker, clock);
        ASSERT_TRUE(crm_opened) << crm_opened.error().message;
        crm = std::move(*crm_opened);
        auto second = crm::Sqlite::open(file);
        ASSERT_TRUE(second);
        desk = std::move(*second);
        sql("INSERT INTO user(number, name) VALUES('ALICE', 'Alice Berger'), ('BOB', 'Bob Keller')");
        sql("INSERT INTO user_address(address, user_id) VALUES('alice@example.test', 1), ('bob@example.test', 2)");
        auto stores_opened = open_stores_in_memory(worker, entropy, clock);
        ASSERT_TRUE(stores_opened) << stores_opened.error().message;
        stores = std::move(*stores_opened);
    }

    ews::EwsSettings settings(const std::string& mailbox) const {
        ews::EwsSettings out;
        out.url = "http://127.0.0.1/EWS/Exchange.asmx";
        out.mailbox = mailbox;
        out.user = "svc@example.test";
        out.password = "sandbox";
        out.impersonate = true;
        out.time_zone = "Europe/Berlin";
        return out;
    }

    daemon::PairSpec pair(const std::string& mailbox, EntityKind kind) const {
        daemon::PairSpec out;
        out.mailbox = MailboxId(mailbox);
        out.id = daemon::pair_id(out.mailbox, kind);
        out.kind = kind;
        out.policy = policy;
        out.crm_system = "crm";
        out.mirrored_organizers = {"alice@example.test", "bob@example.test"};
        return out;
    }

    Result<daemon::CycleReport> cycle_once(const std::string& mailbox, EntityKind kind) {
        auto endpoint = ews::make_ews_endpoint(*http, clock, settings(mailbox));
        daemon::SyncRunner runner(crm->endpoint(), *endpoint, *stores.sync, clock, log);
        clock.advance(std::chrono::seconds(5));
        return net::run_to_end(loop, runner.run_cycle(pair(mailbox, kind)));
    }

    /// Cycles until nothing moves; then demands that one more moves nothing (style-anchors, rule 23).
    void settle(const std::string& mailbox, EntityKind kind) {
        for (int i = 0; i < 12; ++i) {
            const auto report = cycle_once(mailbox, kind);
            ASSERT_TRUE(report) << to_string(report.error().kind) << ": " << report.error().message << " "
                                << report.error().native_code;
            if (!report->moved() && report->requeued == 0) {
                const auto again = cycle_once(mailbox, kind);
                ASSERT_TRUE(again && !again->moved()) << "a quiet pair moved again";
                return;
            }
        }
        FAIL() << "no rest after 12 cycles; the journal ends with\n" << journal_tail(12);
    }

    /// The last lines of the journal, for a failing test.
    std::string journal_tail(std::size_t lines) {
        std::vector<std::string> all;
        std::int64_t after = 0;
        while (true) {
            const auto page = net::run_to_end(loop, stores.sync->journal(after, 500));
            if (!page || page->empty()) break;
            for (const JournalEntry& e : *page)
                all.push_back(e.event + " " + e.reason + " link " + std::to_string(e.link.value()) + " " + e.detail.substr(0, 240));
            after = page->back().sequence;
        }
        std::string out;
        for (std::size_t i = all.size() > lines ? all.size() - lines : 0; i < all.size(); ++i) out += "  " + all[i] + "\n";
        return out;
    }

    void sql(const std::string& statements) {
        desk->script(statements);
        const auto error = desk->take_error();
        ASSERT_FALSE(error) << error->message << ": " << statements;
    }

    std::string sql_text(const std::string& query) {
        crm::Query q(*desk, query);
        if (!q.row() || q.null(0)) return "NULL";
        return q.text(0);
    }

    /// The live items of a kind in a mailbox, outside Deleted Items.
    std::vector<const sandbox::Item*> outlook(const std::string& mailbox, const char* folder) {
        const sandbox::Folder* f = exchange->store().find_distinguished(mailbox, folder);
        return f ? exchange->store().items(mailbox, f->id) : std::vector<const sandbox::Item*>();
    }

    /// A person edits one property of an item.
    void edit(const std::string& mailbox, const sandbox::Item& item, const std::string& property, const std::string& text) {
        sandbox::Item changed = item;
        if (text.empty())
            changed.properties.erase(property);
        else
            changed.properties.set(property, text);
        const auto done = exchange->store().update_item(mailbox, std::move(changed));
        ASSERT_TRUE(done) << done.error().message;
    }

    ManualClock clock;
    InlineWorker worker;
    CountingEntropy entropy;
    RecordingLog log;
    net::RunLoop loop;
    PairPolicy policy;
    std::filesystem::path file;
    std::unique_ptr<sandbox::Sandbox> exchange;
    std::unique_ptr<HttpClient> http;
    std::unique_ptr<crm::EmbeddedCrm> crm;
    std::unique_ptr<crm::Sqlite> desk;
    Stores stores;
};

}  // namespace liaison::test
