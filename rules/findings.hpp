#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "rules/rule_set.hpp"

namespace liaison::rules {

/// Something that is most likely not meant, found when a set is saved. It does not refuse the set.
struct RuleFinding {
    /// neverMatches: conditions that cannot hold together, or an exception that always holds where
    ///     they do.
    /// shadowed: an earlier rule with stopProcessingRules matches every mail that this one matches.
    /// overruled: an earlier rule matches every mail that this one matches, and its actions exclude
    ///     this action.
    /// triedOnEveryMail: a regular expression without a fixed text to look for.
    /// notCompared: the set is too large to compare every pair of rules.
    enum class Kind { NeverMatches, Shadowed, Overruled, TriedOnEveryMail, NotCompared };
    Kind kind = Kind::NeverMatches;
    std::string scope;  ///< as in RuleOutcome
    RuleError place;    ///< pointer, line and column in the scope's document, and what was found
};
std::string_view to_string(RuleFinding::Kind kind);

/// Findings in a document that RuleSet::load takes; none for one that it refuses. What is found is
/// proven from the conditions alone; what is not found may still be so. At most
/// limits::rule_findings_max.
std::vector<RuleFinding> find_findings(std::string_view document, const SharedLists& shared = {});

/// The same for the documents of all scopes, in which a rule of the organisation can shadow one of
/// a mailbox.
std::vector<RuleFinding> find_findings(std::vector<RuleLayer> layers, const SharedLists& shared);

}  // namespace liaison::rules
