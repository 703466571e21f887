#pragma once
#include "tests/conformance/sync_store_suite_kit.hpp"

/// What every SyncStore promises about pictures and plans.
namespace liaison::store_suite {

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

TEST_P(SyncStoreSuite, APreviewThatNobodyCommitsForgetsNothing) {
    absorb_one(Side::Crm, seen("C1", "1", "one"));
    load();
    absorb_one(Side::Crm, seen("C2", "1", "two"));
    load();
    commit({});
    EXPECT_THAT(keys(load().free_crm), ElementsAre("C2")) << "shown to the newest picture only: shown once more";
    commit({});
    EXPECT_THAT(load().free_crm, IsEmpty());
}

}  // namespace liaison::store_suite
