// Mails on their way from a folder in Outlook to the CRM, in one process; looked at with SQL and in the sandbox's own store.
#include <gtest/gtest.h>

#include "sandbox/mail_delivery.hpp"
#include "tests/e2e/world.hpp"

namespace liaison::test {
namespace {

class Mails : public World {
protected:
    void SetUp() override {
        World::SetUp();
        sql("INSERT INTO contact(number, display_name, email1) VALUES('C1', 'Nora', 'nora@customer.example'), "
            "('C2', 'Otto', 'otto@customer.example')");
    }

    std::string folder(const std::string& name) {
        const sandbox::Folder* inbox = exchange->store().find_distinguished(kAlice, "inbox");
        if (const auto* found = exchange->store().find_child(kAlice, inbox->id, name)) return found->id;
        const auto made = exchange->store().create_folder(kAlice, inbox->id, name, "IPF.Note");
        EXPECT_TRUE(made);
        return made ? (*made)->id : std::string();
    }

    void deliver(const std::string& folder_name, const std::string& key, const std::string& from, const std::string& to,
                 const std::string& subject = "Hello") {
        sandbox::MailDelivery delivery(exchange->store(), kAlice, folder(folder_name));
        const auto done = delivery.deliver(key, "Message-ID: <" + key + "@sample.example>\r\nFrom: " + from + "\r\nTo: " + to +
                                                    "\r\nSubject: " + subject +
                                                    "\r\nDate: Mon, 12 Jan 2026 10:00:00 +0000\r\n\r\nText\r\n");
        ASSERT_TRUE(done) << done.error().message;
    }

    void log_mail(const std::string& rules_text = R"({"rules":[]})") {
        auto source = ews::make_ews_mail_source(*http, settings(kAlice));
        daemon::MailLogger logger(*source, crm->interactions(), crm->addresses(), *stores.mail, clock, log);
        daemon::MailboxSpec spec;
        spec.mailbox = MailboxId(kAlice);
        spec.folders = {"Inbox/CRM", "Inbox/Projects"};
        auto set = rules::RuleSet::load(rules_text);
        ASSERT_TRUE(set) << to_text(set.error().front());
        for (int i = 0; i < 6; ++i) {
            clock.advance(std::chrono::minutes(6));
            const auto report = net::run_to_end(loop, logger.run_cycle(spec, *set));
            ASSERT_TRUE(report) << report.error().message;
            if (!report->moved()) return;
        }
        FAIL() << "no rest";
    }

    std::string note(const std::string& folder_name, std::size_t index = 0) {
        const auto items = exchange->store().items(kAlice, folder(folder_name));
        if (index >= items.size()) return "no such mail";
        for (const auto& [key, value] : items[index]->extended)
            if (key.find("CrmNote") != std::string::npos) return value.values.front();
        return "";
    }
    std::string interactions() {
        return sql_text("SELECT group_concat(number) FROM (SELECT c.number FROM interaction i JOIN contact c ON c.id = i.contact_id "
                        "ORDER BY i.message_id, c.number)");
    }
};

TEST_F(Mails, EveryAuthorOfAMailWithSeveralIsAContactOfIt) {
    deliver("CRM", "a", "\"Lindqvist, Nora\" <nora@customer.example>, (boss) Otto <OTTO@customer.example>", "team@elsewhere.example");
    log_mail();
    EXPECT_EQ(interactions(), "C1,C2");
    EXPECT_EQ(note("CRM"), "logged: contact_match");
}

TEST_F(Mails, AnUnmatchedMailIsTriedAgainWhenItsContactAppears) {
    deliver("CRM", "a", "pia@new.example", kAlice);
    log_mail();
    EXPECT_EQ(note("CRM"), "unmatched: no_contact");
    sql("INSERT INTO contact(number, display_name, email2) VALUES('C3', 'Pia', 'PIA@new.example')");
    log_mail();
    EXPECT_EQ(interactions(), "C3");
    EXPECT_EQ(note("CRM"), "logged: contact_match");
    EXPECT_EQ(exchange->store().items(kAlice, folder("CRM")).front()->categories, std::vector<std::string>{"CRM logged"});
}

TEST_F(Mails, ACopyInAnotherFolderIsOneMailAndAMoveByTheRepIsNoSecondOne) {
    deliver("CRM", "a", "nora@customer.example", kAlice);
    log_mail();
    const auto* logged = exchange->store().items(kAlice, folder("CRM")).front();
    ASSERT_TRUE(exchange->store().copy_item(kAlice, logged->id, folder("Projects")));
    ASSERT_TRUE(exchange->store().move_item(kAlice, exchange->store().items(kAlice, folder("CRM")).front()->id, folder("Projects")));
    log_mail();
    EXPECT_EQ(interactions(), "C1");
    EXPECT_EQ(exchange->store().items(kAlice, folder("Projects")).size(), 2u) << "no mail is ever deleted";
}

TEST_F(Mails, AnUnmatchedMailMovedToAnotherDesignatedFolderIsLoggedThereOnceItsContactIsKnown) {
    deliver("CRM", "a", "pia@new.example", kAlice);
    log_mail();
    ASSERT_TRUE(exchange->store().move_item(kAlice, exchange->store().items(kAlice, folder("CRM")).front()->id, folder("Projects")));
    log_mail();
    EXPECT_EQ(note("Projects"), "unmatched: no_contact");
    sql("INSERT INTO contact(number, display_name, email1) VALUES('C3', 'Pia', 'pia@new.example')");
    log_mail();
    EXPECT_EQ(interactions(), "C3");
}

TEST_F(Mails, ARuleMovesTheLoggedMailAndTheLinkFollows) {
    deliver("CRM", "a", "nora@customer.example", kAlice, "Invoice 7");
    deliver("CRM", "b", "nora@customer.example", kAlice, "Lunch");
    log_mail(R"({"rules":[{"displayName":"invoices","sequence":1,"isEnabled":true,"conditions":{"subjectContains":["invoice"]},
        "actions":{"moveToFolder":"Inbox/Archive 2026"}},
        {"displayName":"private","sequence":2,"isEnabled":true,"conditions":{"subjectContains":["lunch"]},"actions":{"skipLogging":true}}]})");
    EXPECT_EQ(interactions(), "C1");
    EXPECT_EQ(exchange->store().items(kAlice, folder("Archive 2026")).size(), 1u);
    EXPECT_EQ(note("CRM"), "skipped: rule");
    for (const std::string& line : log.lines) EXPECT_EQ(line.find("Invoice"), std::string::npos) << "a subject in the log";
}

TEST_F(Mails, ALostAnswerNeverLogsTwice) {
    for (int i = 0; i < 5; ++i) deliver("CRM", "m" + std::to_string(i), "nora@customer.example", kAlice);
    sandbox::Fault fault;
    fault.kind = sandbox::FaultKind::DropAfterCommit;
    fault.operation = "UpdateItem";
    ASSERT_TRUE(exchange->faults().add(fault));
    auto source = ews::make_ews_mail_source(*http, settings(kAlice));
    daemon::MailLogger logger(*source, crm->interactions(), crm->addresses(), *stores.mail, clock, log);
    daemon::MailboxSpec spec;
    spec.mailbox = MailboxId(kAlice);
    spec.folders = {"Inbox/CRM"};
    EXPECT_FALSE(net::run_to_end(loop, logger.run_cycle(spec, rules::RuleSet()))) << "the fault was never felt";
    log_mail();
    EXPECT_EQ(sql_text("SELECT count(*) FROM interaction"), "5");
    EXPECT_EQ(note("CRM", 4), "logged: contact_match");
}

}  // namespace
}  // namespace liaison::test
