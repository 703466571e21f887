// What a broken or hostile server can send: nothing of it may clear a field, delete an item, follow
// a foreign link or break the program.
#include <gtest/gtest.h>

#include "connectors/graph/error_codes.hpp"
#include "connectors/graph/item_mapping.hpp"
#include "connectors/graph/message.hpp"
#include "connectors/html_text.hpp"
#include "tests/connectors/graph_support.hpp"

namespace liaison::graph {

namespace {

const MappingContext kHostileContext{std::string(kProductPropertySet), "Europe/Vienna"};
const CollectionId kHostileContacts("contact:alice@example.test");

std::string nested(std::size_t depth) {
    return std::string(depth, '[') + std::string(depth, ']');
}

}  // namespace

TEST(GraphJson, IsReadStrictly) {
    for (const char* good : {"null", " {} ", "[1,2.5,-3e10]", R"({"a":{"a":1},"b":[{"a":2}]})", "\"\\u00e9\""})
        EXPECT_TRUE(parse_json(good)) << good;
    for (const std::string bad :
         {"", " ", "{", "{}{}", "{} x", R"({"a":1,"a":2})", R"({"a":1,"\u0061":2})", R"([{"x":{"b":1,"b":1}}])",
          "\"\xFF\"", "{\"\xC3\":1}", "[1,]", "{'a':1}", "nan", "1e999", "-1e999", "/**/1", "\"\x01\"",
          R"("\ud800")"}) {
        const auto value = parse_json(bad);
        ASSERT_FALSE(value) << bad;
        EXPECT_EQ(value.error().kind, ErrorKind::CorruptReply) << bad;
    }
    EXPECT_TRUE(parse_json(nested(60)));
    EXPECT_FALSE(parse_json(nested(65)));
    EXPECT_FALSE(parse_json(nested(1'000'000)));
    EXPECT_FALSE(parse_json(std::string(100'000, '1'))) << "beyond a double";
}

TEST(GraphJson, AWrongTypeIsAFaultAndNeverAnEmptyField) {
    const std::pair<EntityKind, const char*> broken[] = {
        {EntityKind::Contact, R"({"givenName":["x"]})"},
        {EntityKind::Contact, R"({"emailAddresses":{"address":"a@x.test"}})"},
        {EntityKind::Contact, R"({"emailAddresses":["a@x.test"]})"},
        {EntityKind::Contact, R"({"emailAddresses":[{"address":1}]})"},
        {EntityKind::Contact, R"({"businessPhones":"1"})"},
        {EntityKind::Contact, R"({"businessAddress":"Main 1"})"},
        {EntityKind::Contact, R"({"birthday":19800229})"},
        {EntityKind::Contact, R"({"categories":[1]})"},
        {EntityKind::Task, R"({"title":5})"},
        {EntityKind::Task, R"({"body":"text"})"},
        {EntityKind::Task, R"({"dueDateTime":"2027-01-01"})"},
        {EntityKind::Task, R"({"isReminderOn":"yes"})"},
        {EntityKind::Appointment,
         R"({"start":{"dateTime":"2027-01-01T08:00:00","timeZone":"UTC"},"subject":false})"},
        {EntityKind::Appointment,
         R"({"start":{"dateTime":"2027-01-01T08:00:00","timeZone":"UTC"},"attendees":{"x":1}})"},
        {EntityKind::Appointment,
         R"({"start":{"dateTime":"2027-01-01T08:00:00","timeZone":"UTC"},"isReminderOn":true,"reminderMinutesBeforeStart":"15"})"},
    };
    for (const auto& [kind, text] : broken) {
        const auto value = parse_json(text);
        ASSERT_TRUE(value) << text;
        const ItemContent content = read_entity(kind, value->as_object(), kHostileContext);
        const auto* bad = std::get_if<Unreadable>(&content);
        ASSERT_TRUE(bad) << text;
        EXPECT_EQ(bad->reason_code, "corrupt") << text;
    }
    const auto mail = parse_json(R"({"id":"1","toRecipients":[{"emailAddress":"a@x.test"}]})");
    EXPECT_FALSE(read_message(mail->as_object(), kHostileContext, true));
}

TEST(GraphTimes, ThatNobodyCanTellAreNoTimes) {
    for (const char* text :
         {R"({"subject":"x"})", R"({"start":{}})", R"({"start":{"dateTime":"soon","timeZone":"UTC"}})",
          R"({"start":{"dateTime":"2027-01-01T08:00:00","timeZone":"tzone://Microsoft/Custom"}})",
          R"({"start":{"dateTime":"2027-02-30T08:00:00","timeZone":"UTC"}})",
          R"({"isAllDay":true,"start":{"dateTime":"2027-01-01T11:00:00","timeZone":"UTC"}})"}) {
        const auto value = parse_json(text);
        const ItemContent content =
            read_entity(EntityKind::Appointment, value->as_object(), kHostileContext);
        EXPECT_TRUE(std::holds_alternative<Unreadable>(content)) << text;
    }
    const auto custom = parse_json(
        R"({"start":{"dateTime":"2027-01-01T08:00:00.0000000","timeZone":"UTC"},"originalStartTimeZone":"tzone://Microsoft/Custom"})");
    const ItemContent content = read_entity(EntityKind::Appointment, custom->as_object(), kHostileContext);
    ASSERT_TRUE(std::holds_alternative<Record>(content));
    EXPECT_EQ(to_text(*std::get<Record>(content).find(Field::Start)), "2027-01-01T09:00:00 Europe/Berlin")
        << "the instant in the mailbox' zone";
    for (const char* zone : {"W. Europe Standard Time", "Europe/Vienna", "UTC", "tzone://Microsoft/Utc", ""})
        EXPECT_TRUE(graph_zone(zone)) << zone;
    EXPECT_FALSE(graph_zone("Customized Time Zone"));
}

TEST(GraphReplies, WhatIsNoGraphDeletesNothing) {
    for (const char* body : {"<html>login</html>", "", "[]", "null", "{}", R"({"value":{}})", R"({"value":[1]})",
                             R"({"value":[{}],"@odata.deltaLink":"https://graph.example.test/v1.0/x"})",
                             R"({"value":[],"@odata.deltaLink":5})",
                             R"({"value":[{"id":"a b"}],"@odata.deltaLink":"https://graph.example.test/v1.0/x"})"}) {
        GraphDialogue with("[{\"status\":200,\"body\":{\"value\":[{\"id\":\"CO1\",\"parentFolderId\":\"FC\"}]}}," +
                           one_reply(200, body).substr(1));
        const auto page = with.run(with.endpoint().pull_changes(kHostileContacts, Cursor()));
        ASSERT_FALSE(page) << body;
        EXPECT_EQ(page.error().kind, ErrorKind::CorruptReply) << body;
    }
    for (const char* part : {"{}", R"({"id":"CO1"})", R"({"id":"CO2","@odata.etag":"x","parentFolderId":"FC"})",
                             R"({"id":"CO1","@odata.etag":"x"})", R"({"id":"CO1","@odata.etag":"x","parentFolderId":""})", R"({"id":5,"@odata.etag":"x"})", "[]", "null"}) {
        GraphDialogue with(R"([{"status":200,"body":{"responses":[{"id":"1","status":200,"body":)" +
                           std::string(part) + R"(}]}},{"status":200,"body":{"value":[]}},
                           {"status":200,"body":{"value":[]}}])");
        const auto read = with.run(with.endpoint().get_items(kHostileContacts, {ItemKey("CO1")}));
        ASSERT_EQ(read.size(), 1U);
        ASSERT_FALSE(read[0]) << part;
        EXPECT_EQ(read[0].error().kind, ErrorKind::CorruptReply) << part;
    }
}

TEST(HtmlText, IsWhatAReaderSees) {
    EXPECT_EQ(html_to_text("<p>a <b>b</b>\n c</p><p>d<br>e</p>"), "a b c\nd\ne");
    EXPECT_EQ(html_to_text("<style>x{}</style><script>y</script>a&nbsp;&amp;&lt;b&gt;"), "a\xC2\xA0&<b>");
    EXPECT_EQ(html_to_text("<ul><li>one</li><li>two</li></ul>"), "one\ntwo");
    EXPECT_EQ(html_to_text("<pre>a\n  b</pre>"), "a\n  b");
    EXPECT_EQ(html_to_text(""), "");
    EXPECT_EQ(html_to_text("plain & simple"), "plain & simple");
    std::string deep;
    for (int i = 0; i < 20'000; ++i) deep += "<div>";
    html_to_text(deep + "x");  // ends
    html_to_text(std::string("\x00\xFF<", 3));
}

}  // namespace liaison::graph
