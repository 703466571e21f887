#include "sandbox/ews/schema_check.hpp"

#include <pugixml.hpp>

#include "sandbox/ews/lexical.hpp"
#include "sandbox/ews/schema_table.hpp"
#include "sandbox/mailbox_ids.hpp"

namespace liaison::sandbox::ews {
namespace {

constexpr int schema_depth_max = 60;
constexpr std::string_view xsi_namespace = "http://www.w3.org/2001/XMLSchema-instance";

bool is_built_in_value(std::string_view kind, std::string_view text) {
    if (kind == "string" || kind == "anyURI" || kind == "language" || kind == "duration" ||
        kind == "time")
        return true;
    if (kind == "boolean") return parse_boolean(text).has_value();
    if (kind == "double" || kind == "decimal" || kind == "float")
        return parse_double(text).has_value();
    if (kind == "dateTime") return parse_date_time(text).has_value();
    if (kind == "date") return parse_date(text).has_value();
    if (kind == "base64Binary") {
        std::string bytes;
        return base64_decode(text, bytes);
    }
    const auto number = parse_integer(text);
    if (!number) return false;
    if (kind == "int") return *number >= INT32_MIN && *number <= INT32_MAX;
    if (kind == "short") return *number >= INT16_MIN && *number <= INT16_MAX;
    if (kind == "unsignedInt") return *number >= 0 && *number <= UINT32_MAX;
    if (kind == "unsignedShort") return *number >= 0 && *number <= UINT16_MAX;
    return true;
}

bool is_property_tag(std::string_view text) {
    if (!text.starts_with("0x") && !text.starts_with("0X"))
        return is_built_in_value("unsignedShort", text);
    text.remove_prefix(2);
    if (text.empty() || text.size() > 4) return false;
    return text.find_first_not_of("0123456789abcdefABCDEF") == std::string_view::npos;
}

bool is_simple_value(std::string_view type, std::string_view text);

bool is_value_of(const SimpleType& type, std::string_view text) {
    if (type.kind == "enum") {
        for (const auto& word : type.words) {
            if (word == trimmed(text)) return true;
        }
        return false;
    }
    if (type.kind == "list") {
        while (!(text = trimmed(text)).empty()) {
            const std::size_t end = std::min(text.find_first_of(" \t\r\n"), text.size());
            if (!is_simple_value(type.words.at(0), text.substr(0, end))) return false;
            text.remove_prefix(end);
        }
        return true;
    }
    if (type.kind == "range") {
        const auto value = parse_integer(text);
        return value && *value >= parse_integer(type.words.at(0)) &&
               *value <= parse_integer(type.words.at(1));
    }
    if (type.kind == "guid") return is_guid(trimmed(text));
    if (type.kind == "nonempty") return !text.empty();
    if (type.kind == "tag") return is_property_tag(trimmed(text));
    if (type.kind == "same") return is_simple_value(type.words.at(0), text);
    return true;  // string
}

bool is_simple_value(std::string_view type, std::string_view text) {
    const SimpleType* simple = SchemaTable::instance().simple(type);
    return simple == nullptr ? is_built_in_value(type, text) : is_value_of(*simple, text);
}

class SchemaChecker {
public:
    SchemaChecker(NamespaceScope& scope, std::ptrdiff_t& offset) : scope_(scope), offset_(offset) {}

    Outcome<void> element(pugi::xml_node node, std::string_view type, int depth) {
        if (depth > schema_depth_max) return violation(node, "The request is nested too deeply.");
        if (type == "opaque") {
            offset_ = node.offset_debug();
            return ews_fail("ErrorInvalidRequest", "The sandbox does not implement the element " +
                                                       std::string(local_name(node.name())) + ".");
        }
        const std::size_t mark = scope_.enter(node);
        Outcome<void> result;
        if (const ComplexType* complex = SchemaTable::instance().complex(type)) {
            result = complex_element(node, *complex, depth);
        } else {
            result = simple_element(node, type);
        }
        scope_.leave(mark);
        if (result) {
            const std::string local(local_name(node.name()));
            node.set_name(local.c_str());
        }
        return result;
    }

private:
    Outcome<void> violation(const pugi::xml_node& node, std::string text) {
        offset_ = node.offset_debug();
        EwsError error{
            "ErrorSchemaValidation", "The request failed schema validation: " + text, {}};
        error.values.emplace_back("Violation", std::move(text));
        return std::unexpected(std::move(error));
    }

