// Requests that nobody means well: whatever comes, the face answers with a status and JSON, and
// never throws.
#include <gtest/gtest.h>

#include <random>

#include "tests/sandbox/graph_lab.hpp"

namespace liaison::sandbox {
namespace {

namespace json = boost::json;

struct HostileRequest {
    std::string method;
    std::string path;
    std::string body;
    std::vector<std::string> headers;
};

std::vector<HostileRequest> good_requests(GraphLab& lab) {
    const std::string contact = lab.post("contacts", R"({"givenName":"Ann"})").text_at("id");
    const std::string event =
        lab.post("events",
                 R"({"subject":"s","start":{"dateTime":"2027-03-01T09:00:00","timeZone":"UTC"},)"
                 R"("end":{"dateTime":"2027-03-01T10:00:00","timeZone":"UTC"},"recurrence":)"
                 R"({"pattern":{"type":"daily","interval":1},"range":{"type":"noEnd",)"
                 R"("startDate":"2027-03-01"}}})")
            .text_at("id");
    const std::string delta =
        lab.get("contactFolders/contacts/contacts/delta").text_at("@odata.deltaLink");
    std::string list(lab.get("todo/lists").values()[0].at("id").as_string());
    return {
        {"GET",
         "contacts?$filter=startswith(givenName,'A') and (surname eq null or not "
         "(displayName ne 'x'))&$orderby=displayName desc&$top=3&$select=displayName",
         "",
         {}},
        {"GET",
         "messages?$search=\"offer subject:x\"&$expand=singleValueExtendedProperties("
         "$filter=id eq 'String 0x1a' or id eq 'Binary {6ed8da90-450b-101b-98da-"
         "00aa003f1305} Id 0x3')",
         "",
         {"Prefer: IdType=\"ImmutableId\", outlook.timezone=\"Europe/Berlin\""}},
        {"GET", "contacts/" + contact, "", {}},
        {"PATCH",
         "contacts/" + contact,
         R"({"emailAddresses":[{"address":"a@x.test","name":"A"}],"birthday":"1980-02-29T00:00:00Z",)"
         R"("businessAddress":{"city":"Bern"},"children":["x"],"homePhones":["1","2"]})",
         {}},
        {"GET", delta, "", {"Prefer: odata.maxpagesize=2"}},
        {"GET",
         "calendarView?startDateTime=2027-03-01T00:00:00Z&endDateTime=2027-04-01T00:00:00Z&$count="
         "true",
         "",
         {}},
        {"PATCH",
         "events/" + event,
         R"({"attendees":[{"emailAddress":{"address":"b@x.test"},"type":"optional"}],"isAllDay":true,)"
         R"("start":{"dateTime":"2027-03-01T00:00:00","timeZone":"Pacific Standard Time"},)"
         R"("end":{"dateTime":"2027-03-02T00:00:00.0000000","timeZone":"Pacific Standard Time"},)"
         R"("recurrence":{"pattern":{"type":"relativeYearly","interval":1,"daysOfWeek":["monday"],)"
         R"("index":"last","month":2},"range":{"type":"numbered","startDate":"2027-03-01",)"
         R"("numberOfOccurrences":5}}})",
         {"If-Match: *"}},
        {"POST",
         "messages",
         R"({"subject":"d","body":{"contentType":"html","content":"<b>x</b>"},"flag":{"flagStatus":)"
         R"("flagged","dueDateTime":{"dateTime":"2027-03-01T00:00:00","timeZone":"UTC"}},)"
         R"("toRecipients":[{"emailAddress":{"address":"b@x.test"}}],"attachments":[{"@odata.type":)"
         R"("#microsoft.graph.fileAttachment","name":"a","contentBytes":"QUJD"}]})",
         {}},
        {"POST",
         "todo/lists/" + list + "/tasks",
         R"({"title":"t","dueDateTime":{"dateTime":"2027-03-05T00:00:00","timeZone":"UTC"},)"
         R"("linkedResources":[{"externalId":"x","applicationName":"a"}],"status":"completed"})",
         {}},
        {"POST",
         "/$batch",
         R"({"requests":[{"id":"1","method":"GET","url":"/users/alice@example.test/contacts"},)"
         R"({"id":"2","method":"POST","url":"/users/alice@example.test/contacts","dependsOn":["1"],)"
         R"("headers":{"Content-Type":"application/json"},"body":{"givenName":"x"}}]})",
         {}},
        {"POST",
         "translateExchangeIds",
         "{\"inputIds\":[\"" + contact +
             "\"],\"sourceIdType\":\"restId\",\"targetIdType\":\"entryId\"}",
         {}},
        {"POST",
         "mailFolders/inbox/messageRules",
         R"({"displayName":"r","conditions":{"senderContains":["x"]},"actions":{"delete":true}})",
         {}}};
}

std::string spoilt(std::string text, std::mt19937& random) {
    static constexpr std::string_view pieces[] = {"null",
                                                  "[",
                                                  "]",
                                                  "{",
                                                  "}",
                                                  "\"",
                                                  "'",
                                                  "(",
                                                  ")",
                                                  "/",
                                                  "%",
                                                  "%00",
                                                  "&",
                                                  "=",
                                                  "$",
                                                  "-1",
                                                  "99999999999999999999",
                                                  "1e999",
                                                  "true",
                                                  "\\u0000",
                                                  "\xff\xfe",
                                                  " and ",
                                                  " eq ",
                                                  ",",
                                                  ":",
                                                  "0x",
                                                  "{}",
                                                  "[]",
                                                  "\"\"",
                                                  "../",
                                                  "\r\n",
                                                  "é",
                                                  "AAAA"};
    const std::size_t changes = 1 + random() % 3;
    for (std::size_t n = 0; n < changes && !text.empty(); ++n) {
        const std::size_t at = random() % text.size();
        const std::string_view piece = pieces[random() % std::size(pieces)];
        switch (random() % 4) {
            case 0:
                text.erase(at, 1 + random() % 8);
                break;
            case 1:
                text.insert(at, piece);
                break;
            case 2:
                text.replace(at, std::min<std::size_t>(1 + random() % 12, text.size() - at), piece);
                break;
            default:
                text[at] = static_cast<char>(random() % 256);
        }
    }
    return text;
}

TEST(GraphHostile, WhateverComesIsAnswered) {
    std::mt19937 random(20271);
    std::map<int, std::size_t> statuses;
    for (int round = 0; round < 12; ++round) {
        GraphLab lab;
        const auto requests = good_requests(lab);
        for (const auto& one : requests) {
            const auto good = lab.send(one.method, one.path, one.body, one.headers);
            EXPECT_LT(good.status, 300) << one.path << good.text;
        }
        for (int n = 0; n < 250; ++n) {
            HostileRequest one = requests[random() % requests.size()];
            const auto which = random() % 3;
            if (which != 0) one.path = spoilt(one.path, random);
            if (which != 1) one.body = spoilt(one.body, random);
            GraphLab::Got got;
            ASSERT_NO_THROW(got = lab.send(one.method, one.path, one.body, one.headers))
                << one.method << " " << one.path << "\n"
                << one.body;
            ++statuses[got.status];
            EXPECT_GE(got.status, 200) << one.path;
            EXPECT_LE(got.status, 501) << one.path << "\n" << one.body << "\n" << got.text;
            EXPECT_NE(got.status, 500) << one.path << "\n" << one.body << "\n" << got.text;
            if (got.status >= 400) EXPECT_FALSE(got.code().empty()) << got.text;
        }
    }
    EXPECT_GT(statuses[200], 100u);
    EXPECT_GT(statuses[400], 100u);
}

}  // namespace
}  // namespace liaison::sandbox
