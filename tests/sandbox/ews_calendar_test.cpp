#include <gtest/gtest.h>

#include "sandbox/mailbox_ids.hpp"
#include "sandbox/windows_zones.hpp"
#include "tests/sandbox/ews_lab.hpp"

namespace liaison::sandbox::testing_ews {
namespace {

const char* const berlin =
    "<t:StartTimeZone Id=\"W. Europe Standard Time\"/><t:EndTimeZone Id=\"W. Europe Standard "
    "Time\"/>";

TEST(EwsCalendar, AWallClockCountsInTheZoneOfTheItem) {
    EwsLab lab;
    const std::string winter = lab.create_appointment(
        "<t:Start>2027-03-01T09:00:00</t:Start><t:End>2027-03-01T10:00:00"
        "</t:End>" +
        std::string(berlin));
    EXPECT_EQ(lab.get(winter).text("Start"), "2027-03-01T08:00:00Z");
    EXPECT_EQ(lab.get(winter).text("StartWallClock"), "2027-03-01T09:00:00");
    EXPECT_EQ(lab.get(winter).text("StartTimeZoneId"), "W. Europe Standard Time");
    const std::string summer = lab.create_appointment(
        "<t:Start>2027-07-01T09:00:00</t:Start><t:End>2027-07-01T10:00:00"
        "</t:End>" +
        std::string(berlin));
    EXPECT_EQ(lab.get(summer).text("Start"), "2027-07-01T07:00:00Z");
    const std::string offset = lab.create_appointment(
        "<t:Start>2027-07-01T09:00:00+05:30</t:Start>"
        "<t:End>2027-07-01T10:00:00+05:30</t:End>" +
        std::string(berlin));
    EXPECT_EQ(lab.get(offset).text("Start"), "2027-07-01T03:30:00Z");
}

TEST(EwsCalendar, TimeZoneContextCountsWhereTheItemSaysNothing) {
    EwsLab lab;
    const std::string create =
        "<m:CreateItem SendMeetingInvitations=\"SendToNone\"><m:Items><t:CalendarItem>"
        "<t:Start>2027-03-01T09:00:00</t:Start><t:End>2027-03-01T10:00:00</t:End></t:CalendarItem>"
        "</m:Items></m:CreateItem>";
    const std::string context =
        "<t:TimeZoneContext><t:TimeZoneDefinition Id=\"Tokyo Standard Time\"/></t:TimeZoneContext>";
    const EwsReply made = lab.call_raw(context, create);
    ASSERT_EQ(made.code(), "NoError");
    EXPECT_EQ(lab.get(made.attribute("ItemId", "Id")).text("Start"), "2027-03-01T00:00:00Z");
    const EwsReply utc = lab.call(create);
    EXPECT_EQ(lab.get(utc.attribute("ItemId", "Id")).text("Start"), "2027-03-01T09:00:00Z");
    EXPECT_EQ(
        lab.call_raw(
               "<t:TimeZoneContext><t:TimeZoneDefinition Id=\"Nowhere\"/></t:TimeZoneContext>",
               create)
            .code(),
        "ErrorTimeZone");
}

TEST(EwsCalendar, AllDayEventsAreStretchedToMidnightsOfTheirZone) {
    EwsLab lab;
    const std::string id = lab.create_appointment(
        "<t:Start>2027-03-27T09:00:00</t:Start><t:End>2027-03-28T10:00:00</t:End>"
        "<t:IsAllDayEvent>true</t:IsAllDayEvent>" +
        std::string(berlin));
    const EwsReply event = lab.get(id);
    EXPECT_EQ(event.text("Start"), "2027-03-26T23:00:00Z");
    EXPECT_EQ(event.text("End"), "2027-03-28T22:00:00Z");  // clocks went forward on the 28th
    const std::string exact = lab.create_appointment(
        "<t:Start>2027-03-01T00:00:00</t:Start><t:End>2027-03-02T00:00:00</t:End>"
        "<t:IsAllDayEvent>true</t:IsAllDayEvent>" +
        std::string(berlin));
    EXPECT_EQ(lab.get(exact).text("Start"), "2027-02-28T23:00:00Z");
    EXPECT_EQ(lab.get(exact).text("End"), "2027-03-01T23:00:00Z");
}

TEST(EwsCalendar, ChangingTheZoneAloneKeepsTheWallClock) {
    EwsLab lab;
    const std::string id = lab.create_appointment(
        "<t:Start>2027-03-01T09:00:00</t:Start><t:End>2027-03-01T10:00:00</t:End>" +
        std::string(berlin));
    const EwsReply changed = lab.call(
        "<m:UpdateItem ConflictResolution=\"AlwaysOverwrite\" "
        "SendMeetingInvitationsOrCancellations=\"SendToNone\">"
        "<m:ItemChanges><t:ItemChange><t:ItemId Id=\"" +
        id +
        "\"/><t:Updates><t:SetItemField><t:FieldURI "
        "FieldURI=\"calendar:StartTimeZone\"/><t:CalendarItem><t:StartTimeZone Id=\"Tokyo Standard "
        "Time\"/></t:CalendarItem>"
        "</t:SetItemField></t:Updates></t:ItemChange></m:ItemChanges></m:UpdateItem>");
    ASSERT_EQ(changed.code(), "NoError") << changed.raw();
    EXPECT_EQ(lab.get(id).text("StartWallClock"), "2027-03-01T09:00:00");
    EXPECT_EQ(lab.get(id).text("Start"), "2027-03-01T00:00:00Z");
}

TEST(EwsCalendar, SwitchesForMeetingMailAreRequiredAndWhatWouldBeSentIsCounted) {
    EwsLab lab;
    const std::string item =
        "<t:CalendarItem><t:Subject>m</t:Subject><t:RequiredAttendees><t:Attendee><t:Mailbox>"
        "<t:EmailAddress>bob@example.test</t:EmailAddress></t:Mailbox></t:Attendee></"
        "t:RequiredAttendees>"
        "</t:CalendarItem>";
    EXPECT_EQ(lab.call("<m:CreateItem><m:Items>" + item + "</m:Items></m:CreateItem>").code(),
              "ErrorSendMeetingInvitationsRequired");
    EXPECT_EQ(lab.store->item_count("alice@example.test", lab.folder("calendar")), 0u);
    const std::string quiet = lab.create("SendMeetingInvitations=\"SendToNone\"", item);
    EXPECT_TRUE(lab.store->sent().empty());
    EXPECT_EQ(lab.get(quiet).text("IsMeeting"), "true");
    EXPECT_EQ(lab.get(quiet).text("MeetingRequestWasSent"), "false");
    lab.create("SendMeetingInvitations=\"SendToAllAndSaveCopy\"", item);
    ASSERT_EQ(lab.store->sent().size(), 1u);
    EXPECT_EQ(lab.store->sent()[0].recipients, std::vector<std::string>{"bob@example.test"});
    const EwsReply gone = lab.call(
        "<m:DeleteItem DeleteType=\"HardDelete\" SendMeetingCancellations=\"SendOnlyToAll\">"
        "<m:ItemIds><t:ItemId Id=\"" +
        quiet + "\"/></m:ItemIds></m:DeleteItem>");
    EXPECT_EQ(gone.code(), "NoError");
    EXPECT_EQ(lab.store->sent().back().operation, "DeleteItem");
}

TEST(EwsCalendar, TheUidIsSettableOnceAndFoundByGlobalObjectId) {
    EwsLab lab;
    const std::string id = lab.create_appointment("<t:UID>crm-42@example.test</t:UID>");
    EXPECT_EQ(lab.get(id).text("UID"), "crm-42@example.test");
    const std::string uri =
        R"(<t:ExtendedFieldURI DistinguishedPropertySetId="Meeting" PropertyId="35" PropertyType="Binary"/>)";
    const std::string blob = lab.get(id, uri).text("Value");
    ASSERT_NE(blob, "");
    const auto search = [&](const std::string& field, const std::string& constant) {
        return lab.call(
            "<m:FindItem "
            "Traversal=\"Shallow\"><m:ItemShape><t:BaseShape>IdOnly</t:BaseShape></m:ItemShape>"
            "<m:Restriction><t:IsEqualTo>" +
            field + "<t:FieldURIOrConstant><t:Constant Value=\"" + constant +
            "\"/></t:FieldURIOrConstant></t:IsEqualTo></m:Restriction><m:ParentFolderIds>"
            "<t:DistinguishedFolderId Id=\"calendar\"/></m:ParentFolderIds></m:FindItem>");
    };
    EXPECT_EQ(search(uri, blob).attribute("ItemId", "Id"), id);
    EXPECT_EQ(search("<t:FieldURI FieldURI=\"calendar:UID\"/>", "x").code(),
              "ErrorUnsupportedPathForQuery");
    const std::string other = lab.create_appointment("<t:Subject>x</t:Subject>");
    EXPECT_NE(lab.get(other).text("UID"), "");
    EXPECT_NE(lab.get(other).text("UID"),
              lab.get(lab.create_appointment("<t:Subject>y</t:Subject>")).text("UID"));
}

TEST(EwsCalendar, ASeriesIsServedAsMasterAndNeverFlattened) {
    EwsLab lab;
    const std::string id = lab.create_appointment(
        "<t:Start>2027-03-01T09:00:00</t:Start><t:End>2027-03-01T10:00:00</"
        "t:End><t:Recurrence><t:WeeklyRecurrence>"
        "<t:Interval>1</t:Interval><t:DaysOfWeek>Monday "
        "Thursday</t:DaysOfWeek></t:WeeklyRecurrence><t:NumberedRecurrence>"
        "<t:StartDate>2027-03-01</t:StartDate><t:NumberOfOccurrences>10</t:NumberOfOccurrences></"
        "t:NumberedRecurrence>"
        "</t:Recurrence>" +
        std::string(berlin));
    EXPECT_EQ(lab.get(id).text("CalendarItemType"), "RecurringMaster");
    EXPECT_EQ(lab.get(id).text("NumberOfOccurrences"), "10");
    const std::string view =
        "<m:FindItem "
        "Traversal=\"Shallow\"><m:ItemShape><t:BaseShape>IdOnly</t:BaseShape></m:ItemShape>"
        "<m:CalendarView StartDate=\"2027-03-01T00:00:00Z\" EndDate=\"2027-04-01T00:00:00Z\"/>"
        "<m:ParentFolderIds><t:DistinguishedFolderId "
        "Id=\"calendar\"/></m:ParentFolderIds></m:FindItem>";
    EXPECT_EQ(lab.call(view).code(), "ErrorInvalidOperation");
    const EwsReply occurrence = lab.call(
        "<m:GetItem><m:ItemShape><t:BaseShape>IdOnly</t:BaseShape></m:ItemShape><m:ItemIds>"
        "<t:OccurrenceItemId RecurringMasterId=\"" +
        id +
        "\" InstanceIndex=\"1\"/>"
        "</m:ItemIds></m:GetItem>");
    EXPECT_EQ(occurrence.code(), "ErrorCalendarOccurrenceIndexIsOutOfRecurrenceRange");
}

TEST(EwsCalendar, TheViewGivesSinglesThatOverlapByStart) {
    EwsLab lab;
    const auto at = [&](const char* start, const char* end) {
        return lab.create_appointment("<t:Start>" + std::string(start) + "</t:Start><t:End>" + end +
                                      "</t:End>");
    };
    const std::string late = at("2027-03-05T10:00:00Z", "2027-03-05T11:00:00Z");
    const std::string early = at("2027-02-27T10:00:00Z", "2027-03-01T00:00:01Z");
    at("2027-02-27T10:00:00Z", "2027-03-01T00:00:00Z");
    at("2027-03-06T00:00:00Z", "2027-03-06T01:00:00Z");
    const auto view = [&](const char* from, const char* to) {
        return lab.call(
            "<m:FindItem "
            "Traversal=\"Shallow\"><m:ItemShape><t:BaseShape>Default</t:BaseShape></m:ItemShape>"
            "<m:CalendarView StartDate=\"" +
            std::string(from) + "\" EndDate=\"" + to +
            "\"/><m:ParentFolderIds>"
            "<t:DistinguishedFolderId Id=\"calendar\"/></m:ParentFolderIds></m:FindItem>");
    };
    EXPECT_EQ(view("2027-03-01T00:00:00Z", "2027-03-06T00:00:00Z").attributes("ItemId", "Id"),
              (std::vector<std::string>{early, late}));
    EXPECT_EQ(view("2027-03-01T00:00:00Z", "2030-03-06T00:00:00Z").code(),
              "ErrorCalendarViewRangeTooBig");
}

TEST(EwsCalendar, TheEndMustNotBeBeforeTheStart) {
    EwsLab lab;
    const EwsReply reply = lab.call(
        "<m:CreateItem SendMeetingInvitations=\"SendToNone\"><m:Items><t:CalendarItem>"
        "<t:Start>2027-03-01T09:00:00Z</t:Start><t:End>2027-03-01T08:00:00Z</t:End>"
        "</t:CalendarItem></m:Items></m:CreateItem>");
    EXPECT_EQ(reply.code(), "ErrorCalendarEndDateIsEarlierThanStartDate");
}

TEST(EwsCalendar, MimeIsACalendarWithTheTimeZoneAndTheRule) {
    EwsLab lab;
    const std::string id = lab.create_appointment(
        "<t:Subject>Jour fixe, "
        "weekly</t:Subject><t:Start>2027-03-01T09:00:00</t:Start><t:End>2027-03-01T10:00:00</t:End>"
        "<t:Recurrence><t:WeeklyRecurrence><t:Interval>2</t:Interval><t:DaysOfWeek>Monday "
        "Thursday</t:DaysOfWeek>"
        "</t:WeeklyRecurrence><t:NumberedRecurrence><t:StartDate>2027-03-01</"
        "t:StartDate><t:NumberOfOccurrences>10"
        "</t:NumberOfOccurrences></t:NumberedRecurrence></t:Recurrence>" +
        std::string(berlin));
    std::string mime;
    ASSERT_TRUE(base64_decode(
        lab.get(id, "<t:FieldURI FieldURI=\"item:MimeContent\"/>", "IdOnly").text("MimeContent"),
        mime));
    for (const char* line : {"BEGIN:VTIMEZONE\r\nTZID:W. Europe Standard Time\r\n",
                             "DTSTART;TZID=W. Europe Standard Time:20270301T090000\r\n",
                             "RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU\r\n", "TZOFFSETTO:+0200\r\n",
                             "RRULE:FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,TH;COUNT=10\r\n",
                             "SUMMARY:Jour fixe\\, weekly\r\n"}) {
        EXPECT_NE(mime.find(line), std::string::npos) << line << " in " << mime;
    }
}

TEST(WindowsZones, EveryIdOfTheTableIsKnownToTheSystem) {
    EXPECT_GT(windows_zone_ids().size(), 130u);
    for (const std::string_view id : windows_zone_ids()) {
        EXPECT_TRUE(utc_of_wall_clock(id, 1'800'000'000'000).has_value()) << id;
    }
    EXPECT_EQ(windows_zone_of("Europe/Zurich"), "W. Europe Standard Time");
    EXPECT_EQ(iana_zone_of("Pacific Standard Time"), "America/Los_Angeles");
    EXPECT_FALSE(iana_zone_of("Europe/Berlin").has_value());
}

TEST(WindowsZones, SkippedAndDoubledWallClocks) {
    // 2027-03-28 02:30 does not exist in Berlin; 2027-10-31 02:30 is there twice, the first at
    // +02:00.
    EXPECT_EQ(utc_of_wall_clock("W. Europe Standard Time", 1'806'201'000'000), 1'806'197'400'000);
    EXPECT_EQ(utc_of_wall_clock("W. Europe Standard Time", 1'824'949'800'000), 1'824'942'600'000);
}

TEST(EwsTimeZones, AreServedWithAndWithoutTheirRules) {
    EwsLab lab;
    const EwsReply all = lab.call("<m:GetServerTimeZones ReturnFullTimeZoneData=\"false\"/>");
    EXPECT_EQ(all.count("TimeZoneDefinition"), windows_zone_ids().size());
    const EwsReply one = lab.call(
        "<m:GetServerTimeZones ReturnFullTimeZoneData=\"true\"><m:Ids><t:Id>W. Europe Standard Time"
        "</t:Id><t:Id>Nowhere</t:Id></m:Ids></m:GetServerTimeZones>");
    EXPECT_EQ(one.attribute("TimeZoneDefinition", "Id"), "W. Europe Standard Time");
    EXPECT_EQ(one.attributes("Period", "Bias"), (std::vector<std::string>{"-PT1H", "-PT2H"}));
    EXPECT_EQ(one.texts("Month"), (std::vector<std::string>{"3", "10"}));
    EXPECT_EQ(one.texts("Occurrence"), (std::vector<std::string>{"-1", "-1"}));
    EXPECT_EQ(one.texts("DayOfWeek"), (std::vector<std::string>{"Sunday", "Sunday"}));
    EXPECT_EQ(one.texts("TimeOffset"), (std::vector<std::string>{"PT2H", "PT3H"}));
    EXPECT_EQ(lab.call("<m:GetServerTimeZones ReturnFullTimeZoneData=\"true\"/>").code(),
              "NoError");
}

}  // namespace
}  // namespace liaison::sandbox::testing_ews
