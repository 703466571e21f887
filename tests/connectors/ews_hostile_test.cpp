#include <gtest/gtest.h>

#include "connectors/ews/base64.hpp"
#include "connectors/ews/find_item.hpp"
#include "connectors/ews/get_item.hpp"
#include "connectors/ews/message_item.hpp"
#include "connectors/ews/sync_folder_items.hpp"
#include "core/limits.hpp"
#include "tests/connectors/ews_support.hpp"

namespace liaison::ews {

namespace {

std::string repeated(std::string_view text, std::size_t times) {
    std::string out;
    for (std::size_t i = 0; i < times; ++i) out += text;
    return out;
}

Result<SoapReply> parsed(std::string_view operation, std::string_view body) {
    return parse_envelope(ScriptedExchange::envelope(body), operation, false);
}

std::string item_message(std::string_view id) {
    return ok_message("GetItem", "<m:Items><t:Task><t:ItemId Id=\"" + std::string(id) + "\" ChangeKey=\"K\"/></t:Task></m:Items>");
}

ErrorKind sync_error(std::string_view payload, std::int64_t max = 512) {
    const std::string body = response("SyncFolderItems", {ok_message("SyncFolderItems", payload)});
    const auto reply = parsed("SyncFolderItems", body);
    EXPECT_TRUE(reply);
    SyncFolderItemsRequest request;
    request.max_changes = max;
    request.sync_state = "OLD";
    const auto page = decode_sync_folder_items(*reply, request);
    return page ? ErrorKind::Internal : page.error().kind;
}

}  // namespace

TEST(EwsHostile, IllegalCharactersAreReplacedInsteadOfLosingTheReply) {
    const std::string body = response(
        "GetItem", {ok_message("GetItem", "<m:Items><t:Task><t:ItemId Id=\"I\"/><t:Subject>a\x01" "b&#x1F;c&#31;d\xFF" "e"
                                          "&#xFFFE;f&#x1F600;g&amp;h\xEF\xBF\xBE</t:Subject></t:Task></m:Items>")});
    const auto reply = parsed("GetItem", body);
    ASSERT_TRUE(reply) << reply.error().message;
    const auto items = decode_get_item(*reply, {ItemId{"I", {}}});
    ASSERT_TRUE(items && items->front());
    const std::string subject = items->front()->child_text("Subject");
    EXPECT_EQ(subject, "a\uFFFDb\uFFFDc\uFFFDd\uFFFDe\uFFFDf😀g&h\uFFFD");
}

TEST(EwsHostile, ADocumentTypeIsRefused) {
    const auto document = XmlDocument::parse("<?xml version=\"1.0\"?><!DOCTYPE x [<!ENTITY a \"b\">]><x>&a;</x>");
    ASSERT_FALSE(document);
    EXPECT_EQ(document.error().kind, ErrorKind::CorruptReply);
}

TEST(EwsHostile, NestingIsBounded) {
    const auto nested = [](std::size_t depth) { return repeated("<a>", depth) + repeated("</a>", depth); };
    EXPECT_TRUE(XmlDocument::parse(nested(limits::xml_depth_max)));
    EXPECT_FALSE(XmlDocument::parse(nested(limits::xml_depth_max + 2)));
    EXPECT_FALSE(XmlDocument::parse(nested(500'000)));
}

TEST(EwsHostile, EveryTruncationOfAReplyIsAnError) {
    const std::string whole = ScriptedExchange::envelope(response("GetItem", {item_message("I1"), item_message("I2")}));
    for (std::size_t n = 0; n < whole.size(); ++n) {
        const auto reply = parse_envelope(whole.substr(0, n), "GetItem", false);
        ASSERT_FALSE(reply) << "cut at " << n;
        ASSERT_EQ(reply.error().kind, ErrorKind::CorruptReply) << "cut at " << n;
    }
}

TEST(EwsHostile, RandomDamageNeverCrashes) {
    const std::string whole = ScriptedExchange::envelope(response("GetItem", {item_message("I1"), item_message("I2")}));
    std::uint64_t state = 88172645463325252ULL;
    std::size_t refused = 0;
    for (int round = 0; round < 20'000; ++round) {
        std::string damaged = whole;
        for (int hit = 0; hit < 3; ++hit) {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            damaged[state % damaged.size()] = static_cast<char>(state >> 32);
        }
        const auto reply = parse_envelope(std::move(damaged), "GetItem", false);
        if (!reply || !decode_get_item(*reply, {ItemId{"I1", {}}, ItemId{"I2", {}}})) ++refused;
    }
    EXPECT_GT(refused, 1'000U);
}

TEST(EwsHostile, AnotherNumberOfAnswersIsAMixUp) {
    const std::vector<ItemId> two = {ItemId{"I1", {}}, ItemId{"I2", {}}};
    for (const std::string& body : {response("GetItem", {item_message("I1")}),
                                    response("GetItem", {item_message("I1"), item_message("I2"), item_message("I3")}),
                                    response("GetItem", {item_message("I2"), item_message("I1")}),
                                    response("GetItem", {item_message("I1"), item_message("X")}), std::string("<m:GetItemResponse/>")}) {
        const auto reply = parsed("GetItem", body);
        ASSERT_TRUE(reply);
        const auto items = decode_get_item(*reply, two);
        ASSERT_FALSE(items) << body;
        EXPECT_EQ(items.error().kind, ErrorKind::CorruptReply);
    }
}

TEST(EwsHostile, AFeedPageHasItsBounds) {
    const std::string one = "<t:Create><t:Task><t:ItemId Id=\"I\"/></t:Task></t:Create>";
    const std::string state = "<m:SyncState>NEW</m:SyncState>";
    EXPECT_EQ(sync_error(state + "<m:Changes>" + repeated(one, 3) + "</m:Changes>", 2), ErrorKind::CorruptReply);
    EXPECT_EQ(sync_error("<m:Changes>" + one + "</m:Changes>"), ErrorKind::CorruptReply);
    EXPECT_EQ(sync_error(state + "<m:Changes><t:Create><t:Task/></t:Create></m:Changes>"), ErrorKind::CorruptReply);
    EXPECT_EQ(sync_error("<m:SyncState>OLD</m:SyncState><m:IncludesLastItemInRange>false</m:IncludesLastItemInRange>"),
              ErrorKind::CorruptReply);
    EXPECT_EQ(sync_error(state + "<m:Changes><t:Astonishment/></m:Changes>"), ErrorKind::Internal);  // read, and passed over
}

TEST(EwsHostile, ASearchThatLeadsNowhereIsRefused) {
    const std::string body = response(
        "FindItem", {ok_message("FindItem", "<m:RootFolder IncludesLastItemInRange=\"false\"><t:Items/></m:RootFolder>")});
    const auto reply = parsed("FindItem", body);
    ASSERT_TRUE(reply);
    FindItemRequest request;
    request.folders = {FolderRef::by_id("F")};
    EXPECT_FALSE(decode_find_item(*reply, request));
}

TEST(EwsHostile, AMailWithTooMuchOfEverythingIsCut) {
    const std::string recipient = "<t:Mailbox><t:EmailAddress>a@example.test</t:EmailAddress></t:Mailbox>";
    const std::string xml = "<t:Message><t:Size>-5</t:Size><t:Categories>" + repeated("<t:String>c</t:String>", 500) +
                            "</t:Categories><t:TextBody>" + repeated("ä", limits::mail_text_bytes_max) +
                            "</t:TextBody><t:ToRecipients>" + repeated(recipient, limits::recipients_max + 10) +
                            "</t:ToRecipients></t:Message>";
    auto document = XmlDocument::parse(with_namespaces(xml));
    ASSERT_TRUE(document);
    const MailMessage message = read_message(document->root());
    EXPECT_EQ(message.size, 0);
    EXPECT_EQ(message.categories.size(), limits::categories_max);
    EXPECT_EQ(message.to.size(), limits::recipients_max);
    EXPECT_LE(message.text_body.size(), limits::mail_text_bytes_max);
    EXPECT_TRUE(message.text_body.ends_with("ä"));
}

TEST(EwsBase64, ReadsWhatServersWriteAndRefusesTheRest) {
    EXPECT_EQ(*decode_base64("SGVs\r\n bG8="), "Hello");
    EXPECT_EQ(*decode_base64(""), "");
    for (const char* bad : {"SGVsbG8", "SGVs=bG8", "SG!s", "S", "====", "SGVsbG8=="}) EXPECT_FALSE(decode_base64(bad)) << bad;
    std::string bytes;
    for (int i = 0; i < 256; ++i) bytes += static_cast<char>(i);
    for (std::size_t n = 0; n <= bytes.size(); ++n) {
        const auto back = decode_base64(encode_base64(bytes.substr(0, n)));
        ASSERT_TRUE(back);
        EXPECT_EQ(*back, bytes.substr(0, n));
    }
}

}  // namespace liaison::ews
