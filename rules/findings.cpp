#include "rules/findings.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "core/limits.hpp"
#include "rules/action_list.hpp"
#include "rules/examples.hpp"
#include "rules/implication.hpp"
#include "rules/pattern_matcher.hpp"
#include "rules/scope_guard.hpp"

namespace liaison::rules {
namespace {

/// A rule with what is known of it.
struct Studied {
    const Rule* rule = nullptr;
    std::size_t layer = 0;
    Certain certain;  ///< its scope included
    bool can_match = true;
};

/// Where to look for earlier rules that may cover a rule: by one condition that they need.
class CoverIndex {
public:
    void add(const Studied& rule, std::size_t number) {
        const Node* chosen = nullptr;
        for (const Node* leaf : rule.certain.leaves)
            if (chosen == nullptr || (is_exact(*leaf) && !is_exact(*chosen))) chosen = leaf;
        if (chosen == nullptr)
            anywhere_.push_back(number);
        else if (is_exact(*chosen))
            for (const std::string& value : chosen->condition.values)
                by_value_[{chosen->condition.key, value}].push_back(number);
        else
            by_shape_[info(chosen->condition.key).shape].push_back(number);
    }

    /// Numbers of earlier rules, ascending; holds every one that covers `rule`.
    std::vector<std::size_t> candidates(const Studied& rule) const {
        std::set<std::size_t> out(anywhere_.begin(), anywhere_.end());
        std::set<ValueShape> shapes;
        for (const Node* leaf : rule.certain.leaves) probe(leaf->condition, out, shapes);
        for (const Node* choice : rule.certain.choices)
            for (const Node* leaf : certain_of(choice->children.front()).leaves)
                probe(leaf->condition, out, shapes);
        for (const ValueShape shape : shapes)
            if (const auto at = by_shape_.find(shape); at != by_shape_.end())
                out.insert(at->second.begin(), at->second.end());
        return {out.begin(), out.end()};
    }

private:
    static bool is_exact(const Node& leaf) {
        switch (info(leaf.condition.key).shape) {
            case ValueShape::Addresses:
            case ValueShape::Domains:
            case ValueShape::Names:
            case ValueShape::Paths:
                return true;
            default:
                return false;
        }
    }

    void take(ConditionKey key, const std::string& value, std::set<std::size_t>& out) const {
        const auto at = by_value_.find({key, value});
        if (at != by_value_.end()) out.insert(at->second.begin(), at->second.end());
    }

    /// The value and everything above it, step by step behind or before `separator`.
    void take_domains(ConditionKey key, std::string host, std::set<std::size_t>& out) const {
        while (!host.empty()) {
            take(key, host, out);
            const std::size_t dot = host.find('.');
            host = dot == std::string::npos ? "" : host.substr(dot + 1);
        }
    }
    void take_folders(std::string path, std::set<std::size_t>& out) const {
        while (!path.empty()) {
            take(ConditionKey::FolderUnder, path, out);
            const std::size_t slash = path.rfind('/');
            path = slash == std::string::npos ? "" : path.substr(0, slash);
        }
    }

    void probe(const Condition& known, std::set<std::size_t>& out,
               std::set<ValueShape>& shapes) const {
        shapes.insert(info(known.key).shape);
        shapes.insert(ValueShape::Flag);  // attachments of some kind are attachments
        if (known.values.empty()) return;
        const std::string& value = known.values.front();
        take(known.key, value, out);
        const std::string host = value.substr(value.rfind('@') + 1);
        if (known.key == ConditionKey::FromAddresses || known.key == ConditionKey::FromDomains)
            take_domains(ConditionKey::FromDomains, host, out);
        if (known.key == ConditionKey::SentToAddresses || known.key == ConditionKey::SentToDomains)
            take_domains(ConditionKey::SentToDomains, host, out);
        if (known.key == ConditionKey::Folder || known.key == ConditionKey::FolderUnder)
            take_folders(value, out);
    }

    std::vector<std::size_t> anywhere_;
    std::map<std::pair<ConditionKey, std::string>, std::vector<std::size_t>> by_value_;
    std::map<ValueShape, std::vector<std::size_t>> by_shape_;
};

class Study {
public:
    struct Layer {
        Document document;
        std::string scope;
        std::optional<Node> guard;
    };

