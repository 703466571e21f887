#include <gtest/gtest.h>

#include "sandbox/graph/entity_json.hpp"
#include "sandbox/graph/recurrence.hpp"
#include "tests/sandbox/graph_lab.hpp"

namespace liaison::sandbox {
namespace {

namespace json = boost::json;

std::string text_between(const std::string& text, std::string_view open, std::string_view close) {
    const std::size_t start = text.find(open);
    if (start == std::string::npos) return {};
    const std::size_t from = start + open.size();
    return text.substr(from, text.find(close, from) - from);
}

std::string ews_item(GraphLab& lab, const std::string& graph_id, std::string_view shape = {}) {
    std::string id = graph_id;
    for (char& c : id) c = c == '-' ? '/' : c == '_' ? '+' : c;
    return lab.ews("<m:GetItem><m:ItemShape><t:BaseShape>AllProperties</t:BaseShape>" +
                   std::string(shape) + "</m:ItemShape><m:ItemIds><t:ItemId Id=\"" + id +
                   "\"/></m:ItemIds></m:GetItem>");
}

std::string made_id(const std::string& reply) {
    return rest_id_of(text_between(reply, "<t:ItemId Id=\"", "\""));
}

constexpr std::string_view crm_uri =
    R"(<t:ExtendedFieldURI PropertySetId="11111111-2222-3333-4444-555555555555" )"
    R"(PropertyName="CrmKey" PropertyType="String"/>)";

TEST(GraphAndEws, AnEventOfGraphIsTheSameInEws) {
    GraphLab lab;
    const auto made = lab.post(
        "events", R"({"subject":"Visit","showAs":"oof","sensitivity":"private","categories":)"
                  R"(["CRM planned"],"body":{"contentType":"text","content":"line"},)"
                  R"("location":{"displayName":"Bern"},"isReminderOn":true,)"
                  R"("reminderMinutesBeforeStart":0,)"
                  R"("start":{"dateTime":"2027-07-01T09:00:00","timeZone":"Europe/Berlin"},)"
                  R"("end":{"dateTime":"2027-07-01T10:00:00","timeZone":"Europe/Berlin"},)"
                  R"("singleValueExtendedProperties":[{"id":"String )"
                  R"({11111111-2222-3333-4444-555555555555} Name CrmKey","value":"appt:1"}]})");
    ASSERT_EQ(made.status, 201) << made.text;
    const std::string xml =
        ews_item(lab, made.text_at("id"),
                 "<t:AdditionalProperties>" + std::string(crm_uri) + "</t:AdditionalProperties>");
    EXPECT_NE(xml.find("<t:Subject>Visit</t:Subject>"), std::string::npos) << xml;
    EXPECT_NE(xml.find("<t:Start>2027-07-01T07:00:00Z</t:Start>"), std::string::npos);
    EXPECT_NE(xml.find("<t:LegacyFreeBusyStatus>OOF</t:LegacyFreeBusyStatus>"), std::string::npos);
    EXPECT_NE(xml.find("<t:Sensitivity>Private</t:Sensitivity>"), std::string::npos);
    EXPECT_NE(xml.find("<t:String>CRM planned</t:String>"), std::string::npos);
    EXPECT_NE(xml.find("<t:Location>Bern</t:Location>"), std::string::npos);
    EXPECT_NE(xml.find("<t:Value>appt:1</t:Value>"), std::string::npos);
    EXPECT_NE(xml.find("<t:StartTimeZoneId>W. Europe Standard Time<"), std::string::npos);
    EXPECT_EQ(text_between(xml, "<t:UID>", "</t:UID>"), made.text_at("iCalUId"));
    EXPECT_NE(xml.find("<t:ReminderMinutesBeforeStart>0<"), std::string::npos);
}

