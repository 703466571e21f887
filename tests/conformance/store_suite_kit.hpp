#pragma once
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "storage/stores.hpp"

/// What the suites of SyncStore and MailStore share. A *bed* is a place where stores live: in memory, in a file, later in a
/// PostgreSQL schema. Every adapter's tests instantiate the suites with their beds.
namespace liaison::store_suite {

class InlineWorker final : public Worker {
public:
    void submit(std::function<void()> job) override { job(); }
};

class SetClock final : public Clock {
public:
    Timestamp now() const override { return now_; }
    Async<void> sleep_until(Timestamp when) override {
        now_ = std::max(now_, when);
        co_return;
    }
    void advance(std::chrono::milliseconds by) { now_ += by; }

private:
    Timestamp now_{std::chrono::milliseconds(1'795'600'000'000)};  // 2026-11-25
};

class CountingEntropy final : public Entropy {
public:
    std::uint64_t next() override { return state_ += 0x9E3779B97F4A7C15u; }

private:
    std::uint64_t state_ = 42;
};

/// Runs a computation to its end on a fresh context.
template <class T>
T wait_for(Async<T> work) {
    boost::asio::io_context context;
    std::optional<T> out;
    std::exception_ptr error;
    boost::asio::co_spawn(context, std::move(work), [&](std::exception_ptr failure, T value) {
        if (failure)
            error = failure;
        else
            out.emplace(std::move(value));
    });
    context.run();
    if (error) std::rethrow_exception(error);
    return std::move(*out);
}

/// The value, or a failed test with the error's words.
template <class T>
T must(Async<Result<T>> work) {
    Result<T> result = wait_for(std::move(work));
    if (!result) {
        ADD_FAILURE() << to_string(result.error().kind) << ": " << result.error().message << " ["
                      << result.error().native_code << "]";
        throw std::runtime_error("a store verb failed: " + result.error().message);
    }
    if constexpr (!std::is_void_v<T>) return std::move(*result);
}

class StoreBed {
public:
    virtual ~StoreBed() = default;
    /// For the next verb. A bed may close and open the stores here, but not while a picture is under way.
    virtual Stores& stores(bool picture_under_way) = 0;
    SetClock clock;
    InlineWorker worker;
    CountingEntropy entropy;
};
struct StoreBedMaker {
    std::string name;
    std::function<std::unique_ptr<StoreBed>()> make;
};
inline void PrintTo(const StoreBedMaker& maker, std::ostream* out) { *out << maker.name; }

}  // namespace liaison::store_suite
