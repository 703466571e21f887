#pragma once
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <utility>

#include "core/async.hpp"
#include "net/timer.hpp"

namespace liaison::net {

/// Wakes one waiting coroutine of the same thread. A notification before the wait is kept; several count as one.
/// Inner tool of net: only its .cpp files include this.
class Wake {
public:
    explicit Wake(const boost::asio::any_io_executor& executor) : timer_(executor) {}

    void notify() {
        notified_ = true;
        if (waiting_) timer_.cancel();
    }

    /// Returns after a notification, or early when the coroutine is cancelled: look at the condition again.
    /// The caller keeps this object alive meanwhile.
    Async<void> wait() {
        if (!std::exchange(notified_, false)) {
            waiting_ = true;
            co_await timer_.async_wait(boost::asio::as_tuple(boost::asio::use_awaitable));
            waiting_ = false;
            notified_ = false;
        }
    }

private:
    Timer timer_;
    bool notified_ = false;
    bool waiting_ = false;
};

}  // namespace liaison::net
