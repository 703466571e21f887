#pragma once
#include <optional>
#include <string_view>
#include <vector>

#include "sandbox/faults.hpp"
#include "sandbox/graph/entity_json.hpp"
#include "sandbox/graph/graph_error.hpp"

namespace liaison::sandbox {

/// Which faults mean something to a request of the Graph face ("graph:GET contacts/delta").
bool graph_fault_applies(FaultKind kind, std::string_view operation);

namespace graph {

/// What a fault answers instead of the request; absent: it is carried out.
std::optional<GraphError> error_instead(const Fault& fault, const GraphQuirks& quirks);
/// 429 of the quirks.
GraphError too_many_requests(const GraphQuirks& quirks);

/// The changes of a delta page as a fault lets them be seen.
struct SeenChanges {
    ItemChanges found;
    bool same_state = false;  ///< LoopingFeed: the link leads to the same page again
};
Outcome<SeenChanges> read_changes(const Call& call, std::string_view folder_id, SyncCursor from,
                                  std::size_t most);

}  // namespace graph
}  // namespace liaison::sandbox
