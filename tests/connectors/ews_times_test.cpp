#include <gtest/gtest.h>

#include "connectors/ews/calendar_item.hpp"
#include "connectors/zones.hpp"
#include "tests/connectors/ews_support.hpp"

namespace liaison::ews {

namespace {

const MappingContext kVienna{std::string(kProductPropertySet), "Europe/Vienna"};

ZonedTime zoned(std::string_view wall, std::string_view zone) { return ZonedTime{*parse_wall(wall), std::string(zone)}; }

Record appointment(ZonedTime start, ZonedTime end, bool all_day = false) {
    Record record(EntityKind::Appointment);
    record.set(Field::Start, std::move(start));
    record.set(Field::End, std::move(end));
    record.set(Field::AllDay, all_day);
    return record;
}

ItemContent read_calendar(std::string_view inner) {
    const std::string xml = "<t:CalendarItem>" + std::string(inner) + "</t:CalendarItem>";
    auto document = XmlDocument::parse(with_namespaces(xml));
    EXPECT_TRUE(document);
    return read_calendar_item(document->root(), kVienna);
}

std::string times_of(const ItemContent& content) {
    if (const auto* bad = std::get_if<Unreadable>(&content)) return bad->reason_code;
    const Record& record = std::get<Record>(content);
    return to_text(*record.find(Field::Start)) + " - " + to_text(*record.find(Field::End)) +
           (record.flag(Field::AllDay) ? " all day" : "");
}

std::string times_of(const Record& record) { return times_of(ItemContent(record)); }

std::string written(const Record& record, std::string_view element) {
    for (const PropertyWrite& write : calendar_writes(patch_of(record), kVienna))
        if (write.element == element) return write.xml;
    return "none";
}

}  // namespace

TEST(Zones, WindowsAndIanaNamesFindEachOther) {
    EXPECT_EQ(windows_zone("Europe/Vienna"), "W. Europe Standard Time");
    EXPECT_EQ(exchange_zone("Europe/Vienna"), "Europe/Berlin");
    EXPECT_EQ(exchange_zone("Asia/Calcutta"), "Asia/Kolkata");
    EXPECT_EQ(iana_zone("India Standard Time"), "Asia/Kolkata");
    EXPECT_EQ(exchange_zone("US/Pacific"), "America/Los_Angeles");
    EXPECT_EQ(exchange_zone("Etc/GMT"), "UTC");
    EXPECT_EQ(windows_zone("UTC"), "UTC");
    EXPECT_EQ(windows_zone("Mars/Olympus"), std::nullopt);
    EXPECT_EQ(iana_zone("Customized Time Zone"), std::nullopt);
}

TEST(Zones, EveryWindowsZoneStandsForOneThatTheDatabaseKnows) {
    for (const char* name : {"Dateline Standard Time", "UTC-11", "Line Islands Standard Time", "FLE Standard Time",
                             "Nepal Standard Time", "Lord Howe Standard Time"}) {
        const auto iana = iana_zone(name);
        ASSERT_TRUE(iana) << name;
        EXPECT_TRUE(is_known_zone(*iana)) << *iana;
        EXPECT_EQ(windows_zone(*iana), name);
    }
}

TEST(Zones, GapsAndDoubledHoursHaveOneInstant) {
    EXPECT_EQ(format_timestamp(*instant_of(*parse_wall("2027-03-28T02:30:00"), "Europe/Berlin")), "2027-03-28T01:00:00.000Z");
    EXPECT_EQ(format_timestamp(*instant_of(*parse_wall("2027-10-31T02:30:00"), "Europe/Berlin")), "2027-10-31T00:30:00.000Z");
    EXPECT_EQ(instant_of(*parse_wall("2027-03-28T02:30:00"), "Mars/Olympus"), std::nullopt);
}

TEST(EwsTimes, ATimeKeepsItsWallClockAndZone) {
    EXPECT_EQ(times_of(read_calendar("<t:Start>2027-07-01T07:00:00Z</t:Start><t:End>2027-07-01T08:00:00Z</t:End>"
                                     "<t:StartTimeZone Id=\"W. Europe Standard Time\"/>"
                                     "<t:EndTimeZone Id=\"Tokyo Standard Time\"/>")),
              "2027-07-01T09:00:00 Europe/Berlin - 2027-07-01T17:00:00 Asia/Tokyo");
}

TEST(EwsTimes, TheServersWallClockOutranksOurZoneDatabase) {
    // The server has another rule for the summer of that year: its wall clock is what people see.
    EXPECT_EQ(times_of(read_calendar("<t:Start>2040-07-01T07:00:00Z</t:Start><t:End>2040-07-01T08:00:00Z</t:End>"
                                     "<t:StartWallClock>2040-07-01T08:00:00</t:StartWallClock>"
                                     "<t:EndWallClock>2040-07-01T09:00:00</t:EndWallClock>"
                                     "<t:StartTimeZoneId>W. Europe Standard Time</t:StartTimeZoneId>")),
              "2040-07-01T08:00:00 Europe/Berlin - 2040-07-01T09:00:00 Europe/Berlin");
}

TEST(EwsTimes, AnUnknownZoneIsReadAsTheMailboxZone) {
    EXPECT_EQ(times_of(read_calendar("<t:Start>2027-07-01T07:00:00Z</t:Start><t:End>2027-07-01T08:00:00Z</t:End>"
                                     "<t:StartTimeZone Id=\"Customized Time Zone\"/>")),
              "2027-07-01T09:00:00 Europe/Berlin - 2027-07-01T10:00:00 Europe/Berlin");
}

TEST(EwsTimes, AllDayIsAPairOfDatesInTheZoneOfItsCreation) {
    // Created in Tokyo: midnight there is three in the afternoon of the day before, UTC.
    EXPECT_EQ(times_of(read_calendar("<t:Start>2027-02-28T15:00:00Z</t:Start><t:End>2027-03-01T15:00:00Z</t:End>"
                                     "<t:IsAllDayEvent>true</t:IsAllDayEvent>"
                                     "<t:StartTimeZone Id=\"Tokyo Standard Time\"/>"
                                     "<t:EndTimeZone Id=\"Tokyo Standard Time\"/>")),
              "2027-03-01T00:00:00 - 2027-03-02T00:00:00 all day");
    // Without any zone: midnight in Vienna.
    EXPECT_EQ(times_of(read_calendar("<t:Start>2027-02-28T23:00:00Z</t:Start><t:End>2027-03-01T23:00:00Z</t:End>"
                                     "<t:IsAllDayEvent>true</t:IsAllDayEvent>")),
              "2027-03-01T00:00:00 - 2027-03-02T00:00:00 all day");
    // Without any zone, midnight of two different days: not to be told.
    EXPECT_EQ(times_of(read_calendar("<t:Start>2027-02-28T11:00:00Z</t:Start><t:End>2027-03-01T11:00:00Z</t:End>"
                                     "<t:IsAllDayEvent>true</t:IsAllDayEvent>")),
              "unknown_time_zone");
    EXPECT_EQ(times_of(read_calendar("<t:Subject>no start</t:Subject>")), "corrupt");
}

TEST(EwsTimes, AllDayIsWrittenAsMidnightsOfTheMailbox) {
    const Record day = appointment(zoned("2027-03-01T00:00:00", ""), zoned("2027-03-02T00:00:00", ""), true);
    EXPECT_EQ(written(day, "Start"), "<t:Start>2027-02-28T23:00:00Z</t:Start>");
    EXPECT_EQ(written(day, "End"), "<t:End>2027-03-01T23:00:00Z</t:End>");
    EXPECT_EQ(written(day, "StartTimeZone"), "<t:StartTimeZone Id=\"W. Europe Standard Time\"/>");
    EXPECT_EQ(written(day, "IsAllDayEvent"), "<t:IsAllDayEvent>true</t:IsAllDayEvent>");
}

TEST(EwsTimes, TheZonesAreWrittenBeforeTheTimes) {
    const Record record = appointment(zoned("2027-07-01T09:00:00", "Asia/Calcutta"), zoned("2027-07-01T10:00:00", "Asia/Calcutta"));
    std::vector<std::string> order;
    for (const PropertyWrite& write : calendar_writes(patch_of(record), kVienna))
        if (write.path.uri.starts_with("calendar:")) order.push_back(write.element);
    EXPECT_EQ(order, (std::vector<std::string>{"StartTimeZone", "EndTimeZone", "Start", "End", "IsAllDayEvent"}));
    EXPECT_EQ(written(record, "Start"), "<t:Start>2027-07-01T03:30:00Z</t:Start>");
}

TEST(EwsTimes, TheProjectionKnowsWhatExchangeKeeps) {
    const auto project = [](const Record& record) { return times_of(project_calendar_item(record, kVienna)); };
    EXPECT_EQ(project(appointment(zoned("2027-07-01T09:00:00", "Europe/Vienna"), zoned("2027-07-01T10:00:00", "Europe/Vienna"))),
              "2027-07-01T09:00:00 Europe/Berlin - 2027-07-01T10:00:00 Europe/Berlin");
    // Floating: the mailbox zone. In a gap: the end of the gap. End before start: no length.
    EXPECT_EQ(project(appointment(zoned("2027-03-28T02:30:00", ""), zoned("2027-03-28T01:00:00", ""))),
              "2027-03-28T03:00:00 Europe/Berlin - 2027-03-28T03:00:00 Europe/Berlin");
    // A zone without a Windows name keeps the instant.
    EXPECT_EQ(project(appointment(zoned("2027-07-01T09:00:00", "Antarctica/Troll"), zoned("2027-07-01T10:00:00", "Antarctica/Troll"))),
              "2027-07-01T09:00:00 Europe/Berlin - 2027-07-01T10:00:00 Europe/Berlin");
    EXPECT_EQ(project(appointment(zoned("2027-03-01T13:00:00", "UTC"), zoned("2027-03-01T13:00:00", "UTC"), true)),
              "2027-03-01T00:00:00 - 2027-03-02T00:00:00 all day");
}

TEST(EwsTimes, ARoundTripThroughInstantsIsExactInEveryZone) {
    for (const char* zone : {"Europe/Berlin", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", "Pacific/Kiritimati",
                             "America/St_Johns", "UTC", "Asia/Kathmandu"}) {
        for (const char* wall : {"2027-01-15T00:00:00", "2027-07-15T23:59:59", "1999-12-31T12:30:00"}) {
            const Record sent = project_calendar_item(appointment(zoned(wall, zone), zoned(wall, zone)), kVienna);
            const std::string inner = written(sent, "Start") + written(sent, "End") + written(sent, "StartTimeZone") +
                                      written(sent, "EndTimeZone");
            EXPECT_EQ(times_of(read_calendar(inner)), times_of(sent)) << zone << " " << wall;
        }
    }
}

TEST(EwsAttendees, OneEntryPerPersonTheOneWithAResponseWithoutTheOrganizer) {
    const auto content = read_calendar(
        "<t:Start>2027-07-01T07:00:00Z</t:Start><t:End>2027-07-01T08:00:00Z</t:End><t:IsMeeting>true</t:IsMeeting>"
        "<t:MyResponseType>Accept</t:MyResponseType>"
        "<t:Organizer><t:Mailbox><t:EmailAddress>Boss@Example.test</t:EmailAddress></t:Mailbox></t:Organizer>"
        "<t:RequiredAttendees>"
        "<t:Attendee><t:Mailbox><t:EmailAddress>boss@example.test</t:EmailAddress></t:Mailbox></t:Attendee>"
        "<t:Attendee><t:Mailbox><t:Name>Ann</t:Name><t:EmailAddress>ANN@example.test</t:EmailAddress></t:Mailbox></t:Attendee>"
        "<t:Attendee><t:Mailbox><t:EmailAddress>ann@example.test</t:EmailAddress></t:Mailbox>"
        "<t:ResponseType>Decline</t:ResponseType></t:Attendee></t:RequiredAttendees>");
    const Record& record = std::get<Record>(content);
    EXPECT_EQ(to_text(*record.find(Field::Attendees)), "Ann <ann@example.test> required declined");
    EXPECT_EQ(record.text(Field::Organizer), "boss@example.test");
    EXPECT_FALSE(record.flag(Field::IsOrganizer));
}

TEST(EwsAttendees, AnAppointmentWithoutPeopleIsOnesOwn) {
    const auto content = read_calendar("<t:Start>2027-07-01T07:00:00Z</t:Start><t:IsMeeting>false</t:IsMeeting>");
    EXPECT_TRUE(std::get<Record>(content).flag(Field::IsOrganizer));
}

TEST(EwsCalendar, NoReminderIsSaidAndZeroIsAReminder) {
    Record record = appointment(zoned("2027-07-01T09:00:00", "UTC"), zoned("2027-07-01T10:00:00", "UTC"));
    EXPECT_EQ(written(record, "ReminderIsSet"), "<t:ReminderIsSet>false</t:ReminderIsSet>");
    EXPECT_EQ(written(record, "ReminderMinutesBeforeStart"), "none");
    record.set(Field::ReminderMinutes, std::int64_t{0});
    EXPECT_EQ(written(record, "ReminderIsSet"), "<t:ReminderIsSet>true</t:ReminderIsSet>");
    EXPECT_EQ(written(record, "ReminderMinutesBeforeStart"),
              "<t:ReminderMinutesBeforeStart>0</t:ReminderMinutesBeforeStart>");
}

TEST(EwsCalendar, WhatIsNoSingleAppointmentIsASeries) {
    for (const char* type : {"RecurringMaster", "Occurrence", "Exception"})
        EXPECT_EQ(times_of(read_calendar("<t:Start>2027-07-01T07:00:00Z</t:Start><t:CalendarItemType>" +
                                         std::string(type) + "</t:CalendarItemType>")),
                  "series");
}

TEST(EwsCalendar, CancelledIsSaidByTheServerOnly) {
    const auto content = read_calendar("<t:Subject>Canceled: x</t:Subject><t:Start>2027-07-01T07:00:00Z</t:Start>");
    EXPECT_EQ(std::get<Record>(content).text(Field::Status), "");
    const auto cancelled = read_calendar("<t:Start>2027-07-01T07:00:00Z</t:Start><t:IsCancelled>true</t:IsCancelled>");
    EXPECT_EQ(std::get<Record>(cancelled).text(Field::Status), "canceled");
    EXPECT_TRUE(project_calendar_item(std::get<Record>(cancelled), kVienna).text(Field::Status).empty());
}

}  // namespace liaison::ews
