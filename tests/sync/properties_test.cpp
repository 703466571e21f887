// Laws that hold for every picture, with pictures from rapidcheck.
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <cstdlib>

#include "daemon/sync/guard.hpp"
#include "daemon/sync/merge.hpp"
#include "daemon/sync/settle.hpp"
#include "tests/sync/fixtures.hpp"

namespace liaison::sync {
namespace {

using namespace fixtures;

/// The same pictures in every run; RC_PARAMS (seed, max_success) asks for others.
void holds(const std::string& what, const std::function<void()>& property) {
    ::setenv("RC_PARAMS", "seed=20261125 max_success=300", 0);
    EXPECT_TRUE(rc::check(what, property)) << what;
}

int below(int n) { return *rc::gen::inRange(0, n); }

constexpr std::array kEdited{Field::Subject, Field::Body, Field::Status, Field::Priority,
                             Field::DueDate, Field::PercentComplete, Field::Distance, Field::TimeWorkedMinutes};

std::optional<Value> any_value(Field field) {
    static const std::array<std::string, 4> kStatus{"not_started", "in_progress", "completed", "waiting"};
    if (below(6) == 0 && field != Field::Status) return std::nullopt;
    switch (info(field).type) {
        case ValueType::Number: return Value(std::int64_t{below(5) * 25});
        case ValueType::Date: return Value(day(12, static_cast<unsigned>(1 + below(4))));
        default: break;
    }
    if (field == Field::Status) return Value(kStatus[static_cast<std::size_t>(below(4))]);
    if (field == Field::Priority) return Value(std::string(below(2) == 0 ? "low" : "high"));
    // Some differ only where the mailbox cuts.
    return Value("text " + std::to_string(below(4)) + (below(2) == 0 ? " with a tail " + std::to_string(below(3)) : ""));
}

Record any_task() {
    Record record = task("x");
    for (const Field field : kEdited)
        if (below(2) == 0) record = apply(record, {{field, any_value(field)}});
    return record;
}

Record edited(Record record, const EndpointCapabilities& can) {
    const int edits = below(4);
    for (int i = 0; i < edits; ++i) {
        const Field field = kEdited[static_cast<std::size_t>(below(kEdited.size()))];
        record = apply(record, {{field, any_value(field)}});
    }
    return can.project(record);
}

/// A link in step on which people then acted.
LinkView any_link(const Picture& p, std::int64_t id) {
    const Record crm = p.crm_capabilities.project(any_task());
    LinkView view = linked(crm, p.exchange_capabilities.project(crm.masked(p.exchange_capabilities.carried)), id);
    view.link.made_in_exchange = below(2) == 0;
    for (const Side side : kSides) {
        std::optional<Observation>& now = side == Side::Crm ? view.crm : view.exchange;
        switch (below(10)) {
            case 0: becomes(view, side, Tombstone{below(3) != 0}); break;
            case 1: becomes(view, side, OutOfScope{}); break;
            case 2: becomes(view, side, Unreadable{"series", ""}); break;
            default:
                now->content = edited(*now->record(), p.capabilities(side));
                now->version = Version("2");
                break;
        }
    }
    return view;
}

Picture any_picture() {
    Picture p = empty_picture();
    p.policy.state_categories = below(2) == 0;
    p.policy.conflict_winner = below(2) == 0 ? Side::Crm : Side::Exchange;
    p.policy.delete_in_crm = below(2) == 0;
    p.policy.delete_in_exchange = below(2) == 0;
    p.policy.create_in_crm = below(4) != 0;
    p.policy.deletions_floor = static_cast<std::size_t>(below(4));
    for (const Field field : kEdited)
        if (below(8) == 0 && field != Field::Status)
            (below(2) == 0 ? p.crm_capabilities : p.exchange_capabilities).writable.remove(field);
    const int links = below(6);
    for (int i = 1; i <= links; ++i) p.links.push_back(any_link(p, i));
    const int free = below(6);
    for (int i = 0; i < free; ++i) {
        const std::string n = std::to_string(i);
        if (below(2) == 0)
            p.free_crm.push_back(seen("fc" + n, "1", p.crm_capabilities.project(any_task())));
        else
            p.free_exchange.push_back(seen("fe" + n, "1", p.exchange_capabilities.project(any_task()),
                                           below(3) == 0 ? token_of("fc" + std::to_string(below(4)), "old" + n)
                                                         : CorrelationToken{}));
    }
    return p;
}

TEST(Properties, SamePictureGivesTheSamePlanInAnyOrder) {
    holds("deterministic", [] {
        const Picture p = any_picture();
        Picture q = p;
        std::reverse(q.links.begin(), q.links.end());
        std::reverse(q.free_crm.begin(), q.free_crm.end());
        std::reverse(q.free_exchange.begin(), q.free_exchange.end());
        RC_ASSERT(reconcile(p) == reconcile(p));
        RC_ASSERT(reconcile(p) == reconcile(q));
        RC_ASSERT(guard_plan(reconcile(p), p) == guard_plan(reconcile(q), q));
    });
}

TEST(Properties, OneOperationPerLinkAndNoWriteOutsideTheMasks) {
    holds("masks", [] {
        const Picture p = any_picture();
        std::set<LinkId> busy;
        for (const Operation& op : reconcile(p).operations) {
            RC_ASSERT(busy.insert(op.link).second);
            const EndpointCapabilities& can = p.capabilities(op.side);
            for (const auto& [field, value] : op.patch) {
                RC_ASSERT(can.writable.has(field));
                RC_ASSERT(p.capabilities(other(op.side)).carried.has(field) || field == Field::StateCategory);
            }
            RC_ASSERT(can.project(op.target) == op.target || op.kind != OperationKind::Create);
        }
    });
}

TEST(Properties, GuardKeepsEverythingButTheRemovals) {
    holds("guard", [] {
        const Picture p = any_picture();
        const Plan free = reconcile(p);
        const Plan held = guard_plan(free, p);
        const std::size_t stopped = held.held ? held.held->removals.size() : 0;
        const std::size_t unlinked = held.held ? held.held->unlinkings.size() : 0;
        RC_ASSERT(held.operations.size() + stopped == free.operations.size());
        RC_ASSERT(held.changes.size() + unlinked == free.changes.size());
        if (!held.held) RC_ASSERT(held == free);
        Picture approved = p;
        if (held.held) approved.approved_plans.insert(held.held->hash);
        RC_ASSERT(guard_plan(free, approved) == free);
    });
}

TEST(Properties, LinksThatNothingTouchedPlanNothingAndChangeNothing) {
    holds("touched part", [] {
        Picture touched = any_picture();
        Picture everything = touched;
        for (int i = 50; i < 55; ++i) {
            const Record crm = touched.crm_capabilities.project(any_task());
            LinkView quiet = linked(crm, touched.exchange_capabilities.project(crm), i);
            // What a committed plan leaves behind when the pair colours its items.
            Picture alone = touched;
            alone.links = {quiet};
            alone.free_crm.clear();
            alone.free_exchange.clear();
            const Plan once = reconcile(alone);
            for (const SetRecheck& recheck : changes_of<SetRecheck>(once)) quiet.link.recheck_on = recheck.on;
            for (const Operation& op : once.operations) {
                quiet.exchange->content = op.target;
                quiet.link.exchange->shadow = op.target;
            }
            everything.links.insert(everything.links.begin(), quiet);
        }
        RC_ASSERT(reconcile(touched) == reconcile(everything));
    });
}

struct MergeInput {
    Picture p;
    LinkView view;
    Merged merged;
};

MergeInput any_merge() {
    MergeInput in;
    in.p = any_picture();
    const Record crm = in.p.crm_capabilities.project(any_task());
    in.view = linked(crm, in.p.exchange_capabilities.project(crm));
    in.view.crm->content = edited(*in.view.crm->record(), in.p.crm_capabilities);
    in.view.exchange->content = edited(*in.view.exchange->record(), in.p.exchange_capabilities);
    in.merged = merge_changes(
        {&in.view.link.crm->shadow, in.view.crm->record(), &in.p.crm_capabilities, in.p.crm_capabilities.writable},
        {&in.view.link.exchange->shadow, in.view.exchange->record(), &in.p.exchange_capabilities,
         in.p.exchange_capabilities.writable},
        {in.p.policy.conflict_winner, false});
    return in;
}

std::string print(const Record& record) {
    std::string out;
    for (const auto& [field, value] : record.values()) out += std::string(info(field).name) + "=" + to_text(value) + " ";
    return out;
}

/// `from`, stored on `side`, would show the field as `there` has it.
bool says_the_same(const MergeInput& in, const Record& from, const Record& there, Side side, Field field) {
    const FieldMask common = common_fields(in.p.crm_capabilities, in.p.exchange_capabilities);
    Record stored = there;
    for (const auto& [changed, value] : difference(there, from, common)) stored = apply(stored, {{changed, value}});
    return difference(in.p.capabilities(side).project(stored), there, FieldMask{field}).empty();
}

bool in_conflicts(const Merged& merged, Field field) {
    return std::any_of(merged.conflicts.begin(), merged.conflicts.end(),
                       [field](const FieldConflict& c) { return c.field == field; });
}

TEST(Properties, MergeNeverLosesAnEdit) {
    holds("edits", [] {
        const MergeInput in = any_merge();
        for (const Side side : kSides) {
            const Record& mine = *in.view.seen(side)->record();
            const MergedSide& here = in.merged.side(side);
            const MergedSide& there = in.merged.side(other(side));
            for (const FieldInfo& entry : all_fields()) {
                const Field field = entry.field;
                if (!here.changed.has(field)) continue;
                // Kept where it was made, and there on the other side in its form; or recorded; or the other side
                // cannot hold it.
                const FieldMask one{field};
                const bool kept = difference(mine, here.target, one).empty();
                if (!kept) {
                    const bool derived = field == Field::PercentComplete && here.target.text(Field::Status) == "completed";
                    RC_ASSERT(in_conflicts(in.merged, field) || derived);
                    continue;
                }
                if (!in.p.capabilities(other(side)).writable.has(field)) continue;
                const bool arrives = says_the_same(in, here.target, there.target, other(side), field) ||
                                     says_the_same(in, there.target, here.target, side, field);
                const bool derived =
                    field == Field::PercentComplete && there.target.text(Field::Status) == "completed";
                RC_LOG() << info(field).name << " changed on " << to_string(side) << ": crm "
                         << print(*in.view.crm->record()) << " was " << print(in.view.link.crm->shadow) << "; exchange "
                         << print(*in.view.exchange->record()) << " was " << print(in.view.link.exchange->shadow)
                         << "; becomes " << print(here.target) << " and " << print(there.target) << "\n";
                RC_ASSERT(arrives || derived || in_conflicts(in.merged, field));
            }
        }
    });
}

TEST(Properties, PlansSettleAndThenThereIsNothingLeftToDo) {
    holds("idempotent", [] {
        Picture p = any_picture();
        p.free_crm.clear();
        p.free_exchange.clear();
        p.policy.deletions_floor = 1000;
        std::erase_if(p.links, [](const LinkView& v) { return !v.crm->record() || !v.exchange->record(); });
        for (int round = 0; round < 5; ++round) {
            const Plan plan = reconcile(p);
            if (plan.empty()) return;
            RC_ASSERT(round < 4);
            std::map<LinkId, LinkView*> views;
            for (LinkView& view : p.links) views[view.link.id] = &view;
            const auto follow = [&views](const LinkChange& change) {
                if (const auto* a = std::get_if<AdvanceShadow>(&change)) {
                    Link& link = views.at(a->link)->link;
                    link.anchor(a->side)->shadow = a->shadow;
                    link.anchor(a->side)->version = a->version;
                    link.edited_in_exchange = link.edited_in_exchange || a->edited_in_exchange;
                } else if (const auto* r = std::get_if<SetRecheck>(&change)) {
                    views.at(r->link)->link.recheck_on = r->on;
                }
            };
            for (const LinkChange& change : plan.changes) follow(change);
            for (const Operation& op : plan.operations) {
                LinkView& view = *views.at(op.link);
                std::optional<Observation>& now = op.side == Side::Crm ? view.crm : view.exchange;
                now->content = p.capabilities(op.side).project(apply(*now->record(), op.patch));
                now->version = Version(now->version.str() + "'");
                const Settlement s = settle_operation(op, view.link, Outcome{*now}, p.now);
                for (const LinkChange& change : s.changes) follow(change);
                // What the endpoint stored is what we said it would store.
                RC_ASSERT(*now->record() == op.target);
            }
        }
    });
}

TEST(Properties, ProjectionsOfTheModelAreIdempotent) {
    holds("project", [] {
        const Record record = any_task();
        for (const auto& can : {model::crm_capabilities(), model::exchange_capabilities()})
            RC_ASSERT(can.project(can.project(record)) == can.project(record));
    });
}

}  // namespace
}  // namespace liaison::sync
