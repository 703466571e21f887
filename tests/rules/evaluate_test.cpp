#include <gtest/gtest.h>

#include "tests/rules/rule_samples.hpp"

namespace liaison::rules {
namespace {

using samples::one_rule;
using samples::quoted;
using samples::sample_facts;
using samples::sample_mail;

bool one_rule_matches(const std::string& document, const MailMessage& mail, const Facts& facts) {
    std::string problem;
    const RuleSet set = samples::load_or_empty(document, problem);
    EXPECT_EQ(problem, "") << document;
    return !set.evaluate(mail, facts).matched.empty();
}

struct ConditionCase {
    std::string conditions;
    bool holds;
};
const ConditionCase kConditionCases[] = {
    {"{}", true},
    {"{'fromAddresses': ['ann.lee@sales.example.com']}", true},
    {"{'fromAddresses': ['<ANN.LEE@sales.example.com>', 'x@y']}", true},
    {"{'fromAddresses': [{'emailAddress': {'name': 'Ann', 'address': "
     "'ann.lee@sales.example.com'}}]}",
     true},
    {"{'fromAddresses': ['lee@sales.example.com']}", false},
    {"{'fromDomains': ['example.com']}", true},
    {"{'fromDomains': ['@SALES.example.com']}", true},
    {"{'fromDomains': ['ample.com']}", false},
    {"{'sentToAddresses': ['TEAM@example.test']}", true},
    {"{'sentToAddresses': ['boss@x.test']}", true},
    {"{'sentToAddresses': ['ann.lee@sales.example.com']}", false},
    {"{'sentToDomains': ['x.test']}", true},
    {"{'sentToDomains': ['y.test']}", false},
    {"{'senderContains': ['ann']}", true},
    {"{'senderContains': 'L\xC3\xA9"
     "e'}",
     true},
    {"{'senderContains': ['alice']}", false},
    {"{'recipientContains': ['the boss']}", true},
    {"{'recipientContains': ['boss@']}", true},
    {"{'recipientContains': ['ann']}", false},
    {"{'subjectContains': ['offer', 'order']}", true},
    {"{'subjectContains': ['order']}", false},
    {"{'bodyContains': ['INVOICE']}", true},
    {"{'bodyContains': ['gr\xC3\x9C\xC3\x9F"
     "e, \xCE\xB1\xCE\xBD\xCE\xBD\xCE\xB1']}",
     true},
    {"{'bodyContains': ['4711']}", false},
    {"{'bodyOrSubjectContains': ['4711']}", true},
    {"{'bodyOrSubjectContains': ['dear alice,']}", true},
    {"{'bodyOrSubjectContains': ['nothing of this']}", false},
    {"{'headerContains': ['x-mailer: outlook']}", true},
    {"{'headerContains': ['thunderbird']}", false},
    {"{'categories': ['red category']}", true},
    {"{'categories': ['red']}", false},
    {"{'importance': 'High'}", true},
    {"{'importance': ['low', 'normal']}", false},
    {"{'sensitivity': 'normal'}", true},
    {"{'sensitivity': ['private', 'confidential']}", false},
    {"{'hasAttachments': true}", true},
    {"{'hasAttachments': false}", false},
    {"{'withinSizeRange': {'minimumSize': 10, 'maximumSize': 10}}", true},
    {"{'withinSizeRange': {'minimumSize': 11, 'maximumSize': 99}}", false},
    {"{'withinSizeRange': {'minimumSize': 0, 'maximumSize': 9}}", false},
    {"{'sentToMe': true}", true},
    {"{'sentCcMe': true}", false},
    {"{'sentToOrCcMe': true}", true},
    {"{'sentOnlyToMe': true}", false},
    {"{'notSentToMe': true}", false},
    {"{'folder': ['/inbox/crm/OFFERS/']}", true},
    {"{'folder': ['Inbox/CRM']}", false},
    {"{'folderUnder': ['Inbox/CRM']}", true},
    {"{'folderUnder': ['Inbox/CRM/Offers']}", true},
    {"{'folderUnder': ['Inbox/CR']}", false},
    {"{'mailbox': ['ALICE@example.test']}", true},
    {"{'mailbox': ['bob@example.test']}", false},
    {"{'direction': 'inbound'}", true},
    {"{'direction': ['outbound', 'none']}", false},
    {"{'conversationLogged': false}", true},
    {"{'conversationLogged': true}", false},
    {"{'senderIs': 'contact'}", true},
    {"{'senderIs': ['user', 'unknown']}", false},
    {"{'senderHasOpenOpportunity': true}", true},
    {"{'senderCompanyIn': ['k100']}", true},
    {"{'senderCompanyIn': ['example ag']}", true},
    {"{'senderCompanyIn': ['k1']}", false},
    {"{'senderCategoryIn': ['KEY ACCOUNT']}", true},
    {"{'senderCategoryIn': ['other']}", false},
    {"{'senderOwnerIs': ['anna']}", true},
    {"{'senderOwnerIs': ['bob']}", false},
    {"{'recipientIs': 'user'}", true},
    {"{'recipientIs': 'unknown'}", false},
    {"{'recipientHasOpenOpportunity': true}", false},
    {"{'recipientCompanyIn': ['K100']}", false},
    {"{'recipientCategoryIn': ['x']}", false},
    {"{'recipientOwnerIs': ['x']}", false},
    {"{'subjectContains': ['offer'], 'bodyContains': ['invoice']}", true},
    {"{'subjectContains': ['offer'], 'bodyContains': ['nothing']}", false},
    {"{'anyOf': [{'subjectContains': ['no']}, {'bodyContains': ['invoice']}]}", true},
    {"{'anyOf': [{'subjectContains': ['no']}, {'bodyContains': ['no such']}]}", false},
    {"{'allOf': [{'subjectContains': ['offer']}, {'bodyContains': ['invoice']}]}", true},
    {"{'allOf': [{'subjectContains': ['offer']}, {'bodyContains': ['no such']}]}", false},
    {"{'not': {'subjectContains': ['order']}}", true},
    {"{'not': {'subjectContains': ['offer'], 'bodyContains': ['no such']}}", true},
    {"{'not': {'subjectContains': ['offer'], 'bodyContains': ['invoice']}}", false},
    {"{'anyOf': [{'not': {'hasAttachments': true}}, {'allOf': [{'senderIs': 'contact'}, "
     "{'not': {'anyOf': [{'direction': 'outbound'}, {'importance': 'low'}]}}]}]}",
     true},
};

TEST(Evaluate, EveryConditionHoldsAndFails) {
    for (const ConditionCase& c : kConditionCases)
        EXPECT_EQ(one_rule_matches(one_rule(c.conditions), sample_mail(), sample_facts()), c.holds)
            << c.conditions;
}

TEST(Evaluate, KindsOfMailAreKnownByClassAndHeader) {
    struct Case {
        std::string item_class, header, value, condition;
    };
    const Case cases[] = {
        {"IPM.Schedule.Meeting.Request", "", "", "isMeetingRequest"},
        {"ipm.schedule.meeting.resp.pos", "", "", "isMeetingResponse"},
        {"REPORT.IPM.Note.NDR", "", "", "isNonDeliveryReport"},
        {"REPORT.IPM.Note.IPNRN", "", "", "isReadReceipt"},
        {"IPM.Note.SMIME", "", "", "isEncrypted"},
        {"IPM.Note.SMIME.MultipartSigned", "", "", "isSigned"},
        {"IPM.Note.Microsoft.Voicemail.UM.CA", "", "", "isVoicemail"},
        {"IPM.Note.Microsoft.Approval.Request", "", "", "isApprovalRequest"},
        {"IPM.Note.Rules.OofTemplate.Microsoft", "", "", "isAutomaticReply"},
        {"IPM.Note", "Auto-Submitted", "auto-replied (vacation)", "isAutomaticReply"},
        {"IPM.Note", "X-AutoReply", "YES", "isAutomaticReply"},
        {"IPM.Note", "auto-submitted", "Auto-Forwarded", "isAutomaticForward"},
        {"IPM.Note", "Content-Class", "rpmsg.message", "isPermissionControlled"},
    };
    for (const Case& c : cases) {
        MailMessage mail = sample_mail();
        const std::string document = one_rule("{'" + c.condition + "': true}");
        EXPECT_FALSE(one_rule_matches(document, mail, {})) << c.condition;
        mail.item_class = c.item_class;
        if (!c.header.empty()) mail.headers.emplace_back(c.header, c.value);
        EXPECT_TRUE(one_rule_matches(document, mail, {})) << c.condition;
    }
}

TEST(Evaluate, OneExceptionIsEnough) {
    struct Case {
        std::string exceptions;
        bool matches;
    };
    const Case cases[] = {
        {"{}", true},
        {"{'subjectContains': ['order']}", true},
        {"{'subjectContains': ['order'], 'importance': 'high'}", false},
        {"{'allOf': [{'subjectContains': ['order'], 'importance': 'high'}]}", true},
        {"{'not': {'importance': 'low'}}", false},
    };
    for (const Case& c : cases)
        EXPECT_EQ(one_rule_matches(one_rule("{}", c.exceptions), sample_mail(), sample_facts()),
                  c.matches)
            << c.exceptions;
}

TEST(Evaluate, MeIsEveryAddressOfTheOwner) {
    MailMessage mail = sample_mail();
    mail.to = {{"Alice.Second@example.test", ""}};
    mail.cc.clear();
    for (const char* condition : {"sentToMe", "sentOnlyToMe", "sentToOrCcMe"})
        EXPECT_TRUE(one_rule_matches(one_rule(std::string("{'") + condition + "': true}"), mail,
                                     sample_facts()));
    mail.to.clear();
    EXPECT_FALSE(one_rule_matches(one_rule("{'sentOnlyToMe': true}"), mail, sample_facts()));
    EXPECT_TRUE(one_rule_matches(one_rule("{'notSentToMe': true}"), mail, sample_facts()));
}

TEST(Evaluate, PicturesInTheTextAreNoAttachments) {
    MailMessage mail = sample_mail();
    mail.attachments.front().is_inline = true;
    EXPECT_FALSE(one_rule_matches(one_rule("{'hasAttachments': true}"), mail, {}));
}

TEST(Evaluate, NamedListsAreReadInPlace) {
    const std::string document = quoted(
        "{'lists': {'vip': ['ann.lee@sales.example.com', 'other@x.test']},"
        " 'rules': [{'displayName': 'R', 'conditions': {'fromAddresses': ['z@z.test', {'list': "
        "'vip'}]},"
        " 'actions': {'hold': true}}]}");
    EXPECT_TRUE(one_rule_matches(document, sample_mail(), {}));
}

TEST(Evaluate, EmptyMailAndEmptyFactsAreFine) {
    EXPECT_TRUE(one_rule_matches(
        one_rule("{'senderIs': 'unknown', 'recipientIs': 'unknown', 'direction': 'none'}"), {},
        {}));
    EXPECT_FALSE(one_rule_matches(one_rule("{'fromDomains': ['x.test'], 'folderUnder': ['Inbox']}"),
                                  {}, {}));
    const MailActions none = RuleSet().evaluate({}, {});
    EXPECT_EQ(none, MailActions{});
}

std::string three_rules() {
    return quoted(R"({'rules': [
        {'displayName': 'Third', 'sequence': 30, 'actions': {'moveToFolder': 'Inbox/C', 'assignCategories': ['B', 'C'],
            'logInteraction': {'template': 'T3', 'campaign': 'K3'}}},
        {'displayName': 'First', 'sequence': 10, 'conditions': {'subjectContains': ['offer']},
            'actions': {'moveToFolder': 'Inbox/A', 'assignCategories': ['A', 'B'],
             'logInteraction': {'template': 'T1'}}},
        {'displayName': 'Second', 'sequence': 20, 'conditions': {'bodyContains': ['invoice']},
            'actions': {'moveToFolder': 'Inbox/B', 'skipLogging': true, 'hold': false}}]})");
}

