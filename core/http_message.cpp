#include "core/http_message.hpp"

#include <algorithm>

namespace liaison {

namespace {
char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }
}  // namespace

bool iequals(std::string_view a, std::string_view b) {
    return a.size() == b.size() &&
           std::equal(a.begin(), a.end(), b.begin(), [](char x, char y) { return lower(x) == lower(y); });
}

std::string_view HttpFields::get(std::string_view name) const {
    for (const auto& [key, value] : fields_)
        if (iequals(key, name)) return value;
    return {};
}

bool HttpFields::has(std::string_view name) const {
    return std::any_of(fields_.begin(), fields_.end(), [&](const auto& f) { return iequals(f.first, name); });
}

void HttpFields::set(std::string_view name, std::string value) {
    remove(name);
    add(name, std::move(value));
}

void HttpFields::add(std::string_view name, std::string value) {
    fields_.emplace_back(std::string(name), std::move(value));
}

void HttpFields::remove(std::string_view name) {
    std::erase_if(fields_, [&](const auto& f) { return iequals(f.first, name); });
}

}  // namespace liaison
