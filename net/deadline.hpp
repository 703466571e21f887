#pragma once
#include <boost/asio/any_io_executor.hpp>
#include <chrono>
#include <memory>
#include <optional>
#include <utility>

#include "core/async.hpp"
#include "core/result.hpp"

namespace liaison::net {

/// Waits until `duration` has passed or the coroutine is cancelled. The time is that of the current executor (net/timer.hpp).
Async<void> sleep_for(std::chrono::milliseconds duration);

/// How a piece of work ended that had a deadline.
enum class Finish {
    Done,       ///< the work ran to its end
    Deadline,   ///< the time was over first; the work was cancelled and has ended
    Cancelled,  ///< the caller was cancelled; so was the work, and it has ended
};

/// Runs `work` on the current executor and cancels it when `duration` is over. Returns when the work has ended in
/// either case, so work that ignores cancellation holds the answer back. Cancellation of the caller is a return value
/// here, no exception. What the work throws is thrown on; the throw of its own cancellation is not.
Async<Finish> finish_within(Async<void> work, std::chrono::milliseconds duration);

namespace detail {
template <class T>
Async<void> keep_result(Async<Result<T>> work, std::shared_ptr<std::optional<Result<T>>> place) {
    Result<T> result = co_await std::move(work);
    place->emplace(std::move(result));
}
}  // namespace detail

/// The result of `work`, or `too_late` when `duration` was over first, or ErrorKind::Cancelled.
template <class T>
Async<Result<T>> with_deadline(Async<Result<T>> work, std::chrono::milliseconds duration, Error too_late) {
    auto place = std::make_shared<std::optional<Result<T>>>();
    Async<void> kept = detail::keep_result<T>(std::move(work), place);
    Finish finish = co_await finish_within(std::move(kept), duration);
    if (place->has_value() && (finish == Finish::Done || (*place)->has_value())) co_return std::move(**place);
    if (finish == Finish::Deadline) co_return std::unexpected(std::move(too_late));
    co_return fail(ErrorKind::Cancelled, "cancelled");
}

}  // namespace liaison::net
