#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "core/digest.hpp"
#include "rules/compiled_rules.hpp"

namespace liaison::rules {
namespace {

/// The text fields that a phrase condition looks into.
std::vector<TextField> fields_searched(ConditionKey key) {
    switch (key) {
        case ConditionKey::SenderContains:
            return {TextField::Sender};
        case ConditionKey::RecipientContains:
            return {TextField::Recipient};
        case ConditionKey::SubjectContains:
            return {TextField::Subject};
        case ConditionKey::BodyContains:
            return {TextField::Body};
        case ConditionKey::BodyOrSubjectContains:
            return {TextField::Subject, TextField::Body};
        case ConditionKey::HeaderContains:
            return {TextField::Header};
        default:
            return {};
    }
}

/// Conditions of which at least one must hold if an expression holds, and what looking for them
/// costs.
struct Triggers {
    std::set<std::uint32_t> conditions;
    std::uint32_t cost = 0;
};

class RuleCompiler {
public:
    explicit RuleCompiler(CompiledRules& out) : out_(out) {}

    void add(Rule rule) {
        CompiledRule compiled;
        flatten(rule.conditions, compiled.nodes, compiled.paths);
        flatten(rule.exceptions, compiled.unless, compiled.paths);
        const auto number = static_cast<std::uint32_t>(out_.rules.size());
        if (rule.enabled) {
            std::size_t at = 0;
            if (const auto triggers = triggers_of(compiled.nodes, at)) {
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
        for (std::size_t field = 0; field < kTextFieldCount; ++field) {
            std::vector<std::string> phrases;
            for (auto& [phrase, conditions] : phrases_[field]) {
                phrases.push_back(phrase);
                out_.phrase_conditions[field].push_back(std::move(conditions));
            }
            out_.matchers[field] = PhraseMatcher(phrases);
        }
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

    void index_values(const Condition& condition, std::uint32_t number) {
        if (info(condition.key).shape == ValueShape::Phrases) {
            for (const TextField field : fields_searched(condition.key))
                for (const std::string& phrase : condition.values)
                    phrases_[static_cast<std::size_t>(field)][phrase].push_back(number);
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
    std::array<std::map<std::string, std::vector<std::uint32_t>>, kTextFieldCount> phrases_;
};

}  // namespace

bool is_looked_up(ConditionKey key) {
    return info(key).look_up_cost > 0;
}

CompiledRules compile(Document document) {
    CompiledRules out;
    out.canonical = canonical_rules(document);
    if (!document.rules.empty()) out.version = sha256_hex(out.canonical).substr(0, 16);
    RuleCompiler compiler(out);
    for (Rule& rule : document.rules) compiler.add(std::move(rule));
    compiler.finish();
    return out;
}

}  // namespace liaison::rules
