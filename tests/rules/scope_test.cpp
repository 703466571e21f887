#include <gtest/gtest.h>

#include "tests/rules/rule_samples.hpp"

namespace liaison::rules {
namespace {

using samples::quoted;

Facts in_mailbox(const std::string& mailbox) {
    Facts facts;
    facts.mailbox = mailbox;
    return facts;
}

std::string document_with(const std::string& name, const std::string& actions) {
    return quoted("{'rules': [{'displayName': '" + name + "', 'actions': " + actions + "}]}");
}

SharedLists shared_lists() {
    const auto lists = SharedLists::load(
        quoted("{'version': 1, 'lists': {'Sales': ['ann@x.test', ' BOB@x.test'], 'Desk': "
               "['bob@x.test'], 'partners': ['p@y.test', 'y.test']}}"));
    EXPECT_TRUE(lists);
    return lists ? *lists : SharedLists{};
}

std::vector<RuleLayer> four_layers() {
    return {
        {{RuleScope::Kind::Mailbox, "bob@x.test"},
         document_with("own", "{'moveToFolder': 'Inbox/Own', 'markAsRead': true}")},
        {{RuleScope::Kind::Group, "Sales"},
         document_with("sales", "{'moveToFolder': 'Inbox/Sales', 'assignCategories': ['S']}")},
        {{RuleScope::Kind::Group, "Desk"}, document_with("desk", "{'moveToFolder': 'Inbox/Desk'}")},
        {{}, document_with("all", "{'assignCategories': ['A']}")}};
}

TEST(RuleScopes, TheOrganisationComesFirstThenGroupsThenTheMailbox) {
    const auto set = RuleSet::layered(four_layers(), shared_lists());
    ASSERT_TRUE(set) << samples::errors_text(set.error());
    EXPECT_EQ(set->rule_count(), 4u);
    using Ids = std::vector<std::string>;
    EXPECT_EQ(set->evaluate({}, in_mailbox("carl@x.test")).matched, Ids{"all"});
    EXPECT_EQ(set->evaluate({}, in_mailbox("ANN@x.test")).matched,
              (Ids{"all", "group:Sales/sales"}));
    const MailActions bob = set->evaluate({}, in_mailbox("bob@x.test"));
    EXPECT_EQ(bob.matched,
              (Ids{"all", "group:Desk/desk", "group:Sales/sales", "mailbox:bob@x.test/own"}));
    EXPECT_EQ(bob.conflicts, (Ids{"\"sales\": moveToFolder is overruled by \"desk\"",
                                  "\"own\": moveToFolder is overruled by \"desk\""}));
    EXPECT_EQ(bob.outcomes.back().scope, "mailbox:bob@x.test");
    // Rules of other mailboxes are not so much as looked at.
    EXPECT_EQ(set->evaluate({}, in_mailbox("carl@x.test"), TraceDetail::All).outcomes.size(), 1u);
}

TEST(RuleScopes, AStopEndsTheLookingInAllScopes) {
    auto layers = four_layers();
    layers[2].document = document_with("desk", "{'stopProcessingRules': true}");
    const auto set = RuleSet::layered(layers, shared_lists());
    ASSERT_TRUE(set);
    EXPECT_EQ(set->evaluate({}, in_mailbox("bob@x.test")).matched,
              (std::vector<std::string>{"all", "group:Desk/desk"}));
}

TEST(RuleScopes, TheVersionFollowsDocumentsScopesAndMembers) {
    const SharedLists lists = shared_lists();
    const std::string base = RuleSet::layered(four_layers(), lists)->version();
    auto other = four_layers();
    std::swap(other[0], other[3]);
    EXPECT_EQ(RuleSet::layered(other, lists)->version(), base)
        << "order of the layers is no matter";
    other[3].scope.name = "carl@x.test";
    EXPECT_NE(RuleSet::layered(other, lists)->version(), base);
    SharedLists grown = lists;
    grown.lists["Sales"].push_back("carl@x.test");
    EXPECT_NE(RuleSet::layered(four_layers(), grown)->version(), base);
}

TEST(RuleScopes, ErrorsNameTheirScope) {
    auto layers = four_layers();
    layers[1].scope.name = "Nobody";
    layers[0].document = quoted("{'rules': [{'displayName': 'x', 'actions': {'delete': true}}]}");
    const auto set = RuleSet::layered(layers, shared_lists());
    ASSERT_FALSE(set);
    EXPECT_EQ(samples::errors_text(set.error()),
              "line 1, column 1: group:Nobody: there is no organisation-wide list \"Nobody\" of "
              "mailboxes\n"
              "line 1, column 45 (/rules/0/actions/delete): mailbox:bob@x.test: Liaison never "
              "deletes mail from a person's folder\n");
}

TEST(RuleScopes, SharedListsAreUsedAndHiddenByTheDocumentsOwn) {
    const std::string rules =
        "'rules': [{'displayName': 'p', 'conditions': {'fromDomains': [{'list': 'partners'}]}, "
        "'actions': {'hold': true}}]}";
    SharedLists lists = shared_lists();
    lists.lists["partners"] = {"y.test"};
    MailMessage mail;
    mail.from = MailAddress{"p@y.test", ""};
    const auto shared = RuleSet::load(quoted("{" + rules), lists);
    ASSERT_TRUE(shared) << samples::errors_text(shared.error());
    EXPECT_EQ(shared->evaluate(mail, {}).matched.size(), 1u);
    const auto own = RuleSet::load(quoted("{'lists': {'partners': ['z.test']}, " + rules), lists);
    ASSERT_TRUE(own);
    EXPECT_TRUE(own->evaluate(mail, {}).matched.empty());
    EXPECT_FALSE(RuleSet::load(quoted("{" + rules)));
}

TEST(RuleScopes, AnExampleOfAGroupLiesInOneOfItsMailboxes) {
    const std::string document = quoted(
        "{'rules': [{'displayName': 'r', 'actions': {'hold': true}}], 'examples': [{'name': 'e', "
        "'message': {'subject': 'x'}, 'expect': {'matched': ['r']}}]}");
    const auto loaded = RuleSet::load(document, shared_lists(), {RuleScope::Kind::Group, "Sales"});
    EXPECT_TRUE(loaded) << samples::errors_text(loaded.error());
}

TEST(RuleScopes, NamesAreReadBack) {
    for (const char* name : {"organization", "group:Sales", "mailbox:ann@x.test"}) {
        const auto scope = parse_rule_scope(name);
        ASSERT_TRUE(scope) << name;
        EXPECT_EQ(to_string(*scope), name);
    }
    EXPECT_EQ(to_string(*parse_rule_scope("mailbox: ANN@x.test")), "mailbox:ann@x.test");
    for (const char* name : {"", "group:", "mailbox:ann", "team:x", "organization:x"})
        EXPECT_FALSE(parse_rule_scope(name)) << name;
}

TEST(RuleTrace, NamesEachConditionOfEachRuleThatWasLookedAt) {
    std::string problem;
    const RuleSet set = samples::load_or_empty(
        quoted("{'rules': [{'id': 'a', 'displayName': 'A', 'conditions': {'subjectContains': "
               "['offer'], 'anyOf': [{'importance': 'low'}, {'not': {'bodyContains': "
               "['invoice']}}]}, 'exceptions': {'hasAttachments': true}, 'actions': {'hold': "
               "true}}, {'displayName': 'B', 'conditions': {'subjectContains': ['4711']}, "
               "'actions': {'markAsRead': true, 'stopProcessingRules': true}}]}"),
        problem);
    ASSERT_EQ(problem, "");
    const MailActions got = set.evaluate(samples::sample_mail(), samples::sample_facts());
    ASSERT_EQ(got.outcomes.size(), 2u);
    EXPECT_EQ(got.outcomes[0].id, "a");
    EXPECT_FALSE(got.outcomes[0].matched);
    const std::vector<ConditionOutcome> expected = {{"conditions/subjectContains", true},
                                                    {"conditions/anyOf/0/importance", false},
                                                    {"conditions/anyOf/1/not/bodyContains", true},
                                                    {"exceptions/hasAttachments", true}};
    EXPECT_EQ(got.outcomes[0].conditions, expected);
    EXPECT_TRUE(got.outcomes[1].matched);
    EXPECT_TRUE(got.outcomes[1].stopped);
    const MailActions silent =
        set.evaluate(samples::sample_mail(), samples::sample_facts(), TraceDetail::None);
    EXPECT_TRUE(silent.outcomes.empty() && silent.trace.empty());
    EXPECT_EQ(silent.actions, got.actions);
}

}  // namespace
}  // namespace liaison::rules
