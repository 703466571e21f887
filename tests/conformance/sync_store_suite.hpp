#pragma once
#include "tests/conformance/store_suite_kit.hpp"

/// What every SyncStore promises. Include in one file of an adapter's tests and instantiate with its beds.
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

TEST_P(SyncStoreSuite, EpochIsDrawnOnce) {
    const std::string epoch = must(sync().epoch());
    EXPECT_EQ(epoch.size(), 16u);
    EXPECT_EQ(must(sync().epoch()), epoch);
    EXPECT_EQ(load().epoch, epoch);
}

TEST_P(SyncStoreSuite, PairStateRemembersPauseAndBackOff) {
    EXPECT_FALSE(must(sync().pair_state(kPair)).paused);
    must(sync().set_paused(kPair, true));
    const Timestamp later = bed_->clock.now() + std::chrono::minutes(5);
    must(sync().set_not_before(kPair, later, "throttled"));
    const PairState state = must(sync().pair_state(kPair));
    EXPECT_TRUE(state.paused);
    EXPECT_EQ(state.not_before, later);
    EXPECT_EQ(state.last_error, "throttled");
    load();
    commit({});
    EXPECT_EQ(must(sync().pair_state(kPair)).last_error, "");
    EXPECT_EQ(must(sync().pair_state(kPair)).last_success, bed_->clock.now());
    must(sync().set_paused(kPair, true));  // no news
    must(sync().set_paused(kPair, false));
    EXPECT_THAT(events(), ElementsAre("paused", "resumed"));
}

TEST_P(SyncStoreSuite, APageStoresObservationsAndCursorTogether) {
    absorb(Side::Crm, page_of({seen("C1", "1", "one")}, "cursor-1", false));
    PairState state = must(sync().pair_state(kPair));
    EXPECT_EQ(state.crm_cursor, Cursor("cursor-1"));
    EXPECT_FALSE(state.crm_complete);
    absorb(Side::Crm, page_of({seen("C2", "1", "two")}, std::string("cursor\0two", 10), true));
    state = must(sync().pair_state(kPair));
    EXPECT_EQ(state.crm_cursor, Cursor(std::string("cursor\0two", 10)));
    EXPECT_TRUE(state.crm_complete);
    EXPECT_FALSE(state.exchange_complete);
    const Picture picture = load();
    EXPECT_EQ(picture.kind, EntityKind::Task);
    EXPECT_THAT(keys(picture.free_crm), ElementsAre("C1", "C2"));
    EXPECT_EQ(picture.free_crm[0], seen("C1", "1", "one"));
    commit({});
    EXPECT_FALSE(must(sync().pair_state(kPair)).crm_complete);
}

TEST_P(SyncStoreSuite, EveryContentOfAnObservationComesBack) {
    Observation bad = seen("E1", "1", "x");
    bad.content = Unreadable{"series", "a series of a kind we cannot mirror"};
    bad.token = token_of(LinkId(7));
    absorb_one(Side::Exchange, bad);
    const Picture picture = load();
    ASSERT_THAT(picture.free_exchange, SizeIs(1));
    EXPECT_EQ(picture.free_exchange[0], bad);
}

TEST_P(SyncStoreSuite, KeysThatDifferOnlyInCaseAreTwoItems) {
    absorb(Side::Exchange, page_of({seen("AAMk", "1", "one"), seen("aaMk", "1", "two")}, "c"));
    EXPECT_THAT(load().free_exchange, SizeIs(2));
}

TEST_P(SyncStoreSuite, WhatWasShownIsNotShownAgain) {
    absorb_one(Side::Crm, seen("C1", "1", "one"));
    EXPECT_THAT(load().free_crm, SizeIs(1));
    EXPECT_THAT(load().free_crm, SizeIs(1)) << "loading alone clears nothing";
    commit({});
    EXPECT_THAT(load().free_crm, IsEmpty());
    EXPECT_THAT(load(true).free_crm, SizeIs(1));
}

TEST_P(SyncStoreSuite, AnEqualObservationTouchesNothing) {
    linked("C1", "E1", "one");
    absorb(Side::Exchange, page_of({seen("E1", "e1", "one")}, "again"));
    EXPECT_THAT(load().links, IsEmpty());
}

TEST_P(SyncStoreSuite, ANewVersionOfTheSameContentIsShownOnce) {
    const LinkId id = linked("C1", "E1", "one");
    absorb(Side::Exchange, page_of({seen("E1", "e2", "one", 2)}, "again"));
    const Picture picture = load();
    ASSERT_THAT(picture.links, SizeIs(1));
    EXPECT_EQ(picture.links[0].link.id, id);
    EXPECT_EQ(picture.links[0].exchange->version, Version("e2"));
    Plan plan;
    AdvanceShadow advance;
    advance.link = id;
    advance.side = Side::Exchange;
    advance.version = Version("e2");
    plan.changes = {advance};
    commit(plan);
    EXPECT_THAT(load().links, IsEmpty());
    EXPECT_EQ(link(id).exchange->version, Version("e2"));
    EXPECT_EQ(link(id).exchange->shadow, task("one")) << "an absent shadow stays";
}

