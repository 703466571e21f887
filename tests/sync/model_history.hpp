#pragma once
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "core/text.hpp"
#include "tests/sync/model_side.hpp"
#include "tests/sync/model_store.hpp"

namespace liaison::sync::model {

/// What people did, and what each side has ever shown. Knows nothing of links, shadows or plans.
class History {
public:
    struct Edit {
        std::string value;
        std::size_t step = 0;
    };
    struct Lineage {
        std::map<Field, Edit> last[2];                                ///< last edit of a field on a side
        std::map<Field, std::map<std::string, std::size_t>> shown[2]; ///< when a side first showed a value
        std::optional<std::size_t> erased[2];
    };
    /// Fields whose every value is unlike any other.
    static constexpr std::array kTracked{Field::Subject, Field::Body};

    void made(const std::string& lineage, Side side, const Record& record) {
        ++step_;
        for (const Field field : kTracked) note(lineage, side, field, record);
    }

    void edited(const std::string& lineage, Side side, const Record& before, const Record& after) {
        ++step_;
        for (const Field field : kTracked)
            if (before.text(field) != after.text(field)) note(lineage, side, field, after);
    }

    void erased(const std::string& lineage, Side side) { of[lineage].erased[ModelStore::index(side)] = ++step_; }

    void look(const ModelSide& crm, const ModelSide& exchange) {
        ++step_;
        show(crm, 0);
        show(exchange, 1);
    }

    std::map<std::string, Lineage> of;

    /// Values are compared by their first word: the part that no side cuts.
    static std::string name_of(std::string_view text) { return std::string(text.substr(0, text.find(' '))); }

private:
    void note(const std::string& lineage, Side side, Field field, const Record& record) {
        const std::string value = name_of(record.text(field));
        if (value.empty()) return;
        Lineage& line = of[lineage];
        line.last[ModelStore::index(side)][field] = {value, step_};
        line.shown[ModelStore::index(side)][field].emplace(value, step_);
    }

    void show(const ModelSide& side, std::size_t i) {
        for (const auto& [key, item] : side.items())
            for (const Field field : kTracked)
                if (const std::string value = name_of(item.record.text(field)); !value.empty())
                    of[std::string(item.record.text(Field::Distance))].shown[i][field].emplace(value, step_);
    }

    std::size_t step_ = 0;
};

/// Looks at both sides, the history, the conflicts and the parked list when all is quiet.
struct Judge {
    const History& history;
    const ModelStore& store;
    const ModelSide& crm;
    const ModelSide& exchange;

    using Found = std::map<std::string, std::vector<ItemKey>>;

    void decide(std::vector<std::string>& violations) const {
        const Found in_crm = by_lineage(crm);
        const Found in_exchange = by_lineage(exchange);
        for (const auto& [lineage, line] : history.of) {
            const auto c = keys(in_crm, lineage);
            const auto e = keys(in_exchange, lineage);
            if (c.size() > 1 || e.size() > 1) {
                violations.push_back("duplicate " + lineage);
                continue;
            }
            if (c.size() != e.size()) {
                const bool parked = c.empty() ? orphan(e.front()) : store.is_parked(Side::Crm, c.front());
                if (!parked) violations.push_back("only on one side: " + lineage);
                continue;
            }
            if (c.empty())
                judge_gone(lineage, line, violations);
            else
                judge_pair(lineage, line, crm.items().at(c.front()).record, exchange.items().at(e.front()).record,
                           violations);
        }
    }

private:
    static Found by_lineage(const ModelSide& side) {
        Found found;
        for (const auto& [key, item] : side.items())
            found[std::string(item.record.text(Field::Distance))].push_back(key);
        return found;
    }
    static std::vector<ItemKey> keys(const Found& found, const std::string& lineage) {
        const auto it = found.find(lineage);
        return it == found.end() ? std::vector<ItemKey>{} : it->second;
    }

