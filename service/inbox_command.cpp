#include "service/inbox_command.hpp"

#include <CLI/CLI.hpp>
#include <boost/json.hpp>
#include <iostream>
#include <memory>

#include "net/http_client.hpp"
#include "net/url.hpp"
#include "service/compose.hpp"
#include "service/run_command.hpp"
#include "service/system_ports.hpp"

namespace liaison::service {

namespace {

using boost::json::object;

struct PushVerb {
    std::string config;
    std::string mailbox;
    bool plan = false;
    bool json = false;
};

std::string text_member_of(const boost::json::value& value, const char* name) {
    const auto* member = value.is_object() ? value.get_object().if_contains(name) : nullptr;
    return member && member->is_string() ? std::string(member->get_string()) : std::string();
}

const boost::json::array& list_member_of(const object& value, const char* name) {
    static const boost::json::array none;
    const auto* member = value.if_contains(name);
    return member && member->is_array() ? member->get_array() : none;
}

void print_inbox_report(const object& report) {
    std::cout << text_member_of(report, "mailbox") << ": carried out by Exchange at arrival\n";
    for (const auto& line : list_member_of(report, "exchange")) {
        const std::string detail = text_member_of(line, "detail");
        std::cout << "  " << text_member_of(line, "state") << "  "
                  << text_member_of(line, "display_name")
                  << (detail.empty() ? "" : " (" + detail + ")") << "\n";
    }
    std::cout << text_member_of(report, "mailbox") << ": stays in Liaison\n";
    for (const auto& rule : list_member_of(report, "liaison")) {
        std::cout << "  " << text_member_of(rule, "display_name") << "\n";
        for (const auto& reason : list_member_of(rule.get_object(), "reasons"))
            if (reason.is_string()) std::cout << "      " << reason.get_string().c_str() << "\n";
    }
    for (const auto& note : list_member_of(report, "notes"))
        if (note.is_string()) std::cout << "note: " << note.get_string().c_str() << "\n";
}

/// The service's answer; nothing if no service can be asked.
std::optional<Result<std::string>> ask_running_service(const Config& config,
                                                       const std::string& mailbox, bool push) {
    if (!config.api_enabled) return std::nullopt;
    const auto token = ReferenceSecrets().get(config.api_token);
    if (!token) return std::nullopt;
    net::RunLoop loop;
    net::TlsTrust trust;
    trust.private_ca_file = config.api_tls_certificate;
    const auto sockets = net::make_socket_connector(loop.executor(), trust);
    const auto http = net::make_pooled_client(loop.executor(), *sockets, {});
    HttpRequest request;
    request.method = push ? "POST" : "GET";
    request.url = std::string(config.api_tls_certificate.empty() ? "http://" : "https://") +
                  config.api_address + ":" + std::to_string(config.api_port) + "/v1/mailboxes/" +
                  net::percent_encode(mailbox) + "/inbox-rules";
    request.fields.set("Authorization", "Bearer " + *token);
    HttpLimits limits;
    limits.deadline = std::chrono::seconds(120);
    const auto answer = net::run_to_end(loop, http->send(std::move(request), limits));
    if (!answer) return std::nullopt;
    if (answer->status == 200) return Result<std::string>(answer->body);
    boost::system::error_code error;
    const auto body = boost::json::parse(answer->body, error);
    const std::string detail = error ? std::string() : text_member_of(body, "detail");
    return Result<std::string>(
        fail(ErrorKind::InvalidRequest,
             detail.empty() ? "the service answers " + std::to_string(answer->status) : detail));
}

int push_rules(const PushVerb& verb) {
    auto config = read_config(verb.config);
    if (!config) return 2;
    std::vector<std::string> mailboxes;
    for (const MailboxConfig& mailbox : config->mailboxes)
        if (verb.mailbox.empty() ? verb.plan || mailbox.inbox_rules
                                 : mailbox.address == verb.mailbox)
            mailboxes.push_back(mailbox.address);
    if (mailboxes.empty()) {
        std::cerr << "liaison: "
                  << (verb.mailbox.empty() ? "no mailbox has inbox_rules = true"
                                           : "this mailbox is not configured")
                  << "\n";
        return 1;
    }
    net::RunLoop loop;
    std::unique_ptr<Application> application;
    int exit_code = 0;
    for (const std::string& mailbox : mailboxes) {
        auto answer =
            application ? std::nullopt : ask_running_service(*config, mailbox, !verb.plan);
        if (!answer && !application) {
            Config alone = *config;
            alone.api_enabled = false;
            auto composed = Application::compose(loop, std::move(alone));
            if (!composed) {
                std::cerr << "liaison: " << composed.error().message << "\n";
                return 1;
            }
            application = std::move(*composed);
        }
        if (!answer)
            answer =
                net::run_to_end(loop, application->inbox_rules(MailboxId(mailbox), !verb.plan));
        if (!*answer) {
            std::cerr << "liaison: " << mailbox << ": " << answer->error().message << "\n";
            exit_code = 1;
            continue;
        }
        boost::system::error_code error;
        const auto report = boost::json::parse(**answer, error);
        if (verb.json || error || !report.is_object())
            std::cout << **answer << "\n";
        else
            print_inbox_report(report.get_object());
    }
    return exit_code;
}

}  // namespace

void add_inbox_command(CLI::App& app, int& exit_code) {
    const auto verb = std::make_shared<PushVerb>();
    CLI::App* push = app.get_subcommand("rules")->add_subcommand(
        "push", "Write rules that Exchange can carry out as inbox rules of a mailbox");
    push->add_option("--config", verb->config, "The configuration (TOML, docs/configuration.md)")
        ->required();
    push->add_option("--mailbox", verb->mailbox, "Only this mailbox (default: all that allow it)");
    push->add_flag("--plan", verb->plan,
                   "Show what Exchange would carry out, what stays in Liaison and why, and how the "
                   "mailbox differs; write nothing");
    push->add_flag("--json", verb->json, "Answer in JSON");
    push->footer(
        "Writing needs inbox_rules = true of the mailbox. Only rules whose name carries Liaison's "
        "mark "
        "are touched.\nExample:\n  liaison rules push --plan --config /etc/liaison/liaison.toml");
    push->callback([verb, &exit_code] { exit_code = push_rules(*verb); });
}

}  // namespace liaison::service