TEST(GraphAndEws, AnEventOfEwsIsTheSameInGraph) {
    GraphLab lab;
    const std::string reply = lab.ews(
        "<m:CreateItem SendMeetingInvitations=\"SendToNone\"><m:Items><t:CalendarItem>"
        "<t:Subject>Own</t:Subject><t:ExtendedProperty>" +
        std::string(crm_uri) +
        "<t:Value>k</t:Value></t:ExtendedProperty><t:UID>uid-7</t:UID>"
        "<t:Start>2027-03-01T00:00:00</t:Start><t:End>2027-03-03T00:00:00</t:End>"
        "<t:IsAllDayEvent>true</t:IsAllDayEvent>"
        "<t:StartTimeZone Id=\"W. Europe Standard Time\"/></t:CalendarItem></m:Items>"
        "</m:CreateItem>");
    const std::string id = made_id(reply);
    const auto got = lab.get("events/" + id +
                             "?$expand=singleValueExtendedProperties($filter=id eq 'String "
                             "{11111111-2222-3333-4444-555555555555} Name CrmKey')");
    ASSERT_EQ(got.status, 200) << got.text << reply;
    EXPECT_EQ(got.text_at("iCalUId"), "uid-7");
    EXPECT_EQ(got.object().at("isAllDay"), true);
    EXPECT_EQ(got.object().at("start").at("dateTime"), "2027-03-01T00:00:00.0000000");
    EXPECT_EQ(got.object().at("end").at("dateTime"), "2027-03-03T00:00:00.0000000");
    EXPECT_EQ(got.object().at("singleValueExtendedProperties").at(0).at("value"), "k");
}

TEST(GraphAndEws, ATaskKeepsWhatOnlyOneFaceKnows) {
    GraphLab lab;
    const std::string lists = lab.get("todo/lists").text;
    std::string list;
    for (const json::value& one : lab.get("todo/lists").values()) {
        if (one.at("wellknownListName") == "defaultList") list = one.at("id").as_string().c_str();
    }
    const std::string id = made_id(
        lab.ews("<m:CreateItem><m:Items><t:Task><t:Subject>Call</t:Subject><t:ActualWork>30"
                "</t:ActualWork><t:DueDate>2027-03-05T00:00:00Z</t:DueDate><t:PercentComplete>25"
                "</t:PercentComplete></t:Task></m:Items></m:CreateItem>"));
    const std::string one = "todo/lists/" + list + "/tasks/" + id;
    auto task = lab.get(one);
    ASSERT_EQ(task.status, 200) << task.text << lists;
    EXPECT_EQ(task.text_at("status"), "inProgress");
    EXPECT_EQ(task.object().at("dueDateTime").at("dateTime"), "2027-03-05T00:00:00.0000000");
    EXPECT_EQ(lab.post(one + "/linkedResources", R"({"applicationName":"CRM","externalId":"t:1",)"
                                                 R"("displayName":"T"})")
                  .status,
              201);
    task = lab.patch(one, R"({"status":"completed"})");
    const std::string xml = ews_item(lab, id);
    EXPECT_NE(xml.find("<t:ActualWork>30</t:ActualWork>"), std::string::npos) << xml;
    EXPECT_NE(xml.find("<t:PercentComplete>100</t:PercentComplete>"), std::string::npos);
    EXPECT_NE(xml.find("<t:Status>Completed</t:Status>"), std::string::npos);
    EXPECT_EQ(lab.get(one).object().at("linkedResources").at(0).at("externalId"), "t:1");
    EXPECT_EQ(lab.get(one + "/linkedResources").values().size(), 1u);
}

TEST(GraphAndEws, AContactRoundsTripThroughBoth) {
    GraphLab lab;
    const auto made = lab.post(
        "contacts",
        R"({"givenName":"Jane","surname":"Doe","companyName":"Example","jobTitle":"Buyer",)"
        R"("birthday":"1980-02-29T00:00:00Z","homePhones":["1","2"],"personalNotes":"note",)"
        R"("emailAddresses":[{"address":"j@x.test","name":"J"},{"address":"k@x.test"}],)"
        R"("homeAddress":{"street":"Main 1","city":"Bern"},"children":["A","B"],"title":"Dr."})");
    ASSERT_EQ(made.status, 201) << made.text;
    const std::string xml = ews_item(lab, made.text_at("id"));
    EXPECT_NE(xml.find("<t:Birthday>1980-02-29T11:59:00Z</t:Birthday>"), std::string::npos) << xml;
    EXPECT_NE(xml.find("Key=\"HomePhone2\">2<"), std::string::npos);
    EXPECT_NE(xml.find("Key=\"EmailAddress2\""), std::string::npos);
    EXPECT_NE(xml.find("<t:Street>Main 1</t:Street>"), std::string::npos);
    EXPECT_NE(xml.find("<t:FileAs>Doe, Jane</t:FileAs>"), std::string::npos);
    EXPECT_EQ(made.text_at("personalNotes"), "note");
    EXPECT_EQ(made.text_at("title"), "Dr.");
    EXPECT_EQ(made.object().at("children").as_array().size(), 2u);
}

