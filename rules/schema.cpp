#include <boost/json.hpp>

#include "core/limits.hpp"
#include "core/text.hpp"
#include "rules/language.hpp"
#include "rules/rule_set.hpp"

namespace liaison::rules {
namespace {

using boost::json::array;
using boost::json::object;
using boost::json::value;

boost::json::string schema_text(std::string_view text) {
    return boost::json::string(boost::json::string_view(text.data(), text.size()));
}

object reference(std::string_view name) {
    return {{"$ref", schema_text("#/$defs/" + std::string(name))}};
}

object schema_of_type(std::string_view type) {
    if (type == "string" || type == "integer" || type == "boolean")
        return {{"type", schema_text(type)}};
    return reference(type);
}

object schema_of_keys(std::span<const KeyInfo> keys) {
    object properties;
    array required;
    for (const KeyInfo& key : keys) {
        object one = schema_of_type(key.type);
        one["description"] = schema_text(key.meaning);
        properties[boost::json::string_view(key.name.data(), key.name.size())] = std::move(one);
        if (key.required) required.push_back(schema_text(key.name));
    }
    object out{
        {"type", "object"}, {"properties", std::move(properties)}, {"additionalProperties", false}};
    if (!required.empty()) out["required"] = std::move(required);
    return out;
}

object schema_of_tokens(std::string_view tokens) {
    array words;
    for (const std::string& word : split(tokens, ' ')) words.push_back(schema_text(word));
    return {{"enum", std::move(words)}};
}

object schema_flag_or(std::span<const KeyInfo> keys) {
    return {{"anyOf", array{object{{"type", "boolean"}}, schema_of_keys(keys)}}};
}

object schema_of_regarding() {
    object out = schema_of_keys(regarding_keys());
    out["minProperties"] = 1;
    out["maxProperties"] = 1;
    return out;
}

object schema_of_condition(const ConditionInfo& what) {
    switch (what.shape) {
        case ValueShape::Flag:
            return {{"type", "boolean"}};
        case ValueShape::SizeRange:
            return reference("sizeRange");
        case ValueShape::Addresses:
            return reference("addressValues");
        case ValueShape::Patterns:
            return reference("patterns");
        case ValueShape::Tokens: {
            const object one = schema_of_tokens(what.tokens);
            return {
                {"anyOf", array{one, object{{"type", "array"}, {"minItems", 1}, {"items", one}}}}};
        }
        default:
            return reference("values");
    }
}

object schema_of_conditions() {
    object properties;
    for (const ConditionInfo& what : all_conditions()) {
        object one = schema_of_condition(what);
        one["description"] = schema_text(what.meaning);
        properties[boost::json::string_view(what.name.data(), what.name.size())] = std::move(one);
    }
    const object groups{{"type", "array"}, {"minItems", 1}, {"items", reference("group")}};
    properties["anyOf"] = groups;
    properties["allOf"] = groups;
    properties["not"] = reference("group");
    return {
        {"type", "object"}, {"properties", std::move(properties)}, {"additionalProperties", false}};
}

/// One value or a list of values, each of one of these forms or {"list": NAME}.
object schema_of_values(std::string_view single, array forms) {
    forms.push_back(reference(single));
    forms.push_back(object{{"type", "object"},
                           {"properties", object{{"list", reference("label")}}},
                           {"required", array{"list"}},
                           {"additionalProperties", false}});
    const object list{
        {"type", "array"}, {"minItems", 1}, {"items", object{{"anyOf", std::move(forms)}}}};
    return {{"anyOf", array{reference(single), list}}};
}

object schema_of_text(std::size_t chars_max) {
    return {{"type", "string"},
            {"minLength", 1},
            {"maxLength", chars_max},
            {"pattern", "^[^\\u0000-\\u001f\\u007f]*$"}};
}

object schema_of_size_range() {
    const object kilobytes{{"type", "integer"}, {"minimum", 0}, {"maximum", 2147483647}};
    return {{"type", "object"},
            {"properties", object{{"minimumSize", kilobytes}, {"maximumSize", kilobytes}}},
            {"minProperties", 1},
            {"additionalProperties", false}};
}

object schema_list_of(std::string_view name) {
    return {{"type", "array"}, {"items", reference(name)}};
}

object schema_of_address() {
    const object written_out{
        {"type", "object"},
        {"properties", object{{"address", reference("label")}, {"name", reference("label")}}},
        {"required", array{"address"}},
        {"additionalProperties", false}};
    return {{"anyOf", array{reference("label"), written_out}}};
}

object schema_of_attachment() {
    return {{"anyOf", array{reference("label"), schema_of_keys(example_attachment_keys())}}};
}

/// One field, or several of the same name.
object schema_of_header() {
    const object line{{"type", "string"}};
    return {{"anyOf", array{line, object{{"type", "array"}, {"items", line}}}}};
}

object schema_definitions() {
    const object graph_recipient{
        {"type", "object"},
        {"properties",
         object{{"emailAddress", object{{"type", "object"}, {"required", array{"address"}}}}}},
        {"required", array{"emailAddress"}}};
    object out{
        {"label", schema_of_text(limits::rule_phrase_chars_max)},
        {"pattern", schema_of_text(limits::rule_pattern_chars_max)},
        {"strings", schema_list_of("label")},
        {"values", schema_of_values("label", {})},
        {"patterns", schema_of_values("pattern", {})},
        {"addressValues", schema_of_values("label", {graph_recipient})},
        {"sizeRange", schema_of_size_range()},
        {"conditions", schema_of_conditions()},
        {"actions", schema_of_keys(action_keys())},
        {"logInteraction", schema_flag_or(log_keys())},
        {"flagMessage", schema_flag_or(flag_keys())},
        {"createParty", schema_flag_or(create_party_keys())},
        {"createTask", schema_flag_or(create_task_keys())},
        {"setRegarding", schema_of_regarding()},
        {"importance", schema_of_tokens(kImportanceTokens)},
        {"flagStatus", schema_of_tokens(kFlagStatusTokens)},
        {"createFor", schema_of_tokens(kCreateForTokens)},
        {"days", object{{"type", "integer"}, {"minimum", 0}, {"maximum", kDueInDaysMax}}},
        {"rule", schema_of_keys(rule_keys())},
        {"rules",
         object{{"type", "array"}, {"maxItems", limits::rules_max}, {"items", reference("rule")}}},
        {"lists", object{{"type", "object"}, {"additionalProperties", reference("strings")}}},
        {"example", schema_of_keys(example_keys())},
        {"examples", object{{"type", "array"},
                            {"maxItems", limits::rule_examples_max},
                            {"items", reference("example")}}},
        {"message", schema_of_keys(example_message_keys())},
        {"address", schema_of_address()},
        {"addresses", schema_list_of("address")},
        {"attachments", object{{"type", "array"}, {"items", schema_of_attachment()}}},
        {"headers", object{{"type", "object"}, {"additionalProperties", schema_of_header()}}},
        {"party", schema_of_keys(example_party_keys())},
        {"parties", schema_list_of("party")},
        {"expect", schema_of_keys(example_expect_keys())},
    };
    object group = schema_of_conditions();
    group["minProperties"] = 1;
    out["group"] = std::move(group);
    return out;
}

}  // namespace

std::string rule_schema() {
    object out = schema_of_keys(document_keys());
    out["$schema"] = "https://json-schema.org/draft/2020-12/schema";
    out["title"] = "Liaison folder rules";
    out["$defs"] = schema_definitions();
    return boost::json::serialize(out);
}

}  // namespace liaison::rules
