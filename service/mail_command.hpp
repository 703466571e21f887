#pragma once
#include <iosfwd>
#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace liaison::service {

/// Adds `explain` and `mail` (tray, show, link, create, ignore, rule, blocklist, withdraw,
/// withdrawals). While the service runs they ask its management API; while it is stopped they work
/// on the data directory. Which of both it was is said on standard error. `exit_code` must outlive
/// the parsing: 0 done, 1 refused or not found, 2 the configuration is wrong.
void add_mail_commands(CLI::App& app, int& exit_code);

/// The same with the arguments behind `liaison`, for tests. Answers the exit code.
int run_mail_command(std::vector<std::string> arguments, std::ostream& out, std::ostream& err);

}  // namespace liaison::service
