#pragma once
#include "tests/conformance/store_suite_kit.hpp"

/// The fixture of the SyncStore suite.
namespace liaison::store_suite {

inline const PairId kPair("alice@example.test/task");
inline const Date kToday = Date{std::chrono::year(2026), std::chrono::month(11), std::chrono::day(25)};

inline Record task(std::string subject) {
    Record record(EntityKind::Task);
    record.set(Field::Subject, std::move(subject));
    record.set(Field::Status, std::string("not_started"));
    return record;
}

inline Observation seen(std::string key, std::string version, std::string subject, int minute = 1) {
    Observation out;
    out.key = ItemKey(std::move(key));
    out.version = Version(std::move(version));
    out.modified_at = Timestamp(std::chrono::milliseconds(1'795'000'000'000)) + std::chrono::minutes(minute);
    out.content = task(std::move(subject));
    return out;
}
inline Observation gone(std::string key, bool confirmed) {
    Observation out;
    out.key = ItemKey(std::move(key));
    out.content = Tombstone{confirmed};
    return out;
}
inline ChangePage page_of(std::vector<Observation> observations, std::string next, bool last = true,
                          bool snapshot = false) {
    return ChangePage{std::move(observations), Cursor(std::move(next)), last, snapshot};
}
inline CorrelationToken token_of(LinkId link) {
    return CorrelationToken{"crm", "task", "T" + std::to_string(link.value()), "epoch-" + std::to_string(link.value())};
}

class SyncStoreSuite : public testing::TestWithParam<StoreBedMaker> {
protected:
    void SetUp() override { bed_ = GetParam().make(); }

    SyncStore& sync() { return *bed_->stores(picture_under_way_).sync; }
    void absorb(Side side, ChangePage page) { must(sync().absorb_page(kPair, side, std::move(page))); }
    void absorb_one(Side side, Observation observation) {
        std::vector<Observation> list(1, std::move(observation));
        must(sync().absorb_items(kPair, side, std::move(list)));
    }
    Picture load(bool everything = false) {
        Picture picture = must(sync().load_picture(kPair, kToday, everything));
        picture_under_way_ = true;
        return picture;
    }
    void commit(Plan plan) {
        must(sync().commit_plan(kPair, std::move(plan)));
        picture_under_way_ = false;
    }
    Result<void> try_commit(Plan plan) {
        Result<void> result = wait_for(sync().commit_plan(kPair, std::move(plan)));
        picture_under_way_ = false;
        return result;
    }
    void settle(Settlement settlement) {
        std::vector<Settlement> list(1, std::move(settlement));
        must(sync().settle(kPair, std::move(list)));
    }
    Link link(LinkId id) {
        std::vector<Link> found = must(sync().links(kPair, {id}));
        EXPECT_EQ(found.size(), 1u);
        return found.empty() ? Link{} : found.front();
    }
    /// A link whose two items are known, agreed and looked at.
    LinkId linked(const std::string& crm_key, const std::string& exchange_key, const std::string& subject) {
        absorb_one(Side::Crm, seen(crm_key, "c1", subject));
        absorb_one(Side::Exchange, seen(exchange_key, "e1", subject));
        const Picture picture = load();
        Plan plan;
        OpenLink open;
        open.link = picture.next_link;
        open.token = token_of(open.link);
        open.source = Side::Crm;
        open.source_key = ItemKey(crm_key);
        open.source_version = Version("c1");
        open.source_shadow = task(subject);
        BindItem bind;
        bind.link = open.link;
        bind.side = Side::Exchange;
        bind.key = ItemKey(exchange_key);
        bind.version = Version("e1");
        bind.shadow = task(subject);
        plan.changes = {open, bind};
        plan.next_link = LinkId(open.link.value() + 1);
        commit(plan);
        load();
        commit({});
        return open.link;
    }
    Operation update_of(LinkId id, Side side, const std::string& key, const std::string& version,
                        const std::string& subject) {
        Operation op;
        op.link = id;
        op.side = side;
        op.kind = OperationKind::Update;
        op.reason = Reason::ChangedInCrm;
        op.key = ItemKey(key);
        op.expected_version = Version(version);
        op.target = task(subject);
        op.patch = {{Field::Subject, Value(subject)}};
        op.before = task("before");
        op.source = task(subject);
        op.source_version = Version("c2");
        return op;
    }
    Operation queue(Operation op) {
        Plan plan;
        plan.operations = {std::move(op)};
        commit(plan);
        std::vector<Operation> due = must(sync().due_operations(kPair, bed_->clock.now(), 10));
        EXPECT_EQ(due.size(), 1u);
        return due.empty() ? Operation{} : due.back();
    }
    std::vector<std::string> events() {
        std::vector<std::string> out;
        for (const JournalEntry& entry : must(sync().journal(0, 1'000))) out.push_back(entry.event);
        return out;
    }
    static std::vector<std::string> keys(const std::vector<Observation>& list) {
        std::vector<std::string> out;
        for (const Observation& observation : list) out.push_back(observation.key.str());
        return out;
    }

    std::unique_ptr<StoreBed> bed_;
    bool picture_under_way_ = false;
};

using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

}  // namespace liaison::store_suite
