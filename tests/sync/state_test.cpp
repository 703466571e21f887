#include "daemon/sync/state_category.hpp"

#include <gtest/gtest.h>

#include "daemon/sync/explain.hpp"
#include "tests/sync/fixtures.hpp"

namespace liaison::sync {
namespace {

using namespace fixtures;

Record due(unsigned d, std::string status = "not_started") {
    Record record = task("Call", std::move(status));
    record.set(Field::DueDate, day(11, d));
    return record;
}

TEST(StateCategory, TasksArePlannedThenOverdueUntilTheyAreDone) {
    EXPECT_EQ(state_category(due(25), day(11, 25)), "planned");
    EXPECT_EQ(state_category(due(24), day(11, 25)), "overdue");
    EXPECT_EQ(state_category(due(24, "completed"), day(11, 25)), "done");
    EXPECT_EQ(state_category(due(24, "canceled"), day(11, 25)), "done");
    EXPECT_EQ(state_category(task("Some day"), day(11, 25)), "planned");
    EXPECT_EQ(state_recheck(due(25), day(11, 25)), day(11, 26));
    EXPECT_EQ(state_recheck(due(30), day(11, 25)), day(12, 1));
    EXPECT_EQ(state_recheck(due(24), day(11, 25)), std::nullopt);
    EXPECT_EQ(state_recheck(task("Some day"), day(11, 25)), std::nullopt);
}

TEST(StateCategory, AppointmentsArePlannedUntilTheyAreOver) {
    EXPECT_EQ(state_category(meeting("M", 25), day(11, 25)), "planned");
    EXPECT_EQ(state_category(meeting("M", 24), day(11, 25)), "done");
    EXPECT_EQ(state_recheck(meeting("M", 25), day(11, 25)), day(11, 26));
    Record whole_day(EntityKind::Appointment);
    whole_day.set(Field::AllDay, true);
    whole_day.set(Field::Start, ZonedTime{std::chrono::local_days{day(11, 25)}, ""});
    whole_day.set(Field::End, ZonedTime{std::chrono::local_days{day(11, 26)}, ""});
    EXPECT_EQ(state_category(whole_day, day(11, 25)), "planned");
    EXPECT_EQ(state_category(whole_day, day(11, 26)), "done") << "its end is the midnight after its last day";
    EXPECT_EQ(state_recheck(whole_day, day(11, 25)), day(11, 26));
    EXPECT_EQ(state_category(Record(EntityKind::Contact), day(11, 25)), std::nullopt);
}

TEST(StateColour, AppearsWhenTheDayPassesAndOnlyOnce) {
    Picture p = empty_picture();
    p.policy.state_categories = true;
    const Record crm = due(25);
    Record exchange = model::project_exchange(crm);
    exchange.set(Field::StateCategory, std::string("planned"));
    p.links.push_back(linked(crm, exchange));
    const Plan first = reconcile(p);
    EXPECT_TRUE(first.operations.empty());
    EXPECT_EQ(changes_of<SetRecheck>(first).at(0).on, day(11, 26));
    p.links[0].link.recheck_on = day(11, 26);
    EXPECT_TRUE(reconcile(p).empty());
    p.today = day(11, 26);
    const Plan turned = reconcile(p);
    EXPECT_EQ(summary(turned), "update exchange state_colour");
    EXPECT_EQ(turned.operations[0].patch.at(Field::StateCategory), Value(std::string("overdue")));
    EXPECT_EQ(changes_of<SetRecheck>(turned).at(0).on, std::nullopt);
    exchange.set(Field::StateCategory, std::string("overdue"));
    p.links[0] = linked(crm, exchange);
    EXPECT_TRUE(reconcile(p).empty());
}

TEST(StateColour, ThatAPersonTookOffStaysOffUntilTheStateChanges) {
    Picture p = empty_picture();
    p.policy.state_categories = true;
    const Record crm = due(20);
    Record exchange = model::project_exchange(crm);
    exchange.set(Field::StateCategory, std::string("overdue"));
    p.links.push_back(linked(crm, exchange));
    exchange.erase(Field::StateCategory);
    p.links[0].exchange->content = exchange;
    EXPECT_TRUE(reconcile(p).empty());
    edit(p.links[0], Side::Crm, Field::Status, std::string("completed"));
    EXPECT_EQ(reconcile(p).operations.at(0).patch.at(Field::StateCategory), Value(std::string("done")));
}

TEST(StateColour, TravelsWithCreatesAndNeedsCarrierAndPolicy) {
    Picture p = empty_picture();
    p.policy.state_categories = true;
    p.free_crm.push_back(seen("c7", "1", due(20)));
    EXPECT_EQ(reconcile(p).operations.at(0).target.text(Field::StateCategory), "overdue");
    p.policy.state_categories = false;
    EXPECT_EQ(reconcile(p).operations.at(0).target.find(Field::StateCategory), nullptr);
    p.policy.state_categories = true;
    p.exchange_capabilities.writable.remove(Field::StateCategory);
    EXPECT_EQ(reconcile(p).operations.at(0).target.find(Field::StateCategory), nullptr);
}

TEST(Explain, EveryReasonHasASentenceOfItsOwn) {
    std::set<std::string_view> sentences;
    for (int i = 0; i <= static_cast<int>(Reason::PrivateItem); ++i) {
        const std::string_view sentence = explain(static_cast<Reason>(i));
        EXPECT_TRUE(sentence.ends_with('.'));
        EXPECT_TRUE(sentences.insert(sentence).second) << sentence;
    }
}

TEST(Explain, OperationTellsFieldsAndStateButNoContent) {
    Operation op;
    op.kind = OperationKind::Update;
    op.side = Side::Crm;
    op.reason = Reason::ChangedInExchange;
    op.patch = {{Field::Status, Value(std::string("completed"))}, {Field::Body, Value(std::string("SECRET"))}};
    op.target = task("SECRET");
    op.state = OperationState::Rejected;
    op.attempts = 2;
    op.last_error = Error{ErrorKind::InvalidRequest, "SECRET", "", {}};
    EXPECT_EQ(explain(op),
              "Changes body, status in the CRM. The rep changed the item since both sides last agreed. Refused after 2 "
              "attempts (invalid_request); it waits until either item changes.");
}

}  // namespace
}  // namespace liaison::sync
