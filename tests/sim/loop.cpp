#include "tests/sim/loop.hpp"

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <set>

#include "net/deadline.hpp"

namespace liaison::sim {

namespace {

void rethrow_escaped(std::exception_ptr exception) {
    if (exception) std::rethrow_exception(exception);
}

}  // namespace

Loop::Loop(std::uint64_t seed, Timestamp start) : random_(seed * 2 + 1), now_(start) {
    static constexpr std::size_t kSpreads[] = {1, 2, 4, 16};
    spread_ = kSpreads[draw() % 4];
    boost::asio::add_service<net::VirtualTimeService>(*this,
                                                      new net::VirtualTimeService(*this, this));
}

Loop::~Loop() {
    for (Owner owner = 1; owner <= last_owner_; ++owner) kill(owner);
    kill(kWorld);
    shutdown();
    destroy();
}

Loop::Executor Loop::executor(Owner owner) {
    return {*this, owner, true};
}

Owner Loop::owner_of(const boost::asio::any_io_executor& executor) {
    const auto* ours = executor.target<Executor>();
    return ours ? ours->owner() : kWorld;
}

std::uint64_t Loop::draw() {
    random_ += 0x9E3779B97F4A7C15u;
    std::uint64_t z = random_;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
}

/// Destroying a coroutine posts the rest of its destruction and cancels its timers; all that comes
/// here too, and goes the same way without recursion.
void Loop::throw_away(std::move_only_function<void()> call) {
    rubbish_.push_back(std::move(call));
    if (emptying_) return;
    emptying_ = true;
    while (!rubbish_.empty()) {
        std::move_only_function<void()> next = std::move(rubbish_.back());
        rubbish_.pop_back();
        next = nullptr;
    }
    emptying_ = false;
}

void Loop::kill(Owner owner) {
    dead_.insert(owner);
    std::vector<std::uint64_t> numbers;
    for (const auto& [number, wait] : waits_)
        if (owner_of(wait.executor) == owner) numbers.push_back(number);
    std::sort(numbers.begin(), numbers.end());
    emptying_ = true;
    for (const std::uint64_t number : numbers) {
        auto node = waits_.extract(number);
        rubbish_.push_back([wait = std::move(node.mapped())] { (void)wait; });
    }
    std::deque<Ready> kept;
    for (Ready& ready : ready_) {
        if (ready.owner == owner)
            rubbish_.push_back(std::move(ready.call));
        else
            kept.push_back(std::move(ready));
    }
    ready_ = std::move(kept);
    emptying_ = false;
    throw_away(nullptr);
}

void Loop::post(Owner owner, std::move_only_function<void()> call) {
    if (dead_.contains(owner))
        throw_away(std::move(call));
    else
        ready_.push_back({owner, std::move(call)});
}

void Loop::spawn(Owner owner, Async<void> work) {
    boost::asio::co_spawn(executor(owner), std::move(work), rethrow_escaped);
}

std::uint64_t Loop::add(std::optional<std::chrono::milliseconds> after, Wait wait) {
    const std::uint64_t number = ++last_number_;
    if (dead_.contains(owner_of(wait.executor))) {
        throw_away([gone = std::move(wait)] { (void)gone; });
        return number;
    }
    waits_.emplace(number, std::move(wait));
    if (after) due_.push({now_ + std::max(*after, std::chrono::milliseconds(0)), number});
    return number;
}

void Loop::complete(Wait wait, boost::system::error_code error) {
    const Owner owner = owner_of(wait.executor);
    post(owner, [done = std::move(wait.complete), error]() mutable { done(error); });
}

void Loop::cancel(std::uint64_t number) {
    auto node = waits_.extract(number);
    if (node) complete(std::move(node.mapped()), boost::asio::error::operation_aborted);
}

void Loop::fire_due() {
    while (!due_.empty() && (due_.top().at <= now_ || !waits_.contains(due_.top().number))) {
        auto node = waits_.extract(due_.top().number);
        due_.pop();
        if (node) complete(std::move(node.mapped()), {});
    }
}

std::optional<Timestamp> Loop::next_at() {
    fire_due();
    if (!ready_.empty()) return now_;
    if (!due_.empty()) return due_.top().at;
    return std::nullopt;
}

bool Loop::step() {
    fire_due();
    if (ready_.empty()) {
        if (due_.empty()) return false;
        now_ = due_.top().at;
        fire_due();
    }
    const std::size_t choices = std::min(spread_, ready_.size());
    if (choices > 1) std::swap(ready_.front(), ready_[draw() % choices]);
    Ready next = std::move(ready_.front());
    ready_.pop_front();
    ++steps_;
    running_ = next.owner;
    is_running_ = true;
    next.call();
    is_running_ = false;
    if (on_step) on_step((steps_ << 8) ^ (static_cast<std::uint64_t>(next.owner) << 4) ^ choices);
    return true;
}

Async<void> LoopClock::sleep_until(Timestamp when) {
    const auto wait = std::max(when - now(), std::chrono::milliseconds(0));
    co_await net::sleep_for(wait);
}

void LoopWorker::submit(std::function<void()> job) {
    jobs_->push_back(std::move(job));
    loop_.post(owner_, [this, jobs = jobs_] {
        std::function<void()> next = std::move(jobs->front());
        jobs->pop_front();
        if (dies_ && dies_(true)) return;
        next();
        if (dies_) (void)dies_(false);
    });
}

}  // namespace liaison::sim
