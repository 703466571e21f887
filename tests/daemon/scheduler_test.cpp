#include "daemon/scheduler.hpp"

#include <gtest/gtest.h>

#include "net/run_loop.hpp"
#include "tests/support/test_ports.hpp"

namespace liaison::daemon {
namespace {

/// A scheduler whose cycles are scripted per mailbox.
class SchedulerTest : public testing::Test {
protected:
    SchedulerTest() {
        SchedulerOptions options;
        options.poll_interval = std::chrono::seconds(30);
        options.parallel_max = 2;
        scheduler = std::make_unique<Scheduler>(
            options, [this](MailboxId id) { return cycle(std::move(id)); }, [this](Async<void> work) { loop.spawn(std::move(work)); },
            clock, log);
    }

    Async<Result<bool>> cycle(MailboxId id) {
        runs.push_back(id.str());
        starts.push_back(clock.now());
        ++running;
        most_running = std::max(most_running, running);
        co_await net::sleep_for(std::chrono::milliseconds(1));
        --running;
        if (runs.size() >= stop_after) scheduler->stop();
        if (results.empty()) co_return false;
        Result<bool> next = results.front();
        results.erase(results.begin());
        co_return next;
    }

    void run() { net::run_to_end(loop, scheduler->run()); }

    net::RunLoop loop;
    test::ManualClock clock;
    test::RecordingLog log;
    std::unique_ptr<Scheduler> scheduler;
    std::vector<std::string> runs;
    std::vector<Timestamp> starts;
    std::vector<Result<bool>> results;
    std::size_t stop_after = 1;
    int running = 0;
    int most_running = 0;
};

TEST_F(SchedulerTest, EveryMailboxRunsAtOnceAndNeverMoreThanAllowed) {
    for (const char* name : {"a@x", "b@x", "c@x", "d@x"}) scheduler->add(MailboxId(name), false);
    stop_after = 4;
    run();
    EXPECT_EQ(runs, (std::vector<std::string>{"a@x", "b@x", "c@x", "d@x"}));
    EXPECT_EQ(most_running, 2);
}

TEST_F(SchedulerTest, AMailboxThatMovedSomethingRunsAgainAtOnceAQuietOneWaitsForThePoll) {
    scheduler->add(MailboxId("a@x"), false);
    results = {true, false, false};
    stop_after = 3;
    run();
    EXPECT_LT(starts[1] - starts[0], std::chrono::seconds(1));
    EXPECT_GE(starts[2] - starts[1], std::chrono::seconds(30));
    EXPECT_TRUE(scheduler->quiescent());
}

TEST_F(SchedulerTest, FailuresWaitLongerEachTimeAndAreVisible) {
    scheduler->add(MailboxId("a@x"), false);
    for (int i = 0; i < 7; ++i) results.push_back(fail(ErrorKind::Transient, "no route"));
    stop_after = 7;
    run();
    EXPECT_GT(starts[6] - starts[5], starts[1] - starts[0]);
    const auto status = scheduler->status(MailboxId("a@x"));
    ASSERT_TRUE(status && status->last_error);
    EXPECT_EQ(status->failures_in_a_row, 7u);
    EXPECT_FALSE(scheduler->quiescent());
    EXPECT_TRUE(log.lines.front().starts_with("cycle_failed mailbox=a@x kind=transient"));
}

TEST_F(SchedulerTest, AThrottledMailboxIsNotAskedBeforeTheServersTime) {
    scheduler->add(MailboxId("a@x"), false);
    Error busy{ErrorKind::Throttled, "busy", "ErrorServerBusy", std::chrono::minutes(40)};
    results.push_back(std::unexpected(busy));
    results.push_back(false);
    stop_after = 2;
    run();
    EXPECT_GE(starts[1] - starts[0], std::chrono::minutes(40));
}

TEST_F(SchedulerTest, APausedMailboxDoesNotRunUntilItIsResumed) {
    scheduler->add(MailboxId("a@x"), true);
    scheduler->add(MailboxId("b@x"), false);
    stop_after = 2;
    run();
    EXPECT_EQ(runs, (std::vector<std::string>{"b@x", "b@x"}));
    EXPECT_TRUE(scheduler->wake(MailboxId("a@x")));
    EXPECT_FALSE(scheduler->wake(MailboxId("nobody@x")));
    EXPECT_TRUE(scheduler->set_paused(MailboxId("a@x"), false));
    EXPECT_FALSE(scheduler->status(MailboxId("a@x"))->paused);
}

}  // namespace
}  // namespace liaison::daemon
