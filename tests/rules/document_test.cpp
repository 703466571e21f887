#include <fstream>

#include <gtest/gtest.h>

#include "core/limits.hpp"
#include "rules/fold.hpp"
#include "tests/rules/rule_samples.hpp"

namespace liaison::rules {
namespace {

using samples::errors_text;
using samples::one_rule;
using samples::quoted;

std::string problem_of(const std::string& document) {
    const auto loaded = RuleSet::load(document);
    return loaded ? "" : errors_text(loaded.error());
}

TEST(RuleDocument, EveryErrorNamesItsPlace) {
    struct Case {
        std::string document, error;
    };
    const Case cases[] = {
        {"", "line 1, column 1: not well-formed JSON: incomplete JSON\n"},
        {"[]", "line 1, column 1: must be an object\n"},
        {"{}", "line 1, column 1: \"rules\" is missing\n"},
        {"{'rules': {}}", "line 1, column 11 (/rules): must be a list\n"},
        {"{'rules': [],\n 'colour': 1}", "line 2, column 2 (/colour): unknown key\n"},
        {"{'version': 2, 'rules': []}",
         "line 1, column 13 (/version): must be a whole number from 1 to 1\n"},
        {"{'rules': [1]}", "line 1, column 12 (/rules/0): must be an object\n"},
        {"{'rules': [{'actions': {'hold': true}}]}",
         "line 1, column 12 (/rules/0): \"displayName\" is missing\n"},
        {"{'rules': [{'displayName': 'A'}]}",
         "line 1, column 12 (/rules/0): \"actions\" is missing\n"},
        {"{'rules': [{'displayName': ' ', 'actions': {'hold': true}}]}",
         "line 1, column 28 (/rules/0/displayName): must not be empty\n"},
        {"{'rules': [{'displayName': 'A', 'actions': {}}]}",
         "line 1, column 44 (/rules/0/actions): must hold at least one action\n"},
        {"{'rules': [{'displayName': 'A', 'actions': {'hold': false}}]}",
         "line 1, column 44 (/rules/0/actions): must hold at least one action\n"},
        {"{'rules': [{'displayName': 'A', 'actions': {'delete': true}}]}",
         "line 1, column 45 (/rules/0/actions/delete): Liaison never deletes mail from a person's "
         "folder\n"},
        {"{'rules': [{'displayName': 'A', 'actions': {'hold': true, 'skipLogging': true}}]}",
         "line 1, column 45 (/rules/0/actions/hold): skipLogging of the same rule excludes it\n"},
        {"{'rules': [{'displayName': 'A', 'actions': {'moveToFolder': 'A/b', 'copyToFolder': "
         "'a/B'}}]}",
         "line 1, column 68 (/rules/0/actions/copyToFolder): moveToFolder of the same rule "
         "excludes "
         "it\n"},
        {"{'rules': [{'displayName': 'A', 'actions': {'createContact': true, 'createLead': {'for': "
         "'everybody'}}}]}",
         "line 1, column 68 (/rules/0/actions/createLead): createContact of the same rule excludes "
         "it\n"},
        {"{'rules': [{'displayName': 'A', 'actions': {'logInteraction': {'opportunity': 'O'}, "
         "'setRegarding': {'opportunity': 'P'}}}]}",
         "line 1, column 85 (/rules/0/actions/setRegarding): logInteraction of the same rule "
         "excludes it\n"},
        {"{'rules': [{'displayName': 'A', 'actions': {'setRegarding': {}}}]}",
         "line 1, column 61 (/rules/0/actions/setRegarding): must name one record, such as "
         "{\"opportunity\": ID}\n"},
        {"{'rules': [{'displayName': 'A', 'actions': {'flagMessage': {'flagStatus': 'complete', "
         "'dueInDays': 1}}}]}",
         "line 1, column 60 (/rules/0/actions/flagMessage): only a mail that is flagged can be "
         "due\n"},
        {"{'rules': [{'displayName': 'A', 'actions': {'markImportance': 'urgent'}}]}",
         "line 1, column 63 (/rules/0/actions/markImportance): must be one of: low, normal, "
         "high\n"},
        {"{'rules': [{'displayName': 'A', 'actions': {'moveToFolder': 'Inbox//x'}}]}",
         "line 1, column 61 (/rules/0/actions/moveToFolder): must be a folder path, such as "
         "Inbox/Done\n"},
        {"{'rules': [{'displayName': 'A', 'sequence': 1.5, 'actions': {'hold': true}}]}",
         "line 1, column 45 (/rules/0/sequence): must be a whole number from 0 to 2147483647\n"},
        {"{'rules': [{'displayName': 'A', 'displayName': 'B', 'actions': {'hold': true}}]}",
         "line 1, column 33 (/rules/0/displayName): this key stands here twice\n"},
        {"{'rules': [{'displayName': 'A', 'actions': {'hold': true}},\n{'displayName': 'A', "
         "'actions': {'hold': true}}]}",
         "line 2, column 17 (/rules/1/displayName): another rule is called so; give each an id of "
         "its own\n"},
        {"{'rules': []} x", "line 1, column 15: there is more text behind the document\n"},
        {"{'rules': [],}", "line 1, column 14: not well-formed JSON: syntax error\n"},
    };
    for (const Case& c : cases) EXPECT_EQ(problem_of(quoted(c.document)), c.error) << c.document;
}

TEST(RuleDocument, EveryConditionRefusesWhatItCannotMean) {
    struct Case {
        std::string conditions, error;
    };
    const Case cases[] = {
        {"{'subjectContain': ['a']}", "/subjectContain): unknown condition"},
        {"{'messageActionFlag': 'urgent'}",
         "/messageActionFlag): must be one of: any, call, doNotForward, followUp, fyi, forward, "
         "noResponseNecessary, read, reply, replyToAll, review"},
        {"{'subjectMatches': ['a(b']}",
         "/subjectMatches/0): is no regular expression (RE2 syntax): missing ): a(b"},
        {"{'subjectMatches': ['(a)\\\\1']}",
         "/subjectMatches/0): is no regular expression (RE2 syntax): invalid escape sequence: \\1"},
        {"{'subjectMatches': ['x*']}",
         "/subjectMatches/0): matches any text"},
        {"{'bodyMatches': ['a{1000}b{1000}c']}",
         "/bodyMatches/0): is too large a regular expression: more than 2000 instructions"},
        {"{'subjectContains': []}", "/subjectContains): must hold at least one value"},
        {"{'subjectContains': 5}", "/subjectContains): must be a list"},
        {"{'subjectContains': ['']}", "/subjectContains/0): must not be empty"},
        {"{'subjectContains': ['ok', 7]}", "/subjectContains/1): must be a text"},
        {"{'subjectContains': ['a\\nb']}",
         "/subjectContains/0): must not contain control characters or line breaks"},
        {"{'subjectContains': [{'lst': 'x'}]}",
         "/subjectContains/0): must be a text or {\"list\": NAME}"},
        {"{'subjectContains': [{'list': 'x'}]}",
         "/subjectContains/0/list): there is no list of this name"},
        {"{'fromAddresses': ['ann']}", "/fromAddresses/0): must be a mail address"},
        {"{'fromAddresses': ['ann@']}", "/fromAddresses/0): must be a mail address"},
        {"{'fromDomains': ['a@b']}", "/fromDomains/0): must be a domain, such as example.com"},
        {"{'folder': ['/']}", "/folder/0): must be a folder path, such as Inbox/CRM"},
        {"{'importance': 'urgent'}", "/importance): must be one of: low, normal, high"},
        {"{'senderIs': ['contact', 'friend']}",
         "/senderIs/1): must be one of: user, contact, company, lead, unknown"},
        {"{'hasAttachments': 'yes'}", "/hasAttachments): must be true or false"},
        {"{'withinSizeRange': {}}", "/withinSizeRange): must name a minimumSize or a maximumSize"},
        {"{'withinSizeRange': {'minimumSize': 5, 'maximumSize': 4}}",
         "/withinSizeRange): minimumSize must not be above maximumSize"},
        {"{'withinSizeRange': {'minimumSize': -1, 'maximumSize': 4}}",
         "/withinSizeRange/minimumSize): must be a whole number from 0 to 2147483647"},
        {"{'anyOf': []}", "/anyOf): must hold at least one group"},
        {"{'anyOf': {}}", "/anyOf): must be a list"},
        {"{'anyOf': [{}]}", "/anyOf/0): must hold at least one condition"},
        {"{'not': {}}", "/not): must hold at least one condition"},
        {"{'not': []}", "/not): must be an object"},
    };
    for (const Case& c : cases) {
        const std::string problem = problem_of(one_rule(c.conditions));
        EXPECT_NE(problem.find("(/rules/0/conditions" + c.error + "\n"), std::string::npos)
            << c.conditions << "\n"
            << problem;
    }
}

TEST(RuleDocument, AllErrorsAreNamedAtOnceInTheOrderOfTheText) {
    const std::string problem =
        problem_of(quoted("{'rules': [\n"
                          " {'displayName': 'A', 'conditions': {'colour': 1, 'importance': 'x'}, "
                          "'actions': {'fly': true}},\n"
                          " {'displayName': 5, 'actions': {'hold': 1}}],\n"
                          " 'lists': {'l': [1]}}"));
    EXPECT_EQ(
        problem,
        "line 2, column 38 (/rules/0/conditions/colour): unknown condition\n"
        "line 2, column 65 (/rules/0/conditions/importance): must be one of: low, normal, high\n"
        "line 2, column 83 (/rules/0/actions/fly): unknown key\n"
        "line 3, column 18 (/rules/1/displayName): must be a text\n"
        "line 3, column 41 (/rules/1/actions/hold): must be true or false\n"
        "line 4, column 18 (/lists/l/0): must be a text\n");
}

TEST(RuleDocument, PointersEscapeAndFollowEscapedKeys) {
    EXPECT_EQ(problem_of(R"({"rules": [], "a\/b~c": 1})"),
              "line 1, column 15 (/a~1b~0c): unknown key\n");
    EXPECT_EQ(problem_of(R"({"rules": [], "rule\u0073": []})"),
              "line 1, column 15 (/rules): this key stands here twice\n");
}

TEST(RuleDocument, LimitsHold) {
    EXPECT_NE(problem_of(std::string(limits::rule_document_bytes_max + 1, ' ')).find("longer than"),
              std::string::npos);
    EXPECT_NE(problem_of(one_rule("{'subjectContains': ['" + std::string(256, 'x') + "']}"))
                  .find("at most 255 characters"),
              std::string::npos);
    EXPECT_EQ(problem_of(one_rule("{'subjectContains': ['" + std::string(255, 'x') + "']}")), "");
    std::string deep = "{'hasAttachments': true}";
    for (int i = 1; i < 16; ++i) deep = "{'not': " + deep + "}";
    EXPECT_EQ(problem_of(one_rule(deep)), "");
    EXPECT_NE(problem_of(one_rule("{'not': " + deep + "}")).find("nested deeper than 16 levels"),
              std::string::npos);
    std::string many;
    for (int i = 0; i < 101; ++i)
        many += std::string(i > 0 ? "," : "") + "{'hasAttachments': true}";
    EXPECT_NE(problem_of(one_rule("{'anyOf': [" + many + "]}")).find("more than 200 conditions"),
              std::string::npos);
    std::string rules;
    for (std::size_t i = 0; i <= limits::rules_max; ++i) rules += i > 0 ? ",1" : "1";
    EXPECT_NE(problem_of(quoted("{'rules': [" + rules + "]}")).find("more than 10000 rules"),
              std::string::npos);
    std::string bad = quoted("{'rules': [1");
    for (int i = 0; i < 5000; ++i) bad += ",1";
    EXPECT_EQ(RuleSet::load(bad + "]}").error().size(), limits::rule_errors_max);
}

TEST(RuleDocument, ListsCannotBlowUp) {
    std::string list = "'l': ['a'", rules;
    for (int i = 0; i < 2000; ++i) list += ",'v" + std::to_string(i) + "'";
    for (int i = 0; i < 1000; ++i)
        rules += std::string(i > 0 ? "," : "") + "{'displayName': 'R" + std::to_string(i) +
                 "', 'conditions': {'categories': [{'list': 'l'}]}, 'actions': {'hold': true}}";
    const std::string problem =
        problem_of(quoted("{'lists': {" + list + "]}, 'rules': [" + rules + "]}"));
    EXPECT_NE(problem.find("more than 1000000 values"), std::string::npos)
        << problem.substr(0, 300);
}

TEST(RuleDocument, HostileTextsAreRefusedQuickly) {
    const std::string hostile[] = {
        std::string(1'000'000, '['),
        std::string(1'000'000, '{'),
        "{\"rules\": " + std::string(100, '[') + std::string(100, ']') + "}",
        std::string("{\"rules\"\0: []}", 14),
        "{\"rules\": [\"\xFF\xFE\"]}",
        "\xEF\xBB\xBF{\"rules\": []}",
        "{\"rules\": [{\"displayName\": \"\\ud800\", \"actions\": {\"hold\": true}}]}",
        "{\"rules\": [{\"displayName\": \"a\\u0000b\", \"actions\": {\"hold\": true}}]}",
        "{\"rules\": [1e999999]}",
        "{\"rules\": [nul]}",
        "{\"rules\"",
        "\"",
    };
    for (const std::string& text : hostile) EXPECT_FALSE(RuleSet::load(text)) << text.substr(0, 40);
}

TEST(RuleDocument, EveryCutOfAGoodDocumentIsRefusedOrTaken) {
    const std::string good = one_rule(
        "{'anyOf': [{'subjectContains': ['a\\u00e4', 'b']}, {'not': {'hasAttachments': true}}]}",
        "{'withinSizeRange': {'minimumSize': 1, 'maximumSize': 2}}");
    ASSERT_EQ(problem_of(good), "");
    for (std::size_t i = 0; i < good.size(); ++i) {
        EXPECT_FALSE(RuleSet::load(std::string_view(good).substr(0, i)));
        for (const char c : {'"', '{', '}', '[', ']', '\\', '\xFF', '0'}) {
            std::string changed = good;
            changed[i] = c;
            const auto loaded = RuleSet::load(changed);
            if (loaded) {
                EXPECT_FALSE(loaded->canonical().empty());
            } else {
                EXPECT_FALSE(loaded.error().empty());
            }
        }
    }
}

TEST(RuleDocument, TheCanonicalFormIsAFixedPoint) {
    const std::string document =
        quoted(R"({ 'version': 1, 'lists': {'l': ['B@x.test', 'a@x.test']}, 'rules': [
        {'displayName': 'Two', 'sequence': 7, 'conditions': {'fromAddresses': [{'list': 'l'}, 'a@X.test'],
         'anyOf': [{'subjectContains': 'OFFER'}, {'allOf': [{'importance': 'HIGH'}]},
          {'not': {'hasAttachments': false}}]},
         'actions': {'logInteraction': {'activityType': 'MAIL', 'campaign': 'K'}, 'moveToFolder': 'Inbox/Done'}},
        {'id': 'r1', 'displayName': 'One', 'isEnabled': false, 'exceptions': {'withinSizeRange':
         {'minimumSize': 1, 'maximumSize': 2}}, 'actions': {'assignCategories': ['Z', 'A'],
          'stopProcessingRules': true}}]})");
    const auto first = RuleSet::load(document);
    ASSERT_TRUE(first) << errors_text(first.error());
    const auto second = RuleSet::load(first->canonical());
    ASSERT_TRUE(second) << errors_text(second.error());
    EXPECT_EQ(first->canonical(), second->canonical());
    EXPECT_EQ(first->version(), second->version());
    EXPECT_EQ(first->version().size(), 16u);
    EXPECT_EQ(first->canonical(),
              quoted("{'version':1,'rules':[{'id':'r1','displayName':'One','sequence':2,'isEnabled'"
                     ":false,'conditions':{},'exceptions':"
                     "{'withinSizeRange':{'minimumSize':1,'maximumSize':2}},'actions':{'"
                     "assignCategories':['Z','A'],"
                     "'stopProcessingRules':true}},{'id':'Two','displayName':'Two','sequence':7,'"
                     "isEnabled':true,'conditions':"
                     "{'fromAddresses':['a@x.test','b@x.test'],'anyOf':[{'subjectContains':['offer'"
                     "]},{'allOf':[{'importance':"
                     "['high']}]},{'not':{'hasAttachments':false}}]},'exceptions':{},'actions':{'"
                     "moveToFolder':'Inbox/Done',"
                     "'logInteraction':{'activityType':'MAIL','campaign':'K'}}}]}"));
}

