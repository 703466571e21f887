#include <gtest/gtest.h>

#include "sandbox/mail_item.hpp"
#include "sandbox/mailbox_ids.hpp"
#include "tests/sandbox/graph_lab.hpp"

namespace liaison::sandbox {
namespace {

namespace json = boost::json;

constexpr std::string_view alice_box = "alice@example.test";

std::string plain_mail(int number) {
    const std::string n = std::to_string(number);
    return "Message-ID: <m" + n +
           "@x.test>\r\nFrom: Ann Sender <ann@x.test>\r\nTo: "
           "alice@example.test\r\nSubject: Offer " +
           n + "\r\nDate: Fri, 01 Jan 2027 10:0" + n + ":00 +0000\r\n\r\nHello " + n + "\r\n";
}

std::string mail_with_file() {
    return "Message-ID: <f@x.test>\r\nFrom: Ann Sender <ann@x.test>\r\nTo: "
           "alice@example.test\r\nSubject: With file\r\nDate: Fri, 01 Jan 2027 11:00:00 +0000\r\n"
           "MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n"
           "Content-Type: text/plain\r\n\r\nsee file\r\n--b\r\nContent-Type: application/pdf\r\n"
           "Content-Disposition: attachment; filename=offer.pdf\r\nContent-Transfer-Encoding: "
           "base64\r\n\r\nQUJD\r\n--b--\r\n";
}

std::string deliver(GraphLab& lab, std::string mime) {
    MailItem mail = mail_item_from_mime(std::move(mime), lab.store().now());
    const Folder* inbox = lab.store().find_distinguished(alice_box, "inbox");
    return (*lab.store().create_item(alice_box, inbox->id, std::move(mail.item),
                                     std::move(mail.content)))
        ->id;
}

TEST(GraphMail, MessagesAreListedNewestFirstInPages) {
    GraphLab lab;
    for (int n = 0; n < 5; ++n) deliver(lab, plain_mail(n));
    auto page = lab.get("mailFolders/inbox/messages?$top=2&$select=subject,from&$count=true");
    ASSERT_EQ(page.values().size(), 2u) << page.text;
    EXPECT_EQ(page.object().at("@odata.count"), 5);
    EXPECT_EQ(page.values()[0].at("subject"), "Offer 4");
    EXPECT_EQ(page.values()[0].at("from").at("emailAddress").at("address"), "ann@x.test");
    EXPECT_FALSE(page.values()[0].as_object().contains("body"));
    std::size_t seen = 2;
    for (std::string link = page.text_at("@odata.nextLink"); !link.empty();
         link = page.text_at("@odata.nextLink")) {
        page = lab.get(link);
        seen += page.values().size();
    }
    EXPECT_EQ(seen, 5u);
    EXPECT_EQ(lab.get("mailFolders('inbox')/messages/$count").text, "5");
}

TEST(GraphMail, FiltersFollowTheDocumentedRules) {
    GraphLab lab;
    for (int n = 0; n < 5; ++n) deliver(lab, plain_mail(n));
    EXPECT_EQ(lab.get("messages?$filter=subject%20eq%20'offer%203'").values().size(), 1u);
    EXPECT_EQ(lab.get("messages?$filter=startswith(subject,'Off')%20and%20isRead%20eq%20false")
                  .values()
                  .size(),
              5u);
    EXPECT_EQ(
        lab.get("messages?$filter=internetMessageId%20eq%20'%3Cm2@x.test%3E'").values().size(), 1u);
    EXPECT_EQ(
        lab.get("messages?$filter=receivedDateTime%20ge%202027-01-01T10:03:00Z").values().size(),
        2u);
    EXPECT_EQ(
        lab.get("messages?$filter=from/emailAddress/address%20eq%20'ann@x.test'").values().size(),
        5u);
    EXPECT_EQ(lab.get("messages?$filter=subject%20eq%20'x'&$orderby=receivedDateTime").code(),
              "InefficientFilter");
    EXPECT_EQ(lab.get("messages?$filter=subject%20foo%20'x'").code(), "ErrorInvalidUrlQueryFilter");
    EXPECT_EQ(lab.get("messages?$search=%22offer%202%22").values().size(), 1u);
    EXPECT_EQ(lab.get("messages?$orderby=subject").values()[0].at("subject"), "Offer 0");
}

TEST(GraphMail, AMailGivesItsTextItsHeadersAndItsMime) {
    GraphLab lab;
    const std::string id = rest_id_of(deliver(lab, plain_mail(1)));
    const auto got = lab.get("messages/" + id, {"Prefer: outlook.body-content-type=\"text\""});
    ASSERT_EQ(got.status, 200) << got.text;
    EXPECT_EQ(got.object().at("body").at("contentType"), "text");
    EXPECT_EQ(got.fields.get("Preference-Applied"), "outlook.body-content-type=\"text\"");
    EXPECT_EQ(lab.get("messages/" + id).object().at("body").at("contentType"), "html");
    EXPECT_EQ(lab.get("messages/" + id + "/$value").text, plain_mail(1));
    const auto headers = lab.get("messages/" + id + "?$select=internetMessageHeaders");
    EXPECT_EQ(headers.object().at("internetMessageHeaders").at(0).at("name"), "Message-ID");
    EXPECT_FALSE(got.object().contains("internetMessageHeaders"));
}

TEST(GraphMail, AMoveChangesTheDefaultIdAndNotTheImmutableOne) {
    GraphLab lab;
    const std::string id = rest_id_of(deliver(lab, plain_mail(1)));
    const std::vector<std::string> immutable{"Prefer: IdType=\"ImmutableId\""};
    const std::string lasting = lab.get("messages/" + id, immutable).text_at("id");
    EXPECT_NE(lasting, id);
    auto delta = lab.get("mailFolders/inbox/messages/delta", immutable);
    const std::string link = delta.text_at("@odata.deltaLink");
    const auto folder = lab.post("mailFolders/inbox/childFolders", R"({"displayName":"CRM"})");
    ASSERT_EQ(folder.status, 201) << folder.text;
    const auto moved = lab.post("messages/" + id + "/move",
                                "{\"destinationId\":\"" + folder.text_at("id") + "\"}");
    ASSERT_EQ(moved.status, 201) << moved.text;
    EXPECT_NE(moved.text_at("id"), id);
    EXPECT_EQ(lab.get("messages/" + id).code(), "ErrorItemNotFound");
    EXPECT_EQ(lab.get("messages/" + lasting).text_at("id"), moved.text_at("id"));
    EXPECT_EQ(lab.get("messages/" + moved.text_at("id"), immutable).text_at("id"), lasting);
    delta = lab.get(link, immutable);
    ASSERT_EQ(delta.values().size(), 1u) << delta.text;
    EXPECT_EQ(delta.values()[0].at("id").as_string(), lasting);
    EXPECT_TRUE(delta.values()[0].as_object().contains("@removed"));
    const auto there =
        lab.get("mailFolders/" + folder.text_at("id") + "/messages/delta", immutable);
    EXPECT_EQ(there.values()[0].at("id").as_string(), lasting);
}

TEST(GraphMail, AttachmentsAreReadAddedInOnePostAndInASession) {
    GraphLab lab;
    const std::string id = rest_id_of(deliver(lab, mail_with_file()));
    const auto list = lab.get("messages/" + id + "/attachments");
    ASSERT_EQ(list.values().size(), 1u) << list.text;
    EXPECT_EQ(list.values()[0].at("contentBytes"), "QUJD");
    EXPECT_EQ(list.values()[0].at("@odata.type"), "#microsoft.graph.fileAttachment");
    const std::string file(list.values()[0].at("id").as_string());
    EXPECT_EQ(lab.get("messages/" + id + "/attachments/" + file + "/$value").text, "ABC");
    const auto draft = lab.post("messages", R"({"subject":"d"})");
    const std::string attachments = "messages/" + draft.text_at("id") + "/attachments";
    const auto added = lab.post(attachments, R"({"@odata.type":"#microsoft.graph.fileAttachment",)"
                                             R"("name":"a.txt","contentBytes":"QUJD"})");
    ASSERT_EQ(added.status, 201) << added.text;
    const auto session =
        lab.post(attachments + "/createUploadSession",
                 R"({"AttachmentItem":{"attachmentType":"file","name":"big.bin","size":6}})");
    ASSERT_EQ(session.status, 201) << session.text;
    const std::string url = session.text_at("uploadUrl");
    const std::string token = lab.token;
    lab.token.clear();  // the URL is pre-authorised
    EXPECT_EQ(lab.send("PUT", url, "abc", {"Content-Range: bytes 0-2/6"}).status, 200);
    EXPECT_EQ(lab.send("PUT", url, "xyz", {"Content-Range: bytes 0-2/6"}).status, 416);
    const auto last = lab.send("PUT", url, "def", {"Content-Range: bytes 3-5/6"});
    EXPECT_EQ(last.status, 201);
    EXPECT_FALSE(last.fields.get("Location").empty());
    lab.token = token;
    const auto all = lab.get(attachments);
    ASSERT_EQ(all.values().size(), 2u) << all.text;
    EXPECT_EQ(all.values()[1].at("contentBytes"), "YWJjZGVm");
}

TEST(GraphMail, FoldersHaveWellKnownNamesAndADelta) {
    GraphLab lab;
    const auto inbox = lab.get("mailFolders/inbox");
    EXPECT_EQ(inbox.text_at("displayName"), "Inbox");
    auto delta = lab.get("mailFolders/delta");
    const std::string link = delta.text_at("@odata.deltaLink");
    ASSERT_FALSE(link.empty()) << delta.text;
    EXPECT_GT(delta.values().size(), 4u);
    const auto made = lab.post("mailFolders", R"({"displayName":"Customers"})");
    ASSERT_EQ(made.status, 201) << made.text;
    EXPECT_EQ(lab.post("mailFolders", R"({"displayName":"Customers"})").code(),
              "ErrorFolderExists");
    delta = lab.get(link);
    ASSERT_EQ(delta.values().size(), 1u) << delta.text;
    EXPECT_EQ(delta.values()[0].at("displayName"), "Customers");
    EXPECT_EQ(lab.patch("mailFolders/" + made.text_at("id"), R"({"displayName":"C"})").status, 200);
    EXPECT_EQ(lab.erase("mailFolders/" + made.text_at("id")).status, 204);
    EXPECT_EQ(lab.erase("mailFolders/inbox").code(), "ErrorDeleteDistinguishedFolder");
    EXPECT_EQ(lab.get("mailFolders/AAAA").code(), "ErrorItemNotFound");
    EXPECT_EQ(lab.get("mailFolders/not~an~id").code(), "ErrorInvalidIdMalformed");
}

TEST(GraphMail, ADraftIsSentOnceAndOnlyWithRecipients) {
    GraphLab lab;
    const auto draft = lab.post("messages", R"({"subject":"d"})");
    EXPECT_EQ(lab.post("messages/" + draft.text_at("id") + "/send", "").code(),
              "ErrorInvalidRecipients");
    lab.patch("messages/" + draft.text_at("id"),
              R"({"toRecipients":[{"emailAddress":{"address":"bob@example.test"}}]})");
    EXPECT_EQ(lab.post("messages/" + draft.text_at("id") + "/send", "").status, 202);
    ASSERT_EQ(lab.store().sent().size(), 1u);
    EXPECT_EQ(lab.store().sent()[0].recipients[0], "bob@example.test");
    const auto sent = lab.get("mailFolders/sentitems/messages");
    ASSERT_EQ(sent.values().size(), 1u);
    const std::string id(sent.values()[0].at("id").as_string());
    EXPECT_EQ(lab.patch("messages/" + id, R"({"subject":"e"})").code(),
              "ErrorInvalidPropertyUpdateSentMessage");
    EXPECT_EQ(lab.patch("messages/" + id, R"({"categories":["CRM logged"],"isRead":true})").status,
              200);
}

TEST(GraphMail, IdsAreTranslatedBetweenAllFormats) {
    GraphLab lab;
    const std::string ews_id = deliver(lab, plain_mail(1));
    const auto translate = [&](const std::string& id, const std::string& from,
                               const std::string& to) {
        const auto got = lab.post(
            "translateExchangeIds",
            json::serialize(json::object{
                {"inputIds", json::array{id}}, {"sourceIdType", from}, {"targetIdType", to}}));
        EXPECT_EQ(got.status, 200) << got.text;
        return std::string(got.values()[0].at("targetId").as_string());
    };
    const std::string rest = translate(ews_id, "ewsId", "restId");
    EXPECT_EQ(rest, rest_id_of(ews_id));
    for (const char* format : {"entryId", "immutableEntryId", "restImmutableEntryId"}) {
        const std::string other = translate(ews_id, "ewsId", format);
        EXPECT_EQ(translate(other, format, "restId"), rest) << format;
    }
    const auto missing =
        lab.post("translateExchangeIds", R"({"inputIds":["AAAA"],"sourceIdType":"restId",)"
                                         R"("targetIdType":"restImmutableEntryId"})");
    EXPECT_EQ(missing.values()[0].at("errorDetails").at("code"), "ErrorItemNotFound");
}

TEST(GraphMail, MeetingMailHasATypeOfItsOwn) {
    GraphLab lab;
    const Folder* inbox = lab.store().find_distinguished(alice_box, "inbox");
    MailItem mail = mail_item_from_mime(plain_mail(1), lab.store().now());
    mail.item.item_class = "IPM.Schedule.Meeting.Request";
    const std::string id =
        rest_id_of((*lab.store().create_item(alice_box, inbox->id, std::move(mail.item),
                                             std::move(mail.content)))
                       ->id);
    const auto got = lab.get("messages/" + id);
    EXPECT_EQ(got.text_at("@odata.type"), "#microsoft.graph.eventMessageRequest") << got.text;
    EXPECT_EQ(got.text_at("meetingMessageType"), "meetingRequest");
}

TEST(GraphMail, RulesOfTheInboxAreKept) {
    GraphLab lab;
    const auto made =
        lab.post("mailFolders/inbox/messageRules",
                 R"({"displayName":"From partner","sequence":2,"isEnabled":true,"conditions":)"
                 R"({"senderContains":["adele"]},"actions":{"stopProcessingRules":true}})");
    ASSERT_EQ(made.status, 201) << made.text;
    const std::string one = "mailFolders/inbox/messageRules/" + made.text_at("id");
    EXPECT_EQ(lab.patch(one, R"({"actions":{"markImportance":"high"}})").status, 200);
    EXPECT_EQ(lab.get(one).object().at("actions").at("markImportance"), "high");
    EXPECT_EQ(lab.get("mailFolders/inbox/messageRules").values().size(), 1u);
    EXPECT_EQ(lab.erase(one).status, 204);
    EXPECT_EQ(lab.get(one).status, 404);
}

}  // namespace
}  // namespace liaison::sandbox
