#pragma once
#include <map>
#include <string>
#include <vector>

#include "core/async.hpp"
#include "core/ports/clock.hpp"
#include "core/ports/mail_store.hpp"
#include "core/result.hpp"
#include "rules/findings.hpp"
#include "rules/rule_set.hpp"

namespace liaison::service {

/// The rules in force: one document per scope, and the lists of the organisation that all of them
/// may use. Replacing one is all or nothing: read, checked, its examples run, everything compiled
/// together, stored, then used.
class RuleBook {
public:
    RuleBook(MailStore& store, Clock& clock) : store_(store), clock_(clock) {}

    struct Entry {
        std::int64_t number = 0;  ///< version of the document; 0: none was ever stored
        std::string document = R"({"rules":[]})";
    };

    /// Takes the newest stored versions into use. Nothing stored: no rules.
    Async<Result<void>> load();
    /// All scopes as one set.
    const rules::RuleSet& current() const { return current_; }
    Entry entry(const rules::RuleScope& scope) const;
    /// Those that have a document, in order of evaluation.
    std::vector<rules::RuleScope> scopes() const;
    const Entry& lists() const { return lists_; }

    /// `errors` tells all faults of the document when the result is InvalidRequest. VersionConflict
    /// when `expected` is not the number in force.
    Async<Result<std::int64_t>> replace(rules::RuleScope scope, std::int64_t expected,
                                        std::string document, std::string who,
                                        std::vector<rules::RuleError>* errors);
    /// The same for {"lists": {NAME: [values]}}. Every document must still pass, its examples
    /// included: messages of errors begin with its scope.
    Async<Result<std::int64_t>> replace_lists(std::int64_t expected, std::string document,
                                              std::string who,
                                              std::vector<rules::RuleError>* errors);

    /// All scopes with this document in its place, nothing stored; with its findings.
    struct Trial {
        rules::RuleSet set;
        std::vector<rules::RuleFinding> findings;  ///< of the document's scope
    };
    rules::Checked<Trial> try_document(const rules::RuleScope& scope,
                                       const std::string& document) const;

private:
    std::vector<rules::RuleLayer> layers() const;
    std::vector<rules::RuleLayer> layers_with(const rules::RuleScope& scope,
                                              const std::string& document) const;

    MailStore& store_;
    Clock& clock_;
    rules::RuleSet current_;
    std::map<rules::RuleScope, Entry> entries_;
    Entry lists_{0, R"({"version":1,"lists":{}})"};
    rules::SharedLists shared_;
};

}  // namespace liaison::service