    explicit Study(std::vector<Layer> layers) : layers_(std::move(layers)) {}

    std::vector<RuleFinding> run() {
        CoverIndex index;
        for (std::size_t layer = 0; layer < layers_.size(); ++layer)
            for (const Rule& rule : layers_[layer].document.rules) {
                if (!rule.enabled || found_.size() >= limits::rule_findings_max) continue;
                study(rule, layer, index);
            }
        if (steps_ > limits::rule_comparisons_max && !layers_.empty())
            add(RuleFinding::Kind::NotCompared, 0, "/rules",
                "the set is too large to compare every pair of rules; the later ones were not "
                "looked at for shadows");
        return std::move(found_);
    }

private:
    void study(const Rule& rule, std::size_t layer, CoverIndex& index) {
        Studied one{.rule = &rule, .layer = layer, .certain = certain_of(rule.conditions)};
        if (layers_[layer].guard) one.certain.leaves.push_back(&*layers_[layer].guard);
        one.can_match = !find_impossible(one);
        if (one.can_match) find_covers(one, index);
        find_bare_patterns(rule.conditions, layer, rule);
        find_bare_patterns(rule.exceptions, layer, rule);
        studied_.push_back(std::move(one));
        if (studied_.back().can_match) index.add(studied_.back(), studied_.size() - 1);
    }

    void add(RuleFinding::Kind kind, std::size_t layer, std::string pointer, std::string message) {
        if (found_.size() >= limits::rule_findings_max) return;
        found_.push_back(
            {kind, layers_[layer].scope, {std::move(pointer), 0, 0, std::move(message)}});
    }

    /// True when the rule can match no mail; says why.
    bool find_impossible(const Studied& one) {
        const auto report = [&](const std::string& path, const std::string& why) {
            const bool of_scope = path.empty();
            add(RuleFinding::Kind::NeverMatches, one.layer,
                one.rule->pointer + (of_scope ? "" : "/" + path), "the rule never matches: " + why);
            return true;
        };
        const auto& leaves = one.certain.leaves;
        for (std::size_t i = 0; i < leaves.size(); ++i)
            for (std::size_t k = 0; k < i; ++k)
                if (++steps_ < limits::rule_comparisons_max &&
                    excludes(leaves[k]->condition, leaves[i]->condition))
                    return report(leaves[i]->path,
                                  leaves[k]->path + " and " +
                                      (leaves[i]->path.empty() ? "its scope" : leaves[i]->path) +
                                      " cannot hold together");
        for (const Node* negation : one.certain.negations)
            if (follows(one.certain, *negation, steps_))
                return report(negation->path,
                              "what stands here always holds where the other "
                              "conditions do");
        for (const Node* choice : one.certain.choices)
            if (contradicts(one.certain, *choice, steps_))
                return report(choice->path, "none of these can hold where the other conditions do");
        for (const Node& exception : one.rule->exceptions.children)
            if (follows(one.certain, exception, steps_))
                return report(exception.path,
                              "this exception always holds where the conditions do");
        return false;
    }

    /// Whether `earlier` matches every mail that `later` matches.
    bool covers(const Studied& earlier, const Studied& later) {
        if (earlier.layer != later.layer && layers_[earlier.layer].guard &&
            !follows(later.certain, *layers_[earlier.layer].guard, steps_))
            return false;
        if (!follows(later.certain, earlier.rule->conditions, steps_)) return false;
        return std::ranges::all_of(earlier.rule->exceptions.children, [&](const Node& exception) {
            return contradicts(later.certain, exception, steps_) ||
                   is_excepted(*later.rule, exception);
        });
    }

    /// Wherever `exception` holds, an exception of `rule` does.
    bool is_excepted(const Rule& rule, const Node& exception) {
        return follows(certain_of(exception), rule.exceptions, steps_);
    }

