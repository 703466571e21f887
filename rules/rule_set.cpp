#include "rules/rule_set.hpp"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "core/limits.hpp"
#include "rules/compiled_rules.hpp"
#include "rules/document.hpp"
#include "rules/evaluator.hpp"
#include "rules/examples.hpp"
#include "rules/scope_guard.hpp"

namespace liaison::rules {

namespace {

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
    Checked<std::optional<Condition>> guard = scope_guard(scope, shared.lists);
    if (!guard && !read->rules.empty()) return std::unexpected(std::move(guard.error()));
    std::vector<Example> examples = std::move(read->examples);
    if (guard) place_in_scope(examples, *guard);
    const auto compiled_with = [](Document document, std::optional<Condition> condition) {
        std::vector<CompilerLayer> layers;
        layers.push_back({std::move(document), "", std::move(condition)});
        return std::make_shared<const CompiledRules>(compile(std::move(layers)));
    };
    // No example can lie in a group without mailboxes: there they are run without regard to it.
    const bool nobody = guard && *guard && (*guard)->values.empty();
    std::shared_ptr<const CompiledRules> for_examples;
    if (nobody && !examples.empty()) for_examples = compiled_with(*read, std::nullopt);
    const auto compiled = compiled_with(std::move(*read), guard ? std::move(*guard) : std::nullopt);
    std::vector<RuleError> failures =
        check_examples(for_examples ? *for_examples : *compiled, examples);
    if (!failures.empty()) {
        locate(failures, document);
        return std::unexpected(std::move(failures));
    }
    return RuleSet(compiled);
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
        Checked<Document> document = read_document(layer.document, shared.lists);
        if (document && document->rules.empty()) continue;  // a scope that has been emptied
        Checked<std::optional<Condition>> guard = scope_guard(layer.scope, shared.lists);
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
