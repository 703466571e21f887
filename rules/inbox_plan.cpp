#include "rules/inbox_plan.hpp"

#include <algorithm>
#include <map>

#include "core/digest.hpp"
#include "core/text.hpp"
#include "rules/fold.hpp"

namespace liaison::rules {
namespace {

constexpr std::string_view kNamePrefix = "Liaison: ";
constexpr std::size_t kNameCharsMax = 100;
constexpr std::size_t kMarkDigits = 8;

std::string short_digest(std::string_view text) {
    return sha256_hex(text).substr(0, kMarkDigits);
}

void add_values(std::string& out, std::string_view name, std::vector<std::string> values) {
    for (std::string& value : values) value = fold(value);
    std::ranges::sort(values);
    values.erase(std::unique(values.begin(), values.end()), values.end());
    (out += name) += '=';
    for (const std::string& value : values) out += std::to_string(value.size()) + ":" + value;
    out += '\n';
}

void add_predicates(std::string& out, const InboxPredicates& predicates) {
    for (const auto& [name, values] : predicates.lists) add_values(out, name, values);
    for (const auto& [name, flag] : predicates.flags) add_values(out, name, {flag ? "1" : "0"});
    if (predicates.importance) add_values(out, "importance", {*predicates.importance});
    if (predicates.sensitivity) add_values(out, "sensitivity", {*predicates.sensitivity});
    if (predicates.size)
        add_values(out, "size",
                   {std::to_string(predicates.size->minimum_kb) + "-" +
                    std::to_string(predicates.size->maximum_kb)});
    for (const std::string& name : predicates.foreign) add_values(out, "foreign", {name});
}

/// What a rule does, so that two rules have the same text exactly when they do the same.
std::string rule_content(const InboxRule& rule) {
    std::string out = "conditions\n";
    add_predicates(out, rule.conditions);
    out += "exceptions\n";
    add_predicates(out, rule.exceptions);
    out += "actions\n" + rule.actions.move_to.str() + "\n" + rule.actions.copy_to.str() + "\n";
    add_values(out, "categories", rule.actions.assign_categories);
    out += rule.actions.mark_importance.value_or("") + (rule.actions.mark_as_read ? "r" : "") +
           (rule.actions.stop_processing ? "s" : "");
    for (const std::string& name : rule.actions.foreign) add_values(out, "foreign", {name});
    return out;
}

bool is_hex(std::string_view text) {
    return text.size() == kMarkDigits && std::ranges::all_of(text, [](char c) {
               return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
           });
}

std::string bare_name(std::string_view name) {
    name.remove_prefix(kNamePrefix.size());
    return std::string(name.substr(0, name.rfind(" [")));
}

struct OwnRules {
    std::map<std::string, const InboxRule*> by_mark;  ///< first of its kind, by priority
    std::vector<const InboxRule*> surplus;
};

OwnRules own_rules(const std::vector<WantedInboxRule>& wanted, const InboxRuleList& standing,
                   InboxPlan& plan) {
    std::map<std::string, bool> wanted_marks;
    for (const WantedInboxRule& one : wanted) wanted_marks[short_digest(one.rule_id)] = true;
    OwnRules own;
    for (const InboxRule& rule : standing.rules) {
        const auto mark = rule.supported ? read_inbox_rule_mark(rule.display_name) : std::nullopt;
        if (!mark)
            plan.foreign.push_back(rule);
        else if (!wanted_marks.contains(mark->id) ||
                 !own.by_mark.try_emplace(mark->id, &rule).second)
            own.surplus.push_back(&rule);
    }
    return own;
}

InboxPlanLine compare_rule(const WantedInboxRule& wanted, const InboxRule* there) {
    InboxPlanLine line{InboxRuleState::InStep, wanted.rule_id, wanted.display_name, {}};
    if (there == nullptr) {
        line.state = InboxRuleState::Missing;
        return line;
    }
    const std::string content = rule_content(wanted.rule);
    const InboxRuleMark mark = *read_inbox_rule_mark(there->display_name);
    if (mark.content != short_digest(content)) {
        line.state = InboxRuleState::Outdated;
        line.detail = "pushed from another version of the rule";
    } else if (rule_content(*there) != content) {
        line.state = InboxRuleState::Changed;
        line.detail = "changed in the mailbox";
    } else if (!there->enabled) {
        line.state = InboxRuleState::Changed;
        line.detail = "switched off in the mailbox";
    } else if (there->display_name != inbox_rule_name(wanted)) {
        line.state = InboxRuleState::Outdated;
        line.detail = "the name has changed";
    } else if (there->in_error) {
        line.state = InboxRuleState::Changed;
        line.detail = "the server could not carry it out";
    }
    return line;
}

void add_notes(const InboxRuleList& standing, InboxPlan& plan) {
    std::vector<std::string> lost;
    for (const InboxRule& rule : plan.foreign) {
        if (rule.enabled && rule.actions.stop_processing)
            plan.notes.push_back("\"" + normal_line(rule.display_name) +
                                 "\" of the mailbox' owner comes before ours and ends the looking");
        if (!rule.enabled) lost.push_back("\"" + normal_line(rule.display_name) + "\"");
    }
    if (!standing.outlook_rules) return;
    std::string text =
        "Outlook keeps rules of its own in this mailbox: writing removes them, and with them rules "
        "that are switched off and rules for mail that is being sent";
    for (std::size_t i = 0; i < lost.size(); ++i) text += (i == 0 ? ": " : ", ") + lost[i];
    plan.notes.push_back(std::move(text));
}

}  // namespace

std::string_view to_string(InboxRuleState state) {
    switch (state) {
        case InboxRuleState::InStep:
            return "in_step";
        case InboxRuleState::Missing:
            return "missing";
        case InboxRuleState::Outdated:
            return "outdated";
        case InboxRuleState::Changed:
            return "changed";
        case InboxRuleState::Moved:
            return "moved";
        case InboxRuleState::Surplus:
            return "surplus";
    }
    return "unknown";
}

std::string inbox_rule_name(const WantedInboxRule& wanted) {
    return std::string(kNamePrefix) +
           truncate_chars(normal_line(wanted.display_name), kNameCharsMax) + " [" +
           short_digest(wanted.rule_id) + "-" + short_digest(rule_content(wanted.rule)) + "]";
}

std::optional<InboxRuleMark> read_inbox_rule_mark(std::string_view display_name) {
    constexpr std::size_t mark_size = 2 * kMarkDigits + 3;  // [id-content]
    if (!display_name.starts_with(kNamePrefix) || !display_name.ends_with(']') ||
        display_name.size() < kNamePrefix.size() + mark_size + 1)
        return std::nullopt;
    const std::string_view mark = display_name.substr(display_name.size() - mark_size);
    const std::string_view id = mark.substr(1, kMarkDigits);
    const std::string_view content = mark.substr(kMarkDigits + 2, kMarkDigits);
    const bool framed = mark[0] == '[' && mark[kMarkDigits + 1] == '-' &&
                        display_name[display_name.size() - mark_size - 1] == ' ';
    if (!framed || !is_hex(id) || !is_hex(content)) return std::nullopt;
    return InboxRuleMark{std::string(id), std::string(content)};
}

InboxPlan plan_inbox_rules(const std::vector<WantedInboxRule>& wanted,
                           const InboxRuleList& standing) {
    InboxPlan plan;
    const OwnRules own = own_rules(wanted, standing, plan);
    std::int64_t priority = 0;
    for (const InboxRule& rule : plan.foreign) priority = std::max(priority, rule.priority);
    // The order is right while nothing is to be made and priorities rise: then they stay.
    bool renumber = false;
    std::int64_t last = -1;
    std::vector<const InboxRule*> there;
    for (const WantedInboxRule& one : wanted) {
        const auto at = own.by_mark.find(short_digest(one.rule_id));
        there.push_back(at == own.by_mark.end() ? nullptr : at->second);
        if (there.back() == nullptr || there.back()->priority <= last) renumber = true;
        if (there.back() != nullptr) last = there.back()->priority;
    }
    for (std::size_t i = 0; i < wanted.size(); ++i) {
        InboxPlanLine line = compare_rule(wanted[i], there[i]);
        InboxRule rule = wanted[i].rule;
        rule.display_name = inbox_rule_name(wanted[i]);
        rule.priority = renumber ? ++priority : there[i]->priority;
        rule.enabled = true;
        if (there[i] != nullptr) rule.id = there[i]->id;
        if (line.state == InboxRuleState::InStep && there[i]->priority != rule.priority) {
            line.state = InboxRuleState::Moved;
            line.detail = "priority " + std::to_string(there[i]->priority) + ", wanted " +
                          std::to_string(rule.priority);
        }
        if (line.state == InboxRuleState::Missing)
            plan.change.create.push_back(std::move(rule));
        else if (line.state != InboxRuleState::InStep)
            plan.change.replace.push_back(std::move(rule));
        plan.lines.push_back(std::move(line));
    }
    for (const InboxRule* rule : own.surplus) {
        plan.lines.push_back({InboxRuleState::Surplus, {}, bare_name(rule->display_name), {}});
        plan.change.remove.push_back(rule->id);
    }
    add_notes(standing, plan);
    return plan;
}

}  // namespace liaison::rules