    void find_covers(const Studied& later, const CoverIndex& index) {
        std::set<MailActionKind> told;
        for (const std::size_t number : index.candidates(later)) {
            if (++steps_ > limits::rule_comparisons_max) return;
            const Studied& earlier = studied_[number];
            MailActions list;
            add_actions(*earlier.rule, list);
            const std::vector<Contradiction> lost = add_actions(*later.rule, list);
            if ((!earlier.rule->stop && lost.empty()) || !covers(earlier, later)) continue;
            const std::string name =
                "\"" + earlier.rule->display_name + "\"" +
                (earlier.layer == later.layer ? "" : " (" + layers_[earlier.layer].scope + ")");
            if (earlier.rule->stop) {
                add(RuleFinding::Kind::Shadowed, later.layer, later.rule->pointer,
                    "the rule is never reached: " + name +
                        " comes first, matches whatever it matches, and stops");
                return;
            }
            for (const Contradiction& one : lost)
                if (told.insert(one.loser).second)
                    add(RuleFinding::Kind::Overruled, later.layer,
                        later.rule->pointer + "/actions/" + std::string(to_string(one.loser)),
                        std::string(to_string(one.winner)) + " of " + name +
                            " excludes it; that rule comes first and matches whatever this one "
                            "matches");
        }
    }

    bool has_literal(const std::string& pattern) {
        const auto [at, is_new] = literals_.try_emplace(pattern, false);
        if (is_new) at->second = check_pattern(pattern).has_literal;
        return at->second;
    }

    void find_bare_patterns(const Node& node, std::size_t layer, const Rule& rule) {
        for (const Node& child : node.children) find_bare_patterns(child, layer, rule);
        if (node.kind != Node::Kind::Leaf || info(node.condition.key).shape != ValueShape::Patterns)
            return;
        for (const std::string& pattern : node.condition.values)
            if (!has_literal(pattern))
                add(RuleFinding::Kind::TriedOnEveryMail, layer, rule.pointer + "/" + node.path,
                    "a regular expression here has no fixed text of three ASCII characters, so it "
                    "is tried on every mail: " +
                        pattern);
    }

    std::vector<Layer> layers_;
    std::vector<Studied> studied_;
    std::vector<RuleFinding> found_;
    std::map<std::string, bool> literals_;  ///< per pattern: it has one
    std::size_t steps_ = 0;
};

/// Lines and columns, scope by scope.
void locate_findings(std::vector<RuleFinding>& findings, const std::string& scope,
                     std::string_view document) {
    std::vector<RuleError> places;
    for (const RuleFinding& one : findings)
        if (one.scope == scope) places.push_back(one.place);
    locate(places, document);
    for (RuleFinding& one : findings) {
        if (one.scope != scope) continue;
        const auto at = std::ranges::find_if(places, [&](const RuleError& place) {
            return place.pointer == one.place.pointer && place.message == one.place.message;
        });
        if (at != places.end()) one.place = *at;
    }
}

}  // namespace

std::string_view to_string(RuleFinding::Kind kind) {
    switch (kind) {
        case RuleFinding::Kind::NeverMatches:
            return "neverMatches";
        case RuleFinding::Kind::Shadowed:
            return "shadowed";
        case RuleFinding::Kind::Overruled:
            return "overruled";
        case RuleFinding::Kind::TriedOnEveryMail:
            return "triedOnEveryMail";
        case RuleFinding::Kind::NotCompared:
            return "notCompared";
    }
    return "unknown";
}

std::vector<RuleFinding> find_findings(std::string_view document, const SharedLists& shared) {
    Checked<Document> read = read_document(document, shared.lists);
    if (!read) return {};
    std::vector<Study::Layer> layers;
    layers.push_back({std::move(*read), "", std::nullopt});
    std::vector<RuleFinding> out = Study(std::move(layers)).run();
    locate_findings(out, "", document);
    return out;
}

std::vector<RuleFinding> find_findings(std::vector<RuleLayer> layers, const SharedLists& shared) {
    std::ranges::sort(layers, {}, &RuleLayer::scope);
    std::vector<Study::Layer> read;
    for (const RuleLayer& layer : layers) {
        Checked<Document> document = read_document(layer.document, shared.lists);
        Checked<std::optional<Condition>> guard = scope_guard(layer.scope, shared.lists);
        if (document && document->rules.empty()) continue;
        if (!document || !guard) return {};
        Study::Layer one{std::move(*document), to_string(layer.scope), std::nullopt};
        if (*guard) one.guard = Node{.kind = Node::Kind::Leaf, .condition = **guard};
        read.push_back(std::move(one));
    }
    std::vector<RuleFinding> out = Study(std::move(read)).run();
    for (const RuleLayer& layer : layers)
        locate_findings(out, to_string(layer.scope), layer.document);
    return out;
}

}  // namespace liaison::rules
