#pragma once
#include <cstddef>
#include <vector>

#include "rules/document.hpp"

/// What can be said of expressions without a mail. Sound, not complete: `true` is proven, `false`
/// means "not shown".
namespace liaison::rules {

/// If `a` holds, `b` holds.
bool implies(const Condition& a, const Condition& b);
/// `a` and `b` never hold together.
bool excludes(const Condition& a, const Condition& b);

/// What must hold wherever a rule's conditions hold.
struct Certain {
    std::vector<const Node*> leaves;     ///< conditions that hold
    std::vector<const Node*> negations;  ///< groups that do not hold (children of Not)
    std::vector<const Node*> choices;    ///< Any groups of which a part holds
};
Certain certain_of(const Node& conditions);

/// Whether the expression holds in every case in which `what` does. `steps` counts comparisons;
/// beyond limits::rule_comparisons_max nothing more is shown.
bool follows(const Certain& what, const Node& expression, std::size_t& steps);
/// Whether the expression fails in every case in which `what` holds.
bool contradicts(const Certain& what, const Node& expression, std::size_t& steps);

}  // namespace liaison::rules
