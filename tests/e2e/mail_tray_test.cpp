// What people see of logged and unlogged mail, and what they can do about it; in one process.
#include <gmock/gmock.h>

#include "tests/e2e/mail_world.hpp"

namespace liaison::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::UnorderedElementsAre;

TEST_F(MailFull, ExplainTellsTheWholeReasonOfALoggedAndOfAnUnloggedMail) {
    sql("INSERT INTO contact(number, display_name, email2, owner_id) VALUES('C3', 'Nora at home', 'nora@customer.example', 1)");
    deliver("CRM", "good", "Nora <nora@customer.example>", "alice@example.test, pia@new.example", "Invoice 7");
    deliver("CRM", "bad", "spam@seller.example", kAlice, "Cheap loans");
    deliver("CRM", "stranger", "sam@nowhere.example", kAlice);
    log_mail(R"({"rules":[
        {"displayName":"No loans","sequence":1,"isEnabled":true,"conditions":{"subjectContains":["loan"]},"actions":{"skipLogging":true}},
        {"displayName":"Invoices","sequence":2,"isEnabled":true,"conditions":{"subjectContains":["invoice"],"hasAttachments":false},
         "actions":{"logInteraction":{"template":"INVOICE"}}}]})");

    const service::MailExplanation good = mail("good");
    EXPECT_EQ(outcome("good"), "logged/contact_match");
    ASSERT_EQ(good.row.decision.addresses.size(), 3u);
    EXPECT_EQ(good.row.decision.addresses[0].candidates.at(0).number, "C3");
    EXPECT_EQ(good.row.decision.addresses[0].candidates.at(0).why, "belongs to the folder's owner");
    EXPECT_EQ(good.row.decision.addresses[0].candidates.at(1).number, "C1");
    EXPECT_EQ(good.row.decision.addresses[1].verdict, "user");
    EXPECT_EQ(good.row.decision.addresses[2].verdict, "unknown");
    EXPECT_EQ(events("good"), "decided,original,logged,marked");
    for (const MailEvent& event : good.history) EXPECT_GT(event.at, good.row.seen_at - std::chrono::minutes(1));

    const std::string text = service::explanation_text(to_json(good));
    for (const char* part : {"<good@sample.example>", "Decision: logged (contact_match)", "\"Invoices\": matched",
                             "contact C3: belongs to the folder's owner", "pia@new.example: unknown", "folder Inbox/CRM",
                             "logged: interactions 1", "template INVOICE"})
        EXPECT_THAT(text, HasSubstr(part));
    EXPECT_THAT(text, Not(HasSubstr("Invoice 7"))) << "decisions are kept, not content";
    EXPECT_THAT(text, Not(HasSubstr("Text of")));

    EXPECT_EQ(outcome("bad"), "skipped/rule");
    const std::string bad = service::explanation_text(to_json(mail("bad")));
    EXPECT_THAT(bad, HasSubstr("rule \"No loans\" says skipLogging"));
    EXPECT_EQ(outcome("stranger"), "unmatched/no_contact");

    // Also by identity and by number; what was never seen is said.
    EXPECT_EQ(explain(good.row.decision.identity.str()).row.id, good.row.id);
    EXPECT_EQ(explain(good.row.decision.identity.str().substr(0, 12)).row.id, good.row.id);
    EXPECT_EQ(explain(std::to_string(good.row.id)).row.id, good.row.id);
    EXPECT_EQ(run(desk->explain("<never@seen.example>")).error().kind, ErrorKind::NotFound);
}

