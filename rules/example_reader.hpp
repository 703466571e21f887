#pragma once
#include <string>
#include <vector>

#include "rules/document.hpp"
#include "rules/json_reader.hpp"
#include "rules/mail_record.hpp"

/// Included by .cpp files only.
namespace liaison::rules {

/// Reads `examples`; errors go to `json`.
std::vector<Example> read_examples(JsonReader& json, const boost::json::value& value,
                                   const std::string& pointer);

/// Reads a mail with its facts; errors go to `json`.
MailRecord read_mail_record(JsonReader& json, const boost::json::value& value);

}  // namespace liaison::rules
