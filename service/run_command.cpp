#include "service/run_command.hpp"

#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <optional>

#include "net/deadline.hpp"
#include "net/run_loop.hpp"
#include "service/compose.hpp"
#include "service/config.hpp"
#include "service/os/notify.hpp"
#include "service/system_ports.hpp"

namespace liaison::service {

namespace {

Async<void> keep_watchdog(long interval_ms) {
    while (true) {
        notify_alive();
        co_await net::sleep_for(std::chrono::milliseconds(interval_ms));
    }
}

Async<void> run_application(Application* application, net::RunLoop* loop, int* exit_code) {
    Result<void> result = co_await application->run();
    if (!result) {
        std::cerr << "liaison: " << result.error().message << "\n";
        *exit_code = 1;
    }
    loop->stop();
}

}  // namespace

std::optional<Config> read_config(const std::string& file) {
    std::ifstream in(file, std::ios::binary);
    if (!in || std::filesystem::is_directory(file)) {
        std::cerr << "liaison: cannot read the configuration " << file << "\n";
        return std::nullopt;
    }
    const std::string text((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
    const auto base = std::filesystem::absolute(std::filesystem::path(file)).parent_path();
    ConfigResult result = parse_config(text, base.string());
    if (result.errors.empty()) return std::move(result.config);
    std::cerr << describe(file, result.errors);
    std::cerr << "liaison: " << result.errors.size()
              << " error(s); nothing was started or changed\n";
    return std::nullopt;
}

int run_service(const std::string& config_file) {
    auto config = read_config(config_file);
    if (!config) return 2;
    net::RunLoop loop;
    auto application = Application::compose(loop, std::move(*config));
    if (!application) {
        std::cerr << "liaison: " << application.error().message << "\n";
        return 1;
    }
    int exit_code = 0;
    loop.on_signal([&](int) {
        notify_stopping();
        (*application)->stop();
    });
    loop.spawn(run_application(application->get(), &loop, &exit_code));
    if (const long interval = watchdog_interval_ms(); interval > 0)
        loop.spawn(keep_watchdog(interval));
    if (!(*application)->api_url().empty())
        std::cout << "liaison: management API at " << (*application)->api_url() << std::endl;
    notify_ready();
    loop.run();
    return exit_code;
}

int check_config(const std::string& config_file) {
    const auto config = read_config(config_file);
    if (!config) return 2;
    ReferenceSecrets secrets;
    int exit_code = 0;
    for (const std::string& reference :
         {config->exchange_password, config->graph.client_secret, config->graph.certificate,
          config->graph.private_key, config->api_enabled ? config->api_token : std::string()}) {
        if (reference.empty()) continue;
        if (const auto secret = secrets.get(reference); !secret) {
            std::cerr << config_file << ": " << secret.error().message << "\n";
            exit_code = 2;
        }
    }
    if (exit_code == 0) {
        std::cout << config_file << ": good; " << config->mailboxes.size()
                  << " mailbox(es), Exchange "
                  << (config->uses("ews") ? "at " + config->exchange_url : std::string())
                  << (config->uses("ews") && config->uses("graph") ? " and " : "")
                  << (config->uses("graph") ? "by Microsoft Graph" : "") << ", CRM "
                  << config->crm_database << "\n";
    }
    return exit_code;
}

int print_plans(const std::string& config_file) {
    auto config = read_config(config_file);
    if (!config) return 2;
    config->api_enabled = false;
    net::RunLoop loop;
    auto application = Application::compose(loop, std::move(*config));
    if (!application) {
        std::cerr << "liaison: " << application.error().message
                  << "\n(while the service runs, ask it: GET /v1/mailboxes/MAILBOX/plan/KIND)\n";
        return 1;
    }
    const Result<std::string> plans = net::run_to_end(loop, (*application)->describe_plans());
    if (!plans) {
        std::cerr << "liaison: " << plans.error().message << "\n";
        return 1;
    }
    std::cout << *plans;
    return 0;
}

}  // namespace liaison::service
