#pragma once
#include "sandbox/graph/entity_json.hpp"
#include "sandbox/graph/ews_bridge.hpp"

namespace liaison::sandbox::graph {

/// Applies what a client sent (entity_body) to an item: read-only properties are refused, the rest
/// is written as the EWS face would.
Outcome<void> apply_event(const Call& call, ItemPatch& patch, const json::object& body);
Outcome<void> apply_contact(const Call& call, ItemPatch& patch, const json::object& body);
Outcome<void> apply_message(const Call& call, ItemPatch& patch, const json::object& body);
Outcome<void> apply_task(const Call& call, ItemPatch& patch, const json::object& body);
Outcome<void> apply_entity(const Call& call, Resource resource, ItemPatch& patch,
                           const json::object& body);

/// The instant of a dateTimeTimeZone. InvalidArgument-like errors of Graph.
struct ZonedInstant {
    std::int64_t local_ms = 0;
    std::int64_t utc_ms = 0;
    std::string zone;  ///< Windows id
};
Outcome<ZonedInstant> read_zoned_time(const json::object& value);

/// SMTP addresses that a change of an event would mail to (Graph always sends; GD event pages).
void record_meeting_mail(const Call& call, const Item& item, std::string_view operation);

}  // namespace liaison::sandbox::graph