    /// Stays in the mailbox for good: it names a CRM item that its link no longer has.
    bool orphan(const ItemKey& key) const {
        return !store.link_of(Side::Exchange, key) && !exchange.items().at(key).token.crm_id.empty();
    }

    bool in_conflict(const std::string& value) const {
        for (const Conflict& conflict : store.conflicts)
            for (const auto& side : {conflict.crm_value, conflict.exchange_value})
                if (side && History::name_of(to_text(*side)) == value) return true;
        return false;
    }

    static std::optional<std::size_t> shown_at(const History::Lineage& line, std::size_t side, Field field,
                                               const std::string& value) {
        const auto it = line.shown[side].find(field);
        if (it == line.shown[side].end()) return std::nullopt;
        const auto found = it->second.find(value);
        return found == it->second.end() ? std::nullopt : std::optional<std::size_t>(found->second);
    }

    void judge_pair(const std::string& lineage, const History::Lineage& line, const Record& c, const Record& e,
                    std::vector<std::string>& violations) const {
        // Converged: what Exchange shows is the CRM's record in its own form, in all that both carry.
        FieldMask common = crm.capabilities().carried & exchange.capabilities().carried;
        const Patch apart = difference(exchange.capabilities().project(c), e, common);
        if (!apart.empty()) violations.push_back("diverged " + lineage + " in " + field_names(apart));
        for (const Field field : History::kTracked) judge_field(lineage, line, field, c, e, violations);
    }

    void judge_field(const std::string& lineage, const History::Lineage& line, Field field, const Record& c,
                     const Record& e, std::vector<std::string>& violations) const {
        const std::string final_crm = History::name_of(c.text(field));
        const std::string final_exchange = History::name_of(e.text(field));
        for (const std::size_t side : {std::size_t{0}, std::size_t{1}}) {
            const auto edit = line.last[side].find(field);
            if (edit == line.last[side].end()) continue;
            const std::string& value = edit->second.value;
            // Its own side deleted the item afterwards; another's later edit brought the item back without it.
            if (line.erased[side] && *line.erased[side] > edit->second.step) continue;
            if (value == final_crm && value == final_exchange) continue;
            // Replaced by somebody on the other side who had seen it, or recorded.
            const auto seen = shown_at(line, 1 - side, field, value);
            const auto others = line.last[1 - side].find(field);
            const bool replaced = seen && others != line.last[1 - side].end() && others->second.step > *seen;
            if (!replaced && !in_conflict(value)) violations.push_back("lost edit " + value + " of " + lineage);
        }
        const auto made = line.last[0].find(field);
        if (field == Field::Subject && made != line.last[0].end() && made->second.value == final_crm && !line.erased[0] &&
            c.text(field).find("tail") == std::string_view::npos)
            violations.push_back("damaged " + lineage + ": the CRM's text was cut");
    }

    /// Gone on both sides: every last edit was on the deleting side, or had been shown there before the deletion.
    void judge_gone(const std::string& lineage, const History::Lineage& line,
                    std::vector<std::string>& violations) const {
        if (!line.erased[0] && !line.erased[1]) {
            violations.push_back("vanished " + lineage);
            return;
        }
        for (const Field field : History::kTracked)
            for (const std::size_t side : {std::size_t{0}, std::size_t{1}}) {
                const auto edit = line.last[side].find(field);
                if (edit == line.last[side].end()) continue;
                bool known = false;
                for (const std::size_t deleter : {std::size_t{0}, std::size_t{1}}) {
                    if (!line.erased[deleter]) continue;
                    const auto seen = shown_at(line, deleter, field, edit->second.value);
                    known = known || (seen && *seen < *line.erased[deleter]);
                }
                if (!known && !in_conflict(edit->second.value))
                    violations.push_back("deleted with an unseen edit: " + edit->second.value + " of " + lineage);
            }
    }
};

}  // namespace liaison::sync::model
