#include <gtest/gtest.h>

#include "tests/sync/fixtures.hpp"

namespace liaison::sync {
namespace {

using namespace fixtures;

TEST(Reconcile, CompletedInOutlookUpdatesTheCrmTaskWithTimeAndDistance) {
    Picture p = empty_picture();
    Record crm = task("Call Huber");
    crm.set(Field::TimeWorkedMinutes, std::int64_t{45});
    crm.set(Field::Distance, std::string("12 km"));
    p.links.push_back(linked(crm, model::project_exchange(crm)));
    edit(p.links[0], Side::Exchange, Field::Status, std::string("completed"));
    edit(p.links[0], Side::Exchange, Field::PercentComplete, std::int64_t{100});
    const Plan plan = reconcile(p);
    ASSERT_EQ(plan.operations.size(), 1u);
    const Operation& op = plan.operations[0];
    EXPECT_EQ(op.side, Side::Crm);
    EXPECT_EQ(op.expected_version, Version("1"));
    EXPECT_EQ(op.patch.at(Field::Status), Value(std::string("completed")));
    EXPECT_EQ(op.patch.at(Field::PercentComplete), Value(std::int64_t{100}));
    EXPECT_EQ(op.patch.at(Field::TimeWorkedMinutes), Value(std::int64_t{45}));
    EXPECT_EQ(op.patch.at(Field::Distance), Value(std::string("12 km")));
    EXPECT_EQ(op.patch.size(), 4u);
}

TEST(Reconcile, NewCrmTaskOpensALinkAndCreatesItsMirrorWithTheFullToken) {
    Picture p = empty_picture();
    p.free_crm.push_back(seen("c7", "3", task("A subject that is longer than Exchange takes")));
    const Plan plan = reconcile(p);
    EXPECT_EQ(summary(plan), "open new_in_crm; create exchange new_in_crm");
    const OpenLink open = changes_of<OpenLink>(plan).at(0);
    EXPECT_EQ(open.link, LinkId(100));
    EXPECT_EQ(plan.next_link, LinkId(101));
    EXPECT_TRUE(open.made_in_exchange);
    EXPECT_EQ(open.token, token_of("c7", "e-100"));
    EXPECT_EQ(plan.operations[0].token, open.token);
    EXPECT_EQ(plan.operations[0].target.text(Field::Subject), "A subject th") << "the target is projected (law 4)";
    EXPECT_EQ(plan.operations[0].source.text(Field::Subject), "A subject that is longer than Exchange takes");
}

TEST(Reconcile, NewOutlookTaskIsCreatedInTheCrmAndThenStamped) {
    Picture p = empty_picture();
    p.free_exchange.push_back(seen("e7", "3", task("Buy")));
    const Plan plan = reconcile(p);
    EXPECT_EQ(summary(plan), "open new_in_exchange; create crm new_in_exchange");
    EXPECT_EQ(plan.operations[0].token, token_of("", "e-100"));
    EXPECT_FALSE(changes_of<OpenLink>(plan).at(0).made_in_exchange);

    LinkView view = linked_task("Buy");
    view.link.token = token_of("", "e-1");
    view.exchange->token = {};
    p.free_exchange.clear();
    p.links.push_back(view);
    const Plan stamping = reconcile(p);
    EXPECT_EQ(summary(stamping), "update exchange stamp_token");
    EXPECT_TRUE(stamping.operations[0].stamp_token);
    EXPECT_EQ(stamping.operations[0].token, token_of("c1", "e-1"));
    EXPECT_TRUE(stamping.operations[0].patch.empty());
}

TEST(Reconcile, EndpointThatShowsNoTokensIsStampedOnce) {
    Picture p = empty_picture();
    LinkView view = linked_task();
    view.exchange->token = {};
    p.links.push_back(view);
    EXPECT_TRUE(reconcile(p).empty());
    p.exchange_capabilities.token_place = TokenPlace::None;
    p.links[0].link.token.crm_id.clear();
    EXPECT_TRUE(reconcile(p).empty()) << "no place, no stamp";
}

TEST(Reconcile, CrmTextStaysLongWhileTheMirrorIsCut) {
    Picture p = empty_picture();
    const Record crm = task("Call Huber about the offer");
    p.links.push_back(linked(crm, model::project_exchange(crm)));
    EXPECT_TRUE(reconcile(p).empty());
    // A change that the mirror cannot show needs no write.
    edit(p.links[0], Side::Crm, Field::Subject, std::string("Call Huber about the order"));
    const Plan plan = reconcile(p);
    EXPECT_TRUE(plan.operations.empty());
    EXPECT_EQ(changes_of<AdvanceShadow>(plan).at(0).shadow.text(Field::Subject), "Call Huber about the order");
}

TEST(Reconcile, EditsOfDifferentFieldsMergeInTwoSteps) {
    Picture p = empty_picture();
    p.links.push_back(linked_task());
    edit(p.links[0], Side::Crm, Field::Body, std::string("from the CRM"));
    edit(p.links[0], Side::Exchange, Field::Priority, std::string("high"));
    const Plan plan = reconcile(p);
    ASSERT_EQ(plan.operations.size(), 1u);
    EXPECT_EQ(plan.operations[0].side, Side::Crm);
    EXPECT_EQ(field_names(plan.operations[0].patch), "priority");
    EXPECT_TRUE(plan.conflicts.empty());
    const auto marks = changes_of<AdvanceShadow>(plan);
    ASSERT_EQ(marks.size(), 1u);
    EXPECT_TRUE(marks[0].edited_in_exchange);
    EXPECT_EQ(marks[0].shadow, p.links[0].link.exchange->shadow) << "what is not written yet is not agreed yet";
}

TEST(Reconcile, SameFieldOnBothSidesIsDecidedByPolicyAndTheLoserRecorded) {
    for (const Side winner : kSides) {
        Picture p = empty_picture();
        p.policy.conflict_winner = winner;
        p.links.push_back(linked_task());
        edit(p.links[0], Side::Crm, Field::Body, std::string("C"));
        edit(p.links[0], Side::Exchange, Field::Body, std::string("E"));
        const Plan plan = reconcile(p);
        ASSERT_EQ(plan.operations.size(), 1u);
        EXPECT_EQ(plan.operations[0].side, other(winner));
        EXPECT_EQ(plan.operations[0].patch.at(Field::Body), Value(std::string(winner == Side::Crm ? "C" : "E")));
        ASSERT_EQ(plan.conflicts.size(), 1u);
        EXPECT_EQ(plan.conflicts[0].winner, winner);
        EXPECT_EQ(plan.conflicts[0].base, std::nullopt);
        EXPECT_EQ(plan.conflicts[0].crm_value, Value(std::string("C")));
        EXPECT_EQ(plan.conflicts[0].exchange_value, Value(std::string("E")));
    }
}

TEST(Reconcile, ItemCarryingTheTokenOfAnUnansweredCreateIsAdopted) {
    Picture p = empty_picture();
    LinkView view = linked_task();
    view.link.exchange.reset();
    view.exchange.reset();
    Operation op;
    op.id = OperationId(9);
    op.link = LinkId(1);
    op.side = Side::Exchange;
    op.kind = OperationKind::Create;
    op.state = OperationState::Sent;
    op.target = model::project_exchange(task("Call Huber"));
    op.source = task("Call Huber");
    op.token = view.link.token;
    view.in_flight = op;
    p.links.push_back(view);
    Record edited = op.target;
    edited.set(Field::Body, std::string("edited at once"));
    p.free_exchange.push_back(seen("e5", "2", edited, op.token));
    const Plan plan = reconcile(p);
    EXPECT_EQ(summary(plan), "withdraw; bind matched_by_token; update crm changed_in_exchange");
    EXPECT_EQ(plan.withdrawn.at(0), OperationId(9));
    EXPECT_EQ(changes_of<BindItem>(plan).at(0).shadow, op.target) << "the shadow is what was sent (law 3)";
}

TEST(Reconcile, MovedItemIsRecognisedByItsToken) {
    Picture p = empty_picture();
    LinkView view = linked_task();
    const Record record = *view.exchange->record();
    const CorrelationToken token = view.link.token;
    for (const bool confirmed : {false, true}) {
        p.links = {view};
        becomes(p.links[0], Side::Exchange, Tombstone{confirmed});
        p.free_exchange = {seen("e2", "1", record, token)};
        const Plan plan = reconcile(p);
        EXPECT_EQ(summary(plan), "bind matched_by_token");
        EXPECT_EQ(changes_of<BindItem>(plan).at(0).key, ItemKey("e2"));
    }
}

TEST(Reconcile, CopyOfAMirrorLosesTheTokenAndThenStandsAlone) {
    Picture p = empty_picture();
    p.links.push_back(linked_task());
    p.free_exchange.push_back(seen("e2", "1", *p.links[0].exchange->record(), p.links[0].link.token));
    const Plan plan = reconcile(p);
    EXPECT_EQ(summary(plan), "update exchange copy_released");
    EXPECT_EQ(plan.operations[0].key, ItemKey("e2"));
    EXPECT_TRUE(plan.operations[0].stamp_token);
    EXPECT_TRUE(plan.operations[0].token.empty());
    p.free_exchange[0].token = {};
    p.free_exchange[0].version = Version("2");
    EXPECT_EQ(summary(reconcile(p)), "open new_in_exchange; create crm new_in_exchange");
}

TEST(Reconcile, OrphanOfAnEarlierLinkIsNotTakenForANewItem) {
    Picture p = empty_picture();
    p.free_exchange.push_back(seen("e2", "1", task("Left scope"), token_of("c77", "old-1")));
    p.free_exchange.push_back(seen("e3", "1", task("Another's"), CorrelationToken{"other", "task", "c1", "x-1"}));
    EXPECT_TRUE(reconcile(p).empty());
}

TEST(Reconcile, LostLedgerIsRebuiltFromTokensWithoutAnyWrite) {
    Picture p = empty_picture();
    const Record crm = task("Call Huber about the offer");
    p.free_crm.push_back(seen("c7", "1", crm));
    p.free_exchange.push_back(seen("e7", "1", model::project_exchange(crm), token_of("c7", "old-3")));
    const Plan plan = reconcile(p);
    EXPECT_EQ(summary(plan), "open matched_by_token; bind matched_by_token");
    EXPECT_EQ(changes_of<OpenLink>(plan).at(0).token, token_of("c7", "old-3"));
}

TEST(Reconcile, MatchedItemsThatDifferFillGapsAndRecordContradictions) {
    Picture p = empty_picture();
    Record crm = task("Call Huber");
    crm.set(Field::Body, std::string("C"));
    Record exchange = task("Call Huber");
    exchange.set(Field::Body, std::string("E"));
    exchange.set(Field::Priority, std::string("high"));
    p.free_crm.push_back(seen("c7", "1", crm));
    p.free_exchange.push_back(seen("e7", "1", exchange));
    const Plan plan = reconcile(p);
    EXPECT_EQ(summary(plan), "open matched_by_content; bind matched_by_content; update crm merged_both");
    EXPECT_EQ(field_names(plan.operations[0].patch), "priority");
}

TEST(Reconcile, PrivateItemsStayInTheMailbox) {
    Picture p = empty_picture();
    Record secret = task("Doctor");
    secret.set(Field::IsPrivate, true);
    p.free_exchange.push_back(seen("e7", "1", secret));
    EXPECT_EQ(summary(reconcile(p)), "park exchange private_item");
    p.policy.mirror_private = true;
    EXPECT_EQ(summary(reconcile(p)), "open new_in_exchange; create crm new_in_exchange");
    p.policy.mirror_private = false;
    p.free_crm.push_back(seen("c7", "1", task("Doctor")));
    EXPECT_EQ(summary(reconcile(p)), "open new_in_crm; create exchange new_in_crm; park exchange private_item")
        << "a private item is not matched by its content either";
}

TEST(Reconcile, EditsOfALinkedItemThatTurnsPrivateDoNotTravel) {
    Picture p = empty_picture();
    p.links.push_back(linked_task());
    edit(p.links[0], Side::Exchange, Field::IsPrivate, true);
    edit(p.links[0], Side::Exchange, Field::Body, std::string("secret"));
    EXPECT_TRUE(reconcile(p).operations.empty());
    edit(p.links[0], Side::Crm, Field::Body, std::string("from the CRM"));
    edit(p.links[0], Side::Crm, Field::Priority, std::string("high"));
    const Plan plan = reconcile(p);
    ASSERT_EQ(plan.operations.size(), 1u);
    EXPECT_EQ(plan.operations[0].side, Side::Exchange);
    EXPECT_EQ(field_names(plan.operations[0].patch), "priority") << "nor are they overwritten";
    EXPECT_TRUE(plan.conflicts.empty()) << "nor recorded";
}

TEST(Reconcile, PrivateFlagOfTheCrmTravelsAndKeepsTheItemInStep) {
    Picture p = empty_picture();
    p.links.push_back(linked_task());
    edit(p.links[0], Side::Crm, Field::IsPrivate, true);
    EXPECT_EQ(field_names(reconcile(p).operations.at(0).patch), "is_private");
    Record crm = task("Call");
    crm.set(Field::IsPrivate, true);
    p.links = {linked(crm, model::project_exchange(crm))};
    edit(p.links[0], Side::Exchange, Field::Body, std::string("note"));
    EXPECT_EQ(summary(reconcile(p)), "update crm changed_in_exchange");
}

TEST(Reconcile, SamePlanForAnyOrderOfTheInputs) {
    Picture p = empty_picture();
    for (int i = 1; i <= 5; ++i) {
        p.links.push_back(linked_task("Task " + std::to_string(i), i));
        edit(p.links.back(), Side::Crm, Field::Body, std::string("x"));
        p.free_crm.push_back(seen("n" + std::to_string(i), "1", task("New " + std::to_string(i))));
        p.free_exchange.push_back(seen("m" + std::to_string(i), "1", task("Own " + std::to_string(i))));
    }
    const Plan plan = reconcile(p);
    std::reverse(p.links.begin(), p.links.end());
    std::reverse(p.free_crm.begin(), p.free_crm.end());
    std::reverse(p.free_exchange.begin(), p.free_exchange.end());
    EXPECT_EQ(reconcile(p), plan);
    for (std::size_t i = 0; i < 5; ++i) EXPECT_EQ(plan.operations[i].link, LinkId(static_cast<std::int64_t>(i) + 1));
}

}  // namespace
}  // namespace liaison::sync
