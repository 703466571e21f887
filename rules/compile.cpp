#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "core/digest.hpp"
#include "rules/compiled_rules.hpp"

namespace liaison::rules {
namespace {

/// Conditions of which at least one must hold if an expression holds, and what looking for them
/// costs.
struct Triggers {
    std::set<std::uint32_t> conditions;
    std::uint32_t cost = 0;
};

constexpr std::uint32_t kGuardCost = 3;  // one mailbox of many

class RuleCompiler {
public:
    explicit RuleCompiler(CompiledRules& out) : out_(out) {}

    void add(Rule rule, const std::string& scope, std::uint32_t guard) {
        CompiledRule compiled;
        compiled.scope = scope;
        compiled.guard = guard;
        flatten(rule.conditions, compiled.nodes, compiled.paths);
        flatten(rule.exceptions, compiled.unless, compiled.paths);
        const auto number = static_cast<std::uint32_t>(out_.rules.size());
        if (rule.enabled) {
            std::size_t at = 0;
            auto triggers = triggers_of(compiled.nodes, at);
            if (guard != kNoCondition && (!triggers || triggers->cost > kGuardCost))
                triggers = Triggers{{guard}, kGuardCost};
            if (triggers) {
                for (const std::uint32_t condition : triggers->conditions)
                    out_.triggered_rules[condition].push_back(number);
            } else {
                out_.always.push_back(number);
            }
        }
        rule.conditions.children.clear();
        rule.exceptions.children.clear();
        compiled.rule = std::move(rule);
        out_.rules.push_back(std::move(compiled));
    }

    void finish() {
        for (std::size_t number = 0; number < kTextFieldCount; ++number) {
            FieldSearch& field = out_.fields[number];
            std::vector<std::string> patterns;
            for (auto& [pattern, conditions] : patterns_[number]) {
                patterns.push_back(pattern);
                field.pattern_conditions.push_back(std::move(conditions));
            }
            field.patterns = PatternMatcher(patterns);
            std::map<std::string, std::uint32_t> literals;
            for (std::uint32_t i = 0; i < field.patterns.literals().size(); ++i) {
                literals.emplace(field.patterns.literals()[i], i);
                phrases_[number][field.patterns.literals()[i]];  // searched for even if no phrase
            }
            std::vector<std::string> phrases;
            for (auto& [phrase, conditions] : phrases_[number]) {
                const auto literal = literals.find(phrase);
                phrases.push_back(phrase);
                field.phrase_conditions.push_back(std::move(conditions));
                field.phrase_literal.push_back(literal == literals.end() ? kNoCondition
                                                                         : literal->second);
            }
            field.phrases = PhraseMatcher(phrases);
        }
    }

    std::uint32_t number_of(Condition condition) {
        const auto next = static_cast<std::uint32_t>(out_.conditions.size());
        const auto [at, is_new] = numbers_.try_emplace(std::move(condition), next);
        if (!is_new) return at->second;
        const Condition& stored = at->first;
        out_.conditions.push_back(
            {stored.key, {}, stored.flag, stored.minimum_kb, stored.maximum_kb});
        out_.triggered_rules.emplace_back();
        index_values(stored, next);
        const ConditionInfo& what = info(stored.key);
        out_.uses_headers |= what.needs_headers;
        out_.uses_flags |= what.shape == ValueShape::Flag;
        return next;
    }

private:
    void flatten(Node& node, std::vector<CompiledNode>& nodes, std::vector<std::string>& paths) {
        const std::size_t at = nodes.size();
        nodes.push_back({.kind = node.kind});
        paths.push_back(std::move(node.path));
        if (node.kind == Node::Kind::Leaf)
            nodes[at].condition = number_of(std::move(node.condition));
        for (Node& child : node.children) flatten(child, nodes, paths);
        nodes[at].end = static_cast<std::uint32_t>(nodes.size());
    }

