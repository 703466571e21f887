#include "service/rules_command.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <boost/json.hpp>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <memory>
#include <optional>

#include "connectors/crm/embedded/crm_database.hpp"
#include "connectors/crm/embedded/party_book.hpp"
#include "connectors/crm/import/contact_import.hpp"
#include "core/text.hpp"
#include "daemon/mail/parties.hpp"
#include "daemon/rule_trial.hpp"
#include "rules/findings.hpp"
#include "rules/mail_record.hpp"
#include "rules/rule_set.hpp"
#include "service/os/child_process.hpp"
#include "service/rule_mail.hpp"
#include "service/rule_report.hpp"
#include "service/system_ports.hpp"

namespace liaison::service {
namespace {

namespace fs = std::filesystem;

struct RulesVerb {
    std::string set_file;
    std::string baseline_file;
    std::string lists_file;
    std::string contacts_file;
    std::vector<std::string> mail_paths;
    std::string mailbox = "alice@example.test";
    std::string folder = "Inbox/CRM";
    bool json = false;
};

int rules_failed(const std::string& message) {
    std::cerr << "liaison rules: " << message << "\n";
    return 2;
}

std::optional<std::string> text_of_file(const std::string& file) {
    std::ifstream in(file, std::ios::binary);
    if (!in || fs::is_directory(file)) return std::nullopt;
    return std::string((std::istreambuf_iterator<char>(in)), {});
}

/// A loaded set, or nothing with the reasons told.
std::optional<rules::RuleSet> load_rules(const std::string& file, const rules::SharedLists& lists,
                                         int& exit_code) {
    const std::optional<std::string> text = text_of_file(file);
    exit_code = 2;
    if (!text) {
        rules_failed("cannot read " + file);
        return std::nullopt;
    }
    auto loaded = rules::RuleSet::load(*text, lists);
    exit_code = 1;
    if (!loaded) {
        for (const rules::RuleError& error : loaded.error())
            std::cerr << file << ": " << to_text(error) << "\n";
        return std::nullopt;
    }
    exit_code = 0;
    return std::move(*loaded);
}

std::optional<rules::SharedLists> load_lists(const std::string& file, int& exit_code) {
    if (file.empty()) return rules::SharedLists{};
    const std::optional<std::string> text = text_of_file(file);
    exit_code = 2;
    if (!text) {
        rules_failed("cannot read " + file);
        return std::nullopt;
    }
    auto lists = rules::SharedLists::load(*text);
    if (!lists) {
        for (const rules::RuleError& error : lists.error())
            std::cerr << file << ": " << to_text(error) << "\n";
        return std::nullopt;
    }
    exit_code = 0;
    return std::move(*lists);
}

/// What a file of contacts makes the CRM know: the embedded CRM itself, in a file of its own that
/// goes when this does.
class TrialCrm {
public:
    static Result<std::unique_ptr<TrialCrm>> open(const std::string& contacts_file) {
        auto crm = std::make_unique<TrialCrm>();
        if (contacts_file.empty()) return crm;
        const std::optional<std::string> csv = text_of_file(contacts_file);
        if (!csv) return fail(ErrorKind::NotFound, "cannot read " + contacts_file);
        auto opened = crm::CrmDatabase::open(crm->folder_.path() / "crm.sqlite");
        if (!opened) return std::unexpected(opened.error());
        crm->database_ = std::move(*opened);
        auto report = crm::import_contacts_csv(*crm->database_, *csv, SystemClock().now());
        if (!report) return std::unexpected(report.error());
        if (!report->ok())
            return fail(ErrorKind::InvalidRequest,
                        crm::format_problem(contacts_file, report->problems.front()));
        return crm;
    }

    Result<PartyMap> parties_of(const MailMessage& message) {
        if (!database_) return PartyMap{};
        return crm::resolve_parties(*database_, mail::addresses_of(message));
    }

