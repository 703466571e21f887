#include "rules/rule_set.hpp"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "core/limits.hpp"
#include "core/text.hpp"
#include "rules/compiled_rules.hpp"
#include "rules/document.hpp"
#include "rules/evaluator.hpp"
#include "rules/examples.hpp"
#include "rules/json_places.hpp"

namespace liaison::rules {

namespace {

/// The condition that a mail lies in one of the scope's mailboxes; nothing for the organisation.
Checked<std::optional<Condition>> scope_guard(const RuleScope& scope, const SharedLists& shared) {
    if (scope.kind == RuleScope::Kind::Organization) return std::nullopt;
    Condition guard{.key = ConditionKey::Mailbox};
    if (scope.kind == RuleScope::Kind::Mailbox) {
        guard.values = {scope.name};
        return guard;
    }
    const auto list = shared.lists.find(scope.name);
    if (list == shared.lists.end())
        return std::unexpected(std::vector{RuleError{
            "", 1, 1, "there is no organisation-wide list \"" + scope.name + "\" of mailboxes"}});
    for (const std::string& address : list->second) guard.values.push_back(normal_address(address));
    std::ranges::sort(guard.values);
    const auto repeats = std::ranges::unique(guard.values);
    guard.values.erase(repeats.begin(), repeats.end());
    return guard;
}

/// An example that names no mailbox lies in one that the scope speaks of.
void place_in_scope(std::vector<Example>& examples, const std::optional<Condition>& guard) {
    for (Example& example : examples)
        if (guard && !guard->values.empty() && example.facts.mailbox.empty()) {
            example.facts.mailbox = guard->values.front();
            example.facts.owner_addresses = {example.facts.mailbox};
        }
}

}  // namespace

Checked<SharedLists> SharedLists::load(std::string_view document) {
    Checked<NamedLists> lists = read_lists_document(document);
    if (!lists) return std::unexpected(std::move(lists.error()));
    return SharedLists{std::move(*lists)};
}

RuleSet::RuleSet() : compiled_(std::make_shared<const CompiledRules>(compile({}))) {}
RuleSet::RuleSet(std::shared_ptr<const CompiledRules> compiled) : compiled_(std::move(compiled)) {}

Checked<RuleSet> RuleSet::load(std::string_view document, const SharedLists& shared,
                               const RuleScope& scope) {
    Checked<Document> read = read_document(document, shared.lists);
    if (!read) return std::unexpected(std::move(read.error()));
    Checked<std::optional<Condition>> guard = scope_guard(scope, shared);
    if (!guard) return std::unexpected(std::move(guard.error()));
    std::vector<Example> examples = std::move(read->examples);
    place_in_scope(examples, *guard);
    std::vector<CompilerLayer> layers;
    layers.push_back({std::move(*read), "", std::move(*guard)});
    auto compiled = std::make_shared<const CompiledRules>(compile(std::move(layers)));
    std::vector<RuleError> failures = check_examples(*compiled, examples);
    if (!failures.empty()) {
        locate(failures, document);
        return std::unexpected(std::move(failures));
    }
    return RuleSet(std::move(compiled));
}

Checked<RuleSet> RuleSet::layered(std::vector<RuleLayer> layers, const SharedLists& shared) {
    std::ranges::sort(layers, {}, &RuleLayer::scope);
    std::vector<CompilerLayer> read;
    std::vector<RuleError> errors;
    std::size_t rule_count = 0;
    for (const RuleLayer& layer : layers) {
        const std::string scope = to_string(layer.scope);
        const auto refuse = [&](std::vector<RuleError> found) {
            for (RuleError& error : found) {
                error.message = scope + ": " + error.message;
                if (errors.size() < limits::rule_errors_max) errors.push_back(std::move(error));
            }
        };
        Checked<std::optional<Condition>> guard = scope_guard(layer.scope, shared);
        Checked<Document> document = read_document(layer.document, shared.lists);
        if (!guard) refuse(std::move(guard.error()));
        if (!document) refuse(std::move(document.error()));
        if (!guard || !document) continue;
        document->examples.clear();
        rule_count += document->rules.size();
        if (layer.scope.kind != RuleScope::Kind::Organization)
            for (Rule& rule : document->rules) rule.id = scope + "/" + rule.id;
        read.push_back({std::move(*document), scope, std::move(*guard)});
    }
    if (rule_count > limits::layered_rules_max)
        errors.push_back({"", 1, 1,
                          "all scopes together have more than " +
                              std::to_string(limits::layered_rules_max) + " rules"});
    if (!errors.empty()) return std::unexpected(std::move(errors));
    return RuleSet(std::make_shared<const CompiledRules>(compile(std::move(read))));
}

MailActions RuleSet::evaluate(const MailMessage& message, const Facts& facts, TraceDetail detail,
                              EvaluationSteps* steps) const {
    Evaluator evaluator(*compiled_, message, facts);
    MailActions actions = evaluator.run(detail);
    if (steps != nullptr) *steps = evaluator.steps();
    return actions;
}

const std::string& RuleSet::version() const {
    return compiled_->version;
}
const std::string& RuleSet::canonical() const {
    return compiled_->canonical;
}
std::size_t RuleSet::rule_count() const {
    return compiled_->rules.size();
}
std::size_t RuleSet::always_looked_at() const {
    return compiled_->always.size();
}
bool RuleSet::needs_headers() const {
    return compiled_->uses_headers;
}

}  // namespace liaison::rules
