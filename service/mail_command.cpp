#include "service/mail_command.hpp"

#include <CLI/CLI.hpp>
#include <boost/json.hpp>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <memory>

#include "core/text.hpp"
#include "net/http_client.hpp"
#include "net/run_loop.hpp"
#include "net/url.hpp"
#include "service/compose.hpp"
#include "service/explain_text.hpp"
#include "service/run_command.hpp"
#include "service/system_ports.hpp"

namespace liaison::service {

namespace {

/// What the command line said, and where to answer.
struct MailVerb {
    std::string config_file;
    std::string what;  ///< the mail: number, Message-ID or identity
    std::string number, id, kind, scope, address, name, company, owner, campaign, opportunity;
    std::string action, match, why, file, mailbox;
    std::vector<std::string> rows;
    bool json = false, apply = false, blocklisted = false, erase = false;
    std::ostream* out = nullptr;
    std::ostream* err = nullptr;
};

/// The management API, wherever it is: the running service, or the data directory of a stopped one.
class ApiDoor {
public:
    ApiDoor(Config config, std::ostream& err) : config_(std::move(config)), err_(err) {}

    /// A transport failure of the running service leads to the data directory; an answer is an
    /// answer, whatever its status.
    Result<HttpResponse> send(const std::string& method, const std::string& path,
                              const std::string& body, const std::string& if_match) {
        HttpRequest request;
        request.method = method;
        request.url = path;
        request.body = body;
        if (!body.empty()) request.fields.set("Content-Type", "application/json");
        if (!if_match.empty()) request.fields.set("If-Match", if_match);
        if (config_.api_enabled && !offline_) {
            Result<HttpResponse> online = ask_service(request);
            if (online) {
                tell("asked the running service at " + base_url());
                return online;
            }
            unreachable_ = online.error().message;
        }
        return ask_directory(std::move(request));
    }

private:
    std::string base_url() const {
        const bool tls = !config_.api_tls_certificate.empty();
        return (tls ? "https://" : "http://") + config_.api_address + ":" +
               std::to_string(config_.api_port);
    }

    Result<HttpResponse> ask_service(HttpRequest request) {
        const auto token = ReferenceSecrets().get(config_.api_token);
        if (!token) return std::unexpected(token.error());
        net::TlsTrust trust;
        trust.private_ca_file = config_.api_tls_certificate;
        const auto sockets = net::make_socket_connector(loop_.executor(), trust);
        const auto http = net::make_pooled_client(loop_.executor(), *sockets, {});
        request.url = base_url() + request.url;
        request.fields.set("Authorization", "Bearer " + *token);
        HttpLimits limits;
        limits.deadline = std::chrono::seconds(30);
        limits.body_bytes_max = 64u << 20;
        return net::run_to_end(loop_, http->send(std::move(request), limits));
    }

    Result<HttpResponse> ask_directory(HttpRequest request) {
        if (!application_) {
            const auto file = std::filesystem::path(config_.data_directory) / "liaison.db";
            if (!std::filesystem::exists(file))
                return fail(ErrorKind::NotFound, "there is no data directory at " +
                                                     config_.data_directory + " yet");
            auto composed = Application::compose(loop_, config_, Purpose::Desk);
            if (!composed)
                return fail(composed.error().kind,
                            composed.error().message +
                                (unreachable_.empty()
                                     ? ""
                                     : "\n(and the service cannot be asked: " + unreachable_ + ")"));
            application_ = std::move(*composed);
            tell("read the data directory " + config_.data_directory);
        }
        offline_ = true;
        return net::run_to_end(loop_, application_->answer(std::move(request)));
    }

    void tell(const std::string& what) {
        if (!told_) err_ << "liaison: " << what << "\n";
        told_ = true;
    }