TEST_P(SyncStoreSuite, AnOlderObservationNeverReplacesANewerOne) {
    absorb_one(Side::Exchange, seen("E1", "v2", "new", 20));
    load();
    commit({});
    absorb_one(Side::Exchange, seen("E1", "v1", "old", 10));
    EXPECT_THAT(load().free_exchange, IsEmpty());
    EXPECT_EQ(load(true).free_exchange[0].version, Version("v2"));
    commit({});
    absorb_one(Side::Exchange, seen("E1", "v2", "other words, same version", 20));
    EXPECT_THAT(load().free_exchange, IsEmpty()) << "same version, same state";
    commit({});
    absorb_one(Side::Exchange, seen("E1", "v3", "newest", 30));
    EXPECT_THAT(load().free_exchange, SizeIs(1));
}

TEST_P(SyncStoreSuite, WithoutTimesTheLastObservationWins) {
    Observation first = seen("E1", "v1", "one");
    first.modified_at = {};
    Observation second = seen("E1", "v2", "two");
    second.modified_at = {};
    absorb(Side::Exchange, page_of({first, second}, "c"));
    EXPECT_EQ(load().free_exchange[0].version, Version("v2"));
}

TEST_P(SyncStoreSuite, TheNewerOfTwoStatesInOnePageWinsInAnyOrder) {
    absorb(Side::Exchange, page_of({seen("E1", "v2", "new", 20), seen("E1", "v1", "old", 10)}, "c"));
    const Picture picture = load();
    ASSERT_THAT(picture.free_exchange, SizeIs(1));
    EXPECT_EQ(picture.free_exchange[0].version, Version("v2"));
}

TEST_P(SyncStoreSuite, AnItemOutOfScopeIsShownWithItsLinkAndComesBackByTheSameVersion) {
    const LinkId id = linked("C1", "E1", "one");
    Observation out = seen("C1", "c1", "one");
    out.content = OutOfScope{};
    absorb_one(Side::Crm, out);
    Picture picture = load();
    ASSERT_THAT(picture.links, SizeIs(1));
    EXPECT_TRUE(std::holds_alternative<OutOfScope>(picture.links[0].crm->content));
    commit({});
    absorb_one(Side::Crm, seen("C1", "c1", "one"));
    picture = load();
    ASSERT_THAT(picture.links, SizeIs(1));
    EXPECT_EQ(picture.links[0].link.id, id);
    EXPECT_TRUE(picture.links[0].crm->record());
}

TEST_P(SyncStoreSuite, ATombstoneWaitsForItsConfirmation) {
    const LinkId id = linked("C1", "E1", "one");
    absorb(Side::Exchange, page_of({gone("E1", false)}, "c"));
    auto pending = must(sync().unconfirmed(kPair, Side::Exchange));
    ASSERT_THAT(pending, SizeIs(1));
    EXPECT_EQ(pending[0].first, ItemKey("E1"));
    EXPECT_EQ(pending[0].second, token_of(id));
    EXPECT_THAT(must(sync().unconfirmed(kPair, Side::Crm)), IsEmpty());
    Picture picture = load();
    ASSERT_THAT(picture.links, SizeIs(1));
    EXPECT_EQ(picture.links[0].exchange->content, (decltype(Observation::content)(Tombstone{false})));
    commit({});
    EXPECT_THAT(must(sync().unconfirmed(kPair, Side::Exchange)), SizeIs(1)) << "a commit confirms nothing";

    absorb_one(Side::Exchange, gone("E1", true));
    EXPECT_THAT(must(sync().unconfirmed(kPair, Side::Exchange)), IsEmpty());
    picture = load();
    ASSERT_THAT(picture.links, SizeIs(1));
    EXPECT_EQ(picture.links[0].exchange->content, (decltype(Observation::content)(Tombstone{true})));
    EXPECT_EQ(picture.links[0].exchange->modified_at, seen("E1", "e1", "one").modified_at) << "kept for law 6";
    commit({});
    absorb_one(Side::Exchange, gone("E1", false));
    absorb_one(Side::Exchange, seen("E1", "e1", "one"));  // a feed that lags
    absorb_one(Side::Exchange, seen("E1", "e0", "older", 0));
    EXPECT_THAT(load().links, IsEmpty()) << "a confirmed tombstone stays";
}

TEST_P(SyncStoreSuite, AReadThatFindsTheItemTakesTheTombstoneBack) {
    linked("C1", "E1", "one");
    absorb(Side::Exchange, page_of({gone("E1", false)}, "c"));
    absorb_one(Side::Exchange, seen("E1", "e1", "one"));
    EXPECT_THAT(must(sync().unconfirmed(kPair, Side::Exchange)), IsEmpty());
    const Picture picture = load();
    ASSERT_THAT(picture.links, SizeIs(1));
    EXPECT_TRUE(picture.links[0].exchange->record());
}

TEST_P(SyncStoreSuite, ATombstoneOfAnUnknownOrFreeItemIsNoWork) {
    absorb(Side::Exchange, page_of({gone("E9", false)}, "c"));
    absorb_one(Side::Exchange, seen("E1", "1", "one"));
    absorb_one(Side::Exchange, gone("E1", false));
    EXPECT_THAT(load(true).free_exchange, IsEmpty());
    EXPECT_THAT(must(sync().unconfirmed(kPair, Side::Exchange)), IsEmpty());
}

