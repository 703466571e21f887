#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <boost/json.hpp>

#include "core/limits.hpp"
#include "rules/language.hpp"
#include "rules/rule_error.hpp"

/// Included by .cpp files only.
namespace liaison::rules {

/// Collects what is wrong, by JSON pointer; places are found at the end, and only then.
class ErrorList {
public:
    void add(std::string pointer, std::string message, bool at_key = false);
    bool empty() const { return entries_.empty(); }
    bool full() const;
    std::size_t size() const { return entries_.size(); }
    /// With places, in the order of the text.
    std::vector<RuleError> resolve(std::string_view text) const;

private:
    struct Entry {
        std::string pointer, message;
        bool at_key;
    };
    std::vector<Entry> entries_;
};

/// Typed reading of JSON values; each function notes an error and answers nothing when the value
/// does not fit.
class JsonReader {
public:
    explicit JsonReader(ErrorList& errors) : errors_(errors) {}

    const boost::json::object* object(const boost::json::value& value, const std::string& pointer);
    const boost::json::array* array(const boost::json::value& value, const std::string& pointer);
    std::optional<bool> flag(const boost::json::value& value, const std::string& pointer);
    std::optional<std::int64_t> whole_number(const boost::json::value& value,
                                             const std::string& pointer, std::int64_t minimum,
                                             std::int64_t maximum);
    /// Text without control characters that is not blank, at most `chars_max` code points.
    std::optional<std::string> label(const boost::json::value& value, const std::string& pointer,
                                     std::size_t chars_max = limits::rule_phrase_chars_max);
    /// Any text, at most `bytes_max`.
    std::optional<std::string> text(const boost::json::value& value, const std::string& pointer,
                                    std::size_t bytes_max);
    /// One of the words in `tokens` (separated by blanks), upper and lower case alike; as it is
    /// spelled there.
    std::optional<std::string> token(const boost::json::value& value, const std::string& pointer,
                                     std::string_view tokens);
    /// A list of labels.
    std::vector<std::string> labels(const boost::json::value& value, const std::string& pointer);
    /// Names every key that is not in the table, and every required one that is missing.
    void check_keys(const boost::json::object& object, const std::string& pointer,
                    std::span<const KeyInfo> keys);
    void fail(std::string pointer, std::string message, bool at_key = false);
    /// Errors so far, of the whole document.
    std::size_t error_count() const { return errors_.size(); }

private:
    ErrorList& errors_;
};

}  // namespace liaison::rules