TEST(GraphAndEws, ChangesOfOneFaceShowInTheFeedOfTheOther) {
    GraphLab lab;
    auto delta = lab.get("contactFolders/contacts/contacts/delta");
    const std::string link = delta.text_at("@odata.deltaLink");
    const std::string id = made_id(
        lab.ews("<m:CreateItem><m:Items><t:Contact><t:GivenName>Ben</t:GivenName></t:Contact>"
                "</m:Items></m:CreateItem>"));
    delta = lab.get(link);
    ASSERT_EQ(delta.values().size(), 1u) << delta.text;
    EXPECT_EQ(delta.values()[0].at("id").as_string(), id);
    const std::string sync = lab.ews(
        "<m:SyncFolderItems><m:ItemShape><t:BaseShape>IdOnly</t:BaseShape></m:ItemShape>"
        "<m:SyncFolderId><t:DistinguishedFolderId Id=\"contacts\"/></m:SyncFolderId>"
        "<m:MaxChangesReturned>10</m:MaxChangesReturned></m:SyncFolderItems>");
    const std::string state = text_between(sync, "<m:SyncState>", "</m:SyncState>");
    EXPECT_EQ(lab.patch("contacts/" + id, R"({"surname":"Z"})").status, 200);
    const std::string next = lab.ews(
        "<m:SyncFolderItems><m:ItemShape><t:BaseShape>IdOnly</t:BaseShape></m:ItemShape>"
        "<m:SyncFolderId><t:DistinguishedFolderId Id=\"contacts\"/></m:SyncFolderId><m:SyncState>" +
        state +
        "</m:SyncState><m:MaxChangesReturned>10</m:MaxChangesReturned>"
        "</m:SyncFolderItems>");
    EXPECT_NE(next.find("<t:Update>"), std::string::npos) << next;
}

TEST(GraphSeries, AMasterHasItsOccurrencesInTheView) {
    GraphLab lab;
    const auto made = lab.post(
        "events",
        R"({"subject":"Weekly","start":{"dateTime":"2027-03-22T09:00:00","timeZone":"W. Europe )"
        R"(Standard Time"},"end":{"dateTime":"2027-03-22T10:00:00","timeZone":"W. Europe )"
        R"(Standard Time"},"recurrence":{"pattern":{"type":"weekly","interval":1,"daysOfWeek":)"
        R"(["monday","thursday"]},"range":{"type":"numbered","startDate":"2027-03-22",)"
        R"("numberOfOccurrences":4}}})");
    ASSERT_EQ(made.status, 201) << made.text;
    EXPECT_EQ(made.text_at("type"), "seriesMaster");
    EXPECT_EQ(made.object().at("recurrence").at("range").at("numberOfOccurrences"), 4);
    const std::string window =
        "?startDateTime=2027-03-01T00:00:00Z&endDateTime=2027-05-01T00:00:00Z";
    const auto view = lab.get("calendarView" + window);
    ASSERT_EQ(view.values().size(), 4u) << view.text;
    EXPECT_EQ(view.values()[0].at("type"), "occurrence");
    EXPECT_EQ(view.values()[0].at("seriesMasterId").as_string(), made.text_at("id"));
    EXPECT_EQ(view.values()[0].at("start").at("dateTime"), "2027-03-22T08:00:00.0000000");
    EXPECT_EQ(view.values()[2].at("start").at("dateTime"), "2027-03-29T07:00:00.0000000")
        << "summer time keeps the wall clock";
    const std::string occurrence(view.values()[1].at("id").as_string());
    EXPECT_EQ(lab.get("events/" + occurrence).text_at("type"), "occurrence");
    EXPECT_EQ(lab.get("events/" + made.text_at("id") + "/instances" + window).values().size(), 4u);
    EXPECT_EQ(lab.get("events").values().size(), 1u);
    auto delta = lab.get("calendarView/delta" + window);
    ASSERT_EQ(delta.values().size(), 5u) << "master and occurrences: " << delta.text;
    EXPECT_EQ(delta.values()[0].at("type"), "seriesMaster");
    EXPECT_EQ(delta.values()[1].at("type"), "occurrence");
    EXPECT_FALSE(delta.values()[1].as_object().contains("subject"));
    EXPECT_EQ(lab.get("calendarView/delta" + window + "&$select=subject").code(),
              "ErrorInvalidUrlQuery");
    EXPECT_EQ(lab.get("calendarView").code(), "ErrorInvalidParameter");
}

