#include <iostream>
#include <map>
#include <set>

#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "rules/language.hpp"
#include "tests/rules/real_mails.hpp"
#include "tests/rules/reference_bridge.hpp"
#include "tests/rules/rule_samples.hpp"
#include "tests/rules/three_hundred_rules.hpp"

// The 300 rules over real mails, judged by the reference evaluator.
namespace liaison::rules {
namespace {

/// How often each condition held and did not, by its name in a path of the trace.
class Coverage {
public:
    void add(const MailActions& got) {
        for (const RuleOutcome& rule : got.outcomes)
            for (const ConditionOutcome& one : rule.conditions)
                ++counts_[one.path.substr(one.path.rfind('/') + 1)][one.holds ? 1 : 0];
        for (const MailAction& action : got.actions) actions_.insert(action.kind);
    }
    /// Conditions that never held or always did.
    std::set<std::string> one_sided() const {
        std::set<std::string> out;
        for (const ConditionInfo& what : all_conditions()) {
            const auto at = counts_.find(std::string(what.name));
            if (at == counts_.end() || at->second[0] == 0 || at->second[1] == 0)
                out.insert(std::string(what.name));
        }
        return out;
    }
    std::size_t kinds_of_action() const { return actions_.size(); }

private:
    std::map<std::string, std::array<std::size_t, 2>> counts_;
    std::set<MailActionKind> actions_;
};

struct Comparison {
    std::size_t mails = 0, matches = 0, different = 0;
    Coverage coverage;
};

void compare(const std::string& archive, Comparison& into) {
    const std::string document = reference::three_hundred_rules();
    std::string problem;
    const RuleSet set = samples::load_or_empty(document, problem);
    ASSERT_EQ(problem, "");
    ASSERT_EQ(set.rule_count(), 300u);
    const reference::ReferenceRules judge(document);
    reference::for_each_real_mail(
        archive, [&](const std::string& file, const reference::ReferenceInput& in) {
            const Facts facts = reference::facts_of_reference(in);
            const MailActions got = set.evaluate(in.mail, facts);
            const reference::ReferenceOutcome expected = judge.evaluate(in);
            ++into.mails;
            into.matches += got.matched.size();
            if (reference::outcome_of_actions(got) != expected && ++into.different <= 5)
                ADD_FAILURE() << file << "\n"
                              << reference::outcome_of_actions(got) << "\nexpected\n"
                              << expected;
            if (into.mails % 4 != 0) return;
            const MailActions all = set.evaluate(in.mail, facts, TraceDetail::All);
            if (all.actions != got.actions) ADD_FAILURE() << file << " with the whole trace";
            into.coverage.add(all);
        });
}

TEST(RealMail, ThreeHundredRulesDecideOrdinaryMailsAsTheReferenceDoes) {
    if (!reference::have_real_mails("mail-ordinary.tar.zst"))
        GTEST_SKIP() << "the collection of mails is not at hand";
    Comparison seen;
    compare("mail-ordinary.tar.zst", seen);
    EXPECT_EQ(seen.mails, 7513u);
    EXPECT_EQ(seen.different, 0u);
    EXPECT_GT(seen.matches, seen.mails);
    EXPECT_EQ(seen.coverage.kinds_of_action(), 13u);
    EXPECT_EQ(seen.coverage.one_sided(), std::set<std::string>());
    std::cout << seen.mails << " mails, " << seen.matches << " matches\n";
}

TEST(RealMail, ThreeHundredRulesDecideTheTortureSetAsTheReferenceDoes) {
    if (!reference::have_real_mails("mail-mime-torture.tar.zst"))
        GTEST_SKIP() << "the collection of mails is not at hand";
    Comparison seen;
    compare("mail-mime-torture.tar.zst", seen);
    EXPECT_GT(seen.mails, 1'000u);
    EXPECT_EQ(seen.different, 0u);
    std::cout << seen.mails << " mails, " << seen.matches << " matches\n";
}

TEST(RealMail, TheThreeHundredRulesUseTheWholeLanguage) {
    const std::string document = reference::three_hundred_rules();
    for (const ConditionInfo& what : all_conditions())
        EXPECT_NE(document.find("\"" + std::string(what.name) + "\":"), std::string::npos)
            << what.name;
    for (const KeyInfo& action : action_keys())
        EXPECT_NE(document.find("\"" + std::string(action.name) + "\":"), std::string::npos)
            << action.name;
}

}  // namespace
}  // namespace liaison::rules
