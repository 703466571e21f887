#pragma once
#include <vector>

#include "connectors/crm/embedded/crm_database.hpp"
#include "core/interaction.hpp"

namespace liaison::crm {

/// The blocking halves of InteractionSink; contracts as there. A batch is one transaction with one
/// savepoint per message.
std::vector<Result<LoggedMessage>> log_messages(CrmDatabase& db,
                                                const std::vector<MessageLog>& messages,
                                                Timestamp now);
Result<std::vector<LoggedMessage>> find_logged(CrmDatabase& db,
                                               const std::vector<MessageIdentity>& identities);
/// `NotFound` if the message was never logged.
Result<void> set_message_link(CrmDatabase& db, const MessageIdentity& identity,
                              const std::string& link_url);

Result<std::size_t> withdraw_message(CrmDatabase& db, const MessageWithdrawal& wanted,
                                     Timestamp now);

}  // namespace liaison::crm
