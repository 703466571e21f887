#include <gtest/gtest.h>

#include "sandbox/mailbox_ids.hpp"
#include "tests/sandbox/ews_lab.hpp"

namespace liaison::sandbox::testing_ews {
namespace {

const std::string two_part_mail =
    "Received: from x by y; Mon, 1 Mar 2027 10:00:05 +0100\r\nFrom: Ann Lee "
    "<ann@example.org>\r\nTo: Alice "
    "<alice@example.test>, bob@example.test\r\nCc: carol@example.test\r\nReply-To: "
    "desk@example.org\r\nSubject: "
    "=?utf-8?q?Gr=C3=BC=C3=9Fe?=\r\nMessage-ID: <m1@example.org>\r\nIn-Reply-To: "
    "<m0@example.org>\r\nReferences: "
    "<m00@example.org> <m0@example.org>\r\nDate: Mon, 1 Mar 2027 10:00:00 +0100\r\nX-Custom: "
    "yes\r\nMIME-Version: 1.0\r\n"
    "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: multipart/alternative; "
    "boundary=c\r\n\r\n--c\r\n"
    "Content-Type: text/plain; charset=utf-8\r\n\r\nplain words\r\n--c\r\nContent-Type: text/html; "
    "charset=utf-8\r\n\r\n"
    "<p>html words</p>\r\n--c--\r\n--b\r\nContent-Type: application/pdf\r\nContent-Disposition: "
    "attachment; "
    "filename=\"offer.pdf\"\r\nContent-Transfer-Encoding: "
    "base64\r\n\r\nQUJDRA==\r\n--b\r\nContent-Type: message/rfc822\r\n\r\n"
    "From: z@example.org\r\nSubject: inner\r\n\r\ninside\r\n--b--\r\n";

TEST(EwsMessage, TheFactsOfAMailComeFromItsMime) {
    EwsLab lab;
    const EwsReply mail = lab.get(lab.add_mail("inbox", two_part_mail));
    EXPECT_EQ(mail.text("Subject"),
              "Gr\xC3\xBC\xC3\x9F"
              "e");
    EXPECT_EQ(mail.text("InternetMessageId"), "<m1@example.org>");
    EXPECT_EQ(mail.text("InReplyTo"), "<m0@example.org>");
    EXPECT_EQ(mail.text("References"), "<m00@example.org> <m0@example.org>");
    EXPECT_EQ(mail.text("DateTimeSent"), "2027-03-01T09:00:00Z");
    EXPECT_EQ(mail.text("DateTimeReceived"), "2027-03-01T09:00:05Z");
    EXPECT_EQ(mail.text("IsDraft"), "false");
    EXPECT_EQ(mail.text("IsRead"), "false");
    EXPECT_EQ(mail.text("HasAttachments"), "true");
    EXPECT_EQ(mail.attribute("Body", "BodyType"), "HTML");
    EXPECT_NE(mail.text("Body").find("html words"), std::string::npos);
    EXPECT_NE(mail.text("TextBody").find("plain words"), std::string::npos);
    EXPECT_NE(mail.xml("From").find("ann@example.org"), std::string::npos);
    EXPECT_NE(mail.xml("ToRecipients").find("bob@example.test"), std::string::npos);
    EXPECT_NE(mail.xml("ReplyTo").find("desk@example.org"), std::string::npos);
    EXPECT_EQ(mail.count("FileAttachment"), 1u);
    EXPECT_EQ(mail.count("ItemAttachment"), 1u);
    EXPECT_NE(mail.attribute("ConversationId", "Id"), "");
    const EwsReply header = lab.get(
        mail.attribute("ItemId", "Id"),
        "<t:IndexedFieldURI FieldURI=\"item:InternetMessageHeader\" FieldIndex=\"x-custom\"/>",
        "IdOnly");
    EXPECT_EQ(header.texts("InternetMessageHeader"), std::vector<std::string>{"yes"});
}

TEST(EwsMessage, ReadingAMailSendsTheReceiptThatItsSenderWantsUnlessThatIsSuppressed) {
    for (const std::string suppress : {"false", "true"}) {
        EwsLab lab;
        const std::string id =
            lab.add_mail("inbox", "Disposition-Notification-To: ann@example.org\r\n" + two_part_mail);
        const EwsReply reply = lab.call(
            "<m:UpdateItem ConflictResolution=\"AlwaysOverwrite\" MessageDisposition=\"SaveOnly\" "
            "SuppressReadReceipts=\"" + suppress + "\"><m:ItemChanges><t:ItemChange><t:ItemId Id=\"" + id +
            "\"/><t:Updates><t:SetItemField><t:FieldURI FieldURI=\"message:IsRead\"/><t:Message><t:IsRead>true"
            "</t:IsRead></t:Message></t:SetItemField></t:Updates></t:ItemChange></m:ItemChanges></m:UpdateItem>");
        EXPECT_EQ(reply.code(), "NoError");
        if (suppress == "true") {
            EXPECT_TRUE(lab.store->sent().empty());
            continue;
        }
        ASSERT_EQ(lab.store->sent().size(), 1u);
        EXPECT_EQ(lab.store->sent()[0].disposition, "ReadReceipt");
        EXPECT_EQ(lab.store->sent()[0].recipients, std::vector<std::string>{"ann@example.org"});
    }
}

TEST(EwsMessage, MimeContentIsTheRawMail) {
    EwsLab lab;
    const std::string id = lab.add_mail("inbox", two_part_mail);
    const EwsReply mail = lab.get(id, "<t:FieldURI FieldURI=\"item:MimeContent\"/>", "IdOnly");
    std::string bytes;
    ASSERT_TRUE(base64_decode(mail.text("MimeContent"), bytes));
    EXPECT_EQ(bytes, two_part_mail);
    const std::string task = lab.create_task("<t:Subject>t</t:Subject>");
    EXPECT_EQ(lab.get(task, "<t:FieldURI FieldURI=\"item:MimeContent\"/>").count("MimeContent"),
              0u);
    const EwsReply asked = lab.call(
        "<m:GetItem><m:ItemShape><t:BaseShape>IdOnly</t:BaseShape><t:IncludeMimeContent>true</"
        "t:IncludeMimeContent>"
        "</m:ItemShape><m:ItemIds><t:ItemId Id=\"" +
        task + "\"/></m:ItemIds></m:GetItem>");
    EXPECT_EQ(asked.code(), "ErrorUnsupportedMimeConversion");
}

TEST(EwsMessage, BodiesComeAsTextOrCutWhenAskedFor) {
    EwsLab lab;
    const std::string id = lab.add_mail("inbox", two_part_mail);
    const EwsReply text = lab.call(
        "<m:GetItem><m:ItemShape><t:BaseShape>IdOnly</t:BaseShape><t:BodyType>Text</t:BodyType>"
        "<t:MaximumBodySize>5</t:MaximumBodySize><t:AdditionalProperties><t:FieldURI "
        "FieldURI=\"item:Body\"/></t:AdditionalProperties></m:ItemShape><m:ItemIds><t:ItemId "
        "Id=\"" +
        id + "\"/></m:ItemIds></m:GetItem>");
    EXPECT_EQ(text.attribute("Body", "BodyType"), "Text");
    EXPECT_EQ(text.text("Body"), "plain");
    EXPECT_EQ(text.attribute("Body", "IsTruncated"), "true");
}

TEST(EwsMessage, AttachmentsOfAMailAreReadOutOfItsMime) {
    EwsLab lab;
    const EwsReply mail = lab.get(lab.add_mail("inbox", two_part_mail));
    const auto ids = mail.attributes("AttachmentId", "Id");
    ASSERT_EQ(ids.size(), 2u);
    const EwsReply file = lab.call("<m:GetAttachment><m:AttachmentIds><t:AttachmentId Id=\"" +
                                   ids[0] + "\"/></m:AttachmentIds></m:GetAttachment>");
    EXPECT_EQ(file.text("Content"), "QUJDRA==");
    const EwsReply item = lab.call(
        "<m:GetAttachment><m:AttachmentShape><t:IncludeMimeContent>true</t:IncludeMimeContent>"
        "</m:AttachmentShape><m:AttachmentIds><t:AttachmentId Id=\"" +
        ids[1] + "\"/></m:AttachmentIds></m:GetAttachment>");
    EXPECT_EQ(item.text("Subject"), "inner");
    EXPECT_NE(item.text("MimeContent"), "");
    EXPECT_EQ(lab.call("<m:GetAttachment><m:AttachmentIds><t:AttachmentId "
                       "Id=\"!\"/></m:AttachmentIds></m:GetAttachment>")
                  .code(),
              "ErrorInvalidAttachmentId");
}

TEST(EwsMessage, FromMimeItIsADraftUnlessTheFlagsSayOtherwise) {
    EwsLab lab;
    const std::string mime = "<t:MimeContent CharacterSet=\"UTF-8\">" +
                             base64_encode(two_part_mail) + "</t:MimeContent>";
    const std::string draft = lab.create("MessageDisposition=\"SaveOnly\"",
                                         "<t:Message>" + mime + "</t:Message>", "inbox");
    EXPECT_EQ(lab.get(draft).text("IsDraft"), "true");
    const std::string sent = lab.create("MessageDisposition=\"SaveOnly\"",
                                        "<t:Message>" + mime +
                                            "<t:ExtendedProperty><t:ExtendedFieldURI "
                                            "PropertyTag=\"0x0E07\" PropertyType=\"Integer\"/>"
                                            "<t:Value>1</t:Value></t:ExtendedProperty></t:Message>",
                                        "inbox");
    EXPECT_EQ(lab.get(sent).text("IsDraft"), "false");
    EXPECT_EQ(lab.get(sent).text("InternetMessageId"), "<m1@example.org>");
    EXPECT_TRUE(lab.store->sent().empty());
}

TEST(EwsMessage, ADispositionIsRequiredAndSendingIsOnlyCounted) {
    EwsLab lab;
    const std::string message =
        "<t:Message><t:Subject>s</t:Subject><t:Body BodyType=\"Text\">b</t:Body><t:ToRecipients>"
        "<t:Mailbox><t:EmailAddress>x@example.org</t:EmailAddress></t:Mailbox></t:ToRecipients>"
        "</t:Message>";
    EXPECT_EQ(lab.call("<m:CreateItem><m:Items>" + message + "</m:Items></m:CreateItem>").code(),
              "ErrorMessageDispositionRequired");
    const std::string saved = lab.create("MessageDisposition=\"SendAndSaveCopy\"", message);
    ASSERT_EQ(lab.store->sent().size(), 1u);
    EXPECT_EQ(lab.store->sent()[0].recipients, std::vector<std::string>{"x@example.org"});
    EXPECT_EQ(lab.store->find_item("alice@example.test", saved)->folder_id,
              lab.folder("sentitems"));
    std::string bytes;
    ASSERT_TRUE(base64_decode(
        lab.get(saved, "<t:FieldURI FieldURI=\"item:MimeContent\"/>").text("MimeContent"), bytes));
    EXPECT_NE(bytes.find("x@example.org"), std::string::npos);
    const EwsReply only = lab.call("<m:CreateItem MessageDisposition=\"SendOnly\"><m:Items>" +
                                   message + "</m:Items></m:CreateItem>");
    EXPECT_EQ(only.count("ItemId"), 0u);
    EXPECT_EQ(lab.store->sent().size(), 2u);
}

TEST(EwsMessage, IllegalCharactersNeverReachTheWire) {
    EwsLab lab;
    const std::string id = lab.add_mail(
        "inbox",
        "From: a@example.org\r\nSubject: bad \x01\x1f\xEF\xBF\xBE end\r\n\r\nx\x0b\x00y\r\n");
    const EwsReply mail = lab.get(id);
    EXPECT_EQ(mail.code(), "NoError");
    for (const char c : mail.raw()) {
        const auto byte = static_cast<unsigned char>(c);
        EXPECT_TRUE(byte >= 0x20 || c == '\t' || c == '\n') << static_cast<int>(byte);
    }
    EXPECT_EQ(mail.raw().find("\xEF\xBF\xBE"), std::string::npos);
    EXPECT_NE(mail.text("Subject").find("\xEF\xBF\xBD"), std::string::npos);
}

TEST(EwsMessage, OfOtherClassesArriveAsMessage) {
    EwsLab lab;
    Item odd;
    odd.kind = ItemKind::Other;
    odd.item_class = "IPM.StickyNote";
    const std::string id =
        (*lab.store->create_item("alice@example.test", lab.folder("notes"), odd))->id;
    EXPECT_EQ(lab.get(id).count("Message"), 1u);
    EXPECT_EQ(lab.get(id).text("ItemClass"), "IPM.StickyNote");
    const std::string custom =
        lab.create("MessageDisposition=\"SaveOnly\"",
                   "<t:Message><t:ItemClass>IPM.Custom</t:ItemClass></t:Message>", "inbox");
    EXPECT_EQ(lab.get(custom).text("ItemClass"), "IPM.Custom");
    const EwsReply wrong = lab.call(
        "<m:CreateItem "
        "MessageDisposition=\"SaveOnly\"><m:Items><t:Message><t:ItemClass>IPM.Task</t:ItemClass>"
        "</t:Message></m:Items></m:CreateItem>");
    EXPECT_EQ(wrong.code(), "ErrorObjectTypeChanged");
}

}  // namespace
}  // namespace liaison::sandbox::testing_ews
