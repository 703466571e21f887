#include "sandbox/ews/query.hpp"

#include <pugixml.hpp>

#include "core/http_message.hpp"
#include "sandbox/ews/lexical.hpp"
#include "sandbox/ews/xml_text.hpp"

namespace liaison::sandbox::ews {

struct QueryNode {
    enum class Kind { And, Or, Not, Exists, Excludes, Compare, Contains };
    enum class Relation { Equal, NotEqual, Greater, GreaterOrEqual, Less, LessOrEqual };
    Kind kind = Kind::And;
    std::vector<std::unique_ptr<QueryNode>> parts;
    FieldPath path;
    ValueType type = ValueType::Text;
    Relation relation = Relation::Equal;
    std::string constant;
    std::optional<FieldPath> other;  // compare with a property instead of a constant
    std::uint64_t mask = 0;
    std::string mode = "FullString";  // ContainmentMode
    bool ignore_case = false;
};

namespace {

constexpr int restriction_nodes_max = 255;  // ED:r/responsecode, ErrorRestrictionTooLong

std::string folded(std::string_view text) {
    std::string out(text);
    for (char& c : out) {
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    }
    return out;
}

// Below 0, 0, above 0. Texts compare without case, as Exchange's store does.
int compare_values(ValueType type, std::string_view a, std::string_view b) {
    if (type == ValueType::Number) {
        const double left = parse_double(a).value_or(0);
        const double right = parse_double(b).value_or(0);
        return left < right ? -1 : left > right ? 1 : 0;
    }
    if (type == ValueType::DateTime) {
        const std::int64_t left = parse_utc(a).value_or(0);
        const std::int64_t right = parse_utc(b).value_or(0);
        return left < right ? -1 : left > right ? 1 : 0;
    }
    if (type == ValueType::Text) return folded(a).compare(folded(b));
    return a.compare(b);
}

bool holds(QueryNode::Relation relation, int order) {
    switch (relation) {
        case QueryNode::Relation::Equal:
            return order == 0;
        case QueryNode::Relation::NotEqual:
            return order != 0;
        case QueryNode::Relation::Greater:
            return order > 0;
        case QueryNode::Relation::GreaterOrEqual:
            return order >= 0;
        case QueryNode::Relation::Less:
            return order < 0;
        case QueryNode::Relation::LessOrEqual:
            return order <= 0;
    }
    return false;
}

bool contains_text(const QueryNode& node, std::string_view value) {
    const std::string text = node.ignore_case ? folded(value) : std::string(value);
    const std::string wanted = node.ignore_case ? folded(node.constant) : node.constant;
    if (node.mode == "FullString") return text == wanted;
    if (node.mode == "Prefixed") return text.starts_with(wanted);
    const auto is_word = [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
               (static_cast<unsigned char>(c) & 0x80);
    };
    for (std::size_t at = text.find(wanted); at != std::string::npos;
         at = text.find(wanted, at + 1)) {
        if (node.mode == "Substring") return true;
        const bool starts_word = at == 0 || !is_word(text[at - 1]);
        const std::size_t end = at + wanted.size();
        const bool ends_word = end == text.size() || !is_word(text[end]);
        if (starts_word && (node.mode == "PrefixOnWords" || ends_word)) return true;
        if (wanted.empty()) break;
    }
    return false;
}

bool matches_node(const QueryNode& node, const ValueReader& reader) {
    using Kind = QueryNode::Kind;
    const auto holds_part = [&](const auto& part) { return matches_node(*part, reader); };
    switch (node.kind) {
        case Kind::And:
            return std::all_of(node.parts.begin(), node.parts.end(), holds_part);
        case Kind::Or:
            return std::any_of(node.parts.begin(), node.parts.end(), holds_part);
        case Kind::Not:
            return !matches_node(*node.parts.front(), reader);
        case Kind::Exists:
            return !reader(node.path).empty();
        default:
            break;
    }
    const std::vector<std::string> values = reader(node.path);
    if (node.kind == Kind::Excludes) {
        const auto bits =
            static_cast<std::uint64_t>(values.empty() ? 0 : parse_integer(values[0]).value_or(0));
        return (bits & node.mask) == 0;
    }
    std::string constant = node.constant;
    if (node.other) {
        const auto others = reader(*node.other);
        if (others.empty()) return false;
        constant = others.front();
    }
    if (values.empty())
        return node.kind == Kind::Compare && node.relation == QueryNode::Relation::NotEqual;
    if (node.kind == Kind::Compare && node.relation == QueryNode::Relation::NotEqual) {
        return std::all_of(values.begin(), values.end(), [&](const auto& v) {
            return compare_values(node.type, v, constant) != 0;
        });
    }
    return std::any_of(values.begin(), values.end(), [&](const std::string& value) {
        return node.kind == Kind::Contains
                   ? contains_text(node, value)
                   : holds(node.relation, compare_values(node.type, value, constant));
    });
}

class RestrictionReader {
public:
    explicit RestrictionReader(const PathTyper& typer) : typer_(typer) {}

