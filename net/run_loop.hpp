#pragma once
#include <boost/asio/any_io_executor.hpp>
#include <chrono>
#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <type_traits>
#include <utility>
#include <variant>

#include "core/async.hpp"

namespace liaison::net {

/// The one thread on which coroutines run (DESIGN 6: one thread per context). Hides Asio's io_context, so that a caller
/// pays for no Asio header beyond the executor.
///
/// `run`, `run_for` and `run_until` must not nest and belong to one thread; `post` and `stop` may come from any thread.
/// The destructor drops what has not finished, without resuming it.
class RunLoop {
public:
    RunLoop();
    ~RunLoop();
    RunLoop(const RunLoop&) = delete;
    RunLoop& operator=(const RunLoop&) = delete;

    boost::asio::any_io_executor executor();

    /// Runs until nothing is left to do or `stop` was called. May be called again afterwards.
    void run();
    /// Runs for that long, or until nothing is left to do or `stop` was called.
    void run_for(std::chrono::milliseconds duration);
    /// Runs until `done()` holds, asked after every step. False if nothing was left to do or `stop` came before.
    bool run_until(const std::function<bool()>& done);
    /// Ends the run that is under way, or the next one.
    void stop();

    /// Starts `work` at the next turn of the loop. An exception that escapes from it ends the program.
    void spawn(Async<void> work);
    /// The same; the returned function asks the work to end at its current wait (terminal cancellation). Calling it
    /// later, or after the work has ended, does nothing. Call it on the loop's thread only.
    std::function<void()> spawn_cancellable(Async<void> work);
    /// Calls `call` on the loop's thread at its next turn.
    void post(std::function<void()> call);
    /// Calls `handler` with SIGINT or SIGTERM each time one arrives, on the loop's thread. Replaces an earlier handler.
    /// Keeps `run` going until `stop`; an empty function takes the handler away.
    void on_signal(std::function<void(int)> handler);

private:
    struct Parts;
    std::unique_ptr<Parts> parts_;
};

namespace detail {

template <class T>
struct Outcome {
    using Value = std::conditional_t<std::is_void_v<T>, std::monostate, T>;
    std::optional<Value> value;
    std::exception_ptr exception;
    bool done() const { return value.has_value() || exception; }
};

template <class T>
Async<void> keep_outcome(Async<T> work, std::shared_ptr<Outcome<T>> outcome) {
    try {
        if constexpr (std::is_void_v<T>) {
            co_await std::move(work);
            outcome->value.emplace();
        } else {
            T value = co_await std::move(work);
            outcome->value.emplace(std::move(value));
        }
    } catch (...) {
        outcome->exception = std::current_exception();
    }
}

}  // namespace detail

/// Runs the loop until `work` has ended and gives back its result or throws what it threw. Throws std::logic_error if
/// the loop ran out of things to do or was stopped before: the work would have waited for ever.
template <class T>
T run_to_end(RunLoop& loop, Async<T> work) {
    auto outcome = std::make_shared<detail::Outcome<T>>();
    loop.spawn(detail::keep_outcome<T>(std::move(work), outcome));
    if (!loop.run_until([outcome] { return outcome->done(); }))
        throw std::logic_error("the loop ended before the work did");
    if (outcome->exception) std::rethrow_exception(outcome->exception);
    if constexpr (!std::is_void_v<T>) return std::move(*outcome->value);
}

}  // namespace liaison::net