    Outcome<void> simple_element(const pugi::xml_node& node, std::string_view type) {
        for (const pugi::xml_attribute attribute : node.attributes()) {
            if (!is_namespace_declaration(attribute)) return bad_attribute(node, attribute.name());
        }
        for (const pugi::xml_node child : node.children()) {
            if (child.type() == pugi::node_element) return bad_child(node, child.name());
        }
        return text_of(node, type);
    }

    Outcome<void> text_of(const pugi::xml_node& node, std::string_view type) {
        if (is_simple_value(type, all_text(node))) return {};
        return violation(
            node, "The '" + std::string(local_name(node.name())) +
                      "' element is invalid - its value is not valid according to its datatype '" +
                      std::string(type) + "'.");
    }

    Outcome<void> complex_element(const pugi::xml_node& node, const ComplexType& type, int depth) {
        if (auto ok = attributes_of(node, type); !ok) return ok;
        std::vector<pugi::xml_node> children;
        for (const pugi::xml_node child : node.children()) {
            if (child.type() == pugi::node_element) {
                children.push_back(child);
            } else if (type.text_type.empty() &&
                       (child.type() == pugi::node_pcdata || child.type() == pugi::node_cdata) &&
                       !trimmed(child.value()).empty()) {
                return violation(node, "The element '" + std::string(local_name(node.name())) +
                                           "' cannot contain text.");
            }
        }
        if (!type.text_type.empty()) {
            if (!children.empty()) return bad_child(node, children[0].name());
            return text_of(node, type.text_type);
        }
        std::size_t position = 0;
        if (auto ok = contents(node, type, children, position, depth); !ok) return ok;
        if (position < children.size()) return bad_child(node, children[position].name());
        return {};
    }

    // The base's content first, as xs:extension has it.
    Outcome<void> contents(const pugi::xml_node& node, const ComplexType& type,
                           const std::vector<pugi::xml_node>& children, std::size_t& position,
                           int depth) {
        if (!type.base.empty()) {
            const ComplexType* base = SchemaTable::instance().complex(type.base);
            if (base != nullptr) {
                if (auto ok = contents(node, *base, children, position, depth); !ok) return ok;
            }
        }
        return particle(node, type.content, children, position, depth);
    }

    bool starts(const Particle& part, const pugi::xml_node& child) const {
        if (part.kind == Particle::Kind::Element) {
            if (local_name(child.name()) != part.name) return false;
            const std::string_view wanted =
                part.name_space == 'm' ? messages_namespace : types_namespace;
            return child_namespace(child) == wanted;
        }
        for (const Particle& inner : part.parts) {
            if (starts(inner, child)) return true;
            if (part.kind == Particle::Kind::Sequence && !inner.optional) return false;
        }
        return false;
    }

    // A child may declare its own prefix on itself.
    std::string_view child_namespace(const pugi::xml_node& child) const {
        const std::string_view name = child.name();
        const std::size_t colon = name.find(':');
        const std::string declaration = colon == std::string_view::npos
                                            ? "xmlns"
                                            : "xmlns:" + std::string(name.substr(0, colon));
        const pugi::xml_attribute own = child.attribute(declaration.c_str());
        return own ? std::string_view(own.value()) : scope_.of(name);
    }

    Outcome<void> particle(const pugi::xml_node& node, const Particle& part,
                           const std::vector<pugi::xml_node>& children, std::size_t& position,
                           int depth) {
        std::size_t count = 0;
        while (position < children.size() && starts(part, children[position]) &&
               (count == 0 || part.repeated)) {
            const std::size_t before = position;
            if (auto ok = once(node, part, children, position, depth); !ok) return ok;
            if (position == before) break;
            ++count;
        }
        if (count > 0 || part.optional ||
            (part.kind != Particle::Kind::Element && may_be_empty(part)))
            return {};
        if (position < children.size()) return bad_child(node, children[position].name());
        return violation(node, "The element '" + std::string(local_name(node.name())) +
                                   "' has incomplete content.");
    }

    bool may_be_empty(const Particle& part) const {
        if (part.optional) return true;
        if (part.kind == Particle::Kind::Element) return false;
        if (part.parts.empty()) return true;
        for (const Particle& inner : part.parts) {
            const bool empty = may_be_empty(inner);
            if (part.kind == Particle::Kind::Choice && empty) return true;
            if (part.kind == Particle::Kind::Sequence && !empty) return false;
        }
        return part.kind == Particle::Kind::Sequence;
    }

