#pragma once
#include <boost/json/fwd.hpp>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "sandbox/graph/graph_error.hpp"

namespace liaison::sandbox::graph {

/// One property of a Graph type, from the service's metadata.
struct EntityProperty {
    std::string name;
    std::string type;  ///< without namespace: "String", "itemBody", "importance"
    bool collection = false;
    bool navigation = false;
};

struct EntityType {
    std::string name;
    std::vector<EntityProperty> properties;  ///< those of the base types first
    std::vector<std::string> members;        ///< of an enumeration
    bool is_enum = false;

    const EntityProperty* find(std::string_view property) const;
    /// Names in bodies compare without case: @pnp/graph writes `surName` for a contact.
    const EntityProperty* find_any_case(std::string_view property) const;
};

/// The rows that make_entity_table.py wrote.
std::string_view entity_rows();

/// By name without namespace; null when the table has no such type.
const EntityType* find_entity_type(std::string_view name);

/// What a client sends as an entity of `type`, against the metadata: RequestBodyRead for unknown
/// properties, wrong JSON types and unknown enumeration values (compared without case, as Graph
/// does). Annotations ("@odata.type") are passed over.
Outcome<void> check_entity(std::string_view type, const boost::json::object& entity);
/// A value that passed check_entity, with names of properties and members of enumerations in the
/// letters of the metadata.
boost::json::value canonical_value(std::string_view type, boost::json::value value);

}  // namespace liaison::sandbox::graph
