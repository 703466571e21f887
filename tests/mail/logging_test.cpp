#include <gtest/gtest.h>

#include "daemon/mail/identity.hpp"
#include "daemon/mail/logging.hpp"
#include "tests/mail/mail_samples.hpp"

namespace liaison::mail {
namespace {

using samples::mail_from;
using samples::sample_book;

struct LoggingInput {
    MailMessage message = mail_from("c1@x.test", {"alice@example.test"});
    MailActions actions;
    LoggingPolicy policy;
    MailSituation situation{.owner_user_id = "alice"};

    MailDecision decide() const {
        const Parties parties = match_parties(message, sample_book(), situation.owner_user_id);
        return decide_logging(message, parties, actions, policy, situation);
    }
};

std::string outcome_of(const MailDecision& decision) {
    return std::string(to_string(decision.outcome)) + "/" + decision.reason;
}

TEST(DecideLogging, WhoTakesPartDecides) {
    struct Case {
        std::string from;
        std::vector<std::string> to, cc;
        std::string outcome;
        std::vector<std::string> contacts;
        MailDirection direction;
    };
    const auto in = MailDirection::Inbound, out = MailDirection::Outbound,
               none = MailDirection::None;
    const Case cases[] = {
        {"c1@x.test", {"alice@example.test"}, {}, "logged/contact_match", {"c1"}, in},
        {"C1@X.TEST", {}, {}, "logged/contact_match", {"c1"}, in},
        {"alice@example.test",
         {"c1@x.test"},
         {"c2@x.test"},
         "logged/contact_match",
         {"c1", "c2"},
         out},
        {"c1@x.test",
         {"c1@private.test", "c2@x.test"},
         {},
         "logged/contact_match",
         {"c1", "c2"},
         in},
        {"list@y.test", {"c2@x.test"}, {}, "logged/contact_match", {"c2"}, none},
        {"", {"c2@x.test"}, {}, "logged/contact_match", {"c2"}, none},
        {"lead@x.test", {"info@x.test"}, {}, "logged/contact_match", {"l1", "x"}, in},
        {"bob@example.test", {"alice@example.test"}, {}, "skipped/internal", {}, out},
        {"bob@example.test", {}, {}, "skipped/internal", {}, out},
        {"bob@example.test", {"dan@example.test"}, {}, "skipped/internal", {}, out},
        {"bob@example.test",
         {"alice@example.test"},
         {"nobody@y.test"},
         "unmatched/no_contact",
         {},
         out},
        {"nobody@y.test", {"alice@example.test"}, {}, "unmatched/no_contact", {}, none},
        {"", {"alice@example.test"}, {}, "skipped/internal", {}, none},
        {"", {}, {}, "unmatched/no_addresses", {}, none},
        {"blocked@x.test", {"alice@example.test"}, {}, "skipped/privacy_blocked", {}, in},
        {"blocked@x.test", {"c2@x.test"}, {}, "logged/contact_match", {"c2"}, in},
    };
    for (const Case& c : cases) {
        LoggingInput input;
        input.message = mail_from(c.from, c.to, c.cc);
        const MailDecision decision = input.decide();
        EXPECT_EQ(outcome_of(decision), c.outcome) << c.from;
        EXPECT_EQ(decision.direction, c.direction) << c.from;
        EXPECT_EQ(decision.identity, identify(input.message));
        std::vector<std::string> contacts;
        for (const InteractionDraft& draft : decision.drafts) {
            contacts.push_back(draft.contact_id);
            EXPECT_EQ(draft.user_id, "alice");
            EXPECT_EQ(draft.direction, c.direction);
            EXPECT_FALSE(draft.contact_address.empty());
        }
        EXPECT_EQ(contacts, c.contacts) << c.from;
        EXPECT_FALSE(decision.detail.empty());
    }
}

TEST(DecideLogging, TheFirstReasonInTheStatedOrderDecides) {
    LoggingInput input;
    input.actions.actions = {{.kind = MailActionKind::SkipLogging, .rule = "No spam"}};
    input.message.sensitivity = "Private";
    input.situation.earlier = EarlierDecision{MailOutcome::Log, "contact_match"};
    input.situation.readable = false;
    input.message.is_draft = true;
    EXPECT_EQ(outcome_of(input.decide()), "skipped/draft");
    input.message.is_draft = false;
    EXPECT_EQ(outcome_of(input.decide()), "parked/unreadable");
    input.situation.readable = true;
    EXPECT_EQ(outcome_of(input.decide()), "skipped/duplicate");
    input.situation.earlier.reset();
    EXPECT_EQ(outcome_of(input.decide()), "skipped/private");
    input.policy.skip_private = false;
    EXPECT_EQ(outcome_of(input.decide()), "skipped/rule");
    EXPECT_EQ(input.decide().detail, "rule \"No spam\" says skipLogging");
    input.actions.actions.front().kind = MailActionKind::Hold;
    EXPECT_EQ(outcome_of(input.decide()), "held/rule");
    input.actions.actions.clear();
    EXPECT_EQ(outcome_of(input.decide()), "logged/contact_match");
}

TEST(DecideLogging, WhatCountsAsAnEarlierDecision) {
    struct Case {
        MailOutcome outcome;
        std::string reason, expected;
    };
    const Case cases[] = {
        {MailOutcome::Log, "contact_match", "skipped/duplicate"},
        {MailOutcome::Unmatched, "no_contact", "skipped/duplicate"},
        {MailOutcome::Hold, "rule", "skipped/duplicate"},
        {MailOutcome::Park, "unreadable", "skipped/duplicate"},
        {MailOutcome::Skip, "internal", "skipped/duplicate"},
        {MailOutcome::Skip, "duplicate", "skipped/duplicate"},
        {MailOutcome::Skip, "privacy_blocked", "skipped/duplicate"},
        {MailOutcome::Skip, "rule", "logged/contact_match"},
        {MailOutcome::Skip, "private", "logged/contact_match"},
        {MailOutcome::Skip, "draft", "logged/contact_match"},
    };
    for (const Case& c : cases) {
        LoggingInput input;
        input.situation.earlier = EarlierDecision{c.outcome, c.reason};
        EXPECT_EQ(outcome_of(input.decide()), c.expected) << c.reason;
    }
}

TEST(DecideLogging, OnlyPrivateAndConfidentialStayInTheMailbox) {
    for (const auto& [sensitivity, outcome] :
         {std::pair("private", "skipped/private"), std::pair("Confidential", "skipped/private"),
          std::pair("Company-Confidential", "skipped/private"),
          std::pair("personal", "logged/contact_match"),
          std::pair("normal", "logged/contact_match"), std::pair("", "logged/contact_match")}) {
        LoggingInput input;
        input.message.sensitivity = sensitivity;
        EXPECT_EQ(outcome_of(input.decide()), outcome) << sensitivity;
    }
}

TEST(DecideLogging, RulesFillTheDraft) {
    LoggingInput input;
    input.policy.default_template = "EMAIL";
    EXPECT_EQ(input.decide().drafts.front().template_code, "EMAIL");
    input.actions.rule_set_version = "abc";
    input.actions.actions = {
        {.kind = MailActionKind::LogInteraction, .rule = "A", .template_code = "OFFER"},
        {.kind = MailActionKind::LogInteraction,
         .rule = "B",
         .campaign_id = "K1",
         .opportunity_id = "O1"},
        {.kind = MailActionKind::MoveToFolder, .rule = "A", .folder = "Inbox/Done"},
        {.kind = MailActionKind::AssignCategories,
         .rule = "A",
         .categories = {"Offer", "CRM logged"}}};
    const MailDecision decision = input.decide();
    EXPECT_EQ(decision.drafts.front().template_code, "OFFER");
    EXPECT_EQ(decision.drafts.front().campaign_id, "K1");
    EXPECT_EQ(decision.drafts.front().opportunity_id, "O1");
    EXPECT_EQ(decision.move_to, "Inbox/Done");
    EXPECT_EQ(decision.add_categories, (std::vector<std::string>{"Offer", "CRM logged"}));
    EXPECT_EQ(decision.rule_set_version, "abc");
}

TEST(DecideLogging, CategoriesSayWhatBecameOfAMail) {
    LoggingInput input;
    EXPECT_EQ(input.decide().add_categories, std::vector<std::string>{"CRM logged"});
    input.situation.earlier = EarlierDecision{MailOutcome::Log, "contact_match"};
    EXPECT_EQ(input.decide().add_categories, std::vector<std::string>{"CRM logged"});
    input.situation.earlier = EarlierDecision{MailOutcome::Unmatched, "no_contact"};
    EXPECT_TRUE(input.decide().add_categories.empty());
    input.situation.earlier.reset();
    input.message = mail_from("nobody@y.test", {});
    EXPECT_EQ(input.decide().add_categories, std::vector<std::string>{"CRM unmatched"});
    input.policy.unmatched_category.clear();
    EXPECT_TRUE(input.decide().add_categories.empty());
}

TEST(DecideLogging, NothingHappensToDraftsHeldAndParkedMail) {
    for (int i = 0; i < 3; ++i) {
        LoggingInput input;
        input.actions.actions = {
            {.kind = MailActionKind::MoveToFolder, .rule = "A", .folder = "Inbox/Done"},
            {.kind = MailActionKind::AssignCategories, .rule = "A", .categories = {"Blue"}}};
        input.message.is_draft = i == 0;
        input.situation.readable = i != 1;
        if (i == 2) input.actions.actions.push_back({.kind = MailActionKind::Hold, .rule = "B"});
        const MailDecision decision = input.decide();
        EXPECT_NE(decision.outcome, MailOutcome::Log);
        EXPECT_TRUE(decision.move_to.empty());
        EXPECT_TRUE(decision.add_categories.empty());
        EXPECT_TRUE(decision.drafts.empty());
    }
}

TEST(DecideLogging, TheTraceNamesRejectedCandidatesByNumber) {
    LoggingInput input;
    input.actions.trace = {"\"A\": matched"};
    input.actions.conflicts = {"\"B\": moveToFolder is overruled by \"A\""};
    input.message =
        mail_from("triplets@x.test", {"twins@x.test"}, {"dan@example.test", "blocked@x.test"});
    const MailDecision decision = input.decide();
    const std::vector<std::string> expected = {
        "\"A\": matched",
        "\"B\": moveToFolder is overruled by \"A\"",
        "from: nobody taken, they rank the same: N-t3, N-t4, N-t5",
        "to: N-t2 taken (belongs to the folder's owner), so not N-t1",
        "cc: user N-dan has this address, so not N-dan-private",
        "blocked for privacy: N-b1 (cc)"};
    EXPECT_EQ(decision.trace, expected);
    EXPECT_EQ(decision.detail, "N-t2 (to)");
    EXPECT_TRUE(decision.has_open_question);
}

TEST(DecideLogging, DetailAndTraceHoldNoAddressAndNoContent) {
    for (const char* from :
         {"c1@x.test", "nobody@y.test", "triplets@x.test", "blocked@x.test", ""}) {
        LoggingInput input;
        input.message = mail_from(from, {"twins@x.test", "dan@example.test"});
        const MailDecision decision = input.decide();
        std::string all = decision.detail;
        for (const std::string& line : decision.trace) all += line;
        EXPECT_EQ(all.find('@'), std::string::npos) << all;
        EXPECT_EQ(all.find("4711"), std::string::npos);
        EXPECT_EQ(all.find("Hello"), std::string::npos);
    }
}

TEST(DecideLogging, AThousandContactsAreNamedBriefly) {
    MailMessage message = mail_from("alice@example.test", {});
    PartyMap book = sample_book();
    for (int i = 0; i < 1000; ++i) {
        const std::string id = std::to_string(i);
        message.to.push_back({"m" + id + "@x.test", ""});
        book["m" + id + "@x.test"] = {samples::party_of(PartyKind::Contact, id)};
    }
    const MailDecision decision = decide_logging(message, match_parties(message, book, "alice"), {},
                                                 {}, {.owner_user_id = "alice"});
    EXPECT_EQ(decision.drafts.size(), 1000u);
    EXPECT_LT(decision.detail.size(), 300u);
    EXPECT_TRUE(decision.detail.ends_with("and 990 more"));
}

TEST(DecideLogging, UnusualKindsOfMailAreOrdinary) {
    for (const char* item_class :
         {"IPM.Schedule.Meeting.Request", "REPORT.IPM.Note.NDR", "IPM.Note.SMIME",
          "IPM.Note.Rules.OofTemplate.Microsoft", "", "\xFF"}) {
        LoggingInput input;
        input.message.item_class = item_class;
        input.message.text_body.clear();
        EXPECT_EQ(outcome_of(input.decide()), "logged/contact_match") << item_class;
    }
}

}  // namespace
}  // namespace liaison::mail
