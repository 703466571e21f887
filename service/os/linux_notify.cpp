#include "service/os/notify.hpp"

#include <systemd/sd-daemon.h>

#include <cstdint>

namespace liaison::service {

void notify_ready() { sd_notify(0, "READY=1\nSTATUS=keeping CRM and Exchange in step"); }
void notify_stopping() { sd_notify(0, "STOPPING=1"); }
void notify_alive() { sd_notify(0, "WATCHDOG=1"); }

long watchdog_interval_ms() {
    std::uint64_t microseconds = 0;
    if (sd_watchdog_enabled(0, &microseconds) <= 0) return 0;
    return static_cast<long>(microseconds / 2000);
}

}  // namespace liaison::service
