#pragma once
#include <string>

#include "connectors/crm/embedded/crm_database.hpp"
#include "core/interaction.hpp"

namespace liaison::crm {

/// The blocking halves of what InteractionSink makes of mails; contracts as there. Each is one
/// transaction.
Result<Party> create_party(CrmDatabase& db, const NewParty& wanted, Timestamp now);
Result<void> add_party_address(CrmDatabase& db, PartyKind kind, const std::string& id,
                               const std::string& address, Timestamp now);
Result<std::string> create_mail_task(CrmDatabase& db, const NewMailTask& wanted, Timestamp now);

}  // namespace liaison::crm
