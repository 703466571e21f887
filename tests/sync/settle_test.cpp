#include "daemon/sync/settle.hpp"

#include <gtest/gtest.h>

#include "tests/sync/fixtures.hpp"

namespace liaison::sync {
namespace {

using namespace fixtures;
using What = Settlement::What;

const Timestamp kNow{std::chrono::sys_days{std::chrono::year{2026} / 11 / 25}};

/// The operation that reconcile plans for an edit in the CRM, as sent.
struct SettleCase {
    Picture p = empty_picture();
    Operation op;
    Link link;

    explicit SettleCase(OperationKind kind) {
        p.links.push_back(linked_task());
        LinkView& view = p.links[0];
        switch (kind) {
            case OperationKind::Create:
                view.link.exchange.reset();
                view.exchange.reset();
                break;
            case OperationKind::Update:
                edit(view, Side::Crm, Field::Body, std::string("new"));
                edit(view, Side::Exchange, Field::Categories, TextList{"own"});
                break;
            case OperationKind::Delete: becomes(view, Side::Crm, Tombstone{true}); break;
        }
        op = reconcile(p).operations.at(0);
        op.id = OperationId(7);
        op.state = OperationState::Sent;
        op.attempts = 1;
        link = view.link;
    }

    Settlement on(ErrorKind error, int attempts = 1) {
        op.attempts = attempts;
        return settle_operation(op, link, Outcome{fail(error, "x")}, kNow);
    }
    Settlement done(Observation now) { return settle_operation(op, link, Outcome{std::move(now)}, kNow); }
};

constexpr OperationKind kKinds[] = {OperationKind::Create, OperationKind::Update, OperationKind::Delete};
constexpr ErrorKind kErrors[] = {
    ErrorKind::Transient, ErrorKind::Throttled, ErrorKind::Unauthenticated, ErrorKind::Forbidden, ErrorKind::NotFound,
    ErrorKind::VersionConflict, ErrorKind::CursorExpired, ErrorKind::AlreadyExists, ErrorKind::InvalidRequest,
    ErrorKind::Unanswered, ErrorKind::TooLarge, ErrorKind::Unsupported, ErrorKind::CorruptReply, ErrorKind::Cancelled,
    ErrorKind::Internal};

/// One letter per error, in the order above: Q requeued for good, L requeued until the limit, R rejected, S stays
/// sent, D dropped, O done.
TEST(Settle, EveryOutcomeOfEveryKind) {
    const std::map<OperationKind, std::string> table{{OperationKind::Create, "QQQQLLLRRSRRLQL"},
                                                     {OperationKind::Update, "QQQQDDLRRSRRLQL"},
                                                     {OperationKind::Delete, "QQQQODLRRSRRLQL"}};
    for (const OperationKind kind : kKinds)
        for (std::size_t i = 0; i < std::size(kErrors); ++i) {
            SettleCase c(kind);
            const char letter = table.at(kind)[i];
            const Settlement first = c.on(kErrors[i], 1);
            const Settlement last = c.on(kErrors[i], limits::attempts_max);
            const std::string where = std::string(to_string(kind)) + " " + std::string(to_string(kErrors[i]));
            EXPECT_EQ(first.operation, OperationId(7));
            EXPECT_EQ(first.link, LinkId(1));
            switch (letter) {
                case 'Q':
                case 'L':
                    EXPECT_EQ(first.what, What::Requeued) << where;
                    EXPECT_EQ(first.requeued->state, OperationState::Queued) << where;
                    EXPECT_GT(first.requeued->due, kNow) << where;
                    EXPECT_EQ(last.what, letter == 'Q' ? What::Requeued : What::Rejected) << where;
                    break;
                case 'R':
                    EXPECT_EQ(first.what, What::Rejected) << where;
                    EXPECT_EQ(first.requeued->state, OperationState::Rejected) << where;
                    EXPECT_EQ(first.requeued->last_error->kind, kErrors[i]) << where;
                    break;
                case 'S':
                    EXPECT_EQ(first.what, What::Requeued) << where;
                    EXPECT_EQ(first.requeued->state, OperationState::Sent) << where;
                    break;
                case 'D': EXPECT_EQ(first.what, What::Dropped) << where; break;
                default: EXPECT_EQ(first.what, What::Done) << where; break;
            }
        }
}

TEST(Settle, CreateBindsWithTheShadowThatWasSent) {
    SettleCase c(OperationKind::Create);
    Record rewritten = c.op.target;
    rewritten.set(Field::Body, std::string("somebody was quick"));
    const Settlement s = c.done(seen("e9", "4", rewritten, c.op.token));
    const auto& bind = std::get<BindItem>(s.changes.at(0));
    EXPECT_EQ(bind.key, ItemKey("e9"));
    EXPECT_EQ(bind.version, Version("4"));
    EXPECT_EQ(bind.shadow, c.op.target) << "never from what is seen (law 3)";
    EXPECT_EQ(s.observed->key, ItemKey("e9"));
}

TEST(Settle, UpdateAdvancesBothShadowsForTheWrittenFieldsOnly) {
    SettleCase c(OperationKind::Update);
    // Meanwhile the rep changed the priority: it was seen when the plan was made and must still be owed to the CRM.
    c.op.before.set(Field::Priority, std::string("high"));
    c.op.target.set(Field::Priority, std::string("high"));
    const Settlement s = c.done(seen("e1", "2", c.op.target));
    ASSERT_EQ(s.changes.size(), 2u);
    const auto& exchange = std::get<AdvanceShadow>(s.changes[0]);
    const auto& crm = std::get<AdvanceShadow>(s.changes[1]);
    EXPECT_EQ(exchange.side, Side::Exchange);
    EXPECT_EQ(exchange.version, Version("2"));
    EXPECT_EQ(exchange.shadow.text(Field::Body), "new");
    EXPECT_EQ(exchange.shadow.find(Field::Priority), nullptr);
    EXPECT_EQ(crm.side, Side::Crm);
    EXPECT_EQ(crm.shadow.text(Field::Body), "new") << "both at once (law 5)";
}

TEST(Settle, CompanyOfAWriteGroupAdvancesNothing) {
    SettleCase c(OperationKind::Update);
    c.op.before.set(Field::PercentComplete, std::int64_t{30});
    c.op.target.set(Field::PercentComplete, std::int64_t{30});
    c.op.patch[Field::PercentComplete] = std::int64_t{30};
    const Settlement s = c.done(seen("e1", "2", c.op.target));
    EXPECT_EQ(std::get<AdvanceShadow>(s.changes.at(0)).shadow.find(Field::PercentComplete), nullptr);
}

TEST(Settle, ValueThatTheEndpointDerivesAdvancesItsOwnShadowOnly) {
    Picture p = empty_picture();
    p.exchange_capabilities.writable.remove(Field::PercentComplete);
    p.links.push_back(linked_task());
    edit(p.links[0], Side::Crm, Field::Status, std::string("completed"));
    Operation op = reconcile(p).operations.at(0);
    const Settlement s = settle_operation(op, p.links[0].link, Outcome{seen("e1", "2", op.target)}, kNow);
    ASSERT_EQ(s.changes.size(), 2u);
    EXPECT_EQ(*std::get<AdvanceShadow>(s.changes[0]).shadow.find(Field::PercentComplete), Value(std::int64_t{100}));
    EXPECT_EQ(std::get<AdvanceShadow>(s.changes[1]).shadow.find(Field::PercentComplete), nullptr);
}

TEST(Settle, StampedTokenBecomesTheLinksToken) {
    SettleCase c(OperationKind::Update);
    c.op.stamp_token = true;
    c.op.token = token_of("c1", "e-1");
    const Settlement s = c.done(seen("e1", "2", c.op.target, c.op.token));
    EXPECT_EQ(std::get<AdvanceShadow>(s.changes.at(0)).token, c.op.token);
}

TEST(Settle, AnswerUnderAnotherKeyMovesTheLink) {
    SettleCase c(OperationKind::Update);
    const Settlement s = c.done(seen("e2", "2", c.op.target));
    EXPECT_EQ(std::get<BindItem>(s.changes.at(0)).key, ItemKey("e2"));
}

TEST(Settle, ReleasedCopyChangesNoLink) {
    SettleCase c(OperationKind::Update);
    c.op.patch.clear();
    c.op.stamp_token = true;
    c.op.token = {};
    EXPECT_TRUE(c.done(seen("e2", "2", c.op.target)).changes.empty());
}

TEST(Settle, DeleteUnlinksAndSoDoesNotFound) {
    SettleCase c(OperationKind::Delete);
    const Settlement done = c.done(state("e1", Tombstone{true}));
    EXPECT_EQ(std::get<Unlink>(done.changes.at(0)).reason, Reason::GoneInCrm);
    const Settlement missing = c.on(ErrorKind::NotFound);
    EXPECT_EQ(missing.changes, done.changes);
    EXPECT_EQ(missing.observed->content, (std::variant<Record, Tombstone, OutOfScope, Unreadable>(Tombstone{true})));
}

TEST(Settle, UpdateOfAMissingItemLeavesTheProofToARead) {
    SettleCase c(OperationKind::Update);
    const Settlement s = c.on(ErrorKind::NotFound);
    EXPECT_TRUE(s.changes.empty());
    EXPECT_EQ(s.observed->content, (std::variant<Record, Tombstone, OutOfScope, Unreadable>(Tombstone{false})));
}

TEST(Settle, NeverEarlierThanTheServerAsked) {
    SettleCase c(OperationKind::Update);
    for (std::int64_t id = 1; id <= 200; ++id) {
        c.op.id = OperationId(id);
        Error busy{ErrorKind::Throttled, "busy", "ErrorServerBusy", std::chrono::milliseconds{30'000}};
        const Settlement s = settle_operation(c.op, c.link, Outcome{std::unexpected(busy)}, kNow);
        EXPECT_GE(s.requeued->due, kNow + std::chrono::seconds{30});
        EXPECT_LE(s.requeued->due, kNow + std::chrono::seconds{33});
    }
    Error nonsense{ErrorKind::Throttled, "busy", "", std::chrono::milliseconds{-5}};
    EXPECT_GT(settle_operation(c.op, c.link, Outcome{std::unexpected(nonsense)}, kNow).requeued->due, kNow);
}

TEST(Settle, BackOffDoublesIsBoundedAndSpread) {
    SettleCase c(OperationKind::Update);
    std::set<Timestamp> spread;
    for (std::int64_t id = 1; id <= 50; ++id) {
        c.op.id = OperationId(id);
        spread.insert(c.on(ErrorKind::Transient).requeued->due);
        EXPECT_EQ(c.on(ErrorKind::Transient), c.on(ErrorKind::Transient)) << "deterministic";
    }
    EXPECT_GT(spread.size(), 25u);
    EXPECT_LE(c.on(ErrorKind::Transient, 1).requeued->due - kNow, limits::backoff_min);
    for (int attempts = 1; attempts < 200; ++attempts) {
        const auto pause = c.on(ErrorKind::Transient, attempts).requeued->due - kNow;
        EXPECT_LE(pause, limits::backoff_max);
        EXPECT_GE(pause, attempts > 12 ? limits::backoff_max / 2 : limits::backoff_min / 2);
    }
}

TEST(DecideUnanswered, CreateIsAdoptedWhenFoundAndQueuedAgainWhenNot) {
    SettleCase c(OperationKind::Create);
    const Settlement found = decide_unanswered(c.op, c.link, seen("e9", "1", c.op.target, c.op.token), kNow);
    EXPECT_EQ(found.what, What::Done);
    EXPECT_EQ(std::get<BindItem>(found.changes.at(0)).shadow, c.op.target);
    const Settlement missing = decide_unanswered(c.op, c.link, std::nullopt, kNow);
    EXPECT_EQ(missing.what, What::Requeued);
    EXPECT_EQ(missing.requeued->state, OperationState::Queued);
    c.op.attempts = 4 * limits::attempts_max;
    EXPECT_EQ(decide_unanswered(c.op, c.link, std::nullopt, kNow).what, What::Rejected);
}

TEST(DecideUnanswered, UpdateIsDoneWhenTheItemShowsItAndDroppedWhenNot) {
    SettleCase c(OperationKind::Update);
    Record after = c.op.target;
    after.set(Field::Priority, std::string("high"));  // somebody changed something else since
    const Settlement done = decide_unanswered(c.op, c.link, seen("e1", "3", after), kNow);
    EXPECT_EQ(done.what, What::Done);
    EXPECT_EQ(std::get<AdvanceShadow>(done.changes.at(0)).shadow.find(Field::Priority), nullptr);
    EXPECT_EQ(decide_unanswered(c.op, c.link, seen("e1", "1", c.op.before), kNow).what, What::Dropped);
    const Settlement gone = decide_unanswered(c.op, c.link, std::nullopt, kNow);
    EXPECT_EQ(gone.what, What::Dropped);
    EXPECT_FALSE(std::get<Tombstone>(gone.observed->content).confirmed);
    c.op.stamp_token = true;
    EXPECT_EQ(decide_unanswered(c.op, c.link, seen("e1", "3", after), kNow).what, What::Done) << "token empty as asked";
    c.op.token = token_of("c1", "e-1");
    EXPECT_EQ(decide_unanswered(c.op, c.link, seen("e1", "3", after), kNow).what, What::Dropped);
}

TEST(DecideUnanswered, StampedItemThatMovedIsKnownByItsNewToken) {
    SettleCase c(OperationKind::Update);
    c.link.token = token_of("", "e-1");
    c.op.stamp_token = true;
    c.op.token = token_of("c1", "e-1");
    const Settlement s = decide_unanswered(c.op, c.link, seen("e2", "1", c.op.target, c.op.token), kNow);
    EXPECT_EQ(s.what, What::Dropped);
    EXPECT_EQ(s.observed->key, ItemKey("e1"));
    const auto& known = std::get<AdvanceShadow>(s.changes.at(0));
    EXPECT_EQ(known.token, c.op.token);
    EXPECT_EQ(known.shadow, c.link.exchange->shadow);
}

TEST(DecideUnanswered, DeleteIsDoneWhenTheItemIsGone) {
    SettleCase c(OperationKind::Delete);
    EXPECT_EQ(decide_unanswered(c.op, c.link, std::nullopt, kNow).what, What::Done);
    EXPECT_EQ(decide_unanswered(c.op, c.link, state("e1", OutOfScope{}), kNow).what, What::Done);
    EXPECT_EQ(decide_unanswered(c.op, c.link, seen("e1", "1", c.op.before), kNow).what, What::Dropped);
}

}  // namespace
}  // namespace liaison::sync