TEST(Evaluate, TheFirstRuleBySequenceHasPrecedenceAndConflictsAreNamed) {
    std::string problem;
    const RuleSet set = samples::load_or_empty(three_rules(), problem);
    ASSERT_EQ(problem, "");
    const MailActions got = set.evaluate(sample_mail(), {});
    EXPECT_EQ(got.matched, (std::vector<std::string>{"First", "Second", "Third"}));
    const std::vector<MailAction> expected = {
        {.kind = MailActionKind::MoveToFolder, .rule = "First", .folder = "Inbox/A"},
        {.kind = MailActionKind::AssignCategories, .rule = "First", .categories = {"A", "B"}},
        {.kind = MailActionKind::LogInteraction, .rule = "First", .template_code = "T1"},
        {.kind = MailActionKind::AssignCategories, .rule = "Third", .categories = {"C"}},
        {.kind = MailActionKind::LogInteraction, .rule = "Third", .campaign_id = "K3"}};
    EXPECT_EQ(got.actions, expected);
    EXPECT_EQ(got.conflicts, (std::vector<std::string>{
                                 "\"Second\": moveToFolder is overruled by \"First\"",
                                 "\"Second\": skipLogging is overruled by \"First\"",
                                 "\"Third\": moveToFolder is overruled by \"First\"",
                                 "\"Third\": logInteraction/template is overruled by \"First\""}));
    EXPECT_EQ(got.rule_set_version, set.version());
}

