#pragma once
#include <boost/asio/any_io_executor.hpp>
#include <chrono>

#include "core/async.hpp"

namespace liaison::net {

/// Waits until `duration` has passed or the coroutine is cancelled. Uses Asio's steady timer on the current executor.
Async<void> sleep_for(std::chrono::milliseconds duration);

}  // namespace liaison::net
