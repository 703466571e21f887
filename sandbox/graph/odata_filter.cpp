#include "sandbox/graph/odata_filter.hpp"

#include <algorithm>
#include <optional>

#include "core/http_message.hpp"
#include "sandbox/ews/lexical.hpp"
#include "sandbox/graph/entity_table.hpp"

namespace liaison::sandbox::graph {

namespace json = boost::json;

struct Filter::Node {
    enum class Kind { And, Or, Not, Compare, Function, Any, All, Path, Literal };
    Kind kind = Kind::Literal;
    std::string name;  ///< operator, function or range variable
    std::vector<std::string> path;
    json::value literal;
    std::vector<Node> parts;
};

namespace {

using Node = Filter::Node;

std::unexpected<GraphError> bad_filter(std::string_view what) {
    return graph_fail(
        400, "ErrorInvalidUrlQueryFilter",
        "The query filter contains one or more invalid nodes: " + std::string(what) + ".");
}

std::string lowered(std::string_view text) {
    std::string out(text);
    for (char& c : out) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    return out;
}

std::optional<std::int64_t> instant_of(std::string_view text) {
    if (text.size() < 10 || text[4] != '-' || text[7] != '-') return std::nullopt;
    if (text.size() == 10) return ews::parse_date(text);
    std::string full(text);
    if (full.size() == 16) full += ":00";  // 2017-07-01T08:00, as the documentation writes it
    const auto time = ews::parse_date_time(full);
    if (!time) return std::nullopt;
    return time->local_ms - time->offset_minutes.value_or(0) * std::int64_t{60'000};
}

// Range variables in scope, innermost last.
using Scope = std::vector<std::pair<std::string, const json::value*>>;

const json::value* resolve(const Node& node, const json::object& entity, const Scope& scope) {
    if (node.kind == Node::Kind::Literal) return &node.literal;
    if (node.path.empty()) return nullptr;
    for (auto at = scope.rbegin(); at != scope.rend(); ++at) {
        if (at->first != node.path[0]) continue;
        if (node.path.size() == 1) return at->second;
        if (!at->second->is_object()) return nullptr;
        return value_at(at->second->get_object(),
                        std::vector<std::string>(node.path.begin() + 1, node.path.end()));
    }
    return value_at(entity, node.path);
}

bool evaluate(const Node& node, const json::object& entity, Scope& scope);

bool evaluate_lambda(const Node& node, const json::object& entity, Scope& scope) {
    const json::value* list = resolve(node, entity, scope);
    const bool all = node.kind == Node::Kind::All;
    if (list == nullptr || !list->is_array()) return all;
    for (const json::value& element : list->get_array()) {
        scope.emplace_back(node.name, &element);
        const bool hit = node.parts.empty() || evaluate(node.parts[0], entity, scope);
        scope.pop_back();
        if (hit != all) return hit;
    }
    return all;
}

bool evaluate_function(const Node& node, const json::object& entity, const Scope& scope) {
    const json::value* a = resolve(node.parts[0], entity, scope);
    const json::value* b = resolve(node.parts[1], entity, scope);
    if (a == nullptr || b == nullptr || !a->is_string() || !b->is_string()) return false;
    const std::string text = lowered(a->get_string());
    const std::string part = lowered(b->get_string());
    if (node.name == "startswith") return text.starts_with(part);
    if (node.name == "endswith") return text.ends_with(part);
    return text.find(part) != std::string::npos;
}

bool evaluate_compare(const Node& node, const json::object& entity, const Scope& scope) {
    const json::value* a = resolve(node.parts[0], entity, scope);
    const json::value* b = resolve(node.parts[1], entity, scope);
    const bool a_null = a == nullptr || a->is_null();
    const bool b_null = b == nullptr || b->is_null();
    const int order = compare_values(a, b);
    if (node.name == "eq") return order == 0;
    if (node.name == "ne") return order != 0;
    if (a_null || b_null) return false;
    if (node.name == "gt") return order > 0;
    if (node.name == "ge") return order >= 0;
    if (node.name == "lt") return order < 0;
    return order <= 0;
}

bool evaluate(const Node& node, const json::object& entity, Scope& scope) {
    switch (node.kind) {
        case Node::Kind::And:
            return evaluate(node.parts[0], entity, scope) && evaluate(node.parts[1], entity, scope);
        case Node::Kind::Or:
            return evaluate(node.parts[0], entity, scope) || evaluate(node.parts[1], entity, scope);
        case Node::Kind::Not:
            return !evaluate(node.parts[0], entity, scope);
        case Node::Kind::Compare:
            return evaluate_compare(node, entity, scope);
        case Node::Kind::Function:
            return evaluate_function(node, entity, scope);
        case Node::Kind::Any:
        case Node::Kind::All:
            return evaluate_lambda(node, entity, scope);
        case Node::Kind::Path:
        case Node::Kind::Literal:
            break;
    }
    const json::value* flag = resolve(node, entity, scope);
    return flag != nullptr && flag->is_bool() && flag->get_bool();
}

}  // namespace

/// Recursive descent over the text; precedence of OData 4.01 (or, and, not, comparison).
class FilterParser {
public:
    FilterParser(std::string_view text, std::string_view type, Filter& out)
        : text_(text), type_(type), out_(out) {}