TEST(Evaluate, RulesWithOneSequenceKeepTheOrderOfTheDocument) {
    std::string problem;
    const RuleSet set = samples::load_or_empty(
        quoted(
            "{'rules': [{'id': 'b', 'displayName': 'B', 'sequence': 1, 'actions': {'hold': true}},"
            "{'id': 'a', 'displayName': 'A', 'sequence': 1, 'actions': {'skipLogging': true}}]}"),
        problem);
    EXPECT_EQ(set.evaluate({}, {}).matched, (std::vector<std::string>{"b", "a"}));
    EXPECT_EQ(set.evaluate({}, {}).actions.front().kind, MailActionKind::Hold);
}

TEST(Evaluate, StopKeepsLaterRulesOut) {
    std::string problem;
    const RuleSet set = samples::load_or_empty(
        quoted(
            "{'rules': [{'displayName': 'Off', 'isEnabled': false, 'actions': {'hold': true}},"
            "{'displayName': 'A', 'conditions': {'importance': 'low'}, 'actions': {'hold': true}},"
            "{'displayName': 'B', 'actions': {'stopProcessingRules': true}},"
            "{'displayName': 'C', 'actions': {'hold': true}}]}"),
        problem);
    ASSERT_EQ(problem, "");
    const MailActions got = set.evaluate(sample_mail(), {}, TraceDetail::All);
    EXPECT_EQ(got.matched, std::vector<std::string>{"B"});
    EXPECT_TRUE(got.actions.empty());
    EXPECT_EQ(got.trace, (std::vector<std::string>{"\"Off\": switched off",
                                                   "\"A\": conditions/importance does not hold",
                                                   "\"B\": matched; no later rule is looked at"}));
    const MailActions brief = set.evaluate(sample_mail(), {});
    EXPECT_EQ(brief.trace, std::vector<std::string>{"\"B\": matched; no later rule is looked at"});
}

