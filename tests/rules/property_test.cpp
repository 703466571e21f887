#include <iostream>

#include <gtest/gtest.h>

#include "rules/fold.hpp"
#include "rules/phrase_matcher.hpp"
#include "tests/rules/random_rules.hpp"
#include "tests/rules/reference_bridge.hpp"
#include "tests/rules/rule_samples.hpp"

namespace liaison::rules {
namespace {

using reference::Dice;
using reference::facts_of_reference;
using reference::outcome_of_actions;

TEST(RuleProperty, RandomRulesOverRandomMailsAgreeWithTheReference) {
    std::size_t decisions = 0, matches = 0;
    for (std::uint64_t seed = 1; seed <= 1000; ++seed) {
        Dice dice(seed);
        const std::string document = reference::random_document(dice, 1 + dice.roll(30));
        std::string problem;
        const RuleSet set = samples::load_or_empty(document, problem);
        ASSERT_EQ(problem, "") << "seed " << seed << "\n" << document;
        const reference::ReferenceRules judge(document);
        for (int i = 0; i < 5; ++i) {
            const reference::ReferenceInput in = reference::random_mail(dice);
            const MailActions got = set.evaluate(in.mail, facts_of_reference(in));
            const reference::ReferenceOutcome expected = judge.evaluate(in);
            ASSERT_EQ(outcome_of_actions(got), expected) << "seed " << seed << " mail " << i << "\n"
                                                         << document;
            const MailActions explained =
                set.evaluate(in.mail, facts_of_reference(in), TraceDetail::All);
            ASSERT_EQ(got.actions, explained.actions) << "seed " << seed;
            ASSERT_EQ(got.matched, explained.matched) << "seed " << seed;
            ++decisions;
            matches += got.matched.size();
        }
        const RuleSet again = samples::load_or_empty(set.canonical(), problem);
        ASSERT_EQ(problem, "");
        ASSERT_EQ(again.version(), set.version()) << "seed " << seed;
    }
    EXPECT_GT(matches, decisions);
    std::cout << decisions << " decisions, " << matches << " matches\n";
}

TEST(RuleProperty, PhraseMatcherAgreesWithFind) {
    const std::vector<std::string> letters = {"a", "b", "A", "B", "\xC3\xA4", "\xC3\x84", "c", " "};
    for (std::uint64_t seed = 1; seed <= 2000; ++seed) {
        Dice dice(seed);
        const auto random = [&](std::size_t length) {
            std::string out;
            for (std::size_t i = 0; i < length; ++i) out += dice.pick(letters);
            return out;
        };
        std::set<std::string> phrases;
        for (std::size_t i = dice.roll(40); i > 0; --i)
            phrases.insert(fold(random(1 + dice.roll(seed % 2 == 0 ? 5 : 12))));
        const std::vector<std::string> list(phrases.begin(), phrases.end());
        const std::string first = random(dice.roll(30)), second = random(dice.roll(30));
        const PhraseMatcher matcher(list);
        PhraseMatcher::Scan scan(matcher);
        std::vector<std::uint32_t> found;
        scan.feed(first, found);
        scan.feed(second, found);
        const std::set<std::uint32_t> got(found.begin(), found.end());
        ASSERT_EQ(got.size(), found.size()) << "each phrase once";
        std::set<std::uint32_t> expected;
        for (std::uint32_t i = 0; i < list.size(); ++i)
            for (const std::string& text : {first, second})
                if (reference::lower_letters(text).find(list[i]) != std::string::npos)
                    expected.insert(i);
        ASSERT_EQ(got, expected) << "seed " << seed;
    }
}

TEST(RuleProperty, ManyLongPhrasesUseTheSparseStates) {
    Dice dice(7);
    std::vector<std::string> phrases;
    std::set<std::string> seen;
    while (phrases.size() < 3000) {
        std::string phrase;
        for (int i = 0; i < 24; ++i) phrase += static_cast<char>('a' + dice.roll(3));
        if (seen.insert(phrase).second) phrases.push_back(phrase);
    }
    const PhraseMatcher matcher(phrases);
    for (std::size_t i = 0; i < 30; ++i) {
        std::string text;
        std::set<std::uint32_t> expected;
        for (int k = 0; k < 5; ++k) {
            const auto index = static_cast<std::uint32_t>(dice.roll(phrases.size()));
            text += phrases[index];
            for (std::size_t n = dice.roll(30); n > 0; --n)
                text += static_cast<char>('A' + dice.roll(3));
        }
        for (std::uint32_t p = 0; p < phrases.size(); ++p)
            if (reference::lower_letters(text).find(phrases[p]) != std::string::npos)
                expected.insert(p);
        std::vector<std::uint32_t> found;
        PhraseMatcher::Scan(matcher).feed(text, found);
        ASSERT_EQ(std::set<std::uint32_t>(found.begin(), found.end()), expected);
    }
}

TEST(RuleProperty, FoldAgreesWithTheLocaleOnItsLetters) {
    const auto in_range = [](unsigned c) {
        return (c >= 0xC0 && c <= 0x17E && c != 0x130 && c != 0x17F) ||
               (c >= 0x386 && c <= 0x3C1) || (c >= 0x400 && c <= 0x44F);
    };
    for (unsigned c = 0x80; c < 0x800; ++c) {
        const std::string letter{static_cast<char>(0xC0 | (c >> 6)),
                                 static_cast<char>(0x80 | (c & 0x3F))};
        if (in_range(c)) {
            EXPECT_EQ(fold(letter), reference::lower_letters(letter)) << std::hex << c;
        } else if (c != 0x3C2) {
            EXPECT_EQ(fold(letter), letter) << std::hex << c;
        }
    }
}

}  // namespace
}  // namespace liaison::rules
