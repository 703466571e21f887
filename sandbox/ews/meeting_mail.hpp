#pragma once
#include <string>
#include <vector>

#include "sandbox/mailbox_types.hpp"

namespace liaison::sandbox::ews {

/// SMTP addresses of a message's recipients or an appointment's attendees, in order.
std::vector<std::string> recipients_of(const Item& item);

}  // namespace liaison::sandbox::ews