TEST(Evaluate, TheTraceNamesTheFirstConditionThatFails) {
    struct Case {
        std::string conditions, exceptions, line;
    };
    const Case cases[] = {
        {"{'importance': 'high', 'subjectContains': ['no']}", "{}",
         "\"R\": conditions/subjectContains does not hold"},
        {"{'allOf': [{'importance': 'high'}, {'hasAttachments': false}]}", "{}",
         "\"R\": conditions/allOf/1/hasAttachments does not hold"},
        {"{'anyOf': [{'importance': 'low'}, {'sensitivity': 'private'}]}", "{}",
         "\"R\": conditions/anyOf does not hold"},
        {"{'not': {'importance': 'high'}}", "{}", "\"R\": conditions/not does not hold"},
        {"{'importance': 'high'}", "{'direction': 'none', 'senderIs': 'contact'}",
         "\"R\": exceptions/senderIs holds"},
        {"{'importance': 'high'}", "{'direction': 'none'}", "\"R\": matched"},
    };
    for (const Case& c : cases) {
        std::string problem;
        const RuleSet set = samples::load_or_empty(one_rule(c.conditions, c.exceptions), problem);
        EXPECT_EQ(set.evaluate(sample_mail(), sample_facts(), TraceDetail::All).trace,
                  std::vector<std::string>{c.line});
    }
}

