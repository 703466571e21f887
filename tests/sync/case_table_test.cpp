// The whole case table, walked from data: every cell under every policy that can bend it. A cell that is missing
// fails.
#include <gtest/gtest.h>

#include <stdexcept>

#include "tests/sync/fixtures.hpp"

namespace liaison::sync {
namespace {

using namespace fixtures;

constexpr SideState kStates[] = {SideState::Same, SideState::Changed, SideState::Gone, SideState::LeftScope,
                                 SideState::Never};
constexpr std::string_view kStateNames[] = {"same", "changed", "gone", "left", "never"};

enum class Bend { None, KeepsCrm, KeepsExchange, NoCreateInCrm, EditedMirror, OwnMirror };
constexpr Bend kBends[] = {Bend::None,          Bend::KeepsCrm,     Bend::KeepsExchange,
                           Bend::NoCreateInCrm, Bend::EditedMirror, Bend::OwnMirror};
constexpr std::string_view kBendNames[] = {"", "keeps_crm", "keeps_exchange", "no_create_in_crm", "edited_mirror", "own_mirror"};

/// "CRM Exchange" and then " policy" where the policy bends the cell; what is not listed with a policy is as without.
const std::map<std::string, std::string>& expected_cells() {
    static const std::map<std::string, std::string> cells{
        {"same same", ""},
        {"same changed", "update crm changed_in_exchange"},
        {"same gone", "delete crm gone_in_exchange"},
        {"same gone keeps_crm", "unlink policy_forbids; park crm policy_forbids"},
        {"same left", "unlink left_scope_in_exchange; park crm left_scope_in_exchange"},
        {"same never", "create exchange new_in_crm"},
        {"changed same", "update exchange changed_in_crm"},
        {"changed changed", "update crm merged_both"},
        {"changed gone", "unlink edit_outranks_deletion; open edit_outranks_deletion; "
                         "create exchange edit_outranks_deletion"},
        {"changed left", "unlink left_scope_in_exchange; park crm left_scope_in_exchange"},
        {"changed never", "create exchange new_in_crm"},
        {"gone same", "delete exchange gone_in_crm"},
        {"gone same keeps_exchange", "unlink policy_forbids"},
        {"gone changed", "unlink edit_outranks_deletion; open edit_outranks_deletion; create crm edit_outranks_deletion"},
        {"gone changed no_create_in_crm", "unlink policy_forbids"},
        {"gone gone", "unlink gone_on_both"},
        {"gone left", "unlink gone_in_crm"},
        {"gone never", "unlink gone_in_crm"},
        {"left same", "unlink left_scope_in_crm"},
        {"left same own_mirror", "delete exchange left_scope_in_crm"},
        {"left changed", "unlink left_scope_in_crm"},
        {"left gone", "unlink gone_in_exchange"},
        {"left left", "unlink left_scope_in_crm"},
        {"left never", "unlink left_scope_in_crm"},
        {"never same", "create crm new_in_exchange"},
        {"never same no_create_in_crm", "unlink policy_forbids"},
        {"never changed", "create crm new_in_exchange"},
        {"never changed no_create_in_crm", "unlink policy_forbids"},
        {"never gone", "unlink gone_in_exchange"},
        {"never left", "unlink left_scope_in_exchange"},
        {"never never", "impossible"},
    };
    return cells;
}

void put_side(LinkView& view, Side side, SideState state) {
    std::optional<Observation>& now = side == Side::Crm ? view.crm : view.exchange;
    switch (state) {
        case SideState::Same: return;
        case SideState::Changed:
            edit(view, side, side == Side::Crm ? Field::Body : Field::Priority, std::string(side == Side::Crm ? "new" : "high"));
            return;
        case SideState::Gone: becomes(view, side, Tombstone{true}); return;
        case SideState::LeftScope: becomes(view, side, OutOfScope{}); return;
        case SideState::Never:
            view.link.anchor(side).reset();
            now.reset();
            return;
    }
}

Picture picture_of(SideState crm, SideState exchange, Bend bend) {
    Picture p = empty_picture();
    LinkView view = linked_task();
    view.link.made_in_exchange = bend == Bend::OwnMirror || bend == Bend::EditedMirror;
    view.link.edited_in_exchange = bend == Bend::EditedMirror;
    p.policy.delete_in_crm = bend != Bend::KeepsCrm;
    p.policy.delete_in_exchange = bend != Bend::KeepsExchange;
    p.policy.create_in_crm = bend != Bend::NoCreateInCrm;
    put_side(view, Side::Crm, crm);
    put_side(view, Side::Exchange, exchange);
    p.links.push_back(view);
    return p;
}

TEST(CaseTable, EveryCellUnderEveryPolicy) {
    std::size_t walked = 0;
    for (std::size_t c = 0; c < std::size(kStates); ++c)
        for (std::size_t e = 0; e < std::size(kStates); ++e)
            for (std::size_t b = 0; b < std::size(kBends); ++b) {
                const std::string cell = std::string(kStateNames[c]) + " " + std::string(kStateNames[e]);
                const auto bent = expected_cells().find(cell + " " + std::string(kBendNames[b]));
                const auto plain = expected_cells().find(cell);
                ASSERT_NE(plain, expected_cells().end()) << "no expectation for " << cell;
                const std::string expected = bent == expected_cells().end() ? plain->second : bent->second;
                const Picture p = picture_of(kStates[c], kStates[e], kBends[b]);
                ++walked;
                if (expected == "impossible") {
                    EXPECT_THROW(reconcile(p), std::logic_error);
                    continue;
                }
                EXPECT_EQ(summary(reconcile(p)), expected) << cell << " " << kBendNames[b];
            }
    EXPECT_EQ(walked, 150u);
}

TEST(CaseTable, MissingRightsActLikePolicy) {
    Picture p = picture_of(SideState::Same, SideState::Gone, Bend::None);
    p.crm_capabilities.can_delete = false;
    EXPECT_EQ(summary(reconcile(p)), "unlink policy_forbids; park crm policy_forbids");
    p = picture_of(SideState::Changed, SideState::Same, Bend::None);
    p.exchange_capabilities.can_update = false;
    EXPECT_EQ(summary(reconcile(p)), "");
    EXPECT_EQ(changes_of<AdvanceShadow>(reconcile(p)).size(), 1u) << "the change is known and goes nowhere";
    p = picture_of(SideState::Changed, SideState::Gone, Bend::None);
    p.exchange_capabilities.can_create = false;
    EXPECT_EQ(summary(reconcile(p)), "unlink policy_forbids; park crm policy_forbids");
}

TEST(CaseTable, UnconfirmedTombstoneDeletesNothing) {
    for (const Side side : kSides) {
        Picture p = picture_of(SideState::Same, SideState::Same, Bend::OwnMirror);
        becomes(p.links[0], side, Tombstone{false});
        EXPECT_TRUE(reconcile(p).empty());
    }
}

TEST(CaseTable, UnreadableItemIsParkedAndItsLinkLeftAlone) {
    Picture p = picture_of(SideState::Changed, SideState::Same, Bend::None);
    becomes(p.links[0], Side::Exchange, Unreadable{"series", "a master"});
    EXPECT_EQ(summary(reconcile(p)), "park exchange series_not_supported");
    becomes(p.links[0], Side::Exchange, Unreadable{"corrupt", ""});
    EXPECT_EQ(summary(reconcile(p)), "park exchange unreadable");
    p.links.clear();
    p.free_crm.push_back(state("c9", Unreadable{"series", ""}));
    EXPECT_EQ(summary(reconcile(p)), "park crm series_not_supported");
}

TEST(CaseTable, LinkWithAnOperationInFlightIsLeftAlone) {
    for (const OperationState in : {OperationState::Queued, OperationState::Sent, OperationState::Rejected}) {
        Picture p = picture_of(SideState::Changed, SideState::Changed, Bend::None);
        Operation op;
        op.id = OperationId(5);
        op.link = LinkId(1);
        op.side = Side::Exchange;
        op.kind = OperationKind::Update;
        op.state = in;
        op.expected_version = p.links[0].exchange->version;
        op.source_version = p.links[0].crm->version;
        p.links[0].in_flight = op;
        EXPECT_TRUE(reconcile(p).empty());
    }
}

TEST(CaseTable, RejectedOperationGivesWayWhenEitherSideMovesOn) {
    Picture p = picture_of(SideState::Changed, SideState::Same, Bend::None);
    Operation op;
    op.id = OperationId(5);
    op.side = Side::Exchange;
    op.kind = OperationKind::Update;
    op.state = OperationState::Rejected;
    op.expected_version = p.links[0].exchange->version;
    op.source_version = Version("before");
    p.links[0].in_flight = op;
    EXPECT_EQ(summary(reconcile(p)), "withdraw; update exchange changed_in_crm");
    op.source_version = p.links[0].crm->version;
    op.expected_version = Version("before");
    p.links[0].in_flight = op;
    EXPECT_EQ(summary(reconcile(p)), "withdraw; update exchange changed_in_crm");
}

TEST(CaseTable, AttachedCopyNeverFlowsAndIsUnlinkedWhenASideGoes) {
    for (const SideState crm : kStates)
        for (const SideState exchange : kStates) {
            if (crm == SideState::Never || exchange == SideState::Never) continue;
            Picture p = picture_of(crm, exchange, Bend::OwnMirror);
            p.links[0].link.attached = true;
            const Plan plan = reconcile(p);
            EXPECT_TRUE(plan.operations.empty());
            const auto there = [](SideState s) { return s == SideState::Same || s == SideState::Changed; };
            EXPECT_EQ(changes_of<Unlink>(plan).size(), there(crm) && there(exchange) ? 0u : 1u);
        }
}

TEST(CaseTable, FinishedItemTidiedAwayInOutlookStaysInTheCrm) {
    Picture p = empty_picture();
    const Record done = task("Call Huber", "completed");
    p.links.push_back(linked(done, model::project_exchange(done)));
    becomes(p.links[0], Side::Exchange, Tombstone{true});
    EXPECT_EQ(summary(reconcile(p)), "unlink gone_in_exchange; park crm gone_in_exchange");
}

}  // namespace
}  // namespace liaison::sync