TEST_P(SyncStoreSuite, ASnapshotSweepsWhatItDoesNotShow) {
    linked("C1", "E1", "one");
    linked("C2", "E2", "two");
    absorb_one(Side::Exchange, seen("E3", "1", "three"));
    must(sync().reset_cursor(kPair, Side::Exchange));
    EXPECT_EQ(must(sync().pair_state(kPair)).exchange_cursor, Cursor());
    absorb(Side::Exchange, page_of({seen("E1", "e1", "one")}, "p1", false, true));
    EXPECT_THAT(must(sync().unconfirmed(kPair, Side::Exchange)), IsEmpty()) << "half a snapshot shows no absence";
    absorb_one(Side::Exchange, seen("E4", "1", "made by us meanwhile"));
    absorb(Side::Exchange, page_of({seen("E5", "1", "five")}, "p2", true, true));
    const auto pending = must(sync().unconfirmed(kPair, Side::Exchange));
    ASSERT_THAT(pending, SizeIs(1));
    EXPECT_EQ(pending[0].first, ItemKey("E2"));
    const Picture picture = load();
    EXPECT_THAT(keys(picture.free_exchange), ElementsAre("E4", "E5"));
    EXPECT_TRUE(must(sync().pair_state(kPair)).exchange_complete);
}

TEST_P(SyncStoreSuite, AnEmptyOrAbandonedSnapshotConfirmsNothing) {
    linked("C1", "E1", "one");
    absorb(Side::Exchange, page_of({}, "p1", false, true));
    absorb(Side::Exchange, page_of({}, "delta", true, false));  // the snapshot was given up
    EXPECT_THAT(must(sync().unconfirmed(kPair, Side::Exchange)), IsEmpty());
    absorb(Side::Exchange, page_of({}, "p1", true, true));
    EXPECT_THAT(must(sync().unconfirmed(kPair, Side::Exchange)), SizeIs(1)) << "a candidate, no more";
    const Picture picture = load();
    ASSERT_THAT(picture.links, SizeIs(1));
    EXPECT_FALSE(std::get<Tombstone>(picture.links[0].exchange->content).confirmed);
}

TEST_P(SyncStoreSuite, TwoSnapshotsRunningEachSweepOnTheirOwn) {
    linked("C1", "E1", "one");
    for (int round = 0; round < 2; ++round) {
        must(sync().reset_cursor(kPair, Side::Exchange));
        absorb(Side::Exchange, page_of({seen("E1", "e1", "one")}, "p", true, true));
        EXPECT_THAT(must(sync().unconfirmed(kPair, Side::Exchange)), IsEmpty());
    }
    must(sync().reset_cursor(kPair, Side::Exchange));
    absorb(Side::Exchange, page_of({}, "p", true, true));
    EXPECT_THAT(must(sync().unconfirmed(kPair, Side::Exchange)), SizeIs(1));
}

TEST_P(SyncStoreSuite, OpenAndBindMakeALinkWithBothSides) {
    const LinkId id = linked("C1", "E1", "one");
    const Link made = link(id);
    EXPECT_EQ(made.token, token_of(id));
    ASSERT_TRUE(made.crm && made.exchange);
    EXPECT_EQ(made.crm->key, ItemKey("C1"));
    EXPECT_EQ(made.exchange->version, Version("e1"));
    EXPECT_EQ(made.exchange->shadow, task("one"));
    const Picture all = load(true);
    ASSERT_THAT(all.links, SizeIs(1));
    EXPECT_EQ(all.links[0].crm->key, ItemKey("C1"));
    EXPECT_EQ(all.links[0].exchange->key, ItemKey("E1"));
    EXPECT_EQ(all.tokens.at(token_of(id).str()), id);
    EXPECT_EQ(all.totals.links, 1u);
    EXPECT_THAT(all.free_crm, IsEmpty());
    EXPECT_EQ(all.next_link, LinkId(id.value() + 1));
    EXPECT_THAT(must(sync().links(PairId("bob@example.test/task"), {id})), IsEmpty());
}

TEST_P(SyncStoreSuite, LinkNumbersOfTwoPairsNeverMeet) {
    const LinkId first = load().next_link;
    const Picture other = must(sync().load_picture(PairId("bob@example.test/task"), kToday, false));
    EXPECT_NE(other.next_link, first);
}

TEST_P(SyncStoreSuite, AnItemThatTheFeedShowsLaterFindsItsLinkByKey) {
    absorb_one(Side::Crm, seen("C1", "c1", "one"));
    Plan plan;
    OpenLink open;
    open.link = load().next_link;
    open.token = token_of(open.link);
    open.source = Side::Crm;
    open.source_key = ItemKey("C1");
    open.source_version = Version("c1");
    open.source_shadow = task("one");
    BindItem bind;
    bind.link = open.link;
    bind.key = ItemKey("E1");
    bind.version = Version("e1");
    bind.shadow = task("one");
    plan.changes = {open, bind};
    commit(plan);
    absorb(Side::Exchange, page_of({seen("E1", "e1", "one")}, "c"));
    const Picture picture = load();
    EXPECT_THAT(picture.free_exchange, IsEmpty());
    ASSERT_THAT(picture.links, SizeIs(1));
    EXPECT_EQ(picture.links[0].exchange->key, ItemKey("E1"));
}

