#pragma once
#include "tests/conformance/sync_store_suite_kit.hpp"

/// What every SyncStore promises about observing.
namespace liaison::store_suite {

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
    absorb(Side::Exchange,
           page_of({seen("E1", "v2", "new", 20), seen("E1", "v1", "old", 10)}, "c"));
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
    EXPECT_EQ(picture.links[0].exchange->content,
              (decltype(Observation::content)(Tombstone{false})));
    commit({});
    EXPECT_THAT(must(sync().unconfirmed(kPair, Side::Exchange)), SizeIs(1))
        << "a commit confirms nothing";

    absorb_one(Side::Exchange, gone("E1", true));
    EXPECT_THAT(must(sync().unconfirmed(kPair, Side::Exchange)), IsEmpty());
    picture = load();
    ASSERT_THAT(picture.links, SizeIs(1));
    EXPECT_EQ(picture.links[0].exchange->content,
              (decltype(Observation::content)(Tombstone{true})));
    EXPECT_EQ(picture.links[0].exchange->modified_at, seen("E1", "e1", "one").modified_at)
        << "kept for law 6";
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
    absorb(Side::Exchange, page_of({seen("E3", "1", "three")}, "c0"));
    must(sync().reset_cursor(kPair, Side::Exchange));
    EXPECT_EQ(must(sync().pair_state(kPair)).exchange_cursor, Cursor());
    absorb(Side::Exchange, page_of({seen("E1", "e1", "one")}, "p1", false, true));
    EXPECT_THAT(must(sync().unconfirmed(kPair, Side::Exchange)), IsEmpty())
        << "half a snapshot shows no absence";
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
    EXPECT_THAT(must(sync().unconfirmed(kPair, Side::Exchange)), SizeIs(1))
        << "a candidate, no more";
    const Picture picture = load();
    ASSERT_THAT(picture.links, SizeIs(1));
    EXPECT_FALSE(std::get<Tombstone>(picture.links[0].exchange->content).confirmed);
}

TEST_P(SyncStoreSuite, WhatTheFeedHasNotShownIsNamedUntilItDoes) {
    const auto unshown = [this] { return must(sync().unshown(kPair, Side::Exchange, ItemKey(), 10)); };
    absorb(Side::Exchange, page_of({seen("E0", "e0", "from the feed")}, "c0", true, true));
    linked("C1", "E1", "one");
    absorb_one(Side::Exchange, seen("E1", "e1", "read by key"));
    ASSERT_THAT(unshown(), SizeIs(1));
    EXPECT_EQ(unshown()[0].first, ItemKey("E1"));
    EXPECT_THAT(must(sync().unshown(kPair, Side::Exchange, ItemKey("E1"), 10)), IsEmpty());
    absorb(Side::Exchange, page_of({seen("E1", "e1", "read by key")}, "c2"));
    EXPECT_THAT(unshown(), IsEmpty());
    absorb(Side::Exchange, page_of({gone("E1", false)}, "c3"));
    EXPECT_THAT(unshown(), IsEmpty());
    absorb_one(Side::Exchange, seen("E1", "e1", "it exists all the same"));
    EXPECT_THAT(unshown(), SizeIs(1)) << "the feed will not speak of it again";
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

}  // namespace liaison::store_suite
