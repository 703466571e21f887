// What goes beyond the ports: faults of the network and of Graph, and what a person does in Outlook.
#include <gtest/gtest.h>

#include "core/text.hpp"
#include "sandbox/mailbox_ids.hpp"
#include "tests/conformance/graph_world.hpp"

namespace liaison::conformance {

namespace {

class GraphSandbox : public testing::Test {
protected:
    template <class T>
    T run(Async<T> work) {
        return net::run_to_end(world.loop(), std::move(work));
    }
    static CorrelationToken token(int n) {
        return CorrelationToken{"crm", "task", std::to_string(n), "e-1"};
    }
    CollectionId collection(EntityKind kind) {
        return world.endpoint().collection(kind, world.mailbox());
    }
    std::vector<Result<Observation>> create(EntityKind kind, Record record, int n = 1) {
        std::vector<SyncEndpoint::NewItem> items{{std::move(record), token(n)}};
        return run(world.endpoint().create_items(collection(kind), std::move(items)));
    }
    Result<Observation> update(EntityKind kind, const Observation& seen, Patch patch) {
        std::vector<SyncEndpoint::ItemUpdate> updates(1);
        updates[0].key = seen.key;
        updates[0].expected_version = seen.version;
        updates[0].patch = std::move(patch);
        return run(world.endpoint().update_items(collection(kind), updates)).at(0);
    }
    Result<Observation> read(EntityKind kind, const ItemKey& key) {
        return run(world.endpoint().get_items(collection(kind), {key})).at(0);
    }
    void fault(sandbox::FaultKind kind, std::string operation, std::uint32_t milliseconds = 0) {
        sandbox::Fault fault;
        fault.kind = kind;
        fault.operation = std::move(operation);
        fault.milliseconds = milliseconds;
        ASSERT_TRUE(world.graph().sandbox().faults().add(fault));
    }
    sandbox::graph::GraphQuirks& quirks() { return world.graph().sandbox().graph().quirks(); }
    std::vector<Observation> read_all(EntityKind kind, Cursor* cursor) {
        std::vector<Observation> out;
        for (int i = 0; i < 200; ++i) {
            auto page = run(world.endpoint().pull_changes(collection(kind), *cursor));
            if (!page) {
                ADD_FAILURE() << page.error().message << " " << page.error().native_code;
                return out;
            }
            *cursor = page->next;
            for (Observation& seen : page->observations) out.push_back(std::move(seen));
            if (page->is_last) return out;
        }
        ADD_FAILURE() << "the feed does not end";
        return out;
    }
    std::size_t mails_sent() { return world.graph().store().sent().size(); }

