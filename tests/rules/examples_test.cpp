#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "rules/language.hpp"
#include "tests/rules/rule_samples.hpp"

namespace liaison::rules {
namespace {

using samples::quoted;

std::string with_example(const std::string& example) {
    return quoted(R"({'rules': [
{'id': 'vip', 'displayName': 'Key accounts', 'conditions': {'senderCategoryIn': ['Key account'],
 'subjectContains': ['offer']},
 'exceptions': {'isAutomaticReply': true},
 'actions': {'logInteraction': {'template': 'OFFER', 'campaign': 'K1', 'opportunity': 'O1'},
             'moveToFolder': 'Inbox/Offers', 'assignCategories': ['B', 'A'], 'stopProcessingRules': true}},
{'displayName': 'Spam', 'conditions': {'senderIs': 'unknown'}, 'actions': {'skipLogging': true}},
{'displayName': 'Off', 'isEnabled': false, 'actions': {'hold': true}}],
'examples': [)" + example +
                  "]}");
}

std::string vip_mail(const std::string& expect, const std::string& extra = "") {
    return "{'name': 'offer', 'message': {'from': {'address': 'ann@x.test', 'name': 'Ann'}, "
           "'subject': 'Your Offer'" +
           extra +
           "},\n'sender': {'is': 'contact', 'categories': ['Key account']},\n'expect': " + expect +
           "}";
}

TEST(RuleExamples, WhatHoldsIsTaken) {
    const std::string examples[] = {
        vip_mail("{'matched': ['vip'], 'logging': 'log', 'moveToFolder': 'Inbox/Offers', "
                 "'categories': ['A', 'B'],"
                 "'template': 'OFFER', 'campaign': 'K1', 'opportunity': 'O1'}"),
        vip_mail("{'matched': [], 'logging': 'default', 'moveToFolder': '', 'categories': [], "
                 "'template': ''}",
                 ", 'headers': {'Auto-Submitted': 'auto-replied'}"),
        "{'name': 'nobody', 'message': {}, 'expect': {'matched': ['Spam'], 'logging': 'skip'}}",
        "{'name': 'all', 'message': {'from': 'a@b.c', 'to': ['d@e.f'], 'cc': [{'address': "
        "'g@h.i'}], 'subject': '', 'body': 'x',"
        "'attachments': ['a.pdf'], 'categories': ['c'], 'importance': 'high', 'sensitivity': "
        "'normal', 'itemClass': 'IPM.Note',"
        "'size': 5, 'folder': 'Inbox', 'mailbox': 'd@e.f', 'direction': 'none', "
        "'conversationLogged': true},"
        "'sender': {'is': 'user', 'company': 'K', 'owner': 'O', 'openOpportunity': true}, "
        "'recipients': [{'is': 'lead'}],"
        "'expect': {'matched': []}}"};
    for (const std::string& example : examples) {
        const auto loaded = RuleSet::load(with_example(example));
        EXPECT_TRUE(loaded) << samples::errors_text(loaded.error());
    }
}

TEST(RuleExamples, WhatFailsIsNamedWithTheCondition) {
    struct Case {
        std::string example, error;
    };
    const Case cases[] = {
        {vip_mail("{'matched': ['vip']}", ", 'headers': {'Auto-Submitted': 'auto-replied'}"),
         "line 11, column 23 (/examples/0/expect/matched): example \"offer\": rule \"vip\" does "
         "not match: "
         "exceptions/isAutomaticReply holds\n"
         "line 11, column 23 (/examples/0/expect/matched): example \"offer\": the rules that match "
         "are none\n"},
        {"{'name': 'x', 'message': {'subject': 'offer'}, 'sender': {'is': 'lead'}, 'expect': "
         "{'matched': ['vip']}}",
         "line 9, column 109 (/examples/0/expect/matched): example \"x\": rule \"vip\" does not "
         "match: "
         "conditions/senderCategoryIn does not hold\n"
         "line 9, column 109 (/examples/0/expect/matched): example \"x\": the rules that match are "
         "none\n"},
        {"{'name': 'x', 'message': {}, 'sender': {'is': 'lead'}, 'expect': {'matched': ['Off']}}",
         "line 9, column 91 (/examples/0/expect/matched): example \"x\": rule \"Off\" is switched "
         "off\n"
         "line 9, column 91 (/examples/0/expect/matched): example \"x\": the rules that match are "
         "none\n"},
        {vip_mail("{'logging': 'skip'}"),
         "line 11, column 23 (/examples/0/expect/logging): example \"offer\": logging is "
         "\"log\"\n"},
        {vip_mail("{'moveToFolder': ''}"),
         "line 11, column 28 (/examples/0/expect/moveToFolder): example \"offer\": moveToFolder is "
         "\"Inbox/Offers\"\n"},
        {vip_mail("{'categories': ['A']}"),
         "line 11, column 26 (/examples/0/expect/categories): example \"offer\": the categories "
         "are \"A\", \"B\"\n"},
        {vip_mail("{'campaign': 'K2'}"),
         "line 11, column 24 (/examples/0/expect/campaign): example \"offer\": campaign is "
         "\"K1\"\n"},
        {vip_mail("{'matched': ['nope']}"),
         "line 11, column 23 (/examples/0/expect/matched): there is no rule \"nope\"\n"},
        {vip_mail("{}"), "line 11, column 11 (/examples/0/expect): must say what is expected\n"},
        {"{'name': 'x', 'message': {'form': 1}, 'expect': {'logging': 'skip'}}",
         "line 9, column 40 (/examples/0/message/form): unknown key\n"},
    };
    for (const Case& c : cases) {
        const auto loaded = RuleSet::load(with_example(c.example));
        ASSERT_FALSE(loaded) << c.example;
        EXPECT_EQ(samples::errors_text(loaded.error()), c.error);
    }
}

TEST(RuleSchema, KnowsEveryKeyOfTheTablesAndResolvesItsReferences) {
    const boost::json::value schema = boost::json::parse(rule_schema());
    const auto& definitions = schema.at("$defs").as_object();
    for (const ConditionInfo& what : all_conditions())
        EXPECT_TRUE(definitions.at("conditions")
                        .at("properties")
                        .as_object()
                        .contains(std::string(what.name)))
            << what.name;
    for (const KeyInfo& key : action_keys())
        EXPECT_TRUE(
            definitions.at("actions").at("properties").as_object().contains(std::string(key.name)))
            << key.name;
    const std::string text = rule_schema();
    std::size_t references = 0;
    for (std::size_t at = text.find("#/$defs/"); at != std::string::npos;
         at = text.find("#/$defs/", at + 1), ++references) {
        const std::string name = text.substr(at + 8, text.find('"', at) - at - 8);
        EXPECT_TRUE(definitions.contains(name)) << name;
    }
    EXPECT_GT(references, 50u);
}

TEST(RuleLanguage, TablesAreConsistent) {
    std::set<std::string_view> names;
    for (const ConditionInfo& what : all_conditions()) {
        EXPECT_EQ(&info(what.key), &what) << what.name;
        EXPECT_EQ(parse_condition_key(what.name), what.key);
        EXPECT_TRUE(names.insert(what.name).second);
        EXPECT_EQ(what.shape == ValueShape::Tokens, !what.tokens.empty()) << what.name;
        const bool looked_up =
            what.shape != ValueShape::Flag && what.shape != ValueShape::SizeRange;
        EXPECT_EQ(what.look_up_cost > 0, looked_up) << what.name;
        EXPECT_TRUE(refused_name(what.name).empty());
    }
}

}  // namespace
}  // namespace liaison::rules
