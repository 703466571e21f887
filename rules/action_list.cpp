#include "rules/action_list.hpp"

#include <algorithm>

#include "core/limits.hpp"

namespace liaison::rules {
namespace {

const MailAction* find_action(const MailActions& in, MailActionKind kind) {
    const auto at = std::ranges::find(in.actions, kind, &MailAction::kind);
    return at == in.actions.end() ? nullptr : &*at;
}

void note_conflict(const Rule& rule, const std::string& what, const MailAction& winner,
                   MailActions& into) {
    if (into.conflicts.size() < limits::rule_trace_max)
        into.conflicts.push_back("\"" + rule.display_name + "\": " + what + " is overruled by \"" +
                                 winner.rule + "\"");
}

void add_move(const Rule& rule, MailActions& into) {
    const MailAction* earlier = find_action(into, MailActionKind::MoveToFolder);
    if (earlier == nullptr)
        into.actions.push_back({.kind = MailActionKind::MoveToFolder,
                                .rule = rule.display_name,
                                .folder = rule.move_to_folder});
    else if (earlier->folder != rule.move_to_folder)
        note_conflict(rule, "moveToFolder", *earlier, into);
}

void add_categories(const Rule& rule, MailActions& into) {
    std::size_t count = 0;
    for (const MailAction& action : into.actions) count += action.categories.size();
    MailAction added{.kind = MailActionKind::AssignCategories, .rule = rule.display_name};
    for (const std::string& category : rule.assign_categories) {
        const auto has = [&](const MailAction& action) {
            return std::ranges::find(action.categories, category) != action.categories.end();
        };
        if (std::ranges::any_of(into.actions, has) || has(added)) continue;
        if (count + added.categories.size() >= limits::categories_max) {
            note_conflict(rule, "assignCategories beyond " + std::to_string(limits::categories_max),
                          into.actions.front(), into);
            break;
        }
        added.categories.push_back(category);
    }
    if (!added.categories.empty()) into.actions.push_back(std::move(added));
}

/// skipLogging, hold and logInteraction exclude each other; the earlier one stays.
bool add_verdict(const Rule& rule, MailActionKind kind, MailActions& into) {
    for (const MailActionKind other :
         {MailActionKind::SkipLogging, MailActionKind::Hold, MailActionKind::LogInteraction}) {
        const MailAction* earlier = find_action(into, other);
        if (earlier == nullptr) continue;
        if (other == kind) return kind == MailActionKind::LogInteraction;
        note_conflict(rule, std::string(to_string(kind)), *earlier, into);
        return false;
    }
    return true;
}

/// `value` where no earlier rule filled the field; a different value is a conflict.
std::string unless_taken(const Rule& rule, const std::string& value,
                         std::string MailAction::* field, const char* what, MailActions& into) {
    if (value.empty()) return value;
    for (const MailAction& action : into.actions) {
        if ((action.*field).empty()) continue;
        if (action.*field != value) note_conflict(rule, what, action, into);
        return "";
    }
    return value;
}

void add_log(const Rule& rule, MailActions& into) {
    if (!add_verdict(rule, MailActionKind::LogInteraction, into)) return;
    const bool is_first = find_action(into, MailActionKind::LogInteraction) == nullptr;
    MailAction added{.kind = MailActionKind::LogInteraction, .rule = rule.display_name};
    const LogParticulars& log = *rule.log;
    added.template_code = unless_taken(rule, log.template_code, &MailAction::template_code,
                                       "logInteraction/template", into);
    added.campaign_id = unless_taken(rule, log.campaign_id, &MailAction::campaign_id,
                                     "logInteraction/campaign", into);
    added.opportunity_id = unless_taken(rule, log.opportunity_id, &MailAction::opportunity_id,
                                        "logInteraction/opportunity", into);
    if (is_first || !added.template_code.empty() || !added.campaign_id.empty() ||
        !added.opportunity_id.empty())
        into.actions.push_back(std::move(added));
}

}  // namespace

void add_actions(const Rule& rule, MailActions& into) {
    if (!rule.move_to_folder.empty()) add_move(rule, into);
    if (!rule.assign_categories.empty()) add_categories(rule, into);
    if (rule.log) add_log(rule, into);
    for (const auto& [wanted, kind] : {std::pair(rule.skip_logging, MailActionKind::SkipLogging),
                                       std::pair(rule.hold, MailActionKind::Hold)})
        if (wanted && add_verdict(rule, kind, into))
            into.actions.push_back({.kind = kind, .rule = rule.display_name});
}

}  // namespace liaison::rules
