#pragma once
#include <map>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "daemon/sync/guard.hpp"
#include "daemon/sync/reconcile.hpp"
#include "daemon/sync/settle.hpp"
#include "tests/sync/model_history.hpp"
#include "tests/sync/model_side.hpp"
#include "tests/sync/model_store.hpp"

namespace liaison::sync::model {

/// Which law is broken on purpose.
enum class Break {
    None,
    PlanOnOnePage,        ///< law 1
    NoToken,              ///< law 2
    ShadowFromSeen,       ///< law 3
    OneSharedBase,        ///< law 4
    ShadowAtNextLook,     ///< law 5: harmless, but noisy
    OlderReplacesNewer,   ///< law 6
    ResendWithoutLooking  ///< law 7
};

struct Options {
    std::uint64_t seed = 1;
    Break broken = Break::None;
    int cycles = 60;
    int lag = 0;              ///< feeds show a change this many cycles later
    double crash = 0.03;      ///< at each crash point
    double lost_request = 0.08;
    double lost_reply = 0.08;
    std::size_t page = 3;
    int inherited = 6;  ///< items on both sides whose ledger was lost (F91): only their tokens tell that they are pairs
};

struct Crash {};

/// Two sides, people who edit both, a daemon that may die between any two steps, and afterwards a judge who looks
/// at the sides and the history only.
class World {
public:
    explicit World(Options options)
        : options_(options), chance_(options.seed), sides_{ModelSide(Side::Crm, crm_capabilities()),
                                                           ModelSide(Side::Exchange, exchange_capabilities())} {
        store_.older_may_replace_newer = options.broken == Break::OlderReplacesNewer;
    }

    std::size_t crashes = 0;
    std::vector<std::string> violations;
    const ModelStore& store() const { return store_; }
    std::string trace() const { return trace_; }

    void run() {
        inherit();
        one_cycle();
        for (int i = 0; i < options_.cycles; ++i) {
            const auto actions = pick(4);
            for (std::size_t n = 0; n < actions; ++n) act();
            one_cycle();
        }
        heal();
        const std::size_t before = sides_[0].writes + sides_[1].writes;
        one_cycle();
        if (sides_[0].writes + sides_[1].writes != before) violations.push_back("not quiescent");
        for (const auto& [id, operation] : store_.operations)
            violations.push_back("operation left: " + std::string(to_string(operation.state)));
        Judge judge{history_, store_, sides_[0], sides_[1]};
        judge.decide(violations);
    }

private:
    // ---- chance and time

    std::size_t pick(std::size_t n) { return n == 0 ? 0 : static_cast<std::size_t>(chance_() % n); }
    bool happens(double p) { return static_cast<double>(chance_() % 1'000'000) < p * 1e6; }
    Timestamp tick() { return now_ += std::chrono::milliseconds{1}; }
    Date today() const { return date_of(now_); }
    ModelSide& at(Side side) { return sides_[ModelStore::index(side)]; }
    void note(const std::string& text) { trace_ += text + '\n'; }
    void may_crash() {
        if (!healed_ && happens(options_.crash)) throw Crash{};
    }

    // ---- people

    void act() {
        const Side side = pick(2) == 0 ? Side::Crm : Side::Exchange;
        const auto what = pick(10);
        std::vector<ItemKey> keys;
        for (const auto& [key, item] : at(side).items()) keys.push_back(key);
        if (what < 2 || keys.empty()) return make(side);
        const ItemKey key = keys[pick(keys.size())];
        if (what == 2) return erase(side, key);
        if (what == 3 && side == Side::Exchange) return move(key);
        edit(side, key);
    }

    void inherit() {
        for (int i = 0; i < options_.inherited; ++i) {
            Record record(EntityKind::Task);
            const std::string lineage = "L" + std::to_string(++lineages_);
            record.set(Field::Distance, lineage);
            record.set(Field::Subject, value_for(Field::Subject, Side::Crm));
            const ItemKey crm = at(Side::Crm).put_new(record, {}, tick());
            const CorrelationToken token{"model", "task", crm.str(), "lost-" + std::to_string(i)};
            const ItemKey exchange = at(Side::Exchange).put_new(record, token, tick());
            history_.made(lineage, Side::Crm, at(Side::Crm).items().at(crm).record);
            history_.made(lineage, Side::Exchange, at(Side::Exchange).items().at(exchange).record);
        }
    }

    void make(Side side) {
        Record record(EntityKind::Task);
        const std::string lineage = "L" + std::to_string(++lineages_);
        record.set(Field::Distance, lineage);
        record.set(Field::Subject, value_for(Field::Subject, side));
        record.set(Field::Status, std::string("not_started"));
        const ItemKey key = at(side).put_new(record, {}, tick());
        history_.made(lineage, side, at(side).items().at(key).record);
        note("make " + lineage + " on " + std::string(to_string(side)));
    }