TEST(Evaluate, ALongTraceIsCut) {
    std::string rules;
    for (int i = 0; i < 1000; ++i)
        rules += std::string(i > 0 ? "," : "") + "{'displayName': 'R" + std::to_string(i) +
                 "', 'actions': {'hold': true}}";
    std::string problem;
    const RuleSet set = samples::load_or_empty(quoted("{'rules': [" + rules + "]}"), problem);
    const MailActions got = set.evaluate({}, {});
    EXPECT_EQ(got.matched.size(), 1000u);
    ASSERT_EQ(got.trace.size(), 201u);
    EXPECT_EQ(got.trace.back(), "and 800 more rules");
    EXPECT_EQ(set.always_looked_at(), 1000u);
}

TEST(Evaluate, OnlyRulesWithALookUpSleep) {
    struct Case {
        std::string conditions;
        std::size_t always;
    };
    const Case cases[] = {
        {"{'subjectContains': ['a']}", 0},
        {"{'hasAttachments': true, 'subjectContains': ['a']}", 0},
        {"{'hasAttachments': true}", 1},
        {"{'not': {'subjectContains': ['a']}}", 1},
        {"{'anyOf': [{'subjectContains': ['a']}, {'hasAttachments': true}]}", 1},
        {"{'anyOf': [{'subjectContains': ['a']}, {'hasAttachments': true, 'senderIs': 'user'}]}",
         0},
        {"{'not': {'not': {'subjectContains': ['a']}}}", 1},
        {"{}", 1},
    };
    for (const Case& c : cases) {
        std::string problem;
        EXPECT_EQ(samples::load_or_empty(one_rule(c.conditions), problem).always_looked_at(),
                  c.always)
            << c.conditions;
    }
}

TEST(Evaluate, HeadersAreAskedForOnlyWhenARuleNeedsThem) {
    std::string problem;
    EXPECT_FALSE(
        samples::load_or_empty(one_rule("{'bodyContains': ['a']}"), problem).needs_headers());
    EXPECT_TRUE(
        samples::load_or_empty(one_rule("{'headerContains': ['a']}"), problem).needs_headers());
    EXPECT_TRUE(
        samples::load_or_empty(one_rule("{'isAutomaticReply': true}"), problem).needs_headers());
}

TEST(Evaluate, HostileMailIsOnlyMail) {
    MailMessage mail;
    mail.from = MailAddress{std::string(200'000, '.') + "@" + std::string(200'000, '.'),
                            std::string(1000, '\xC3')};
    mail.subject = std::string(100'000, '\xCE');
    mail.text_body = std::string(1'000'000, 'a') + "\xC3";
    mail.importance = std::string(10'000, 'H');
    for (int i = 0; i < 20'000; ++i) mail.to.push_back({"a@b.c.d.e.f" + std::to_string(i), ""});
    Facts facts;
    facts.folder = std::string(500'000, '/') + "x/" + std::string(500'000, 'y');
    std::string problem;
    const RuleSet set =
        samples::load_or_empty(one_rule("{'anyOf': [{'bodyContains': ['" + std::string(200, 'a') +
                                        "b', 'aaab']}, {'fromDomains': ['x.test']},"
                                        "{'folderUnder': ['Inbox']}]}"),
                               problem);
    ASSERT_EQ(problem, "");
    EXPECT_TRUE(set.evaluate(mail, facts).matched.empty());
}

}  // namespace
}  // namespace liaison::rules
