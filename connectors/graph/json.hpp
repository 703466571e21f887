#pragma once
#include <boost/json.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/record.hpp"
#include "core/result.hpp"

namespace liaison::graph {

using JsonValue = boost::json::value;
using JsonObject = boost::json::object;
using JsonArray = boost::json::array;

/// Parses what a server sent. Refused as `CorruptReply`: anything that is not exactly one JSON
/// value, more than limits::json_depth_max levels, two equal names in one object, text that is not
/// UTF-8, numbers beyond a double (security checklist 26).
Result<JsonValue> parse_json(std::string_view text);

/// Reads the properties of one entity. An absent property and null are the same: empty. A property
/// of another type than the schema (CSDL) says is a fault: it must never be taken for empty, or a
/// field would be cleared on the other side. Faults of nested readers are those of the entity.
class EntityReader {
public:
    /// `fault` holds the name of the first property of a wrong type and outlives the reader.
    EntityReader(const JsonObject& object, std::string& fault) : object_(&object), fault_(&fault) {}

    bool has(std::string_view name) const;
    std::string text(std::string_view name) const;
    bool flag(std::string_view name, bool otherwise = false) const;
    std::optional<std::int64_t> number(std::string_view name) const;
    /// A DateTimeOffset; nothing for a text that is none.
    std::optional<Timestamp> time(std::string_view name) const;
    /// An empty reader if there is none.
    EntityReader object(std::string_view name) const;
    std::vector<EntityReader> objects(std::string_view name) const;
    TextList texts(std::string_view name) const;
    bool empty() const { return object_->empty(); }

private:
    const JsonValue* find(std::string_view name) const;
    void blame(std::string_view name) const;

    const JsonObject* object_;
    std::string* fault_;
};

/// The object in `value`, or an empty one.
const JsonObject& object_in(const JsonValue& value);
/// Elements of the array "value" of a collection; an empty span if there is none.
const JsonArray& values_of(const JsonValue& collection);
/// A text property, or empty if it is absent or no text.
std::string_view text_in(const JsonObject& object, std::string_view name);
/// `serialize` with what JSON text forbids cleaned away (core clean_utf8).
JsonValue json_text(std::string_view text);
/// The text, or null for an empty one: how Graph clears a property.
JsonValue json_text_or_null(std::string_view text);
JsonArray json_texts(const TextList& texts);

}  // namespace liaison::graph
