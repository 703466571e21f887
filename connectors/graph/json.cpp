#include "connectors/graph/json.hpp"

#include <boost/json/basic_parser_impl.hpp>
#include <cmath>
#include <set>

#include "core/limits.hpp"
#include "core/text.hpp"

namespace liaison::graph {

namespace {

using boost::json::error_code;

/// Builds a value like boost::json::parser and refuses what it lets pass: equal names.
class StrictHandler {
public:
    static constexpr std::size_t max_object_size = std::size_t(-1);
    static constexpr std::size_t max_array_size = std::size_t(-1);
    static constexpr std::size_t max_key_size = 64u << 10;
    static constexpr std::size_t max_string_size = std::size_t(-1);

    boost::json::value_stack stack;
    bool has_duplicate = false;

    bool on_document_begin(error_code&) { return stack.reset(), true; }
    bool on_document_end(error_code&) { return true; }
    bool on_object_begin(error_code&) { return names_.emplace_back(), true; }
    bool on_object_end(std::size_t count, error_code&) {
        names_.pop_back();
        return stack.push_object(count), true;
    }
    bool on_array_begin(error_code&) { return true; }
    bool on_array_end(std::size_t count, error_code&) { return stack.push_array(count), true; }
    bool on_key_part(std::string_view part, std::size_t, error_code&) {
        key_.append(part);
        return stack.push_chars(part), true;
    }
    bool on_key(std::string_view part, std::size_t, error_code& error) {
        key_.append(part);
        stack.push_key(part);
        const bool fresh = names_.back().insert(std::move(key_)).second;
        key_.clear();
        if (!fresh) {
            has_duplicate = true;
            error = boost::json::error::syntax;
        }
        return fresh;
    }
    bool on_string_part(std::string_view part, std::size_t, error_code&) {
        return stack.push_chars(part), true;
    }
    bool on_string(std::string_view part, std::size_t, error_code&) {
        return stack.push_string(part), true;
    }
    bool on_number_part(std::string_view, error_code&) { return true; }
    bool on_int64(std::int64_t number, std::string_view, error_code&) {
        return stack.push_int64(number), true;
    }
    bool on_uint64(std::uint64_t number, std::string_view, error_code&) {
        return stack.push_uint64(number), true;
    }
    bool on_double(double number, std::string_view, error_code& error) {
        if (!std::isfinite(number)) {
            error = boost::json::error::exponent_overflow;
            return false;
        }
        return stack.push_double(number), true;
    }
    bool on_bool(bool flag, error_code&) { return stack.push_bool(flag), true; }
    bool on_null(error_code&) { return stack.push_null(), true; }
    bool on_comment_part(std::string_view, error_code&) { return true; }
    bool on_comment(std::string_view, error_code&) { return true; }

private:
    std::vector<std::set<std::string, std::less<>>> names_;
    std::string key_;
};

const JsonObject kEmptyObject;
const JsonArray kEmptyArray;

}  // namespace

Result<JsonValue> parse_json(std::string_view text) {
    boost::json::parse_options options;
    options.max_depth = limits::json_depth_max;
    boost::json::basic_parser<StrictHandler> parser(options);
    error_code error;
    const std::size_t used = parser.write_some(false, text.data(), text.size(), error);
    if (parser.handler().has_duplicate)
        return fail(ErrorKind::CorruptReply, "JSON: the same name twice in one object");
    if (error) return fail(ErrorKind::CorruptReply, "JSON: " + error.message());
    const bool only_blanks_follow =
        text.find_first_not_of(" \t\r\n", used) == std::string_view::npos;
    if (!parser.done() || !only_blanks_follow)
        return fail(ErrorKind::CorruptReply, "JSON: not exactly one value");
    return parser.handler().stack.release();
}

const JsonValue* EntityReader::find(std::string_view name) const {
    const JsonValue* value = object_->if_contains(name);
    return value && !value->is_null() ? value : nullptr;
}

void EntityReader::blame(std::string_view name) const {
    if (fault_->empty()) *fault_ = std::string(name);
}

bool EntityReader::has(std::string_view name) const {
    return object_->contains(name);
}

std::string EntityReader::text(std::string_view name) const {
    const JsonValue* value = find(name);
    if (!value) return {};
    if (const boost::json::string* text = value->if_string()) return std::string(*text);
    blame(name);
    return {};
}

bool EntityReader::flag(std::string_view name, bool otherwise) const {
    const JsonValue* value = find(name);
    if (!value) return otherwise;
    if (const bool* flag = value->if_bool()) return *flag;
    blame(name);
    return otherwise;
}

std::optional<std::int64_t> EntityReader::number(std::string_view name) const {
    const JsonValue* value = find(name);
    if (!value) return std::nullopt;
    if (const std::int64_t* number = value->if_int64()) return *number;
    blame(name);
    return std::nullopt;
}

std::optional<Timestamp> EntityReader::time(std::string_view name) const {
    const std::string value = text(name);
    if (value.empty()) return std::nullopt;
    return parse_timestamp(value);
}

EntityReader EntityReader::object(std::string_view name) const {
    const JsonValue* value = find(name);
    if (!value) return EntityReader(kEmptyObject, *fault_);
    if (const JsonObject* object = value->if_object()) return EntityReader(*object, *fault_);
    blame(name);
    return EntityReader(kEmptyObject, *fault_);
}

std::vector<EntityReader> EntityReader::objects(std::string_view name) const {
    std::vector<EntityReader> out;
    const JsonValue* value = find(name);
    const JsonArray* list = value ? value->if_array() : nullptr;
    if (value && !list) blame(name);
    if (!list) return out;
    for (const JsonValue& entry : *list) {
        if (const JsonObject* object = entry.if_object())
            out.emplace_back(*object, *fault_);
        else if (!entry.is_null())
            blame(name);
    }
    return out;
}

TextList EntityReader::texts(std::string_view name) const {
    TextList out;
    const JsonValue* value = find(name);
    const JsonArray* list = value ? value->if_array() : nullptr;
    if (value && !list) blame(name);
    if (!list) return out;
    for (const JsonValue& entry : *list) {
        if (const boost::json::string* text = entry.if_string())
            out.emplace_back(*text);
        else if (!entry.is_null())
            blame(name);
    }
    return out;
}

const JsonObject& object_in(const JsonValue& value) {
    const JsonObject* object = value.if_object();
    return object ? *object : kEmptyObject;
}

const JsonArray& values_of(const JsonValue& collection) {
    const JsonValue* value = object_in(collection).if_contains("value");
    const JsonArray* list = value ? value->if_array() : nullptr;
    return list ? *list : kEmptyArray;
}

std::string_view text_in(const JsonObject& object, std::string_view name) {
    const JsonValue* value = object.if_contains(name);
    const boost::json::string* text = value ? value->if_string() : nullptr;
    return text ? std::string_view(*text) : std::string_view();
}

JsonValue json_text(std::string_view text) {
    return JsonValue(clean_utf8(text));
}

JsonValue json_text_or_null(std::string_view text) {
    return text.empty() ? JsonValue(nullptr) : json_text(text);
}

JsonArray json_texts(const TextList& texts) {
    JsonArray out;
    for (const std::string& text : texts) out.push_back(json_text(text));
    return out;
}

}  // namespace liaison::graph
