#include "net/run_loop.hpp"

#include <csignal>
#include <thread>

#include "net/deadline.hpp"
#include "tests/net/support.hpp"

namespace liaison::net::test {
namespace {

Async<int> answer_later(std::chrono::milliseconds delay, int answer) {
    co_await sleep_for(delay);
    co_return answer;
}

Async<Result<int>> result_later(std::chrono::milliseconds delay, int answer) {
    co_await sleep_for(delay);
    co_return answer;
}

Async<void> throw_later() {
    co_await sleep_for(1ms);
    throw std::runtime_error("thrown");
}

Async<void> note_end(std::shared_ptr<std::vector<std::string>> notes, std::chrono::milliseconds delay) {
    struct Note {
        std::shared_ptr<std::vector<std::string>> notes;
        ~Note() { notes->push_back("unwound"); }
    } note{notes};
    co_await sleep_for(delay);
    notes->push_back("slept");
}

TEST(RunLoop, RunsWorkToItsEndAndGivesBackWhatItMadeOrThrew) {
    RunLoop loop;
    EXPECT_EQ(run_to_end(loop, answer_later(1ms, 42)), 42);
    EXPECT_THROW(run_to_end(loop, throw_later()), std::runtime_error);
    run_to_end(loop, sleep_for(1ms));
}

TEST(RunLoop, StopEndsTheRunAndTheNextRunGoesOn) {
    RunLoop loop;
    auto notes = std::make_shared<std::vector<std::string>>();
    loop.spawn(note_end(notes, 20ms));
    loop.post([&] { loop.stop(); });
    loop.run();
    EXPECT_TRUE(notes->empty());
    loop.run();
    EXPECT_EQ(*notes, (std::vector<std::string>{"slept", "unwound"}));
}

TEST(RunLoop, SaysSoWhenTheWorkWouldWaitForEver) {
    RunLoop loop;
    loop.stop();
    EXPECT_THROW(run_to_end(loop, sleep_for(1ms)), std::logic_error);
}

TEST(RunLoop, RunForComesBackInTime) {
    RunLoop loop;
    auto notes = std::make_shared<std::vector<std::string>>();
    loop.spawn(note_end(notes, 10s));
    auto start = std::chrono::steady_clock::now();
    loop.run_for(20ms);
    EXPECT_LT(std::chrono::steady_clock::now() - start, 5s);
    EXPECT_TRUE(notes->empty());
}

TEST(RunLoop, CancelEndsWorkAtItsWaitAndUnwindsIt) {
    RunLoop loop;
    auto notes = std::make_shared<std::vector<std::string>>();
    auto cancel = loop.spawn_cancellable(note_end(notes, 10s));
    loop.post(cancel);
    loop.run();
    EXPECT_EQ(*notes, (std::vector<std::string>{"unwound"}));
    cancel();  // harmless afterwards
}

TEST(RunLoop, DropsUnfinishedWorkWhenItEnds) {
    auto notes = std::make_shared<std::vector<std::string>>();
    {
        RunLoop loop;
        loop.spawn(note_end(notes, 10s));
        loop.run_for(1ms);
    }
    EXPECT_EQ(*notes, (std::vector<std::string>{"unwound"}));
}

TEST(RunLoop, TakesCallsFromAnotherThread) {
    RunLoop loop;
    bool called = false;
    loop.spawn(sleep_for(2s));
    std::thread other([&] { loop.post([&] { called = true; }); });
    EXPECT_TRUE(loop.run_until([&] { return called; }));
    other.join();
}

TEST(RunLoop, HandsEverySignalToItsHandler) {
    RunLoop loop;
    std::vector<int> seen;
    loop.on_signal([&](int number) {
        seen.push_back(number);
        if (seen.size() == 2) loop.stop();
    });
    loop.post([] { std::raise(SIGTERM); });
    loop.post([&] { loop.post([] { std::raise(SIGINT); }); });
    loop.run();
    EXPECT_EQ(seen.size(), 2u);
    loop.on_signal({});
    loop.run();  // nothing keeps it going any more
}

TEST(RunLoopDeathTest, AnEscapingExceptionEndsTheProgram) {
    GTEST_FLAG_SET(death_test_style, "threadsafe");
    EXPECT_DEATH(
        {
            RunLoop loop;
            loop.spawn(throw_later());
            loop.run();
        },
        "");
}

TEST(Deadline, GivesTheResultWhenInTimeAndTheErrorWhenNot) {
    RunLoop loop;
    Error late{ErrorKind::Unanswered, "late"};
    EXPECT_EQ(*run_to_end(loop, with_deadline(result_later(1ms, 7), 10s, late)), 7);
    auto start = std::chrono::steady_clock::now();
    auto cut = run_to_end(loop, with_deadline(result_later(10s, 7), 10ms, late));
    ASSERT_FALSE(cut);
    EXPECT_EQ(cut.error().message, "late");
    EXPECT_LT(std::chrono::steady_clock::now() - start, 5s);
}

Async<void> keep_finish(std::shared_ptr<std::vector<Finish>> seen, std::chrono::milliseconds deadline) {
    Finish finish = co_await finish_within(sleep_for(10s), deadline);
    seen->push_back(finish);
    co_await sleep_for(1ms);       // throws after a cancellation, as ever
    seen->push_back(Finish::Done);
}

TEST(Deadline, TellsTheDeadlineFromACancellation) {
    RunLoop loop;
    auto seen = std::make_shared<std::vector<Finish>>();
    loop.spawn(keep_finish(seen, 5ms));
    loop.run();
    EXPECT_EQ(*seen, (std::vector<Finish>{Finish::Deadline, Finish::Done}));
    seen->clear();
    auto cancel = loop.spawn_cancellable(keep_finish(seen, 10s));
    loop.spawn([](std::function<void()> call) -> Async<void> {
        co_await sleep_for(5ms);
        call();
    }(cancel));
    loop.run();
    EXPECT_EQ(*seen, (std::vector<Finish>{Finish::Cancelled}));
}

Async<void> keep_throw(std::shared_ptr<std::string> message) {
    try {
        co_await finish_within(throw_later(), 10s);
    } catch (const std::runtime_error& error) {
        *message = error.what();
    }
}

TEST(Deadline, PassesOnWhatTheWorkThrows) {
    RunLoop loop;
    auto message = std::make_shared<std::string>();
    run_to_end(loop, keep_throw(message));
    EXPECT_EQ(*message, "thrown");
}

}  // namespace
}  // namespace liaison::net::test
