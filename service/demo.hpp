#pragma once
#include <cstdint>
#include <string>
#include <vector>

namespace liaison::service {

/// What `liaison demo` was asked for (DESIGN 8).
struct DemoOptions {
    bool once = false;
    std::string data_directory;  ///< empty: a fresh folder
    std::vector<std::string> mail_paths;
    std::string contacts_file;
    std::string report_file;
    bool graph = false;  ///< reach the mailboxes by Microsoft Graph instead of EWS
    std::uint16_t sandbox_port = 8480;
    std::uint16_t api_port = 8420;
    std::int64_t timeout_seconds =
        1800;  ///< for --once: give up after that long without quiescence
};

/// Starts the sandbox and the ordinary `liaison run` as processes of their own on loopback, loads
/// the data, shows progress and a table of what came of it. Restarts the service if it dies.
/// Answers the exit code.
int run_demo(DemoOptions options);

}  // namespace liaison::service
