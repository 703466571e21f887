#pragma once

namespace CLI {
class App;
}

namespace liaison::service {

/// Adds `rules push` to the program, below `rules`. While the service runs its management API is
/// asked; while it is stopped the data directory and the mailbox are used directly.
void add_inbox_command(CLI::App& app, int& exit_code);

}  // namespace liaison::service
