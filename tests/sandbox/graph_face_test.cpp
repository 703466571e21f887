#include <gtest/gtest.h>

#include "tests/sandbox/graph_lab.hpp"

namespace liaison::sandbox {
namespace {

namespace json = boost::json;

constexpr const char* crm_property = "String {11111111-2222-3333-4444-555555555555} Name CrmKey";
constexpr const char* crm_expand =
    "$expand=singleValueExtendedProperties($filter=id%20eq%20'String%20%7B11111111-2222-3333-4444-"
    "555555555555%7D%20Name%20CrmKey')";

std::string default_list(GraphLab& lab) {
    for (const json::value& one : lab.get("todo/lists").values()) {
        if (one.at("wellknownListName") == "defaultList")
            return std::string(one.at("id").as_string());
    }
    return {};
}

TEST(GraphFace, ATokenIsNeededAndSaidSo) {
    GraphLab lab;
    EXPECT_FALSE(lab.token.empty());
    lab.token.clear();
    const auto got = lab.get("events");
    EXPECT_EQ(got.status, 401);
    EXPECT_EQ(got.code(), "InvalidAuthenticationToken");
    EXPECT_FALSE(got.fields.get("request-id").empty());
}

TEST(GraphFace, ATaskIsCreatedChangedReadAndDeleted) {
    GraphLab lab;
    const std::string tasks = "todo/lists/" + default_list(lab) + "/tasks";
    const auto made = lab.post(
        tasks, R"({"title":"Call back","importance":"high","status":"inProgress",)"
               R"("dueDateTime":{"dateTime":"2027-03-05T00:00:00","timeZone":"W. Europe Standard )"
               R"(Time"},"linkedResources":[{"applicationName":"CRM","externalId":"task:7",)"
               R"("displayName":"Task 7"}]})");
    ASSERT_EQ(made.status, 201) << made.text;
    EXPECT_EQ(made.object().at("dueDateTime").at("dateTime"), "2027-03-05T00:00:00.0000000");
    EXPECT_EQ(made.object().at("linkedResources").at(0).at("externalId"), "task:7");
    const std::string one = tasks + "/" + made.text_at("id");
    const auto done = lab.patch(one, R"({"status":"completed"})");
    ASSERT_EQ(done.status, 200) << done.text;
    EXPECT_EQ(done.object().at("completedDateTime").at("dateTime"), "2027-01-15T00:00:00.0000000");
    EXPECT_EQ(lab.erase(one).status, 204);
    EXPECT_EQ(lab.get(one).status, 404);
    EXPECT_EQ(lab.get(one).code(), "ErrorItemNotFound");
}

TEST(GraphFace, AnEventCarriesItsZoneAndOurProperty) {
    GraphLab lab;
    const auto made = lab.post(
        "events",
        std::string(R"({"subject":"Visit","transactionId":"t-1",)") +
            R"("start":{"dateTime":"2027-03-01T09:00:00","timeZone":"W. Europe Standard Time"},)"
            R"("end":{"dateTime":"2027-03-01T10:00:00","timeZone":"W. Europe Standard Time"},)"
            R"("singleValueExtendedProperties":[{"id":")" +
            crm_property + R"(","value":"appt:42"}]})");
    ASSERT_EQ(made.status, 201) << made.text;
    EXPECT_EQ(made.object().at("start").at("dateTime"), "2027-03-01T08:00:00.0000000");
    EXPECT_EQ(made.text_at("originalStartTimeZone"), "W. Europe Standard Time");
    const auto zoned = lab.get("events/" + made.text_at("id") + "?" + crm_expand,
                               {"Prefer: outlook.timezone=\"Europe/Berlin\""});
    ASSERT_EQ(zoned.status, 200) << zoned.text;
    EXPECT_EQ(zoned.object().at("start").at("dateTime"), "2027-03-01T09:00:00.0000000");
    EXPECT_EQ(zoned.object().at("start").at("timeZone"), "Europe/Berlin");
    EXPECT_EQ(zoned.object().at("singleValueExtendedProperties").at(0).at("value"), "appt:42");
    const auto found = lab.get(
        "events?$filter=singleValueExtendedProperties/any(ep:ep/id%20eq%20'String%20%7B11111111-"
        "2222-3333-4444-555555555555%7D%20Name%20CrmKey'%20and%20ep/value%20eq%20'APPT:42')");
    ASSERT_EQ(found.values().size(), 1u) << found.text;
}

TEST(GraphFace, TheSameTransactionMakesOneEvent) {
    GraphLab lab;
    const std::string body =
        R"({"subject":"Once","transactionId":"7E163156","start":{"dateTime":"2027-03-01T09:00:00",)"
        R"("timeZone":"UTC"},"end":{"dateTime":"2027-03-01T10:00:00","timeZone":"UTC"}})";
    const auto first = lab.post("events", body);
    const auto second = lab.post("events", body);
    EXPECT_EQ(first.status, 201) << first.text;
    EXPECT_EQ(first.text_at("id"), second.text_at("id"));
    EXPECT_EQ(lab.get("events").values().size(), 1u);
}

