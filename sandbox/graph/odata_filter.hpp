#pragma once
#include <boost/json.hpp>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sandbox/graph/graph_error.hpp"

namespace liaison::sandbox::graph {

/// A $filter expression, evaluated on the JSON of an entity: comparisons, and, or, not, any,
/// startswith, endswith, contains. Texts compare without case, as Exchange's restrictions do.
/// What it does not know is an error, never passed over.
class Filter {
public:
    struct Node;

    Filter();
    ~Filter();
    Filter(Filter&&) noexcept;
    Filter& operator=(Filter&&) noexcept;

    /// Property paths are checked against `type` of the metadata.
    static Outcome<Filter> parse(std::string_view text, std::string_view type);
    bool matches(const boost::json::object& entity) const;
    /// First segments of the paths, in order of appearance.
    const std::vector<std::string>& properties() const { return properties_; }
    /// Literals that are compared with an `id` inside of any() or an expand.
    const std::vector<std::string>& id_literals() const { return id_literals_; }

private:
    friend class FilterParser;
    std::unique_ptr<Node> root_;
    std::vector<std::string> properties_;
    std::vector<std::string> id_literals_;
};

/// $orderby: property paths, true for descending.
struct OrderKey {
    std::vector<std::string> path;
    bool descending = false;
};
Outcome<std::vector<OrderKey>> parse_order(std::string_view text, std::string_view type);

/// The value below a path, or null.
const boost::json::value* value_at(const boost::json::object& entity,
                                   const std::vector<std::string>& path);
/// Less, equal, greater of two scalar values: dates as instants, texts without case, null first.
int compare_values(const boost::json::value* a, const boost::json::value* b);

/// Error for a property that the type does not have (RequestBroker--ParseUri).
Outcome<void> check_property(std::string_view type, const std::vector<std::string>& path);

}  // namespace liaison::sandbox::graph