TEST_P(SyncStoreSuite, BindingAMovedItemFreesTheOldOne) {
    const LinkId id = linked("C1", "E1", "one");
    Observation moved = seen("E2", "e9", "one", 5);
    moved.token = token_of(id);
    absorb(Side::Exchange, page_of({gone("E1", true), moved}, "c"));
    Picture picture = load();
    ASSERT_THAT(picture.links, SizeIs(1));
    EXPECT_THAT(keys(picture.free_exchange), ElementsAre("E2"));
    EXPECT_EQ(picture.tokens.at(token_of(id).str()), id);
    Plan plan;
    BindItem bind;
    bind.link = id;
    bind.key = ItemKey("E2");
    bind.version = Version("e9");
    bind.shadow = task("one");
    bind.attached = true;
    plan.changes = {bind};
    commit(plan);
    picture = load();
    ASSERT_THAT(picture.links, SizeIs(1)) << "a binding is looked at once more";
    EXPECT_EQ(picture.links[0].exchange->key, ItemKey("E2"));
    EXPECT_TRUE(picture.links[0].link.attached);
    EXPECT_THAT(picture.free_exchange, IsEmpty());
    commit({});
    EXPECT_THAT(load().links, IsEmpty());
}

TEST_P(SyncStoreSuite, ACopyWithTheTokenOfALinkIsShownWithThatLink) {
    const LinkId id = linked("C1", "E1", "one");
    Observation copy = seen("E2", "x", "one");
    copy.token = token_of(id);
    copy.token.crm_id = "stamped later";  // the nonce names the link
    absorb_one(Side::Exchange, copy);
    Picture picture = load();
    ASSERT_THAT(picture.links, SizeIs(1)) << "the link is not touched, but it is claimed";
    EXPECT_EQ(picture.tokens.at(copy.token.str()), id);
    commit({});
    EXPECT_THAT(load().links, IsEmpty());
    absorb_one(Side::Exchange, gone("E1", true));
    picture = load();
    ASSERT_THAT(picture.links, SizeIs(1));
    EXPECT_THAT(keys(picture.free_exchange), ElementsAre("E2")) << "untouched, but it claims a touched link";
}

TEST_P(SyncStoreSuite, UntouchedFreeItemsOfTheOtherSideAreCandidates) {
    absorb_one(Side::Crm, seen("C1", "1", "one"));
    load();
    commit({});
    EXPECT_THAT(load().free_crm, IsEmpty());
    commit({});
    absorb_one(Side::Exchange, seen("E1", "1", "one"));
    const Picture picture = load();
    EXPECT_THAT(keys(picture.free_exchange), ElementsAre("E1"));
    EXPECT_THAT(keys(picture.free_crm), ElementsAre("C1"));
}

TEST_P(SyncStoreSuite, UnlinkedItemsAreNotTakenForNewUntilTheyChange) {
    const LinkId id = linked("C1", "E1", "one");
    absorb_one(Side::Crm, gone("C1", true));
    load();
    Plan plan;
    plan.changes = {Unlink{id, Reason::GoneInCrm}};
    commit(plan);
    EXPECT_THAT(must(sync().links(kPair, {id})), IsEmpty());
    EXPECT_THAT(load(true).free_exchange, IsEmpty());
    commit({});
    absorb(Side::Exchange, page_of({seen("E1", "e1", "one")}, "c"));
    EXPECT_THAT(load(true).free_exchange, IsEmpty());
    commit({});
    absorb(Side::Exchange, page_of({seen("E1", "e2", "edited", 9)}, "c"));
    EXPECT_THAT(load().free_exchange, SizeIs(1));
    EXPECT_EQ(load().totals.removals_24h_exchange, 1u);
    EXPECT_EQ(load().totals.removals_24h_crm, 0u);
}

TEST_P(SyncStoreSuite, AnEditBetweenLoadAndUnlinkIsOfferedAgain) {
    const LinkId id = linked("C1", "E1", "one");
    absorb_one(Side::Crm, gone("C1", true));
    load();
    absorb_one(Side::Exchange, seen("E1", "e2", "edited meanwhile", 9));
    Plan plan;
    plan.changes = {Unlink{id, Reason::GoneInCrm}};
    commit(plan);
    EXPECT_THAT(keys(load().free_exchange), ElementsAre("E1"));
}

TEST_P(SyncStoreSuite, WhatIsAbsorbedBetweenLoadAndCommitStaysTouched) {
    const LinkId id = linked("C1", "E1", "one");
    absorb_one(Side::Crm, seen("C1", "c2", "first edit", 2));
    load();
    absorb_one(Side::Crm, seen("C1", "c3", "second edit", 3));
    absorb_one(Side::Exchange, seen("E7", "1", "new meanwhile"));
    commit({});
    const Picture picture = load();
    ASSERT_THAT(picture.links, SizeIs(1));
    EXPECT_EQ(picture.links[0].link.id, id);
    EXPECT_EQ(picture.links[0].crm->version, Version("c3"));
    EXPECT_THAT(keys(picture.free_exchange), ElementsAre("E7"));
}

TEST_P(SyncStoreSuite, ACommitWithoutAPictureClearsNothing) {
    absorb_one(Side::Crm, seen("C1", "1", "one"));
    commit({});
    EXPECT_THAT(load().free_crm, SizeIs(1));
}

