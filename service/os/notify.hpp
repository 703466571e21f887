#pragma once

namespace liaison::service {

/// Tells the service manager (systemd, sd_notify(3)) that start-up is complete, that stopping
/// began, that the loop lives. Without a manager these do nothing.
void notify_ready();
void notify_stopping();
void notify_alive();
/// How often notify_alive is expected, in milliseconds: half of WatchdogSec; 0 when nobody watches.
long watchdog_interval_ms();

}  // namespace liaison::service
