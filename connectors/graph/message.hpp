#pragma once
#include "connectors/graph/item_mapping.hpp"
#include "core/mail.hpp"

namespace liaison::graph {

/// message and its relatives (meeting requests) as facts of a mail (exchange-protocols.md 4.4).
///
/// What Graph has no names for comes as MAPI properties: size, message class, sensitivity,
/// In-Reply-To, References, and the SMTP form of senders that are X.500 addresses.
std::string message_options(const MappingContext& context);
/// Nothing if a property is of another type than the schema says.
std::optional<MailMessage> read_message(const JsonObject& entity, const MappingContext& context,
                                        bool with_headers);

/// What mark_messages has to know of a message.
std::string mark_options(const MappingContext& context);
/// The properties that a mark changes; empty if the message shows it already. A message that asks
/// for a read receipt is not marked read: Graph would send the receipt.
JsonObject mark_writes(const JsonObject& present, const MailMark& mark, const MappingContext& context);
/// InvalidRequest for an importance or a flag that Graph does not know.
std::optional<Error> mark_refusal(const MailMark& mark);

}  // namespace liaison::graph
