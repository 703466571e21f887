#pragma once
#include <vector>

#include "connectors/crm/embedded/crm_database.hpp"
#include "connectors/crm/embedded/record_rows.hpp"
#include "core/ports/sync_endpoint.hpp"

namespace liaison::crm {

/// The blocking halves of SyncEndpoint's writes; contracts as there. A batch is one transaction
/// with one savepoint per item: an item that fails leaves no trace, the others are stored together.
/// `now` becomes modified_at.
///
/// Creating twice with one token answers the item that is there. An appointment whose ical_uid
/// another rep's calendar brought before is that appointment: the rep joins it. A rep who deletes a
/// meeting of another owner only loses his copy.
std::vector<Result<Observation>> create_items(CrmDatabase& db, const CollectionId& collection,
                                              const std::vector<SyncEndpoint::NewItem>& items,
                                              Timestamp now);
std::vector<Result<Observation>> update_items(CrmDatabase& db, const CollectionId& collection,
                                              const std::vector<SyncEndpoint::ItemUpdate>& updates,
                                              Timestamp now);
std::vector<Result<void>> delete_items(CrmDatabase& db, const CollectionId& collection,
                                       const std::vector<SyncEndpoint::ItemRemoval>& removals,
                                       Timestamp now);

/// INSERT of the assignments; answers the row id. `modified_by` is the writer's name for the log.
std::int64_t insert_row(Sqlite& db, std::string_view table, const std::vector<Assignment>& values,
                        Timestamp now, std::string_view modified_by);
/// UPDATE by key column; raises the version.
void update_row(Sqlite& db, std::string_view table, std::string_view key_column,
                const SqlValue& key, const std::vector<Assignment>& values, Timestamp now,
                std::string_view modified_by);

}  // namespace liaison::crm
