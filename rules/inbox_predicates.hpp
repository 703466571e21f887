#pragma once
#include <string>
#include <vector>

#include "core/inbox_rule.hpp"
#include "rules/document.hpp"

namespace liaison::rules {

/// Conditions and exceptions of a rule as those of an inbox rule, or why that is not possible.
struct InboxPredicateForm {
    InboxPredicates conditions;
    InboxPredicates exceptions;
    bool never = false;                ///< cannot hold for mail that arrives in this Inbox
    std::vector<std::string> reasons;  ///< empty: the form is right
};

/// An inbox rule holds if all its conditions hold and none of its exceptions; each kind of
/// condition stands in either once, and its list means "any of these".
InboxPredicateForm inbox_predicates(const Rule& rule, const std::string& mailbox);

}  // namespace liaison::rules
