#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <iostream>

#include "storage/sql_sync_store.hpp"
#include "storage/sqlite_database.hpp"
#include "tests/storage/sqlite_beds.hpp"

// Every verb is stopped at every statement, and every directory is copied as a crash would leave it.
namespace liaison::storage {
namespace {

using store_suite::CountingEntropy;
using store_suite::InlineWorker;
using store_suite::must;
using store_suite::ScratchDirectory;
using store_suite::SetClock;
using store_suite::wait_for;

/// Fails one statement: the n-th from now on, as a full disk would. ROLLBACK always works.
class FailingDatabase final : public Database {
public:
    explicit FailingDatabase(std::shared_ptr<Database> inner) : inner_(std::move(inner)) {}
    void fail_at(int statement) { left_ = statement; }
    void never_fail() { left_ = 0; }
    bool has_failed() const { return failed_; }

    std::unique_ptr<Rows> query(std::string_view sql, std::initializer_list<Parameter> parameters) override {
        count(sql);
        return inner_->query(sql, parameters);
    }
    std::int64_t execute(std::string_view sql, std::initializer_list<Parameter> parameters) override {
        count(sql);
        return inner_->execute(sql, parameters);
    }
    void run_script(std::string_view sql) override { inner_->run_script(sql); }
    std::string_view row_id_ddl() const override { return inner_->row_id_ddl(); }

private:
    void count(std::string_view sql) {
        if (sql == "ROLLBACK" || left_ == 0) return;
        failed_ = false;
        if (--left_ == 0) {
            failed_ = true;
            broken("the disk is full", "SQLITE_FULL");
        }
    }
    std::shared_ptr<Database> inner_;
    int left_ = 0;
    bool failed_ = false;
};

/// Everything that is stored, as text.
std::string dump(Database& database) {
    std::vector<std::string> tables;
    {
        const auto rows =
            database.query("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name");
        while (rows->next()) tables.push_back(rows->bytes(0));
    }
    std::string out;
    for (const std::string& table : tables) {
        std::string columns;
        {
            const auto rows = database.query("SELECT name FROM pragma_table_info('" + table + "')");
            while (rows->next()) columns += (columns.empty() ? "quote(" : "||','||quote(") + rows->bytes(0) + ")";
        }
        out += "== " + table + "\n";
        const auto rows = database.query("SELECT " + columns + " FROM " + table + " ORDER BY 1");
        while (rows->next()) out += rows->bytes(0) + "\n";
    }
    return out;
}

Record errand(std::string subject) {
    Record record(EntityKind::Task);
    record.set(Field::Subject, std::move(subject));
    return record;
}
Observation shown(std::string key, std::string version, std::string subject) {
    Observation out;
    out.key = ItemKey(std::move(key));
    out.version = Version(std::move(version));
    out.content = errand(std::move(subject));
    return out;
}

const PairId kDesk("alice@example.test/task");
const Date kDay{std::chrono::year(2026), std::chrono::month(11), std::chrono::day(25)};

/// A whole life of a pair and a mailbox, as steps. A step may read what earlier steps stored.
struct Step {
    std::string name;
    std::function<Result<void>(Stores&, Timestamp)> run;
};

template <class T>
Result<void> only_error(Result<T> result) {
    if (!result) return std::unexpected(result.error());
    return {};
}

Plan first_plan(const Picture& picture) {
    Plan plan;
    LinkId next = picture.next_link;
    for (const Observation& free : picture.free_crm) {
        OpenLink open;
        open.link = next;
        open.token = CorrelationToken{"crm", "task", free.key.str(), "n" + std::to_string(next.value())};
        open.source = Side::Crm;
        open.source_key = free.key;
        open.source_version = free.version;
        open.source_shadow = *free.record();
        plan.changes.emplace_back(open);
        Operation create;
        create.link = next;
        create.target = *free.record();
        create.token = open.token;
        plan.operations.push_back(create);
        next = LinkId(next.value() + 1);
    }
    Conflict conflict;
    conflict.link = picture.next_link;
    plan.conflicts.push_back(conflict);
    for (const Observation& free : picture.free_exchange) {
        ParkedItem parked;
        parked.key = free.key;
        parked.version = free.version;
        parked.reason_code = "series";
        plan.parked.push_back(parked);
    }
    HeldPlan held;
    held.hash = "h1";
    plan.held = held;
    plan.next_link = next;
    return plan;
}

Settlement created(const Operation& operation, const std::string& key) {
    Settlement done;
    done.operation = operation.id;
    done.link = operation.link;
    BindItem bind;
    bind.link = operation.link;
    bind.key = ItemKey(key);
    bind.version = Version("e1");
    bind.shadow = operation.target;
    done.changes = {bind};
    Observation observed = shown(key, "e1", "");
    observed.content = operation.target;
    done.observed = observed;
    return done;
}

std::vector<Step> whole_life() {
    std::vector<Step> steps;
    auto add = [&](std::string name, std::function<Result<void>(Stores&, Timestamp)> run) {
        steps.push_back({std::move(name), std::move(run)});
    };
    add("absorb CRM page", [](Stores& s, Timestamp) {
        ChangePage page{{shown("C1", "1", "one"), shown("C2", "1", "two")}, Cursor("crm-1"), true, true};
        return wait_for(s.sync->absorb_page(kDesk, Side::Crm, page));
    });
    add("absorb Exchange page", [](Stores& s, Timestamp) {
        ChangePage page{{shown("E9", "1", "own")}, Cursor("ex-1"), true, true};
        return wait_for(s.sync->absorb_page(kDesk, Side::Exchange, page));
    });
    add("load", [](Stores& s, Timestamp) { return only_error(wait_for(s.sync->load_picture(kDesk, kDay, false))); });
    add("commit", [](Stores& s, Timestamp) {
        // The picture is read again here so that the step stands alone after a restart.
        const Result<Picture> picture = wait_for(s.sync->load_picture(kDesk, kDay, false));
        if (!picture) return only_error(picture);
        return wait_for(s.sync->commit_plan(kDesk, first_plan(*picture)));
    });
    add("mark sent", [](Stores& s, Timestamp now) {
        const auto due = wait_for(s.sync->due_operations(kDesk, now, 10));
        if (!due) return only_error(due);
        std::vector<OperationId> ids;
        for (const Operation& operation : *due) ids.push_back(operation.id);
        return wait_for(s.sync->mark_sent(kDesk, ids));
    });
    add("settle", [](Stores& s, Timestamp) {
        const auto sent = wait_for(s.sync->sent_operations(kDesk));
        if (!sent) return only_error(sent);
        std::vector<Settlement> settlements;
        for (const Operation& operation : *sent)
            settlements.push_back(created(operation, "E" + std::to_string(operation.id.value())));
        if (settlements.size() == 2) {
            settlements[1].what = Settlement::What::Rejected;
            settlements[1].changes.clear();
            settlements[1].observed.reset();
            settlements[1].error = Error{ErrorKind::InvalidRequest, "refused", "", {}};
        }
        return wait_for(s.sync->settle(kDesk, settlements));
    });
    add("approve", [](Stores& s, Timestamp) { return wait_for(s.sync->approve_held(kDesk, "h1", "ann")); });
    add("retry parked", [](Stores& s, Timestamp) { return wait_for(s.sync->retry_parked(1)); });
    add("snapshot that shows nothing", [](Stores& s, Timestamp) {
        ChangePage page{{}, Cursor("ex-2"), true, true};
        return wait_for(s.sync->absorb_page(kDesk, Side::Exchange, page));
    });
    add("unlink", [](Stores& s, Timestamp) {
        const Result<Picture> picture = wait_for(s.sync->load_picture(kDesk, kDay, true));
        if (!picture) return only_error(picture);
        Plan plan;
        plan.changes = {Unlink{picture->links.at(0).link.id, Reason::GoneInExchange}};
        return wait_for(s.sync->commit_plan(kDesk, plan));
    });
    add("pause", [](Stores& s, Timestamp) { return wait_for(s.sync->set_paused(kDesk, true)); });
    add("back off", [](Stores& s, Timestamp now) { return wait_for(s.sync->set_not_before(kDesk, now, "busy")); });
    add("reset cursor", [](Stores& s, Timestamp) { return wait_for(s.sync->reset_cursor(kDesk, Side::Crm)); });
    const MailboxId box("alice@example.test");
    const FolderId folder("f");
    add("absorb mail", [=](Stores& s, Timestamp now) {
        MessagePage page{{{ItemKey("M1"), Version("1"), false}, {ItemKey("M2"), Version("1"), false}}, Cursor("m"), true, true};
        return wait_for(s.mail->absorb_messages(box, folder, page, now));
    });
    add("decide mail", [](Stores& s, Timestamp) {
        MailDecision log;
        log.outcome = MailOutcome::Log;
        log.identity = MessageIdentity("i1");
        MailDecision unmatched;
        std::vector<DecidedMail> list = {{1, IntakeState::ToLog, log}, {2, IntakeState::Done, unmatched}};
        return wait_for(s.mail->commit_decisions(list));
    });
    add("log mail", [](Stores& s, Timestamp) {
        MailProgress one;
        one.row = 1;
        one.moved_to = ItemKey("M1-moved");
        one.version = Version("2");
        one.interaction_ids = {"I1"};
        std::vector<MailProgress> list = {one};
        return wait_for(s.mail->record_progress(list));
    });
    add("retry unmatched", [=](Stores& s, Timestamp) { return only_error(wait_for(s.mail->retry_unmatched(box, "r2"))); });
    add("replace rules", [](Stores& s, Timestamp now) {
        return only_error(wait_for(s.mail->replace_rules("tenant", 0, "{}", "ann", now)));
    });
    return steps;
}

TEST(Interruption, AVerbThatFailsAtAnyStatementStoresNothing) {
    SetClock clock;
    InlineWorker worker;
    CountingEntropy entropy;
    auto inner = open_sqlite_in_memory().value();
    auto failing = std::make_shared<FailingDatabase>(inner);
    Stores stores = make_stores(failing, worker, entropy, clock).value();
    std::size_t interruptions = 0;
    for (const Step& step : whole_life()) {
        const std::string before = dump(*inner);
        for (int statement = 1; statement < 500; ++statement) {
            failing->fail_at(statement);
            const Result<void> result = step.run(stores, clock.now());
            const bool failed = failing->has_failed();
            failing->never_fail();
            if (!failed) {
                ASSERT_TRUE(result) << step.name << ": " << result.error().message;
                break;
            }
            ++interruptions;
            ASSERT_FALSE(result) << step.name << " swallowed the failure of statement " << statement;
            EXPECT_EQ(result.error().kind, ErrorKind::Internal);
            ASSERT_EQ(dump(*inner), before) << step.name << " left something at statement " << statement;
        }
    }
    EXPECT_GT(interruptions, 150u);
    std::cout << "interruptions=" << interruptions << "\n";
    EXPECT_TRUE(must(stores.upkeep->verify_journal()).whole());
    const std::vector<PairSummary> summaries = must(stores.sync->summaries());
    ASSERT_EQ(summaries.size(), 1u);
    EXPECT_EQ(summaries[0].links, 1u);
}

void copy_database(const std::string& from, const std::string& to) {
    namespace fs = std::filesystem;
    fs::copy_file(from, to, fs::copy_options::overwrite_existing);
    fs::remove(to + "-wal");
    if (fs::exists(from + "-wal")) fs::copy_file(from + "-wal", to + "-wal");
}

TEST(Interruption, ACrashAfterAnyVerbFindsAllOfIt) {
    SetClock clock;
    InlineWorker worker;
    CountingEntropy entropy;
    const ScratchDirectory directory;
    const ScratchDirectory crashed;
    auto database = open_sqlite(directory.file()).value();
    Stores stores = make_stores(database, worker, entropy, clock).value();
    for (const Step& step : whole_life()) {
        ASSERT_TRUE(step.run(stores, clock.now())) << step.name;
        copy_database(directory.file(), crashed.file());
        auto found = open_sqlite(crashed.file()).value();
        EXPECT_EQ(dump(*found), dump(*database)) << step.name;
    }
}

TEST(Interruption, ALogThatIsCutAnywhereLeavesWholeVerbs) {
    SetClock clock;
    InlineWorker worker;
    CountingEntropy entropy;
    const ScratchDirectory directory;
    const ScratchDirectory crashed;
    auto database = open_sqlite(directory.file()).value();
    Stores stores = make_stores(database, worker, entropy, clock).value();
    std::set<std::string> states = {dump(*database)};
    const auto schema_bytes = std::filesystem::file_size(directory.file() + "-wal");
    for (const Step& step : whole_life()) {
        ASSERT_TRUE(step.run(stores, clock.now())) << step.name;
        states.insert(dump(*database));
    }
    const auto whole = std::filesystem::file_size(directory.file() + "-wal");
    ASSERT_GT(whole, schema_bytes);
    std::set<std::string> reached;
    for (std::uintmax_t size = schema_bytes; size <= whole; size += 3'001) {
        copy_database(directory.file(), crashed.file());
        std::filesystem::resize_file(crashed.file() + "-wal", size);
        auto found = open_sqlite(crashed.file()).value();
        const std::string state = dump(*found);
        ASSERT_TRUE(states.contains(state)) << "a state between two verbs, cut at " << size;
        reached.insert(state);
    }
    EXPECT_GT(reached.size(), 10u);
}

TEST(Journal, EveryKindOfTamperingIsFound) {
    const std::string_view damages[] = {
        "UPDATE journal SET detail = '{}' WHERE sequence = 2",
        "UPDATE journal SET reason = 'gone_in_crm' WHERE sequence = 1",
        "UPDATE journal SET at = at + 1 WHERE sequence = 3",
        "DELETE FROM journal WHERE sequence = 2",
        "DELETE FROM journal WHERE sequence = (SELECT MAX(sequence) FROM journal)",
        "DELETE FROM journal WHERE sequence = 1",
        "DELETE FROM journal",
        "UPDATE journal SET hash = 'x' WHERE sequence = 2",
        "INSERT INTO journal SELECT sequence + 100, at, pair, event, link, operation, reason, detail, hash FROM journal "
        "WHERE sequence = 1",
        "UPDATE meta SET value = '1 x' WHERE name = 'journal_head'"};
    for (const std::string_view damage : damages) {
        SetClock clock;
        InlineWorker worker;
        CountingEntropy entropy;
        auto database = open_sqlite_in_memory().value();
        Stores stores = make_stores(database, worker, entropy, clock).value();
        for (const Step& step : whole_life()) ASSERT_TRUE(step.run(stores, clock.now())) << step.name;
        const JournalReport before = must(stores.upkeep->verify_journal());
        ASSERT_TRUE(before.whole());
        ASSERT_GT(before.entries, 5);
        database->execute(damage);
        const JournalReport after = must(stores.upkeep->verify_journal());
        EXPECT_FALSE(after.whole()) << damage;
    }
}

TEST(SyncStoreRate, TenThousandObservationsInPagesOf512) {
    SetClock clock;
    InlineWorker worker;
    CountingEntropy entropy;
    const ScratchDirectory directory;
    Stores stores = open_stores(directory.str(), worker, entropy, clock).value();
    constexpr std::size_t kItems = 10'000;
    auto pages = [&](const std::string& version) {
        std::vector<ChangePage> out;
        for (std::size_t i = 0; i < kItems; ++i) {
            if (i % 512 == 0) out.emplace_back();
            Observation one = shown(std::string(140, 'K') + std::to_string(i), std::string(40, 'v') + version, "x");
            Record record = errand("Call customer number " + std::to_string(i));
            record.set(Field::Body, std::string(600, 'b'));
            record.set(Field::DueDate, kDay);
            one.content = record;
            out.back().observations.push_back(std::move(one));
            out.back().next = Cursor(std::to_string(i));
            out.back().is_last = i + 1 == kItems;
        }
        return out;
    };
    auto absorb_all = [&](const char* what, std::vector<ChangePage> list) {
        const auto start = std::chrono::steady_clock::now();
        for (ChangePage& page : list) must(stores.sync->absorb_page(kDesk, Side::Exchange, std::move(page)));
        const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
        std::cout << what << ": " << static_cast<int>(static_cast<double>(kItems) / seconds) << " observations/s\n";
    };
    absorb_all("new", pages("1"));
    absorb_all("echo", pages("1"));
    absorb_all("changed version", pages("2"));
    const auto start = std::chrono::steady_clock::now();
    const Picture picture = must(stores.sync->load_picture(kDesk, kDay, false));
    const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    std::cout << "load_picture of " << picture.free_exchange.size() << " free items: " << seconds << " s\n";
    EXPECT_EQ(picture.free_exchange.size(), kItems);
}

}  // namespace
}  // namespace liaison::storage
