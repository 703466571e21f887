#include "sandbox/ews/schema_table.hpp"

#include <stdexcept>

namespace liaison::sandbox::ews {
namespace {

class RowReader {
public:
    explicit RowReader(std::string_view text) : text_(text) { advance(); }
    std::string_view word() const { return word_; }
    bool at_end() const { return word_.empty(); }
    std::string take() {
        std::string out(word_);
        advance();
        return out;
    }

private:
    void advance() {
        const std::size_t start = text_.find_first_not_of(" \n");
        if (start == std::string_view::npos) {
            word_ = {};
            return;
        }
        const std::size_t end = text_.find_first_of(" \n", start);
        word_ = text_.substr(start, end - start);
        text_ = end == std::string_view::npos ? std::string_view{} : text_.substr(end);
    }
    std::string_view text_;
    std::string_view word_;
};

void apply_occurrence(Particle& particle, char mark) {
    particle.optional = mark == '?' || mark == '*';
    particle.repeated = mark == '+' || mark == '*';
}

// "Name:Type?" or "m.Name:Type*".
Particle element_particle(std::string_view word, char name_space) {
    Particle out;
    out.kind = Particle::Kind::Element;
    out.name_space = name_space;
    const char last = word.back();
    if (last == '?' || last == '*' || last == '+') {
        apply_occurrence(out, last);
        word.remove_suffix(1);
    }
    const std::size_t colon = word.find(':');
    if (colon == std::string_view::npos) throw std::logic_error("schema row: " + std::string(word));
    std::string_view name = word.substr(0, colon);
    if (name.size() > 2 && name[1] == '.') {
        out.name_space = name[0];
        name.remove_prefix(2);
    }
    out.name = name;
    out.type = word.substr(colon + 1);
    return out;
}

// Up to the closing bracket, which is consumed by the caller ("]" or ")" with its mark).
Particle group_particle(RowReader& in, char name_space) {
    Particle group;
    while (!in.at_end() && in.word()[0] != ']' && in.word()[0] != ')') {
        if (in.word() == "|") {
            group.kind = Particle::Kind::Choice;
            in.take();
        } else if (in.word() == "(") {
            in.take();
            Particle inner = group_particle(in, name_space);
            const std::string close = in.take();
            if (close.size() > 1) apply_occurrence(inner, close[1]);
            group.parts.push_back(std::move(inner));
        } else {
            group.parts.push_back(element_particle(in.take(), name_space));
        }
    }
    return group;
}

}  // namespace

const SchemaTable& SchemaTable::instance() {
    static const SchemaTable table;
    return table;
}

SchemaTable::SchemaTable() {
    parse_complex(schema_rows_1());
    parse_complex(schema_rows_2());
    parse_simple(simple_rows());
}

void SchemaTable::parse_complex(std::string_view rows) {
    RowReader in(rows);
    while (!in.at_end()) {
        const std::string head = in.take();
        const std::string base = in.take();
        in.take();  // [
        ComplexType type;
        type.content = group_particle(in, head[0]);
        in.take();  // ]
        std::vector<std::string> rest;
        while (in.word() != ";") rest.push_back(in.take());
        in.take();  // ;
        const std::string name = head.substr(2);
        if (base == "=element") {
            (head[0] == 'm' ? operations_ : headers_)[name] = rest.at(0);
            continue;
        }
        if (base[0] == '=') {
            type.text_type = base.substr(1);
        } else if (base != "-") {
            type.base = base;
        }
        for (std::string& word : rest) {
            SchemaAttribute attribute;
            attribute.required = word.back() == '!';
            if (attribute.required) word.pop_back();
            const std::size_t colon = word.rfind(':');
            attribute.name = word.substr(0, colon);
            attribute.type = word.substr(colon + 1);
            type.attributes.push_back(std::move(attribute));
        }
        complex_[name] = std::move(type);
    }
}

void SchemaTable::parse_simple(std::string_view rows) {
    RowReader in(rows);
    while (!in.at_end()) {
        const std::string name = in.take();
        SimpleType type;
        type.kind = in.take();
        while (in.word() != ";") type.words.push_back(in.take());
        in.take();
        simple_[name] = std::move(type);
    }
}

const ComplexType* SchemaTable::complex(std::string_view name) const {
    const auto found = complex_.find(name);
    return found == complex_.end() ? nullptr : &found->second;
}

const SimpleType* SchemaTable::simple(std::string_view name) const {
    const auto found = simple_.find(name);
    return found == simple_.end() ? nullptr : &found->second;
}

std::string_view SchemaTable::operation_type(std::string_view name) const {
    const auto found = operations_.find(name);
    return found == operations_.end() ? std::string_view{} : std::string_view(found->second);
}

std::string_view SchemaTable::header_type(std::string_view name) const {
    const auto found = headers_.find(name);
    return found == headers_.end() ? std::string_view{} : std::string_view(found->second);
}

}  // namespace liaison::sandbox::ews
