#pragma once
#include <iosfwd>
#include <string>
#include <vector>

#include "core/ports/clock.hpp"

namespace CLI {
class App;
}

namespace liaison::service {

/// Adds `crm` with its verbs list, show, add, edit, complete, delete and import, for working in the embedded CRM by hand; the
/// service may run meanwhile. The verb runs while the command line is parsed, prints to standard output and standard error
/// and leaves 0 or 1 in `exit_code`, which must outlive the parsing.
void add_crm_commands(CLI::App& app, int& exit_code);

/// The same with the arguments behind `liaison crm`, for tests. Answers the exit code.
int run_crm_command(std::vector<std::string> arguments, std::ostream& out, std::ostream& err, const Clock& clock);

}  // namespace liaison::service
