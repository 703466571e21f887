#include "rules/json_reader.hpp"

#include <algorithm>
#include <map>
#include <utility>

#include "core/limits.hpp"
#include "core/text.hpp"
#include "rules/json_places.hpp"

namespace liaison::rules {

void ErrorList::add(std::string pointer, std::string message, bool at_key) {
    if (!full()) entries_.push_back({std::move(pointer), std::move(message), at_key});
}

bool ErrorList::full() const {
    return entries_.size() >= limits::rule_errors_max;
}

std::vector<RuleError> ErrorList::resolve(std::string_view text) const {
    std::map<std::pair<std::string, bool>, std::size_t, std::less<>> wanted;
    for (const Entry& entry : entries_) wanted.insert({{entry.pointer, entry.at_key}, 0});
    walk_json(text, [&](const JsonPlace& place) {
        const auto at = wanted.find(std::pair(std::string(place.pointer), place.is_key));
        if (at != wanted.end()) at->second = place.offset;
    });
    std::vector<std::pair<std::size_t, RuleError>> found;
    for (const Entry& entry : entries_) {
        const std::size_t offset = wanted.at({entry.pointer, entry.at_key});
        const LineColumn place = line_column(text, offset);
        found.push_back({offset, {entry.pointer, place.line, place.column, entry.message}});
    }
    std::ranges::sort(found, {},
                      [](const auto& item) { return std::pair(item.first, item.second.message); });
    std::vector<RuleError> out;
    for (auto& [offset, error] : found) out.push_back(std::move(error));
    return out;
}

void JsonReader::fail(std::string pointer, std::string message, bool at_key) {
    errors_.add(std::move(pointer), std::move(message), at_key);
}

const boost::json::object* JsonReader::object(const boost::json::value& value,
                                              const std::string& pointer) {
    const auto* object = value.if_object();
    if (object == nullptr) fail(pointer, "must be an object");
    return object;
}

const boost::json::array* JsonReader::array(const boost::json::value& value,
                                            const std::string& pointer) {
    const auto* array = value.if_array();
    if (array == nullptr) fail(pointer, "must be a list");
    return array;
}

std::optional<bool> JsonReader::flag(const boost::json::value& value, const std::string& pointer) {
    if (const bool* flag = value.if_bool()) return *flag;
    fail(pointer, "must be true or false");
    return std::nullopt;
}

std::optional<std::int64_t> JsonReader::whole_number(const boost::json::value& value,
                                                     const std::string& pointer,
                                                     std::int64_t minimum, std::int64_t maximum) {
    const std::int64_t* number = value.if_int64();
    if (number != nullptr && *number >= minimum && *number <= maximum) return *number;
    fail(pointer, "must be a whole number from " + std::to_string(minimum) + " to " +
                      std::to_string(maximum));
    return std::nullopt;
}

std::optional<std::string> JsonReader::label(const boost::json::value& value,
                                             const std::string& pointer, std::size_t chars_max) {
    const auto* string = value.if_string();
    if (string == nullptr) {
        fail(pointer, "must be a text");
        return std::nullopt;
    }
    std::string text(string->data(), string->size());
    const auto control = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; };
    if (std::ranges::any_of(text, control))
        fail(pointer, "must not contain control characters or line breaks");
    else if (trim(text).empty())
        fail(pointer, "must not be empty");
    else if (count_chars(text) > chars_max)
        fail(pointer, "must be at most " + std::to_string(chars_max) + " characters long");
    else
        return text;
    return std::nullopt;
}

std::optional<std::string> JsonReader::text(const boost::json::value& value,
                                            const std::string& pointer, std::size_t bytes_max) {
    const auto* string = value.if_string();
    if (string != nullptr && string->size() <= bytes_max)
        return std::string(string->data(), string->size());
    fail(pointer, string == nullptr
                      ? "must be a text"
                      : "must be at most " + std::to_string(bytes_max) + " bytes long");
    return std::nullopt;
}

std::optional<std::string> JsonReader::token(const boost::json::value& value,
                                             const std::string& pointer, std::string_view tokens) {
    const std::vector<std::string> allowed = split(tokens, ' ');
    if (const auto* string = value.if_string()) {
        const std::string word = to_lower_ascii(std::string_view(string->data(), string->size()));
        const auto at = std::ranges::find_if(
            allowed, [&](const std::string& one) { return to_lower_ascii(one) == word; });
        if (at != allowed.end()) return *at;
    }
    std::string names;
    for (const std::string& word : allowed) names += (names.empty() ? "" : ", ") + word;
    fail(pointer, "must be one of: " + names);
    return std::nullopt;
}

std::vector<std::string> JsonReader::labels(const boost::json::value& value,
                                            const std::string& pointer) {
    std::vector<std::string> out;
    const auto* list = array(value, pointer);
    if (list == nullptr) return out;
    for (std::size_t i = 0; i < list->size() && !errors_.full(); ++i) {
        if (auto text = label((*list)[i], pointer_step(pointer, std::to_string(i))))
            out.push_back(std::move(*text));
    }
    return out;
}

void JsonReader::check_keys(const boost::json::object& object, const std::string& pointer,
                            std::span<const KeyInfo> keys) {
    for (const auto& member : object) {
        const std::string_view name(member.key().data(), member.key().size());
        if (std::ranges::find(keys, name, &KeyInfo::name) != keys.end()) continue;
        const std::string_view why = refused_name(name);
        fail(pointer_step(pointer, name), why.empty() ? "unknown key" : std::string(why), true);
    }
    for (const KeyInfo& key : keys)
        if (key.required &&
            !object.contains(boost::json::string_view(key.name.data(), key.name.size())))
            fail(pointer, "\"" + std::string(key.name) + "\" is missing");
}

}  // namespace liaison::rules
