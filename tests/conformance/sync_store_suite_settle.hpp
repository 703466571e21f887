#pragma once
#include "tests/conformance/sync_store_suite_kit.hpp"

/// What every SyncStore promises about effects, reviews and the journal.
namespace liaison::store_suite {

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