    GraphEndpointWorld world{Wire::Handler};
};

}  // namespace

TEST_F(GraphSandbox, EveryFieldMakesTheRoundTripThroughAServer) {
    int n = 0;
    for (const EntityKind kind : kEntityKinds) {
        const EndpointCapabilities& can = world.endpoint().capabilities(kind);
        for (const FieldInfo& about : all_fields()) {
            if (!can.writable.has(about.field)) continue;
            Record record = sample_record(kind, 1);
            for (const char* text : {"Ünï & <code> 漢字", "1", "low", "true", "2027-05-06",
                                     "2027-05-06T07:08:09Z", "2027-05-06T07:08:09 America/New_York",
                                     "55", "busy", "in_progress", "planned"}) {
                const auto value = value_from_text(about.field, text);
                if (!value) continue;
                record.set(about.field, *value);
                const Record stored = can.project(record);
                const auto made = create(kind, record, ++n);
                ASSERT_TRUE(made.at(0))
                    << about.name << " = " << text << ": " << made[0].error().message;
                ASSERT_TRUE(made[0]->record()) << about.name;
                for (const auto& [field, wanted] : stored.values()) {
                    if (!can.writable.has(field)) continue;
                    const Value* back = made[0]->record()->find(field);
                    EXPECT_EQ(back ? to_text(*back) : "", to_text(wanted))
                        << to_string(kind) << "." << info(field).name << " with " << about.name
                        << " = " << text;
                }
                // And away again.
                const bool required = about.field == Field::Start || about.field == Field::End ||
                                      about.field == Field::Status;
                if (required) continue;
                Patch patch{{about.field, std::nullopt}};
                for (const FieldMask& group : can.write_groups)
                    if (group.has(about.field))
                        for (const auto& [field, present] : made[0]->record()->values())
                            if (group.has(field) && can.writable.has(field))
                                patch.emplace(field, present);
                Record without = *made[0]->record();
                without.erase(about.field);
                const auto cleared = update(kind, *made[0], patch);
                ASSERT_TRUE(cleared) << about.name << ": " << cleared.error().message;
                const Value* left = cleared->record()->find(about.field);
                const Record projected = can.project(without);
                const Value* expected =
                    about.field == Field::DisplayName ? nullptr : projected.find(about.field);
                EXPECT_EQ(left ? to_text(*left) : "", expected ? to_text(*expected) : "")
                    << "cleared " << about.name;
                EXPECT_EQ(cleared->token, token(n)) << "the token survives " << about.name;
            }
        }
    }
    EXPECT_EQ(mails_sent(), 0U) << "no mail leaves, ever";
}

TEST_F(GraphSandbox, AnAllDayAppointmentStaysOnItsDays) {
    Record record = sample_record(EntityKind::Appointment, 1);
    record.set(Field::AllDay, true);
    record.set(Field::Start, ZonedTime{*parse_wall("2027-03-28T00:00:00"), ""});
    record.set(Field::End, ZonedTime{*parse_wall("2027-03-30T00:00:00"), ""});
    const auto made = create(EntityKind::Appointment, record);
    ASSERT_TRUE(made.at(0)) << made[0].error().message;
    EXPECT_EQ(to_text(*made[0]->record()->find(Field::Start)), "2027-03-28T00:00:00");
    EXPECT_EQ(to_text(*made[0]->record()->find(Field::End)), "2027-03-30T00:00:00");
    EXPECT_TRUE(made[0]->record()->flag(Field::AllDay));
    EXPECT_TRUE(read(EntityKind::Appointment, made[0]->key)) << "found in the view of its days";
}

TEST_F(GraphSandbox, ParticipantsOfTheCrmStayThereAndNobodyGetsMail) {
    Record record = sample_record(EntityKind::Appointment, 1);
    record.set(Field::Attendees, AttendeeList{{"guest@customer.test", "Guest", "optional", "none"}});
    const auto made = create(EntityKind::Appointment, record);
    ASSERT_TRUE(made.at(0)) << made[0].error().message;
    EXPECT_FALSE(made[0]->record()->find(Field::Attendees));
    EXPECT_FALSE(world.endpoint().capabilities(EntityKind::Appointment).writable.has(Field::Attendees));
    ASSERT_TRUE(update(EntityKind::Appointment, *made[0], Patch{{Field::Subject, Value(std::string("x"))}}));
    EXPECT_EQ(mails_sent(), 0U);
}

TEST_F(GraphSandbox, AChangeThatGraphWouldMailToParticipantsIsRefused) {
    graph::GraphSettings generous = world.graph().settings();
    generous.send_meeting_mail = true;
    const auto person =
        graph::make_graph_endpoint(world.graph().http(), world.graph().clock(), generous);
    Record record = sample_record(EntityKind::Appointment, 1);
    record.set(Field::Attendees, AttendeeList{{"guest@customer.test", "Guest", "optional", "none"}});
    std::vector<SyncEndpoint::NewItem> items{{record, token(1)}};
    const auto made = run(person->create_items(collection(EntityKind::Appointment), items)).at(0);
    ASSERT_TRUE(made) << made.error().message;
    EXPECT_EQ(to_text(*made->record()->find(Field::Attendees)),
              "Guest <guest@customer.test> optional none");
    const std::size_t before = mails_sent();
    EXPECT_EQ(before, 1U) << "the admin chose to invite";

    const auto refused =
        update(EntityKind::Appointment, *made, Patch{{Field::Subject, Value(std::string("other"))}});
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().kind, ErrorKind::Unsupported);
    EXPECT_EQ(refused.error().native_code, "MeetingMail");
    std::vector<SyncEndpoint::ItemRemoval> removal{{made->key, made->version}};
    const auto kept =
        run(world.endpoint().delete_items(collection(EntityKind::Appointment), removal)).at(0);
    ASSERT_FALSE(kept);
    EXPECT_EQ(kept.error().kind, ErrorKind::Unsupported);
    EXPECT_EQ(mails_sent(), before) << "nothing was sent";
    EXPECT_TRUE(read(EntityKind::Appointment, made->key));
}

TEST_F(GraphSandbox, AnUnansweredCreateIsFoundByItsToken) {
    for (const EntityKind kind : kEntityKinds) {
        fault(sandbox::FaultKind::DropAfterCommit, "graph:POST $batch");
        const auto lost = create(kind, sample_record(kind, 1));
        ASSERT_FALSE(lost.at(0)) << to_string(kind);
        EXPECT_EQ(lost[0].error().kind, ErrorKind::Unanswered) << lost[0].error().message;
        const auto found = run(world.endpoint().find_by_token(collection(kind), token(1)));
        ASSERT_TRUE(found && found->has_value()) << to_string(kind);
        EXPECT_EQ((*found)->token, token(1));
        fault(sandbox::FaultKind::DropBeforeCommit, "graph:POST $batch");
        const auto nothing = create(kind, sample_record(kind, 2), 2);
        EXPECT_EQ(nothing.at(0).error().kind, ErrorKind::Unanswered);
        const auto none = run(world.endpoint().find_by_token(collection(kind), token(2)));
        ASSERT_TRUE(none) << none.error().message;
        EXPECT_FALSE(none->has_value());
    }
}