    std::string value_for(Field field, Side side) {
        std::string text(info(field).name.substr(0, 1));
        text += std::to_string(++values_);
        // The CRM holds more than Exchange can: the rest must survive.
        if (side == Side::Crm && field == Field::Subject) text += " a long tail that the mailbox cuts";
        return text;
    }

    void edit(Side side, const ItemKey& key) {
        Record record = at(side).items().at(key).record;
        const std::string lineage(record.text(Field::Distance));
        switch (pick(5)) {
            case 0: record.set(Field::Subject, value_for(Field::Subject, side)); break;
            case 1: record.set(Field::Body, value_for(Field::Body, side)); break;
            case 2: record.set(Field::Priority, std::string(pick(2) == 0 ? "low" : "high")); break;
            case 3:
                record.set(Field::DueDate, Date{std::chrono::floor<std::chrono::days>(now_) + std::chrono::days{pick(5)}});
                break;
            default: {
                static const std::array<std::string, 4> kStatus{"in_progress", "waiting", "completed", "not_started"};
                record.set(Field::Status, kStatus[pick(4)]);
                break;
            }
        }
        record = at(side).capabilities().project(record);
        history_.edited(lineage, side, at(side).items().at(key).record, record);
        at(side).change(key, record, tick());
        note("edit " + lineage + " on " + std::string(to_string(side)) + " subject " +
             std::string(record.text(Field::Subject)) + " " + std::string(record.text(Field::Status)));
    }

    void erase(Side side, const ItemKey& key) {
        const std::string lineage(at(side).items().at(key).record.text(Field::Distance));
        history_.erased(lineage, side);
        at(side).erase(key, tick());
        note("erase " + lineage + " on " + std::string(to_string(side)));
    }

    void move(const ItemKey& key) {
        // Without our mark a moved item is another item for everybody; that is not what is tried here.
        if (at(Side::Exchange).items().at(key).token.crm_id.empty()) return;
        note("move " + std::string(at(Side::Exchange).items().at(key).record.text(Field::Distance)));
        at(Side::Exchange).move(key, tick());
    }

    // ---- the daemon

    void one_cycle() {
        ++cycle_;
        note("cycle " + std::to_string(cycle_));
        now_ += std::chrono::minutes{healed_ ? 30 : 1};
        if (!healed_ && cycle_ % 10 == 0) now_ += std::chrono::days{1};
        for (const Side side : kSides) feed_end_[cycle_][ModelStore::index(side)] = at(side).feed().size();
        try {
            cycle();
        } catch (const Crash&) {
            ++crashes;
            note("crash");
        }
        history_.look(at(Side::Crm), at(Side::Exchange));
    }

    void cycle() {
        for (const Side side : kSides)
            if (!observe(side)) return;
        confirm_unanswered();
        for (const Side side : kSides) confirm_tombstones(side);
        may_crash();
        const Plan plan = make_plan();
        store_.commit(plan);
        may_crash();
        drain();
    }

    bool observe(Side side) {
        const std::size_t i = ModelStore::index(side);
        const int shown = healed_ ? cycle_ : cycle_ - options_.lag;
        const std::size_t end = shown > 0 ? feed_end_[shown][i] : 0;
        while (store_.cursor[i] < end) {
            may_crash();
            if (!healed_ && happens(options_.lost_request)) return options_.broken == Break::PlanOnOnePage;
            const std::size_t stop = std::min(end, store_.cursor[i] + options_.page);
            const auto& feed = at(side).feed();
            store_.absorb(side, {feed.begin() + static_cast<std::ptrdiff_t>(store_.cursor[i]),
                                 feed.begin() + static_cast<std::ptrdiff_t>(stop)});
            store_.cursor[i] = stop;
            may_crash();
            if (options_.broken == Break::PlanOnOnePage && !healed_) return true;
        }
        return true;
    }

    void confirm_unanswered() {
        const auto operations = store_.operations;
        for (const auto& [id, operation] : operations) {
            if (operation.state != OperationState::Sent) continue;
            std::optional<Observation> found;
            if (operation.kind == OperationKind::Create)
                found = at(operation.side).find_by_token(operation.token);
            else if (at(operation.side).items().contains(operation.key))
                found = at(operation.side).observe(operation.key);
            else if (operation.stamp_token && !operation.token.empty())
                found = at(operation.side).find_by_token(operation.token);
            const bool blind = options_.broken == Break::ResendWithoutLooking || options_.broken == Break::NoToken;
            if (blind && operation.kind == OperationKind::Create) found.reset();
            settle(operation, decide_unanswered(operation, store_.links.at(operation.link), found, tick()));
            may_crash();
        }
    }

