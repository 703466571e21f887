// liaison: keeps a CRM and Microsoft Exchange in step.
#include <CLI/CLI.hpp>
#include <filesystem>
#include <iostream>

#include "service/compose.hpp"
#include "service/crm_command.hpp"
#include "service/demo.hpp"
#include "service/mail_command.hpp"
#include "service/os/child_process.hpp"
#include "service/rules_command.hpp"
#include "service/run_command.hpp"

namespace {

using namespace liaison;

int become_sandbox(std::vector<std::string> arguments) {
    const auto program =
        std::filesystem::path(service::own_program_path()).parent_path() / "liaison-sandbox";
    arguments.insert(arguments.begin(), program.string());
    const Error error = service::become_program(std::move(arguments));
    std::cerr << "liaison: " << error.message << "\n";
    return 1;
}

void add_demo(CLI::App& app, service::DemoOptions& options, int& exit_code) {
    CLI::App* demo = app.add_subcommand(
        "demo", "Try it all on this machine: a stand-in Exchange, the embedded CRM, the service");
    demo->footer(
        "Examples:\n  liaison demo\n  liaison demo --once --data /tmp/d --mail ~/Maildir "
        "--contacts c.csv --report r.json");
    demo->add_flag("--once", options.once, "End after the first round");
    demo->add_option("--data", options.data_directory, "Keep state here (default: a fresh folder)");
    demo->add_option("--mail", options.mail_paths,
                     "Folder of mails (searched recursively), Maildir or mbox, into alice's "
                     "Inbox/CRM; repeatable")
        ->expected(1)
        ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
    demo->add_option(
        "--contacts", options.contacts_file,
        "CRM contacts: CSV with number,type,display_name,email,email2,company,salesperson");
    demo->add_flag("--graph", options.graph,
                   "Reach the mailboxes by Microsoft Graph instead of EWS");
    demo->add_option("--report", options.report_file, "Write the counts as JSON");
    demo->add_option("--sandbox-port", options.sandbox_port,
                     "Port of the stand-in Exchange (default 8480)");
    demo->add_option("--api-port", options.api_port, "Port of the management API (default 8420)");
    demo->add_option("--timeout", options.timeout_seconds,
                     "Seconds until the first round must be over (default 1800)");
    demo->callback([&] { exit_code = service::run_demo(options); });
}

}  // namespace

int main(int argc, char** argv) {
    CLI::App app("Liaison keeps a CRM and Microsoft Exchange in step.", "liaison");
    app.set_version_flag("--version", std::string(service::program_version()));
    app.require_subcommand(1);
    int exit_code = 0;
    std::string config_file;
    const auto with_config = [&](const char* name, const char* description, const char* footer,
                                 int (*action)(const std::string&)) {
        CLI::App* command = app.add_subcommand(name, description);
        command
            ->add_option("--config", config_file, "The configuration (TOML, docs/configuration.md)")
            ->required();
        command->footer(footer);
        command->callback([&, action] { exit_code = action(config_file); });
    };
    with_config("run", "Run the service until SIGTERM",
                "Example:\n  liaison run --config /etc/liaison/liaison.toml", service::run_service);
    with_config("check-config", "Tell every error of a configuration, with its place",
                "Example:\n  liaison check-config --config /etc/liaison/liaison.toml",
                service::check_config);
    with_config("plan", "Tell what the next cycle would do, without doing it",
                "Example:\n  liaison plan --config /etc/liaison/liaison.toml",
                service::print_plans);

    service::add_rules_commands(app, exit_code);

    service::DemoOptions demo_options;
    add_demo(app, demo_options, exit_code);
    service::add_crm_commands(app, exit_code);
    service::add_mail_commands(app, exit_code);

    CLI::App* sandbox = app.add_subcommand(
        "sandbox", "Run the stand-in Exchange (all options go to liaison-sandbox)");
    sandbox->prefix_command();
    sandbox->footer("Example:\n  liaison sandbox --port 8480 --data /tmp/sandbox");
    sandbox->callback([&] { exit_code = become_sandbox(sandbox->remaining()); });

    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& e) {
        return app.exit(e);
    }
    return exit_code;
}