TEST(GraphFace, AContactGetsItsNamesAndSlots) {
    GraphLab lab;
    const auto made = lab.post(
        "contacts", R"({"givenName":"Pavel","surname":"Bansky","emailAddresses":[{"address":)"
                    R"("pavelb@fabrikam.onmicrosoft.com","name":"Pavel Bansky"}],)"
                    R"("businessPhones":["+1 732 555 0102"],"businessAddress":{"city":"Bern"}})");
    ASSERT_EQ(made.status, 201) << made.text;
    EXPECT_EQ(made.text_at("displayName"), "Pavel Bansky");
    EXPECT_EQ(made.text_at("fileAs"), "Bansky, Pavel");
    const auto changed =
        lab.patch("contacts/" + made.text_at("id"), R"({"businessPhones":[],"mobilePhone":"1"})");
    EXPECT_EQ(changed.object().at("businessPhones").as_array().size(), 0u) << changed.text;
    EXPECT_EQ(changed.text_at("mobilePhone"), "1");
    EXPECT_EQ(changed.object().at("businessAddress").at("city"), "Bern");
}

TEST(GraphFace, UnknownPropertiesAndOptionsAreErrors) {
    GraphLab lab;
    EXPECT_EQ(lab.post("contacts", R"({"nope":"x"})").code(), "RequestBodyRead");
    EXPECT_EQ(lab.post("contacts", R"({"surName":"x"})").text_at("surname"), "x")
        << "names of properties compare without case";
    EXPECT_EQ(lab.get("contacts?$select=nope").code(), "RequestBroker--ParseUri");
    EXPECT_EQ(lab.get("contacts?$apply=x").code(), "ErrorInvalidUrlQuery");
    EXPECT_EQ(lab.get("contacts?$filter=nope%20eq%201").code(), "RequestBroker--ParseUri");
    EXPECT_EQ(lab.get("nothing").status, 400);
}

TEST(GraphFace, ContactsDeltaTellsChangesAndRemovals) {
    GraphLab lab;
    std::vector<std::string> ids;
    for (const char* name : {"Ann", "Ben", "Cid"})
        ids.push_back(
            lab.post("contacts", std::string(R"({"givenName":")") + name + "\"}").text_at("id"));
    auto page = lab.get("contactFolders/contacts/contacts/delta?$select=displayName",
                        {"Prefer: odata.maxpagesize=2"});
    ASSERT_EQ(page.values().size(), 2u) << page.text;
    std::string link = page.text_at("@odata.nextLink");
    ASSERT_FALSE(link.empty());
    page = lab.get(link, {"Prefer: odata.maxpagesize=2"});
    EXPECT_EQ(page.values().size(), 1u);
    EXPECT_FALSE(page.values()[0].as_object().contains("givenName"));
    link = page.text_at("@odata.deltaLink");
    ASSERT_FALSE(link.empty()) << page.text;
    EXPECT_EQ(lab.erase("contacts/" + ids[0]).status, 204);
    EXPECT_EQ(lab.patch("contacts/" + ids[1], R"({"surname":"Z"})").status, 200);
    page = lab.get(link);
    ASSERT_EQ(page.values().size(), 2u) << page.text;
    EXPECT_EQ(page.values()[0].at("@removed").at("reason"), "deleted");
    EXPECT_EQ(page.values()[0].at("id").as_string(), ids[0]);
    EXPECT_EQ(page.values()[1].at("displayName"), "Ben Z");
    lab.sandbox().graph().forget_delta_tokens();
    EXPECT_EQ(lab.get(link).status, 410);
    EXPECT_EQ(lab.get(link).code(), "SyncStateNotFound");
}

TEST(GraphFace, ABatchJudgesItsPartsOneByOne) {
    GraphLab lab;
    const auto got = lab.post(
        "/$batch",
        R"({"requests":[{"id":"1","method":"GET","url":"/users/alice@example.test/contacts"},)"
        R"({"id":"2","method":"GET","url":"/users/alice@example.test/contacts/AAAA"},)"
        R"({"id":"3","method":"POST","url":"/users/alice@example.test/contacts","dependsOn":["2"],)"
        R"("headers":{"Content-Type":"application/json"},"body":{"givenName":"x"}}]})");
    ASSERT_EQ(got.status, 200) << got.text;
    std::map<std::string, std::int64_t> statuses;
    for (const json::value& one : got.object().at("responses").as_array())
        statuses[std::string(one.at("id").as_string())] = one.at("status").as_int64();
    EXPECT_EQ(statuses["1"], 200);
    EXPECT_EQ(statuses["2"], 404);
    EXPECT_EQ(statuses["3"], 424);
    EXPECT_EQ(lab.get("contacts").values().size(), 0u);
}

TEST(GraphFace, AStaleEtagIsRefused) {
    GraphLab lab;
    const auto made = lab.post("contacts", R"({"givenName":"Ann"})");
    const std::string etag = made.text_at("@odata.etag");
    EXPECT_EQ(
        lab.patch("contacts/" + made.text_at("id"), R"({"surname":"B"})", {"If-Match: " + etag})
            .status,
        200);
    const auto stale =
        lab.patch("contacts/" + made.text_at("id"), R"({"surname":"C"})", {"If-Match: " + etag});
    EXPECT_EQ(stale.status, 412);
    EXPECT_EQ(stale.code(), "ErrorIrresolvableConflict");
}

}  // namespace
}  // namespace liaison::sandbox
