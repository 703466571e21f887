#pragma once
#include <string>
#include <string_view>

#include "core/interaction.hpp"
#include "core/mail.hpp"

namespace liaison::mail {

/// The Message-ID in the form in which copies of one mail agree; empty when there is none.
///
/// RFC 5322 3.6.4 allows comments and folding white space around `<id-left@id-right>`, and relays
/// re-fold long header lines, also inside the brackets. So: what stands between the first `<` and
/// the next `>` (or the whole text when there are no brackets), all white space and control
/// characters removed. Comments stand outside the brackets and fall away with that; parentheses
/// inside are part of the id and stay. The part behind the last `@` is lower-cased (ASCII), because
/// it is a domain and some gateways rewrite its case; the left part is opaque and case counts
/// (base64 ids differ by case only).
std::string normal_message_id(std::string_view raw);

/// The subject in the form in which copies of one mail agree: one line, white space folded, at most
/// limits::subject_chars_max code points (what EWS keeps), ASCII letters in lower case. Prefixes
/// (`Re:`, `Fw:`) and list tags stay: a copy has the same ones, and a reply that wrongly reuses an
/// id differs by them.
std::string normal_subject(std::string_view subject);

/// DESIGN 3, the one definition of "the same mail": Message-ID, sender address, sent time (UTC, to
/// the second) and subject, each normalised. A mail without Message-ID: the same fingerprint and
/// its text with white space folded. Nothing that differs between copies takes part: no received
/// time, folder, mailbox, recipients, item key. A missing part is distinct from an empty one of
/// another field; every part is length-prefixed before it is hashed.
MessageIdentity identify(const MailMessage& message);

/// Address of From, else of Sender, normalised; empty when there is neither.
std::string sender_address(const MailMessage& message);

}  // namespace liaison::mail
