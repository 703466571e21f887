#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace liaison {

/// Which addresses are surely unknown, so that nobody need ask a CRM for them: most addresses on
/// mail are strangers'. Keeps 32 bits of each address' hash in groups of one cache line; an address
/// that was added is always found, a stranger passes about once in 10^8 times (and is then asked
/// for in vain). Nothing is ever taken out. The seed keeps strangers from choosing addresses that
/// collide.
class AddressFilter {
public:
    /// Room for at least `addresses`; 5 bytes each.
    AddressFilter(std::size_t addresses, std::uint64_t seed);

    /// False when there is no room left: then a larger one must be made.
    bool add(std::string_view normal_address);
    bool may_hold(std::string_view normal_address) const;
    /// Appends the indexes of those that may be held. Faster than one by one: the memory of many is
    /// asked for at once.
    void select(std::span<const std::string> normal_addresses,
                std::vector<std::uint32_t>& out) const;

    std::size_t size() const { return size_; }
    std::size_t room() const { return room_; }
    std::size_t bytes() const { return groups_.size() * sizeof(Group); }

private:
    static constexpr std::size_t kGroupSlots = 16;
    struct alignas(64) Group {
        std::uint32_t marks[kGroupSlots] = {};  ///< 0: free
    };
    struct Place {
        std::size_t group;
        std::uint32_t mark;
    };
    Place place_of(std::string_view address) const;
    bool holds(const Place& place) const;

    std::vector<Group> groups_;
    std::uint64_t seed_;
    std::size_t size_ = 0;
    std::size_t room_ = 0;
};

}  // namespace liaison
