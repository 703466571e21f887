#include "daemon/sync/guard.hpp"

#include <gtest/gtest.h>

#include "tests/sync/fixtures.hpp"

namespace liaison::sync {
namespace {

using namespace fixtures;

/// `gone` of 400 links lost their Exchange item; one link has an edit, which must go on in any case.
Picture vanishing(std::size_t gone) {
    Picture p = empty_picture();
    p.totals.links = 400;
    for (std::size_t i = 1; i <= gone; ++i) {
        p.links.push_back(linked_task("Task " + std::to_string(i), static_cast<std::int64_t>(i)));
        becomes(p.links.back(), Side::Exchange, Tombstone{true});
    }
    p.links.push_back(linked_task("Edited", 500));
    edit(p.links.back(), Side::Crm, Field::Body, std::string("goes on"));
    return p;
}

Plan guarded(const Picture& p) { return guard_plan(reconcile(p), p); }

TEST(Guard, LetsTheShareOfADayPassAndHoldsTheNextOne) {
    EXPECT_FALSE(guarded(vanishing(20)).held);
    const Plan plan = guarded(vanishing(21));
    ASSERT_TRUE(plan.held);
    EXPECT_EQ(plan.held->removals.size(), 21u);
    EXPECT_EQ(summary(plan), "update exchange changed_in_crm") << "everything else goes on";
}

TEST(Guard, CountsWhatWasRemovedInTheLastDay) {
    Picture p = vanishing(5);
    p.totals.removals_24h_crm = 15;
    EXPECT_FALSE(guarded(p).held);
    p.totals.removals_24h_crm = 16;
    EXPECT_TRUE(guarded(p).held);
    p.totals.removals_24h_crm = 0;
    p.totals.removals_24h_exchange = 400;
    EXPECT_FALSE(guarded(p).held) << "directions are counted apart";
}

TEST(Guard, SmallPairsHaveAFloor) {
    Picture p = vanishing(10);
    p.totals.links = 30;
    EXPECT_FALSE(guarded(p).held);
    p = vanishing(11);
    p.totals.links = 30;
    EXPECT_TRUE(guarded(p).held);
}

TEST(Guard, AnEmptiedSideIsHeldWhateverThePercentage) {
    Picture p = vanishing(30);
    p.policy.deletions_percent = 100;
    p.totals.links = 70;
    EXPECT_FALSE(guarded(p).held);
    p.totals.links = 50;
    EXPECT_TRUE(guarded(p).held);
}

TEST(Guard, ApprovalPassesExactlyTheListThatWasShown) {
    Picture p = vanishing(30);
    const Plan held = guarded(p);
    p.approved_plans = {held.held->hash};
    const Plan approved = guarded(p);
    EXPECT_FALSE(approved.held);
    EXPECT_EQ(approved, reconcile(p));
    Picture more = vanishing(31);
    more.approved_plans = p.approved_plans;
    ASSERT_TRUE(guarded(more).held);
    EXPECT_NE(guarded(more).held->hash, held.held->hash);
}

TEST(Guard, UnlinkingsCountAndLeaveNoMarksWhileTheyAreHeld) {
    Picture p = vanishing(30);
    p.policy.delete_in_crm = false;
    EXPECT_EQ(changes_of<Unlink>(reconcile(p)).size(), 30u);
    const Plan plan = guarded(p);
    ASSERT_TRUE(plan.held);
    EXPECT_EQ(plan.held->unlinkings.size(), 30u);
    EXPECT_TRUE(changes_of<Unlink>(plan).empty());
    EXPECT_TRUE(plan.parked.empty());
}

TEST(Guard, ScopeChangeThatUnlinksEverythingIsHeld) {
    Picture p = empty_picture();
    p.totals.links = 40;
    for (std::int64_t i = 1; i <= 36; ++i) {
        p.links.push_back(linked_task("Task " + std::to_string(i), i));
        p.links.back().link.made_in_exchange = i % 2 == 0;
        becomes(p.links.back(), Side::Crm, OutOfScope{});
    }
    const Plan plan = guarded(p);
    ASSERT_TRUE(plan.held);
    EXPECT_EQ(plan.held->removals.size(), 18u);
    EXPECT_EQ(plan.held->unlinkings.size(), 18u);
}

TEST(Guard, NothingIsLostWhenBothSidesAreGoneOrTheItemIsMadeAgain) {
    Picture p = vanishing(60);
    for (LinkView& view : p.links) {
        if (view.link.id == LinkId(500)) continue;
        if (view.link.id.value() % 2 == 0)
            becomes(view, Side::Crm, Tombstone{true});
        else
            edit(view, Side::Crm, Field::Body, std::string("kept"));
    }
    EXPECT_FALSE(guarded(p).held);
}

}  // namespace
}  // namespace liaison::sync
