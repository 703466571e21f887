#include "core/address_filter.hpp"

#include <algorithm>
#include <cstring>

namespace liaison {
namespace {

constexpr std::size_t kLoadPercent = 85;  // of the slots; beyond, groups overflow too often
constexpr std::size_t kSelectBatch = 32;

/// The 128-bit product folded to 64 bits: each bit of the result depends on all bits of both.
std::uint64_t folded_product(std::uint64_t a, std::uint64_t b) {
    __extension__ using Wide = unsigned __int128;
    const Wide product = static_cast<Wide>(a) * b;
    return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
}

std::uint64_t eight_bytes(const char* from, std::size_t count) {
    std::uint64_t out = 0;
    std::memcpy(&out, from, count);
    return out;
}

std::uint64_t address_hash(std::string_view text, std::uint64_t seed) {
    std::uint64_t hash = folded_product(seed ^ text.size(), 0x9E3779B97F4A7C15u);
    std::size_t at = 0;
    for (; at + 8 <= text.size(); at += 8)
        hash = folded_product(hash ^ eight_bytes(text.data() + at, 8), 0xD6E8FEB86659FD93u ^ seed);
    if (at < text.size())
        hash = folded_product(hash ^ eight_bytes(text.data() + at, text.size() - at),
                              0xA0761D6478BD642Fu ^ seed);
    return folded_product(hash ^ seed, 0xE7037ED1A0B428DBu);
}

}  // namespace

AddressFilter::AddressFilter(std::size_t addresses, std::uint64_t seed) : seed_(seed) {
    const std::size_t slots = std::max<std::size_t>(addresses, 1) * 100 / kLoadPercent + 1;
    groups_.resize((slots + kGroupSlots - 1) / kGroupSlots);
    room_ = std::max(addresses, groups_.size() * kGroupSlots * kLoadPercent / 100);
}

AddressFilter::Place AddressFilter::place_of(std::string_view address) const {
    const std::uint64_t hash = address_hash(address, seed_);
    const auto high = static_cast<std::uint32_t>(hash >> 32);
    const auto low = static_cast<std::uint32_t>(hash);
    const std::uint64_t group = (static_cast<std::uint64_t>(high) * groups_.size()) >> 32;
    return {static_cast<std::size_t>(group), low == 0 ? 1u : low};
}

/// Groups are filled in order, and what does not fit goes to the next one: a group with a free slot
/// ends the search.
bool AddressFilter::holds(const Place& place) const {
    std::size_t at = place.group;
    for (std::size_t looked = 0; looked < groups_.size(); ++looked) {
        const Group& group = groups_[at];
        bool found = false;
        for (std::size_t i = 0; i < kGroupSlots; ++i) found |= group.marks[i] == place.mark;
        if (found) return true;
        if (group.marks[kGroupSlots - 1] == 0) return false;
        at = at + 1 == groups_.size() ? 0 : at + 1;
    }
    return false;
}

bool AddressFilter::add(std::string_view normal_address) {
    const Place place = place_of(normal_address);
    if (holds(place)) return true;
    if (size_ >= room_) return false;
    std::size_t at = place.group;
    while (groups_[at].marks[kGroupSlots - 1] != 0) at = at + 1 == groups_.size() ? 0 : at + 1;
    for (std::uint32_t& mark : groups_[at].marks)
        if (mark == 0) {
            mark = place.mark;
            break;
        }
    ++size_;
    return true;
}

bool AddressFilter::may_hold(std::string_view normal_address) const {
    return holds(place_of(normal_address));
}

void AddressFilter::select(std::span<const std::string> normal_addresses,
                           std::vector<std::uint32_t>& out) const {
    Place places[kSelectBatch];
    for (std::size_t begin = 0; begin < normal_addresses.size(); begin += kSelectBatch) {
        const std::size_t count = std::min(kSelectBatch, normal_addresses.size() - begin);
        for (std::size_t i = 0; i < count; ++i) {
            places[i] = place_of(normal_addresses[begin + i]);
            __builtin_prefetch(&groups_[places[i].group]);
        }
        for (std::size_t i = 0; i < count; ++i)
            if (holds(places[i])) out.push_back(static_cast<std::uint32_t>(begin + i));
    }
}

}  // namespace liaison
