#pragma once
#include <boost/json.hpp>

#include "sandbox/mail_delivery.hpp"
#include "service/api/json.hpp"
#include "service/explain_text.hpp"
#include "service/mail_desk.hpp"
#include "tests/e2e/world.hpp"

namespace liaison::test {

/// The World with the desk at which people work on mail, and short ways to send and look.
class MailFull : public World {
protected:
    void SetUp() override {
        World::SetUp();
        sql("INSERT INTO contact(number, display_name, email1) VALUES('C1', 'Nora', 'nora@customer.example'), "
            "('C2', 'Otto', 'otto@customer.example')");
        rules = std::make_unique<service::RuleBook>(*stores.mail, clock);
        blocklist = std::make_unique<service::BlocklistBook>(*stores.mail, clock);
        source = ews::make_ews_mail_source(*http, link_settings());
        desk = std::make_unique<service::MailDesk>(
            *stores.mail, crm->addresses(), crm->interactions(), *rules, *blocklist, clock,
            [this](const MailboxId&) { return source.get(); }, [](const MailboxId&) {});
        logger = make_logger();
    }

    ews::EwsSettings link_settings() const {
        ews::EwsSettings out = settings(kAlice);
        out.owa_url = "https://mail.example.test/owa/";
        return out;
    }
    std::unique_ptr<daemon::MailLogger> make_logger() {
        return std::make_unique<daemon::MailLogger>(*source, crm->interactions(), crm->addresses(),
                                                    *stores.mail, clock, log);
    }

    std::string folder(const std::string& name) {
        const sandbox::Folder* inbox = exchange->store().find_distinguished(kAlice, "inbox");
        if (const auto* found = exchange->store().find_child(kAlice, inbox->id, name)) return found->id;
        const auto made = exchange->store().create_folder(kAlice, inbox->id, name, "IPF.Note");
        EXPECT_TRUE(made);
        return made ? (*made)->id : std::string();
    }

    /// `headers`: whole further lines, each with CRLF.
    void deliver(const std::string& folder_name, const std::string& key, const std::string& from,
                 const std::string& to, const std::string& subject = "Hello", const std::string& headers = {}) {
        sandbox::MailDelivery delivery(exchange->store(), kAlice, folder(folder_name));
        const auto done =
            delivery.deliver(key, "Message-ID: <" + key + "@sample.example>\r\nFrom: " + from + "\r\nTo: " + to +
                                      "\r\nSubject: " + subject + "\r\n" + headers +
                                      "Date: Mon, 12 Jan 2026 10:00:00 +0000\r\n\r\nText of " + key + "\r\n");
        ASSERT_TRUE(done) << done.error().message;
    }
    static std::string answers(const std::string& key) {
        return "In-Reply-To: <" + key + "@sample.example>\r\nReferences: <" + key + "@sample.example>\r\n";
    }

    daemon::MailboxSpec spec() {
        daemon::MailboxSpec out;
        out.mailbox = MailboxId(kAlice);
        out.folders = {"Inbox/CRM", "Inbox/Projects"};
        out.policy = mail_policy;
        out.policy.match.blocklist = blocklist->current();
        out.folders.back().regarding_kind = record_kind;
        out.folders.back().regarding_id = record_id;
        return out;
    }
    Result<daemon::MailCycleReport> turn(const rules::RuleSet& set = {}) {
        clock.advance(std::chrono::minutes(6));
        return net::run_to_end(loop, logger->run_cycle(spec(), set));
    }
    /// Turns until nothing moves.
    void log_mail(const std::string& rules_text = R"({"rules":[]})") {
        auto set = rules::RuleSet::load(rules_text);
        ASSERT_TRUE(set) << to_text(set.error().front());
        for (int i = 0; i < 40; ++i) {
            const auto report = turn(*set);
            ASSERT_TRUE(report) << report.error().message << " " << report.error().native_code;
            if (!report->moved()) return;
        }
        FAIL() << "no rest";
    }

    template <class T>
    T run(Async<T> work) {
        return net::run_to_end(loop, std::move(work));
    }
    service::MailExplanation explain(const std::string& text) {
        auto found = run(desk->explain(text));
        EXPECT_TRUE(found) << text << ": " << (found ? "" : found.error().message);
        return found ? *found : service::MailExplanation{};
    }
    service::MailExplanation mail(const std::string& key) { return explain("<" + key + "@sample.example>"); }
    std::int64_t row(const std::string& key) { return mail(key).row.id; }
    std::string outcome(const std::string& key) {
        const MailDecision decision = mail(key).row.decision;
        return std::string(to_string(decision.outcome)) + "/" + decision.reason;
    }
    std::string events(const std::string& key) {
        std::string out;
        for (const MailEvent& event : mail(key).history) out += (out.empty() ? "" : ",") + event.event;
        return out;
    }
    /// Whom live interactions of a mail name, by number or name.
    std::string logged_for(const std::string& key) {
        return sql_text("SELECT group_concat(who) FROM (SELECT ifnull(c.number, c.display_name) AS who FROM interaction i "
                        "JOIN contact c ON c.id = i.contact_id JOIN message m ON m.id = i.message_id WHERE i.canceled = 0 "
                        "AND m.internet_message_id = '" + key + "@sample.example' ORDER BY who)");
    }
    std::string link_of(const std::string& key) {
        return sql_text("SELECT link_url FROM message WHERE internet_message_id = '" + key + "@sample.example'");
    }
    std::vector<std::string> tray() {
        std::vector<std::string> out;
        for (const IntakeRow& one : *run(stores.mail->tray(std::nullopt, 0, 1'000)))
            out.push_back(one.message_id.substr(0, one.message_id.find('@')) + ":" + one.decision.reason);
        return out;
    }
    const sandbox::Item* item(const std::string& folder_name, const std::string& key) {
        for (const sandbox::Item* one : exchange->store().items(kAlice, folder(folder_name)))
            if (one->properties.text("message:InternetMessageId") == "<" + key + "@sample.example>") return one;
        return nullptr;
    }
    service::LinkWish link_to(const std::string& number, service::ChoiceScope scope = service::ChoiceScope::Thread) {
        service::LinkWish wish;
        wish.party.number = number;
        wish.scope = scope;
        wish.who = "anna";
        return wish;
    }

    mail::LoggingPolicy mail_policy;
    std::string record_kind, record_id;  ///< for which Inbox/Projects stands
    std::unique_ptr<service::RuleBook> rules;
    std::unique_ptr<service::BlocklistBook> blocklist;
    std::unique_ptr<MailSource> source;
    std::unique_ptr<service::MailDesk> desk;
    std::unique_ptr<daemon::MailLogger> logger;
};

}  // namespace liaison::test
