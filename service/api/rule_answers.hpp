#pragma once
#include <vector>

#include "rules/rule_error.hpp"
#include "service/api/router.hpp"

namespace liaison::service {

/// 422 with every error and its place.
HttpResponse rules_problem(const std::vector<rules::RuleError>& errors);
HttpResponse unknown_scope();

}  // namespace liaison::service
