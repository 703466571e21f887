#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "sandbox/ews/ews_error.hpp"

namespace pugi {
class xml_node;
}

namespace liaison::sandbox::ews {

inline constexpr std::string_view soap_namespace = "http://schemas.xmlsoap.org/soap/envelope/";
inline constexpr std::string_view messages_namespace =
    "http://schemas.microsoft.com/exchange/services/2006/messages";
inline constexpr std::string_view types_namespace =
    "http://schemas.microsoft.com/exchange/services/2006/types";
inline constexpr std::string_view errors_namespace =
    "http://schemas.microsoft.com/exchange/services/2006/errors";

/// The namespace declarations in force at a node.
class NamespaceScope {
public:
    /// Adds the declarations that stand on `element`; returns what to give to `leave`.
    std::size_t enter(const pugi::xml_node& element);
    void leave(std::size_t mark) { bindings_.resize(mark); }
    /// Namespace of a qualified name; elements without prefix take the default namespace.
    std::string_view of(std::string_view qualified_name) const;

private:
    std::vector<std::pair<std::string, std::string>> bindings_;
};

/// The part of a qualified name after its prefix.
std::string_view local_name(std::string_view qualified_name);

/// Checks `element` (its name is not looked at) against a type of SchemaTable and then renames
/// everything below to local names, so that who reads it afterwards needs no prefixes.
/// ErrorSchemaValidation with `Violation` and the offending node's offset in `offset`;
/// ErrorInvalidRequest for what exists in the schema but not in the sandbox.
Outcome<void> check_schema(const pugi::xml_node& element, std::string_view type,
                           NamespaceScope& scope, std::ptrdiff_t& offset);

}  // namespace liaison::sandbox::ews
