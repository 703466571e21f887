#include "tests/connectors/crm_fixture.hpp"

namespace liaison::crm::testing_crm {

class CrmEndpoint : public CrmTest {};

Record simple_task(const std::string& subject) {
    Record record(EntityKind::Task);
    record.set(Field::Subject, subject);
    return record;
}

Record simple_meeting(const std::string& uid) {
    Record record(EntityKind::Appointment);
    record.set(Field::Subject, "Quarterly review");
    record.set(Field::Start, ZonedTime{*parse_wall("2026-11-26T10:00:00"), "Europe/Berlin"});
    record.set(Field::End, ZonedTime{*parse_wall("2026-11-26T11:00:00"), "Europe/Berlin"});
    record.set(Field::ICalUid, uid);
    return record;
}

TEST_F(CrmEndpoint, CreatedTaskIsReadBackAsProjectedWithItsToken) {
    const Record task = simple_task("Call Contoso");
    const auto created = create(of(EntityKind::Task), task, "e1-1");
    ASSERT_TRUE(created.has_value()) << created.error().message;
    ASSERT_TRUE(created->record());
    EXPECT_EQ(*created->record(), endpoint().capabilities(EntityKind::Task).project(task));
    EXPECT_EQ(created->record()->text(Field::Status), "not_started");
    EXPECT_EQ(created->token, (CorrelationToken{"crm", "task", {}, "e1-1"}));
    EXPECT_EQ(created->modified_at, clock.time);
    EXPECT_EQ(number("SELECT owner_id FROM task"), 1);
}

TEST_F(CrmEndpoint, CreatingTwiceWithOneTokenMakesOneItem) {
    const auto first = create(of(EntityKind::Task), simple_task("One"), "e1-1");
    const auto second = create(of(EntityKind::Task), simple_task("One again"), "e1-1");
    ASSERT_TRUE(first && second);
    EXPECT_EQ(*first, *second);
    EXPECT_EQ(number("SELECT count(*) FROM task"), 1);
}

TEST_F(CrmEndpoint, TokenOfADeletedItemMakesANewOne) {
    const auto first = create(of(EntityKind::Task), simple_task("One"), "e1-1");
    sql("UPDATE task SET deleted = 1");
    const auto second = create(of(EntityKind::Task), simple_task("One"), "e1-1");
    ASSERT_TRUE(first && second);
    EXPECT_NE(first->key, second->key);
    EXPECT_TRUE(second->record());
}

TEST_F(CrmEndpoint, TokenFindsItemByNonceAndByCrmId) {
    const auto created = create(of(EntityKind::Task), simple_task("One"), "e1-1");
    const auto by_nonce = run(endpoint().find_by_token(
        of(EntityKind::Task), CorrelationToken{"crm", "task", "", "e1-1"}));
    ASSERT_TRUE(by_nonce && by_nonce->has_value());
    EXPECT_EQ(**by_nonce, *created);
    const auto by_id = run(endpoint().find_by_token(of(EntityKind::Task), CorrelationToken{"crm", "task", "1", "x"}));
    ASSERT_TRUE(by_id && by_id->has_value());
    const auto unknown = run(endpoint().find_by_token(of(EntityKind::Task),
                                                      CorrelationToken{"crm", "task", "", "e1-2"}));
    ASSERT_TRUE(unknown.has_value());
    EXPECT_FALSE(unknown->has_value());
}

TEST_F(CrmEndpoint, ItemMadeAgainIsFoundAlthoughItsTokenNamesTheDeletedOne) {
    const auto first = create(of(EntityKind::Task), simple_task("One"), "e1-1");
    sql("UPDATE task SET deleted = 1");
    const CorrelationToken token{"crm", "task", first->key.str(), "e1-1"};
    const auto make = [&] {
        return run(endpoint().create_items(of(EntityKind::Task), {{simple_task("One"), token}}))
            .at(0);
    };
    const auto again = make();
    ASSERT_TRUE(again.has_value());
    EXPECT_NE(again->key, first->key);
    EXPECT_EQ(make()->key, again->key) << "sent twice, made once";
    const auto found = run(endpoint().find_by_token(of(EntityKind::Task), token));
    ASSERT_TRUE(found && found->has_value());
    EXPECT_EQ((*found)->key, again->key);
    const CorrelationToken other_kind{"crm", "contact", again->key.str(), ""};
    EXPECT_FALSE(run(endpoint().find_by_token(of(EntityKind::Task), other_kind))->has_value());
}

TEST_F(CrmEndpoint, MarkIsReplacedAndTakenAwayByAnUpdate) {
    const auto created = create(of(EntityKind::Task), simple_task("One"), "e1-1");
    SyncEndpoint::ItemUpdate update{created->key, created->version, {}, CorrelationToken{"crm", "task", "1", "e2-7"}};
    const auto stamped = run(endpoint().update_items(of(EntityKind::Task), {update})).at(0);
    ASSERT_TRUE(stamped.has_value()) << stamped.error().message;
    EXPECT_EQ(stamped->token, *update.stamp_token);
    EXPECT_NE(stamped->version, created->version);
    update.expected_version = stamped->version;
    update.stamp_token = CorrelationToken{};
    const auto bare = run(endpoint().update_items(of(EntityKind::Task), {update})).at(0);
    ASSERT_TRUE(bare.has_value()) << bare.error().message;
    EXPECT_TRUE(bare->token.empty());
    EXPECT_NE(bare->version, stamped->version);
    EXPECT_EQ(number("SELECT count(*) FROM external_link"), 0);
}

TEST_F(CrmEndpoint, UpdateIsConditionalOnTheVersion) {
    const auto created = create(of(EntityKind::Task), simple_task("One"), "e1-1");
    SyncEndpoint::ItemUpdate update{
        created->key, created->version, {{Field::Subject, Value(std::string("Two"))}}, {}};
    const auto updated = run(endpoint().update_items(of(EntityKind::Task), {update})).at(0);
    ASSERT_TRUE(updated.has_value()) << updated.error().message;
    EXPECT_EQ(updated->record()->text(Field::Subject), "Two");
    EXPECT_NE(updated->version, created->version);
    const auto stale = run(endpoint().update_items(of(EntityKind::Task), {update})).at(0);
    ASSERT_FALSE(stale.has_value());
    EXPECT_EQ(stale.error().kind, ErrorKind::VersionConflict);
    EXPECT_EQ(text("SELECT subject FROM task"), "Two");
    update.key = ItemKey("99");
    EXPECT_EQ(run(endpoint().update_items(of(EntityKind::Task), {update})).at(0).error().kind, ErrorKind::NotFound);
}

TEST_F(CrmEndpoint, CompletionInOutlookClosesTheTaskWithTimeAndDistance) {
    const auto created = create(of(EntityKind::Task), simple_task("Visit"), "e1-1");
    const Patch done{{Field::Status, Value(std::string("completed"))},
                     {Field::PercentComplete, Value(std::int64_t{100})},
                     {Field::CompletedOn, Value(*parse_date("2026-11-25"))},
                     {Field::TimeWorkedMinutes, Value(std::int64_t{95})},
                     {Field::Distance, Value(std::string("42 km"))}};
    const auto updated =
        run(endpoint().update_items(of(EntityKind::Task), {{created->key, created->version, done, {}}})).at(0);
    ASSERT_TRUE(updated.has_value());
    EXPECT_EQ(text("SELECT status || '|' || completed_on || '|' || time_worked_minutes || '|' || distance FROM task"),
              "completed|2026-11-25|95|42 km");
}

TEST_F(CrmEndpoint, OneBadItemOfABatchLeavesTheOthers) {
    Record bad = simple_task("Bad");
    bad.set(Field::ContactId, std::string("77"));
    const auto created = run(endpoint().create_items(
        of(EntityKind::Task), {{simple_task("A"), CorrelationToken{"crm", "task", "", "1"}},
                               {bad, CorrelationToken{"crm", "task", "", "2"}},
                               {simple_task("C"), CorrelationToken{"crm", "task", "", "3"}}}));
    ASSERT_EQ(created.size(), 3u);
    EXPECT_TRUE(created[0].has_value());
    ASSERT_FALSE(created[1].has_value());
    EXPECT_EQ(created[1].error().kind, ErrorKind::InvalidRequest);
    EXPECT_TRUE(created[2].has_value());
    EXPECT_EQ(number("SELECT count(*) FROM task"), 2);
    EXPECT_EQ(number("SELECT count(*) FROM external_link"), 2);
}

TEST_F(CrmEndpoint, DeletionIsSoftConditionalAndReported) {
    Cursor cursor;
    const auto created = create(of(EntityKind::Task), simple_task("One"), "e1-1");
    EXPECT_EQ(changes(of(EntityKind::Task), cursor).size(), 1u);
    const auto stale = run(endpoint().delete_items(of(EntityKind::Task), {{created->key, Version("7")}})).at(0);
    EXPECT_EQ(stale.error().kind, ErrorKind::VersionConflict);
    ASSERT_TRUE(run(endpoint().delete_items(of(EntityKind::Task), {{created->key, created->version}})).at(0));
    const auto again = run(endpoint().delete_items(of(EntityKind::Task), {{created->key, created->version}})).at(0);
    EXPECT_EQ(again.error().kind, ErrorKind::NotFound);
    const auto seen = changes(of(EntityKind::Task), cursor);
    ASSERT_EQ(seen.size(), 1u);
    EXPECT_EQ(seen[0].content, (std::variant<Record, Tombstone, OutOfScope, Unreadable>(Tombstone{true})));
    EXPECT_EQ(number("SELECT deleted FROM task"), 1);
    EXPECT_EQ(run(endpoint().get_items(of(EntityKind::Task), {created->key})).at(0).error().kind,
              ErrorKind::NotFound);
}

TEST_F(CrmEndpoint, HardDeletionByAForeignProgramIsReported) {
    Cursor cursor;
    const auto created = create(of(EntityKind::Task), simple_task("One"), "e1-1");
    changes(of(EntityKind::Task), cursor);
    sql("DELETE FROM task");
    const auto seen = changes(of(EntityKind::Task), cursor);
    ASSERT_EQ(seen.size(), 1u);
    EXPECT_TRUE(seen[0].gone());
    EXPECT_NE(seen[0].version, created->version);
}

TEST_F(CrmEndpoint, ForeignUpdateRaisesTheVersionAndShowsInTheFeed) {
    Cursor cursor;
    const auto created = create(of(EntityKind::Task), simple_task("One"), "e1-1");
    changes(of(EntityKind::Task), cursor);
    sql("UPDATE task SET subject = 'Changed by hand'");
    const auto seen = changes(of(EntityKind::Task), cursor);
    ASSERT_EQ(seen.size(), 1u);
    EXPECT_EQ(seen[0].record()->text(Field::Subject), "Changed by hand");
    EXPECT_NE(seen[0].version, created->version);
    EXPECT_TRUE(changes(of(EntityKind::Task), cursor).empty());
}

TEST_F(CrmEndpoint, OwnerChangeLeavesOneScopeAndEntersTheOther) {
    Cursor alice;
    Cursor bob;
    create(of(EntityKind::Task), simple_task("One"), "e1-1");
    changes(of(EntityKind::Task), alice);
    EXPECT_TRUE(changes(of(EntityKind::Task, "bob@example.test"), bob).empty());
    sql("UPDATE task SET owner_id = 2");
    const auto left = changes(of(EntityKind::Task), alice);
    ASSERT_EQ(left.size(), 1u);
    EXPECT_TRUE(std::holds_alternative<OutOfScope>(left[0].content));
    const auto entered = changes(of(EntityKind::Task, "bob@example.test"), bob);
    ASSERT_EQ(entered.size(), 1u);
    EXPECT_TRUE(entered[0].record());
    EXPECT_TRUE(entered[0].token.empty()) << "alice's mark must not show in bob's collection";
    const auto read = run(endpoint().get_items(of(EntityKind::Task), {left[0].key})).at(0);
    ASSERT_TRUE(read.has_value());
    EXPECT_TRUE(std::holds_alternative<OutOfScope>(read->content));
    const auto refused = run(endpoint().delete_items(of(EntityKind::Task), {{left[0].key, left[0].version}})).at(0);
    EXPECT_EQ(refused.error().kind, ErrorKind::VersionConflict);
}

TEST_F(CrmEndpoint, FlagOfTheTypeAndOfTheActivityDecideTheScope) {
    Cursor cursor;
    const auto created = create(of(EntityKind::Task), simple_task("One"), "e1-1");
    changes(of(EntityKind::Task), cursor);
    sql("UPDATE activity_type SET register_in_outlook = 0 WHERE code = 'TASK'");
    auto seen = changes(of(EntityKind::Task), cursor);
    ASSERT_EQ(seen.size(), 1u);
    EXPECT_TRUE(std::holds_alternative<OutOfScope>(seen[0].content));
    EXPECT_NE(seen[0].version, created->version) << "whoever compares versions must see it";
    sql("UPDATE task SET register_in_outlook = 1");
    seen = changes(of(EntityKind::Task), cursor);
    ASSERT_EQ(seen.size(), 1u);
    EXPECT_TRUE(seen[0].record());
    sql("UPDATE activity_type SET register_in_outlook = 1 WHERE code = 'TASK'");
    EXPECT_TRUE(changes(of(EntityKind::Task), cursor).empty()) << "the activity's own flag decides";
    sql("UPDATE task SET register_in_outlook = 0");
    seen = changes(of(EntityKind::Task), cursor);
    ASSERT_EQ(seen.size(), 1u);
    EXPECT_TRUE(std::holds_alternative<OutOfScope>(seen[0].content));
}

TEST_F(CrmEndpoint, PrivacyBlockedContactLeavesTheScope) {
    Cursor cursor;
    sql("INSERT INTO contact(number, display_name, owner_id) VALUES('C-1', 'Carla', 1), ('C-2', 'Nobody''s', NULL)");
    ASSERT_EQ(changes(of(EntityKind::Contact), cursor).size(), 1u);
    sql("UPDATE contact SET privacy_blocked = 1 WHERE number = 'C-1'");
    const auto seen = changes(of(EntityKind::Contact), cursor);
    ASSERT_EQ(seen.size(), 1u);
    EXPECT_TRUE(std::holds_alternative<OutOfScope>(seen[0].content));
}

TEST_F(CrmEndpoint, MeetingOfTwoCalendarsStaysOneAppointment) {
    const auto alice = of(EntityKind::Appointment);
    const auto bob = of(EntityKind::Appointment, "bob@example.test");
    Cursor alice_cursor;
    Cursor bob_cursor;
    changes(bob, bob_cursor);
    const auto first = create(alice, simple_meeting("uid-1"), "a-1");
    const auto second = create(bob, simple_meeting("uid-1"), "b-1");
    ASSERT_TRUE(first && second) << second.error().message;
    EXPECT_EQ(first->key, second->key);
    EXPECT_EQ(number("SELECT count(*) FROM appointment"), 1);
    EXPECT_EQ(second->token.nonce, "b-1");
    EXPECT_EQ(second->record()->find(Field::Attendees), nullptr) << "nobody is invited by this";
    EXPECT_EQ(changes(bob, bob_cursor).size(), 1u);
    const auto found = run(endpoint().find_by_token(alice, CorrelationToken{"crm", "appointment", "", "a-1"}));
    ASSERT_TRUE(found && found->has_value());
    EXPECT_EQ((*found)->token.nonce, "a-1");
    // Bob removes his copy: alice's meeting stays.
    changes(alice, alice_cursor);
    ASSERT_TRUE(run(endpoint().delete_items(bob, {{second->key, second->version}})).at(0));
    const auto gone = changes(bob, bob_cursor);
    ASSERT_EQ(gone.size(), 1u);
    EXPECT_TRUE(std::holds_alternative<OutOfScope>(gone[0].content));
    const auto stays = changes(alice, alice_cursor);
    ASSERT_EQ(stays.size(), 1u);
    EXPECT_TRUE(stays[0].record());
}

TEST_F(CrmEndpoint, ParticipantsBringAMeetingIntoTheirCollections) {
    const auto bob = of(EntityKind::Appointment, "bob@example.test");
    Cursor cursor;
    changes(bob, cursor);
    Record meeting = simple_meeting("uid-1");
    meeting.set(Field::Attendees, AttendeeList{{"bob@example.test", "Bob Brown", "required", "none"},
                                               {"guest@partner.example", "Guest", "optional", "accepted"}});
    const auto created = create(of(EntityKind::Appointment), meeting, "a-1");
    ASSERT_TRUE(created.has_value()) << created.error().message;
    EXPECT_EQ(*created->record(), endpoint().capabilities(EntityKind::Appointment).project(meeting));
    auto seen = changes(bob, cursor);
    ASSERT_EQ(seen.size(), 1u);
    EXPECT_EQ(*seen[0].record(), *created->record());
    const Patch without_bob{{Field::Attendees, Value(AttendeeList{{"guest@partner.example", "Guest",
                                                                   "optional", "accepted"}})}};
    const auto updated = run(endpoint().update_items(of(EntityKind::Appointment),
                                                     {{created->key, created->version, without_bob, {}}})).at(0);
    ASSERT_TRUE(updated.has_value()) << updated.error().message;
    seen = changes(bob, cursor);
    ASSERT_EQ(seen.size(), 1u);
    EXPECT_TRUE(std::holds_alternative<OutOfScope>(seen[0].content));
    // An address that bob gets later brings the meeting of that address.
    sql("INSERT INTO user_address(address, user_id) VALUES('guest@partner.example', 2)");
    seen = changes(bob, cursor);
    ASSERT_EQ(seen.size(), 1u);
    EXPECT_TRUE(seen[0].record());
}

TEST_F(CrmEndpoint, AllDayAppointmentsHaveNoZoneAndEndAtMidnight) {
    Record holiday(EntityKind::Appointment);
    holiday.set(Field::AllDay, true);
    holiday.set(Field::Start, ZonedTime{*parse_wall("2026-12-24T00:00:00"), "Europe/Berlin"});
    holiday.set(Field::End, ZonedTime{*parse_wall("2026-12-24T23:59:00"), "Europe/Berlin"});
    const auto created = create(of(EntityKind::Appointment), holiday, "a-1");
    ASSERT_TRUE(created.has_value());
    EXPECT_EQ(*created->record()->get<ZonedTime>(Field::Start), (ZonedTime{*parse_wall("2026-12-24T00:00:00"), ""}));
    EXPECT_EQ(*created->record()->get<ZonedTime>(Field::End), (ZonedTime{*parse_wall("2026-12-25T00:00:00"), ""}));
}

TEST_F(CrmEndpoint, SeriesIsUnreadableNotFlattened) {
    sql("INSERT INTO appointment(owner_id, subject, recurrence_rule) VALUES(1, 'Weekly', 'FREQ=WEEKLY')");
    Cursor cursor;
    const auto seen = changes(of(EntityKind::Appointment), cursor);
    ASSERT_EQ(seen.size(), 1u);
    ASSERT_TRUE(std::holds_alternative<Unreadable>(seen[0].content));
    EXPECT_EQ(std::get<Unreadable>(seen[0].content).reason_code, "series");
}

TEST_F(CrmEndpoint, NonsenseOfAForeignProgramIsUnreadableNotAFailedPage) {
    sql("INSERT INTO task(owner_id, subject, due_date) VALUES(1, 'A', 'soon'), (1, 'B', "
        "'2026-02-30'), (1, 'C', '2026-02-28')");
    Cursor cursor;
    const auto seen = changes(of(EntityKind::Task), cursor);
    ASSERT_EQ(seen.size(), 3u);
    EXPECT_TRUE(std::holds_alternative<Unreadable>(seen[0].content));
    EXPECT_TRUE(std::holds_alternative<Unreadable>(seen[1].content));
    EXPECT_TRUE(seen[2].record());
}

TEST_F(CrmEndpoint, UnknownAndInactiveRepsDeleteNothing) {
    const auto unknown = run(endpoint().pull_changes(of(EntityKind::Task, "nobody@example.test"), Cursor()));
    ASSERT_FALSE(unknown.has_value());
    EXPECT_EQ(unknown.error().kind, ErrorKind::NotFound);
    sql("UPDATE user SET active = 0 WHERE number = 'ALICE'");
    const auto inactive = run(endpoint().pull_changes(of(EntityKind::Task), Cursor()));
    ASSERT_FALSE(inactive.has_value());
    EXPECT_EQ(inactive.error().kind, ErrorKind::Forbidden);
}

TEST_F(CrmEndpoint, ACursorExpiresWhenAnOlderCopyWasPutBackAndHasGoneOnSince) {
    Cursor cursor;
    create(of(EntityKind::Task), simple_task("One"), "e1-1");
    changes(of(EntityKind::Task), cursor);
    // As after a restore: the log ends before the cursor, and new rows take the same numbers.
    sql("DELETE FROM change_log WHERE seq = (SELECT max(seq) FROM change_log); DELETE FROM task;"
        "UPDATE sqlite_sequence SET seq = seq - 1 WHERE name = 'change_log';");
    sql("INSERT INTO task(owner_id, subject) VALUES(1, 'Two')");
    const auto page = run(endpoint().pull_changes(of(EntityKind::Task), cursor));
    ASSERT_FALSE(page.has_value());
    EXPECT_EQ(page.error().kind, ErrorKind::CursorExpired);
}

TEST_F(CrmEndpoint, CursorsOfOtherFilesUsersAndFuturesExpire) {
    Cursor cursor;
    create(of(EntityKind::Task), simple_task("One"), "e1-1");
    changes(of(EntityKind::Task), cursor);
    const std::string good = cursor.str();
    for (const std::string& bad :
         {std::string("nonsense"), good + "9999", std::string("sqlite:0000:1:1"), good + ":x",
          good + ":1:1", std::string("sqlite:::"), good + "-1"}) {
        const auto page = run(endpoint().pull_changes(of(EntityKind::Task), Cursor(bad)));
        ASSERT_FALSE(page.has_value()) << bad;
        EXPECT_EQ(page.error().kind, ErrorKind::CursorExpired) << bad;
    }
    sql("UPDATE user_address SET user_id = 2 WHERE address = 'alice@example.test'");
    EXPECT_EQ(run(endpoint().pull_changes(of(EntityKind::Task), cursor)).error().kind, ErrorKind::CursorExpired);
}

TEST_F(CrmEndpoint, SnapshotOfManyItemsHasPagesAndLosesNoChangeInBetween) {
    sql("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1200) "
        "INSERT INTO task(owner_id, subject) SELECT 1 + i % 2, 'Task ' || i FROM n");
    auto page = run(endpoint().pull_changes(of(EntityKind::Task), Cursor()));
    ASSERT_TRUE(page.has_value());
    EXPECT_TRUE(page->is_snapshot);
    EXPECT_FALSE(page->is_last);
    EXPECT_EQ(page->observations.size(), 512u);
    const ItemKey first = page->observations.front().key;
    sql("UPDATE task SET subject = 'Changed' WHERE id = " + first.str());
    page = run(endpoint().pull_changes(of(EntityKind::Task), page->next));
    ASSERT_TRUE(page && page->is_last && page->is_snapshot);
    EXPECT_EQ(page->observations.size(), 600u - 512u);
    page = run(endpoint().pull_changes(of(EntityKind::Task), page->next));
    ASSERT_TRUE(page.has_value());
    EXPECT_FALSE(page->is_snapshot);
    ASSERT_EQ(page->observations.size(), 1u);
    EXPECT_EQ(page->observations[0].key, first);
    const auto keys = run(endpoint().list_keys(of(EntityKind::Task), Cursor()));
    ASSERT_TRUE(keys && !keys->is_last);
    const auto rest = run(endpoint().list_keys(of(EntityKind::Task), keys->next));
    ASSERT_TRUE(rest && rest->is_last);
    EXPECT_EQ(keys->items.size() + rest->items.size(), 600u);
}

TEST_F(CrmEndpoint, HostileTextsAreTextsAndNothingElse) {
    const std::string hostile = "'); DROP TABLE task; -- \" \\ %s $(x) 1=1";
    const auto created = create(of(EntityKind::Task), simple_task(hostile), "'; DELETE FROM task; --|%");
    ASSERT_TRUE(created.has_value());
    EXPECT_EQ(created->record()->text(Field::Subject), hostile);
    const auto found = run(endpoint().find_by_token(of(EntityKind::Task), created->token));
    ASSERT_TRUE(found && found->has_value());
    const auto nobody = run(endpoint().pull_changes(CollectionId("task:' OR 1=1 --"), Cursor()));
    EXPECT_EQ(nobody.error().kind, ErrorKind::NotFound);
    const auto keys = run(endpoint().get_items(of(EntityKind::Task),
                                               {ItemKey("1 OR 1=1"), ItemKey("-1"), ItemKey("")}));
    for (const auto& item : keys) EXPECT_EQ(item.error().kind, ErrorKind::NotFound);
    EXPECT_EQ(number("SELECT count(*) FROM task"), 1);
}

}  // namespace liaison::crm::testing_crm
