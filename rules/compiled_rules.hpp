#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "rules/document.hpp"
#include "rules/pattern_matcher.hpp"
#include "rules/phrase_matcher.hpp"

namespace liaison::rules {

struct TextHash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const {
        return std::hash<std::string_view>{}(text);
    }
};

/// Text fields that are searched for phrases, each in one pass.
enum class TextField : std::uint8_t {
    Sender,
    Recipient,
    Subject,
    Body,
    Header,
    Attachment,
    Count_
};
inline constexpr std::size_t kTextFieldCount = static_cast<std::size_t>(TextField::Count_);

/// A node of a rule's expression. A rule's nodes lie in preorder; the children of node i start at i
/// + 1, and each node knows where the next one on its level starts.
struct CompiledNode {
    Node::Kind kind = Node::Kind::Leaf;
    std::uint32_t condition = 0;  ///< Leaf: number of the condition
    std::uint32_t end = 0;        ///< one behind the last node of this subtree
};

inline constexpr std::uint32_t kNoCondition = 0xFFFFFFFF;

struct CompiledRule {
    Rule rule;                           ///< its expressions are emptied: `nodes` has them
    std::vector<CompiledNode> nodes;     ///< conditions
    std::vector<CompiledNode> unless;    ///< exceptions
    std::vector<std::string> paths;      ///< per node of `nodes`, then of `unless`
    std::string scope;                   ///< of its layer; empty in a set of one document
    std::uint32_t guard = kNoCondition;  ///< must hold for the layer to speak of this mail at all
};

/// All texts that one field is searched for: phrases of conditions and literals of patterns.
struct FieldSearch {
    PhraseMatcher phrases;
    std::vector<std::vector<std::uint32_t>> phrase_conditions;  ///< per phrase
    std::vector<std::uint32_t> phrase_literal;  ///< per phrase: literal of `patterns`, or none
    PatternMatcher patterns;
    std::vector<std::vector<std::uint32_t>> pattern_conditions;  ///< per pattern
};

/// One document and for whom it speaks.
struct CompilerLayer {
    Document document;
    std::string scope;                    ///< as in CompiledRule
    std::optional<Condition> guard = {};  ///< as in CompiledRule
};

/// A document made ready: conditions are numbered, equal ones share a number, and everything that
/// can be looked up is.
struct CompiledRules {
    std::vector<CompiledRule> rules;    ///< in order of evaluation, enabled or not
    std::vector<Condition> conditions;  ///< by number; the values of looked-up ones are emptied
    /// Per key, value to the numbers of the conditions that list it.
    std::array<
        std::unordered_map<std::string, std::vector<std::uint32_t>, TextHash, std::equal_to<>>,
        kConditionKeyCount>
        values;
    std::array<FieldSearch, kTextFieldCount> fields;
    /// Per condition: the rules that cannot match while all of their trigger conditions are false.
    std::vector<std::vector<std::uint32_t>> triggered_rules;
    std::vector<std::uint32_t> always;  ///< rules without triggers
    bool uses_headers = false;
    bool uses_flags = false;
    std::string canonical;
    std::string version;
};

/// Never fails: the documents were checked. Evaluated in this order.
CompiledRules compile(std::vector<CompilerLayer> layers);

/// The text fields that a condition of this key looks into; empty for other shapes.
std::vector<TextField> fields_searched(ConditionKey key);

/// Whether conditions of this key are found by look-up, and so can wake a rule.
bool is_looked_up(ConditionKey key);

}  // namespace liaison::rules