    Outcome<std::unique_ptr<QueryNode>> read(const pugi::xml_node& node) {
        if (++count_ > restriction_nodes_max)
            return ews_fail("ErrorRestrictionTooLong", "The restriction is too long.");
        const std::string_view name = node.name();
        auto out = std::make_unique<QueryNode>();
        if (name == "And" || name == "Or" || name == "Not") return read_group(node, std::move(out));
        if (auto ok = read_path_of(node, *out); !ok) return std::unexpected(ok.error());
        if (name == "Exists") {
            out->kind = QueryNode::Kind::Exists;
        } else if (name == "Excludes") {
            out->kind = QueryNode::Kind::Excludes;
            const std::string mask = node.child("Bitmask").attribute("Value").value();
            if (out->type != ValueType::Number)
                return ews_fail("ErrorInvalidRestriction", "Excludes needs a number.");
            out->mask = std::strtoull(mask.c_str(), nullptr, 0);
        } else if (name == "Contains") {
            if (auto ok = read_contains(node, *out); !ok) return std::unexpected(ok.error());
        } else if (auto ok = read_compare(node, *out); !ok) {
            return std::unexpected(ok.error());
        }
        return out;
    }

private:
    Outcome<std::unique_ptr<QueryNode>> read_group(const pugi::xml_node& node,
                                                   std::unique_ptr<QueryNode> out) {
        const std::string_view name = node.name();
        out->kind = name == "And"  ? QueryNode::Kind::And
                    : name == "Or" ? QueryNode::Kind::Or
                                   : QueryNode::Kind::Not;
        for (const pugi::xml_node child : node.children()) {
            if (child.type() != pugi::node_element) continue;
            auto part = read(child);
            if (!part) return std::unexpected(part.error());
            out->parts.push_back(std::move(*part));
        }
        if (out->parts.empty())
            return ews_fail("ErrorInvalidRestriction", "A group of the restriction is empty.");
        return out;
    }

    Outcome<void> read_path_of(const pugi::xml_node& node, QueryNode& out) {
        for (const pugi::xml_node child : node.children()) {
            if (!is_path_element(child.name())) continue;
            auto path = read_path(child);
            if (!path) return std::unexpected(path.error());
            auto type = typer_(*path);
            if (!type) return std::unexpected(type.error());
            out.path = std::move(*path);
            out.type = *type;
            return {};
        }
        return ews_fail(
            "ErrorInvalidRestriction",
            "The sandbox does not implement " + std::string(node.name()) + " in restrictions.");
    }

    Outcome<void> read_contains(const pugi::xml_node& node, QueryNode& out) {
        out.kind = QueryNode::Kind::Contains;
        if (out.type != ValueType::Text)
            return ews_fail("ErrorContainsFilterWrongType", "Contains needs a text property.");
        out.constant = node.child("Constant").attribute("Value").value();
        if (node.attribute("ContainmentMode")) out.mode = node.attribute("ContainmentMode").value();
        const std::string_view comparison = node.attribute("ContainmentComparison").value();
        // Diacritics are not folded: a comparison that asks for it finds less than Exchange would.
        if (comparison.find("NonSpac") != std::string_view::npos) {
            return ews_fail("ErrorInvalidRestriction",
                            "The sandbox does not ignore non-spacing characters.");
        }
        out.ignore_case = comparison == "IgnoreCase" || comparison == "Loose" ||
                          comparison == "LooseAndIgnoreCase";
        return {};
    }

    Outcome<void> read_compare(const pugi::xml_node& node, QueryNode& out) {
        using Relation = QueryNode::Relation;
        static constexpr std::pair<std::string_view, Relation> relations[] = {
            {"IsEqualTo", Relation::Equal},
            {"IsNotEqualTo", Relation::NotEqual},
            {"IsGreaterThan", Relation::Greater},
            {"IsGreaterThanOrEqualTo", Relation::GreaterOrEqual},
            {"IsLessThan", Relation::Less},
            {"IsLessThanOrEqualTo", Relation::LessOrEqual}};
        const auto found = std::find_if(std::begin(relations), std::end(relations),
                                        [&](const auto& row) { return row.first == node.name(); });
        if (found == std::end(relations)) {
            return ews_fail("ErrorInvalidRestriction",
                            "The sandbox does not implement " + std::string(node.name()) + ".");
        }
        out.kind = QueryNode::Kind::Compare;
        out.relation = found->second;
        for (const pugi::xml_node child : node.child("FieldURIOrConstant").children()) {
            if (is_path_element(child.name())) {
                auto path = read_path(child);
                if (!path) return std::unexpected(path.error());
                if (auto type = typer_(*path); !type) return std::unexpected(type.error());
                out.other = std::move(*path);
            } else if (child.type() == pugi::node_element) {
                return read_constant(child.attribute("Value").value(), out);
            }
        }
        return {};
    }

