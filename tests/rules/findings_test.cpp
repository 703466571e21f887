#include <gtest/gtest.h>

#include "rules/findings.hpp"
#include "tests/rules/random_rules.hpp"
#include "tests/rules/reference_bridge.hpp"
#include "tests/rules/rule_samples.hpp"

namespace liaison::rules {
namespace {

using samples::quoted;

std::string rule_text(const std::string& name, const std::string& conditions,
                      const std::string& actions, const std::string& exceptions = "{}") {
    return "{'displayName': '" + name + "', 'conditions': " + conditions +
           ", 'exceptions': " + exceptions + ", 'actions': " + actions + "}";
}

std::string found_in(const std::string& rules) {
    const std::string document = quoted("{'rules': [" + rules + "]}");
    std::string problem;
    samples::load_or_empty(document, problem);
    EXPECT_EQ(problem, "");
    std::string out;
    for (const RuleFinding& one : find_findings(document))
        out += std::string(to_string(one.kind)) + " " + one.place.pointer + "\n";
    return out;
}

constexpr const char* kStop = "{'skipLogging': true, 'stopProcessingRules': true}";

TEST(RuleFindings, ShadowedRulesAreFound) {
    struct Case {
        std::string earlier, later, exceptions;
    };
    const Case shadowed[] = {
        {"{}", "{'subjectContains': 'x'}", "{}"},
        {"{'subjectContains': ['offer', 'bid']}", "{'subjectContains': ['an offer']}", "{}"},
        {"{'bodyOrSubjectContains': ['bid']}", "{'bodyContains': ['bids']}", "{}"},
        {"{'fromDomains': ['x.test']}", "{'fromAddresses': ['a@sub.x.test', 'b@x.test']}", "{}"},
        {"{'fromDomains': ['test']}", "{'fromDomains': ['x.test'], 'hasAttachments': true}", "{}"},
        {"{'folderUnder': ['Inbox']}", "{'folder': ['Inbox/CRM']}", "{}"},
        {"{'hasAttachments': true}", "{'attachmentExtensionIs': ['pdf']}", "{}"},
        {"{'sentToOrCcMe': true}", "{'sentCcMe': true}", "{}"},
        {"{'notSentToMe': true}", "{'sentToMe': false}", "{}"},
        {"{'withinSizeRange': {'minimumSize': 5}}",
         "{'withinSizeRange': {'minimumSize': 6, 'maximumSize': 7}}", "{}"},
        {"{'senderIs': ['lead', 'contact']}", "{'senderIs': 'lead'}", "{}"},
        {"{'messageActionFlag': 'any'}", "{'messageActionFlag': 'call'}", "{}"},
        {"{'subjectMatches': ['abcd+', 'defg']}", "{'subjectMatches': ['abcd+']}", "{}"},
        {"{'anyOf': [{'subjectContains': 'a'}, {'bodyContains': 'b'}]}", "{'bodyContains': 'bb'}",
         "{}"},
        {"{'subjectContains': 'a'}",
         "{'anyOf': [{'subjectContains': 'ab'}, {'subjectContains': 'ca', 'sentToMe': true}]}",
         "{}"},
        {"{'not': {'senderIs': 'user', 'sentToMe': true}}",
         "{'not': {'senderIs': 'user'}, 'subjectContains': 'a'}", "{}"},
        {"{'not': {'senderIs': 'unknown'}}", "{'senderCompanyIn': ['K1']}", "{}"},
        {"{'subjectContains': 'a'}", "{'subjectContains': 'a', 'hasAttachments': false}",
         "{'hasAttachments': true}"},
    };
    for (const Case& c : shadowed)
        EXPECT_EQ(found_in(rule_text("A", c.earlier, kStop, c.exceptions) + "," +
                           rule_text("B", c.later, "{'hold': true}")),
                  "shadowed /rules/1\n")
            << c.earlier << " " << c.later;
    const Case free_ones[] = {
        {"{'subjectContains': ['an offer']}", "{'subjectContains': ['offer']}", "{}"},
        {"{'bodyContains': ['bid']}", "{'bodyOrSubjectContains': ['bid']}", "{}"},
        {"{'fromDomains': ['x.test']}", "{'fromAddresses': ['a@ax.test', 'b@x.test']}", "{}"},
        {"{'folder': ['Inbox']}", "{'folderUnder': ['Inbox']}", "{}"},
        {"{'subjectContains': 'a'}", "{'subjectContains': 'a'}", "{'hasAttachments': true}"},
        {"{'subjectContains': 'a'}", "{'anyOf': [{'subjectContains': 'a'}, {'bodyContains': 'a'}]}",
         "{}"},
    };
    for (const Case& c : free_ones)
        EXPECT_EQ(found_in(rule_text("A", c.earlier, kStop, c.exceptions) + "," +
                           rule_text("B", c.later, "{'assignCategories': ['x']}")),
                  "")
            << c.earlier << " " << c.later;
}

TEST(RuleFindings, SwitchedOffAndLaterRulesShadowNothing) {
    EXPECT_EQ(
        found_in("{'displayName': 'A', 'isEnabled': false, 'actions': {'stopProcessingRules': "
                 "true}}," +
                 rule_text("B", "{}", "{'hold': true}")),
        "");
    EXPECT_EQ(found_in("{'displayName': 'A', 'sequence': 9, 'actions': {'stopProcessingRules': "
                       "true}},{'displayName': 'B', 'sequence': 1, 'actions': {'hold': true}}"),
              "");
}

TEST(RuleFindings, AnActionThatAnEarlierRuleAlwaysExcludesIsFound) {
    EXPECT_EQ(
        found_in(rule_text("A", "{'fromDomains': ['x.test']}", "{'moveToFolder': 'Inbox/A'}") +
                 "," +
                 rule_text("B", "{'fromAddresses': ['a@x.test']}",
                           "{'moveToFolder': 'Inbox/B', 'skipLogging': true}")),
        "overruled /rules/1/actions/moveToFolder\n");
    EXPECT_EQ(found_in(rule_text("A", "{}", "{'hold': true}") + "," +
                       rule_text("B", "{'subjectContains': 'x'}", "{'logInteraction': true}")),
              "overruled /rules/1/actions/logInteraction\n");
    EXPECT_EQ(found_in(rule_text("A", "{}", "{'moveToFolder': 'Inbox/A'}") + "," +
                       rule_text("B", "{'subjectContains': 'x'}", "{'moveToFolder': 'Inbox/A'}")),
              "");
}

TEST(RuleFindings, ARuleThatCannotMatchIsFound) {
    const std::pair<const char*, const char*> cases[] = {
        {"{'sentToMe': true, 'notSentToMe': true}", "/conditions/notSentToMe"},
        {"{'fromAddresses': ['a@x.test'], 'fromDomains': ['y.test']}", "/conditions/fromDomains"},
        {"{'fromDomains': ['x.test'], 'allOf': [{'fromDomains': ['y.test', 'z.test']}]}",
         "/conditions/allOf/0/fromDomains"},
        {"{'senderIs': 'unknown', 'senderHasOpenOpportunity': true}",
         "/conditions/senderHasOpenOpportunity"},
        {"{'attachmentExtensionIs': 'pdf', 'hasAttachments': false}", "/conditions/hasAttachments"},
        {"{'importance': 'high', 'not': {'importance': ['high', 'low']}}", "/conditions/not"},
        {"{'folder': 'Inbox', 'anyOf': [{'folder': 'A'}, {'folderUnder': 'B'}]}",
         "/conditions/anyOf"},
        {"{'withinSizeRange': {'maximumSize': 5}, 'allOf': [{'withinSizeRange': {'minimumSize': "
         "6}}]}",
         "/conditions/allOf/0/withinSizeRange"},
    };
    for (const auto& [conditions, place] : cases)
        EXPECT_EQ(found_in(rule_text("A", conditions, "{'hold': true}")),
                  std::string("neverMatches /rules/0") + place + "\n");
    EXPECT_EQ(found_in(rule_text("A", "{'subjectContains': 'offer'}", "{'hold': true}",
                                 "{'bodyOrSubjectContains': 'off'}")),
              "neverMatches /rules/0/exceptions/bodyOrSubjectContains\n");
    EXPECT_EQ(found_in(rule_text("A", "{'senderIs': ['unknown', 'lead'], 'senderCompanyIn': 'K'}",
                                 "{'hold': true}")),
              "");
}

TEST(RuleFindings, ExpressionsWithoutALiteralAreNamed) {
    EXPECT_EQ(
        found_in(rule_text("A", "{'bodyMatches': ['[0-9]{4}', 'abc[0-9]']}", "{'hold': true}")),
        "triedOnEveryMail /rules/0/conditions/bodyMatches\n");
}

TEST(RuleFindings, TheOrganisationsRuleShadowsAMailboxesRule) {
    const std::string stop = quoted("{'rules': [" + rule_text("All", "{}", kStop) + "]}");
    const std::string own = quoted(
        "{'rules': [\n" + rule_text("Own", "{'subjectContains': 'x'}", "{'hold': true}") + "]}");
    const RuleScope ann{RuleScope::Kind::Mailbox, "ann@x.test"};
    const RuleScope bob{RuleScope::Kind::Mailbox, "bob@x.test"};
    const auto found = find_findings({{ann, own}, {{}, stop}}, {});
    ASSERT_EQ(found.size(), 1u);
    EXPECT_EQ(found[0].scope, "mailbox:ann@x.test");
    EXPECT_EQ(found[0].place.line, 2u);
    EXPECT_TRUE(find_findings({{ann, stop}, {bob, own}}, {}).empty());
}

/// What is found must be true: no mail may ever prove a finding wrong.
TEST(RuleFindings, NoRandomMailProvesAFindingWrong) {
    std::map<RuleFinding::Kind, std::size_t> seen;
    for (std::uint64_t seed = 1; seed <= 150; ++seed) {
        reference::Dice dice(seed + 77'000);
        const std::string document = reference::random_document(dice, 40);
        std::string problem;
        const RuleSet set = samples::load_or_empty(document, problem);
        ASSERT_EQ(problem, "");
        std::set<std::string> never;
        for (const RuleFinding& one : find_findings(document)) {
            ++seen[one.kind];
            if (one.kind != RuleFinding::Kind::NeverMatches &&
                one.kind != RuleFinding::Kind::Shadowed)
                continue;
            const std::string rest = one.place.pointer.substr(7);
            never.insert("R" + rest.substr(0, rest.find('/')));
        }
        for (int i = 0; i < 40; ++i) {
            const reference::ReferenceInput in = reference::random_mail(dice);
            for (const std::string& id :
                 set.evaluate(in.mail, reference::facts_of_reference(in)).matched)
                EXPECT_FALSE(never.contains(id)) << "seed " << seed << " " << id;
        }
    }
    EXPECT_GT(seen[RuleFinding::Kind::NeverMatches], 20u);
    EXPECT_GT(seen[RuleFinding::Kind::Shadowed], 20u);
}

TEST(RuleFindings, TenThousandRulesAreComparedWithinTheBound) {
    std::string rules;
    for (int i = 0; i < 10'000; ++i) {
        const std::string n = std::to_string(i);
        rules += std::string(i == 0 ? "" : ",") +
                 rule_text("R" + n, "{'fromAddresses': ['p" + n + "@x" + n + ".test']}", kStop);
    }
    rules += "," + rule_text("Last", "{'fromAddresses': ['p77@x77.test'], 'sentToMe': true}",
                             "{'hold': true}");
    EXPECT_EQ(found_in(rules.substr(rules.find("{'displayName': 'R1'"))), "shadowed /rules/9999\n");
}

}  // namespace
}  // namespace liaison::rules
