#pragma once
#include <vector>

#include "connectors/crm/embedded/crm_database.hpp"
#include "core/observation.hpp"
#include "core/ports/sync_endpoint.hpp"

namespace liaison::crm {

/// The blocking halves of SyncEndpoint's reads; contracts as there.
///
/// Cursors: `sqlite:<incarnation>:<user>:<seq>-<mark>`, and while a snapshot is being read
/// `sqlite:<incarnation>:<user>:<seq>-<mark>:<row id>`, where seq is the head of the feed before
/// the snapshot began and mark a hash of the log's row there. Another file, another user behind the
/// mailbox, a seq beyond the head or another row at seq (an older copy of the file was put back) is
/// `CursorExpired`.
Result<ChangePage> pull_changes(CrmDatabase& db, const CollectionId& collection,
                                const Cursor& cursor);

std::vector<Result<Observation>> get_items(CrmDatabase& db, const CollectionId& collection,
                                           const std::vector<ItemKey>& keys);

Result<SyncEndpoint::KeyPage> list_keys(CrmDatabase& db, const CollectionId& collection,
                                        const Cursor& page);

Result<std::optional<Observation>> find_by_token(CrmDatabase& db, const CollectionId& collection,
                                                 const CorrelationToken& token);

/// One row as the rep sees it; nothing if it does not exist. Deleted rows are tombstones.
std::optional<Observation> observe_row(CrmDatabase& db, const RepCollection& rep, std::int64_t id);

/// The live row that carries a token: by nonce, else by the CRM's own id in it. An item that was
/// deleted and made again keeps its nonce, while the id in the token names the deleted one.
std::optional<Observation> observe_token(CrmDatabase& db, const RepCollection& rep,
                                         const CorrelationToken& token);

/// The token without the CRM's own id: what makes creates idempotent. Empty for a token without
/// nonce.
std::string external_key_of(const CorrelationToken& token);

}  // namespace liaison::crm
