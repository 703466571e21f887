#include <gtest/gtest.h>

#include "tests/sandbox/ews_lab.hpp"

namespace liaison::sandbox::testing_ews {
namespace {

std::string condition(const std::string& relation, const std::string& uri,
                      const std::string& constant) {
    return "<t:" + relation + "><t:FieldURI FieldURI=\"" + uri +
           "\"/><t:FieldURIOrConstant><t:Constant Value=\"" + constant +
           "\"/></t:FieldURIOrConstant></t:" + relation + ">";
}

EwsReply find(EwsLab& lab, const std::string& folder, const std::string& restriction,
              const std::string& view = {}, const std::string& sort = {}) {
    return lab.call(
        "<m:FindItem Traversal=\"Shallow\"><m:ItemShape><t:BaseShape>IdOnly</t:BaseShape>"
        "<t:AdditionalProperties><t:FieldURI "
        "FieldURI=\"item:Subject\"/></t:AdditionalProperties></m:ItemShape>" +
        view + (restriction.empty() ? "" : "<m:Restriction>" + restriction + "</m:Restriction>") +
        (sort.empty() ? "" : "<m:SortOrder>" + sort + "</m:SortOrder>") +
        "<m:ParentFolderIds><t:DistinguishedFolderId Id=\"" + folder +
        "\"/></m:ParentFolderIds></m:FindItem>");
}

class EwsFindTasks : public ::testing::Test {
protected:
    EwsFindTasks() {
        lab.create_task("<t:Subject>Alpha offer</t:Subject><t:Importance>High</t:Importance>" +
                        token_property("task:1") + "<t:DueDate>2027-03-01T00:00:00Z</t:DueDate>");
        lab.create_task(
            "<t:Subject>beta</t:Subject><t:Categories><t:String>Red</t:String></t:Categories>" +
            token_property("task:2") +
            "<t:DueDate>2027-02-01T00:00:00Z</t:DueDate><t:Status>Completed</t:Status>");
        lab.create_task("<t:Subject>Gamma</t:Subject>");
    }
    std::vector<std::string> subjects(const std::string& restriction) {
        return find(lab, "tasks", restriction).texts("Subject");
    }
    using Names = std::vector<std::string>;
    EwsLab lab;
};

TEST_F(EwsFindTasks, ByNamedProperty) {
    const std::string equal =
        "<t:IsEqualTo>" + std::string(token_uri) +
        "<t:FieldURIOrConstant><t:Constant Value=\"task:2\"/></t:FieldURIOrConstant></t:IsEqualTo>";
    EXPECT_EQ(subjects(equal), Names{"beta"});
    EXPECT_EQ(subjects("<t:Exists>" + std::string(token_uri) + "</t:Exists>"),
              (Names{"beta", "Alpha offer"}));
    EXPECT_EQ(subjects("<t:Not><t:Exists>" + std::string(token_uri) + "</t:Exists></t:Not>"),
              Names{"Gamma"});
    EXPECT_EQ(subjects("<t:Contains ContainmentMode=\"Prefixed\" ContainmentComparison=\"Exact\">" +
                       std::string(token_uri) + "<t:Constant Value=\"task:\"/></t:Contains>"),
              (Names{"beta", "Alpha offer"}));
}

TEST_F(EwsFindTasks, ByCommonFields) {
    EXPECT_EQ(subjects(condition("IsEqualTo", "item:Importance", "High")), Names{"Alpha offer"});
    EXPECT_EQ(subjects(condition("IsEqualTo", "task:Status", "NotStarted")),
              (Names{"Gamma", "Alpha offer"}));
    EXPECT_EQ(subjects(condition("IsEqualTo", "item:Categories", "Red")), Names{"beta"});
    EXPECT_EQ(subjects(condition("IsLessThan", "task:DueDate", "2027-02-15T00:00:00Z")),
              Names{"beta"});
    EXPECT_EQ(subjects(condition("IsGreaterThanOrEqualTo", "task:DueDate", "2027-03-01T00:00:00Z")),
              Names{"Alpha offer"});
    EXPECT_EQ(subjects(condition("IsNotEqualTo", "item:Subject", "BETA")),
              (Names{"Gamma", "Alpha offer"}));
    EXPECT_EQ(subjects("<t:And>" + condition("IsEqualTo", "task:IsComplete", "false") + "<t:Or>" +
                       condition("IsEqualTo", "item:Subject", "gamma") +
                       condition("IsEqualTo", "item:Subject", "beta") + "</t:Or></t:And>"),
              Names{"Gamma"});
    EXPECT_EQ(subjects("<t:Contains ContainmentMode=\"PrefixOnWords\" "
                       "ContainmentComparison=\"IgnoreCase\"><t:FieldURI "
                       "FieldURI=\"item:Subject\"/><t:Constant Value=\"OFF\"/></t:Contains>"),
              Names{"Alpha offer"});
}

TEST_F(EwsFindTasks, SortedAndPaged) {
    const auto sorted = [&](const std::string& order, const std::string& uri,
                            const std::string& view) {
        return find(lab, "tasks", "", view,
                    "<t:FieldOrder Order=\"" + order + "\"><t:FieldURI FieldURI=\"" + uri +
                        "\"/></t:FieldOrder>");
    };
    EXPECT_EQ(sorted("Ascending", "item:Subject", "").texts("Subject"),
              (Names{"Alpha offer", "beta", "Gamma"}));
    EXPECT_EQ(sorted("Descending", "task:DueDate", "").texts("Subject"),
              (Names{"Alpha offer", "beta", "Gamma"}));
    const EwsReply page = sorted(
        "Ascending", "item:Subject",
        "<m:IndexedPageItemView MaxEntriesReturned=\"2\" Offset=\"0\" BasePoint=\"Beginning\"/>");
    EXPECT_EQ(page.texts("Subject"), (Names{"Alpha offer", "beta"}));
    EXPECT_EQ(page.attribute("RootFolder", "IncludesLastItemInRange"), "false");
    EXPECT_EQ(page.attribute("RootFolder", "TotalItemsInView"), "3");
    const EwsReply rest = sorted("Ascending", "item:Subject",
                                 "<m:IndexedPageItemView MaxEntriesReturned=\"2\" Offset=\"" +
                                     page.attribute("RootFolder", "IndexedPagingOffset") +
                                     "\" BasePoint=\"Beginning\"/>");
    EXPECT_EQ(rest.texts("Subject"), Names{"Gamma"});
    EXPECT_EQ(rest.attribute("RootFolder", "IncludesLastItemInRange"), "true");
    EXPECT_EQ(
        sorted("Ascending", "item:Subject",
               "<m:IndexedPageItemView MaxEntriesReturned=\"2\" Offset=\"0\" BasePoint=\"End\"/>")
            .texts("Subject"),
        (Names{"beta", "Gamma"}));
}

TEST_F(EwsFindTasks, RefusesWhatCannotBeSearched) {
    EXPECT_EQ(
        find(lab, "tasks", condition("IsEqualTo", "item:ReminderDueBy", "2027-01-01T00:00:00Z"))
            .code(),
        "ErrorUnsupportedPathForQuery");
    EXPECT_EQ(find(lab, "tasks", condition("IsEqualTo", "task:DueDate", "yesterday")).code(),
              "ErrorInvalidValueForProperty");
    EXPECT_EQ(find(lab, "tasks",
                   "<t:Contains><t:FieldURI FieldURI=\"task:DueDate\"/><t:Constant "
                   "Value=\"2\"/></t:Contains>")
                  .code(),
              "ErrorContainsFilterWrongType");
    std::string many = "<t:Or>";
    for (int i = 0; i < 255; ++i) many += condition("IsEqualTo", "item:Subject", "x");
    EXPECT_EQ(find(lab, "tasks", many + "</t:Or>").code(), "ErrorRestrictionTooLong");
    EXPECT_EQ(
        find(lab, "tasks", "",
             "<m:IndexedPageItemView MaxEntriesReturned=\"0\" Offset=\"0\" BasePoint=\"End\"/>")
            .code(),
        "ErrorInvalidPagingMaxRows");
}

TEST(EwsFind, NeverGivesMoreThanTheServersLimits) {
    EwsLab lab;
    {
        const MailboxStore::Batch batch(*lab.store);
        for (int i = 0; i < 1'001; ++i) {
            Item task;
            task.kind = ItemKind::Task;
            task.item_class = "IPM.Task";
            ASSERT_TRUE(lab.store->create_item("alice@example.test", lab.folder("tasks"), task)
                            .has_value());
        }
    }
    const EwsReply all = find(lab, "tasks", "");
    EXPECT_EQ(all.count("ItemId"), 1'000u);
    EXPECT_EQ(all.attribute("RootFolder", "IncludesLastItemInRange"), "false");
    EXPECT_EQ(
        find(lab, "tasks", condition("IsEqualTo", "item:ItemClass", "IPM.Task")).count("ItemId"),
        250u);
}

TEST(EwsFind, ListingsLeaveOutAddressesAndBodies) {
    EwsLab lab;
    lab.add_mail("inbox",
                 "From: Ann <ann@example.org>\r\nTo: alice@example.test\r\nSubject: "
                 "s\r\n\r\nsecret body\r\n");
    const EwsReply reply = lab.call(
        "<m:FindItem "
        "Traversal=\"Shallow\"><m:ItemShape><t:BaseShape>AllProperties</t:BaseShape></m:ItemShape>"
        "<m:ParentFolderIds><t:DistinguishedFolderId "
        "Id=\"inbox\"/></m:ParentFolderIds></m:FindItem>");
    EXPECT_NE(reply.raw().find("Ann"), std::string::npos);
    EXPECT_EQ(reply.raw().find("ann@example.org"), std::string::npos);
    EXPECT_EQ(reply.raw().find("secret body"), std::string::npos);
    EXPECT_EQ(reply.count("ToRecipients"), 0u);
}

TEST(EwsFolders, TellThatNobodyElseHasRights) {
    EwsLab lab;
    const EwsReply reply = lab.call(
        "<m:GetFolder><m:FolderShape><t:BaseShape>Default</"
        "t:BaseShape><t:AdditionalProperties><t:FieldURI "
        "FieldURI=\"folder:PermissionSet\"/></t:AdditionalProperties></m:FolderShape><m:FolderIds>"
        "<t:DistinguishedFolderId Id=\"calendar\"/><t:DistinguishedFolderId Id=\"inbox\"/>"
        "<t:DistinguishedFolderId Id=\"tasks\"/><t:DistinguishedFolderId "
        "Id=\"contacts\"/></m:FolderIds></m:GetFolder>");
    EXPECT_EQ(reply.count("CalendarPermission"), 2u);
    EXPECT_EQ(reply.count("Permission"), 6u);
    EXPECT_EQ(reply.text("CalendarPermissionLevel"), "None");
}

TEST(EwsFolders, AreFoundMadeAndRefusedTwice) {
    EwsLab lab;
    const std::string create =
        "<m:CreateFolder><m:ParentFolderId><t:DistinguishedFolderId "
        "Id=\"tasks\"/></m:ParentFolderId>"
        "<m:Folders><t:TasksFolder><t:DisplayName>CRM</t:DisplayName></t:TasksFolder></m:Folders>"
        "</m:CreateFolder>";
    const EwsReply made = lab.call(create);
    EXPECT_EQ(made.code(), "NoError");
    EXPECT_EQ(made.count("TasksFolder"), 1u);
    EXPECT_EQ(lab.call(create).code(), "ErrorFolderExists");
    const EwsReply deep = lab.call(
        "<m:FindFolder Traversal=\"Deep\"><m:FolderShape><t:BaseShape>Default</t:BaseShape>"
        "</m:FolderShape><m:Restriction>" +
        condition("IsEqualTo", "folder:DisplayName", "crm") +
        "</m:Restriction><m:ParentFolderIds><t:DistinguishedFolderId Id=\"msgfolderroot\"/>"
        "</m:ParentFolderIds></m:FindFolder>");
    EXPECT_EQ(deep.attribute("FolderId", "Id"), made.attribute("FolderId", "Id"));
    const EwsReply got = lab.call(
        "<m:GetFolder><m:FolderShape><t:BaseShape>AllProperties</"
        "t:BaseShape><t:AdditionalProperties><t:ExtendedFieldURI "
        "PropertyTag=\"0x670a\" "
        "PropertyType=\"SystemTime\"/></t:AdditionalProperties></m:FolderShape><m:FolderIds>"
        "<t:DistinguishedFolderId Id=\"inbox\"/><t:FolderId Id=\"" +
        made.attribute("FolderId", "Id") +
        "\"/>"
        "<t:FolderId Id=\"QUJD\"/><t:DistinguishedFolderId "
        "Id=\"publicfoldersroot\"/><t:DistinguishedFolderId Id=\"inbox\">"
        "<t:Mailbox><t:EmailAddress>bob@example.test</t:EmailAddress></t:Mailbox></"
        "t:DistinguishedFolderId></m:FolderIds>"
        "</m:GetFolder>");
    EXPECT_EQ(got.codes(),
              (std::vector<std::string>{"NoError", "NoError", "ErrorFolderNotFound", "NoError",
                                        "ErrorFolderNotFound"}));
    EXPECT_EQ(got.text("DistinguishedFolderId"), "inbox");
    EXPECT_EQ(got.text("Value"), "2027-01-15T08:00:00Z");
}

TEST(EwsNames, AreResolvedFromUsersAndContacts) {
    EwsLab lab;
    lab.create_contact(
        "<t:DisplayName>Bobby Tables</t:DisplayName><t:EmailAddresses><t:Entry "
        "Key=\"EmailAddress1\">"
        "bt@example.org</t:Entry></t:EmailAddresses>");
    const auto resolve = [&](const std::string& entry, const std::string& scope) {
        return lab.call("<m:ResolveNames ReturnFullContactData=\"true\" SearchScope=\"" + scope +
                        "\"><m:UnresolvedEntry>" + entry + "</m:UnresolvedEntry></m:ResolveNames>");
    };
    EXPECT_EQ(resolve("bob", "ActiveDirectory").text("EmailAddress"), "bob@example.test");
    EXPECT_EQ(resolve("bob", "ActiveDirectory").code(), "NoError");
    EXPECT_EQ(resolve("bob", "ActiveDirectoryContacts").code(),
              "ErrorNameResolutionMultipleResults");
    EXPECT_EQ(resolve("tables", "Contacts").text("EmailAddress"), "bt@example.org");
    EXPECT_EQ(resolve("smtp:nobody@example.test", "ActiveDirectory").code(),
              "ErrorNameResolutionNoResults");
}

TEST(EwsConvertId, GivesEntryIds) {
    EwsLab lab;
    const std::string id = lab.create_task("<t:Subject>x</t:Subject>");
    const EwsReply reply = lab.call(
        "<m:ConvertId DestinationFormat=\"HexEntryId\"><m:SourceIds><t:AlternateId "
        "Format=\"EwsId\" "
        "Id=\"" +
        id + "\" Mailbox=\"alice@example.test\"/></m:SourceIds></m:ConvertId>");
    EXPECT_EQ(reply.attribute("AlternateId", "Id").size(), 140u);
    EXPECT_EQ(reply.attribute("AlternateId", "Mailbox"), "alice@example.test");
}

}  // namespace
}  // namespace liaison::sandbox::testing_ews
