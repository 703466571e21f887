#pragma once
#include <gtest/gtest.h>

#include <filesystem>
#include <memory>
#include <string>

#include "connectors/crm/embedded/crm_database.hpp"
#include "connectors/crm/embedded/embedded_crm.hpp"
#include "core/ports/clock.hpp"
#include "core/ports/worker.hpp"
#include "net/run_loop.hpp"

namespace liaison::crm::testing_crm {

/// Runs each job at once, on the caller's thread.
class InlineWorker final : public Worker {
public:
    void submit(std::function<void()> job) override { job(); }
};

class FixedClock final : public Clock {
public:
    Timestamp time = *parse_timestamp("2026-11-25T09:00:00Z");
    Timestamp now() const override { return time; }
    Async<void> sleep_until(Timestamp) override { co_return; }
};

/// A fresh file for the running test; in memory where the system has such a folder, because each commit waits for the disk.
inline std::filesystem::path fresh_crm_file(const std::string& suffix = "", bool on_disk = false) {
    const auto* test = testing::UnitTest::GetInstance()->current_test_info();
    const std::string name = std::string(test->test_suite_name()) + "." + test->name() + suffix;
    std::string safe;
    for (const char c : name) safe += std::isalnum(static_cast<unsigned char>(c)) ? c : '_';
    const bool in_memory = !on_disk && std::filesystem::is_directory("/dev/shm");
    const std::filesystem::path folder = std::filesystem::path(in_memory ? "/dev/shm" : testing::TempDir()) / "liaison-crm-tests";
    std::filesystem::create_directories(folder);
    const std::filesystem::path file = folder / (safe + ".sqlite");
    for (const char* tail : {"", "-wal", "-shm"}) std::filesystem::remove(file.string() + tail);
    return file;
}

/// A CRM with alice and bob, reached through its ports and through SQL like a foreign program.
class CrmTest : public testing::Test {
protected:
    void SetUp() override {
        file = fresh_crm_file();
        auto opened = EmbeddedCrm::open(file, worker, clock);
        ASSERT_TRUE(opened.has_value()) << opened.error().message;
        crm = std::move(*opened);
        auto second = Sqlite::open(file);
        ASSERT_TRUE(second.has_value());
        foreign = std::move(*second);
        sql("INSERT INTO user(number, name) VALUES('ALICE', 'Alice Adams'), ('BOB', 'Bob Brown')");
        sql("INSERT INTO user_address(address, user_id) VALUES('alice@example.test', 1), ('bob@example.test', 2)");
    }

    /// What another program does to the file.
    void sql(const std::string& statements) {
        foreign->script(statements);
        const auto error = foreign->take_error();
        ASSERT_FALSE(error.has_value()) << error->message;
    }
    std::int64_t number(const std::string& query) {
        Query rows(*foreign, query);
        EXPECT_TRUE(rows.row()) << query;
        return rows.integer(0);
    }
    std::string text(const std::string& query) {
        Query rows(*foreign, query);
        EXPECT_TRUE(rows.row()) << query;
        return rows.text(0);
    }

    template <class T>
    T run(Async<T> work) {
        return net::run_to_end(loop, std::move(work));
    }
    SyncEndpoint& endpoint() { return crm->endpoint(); }
    CollectionId of(EntityKind kind, const std::string& mailbox = "alice@example.test") {
        return endpoint().collection(kind, MailboxId(mailbox));
    }
    Result<Observation> create(const CollectionId& collection, Record record, const std::string& nonce) {
        const CorrelationToken token{"crm", std::string(to_string(record.kind())), {}, nonce};
        return run(endpoint().create_items(collection, {{std::move(record), token}})).at(0);
    }
    /// All observations after `cursor`, which moves on.
    std::vector<Observation> changes(const CollectionId& collection, Cursor& cursor) {
        std::vector<Observation> out;
        while (true) {
            const auto page = run(endpoint().pull_changes(collection, cursor));
            EXPECT_TRUE(page.has_value()) << page.error().message;
            if (!page) return out;
            out.insert(out.end(), page->observations.begin(), page->observations.end());
            cursor = page->next;
            if (page->is_last) return out;
        }
    }

    std::filesystem::path file;
    InlineWorker worker;
    FixedClock clock;
    net::RunLoop loop;
    std::unique_ptr<EmbeddedCrm> crm;
    std::unique_ptr<Sqlite> foreign;
};

}  // namespace liaison::crm::testing_crm
