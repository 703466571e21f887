#pragma once
#include <string>
#include <vector>

#include "core/async.hpp"
#include "core/ports/clock.hpp"
#include "core/ports/mail_store.hpp"
#include "core/result.hpp"
#include "rules/rule_set.hpp"

namespace liaison::service {

/// The rule set in force, with its number. Replacing it is all or nothing: read, checked, its
/// examples run, stored, then used.
class RuleBook {
public:
    RuleBook(MailStore& store, Clock& clock) : store_(store), clock_(clock) {}

    /// Takes the newest stored version into use. No version stored: no rules.
    Async<Result<void>> load();
    const rules::RuleSet& current() const { return current_; }
    std::int64_t number() const { return number_; }
    const std::string& document() const { return document_; }

    /// `errors` tells all faults of the document when the result is InvalidRequest. VersionConflict
    /// when `expected` is not the number in force.
    Async<Result<std::int64_t>> replace(std::int64_t expected, std::string document,
                                        std::string who, std::vector<rules::RuleError>* errors);

private:
    MailStore& store_;
    Clock& clock_;
    rules::RuleSet current_;
    std::int64_t number_ = 0;
    std::string document_ = R"({"rules":[]})";
};

}  // namespace liaison::service
