#pragma once
#include "connectors/ews/item_mapping.hpp"
#include "core/mail.hpp"

namespace liaison::ews {

/// t:Message and its relatives (meeting requests, reports, posts) as facts of a mail
/// (exchange-protocols.md 4.4, 1.14).
///
/// Addresses of routing type EX (X.500) are replaced by the SMTP address where Exchange tells it
/// (PidTagSenderSmtpAddress 0x5D01, PidTagSentRepresentingSmtpAddress 0x5D02), else kept raw
/// (P-26).
ItemShape message_shape(const MappingContext& context, bool with_headers);
MailMessage read_message(const XmlNode& item);

/// notFlagged, flagged or complete.
std::string read_flag(const XmlNode& item);

/// What mark_messages needs to know: categories, importance, flag, read state and our note.
ItemShape mark_shape(const MappingContext& context);

}  // namespace liaison::ews