    Outcome<void> once(const pugi::xml_node& node, const Particle& part,
                       const std::vector<pugi::xml_node>& children, std::size_t& position,
                       int depth) {
        if (part.kind == Particle::Kind::Element)
            return element(children[position++], part.type, depth + 1);
        for (const Particle& inner : part.parts) {
            if (part.kind == Particle::Kind::Sequence) {
                if (auto ok = particle(node, inner, children, position, depth); !ok) return ok;
            } else if (starts(inner, children[position])) {
                return particle(node, inner, children, position, depth);
            }
        }
        return {};
    }

    Outcome<void> attributes_of(const pugi::xml_node& node, const ComplexType& type) {
        std::vector<const SchemaAttribute*> known;
        for (const ComplexType* level = &type; level != nullptr;
             level = level->base.empty() ? nullptr : SchemaTable::instance().complex(level->base)) {
            for (const auto& attribute : level->attributes) known.push_back(&attribute);
        }
        for (const pugi::xml_attribute attribute : node.attributes()) {
            if (is_namespace_declaration(attribute)) continue;
            const auto found =
                std::find_if(known.begin(), known.end(),
                             [&](const SchemaAttribute* a) { return a->name == attribute.name(); });
            if (found == known.end()) return bad_attribute(node, attribute.name());
            if (!is_simple_value((*found)->type, attribute.value())) {
                return violation(node, "The '" + (*found)->name +
                                           "' attribute is invalid - its value is not valid "
                                           "according to its datatype '" +
                                           (*found)->type + "'.");
            }
        }
        for (const SchemaAttribute* attribute : known) {
            if (attribute->required && !node.attribute(attribute->name.c_str())) {
                return violation(node,
                                 "The required attribute '" + attribute->name + "' is missing.");
            }
        }
        return {};
    }

    bool is_namespace_declaration(const pugi::xml_attribute& attribute) const {
        const std::string_view name = attribute.name();
        if (name == "xmlns" || name.starts_with("xmlns:")) return true;
        return name.ends_with(":schemaLocation") && scope_.of(name) == xsi_namespace;
    }

    Outcome<void> bad_child(const pugi::xml_node& node, std::string_view child) {
        return violation(node, "The element '" + std::string(local_name(node.name())) +
                                   "' has invalid child element '" +
                                   std::string(local_name(child)) + "'.");
    }
    Outcome<void> bad_attribute(const pugi::xml_node& node, std::string_view attribute) {
        return violation(node, "The '" + std::string(attribute) + "' attribute is not declared.");
    }
    static std::string all_text(const pugi::xml_node& node) {
        std::string out;
        for (const pugi::xml_node child : node.children()) {
            if (child.type() == pugi::node_pcdata || child.type() == pugi::node_cdata)
                out += child.value();
        }
        return out;
    }

    NamespaceScope& scope_;
    std::ptrdiff_t& offset_;
};

}  // namespace

std::size_t NamespaceScope::enter(const pugi::xml_node& element) {
    const std::size_t mark = bindings_.size();
    for (const pugi::xml_attribute attribute : element.attributes()) {
        const std::string_view name = attribute.name();
        if (name == "xmlns") {
            bindings_.emplace_back("", attribute.value());
        } else if (name.starts_with("xmlns:")) {
            bindings_.emplace_back(name.substr(6), attribute.value());
        }
    }
    return mark;
}

std::string_view NamespaceScope::of(std::string_view qualified_name) const {
    const std::size_t colon = qualified_name.find(':');
    const std::string_view prefix =
        colon == std::string_view::npos ? std::string_view{} : qualified_name.substr(0, colon);
    for (auto at = bindings_.rbegin(); at != bindings_.rend(); ++at) {
        if (at->first == prefix) return at->second;
    }
    return {};
}

std::string_view local_name(std::string_view qualified_name) {
    const std::size_t colon = qualified_name.find(':');
    return colon == std::string_view::npos ? qualified_name : qualified_name.substr(colon + 1);
}

Outcome<void> check_schema(const pugi::xml_node& element, std::string_view type,
                           NamespaceScope& scope, std::ptrdiff_t& offset) {
    return SchemaChecker(scope, offset).element(element, type, 0);
}

}  // namespace liaison::sandbox::ews
