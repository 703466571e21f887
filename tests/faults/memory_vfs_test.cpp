#include "tests/sim/memory_vfs.hpp"

#include <gtest/gtest.h>
#include <sqlite3.h>

#include "storage/sqlite_database.hpp"
#include "tests/sim/catalogue.hpp"

namespace liaison::sim {
namespace {

constexpr CrashKeeps kAllKeeps[] = {CrashKeeps::Nothing, CrashKeeps::Prefix, CrashKeeps::Some,
                                    CrashKeeps::Torn, CrashKeeps::Everything};

/// A connection as tests want it: last result code, first column of the first row.
class Connection {
public:
    explicit Connection(const std::string& path, const char* settings = "") {
        code = sqlite3_open_v2(path.c_str(), &handle_, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE,
                               nullptr);
        if (code == SQLITE_OK) run(settings);
    }
    ~Connection() { sqlite3_close_v2(handle_); }
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;

    bool run(const std::string& sql) {
        code = sqlite3_exec(handle_, sql.c_str(), nullptr, nullptr, nullptr);
        return code == SQLITE_OK;
    }
    std::string text(const std::string& sql) {
        sqlite3_stmt* statement = nullptr;
        code = sqlite3_prepare_v2(handle_, sql.c_str(), -1, &statement, nullptr);
        std::string out = "none";
        if (code == SQLITE_OK && sqlite3_step(statement) == SQLITE_ROW)
            out = reinterpret_cast<const char*>(sqlite3_column_text(statement, 0));
        sqlite3_finalize(statement);
        return out;
    }
    int code = SQLITE_OK;

private:
    sqlite3* handle_ = nullptr;
};

constexpr const char* kWal =
    "PRAGMA page_size=1024; PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;";
constexpr const char* kWalAlone =
    "PRAGMA page_size=1024; PRAGMA locking_mode=EXCLUSIVE; PRAGMA journal_mode=WAL; PRAGMA "
    "synchronous=FULL;";
constexpr const char* kRollback =
    "PRAGMA page_size=1024; PRAGMA journal_mode=DELETE; PRAGMA synchronous=EXTRA;";

class MemoryVfs : public testing::Test {
protected:
    void SetUp() override { make_memory_vfs(); }
};

TEST_F(MemoryVfs, KeepsAFileAsLongAsTheDiskLives) {
    MemoryDisk disk("/memory/keeps");
    {
        Connection one(disk.path("a.db"), kWal);
        ASSERT_TRUE(one.run("CREATE TABLE t(x); INSERT INTO t VALUES('there')"));
    }
    Connection two(disk.path("a.db"));
    EXPECT_EQ(two.text("SELECT x FROM t"), "there");
    EXPECT_EQ(two.text("PRAGMA journal_mode"), "wal");
    MemoryDisk other("/memory/other");
    Connection three(other.path("a.db"));
    EXPECT_EQ(three.text("SELECT count(*) FROM sqlite_master"), "0");
}

TEST_F(MemoryVfs, LeavesOtherPathsToTheOperatingSystem) {
    const std::string path = testing::TempDir() + "memory-vfs-pass.db";
    std::remove(path.c_str());
    {
        Connection one(path);
        ASSERT_TRUE(one.run("CREATE TABLE t(x)"));
    }
    FILE* file = std::fopen(path.c_str(), "rb");
    ASSERT_NE(file, nullptr);
    std::fclose(file);
    std::remove(path.c_str());
}

TEST_F(MemoryVfs, TwoConnectionsShareAWalFileAsOnARealDisk) {
    MemoryDisk disk("/memory/shared");
    Connection writer(disk.path("crm.db"), kWal);
    Connection reader(disk.path("crm.db"), kWal);
    ASSERT_TRUE(writer.run("CREATE TABLE t(x); INSERT INTO t VALUES(1)"));
    EXPECT_EQ(reader.text("SELECT count(*) FROM t"), "1");
    ASSERT_TRUE(reader.run("BEGIN; SELECT * FROM t"));
    ASSERT_TRUE(writer.run("INSERT INTO t VALUES(2)"));
    EXPECT_EQ(reader.text("SELECT count(*) FROM t"), "1") << "a reader keeps its snapshot";
    ASSERT_TRUE(reader.run("COMMIT"));
    EXPECT_EQ(reader.text("SELECT count(*) FROM t"), "2");
    ASSERT_TRUE(writer.run("BEGIN IMMEDIATE; INSERT INTO t VALUES(3)"));
    EXPECT_FALSE(reader.run("BEGIN IMMEDIATE"));
    EXPECT_EQ(reader.code, SQLITE_BUSY);
    ASSERT_TRUE(writer.run("COMMIT"));
    EXPECT_TRUE(reader.run("BEGIN IMMEDIATE; INSERT INTO t VALUES(4); COMMIT"));
    EXPECT_EQ(writer.text("SELECT count(*) FROM t"), "4");
    ASSERT_TRUE(writer.run("PRAGMA wal_checkpoint(TRUNCATE)"));
    EXPECT_EQ(disk.image("crm.db-wal").size(), 0u);
}

TEST_F(MemoryVfs, RollbackJournalsExcludeEachOtherAsOnARealDisk) {
    MemoryDisk disk("/memory/rollback");
    Connection one(disk.path("a.db"), kRollback);
    Connection two(disk.path("a.db"), kRollback);
    ASSERT_TRUE(one.run("CREATE TABLE t(x)"));
    ASSERT_TRUE(one.run("BEGIN; INSERT INTO t VALUES(1)"));
    EXPECT_EQ(two.text("SELECT count(*) FROM t"), "0") << "RESERVED lets readers in";
    EXPECT_FALSE(two.run("INSERT INTO t VALUES(2)"));
    EXPECT_EQ(two.code, SQLITE_BUSY);
    ASSERT_TRUE(two.run("BEGIN; SELECT * FROM t"));
    EXPECT_FALSE(one.run("COMMIT"));
    EXPECT_EQ(one.code, SQLITE_BUSY) << "a reader holds EXCLUSIVE back";
    ASSERT_TRUE(two.run("COMMIT"));
    EXPECT_TRUE(one.run("COMMIT"));
}

TEST_F(MemoryVfs, LiaisonsOwnDatabaseLocksTheFileForItself) {
    MemoryDisk disk("/memory/alone");
    auto first = storage::open_sqlite(disk.path("liaison.db"));
    ASSERT_TRUE(first) << first.error().message;
    const auto second = storage::open_sqlite(disk.path("liaison.db"));
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().native_code, "SQLITE_BUSY");
    first->reset();
    EXPECT_TRUE(storage::open_sqlite(disk.path("liaison.db")));
}

TEST_F(MemoryVfs, ACrashFailsOpenConnectionsAndLosesNoCommit) {
    for (const CrashKeeps keeps : kAllKeeps) {
        MemoryDisk disk("/memory/crash");
        Connection before(disk.path("a.db"), kWalAlone);
        ASSERT_TRUE(before.run("CREATE TABLE t(x); INSERT INTO t VALUES('committed')"));
        ASSERT_TRUE(before.run("BEGIN; INSERT INTO t VALUES('open')"));
        disk.crash(keeps, 7);
        EXPECT_FALSE(before.run("COMMIT"));
        Connection after(disk.path("a.db"), kWalAlone);
        EXPECT_EQ(after.text("SELECT group_concat(x) FROM t"), "committed");
    }
}

TEST_F(MemoryVfs, WithoutASyncACommitIsLostWithThePower) {
    MemoryDisk disk("/memory/unsynced");
    Connection before(disk.path("a.db"), kWal);
    ASSERT_TRUE(before.run("CREATE TABLE t(x); PRAGMA synchronous=OFF; INSERT INTO t VALUES(1)"));
    disk.crash(CrashKeeps::Nothing, 1);
    Connection after(disk.path("a.db"), kWal);
    EXPECT_EQ(after.text("SELECT count(*) FROM t"), "0");
}

/// A run of transactions that grow, shrink and checkpoint. Counts in table t how far it came; table
/// u must always have the same sum as t has rows. Returns the last number that was acknowledged.
int run_transactions(Connection& connection) {
    if (!connection.run("CREATE TABLE IF NOT EXISTS t(n INTEGER PRIMARY KEY, text); CREATE TABLE "
                        "IF NOT EXISTS u(n, text)"))
        return -1;
    for (int n = 1; n <= 8; ++n) {
        const std::string number = std::to_string(n);
        const bool done =
            connection.run("BEGIN; INSERT INTO t VALUES(" + number +
                           ", hex(zeroblob(700))); DELETE FROM u; INSERT INTO u VALUES(" + number +
                           ", hex(zeroblob(" + std::to_string(3000 / n) + "))); COMMIT");
        if (!done) return n - 1;
        if (n % 3 == 0) connection.run("PRAGMA wal_checkpoint(TRUNCATE)");
    }
    return 8;
}

struct Verdict {
    int acknowledged = 0;
    bool cut = false;
};

/// One run in which the power goes at the `at`-th call of `op`.
Verdict run_with_power_loss(MemoryDisk& disk, const char* settings, DiskOp op, std::uint64_t at,
                            DiskFault fault) {
    Verdict out;
    disk.on_call = [&](const DiskCall& call) {
        return call.op == op && call.ordinal == at ? fault : DiskFault::None;
    };
    {
        Connection connection(disk.path("a.db"), settings);
        out.acknowledged = run_transactions(connection);
        out.cut = disk.is_dark();
    }
    disk.on_call = nullptr;
    return out;
}

void expect_whole(MemoryDisk& disk, const char* settings, const Verdict& verdict,
                  const std::string& where) {
    Connection after(disk.path("a.db"), settings);
    ASSERT_EQ(after.text("PRAGMA integrity_check"), "ok") << where;
    if (after.text("SELECT count(*) FROM sqlite_master WHERE name = 'u'") != "1") {
        EXPECT_LE(verdict.acknowledged, 0) << where;
        return;
    }
    const int rows = std::stoi(after.text("SELECT count(*) FROM t"));
    EXPECT_EQ(after.text("SELECT coalesce(max(n), 0) FROM u"), std::to_string(rows)) << where;
    EXPECT_GE(rows, verdict.acknowledged) << where << ": an acknowledged commit is gone";
    EXPECT_LE(rows, verdict.acknowledged + 1) << where;
}

void exhaust(const char* settings, bool powersafe) {
    std::size_t points = 0;
    for (const DiskOp op : {DiskOp::Write, DiskOp::Sync, DiskOp::Truncate, DiskOp::Delete}) {
        for (std::uint64_t at = 0;; ++at) {
            bool cut = false;
            for (const CrashKeeps keeps : kAllKeeps) {
                for (const DiskFault fault :
                     {DiskFault::PowerLossBefore, DiskFault::PowerLossAfter}) {
                    MemoryDisk disk("/memory/exhaust", {true, powersafe});
                    const Verdict verdict = run_with_power_loss(disk, settings, op, at, fault);
                    cut = cut || verdict.cut;
                    disk.crash(keeps, at * 31 + points);
                    const std::string where = "op " + std::to_string(static_cast<int>(op)) +
                                              " call " + std::to_string(at) + " keeps " +
                                              std::to_string(static_cast<int>(keeps));
                    expect_whole(disk, settings, verdict, where);
                    if (testing::Test::HasFailure()) return;
                    ++points;
                }
            }
            if (!cut) break;
        }
    }
    EXPECT_GT(points, 200u);
}

TEST_F(MemoryVfs, SqliteInWalSurvivesAPowerLossAtEveryWriteAndSync) {
    exhaust(kWal, true);
}
TEST_F(MemoryVfs, SqliteInExclusiveWalSurvivesAPowerLossAtEveryWriteAndSync) {
    exhaust(kWalAlone, true);
}
TEST_F(MemoryVfs, SqliteInWalSurvivesADiskWithoutPowersafeOverwrite) {
    exhaust(kWalAlone, false);
}
TEST_F(MemoryVfs, SqliteWithRollbackJournalSurvivesAPowerLossAtEveryWriteAndSync) {
    exhaust(kRollback, true);
}

TEST_F(MemoryVfs, AFailureOfAnyCallIsReportedAndHarmsNoCommit) {
    for (const DiskFault fault : {DiskFault::IoError, DiskFault::Full, DiskFault::SyncLost}) {
        for (const DiskOp op : {DiskOp::Write, DiskOp::Sync, DiskOp::Read}) {
            if (fault == DiskFault::SyncLost && op != DiskOp::Sync) continue;
            std::size_t struck = 0;
            for (std::uint64_t at = 0; at < 60; ++at) {
                MemoryDisk disk("/memory/errors");
                bool fired = false;
                disk.on_call = [&](const DiskCall& call) {
                    if (call.op != op || call.ordinal != at) return DiskFault::None;
                    fired = true;
                    return fault;
                };
                Verdict verdict;
                {
                    Connection connection(disk.path("a.db"), kWalAlone);
                    const bool opened = connection.code == SQLITE_OK;
                    verdict.acknowledged = opened ? run_transactions(connection) : 0;
                }
                struck += fired;
                disk.on_call = nullptr;
                disk.crash(CrashKeeps::Nothing, at);
                Connection after(disk.path("a.db"), kWalAlone);
                ASSERT_EQ(after.text("PRAGMA integrity_check"), "ok");
                if (verdict.acknowledged > 0) {
                    EXPECT_GE(std::stoi(after.text("SELECT count(*) FROM t")), verdict.acknowledged)
                        << static_cast<int>(op) << " " << at;
                }
            }
            EXPECT_GT(struck, 0u) << static_cast<int>(fault) << " " << static_cast<int>(op);
        }
    }
}

TEST_F(MemoryVfs, AFlippedBitIsFoundWhenTheFileIsOpened) {
    std::size_t refused = 0;
    for (std::uint64_t seed = 1; seed <= 40; ++seed) {
        MemoryDisk disk("/memory/flip");
        {
            Connection one(disk.path("a.db"), kWalAlone);
            ASSERT_TRUE(
                one.run("CREATE TABLE t(n); CREATE INDEX i ON t(n); WITH RECURSIVE c(n) AS "
                        "(SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < 500) INSERT "
                        "INTO t SELECT n * 1000 FROM c"));
        }
        ASSERT_TRUE(disk.flip_bit("a.db", seed));
        Connection after(disk.path("a.db"));
        refused += after.text("PRAGMA integrity_check") != "ok";
    }
    EXPECT_GT(refused, 0u);
}

TEST_F(MemoryVfs, AnImageIsAStartForManyDisks) {
    FileImage prepared;
    {
        MemoryDisk disk("/memory/prepared");
        {
            Connection one(disk.path("a.db"), kWal);
            ASSERT_TRUE(one.run("CREATE TABLE t(x); INSERT INTO t VALUES('first')"));
        }
        prepared = disk.image("a.db");
    }
    for (int i = 0; i < 3; ++i) {
        MemoryDisk disk("/memory/copy");
        disk.put("a.db", prepared);
        Connection one(disk.path("a.db"), kWal);
        ASSERT_TRUE(one.run("INSERT INTO t VALUES('second')"));
        EXPECT_EQ(one.text("SELECT count(*) FROM t"), "2");
        disk.crash(CrashKeeps::Nothing, 1);
        Connection two(disk.path("a.db"), kWal);
        EXPECT_EQ(two.text("SELECT count(*) FROM t"), "2");
    }
}

TEST_F(MemoryVfs, TakesTimeAndChanceFromTheTest) {
    set_vfs_clock([] { return std::int64_t{1'800'000'000'123}; });
    MemoryDisk disk("/memory/time");
    Connection one(disk.path("a.db"));
    EXPECT_EQ(one.text("SELECT strftime('%Y-%m-%dT%H:%M:%fZ','now')"), "2027-01-15T08:00:00.123Z");
    reseed_sqlite(5);
    const std::string first = one.text("SELECT hex(randomblob(8))");
    reseed_sqlite(5);
    EXPECT_EQ(one.text("SELECT hex(randomblob(8))"), first);
    reseed_sqlite(6);
    EXPECT_NE(one.text("SELECT hex(randomblob(8))"), first);
    set_vfs_clock(nullptr);
}

TEST_F(MemoryVfs, ConnectionsMayOutliveTheirDisk) {
    auto disk = std::make_unique<MemoryDisk>("/memory/gone");
    Connection one(disk->path("a.db"), kWal);
    ASSERT_TRUE(one.run("CREATE TABLE t(x)"));
    disk.reset();
    EXPECT_FALSE(one.run("INSERT INTO t VALUES(1)"));
}

}  // namespace
}  // namespace liaison::sim