    void confirm_tombstones(Side side) {
        for (const auto& [key, token] : store_.unconfirmed(side)) {
            std::vector<Observation> found;
            if (at(side).items().contains(key)) {
                found.push_back(at(side).observe(key));
            } else {
                if (side == Side::Exchange && !token.empty())
                    if (const auto moved = at(side).find_by_token(token)) found.push_back(*moved);
                Observation gone;
                gone.key = key;
                gone.modified_at = tick();
                gone.content = Tombstone{true};
                found.push_back(gone);
            }
            store_.absorb(side, found);
            may_crash();
        }
    }

    Picture picture(bool everything) {
        Picture p = store_.load(today(), everything);
        p.crm_system = "model";
        p.epoch = "epoch";
        p.today = today();
        p.now = now_;
        p.crm_capabilities = at(Side::Crm).capabilities();
        p.exchange_capabilities = at(Side::Exchange).capabilities();
        if (options_.broken == Break::OneSharedBase) p.exchange_capabilities.project = nullptr;
        p.policy.deletions_floor = 100'000;
        return p;
    }

    Plan make_plan() {
        const Picture touched = picture(false);
        Plan plan = guard_plan(reconcile(touched), touched);
        if (options_.broken == Break::None && options_.seed % 4 == 0) {
            const Picture everything = picture(true);
            if (guard_plan(reconcile(everything), everything) != plan)
                violations.push_back("the touched part gives another plan than everything, cycle " +
                                     std::to_string(cycle_));
        }
        if (options_.broken == Break::NoToken)
            for (Operation& operation : plan.operations)
                if (operation.kind == OperationKind::Create) operation.token = {};
        return plan;
    }

    void settle(const Operation& operation, Settlement settlement) {
        for (LinkChange& change : settlement.changes) {
            auto* bind = std::get_if<BindItem>(&change);
            if (bind && options_.broken == Break::ShadowFromSeen && settlement.observed)
                bind->shadow = *settlement.observed->record();
        }
        if (options_.broken == Break::ShadowAtNextLook && operation.kind == OperationKind::Update)
            settlement.changes.clear();
        store_.settle(settlement);
        note("settle " + std::string(to_string(operation.kind)) + " " + std::string(to_string(operation.side)) + " " +
             lineage_of(operation) + " as " + std::to_string(static_cast<int>(settlement.what)));
    }

    static std::string lineage_of(const Operation& operation) {
        const Record& record = operation.kind == OperationKind::Delete ? operation.before : operation.target;
        return std::string(record.text(Field::Distance)) + " " + std::string(record.text(Field::Subject)) + " [" +
               field_names(operation.patch) + "] " + std::string(record.text(Field::Status)) + " " +
               std::string(to_string(operation.reason));
    }

    void drain() {
        const auto operations = store_.operations;
        for (const auto& [id, queued] : operations) {
            if (queued.state != OperationState::Queued || queued.due > now_) continue;
            may_crash();
            store_.mark_sent(id);
            may_crash();
            const Operation operation = store_.operations.at(id);
            const Link link = store_.links.at(operation.link);
            const Outcome outcome{send(operation)};
            may_crash();
            settle(operation, settle_operation(operation, link, outcome, tick()));
            if (!outcome.result && outcome.result.error().kind == ErrorKind::Transient) return;
            may_crash();
        }
    }

    Result<Observation> send(const Operation& operation) {
        if (!healed_ && happens(0.02)) return fail(ErrorKind::Transient, "try later");
        if (!healed_ && happens(options_.lost_request)) return fail(ErrorKind::Unanswered, "no answer");
        Result<Observation> result = effect(operation);
        history_.look(at(Side::Crm), at(Side::Exchange));
        if (!healed_ && happens(options_.lost_reply)) return fail(ErrorKind::Unanswered, "no answer");
        // People are quick: somebody edits between the effect and its settlement.
        if (!healed_ && happens(0.05)) act();
        return result;
    }

    Result<Observation> effect(const Operation& operation) {
        ModelSide& side = at(operation.side);
        switch (operation.kind) {
            case OperationKind::Create: return side.create(operation.target, operation.token, tick());
            case OperationKind::Update: return side.update(operation, tick());
            case OperationKind::Delete: return side.remove(operation, tick());
        }
        return fail(ErrorKind::Internal, "no such kind");
    }

    void heal() {
        healed_ = true;
        for (int i = 0; i < 12; ++i) one_cycle();
    }

    Options options_;
    std::mt19937_64 chance_;
    ModelSide sides_[2];
    ModelStore store_;
    History history_;
    Timestamp now_ = std::chrono::sys_days{std::chrono::year{2026} / 11 / 25};
    int cycle_ = 0;
    bool healed_ = false;
    int lineages_ = 0;
    int values_ = 0;
    std::map<int, std::array<std::size_t, 2>> feed_end_;
    std::string trace_;
};

}  // namespace liaison::sync::model
