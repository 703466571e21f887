#include "core/limits.hpp"
#include "tests/conformance/ews_world.hpp"

namespace liaison::conformance {

namespace {

std::unique_ptr<EndpointWorld> make_ews_world() {
    return std::make_unique<EwsEndpointWorld>();
}
std::unique_ptr<MailWorld> make_ews_mail_world() {
    return std::make_unique<EwsMailWorld>();
}

}  // namespace

INSTANTIATE_TEST_SUITE_P(
    Ews, SyncEndpointSuite,
    testing::Values(EndpointCase{"task", EntityKind::Task, make_ews_world},
                    EndpointCase{"appointment", EntityKind::Appointment, make_ews_world},
                    EndpointCase{"contact", EntityKind::Contact, make_ews_world}),
    endpoint_case_name);
INSTANTIATE_TEST_SUITE_P(Ews, MailSourceSuite,
                         testing::Values(MailCase{"ews", make_ews_mail_world}), mail_case_name);

// What goes beyond the port: faults of the network, and what a person does in Outlook.

namespace {

class EwsSandbox : public testing::Test {
protected:
    template <class T>
    T run(Async<T> work) {
        return net::run_to_end(world.loop(), std::move(work));
    }
    CorrelationToken token(int n) const {
        return CorrelationToken{"crm", "task", std::to_string(n), "e-1"};
    }
    std::vector<Result<Observation>> create(EntityKind kind, Record record, int n = 1) {
        std::vector<SyncEndpoint::NewItem> items{{std::move(record), token(n)}};
        return run(world.endpoint().create_items(collection(kind), std::move(items)));
    }
    CollectionId collection(EntityKind kind) {
        return world.endpoint().collection(kind, world.mailbox());
    }
    void fault(sandbox::FaultKind kind, std::string operation, std::uint32_t milliseconds = 0) {
        sandbox::Fault fault;
        fault.kind = kind;
        fault.operation = std::move(operation);
        fault.milliseconds = milliseconds;
        ASSERT_TRUE(world.exchange().faults().add(fault));
    }