TEST(GraphSeries, PatternsComeBackAsTheyWereSent) {
    GraphLab lab;
    const char* patterns[] = {
        R"({"type":"daily","interval":3})",
        R"({"type":"absoluteMonthly","interval":2,"dayOfMonth":31})",
        R"({"type":"relativeMonthly","interval":1,"daysOfWeek":["friday"],"index":"last"})",
        R"({"type":"absoluteYearly","interval":1,"dayOfMonth":29,"month":2})",
        R"({"type":"relativeYearly","interval":1,"daysOfWeek":["monday"],"index":"first","month":9})"};
    for (const char* pattern : patterns) {
        const auto made = lab.post(
            "events", std::string(R"({"start":{"dateTime":"2028-01-31T09:00:00","timeZone":"UTC"},)"
                                  R"("end":{"dateTime":"2028-01-31T10:00:00","timeZone":"UTC"},)"
                                  R"("recurrence":{"pattern":)") +
                          pattern + R"(,"range":{"type":"noEnd","startDate":"2028-01-31"}}})");
        ASSERT_EQ(made.status, 201) << pattern << made.text;
        const json::object wanted = json::parse(pattern).as_object();
        for (const auto& member : wanted)
            EXPECT_EQ(made.object().at("recurrence").at("pattern").at(member.key()), member.value())
                << pattern;
    }
}

TEST(GraphSeries, DaysOfARuleAreThoseOfTheCalendar) {
    const auto days = [](std::string xml, std::size_t most) {
        std::vector<std::string> out;
        for (const std::int64_t day : graph::occurrence_days(xml, 4'000'000'000'000, most))
            out.push_back(graph::graph_date_time(day).substr(0, 10));
        return out;
    };
    using Days = std::vector<std::string>;
    EXPECT_EQ(days("<t:AbsoluteMonthlyRecurrence><t:Interval>1</t:Interval><t:DayOfMonth>31"
                   "</t:DayOfMonth></t:AbsoluteMonthlyRecurrence><t:NoEndRecurrence><t:StartDate>"
                   "2027-01-31</t:StartDate></t:NoEndRecurrence>",
                   3),
              (Days{"2027-01-31", "2027-02-28", "2027-03-31"}));
    EXPECT_EQ(days("<t:RelativeMonthlyRecurrence><t:Interval>1</t:Interval><t:DaysOfWeek>Weekday"
                   "</t:DaysOfWeek><t:DayOfWeekIndex>Last</t:DayOfWeekIndex>"
                   "</t:RelativeMonthlyRecurrence><t:NumberedRecurrence><t:StartDate>2027-01-01"
                   "</t:StartDate><t:NumberOfOccurrences>2</t:NumberOfOccurrences>"
                   "</t:NumberedRecurrence>",
                   9),
              (Days{"2027-01-29", "2027-02-26"}));
    EXPECT_EQ(days("<t:WeeklyRecurrence><t:Interval>2</t:Interval><t:DaysOfWeek>Monday Sunday"
                   "</t:DaysOfWeek><t:FirstDayOfWeek>Monday</t:FirstDayOfWeek>"
                   "</t:WeeklyRecurrence><t:EndDateRecurrence><t:StartDate>2027-03-03"
                   "</t:StartDate><t:EndDate>2027-03-21</t:EndDate></t:EndDateRecurrence>",
                   9),
              (Days{"2027-03-07", "2027-03-15", "2027-03-21"}));
}

}  // namespace
}  // namespace liaison::sandbox
