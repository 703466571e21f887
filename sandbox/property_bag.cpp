#include <algorithm>
#include <mutex>
#include <set>

#include "sandbox/mailbox_types.hpp"

namespace liaison::sandbox {
namespace {

// Keys come from a fixed vocabulary (FieldURIs, their indexes and attributes), so the set stays
// small.
std::string_view interned_property_key(std::string_view key) {
    static std::mutex mutex;
    static std::set<std::string, std::less<>> keys;
    const std::lock_guard lock(mutex);
    auto found = keys.find(key);
    if (found == keys.end()) found = keys.emplace(key).first;
    return *found;
}

struct EntryKeyLess {
    bool operator()(const PropertyBag::Entry& entry, std::string_view key) const {
        return entry.first < key;
    }
};

std::string lower_ascii_text(std::string_view text) {
    std::string out(text);
    for (char& c : out) {
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    }
    return out;
}

std::string hex_number(std::uint32_t value) {
    static constexpr char digits[] = "0123456789abcdef";
    std::string out;
    do {
        out.insert(out.begin(), digits[value & 15u]);
        value >>= 4;
    } while (value != 0);
    return "0x" + out;
}

}  // namespace

const PropertyValue* PropertyBag::find(std::string_view key) const {
    const auto at = std::lower_bound(entries_.begin(), entries_.end(), key, EntryKeyLess{});
    return at != entries_.end() && at->first == key ? &at->second : nullptr;
}

std::string_view PropertyBag::text(std::string_view key) const {
    const PropertyValue* value = find(key);
    const auto* text = value == nullptr ? nullptr : std::get_if<std::string>(value);
    return text == nullptr ? std::string_view{} : std::string_view(*text);
}

void PropertyBag::set(std::string_view key, PropertyValue value) {
    const auto at = std::lower_bound(entries_.begin(), entries_.end(), key, EntryKeyLess{});
    if (at != entries_.end() && at->first == key) {
        at->second = std::move(value);
    } else {
        entries_.insert(at, Entry{interned_property_key(key), std::move(value)});
    }
}

bool PropertyBag::erase(std::string_view key) {
    const auto at = std::lower_bound(entries_.begin(), entries_.end(), key, EntryKeyLess{});
    if (at == entries_.end() || at->first != key) return false;
    entries_.erase(at);
    return true;
}

void PropertyBag::erase_tree(std::string_view key) {
    std::erase_if(entries_, [key](const Entry& entry) {
        return entry.first.starts_with(key) &&
               (entry.first.size() == key.size() || entry.first[key.size()] == '/' ||
                entry.first[key.size()] == '@');
    });
}

std::string extended_key_by_name(std::string_view type, std::string_view guid,
                                 std::string_view name) {
    return std::string(type) + " {" + lower_ascii_text(guid) + "} Name " + std::string(name);
}

std::string extended_key_by_id(std::string_view type, std::string_view guid, std::uint32_t id) {
    return std::string(type) + " {" + lower_ascii_text(guid) + "} Id " + hex_number(id);
}

std::string extended_key_by_tag(std::string_view type, std::uint32_t tag) {
    return std::string(type) + " " + hex_number(tag);
}

}  // namespace liaison::sandbox