TEST_F(GraphSandbox, ARepeatedCreateOfAnEventMakesNoSecondOneEvenAfterItsDeletion) {
    const Record record = sample_record(EntityKind::Appointment, 1);
    const auto first = create(EntityKind::Appointment, record);
    const auto second = create(EntityKind::Appointment, record);
    ASSERT_TRUE(first.at(0) && second.at(0));
    EXPECT_EQ(first[0]->key, second[0]->key);
    std::vector<SyncEndpoint::ItemRemoval> removal{{first[0]->key, first[0]->version}};
    ASSERT_TRUE(run(world.endpoint().delete_items(collection(EntityKind::Appointment), removal)).at(0));
    // Later the edit outranks the deletion: the same token is created again.
    for (int i = 0; i < 300; ++i) (void)world.graph().sandbox().store().now();
    const auto third = create(EntityKind::Appointment, record);
    ASSERT_TRUE(third.at(0)) << third[0].error().message;
    EXPECT_NE(third[0]->key, first[0]->key);
    EXPECT_TRUE(read(EntityKind::Appointment, third[0]->key));
}

TEST_F(GraphSandbox, AThrottledPartIsToldApartFromTheOthers) {
    quirks().throttle_batch_parts = 1;
    std::vector<SyncEndpoint::NewItem> items;
    for (int n = 1; n <= 3; ++n) items.push_back({sample_record(EntityKind::Contact, n), token(n)});
    const auto made = run(world.endpoint().create_items(collection(EntityKind::Contact), items));
    ASSERT_EQ(made.size(), 3U);
    int throttled = 0;
    for (const auto& result : made) {
        if (result) continue;
        ++throttled;
        EXPECT_EQ(result.error().kind, ErrorKind::Throttled);
        EXPECT_TRUE(result.error().retry_after);
    }
    EXPECT_EQ(throttled, 1) << "and the others are made";
}

