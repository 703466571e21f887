// Stories of a rep and his CRM, each ending in rest: one more cycle moves nothing, and Exchange sent nothing to anybody.
#include <gtest/gtest.h>

#include "tests/e2e/world.hpp"

namespace liaison::test {
namespace {


class Scenarios : public World {
protected:
    void TearDown() override { EXPECT_TRUE(exchange->store().sent().empty()) << "something was sent to people"; }

    void settle_all(EntityKind kind) {
        settle(kAlice, kind);
        settle(kBob, kind);
        settle(kAlice, kind);
    }
    const sandbox::Item* task(const std::string& subject) { return find("tasks", subject); }
    const sandbox::Item* find(const char* folder, const std::string& subject, const std::string& mailbox = kAlice) {
        for (const sandbox::Item* item : outlook(mailbox, folder))
            if (item->properties.text("item:Subject") == subject) return item;
        return nullptr;
    }
    std::size_t count(const char* folder, const std::string& mailbox = kAlice) { return outlook(mailbox, folder).size(); }
    void many_tasks(int n) {
        for (int i = 0; i < n; ++i) sql("INSERT INTO task(owner_id, subject) VALUES(1, 'Task " + std::to_string(i) + "')");
    }
    void delete_in_outlook(const sandbox::Item& item) {
        const sandbox::Folder* bin = exchange->store().find_distinguished(kAlice, "deleteditems");
        ASSERT_TRUE(exchange->store().move_item(kAlice, item.id, bin->id));
    }
    void hit_by(sandbox::FaultKind kind, const char* operation, std::uint32_t times = 1) {
        sandbox::Fault fault;
        fault.kind = kind;
        fault.operation = operation;
        fault.times = times;
        ASSERT_TRUE(exchange->faults().add(fault));
    }
    sandbox::Item appointment(const std::string& subject, const std::string& uid) const {
        sandbox::Item item;
        item.kind = sandbox::ItemKind::Appointment;
        item.item_class = "IPM.Appointment";
        item.properties.set("item:Subject", subject);
        item.properties.set("item:Importance", std::string("Normal"));
        item.properties.set("item:Sensitivity", std::string("Normal"));
        item.properties.set("item:ReminderIsSet", std::string("false"));
        item.properties.set("calendar:Start", std::string("2027-03-01T08:00:00Z"));
        item.properties.set("calendar:End", std::string("2027-03-01T09:00:00Z"));
        item.properties.set("calendar:StartTimeZone", std::string("W. Europe Standard Time"));
        item.properties.set("calendar:EndTimeZone", std::string("W. Europe Standard Time"));
        item.properties.set("calendar:IsAllDayEvent", std::string("false"));
        item.properties.set("calendar:LegacyFreeBusyStatus", std::string("Busy"));
        item.properties.set("calendar:UID", uid);
        item.properties.set("calendar:CalendarItemType", std::string("Single"));
        return item;
    }
    sandbox::Item meeting(const std::string& subject, const std::string& uid, const std::string& organizer, bool mine) const {
        sandbox::Item item = appointment(subject, uid);
        item.properties.set("calendar:IsMeeting", std::string("true"));
        item.properties.set("calendar:MyResponseType", std::string(mine ? "Organizer" : "Accept"));
        item.properties.set("calendar:Organizer",
                            sandbox::Fragment{"<t:Mailbox><t:Name>Organizer</t:Name><t:EmailAddress>" + organizer +
                                              "</t:EmailAddress><t:RoutingType>SMTP</t:RoutingType></t:Mailbox>"});
        item.properties.set("calendar:RequiredAttendees",
                            sandbox::Fragment{"<t:Attendee><t:Mailbox><t:Name>Bob Keller</t:Name><t:EmailAddress>bob@example.test"
                                              "</t:EmailAddress><t:RoutingType>SMTP</t:RoutingType></t:Mailbox>"
                                              "<t:ResponseType>Accept</t:ResponseType></t:Attendee>"});
        return item;
    }
    void put(const std::string& mailbox, const char* folder, sandbox::Item item) {
        const sandbox::Folder* f = exchange->store().find_distinguished(mailbox, folder);
        const auto made = exchange->store().create_item(mailbox, f->id, std::move(item));
        ASSERT_TRUE(made) << made.error().message;
    }
};

TEST_F(Scenarios, CompletionInOutlookClosesTheCrmTaskWithTimeWorkedAndDistance) {
    sql("INSERT INTO task(owner_id, subject, due_date) VALUES(1, 'Visit', '2026-12-01')");
    settle(kAlice, EntityKind::Task);
    const sandbox::Item* item = task("Visit");
    ASSERT_TRUE(item);
    EXPECT_EQ(item->categories, std::vector<std::string>{"CRM planned"});
    sandbox::Item done = *item;
    done.properties.set("task:Status", std::string("Completed"));
    done.properties.set("task:PercentComplete", std::string("100"));
    done.properties.set("task:IsComplete", std::string("true"));
    done.properties.set("task:CompleteDate", std::string("2026-11-25T00:00:00Z"));
    done.properties.set("task:ActualWork", std::string("95"));
    done.properties.set("task:Mileage", std::string("42 km"));
    ASSERT_TRUE(exchange->store().update_item(kAlice, std::move(done)));
    settle(kAlice, EntityKind::Task);
    EXPECT_EQ(sql_text("SELECT status || ' ' || time_worked_minutes || ' ' || distance || ' ' || completed_on FROM task"),
              "completed 95 42 km 2026-11-25");
    EXPECT_EQ(task("Visit")->categories, std::vector<std::string>{"CRM done"});
}

TEST_F(Scenarios, ATaskTurnsOverdueByTheCalendarAloneAndTheRepsOwnCategoriesStay) {
    sql("INSERT INTO task(owner_id, subject, due_date, priority) VALUES(1, 'Offer', '2026-11-26', 'high')");
    settle(kAlice, EntityKind::Task);
    EXPECT_EQ(task("Offer")->properties.text("item:Importance"), "High");
    sandbox::Item coloured = *task("Offer");
    coloured.categories.push_back("Mine");
    ASSERT_TRUE(exchange->store().update_item(kAlice, std::move(coloured)));
    settle(kAlice, EntityKind::Task);
    clock.advance(std::chrono::hours(48));
    settle(kAlice, EntityKind::Task);
    std::vector<std::string> categories = task("Offer")->categories;
    std::sort(categories.begin(), categories.end());
    EXPECT_EQ(categories, (std::vector<std::string>{"CRM overdue", "Mine"}));
}

TEST_F(Scenarios, OneMeetingInTwoCalendarsIsOneCrmAppointmentWhoeverComesFirst) {
    put(kBob, "calendar", meeting("Kick-off", "UID-1", kAlice, false));
    settle(kBob, EntityKind::Appointment);
    EXPECT_EQ(sql_text("SELECT count(*) FROM appointment"), "0") << "the organiser's copy is waited for";
    put(kAlice, "calendar", meeting("Kick-off", "UID-1", kAlice, true));
    settle_all(EntityKind::Appointment);
    EXPECT_EQ(sql_text("SELECT count(*) FROM appointment"), "1");
    EXPECT_EQ(count("calendar", kBob), 1u);
    EXPECT_EQ(count("calendar", kAlice), 1u);
    edit(kAlice, *find("calendar", "Kick-off"), "calendar:Location", "Room 1");
    settle_all(EntityKind::Appointment);
    EXPECT_EQ(sql_text("SELECT location FROM appointment"), "Room 1");
}

TEST_F(Scenarios, AnOutsidersMeetingInTwoCalendarsIsOneCrmAppointment) {
    put(kAlice, "calendar", meeting("Trade fair", "UID-2", "host@elsewhere.example", false));
    put(kBob, "calendar", meeting("Trade fair", "UID-2", "host@elsewhere.example", false));
    settle_all(EntityKind::Appointment);
    EXPECT_EQ(sql_text("SELECT count(*) FROM appointment"), "1");
    EXPECT_EQ(count("calendar", kAlice) + count("calendar", kBob), 2u);
}

TEST_F(Scenarios, ASeriesIsParkedWithItsReasonNeverFlattenedNeverDeleted) {
    sandbox::Item series = appointment("Weekly", "UID-3");
    series.properties.set("calendar:CalendarItemType", std::string("RecurringMaster"));
    series.properties.set("calendar:IsRecurring", std::string("true"));
    series.properties.set("calendar:Recurrence",
                          sandbox::Fragment{"<t:WeeklyRecurrence><t:Interval>1</t:Interval><t:DaysOfWeek>Monday</t:DaysOfWeek></t:WeeklyRecurrence>"
                                            "<t:NoEndRecurrence><t:StartDate>2027-03-01</t:StartDate></t:NoEndRecurrence>"});
    put(kAlice, "calendar", std::move(series));
    put(kAlice, "calendar", appointment("Once", "UID-4"));
    settle(kAlice, EntityKind::Appointment);
    EXPECT_EQ(sql_text("SELECT group_concat(subject) FROM appointment"), "Once") << "the folder goes on";
    const auto parked = net::run_to_end(loop, stores.sync->parked(0, 10));
    ASSERT_TRUE(parked);
    ASSERT_EQ(parked->size(), 1u);
    EXPECT_EQ(parked->front().item.reason, Reason::SeriesNotSupported);
    EXPECT_EQ(count("calendar"), 2u);
}

TEST_F(Scenarios, DeletionsTravelToDeletedItemsAndBack) {
    many_tasks(3);
    settle(kAlice, EntityKind::Task);
    ASSERT_EQ(count("tasks"), 3u);
    sql("UPDATE task SET deleted = 1 WHERE subject = 'Task 0'");
    settle(kAlice, EntityKind::Task);
    EXPECT_EQ(count("tasks"), 2u);
    EXPECT_EQ(count("deleteditems"), 1u) << "a deletion can be undone";
    delete_in_outlook(*task("Task 1"));
    settle(kAlice, EntityKind::Task);
    EXPECT_EQ(sql_text("SELECT group_concat(subject) FROM task WHERE deleted = 0"), "Task 2");
}

TEST_F(Scenarios, AnEditOutranksADeletion) {
    many_tasks(2);
    settle(kAlice, EntityKind::Task);
    delete_in_outlook(*task("Task 0"));
    sql("UPDATE task SET body = 'still needed' WHERE subject = 'Task 0'");
    settle(kAlice, EntityKind::Task);
    ASSERT_TRUE(task("Task 0"));
    EXPECT_EQ(sql_text("SELECT count(*) FROM task WHERE deleted = 0"), "2");
    EXPECT_EQ(task("Task 0")->properties.text("item:Body"), "still needed");
}

TEST_F(Scenarios, BothEditDifferentFieldsBothStayTheSameFieldIsAConflictOnRecord) {
    sql("INSERT INTO task(owner_id, subject) VALUES(1, 'Base')");
    settle(kAlice, EntityKind::Task);
    edit(kAlice, *task("Base"), "task:Mileage", "7 km");
    sql("UPDATE task SET body = 'from the CRM'");
    settle(kAlice, EntityKind::Task);
    EXPECT_EQ(sql_text("SELECT distance || ' ' || body FROM task"), "7 km from the CRM");
    edit(kAlice, *task("Base"), "item:Subject", "Outlook says");
    sql("UPDATE task SET subject = 'CRM says'");
    settle(kAlice, EntityKind::Task);
    EXPECT_TRUE(task("CRM says")) << "the CRM wins by default";
    const auto conflicts = net::run_to_end(loop, stores.sync->conflicts(0, 10));
    ASSERT_TRUE(conflicts);
    ASSERT_EQ(conflicts->size(), 1u);
    EXPECT_EQ(to_text(*conflicts->front().conflict.exchange_value), "Outlook says");
}

TEST_F(Scenarios, AMassDeletionIsHeldUntilExactlyThatListIsApproved) {
    many_tasks(40);
    settle(kAlice, EntityKind::Task);
    for (int i = 0; i < 30; ++i) delete_in_outlook(*task("Task " + std::to_string(i)));
    for (int i = 0; i < 3; ++i) ASSERT_TRUE(cycle_once(kAlice, EntityKind::Task));
    EXPECT_EQ(sql_text("SELECT count(*) FROM task WHERE deleted = 0"), "40");
    EXPECT_EQ(std::count_if(log.lines.begin(), log.lines.end(),
                            [](const std::string& line) { return line.starts_with("plan_held "); }),
              1)
        << "told once, not in every cycle";
    const PairId id = pair(kAlice, EntityKind::Task).id;
    auto held = net::run_to_end(loop, stores.sync->held_plan(id));
    ASSERT_TRUE(held && *held);
    EXPECT_EQ((*held)->removals.size(), 30u);
    ASSERT_FALSE(net::run_to_end(loop, stores.sync->approve_held(id, "another list", "eve")));
    ASSERT_TRUE(net::run_to_end(loop, stores.sync->approve_held(id, (*held)->hash, "carol")));
    settle(kAlice, EntityKind::Task);
    EXPECT_EQ(sql_text("SELECT count(*) FROM task WHERE deleted = 0"), "10");
}

TEST_F(Scenarios, AnEmptyListingALostSyncStateAndAForbiddenFolderDeleteNothing) {
    many_tasks(15);
    settle(kAlice, EntityKind::Task);
    hit_by(sandbox::FaultKind::InvalidSyncState, "SyncFolderItems");
    hit_by(sandbox::FaultKind::EmptyListing, "SyncFolderItems");
    for (int i = 0; i < 3; ++i) (void)cycle_once(kAlice, EntityKind::Task);
    settle(kAlice, EntityKind::Task);
    EXPECT_EQ(sql_text("SELECT count(*) FROM task WHERE deleted = 0"), "15");
    EXPECT_EQ(count("tasks"), 15u);
}

TEST_F(Scenarios, AnUnansweredCreateIsFoundByItsTokenNeverMadeTwice) {
    many_tasks(5);
    hit_by(sandbox::FaultKind::DropAfterCommit, "CreateItem");
    (void)cycle_once(kAlice, EntityKind::Task);
    settle(kAlice, EntityKind::Task);
    EXPECT_EQ(count("tasks"), 5u);
    EXPECT_GT(exchange->faults().hits(), 0u) << "the fault was never felt";
}

TEST_F(Scenarios, ATruncatedPageIsDiscardedWhole) {
    many_tasks(5);
    settle(kAlice, EntityKind::Task);
    edit(kAlice, *task("Task 3"), "item:Subject", "Edited");
    hit_by(sandbox::FaultKind::TruncatedReply, "GetItem");
    EXPECT_FALSE(cycle_once(kAlice, EntityKind::Task));
    settle(kAlice, EntityKind::Task);
    EXPECT_EQ(sql_text("SELECT count(*) FROM task WHERE subject = 'Edited'"), "1");
    EXPECT_EQ(count("tasks"), 5u);
}

TEST_F(Scenarios, AfterTheDataDirectoryIsLostLinksAreRebuiltFromTheTokens) {
    many_tasks(6);
    put(kAlice, "calendar", appointment("Made in Outlook", "UID-5"));
    settle(kAlice, EntityKind::Task);
    settle(kAlice, EntityKind::Appointment);
    auto fresh = open_stores_in_memory(worker, entropy, clock);
    ASSERT_TRUE(fresh);
    stores = std::move(*fresh);
    sql("UPDATE task SET subject = 'Changed meanwhile' WHERE id = 2");
    settle(kAlice, EntityKind::Task);
    settle(kAlice, EntityKind::Appointment);
    EXPECT_EQ(count("tasks"), 6u);
    EXPECT_EQ(count("calendar"), 1u);
    EXPECT_EQ(sql_text("SELECT count(*) FROM task"), "6");
    EXPECT_EQ(sql_text("SELECT count(*) FROM appointment"), "1");
    EXPECT_TRUE(task("Changed meanwhile"));
}

TEST_F(Scenarios, AMovedMirrorIsRecognisedACopyIsReleased) {
    many_tasks(2);
    settle(kAlice, EntityKind::Task);
    exchange->store();
    const sandbox::Folder* tasks = exchange->store().find_distinguished(kAlice, "tasks");
    const auto sub = exchange->store().create_folder(kAlice, tasks->id, "Later", "IPF.Task");
    ASSERT_TRUE(sub);
    const std::string folder = (*sub)->id;
    ASSERT_TRUE(exchange->store().move_item(kAlice, task("Task 0")->id, folder));
    ASSERT_TRUE(exchange->store().copy_item(kAlice, task("Task 1")->id, tasks->id));
    settle(kAlice, EntityKind::Task);
    EXPECT_EQ(sql_text("SELECT count(*) FROM task WHERE deleted = 0 AND subject = 'Task 0'"), "1") << "moved, not deleted";
    EXPECT_EQ(exchange->store().items(kAlice, folder).size(), 1u);
    EXPECT_EQ(sql_text("SELECT count(*) FROM task WHERE subject = 'Task 1' AND deleted = 0"), "2") << "the copy is an item of its own";
}

TEST_F(Scenarios, PrivateItemsOfTheRepStayInTheMailbox) {
    sandbox::Item secret = appointment("Doctor", "UID-6");
    secret.properties.set("item:Sensitivity", std::string("Private"));
    put(kAlice, "calendar", std::move(secret));
    settle(kAlice, EntityKind::Appointment);
    EXPECT_EQ(sql_text("SELECT count(*) FROM appointment"), "0");
    for (const std::string& line : log.lines) EXPECT_EQ(line.find("Doctor"), std::string::npos);
}

TEST_F(Scenarios, LeavingTheScopeRemovesAnUntouchedMirrorAndUnlinksAnEditedOne) {
    many_tasks(2);
    settle(kAlice, EntityKind::Task);
    edit(kAlice, *task("Task 1"), "task:Mileage", "5 km");
    settle(kAlice, EntityKind::Task);
    sql("UPDATE task SET register_in_outlook = 0");
    settle(kAlice, EntityKind::Task);
    EXPECT_FALSE(task("Task 0"));
    EXPECT_TRUE(task("Task 1")) << "the rep worked on it: it stays, unlinked";
    EXPECT_EQ(sql_text("SELECT count(*) FROM task WHERE deleted = 0"), "2");
}

TEST_F(Scenarios, AllDayAppointmentsStayDaysAndZonesKeepTheWallClock) {
    sql("INSERT INTO appointment(owner_id, subject, start_at, end_at, all_day) VALUES(1, 'Fair', '2027-07-01T00:00:00', '2027-07-03T00:00:00', 1)");
    sql("INSERT INTO appointment(owner_id, subject, start_at, start_zone, end_at, end_zone) VALUES(1, 'Call', '2027-07-01T09:00:00', "
        "'America/New_York', '2027-07-01T09:30:00', 'America/New_York')");
    settle(kAlice, EntityKind::Appointment);
    EXPECT_EQ(find("calendar", "Call")->properties.text("calendar:Start"), "2027-07-01T13:00:00Z");
    EXPECT_EQ(find("calendar", "Call")->properties.text("calendar:StartTimeZone"), "Eastern Standard Time");
    EXPECT_EQ(find("calendar", "Fair")->properties.text("calendar:IsAllDayEvent"), "true");
    edit(kAlice, *find("calendar", "Call"), "item:Subject", "Call moved");
    settle(kAlice, EntityKind::Appointment);
    EXPECT_EQ(sql_text("SELECT start_at || start_zone FROM appointment WHERE subject = 'Call moved'"), "2027-07-01T09:00:00America/New_York");
    EXPECT_EQ(sql_text("SELECT substr(start_at, 1, 10) || substr(end_at, 1, 10) FROM appointment WHERE subject = 'Fair'"), "2027-07-012027-07-03");
}

}  // namespace
}  // namespace liaison::test
