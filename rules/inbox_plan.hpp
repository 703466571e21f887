#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/inbox_rule.hpp"

namespace liaison::rules {

/// A rule as it shall stand in the mailbox: folders are ids, name and priority are left to the
/// plan.
struct WantedInboxRule {
    std::string rule_id;
    std::string display_name;
    InboxRule rule;
};

enum class InboxRuleState : std::uint8_t {
    InStep,
    Missing,   ///< to be made
    Outdated,  ///< the rule set has changed since it was pushed
    Changed,   ///< somebody changed it in the mailbox, or switched it off
    Moved,     ///< the order is another one
    Surplus,   ///< ours, and no longer wanted
};
std::string_view to_string(InboxRuleState state);

struct InboxPlanLine {
    InboxRuleState state = InboxRuleState::InStep;
    std::string rule_id;       ///< empty for a surplus rule
    std::string display_name;  ///< without our mark
    std::string detail;
};

/// How the mailbox differs from what is wanted, and the change that mends it.
struct InboxPlan {
    std::vector<InboxPlanLine> lines;
    InboxRuleChange change;          ///< touches our own rules only
    std::vector<InboxRule> foreign;  ///< everybody else's, by priority
    std::vector<std::string> notes;  ///< what somebody should know before pushing
    bool in_step() const { return change.empty(); }
};

/// Exchange keeps nothing beside an inbox rule but its name: that is where our mark stands,
/// "Liaison: NAME [0123abcd-89ab4567]", first the rule's id, then its content, each as eight hex
/// digits of a SHA-256. A rule with another name is somebody else's, whatever it does.
struct InboxRuleMark {
    std::string id;
    std::string content;
};
std::string inbox_rule_name(const WantedInboxRule& wanted);
std::optional<InboxRuleMark> read_inbox_rule_mark(std::string_view display_name);

/// Ours come after everybody else's, in the order of `wanted`. Rules that the server cannot show
/// whole are never ours.
InboxPlan plan_inbox_rules(const std::vector<WantedInboxRule>& wanted,
                           const InboxRuleList& standing);

}  // namespace liaison::rules
