#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "core/mail_action.hpp"
#include "rules/compiled_rules.hpp"
#include "rules/mail_facts.hpp"
#include "rules/rule_set.hpp"

namespace liaison::rules {

/// One run of a compiled document over one mail.
class Evaluator {
public:
    Evaluator(const CompiledRules& compiled, const MailMessage& message, const Facts& facts);

    MailActions run(TraceDetail detail);
    /// Of the construction and of `run`.
    const EvaluationSteps& steps() const { return steps_; }

    /// The first condition or group that keeps a rule from matching, as a path in the rule; empty
    /// when it matches. `by_exception` tells whether an exception did.
    std::string_view obstacle(const CompiledRule& rule, bool& by_exception) const;

private:
    void find_texts(std::size_t field);
    void try_patterns(const FieldSearch& search, TextField field,
                      const std::vector<std::uint32_t>& candidates);
    void set_condition(std::uint32_t condition);
    bool condition_holds(std::uint32_t condition) const;
    /// `failed` becomes the index of the node that made it false.
    bool holds(const std::vector<CompiledNode>& nodes, std::uint32_t at,
               std::uint32_t& failed) const;
    /// False when later rules must not be looked at.
    bool look_at(const CompiledRule& rule, TraceDetail detail);
    void trace(const CompiledRule& rule, std::string_view text);
    void note_outcome(const CompiledRule& rule, bool matched);

    const CompiledRules& compiled_;
    const MailMessage& message_;
    std::optional<MailFlags> flags_;
    std::vector<std::uint64_t>
        true_conditions_;                     ///< bit per condition, for those that are looked up
    std::vector<std::uint64_t> woken_rules_;  ///< bit per rule
    mutable EvaluationSteps steps_;
    MailActions result_;
    std::size_t trace_lines_dropped_ = 0;
};

}  // namespace liaison::rules
