#include "sandbox/graph/entity_table.hpp"

#include <boost/json.hpp>

#include "core/http_message.hpp"
#include "sandbox/ews/lexical.hpp"
#include "sandbox/mailbox_ids.hpp"

namespace liaison::sandbox::graph {
namespace {

namespace json = boost::json;

std::string_view take_word(std::string_view& text) {
    const std::size_t end = std::min(text.find(' '), text.size());
    const std::string_view word = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    return word;
}

EntityProperty property_of_word(std::string_view word) {
    EntityProperty out;
    const std::size_t colon = word.find(':');
    out.name = word.substr(0, colon);
    word.remove_prefix(colon + 1);
    if (word.ends_with('~')) {
        out.navigation = true;
        word.remove_suffix(1);
    }
    if (word.ends_with('*')) {
        out.collection = true;
        word.remove_suffix(1);
    }
    out.type = word;
    return out;
}

using TypeMap = std::map<std::string, EntityType, std::less<>>;

TypeMap read_entity_rows() {
    TypeMap types;
    std::map<std::string, std::string> bases;
    std::string_view rest = entity_rows();
    while (!rest.empty()) {
        std::string_view name = take_word(rest);
        EntityType type;
        if (name == "enum") {
            type.is_enum = true;
            name = take_word(rest);
        }
        type.name = name;
        if (!type.is_enum) bases[type.name] = take_word(rest);
        for (std::string_view word = take_word(rest); word != ";"; word = take_word(rest)) {
            if (type.is_enum) {
                type.members.emplace_back(word);
            } else {
                type.properties.push_back(property_of_word(word));
            }
        }
        types.emplace(type.name, std::move(type));
    }
    for (auto& [name, type] : types) {
        for (std::string base = type.is_enum ? "-" : bases[name]; base != "-"; base = bases[base]) {
            const auto found = types.find(base);
            if (found == types.end()) break;
            std::vector<EntityProperty> own;
            for (const auto& property : found->second.properties) {
                if (type.find(property.name) == nullptr) own.push_back(property);
            }
            type.properties.insert(type.properties.begin(), own.begin(), own.end());
        }
    }
    return types;
}

std::unexpected<GraphError> body_fail(const std::string& text) {
    return graph_fail(400, "RequestBodyRead", text);
}

Outcome<void> check_value(const EntityProperty& property, const json::value& value);

Outcome<void> check_enum(const EntityType& type, const json::value& value) {
    if (!value.is_string())
        return body_fail("Cannot convert a value to target type 'microsoft.graph." + type.name +
                         "' because of conflict between input format string/number.");
    for (const auto& member : type.members) {
        if (iequals(member, value.get_string())) return {};
    }
    return body_fail("Requested value '" + std::string(value.get_string()) + "' was not found.");
}

bool suits_primitive(std::string_view type, const json::value& value) {
    if (type == "Boolean") return value.is_bool();
    if (type == "Int32" || type == "Int64") return value.is_int64() || value.is_uint64();
    if (type == "Double") return value.is_number();
    if (!value.is_string()) return false;
    const std::string_view text = value.get_string();
    if (type == "DateTimeOffset") return ews::parse_date_time(text).has_value();
    if (type == "Date") return text.size() == 10 && ews::parse_date(text).has_value();
    if (type == "Binary") {
        std::string bytes;
        return base64_decode(text, bytes);
    }
    return true;
}

Outcome<void> check_one(const EntityProperty& property, const json::value& value) {
    if (value.is_null()) return {};
    if (const EntityType* type = find_entity_type(property.type)) {
        if (type->is_enum) return check_enum(*type, value);
        if (!value.is_object())
            return body_fail("An unexpected node was found for property '" + property.name +
                             "' when reading from the JSON reader. A 'StartObject' node was "
                             "expected.");
        return check_entity(property.type, value.get_object());
    }
    if (!suits_primitive(property.type, value))
        return body_fail("Cannot convert the literal for property '" + property.name +
                         "' to the expected type 'Edm." + property.type + "'.");
    return {};
}

Outcome<void> check_value(const EntityProperty& property, const json::value& value) {
    if (!property.collection) return check_one(property, value);
    if (value.is_null()) return {};
    if (!value.is_array())
        return body_fail("An unexpected node was found for property '" + property.name +
                         "' when reading from the JSON reader. A 'StartArray' node was expected.");
    for (const json::value& element : value.get_array()) {
        if (element.is_null())
            return body_fail("A null value was found in the collection '" + property.name + "'.");
        if (auto ok = check_one(property, element); !ok) return ok;
    }
    return {};
}

}  // namespace

const EntityProperty* EntityType::find(std::string_view property) const {
    for (const auto& one : properties) {
        if (one.name == property) return &one;
    }
    return nullptr;
}

const EntityProperty* EntityType::find_any_case(std::string_view property) const {
    for (const auto& one : properties) {
        if (iequals(one.name, property)) return &one;
    }
    return nullptr;
}

const EntityType* find_entity_type(std::string_view name) {
    static const TypeMap types = read_entity_rows();
    const auto found = types.find(name);
    return found == types.end() ? nullptr : &found->second;
}

json::value canonical_value(std::string_view type_name, json::value value) {
    const EntityType* type = find_entity_type(type_name);
    if (type == nullptr) return value;
    if (value.is_array()) {
        for (json::value& one : value.get_array()) one = canonical_value(type_name, std::move(one));
    } else if (type->is_enum && value.is_string()) {
        for (const auto& member : type->members) {
            if (iequals(member, value.get_string())) return json::value(json::string_view(member));
        }
    } else if (value.is_object()) {
        json::object out;
        for (auto& member : value.get_object()) {
            const EntityProperty* property = type->find_any_case(member.key());
            if (property == nullptr) {
                out[member.key()] = std::move(member.value());
            } else {
                out[property->name] = canonical_value(property->type, std::move(member.value()));
            }
        }
        return out;
    }
    return value;
}

Outcome<void> check_entity(std::string_view type_name, const json::object& entity) {
    std::string actual(type_name);
    if (const json::value* named = entity.if_contains("@odata.type");
        named != nullptr && named->is_string()) {
        std::string_view given = named->get_string();
        if (given.starts_with('#')) given.remove_prefix(1);
        constexpr std::string_view space = "microsoft.graph.";
        if (iequals(given.substr(0, space.size()), space)) given.remove_prefix(space.size());
        if (find_entity_type(given) == nullptr)
            return body_fail("A type named '" + std::string(named->get_string()) +
                             "' could not be resolved by the model.");
        actual = given;
    }
    const EntityType* type = find_entity_type(actual);
    if (type == nullptr) return body_fail("The type '" + actual + "' is unknown.");
    for (const auto& member : entity) {
        const std::string_view name = member.key();
        if (name.find('@') != std::string_view::npos) continue;
        const EntityProperty* property = type->find_any_case(name);
        if (property == nullptr)
            return body_fail("The property '" + std::string(name) +
                             "' does not exist on type 'microsoft.graph." + actual +
                             "'. Make sure to only use property names that are defined by the "
                             "type.");
        if (auto ok = check_value(*property, member.value()); !ok) return ok;
    }
    return {};
}

}  // namespace liaison::sandbox::graph
