#pragma once
#include <cstddef>
#include <expected>
#include <string>
#include <vector>

namespace liaison::rules {

/// One thing that is wrong with a rule document.
struct RuleError {
    std::string pointer;     ///< JSON pointer (RFC 6901) of the value or key:
                             ///< "/rules/0/conditions/subjectContains"
    std::size_t line = 0;    ///< from 1
    std::size_t column = 0;  ///< from 1, in bytes
    std::string message;
    friend bool operator==(const RuleError&, const RuleError&) = default;
};

/// "line 3, column 9 (/rules/0/sequence): must be a whole number"
std::string to_text(const RuleError& error);

/// A value or everything that is wrong, in the order of the text; at most limits::rule_errors_max.
template <class T>
using Checked = std::expected<T, std::vector<RuleError>>;

}  // namespace liaison::rules
