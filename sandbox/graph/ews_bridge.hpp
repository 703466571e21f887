#pragma once
#include <boost/json.hpp>
#include <string>
#include <string_view>

#include "sandbox/ews/item_editor.hpp"
#include "sandbox/ews/request_context.hpp"
#include "sandbox/graph/graph_call.hpp"

namespace liaison::sandbox::graph {

/// Graph and EWS are two doors of one store: what Graph writes passes the same rules.
ews::RequestContext ews_context(const Call& call);
/// The same code with Graph's HTTP status.
GraphError from_ews_error(const ews::EwsError& error);

/// Writes properties to an item through the editor of the EWS face, so that both faces normalise
/// and couple properties alike.
class ItemPatch {
public:
    ItemPatch(const Call& call, Item& item, bool creating);

    Item& item() { return item_; }
    bool creating() const { return creating_; }
    /// One property element of the EWS schema, without prefix: `<Subject>..</Subject>`.
    Outcome<void> element(const std::string& xml);
    /// `<name>text</name>`, or the property's end when `value` is null.
    Outcome<void> text(std::string_view name, std::string_view uri, const json::value& value);
    /// An enumeration in EWS' words: the one of `words` that equals the value without case.
    Outcome<void> word(std::string_view name, std::string_view uri, const json::value& value,
                       std::initializer_list<std::string_view> words);
    Outcome<void> flag(std::string_view name, std::string_view uri, const json::value& value);
    Outcome<void> strings(std::string_view name, std::string_view uri, const json::value& value);
    Outcome<void> body(const json::value& value);
    Outcome<void> recipients(std::string_view name, std::string_view uri, const json::value& value);
    Outcome<void> erase(std::string_view uri);
    /// singleValueExtendedProperties: [{id, value}]; a null value removes.
    Outcome<void> extended(const json::value& value);
    /// A property that only Graph knows, kept in the bag under "graph:name".
    void keep(std::string_view name, const json::value& value);
    Outcome<void> finish();

private:
    ews::RequestContext context_;
    Item& item_;
    bool creating_;
    ews::ItemEditor editor_;
};

/// A kept property, or null.
json::value kept_json(const Item& item, std::string_view name);

/// What Graph calls a time zone, as a Windows id: TimeZoneNotSupportedException.
Outcome<std::string> windows_zone(std::string_view name);

/// The request's body as an entity of `type`, checked (check_entity) and in the letters of the
/// metadata.
Outcome<json::object> entity_body(const Call& call, std::string_view type);

// Texts of JSON members; empty when absent or null.
std::string_view text_of(const json::object& object, std::string_view name);
const json::object* object_of(const json::object& object, std::string_view name);
const json::array* array_of(const json::object& object, std::string_view name);

}  // namespace liaison::sandbox::graph
