#include <gtest/gtest.h>

#include "core/limits.hpp"
#include "tests/rules/random_rules.hpp"
#include "tests/rules/rule_samples.hpp"

// No input makes the matcher super-linear: counted in steps, because a clock proves nothing.
namespace liaison::rules {
namespace {

using reference::Dice;
using samples::quoted;

RuleSet loaded(const std::string& document) {
    std::string problem;
    RuleSet set = samples::load_or_empty(document, problem);
    EXPECT_EQ(problem, "");
    return set;
}

std::string rules_of(const std::vector<std::string>& conditions) {
    std::string out;
    for (const std::string& one : conditions)
        out += std::string(out.empty() ? "" : ",") + "{'displayName': 'R" +
               std::to_string(out.size()) + "', 'conditions': " + one +
               ", 'actions': {'markAsRead': true}}";
    return quoted("{'rules': [" + out + "]}");
}

EvaluationSteps steps_of(const RuleSet& set, const MailMessage& mail) {
    EvaluationSteps steps;
    set.evaluate(mail, {}, TraceDetail::None, &steps);
    return steps;
}

MailMessage mail_with_body(std::string body) {
    MailMessage mail;
    mail.from = MailAddress{"a@x.test", ""};
    mail.text_body = std::move(body);
    return mail;
}

/// Many texts of which every suffix of one begins another.
TEST(RuleSteps, OverlappingTextsCostTwoStepsAByte) {
    std::vector<std::string> conditions;
    for (int length = 1; length <= 250; ++length)
        for (const char* last : {"", "b", "c"})
            conditions.push_back("{'bodyContains': ['" +
                                 std::string(static_cast<std::size_t>(length), 'a') + last + "']}");
    const RuleSet set = loaded(rules_of(conditions));
    for (const std::size_t length : {1'000u, 10'000u, 100'000u}) {
        const EvaluationSteps all_a = steps_of(set, mail_with_body(std::string(length, 'A')));
        EXPECT_EQ(all_a.phrase_bytes, length);
        EXPECT_LE(all_a.phrase_steps, 2 * length);
        std::string broken;
        while (broken.size() < length) broken += std::string(249, 'a') + "x";
        const EvaluationSteps failing = steps_of(set, mail_with_body(broken));
        EXPECT_LE(failing.phrase_steps, 2 * broken.size());
        EXPECT_LE(failing.phrases_found, conditions.size()) << "each once, however often it occurs";
    }
}

/// So many long texts that most states have no full row, and a body made of their beginnings.
TEST(RuleSteps, TextsThatAlmostOccurCostTwoStepsAByte) {
    Dice dice(3);
    std::vector<std::string> conditions, phrases;
    for (int i = 0; i < 3'000; ++i) {
        std::string phrase;
        for (int k = 0; k < 60; ++k) phrase += static_cast<char>('a' + dice.roll(2));
        phrases.push_back(phrase);
        conditions.push_back("{'bodyContains': ['" + phrase + "']}");
    }
    const RuleSet set = loaded(rules_of(conditions));
    for (const std::size_t length : {2'000u, 20'000u, 200'000u}) {
        std::string body;
        while (body.size() < length) body += dice.pick(phrases).substr(0, 30 + dice.roll(29));
        EXPECT_LE(steps_of(set, mail_with_body(body)).phrase_steps, 2 * body.size());
    }
}

/// Expressions that make a back-tracking matcher exponential. RE2 is linear in the text it is
/// given; what is counted is that it is given each text once per expression.
TEST(RuleSteps, HostileExpressionsSeeTheTextOnceEach) {
    const std::vector<std::string> patterns = {"(x+x+)+yyy", "(xxx|xx)+zzz", "(x*)*yyyz",
                                               "xxx.*xxx.*xxx.*yyz", "(xxx[a-z]{1,9}){1,9}qqq"};
    std::vector<std::string> conditions;
    for (const std::string& one : patterns)
        conditions.push_back("{'bodyMatches': ['" + one + "']}");
    const RuleSet set = loaded(rules_of(conditions));
    for (const std::size_t length : {1'000u, 100'000u}) {
        const std::string body = std::string(length, 'x') + "yy zzz qqq yyz yyyz yyy!";
        const EvaluationSteps steps = steps_of(set, mail_with_body(body));
        EXPECT_LE(steps.patterns_tried, patterns.size());
        EXPECT_GT(steps.patterns_tried, 0u);
        EXPECT_LE(steps.pattern_bytes, patterns.size() * body.size());
    }
    EXPECT_EQ(steps_of(set, mail_with_body(std::string(100'000, 'x'))).patterns_tried, 0u)
        << "without their literals they are not tried";
}

TEST(RuleSteps, TenThousandRulesCostHardlyMoreThanTen) {
    Dice dice(9);
    const auto word = [&] {
        std::string out;
        for (int i = 0; i < 12; ++i) out += static_cast<char>('a' + dice.roll(26));
        return out;
    };
    std::string body;
    while (body.size() < 8'000) body += word() + " ";
    EvaluationSteps few, many;
    for (const int count : {10, 10'000}) {
        std::vector<std::string> conditions;
        for (int i = 0; i < count; ++i) {
            const std::string n = std::to_string(i);
            if (i % 10 < 5)
                conditions.push_back("{'fromAddresses': ['p" + n + "@x.test'], 'sentToMe': true}");
            else if (i % 10 < 9)
                conditions.push_back("{'bodyContains': ['" + word() + "']}");
            else
                conditions.push_back("{'subjectMatches': ['" + word().substr(0, 3) +
                                     (i < 10'000 / 10 ? "[0-9]+'" : "x'") + "]}");
        }
        (count == 10 ? few : many) = steps_of(loaded(rules_of(conditions)), mail_with_body(body));
    }
    EXPECT_EQ(many.values, few.values);
    EXPECT_EQ(many.phrase_bytes, few.phrase_bytes);
    EXPECT_LE(many.phrase_steps, few.phrase_steps * 2);
    EXPECT_LE(many.rules, few.rules + 2);
    EXPECT_LE(many.nodes, few.nodes + 8);
}

TEST(RuleSteps, RecipientsDomainsAndFoldersAreBounded) {
    const RuleSet set = loaded(rules_of(
        {"{'sentToAddresses': ['a@x.test']}", "{'sentToDomains': ['x.test']}",
         "{'folderUnder': ['Inbox']}", "{'fromDomains': ['y.test']}", "{'sentToMe': true}"}));
    MailMessage mail;
    std::string domain;
    for (int i = 0; i < 2'000; ++i) domain += "a.";
    for (std::size_t i = 0; i < 4 * limits::recipients_max; ++i)
        mail.to.push_back({"p" + std::to_string(i) + "@" + domain + "test", ""});
    Facts facts;
    for (int i = 0; i < 50'000; ++i) facts.folder += "/a";
    EvaluationSteps steps;
    set.evaluate(mail, facts, TraceDetail::None, &steps);
    EXPECT_LE(steps.values, limits::recipients_max + 200) << "a domain of 4 KB is none";
    mail.to.assign(4 * limits::recipients_max, {"p@a.b.c.d.e.f.test", ""});
    set.evaluate(mail, facts, TraceDetail::None, &steps);
    EXPECT_LE(steps.values, 8 * limits::recipients_max + 200);
}

/// A mail that wakes every rule and fulfils almost all of each: each node is visited once.
TEST(RuleSteps, ARuleVisitsEachOfItsNodesOnce) {
    std::string group = "{'bodyContains': ['zz'], 'senderIs': 'lead'}";
    for (int depth = 0; depth < 4; ++depth)
        group = "{'anyOf': [" + group + "," + group + "], 'bodyContains': ['zz']}";
    const RuleSet set = loaded(rules_of({group}));
    const EvaluationSteps steps = steps_of(set, mail_with_body("zz"));
    EXPECT_EQ(steps.rules, 1u);
    EXPECT_LE(steps.nodes, 300u);
}

}  // namespace
}  // namespace liaison::rules
