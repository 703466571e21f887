#pragma once
#include <boost/json.hpp>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace liaison::sandbox {

/// Microsoft's own metadata of Graph v1.0, where it lies beside the repository
/// (../shared/data/graph-schema). Reads nothing of the sandbox.
class GraphCsdl {
public:
    /// Null when the file is not there.
    static const GraphCsdl* instance();

    /// What is wrong with an entity or complex value of `type`; empty: nothing. Checked are the
    /// names of properties (annotations aside), JSON types, enumeration members and forms of dates.
    std::vector<std::string> check(std::string_view type, const boost::json::object& value) const;
    /// A reply by its `@odata.context`: an entity or a collection. Absent: the context names no
    /// type that the file has.
    std::optional<std::vector<std::string>> check_reply(const boost::json::object& reply) const;

private:
    struct Property {
        std::string type;
        bool collection = false;
        bool nullable = true;
        bool navigation = false;
    };
    struct Type {
        std::string base;
        bool is_enum = false;
        std::map<std::string, Property, std::less<>> properties;
        std::set<std::string, std::less<>> members;
    };
    static const GraphCsdl* load();
    const Property* find(std::string_view type, std::string_view property) const;
    void check_object(std::string_view type, const boost::json::object& value,
                      const std::string& where, std::vector<std::string>& out) const;
    void check_value(const Property& property, const boost::json::value& value,
                     const std::string& where, std::vector<std::string>& out) const;

    std::map<std::string, Type, std::less<>> types_;
};

/// Replies that the Graph tests of this process got, for one check at the end.
std::vector<boost::json::object>& recorded_graph_replies();

}  // namespace liaison::sandbox
