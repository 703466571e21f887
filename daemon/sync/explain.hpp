#pragma once
#include <string>
#include <string_view>

#include "core/operation.hpp"

namespace liaison::sync {

/// Why, as a sentence for an admin. No content of any item.
std::string_view explain(Reason reason);

/// What happens and why, as sentences for an admin: kind, side, names of the fields written, reason, and what holds
/// it up. No content of any item.
std::string explain(const Operation& operation);

}  // namespace liaison::sync
