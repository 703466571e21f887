#pragma once
#include <string>

#include "rules/document.hpp"
#include "rules/json_reader.hpp"

/// Included by .cpp files only.
namespace liaison::rules {

/// Reads a rule's `actions` into `rule`; errors, contradictions among them included, go to `json`.
void read_actions(JsonReader& json, const boost::json::value& value, const std::string& pointer,
                  Rule& rule);

}  // namespace liaison::rules
