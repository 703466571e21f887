#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include <boost/json.hpp>

#include "core/limits.hpp"
#include "core/text.hpp"
#include "rules/action_reader.hpp"
#include "rules/condition_reader.hpp"
#include "rules/document.hpp"
#include "rules/example_reader.hpp"
#include "rules/json_places.hpp"
#include "rules/json_reader.hpp"

namespace liaison::rules {
namespace {

class DocumentReader {
public:
    DocumentReader(ErrorList& errors, NamedLists shared)
        : errors_(errors), json_(errors), lists_(std::move(shared)) {}

    NamedLists read_lists_only(const boost::json::value& root) {
        const auto* object = json_.object(root, "");
        if (object == nullptr) return {};
        json_.check_keys(*object, "", lists_document_keys());
        if (const auto* version = object->if_contains("version"))
            json_.whole_number(*version, "/version", 1, 1);
        if (const auto* lists = object->if_contains("lists")) read_lists(*lists);
        return std::move(lists_);
    }

    Document read(const boost::json::value& root) {
        Document document;
        const auto* object = json_.object(root, "");
        if (object == nullptr) return document;
        json_.check_keys(*object, "", document_keys());
        if (const auto* version = object->if_contains("version"))
            json_.whole_number(*version, "/version", 1, 1);
        if (const auto* lists = object->if_contains("lists")) read_lists(*lists);
        if (const auto* rules = object->if_contains("rules")) read_rules(document, *rules);
        if (const auto* examples = object->if_contains("examples")) {
            document.examples = read_examples(json_, *examples, "/examples");
            check_expected_ids(document);
        }
        return document;
    }

private:
    void read_lists(const boost::json::value& value) {
        const auto* lists = json_.object(value, "/lists");
        if (lists == nullptr) return;
        for (const auto& member : *lists) {
            const std::string name(member.key().data(), member.key().size());
            lists_.insert_or_assign(name,
                                    json_.labels(member.value(), pointer_step("/lists", name)));
        }
    }

    void read_rules(Document& document, const boost::json::value& value) {
        const auto* list = json_.array(value, "/rules");
        if (list == nullptr) return;
        if (list->size() > limits::rules_max)
            return json_.fail("/rules",
                              "holds more than " + std::to_string(limits::rules_max) + " rules");
        ConditionReader conditions(json_, lists_);
        for (std::size_t i = 0; i < list->size() && !errors_.full(); ++i) {
            const std::string pointer = pointer_step("/rules", std::to_string(i));
            document.rules.push_back(
                read_rule(conditions, (*list)[i], pointer, static_cast<std::int64_t>(i) + 1));
        }
        sort_by_sequence(document.rules);
    }

    /// By sequence; rules with the same one stay in the order of the document.
    static void sort_by_sequence(std::vector<Rule>& rules) {
        std::vector<std::pair<std::int64_t, std::size_t>> order;
        for (std::size_t i = 0; i < rules.size(); ++i) order.emplace_back(rules[i].sequence, i);
        std::ranges::sort(order);
        std::vector<Rule> sorted;
        for (const auto& [sequence, place] : order) sorted.push_back(std::move(rules[place]));
        rules = std::move(sorted);
    }

