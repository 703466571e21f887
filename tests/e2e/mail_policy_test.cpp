// Policies of mail logging, effects of rules, links that heal; in one process, looked at from outside.
#include <gmock/gmock.h>

#include "tests/e2e/mail_world.hpp"

namespace liaison::test {
namespace {

using testing::HasSubstr;

TEST_F(MailFull, TheBlocklistLooksBackAndAWithdrawalIsRecorded) {
    deliver("CRM", "a", "nora@customer.example", "otto@customer.example");
    deliver("CRM", "b", "otto@customer.example", kAlice);
    log_mail();
    ASSERT_TRUE(run(blocklist->replace(0, R"({"addresses":["Otto@Customer.Example"]})", "anna")));
    EXPECT_EQ(run(desk->blocklisted_mail(0, 10))->size(), 2u);
    EXPECT_EQ(logged_for("b"), "C2") << "nothing is withdrawn unasked";
    EXPECT_EQ(run(desk->withdraw_blocklisted("anna", true))->size(), 2u);
    EXPECT_EQ(run(desk->withdraw_blocklisted("anna", true))->size(), 2u) << "asking twice notes nothing twice";
    log_mail();
    EXPECT_EQ(logged_for("a"), "C1");
    EXPECT_EQ(logged_for("b"), "NULL");
    EXPECT_EQ(outcome("b"), "skipped/withdrawn");
    EXPECT_EQ(sql_text("SELECT count(*) FROM interaction WHERE canceled_by = 'anna'"), "2");
    EXPECT_EQ(sql_text("SELECT text_body FROM message WHERE internet_message_id = 'b@sample.example'"), "NULL");
    EXPECT_EQ(item("CRM", "b")->categories, std::vector<std::string>{});
    ASSERT_EQ(run(stores.mail->list_withdrawals(0, 10))->size(), 2u);
    EXPECT_TRUE(run(stores.mail->list_withdrawals(0, 10))->front().done_at);
    EXPECT_THAT(events("b"), HasSubstr("withdrawal_asked,withdrawn"));
    deliver("CRM", "c", "otto@customer.example", kAlice);
    log_mail();
    EXPECT_EQ(outcome("c"), "skipped/blocklisted");
    EXPECT_TRUE(run(desk->blocklisted_mail(0, 10))->empty());
}

TEST_F(MailFull, OneMailIsWithdrawnByNumberWithAReason) {
    deliver("CRM", "a", "nora@customer.example", kAlice);
    log_mail();
    EXPECT_EQ(run(desk->withdraw({row("a")}, " ", "anna", false)).error().kind, ErrorKind::InvalidRequest);
    EXPECT_EQ(run(desk->withdraw({99}, "wrong", "anna", false)).error().kind, ErrorKind::NotFound);
    ASSERT_TRUE(run(desk->withdraw({row("a")}, "wrong person", "anna", false)));
    log_mail();
    EXPECT_EQ(logged_for("a"), "NULL");
    EXPECT_EQ(sql_text("SELECT text_body <> '' FROM message"), "1") << "content stays unless erasing was asked for";
    EXPECT_EQ(run(desk->withdraw({row("a")}, "again", "anna", false)).error().kind, ErrorKind::InvalidRequest);
}

TEST_F(MailFull, ALoggedMailThatTheRepFilesAwayKeepsAWorkingLink) {
    deliver("CRM", "a", "nora@customer.example", kAlice);
    log_mail();
    const std::string before = link_of("a");
    const auto moved = exchange->store().move_item(kAlice, item("CRM", "a")->id, folder("Old"));
    ASSERT_TRUE(moved);
    log_mail();
    EXPECT_NE(link_of("a"), before);
    EXPECT_EQ(link_of("a"), source->link_url(mail("a").row.key));
    EXPECT_THAT(events("a"), HasSubstr("found_again"));
    EXPECT_EQ(run(source->get_messages({mail("a").row.key}, false)).front()->internet_message_id, "<a@sample.example>");
}

TEST_F(MailFull, ALoggedMailThatMovesToAnotherDesignatedFolderStaysOneRow) {
    deliver("CRM", "a", "nora@customer.example", kAlice);
    log_mail();
    const std::string before = link_of("a");
    ASSERT_TRUE(exchange->store().move_item(kAlice, item("CRM", "a")->id, folder("Projects")));
    log_mail();
    EXPECT_EQ(run(stores.mail->counts(std::nullopt))->seen, 1u);
    EXPECT_NE(link_of("a"), before);
    EXPECT_EQ(link_of("a"), source->link_url(mail("a").row.key));
    ASSERT_TRUE(exchange->store().move_item(kAlice, item("Projects", "a")->id, folder("CRM")));
    log_mail();
    EXPECT_EQ(link_of("a"), source->link_url(mail("a").row.key));
    EXPECT_EQ(sql_text("SELECT count(*) FROM interaction"), "1");
}

TEST_F(MailFull, AMigratedFolderIsRecognisedAndEveryLinkFollows) {
    for (int i = 0; i < 3; ++i) deliver("CRM", "m" + std::to_string(i), "nora@customer.example", kAlice);
    log_mail();
    const std::string before = link_of("m1");
    // All ids change, as after a move to another server: the folder is made anew and filled with the same mails.
    const std::string old = folder("CRM");
    const auto temporary = folder("Migrating");
    for (const auto* one : exchange->store().items(kAlice, old)) {
        const std::string id = one->id;
        ASSERT_TRUE(exchange->store().copy_item(kAlice, id, temporary));
    }
    ASSERT_TRUE(exchange->store().delete_folder(kAlice, old));
    ASSERT_TRUE(exchange->store().rename_folder(kAlice, temporary, "CRM"));
    log_mail();
    log_mail();
    EXPECT_EQ(sql_text("SELECT count(*) FROM interaction"), "3");
    EXPECT_EQ(run(stores.mail->counts(std::nullopt))->seen, 3u);
    EXPECT_NE(link_of("m1"), before);
    EXPECT_EQ(link_of("m1"), source->link_url(mail("m1").row.key));
}

TEST_F(MailFull, ADeletedMailIsLookedForAFewTimesAndItsInteractionStays) {
    deliver("CRM", "a", "nora@customer.example", kAlice);
    log_mail();
    ASSERT_TRUE(exchange->store().delete_item(kAlice, item("CRM", "a")->id));
    for (int i = 0; i < 8; ++i) {
        clock.advance(std::chrono::days(20));
        log_mail();
    }
    EXPECT_EQ(logged_for("a"), "C1");
    EXPECT_THAT(events("a"), HasSubstr("not_found_again"));
    EXPECT_TRUE(run(stores.mail->lost_mail(MailboxId(kAlice), clock.now() + std::chrono::days(999), 10))->empty());
}

TEST_F(MailFull, UnknownSendersBecomeWhatThePolicySays) {
    mail_policy.free_mail = std::make_shared<const std::set<std::string>>(std::set<std::string>{"gmail.com"});
    sql("INSERT INTO company(number, name, email) VALUES('F1', 'New AG', 'info@new.example'), ('F2', 'G', 'info@gmail.com')");
    const std::pair<mail::UnknownSender, const char*> cases[] = {{mail::UnknownSender::Hold, "unmatched/no_contact"},
                                                                 {mail::UnknownSender::Ignore, "skipped/unknown_sender"},
                                                                 {mail::UnknownSender::Lead, "logged/new_party"},
                                                                 {mail::UnknownSender::Contact, "logged/new_party"}};
    int n = 0;
    for (const auto& [policy, expected] : cases) {
        mail_policy.unknown_sender = policy;
        const std::string key = "m" + std::to_string(++n);
        deliver("CRM", key, "\"Pia " + key + "\" <" + key + "@new.example>", kAlice);
        log_mail();
        EXPECT_EQ(outcome(key), expected);
    }
    EXPECT_EQ(sql_text("SELECT group_concat(type || ':' || display_name || ':' || company_id) FROM contact WHERE email1 LIKE '%new.example'"),
              "lead:Pia m3:1,lead:Pia m1:1,person:Pia m4:1") << "what was held is tried again under the policy in force";
    EXPECT_EQ(mail("m4").row.decision.drafts.at(0).contact_id, sql_text("SELECT id FROM contact WHERE email1 = 'm4@new.example'"));
    deliver("CRM", "free", "pia@gmail.com", kAlice);
    deliver("CRM", "machine", "no-reply@new.example", kAlice);
    deliver("CRM", "away", "eva@new.example", kAlice, "Out of office", "Auto-Submitted: auto-replied\r\n");
    deliver("CRM", "out", kAlice, "someone@new.example");
    log_mail();
    EXPECT_EQ(sql_text("SELECT ifnull(company_id, '-') FROM contact WHERE email1 = 'pia@gmail.com'"), "-");
    EXPECT_EQ(outcome("machine"), "unmatched/no_contact") << "nobody is made of a machine";
    EXPECT_EQ(outcome("away"), "unmatched/no_contact");
    EXPECT_EQ(outcome("out"), "unmatched/no_contact") << "a recipient is no sender";
}

TEST_F(MailFull, AutomaticMailIsSkippedWhereThePolicySaysSo) {
    const std::string oof = "Auto-Submitted: auto-replied\r\n", list = "List-Id: <l.customer.example>\r\n";
    const auto each = [&](mail::AutomaticMail policy, const std::string& tag) {
        mail_policy.automatic = policy;
        deliver("CRM", "k" + tag, "nora@customer.example", kAlice, "Away", oof);
        deliver("CRM", "u" + tag, "pia@new.example", kAlice, "News", list);
        log_mail();
        return outcome("k" + tag) + " " + outcome("u" + tag);
    };
    EXPECT_EQ(each(mail::AutomaticMail::Log, "1"), "logged/contact_match unmatched/no_contact");
    EXPECT_EQ(each(mail::AutomaticMail::LogKnown, "2"), "logged/contact_match skipped/automatic");
    EXPECT_EQ(each(mail::AutomaticMail::Skip, "3"), "skipped/automatic skipped/automatic");
}

TEST_F(MailFull, EveryEffectOfARuleIsCarriedOutOnce) {
    deliver("CRM", "a", "nora@customer.example", kAlice, "Offer");
    deliver("CRM", "p", "\"Pia\" <pia@new.example>", kAlice, "Offer");
    const char* all = R"({"rules":[{"displayName":"All","sequence":1,"isEnabled":true,"conditions":{"subjectContains":["offer"]},
        "actions":{"copyToFolder":"Inbox/Copies","markAsRead":true,"markImportance":"high","flagMessage":true,
        "createContact":true,"createTask":{"subject":"Call back","dueInDays":3},
        "logInteraction":{"activityType":"MEETING"},"assignCategories":["Offer"]}}]})";
    log_mail(all);
    const sandbox::Item* mail_item = item("CRM", "a");
    ASSERT_NE(mail_item, nullptr);
    EXPECT_EQ(mail_item->properties.text("message:IsRead"), "true");
    EXPECT_EQ(mail_item->properties.text("item:Importance"), "High");
    EXPECT_EQ(exchange->store().items(kAlice, folder("Copies")).size(), 2u);
    EXPECT_EQ(logged_for("a"), "C1");
    EXPECT_EQ(logged_for("p"), "Pia");
    EXPECT_EQ(sql_text("SELECT group_concat(DISTINCT template_code) FROM interaction"), "MEETING");
    EXPECT_EQ(sql_text("SELECT count(*) || ':' || group_concat(DISTINCT subject || due_date) FROM task"), "2:Call back2026-01-15");
    // The marks are lost and done again: nothing is doubled.
    for (const char* key : {"a", "p"}) {
        MailProgress again;
        again.row = row(key);
        again.next = IntakeState::ToMark;
        std::vector<MailProgress> list{again};
        ASSERT_TRUE(run(stores.mail->record_progress(std::move(list))));
    }
    log_mail(all);
    EXPECT_EQ(exchange->store().items(kAlice, folder("Copies")).size(), 2u);
    EXPECT_EQ(sql_text("SELECT count(*) FROM task"), "2");
    EXPECT_THAT(events("a"), HasSubstr("task_made"));
}

