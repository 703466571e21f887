#pragma once
#include <boost/asio/awaitable.hpp>

namespace liaison {

/// A computation that may wait. The rule for everyone who writes one: *name it, move it, await it*.
///   - parameters by value (or references to something that outlives the coroutine by ownership), never references
///     to temporaries;
///   - arguments are named locals, moved into the call; no `{`, no `[` between `co_await` and the end of its statement;
///   - one `co_await` per statement, never inside `?:` or an initialiser list;
///   - never `op || timer`: it hides the failure of `op` until the timer fires. Use net::with_deadline.
/// Why: g++ 12 destroys temporaries of awaited calls twice, and Boost 1.81 waits for the first *success* of `||`.
template <class T>
using Async = boost::asio::awaitable<T>;

}  // namespace liaison