    EwsEndpointWorld world;
};

}  // namespace

TEST_F(EwsSandbox, EveryFieldMakesTheRoundTripThroughAServer) {
    for (const EntityKind kind : kEntityKinds) {
        const EndpointCapabilities& can = world.endpoint().capabilities(kind);
        for (const FieldInfo& about : all_fields()) {
            if (!can.writable.has(about.field)) continue;
            Record record = sample_record(kind, 1);
            if (about.field == Field::PercentComplete)
                record.set(Field::Status, std::string("in_progress"));
            for (const char* text : {"Ünï & <code> 漢字", "1", "low", "true", "2027-05-06",
                                     "2027-05-06T07:08:09Z", "2027-05-06T07:08:09 America/New_York",
                                     "Bob B <b@x.test> optional none; c@x.test", "55", "busy",
                                     "in_progress", "planned"}) {
                const auto value = value_from_text(about.field, text);
                if (!value) continue;
                record.set(about.field, *value);
                const Record stored = can.project(record);
                const auto made = create(kind, record);
                ASSERT_TRUE(made.at(0))
                    << about.name << " = " << text << ": " << made[0].error().message;
                ASSERT_TRUE(made[0]->record()) << about.name;
                const Value* back = made[0]->record()->find(about.field);
                const Value* wanted = stored.find(about.field);
                EXPECT_EQ(back ? to_text(*back) : "", wanted ? to_text(*wanted) : "")
                    << to_string(kind) << "." << about.name << " = " << text;
                // And away again.
                const bool required = about.field == Field::Start || about.field == Field::End ||
                                      about.field == Field::ICalUid || about.field == Field::Status;
                if (required) continue;
                std::vector<SyncEndpoint::ItemUpdate> updates(1);
                updates[0].key = made[0]->key;
                updates[0].expected_version = made[0]->version;
                updates[0].patch = Patch{{about.field, std::nullopt}};
                for (const FieldMask& group : can.write_groups)
                    if (group.has(about.field))
                        for (const auto& [field, present] : made[0]->record()->values())
                            if (group.has(field) && can.writable.has(field))
                                updates[0].patch.emplace(field, present);
                Record without = *made[0]->record();
                without.erase(about.field);
                const auto cleared = run(world.endpoint().update_items(collection(kind), updates));
                ASSERT_TRUE(cleared.at(0)) << about.name << ": " << cleared[0].error().message;
                const Value* left = cleared[0]->record()->find(about.field);
                const Record projected = can.project(without);
                const Value* expected =
                    about.field == Field::DisplayName ? nullptr : projected.find(about.field);
                EXPECT_EQ(left ? to_text(*left) : "", expected ? to_text(*expected) : "")
                    << "cleared " << about.name;
            }
        }
    }
    EXPECT_TRUE(world.exchange().store().sent().empty()) << "no mail leaves, ever";
}

TEST_F(EwsSandbox, AnAllDayAppointmentStaysOnItsDays) {
    Record record = sample_record(EntityKind::Appointment, 1);
    record.set(Field::AllDay, true);
    record.set(Field::Start, ZonedTime{*parse_wall("2027-03-28T00:00:00"), ""});
    record.set(Field::End, ZonedTime{*parse_wall("2027-03-30T00:00:00"), ""});
    const auto made = create(EntityKind::Appointment, record);
    ASSERT_TRUE(made.at(0)) << made[0].error().message;
    EXPECT_EQ(to_text(*made[0]->record()->find(Field::Start)), "2027-03-28T00:00:00");
    EXPECT_EQ(to_text(*made[0]->record()->find(Field::End)), "2027-03-30T00:00:00");
    EXPECT_TRUE(made[0]->record()->flag(Field::AllDay));
}

TEST_F(EwsSandbox, AMeetingIsWrittenWithItsPeopleAndNobodyGetsMail) {
    Record record = sample_record(EntityKind::Appointment, 1);
    record.set(Field::Attendees,
               AttendeeList{{"bob@example.test", "Bob", "required", "none"},
                            {"guest@customer.test", "Guest", "optional", "none"}});
    const auto made = create(EntityKind::Appointment, record);
    ASSERT_TRUE(made.at(0)) << made[0].error().message;
    EXPECT_EQ(to_text(*made[0]->record()->find(Field::Attendees)),
              "Bob <bob@example.test> required none; Guest <guest@customer.test> optional none");
    EXPECT_TRUE(made[0]->record()->flag(Field::IsOrganizer));
    EXPECT_EQ(made[0]->record()->text(Field::Organizer), "alice@example.test");
    std::vector<SyncEndpoint::ItemRemoval> removal{{made[0]->key, made[0]->version}};
    EXPECT_TRUE(
        run(world.endpoint().delete_items(collection(EntityKind::Appointment), removal)).at(0));
    EXPECT_TRUE(world.exchange().store().sent().empty());
}

TEST_F(EwsSandbox, AnUnansweredCreateIsFoundByItsToken) {
    fault(sandbox::FaultKind::DropAfterCommit, "CreateItem");
    const auto lost = create(EntityKind::Task, sample_record(EntityKind::Task, 1));
    ASSERT_FALSE(lost.at(0));
    EXPECT_EQ(lost[0].error().kind, ErrorKind::Unanswered);
    const auto found = run(world.endpoint().find_by_token(collection(EntityKind::Task), token(1)));
    ASSERT_TRUE(found && found->has_value());
    EXPECT_EQ((*found)->token, token(1));

    fault(sandbox::FaultKind::DropBeforeCommit, "CreateItem");
    const auto nothing = create(EntityKind::Task, sample_record(EntityKind::Task, 2), 2);
    EXPECT_EQ(nothing.at(0).error().kind, ErrorKind::Unanswered);
    const auto none = run(world.endpoint().find_by_token(collection(EntityKind::Task), token(2)));
    ASSERT_TRUE(none);
    EXPECT_FALSE(none->has_value());
}

TEST_F(EwsSandbox, ACreateWhoseReadBackFailsIsStillMade) {
    fault(sandbox::FaultKind::HttpUnavailable, "GetItem");
    const auto made = create(EntityKind::Task, sample_record(EntityKind::Task, 1));
    ASSERT_TRUE(made.at(0)) << made[0].error().message;
    EXPECT_EQ(made[0]->record()->text(Field::Subject),
              sample_record(EntityKind::Task, 1).text(Field::Subject));
    // The pause that came with the refusal holds for every call.
    const auto early = run(world.endpoint().get_items(collection(EntityKind::Task), {made[0]->key}));
    ASSERT_FALSE(early.at(0));
    EXPECT_EQ(early[0].error().kind, ErrorKind::Throttled);
    world.exchange().clock().advance(early[0].error().retry_after.value());
    const auto read = run(world.endpoint().get_items(collection(EntityKind::Task), {made[0]->key}));
    ASSERT_TRUE(read.at(0));
    EXPECT_EQ(read[0]->version, made[0]->version);
    EXPECT_EQ(*read[0]->record(), *made[0]->record());
}

TEST_F(EwsSandbox, ThrottlingAndEmptyListingsAreWhatTheyAre) {
    fault(sandbox::FaultKind::ServerBusy, "SyncFolderItems", 90'000);
    const auto busy = run(world.endpoint().pull_changes(collection(EntityKind::Task), Cursor()));
    ASSERT_FALSE(busy);
    EXPECT_EQ(busy.error().kind, ErrorKind::Throttled);
    EXPECT_EQ(busy.error().retry_after, std::chrono::milliseconds(90'000));
    const auto early = create(EntityKind::Task, sample_record(EntityKind::Task, 1));
    EXPECT_EQ(early.at(0).error().kind, ErrorKind::Throttled) << "nothing is sent inside the pause";
    world.exchange().clock().advance(std::chrono::milliseconds(90'000));
    fault(sandbox::FaultKind::InternalServerError, "CreateItem");
    const auto uncertain = create(EntityKind::Task, sample_record(EntityKind::Task, 1));
    EXPECT_EQ(uncertain.at(0).error().kind, ErrorKind::Unanswered);
    fault(sandbox::FaultKind::TruncatedReply, "CreateItem");
    const auto truncated = create(EntityKind::Task, sample_record(EntityKind::Task, 2), 2);
    EXPECT_EQ(truncated.at(0).error().kind, ErrorKind::Unanswered);
}

TEST_F(EwsSandbox, AnItemMovedToAnotherTaskFolderIsFoundAndOneInDeletedItemsIsNot) {
    const auto made = create(EntityKind::Task, sample_record(EntityKind::Task, 1));
    ASSERT_TRUE(made.at(0));
    sandbox::MailboxStore& store = world.exchange().store();
    const std::string alice = "alice@example.test";
    const sandbox::Folder* root = store.find_distinguished(alice, "msgfolderroot");
    const auto mine = store.create_folder(alice, root->id, "My tasks", "IPF.Task");
    ASSERT_TRUE(mine);
    const std::string folder = (*mine)->id;
    const auto moved = store.move_item(alice, made[0]->key.str(), folder);
    ASSERT_TRUE(moved);
    const std::string id = (*moved)->id;
    const auto found = run(world.endpoint().find_by_token(collection(EntityKind::Task), token(1)));
    ASSERT_TRUE(found && found->has_value());
    EXPECT_EQ((*found)->key.str(), id);
    const sandbox::Folder* bin = store.find_distinguished(alice, "deleteditems");
    const auto binned = store.move_item(alice, id, bin->id);
    ASSERT_TRUE(binned);
    const std::string last = (*binned)->id;
    const auto none = run(world.endpoint().find_by_token(collection(EntityKind::Task), token(1)));
    ASSERT_TRUE(none);
    EXPECT_FALSE(none->has_value());
    const auto read =
        run(world.endpoint().get_items(collection(EntityKind::Task), {ItemKey(last)}));
    ASSERT_FALSE(read.at(0));
    EXPECT_EQ(read[0].error().kind, ErrorKind::NotFound);
}

TEST_F(EwsSandbox, ACompletedTaskSaysWhen) {
    const auto made = create(EntityKind::Task, sample_record(EntityKind::Task, 1));
    ASSERT_TRUE(made.at(0));
    std::vector<SyncEndpoint::ItemUpdate> updates(1);
    updates[0].key = made[0]->key;
    updates[0].expected_version = made[0]->version;
    updates[0].patch = Patch{{Field::Status, Value(std::string("completed"))}};
    const auto done = run(world.outsider().update_items(collection(EntityKind::Task), updates));
    ASSERT_TRUE(done.at(0)) << done[0].error().message;
    EXPECT_EQ(done[0]->record()->text(Field::Status), "completed");
    EXPECT_EQ(to_text(*done[0]->record()->find(Field::CompletedOn)), "2026-11-25");
    EXPECT_FALSE(done[0]->record()->find(Field::PercentComplete));
}

TEST_F(EwsSandbox, WrongCredentialsAreSaidAtOnce) {
    ews::EwsSettings settings = world.exchange().settings(false);
    settings.password = "wrong";
    const auto endpoint =
        ews::make_ews_endpoint(world.exchange().http(), world.exchange().clock(), settings);
    const auto report = run(endpoint->probe(collection(EntityKind::Task)));
    ASSERT_FALSE(report);
    EXPECT_EQ(report.error().kind, ErrorKind::Unauthenticated);
}

}  // namespace liaison::conformance
