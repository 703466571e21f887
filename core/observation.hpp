#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/ids.hpp"
#include "core/record.hpp"
#include "core/time.hpp"

namespace liaison {

enum class Side : std::uint8_t { Crm, Exchange };
inline constexpr Side kSides[] = {Side::Crm, Side::Exchange};
constexpr Side other(Side side) {
    return side == Side::Crm ? Side::Exchange : Side::Crm;
}
std::string_view to_string(Side side);

/// The item is gone. `confirmed` says that a read of its key said so in the same pass; an
/// unconfirmed tombstone deletes nothing.
struct Tombstone {
    bool confirmed = false;
    friend bool operator==(const Tombstone&, const Tombstone&) = default;
};

/// The item exists but no longer belongs to what is mirrored (owner changed, type not registered in
/// Outlook).
struct OutOfScope {
    friend bool operator==(const OutOfScope&, const OutOfScope&) = default;
};

/// The item exists and cannot be mirrored as it is: a series, an unreadable item. It is parked with
/// this reason.
struct Unreadable {
    std::string reason_code;  ///< series, corrupt, too_large, unknown_time_zone, unknown_class
    std::string detail;       ///< for the admin; no mail content
    friend bool operator==(const Unreadable&, const Unreadable&) = default;
};

/// What one side shows of one item.
struct Observation {
    ItemKey key;
    Version version;
    Timestamp modified_at{};
    CorrelationToken token;  ///< ours, if the item carries one; else empty
    std::variant<Record, Tombstone, OutOfScope, Unreadable> content;

    const Record* record() const { return std::get_if<Record>(&content); }
    bool gone() const { return std::holds_alternative<Tombstone>(content); }
    friend bool operator==(const Observation&, const Observation&) = default;
};

/// One page of a feed.
struct ChangePage {
    std::vector<Observation> observations;
    Cursor next;
    bool is_last = true;
    /// This page belongs to a reading of the whole collection from the start (first run, or after
    /// CursorExpired): what is absent from the complete snapshot is a *candidate* for deletion, to
    /// be confirmed by a read.
    bool is_snapshot = false;
};

}  // namespace liaison
