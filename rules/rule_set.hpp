#pragma once
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "core/mail.hpp"
#include "core/mail_action.hpp"
#include "rules/document.hpp"
#include "rules/facts.hpp"
#include "rules/rule_error.hpp"
#include "rules/rule_scope.hpp"

namespace liaison::rules {

/// How many rules the trace names: only those that were looked at (one of their conditions holds,
/// or nothing but looking can tell), or all of them. The outcome is the same.
/// `None`: neither trace nor outcomes.
enum class TraceDetail { None, LookedAt, All };

/// What one evaluation did, counted, for tests that must not depend on a clock.
struct EvaluationSteps {
    std::size_t values = 0;         ///< hash look-ups
    std::size_t phrase_bytes = 0;   ///< bytes of text passed through the phrase matchers
    std::size_t phrase_steps = 0;   ///< moves from state to state
    std::size_t phrases_found = 0;  ///< each once per field
    std::size_t patterns_tried = 0;
    std::size_t pattern_bytes = 0;  ///< bytes of text given to regular expressions
    std::size_t rules = 0;          ///< looked at
    std::size_t nodes = 0;          ///< of their expressions, visited to decide
    friend bool operator==(const EvaluationSteps&, const EvaluationSteps&) = default;
};

/// Lists of values that all rule sets of the organisation may use as {"list": NAME}; a list of
/// mailbox addresses is a group of mailboxes. {"version": 1, "lists": {NAME: [values]}}
struct SharedLists {
    NamedLists lists;
    static Checked<SharedLists> load(std::string_view document);
};

/// A document with its scope, as stored.
struct RuleLayer {
    RuleScope scope;
    std::string document;
};

struct CompiledRules;

/// A checked and compiled rule document. Immutable, cheap to copy (shared), safe to use from
/// several threads.
class RuleSet {
public:
    /// No rules: every mail is treated as the defaults say.
    RuleSet();

    /// Reads, checks and compiles a document and runs its examples. Answers every error at once.
    /// What passes has passed its own examples.
    /// A scope other than the organisation makes its rules hold for its mailboxes only; examples
    /// that name no mailbox are taken to lie in one of them.
    static Checked<RuleSet> load(std::string_view document, const SharedLists& shared = {},
                                 const RuleScope& scope = {});

    /// The documents of all scopes as one set, compiled to one matcher: the organisation's rules
    /// first, then the groups' by name, then the mailboxes'. Examples are not run again. Messages
    /// of errors begin with the scope.
    static Checked<RuleSet> layered(std::vector<RuleLayer> layers, const SharedLists& shared);

    /// What the rules want done with a mail. Never fails, whatever the mail holds; the time is
    /// linear in the size of the mail and hardly depends on the number of rules.
    MailActions evaluate(const MailMessage& message, const Facts& facts,
                         TraceDetail detail = TraceDetail::LookedAt,
                         EvaluationSteps* steps = nullptr) const;

    /// First 16 hex digits of the SHA-256 of the canonical document without its examples; empty
    /// without rules. Spacing, examples, defaults left out, order of values and the use of named
    /// lists make no difference.
    const std::string& version() const;
    /// The document in its one canonical form: defaults written out, rules in order of evaluation,
    /// values normalised and sorted, named lists resolved. Reading it again gives the same rule
    /// set. Of a layered set: each scope, its canonical document and its mailboxes, line by line.
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