    Outcome<Node> whole() {
        auto node = disjunction();
        if (!node) return node;
        blanks();
        if (!text_.empty()) return bad_filter("syntax error at '" + std::string(text_) + "'");
        return node;
    }

private:
    static constexpr int depth_max = 40;

    void blanks() {
        while (!text_.empty() && text_.front() == ' ') text_.remove_prefix(1);
    }
    bool take(char c) {
        blanks();
        if (text_.empty() || text_.front() != c) return false;
        text_.remove_prefix(1);
        return true;
    }
    std::string_view peek_word() {
        blanks();
        const std::size_t end = std::min(text_.find_first_of(" (),':"), text_.size());
        return text_.substr(0, end);
    }
    bool take_word(std::string_view word) {
        if (peek_word() != word) return false;
        text_.remove_prefix(word.size());
        return true;
    }

    Outcome<Node> joined(Node::Kind kind, Node left, Node right) {
        Node node;
        node.kind = kind;
        node.parts.push_back(std::move(left));
        node.parts.push_back(std::move(right));
        return node;
    }

    Outcome<Node> disjunction() {
        auto left = conjunction();
        while (left && take_word("or")) {
            auto right = conjunction();
            if (!right) return right;
            left = joined(Node::Kind::Or, std::move(*left), std::move(*right));
        }
        return left;
    }

    Outcome<Node> conjunction() {
        auto left = term();
        while (left && take_word("and")) {
            auto right = term();
            if (!right) return right;
            left = joined(Node::Kind::And, std::move(*left), std::move(*right));
        }
        return left;
    }

    Outcome<Node> term() {
        if (++depth_ > depth_max) return bad_filter("too deep");
        auto node = term_inside();
        --depth_;
        return node;
    }

    Outcome<Node> term_inside() {
        if (take_word("not")) {
            auto inner = term();
            if (!inner) return inner;
            Node node;
            node.kind = Node::Kind::Not;
            node.parts.push_back(std::move(*inner));
            return node;
        }
        if (take('(')) {
            auto inner = disjunction();
            if (inner && !take(')')) return bad_filter("a ')' is missing");
            return inner;
        }
        const std::string function(peek_word());
        if (function == "startswith" || function == "contains" || function == "endswith") {
            text_.remove_prefix(function.size());
            return call(function);
        }
        return comparison();
    }

    Outcome<Node> call(const std::string& name) {
        if (!take('(')) return bad_filter("a '(' is missing");
        auto first = operand();
        if (!first) return first;
        if (!take(',')) return bad_filter("a ',' is missing");
        auto second = operand();
        if (!second) return second;
        if (!take(')')) return bad_filter("a ')' is missing");
        Node node;
        node.kind = Node::Kind::Function;
        node.name = name;
        node.parts.push_back(std::move(*first));
        node.parts.push_back(std::move(*second));
        take_truth();
        return node;
    }

    // `startswith(...) eq true` says the same as `startswith(...)`.
    void take_truth() {
        const std::string_view before = text_;
        if (take_word("eq") && take_word("true")) return;
        text_ = before;
    }