    void index_values(const Condition& condition, std::uint32_t number) {
        const ValueShape shape = info(condition.key).shape;
        if (shape == ValueShape::Phrases || shape == ValueShape::Patterns) {
            auto& tables = shape == ValueShape::Phrases ? phrases_ : patterns_;
            for (const TextField field : fields_searched(condition.key))
                for (const std::string& text : condition.values)
                    tables[static_cast<std::size_t>(field)][text].push_back(number);
            return;
        }
        auto& table = out_.values[static_cast<std::size_t>(condition.key)];
        for (const std::string& value : condition.values) table[value].push_back(number);
    }

    /// `at` moves behind the subtree. Of the parts of an All the cheapest is enough; an Any needs
    /// all of its parts.
    std::optional<Triggers> triggers_of(const std::vector<CompiledNode>& nodes,
                                        std::size_t& at) const {
        const CompiledNode node = nodes[at++];
        if (node.kind == Node::Kind::Leaf) {
            const ConditionInfo& what = info(out_.conditions[node.condition].key);
            if (!is_looked_up(what.key)) return std::nullopt;
            return Triggers{{node.condition}, what.look_up_cost};
        }
        std::optional<Triggers> result;
        bool complete = node.kind != Node::Kind::Not;
        if (node.kind == Node::Kind::Any) result.emplace();
        while (at < node.end) {
            std::optional<Triggers> part = triggers_of(nodes, at);
            if (node.kind == Node::Kind::All) {
                if (part && (!result || part->cost < result->cost)) result = std::move(part);
            } else if (node.kind == Node::Kind::Any && part && complete) {
                result->conditions.merge(part->conditions);
                result->cost = std::max(result->cost, part->cost);
            } else {
                complete = false;
            }
        }
        if (!complete) return std::nullopt;
        return result;
    }

    CompiledRules& out_;
    std::map<Condition, std::uint32_t> numbers_;
    using TextTable = std::map<std::string, std::vector<std::uint32_t>>;
    std::array<TextTable, kTextFieldCount> phrases_, patterns_;
};

}  // namespace

bool is_looked_up(ConditionKey key) {
    return info(key).look_up_cost > 0;
}

std::vector<TextField> fields_searched(ConditionKey key) {
    switch (key) {
        case ConditionKey::SenderContains:
        case ConditionKey::SenderMatches:
            return {TextField::Sender};
        case ConditionKey::RecipientContains:
        case ConditionKey::RecipientMatches:
            return {TextField::Recipient};
        case ConditionKey::SubjectContains:
        case ConditionKey::SubjectMatches:
            return {TextField::Subject};
        case ConditionKey::BodyContains:
        case ConditionKey::BodyMatches:
            return {TextField::Body};
        case ConditionKey::BodyOrSubjectContains:
        case ConditionKey::BodyOrSubjectMatches:
            return {TextField::Subject, TextField::Body};
        case ConditionKey::HeaderContains:
        case ConditionKey::HeaderMatches:
            return {TextField::Header};
        case ConditionKey::AttachmentNameContains:
        case ConditionKey::AttachmentNameMatches:
            return {TextField::Attachment};
        default:
            return {};
    }
}

CompiledRules compile(std::vector<CompilerLayer> layers) {
    CompiledRules out;
    std::size_t rule_count = 0;
    for (const CompilerLayer& layer : layers) {
        rule_count += layer.document.rules.size();
        if (layers.size() > 1) out.canonical += layer.scope + "\n";
        out.canonical += canonical_rules(layer.document);
        if (layers.size() > 1) out.canonical += "\n";
        // Who belongs to a group is part of what the rules mean.
        if (layer.guard)
            for (const std::string& address : layer.guard->values) out.canonical += address + "\n";
    }
    if (rule_count > 0) out.version = sha256_hex(out.canonical).substr(0, 16);
    RuleCompiler compiler(out);
    for (CompilerLayer& layer : layers) {
        const std::uint32_t guard =
            layer.guard ? compiler.number_of(*std::move(layer.guard)) : kNoCondition;
        for (Rule& rule : layer.document.rules) compiler.add(std::move(rule), layer.scope, guard);
    }
    compiler.finish();
    return out;
}

}  // namespace liaison::rules
