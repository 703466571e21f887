#include <chrono>

#include "core/digest.hpp"
#include "tests/connectors/crm_fixture.hpp"

/// What mail logging in full asks of a CRM: parties and tasks made of mails, withdrawals, proposals.
namespace liaison::crm::testing_crm {

class CrmMailFull : public CrmTest {
protected:
    void SetUp() override {
        CrmTest::SetUp();
        sql("INSERT INTO company(number, name, email) VALUES('F-1', 'Contoso', 'info@contoso.example'),"
            "('F-2', 'Fabrikam', NULL), ('F-3', 'Twin', NULL);"
            "INSERT INTO contact(number, display_name, given_name, family_name, email1, email2, email3, "
            "company_id, owner_id) VALUES"
            "('C-1', 'Ann Lee', 'Ann', 'Lee', 'ann@fabrikam.example', 'ann@home.example', NULL, 2, 1),"
            "('C-2', 'Full House', 'Full', 'House', 'a@x.example', 'b@x.example', 'c@x.example', 3, 2),"
            "('C-3', 'Other', 'Other', 'Lee', 'd@x.example', NULL, NULL, 1, 2);"
            "INSERT INTO opportunity(number, name, company_id, contact_id) VALUES('O-1', 'Roof', 2, 1),"
            "('O-2', 'Door', 2, NULL), ('O-3', 'Nobody', NULL, NULL);"
            "INSERT INTO campaign(number, name) VALUES('K-1', 'Fair');"
            "INSERT INTO campaign_member VALUES(1, 1)");
    }
    static NewParty party(const std::string& address, const std::string& name = "") {
        NewParty out;
        out.address = address;
        out.name = name;
        out.owner_id = "1";
        return out;
    }
    Result<Party> make(NewParty wanted) { return run(crm->interactions().create_party(std::move(wanted))); }
    static MessageLog message(const std::string& name, std::vector<std::string> contacts) {
        MessageLog log;
        log.identity = MessageIdentity(sha256_hex(name));
        log.subject = "Offer";
        log.text_body = "Dear Ann";
        log.at = *parse_timestamp("2026-11-24T08:15:00Z");
        log.participants = {{"from", {"ann@fabrikam.example", "Ann"}}};
        log.link_url = "https://mail.example.test/1";
        log.mailbox = MailboxId("alice@example.test");
        log.original_eml = "From: ann\r\n\r\n";
        log.attachments = {{"a/../b.pdf", "application/pdf", 4711, false}};
        for (std::string& contact : contacts) {
            InteractionDraft draft;
            draft.contact_id = std::move(contact);
            draft.user_id = "1";
            log.drafts.push_back(std::move(draft));
        }
        return log;
    }
    Result<LoggedMessage> log(MessageLog one) {
        std::vector<MessageLog> list{std::move(one)};
        return run(crm->interactions().log_messages(std::move(list))).at(0);
    }
};

TEST_F(CrmMailFull, APartyIsMadeOfAnAddressOnce) {
    NewParty wanted = party("New@Fabrikam.Example", "Nina  New");
    wanted.company_domain = "fabrikam.example";
    const auto made = make(wanted);
    ASSERT_TRUE(made) << made.error().message;
    EXPECT_EQ(made->kind, PartyKind::Contact);
    EXPECT_EQ(made->name, "Nina New");
    EXPECT_EQ(made->company_id, "2") << "the company of the others at this domain";
    EXPECT_EQ(made->owner_id, "1");
    const auto again = make(wanted);
    ASSERT_TRUE(again);
    EXPECT_EQ(again->id, made->id);
    EXPECT_EQ(number("SELECT count(*) FROM contact"), 4);
    NewParty lead = party("lead@unknown.example");
    lead.kind = PartyKind::Lead;
    EXPECT_EQ(make(lead)->kind, PartyKind::Lead);
    EXPECT_EQ(text("SELECT display_name FROM contact WHERE type = 'lead'"), "lead@unknown.example");
}

TEST_F(CrmMailFull, ADomainOfSeveralCompaniesNamesNone) {
    NewParty wanted = party("e@x.example");
    wanted.company_domain = "x.example";
    EXPECT_EQ(make(wanted)->company_id, "");
    NewParty contoso = party("z@contoso.example");
    contoso.company_domain = "contoso.example";
    EXPECT_EQ(make(contoso)->company_id, "1") << "the company's own address";
    EXPECT_EQ(make(party("y@fabrikam.example"))->company_id, "") << "nobody asked for the domain";
}

TEST_F(CrmMailFull, NobodyIsMadeOfAUserOrOfNoAddress) {
    EXPECT_EQ(make(party("alice@example.test")).error().kind, ErrorKind::InvalidRequest);
    EXPECT_EQ(make(party("nobody")).error().kind, ErrorKind::InvalidRequest);
    NewParty company = party("c@y.example");
    company.kind = PartyKind::Company;
    EXPECT_EQ(make(company).error().kind, ErrorKind::InvalidRequest);
    EXPECT_EQ(make(party("ann@home.example"))->number, "C-1") << "an alternative address counts";
}

TEST_F(CrmMailFull, AContactTakesFurtherAddressesUntilItIsFull) {
    InteractionSink& sink = crm->interactions();
    const auto add = [&](const char* id, const char* address) {
        return run(sink.add_address(PartyKind::Contact, id, address));
    };
    EXPECT_TRUE(add("1", "Ann@Third.example"));
    EXPECT_TRUE(add("1", "ann@third.example")) << "twice is as once";
    EXPECT_EQ(text("SELECT email3 FROM contact WHERE id = 1"), "ann@third.example");
    EXPECT_EQ(add("1", "fourth@x.example").error().kind, ErrorKind::TooLarge);
    EXPECT_EQ(add("3", "ann@home.example").error().kind, ErrorKind::AlreadyExists);
    EXPECT_EQ(add("99", "new@x.example").error().kind, ErrorKind::NotFound);
    const auto parties = run(crm->addresses().resolve({"ann@third.example", "ann@fabrikam.example"}));
    EXPECT_EQ(parties->at("ann@third.example").front().address_rank, 2);
    EXPECT_EQ(parties->at("ann@fabrikam.example").front().address_rank, 0);
}

TEST_F(CrmMailFull, RulesLearnCampaignsAndOpenOpportunities) {
    const auto parties = run(crm->addresses().resolve({"ann@fabrikam.example", "d@x.example"}));
    const Party& ann = parties->at("ann@fabrikam.example").front();
    EXPECT_EQ(ann.campaign_ids, std::vector<std::string>{"1"});
    EXPECT_EQ(ann.open_opportunity_ids, (std::vector<std::string>{"1", "2"}));
    EXPECT_TRUE(parties->at("d@x.example").front().open_opportunity_ids.empty());
}

TEST_F(CrmMailFull, ATaskIsMadeOfAMailOnce) {
    NewMailTask task;
    task.key = "k1";
    task.subject = "Call Ann";
    task.owner_id = "1";
    task.contact_id = "1";
    task.due_on = parse_date("2026-12-01");
    const auto first = run(crm->interactions().create_task(task));
    const auto second = run(crm->interactions().create_task(task));
    ASSERT_TRUE(first && second);
    EXPECT_EQ(*first, *second);
    EXPECT_EQ(text("SELECT subject || '|' || due_date || '|' || contact_id || '|' || count(*) FROM task"),
              "Call Ann|2026-12-01|1|1");
    task.key = "k2";
    task.owner_id.clear();
    EXPECT_EQ(run(crm->interactions().create_task(task)).error().kind, ErrorKind::InvalidRequest);
}

TEST_F(CrmMailFull, AWithdrawnInteractionStaysAsACancelledOneAndDoesNotComeBack) {
    ASSERT_TRUE(log(message("m1", {"1", "2"})));
    MessageWithdrawal wanted{MessageIdentity(sha256_hex("m1")), {"1"}, true, "admin", "blocklist"};
    EXPECT_EQ(*run(crm->interactions().withdraw(wanted)), 1u);
    EXPECT_EQ(*run(crm->interactions().withdraw(wanted)), 1u) << "twice is as once";
    EXPECT_EQ(text("SELECT canceled_by || '|' || canceled_why FROM interaction WHERE canceled = 1"),
              "admin|blocklist");
    EXPECT_EQ(text("SELECT text_body FROM message"), "Dear Ann") << "C-2's is still there";
    wanted.contact_ids.clear();
    EXPECT_EQ(*run(crm->interactions().withdraw(wanted)), 2u);
    EXPECT_EQ(number("SELECT count(*) FROM message WHERE text_body IS NULL AND subject IS NULL"), 1);
    EXPECT_EQ(number("SELECT (SELECT count(*) FROM message_original) + (SELECT count(*) FROM "
                     "message_participant) + (SELECT count(*) FROM message_attachment)"),
              0);
    EXPECT_TRUE(run(crm->interactions().find_logged({wanted.identity}))->front().interaction_ids.empty());
    wanted.identity = MessageIdentity(sha256_hex("unknown"));
    EXPECT_EQ(run(crm->interactions().withdraw(wanted)).error().kind, ErrorKind::NotFound);
    ASSERT_TRUE(log(message("m1", {"1", "2"})));
    EXPECT_EQ(number("SELECT count(*) FROM interaction WHERE canceled = 0"), 0);
}

TEST_F(CrmMailFull, AMailOfAnOpportunityGoesToWhomeverItBelongs) {
    MessageLog by_contact = message("m1", {""}), by_company = message("m2", {""}),
               by_nobody = message("m3", {""});
    const auto set = [](MessageLog& one, const char* id) {
        one.drafts.front().contact_kind = PartyKind::Company;
        one.drafts.front().opportunity_id = id;
    };
    set(by_contact, "1");
    set(by_company, "2");
    set(by_nobody, "3");
    ASSERT_TRUE(log(by_contact));
    ASSERT_TRUE(log(by_company));
    EXPECT_EQ(log(by_nobody).error().kind, ErrorKind::InvalidRequest);
    EXPECT_EQ(text("SELECT group_concat(ifnull(contact_id, '-') || ':' || opportunity_id) FROM interaction"),
              "1:1,-:2");
    EXPECT_EQ(text("SELECT name || '|' || size FROM message_attachment"), "a/../b.pdf|4711");
}

TEST_F(CrmMailFull, ProposalsByDomainNameAndNumber) {
    const auto found = [&](PartyQuery query) {
        std::string out;
        for (const Party& party : *run(crm->addresses().find_parties(query)))
            out += (out.empty() ? "" : ",") + party.number;
        return out;
    };
    EXPECT_EQ(found({.domain = "FABRIKAM.example"}), "C-1");
    EXPECT_EQ(found({.domain = "home.example"}), "C-1");
    EXPECT_EQ(found({.domain = "contoso.example"}), "F-1");
    EXPECT_EQ(found({.domain = "x.example", .max = 1}).size(), 3u);
    EXPECT_EQ(found({.name = "ann lee"}), "C-1");
    EXPECT_EQ(found({.name = "Lee, Ann"}), "C-1");
    EXPECT_EQ(found({.name = "Twin"}), "F-3");
    EXPECT_EQ(found({.number = "C-3"}), "C-3");
    EXPECT_EQ(found({.number = "F-2"}), "F-2");
    EXPECT_EQ(found({}), "");
    EXPECT_EQ(found({.name = "'; DROP TABLE contact; --"}), "");
}

TEST_F(CrmMailFull, AFileOfTheFirstSchemaIsBroughtUpToDate) {
    EXPECT_EQ(number("SELECT max(version) FROM schema_version"), 2);
    EXPECT_EQ(number("SELECT count(*) FROM pragma_index_list('contact') WHERE name LIKE 'contact_domain%'"), 3);
    const std::string plan = text("EXPLAIN QUERY PLAN SELECT id FROM contact WHERE "
                                  "substr(lower(email2), instr(email2, '@') + 1) = 'x' AND email2 IS NOT NULL");
    EXPECT_EQ(number("SELECT count(*) FROM activity_type WHERE log_meeting = 0"), 3) << plan;
}

}  // namespace liaison::crm::testing_crm
