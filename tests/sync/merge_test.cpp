#include "daemon/sync/merge.hpp"

#include <gtest/gtest.h>

#include "tests/sync/fixtures.hpp"

namespace liaison::sync {
namespace {

using namespace fixtures;

struct MergeCase {
    EndpointCapabilities crm_can = model::crm_capabilities();
    EndpointCapabilities exchange_can = model::exchange_capabilities();
    Record crm_shadow, crm, exchange_shadow, exchange;
    MergeRules rules;

    explicit MergeCase(Record agreed) {
        crm_shadow = crm = agreed;
        exchange_shadow = exchange = projected(exchange_can, agreed);
    }
    Merged run() const {
        return merge_changes({&crm_shadow, &crm, &crm_can, crm_can.writable},
                             {&exchange_shadow, &exchange, &exchange_can, exchange_can.writable}, rules);
    }
};

TEST(Merge, EqualChangesOnBothSidesAreAgreement) {
    MergeCase c(task("Call"));
    c.crm.set(Field::Subject, std::string("A subject longer than twelve"));
    c.exchange.set(Field::Subject, std::string("A subject lo"));
    const Merged m = c.run();
    EXPECT_TRUE(m.crm.patch.empty());
    EXPECT_TRUE(m.exchange.patch.empty());
    EXPECT_TRUE(m.conflicts.empty());
    EXPECT_EQ(m.crm.shadow.text(Field::Subject), "A subject longer than twelve");
    EXPECT_EQ(m.exchange.shadow.text(Field::Subject), "A subject lo");
}

TEST(Merge, FieldThatTheOtherSideCannotWriteOnlyAdvancesTheShadow) {
    MergeCase c(task("Call"));
    c.exchange_can.writable.remove(Field::Body);
    c.crm.set(Field::Body, std::string("for the CRM only"));
    const Merged m = c.run();
    EXPECT_TRUE(m.exchange.patch.empty());
    EXPECT_EQ(m.crm.shadow, c.crm);
    EXPECT_EQ(m.exchange.shadow, c.exchange_shadow);
}

TEST(Merge, FieldThatOneSideDoesNotCarryIsInvisible) {
    MergeCase c(task("Call"));
    c.exchange_can.carried.remove(Field::PercentComplete);
    c.crm.set(Field::PercentComplete, std::int64_t{40});
    c.crm_shadow.set(Field::PercentComplete, std::int64_t{10});
    const Merged m = c.run();
    EXPECT_TRUE(m.crm.changed.empty());
    EXPECT_TRUE(m.crm.patch.empty());
    EXPECT_TRUE(m.exchange.patch.empty());
}

TEST(Merge, WriteGroupIsCompletedWithPresentValues) {
    MergeCase c(task("Call"));
    for (Record* r : {&c.crm, &c.crm_shadow, &c.exchange, &c.exchange_shadow})
        r->set(Field::PercentComplete, std::int64_t{30});
    c.exchange_can.write_groups = {{Field::Priority, Field::PercentComplete, Field::IsPrivate, Field::DueDate}};
    c.crm.set(Field::Priority, std::string("high"));
    const Merged m = c.run();
    EXPECT_EQ(m.exchange.patch.at(Field::PercentComplete), Value(std::int64_t{30}));
    EXPECT_EQ(m.exchange.patch.at(Field::IsPrivate), std::nullopt) << "an absent flag says false";
    EXPECT_FALSE(m.exchange.patch.contains(Field::DueDate)) << "nothing present to send";
    FieldMask only_priority{Field::Priority};
    EXPECT_EQ(changing_fields(m.exchange.patch, c.exchange), only_priority);
}

TEST(Merge, PercentageFollowsTheStatus) {
    MergeCase c(task("Call", "completed"));
    c.crm.set(Field::Status, std::string("in_progress"));
    const Merged m = c.run();
    EXPECT_EQ(m.exchange.patch.at(Field::Status), Value(std::string("in_progress")));
    EXPECT_EQ(m.exchange.patch.at(Field::PercentComplete), std::nullopt) << "not 100 percent any more";
}

TEST(Merge, PercentageFollowsAStatusThatBothSidesChangedAlike) {
    MergeCase c(task("Call", "completed"));
    c.crm.set(Field::Status, std::string("in_progress"));
    c.exchange.set(Field::Status, std::string("in_progress"));
    const Merged m = c.run();
    EXPECT_EQ(m.exchange.patch.at(Field::PercentComplete), std::nullopt);
    EXPECT_EQ(m.crm.shadow.text(Field::Status), "completed") << "open until the percentage is written";
    c.exchange.erase(Field::PercentComplete);
    c.exchange_shadow.erase(Field::PercentComplete);
    EXPECT_EQ(c.run().crm.shadow.text(Field::Status), "in_progress");
    EXPECT_TRUE(c.run().exchange.patch.empty());
}

TEST(Merge, CompletionOutranksAProgressReportOfTheOtherSide) {
    MergeCase c(task("Call"));
    c.crm.set(Field::PercentComplete, std::int64_t{50});
    c.exchange.set(Field::Status, std::string("completed"));
    c.exchange.set(Field::PercentComplete, std::int64_t{100});
    const Merged m = c.run();
    EXPECT_EQ(m.crm.patch.at(Field::Status), Value(std::string("completed")));
    EXPECT_EQ(m.crm.patch.at(Field::PercentComplete), Value(std::int64_t{100}));
    ASSERT_EQ(m.conflicts.size(), 1u);
    EXPECT_EQ(m.conflicts[0].field, Field::PercentComplete);
    EXPECT_EQ(m.conflicts[0].winner, Side::Exchange);
}

TEST(Merge, StatusOnBothSidesTakesThePercentageOfTheWinner) {
    MergeCase c(task("Call"));
    c.crm.set(Field::Status, std::string("deferred"));
    c.exchange.set(Field::Status, std::string("completed"));
    c.exchange.set(Field::PercentComplete, std::int64_t{100});
    const Merged m = c.run();
    EXPECT_TRUE(m.crm.patch.empty());
    EXPECT_EQ(m.exchange.patch.at(Field::Status), Value(std::string("deferred")));
    EXPECT_EQ(m.exchange.patch.at(Field::PercentComplete), std::nullopt);
    EXPECT_EQ(m.conflicts.size(), 2u);
}

TEST(Merge, StartAndEndAreNeverMixedFromTwoEdits) {
    const Picture p = appointment_picture();
    const Record agreed = meeting("Review");
    Record crm = agreed;
    crm.set(Field::Start, at(27, 15));
    crm.set(Field::End, at(27, 16));
    Record exchange = agreed;
    exchange.set(Field::End, at(26, 12));
    const Merged m = merge_changes({&agreed, &crm, &p.crm_capabilities, p.crm_capabilities.writable},
                                   {&agreed, &exchange, &p.exchange_capabilities, p.exchange_capabilities.writable},
                                   {Side::Exchange, false});
    EXPECT_TRUE(m.exchange.patch.empty());
    EXPECT_EQ(m.crm.target.find(Field::Start) ? *m.crm.target.find(Field::Start) : Value(false), Value(at(26, 9)));
    EXPECT_EQ(*m.crm.target.find(Field::End), Value(at(26, 12)));
    EXPECT_EQ(m.conflicts.size(), 2u);
}

TEST(Merge, LoserThatCannotBeWrittenIsRecordedAndSettledAtOnce) {
    MergeCase c(task("Call"));
    c.exchange_can.writable.remove(Field::Body);
    c.crm.set(Field::Body, std::string("C"));
    c.exchange.set(Field::Body, std::string("E"));
    const Merged m = c.run();
    ASSERT_EQ(m.conflicts.size(), 1u);
    EXPECT_FALSE(m.conflicts[0].awaits_write);
    EXPECT_EQ(m.crm.shadow, c.crm);
    EXPECT_EQ(m.exchange.shadow, c.exchange);
}

TEST(Merge, FieldsOutsideTheWriteKeepWhatTheSideShowsEvenIfProjectionDiffers) {
    MergeCase c(task("Call"));
    c.exchange.set(Field::Subject, std::string("longer than it should be"));  // the endpoint holds more than it promised
    c.exchange_shadow = c.exchange;
    c.crm.set(Field::Priority, std::string("low"));
    const Merged m = c.run();
    EXPECT_EQ(m.exchange.target.text(Field::Subject), "longer than it should be");
    EXPECT_EQ(m.exchange.patch.size(), 1u);
}

}  // namespace
}  // namespace liaison::sync