TEST_F(MailFull, ExplainNamesEveryConditionOfTheRulesThatWereLookedAt) {
    deliver("CRM", "a", "nora@customer.example", kAlice, "Invoice 7");
    log_mail(R"({"rules":[{"displayName":"Both","sequence":1,"isEnabled":true,
        "conditions":{"subjectContains":["invoice"],"fromDomains":["other.example"]},"actions":{"skipLogging":true}}]})");
    const auto& outcomes = mail("a").row.decision.rules;
    if (outcomes.empty()) GTEST_SKIP() << "this rule set answers no conditions";
    ASSERT_EQ(outcomes.size(), 1u);
    EXPECT_FALSE(outcomes[0].matched);
    EXPECT_EQ(outcomes[0].name, "Both");
    ASSERT_EQ(outcomes[0].conditions.size(), 2u);
    EXPECT_NE(outcomes[0].conditions[0].holds, outcomes[0].conditions[1].holds);
}

TEST_F(MailFull, AnAmbiguousAddressWaitsInTheTrayUntilSomebodyChooses) {
    sql("INSERT INTO contact(number, display_name, email1) VALUES('C3', 'Twin', 'otto@customer.example')");
    deliver("CRM", "a", "otto@customer.example", kAlice);
    deliver("CRM", "b", "nora@customer.example", "otto@customer.example");
    log_mail();
    EXPECT_EQ(outcome("a"), "unmatched/ambiguous");
    EXPECT_EQ(outcome("b"), "logged/contact_match");
    EXPECT_EQ(logged_for("b"), "C1") << "who is sure is logged; nobody is guessed";
    EXPECT_THAT(tray(), UnorderedElementsAre("a:ambiguous", "b:contact_match"));
    const service::TrayMail look = *run(desk->look(row("a")));
    ASSERT_EQ(look.proposals.size(), 2u);
    EXPECT_EQ(look.proposals[0].why, "candidate");
    EXPECT_EQ(look.subject, "Hello");
    EXPECT_EQ(run(desk->link(row("a"), link_to("C3"))), 1u);
    EXPECT_EQ(run(desk->link(row("b"), link_to("C3"))), 1u);
    log_mail();
    EXPECT_EQ(logged_for("a"), "C3");
    EXPECT_EQ(logged_for("b"), "C1,C3");
    EXPECT_THAT(tray(), IsEmpty());
    EXPECT_EQ(run(desk->link(row("a"), link_to("C3"))), 0u) << "the same choice again changes nothing";
    EXPECT_EQ(run(stores.upkeep->verify_journal())->first_broken, 0);
    EXPECT_EQ(run(desk->link(row("a"), link_to("C99"))).error().kind, ErrorKind::NotFound);
}

TEST_F(MailFull, AReplyFollowsTheOpportunityOfItsConversation) {
    sql("INSERT INTO opportunity(number, name, contact_id) VALUES('O1', 'Roof', 1)");
    deliver("CRM", "a", "nora@customer.example", kAlice, "Roof");
    const char* roof = R"({"rules":[{"displayName":"Roof","sequence":1,"isEnabled":true,"conditions":{"subjectContains":["roof"]},
        "actions":{"setRegarding":{"opportunity":"1"}}}]})";
    log_mail(roof);
    deliver("CRM", "b", kAlice, "nora@customer.example", "Something else", answers("a"));
    deliver("CRM", "c", "otto@customer.example", kAlice, "Re: other", answers("b"));
    deliver("CRM", "d", "otto@customer.example", kAlice, "Unrelated");
    log_mail(roof);
    EXPECT_EQ(sql_text("SELECT group_concat(o) FROM (SELECT m.internet_message_id || ':' || ifnull(i.opportunity_id, '-') AS o "
                       "FROM interaction i JOIN message m ON m.id = i.message_id ORDER BY 1)"),
              "a@sample.example:1,b@sample.example:1,c@sample.example:1,d@sample.example:-");
    EXPECT_EQ(mail("c").row.decision.thread_row, row("b"));
    EXPECT_EQ(mail("c").row.decision.thread_tie, ThreadTie::Reference);
}