TEST_P(SyncStoreSuite, ARecheckDayBringsTheLinkBack) {
    const LinkId id = linked("C1", "E1", "one");
    load();
    Plan plan;
    plan.changes = {SetRecheck{id, Date(std::chrono::sys_days(kToday) + std::chrono::days(1))}};
    commit(plan);
    EXPECT_THAT(load().links, IsEmpty());
    const Date tomorrow(std::chrono::sys_days(kToday) + std::chrono::days(1));
    EXPECT_THAT(must(sync().load_picture(kPair, tomorrow, false)).links, SizeIs(1));
    EXPECT_EQ(link(id).recheck_on, tomorrow);
    plan.changes = {SetRecheck{id, std::nullopt}};
    commit(plan);
    EXPECT_THAT(must(sync().load_picture(kPair, tomorrow, false)).links, IsEmpty());
}

TEST_P(SyncStoreSuite, EditedInExchangeIsSetAndNeverCleared) {
    const LinkId id = linked("C1", "E1", "one");
    AdvanceShadow advance;
    advance.link = id;
    advance.side = Side::Exchange;
    advance.version = Version("e2");
    advance.shadow = task("edited");
    advance.edited_in_exchange = true;
    Plan plan;
    plan.changes = {advance};
    commit(plan);
    advance.edited_in_exchange = false;
    plan.changes = {advance};
    commit(plan);
    EXPECT_TRUE(link(id).edited_in_exchange);
    EXPECT_EQ(link(id).exchange->shadow, task("edited"));
}

TEST_P(SyncStoreSuite, OperationsGoFromQueuedToSentToSettled) {
    const LinkId id = linked("C1", "E1", "one");
    absorb_one(Side::Crm, seen("C1", "c2", "two", 2));
    load();
    const Operation wanted = update_of(id, Side::Exchange, "E1", "e1", "two");
    const Operation queued = queue(wanted);
    EXPECT_NE(queued.id, OperationId());
    Operation expected = wanted;
    expected.id = queued.id;
    EXPECT_EQ(queued, expected);
    EXPECT_THAT(must(sync().sent_operations(kPair)), IsEmpty());
    must(sync().mark_sent(kPair, {queued.id}));
    EXPECT_THAT(must(sync().due_operations(kPair, bed_->clock.now(), 10)), IsEmpty());
    const std::vector<Operation> sent = must(sync().sent_operations(kPair));
    ASSERT_THAT(sent, SizeIs(1));
    EXPECT_EQ(sent[0].state, OperationState::Sent);
    EXPECT_EQ(sent[0].attempts, 1);

    Settlement done;
    done.operation = queued.id;
    done.link = id;
    AdvanceShadow target;
    target.link = id;
    target.side = Side::Exchange;
    target.version = Version("e2");
    target.shadow = task("two");
    AdvanceShadow source = target;
    source.side = Side::Crm;
    source.version = Version("c2");
    done.changes = {target, source};
    done.observed = seen("E1", "e2", "two", 3);
    settle(done);
    EXPECT_THAT(must(sync().sent_operations(kPair)), IsEmpty());
    EXPECT_EQ(link(id).exchange->version, Version("e2"));
    EXPECT_EQ(link(id).crm->shadow, task("two"));
    EXPECT_THAT(load().links, IsEmpty()) << "our own write is no news";
    commit({});
    absorb(Side::Exchange, page_of({seen("E1", "e2", "two", 3)}, "echo"));
    EXPECT_THAT(load().links, IsEmpty()) << "nor is its echo";
    EXPECT_THAT(events(), ElementsAre("link_opened", "item_bound", "queued", "sent", "settled"));
}

TEST_P(SyncStoreSuite, AResultThatIsNotWhatWasSentIsLookedAt) {
    const LinkId id = linked("C1", "E1", "one");
    const Operation queued = queue(update_of(id, Side::Exchange, "E1", "e1", "two"));
    must(sync().mark_sent(kPair, {queued.id}));
    Settlement done;
    done.operation = queued.id;
    done.link = id;
    AdvanceShadow target;
    target.link = id;
    target.side = Side::Exchange;
    target.version = Version("e2");
    target.shadow = task("two");
    done.changes = {target};
    done.observed = seen("E1", "e2", "two, as the server rounds it", 3);
    settle(done);
    EXPECT_THAT(load().links, SizeIs(1));
}

TEST_P(SyncStoreSuite, AnEditWhileAnOperationIsInFlightIsShownAfterwards) {
    const LinkId id = linked("C1", "E1", "one");
    const Operation queued = queue(update_of(id, Side::Exchange, "E1", "e1", "two"));
    must(sync().mark_sent(kPair, {queued.id}));
    absorb_one(Side::Crm, seen("C1", "c3", "edited in flight", 5));
    Picture picture = load();
    ASSERT_THAT(picture.links, SizeIs(1));
    ASSERT_TRUE(picture.links[0].in_flight);
    EXPECT_EQ(picture.links[0].in_flight->id, queued.id);
    commit({});  // reconcile leaves it alone
    Settlement done;
    done.operation = queued.id;
    done.link = id;
    settle(done);
    picture = load();
    ASSERT_THAT(picture.links, SizeIs(1)) << "the edit is not forgotten";
    EXPECT_FALSE(picture.links[0].in_flight);
    commit({});
    EXPECT_THAT(load().links, IsEmpty());
}