    Config config_;
    std::ostream& err_;
    net::RunLoop loop_;
    std::unique_ptr<Application> application_;
    std::string unreachable_;
    bool offline_ = false;
    bool told_ = false;
};

int mail_failed(const MailVerb& verb, const std::string& message) {
    *verb.err << "liaison: " << message << "\n";
    return 1;
}

using Show = std::string (*)(const boost::json::object&);

/// Sends one request and shows the answer: as it is with --json, else in words.
int ask_and_show(const MailVerb& verb, ApiDoor& door, const std::string& method,
                 const std::string& path, const boost::json::object& body, Show show) {
    const std::string text = method == "GET" ? std::string() : serialize(body);
    const Result<HttpResponse> answer = door.send(method, path, text, "");
    if (!answer) return mail_failed(verb, answer.error().message);
    boost::system::error_code error;
    const boost::json::value value = boost::json::parse(answer->body, error);
    if (error || !value.is_object()) return mail_failed(verb, "the answer is no JSON object");
    const boost::json::object& object = value.get_object();
    if (answer->status < 200 || answer->status > 299) {
        const auto* detail = object.if_contains("detail");
        return mail_failed(verb, detail && detail->is_string()
                                     ? normal_line(std::string_view(detail->get_string()))
                                     : "status " + std::to_string(answer->status));
    }
    *verb.out << (verb.json ? serialize(object) + "\n" : show(object));
    return 0;
}

std::string show_tray(const boost::json::object& page) {
    std::string out;
    const auto* list = page.if_contains("value");
    if (list != nullptr && list->is_array())
        for (const boost::json::value& one : list->get_array())
            if (one.is_object()) out += tray_line(one.get_object()) + "\n";
    return out.empty() ? "nothing waits\n" : out;
}

std::string show_again(const boost::json::object& answer) {
    const auto* count = answer.if_contains("decided_again");
    return (count ? serialize(*count) : std::string("0")) + " mail(s) are decided again\n";
}

std::string show_as_json(const boost::json::object& answer) {
    return serialize(answer) + "\n";
}

std::string show_withdrawals(const boost::json::object& answer) {
    const auto* list = answer.if_contains("withdrawals");
    const std::size_t count = list && list->is_array() ? list->get_array().size() : 0;
    return std::to_string(count) + " withdrawal(s) noted; the next turn of the mailbox does them\n";
}

void set_text(boost::json::object& body, const char* name, const std::string& text) {
    if (!text.empty()) body[name] = text;
}

std::string encoded(const std::string& text) {
    return net::percent_encode(text);
}

using MailVerbAction = int (*)(const MailVerb&, ApiDoor&);

int explain_mail(const MailVerb& verb, ApiDoor& door) {
    return ask_and_show(verb, door, "GET", "/v1/mail/" + encoded(verb.what), {}, explanation_text);
}

int list_tray_mail(const MailVerb& verb, ApiDoor& door) {
    std::string path = "/v1/tray?limit=1000";
    if (!verb.mailbox.empty()) path += "&mailbox=" + encoded(verb.mailbox);
    return ask_and_show(verb, door, "GET", path, {}, show_tray);
}

int show_tray_mail(const MailVerb& verb, ApiDoor& door) {
    return ask_and_show(verb, door, "GET", "/v1/tray/" + encoded(verb.what), {}, tray_mail_text);
}

int link_tray_mail(const MailVerb& verb, ApiDoor& door) {
    boost::json::object body;
    set_text(body, "number", verb.number);
    set_text(body, "id", verb.id);
    set_text(body, "kind", verb.kind);
    set_text(body, "scope", verb.scope);
    set_text(body, "address", verb.address);
    set_text(body, "campaign", verb.campaign);
    set_text(body, "opportunity", verb.opportunity);
    return ask_and_show(verb, door, "POST", "/v1/tray/" + encoded(verb.what) + "/link", body,
                        show_again);
}

int create_from_tray_mail(const MailVerb& verb, ApiDoor& door) {
    boost::json::object body;
    set_text(body, "kind", verb.kind);
    set_text(body, "address", verb.address);
    set_text(body, "name", verb.name);
    set_text(body, "company", verb.company);
    set_text(body, "owner", verb.owner);
    set_text(body, "scope", verb.scope);
    return ask_and_show(verb, door, "POST", "/v1/tray/" + encoded(verb.what) + "/create", body,
                        show_again);
}

int ignore_tray_mail(const MailVerb& verb, ApiDoor& door) {
    boost::json::object body;
    set_text(body, "scope", verb.scope);
    return ask_and_show(verb, door, "POST", "/v1/tray/" + encoded(verb.what) + "/ignore", body,
                        show_again);
}

int rule_from_tray_mail(const MailVerb& verb, ApiDoor& door) {
    boost::json::object body;
    set_text(body, "action", verb.action);
    set_text(body, "match", verb.match);
    set_text(body, "number", verb.number);
    set_text(body, "id", verb.id);
    set_text(body, "kind", verb.kind);
    const std::string path = "/v1/tray/" + encoded(verb.what) + "/rule";
    std::string if_match;
    for (const bool applies : {false, true}) {
        if (applies && !verb.apply) break;
        const Result<HttpResponse> answer = door.send("POST", path, serialize(body), if_match);
        if (!answer) return mail_failed(verb, answer.error().message);
        boost::system::error_code error;
        const boost::json::value value = boost::json::parse(answer->body, error);
        if (error || !value.is_object() || answer->status != 200)
            return mail_failed(verb, "the rule is refused: " + clean_utf8(answer->body));
        if_match = std::string(answer->fields.get("ETag"));
        if (applies != verb.apply) continue;
        *verb.out << (verb.json ? serialize(value) : serialize(value.at("rule"))) << "\n";
        if (!applies) *verb.err << "liaison: not in force; add --apply\n";
    }
    return 0;
}

int show_or_set_blocklist(const MailVerb& verb, ApiDoor& door) {
    if (verb.file.empty())
        return ask_and_show(verb, door, "GET", "/v1/blocklist", {}, show_as_json);
    std::ifstream in(verb.file, std::ios::binary);
    if (!in) return mail_failed(verb, "cannot read " + verb.file);
    const std::string text((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
    const Result<HttpResponse> present = door.send("GET", "/v1/blocklist", "", "");
    if (!present) return mail_failed(verb, present.error().message);
    const Result<HttpResponse> answer = door.send("PUT", "/v1/blocklist", text,
                                                  std::string(present->fields.get("ETag")));
    if (!answer) return mail_failed(verb, answer.error().message);
    if (answer->status != 200) return mail_failed(verb, clean_utf8(answer->body));
    *verb.out << answer->body << "\n";
    return 0;
}

int list_blocklisted_mail(const MailVerb& verb, ApiDoor& door) {
    return ask_and_show(verb, door, "GET", "/v1/blocklist/logged?limit=1000", {}, show_tray);
}

int withdraw_mail(const MailVerb& verb, ApiDoor& door) {
    boost::json::object body;
    boost::json::array rows;
    for (const std::string& row : verb.rows) {
        std::int64_t number = 0;
        const auto [end, error] = std::from_chars(row.data(), row.data() + row.size(), number);
        if (error != std::errc{} || end != row.data() + row.size())
            return mail_failed(verb, "\"" + row + "\" is no number of a mail");
        rows.emplace_back(number);
    }
    if (!rows.empty()) body["rows"] = std::move(rows);
    if (verb.blocklisted) body["blocklisted"] = true;
    if (verb.erase) body["erase_content"] = true;
    set_text(body, "why", verb.why);
    return ask_and_show(verb, door, "POST", "/v1/withdrawals", body, show_withdrawals);
}

int list_withdrawn_mail(const MailVerb& verb, ApiDoor& door) {
    return ask_and_show(verb, door, "GET", "/v1/withdrawals", {}, show_as_json);
}

/// One sub-command with its configuration and --json; `action` runs when it was parsed.
CLI::App* mail_verb(CLI::App& parent, std::shared_ptr<MailVerb> verb, const char* name,
                    const char* description, MailVerbAction action, int& exit_code) {
    CLI::App* command = parent.add_subcommand(name, description);
    command->add_option("--config", verb->config_file, "The configuration")->required();
    command->add_flag("--json", verb->json, "Print what the API answers");
    command->callback([verb, action, &exit_code] {
        auto config = read_config(verb->config_file);
        if (!config) {
            exit_code = 2;
            return;
        }
        ApiDoor door(std::move(*config), *verb->err);
        exit_code = action(*verb, door);
    });
    return command;
}

void add_choice_verbs(CLI::App& mail, const std::shared_ptr<MailVerb>& verb, int& exit_code) {
    const auto add = [&](const char* name, const char* description, MailVerbAction action) {
        CLI::App* command = mail_verb(mail, verb, name, description, action, exit_code);
        command->add_option("mail", verb->what, "Its number in the tray")->required();
        return command;
    };
    add("show", "One mail of the tray, with proposals", show_tray_mail);
    CLI::App* link = add("link", "It belongs to this contact, lead or company", link_tray_mail);
    link->add_option("--number", verb->number, "What people call it: C-1001");
    link->add_option("--id", verb->id, "The CRM's own id (with --kind)");
    link->add_option("--kind", verb->kind, "contact, lead or company");
    link->add_option("--scope", verb->scope,
                     "mail, thread (default: also the other mails of its conversation) or address "
                     "(the contact gets the address)");
    link->add_option("--address", verb->address, "Which address (default: the sender's)");
    link->add_option("--campaign", verb->campaign, "CRM id of a campaign");
    link->add_option("--opportunity", verb->opportunity, "CRM id of an opportunity");
    CLI::App* create = add("create", "Make a contact or lead of it", create_from_tray_mail);
    create->add_option("--kind", verb->kind, "contact (default) or lead");
    create->add_option("--address", verb->address, "Which address (default: the sender's)");
    create->add_option("--name", verb->name, "Its name (default: as the mail shows it)");
    create->add_option("--company", verb->company, "CRM id of the company");
    create->add_option("--owner", verb->owner, "CRM id of the salesperson");
    create->add_option("--scope", verb->scope, "mail or thread (default)");
    CLI::App* ignore = add("ignore", "It is not to be logged", ignore_tray_mail);
    ignore->add_option("--scope", verb->scope, "mail or thread (default)");
    CLI::App* rule = add("rule", "A rule for mails like this one", rule_from_tray_mail);
    rule->add_option("--action", verb->action, "link, ignore, contact or lead")->required();
    rule->add_option("--match", verb->match, "sender (default) or domain");
    rule->add_option("--number", verb->number, "link: with whom");
    rule->add_option("--id", verb->id, "link: with whom (with --kind)");
    rule->add_option("--kind", verb->kind, "contact, lead or company");
    rule->add_flag("--apply", verb->apply, "Put it into force");
}

void add_mail_verbs(CLI::App& app, int& exit_code, std::ostream& out, std::ostream& err) {
    const auto verb = std::make_shared<MailVerb>();
    verb->out = &out;
    verb->err = &err;
    CLI::App* explain = mail_verb(app, verb, "explain",
                                  "Why a mail was or was not logged, in full", explain_mail,
                                  exit_code);
    explain->add_option("mail", verb->what, "Its Message-ID, its identity or its number")
        ->required();
    explain->footer(
        "Every mail that was ever seen in a designated folder can be explained.\n"
        "Example:\n  liaison explain '<4711@customer.example>' --config /etc/liaison/liaison.toml");
    CLI::App* mail = app.add_subcommand("mail", "Logged and unlogged mail: the tray, blocklists");
    mail->require_subcommand(1);
    CLI::App* tray = mail_verb(*mail, verb, "tray", "What waits for a person", list_tray_mail,
                               exit_code);
    tray->add_option("--mailbox", verb->mailbox, "Only this mailbox");
    add_choice_verbs(*mail, verb, exit_code);
    CLI::App* blocklist = mail_verb(*mail, verb, "blocklist", "Show or replace the blocklist",
                                    show_or_set_blocklist, exit_code);
    blocklist->add_option("--set", verb->file,
                          "JSON file: {\"addresses\": [...], \"domains\": [...]}");
    mail_verb(*mail, verb, "blocklisted", "Logged mails that the blocklist covers by now",
              list_blocklisted_mail, exit_code);
    CLI::App* withdraw = mail_verb(*mail, verb, "withdraw", "Take logged mails out of the CRM",
                                   withdraw_mail, exit_code);
    withdraw->add_option("mails", verb->rows, "Their numbers");
    withdraw->add_flag("--blocklisted", verb->blocklisted, "All that the blocklist covers");
    withdraw->add_option("--why", verb->why, "The reason, kept with the record");
    withdraw->add_flag("--erase-content", verb->erase,
                       "Text and original go too when no interaction is left");
    mail_verb(*mail, verb, "withdrawals", "What was withdrawn, by whom and why",
              list_withdrawn_mail, exit_code);
}

}  // namespace

void add_mail_commands(CLI::App& app, int& exit_code) {
    add_mail_verbs(app, exit_code, std::cout, std::cerr);
}

int run_mail_command(std::vector<std::string> arguments, std::ostream& out, std::ostream& err) {
    CLI::App app("liaison");
    int exit_code = 0;
    add_mail_verbs(app, exit_code, out, err);
    std::reverse(arguments.begin(), arguments.end());
    try {
        app.parse(arguments);
    } catch (const CLI::ParseError& error) {
        return app.exit(error, out, err);
    }
    return exit_code;
}

}  // namespace liaison::service
