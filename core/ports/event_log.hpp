#pragma once
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

namespace liaison {

enum class LogLevel : std::uint8_t { Debug, Info, Warning, Error };

/// Structured log: an event name and keys with values. No bodies, subjects, addresses of outsiders
/// or secrets, at any level.
class EventLog {
public:
    using Entry = std::pair<std::string_view, std::string>;
    virtual ~EventLog() = default;
    virtual void write(LogLevel level, std::string_view event,
                       std::initializer_list<Entry> entries) = 0;
};

}  // namespace liaison