TEST_F(MailFull, AMailInARecordsFolderIsFiledUnderIt) {
    sql("INSERT INTO opportunity(number, name, contact_id) VALUES('O1', 'Roof', 2)");
    record_kind = "opportunity";
    record_id = "1";
    deliver("Projects", "a", "stranger@new.example", kAlice);
    deliver("Projects", "b", "nora@customer.example", kAlice);
    deliver("CRM", "c", "nora@customer.example", kAlice);
    log_mail();
    EXPECT_EQ(outcome("a"), "logged/regarding");
    EXPECT_EQ(sql_text("SELECT group_concat(contact_id || ':' || ifnull(opportunity_id, '-')) FROM (SELECT * FROM interaction ORDER BY "
                       "(SELECT internet_message_id FROM message m WHERE m.id = message_id))"),
              "2:1,1:1,1:-");
}

TEST_F(MailFull, OriginalsAndAttachmentsFollowThePolicy) {
    mail_policy.keep_original = false;
    deliver("CRM", "a", "nora@customer.example", kAlice);
    log_mail();
    mail_policy.keep_original = true;
    mail_policy.attachment_bytes_max = 10;
    const std::string big = "MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n";
    sandbox::MailDelivery delivery(exchange->store(), kAlice, folder("CRM"));
    ASSERT_TRUE(delivery.deliver("b", "Message-ID: <b@sample.example>\r\nFrom: nora@customer.example\r\nTo: " + kAlice +
                                          "\r\n" + big +
                                          "\r\n--b\r\nContent-Type: text/plain\r\n\r\nx\r\n--b\r\nContent-Type: application/pdf; "
                                          "name=offer.pdf\r\nContent-Disposition: attachment; filename=offer.pdf\r\n\r\n" +
                                          std::string(100, 'y') + "\r\n--b--\r\n"));
    log_mail();
    deliver("CRM", "c", "nora@customer.example", kAlice);
    log_mail();
    EXPECT_EQ(sql_text("SELECT group_concat(m.internet_message_id) FROM message_original o JOIN message m ON m.id = o.message_id"),
              "c@sample.example");
    EXPECT_EQ(sql_text("SELECT name FROM message_attachment"), "offer.pdf") << "that it was there is known";
    EXPECT_THAT(link_of("a"), HasSubstr("https://mail.example.test/owa/"));
}

