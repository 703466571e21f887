#pragma once
#include <string>
#include <vector>

#include "rules/document.hpp"
#include "rules/json_reader.hpp"

/// Included by .cpp files only.
namespace liaison::rules {

/// Reads `examples`; errors go to `json`.
std::vector<Example> read_examples(JsonReader& json, const boost::json::value& value,
                                   const std::string& pointer);

}  // namespace liaison::rules
