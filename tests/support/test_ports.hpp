#pragma once
#include <functional>
#include <string>
#include <vector>

#include "core/ports/clock.hpp"
#include "core/ports/event_log.hpp"
#include "core/ports/worker.hpp"
#include "net/deadline.hpp"

namespace liaison::test {

/// A clock that stands still until it is moved; sleeping moves it and yields once.
class ManualClock final : public Clock {
public:
    explicit ManualClock(Timestamp start = *parse_timestamp("2026-11-25T08:00:00Z")) : now_(start) {}
    Timestamp now() const override { return now_; }
    Async<void> sleep_until(Timestamp when) override {
        now_ = std::max(now_, when);
        co_await net::sleep_for(std::chrono::milliseconds(0));
    }
    void advance(std::chrono::milliseconds by) { now_ += by; }

private:
    Timestamp now_;
};

/// Runs jobs at once on the caller's thread.
class InlineWorker final : public Worker {
public:
    void submit(std::function<void()> job) override { job(); }
};

/// Counts 1, 2, 3: enough chance for tests.
class CountingEntropy final : public Entropy {
public:
    std::uint64_t next() override { return ++last_; }

private:
    std::uint64_t last_ = 0;
};

/// Keeps event names with their values.
class RecordingLog final : public EventLog {
public:
    void write(LogLevel, std::string_view event, std::initializer_list<Entry> entries) override {
        std::string line(event);
        for (const auto& [key, value] : entries) line += " " + std::string(key) + "=" + value;
        lines.push_back(std::move(line));
    }
    std::vector<std::string> lines;
};

}  // namespace liaison::test