    Rule read_rule(ConditionReader& conditions, const boost::json::value& value,
                   const std::string& pointer, std::int64_t place) {
        Rule rule;
        rule.pointer = pointer;
        rule.sequence = place;
        rule.conditions = {.kind = Node::Kind::All, .path = "conditions"};
        rule.exceptions = {.kind = Node::Kind::Any, .path = "exceptions"};
        conditions.begin_rule();
        const auto* object = json_.object(value, pointer);
        if (object == nullptr) return rule;
        json_.check_keys(*object, pointer, rule_keys());
        if (const auto* name = object->if_contains("displayName"))
            rule.display_name =
                json_.label(*name, pointer_step(pointer, "displayName")).value_or("");
        rule.id = rule.display_name;
        const auto* id = object->if_contains("id");
        if (id != nullptr) rule.id = json_.label(*id, pointer_step(pointer, "id")).value_or("");
        if (!rule.id.empty() && !ids_.insert(rule.id).second)
            json_.fail(pointer_step(pointer, id != nullptr ? "id" : "displayName"),
                       "another rule is called so; give each an id of its own");
        if (const auto* sequence = object->if_contains("sequence"))
            rule.sequence =
                json_.whole_number(*sequence, pointer_step(pointer, "sequence"), 0, 2'147'483'647)
                    .value_or(place);
        if (const auto* enabled = object->if_contains("isEnabled"))
            rule.enabled = json_.flag(*enabled, pointer_step(pointer, "isEnabled")).value_or(true);
        if (const auto* when = object->if_contains("conditions"))
            rule.conditions = conditions.read(*when, Node::Kind::All,
                                              pointer_step(pointer, "conditions"), "conditions");
        if (const auto* unless = object->if_contains("exceptions"))
            rule.exceptions = conditions.read(*unless, Node::Kind::Any,
                                              pointer_step(pointer, "exceptions"), "exceptions");
        if (const auto* actions = object->if_contains("actions"))
            read_actions(json_, *actions, pointer_step(pointer, "actions"), rule);
        return rule;
    }

    void check_expected_ids(const Document& document) {
        for (const Example& example : document.examples) {
            if (!example.matched) continue;
            for (const std::string& id : *example.matched)
                if (!ids_.contains(id))
                    json_.fail(example.pointer + "/expect/matched",
                               "there is no rule \"" + id + "\"");
        }
    }

    ErrorList& errors_;
    JsonReader json_;
    NamedLists lists_;
    std::set<std::string, std::less<>> ids_;
};

RuleError text_error(std::string_view text, std::size_t offset, std::string message) {
    const LineColumn place = line_column(text, offset);
    return {"", place.line, place.column, std::move(message)};
}

}  // namespace

std::string to_text(const RuleError& error) {
    std::string out =
        "line " + std::to_string(error.line) + ", column " + std::to_string(error.column);
    if (!error.pointer.empty()) out += " (" + error.pointer + ")";
    return out + ": " + error.message;
}

namespace {

/// The text as JSON with no key twice in an object, or why it is not.
Checked<boost::json::value> read_json(
    std::string_view text, std::size_t bytes_max = limits::rule_document_bytes_max) {
    if (text.size() > bytes_max)
        return std::unexpected(std::vector{text_error(
            text, 0, "the document is longer than " + std::to_string(bytes_max) + " bytes")});
    boost::json::parse_options options;
    options.max_depth = limits::json_depth_max;
    boost::json::stream_parser parser({}, options);
    boost::json::error_code failure;
    const std::size_t read = parser.write_some(text.data(), text.size(), failure);
    if (!failure && parser.done() && !trim(text.substr(read)).empty())
        return std::unexpected(
            std::vector{text_error(text, read, "there is more text behind the document")});
    if (!failure && !parser.done()) parser.finish(failure);
    if (failure) {
        const bool deep = failure == boost::json::error::too_deep;
        const std::string why =
            deep ? "nested deeper than " + std::to_string(limits::json_depth_max) + " levels"
                 : "not well-formed JSON: " + failure.message();
        return std::unexpected(std::vector{text_error(text, read, why)});
    }
    ErrorList errors;
    walk_json(text, [&](const JsonPlace& place) {
        if (place.is_duplicate)
            errors.add(std::string(place.pointer), "this key stands here twice", true);
    });
    if (!errors.empty()) return std::unexpected(errors.resolve(text));
    return parser.release();
}

}  // namespace

Checked<Document> read_document(std::string_view text, const NamedLists& shared) {
    Checked<boost::json::value> root = read_json(text);
    if (!root) return std::unexpected(std::move(root.error()));
    ErrorList errors;
    Document document = DocumentReader(errors, shared).read(*root);
    if (!errors.empty()) return std::unexpected(errors.resolve(text));
    return document;
}

Checked<MailRecord> read_mail_record(std::string_view json) {
    Checked<boost::json::value> root = read_json(json, limits::mail_record_bytes_max);
    if (!root) return std::unexpected(std::move(root.error()));
    ErrorList errors;
    JsonReader reader(errors);
    MailRecord record = read_mail_record(reader, *root);
    if (!errors.empty()) return std::unexpected(errors.resolve(json));
    return record;
}

Checked<NamedLists> read_lists_document(std::string_view text) {
    Checked<boost::json::value> root = read_json(text);
    if (!root) return std::unexpected(std::move(root.error()));
    ErrorList errors;
    NamedLists lists = DocumentReader(errors, {}).read_lists_only(*root);
    if (!errors.empty()) return std::unexpected(errors.resolve(text));
    return lists;
}

}  // namespace liaison::rules
