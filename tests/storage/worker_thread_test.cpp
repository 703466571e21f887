#include <gtest/gtest.h>

#include <condition_variable>
#include <deque>
#include <filesystem>
#include <mutex>
#include <thread>

#include "tests/storage/sqlite_beds.hpp"

// The stores over a real thread, as in the service.
namespace liaison::store_suite {
namespace {

class OneThread final : public Worker {
public:
    OneThread() : thread_([this] { run(); }) {}
    ~OneThread() override {
        submit(nullptr);
        thread_.join();
    }
    void submit(std::function<void()> job) override {
        const std::lock_guard lock(mutex_);
        jobs_.push_back(std::move(job));
        arrived_.notify_one();
    }

private:
    void run() {
        while (true) {
            std::function<void()> job;
            {
                std::unique_lock lock(mutex_);
                arrived_.wait(lock, [this] { return !jobs_.empty(); });
                job = std::move(jobs_.front());
                jobs_.pop_front();
            }
            if (!job) return;
            job();
        }
    }
    std::mutex mutex_;
    std::condition_variable arrived_;
    std::deque<std::function<void()>> jobs_;
    std::thread thread_;
};

ChangePage thread_page(int number) {
    ChangePage page;
    for (int i = 0; i < 20; ++i) {
        Observation one;
        one.key = ItemKey("K" + std::to_string(number) + "-" + std::to_string(i));
        one.version = Version("1");
        one.content = Record(EntityKind::Task);
        page.observations.push_back(one);
    }
    page.next = Cursor(std::to_string(number));
    return page;
}

TEST(StoresOnAThread, VerbsOfManyPairsAndMailboxesInterleave) {
    const ScratchDirectory directory;
    SetClock clock;
    CountingEntropy entropy;
    OneThread worker;
    Stores stores = open_stores(directory.str(), worker, entropy, clock).value();
    boost::asio::io_context context;
    int done = 0;
    for (int i = 0; i < 8; ++i) {
        const PairId pair("user" + std::to_string(i) + "/task");
        for (int page = 0; page < 5; ++page) {
            boost::asio::co_spawn(context, stores.sync->absorb_page(pair, Side::Crm, thread_page(page)),
                                  [&](std::exception_ptr failure, Result<void> result) {
                                      EXPECT_FALSE(failure);
                                      EXPECT_TRUE(result);
                                      ++done;
                                  });
        }
        boost::asio::co_spawn(context, stores.mail->counts(std::nullopt),
                              [&](std::exception_ptr failure, Result<MailCounts> result) {
                                  EXPECT_FALSE(failure);
                                  EXPECT_TRUE(result);
                                  ++done;
                              });
    }
    context.run();
    EXPECT_EQ(done, 48);
    const Date today{std::chrono::year(2026), std::chrono::month(11), std::chrono::day(25)};
    for (int i = 0; i < 8; ++i) {
        const PairId pair("user" + std::to_string(i) + "/task");
        EXPECT_EQ(must(stores.sync->load_picture(pair, today, false)).free_crm.size(), 100u);
        EXPECT_EQ(must(stores.sync->pair_state(pair)).crm_cursor, Cursor("4"));
    }
}

TEST(StoresOnAThread, AStoreMayGoWhileItsVerbIsUnderWay) {
    const ScratchDirectory directory;
    SetClock clock;
    CountingEntropy entropy;
    OneThread worker;
    const PairId pair("alice/task");
    {
        Stores stores = open_stores(directory.str(), worker, entropy, clock).value();
        boost::asio::io_context context;
        boost::asio::co_spawn(context, stores.sync->absorb_page(pair, Side::Crm, thread_page(1)),
                              [](std::exception_ptr, Result<void>) {});
        context.run_one();  // the job is with the worker; nobody waits for it
        stores = Stores{};
        context.run();
    }
    InlineWorker calm;
    Result<Stores> again = fail(ErrorKind::Internal, "not yet");
    for (int attempt = 0; attempt < 20 && !again; ++attempt) again = open_stores(directory.str(), calm, entropy, clock);
    ASSERT_TRUE(again);
    EXPECT_EQ(must(again->sync->pair_state(pair)).crm_cursor, Cursor("1"));
}

TEST(StoresOnAThread, TheDirectoryAndItsFileAreForTheOwnerOnly) {
    const ScratchDirectory directory;
    SetClock clock;
    CountingEntropy entropy;
    InlineWorker worker;
    const std::string inside = directory.str() + "/data";
    Stores stores = open_stores(inside, worker, entropy, clock).value();
    namespace fs = std::filesystem;
    const fs::perms others = fs::perms::group_all | fs::perms::others_all;
    EXPECT_EQ(fs::status(inside).permissions() & others, fs::perms::none);
    EXPECT_EQ(fs::status(inside + "/liaison.db").permissions() & others, fs::perms::none);
}

}  // namespace
}  // namespace liaison::store_suite
