#include <gtest/gtest.h>

#include "core/text.hpp"
#include "daemon/rule_trial.hpp"

namespace liaison::daemon {
namespace {

rules::RuleSet trial_rules(std::string document) {
    for (char& c : document)
        if (c == '\'') c = '"';
    auto loaded = rules::RuleSet::load(document);
    EXPECT_TRUE(loaded) << (loaded ? "" : to_text(loaded.error().front()));
    return loaded ? *loaded : rules::RuleSet();
}

MailMessage trial_mail(const std::string& id, const std::string& from, const std::string& subject,
                       const std::string& answers = "") {
    MailMessage mail;
    mail.internet_message_id = "<" + id + "@x.test>";
    mail.in_reply_to = answers.empty() ? "" : "<" + answers + "@x.test>";
    mail.from = MailAddress{from, ""};
    mail.to = {{"alice@example.test", ""}};
    mail.subject = subject;
    mail.received_at = parse_timestamp("2026-11-25T09:00:00Z");
    mail.sent_at = mail.received_at;
    return mail;
}

PartyMap trial_parties() {
    Party ann;
    ann.kind = PartyKind::Contact;
    ann.id = ann.number = "C-1";
    Party alice;
    alice.kind = PartyKind::User;
    alice.id = "alice";
    return {{"ann@x.test", {ann}}, {"alice@example.test", {alice}}};
}

MailPlace trial_place() {
    return {"alice@example.test", "Inbox/CRM", "alice", {"alice@example.test"}};
}

constexpr const char* kNoRules = "{'rules': []}";
constexpr const char* kMakeContact =
    "{'rules': [{'displayName': 'make', 'conditions': {'senderIs': 'unknown'}, 'actions': "
    "{'createContact': {'company': 'K1'}}}]}";

TEST(RuleTrial, LaterMailSeesAContactThatWouldHaveBeenMade) {
    RuleTrial trial(trial_rules(kMakeContact), {});
    const MailDecision first =
        trial.decide("1", trial_mail("a", "new@y.test", "Hello"), trial_place(), trial_parties());
    EXPECT_EQ(first.outcome, MailOutcome::Log);
    EXPECT_EQ(first.reason, "new_party");
    const MailDecision second = trial.decide("2", trial_mail("b", "NEW@y.test", "Hello again"),
                                             trial_place(), trial_parties());
    EXPECT_EQ(second.reason, "contact_match");
    ASSERT_EQ(second.drafts.size(), 1u);
    EXPECT_EQ(second.drafts[0].contact_id, "new:new@y.test");
    ASSERT_EQ(trial.made().size(), 1u);
    EXPECT_EQ(trial.made()[0], (MadeParty{PartyKind::Contact, "new@y.test", "K1", "1"}));
}

TEST(RuleTrial, LaterMailSeesThatItsConversationIsLoggedAndThatItIsACopy) {
    RuleTrial trial(trial_rules("{'rules': [{'displayName': 'r', 'conditions': "
                                "{'conversationLogged': true}, 'actions': {'moveToFolder': "
                                "'Inbox/Threads'}}]}"),
                    {});
    const auto decide = [&](const MailMessage& mail) {
        return trial.decide("m", mail, trial_place(), trial_parties());
    };
    EXPECT_EQ(decide(trial_mail("a", "ann@x.test", "Offer")).move_to, "");
    EXPECT_EQ(decide(trial_mail("b", "ann@x.test", "Re: Offer", "a")).move_to, "Inbox/Threads");
    EXPECT_EQ(decide(trial_mail("c", "ann@x.test", "Something else")).move_to, "");
    EXPECT_EQ(decide(trial_mail("a", "ann@x.test", "Offer")).reason, "duplicate");
}

std::vector<std::string> kinds_of(const std::string& before, const std::string& after,
                                  const MailMessage& mail) {
    RuleComparison comparison(trial_rules(before), trial_rules(after), {});
    comparison.add("m", mail, trial_place(), trial_parties());
    std::vector<std::string> out;
    for (const RuleChange& change : comparison.changes())
        for (const auto kind : change.kinds) out.emplace_back(to_string(kind));
    return out;
}

TEST(RuleComparison, NamesWhatAChangedSetChanges) {
    const MailMessage known = trial_mail("a", "ann@x.test", "Offer");
    const MailMessage unknown = trial_mail("b", "new@y.test", "Offer");
    const auto all = [](const std::string& actions) {
        return "{'rules': [{'displayName': 'r', 'actions': " + actions + "}]}";
    };
    using Kinds = std::vector<std::string>;
    EXPECT_EQ(kinds_of(kNoRules, kNoRules, known), Kinds{});
    EXPECT_EQ(kinds_of(kNoRules, all("{'skipLogging': true}"), known), Kinds{"noLongerLogged"});
    EXPECT_EQ(kinds_of(all("{'hold': true}"), kNoRules, known), Kinds{"newlyLogged"});
    EXPECT_EQ(kinds_of(kNoRules, kMakeContact, unknown), Kinds{"newlyLogged"});
    EXPECT_EQ(kinds_of(kNoRules, all("{'setRegarding': {'opportunity': 'O1'}}"), known),
              Kinds{"linkedElsewhere"});
    EXPECT_EQ(kinds_of(all("{'logInteraction': {'campaign': 'A'}}"),
                       all("{'logInteraction': {'campaign': 'B'}}"), known),
              Kinds{"linkedElsewhere"});
    EXPECT_EQ(kinds_of(kNoRules, all("{'moveToFolder': 'Inbox/Done'}"), known),
              Kinds{"movedElsewhere"});
    EXPECT_EQ(kinds_of(all("{'hold': true}"), all("{'skipLogging': true}"), known),
              Kinds{"otherReason"});
    EXPECT_EQ(kinds_of(kNoRules, all("{'flagMessage': true}"), known), Kinds{"otherMarks"});
    EXPECT_EQ(kinds_of(kNoRules, all("{'assignCategories': ['x']}"), unknown), Kinds{"otherMarks"});
}

TEST(RuleComparison, TellsWhichContactsWouldBeMadeAndWhichNoLonger) {
    RuleComparison comparison(trial_rules(kMakeContact),
                              trial_rules("{'rules': [{'displayName': 'r', 'conditions': "
                                          "{'fromDomains': ['z.test']}, 'actions': {'createLead': "
                                          "true}}]}"),
                              {});
    comparison.add("1", trial_mail("a", "new@y.test", "a"), trial_place(), trial_parties());
    comparison.add("2", trial_mail("b", "new@z.test", "b"), trial_place(), trial_parties());
    const auto made = comparison.newly_made();
    ASSERT_EQ(made.size(), 1u);
    EXPECT_EQ(made[0], (MadeParty{PartyKind::Lead, "new@z.test", "", "2"}));
    const auto no_longer = comparison.no_longer_made();
    ASSERT_EQ(no_longer.size(), 2u);
    EXPECT_EQ(no_longer[0].address, "new@y.test");
    EXPECT_EQ(comparison.mails(), 2u);
}

}  // namespace
}  // namespace liaison::daemon
