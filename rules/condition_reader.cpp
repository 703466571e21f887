#include "rules/condition_reader.hpp"

#include <algorithm>
#include <utility>

#include "core/limits.hpp"
#include "core/text.hpp"
#include "rules/fold.hpp"
#include "rules/json_places.hpp"
#include "rules/pattern_matcher.hpp"

namespace liaison::rules {
namespace {

constexpr std::int64_t kSizeKilobytesMax = 2'147'483'647;  // Graph: Int32

/// The domain in the form in which it is compared; empty when it is none.
std::string normal_domain(std::string_view text) {
    std::string domain = to_lower_ascii(trim(text));
    if (domain.starts_with('@')) domain.erase(0, 1);
    if (domain.ends_with('.')) domain.pop_back();
    const bool bad = domain.empty() || domain.starts_with('.') ||
                     domain.find_first_of("@ <>") != std::string::npos;
    return bad ? std::string() : domain;
}

}  // namespace

Node ConditionReader::read(const boost::json::value& value, Node::Kind kind,
                           const std::string& pointer, const std::string& path) {
    return read_object(value, kind, pointer, path, 1);
}

bool ConditionReader::count_node(const std::string& pointer) {
    if (++nodes_ == limits::conditions_per_rule_max + 1)
        json_.fail(pointer, "the rule has more than " +
                                std::to_string(limits::conditions_per_rule_max) + " conditions");
    return nodes_ <= limits::conditions_per_rule_max;
}

Node ConditionReader::read_object(const boost::json::value& value, Node::Kind kind,
                                  const std::string& pointer, const std::string& path,
                                  std::size_t depth) {
    Node node{.kind = kind, .path = path};
    const auto* object = json_.object(value, pointer);
    if (object == nullptr) return node;
    if (depth > limits::rule_depth_max) {
        json_.fail(pointer, "groups are nested deeper than " +
                                std::to_string(limits::rule_depth_max) + " levels");
        return node;
    }
    for (const auto& member : *object) {
        const std::string_view name(member.key().data(), member.key().size());
        const std::string where = pointer_step(pointer, name);
        if (!count_node(where)) return node;
        read_member(node, name, member.value(), where, path + "/" + std::string(name), depth);
    }
    return node;
}

void ConditionReader::read_member(Node& into, std::string_view name,
                                  const boost::json::value& value, const std::string& pointer,
                                  const std::string& path, std::size_t depth) {
    if (name == "anyOf") return read_group(into, Node::Kind::Any, value, pointer, path, depth);
    if (name == "allOf") return read_group(into, Node::Kind::All, value, pointer, path, depth);
    if (name == "not") {
        Node inner = read_object(value, Node::Kind::All, pointer, path, depth + 1);
        if (inner.children.empty()) json_.fail(pointer, "must hold at least one condition");
        Node node{.kind = Node::Kind::Not, .path = path};
        node.children.push_back(std::move(inner));
        into.children.push_back(std::move(node));
        return;
    }
    const auto key = parse_condition_key(name);
    if (!key) {
        const std::string_view why = refused_name(name);
        return json_.fail(pointer, why.empty() ? "unknown condition" : std::string(why), true);
    }
    Node leaf{.kind = Node::Kind::Leaf, .path = path};
    leaf.condition.key = *key;
    if (read_condition(leaf.condition, value, pointer)) into.children.push_back(std::move(leaf));
}

void ConditionReader::read_group(Node& into, Node::Kind kind, const boost::json::value& value,
                                 const std::string& pointer, const std::string& path,
                                 std::size_t depth) {
    const auto* list = json_.array(value, pointer);
    if (list == nullptr) return;
    if (list->empty()) return json_.fail(pointer, "must hold at least one group");
    Node group{.kind = kind, .path = path};
    for (std::size_t i = 0; i < list->size(); ++i) {
        const std::string index = std::to_string(i);
        const std::string where = pointer_step(pointer, index);
        if (!count_node(where)) return;
        Node inner = read_object((*list)[i], Node::Kind::All, where, path + "/" + index, depth + 1);
        if (inner.children.empty() && (*list)[i].is_object() && (*list)[i].as_object().empty())
            json_.fail(where, "must hold at least one condition");
        group.children.push_back(std::move(inner));
    }
    into.children.push_back(std::move(group));
}

bool ConditionReader::read_condition(Condition& condition, const boost::json::value& value,
                                     const std::string& pointer) {
    const ConditionInfo& what = info(condition.key);
    if (what.shape == ValueShape::Flag) {
        const auto flag = json_.flag(value, pointer);
        condition.flag = flag.value_or(true);
        return flag.has_value();
    }
    if (what.shape == ValueShape::SizeRange)
        read_size_range(condition, value, pointer);
    else
        read_values(condition, value, pointer);
    return true;
}

void ConditionReader::read_size_range(Condition& condition, const boost::json::value& value,
                                      const std::string& pointer) {
    static constexpr KeyInfo kSizeKeys[] = {{"minimumSize", "integer", "", false},
                                            {"maximumSize", "integer", "", false}};
    const auto* range = json_.object(value, pointer);
    if (range == nullptr) return;
    json_.check_keys(*range, pointer, kSizeKeys);
    const auto bound = [&](const char* name, std::int64_t otherwise) -> std::int64_t {
        const auto* number = range->if_contains(name);
        if (number == nullptr || number->is_null()) return otherwise;
        return json_.whole_number(*number, pointer_step(pointer, name), 0, kSizeKilobytesMax)
            .value_or(otherwise);
    };
    condition.minimum_kb = bound("minimumSize", 0);
    condition.maximum_kb = bound("maximumSize", kSizeKilobytesMax);
    if (range->empty()) json_.fail(pointer, "must name a minimumSize or a maximumSize");
    if (condition.minimum_kb > condition.maximum_kb)
        json_.fail(pointer, "minimumSize must not be above maximumSize");
}

void ConditionReader::read_values(Condition& condition, const boost::json::value& value,
                                  const std::string& pointer) {
    const ConditionInfo& what = info(condition.key);
    if (const auto* list = value.if_array()) {
        if (list->empty()) json_.fail(pointer, "must hold at least one value");
        for (std::size_t i = 0; i < list->size(); ++i)
            read_value(condition, (*list)[i], pointer_step(pointer, std::to_string(i)));
    } else if (what.shape == ValueShape::Tokens || value.is_string()) {
        read_value(condition, value, pointer);
    } else {
        json_.fail(pointer, "must be a list");
    }
    std::ranges::sort(condition.values);
    const auto repeats = std::ranges::unique(condition.values);
    condition.values.erase(repeats.begin(), repeats.end());
    values_ += condition.values.size();
    if (what.shape == ValueShape::Phrases)
        for (const std::string& phrase : condition.values) phrase_bytes_ += phrase.size();
    if (values_ > limits::rule_values_max)
        json_.fail(pointer, "the document has more than " +
                                std::to_string(limits::rule_values_max) + " values");
    if (phrase_bytes_ > limits::rule_phrase_bytes_max)
        json_.fail(pointer, "the document has more than " +
                                std::to_string(limits::rule_phrase_bytes_max) +
                                " bytes of texts to look for");
}

void ConditionReader::read_value(Condition& condition, const boost::json::value& value,
                                 const std::string& pointer) {
    const ConditionInfo& what = info(condition.key);
    if (values_ > limits::rule_values_max || phrase_bytes_ > limits::rule_phrase_bytes_max) return;
    if (what.shape == ValueShape::Tokens) {
        if (auto word = json_.token(value, pointer, what.tokens))
            condition.values.push_back(std::move(*word));
        return;
    }
    const auto* object = value.if_object();
    if (object != nullptr && object->size() == 1 && object->contains("list")) {
        const std::string where = pointer_step(pointer, "list");
        const auto name = json_.label(object->at("list"), where);
        if (!name) return;
        const auto list = lists_.find(*name);
        if (list == lists_.end()) return json_.fail(where, "there is no list of this name");
        if (values_ + list->second.size() > limits::rule_values_max) {
            values_ += list->second.size();
            return;
        }
        for (const std::string& item : list->second) take_value(condition, item, pointer);
        return;
    }
    if (what.shape == ValueShape::Patterns) {
        if (auto text = json_.label(value, pointer, limits::rule_pattern_chars_max))
            take_pattern(condition, std::move(*text), pointer);
        return;
    }
    // Graph writes fromAddresses and sentToAddresses as recipients.
    const auto* graph = object != nullptr && what.shape == ValueShape::Addresses
                            ? object->if_contains("emailAddress")
                            : nullptr;
    if (graph != nullptr && graph->is_object() && graph->as_object().contains("address")) {
        const std::string where = pointer_step(pointer_step(pointer, "emailAddress"), "address");
        if (auto text = json_.label(graph->as_object().at("address"), where))
            take_value(condition, *text, where);
        return;
    }
    if (object != nullptr) return json_.fail(pointer, "must be a text or {\"list\": NAME}");
    if (auto text = json_.label(value, pointer)) take_value(condition, std::move(*text), pointer);
}

void ConditionReader::take_pattern(Condition& condition, std::string text,
                                   const std::string& pointer) {
    if (patterns_.size() >= limits::rule_patterns_max && !patterns_.contains(text))
        return json_.fail(pointer, "the document has more than " +
                                       std::to_string(limits::rule_patterns_max) +
                                       " regular expressions");
    if (patterns_.insert(text).second) {
        const PatternCheck check = check_pattern(text);
        if (!check.problem.empty()) return json_.fail(pointer, check.problem);
        program_size_ += static_cast<std::size_t>(check.program_size);
        if (program_size_ > limits::rule_pattern_programs_max)
            return json_.fail(pointer, "the document's regular expressions have more than " +
                                           std::to_string(limits::rule_pattern_programs_max) +
                                           " instructions together");
        if (!check.has_literal && ++bare_patterns_ > limits::rule_patterns_bare_max)
            return json_.fail(pointer, "the document has more than " +
                                           std::to_string(limits::rule_patterns_bare_max) +
                                           " regular expressions without a fixed text of three "
                                           "ASCII characters; each is tried on every mail");
    }
    condition.values.push_back(std::move(text));
}

void ConditionReader::take_value(Condition& condition, std::string text,
                                 const std::string& pointer) {
    switch (info(condition.key).shape) {
        case ValueShape::Addresses: {
            std::string address = normal_address(text);
            const std::size_t at = address.rfind('@');
            if (at == std::string::npos || at == 0 || at + 1 == address.size() ||
                address.find_first_of(" <>") != std::string::npos)
                return json_.fail(pointer, "must be a mail address");
            condition.values.push_back(std::move(address));
            return;
        }
        case ValueShape::Domains: {
            std::string domain = normal_domain(text);
            if (domain.empty()) return json_.fail(pointer, "must be a domain, such as example.com");
            condition.values.push_back(std::move(domain));
            return;
        }
        case ValueShape::Paths: {
            std::string path = normal_folder_path(text);
            if (path.empty())
                return json_.fail(pointer, "must be a folder path, such as Inbox/CRM");
            condition.values.push_back(std::move(path));
            return;
        }
        case ValueShape::Names: {
            std::string name = fold(normal_line(text));
            if (condition.key == ConditionKey::AttachmentExtensionIs && name.starts_with('.'))
                name.erase(0, 1);
            condition.values.push_back(std::move(name));
            return;
        }
        case ValueShape::Phrases:
            condition.values.push_back(fold(text));
            return;
        case ValueShape::Patterns:
            return take_pattern(condition, std::move(text), pointer);
        case ValueShape::Tokens:
        case ValueShape::Flag:
        case ValueShape::SizeRange:
            return;
    }
}

}  // namespace liaison::rules
