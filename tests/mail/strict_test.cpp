#include <gtest/gtest.h>

#include "daemon/mail/logging.hpp"
#include "tests/mail/mail_samples.hpp"

/// Business Central's e-mail logging as a table: the cases of its own tests
/// (EmailLoggingTests.Codeunit.al; crm-connectors.md 1.9), decided in strict mode. Where Business
/// Central deletes a mail, here it waits in the tray or is skipped with a reason: nothing is ever
/// deleted unseen.
namespace liaison::mail {
namespace {

using samples::mail_from;
using samples::party_of;

Party numbered(std::string id, std::string number, std::int64_t rank = 0) {
    Party party = party_of(PartyKind::Contact, std::move(id));
    party.number = std::move(number);
    party.address_rank = rank;
    return party;
}

/// lars and mara are salespeople; ct1 is found by its main address and, as CT000010, by an
/// alternative one; two contacts share one address; somebody is both.
PartyMap central_book() {
    PartyMap book;
    book["lars@cronus.test"] = {party_of(PartyKind::User, "LARS")};
    book["mara@cronus.test"] = {party_of(PartyKind::User, "MARA")};
    book["ann@customer.test"] = {numbered("c1", "CT000010")};
    book["ann.alt@customer.test"] = {numbered("c1", "CT000010", 1)};
    book["ben@customer.test"] = {numbered("c2", "CT000020")};
    book["shared@customer.test"] = {numbered("c9", "CT000100"), numbered("c3", "CT000030")};
    book["both@cronus.test"] = {numbered("c4", "CT000040"), party_of(PartyKind::User, "BOTH")};
    book[std::string(70, 'x') + "@customer.test"] = {numbered("c5", "CT000050")};
    return book;
}

struct StrictCase {
    std::string name;
    std::string from;
    std::vector<std::string> to, cc;
    std::string outcome;
    MailDirection direction;
    std::vector<std::string> contacts;
    std::string salesperson;
    std::string what_central_does;
};

MailDecision decide_strictly(const MailMessage& message, const MailSituation& situation = {}) {
    LoggingPolicy policy;
    policy.match.strict = true;
    const Parties parties = match_parties(message, central_book(), "owner", policy.match);
    return decide_logging(message, parties, {}, policy, situation);
}

std::string strict_outcome(const MailDecision& decision) {
    return std::string(to_string(decision.outcome)) + "/" + decision.reason;
}

TEST(StrictMode, TheCasesOfBusinessCentral) {
    const auto in = MailDirection::Inbound, out = MailDirection::Outbound,
               none = MailDirection::None;
    const std::string lars = "lars@cronus.test", mara = "mara@cronus.test";
    const StrictCase cases[] = {
        {"contact by main address", "ann@customer.test", {lars}, {}, "logged/contact_match", in,
         {"c1"}, "LARS", "logged"},
        {"contact by alternative address", "ann.alt@customer.test", {lars}, {},
         "logged/contact_match", in, {"c1"}, "LARS", "logged"},
        {"salesperson", lars, {"ann@customer.test"}, {}, "logged/contact_match", out, {"c1"},
         "LARS", "logged"},
        {"one entry per contact", lars, {"ann@customer.test"}, {"ben@customer.test", "pia@new.test"},
         "logged/contact_match", out, {"c1", "c2"}, "LARS", "logged"},
        {"two addresses of one contact", lars, {"ann@customer.test", "ann.alt@customer.test"}, {},
         "logged/contact_match", out, {"c1"}, "LARS", "logged twice; here once per contact"},
        {"several salespeople", "ann@customer.test", {mara}, {lars}, "logged/contact_match", in,
         {"c1"}, "MARA", "an entry for each; here once per contact"},
        {"shared address: the first by number", "shared@customer.test", {lars}, {},
         "logged/contact_match", in, {"c3"}, "LARS", "logged"},
        {"salesperson wins where somebody is both", "both@cronus.test", {"ann@customer.test"}, {},
         "logged/contact_match", out, {"c1"}, "BOTH", "logged"},
        {"contact to contact", "ann@customer.test", {"ben@customer.test"}, {},
         "unmatched/not_for_logging", in, {}, "", "deleted"},
        {"unknown to salesperson", "pia@new.test", {lars}, {}, "unmatched/not_for_logging", none,
         {}, "", "deleted"},
        {"salesperson to unknown", lars, {"pia@new.test"}, {}, "unmatched/not_for_logging", out, {},
         "", "deleted"},
        {"salesperson to salesperson", lars, {mara}, {}, "skipped/internal", out, {}, "", "deleted"},
        {"no recipients", "ann@customer.test", {}, {}, "unmatched/not_for_logging", in, {}, "",
         "deleted"},
        {"no sender", "", {lars}, {}, "unmatched/not_for_logging", none, {}, "", "deleted"},
        {"an address longer than the field", std::string(70, 'x') + "@customer.test", {lars}, {},
         "unmatched/not_for_logging", in, {}, "", "deleted"},
        {"a list in one address", "ann@customer.test;ben@customer.test", {lars}, {},
         "unmatched/not_for_logging", none, {}, "", "deleted"},
    };
    for (const StrictCase& c : cases) {
        const MailDecision decision = decide_strictly(mail_from(c.from, c.to, c.cc));
        EXPECT_EQ(strict_outcome(decision), c.outcome) << c.name;
        EXPECT_EQ(decision.direction, c.direction) << c.name;
        std::vector<std::string> contacts;
        for (const InteractionDraft& draft : decision.drafts) {
            contacts.push_back(draft.contact_id);
            EXPECT_EQ(draft.user_id, c.salesperson) << c.name;
            EXPECT_EQ(draft.direction, c.direction) << c.name;
        }
        EXPECT_EQ(contacts, c.contacts) << c.name;
        EXPECT_FALSE(decision.detail.empty()) << c.name;
    }
}

TEST(StrictMode, ADraftIsNotLogged) {
    MailMessage message = mail_from("ann@customer.test", {"lars@cronus.test"});
    message.is_draft = true;
    EXPECT_EQ(strict_outcome(decide_strictly(message)), "skipped/draft");
}

TEST(StrictMode, AnEmptySubjectIsNoObstacle) {
    MailMessage message = mail_from("ann@customer.test", {"lars@cronus.test"});
    message.subject.clear();
    EXPECT_EQ(strict_outcome(decide_strictly(message)), "logged/contact_match");
}

TEST(StrictMode, ADuplicateIsNotLoggedAgain) {
    MailSituation situation;
    situation.earlier = EarlierDecision{MailOutcome::Log, "contact_match"};
    EXPECT_EQ(strict_outcome(decide_strictly(mail_from("ann@customer.test", {"lars@cronus.test"}),
                                             situation)),
              "skipped/duplicate");
}

TEST(StrictMode, RulesFillTheLineAndAPersonMayStillLink) {
    LoggingPolicy policy;
    policy.match.strict = true;
    MailActions actions;
    actions.actions = {{.kind = MailActionKind::LogInteraction, .rule = "A", .template_code = "EMAIL"}};
    const MailMessage known = mail_from("ann@customer.test", {"lars@cronus.test"});
    const MailDecision filled =
        decide_logging(known, match_parties(known, central_book(), "", policy.match), actions,
                       policy, {});
    EXPECT_EQ(filled.drafts.at(0).template_code, "EMAIL");
    const MailMessage unknown = mail_from("pia@new.test", {"lars@cronus.test"});
    MailSituation situation;
    situation.choice.verb = MailChoice::Verb::Link;
    situation.choice.parties = {PartyRef{PartyKind::Contact, "c2", "CT000020"}};
    const MailDecision chosen =
        decide_logging(unknown, match_parties(unknown, central_book(), "", policy.match), {},
                       policy, situation);
    EXPECT_EQ(strict_outcome(chosen), "logged/chosen");
}

TEST(StrictMode, PrivacyHoldsHereToo) {
    PartyMap book = central_book();
    book["ann@customer.test"].front().privacy_blocked = true;
    LoggingPolicy policy;
    policy.match.strict = true;
    const MailMessage message = mail_from("ann@customer.test", {"lars@cronus.test"});
    const MailDecision decision =
        decide_logging(message, match_parties(message, book, "", policy.match), {}, policy, {});
    EXPECT_EQ(strict_outcome(decision), "skipped/privacy_blocked");
}

}  // namespace
}  // namespace liaison::mail
