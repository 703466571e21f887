#pragma once
#include <functional>

#include "sandbox/graph/entity_json.hpp"
#include "sandbox/graph/odata_filter.hpp"

namespace liaison::sandbox::graph {

/// $select and $expand of a request for entities of `type`. RequestBroker--ParseUri for what the
/// type has not, an error for expands that the sandbox does not implement.
Outcome<Shape> read_shape(const Call& call, std::string_view type);

/// Entities in the order in which the collection is listed without $orderby. `render` is called
/// with more than one shape: what a filter needs, and what the reply shows.
struct Collection {
    std::string type;     ///< of the metadata: "message"
    std::string context;  ///< of `@odata.context`: "messages"
    std::size_t size = 0;
    std::vector<std::string_view> options = {};  ///< query options beside those of OData
    std::function<json::object(std::size_t index, const Shape& shape)> render;
};

/// One page: $filter, $search (messages), $orderby, $count, $skip, $top and odata.maxpagesize,
/// $select, $expand, with `@odata.nextLink`. Default page 10, at most 1000 (GDC paging).
Outcome<Reply> list_page(const Call& call, const Collection& collection);
/// `/$count` of a collection: a number as text.
Outcome<Reply> count_reply(const Call& call, const Collection& collection);

/// A single entity with `@odata.context`, $select and $expand.
Outcome<Reply> entity_reply(const Call& call, std::string_view type, std::string_view context,
                            const std::function<json::object(const Shape&)>& render,
                            int status = 200);

/// Query text of the request with some options replaced; an empty value removes one.
std::string query_text(const Query& query,
                       std::initializer_list<std::pair<std::string_view, std::string>> changes);
/// The URL of the request's collection with another query.
std::string link_url(const Call& call, const std::string& query);

Outcome<std::optional<std::size_t>> number_option(const Call& call, std::string_view name,
                                                  std::size_t most);
Outcome<std::size_t> page_size_of(const Call& call);

}  // namespace liaison::sandbox::graph
