#pragma once
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/mail.hpp"
#include "core/mail_action.hpp"
#include "rules/facts.hpp"
#include "rules/language.hpp"
#include "rules/rule_error.hpp"

namespace liaison::rules {

using NamedLists = std::map<std::string, std::vector<std::string>, std::less<>>;

/// One condition in normal form.
struct Condition {
    ConditionKey key = ConditionKey::FromAddresses;
    /// Folded (patterns: as written), sorted, without repeats; named lists written out.
    std::vector<std::string> values = {};
    bool flag = true;             ///< for ValueShape::Flag
    std::int64_t minimum_kb = 0;  ///< for ValueShape::SizeRange
    std::int64_t maximum_kb = 0;
    friend bool operator==(const Condition&, const Condition&) = default;
    friend auto operator<=>(const Condition&, const Condition&) = default;
};

/// A boolean expression over conditions.
struct Node {
    enum class Kind : std::uint8_t { All, Any, Not, Leaf };
    Kind kind = Kind::All;
    Condition condition = {};         ///< for Leaf
    std::vector<Node> children = {};  ///< All, Any: any number; Not: one
    std::string path = {};            ///< place in its rule: "conditions/anyOf/0/subjectContains"
};

struct Rule {
    std::string id;
    std::string pointer;  ///< where it stands in the document: "/rules/3"
    std::string display_name;
    std::int64_t sequence = 0;
    bool enabled = true;
    Node conditions;  ///< an All; without children it holds for every mail
    Node exceptions;  ///< an Any; without children it holds for none
    /// At most one of a kind, in the order of MailActionKind, free of contradictions; `rule` of
    /// each is the display name.
    std::vector<MailAction> actions;
    bool stop = false;  ///< stopProcessingRules
};

/// A mail with what must become of it.
struct Example {
    std::string name;
    std::string pointer;  ///< where it stands in the document
    MailMessage message;
    Facts facts;
    std::optional<std::vector<std::string>> matched;
    std::optional<std::string> logging;
    std::optional<std::string> move_to_folder;
    std::optional<std::vector<std::string>> categories;
    std::optional<std::vector<std::string>> copy_to_folder;
    std::optional<std::string> template_code, activity_type, campaign_id, opportunity_id;
    std::optional<std::string> importance, flag_status;
    std::optional<std::string> regarding;  ///< "opportunity O-1"; empty: none is set
    std::optional<bool> read, contact, lead, task;
};

struct Document {
    std::vector<Rule>
        rules;  ///< in order of evaluation: by sequence, then by place in the document
    std::vector<Example> examples;
};

/// Reads a document and checks everything but its examples. Errors name their place; at most
/// limits::rule_errors_max. The document's own lists hide those of `shared` of the same name.
Checked<Document> read_document(std::string_view text, const NamedLists& shared = {});

/// Reads a document that holds nothing but lists: {"version": 1, "lists": {NAME: [values]}}.
Checked<NamedLists> read_lists_document(std::string_view text);

/// The rules in their canonical JSON form, without examples.
std::string canonical_rules(const Document& document);

}  // namespace liaison::rules
