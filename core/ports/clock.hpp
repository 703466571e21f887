#pragma once
#include <chrono>
#include <cstdint>
#include <string>

#include "core/async.hpp"
#include "core/time.hpp"

namespace liaison {

/// The only way to learn the time and to wait. Virtual in tests and in the simulator.
class Clock {
public:
    virtual ~Clock() = default;
    virtual Timestamp now() const = 0;
    /// Returns at `when` or, when cancelled, by the cancellation's exception.
    virtual Async<void> sleep_until(Timestamp when) = 0;
};

/// The only source of chance.
class Entropy {
public:
    virtual ~Entropy() = default;
    virtual std::uint64_t next() = 0;
};

}  // namespace liaison