    Outcome<Node> comparison() {
        auto left = operand();
        if (!left) return left;
        if (left->kind == Node::Kind::Any || left->kind == Node::Kind::All) return left;
        static constexpr std::string_view operators[] = {"eq", "ne", "gt", "ge", "lt", "le"};
        const std::string name(peek_word());
        if (std::find(std::begin(operators), std::end(operators), name) == std::end(operators)) {
            if (left->kind == Node::Kind::Path) return left;
            return bad_filter("operator '" + name + "' is not supported");
        }
        text_.remove_prefix(name.size());
        auto right = operand();
        if (!right) return right;
        if (left->kind == Node::Kind::Path && left->path.back() == "id" &&
            right->literal.is_string())
            out_.id_literals_.emplace_back(right->literal.get_string());
        Node node;
        node.kind = Node::Kind::Compare;
        node.name = name;
        node.parts.push_back(std::move(*left));
        node.parts.push_back(std::move(*right));
        return node;
    }

    Outcome<Node> operand() {
        blanks();
        if (text_.empty()) return bad_filter("the expression ends too early");
        if (text_.front() == '\'') return quoted();
        const std::size_t end = std::min(text_.find_first_of(" ,()"), text_.size());
        const std::string word(text_.substr(0, end));
        if (word.empty()) return bad_filter("syntax error");
        text_.remove_prefix(end);
        Node node;
        const char c = word[0];
        if (word == "null" || word == "true" || word == "false") {
            node.literal = word == "null" ? json::value(nullptr) : json::value(word == "true");
            return node;
        }
        if ((c >= '0' && c <= '9') || c == '-') return number_or_date(word);
        return path_operand(word);
    }

    Outcome<Node> number_or_date(const std::string& word) {
        Node node;
        if (const auto number = ews::parse_integer(word)) {
            node.literal = *number;
        } else if (instant_of(word)) {
            node.literal = word;
        } else if (const auto decimal = ews::parse_double(word)) {
            node.literal = *decimal;
        } else {
            return bad_filter("'" + word + "' is no literal");
        }
        return node;
    }

    Outcome<Node> quoted() {
        Node node;
        std::string text;
        for (std::size_t at = 1; at < text_.size(); ++at) {
            if (text_[at] != '\'') {
                text += text_[at];
            } else if (at + 1 < text_.size() && text_[at + 1] == '\'') {
                text += text_[at++];
            } else {
                text_.remove_prefix(at + 1);
                node.literal = text;
                return node;
            }
        }
        return bad_filter("a quote is not closed");
    }

    Outcome<Node> path_operand(const std::string& word) {
        Node node;
        node.kind = Node::Kind::Path;
        std::string_view rest = word;
        while (!rest.empty()) {
            const std::size_t slash = std::min(rest.find('/'), rest.size());
            node.path.emplace_back(rest.substr(0, slash));
            rest.remove_prefix(std::min(slash + 1, rest.size()));
        }
        const bool lambda = (node.path.back() == "any" || node.path.back() == "all") &&
                            !text_.empty() && text_.front() == '(';
        if (lambda) return any_of(std::move(node));
        if (!text_.empty() && text_.front() == '(')
            return bad_filter("function '" + word + "' is not supported");
        if (std::find(variables_.begin(), variables_.end(), node.path[0]) == variables_.end()) {
            if (auto ok = check_property(type_, node.path); !ok) return std::unexpected(ok.error());
            out_.properties_.push_back(node.path[0]);
        }
        return node;
    }

    Outcome<Node> any_of(Node node) {
        node.kind = node.path.back() == "any" ? Node::Kind::Any : Node::Kind::All;
        node.path.pop_back();
        if (node.path.empty()) return bad_filter("any() needs a collection");
        if (std::find(variables_.begin(), variables_.end(), node.path[0]) == variables_.end()) {
            if (auto ok = check_property(type_, node.path); !ok) return std::unexpected(ok.error());
            out_.properties_.push_back(node.path[0]);
        }
        take('(');
        if (take(')')) return node;
        node.name = peek_word();
        text_.remove_prefix(node.name.size());
        if (node.name.empty() || !take(':')) return bad_filter("a range variable is missing");
        variables_.push_back(node.name);
        auto inner = disjunction();
        variables_.pop_back();
        if (!inner) return inner;
        if (!take(')')) return bad_filter("a ')' is missing");
        node.parts.push_back(std::move(*inner));
        return node;
    }

