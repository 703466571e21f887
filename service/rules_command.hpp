#pragma once

namespace CLI {
class App;
}

namespace liaison::service {

/// Adds `rules test`, `rules check` and `rules schema` to the program.
void add_rules_commands(CLI::App& app, int& exit_code);

}  // namespace liaison::service
