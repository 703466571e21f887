#include <gtest/gtest.h>

#include <filesystem>

#include "sandbox/mail_delivery.hpp"
#include "tests/sandbox/ews_lab.hpp"

namespace liaison::sandbox::testing_ews {
namespace {

std::string rule_xml(std::string_view name, int priority, std::string_view conditions,
                     std::string_view actions, std::string_view exceptions = {}) {
    std::string out = "<t:Rule><t:DisplayName>" + std::string(name) +
                      "</t:DisplayName><t:Priority>" + std::to_string(priority) +
                      "</t:Priority><t:IsEnabled>true</t:IsEnabled>";
    out += "<t:Conditions>" + std::string(conditions) + "</t:Conditions><t:Exceptions>" +
           std::string(exceptions) + "</t:Exceptions><t:Actions>";
    return (out += actions) += "</t:Actions></t:Rule>";
}

std::string create(std::string_view rule) {
    return "<t:CreateRuleOperation>" + std::string(rule) + "</t:CreateRuleOperation>";
}

EwsReply update(EwsLab& lab, std::string_view operations, bool remove_blob = false) {
    return lab.call("<m:UpdateInboxRules><m:RemoveOutlookRuleBlob>" +
                    std::string(remove_blob ? "true" : "false") +
                    "</m:RemoveOutlookRuleBlob><m:Operations>" + std::string(operations) +
                    "</m:Operations></m:UpdateInboxRules>");
}

EwsReply read_rules(EwsLab& lab) {
    return lab.call("<m:GetInboxRules/>");
}

const std::string kSubject =
    "<t:ContainsSubjectStrings><t:String>Offer</t:String></t:ContainsSubjectStrings>";
const std::string kCategory = "<t:AssignCategories><t:String>Red</t:String></t:AssignCategories>";

TEST(EwsInboxRules, AreMadeShownChangedAndDeleted) {
    EwsLab lab;
    EXPECT_EQ(read_rules(lab).code(), "NoError");
    EXPECT_EQ(read_rules(lab).count("Rule"), 0u);
    const std::string move =
        "<t:MoveToFolder><t:FolderId Id=\"" + lab.folder("junkemail") +
        "\"/></t:MoveToFolder><t:StopProcessingRules>true</t:StopProcessingRules>";
    EXPECT_EQ(
        update(lab, create(rule_xml("Second", 2, kSubject, kCategory)) +
                        create(rule_xml(
                            "First", 1,
                            "<t:FromAddresses><t:Address><t:EmailAddress>a@x.test</"
                            "t:EmailAddress></t:Address></t:FromAddresses><t:HasAttachments>true</"
                            "t:HasAttachments><t:WithinSizeRange><t:MinimumSize>1</"
                            "t:MinimumSize></t:WithinSizeRange>",
                            move, "<t:IsMeetingRequest>true</t:IsMeetingRequest>")))
            .code(),
        "NoError");
    EwsReply shown = read_rules(lab);
    EXPECT_EQ(shown.texts("DisplayName"), (std::vector<std::string>{"First", "Second"}));
    EXPECT_EQ(shown.text("OutlookRuleBlobExists"), "false");
    EXPECT_EQ(shown.attribute("FolderId", "Id"), lab.folder("junkemail"));
    EXPECT_EQ(shown.text("EmailAddress"), "a@x.test");
    const std::string first = shown.texts("RuleId").at(0);
    std::string changed = rule_xml("Renamed", 1, kSubject, kCategory);
    changed.insert(8, "<t:RuleId>" + first + "</t:RuleId>");
    EXPECT_EQ(update(lab, "<t:DeleteRuleOperation><t:RuleId>" + shown.texts("RuleId").at(1) +
                              "</t:RuleId></t:DeleteRuleOperation><t:SetRuleOperation>" + changed +
                              "</t:SetRuleOperation>")
                  .code(),
              "NoError");
    shown = read_rules(lab);
    EXPECT_EQ(shown.texts("DisplayName"), std::vector<std::string>{"Renamed"});
    EXPECT_EQ(shown.text("RuleId"), first) << "a rule keeps its id";
}

TEST(EwsInboxRules, AreRefusedWithFieldAndCodeAndThenNothingIsDone) {
    const std::pair<std::string, std::string> cases[] = {
        {create(rule_xml("", 1, kSubject, kCategory)), "DisplayName EmptyValueFound"},
        {create(rule_xml("R", 0, kSubject, kCategory)), "Priority InvalidValue"},
        {create(rule_xml("R", 1, kSubject, "")), "Actions MissingAction"},
        {create(rule_xml("R", 1, "<t:ContainsSubjectStrings/>", kCategory)),
         "Condition:ContainsSubjectStrings EmptyValueFound"},
        {create(rule_xml("R", 1, kSubject,
                         "<t:MoveToFolder><t:FolderId Id=\"QUJD\"/></t:MoveToFolder>")),
         "Action:MoveToFolder FolderDoesNotExist"},
        {create(rule_xml("R", 1,
                         "<t:WithinSizeRange><t:MinimumSize>5</t:MinimumSize><t:MaximumSize>1</"
                         "t:MaximumSize></t:WithinSizeRange>",
                         kCategory)),
         "Condition:WithinSizeRange InvalidSizeRange"},
        {create(rule_xml("R", 1, "", kCategory, "<t:FlaggedForAction>Any</t:FlaggedForAction>")),
         "Exception:FlaggedForAction UnsupportedRule"},
        {"<t:DeleteRuleOperation><t:RuleId>AAAA</t:RuleId></t:DeleteRuleOperation>",
         "RuleId RuleNotFound"},
        {create(rule_xml("R", 7, kSubject, kCategory)) +
             create(rule_xml("S", 7, kSubject, kCategory)),
         "Priority DuplicatedPriority"},
    };
    for (const auto& [operations, wanted] : cases) {
        EwsLab lab;
        const EwsReply reply =
            update(lab, create(rule_xml("Good", 50, kSubject, kCategory)) + operations);
        EXPECT_EQ(reply.code(), "ErrorInboxRulesValidationError") << wanted;
        EXPECT_EQ(reply.text("FieldURI") + " " + reply.text("ErrorCode"), wanted);
        EXPECT_EQ(read_rules(lab).count("Rule"), 0u) << "all or nothing: " << wanted;
    }
}

TEST(EwsInboxRules, OutlooksOwnRulesStandInTheWayAndTheirRemovalLosesWhatIsSwitchedOff) {
    EwsLab lab;
    ServerRules rules;
    rules.outlook_blob = true;
    ServerRule off;
    off.id = "AAAB";
    off.display_name = "switched off";
    off.enabled = false;
    off.actions["MarkAsRead"] = {"true"};
    rules.rules = {off};
    ASSERT_TRUE(lab.store->set_inbox_rules("alice@example.test", rules));
    EXPECT_EQ(update(lab, create(rule_xml("R", 1, kSubject, kCategory))).code(),
              "ErrorOutlookRuleBlobExists");
    EXPECT_EQ(read_rules(lab).text("OutlookRuleBlobExists"), "true");
    EXPECT_EQ(update(lab, create(rule_xml("R", 1, kSubject, kCategory)), true).code(), "NoError");
    EXPECT_EQ(read_rules(lab).text("OutlookRuleBlobExists"), "false");
    EXPECT_EQ(read_rules(lab).texts("DisplayName"), std::vector<std::string>{"R"});
}

TEST(EwsInboxRules, AreCarriedOutAtArrivalInTheInboxOnly) {
    EwsLab lab;
    const std::string move =
        kCategory + "<t:MarkAsRead>true</t:MarkAsRead><t:MoveToFolder><t:FolderId Id=\"" +
        lab.folder("junkemail") +
        "\"/></t:MoveToFolder><t:StopProcessingRules>true</t:StopProcessingRules>";
    ASSERT_EQ(
        update(lab,
               create(rule_xml(
                   "Move", 1, kSubject, move,
                   "<t:ContainsBodyStrings><t:String>keep</t:String></t:ContainsBodyStrings>")) +
                   create(rule_xml("Forward", 2, kSubject,
                                   "<t:ForwardToRecipients><t:Address><t:EmailAddress>z@x.test</"
                                   "t:EmailAddress></t:Address></t:ForwardToRecipients>")))
            .code(),
        "NoError");
    const auto deliver = [&](const char* folder, const char* key, const std::string& body) {
        MailDelivery delivery(*lab.store, "alice@example.test", lab.folder(folder));
        ASSERT_TRUE(delivery.deliver(key, "From: a@x.test\r\nSubject: An OFFER\r\nMessage-ID: <" +
                                              std::string(key) + "@x>\r\n\r\n" + body));
    };
    deliver("inbox", "1", "text");
    deliver("inbox", "2", "Keep it");
    deliver("drafts", "3", "text");
    const auto in = [&](const char* folder) {
        return lab.store->items("alice@example.test", lab.folder(folder));
    };
    ASSERT_EQ(in("junkemail").size(), 1u);
    EXPECT_EQ(in("junkemail")[0]->categories, std::vector<std::string>{"Red"});
    EXPECT_EQ(in("junkemail")[0]->properties.text("message:IsRead"), "true");
    EXPECT_EQ(in("inbox").size(), 1u) << "the exception holds";
    EXPECT_EQ(in("drafts").size(), 1u) << "rules are for the Inbox";
    ASSERT_EQ(lab.store->sent().size(), 1u) << "the first mail stopped before the second rule";
    EXPECT_EQ(lab.store->sent()[0].recipients, std::vector<std::string>{"z@x.test"});
}

TEST(EwsInboxRules, BelongToOneMailboxAndSurviveARestart) {
    const std::string folder = ::testing::TempDir() + "liaison-inbox-rules";
    std::error_code ignored;
    std::filesystem::remove_all(folder, ignored);
    {
        EwsLab lab(folder);
        ASSERT_EQ(update(lab, create(rule_xml("R", 1, kSubject, kCategory))).code(), "NoError");
        EXPECT_EQ(lab.call("<m:GetInboxRules/>", "bob@example.test").count("Rule"), 0u);
        const char* of_alice =
            "<m:GetInboxRules><m:MailboxSmtpAddress>alice@example.test</m:MailboxSmtpAddress></"
            "m:GetInboxRules>";
        EXPECT_EQ(lab.call(of_alice, "bob@example.test").code(), "ErrorAccessDenied");
        ASSERT_TRUE(lab.store->grant_access("alice@example.test", "bob@example.test"));
        EXPECT_EQ(lab.call(of_alice, "bob@example.test").count("Rule"), 1u);
    }
    EwsLab again(folder);
    EXPECT_EQ(read_rules(again).texts("DisplayName"), std::vector<std::string>{"R"});
    EXPECT_TRUE(again.store->may_open("alice@example.test", "bob@example.test"));
}

TEST(EwsFolders, AreRenamedByUpdateFolder) {
    EwsLab lab;
    const auto made =
        lab.store->create_folder("alice@example.test", lab.folder("inbox"), "CRM", "");
    ASSERT_TRUE(made);
    const std::string id = (*made)->id;
    const auto rename = [&](const std::string& folder, const std::string& name) {
        return lab
            .call("<m:UpdateFolder><m:FolderChanges><t:FolderChange><t:FolderId Id=\"" + folder +
                  "\"/><t:Updates><t:SetFolderField><t:FieldURI "
                  "FieldURI=\"folder:DisplayName\"/><t:Folder>"
                  "<t:DisplayName>" +
                  name +
                  "</t:DisplayName></t:Folder></t:SetFolderField></t:Updates>"
                  "</t:FolderChange></m:FolderChanges></m:UpdateFolder>")
            .code();
    };
    EXPECT_EQ(rename(id, "Kunden"), "NoError");
    EXPECT_EQ(lab.store->find_folder("alice@example.test", id)->display_name, "Kunden");
    ASSERT_TRUE(lab.store->create_folder("alice@example.test", lab.folder("inbox"), "Taken", ""));
    EXPECT_EQ(rename(id, "taken"), "ErrorFolderExists");
    EXPECT_EQ(rename(lab.folder("inbox"), "Mine"), "ErrorAccessDenied");
    EXPECT_EQ(rename("QUJD", "x"), "ErrorFolderNotFound");
}

TEST(EwsPublicFolders, AreFoundFilledAndSearchedButNotSynchronised) {
    EwsLab lab;
    const EwsReply made = lab.call(
        "<m:CreateFolder><m:ParentFolderId><t:DistinguishedFolderId "
        "Id=\"publicfoldersroot\"/></m:ParentFolderId>"
        "<m:Folders><t:Folder><t:DisplayName>Queue</t:DisplayName></t:Folder></m:Folders></"
        "m:CreateFolder>");
    ASSERT_EQ(made.code(), "NoError");
    const std::string id = made.attribute("FolderId", "Id");
    ASSERT_TRUE(lab.store->find_folder(public_folders_address, id));
    MailDelivery delivery(*lab.store, public_folders_address, id);
    ASSERT_TRUE(
        delivery.deliver("1", "From: a@x.test\r\nSubject: one\r\nMessage-ID: <1@x>\r\n\r\nhi"));
    const std::string target = "<m:SyncFolderId><t:FolderId Id=\"" + id + "\"/></m:SyncFolderId>";
    EXPECT_EQ(
        lab.call("<m:SyncFolderItems><m:ItemShape><t:BaseShape>IdOnly</t:BaseShape></m:ItemShape>" +
                     target + "<m:MaxChangesReturned>10</m:MaxChangesReturned></m:SyncFolderItems>",
                 "bob@example.test")
            .code(),
        "ErrorInvalidOperation");
    EXPECT_EQ(
        lab.call(
               "<m:FindFolder "
               "Traversal=\"Deep\"><m:FolderShape><t:BaseShape>IdOnly</t:BaseShape></m:FolderShape>"
               "<m:ParentFolderIds><t:DistinguishedFolderId "
               "Id=\"publicfoldersroot\"/></m:ParentFolderIds></m:FindFolder>")
            .code(),
        "ErrorInvalidOperation");
    const EwsReply found = lab.call(
        "<m:FindItem "
        "Traversal=\"Shallow\"><m:ItemShape><t:BaseShape>IdOnly</t:BaseShape></m:ItemShape>"
        "<m:ParentFolderIds><t:FolderId Id=\"" +
            id + "\"/></m:ParentFolderIds></m:FindItem>",
        "bob@example.test");
    EXPECT_EQ(found.count("ItemId"), 1u) << "everybody may";
}

TEST(EwsDelegates, OpenAnotherMailboxOnlyWithTheRightTo) {
    EwsLab lab;
    const std::string inbox_of_alice =
        "<m:GetFolder><m:FolderShape><t:BaseShape>IdOnly</t:BaseShape></m:FolderShape><m:FolderIds>"
        "<t:DistinguishedFolderId "
        "Id=\"inbox\"><t:Mailbox><t:EmailAddress>alice@example.test</t:EmailAddress></t:Mailbox>"
        "</t:DistinguishedFolderId></m:FolderIds></m:GetFolder>";
    const std::string by_id =
        "<m:GetFolder><m:FolderShape><t:BaseShape>IdOnly</t:BaseShape></m:FolderShape><m:FolderIds>"
        "<t:FolderId Id=\"" +
        lab.folder("inbox") + "\"/></m:FolderIds></m:GetFolder>";
    EXPECT_EQ(lab.call(inbox_of_alice, "bob@example.test").code(), "ErrorFolderNotFound");
    EXPECT_EQ(lab.call(by_id, "bob@example.test").code(), "ErrorFolderNotFound");
    ASSERT_TRUE(lab.store->grant_access("alice@example.test", "bob@example.test"));
    EXPECT_EQ(lab.call(inbox_of_alice, "bob@example.test").attribute("FolderId", "Id"),
              lab.folder("inbox"));
    EXPECT_EQ(lab.call(by_id, "bob@example.test").code(), "NoError");
    EXPECT_EQ(lab.call(by_id, "svc@example.test").code(), "ErrorFolderNotFound");
}

}  // namespace
}  // namespace liaison::sandbox::testing_ews
