#pragma once
#include <boost/json.hpp>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "sandbox/graph/graph_error.hpp"

namespace liaison::sandbox::graph {

/// A recurrence property of the store (children of t:Recurrence) as patternedRecurrence. Patterns
/// that Graph has no words for (regeneration of tasks) give null.
boost::json::value recurrence_json(std::string_view xml, std::string_view zone);
/// The reverse, without prefixes. ErrorInvalidRequest for what EWS cannot keep.
Outcome<std::string> recurrence_xml(const boost::json::object& recurrence);

/// Start days (milliseconds of their midnight, without zone) of the occurrences of a recurrence
/// (children of t:Recurrence), in order: those before `until_ms`, at most `max`.
std::vector<std::int64_t> occurrence_days(std::string_view xml, std::int64_t until_ms,
                                          std::size_t max);

}  // namespace liaison::sandbox::graph