TEST_P(SyncStoreSuite, ACreateBindsItsItemWhenItIsSettled) {
    absorb_one(Side::Crm, seen("C1", "c1", "one"));
    const LinkId id = load().next_link;
    Plan plan;
    OpenLink open;
    open.link = id;
    open.token = token_of(id);
    open.source = Side::Crm;
    open.source_key = ItemKey("C1");
    open.source_version = Version("c1");
    open.source_shadow = task("one");
    open.made_in_exchange = true;
    Operation create;
    create.link = id;
    create.target = task("one");
    create.token = token_of(id);
    plan.changes = {open};
    plan.operations = {create};
    commit(plan);
    const std::vector<Operation> due = must(sync().due_operations(kPair, bed_->clock.now(), 10));
    ASSERT_THAT(due, SizeIs(1));
    must(sync().mark_sent(kPair, {due[0].id}));
    Settlement done;
    done.operation = due[0].id;
    done.link = id;
    BindItem bind;
    bind.link = id;
    bind.key = ItemKey("E1");
    bind.version = Version("e1");
    bind.shadow = task("one");
    done.changes = {bind};
    done.observed = seen("E1", "e1", "one", 2);
    settle(done);
    const Picture picture = load();
    EXPECT_THAT(picture.links, IsEmpty());
    EXPECT_THAT(picture.free_exchange, IsEmpty());
    commit({});
    EXPECT_EQ(load(true).links.at(0).exchange->key, ItemKey("E1"));
    EXPECT_TRUE(link(id).made_in_exchange);
}

TEST_P(SyncStoreSuite, DroppedOperationsArePlannedAnewAndRequeuedOnesWait) {
    const LinkId id = linked("C1", "E1", "one");
    Operation queued = queue(update_of(id, Side::Exchange, "E1", "e1", "two"));
    must(sync().mark_sent(kPair, {queued.id}));
    Settlement again;
    again.operation = queued.id;
    again.link = id;
    again.what = Settlement::What::Requeued;
    again.error = Error{ErrorKind::Throttled, "busy", "ErrorServerBusy", std::chrono::milliseconds(500)};
    again.requeued = must(sync().sent_operations(kPair)).at(0);
    again.requeued->due = bed_->clock.now() + std::chrono::minutes(1);
    settle(again);
    EXPECT_THAT(must(sync().due_operations(kPair, bed_->clock.now(), 10)), IsEmpty());
    bed_->clock.advance(std::chrono::minutes(2));
    const std::vector<Operation> due = must(sync().due_operations(kPair, bed_->clock.now(), 10));
    ASSERT_THAT(due, SizeIs(1));
    EXPECT_EQ(due[0].attempts, 1);
    EXPECT_EQ(due[0].state, OperationState::Queued);
    EXPECT_EQ(due[0].last_error, again.error);
    must(sync().mark_sent(kPair, {queued.id}));
    Settlement dropped;
    dropped.operation = queued.id;
    dropped.link = id;
    dropped.what = Settlement::What::Dropped;
    dropped.error = Error{ErrorKind::VersionConflict, "changed", "ErrorIrresolvableConflict", {}};
    settle(dropped);
    const Picture picture = load();
    ASSERT_THAT(picture.links, SizeIs(1));
    EXPECT_FALSE(picture.links[0].in_flight);
}

TEST_P(SyncStoreSuite, ARejectedOperationIsParkedAndCanBeTriedAgain) {
    const LinkId id = linked("C1", "E1", "one");
    const Operation queued = queue(update_of(id, Side::Exchange, "E1", "e1", "two"));
    must(sync().mark_sent(kPair, {queued.id}));
    Settlement rejected;
    rejected.operation = queued.id;
    rejected.link = id;
    rejected.what = Settlement::What::Rejected;
    rejected.error = Error{ErrorKind::InvalidRequest, "refused", "ErrorInvalidPropertyRequest", {}};
    settle(rejected);
    EXPECT_THAT(must(sync().due_operations(kPair, bed_->clock.now(), 10)), IsEmpty());
    PairSummary summary = must(sync().summaries()).at(0);
    EXPECT_EQ(summary.rejected, 1u);
    EXPECT_EQ(summary.parked, 1u);
    const std::vector<StoredParked> parked = must(sync().parked(0, 10));
    ASSERT_THAT(parked, SizeIs(1));
    EXPECT_EQ(parked[0].item.reason_code, "rejected");
    must(sync().retry_parked(parked[0].id));
    summary = must(sync().summaries()).at(0);
    EXPECT_EQ(summary.rejected, 0u);
    EXPECT_EQ(summary.parked, 0u);
    EXPECT_THAT(load().links, SizeIs(1));
    EXPECT_EQ(wait_for(sync().retry_parked(parked[0].id)).error().kind, ErrorKind::NotFound);
}

