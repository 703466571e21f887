#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sqlite3.h>

#include <filesystem>
#include <fstream>

#include "storage/migrate.hpp"
#include "storage/sqlite_database.hpp"
#include "tests/storage/sqlite_beds.hpp"

namespace liaison::storage {
namespace {

using store_suite::CountingEntropy;
using store_suite::InlineWorker;
using store_suite::must;
using store_suite::ScratchDirectory;
using store_suite::SetClock;
using testing::HasSubstr;

struct Host {
    InlineWorker worker;
    CountingEntropy entropy;
    SetClock clock;
    Result<Stores> open(const ScratchDirectory& directory) {
        return open_stores(directory.str(), worker, entropy, clock);
    }
};

std::string pragma(Database& database, const std::string& name) {
    const auto rows = database.query("PRAGMA " + name);
    return rows->next() ? rows->bytes(0) : std::string();
}

TEST(SqliteDatabase, IsDurableAndLaidOutForTheWriter) {
    const ScratchDirectory directory;
    const auto database = open_sqlite(directory.file()).value();
    EXPECT_EQ(pragma(*database, "journal_mode"), "wal");
    EXPECT_EQ(pragma(*database, "synchronous"), "2");
    EXPECT_EQ(pragma(*database, "page_size"), "8192");
    EXPECT_EQ(pragma(*database, "foreign_keys"), "1");
    EXPECT_EQ(pragma(*database, "wal_autocheckpoint"), "16000");
    EXPECT_EQ(pragma(*database, "locking_mode"), "exclusive");
}

TEST(SqliteDatabase, WhatIsInTheDataDirectoryIsForTheServicesAccountOnly) {
    namespace fs = std::filesystem;
    const ScratchDirectory directory;
    Host host;
    const auto stores = host.open(directory);
    ASSERT_TRUE(stores.has_value());
    std::size_t files = 0;
    for (const auto& entry : fs::directory_iterator(directory.str())) {
        ++files;
        EXPECT_EQ(entry.status().permissions(), fs::perms::owner_read | fs::perms::owner_write)
            << entry.path();
    }
    EXPECT_GE(files, 2u) << "the database and its log";
}

TEST(SqliteDatabase, TextAndBlobsKeepEveryByte) {
    const auto database = open_sqlite_in_memory().value();
    database->execute("CREATE TABLE t (a BYTEA, b TEXT, c BIGINT)");
    std::string all;
    for (int i = 0; i < 256; ++i) all += static_cast<char>(i);
    database->execute("INSERT INTO t (a, b, c) VALUES (?, ?, ?)",
                      {Blob{all}, std::string_view("x\0y", 3), INT64_MIN});
    database->execute("INSERT INTO t (a, b, c) VALUES (?, ?, ?)",
                      {Blob{{}}, std::string_view(), nullptr});
    const auto rows = database->query("SELECT a, b, c FROM t ORDER BY c");
    ASSERT_TRUE(rows->next());
    EXPECT_TRUE(rows->is_null(2));
    EXPECT_FALSE(rows->is_null(0)) << "an empty blob is not NULL";
    ASSERT_TRUE(rows->next());
    EXPECT_EQ(rows->bytes(0), all);
    EXPECT_EQ(rows->bytes(1), std::string("x\0y", 3));
    EXPECT_EQ(rows->integer(2), INT64_MIN);
    EXPECT_FALSE(rows->next());
}

TEST(SqliteDatabase, MisuseIsAFailureNotANonsense) {
    const auto database = open_sqlite_in_memory().value();
    database->execute("CREATE TABLE t (a BIGINT)");
    EXPECT_THROW(database->execute("INSERT INTO t (a) VALUES (?)"), StorageFailure);
    EXPECT_THROW(database->execute("INSERT INTO nowhere (a) VALUES (1)"), StorageFailure);
    database->execute("INSERT INTO t (a) VALUES (1)");
    const auto rows = database->query("SELECT a FROM t");
    ASSERT_TRUE(rows->next());
    EXPECT_THROW(database->query("SELECT a FROM t"), StorageFailure)
        << "the same statement is still being read";
}

TEST(SqliteDatabase, AnErrorOrAnExceptionRollsBack) {
    const auto database = open_sqlite_in_memory().value();
    database->execute("CREATE TABLE t (a BIGINT)");
    const std::function<Result<void>()> refuses = [&]() -> Result<void> {
        database->execute("INSERT INTO t (a) VALUES (1)");
        return fail(ErrorKind::NotFound, "no");
    };
    EXPECT_EQ(in_transaction<void>(*database, refuses).error().kind, ErrorKind::NotFound);
    const std::function<Result<void>()> throws = [&]() -> Result<void> {
        database->execute("INSERT INTO t (a) VALUES (1)");
        throw std::runtime_error("out of something");
    };
    EXPECT_EQ(in_transaction<void>(*database, throws).error().kind, ErrorKind::Internal);
    const auto rows = database->query("SELECT COUNT(*) FROM t");
    ASSERT_TRUE(rows->next());
    EXPECT_EQ(rows->integer(0), 0);
}

TEST(SqliteDatabase, ADiskThatIsFullIsAnInternalErrorAndStoresNothing) {
    Host host;
    const ScratchDirectory directory;
    const auto database = open_sqlite(directory.file()).value();
    database->execute("CREATE TABLE t (a BYTEA)");
    database->execute("PRAGMA max_page_count = 20");
    const std::string big(1u << 20, 'x');
    const std::function<Result<void>()> writes = [&]() -> Result<void> {
        database->execute("INSERT INTO t (a) VALUES (?)", {Blob{"small"}});
        database->execute("INSERT INTO t (a) VALUES (?)", {Blob{big}});
        return {};
    };
    const Result<void> written = in_transaction<void>(*database, writes);
    ASSERT_FALSE(written);
    EXPECT_EQ(written.error().kind, ErrorKind::Internal);
    EXPECT_EQ(written.error().native_code, "SQLITE_FULL");
    const auto rows = database->query("SELECT COUNT(*) FROM t");
    ASSERT_TRUE(rows->next());
    EXPECT_EQ(rows->integer(0), 0);
}

TEST(Migrate, TwiceIsAsOnce) {
    const auto database = open_sqlite_in_memory().value();
    ASSERT_TRUE(migrate(*database, migrations()));
    EXPECT_EQ(schema_version(*database), static_cast<std::int64_t>(migrations().size()));
    database->execute("INSERT INTO meta (name, value) VALUES ('a', 'b')");
    ASSERT_TRUE(migrate(*database, migrations()));
    EXPECT_EQ(schema_version(*database), static_cast<std::int64_t>(migrations().size()));
    const auto rows = database->query("SELECT value FROM meta WHERE name = 'a'");
    EXPECT_TRUE(rows->next());
}

std::string_view migrate_test_good() {
    return "CREATE TABLE first (id ROW_ID, a BIGINT);";
}
std::string_view migrate_test_bad() {
    return "CREATE TABLE second (id ROW_ID); CREATE TABLE second (id ROW_ID);";
}
std::string_view migrate_test_mended() {
    return "CREATE TABLE second (id ROW_ID);";
}

TEST(Migrate, AStepThatFailsLeavesTheStepsBeforeItAndNothingOfItself) {
    const auto database = open_sqlite_in_memory().value();
    const MigrationText broken_steps[] = {migrate_test_good, migrate_test_bad};
    EXPECT_FALSE(migrate(*database, broken_steps));
    EXPECT_EQ(schema_version(*database), 1);
    const MigrationText mended_steps[] = {migrate_test_good, migrate_test_mended};
    ASSERT_TRUE(migrate(*database, mended_steps));
    EXPECT_EQ(schema_version(*database), 2);
}

TEST(OpenStores, ASecondProcessIsRefusedClearly) {
    Host host;
    const ScratchDirectory directory;
    Result<Stores> first = host.open(directory);
    ASSERT_TRUE(first);
    const Result<Stores> second = host.open(directory);
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().kind, ErrorKind::Internal);
    EXPECT_EQ(second.error().native_code, "SQLITE_BUSY");
    EXPECT_THAT(second.error().message, HasSubstr("in use by another Liaison process"));
    first = Stores{};
    EXPECT_TRUE(host.open(directory)) << "free again";
}

TEST(OpenStores, ANewerSchemaIsRefusedAndLeftAlone) {
    Host host;
    const ScratchDirectory directory;
    ASSERT_TRUE(host.open(directory));
    {
        const auto database = open_sqlite(directory.file()).value();
        database->execute("INSERT INTO schema_version (number) VALUES (99)");
    }
    const Result<Stores> refused = host.open(directory);
    ASSERT_FALSE(refused);
    EXPECT_THAT(refused.error().message, HasSubstr("newer version of Liaison"));
    EXPECT_EQ(refused.error().native_code, "schema_too_new");
    const auto database = open_sqlite(directory.file()).value();
    EXPECT_EQ(schema_version(*database), 99);
}

TEST(OpenStores, AFileThatIsNoDatabaseIsRefused) {
    Host host;
    const ScratchDirectory directory;
    std::ofstream(directory.file(), std::ios::binary) << std::string(20'000, 'x');
    const Result<Stores> refused = host.open(directory);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().kind, ErrorKind::Internal);
    EXPECT_THAT(refused.error().message, HasSubstr("damaged"));
}

TEST(OpenStores, DamagedPagesAreFoundBeforeAnythingIsRead) {
    Host host;
    const ScratchDirectory directory;
    {
        Result<Stores> stores = host.open(directory);
        ASSERT_TRUE(stores);
        ChangePage page;
        for (int i = 0; i < 2'000; ++i) {
            Observation observation;
            observation.key = ItemKey("key-" + std::to_string(i));
            observation.version = Version("1");
            Record record(EntityKind::Task);
            record.set(Field::Subject, std::string(200, 's'));
            observation.content = record;
            page.observations.push_back(observation);
        }
        must(stores->sync->absorb_page(PairId("a/task"), Side::Crm, std::move(page)));
    }
    const auto size = std::filesystem::file_size(directory.file());
    ASSERT_GT(size, 400'000u);
    {
        std::fstream file(directory.file(), std::ios::in | std::ios::out | std::ios::binary);
        for (std::uintmax_t at = size / 2; at < size / 2 + 100'000; at += 4'096) {
            file.seekp(static_cast<std::streamoff>(at));
            file << std::string(512, '\xA5');
        }
    }
    const Result<Stores> refused = host.open(directory);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().native_code, "SQLITE_CORRUPT");
    EXPECT_THAT(refused.error().message, HasSubstr("damaged"));
}

TEST(OpenStores, ADirectoryThatCannotBeMadeIsRefused) {
    Host host;
    const ScratchDirectory directory;
    std::ofstream(directory.str() + "/a-file") << "x";
    const Result<Stores> refused =
        open_stores(directory.str() + "/a-file/data", host.worker, host.entropy, host.clock);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().kind, ErrorKind::Internal);
}

TEST(OpenStores, TheEpochStaysWithTheDirectory) {
    Host host;
    const ScratchDirectory directory;
    const ScratchDirectory another;
    const std::string epoch = must(host.open(directory)->sync->epoch());
    EXPECT_EQ(must(host.open(directory)->sync->epoch()), epoch);
    EXPECT_NE(must(host.open(another)->sync->epoch()), epoch);
}

TEST(KeyHash, IsNeverZeroAndTellsNeighboursApart) {
    EXPECT_NE(key_hash(""), 0);
    EXPECT_NE(key_hash("AAMk"), key_hash("AAMK"));
    EXPECT_EQ(key_hash("AAMk"), key_hash("AAMk"));
}

}  // namespace
}  // namespace liaison::storage
