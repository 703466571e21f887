#include <gtest/gtest.h>

#include "rules/inbox_compile.hpp"
#include "rules/inbox_plan.hpp"
#include "tests/rules/rule_samples.hpp"

namespace liaison::rules {
namespace {

using samples::quoted;

Document inbox_document(const std::string& rules) {
    auto read = read_document(quoted("{'rules': [" + rules + "]}"));
    if (!read) ADD_FAILURE() << samples::errors_text(read.error());
    return read ? *std::move(read) : Document{};
}

std::string rule_text(const std::string& name, const std::string& rest) {
    return "{'displayName': '" + name + "', " + rest + "}";
}

/// "pushed" or the first reason why not.
std::string verdict(const std::string& conditions, const std::string& exceptions = "{}",
                    const std::string& actions = "{'assignCategories': ['C']}",
                    const InboxScope& scope = {"alice@example.test", {}}) {
    const Document document = inbox_document(rule_text("R", "'conditions': " + conditions +
                                                                ", 'exceptions': " + exceptions +
                                                                ", 'actions': " + actions));
    const InboxCompilation compiled = compile_inbox_rules(document, scope);
    return compiled.drafts.empty() ? compiled.staying.at(0).reasons.at(0) : "pushed";
}

InboxDraft draft_of_rule(const std::string& conditions, const std::string& exceptions = "{}") {
    const Document document = inbox_document(
        rule_text("R", "'conditions': " + conditions + ", 'exceptions': " + exceptions +
                           ", 'actions': {'assignCategories': ['C']}"));
    const InboxCompilation compiled = compile_inbox_rules(document, {"alice@example.test", {}});
    EXPECT_EQ(compiled.drafts.size(), 1U);
    return compiled.drafts.empty() ? InboxDraft{} : compiled.drafts.front();
}

TEST(InboxCompile, WhatExchangeKnowsIsPushed) {
    EXPECT_EQ(verdict("{'subjectContains': ['a'], 'hasAttachments': true}"), "pushed");
    EXPECT_EQ(verdict("{'senderContains': ['@acme.test']}"), "pushed");
    EXPECT_EQ(verdict("{'mailbox': ['alice@example.test'], 'folder': ['Inbox']}"), "pushed");
    EXPECT_EQ(verdict("{}", "{'anyOf': [{'subjectContains': 'a'}, {'isSigned': true}]}"), "pushed");
}

TEST(InboxCompile, WhatItDoesNotKnowStaysWithTheReason) {
    EXPECT_EQ(verdict("{'senderIs': 'contact'}"), "senderIs: only Liaison can tell");
    EXPECT_EQ(verdict("{'fromDomains': ['acme.test']}"),
              "fromDomains: Exchange has no condition on domains");
    EXPECT_EQ(verdict("{'anyOf': [{'subjectContains': 'a'}, {'bodyContains': 'b'}]}"),
              "anyOf over different conditions");
    EXPECT_EQ(verdict("{}", "{'allOf': [{'subjectContains': 'a', 'bodyContains': 'b'}]}"),
              "an exception or not over several conditions at once");
    EXPECT_NE(verdict("{'senderContains': ['acme']}"), "pushed") << "names";
    EXPECT_NE(verdict("{'isAutomaticReply': true}"), "pushed");
    EXPECT_EQ(verdict("{'mailbox': ['bob@example.test']}"),
              "it holds for no mail that arrives in this Inbox");
    EXPECT_EQ(verdict("{'folder': ['Inbox/CRM']}"),
              "it holds for no mail that arrives in this Inbox");
    EXPECT_EQ(verdict("{}", "{}", "{'skipLogging': true}"), "skipLogging: only Liaison does this");
    EXPECT_EQ(verdict("{}", "{}", "{'logInteraction': true, 'assignCategories': ['C']}"),
              "logInteraction: only Liaison does this");
}

TEST(InboxCompile, NegationsBecomeExceptionsAndTheOtherWayRound) {
    const InboxDraft a =
        draft_of_rule("{'hasAttachments': false, 'not': {'subjectContains': ['re:']}}");
    EXPECT_TRUE(a.rule.conditions.empty());
    EXPECT_TRUE(a.rule.exceptions.flags.at("hasAttachments"));
    EXPECT_EQ(a.rule.exceptions.lists.at("subjectContains"), std::vector<std::string>{"re:"});
    const InboxDraft b =
        draft_of_rule("{}", "{'hasAttachments': false, 'importance': ['low', 'normal']}");
    EXPECT_TRUE(b.rule.conditions.flags.at("hasAttachments"));
    EXPECT_EQ(b.rule.conditions.importance, "high") << "not low and not normal";
    const InboxDraft c = draft_of_rule("{'importance': ['low', 'high']}");
    EXPECT_EQ(c.rule.exceptions.importance, "normal");
    const InboxDraft d =
        draft_of_rule("{}", "{'subjectContains': ['a'], 'anyOf': [{'subjectContains': ['b']}]}");
    EXPECT_EQ(d.rule.exceptions.lists.at("subjectContains"), (std::vector<std::string>{"a", "b"}));
}

TEST(InboxCompile, AMoveMustNotTakeMailAwayBeforeItIsLogged) {
    const std::string move = "{'moveToFolder': 'Archive/Offers'}";
    EXPECT_EQ(verdict("{}", "{}", move), "pushed") << "the Inbox is not designated";
    const InboxScope inbox{"alice@example.test", {{"Inbox", true}}};
    EXPECT_EQ(verdict("{}", "{}", move, inbox),
              "moveToFolder: the mail would leave the designated folders before it is logged");
    EXPECT_EQ(verdict("{}", "{}", "{'moveToFolder': 'Inbox/Offers'}", inbox), "pushed");
    const InboxScope flat{"alice@example.test", {{"Inbox", false}}};
    EXPECT_NE(verdict("{}", "{}", "{'moveToFolder': 'Inbox/Offers'}", flat), "pushed");
}

/// Which of several rules are pushed, by name.
std::string pushed_of(const std::string& rules) {
    std::string out;
    for (const InboxDraft& draft :
         compile_inbox_rules(inbox_document(rules), {"alice@example.test", {}}).drafts)
        out += draft.display_name;
    return out;
}

TEST(InboxCompile, EarlierRulesOfLiaisonKeepLaterOnesOutOnlyWhereTheOutcomeWouldDiffer) {
    const std::string crm = "'conditions': {'senderIs': 'contact'}, ";
    const std::string a = rule_text(
        "A", "'conditions': {'subjectContains': ['a']}, 'actions': {'assignCategories': ['X']}");
    const std::string move_b = rule_text(
        "B", "'conditions': {'subjectContains': ['b']}, 'actions': {'moveToFolder': 'Inbox/B'}");
    const std::string move_c = rule_text(
        "C", "'conditions': {'subjectContains': ['c']}, 'actions': {'moveToFolder': 'Inbox/C'}");
    EXPECT_EQ(
        pushed_of(
            rule_text("S", crm + "'actions': {'skipLogging': true, 'stopProcessingRules': true}") +
            "," + a),
        "");
    EXPECT_EQ(pushed_of(rule_text("S", crm + "'actions': {'skipLogging': true}") + "," + a), "A");
    EXPECT_EQ(pushed_of(rule_text("M", crm + "'actions': {'moveToFolder': 'Inbox/M'}") + "," + a +
                        "," + move_b),
              "A");
    EXPECT_EQ(pushed_of(move_b + "," + move_c), "B") << "Exchange would put the mail into both";
    const std::string stop_b =
        rule_text("B",
                  "'conditions': {'subjectContains': ['b']}, 'actions': {'moveToFolder': "
                  "'Inbox/B', 'stopProcessingRules': true}");
    EXPECT_EQ(pushed_of(stop_b + "," + move_c), "BC") << "no mail reaches both";
    const std::string hold = rule_text("H", crm + "'actions': {'hold': true}");
    EXPECT_EQ(pushed_of(a + "," + hold), "") << "a held mail is left alone";
    EXPECT_EQ(pushed_of(hold + "," + a), "");
    EXPECT_EQ(pushed_of(stop_b + "," + hold), "B");
    EXPECT_EQ(
        pushed_of(
            a + "," +
            rule_text("D", "'conditions': {'categories': ['X']}, 'actions': {'markAsRead': true}")),
        "A");
    EXPECT_EQ(
        pushed_of(
            rule_text("O", "'isEnabled': false, " + crm +
                               "'actions': {'stopProcessingRules': true, 'skipLogging': true}") +
            "," + a),
        "A");
}

WantedInboxRule wanted_rule(const std::string& id, const std::string& subject) {
    WantedInboxRule out{id, "Rule " + id, {}};
    out.rule.conditions.lists["subjectContains"] = {subject};
    out.rule.actions.assign_categories = {"C"};
    return out;
}

/// What the mailbox holds after the plan's change.
InboxRuleList after(const InboxRuleList& before, const InboxRuleChange& change) {
    InboxRuleList out = before;
    std::erase_if(out.rules, [&](const InboxRule& rule) {
        return std::ranges::find(change.remove, rule.id) != change.remove.end();
    });
    for (const InboxRule& rule : change.replace)
        for (InboxRule& there : out.rules)
            if (there.id == rule.id) there = rule;
    for (InboxRule rule : change.create) {
        rule.id = "new-" + std::to_string(out.rules.size());
        out.rules.push_back(rule);
    }
    std::ranges::sort(out.rules, {}, &InboxRule::priority);
    return out;
}

std::string states(const InboxPlan& plan) {
    std::string out;
    for (const InboxPlanLine& line : plan.lines) out += std::string(to_string(line.state)) + " ";
    return out;
}

TEST(InboxPlan, ForeignRulesAreNeverTouchedAndComeFirst) {
    InboxRuleList box;
    InboxRule boss;
    boss.id = "F1";
    boss.display_name = "Liaison: looks like ours [zz]";
    boss.priority = 7;
    boss.actions.stop_processing = true;
    InboxRule odd = boss;
    odd.id = "F2";
    odd.display_name = inbox_rule_name(wanted_rule("a", "x"));
    odd.supported = false;
    box.rules = {boss, odd};
    const InboxPlan plan = plan_inbox_rules({wanted_rule("a", "x"), wanted_rule("b", "y")}, box);
    EXPECT_EQ(states(plan), "missing missing ");
    ASSERT_EQ(plan.change.create.size(), 2U);
    EXPECT_GT(plan.change.create[0].priority, 7);
    EXPECT_LT(plan.change.create[0].priority, plan.change.create[1].priority);
    EXPECT_TRUE(plan.change.replace.empty() && plan.change.remove.empty());
    EXPECT_EQ(plan.foreign.size(), 2U);
    EXPECT_FALSE(plan.notes.empty()) << "an owner's rule that ends the looking is worth a word";
    const InboxPlan again =
        plan_inbox_rules({wanted_rule("a", "x"), wanted_rule("b", "y")}, after(box, plan.change));
    EXPECT_TRUE(again.in_step());
    EXPECT_EQ(states(again), "in_step in_step ");
}

TEST(InboxPlan, EveryKindOfDriftIsNamedAndMended) {
    const std::vector<WantedInboxRule> wanted{wanted_rule("a", "x"), wanted_rule("b", "y"),
                                              wanted_rule("c", "z")};
    const InboxRuleList good = after({}, plan_inbox_rules(wanted, {}).change);
    const auto drift = [&](const std::function<void(InboxRuleList&)>& meddle,
                           const std::string& expected, const std::vector<WantedInboxRule>& now) {
        InboxRuleList box = good;
        meddle(box);
        const InboxPlan plan = plan_inbox_rules(now, box);
        EXPECT_EQ(states(plan), expected);
        EXPECT_FALSE(plan.in_step());
        EXPECT_TRUE(plan_inbox_rules(now, after(box, plan.change)).in_step()) << expected;
    };
    drift([](InboxRuleList& box) { box.rules[1].enabled = false; }, "in_step changed in_step ",
          wanted);
    drift([](InboxRuleList& box) { box.rules[1].actions.foreign = {"Delete"}; },
          "in_step changed in_step ", wanted);
    drift([](InboxRuleList& box) { box.rules[0].conditions.lists["subjectContains"] = {"else"}; },
          "changed in_step in_step ", wanted);
    drift([](InboxRuleList& box) { box.rules.erase(box.rules.begin()); },
          "missing in_step in_step ", wanted);
    drift([](InboxRuleList& box) { std::swap(box.rules[0].priority, box.rules[2].priority); },
          "moved in_step moved ", wanted);
    drift([](InboxRuleList&) {}, "in_step outdated in_step ",
          {wanted_rule("a", "x"), wanted_rule("b", "other"), wanted_rule("c", "z")});
    drift([](InboxRuleList&) {}, "in_step in_step surplus ",
          {wanted_rule("a", "x"), wanted_rule("b", "y")});
    drift(
        [](InboxRuleList& box) {
            box.rules.push_back(box.rules[0]);
            box.rules.back().id = "twin";
        },
        "in_step in_step in_step surplus ", wanted);
    drift([](InboxRuleList& box) { box.rules[2].in_error = true; }, "in_step in_step changed ",
          wanted);
}

TEST(InboxPlan, TheMarkIsReadBackFromTheName) {
    const WantedInboxRule rule = wanted_rule("a", "x");
    const std::string name = inbox_rule_name(rule);
    EXPECT_TRUE(name.starts_with("Liaison: Rule a [")) << name;
    ASSERT_TRUE(read_inbox_rule_mark(name));
    for (const char* other :
         {"", "Liaison: x", "Liaison: x [01234567-89abcdeg]", "x [01234567-89abcdef]",
          "Liaison: x[01234567-89abcdef]", "Liaison: [01234567-89abcdef] x"})
        EXPECT_FALSE(read_inbox_rule_mark(other)) << other;
    WantedInboxRule long_name = rule;
    long_name.display_name = std::string(500, 'n') + "\n";
    EXPECT_LT(inbox_rule_name(long_name).size(), 140U);
    EXPECT_TRUE(read_inbox_rule_mark(inbox_rule_name(long_name)));
}

TEST(InboxPlan, OutlooksOwnRulesAreAWarningThatNamesWhatWouldBeLost) {
    InboxRuleList box;
    box.outlook_rules = true;
    InboxRule off;
    off.id = "F";
    off.display_name = "Summer";
    off.enabled = false;
    box.rules = {off};
    const InboxPlan plan = plan_inbox_rules({wanted_rule("a", "x")}, box);
    ASSERT_EQ(plan.notes.size(), 1U);
    EXPECT_NE(plan.notes[0].find("\"Summer\""), std::string::npos);
    EXPECT_FALSE(plan.change.remove_outlook_rules) << "never without consent";
}

}  // namespace
}  // namespace liaison::rules
