#pragma once
#include <string_view>
#include <vector>

#include "rules/compiled_rules.hpp"
#include "rules/rule_error.hpp"

namespace liaison::rules {

/// Runs every example with the production evaluator. One error per expectation that does not hold;
/// it names the example and, where a rule should have matched, the condition that failed. Lines and
/// columns are still missing: see `locate`.
std::vector<RuleError> check_examples(const CompiledRules& compiled,
                                      const std::vector<Example>& examples);

/// Fills in lines and columns by the errors' pointers and sorts them by place.
void locate(std::vector<RuleError>& errors, std::string_view text);

}  // namespace liaison::rules
