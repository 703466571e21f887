#pragma once
#include <string>
#include <string_view>

#include "sandbox/mailbox_types.hpp"
#include "sandbox/mime.hpp"

namespace liaison::sandbox {

/// A mail as the store takes it (MailboxStore::create_item).
struct MailItem {
    Item item;
    Content content;
};

/// The item that Exchange would make of a mail with these bytes: class, subject, dates, importance,
/// sensitivity, addresses, InReplyTo, References, InternetMessageId, conversation, attachments (by
/// mime_index), IsRead=false, IsDraft from X-Unsent. item:DateTimeReceived falls back to `now`;
/// item:DateTimeSent is absent when the mail has no readable date. item:InternetMessageHeaders is
/// not stored: parse_mime(content.mime).headers gives it on demand.
MailItem mail_item_from_mime(std::string mime, EpochMillis now);

/// `<t:Mailbox>` element of one address, text escaped, children in schema order.
std::string mailbox_xml(const MailAddress& address);
/// The same for a list (ToRecipients and its like).
Fragment mailboxes_fragment(const std::vector<MailAddress>& list);

/// `2027-03-01T09:00:00Z`; years outside 1601 to 9999 are clamped, as FILETIME and xs:dateTime
/// would have it.
std::string utc_date_time(EpochMillis time);
/// The reverse; also takes a fraction and an offset (`+01:00`). Absent for anything else.
std::optional<EpochMillis> parse_utc_date_time(std::string_view text);

/// Text for XML content or a quoted attribute; what XML 1.0 cannot carry becomes U+FFFD.
std::string xml_escaped(std::string_view text);

}  // namespace liaison::sandbox
