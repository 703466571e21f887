#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "core/mail.hpp"

namespace liaison::mail {

/// The Message-IDs in a References or In-Reply-To field, normalised, in order, without repeats. At
/// most the first and the last 100 of a longer list. Words outside angle brackets are ignored (old
/// mailers write "your message of ...").
std::vector<std::string> message_ids_in(std::string_view field);

/// The ids that this mail answers, the root of the thread first, its direct parent last.
std::vector<std::string> ancestors_of(const MailMessage& message);

/// What all mails of a thread share as long as each names its root (RFC 5322 3.6.4): the first
/// ancestor, else the mail's own normalised id, else empty.
std::string conversation_key(const MailMessage& message);

}  // namespace liaison::mail
