#include <gtest/gtest.h>

#include "tests/sandbox/ews_lab.hpp"

namespace liaison::sandbox::testing_ews {
namespace {

EwsReply update(EwsLab& lab, const std::string& id, const std::string& updates,
                const std::string& key = {}, const std::string& mode = "NeverOverwrite",
                const std::string& attributes = {}) {
    return lab.call(
        "<m:UpdateItem ConflictResolution=\"" + mode + "\" MessageDisposition=\"SaveOnly\" " +
        (attributes.empty() ? "SendMeetingInvitationsOrCancellations=\"SendToNone\"" : attributes) +
        "><m:ItemChanges><t:ItemChange><t:ItemId Id=\"" + id + "\" ChangeKey=\"" +
        (key.empty() ? lab.change_key(id) : key) + "\"/><t:Updates>" + updates +
        "</t:Updates></t:ItemChange></m:ItemChanges></m:UpdateItem>");
}

std::string set_field(const std::string& uri, const std::string& kind, const std::string& xml) {
    return "<t:SetItemField><t:FieldURI FieldURI=\"" + uri + "\"/><t:" + kind + ">" + xml +
           "</t:" + kind + "></t:SetItemField>";
}

std::string erase_field(const std::string& uri) {
    return "<t:DeleteItemField><t:FieldURI FieldURI=\"" + uri + "\"/></t:DeleteItemField>";
}

TEST(EwsTask, DatesLoseTheirTimeAndDefaultsAreServed) {
    EwsLab lab;
    const std::string id = lab.create_task(
        "<t:Subject>Call</t:Subject><t:DueDate>2027-03-05T17:30:00Z</t:DueDate>"
        "<t:StartDate>2027-03-01T08:00:00+02:00</t:StartDate>");
    const EwsReply task = lab.get(id);
    EXPECT_EQ(task.text("DueDate"), "2027-03-05T00:00:00Z");
    EXPECT_EQ(task.text("StartDate"), "2027-03-01T00:00:00Z");
    EXPECT_EQ(task.text("Status"), "NotStarted");
    EXPECT_EQ(task.text("PercentComplete"), "0");
    EXPECT_EQ(task.text("Importance"), "Normal");
    EXPECT_EQ(task.text("ItemClass"), "IPM.Task");
    EXPECT_EQ(task.count("CompleteDate"), 0u);
}

TEST(EwsTask, StatusPercentAndCompleteDateMoveTogether) {
    EwsLab lab;
    const std::string id = lab.create_task(
        "<t:PercentComplete>25.5</t:PercentComplete><t:Status>WaitingOnOthers</t:Status>");
    EXPECT_EQ(lab.get(id).text("Status"), "WaitingOnOthers");
    EXPECT_EQ(lab.get(id).text("PercentComplete"), "25.5");
    EXPECT_EQ(
        update(lab, id, set_field("task:Status", "Task", "<t:Status>Completed</t:Status>")).code(),
        "NoError");
    EXPECT_EQ(lab.get(id).text("PercentComplete"), "100");
    EXPECT_EQ(lab.get(id).text("CompleteDate"), "2027-01-15T00:00:00Z");
    EXPECT_EQ(lab.get(id).text("IsComplete"), "true");
    update(lab, id,
           set_field("task:PercentComplete", "Task", "<t:PercentComplete>40</t:PercentComplete>"));
    EXPECT_EQ(lab.get(id).text("Status"), "InProgress");
    EXPECT_EQ(lab.get(id).count("CompleteDate"), 0u);
    update(lab, id,
           set_field("task:PercentComplete", "Task", "<t:PercentComplete>100</t:PercentComplete>"));
    EXPECT_EQ(lab.get(id).text("Status"), "Completed");
    update(lab, id, erase_field("task:CompleteDate"));
    EXPECT_EQ(lab.get(id).text("Status"), "NotStarted");
    EXPECT_EQ(update(lab, id,
                     set_field("task:PercentComplete", "Task",
                               "<t:PercentComplete>101</t:PercentComplete>"))
                  .code(),
              "ErrorInvalidPercentCompleteValue");
}

TEST(EwsTask, RecurrenceIsStoredAndServedAndBadOnesAreRefused) {
    EwsLab lab;
    const std::string weekly =
        "<t:Recurrence><t:WeeklyRegeneration><t:Interval>2</t:Interval></t:WeeklyRegeneration>"
        "<t:NoEndRecurrence><t:StartDate>2027-03-05</t:StartDate></t:NoEndRecurrence></"
        "t:Recurrence>";
    const std::string id = lab.create_task(weekly);
    EXPECT_EQ(lab.get(id).xml("Recurrence"), weekly);
    EXPECT_EQ(lab.get(id).text("IsRecurring"), "true");
    EXPECT_EQ(
        update(lab, id, set_field("task:Status", "Task", "<t:Status>Completed</t:Status>")).code(),
        "ErrorUnsupportedRecurrence");
    const EwsReply bad = lab.call(
        "<m:CreateItem><m:Items><t:Task><t:Recurrence><t:DailyRecurrence><t:Interval>1000</"
        "t:Interval></t:DailyRecurrence>"
        "<t:NoEndRecurrence><t:StartDate>2027-03-05</t:StartDate></t:NoEndRecurrence></"
        "t:Recurrence></t:Task></m:Items>"
        "</m:CreateItem>");
    EXPECT_EQ(bad.code(), "ErrorCalendarInvalidRecurrence");
}

TEST(EwsUpdate, AStaleChangeKeyConflictsUnlessOverwritingIsAllowed) {
    EwsLab lab;
    const std::string id = lab.create_task("<t:Subject>a</t:Subject>");
    const std::string old_key = lab.change_key(id);
    const std::string change = set_field("item:Subject", "Task", "<t:Subject>b</t:Subject>");
    const EwsReply first = update(lab, id, change);
    EXPECT_EQ(first.code(), "NoError");
    EXPECT_NE(first.attribute("ItemId", "ChangeKey"), old_key);
    EXPECT_EQ(first.attribute("ItemId", "ChangeKey"), lab.change_key(id));
    EXPECT_EQ(update(lab, id, change, old_key).code(), "ErrorIrresolvableConflict");
    EXPECT_EQ(update(lab, id, change, old_key, "AlwaysOverwrite").code(), "NoError");
    EXPECT_EQ(update(lab, id, change, old_key, "AutoResolve").code(), "NoError");
    EXPECT_EQ(update(lab, id, change, "not base64!").code(), "ErrorInvalidChangeKey");
    const EwsReply keyless = lab.call(
        "<m:UpdateItem ConflictResolution=\"AutoResolve\"><m:ItemChanges><t:ItemChange>"
        "<t:ItemId Id=\"" +
        id + "\"/><t:Updates>" + change +
        "</t:Updates></t:ItemChange></m:ItemChanges></m:UpdateItem>");
    EXPECT_EQ(keyless.code(), "ErrorChangeKeyRequiredForWriteOperations");
}

TEST(EwsUpdate, AFailedChangeAppliesNothingOfItsItem) {
    EwsLab lab;
    const std::string id = lab.create_task("<t:Subject>a</t:Subject>");
    const std::string key = lab.change_key(id);
    const EwsReply reply = update(lab, id,
                                  set_field("item:Subject", "Task", "<t:Subject>b</t:Subject>") +
                                      set_field("task:Owner", "Task", "<t:Owner>x</t:Owner>"));
    EXPECT_EQ(reply.code(), "ErrorInvalidPropertySet");
    EXPECT_EQ(lab.get(id).text("Subject"), "a");
    EXPECT_EQ(lab.change_key(id), key);
}

TEST(EwsUpdate, PathAndPropertyMustAgree) {
    EwsLab lab;
    const std::string id = lab.create_task("<t:Subject>a</t:Subject>");
    EXPECT_EQ(update(lab, id, set_field("item:Subject", "Task", "<t:Importance>Low</t:Importance>"))
                  .code(),
              "ErrorUpdatePropertyMismatch");
    EXPECT_EQ(update(lab, id,
                     set_field("item:Subject", "Task",
                               "<t:Subject>x</t:Subject><t:Importance>Low</t:Importance>"))
                  .code(),
              "ErrorIncorrectUpdatePropertyCount");
    EXPECT_EQ(update(lab, id,
                     set_field("calendar:Location", "CalendarItem", "<t:Location>x</t:Location>"))
                  .code(),
              "ErrorInvalidPropertySet");
    EXPECT_EQ(update(lab, id, erase_field("item:DateTimeCreated")).code(),
              "ErrorInvalidPropertyDelete");
}

TEST(EwsUpdate, AppendingAddsToTheBodyOnly) {
    EwsLab lab;
    const std::string id = lab.create_task("<t:Body BodyType=\"Text\">one</t:Body>");
    const std::string append =
        "<t:AppendToItemField><t:FieldURI FieldURI=\"item:Body\"/><t:Task><t:Body "
        "BodyType=\"Text\">"
        " two</t:Body></t:Task></t:AppendToItemField>";
    EXPECT_EQ(update(lab, id, append).code(), "NoError");
    EXPECT_EQ(lab.get(id).text("Body"), "one two");
    const std::string subject =
        "<t:AppendToItemField><t:FieldURI FieldURI=\"item:Subject\"/><t:Task><t:Subject>x"
        "</t:Subject></t:Task></t:AppendToItemField>";
    EXPECT_EQ(update(lab, id, subject).code(), "ErrorInvalidPropertyAppend");
}

TEST(EwsExtended, ANamedPropertyIsServedOnRequestSearchedAndCopied) {
    EwsLab lab;
    const std::string id = lab.create_task("<t:Subject>a</t:Subject>" + token_property("task:7"));
    EXPECT_EQ(lab.get(id).count("ExtendedProperty"), 0u);
    EXPECT_EQ(lab.get(id, token_uri).text("Value"), "task:7");
    const EwsReply copy = lab.call(
        "<m:CopyItem><m:ToFolderId><t:DistinguishedFolderId "
        "Id=\"tasks\"/></m:ToFolderId><m:ItemIds>"
        "<t:ItemId Id=\"" +
        id + "\"/></m:ItemIds></m:CopyItem>");
    const std::string copied = copy.attribute("ItemId", "Id");
    EXPECT_EQ(lab.get(copied, token_uri).text("Value"), "task:7");
    const std::string change = "<t:SetItemField>" + std::string(token_uri) + "<t:Task>" +
                               token_property("task:8") + "</t:Task></t:SetItemField>";
    EXPECT_EQ(update(lab, id, change).code(), "NoError");
    EXPECT_EQ(lab.get(id, token_uri).text("Value"), "task:8");
    EXPECT_EQ(lab.get(copied, token_uri).text("Value"), "task:7");
    EXPECT_EQ(
        update(lab, id, "<t:DeleteItemField>" + std::string(token_uri) + "</t:DeleteItemField>")
            .code(),
        "NoError");
    EXPECT_EQ(lab.get(id, token_uri).count("ExtendedProperty"), 0u);
}

TEST(EwsExtended, WrongCombinationsGetTheirErrors) {
    EwsLab lab;
    const std::string id = lab.create_task("<t:Subject>a</t:Subject>");
    EXPECT_EQ(
        lab.get(id, R"(<t:ExtendedFieldURI PropertyTag="0x8001" PropertyType="String"/>)").code(),
        "ErrorNoPropertyTagForCustomProperties");
    EXPECT_EQ(lab.get(id, R"(<t:ExtendedFieldURI PropertyName="x" PropertyType="String"/>)").code(),
              "ErrorInvalidExtendedProperty");
    EXPECT_EQ(lab.get(id, R"(<t:FieldURI FieldURI="item:StoreEntryId"/>)").code(),
              "ErrorInvalidPropertyRequest");
    const EwsReply bad = lab.call(
        "<m:CreateItem><m:Items><t:Task><t:ExtendedProperty><t:ExtendedFieldURI "
        "PropertyTag=\"0x1000\" "
        "PropertyType=\"Integer\"/><t:Value>x</t:Value></t:ExtendedProperty></t:Task></m:Items></"
        "m:CreateItem>");
    EXPECT_EQ(bad.code(), "ErrorInvalidExtendedPropertyValue");
}

TEST(EwsContact, DictionariesAreSetAndErasedSlotBySlot) {
    EwsLab lab;
    const std::string id = lab.create_contact(
        "<t:DisplayName>Jane Doe</t:DisplayName><t:EmailAddresses><t:Entry "
        "Key=\"EmailAddress1\">j@example.test</t:Entry>"
        "<t:Entry "
        "Key=\"EmailAddress2\">k@example.test</t:Entry></"
        "t:EmailAddresses><t:PhysicalAddresses><t:Entry "
        "Key=\"Business\"><t:Street>Main "
        "1</t:Street><t:City>Bern</t:City></t:Entry></t:PhysicalAddresses>"
        "<t:PhoneNumbers><t:Entry Key=\"MobilePhone\">+41 1</t:Entry></t:PhoneNumbers>"
        "<t:Birthday>1960-02-29T23:00:00Z</t:Birthday>");
    const EwsReply contact = lab.get(id);
    EXPECT_EQ(contact.count("Entry"), 4u);
    EXPECT_EQ(contact.text("Birthday"), "1960-02-29T11:59:00Z");
    EXPECT_EQ(contact.text("Subject"), "Jane Doe");
    const std::string change =
        "<t:SetItemField><t:IndexedFieldURI FieldURI=\"contacts:EmailAddress\" "
        "FieldIndex=\"EmailAddress2\"/><t:Contact>"
        "<t:EmailAddresses><t:Entry "
        "Key=\"EmailAddress2\">new@example.test</t:Entry></t:EmailAddresses></t:Contact>"
        "</t:SetItemField><t:DeleteItemField><t:IndexedFieldURI "
        "FieldURI=\"contacts:PhysicalAddress:City\" "
        "FieldIndex=\"Business\"/></t:DeleteItemField>";
    EXPECT_EQ(update(lab, id, change).code(), "NoError");
    const EwsReply after = lab.get(id);
    EXPECT_NE(after.raw().find("new@example.test"), std::string::npos);
    EXPECT_EQ(after.count("City"), 0u);
    EXPECT_EQ(after.text("Street"), "Main 1");
    const EwsReply one = lab.get(
        id, "<t:IndexedFieldURI FieldURI=\"contacts:EmailAddress\" FieldIndex=\"EmailAddress1\"/>",
        "IdOnly");
    EXPECT_EQ(one.texts("Entry"), std::vector<std::string>{"j@example.test"});
    const std::string wrong =
        "<t:SetItemField><t:IndexedFieldURI FieldURI=\"contacts:EmailAddress\" "
        "FieldIndex=\"EmailAddress2\"/><t:Contact>"
        "<t:EmailAddresses><t:Entry "
        "Key=\"EmailAddress1\">x</t:Entry></t:EmailAddresses></t:Contact></t:SetItemField>";
    EXPECT_EQ(update(lab, id, wrong).code(), "ErrorUpdatePropertyMismatch");
}

TEST(EwsDelete, EachWayOfDeletingDoesWhatItSays) {
    EwsLab lab;
    const auto erase = [&](const std::string& id, const std::string& attributes) {
        return lab.call("<m:DeleteItem " + attributes + "><m:ItemIds><t:ItemId Id=\"" + id +
                        "\"/></m:ItemIds></m:DeleteItem>");
    };
    const std::string hard = lab.create_task("<t:Subject>hard</t:Subject>");
    EXPECT_EQ(erase(hard, "DeleteType=\"HardDelete\"").code(),
              "ErrorAffectedTaskOccurrencesRequired");
    EXPECT_EQ(
        erase(hard, "DeleteType=\"HardDelete\" AffectedTaskOccurrences=\"AllOccurrences\"").code(),
        "NoError");
    EXPECT_EQ(lab.get(hard).code(), "ErrorItemNotFound");
    const std::string trash = lab.create_task("<t:Subject>trash</t:Subject>");
    EXPECT_EQ(
        erase(trash, "DeleteType=\"MoveToDeletedItems\" AffectedTaskOccurrences=\"AllOccurrences\"")
            .code(),
        "NoError");
    EXPECT_EQ(lab.store->item_count("alice@example.test", lab.folder("deleteditems")), 1u);
    const std::string soft = lab.create_task("<t:Subject>soft</t:Subject>");
    EXPECT_EQ(
        erase(soft, "DeleteType=\"SoftDelete\" AffectedTaskOccurrences=\"AllOccurrences\"").code(),
        "NoError");
    EXPECT_EQ(lab.store->item_count("alice@example.test", lab.folder("recoverableitemsdeletions")),
              1u);
    const std::string meeting = lab.create_appointment("<t:Subject>m</t:Subject>");
    EXPECT_EQ(erase(meeting, "DeleteType=\"HardDelete\"").code(),
              "ErrorSendMeetingCancellationsRequired");
    EXPECT_TRUE(lab.store->sent().empty());
}

TEST(EwsBatch, EachInputIsAnsweredInOrder) {
    EwsLab lab;
    const std::string id = lab.create_task("<t:Subject>a</t:Subject>");
    const std::string other = lab.create_contact("<t:DisplayName>b</t:DisplayName>");
    std::string lower = id;
    for (char& c : lower) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    const EwsReply reply = lab.call(
        "<m:GetItem><m:ItemShape><t:BaseShape>IdOnly</t:BaseShape></m:ItemShape><m:ItemIds>"
        "<t:ItemId Id=\"" +
        id + "\"/><t:ItemId Id=\"" + lower +
        "\"/><t:ItemId Id=\"xx\"/>"
        "<t:ItemId Id=\"" +
        lab.folder("inbox") + "\"/><t:ItemId Id=\"" + other +
        "\"/><t:OccurrenceItemId RecurringMasterId=\"" + id +
        "\" InstanceIndex=\"1\"/>"
        "</m:ItemIds></m:GetItem>");
    EXPECT_EQ(reply.codes(),
              (std::vector<std::string>{"NoError", "ErrorItemNotFound", "ErrorInvalidIdMalformed",
                                        "ErrorCannotUseFolderIdForItemId", "NoError",
                                        "ErrorCalendarCannotUseIdForOccurrenceId"}));
}

TEST(EwsAttachment, ComesBackByteForByteAndChangesTheParentsKey) {
    EwsLab lab;
    const std::string id = lab.create_task("<t:Subject>a</t:Subject>");
    const std::string key = lab.change_key(id);
    const EwsReply made = lab.call(
        "<m:CreateAttachment><m:ParentItemId Id=\"" + id +
        "\"/><m:Attachments><t:FileAttachment>"
        "<t:Name>offer.pdf</t:Name><t:ContentType>application/pdf</t:ContentType><t:Content>QUJD"
        "</t:Content></t:FileAttachment></m:Attachments></m:CreateAttachment>");
    ASSERT_EQ(made.code(), "NoError") << made.raw();
    const std::string attachment = made.attribute("AttachmentId", "Id");
    EXPECT_EQ(made.attribute("AttachmentId", "RootItemChangeKey"), lab.change_key(id));
    EXPECT_NE(lab.change_key(id), key);
    EXPECT_EQ(lab.get(id).text("HasAttachments"), "true");
    const std::string get = "<m:GetAttachment><m:AttachmentIds><t:AttachmentId Id=\"" + attachment +
                            "\"/></m:AttachmentIds></m:GetAttachment>";
    EXPECT_EQ(lab.call(get).text("Content"), "QUJD");
    const EwsReply gone = lab.call("<m:DeleteAttachment><m:AttachmentIds><t:AttachmentId Id=\"" +
                                   attachment + "\"/></m:AttachmentIds></m:DeleteAttachment>");
    EXPECT_EQ(gone.attribute("RootItemId", "RootItemChangeKey"), lab.change_key(id));
    EXPECT_EQ(lab.call(get).code(), "ErrorItemNotFound");
}

}  // namespace
}  // namespace liaison::sandbox::testing_ews
