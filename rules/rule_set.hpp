#pragma once
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "core/mail.hpp"
#include "core/mail_action.hpp"
#include "rules/facts.hpp"
#include "rules/rule_error.hpp"

namespace liaison::rules {

/// How many rules the trace names: only those that were looked at (one of their conditions holds,
/// or nothing but looking can tell), or all of them. The outcome is the same.
enum class TraceDetail { LookedAt, All };

struct CompiledRules;

/// A checked and compiled rule document. Immutable, cheap to copy (shared), safe to use from
/// several threads.
class RuleSet {
public:
    /// No rules: every mail is treated as the defaults say.
    RuleSet();

    /// Reads, checks and compiles a document and runs its examples. Answers every error at once.
    /// What passes has passed its own examples.
    static Checked<RuleSet> load(std::string_view document);

    /// What the rules want done with a mail. Never fails, whatever the mail holds; the time is
    /// linear in the size of the mail and hardly depends on the number of rules.
    MailActions evaluate(const MailMessage& message, const Facts& facts,
                         TraceDetail detail = TraceDetail::LookedAt) const;

    /// First 16 hex digits of the SHA-256 of the canonical document without its examples; empty
    /// without rules. Spacing, examples, defaults left out, order of values and the use of named
    /// lists make no difference.
    const std::string& version() const;
    /// The document in its one canonical form: defaults written out, rules in order of evaluation,
    /// values normalised and sorted, named lists resolved. Reading it again gives the same rule
    /// set.
    const std::string& canonical() const;

    std::size_t rule_count() const;
    /// How many rules are looked at for every mail because no condition of theirs can be looked up
    /// (only flags, sizes or negations). Each costs time on every mail.
    std::size_t always_looked_at() const;
    /// A rule asks for header fields: fetch the mail with them.
    bool needs_headers() const;

private:
    explicit RuleSet(std::shared_ptr<const CompiledRules> compiled);
    std::shared_ptr<const CompiledRules> compiled_;
};

/// The JSON Schema (2020-12) of rule documents, made from the same tables as the reader.
std::string rule_schema();

}  // namespace liaison::rules
