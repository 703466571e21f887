#include <chrono>

#include "core/digest.hpp"
#include "core/limits.hpp"
#include "tests/connectors/crm_fixture.hpp"

namespace liaison::crm::testing_crm {

class CrmMail : public CrmTest {
protected:
    void SetUp() override {
        CrmTest::SetUp();
        sql("INSERT INTO company(number, name, email, owner_id) VALUES('F-1', 'Contoso', "
            "'info@contoso.example', 1);"
            "INSERT INTO contact(number, display_name, email1, email2, company_id, owner_id, "
            "categories) VALUES"
            "('C-1', 'Ann', 'Ann@Contoso.Example', 'ann.private@x.example', 1, 1, 'Key account' || "
            "char(10) || 'VIP'),"
            "('C-2', 'Ben', 'ben@x.example', NULL, NULL, NULL, NULL);"
            "INSERT INTO contact(number, type, display_name, email3, privacy_blocked) "
            "VALUES('L-1', 'lead', 'Lee', 'LEE@x.example', 1);"
            "INSERT INTO opportunity(number, name, company_id) VALUES('O-1', 'Roof', 1)");
    }

    static MessageLog message(const std::string& name, std::vector<std::string> contacts) {
        MessageLog log;
        log.identity = MessageIdentity(sha256_hex(name));
        log.internet_message_id = "<" + name + "@x.example>";
        log.subject = "Offer " + name;
        log.text_body = "Dear Ann,\n" + std::string(2000, 'x');
        log.at = *parse_timestamp("2026-11-24T08:15:00Z");
        log.participants = {{"from", {"Ann@Contoso.Example", "Ann"}}, {"to", {"alice@example.test", "Alice"}}};
        log.link_url = "https://mail.example.test/" + name;
        log.mailbox = MailboxId("alice@example.test");
        log.original_eml = "From: ann\r\n\r\n" + std::string("\0\xFF", 2) + name;
        for (std::string& contact : contacts) {
            InteractionDraft draft;
            draft.contact_id = std::move(contact);
            draft.contact_address = "ann@contoso.example";
            draft.user_id = "1";
            draft.direction = MailDirection::Inbound;
            log.drafts.push_back(std::move(draft));
        }
        return log;
    }
    std::vector<Result<LoggedMessage>> log(std::vector<MessageLog> messages) {
        return run(crm->interactions().log_messages(std::move(messages)));
    }
};

TEST_F(CrmMail, MessageIsStoredOnceWithOneInteractionPerContact) {
    const auto logged = log({message("m1", {"1", "2"})}).at(0);
    ASSERT_TRUE(logged.has_value()) << logged.error().message;
    EXPECT_EQ(logged->interaction_ids.size(), 2u);
    EXPECT_FALSE(logged->was_there);
    EXPECT_EQ(number("SELECT count(*) FROM message"), 1);
    EXPECT_EQ(number("SELECT count(*) FROM message_participant"), 2);
    EXPECT_EQ(text("SELECT template_code || '|' || direction || '|' || user_id || '|' || channel "
                   "FROM interaction WHERE contact_id = 1"),
              "EMAIL|inbound|1|email");
    EXPECT_EQ(text("SELECT eml FROM message_original"), message("m1", {}).original_eml);
    EXPECT_EQ(text("SELECT lower(hex(identity)) FROM message"), sha256_hex("m1"));
}

TEST_F(CrmMail, LoggingAgainWritesNothingAndANewContactIsAdded) {
    const auto first = log({message("m1", {"1"})}).at(0);
    const auto again = log({message("m1", {"1"})}).at(0);
    ASSERT_TRUE(first && again);
    EXPECT_TRUE(again->was_there);
    EXPECT_EQ(again->interaction_ids, first->interaction_ids);
    const auto more = log({message("m1", {"2", "1"})}).at(0);
    ASSERT_TRUE(more.has_value());
    EXPECT_FALSE(more->was_there);
    EXPECT_EQ(more->interaction_ids.at(1), first->interaction_ids.at(0));
    EXPECT_EQ(number("SELECT count(*) FROM interaction"), 2);
    EXPECT_EQ(number("SELECT count(*) FROM message_original"), 1);
    const auto found = run(crm->interactions().find_logged({message("m1", {}).identity, message("m2", {}).identity}));
    ASSERT_TRUE(found.has_value());
    EXPECT_EQ(found->at(0).interaction_ids.size(), 2u);
    EXPECT_TRUE(found->at(1).interaction_ids.empty());
}

TEST_F(CrmMail, BadMessageOfABatchLeavesNoTraceAndTheOthersStay) {
    MessageLog too_large = message("m4", {"1"});
    too_large.original_eml.assign(limits::mail_bytes_max + 1, 'x');
    MessageLog nameless = message("m5", {"1"});
    nameless.identity = MessageIdentity();
    const auto logged =
        log({message("m1", {"1"}), message("m2", {"1", "999"}), message("m3", {"no-id"}), too_large,
             nameless, message("m6", {}), message("m7", {"2"})});
    ASSERT_EQ(logged.size(), 7u);
    EXPECT_TRUE(logged[0] && logged[6]);
    EXPECT_EQ(logged[1].error().kind, ErrorKind::InvalidRequest);
    EXPECT_EQ(logged[2].error().kind, ErrorKind::InvalidRequest);
    EXPECT_EQ(logged[3].error().kind, ErrorKind::TooLarge);
    EXPECT_EQ(logged[4].error().kind, ErrorKind::InvalidRequest);
    EXPECT_EQ(logged[5].error().kind, ErrorKind::InvalidRequest);
    EXPECT_EQ(number("SELECT count(*) FROM message"), 2);
    EXPECT_EQ(number("SELECT count(*) FROM interaction"), 2);
}

TEST_F(CrmMail, CompaniesAndLeadsHaveInteractionsToo) {
    MessageLog log_entry = message("m1", {"1", "3"});
    log_entry.drafts[0].contact_kind = PartyKind::Company;
    log_entry.drafts[1].contact_kind = PartyKind::Lead;
    log_entry.drafts[1].opportunity_id = "1";
    ASSERT_TRUE(log({log_entry}).at(0));
    ASSERT_TRUE(log({log_entry}).at(0));
    EXPECT_EQ(number("SELECT count(*) FROM interaction WHERE contact_id IS NULL AND company_id = 1"), 1);
    EXPECT_EQ(number("SELECT count(*) FROM interaction WHERE contact_id = 3 AND opportunity_id = 1"), 1);
    log_entry.drafts[0].contact_kind = PartyKind::User;
    EXPECT_EQ(log({log_entry}).at(0).error().kind, ErrorKind::InvalidRequest);
}

TEST_F(CrmMail, LinkIsReplacedAfterAMove) {
    log({message("m1", {"1"})});
    ASSERT_TRUE(run(crm->interactions().set_message_link(message("m1", {}).identity, "https://new")).has_value());
    EXPECT_EQ(text("SELECT link_url FROM message"), "https://new");
    EXPECT_EQ(
        run(crm->interactions().set_message_link(message("m9", {}).identity, "x")).error().kind,
        ErrorKind::NotFound);
}

TEST_F(CrmMail, HundredsOfMailsAreLoggedPerSecond) {
    constexpr int kBatches = 20;
    const auto disk_file = fresh_crm_file("", true);
    auto opened = EmbeddedCrm::open(disk_file, worker, clock);
    ASSERT_TRUE(opened.has_value());
    {
        auto other = Sqlite::open(disk_file);
        (*other)->script(
            "INSERT INTO user(number, name) VALUES('ALICE', 'A'); INSERT INTO "
            "contact(display_name) VALUES('Ann')");
        ASSERT_FALSE((*other)->error().has_value());
    }
    crm = std::move(*opened);
    foreign = std::move(*Sqlite::open(disk_file));
    const auto begin = std::chrono::steady_clock::now();
    for (int batch = 0; batch < kBatches; ++batch) {
        std::vector<MessageLog> messages;
        for (int i = 0; i < 100; ++i) messages.push_back(message(std::to_string(batch * 100 + i), {"1"}));
        for (const auto& logged : log(std::move(messages))) ASSERT_TRUE(logged.has_value());
    }
    const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - begin;
    RecordProperty("interactions_per_second", static_cast<int>(kBatches * 100 / taken.count()));
    std::printf("interactions per second: %d\n", static_cast<int>(kBatches * 100 / taken.count()));
    EXPECT_EQ(number("SELECT count(*) FROM interaction"), kBatches * 100);
}

TEST_F(CrmMail, AddressesAreResolvedInAnyCaseWithAllHitsBestFirst) {
    sql("INSERT INTO contact(number, display_name, email1, modified_at) VALUES('C-9', 'Ann''s "
        "colleague', 'ann@contoso.example', '2030-01-01T00:00:00.000Z')");
    sql("UPDATE company SET email = 'ANN@contoso.example'");
    sql("INSERT INTO user_address(address, user_id) VALUES('ann@contoso.example', 2)");
    const auto parties =
        run(crm->addresses().resolve({"ann@contoso.example", " ANN.Private@x.example ",
                                      "lee@x.example", "nobody@x.example", ""}));
    ASSERT_TRUE(parties.has_value()) << parties.error().message;
    EXPECT_EQ(parties->size(), 3u);
    const std::vector<Party>& ann = parties->at("ann@contoso.example");
    ASSERT_EQ(ann.size(), 4u);
    EXPECT_EQ(ann[0].kind, PartyKind::User);
    EXPECT_EQ(ann[0].number, "BOB");
    EXPECT_EQ(ann[1].number, "C-9") << "the most recently modified first";
    EXPECT_EQ(ann[2].number, "C-1");
    EXPECT_EQ(ann[3].kind, PartyKind::Company);
    EXPECT_EQ(ann[2].company_name, "Contoso");
    EXPECT_EQ(ann[2].owner_id, "1");
    EXPECT_EQ(ann[2].categories, (std::vector<std::string>{"Key account", "VIP"}));
    EXPECT_TRUE(ann[2].has_open_opportunity);
    EXPECT_FALSE(ann[1].has_open_opportunity);
    EXPECT_EQ(parties->at("ann.private@x.example").at(0).number, "C-1");
    EXPECT_EQ(parties->at("lee@x.example").at(0).kind, PartyKind::Lead);
    EXPECT_TRUE(parties->at("lee@x.example").at(0).privacy_blocked);
}

TEST_F(CrmMail, DeletedPeopleAreNotFound) {
    sql("UPDATE contact SET deleted = 1; UPDATE company SET deleted = 1");
    const auto parties = run(crm->addresses().resolve({"ann@contoso.example", "info@contoso.example"}));
    ASSERT_TRUE(parties.has_value());
    EXPECT_TRUE(parties->empty());
}

TEST_F(CrmMail, RevisionChangesWithPeopleAndOnlyWithThem) {
    std::string last = *run(crm->addresses().revision());
    const auto moved = [&](const std::string& statement) {
        sql(statement);
        const std::string now = *run(crm->addresses().revision());
        return std::exchange(last, now) != now;
    };
    EXPECT_TRUE(moved("UPDATE contact SET email1 = 'other@x.example' WHERE number = 'C-2'"));
    EXPECT_TRUE(moved("UPDATE company SET name = 'New' WHERE number = 'F-1'"));
    EXPECT_TRUE(moved("INSERT INTO user_address(address, user_id) VALUES('b@example.test', 2)"));
    EXPECT_TRUE(moved("DELETE FROM contact WHERE number = 'L-1'"));
    EXPECT_FALSE(moved("INSERT INTO task(owner_id, subject) VALUES(1, 'T')"));
    log({message("m1", {"1"})});
    EXPECT_FALSE(moved("SELECT 1"));
}

TEST_F(CrmMail, UsersAreListedWithTheirAddresses) {
    sql("INSERT INTO user_address(address, user_id, position) VALUES('A.Adams@Example.test', 1, 2)");
    sql("UPDATE user SET active = 0 WHERE number = 'BOB'");
    const auto users = run(crm->addresses().users());
    ASSERT_TRUE(users.has_value());
    ASSERT_EQ(users->size(), 2u);
    EXPECT_EQ(users->at(0).addresses, (std::vector<std::string>{"alice@example.test", "a.adams@example.test"}));
    EXPECT_TRUE(users->at(0).active);
    EXPECT_FALSE(users->at(1).active);
}

/// The CRM's file is edited by other programs, too: what they add is known at the next look-up.
TEST_F(CrmMail, AddressesThatOtherProgramsAddAreResolvedAtOnce) {
    const auto resolved = [&](const std::string& address) {
        std::vector<std::string> asked = {address, "stranger@nowhere.test"};
        const auto parties = run(crm->addresses().resolve(std::move(asked)));
        EXPECT_TRUE(parties.has_value());
        return parties ? parties->size() : 99;
    };
    EXPECT_EQ(resolved("late@comer.test"), 0u);
    sql("INSERT INTO contact(number, type, display_name, email2) VALUES('C-77', 'person', 'Late', "
        "'LATE@comer.test')");
    EXPECT_EQ(resolved("late@comer.test"), 1u);
    EXPECT_EQ(resolved(" LATE@Comer.test"), 1u) << "normalised on the way";
    EXPECT_EQ(resolved("other@comer.test"), 0u);
    sql("UPDATE contact SET email3 = 'other@comer.test' WHERE number = 'C-77'");
    EXPECT_EQ(resolved("other@comer.test"), 1u);
    sql("UPDATE contact SET email2 = NULL, email3 = NULL WHERE number = 'C-77'");
    EXPECT_EQ(resolved("late@comer.test"), 0u) << "the filter lets it pass, the CRM does not know it";
    sql("INSERT INTO user_address(address, user_id, position) VALUES('new.user@x.test', 1, 9)");
    EXPECT_EQ(resolved("new.user@x.test"), 1u);
    std::string many;
    for (int i = 0; i < 1'500; ++i)
        many += "INSERT INTO company(number, name, email) VALUES('X-" + std::to_string(i) + "', 'X', 'x" +
                std::to_string(i) + "@many.test');";
    sql(many);
    EXPECT_EQ(resolved("x1499@many.test"), 1u) << "more than there was room for";
    EXPECT_EQ(resolved("other@comer.test"), 0u);
}

}  // namespace liaison::crm::testing_crm