TEST_F(MailFull, ThreadIndexAndThenSubjectWithParticipantsTieWhatReferencesDoNot) {
    sql("INSERT INTO opportunity(number, name, contact_id) VALUES('O1', 'Roof', 1)");
    const std::string index = "AQHZabcdefghijklmnopqrstuvwxyz0123456789";
    const char* roof = R"({"rules":[{"displayName":"Roof","sequence":1,"isEnabled":true,"conditions":{"subjectContains":["first"]},
        "actions":{"setRegarding":{"opportunity":"1"}}}]})";
    deliver("CRM", "a", "nora@customer.example", kAlice, "First roof", "Thread-Index: " + index + "\r\n");
    log_mail(roof);
    deliver("CRM", "b", kAlice, "nora@customer.example", "Second", "Thread-Index: " + index + "AAAAAA\r\n");
    deliver("CRM", "c", kAlice, "nora@customer.example", "AW: FIRST  roof");
    deliver("CRM", "d", kAlice, "nora@customer.example, otto@customer.example", "AW: First roof");
    deliver("CRM", "e", kAlice, "nora@customer.example", "First roof");
    log_mail();
    EXPECT_EQ(mail("b").row.decision.thread_tie, ThreadTie::Index);
    EXPECT_EQ(mail("b").row.decision.drafts.at(0).opportunity_id, "1");
    EXPECT_EQ(mail("c").row.decision.thread_tie, ThreadTie::Topic);
    EXPECT_EQ(mail("c").row.decision.drafts.at(0).opportunity_id, "1");
    EXPECT_EQ(mail("d").row.decision.thread_row, 0) << "others take part";
    EXPECT_EQ(mail("e").row.decision.thread_row, 0) << "no answer";
}

TEST_F(MailFull, OneChoiceFillsTheConversationBothWays) {
    deliver("CRM", "a", "pia@new.example", kAlice, "Question");
    deliver("CRM", "b", kAlice, "pia@new.example", "Re: Question", answers("a"));
    deliver("CRM", "x", "pia@new.example", kAlice, "Another");
    log_mail();
    EXPECT_THAT(tray(), UnorderedElementsAre("a:no_contact", "b:no_contact", "x:no_contact"));
    EXPECT_EQ(run(desk->link(row("b"), link_to("C2"))), 2u);
    log_mail();
    EXPECT_EQ(logged_for("a"), "C2");
    EXPECT_EQ(outcome("a"), "logged/thread");
    EXPECT_EQ(logged_for("b"), "C2");
    EXPECT_EQ(outcome("b"), "logged/chosen");
    EXPECT_THAT(tray(), ElementsAre("x:no_contact"));
    deliver("CRM", "c", "pia@new.example", kAlice, "Re: Question", answers("b"));
    log_mail();
    EXPECT_EQ(logged_for("c"), "C2") << "a later answer follows";
    const service::TrayMail look = *run(desk->look(row("x")));
    EXPECT_THAT(look.proposals, IsEmpty()) << "nothing ties it to C2";
}

TEST_F(MailFull, AnIgnoredConversationStaysIgnoredUntilItIsLinked) {
    deliver("CRM", "a", "pia@new.example", kAlice, "Question");
    log_mail();
    EXPECT_EQ(run(desk->ignore(row("a"), service::ChoiceScope::Thread, "anna")), 1u);
    deliver("CRM", "b", "pia@new.example", kAlice, "Re: Question", answers("a"));
    log_mail();
    EXPECT_EQ(outcome("a"), "skipped/ignored");
    EXPECT_EQ(outcome("b"), "skipped/ignored");
    EXPECT_THAT(tray(), IsEmpty());
    EXPECT_EQ(run(desk->link(row("b"), link_to("C1", service::ChoiceScope::Mail))), 1u);
    log_mail();
    EXPECT_EQ(logged_for("b"), "C1");
    EXPECT_EQ(outcome("a"), "skipped/ignored");
}

