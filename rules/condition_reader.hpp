#pragma once
#include <cstddef>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "rules/document.hpp"
#include "rules/json_reader.hpp"

/// Included by .cpp files only.
namespace liaison::rules {

/// Reads `conditions` and `exceptions`.
class ConditionReader {
public:
    ConditionReader(JsonReader& json, const NamedLists& lists) : json_(json), lists_(lists) {}

    /// The next calls of `read` belong to another rule: its conditions are counted anew.
    void begin_rule() { nodes_ = 0; }
    /// `kind` says how the members of the object combine.
    Node read(const boost::json::value& value, Node::Kind kind, const std::string& pointer,
              const std::string& path);

private:
    Node read_object(const boost::json::value& value, Node::Kind kind, const std::string& pointer,
                     const std::string& path, std::size_t depth);
    void read_member(Node& into, std::string_view name, const boost::json::value& value,
                     const std::string& pointer, const std::string& path, std::size_t depth);
    void read_group(Node& into, Node::Kind kind, const boost::json::value& value,
                    const std::string& pointer, const std::string& path, std::size_t depth);
    bool read_condition(Condition& condition, const boost::json::value& value,
                        const std::string& pointer);
    void read_values(Condition& condition, const boost::json::value& value,
                     const std::string& pointer);
    void read_value(Condition& condition, const boost::json::value& value,
                    const std::string& pointer);
    void read_size_range(Condition& condition, const boost::json::value& value,
                         const std::string& pointer);
    void take_pattern(Condition& condition, std::string text, const std::string& pointer);
    void take_value(Condition& condition, std::string text, const std::string& pointer);
    bool count_node(const std::string& pointer);

    JsonReader& json_;
    const NamedLists& lists_;
    std::size_t nodes_ = 0;
    std::size_t values_ = 0;
    std::size_t phrase_bytes_ = 0;
    std::set<std::string> patterns_;  ///< different ones of the document
    std::size_t program_size_ = 0;    ///< of all of them
    std::size_t bare_patterns_ = 0;   ///< without a literal
};

}  // namespace liaison::rules
