#pragma once
#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>

#include "core/async.hpp"

namespace liaison {

/// Runs blocking work (databases) away from the control thread. Jobs run one after the other, in order of submission.
class Worker {
public:
    virtual ~Worker() = default;
    /// Queues `job`; it must not throw.
    virtual void submit(std::function<void()> job) = 0;
};

/// Runs `job` on `worker` and resumes the caller on its own executor. `job` owns all that it touches: the caller may be
/// gone by the time it runs.
Async<void> run_on(Worker& worker, std::function<void()> job);

/// The same with a result; what `job` throws is thrown to the caller.
template <class T>
Async<T> run_on(Worker& worker, std::function<T()> job)
    requires(!std::is_void_v<T>)
{
    struct State {
        std::optional<T> value;
        std::exception_ptr error;
    };
    auto state = std::make_shared<State>();
    std::function<void()> wrapped = [state, job = std::move(job)] {
        try {
            state->value.emplace(job());
        } catch (...) {
            state->error = std::current_exception();
        }
    };
    co_await run_on(worker, std::move(wrapped));
    if (state->error) std::rethrow_exception(state->error);
    co_return std::move(*state->value);
}

}  // namespace liaison
