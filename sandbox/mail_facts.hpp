#pragma once
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "core/result.hpp"

namespace liaison::sandbox {

/// What Exchange would tell of a mail, as one JSON object on one line: {"name", "message"} in the
/// form in which rule documents write examples (docs/rules.md, "Trying rules on mail").
std::string mail_facts_json(std::string_view name, std::string_view mime);

/// Writes the facts of all mails at `path` (a file, a folder searched recursively, Maildir, mbox),
/// one per line; `skipped` gets what is no mail and why. Answers how many were written.
Result<std::size_t> write_mail_facts(const std::string& path,
                                     const std::function<void(const std::string&)>& line,
                                     const std::function<void(const std::string&)>& skipped);

}  // namespace liaison::sandbox