    Result<daemon::MailPlace> place(const std::string& mailbox) {
        daemon::MailPlace out;
        out.mailbox = normal_address(mailbox);
        out.owner_addresses = {out.mailbox};
        if (!database_) return out;
        auto users = crm::list_users(*database_);
        if (!users) return std::unexpected(users.error());
        for (const CrmUser& user : *users)
            if (std::ranges::find(user.addresses, out.mailbox) != user.addresses.end()) {
                out.owner_user_id = user.id;
                out.owner_addresses = user.addresses;
            }
        return out;
    }

private:
    TemporaryFolder folder_;
    std::shared_ptr<crm::CrmDatabase> database_;
};

/// Calls `take` for each mail with its place and what the CRM knows of it.
template <class Take>
Result<void> for_each_mail(const RulesVerb& verb, const std::vector<rules::MailRecord>& mails,
                           const Take& take) {
    auto crm = TrialCrm::open(verb.contacts_file);
    if (!crm) return std::unexpected(crm.error());
    for (const rules::MailRecord& mail : mails) {
        auto place = (*crm)->place(mail.mailbox.empty() ? verb.mailbox : mail.mailbox);
        if (!place) return std::unexpected(place.error());
        place->folder = mail.folder.empty() ? verb.folder : mail.folder;
        auto known = (*crm)->parties_of(mail.message);
        if (!known) return std::unexpected(known.error());
        for (const auto& [address, parties] : mail.parties) (*known)[address] = parties;
        take(mail, *place, *known);
    }
    return {};
}

/// The policy of a configuration that says nothing.
mail::LoggingPolicy trial_policy() {
    return {};
}

Result<void> compare_sets(const RulesVerb& verb, rules::RuleSet before, rules::RuleSet after,
                          const std::vector<rules::MailRecord>& mails) {
    daemon::RuleComparison comparison(std::move(before), std::move(after), trial_policy());
    const auto compared = for_each_mail(
        verb, mails,
        [&](const rules::MailRecord& mail, const daemon::MailPlace& place, const PartyMap& known) {
            comparison.add(mail.name, mail.message, place, known);
        });
    if (!compared) return compared;
    std::cout << (verb.json ? boost::json::serialize(to_json(comparison)) + "\n"
                            : to_text(comparison));
    return {};
}

Result<void> show_decisions(const RulesVerb& verb, rules::RuleSet set,
                            const std::vector<rules::MailRecord>& mails) {
    daemon::RuleTrial trial(std::move(set), trial_policy());
    std::map<std::string, std::size_t> counts;
    bool first = true;
    if (verb.json) std::cout << "{\"mails\":[";
    const auto shown = for_each_mail(
        verb, mails,
        [&](const rules::MailRecord& mail, const daemon::MailPlace& place, const PartyMap& known) {
            const MailDecision decision = trial.decide(mail.name, mail.message, place, known);
            ++counts[std::string(to_string(decision.outcome)) + " (" + decision.reason + ")"];
            if (verb.json)
                std::cout << (first ? "" : ",\n")
                          << boost::json::serialize(boost::json::object{
                                 {"name", mail.name}, {"decision", decision_report(decision)}});
            else
                std::cout << mail.name << ": " << one_line(decision) << "\n";
            first = false;
        });
    if (!shown) return shown;
    if (verb.json) {
        boost::json::object summary;
        for (const auto& [what, count] : counts) summary[what] = count;
        boost::json::array made;
        for (const daemon::MadeParty& one : trial.made()) made.push_back(to_json(one));
        std::cout << "],\n\"summary\":" << boost::json::serialize(summary)
                  << ",\"made\":" << boost::json::serialize(made) << "}\n";
        return {};
    }
    for (const daemon::MadeParty& one : trial.made())
        std::cout << "would be made: " << to_string(one.kind) << " " << one.address << "\n";
    std::cout << mails.size() << " mail(s)";
    for (const auto& [what, count] : counts) std::cout << ", " << what << " " << count;
    std::cout << "\n";
    return {};
}

int test_rules(const RulesVerb& verb) {
    int exit_code = 0;
    const auto lists = load_lists(verb.lists_file, exit_code);
    if (!lists) return exit_code;
    auto set = load_rules(verb.set_file, *lists, exit_code);
    if (!set) return exit_code;
    if (verb.mail_paths.empty()) {
        std::cout << verb.set_file << ": good; " << set->rule_count() << " rule(s), version "
                  << set->version() << ", all examples pass\n";
        return verb.baseline_file.empty() ? 0 : rules_failed("--baseline needs --mail");
    }
    std::optional<rules::RuleSet> baseline;
    if (!verb.baseline_file.empty()) {
        baseline = load_rules(verb.baseline_file, *lists, exit_code);
        if (!baseline) return exit_code;
    }
    auto mails = read_rule_mail(verb.mail_paths, [](const std::string& note) {
        std::cerr << "liaison rules: " << note << "\n";
    });
    if (!mails) return rules_failed(mails.error().message);
    const Result<void> done =
        baseline ? compare_sets(verb, *std::move(baseline), *std::move(set), *mails)
                 : show_decisions(verb, *std::move(set), *mails);
    return done ? 0 : rules_failed(done.error().message);
}

int check_rules(const RulesVerb& verb) {
    int exit_code = 0;
    const auto lists = load_lists(verb.lists_file, exit_code);
    if (!lists) return exit_code;
    const auto set = load_rules(verb.set_file, *lists, exit_code);
    if (!set) return exit_code;
    const auto findings = rules::find_findings(*text_of_file(verb.set_file), *lists);
    if (verb.json) {
        std::cout << boost::json::serialize(boost::json::object{{"version", set->version()},
                                                                {"findings", to_json(findings)}})
                  << "\n";
        return 0;
    }
    for (const rules::RuleFinding& one : findings)
        std::cout << verb.set_file << ": warning (" << to_string(one.kind)
                  << "): " << to_text(one.place) << "\n";
    std::cout << verb.set_file << ": good; " << set->rule_count() << " rule(s), version "
              << set->version() << ", all examples pass, " << findings.size() << " warning(s), "
              << set->always_looked_at() << " rule(s) looked at for every mail\n";
    return 0;
}

void add_test_command(CLI::App& rules, const std::shared_ptr<RulesVerb>& verb, int& exit_code) {
    CLI::App* test = rules.add_subcommand(
        "test", "Check a rule set, run its examples, and try it on mail without doing anything");
    test->add_option("file", verb->set_file, "The rule document (JSON, docs/rules.md)")->required();
    test->add_option(
            "--mail", verb->mail_paths,
            "Mails to decide on: facts in JSON (one object per line), or a folder of .eml, "
            "a Maildir or mbox, which liaison-sandbox takes apart as Exchange would; "
            "repeatable")
        ->expected(1)
        ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
    test->add_option("--baseline", verb->baseline_file,
                     "Another rule document: show only what differs from it");
    test->add_option("--contacts", verb->contacts_file, "CSV of what the CRM knows");
    test->add_option("--lists", verb->lists_file, "Document of the organisation's named lists");
    test->add_option("--mailbox", verb->mailbox, "Mailbox that the mails are taken to lie in")
        ->capture_default_str();
    test->add_option("--folder", verb->folder, "Folder that they are taken to lie in")
        ->capture_default_str();
    test->add_flag("--json", verb->json, "Answer in JSON");
    test->footer(
        "Examples:\n  liaison rules test rules.json\n  liaison rules test new.json --mail "
        "~/Maildir --contacts contacts.csv --baseline old.json");
    test->callback([verb, &exit_code] { exit_code = test_rules(*verb); });
}

}  // namespace

void add_rules_commands(CLI::App& app, int& exit_code) {
    const auto verb = std::make_shared<RulesVerb>();
    CLI::App* rules = app.add_subcommand("rules", "Folder rules");
    rules->require_subcommand(1);
    add_test_command(*rules, verb, exit_code);
    CLI::App* check = rules->add_subcommand(
        "check", "Check a rule set and name rules that can never match or are never reached");
    check->add_option("file", verb->set_file, "The rule document")->required();
    check->add_option("--lists", verb->lists_file, "Document of the organisation's named lists");
    check->add_flag("--json", verb->json, "Answer in JSON");
    check->footer("Example:\n  liaison rules check rules.json");
    check->callback([verb, &exit_code] { exit_code = check_rules(*verb); });
    CLI::App* schema = rules->add_subcommand("schema", "Print the JSON Schema of rule documents");
    schema->callback([] { std::cout << liaison::rules::rule_schema() << "\n"; });
}

}  // namespace liaison::service