TEST_F(MailFull, OldMailYieldsToNewMail) {
    constexpr int kOld = 3'000;
    {
        sandbox::MailDelivery delivery(exchange->store(), kAlice, folder("CRM"));
        for (int i = 0; i < kOld; ++i) {
            const std::string key = "old" + std::to_string(i);
            ASSERT_TRUE(delivery.deliver(key, "Message-ID: <" + key + "@sample.example>\r\nFrom: nora@customer.example\r\nTo: " +
                                                  kAlice + "\r\nSubject: " + key + "\r\n\r\nText\r\n"));
        }
    }
    const auto logged = [&] { return std::stoi(sql_text("SELECT count(*) FROM interaction")); };
    ASSERT_TRUE(turn());
    const int first = logged();
    EXPECT_LT(first, kOld) << "one turn is bounded";
    deliver("CRM", "new1", "otto@customer.example", kAlice);
    deliver("Projects", "new2", "otto@customer.example", kAlice);
    ASSERT_TRUE(turn());
    ASSERT_EQ(logged_for("new1"), "C2");
    ASSERT_EQ(logged_for("new2"), "C2");
    const auto place = [&](const std::string& key) {
        return std::stoi(sql_text("SELECT id FROM message WHERE internet_message_id = '" + key + "@sample.example'"));
    };
    const int batch = static_cast<int>(limits::message_batch);
    EXPECT_LE(place("new1"), first + batch + 2) << "not more than one batch of old mail came before it";
    EXPECT_LE(place("new2"), first + batch + 2);
    log_mail();
    EXPECT_EQ(logged(), kOld + 2);
}

}  // namespace
}  // namespace liaison::test
