#include <ctime>
#include <iostream>

#include <gtest/gtest.h>

#include "tests/rules/random_rules.hpp"
#include "tests/rules/rule_samples.hpp"

// Prints what rules cost. CPU time of this process; no assertion depends on it.
namespace liaison::rules {
namespace {

using reference::Dice;

std::string made_up_word(Dice& dice) {
    static const char* const kSyllables[] = {"ka",  "ri",  "mo",  "ten", "sul", "ver",
                                             "pla", "non", "the", "ing", "er",  "st"};
    std::string out;
    for (std::size_t i = 1 + dice.roll(3); i > 0; --i)
        out += kSyllables[dice.roll(std::size(kSyllables))];
    return out;
}

std::string made_up_phrase(Dice& dice) {
    return made_up_word(dice) + " " + made_up_word(dice) + made_up_word(dice) + " " +
           made_up_word(dice) + "x";
}

/// The mix of performance.md 1, without its regular expressions: of 20 rules 7 sender addresses, 3
/// sender domains, 2 recipients, 4 subject phrases, 2 body phrases, 1 domain with a subject word, 1
/// size with a header word.
std::string document_of(std::size_t rules) {
    Dice dice(99);
    std::string out = "{'rules':[";
    for (std::size_t i = 0; i < rules; ++i) {
        const std::string n = std::to_string(i);
        const std::size_t kind = i % 20;
        std::string condition;
        if (kind < 7)
            condition = "'fromAddresses':['person" + n + "@host" + n + ".test']";
        else if (kind < 10)
            condition = "'fromDomains':['host" + n + ".test']";
        else if (kind < 12)
            condition = "'sentToAddresses':['desk" + n + "@example.test']";
        else if (kind < 16)
            condition = "'subjectContains':['" + made_up_phrase(dice) + "']";
        else if (kind < 18)
            condition = "'bodyContains':['" + made_up_phrase(dice) + "']";
        else if (kind == 18)
            condition = "'fromDomains':['host" + n + ".test'],'subjectContains':['" +
                        made_up_word(dice) + "']";
        else
            condition =
                "'withinSizeRange':{'minimumSize':100,'maximumSize':9999},'headerContains':['" +
                made_up_phrase(dice) + "']";
        out += std::string(i > 0 ? "," : "") + "{'displayName':'R" + n + "','conditions':{" +
               condition + "},'actions':{'moveToFolder':'Inbox/F" + n + "'}}";
    }
    return samples::quoted(out + "]}");
}

std::vector<MailMessage> mails_of(std::size_t count) {
    Dice dice(5);
    std::vector<MailMessage> out;
    for (std::size_t i = 0; i < count; ++i) {
        MailMessage mail;
        const std::string n = std::to_string(dice.roll(20'000));
        mail.from = MailAddress{"person" + n + "@host" + n + ".test", "Person " + n};
        mail.to = {{"alice@example.test", "Alice"}, {"desk" + n + "@example.test", ""}};
        for (int w = 0; w < 8; ++w) mail.subject += made_up_word(dice) + " ";
        while (mail.text_body.size() < 6500)
            mail.text_body += made_up_word(dice) + (dice.one_in(12) ? "\n" : " ");
        for (int h = 0; h < 20; ++h)
            mail.headers.emplace_back("X-Field-" + std::to_string(h),
                                      made_up_phrase(dice) + made_up_phrase(dice));
        mail.size = static_cast<std::int64_t>(mail.text_body.size()) + 1600;
        out.push_back(std::move(mail));
    }
    return out;
}

TEST(RuleCost, MicrosecondsPerMessageAreShown) {
    const std::vector<MailMessage> mails = mails_of(200);
    for (const std::size_t rules :
         {std::size_t{10}, std::size_t{100}, std::size_t{1000}, std::size_t{10'000}}) {
        const std::string document = document_of(rules);
        const std::clock_t start = std::clock();
        const auto set = RuleSet::load(document);
        ASSERT_TRUE(set) << samples::errors_text(set.error());
        ASSERT_EQ(set->rule_count(), rules);
        EXPECT_EQ(set->always_looked_at(), 0u);
        const std::clock_t loaded = std::clock();
        std::size_t matches = 0;
        for (const MailMessage& mail : mails) matches += set->evaluate(mail, {}).matched.size();
        const std::clock_t done = std::clock();
        const auto micros = [](std::clock_t ticks) {
            return static_cast<double>(ticks) * 1e6 / CLOCKS_PER_SEC;
        };
        std::cout << rules << " rules: loaded in " << micros(loaded - start) / 1000 << " ms, "
                  << micros(done - loaded) / static_cast<double>(mails.size())
                  << " us per message, " << matches << " matches\n";
    }
}

TEST(RuleCost, WorkGrowsWithTheRulesThatAreWokenOnly) {
    const auto set = RuleSet::load(document_of(10'000));
    ASSERT_TRUE(set);
    for (const MailMessage& mail : mails_of(20)) {
        const MailActions got = set->evaluate(mail, {});
        EXPECT_LT(got.trace.size(), 50u);  // of 10,000
        EXPECT_EQ(got.matched, set->evaluate(mail, {}, TraceDetail::All).matched);
    }
}

}  // namespace
}  // namespace liaison::rules