TEST_P(SyncStoreSuite, TwoOperationsForOneLinkAreABrokenPromise) {
    const LinkId id = linked("C1", "E1", "one");
    queue(update_of(id, Side::Exchange, "E1", "e1", "two"));
    Plan plan;
    plan.operations = {update_of(id, Side::Crm, "C1", "c1", "three")};
    const Result<void> second = try_commit(plan);
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().kind, ErrorKind::Internal);
    EXPECT_THAT(must(sync().due_operations(kPair, bed_->clock.now(), 10)), SizeIs(1));
}

TEST_P(SyncStoreSuite, APlanThatSpeaksOfAnUnknownLinkStoresNothing) {
    absorb_one(Side::Crm, seen("C1", "c1", "one"));
    Plan plan;
    OpenLink open;
    open.link = load().next_link;
    open.token = token_of(open.link);
    plan.changes = {open, Unlink{LinkId(4711), Reason::GoneOnBoth}};
    ASSERT_FALSE(try_commit(plan));
    EXPECT_THAT(must(sync().links(kPair, {open.link})), IsEmpty());
    EXPECT_THAT(events(), IsEmpty());
    EXPECT_THAT(load().free_crm, SizeIs(1)) << "marks are not cleared either";
}

TEST_P(SyncStoreSuite, SettlingTwiceIsRefused) {
    const LinkId id = linked("C1", "E1", "one");
    const Operation queued = queue(update_of(id, Side::Exchange, "E1", "e1", "two"));
    Settlement done;
    done.operation = queued.id;
    done.link = id;
    settle(done);
    std::vector<Settlement> again = {done};
    EXPECT_EQ(wait_for(sync().settle(kPair, again)).error().kind, ErrorKind::Internal);
    EXPECT_EQ(wait_for(sync().mark_sent(kPair, {queued.id})).error().kind, ErrorKind::Internal);
}

TEST_P(SyncStoreSuite, OperationNumbersAreNeverUsedTwice) {
    const LinkId id = linked("C1", "E1", "one");
    const Operation first = queue(update_of(id, Side::Exchange, "E1", "e1", "two"));
    Settlement done;
    done.operation = first.id;
    done.link = id;
    settle(done);
    EXPECT_GT(queue(update_of(id, Side::Exchange, "E1", "e1", "three")).id, first.id);
}

TEST_P(SyncStoreSuite, DueOperationsComeOldestFirstAndNotMoreThanAsked) {
    std::vector<LinkId> ids;
    Plan plan;
    for (int i = 0; i < 5; ++i) {
        const std::string number = std::to_string(i);
        const LinkId id = linked("C" + number, "E" + number, number);
        plan.operations.push_back(update_of(id, Side::Exchange, "E" + number, "e1", "x" + number));
        ids.push_back(id);
    }
    commit(plan);
    const std::vector<Operation> due = must(sync().due_operations(kPair, bed_->clock.now(), 3));
    ASSERT_THAT(due, SizeIs(3));
    for (std::size_t i = 0; i < 3; ++i) EXPECT_EQ(due[i].link, ids[i]);
    EXPECT_THAT(must(sync().due_operations(PairId("bob@example.test/task"), bed_->clock.now(), 3)), IsEmpty());
}

TEST_P(SyncStoreSuite, ConflictsAreKeptForPeople) {
    const LinkId id = linked("C1", "E1", "one");
    Conflict conflict;
    conflict.link = id;
    conflict.base = Value(std::string("one"));
    conflict.crm_value = Value(std::string("two"));
    conflict.exchange_value = Value(std::string("three"));
    conflict.at = bed_->clock.now();
    Plan plan;
    plan.conflicts = {conflict, conflict};
    commit(plan);
    const std::vector<StoredConflict> stored = must(sync().conflicts(0, 10));
    ASSERT_THAT(stored, SizeIs(2));
    EXPECT_EQ(stored[0].pair, kPair);
    EXPECT_EQ(stored[0].conflict, conflict);
    EXPECT_THAT(must(sync().conflicts(1, 10)), SizeIs(1));
    EXPECT_THAT(must(sync().conflicts(0, 1)), SizeIs(1));
    EXPECT_EQ(must(sync().summaries()).at(0).conflicts, 2u);
}

TEST_P(SyncStoreSuite, AParkedItemIsHiddenUntilItChangesOrIsTriedAgain) {
    absorb_one(Side::Exchange, seen("E1", "1", "one"));
    load();
    ParkedItem item;
    item.key = ItemKey("E1");
    item.version = Version("1");
    item.reason = Reason::SeriesNotSupported;
    item.reason_code = "series";
    Plan plan;
    plan.parked = {item};
    commit(plan);
    EXPECT_THAT(load(true).free_exchange, IsEmpty());
    std::vector<StoredParked> parked = must(sync().parked(0, 10));
    ASSERT_THAT(parked, SizeIs(1));
    EXPECT_EQ(parked[0].item, item);
    EXPECT_EQ(parked[0].pair, kPair);
    EXPECT_EQ(parked[0].since, bed_->clock.now());
    commit(plan);
    EXPECT_THAT(must(sync().parked(0, 10)), SizeIs(1)) << "parking twice is as once";

    must(sync().retry_parked(parked[0].id));
    EXPECT_THAT(load().free_exchange, SizeIs(1));
    commit(plan);
    absorb_one(Side::Exchange, seen("E1", "2", "changed", 9));
    EXPECT_THAT(load().free_exchange, SizeIs(1));
    EXPECT_THAT(must(sync().parked(0, 10)), IsEmpty());
}