TEST_F(GraphSandbox, APauseThatGraphAskedForHoldsForAllCalls) {
    quirks().throttle = 1;
    quirks().fractional_retry_after = true;
    quirks().throttle_seconds_milli = 90'500;
    const auto busy = run(world.endpoint().pull_changes(collection(EntityKind::Contact), Cursor()));
    ASSERT_FALSE(busy);
    EXPECT_EQ(busy.error().kind, ErrorKind::Throttled);
    EXPECT_GE(busy.error().retry_after.value_or(std::chrono::milliseconds(0)),
              std::chrono::milliseconds(90'500));
    const std::size_t asked = world.graph().sandbox().requests().total();
    const auto still = run(world.endpoint().probe(collection(EntityKind::Contact)));
    ASSERT_FALSE(still);
    EXPECT_EQ(still.error().kind, ErrorKind::Throttled);
    EXPECT_EQ(world.graph().sandbox().requests().total(), asked) << "nothing was sent";
}

TEST_F(GraphSandbox, EmptyAndRepeatedPagesAndLostTokensLoseNothing) {
    for (int n = 0; n < 120; ++n) ASSERT_TRUE(create(EntityKind::Contact, sample_record(EntityKind::Contact, n), n).at(0));
    quirks().empty_delta_pages = true;
    quirks().replay_delta_items = true;
    Cursor cursor;
    std::set<ItemKey> keys;
    for (const Observation& seen : read_all(EntityKind::Contact, &cursor)) keys.insert(seen.key);
    EXPECT_EQ(keys.size(), 120U);
    for (const bool as_resync : {false, true}) {
        quirks().resync_required = as_resync;
        quirks().lose_sync_middle = 1;
        Cursor fresh;
        auto page = run(world.endpoint().pull_changes(collection(EntityKind::Contact), fresh));
        ASSERT_TRUE(page);
        page = run(world.endpoint().pull_changes(collection(EntityKind::Contact), page->next));
        ASSERT_FALSE(page);
        EXPECT_EQ(page.error().kind, ErrorKind::CursorExpired) << page.error().message;
    }
}

TEST_F(GraphSandbox, WhatLiesOutsideTheCalendarsWindowIsNoDeletion) {
    Record far = sample_record(EntityKind::Appointment, 1);
    far.set(Field::Start, ZonedTime{*parse_wall("2031-07-01T09:00:00"), "Europe/Berlin"});
    far.set(Field::End, ZonedTime{*parse_wall("2031-07-01T10:00:00"), "Europe/Berlin"});
    const auto outside = create(EntityKind::Appointment, far, 1);
    ASSERT_TRUE(outside.at(0)) << outside[0].error().message;
    const auto inside = create(EntityKind::Appointment, sample_record(EntityKind::Appointment, 2), 2);
    Cursor cursor;
    const auto seen = read_all(EntityKind::Appointment, &cursor);
    ASSERT_EQ(seen.size(), 1U);
    EXPECT_EQ(seen[0].key, inside.at(0)->key);
    // A snapshot without it makes it a candidate for deletion; the read says that it is there.
    EXPECT_TRUE(read(EntityKind::Appointment, outside[0]->key));

    quirks().removed_outside_window = true;
    const auto moved = update(EntityKind::Appointment, *outside[0], Patch{{Field::Subject, Value(std::string("later"))}});
    ASSERT_TRUE(moved) << moved.error().message;
    for (const Observation& change : read_all(EntityKind::Appointment, &cursor))
        if (change.gone()) EXPECT_FALSE(std::get<Tombstone>(change.content).confirmed);
    EXPECT_TRUE(read(EntityKind::Appointment, outside[0]->key));
}

TEST_F(GraphSandbox, TheCalendarsWindowMovesOnByANewSnapshot) {
    graph::GraphSettings narrow = world.graph().settings();
    narrow.window_future = std::chrono::days(1);
    const auto endpoint = graph::make_graph_endpoint(world.graph().http(), world.graph().clock(), narrow);
    auto page = run(endpoint->pull_changes(collection(EntityKind::Appointment), Cursor()));
    ASSERT_TRUE(page) << page.error().message;
    ASSERT_TRUE(run(endpoint->pull_changes(collection(EntityKind::Appointment), page->next)));
    for (int i = 0; i < 60'000; ++i) (void)world.graph().sandbox().store().now();  // seconds
    const auto late = run(endpoint->pull_changes(collection(EntityKind::Appointment), page->next));
    ASSERT_FALSE(late);
    EXPECT_EQ(late.error().kind, ErrorKind::CursorExpired);
    EXPECT_EQ(late.error().native_code, "window");
}

TEST_F(GraphSandbox, WrongCredentialsAreOneClearLineAndNoStorm) {
    const auto tokens = world.graph().tokens_with("wrong");
    const auto http = net::make_bearer_client(world.graph().plain(), *tokens, "http://127.0.0.1");
    const auto endpoint = graph::make_graph_endpoint(*http, world.graph().clock(), world.graph().settings());
    const std::size_t before = world.graph().sandbox().requests().total();
    for (int i = 0; i < 20; ++i) {
        const auto report = run(endpoint->probe(collection(EntityKind::Task)));
        ASSERT_FALSE(report);
        EXPECT_EQ(report.error().kind, ErrorKind::Unauthenticated);
        EXPECT_EQ(report.error().native_code, "AADSTS7000215");
    }
    EXPECT_EQ(world.graph().sandbox().requests().total(), before + 1);
}

TEST_F(GraphSandbox, AMailboxOutsideTheApplicationsScopeIsForbiddenAndNothingElse) {
    graph::GraphSettings other = world.graph().settings();
    other.mailbox = "nobody@example.test";
    const auto endpoint = graph::make_graph_endpoint(world.graph().http(), world.graph().clock(), other);
    const CollectionId theirs = endpoint->collection(EntityKind::Contact, MailboxId("nobody@example.test"));
    const auto read_back = run(endpoint->get_items(theirs, {ItemKey("AAMk")}));
    ASSERT_FALSE(read_back.at(0));
    EXPECT_EQ(read_back[0].error().kind, ErrorKind::Forbidden) << "no proof of a deletion";
    quirks().mailbox_on_premises = true;
    const auto moved = run(world.endpoint().pull_changes(collection(EntityKind::Contact), Cursor()));
    ASSERT_FALSE(moved);
    EXPECT_EQ(moved.error().kind, ErrorKind::Forbidden);
    EXPECT_EQ(moved.error().native_code, "MailboxNotEnabledForRESTAPI");
    const auto foreign = run(world.endpoint().probe(CollectionId("contact:bob@example.test")));
    ASSERT_FALSE(foreign);
    EXPECT_EQ(foreign.error().kind, ErrorKind::InvalidRequest);
}

TEST_F(GraphSandbox, ATokenThatEndsInMidWorkIsRenewedOnce) {
    world.graph().sandbox().tokens().set_token_seconds(400);
    Cursor cursor;
    for (int n = 0; n < 5; ++n) {
        ASSERT_TRUE(create(EntityKind::Task, sample_record(EntityKind::Task, n), n).at(0));
        for (int i = 0; i < 200; ++i) (void)world.graph().sandbox().store().now();
        ASSERT_FALSE(read_all(EntityKind::Task, &cursor).empty());
    }
}

}  // namespace liaison::conformance