    std::string_view text_;
    std::string_view type_;
    Filter& out_;
    std::vector<std::string> variables_;
    int depth_ = 0;
};

Filter::Filter() = default;
Filter::~Filter() = default;
Filter::Filter(Filter&&) noexcept = default;
Filter& Filter::operator=(Filter&&) noexcept = default;

Outcome<Filter> Filter::parse(std::string_view text, std::string_view type) {
    Filter out;
    FilterParser parser(text, type, out);
    auto node = parser.whole();
    if (!node) return std::unexpected(node.error());
    out.root_ = std::make_unique<Node>(std::move(*node));
    return out;
}

bool Filter::matches(const json::object& entity) const {
    Scope scope;
    return evaluate(*root_, entity, scope);
}

Outcome<std::vector<OrderKey>> parse_order(std::string_view text, std::string_view type) {
    std::vector<OrderKey> out;
    while (!text.empty()) {
        const std::size_t comma = std::min(text.find(','), text.size());
        std::string_view part = text.substr(0, comma);
        text.remove_prefix(std::min(comma + 1, text.size()));
        while (part.starts_with(' ')) part.remove_prefix(1);
        while (part.ends_with(' ')) part.remove_suffix(1);
        OrderKey key;
        if (const std::size_t blank = part.find(' '); blank != std::string_view::npos) {
            const std::string_view direction = part.substr(blank + 1);
            if (!iequals(direction, "asc") && !iequals(direction, "desc"))
                return graph_fail(400, "BadRequest", "Syntax error in the $orderby expression.");
            key.descending = iequals(direction, "desc");
            part = part.substr(0, blank);
        }
        while (!part.empty()) {
            const std::size_t slash = std::min(part.find('/'), part.size());
            key.path.emplace_back(part.substr(0, slash));
            part.remove_prefix(std::min(slash + 1, part.size()));
        }
        if (key.path.empty())
            return graph_fail(400, "BadRequest", "Syntax error in the $orderby expression.");
        if (auto ok = check_property(type, key.path); !ok) return std::unexpected(ok.error());
        out.push_back(std::move(key));
    }
    return out;
}

const json::value* value_at(const json::object& entity, const std::vector<std::string>& path) {
    const json::object* object = &entity;
    const json::value* value = nullptr;
    for (const auto& name : path) {
        if (object == nullptr) return nullptr;
        value = object->if_contains(name);
        if (value == nullptr) return nullptr;
        object = value->if_object();
    }
    return value;
}

int compare_values(const json::value* a, const json::value* b) {
    const bool a_null = a == nullptr || a->is_null();
    const bool b_null = b == nullptr || b->is_null();
    if (a_null || b_null) return a_null && b_null ? 0 : a_null ? -1 : 1;
    if (a->is_string() && b->is_string()) {
        const auto first = instant_of(a->get_string());
        const auto second = instant_of(b->get_string());
        if (first && second) return *first < *second ? -1 : *first > *second ? 1 : 0;
        const int order = lowered(a->get_string()).compare(lowered(b->get_string()));
        return order < 0 ? -1 : order > 0 ? 1 : 0;
    }
    if (a->is_bool() && b->is_bool())
        return static_cast<int>(a->get_bool()) - static_cast<int>(b->get_bool());
    if (a->is_number() && b->is_number()) {
        const double first = a->to_number<double>();
        const double second = b->to_number<double>();
        return first < second ? -1 : first > second ? 1 : 0;
    }
    return a->kind() < b->kind() ? -1 : 1;
}

Outcome<void> check_property(std::string_view type_name, const std::vector<std::string>& path) {
    std::string current(type_name);
    for (const auto& name : path) {
        const EntityType* type = find_entity_type(current);
        if (type == nullptr || type->is_enum || type->find(name) == nullptr)
            return graph_fail(400, "RequestBroker--ParseUri",
                              "Could not find a property named '" + name +
                                  "' on type 'microsoft.graph." + current + "'.");
        current = type->find(name)->type;
    }
    return {};
}

}  // namespace liaison::sandbox::graph