TEST_P(SyncStoreSuite, AHeldPlanIsShownEveryCycleAndApprovedByItsHash) {
    const LinkId id = linked("C1", "E1", "one");
    absorb_one(Side::Crm, gone("C1", true));
    load();
    HeldPlan held;
    held.hash = "hash-1";
    held.why = "too many";
    Operation removal;
    removal.link = id;
    removal.kind = OperationKind::Delete;
    removal.reason = Reason::GoneInCrm;
    removal.key = ItemKey("E1");
    held.removals = {removal};
    Plan plan;
    plan.held = held;
    commit(plan);
    EXPECT_EQ(must(sync().held_plan(kPair)), held);
    EXPECT_TRUE(must(sync().summaries()).at(0).held);
    EXPECT_THAT(load().links, SizeIs(1)) << "though nothing touched it again";
    commit(plan);
    EXPECT_EQ(wait_for(sync().approve_held(kPair, "another", "ann")).error().kind, ErrorKind::NotFound);
    must(sync().approve_held(kPair, "hash-1", "ann"));
    const Picture picture = load();
    EXPECT_THAT(picture.approved_plans, ElementsAre("hash-1"));
    EXPECT_THAT(picture.links, SizeIs(1));
    Plan allowed;
    allowed.operations = {removal};
    commit(allowed);
    EXPECT_FALSE(must(sync().held_plan(kPair)));
    const Picture after = load();
    EXPECT_THAT(after.approved_plans, IsEmpty()) << "an approval covers one list, once";
    EXPECT_EQ(after.totals.removals_24h_exchange, 0u) << "what a person allowed by name does not fill the guard";
    EXPECT_THAT(events(), ElementsAre("link_opened", "item_bound", "held", "approved", "queued"));
}

TEST_P(SyncStoreSuite, AnApprovalEndsWithItsList) {
    HeldPlan held;
    held.hash = "hash-1";
    Plan plan;
    plan.held = held;
    commit(plan);
    must(sync().approve_held(kPair, "hash-1", "ann"));
    plan.held->hash = "hash-2";
    commit(plan);
    EXPECT_THAT(load().approved_plans, IsEmpty());
}

TEST_P(SyncStoreSuite, RemovalsAreCountedPerSideForADay) {
    const LinkId first = linked("C1", "E1", "one");
    const LinkId second = linked("C2", "E2", "two");
    const LinkId third = linked("C3", "E3", "three");
    Operation removal;
    removal.link = first;
    removal.side = Side::Crm;
    removal.kind = OperationKind::Delete;
    removal.reason = Reason::GoneInExchange;
    Plan plan;
    plan.operations = {removal};
    plan.changes = {Unlink{second, Reason::LeftScopeInCrm}, Unlink{third, Reason::GoneOnBoth}};
    commit(plan);
    Picture picture = load();
    EXPECT_EQ(picture.totals.removals_24h_crm, 1u);
    EXPECT_EQ(picture.totals.removals_24h_exchange, 1u);
    EXPECT_EQ(picture.totals.links, 1u);
    commit({});
    bed_->clock.advance(std::chrono::hours(25));
    picture = load();
    EXPECT_EQ(picture.totals.removals_24h_crm, 0u);
    EXPECT_EQ(picture.totals.removals_24h_exchange, 0u);
}

TEST_P(SyncStoreSuite, PairsDoNotSeeEachOther) {
    linked("C1", "E1", "one");
    const PairId bob("bob@example.test/task");
    std::vector<Observation> same_key = {seen("E1", "b1", "bob's own")};
    must(sync().absorb_items(bob, Side::Exchange, same_key));
    const Picture picture = must(sync().load_picture(bob, kToday, true));
    EXPECT_THAT(picture.free_exchange, SizeIs(1));
    EXPECT_THAT(picture.links, IsEmpty());
    EXPECT_THAT(load().links, IsEmpty());
    EXPECT_THAT(must(sync().summaries()), SizeIs(2));
}

TEST_P(SyncStoreSuite, TheJournalIsWholeAndPaged) {
    const LinkId id = linked("C1", "E1", "one");
    const Operation queued = queue(update_of(id, Side::Exchange, "E1", "e1", "two"));
    Settlement done;
    done.operation = queued.id;
    done.link = id;
    settle(done);
    const std::vector<JournalEntry> all = must(sync().journal(0, 100));
    ASSERT_THAT(all, SizeIs(4));
    for (std::size_t i = 0; i < all.size(); ++i) EXPECT_EQ(all[i].sequence, static_cast<std::int64_t>(i) + 1);
    EXPECT_EQ(all[3].event, "settled");
    EXPECT_EQ(all[3].operation, queued.id);
    EXPECT_EQ(all[3].reason, "changed_in_crm");
    EXPECT_NE(all[3].detail.find("\"before\""), std::string::npos) << all[3].detail;
    EXPECT_THAT(must(sync().journal(2, 100)), SizeIs(2));
    EXPECT_THAT(must(sync().journal(0, 1)), SizeIs(1));
    const JournalReport report = must(bed_->stores(false).upkeep->verify_journal());
    EXPECT_TRUE(report.whole());
    EXPECT_EQ(report.entries, 4);
}

}  // namespace liaison::store_suite
