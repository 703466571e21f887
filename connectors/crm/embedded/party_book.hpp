#pragma once
#include <string>
#include <vector>

#include "connectors/crm/embedded/crm_database.hpp"
#include "core/interaction.hpp"
#include "core/ports/address_book.hpp"

namespace liaison::crm {

/// The blocking halves of AddressBook; contracts as there. Hits of one address: users, then
/// contacts and leads, then companies; among equals the most recently modified first.
Result<PartyMap> resolve_parties(CrmDatabase& db, const std::vector<std::string>& addresses);
Result<std::vector<CrmUser>> list_users(CrmDatabase& db);
Result<std::vector<OpenOpportunity>> list_open_opportunities(CrmDatabase& db,
                                                             const std::string& user_id);
/// By domain, by name or by number; contacts and leads before companies.
Result<std::vector<Party>> find_parties(CrmDatabase& db, const PartyQuery& query);
/// Number of the last change to a user, contact or company.
Result<std::string> party_revision(CrmDatabase& db);

}  // namespace liaison::crm
