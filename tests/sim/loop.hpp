#pragma once
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/execution_context.hpp>
#include <cstdint>
#include <deque>
#include <functional>
#include <queue>
#include <unordered_map>
#include <vector>

#include "core/async.hpp"
#include "core/ports/clock.hpp"
#include "core/ports/worker.hpp"
#include "core/time.hpp"
#include "net/timer.hpp"

namespace liaison::sim {

/// Whose work it is: a process that can be killed. 0 is the world outside, which cannot.
using Owner = std::uint32_t;
inline constexpr Owner kWorld = 0;

/// One thread, virtual time, one seed. What is ready runs in an order that the seed draws; when
/// nothing is ready, time jumps to the next timer. No system calls.
class Loop final : public boost::asio::execution_context, public net::VirtualTime {
public:
    class Executor;

    Loop(std::uint64_t seed, Timestamp start);
    ~Loop() override;

    Executor executor(Owner owner);
    /// Starts a process.
    Owner new_owner() { return ++last_owner_; }
    /// The process is gone: nothing of it runs any more, and all its coroutines are destroyed where
    /// they stand.
    void kill(Owner owner);

    Timestamp now() const { return now_; }
    /// Ready things, or the next timer's; false if there is neither.
    bool step();
    /// The time of the next thing that can happen; nothing if nothing can.
    std::optional<Timestamp> next_at();
    /// Lets time pass to `when`, which is not after next_at().
    void advance_to(Timestamp when) { now_ = std::max(now_, when); }
    std::uint64_t steps() const { return steps_; }

    void post(Owner owner, std::move_only_function<void()> call);
    void spawn(Owner owner, Async<void> work);

    std::uint64_t add(std::optional<std::chrono::milliseconds> after, Wait wait) override;
    void cancel(std::uint64_t number) override;

    /// Called after each step with the number of choices that there were: for the trace hash.
    std::function<void(std::uint64_t)> on_step;

private:
    struct Ready {
        Owner owner;
        std::move_only_function<void()> call;
    };
    struct Due {
        Timestamp at;
        std::uint64_t number;
        bool operator>(const Due& o) const {
            return std::tie(at, number) > std::tie(o.at, o.number);
        }
    };
    static Owner owner_of(const boost::asio::any_io_executor& executor);
    bool alive(Owner owner) const { return owner == kWorld || !dead_.contains(owner); }
    void throw_away(std::move_only_function<void()> call);
    void complete(Wait wait, boost::system::error_code error);
    void fire_due();
    std::uint64_t draw();

    std::uint64_t random_;
    std::size_t spread_;  ///< from how many of the oldest ready things the next one is drawn
    Timestamp now_;
    Owner last_owner_ = kWorld;
    std::set<Owner> dead_;
    Owner running_ = kWorld;
    bool is_running_ = false;
    std::uint64_t steps_ = 0;
    std::deque<Ready> ready_;
    std::uint64_t last_number_ = 0;
    std::unordered_map<std::uint64_t, Wait> waits_;
    std::priority_queue<Due, std::vector<Due>, std::greater<>> due_;
    std::vector<std::move_only_function<void()>> rubbish_;
    bool emptying_ = false;
};

/// The executor of one process in the loop.
class Loop::Executor {
public:
    Executor(Loop& loop, Owner owner, bool may_block)
        : loop_(&loop), owner_(owner), may_block_(may_block) {}
    Owner owner() const { return owner_; }

    boost::asio::execution_context& query(boost::asio::execution::context_t) const noexcept {
        return *loop_;
    }
    boost::asio::execution::blocking_t query(boost::asio::execution::blocking_t) const noexcept {
        return may_block_
                   ? boost::asio::execution::blocking_t(boost::asio::execution::blocking.possibly)
                   : boost::asio::execution::blocking_t(boost::asio::execution::blocking.never);
    }
    Executor require(boost::asio::execution::blocking_t::possibly_t) const noexcept {
        return {*loop_, owner_, true};
    }
    Executor require(boost::asio::execution::blocking_t::never_t) const noexcept {
        return {*loop_, owner_, false};
    }
    template <class Call>
    void execute(Call call) const {
        if (may_block_ && loop_->is_running_ && loop_->running_ == owner_ && loop_->alive(owner_))
            std::move(call)();
        else
            loop_->post(owner_, std::move(call));
    }
    friend bool operator==(const Executor&, const Executor&) noexcept = default;

private:
    Loop* loop_;
    Owner owner_;
    bool may_block_;
};

/// The loop's time, with an offset for a machine whose clock is wrong.
class LoopClock final : public Clock {
public:
    explicit LoopClock(Loop& loop) : loop_(loop) {}
    Timestamp now() const override { return loop_.now() + offset; }
    Async<void> sleep_until(Timestamp when) override;
    std::chrono::milliseconds offset{0};

private:
    Loop& loop_;
};

/// The storage thread: one job after the other, in turns of the loop.
class LoopWorker final : public Worker {
public:
    /// `dies`, if there is one, is asked before and after each job; when it says yes the process is
    /// about to die: the job, or its answer, is not to be.
    LoopWorker(Loop& loop, Owner owner, std::function<bool(bool before)> dies = {})
        : loop_(loop),
          owner_(owner),
          dies_(std::move(dies)),
          jobs_(std::make_shared<std::deque<std::function<void()>>>()) {}
    void submit(std::function<void()> job) override;

private:
    Loop& loop_;
    Owner owner_;
    std::function<bool(bool)> dies_;
    std::shared_ptr<std::deque<std::function<void()>>> jobs_;
};

}  // namespace liaison::sim
