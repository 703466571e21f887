#include "net/deadline.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/experimental/parallel_group.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>

#include "net/timer.hpp"

namespace liaison::net {

namespace {
namespace asio = boost::asio;

bool is_abort(const std::exception_ptr& exception) {
    if (!exception) return false;
    try {
        std::rethrow_exception(exception);
    } catch (const boost::system::system_error& error) {
        return error.code() == asio::error::operation_aborted;
    } catch (...) {
        return false;
    }
}
}  // namespace

Async<void> sleep_for(std::chrono::milliseconds duration) {
    auto executor = co_await asio::this_coro::executor;
    Timer timer(executor);
    timer.expires_after(duration);
    co_await timer.async_wait(asio::use_awaitable);
}

Async<Finish> finish_within(Async<void> work, std::chrono::milliseconds duration) {
    auto executor = co_await asio::this_coro::executor;
    auto before = co_await asio::this_coro::cancellation_state;
    if (before.cancelled() != asio::cancellation_type::none) co_return Finish::Cancelled;
    bool throws = co_await asio::this_coro::throw_if_cancelled();
    co_await asio::this_coro::throw_if_cancelled(false);
    Timer timer(executor);
    timer.expires_after(duration);
    auto group = asio::experimental::make_parallel_group(
        asio::co_spawn(executor, std::move(work), asio::deferred), timer.async_wait(asio::deferred));
    auto [order, exception, timer_error] =
        co_await group.async_wait(asio::experimental::wait_for_one(), asio::use_awaitable);
    auto after = co_await asio::this_coro::cancellation_state;
    co_await asio::this_coro::throw_if_cancelled(throws);
    bool cancelled = after.cancelled() != asio::cancellation_type::none;
    bool cut = order[0] == 1 || cancelled;
    if (exception && !(cut && is_abort(exception))) std::rethrow_exception(exception);
    if (cancelled && (exception || order[0] == 1)) co_return Finish::Cancelled;
    co_return order[0] == 0 ? Finish::Done : Finish::Deadline;
}

}  // namespace liaison::net