TEST(RuleDocument, TheVersionFollowsTheMeaning) {
    const auto version = [](const std::string& document) {
        return RuleSet::load(document)->version();
    };
    const std::string base = version(one_rule("{'subjectContains': ['a', 'b']}"));
    EXPECT_EQ(base, version(one_rule("{'subjectContains':['B','a','b']}")));
    EXPECT_NE(base, version(one_rule("{'subjectContains': ['a', 'c']}")));
    EXPECT_NE(base, version(one_rule("{'bodyContains': ['a', 'b']}")));
    EXPECT_NE(base, version(one_rule("{'subjectContains': ['a', 'b']}", "{}", "{'hold': true}")));
    EXPECT_EQ(version("{\"rules\": []}"), "");
}

TEST(RuleDocument, TheManualsDocumentIsTaken) {
    std::ifstream file(std::string(LIAISON_SOURCE_DIR) + "/docs/rules.md");
    const std::string manual((std::istreambuf_iterator<char>(file)), {});
    const std::size_t begin = manual.find("```json\n") + 8;
    ASSERT_GT(begin, 8u);
    const auto loaded =
        RuleSet::load(std::string_view(manual).substr(begin, manual.find("```", begin) - begin));
    ASSERT_TRUE(loaded) << errors_text(loaded.error());
    EXPECT_EQ(loaded->rule_count(), 2u);
}

TEST(Fold, LowersLettersAndLeavesTheRest) {
    EXPECT_EQ(fold("ABCxyz[\\]@1"), "abcxyz[\\]@1");
    EXPECT_EQ(fold("\xC3\x84\xC3\x9F\xC3\x97\xC5\xBD\xC5\xB8"),
              "\xC3\xA4\xC3\x9F\xC3\x97\xC5\xBE\xC3\xBF");
    EXPECT_EQ(fold("\xCE\xA3\xCF\x82\xCF\x83"), "\xCF\x83\xCF\x83\xCF\x83");
    EXPECT_EQ(fold("\xD0\x81\xD0\xAF\xD0\x96"), "\xD1\x91\xD1\x8F\xD0\xB6");
    for (const std::string& broken : {std::string("\xC3"),
                                      std::string("A\xC3"
                                                  "A"),
                                      std::string("\xFF\xC3\xC3"), std::string("\x80\x80")})
        EXPECT_EQ(fold(broken).size(), broken.size());
}

}  // namespace
}  // namespace liaison::rules