TEST_F(MailFull, ALinkToAnAddressTeachesTheCrm) {
    deliver("CRM", "a", "nora.private@home.example", kAlice);
    deliver("CRM", "b", "nora.private@home.example", kAlice, "Other");
    log_mail();
    EXPECT_TRUE(run(desk->link(row("a"), link_to("C1", service::ChoiceScope::Address))));
    log_mail();
    EXPECT_EQ(sql_text("SELECT email2 FROM contact WHERE number = 'C1'"), "nora.private@home.example");
    EXPECT_EQ(logged_for("a"), "C1");
    EXPECT_EQ(logged_for("b"), "C1");
}

TEST_F(MailFull, ProposalsComeFromConversationNameAndDomain) {
    sql("INSERT INTO company(number, name) VALUES('F1', 'Customer AG')");
    sql("UPDATE contact SET company_id = 1 WHERE number = 'C1'");
    sql("INSERT INTO contact(number, display_name, given_name, family_name) VALUES('C9', 'Pia Neumann', 'Pia', 'Neumann')");
    deliver("CRM", "a", "\"Neumann, Pia\" <pia@customer.example>", kAlice);
    deliver("CRM", "free", "\"Nobody\" <someone@gmail.com>", kAlice);
    sql("INSERT INTO contact(number, display_name, email1) VALUES('C7', 'Gmail user', 'another@gmail.com')");
    log_mail();
    const service::TrayMail look = *run(desk->look(row("a")));
    ASSERT_EQ(look.proposals.size(), 3u);
    EXPECT_EQ(look.proposals[0].why, "name");
    EXPECT_EQ(look.proposals[0].party.number, "C9");
    EXPECT_EQ(look.proposals[1].why, "domain");
    EXPECT_THAT(run(desk->look(row("free")))->proposals, IsEmpty()) << "a domain of free mail proposes nobody";
    EXPECT_EQ(run(desk->look(4711)).error().kind, ErrorKind::NotFound);
}

TEST_F(MailFull, AContactIsMadeFromTheTray) {
    sql("INSERT INTO company(number, name, email) VALUES('F1', 'New AG', 'info@new.example')");
    deliver("CRM", "a", "\"Pia Neumann\" <pia@new.example>", kAlice);
    log_mail();
    service::CreateWish wish;
    wish.owner_id = "1";
    wish.who = "anna";
    EXPECT_TRUE(run(desk->create(row("a"), wish)));
    EXPECT_TRUE(run(desk->create(row("a"), wish)));
    log_mail();
    EXPECT_EQ(logged_for("a"), "Pia Neumann");
    EXPECT_EQ(sql_text("SELECT count(*) || ':' || company_id || ':' || owner_id FROM contact WHERE email1 = 'pia@new.example'"),
              "1:1:1");
}

TEST_F(MailFull, ARuleIsMadeFromTheTrayAndComesIntoForceWithItsEtag) {
    deliver("CRM", "a", "pia@new.example", kAlice);
    log_mail();
    service::RuleWish wish;
    wish.action = "link";
    wish.by_domain = true;
    wish.party.number = "C2";
    const service::RuleProposal proposal = *run(desk->propose_rule(row("a"), wish));
    EXPECT_EQ(proposal.number, 0);
    EXPECT_THAT(proposal.rule, HasSubstr("\"fromDomains\":[\"new.example\"]"));
    EXPECT_EQ(rules->entry({}).number, 0) << "proposing changes nothing";
    std::vector<rules::RuleError> errors;
    ASSERT_TRUE(run(rules->replace({}, proposal.number, proposal.document, "anna", &errors)));
    deliver("CRM", "b", "max@new.example", kAlice);
    log_mail(rules->entry({}).document);
    EXPECT_EQ(logged_for("b"), "C2");
    EXPECT_EQ(outcome("b"), "logged/regarding");
    wish.action = "ignore";
    deliver("CRM", "free", "someone@gmail.com", kAlice);
    log_mail();
    EXPECT_EQ(run(desk->propose_rule(row("free"), wish)).error().kind, ErrorKind::InvalidRequest);
    wish.by_domain = false;
    EXPECT_EQ(run(desk->propose_rule(row("free"), wish))->number, 1);
}

}  // namespace
}  // namespace liaison::test
