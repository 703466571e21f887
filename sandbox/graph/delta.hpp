#pragma once
#include "sandbox/graph/collection.hpp"

namespace liaison::sandbox::graph {

/// What a delta token carries; opaque to clients. The query of the round's first request travels in
/// it (GDC delta-query-overview).
struct DeltaState {
    std::string scope;  ///< which collection
    std::uint64_t epoch = 0;
    std::uint64_t generation = 0;
    SyncCursor cursor;
    std::uint64_t page = 0;  ///< of this round, from 0
    std::string query;       ///< of the first request
    std::string last_id;     ///< EWS id of the last item given, for the replay quirk
};

std::string write_delta_token(const DeltaState& state);
/// SyncStateNotFound (410) for anything that this face did not write for `scope` in this epoch.
Outcome<DeltaState> read_delta_token(const Call& call, std::string_view text,
                                     std::string_view scope);

/// The state of this request: fresh, or from $skiptoken / $deltatoken; then `call.query` is that of
/// the round's first request. 410 of the quirks and faults.
struct DeltaRequest {
    DeltaState state;
    bool fresh = false;
};
Outcome<DeltaRequest> begin_delta(Call& call, std::string_view scope, std::uint64_t generation);

/// Adds `@odata.nextLink` or `@odata.deltaLink`.
void finish_delta(const Call& call, json::object& reply, DeltaState next, bool complete);

/// Items of one folder. `resource` says which items count and how they look.
Outcome<Reply> items_delta(Call call, Resource resource, const Folder& folder);
/// calendarView/delta of the calendar.
Outcome<Reply> view_delta(Call call, const Folder& calendar);
/// mailFolders/delta, contactFolders/delta, todo/lists/delta: `render` gives a folder's JSON.
Outcome<Reply> folders_delta(Call call, std::string_view type, std::string_view scope,
                             const Folder& root, std::string_view folder_class,
                             const std::function<json::object(const Folder&)>& render);

}  // namespace liaison::sandbox::graph
