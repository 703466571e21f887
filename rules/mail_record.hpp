#pragma once
#include <string>
#include <string_view>

#include "core/interaction.hpp"
#include "core/mail.hpp"
#include "rules/rule_error.hpp"

namespace liaison::rules {

/// A mail as facts, for trying rules on it: {"name", "message": as in examples, "parties":
/// {ADDRESS: [party as in examples]}}. Where one is meant to come from a file of mail, something
/// that plays Exchange has taken it apart: `liaison-sandbox --facts`.
struct MailRecord {
    std::string name;
    MailMessage message;
    std::string folder;   ///< empty: not said
    std::string mailbox;  ///< empty: not said
    PartyMap parties;
};

/// Reads one JSON object; at most limits::mail_record_bytes_max.
Checked<MailRecord> read_mail_record(std::string_view json);

}  // namespace liaison::rules