    static Outcome<void> read_constant(std::string_view text, QueryNode& out) {
        out.constant = text;
        bool good = true;
        if (out.type == ValueType::Number) good = parse_double(text).has_value();
        if (out.type == ValueType::Boolean) {
            const auto value = parse_boolean(text);
            good = value.has_value();
            if (good) out.constant = *value ? "true" : "false";
        }
        if (out.type == ValueType::DateTime) {
            const auto value = parse_date_time(text);
            good = value.has_value();
            if (good) {
                out.constant = format_utc(value->local_ms -
                                          value->offset_minutes.value_or(0) * std::int64_t{60'000});
            }
        }
        if (!good)
            return ews_fail("ErrorInvalidValueForProperty",
                            "The constant does not suit the property's type.");
        return {};
    }

    const PathTyper& typer_;
    int count_ = 0;
};

}  // namespace

Restriction::Restriction(std::unique_ptr<QueryNode> root) : root_(std::move(root)) {}
Restriction::Restriction(Restriction&&) noexcept = default;
Restriction::~Restriction() = default;

Outcome<Restriction> Restriction::read(const pugi::xml_node& restriction, const PathTyper& typer) {
    for (const pugi::xml_node child : restriction.children()) {
        if (child.type() != pugi::node_element) continue;
        auto root = RestrictionReader(typer).read(child);
        if (!root) return std::unexpected(root.error());
        return Restriction(std::move(*root));
    }
    return ews_fail("ErrorInvalidRestriction", "The restriction is empty.");
}

bool Restriction::matches(const ValueReader& reader) const {
    return matches_node(*root_, reader);
}

Outcome<SortOrder> SortOrder::read(const pugi::xml_node& sort_order, const PathTyper& typer) {
    SortOrder out;
    for (const pugi::xml_node order : sort_order.children()) {
        if (order.type() != pugi::node_element) continue;
        for (const pugi::xml_node child : order.children()) {
            if (!is_path_element(child.name())) continue;
            auto path = read_path(child);
            if (!path) return std::unexpected(path.error());
            auto type = typer(*path);
            if (!type)
                return ews_fail("ErrorUnsupportedPathForSortGroup",
                                "The property cannot be sorted by.");
            out.keys_.push_back(
                {std::move(*path), *type,
                 std::string_view(order.attribute("Order").value()) == "Descending"});
        }
    }
    return out;
}

bool SortOrder::before(const ValueReader& a, const ValueReader& b) const {
    for (const Key& key : keys_) {
        const auto left = a(key.path);
        const auto right = b(key.path);
        int order = 0;
        if (left.empty() != right.empty()) {
            order = left.empty() ? -1 : 1;
        } else if (!left.empty()) {
            order = compare_values(key.type, left.front(), right.front());
        }
        if (order != 0) return key.descending ? order > 0 : order < 0;
    }
    return false;
}

Outcome<Page> read_page(const pugi::xml_node& view, std::size_t total, std::size_t cap) {
    Page page;
    std::size_t most = cap;
    std::size_t offset = 0;
    bool from_end = false;
    bool fractional = false;
    if (view) {
        if (const pugi::xml_attribute limit = view.attribute("MaxEntriesReturned")) {
            if (limit.as_int() < 1)
                return ews_fail("ErrorInvalidPagingMaxRows",
                                "MaxEntriesReturned must be positive.");
            most = std::min(cap, static_cast<std::size_t>(limit.as_int()));
        }
        fractional = static_cast<bool>(view.attribute("Denominator"));
        if (fractional) {
            const int top = view.attribute("Numerator").as_int();
            const int bottom = view.attribute("Denominator").as_int();
            if (bottom < 1 || top < 0 || top > bottom) {
                return ews_fail("ErrorInvalidFractionalPagingParameters",
                                "The fraction is out of range.");
            }
            offset = total * static_cast<std::size_t>(top) / static_cast<std::size_t>(bottom);
        } else {
            if (view.attribute("Offset").as_int() < 0) {
                return ews_fail("ErrorInvalidIndexedPagingParameters",
                                "Offset must not be negative.");
            }
            offset = std::min(total, static_cast<std::size_t>(view.attribute("Offset").as_int()));
            from_end = std::string_view(view.attribute("BasePoint").value()) == "End";
        }
    }
    const std::size_t left = total - offset;
    page.count = std::min(most, left);
    page.first = from_end ? left - page.count : offset;
    const bool last = page.count == left;
    const std::string next = std::to_string(offset + page.count);
    if (fractional) {
        page.attributes = " NumeratorOffset=\"" + next + "\" AbsoluteDenominator=\"" +
                          std::to_string(total) + "\"";
    } else if (view) {
        page.attributes = " IndexedPagingOffset=\"" + next + "\"";
    }
    page.attributes +=
        " TotalItemsInView=\"" + std::to_string(total) + "\" IncludesLastItemInRange=\"";
    page.attributes += last ? "true\"" : "false\"";
    return page;
}

}  // namespace liaison::sandbox::ews
