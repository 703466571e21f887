#pragma once
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace liaison::sandbox::ews {

/// Part of a content model: an element, a choice or a sequence, once, optionally or repeatedly.
struct Particle {
    enum class Kind { Element, Choice, Sequence };
    Kind kind = Kind::Sequence;
    bool optional = false;
    bool repeated = false;
    char name_space = 't';  ///< of an element: t (types) or m (messages)
    std::string name;
    std::string type;  ///< of an element: a complex, simple or built-in type, or "opaque"
    std::vector<Particle> parts;
};

struct SchemaAttribute {
    std::string name;
    std::string type;
    bool required = false;
};

struct ComplexType {
    std::string base;       ///< empty: none
    std::string text_type;  ///< of simple content; empty: elements only
    Particle content;       ///< own content only; that of the base comes before it
    std::vector<SchemaAttribute> attributes;
};

/// A simple type: kind is a built-in name, enum, list, range, guid, nonempty or tag.
struct SimpleType {
    std::string kind;
    std::vector<std::string> words;
};

/// The part of Microsoft's schema (messages.xsd, types.xsd, V2018_01_08) that the sandbox's
/// operations need. The order of elements in replies comes from here as well. Elements of type
/// "opaque" exist but are not implemented.
class SchemaTable {
public:
    static const SchemaTable& instance();

    const ComplexType* complex(std::string_view name) const;
    const SimpleType* simple(std::string_view name) const;
    /// Type of a request element in the messages namespace, or empty.
    std::string_view operation_type(std::string_view name) const;
    /// Type of a SOAP header element, or empty.
    std::string_view header_type(std::string_view name) const;

private:
    SchemaTable();
    void parse_complex(std::string_view rows);
    void parse_simple(std::string_view rows);

    std::map<std::string, ComplexType, std::less<>> complex_;
    std::map<std::string, SimpleType, std::less<>> simple_;
    std::map<std::string, std::string, std::less<>> operations_;
    std::map<std::string, std::string, std::less<>> headers_;
};

/// The rows that make_schema_table.py wrote.
std::string_view schema_rows_1();
std::string_view schema_rows_2();
std::string_view simple_rows();

}  // namespace liaison::sandbox::ews
