#pragma once
#include "sandbox/graph/entity_json.hpp"

namespace liaison::sandbox::graph {

struct ViewWindow {
    EpochMillis start = 0;
    EpochMillis end = 0;
};
/// startDateTime and endDateTime (required; UTC unless they say otherwise).
Outcome<ViewWindow> read_window(const Call& call);

/// One event of a calendar view: a single event, or one occurrence of a series.
struct Instance {
    const Item* item = nullptr;
    bool occurrence = false;
    std::int64_t day = 0;  ///< midnight of the occurrence's original day, in the event's zone
    EpochMillis start = 0;
    EpochMillis end = 0;
};
/// What of an item lies in the window, by start. A series gives its occurrences.
std::vector<Instance> instances_of(const Item& item, const ViewWindow& window);
json::object instance_json(const Call& call, const Instance& instance, const Shape& shape);

/// Entities of the view delta: for a series its master and its occurrences in short form, as Graph
/// gives them. Empty when nothing lies in the window.
json::array view_entities(const Call& call, const Item& item, const ViewWindow& window,
                          const Shape& shape);

/// Id of an occurrence, and the item and day that it names.
std::string occurrence_id(const Call& call, const Item& master, std::int64_t day);
std::optional<Instance> instance_by_id(const Call& call, std::string_view id);

}  // namespace liaison::sandbox::graph
