#pragma once
#include <optional>

#include "rules/document.hpp"
#include "rules/rule_scope.hpp"

namespace liaison::rules {

/// The condition that a mail lies in one of the scope's mailboxes; nothing for the organisation. An
/// error when the scope is a group and there is no list of that name.
Checked<std::optional<Condition>> scope_guard(const RuleScope& scope, const NamedLists& shared);

}  // namespace liaison::rules
