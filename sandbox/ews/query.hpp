#pragma once
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "sandbox/ews/fields.hpp"
#include "sandbox/ews/request_context.hpp"

namespace liaison::sandbox::ews {

/// How values of a property compare.
enum class ValueType { Text, Number, DateTime, Boolean, Bytes };

/// Reads properties of what is searched (an item or a folder).
using ValueReader = std::function<std::vector<std::string>(const FieldPath&)>;
/// The type of a property, or why it cannot be searched (ErrorUnsupportedPathForQuery).
using PathTyper = std::function<Outcome<ValueType>(const FieldPath&)>;

struct QueryNode;

/// A t:Restriction, read once and evaluated for each candidate.
class Restriction {
public:
    /// Errors: ErrorUnsupportedPathForQuery, ErrorRestrictionTooLong, ErrorInvalidValueForProperty,
    /// ErrorContainsFilterWrongType, ErrorInvalidRestriction.
    static Outcome<Restriction> read(const pugi::xml_node& restriction, const PathTyper& typer);
    Restriction(Restriction&&) noexcept;
    ~Restriction();
    bool matches(const ValueReader& reader) const;

private:
    explicit Restriction(std::unique_ptr<QueryNode> root);
    std::unique_ptr<QueryNode> root_;
};

/// A t:SortOrder.
class SortOrder {
public:
    static Outcome<SortOrder> read(const pugi::xml_node& sort_order, const PathTyper& typer);
    /// True if the item with reader `a` stands before that with reader `b`. Absent values stand
    /// first.
    bool before(const ValueReader& a, const ValueReader& b) const;

private:
    struct Key {
        FieldPath path;
        ValueType type;
        bool descending;
    };
    std::vector<Key> keys_;
};

/// Values of an item's property for searching; several for lists and people (name and address).
std::vector<std::string> item_values(const RequestContext& context, const Item& item,
                                     const FieldPath& path);
Outcome<ValueType> item_path_type(const FieldPath& path);
ValueType extended_value_type(std::string_view mapi_type);

/// The page of a view over `total` entries.
struct Page {
    std::size_t first = 0;
    std::size_t count = 0;
    std::string attributes;  ///< of RootFolder: offsets, IncludesLastItemInRange, TotalItemsInView
};
/// `view` is an IndexedPage or FractionalPage element, or empty; `cap` the server's own limit.
/// ErrorInvalidPagingMaxRows, ErrorInvalidIndexedPagingParameters,
/// ErrorInvalidFractionalPagingParameters.
Outcome<Page> read_page(const pugi::xml_node& view, std::size_t total, std::size_t cap);

}  // namespace liaison::sandbox::ews
