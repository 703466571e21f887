// The promises of the feed under random foreign writers, concurrent writers and crashes.
#include <map>
#include <random>
#include <thread>

#include "connectors/crm/embedded/feed.hpp"
#include "connectors/crm/embedded/schema.hpp"
#include "connectors/crm/embedded/writes.hpp"
#include "tests/connectors/crm_fixture.hpp"

namespace liaison::crm::testing_crm {

/// What a reader of the feed knows: live records by key.
using Known = std::map<ItemKey, Observation>;

void learn(Known& known, const Observation& seen) {
    if (seen.record() || std::holds_alternative<Unreadable>(seen.content)) known[seen.key] = seen;
    else known.erase(seen.key);
}

class CrmFeed : public CrmTest {
protected:
    Known snapshot(const CollectionId& collection) {
        Cursor cursor;
        Known known;
        for (const Observation& seen : changes(collection, cursor)) learn(known, seen);
        return known;
    }
    std::string first_difference(std::uint64_t seed, const std::string& sabotage, std::size_t& items);
};

/// One random statement of a foreign program.
std::string random_statement(std::mt19937_64& random) {
    const auto pick = [&random](std::int64_t below) { return std::to_string(static_cast<std::int64_t>(random() % static_cast<std::uint64_t>(below)) + 1); };
    const std::string owner = pick(2);
    const std::string row = pick(12);
    const std::string flag = std::to_string(random() % 2);
    const std::string address = std::vector<std::string>{"alice@example.test", "bob@example.test", "bob2@example.test", "guest@x.example"}.at(random() % 4);
    switch (random() % 22) {
        case 0: return "INSERT INTO task(owner_id, subject) VALUES(" + owner + ", 'T')";
        case 1: return "UPDATE task SET subject = 'S" + pick(99) + "' WHERE id = " + row;
        case 2: return "UPDATE task SET owner_id = " + owner + " WHERE id = " + row;
        case 3: return "UPDATE task SET deleted = 1 - deleted WHERE id = " + row;
        case 4: return "DELETE FROM task WHERE id = " + row;
        case 5: return "UPDATE task SET register_in_outlook = " + flag + " WHERE id = " + row;
        case 6: return "UPDATE task SET register_in_outlook = NULL WHERE id = " + row;
        case 7: return "UPDATE activity_type SET register_in_outlook = 1 - register_in_outlook WHERE code = 'TASK'";
        case 8: return "UPDATE task SET type_code = 'MEETING' WHERE id = " + row;
        case 9: return "INSERT INTO appointment(owner_id, subject) VALUES(" + owner + ", 'A')";
        case 10: return "UPDATE appointment SET owner_id = " + owner + " WHERE id = " + row;
        case 11: return "INSERT OR IGNORE INTO appointment_participant(appointment_id, address) SELECT id, '" + address + "' FROM appointment WHERE id = " + row;
        case 12: return "DELETE FROM appointment_participant WHERE appointment_id = " + row + " AND address = '" + address + "'";
        case 13: return "UPDATE OR IGNORE appointment_participant SET address = '" + address + "' WHERE appointment_id = " + row;
        case 14: return "UPDATE appointment_participant SET mirrored = " + flag + " WHERE appointment_id = " + row;
        case 15: return "INSERT OR IGNORE INTO user_address(address, user_id) VALUES('bob2@example.test', " + owner + ")";
        case 16: return "DELETE FROM user_address WHERE address = 'bob2@example.test'";
        case 17: return "UPDATE user_address SET user_id = " + owner + " WHERE address = 'bob2@example.test'";
        case 18: return "INSERT INTO contact(display_name, owner_id, company_id, company_name) VALUES('C', iif(" + flag + ", " + owner + ", NULL), 1, 'Contoso')";
        case 19: return "UPDATE contact SET owner_id = iif(" + flag + ", " + owner + ", NULL) WHERE id = " + row;
        case 20: return "UPDATE contact SET privacy_blocked = " + flag + " WHERE id = " + row;
        default: return "DELETE FROM appointment WHERE id = " + row;
    }
}

/// A random history read by readers at random moments; then the first collection where a reader knows something else than a
/// snapshot shows, or nothing.
std::string CrmFeed::first_difference(std::uint64_t seed, const std::string& sabotage, std::size_t& items) {
    CrmTest::SetUp();
    sql("INSERT INTO company(number, name) VALUES('F-1', 'Contoso')");
    if (!sabotage.empty()) sql(sabotage);
    std::mt19937_64 random(seed);
    struct Reader {
        CollectionId collection;
        Cursor cursor;
        Known known;
    };
    std::vector<Reader> readers;
    for (const EntityKind kind : kEntityKinds)
        for (const char* rep : {"alice@example.test", "bob@example.test"}) readers.push_back({of(kind, rep), {}, {}});
    for (int step = 0; step < 150; ++step) {
        sql(random_statement(random));
        Reader& reader = readers[random() % readers.size()];
        if (random() % 3 != 0) continue;
        for (const Observation& seen : changes(reader.collection, reader.cursor)) learn(reader.known, seen);
    }
    for (Reader& reader : readers) {
        for (const Observation& seen : changes(reader.collection, reader.cursor)) learn(reader.known, seen);
        const Known truth = snapshot(reader.collection);
        if (reader.known != truth) return reader.collection.str();
        items += truth.size();
    }
    return {};
}

TEST_F(CrmFeed, WhoReadsBehindHisCursorKnowsWhatASnapshotShows) {
    std::size_t items = 0;
    for (std::uint64_t seed = 1; seed <= 40; ++seed) ASSERT_EQ(first_difference(seed, {}, items), "") << "seed " << seed;
    EXPECT_GT(items, 400u);
}

TEST_F(CrmFeed, EveryTriggerOfTheFeedIsMissedWhenItIsGone) {
    for (const char* trigger : {"task_touch", "task_log_insert", "task_log_update", "task_log_leave", "task_log_delete", "appointment_log_leave",
                                "appointment_log_delete", "contact_log_leave", "participant_insert", "participant_update",
                                "participant_delete", "appointment_log_participants", "activity_type_scope",
                                "user_address_insert", "user_address_update", "user_address_delete"}) {
        std::size_t items = 0;
        std::string found;
        for (std::uint64_t seed = 1; seed <= 60 && found.empty(); ++seed)
            found = first_difference(seed, std::string("DROP TRIGGER ") + trigger, items);
        EXPECT_NE(found, "") << "nobody misses " << trigger;
    }
}

TEST_F(CrmFeed, TwoWritersAndAReaderAtOnceLoseNothing) {
    constexpr int kEach = 150;
    const auto write = [this](const std::string& name) {
        auto db = CrmDatabase::open(file);
        ASSERT_TRUE(db.has_value());
        const CollectionId tasks = make_collection_id(EntityKind::Task, MailboxId("alice@example.test"));
        for (int i = 0; i < kEach; ++i) {
            Record record(EntityKind::Task);
            record.set(Field::Subject, name + std::to_string(i));
            const CorrelationToken token{"crm", "task", "", name + std::to_string(i)};
            const auto made = create_items(**db, tasks, {{record, token}}, clock.time).at(0);
            ASSERT_TRUE(made.has_value()) << made.error().message;
        }
    };
    // Both also raise one counter row, each read-modify-write conditional on the version.
    sql("INSERT INTO task(owner_id, subject, percent_complete) VALUES(1, 'counter', 0)");
    const auto count_up = [this](int times) {
        auto db = CrmDatabase::open(file);
        ASSERT_TRUE(db.has_value());
        const CollectionId tasks = make_collection_id(EntityKind::Task, MailboxId("alice@example.test"));
        for (int done = 0; done < times;) {
            const auto seen = get_items(**db, tasks, {ItemKey("1")}).at(0);
            ASSERT_TRUE(seen.has_value()) << seen.error().message;
            const std::int64_t next = *seen->record()->get<std::int64_t>(Field::PercentComplete) + 1;
            const auto updated = update_items(**db, tasks, {{seen->key, seen->version, {{Field::PercentComplete, Value(next)}}, {}}}, clock.time).at(0);
            if (updated) ++done;
            else ASSERT_EQ(updated.error().kind, ErrorKind::VersionConflict) << updated.error().message;
        }
    };
    std::thread first([&] { write("a"); count_up(40); });
    std::thread second([&] { count_up(40); write("b"); });
    Known known;
    Cursor cursor;
    const CollectionId tasks = of(EntityKind::Task);
    while (known.size() < 2 * kEach + 1) {
        for (const Observation& seen : changes(tasks, cursor)) learn(known, seen);
        if (testing::Test::HasFailure()) break;
    }
    first.join();
    second.join();
    for (const Observation& seen : changes(tasks, cursor)) learn(known, seen);
    EXPECT_TRUE(known == snapshot(tasks));
    EXPECT_EQ(number("SELECT percent_complete FROM task WHERE id = 1"), 80);
}

TEST_F(CrmFeed, WriterThatDiesInTheMiddleLeavesNothing) {
    {
        auto dying = CrmDatabase::open(file);
        ASSERT_TRUE(dying.has_value());
        Transaction transaction((*dying)->sqlite());
        insert_row((*dying)->sqlite(), "task", {{"owner_id", std::int64_t{1}}, {"subject", std::string("half")}}, clock.time, "test");
        // A copy of the files as a crash would leave them.
        for (const char* tail : {"", "-wal"})
            std::filesystem::copy_file(file.string() + tail, file.string() + "-crash" + tail, std::filesystem::copy_options::overwrite_existing);
        auto after = CrmDatabase::open(file.string() + "-crash");
        ASSERT_TRUE(after.has_value()) << after.error().message;
        Query count((*after)->sqlite(), "SELECT (SELECT count(*) FROM task), (SELECT count(*) FROM user), (SELECT count(*) FROM change_log WHERE kind = 'task')");
        ASSERT_TRUE(count.row());
        EXPECT_EQ(count.integer(0), 0);
        EXPECT_EQ(count.integer(1), 2) << "what was committed is there";
        EXPECT_EQ(count.integer(2), 0);
        Query check((*after)->sqlite(), "PRAGMA integrity_check");
        ASSERT_TRUE(check.row());
        EXPECT_EQ(check.text(0), "ok");
    }
    EXPECT_EQ(number("SELECT count(*) FROM task"), 0);
    for (const char* tail : {"", "-wal", "-shm"}) std::filesystem::remove(file.string() + "-crash" + tail);
}

TEST_F(CrmFeed, FilesOfOtherProgramsAndOfTheFutureAreRefusedUntouched) {
    const auto other_file = fresh_crm_file("other");
    {
        auto db = std::move(*Sqlite::open(other_file));
        db->script("CREATE TABLE songs(title TEXT)");
    }
    const auto refused = CrmDatabase::open(other_file);
    ASSERT_FALSE(refused.has_value());
    EXPECT_NE(refused.error().message.find("another program"), std::string::npos);
    sql("INSERT INTO schema_version VALUES(" + std::to_string(kSchemaVersion + 1) + ", 'future')");
    const auto newer = CrmDatabase::open(file);
    ASSERT_FALSE(newer.has_value());
    EXPECT_NE(newer.error().message.find("newer Liaison"), std::string::npos);
    const auto missing = CrmDatabase::open(file.parent_path() / "no-such-folder" / "crm.sqlite");
    ASSERT_FALSE(missing.has_value());
    EXPECT_EQ(missing.error().kind, ErrorKind::NotFound);
}

TEST_F(CrmFeed, FileThatIsNoDatabaseIsSaidToBeNone) {
    const auto text_file = fresh_crm_file("text");
    {
        std::FILE* out = std::fopen(text_file.string().c_str(), "wb");
        for (int i = 0; i < 500; ++i) std::fputs("this is a letter, no database\n", out);
        std::fclose(out);
    }
    const auto refused = CrmDatabase::open(text_file);
    ASSERT_FALSE(refused.has_value());
    EXPECT_EQ(refused.error().kind, ErrorKind::CorruptReply);
}

}  // namespace liaison::crm::testing_crm
