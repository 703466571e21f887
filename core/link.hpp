#pragma once
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "core/ids.hpp"
#include "core/observation.hpp"
#include "core/operation.hpp"
#include "core/record.hpp"

namespace liaison {

/// What one side looked like when both sides last agreed.
struct Anchor {
    ItemKey key;
    Version version;
    Record shadow;  ///< this side's own form of the agreed state (two shadows per link,
                    ///< style-anchors 5.4 law 4)
    friend bool operator==(const Anchor&, const Anchor&) = default;
};

/// One CRM item and its mirror.
struct Link {
    LinkId id;
    EntityKind kind = EntityKind::Task;
    CorrelationToken token;
    std::optional<Anchor> crm;
    std::optional<Anchor> exchange;
    /// Attendee's copy of a meeting whose organiser's copy is the truth: nothing flows in either
    /// direction.
    bool attached = false;
    /// The mirror in Exchange was made by Liaison (and not adopted): only such a mirror may be
    /// removed on leaving scope.
    bool made_in_exchange = false;
    /// A person edited the mirror since it was made.
    bool edited_in_exchange = false;
    /// The day on which the state colour may change without any edit (due date passed).
    std::optional<Date> recheck_on;

    std::optional<Anchor>& anchor(Side side) { return side == Side::Crm ? crm : exchange; }
    const std::optional<Anchor>& anchor(Side side) const {
        return side == Side::Crm ? crm : exchange;
    }
    friend bool operator==(const Link&, const Link&) = default;
};

enum class FeedKind : std::uint8_t { Delta, ModifiedSince, SnapshotOnly };
enum class TokenPlace : std::uint8_t { ExtendedProperty, LinkedResource, ExternalKey, None };

/// What an endpoint can do with one kind. Pure data (`project` is a pure function): the engine
/// holds no vendor names.
struct EndpointCapabilities {
    FeedKind feed = FeedKind::Delta;
    bool reports_deletes = true;
    bool conditional_write = true;
    TokenPlace token_place = TokenPlace::ExternalKey;
    bool idempotent_create =
        false;  ///< create_items with a known token returns the item that is there
    bool can_create = true;
    bool can_update = true;
    bool can_delete = true;
    std::size_t batch_size_max = 20;
    FieldMask carried;   ///< fields that it stores and returns
    FieldMask writable;  ///< subset that may be written
    /// Fields that must be sent together: if a patch holds one, the engine adds the others' present
    /// values.
    std::vector<FieldMask> write_groups;
    /// What this endpoint will store of `record`, and show when read back: truncation, zones,
    /// dropped fields. Idempotent.
    std::function<Record(const Record&)> project;
};

/// How conflicts and deletions are settled for a pair.
struct PairPolicy {
    Side conflict_winner = Side::Crm;  ///< same field changed on both sides; the loser is recorded
    bool delete_in_exchange = true;    ///< CRM deletions are mirrored (to Deleted Items)
    bool delete_in_crm = true;         ///< deletions by the rep are mirrored
    bool create_in_crm = true;         ///< items that the rep creates become CRM items
    bool mirror_private = false;       ///< private items travel
    bool state_categories = true;      ///< planned, overdue, done as categories
    std::size_t deletions_floor =
        10;  ///< guard: max(floor, percent of links) in 24 h and direction
    std::size_t deletions_percent = 5;
    friend bool operator==(const PairPolicy&, const PairPolicy&) = default;
};

/// Numbers that the guard needs about the whole pair, however few links were loaded.
struct PairTotals {
    std::size_t links = 0;
    std::size_t removals_24h_crm =
        0;  ///< deletions and unlinkings caused by Liaison in the last 24 hours
    std::size_t removals_24h_exchange = 0;
};

/// A link with what both sides show now.
struct LinkView {
    Link link;
    std::optional<Observation> crm;
    std::optional<Observation> exchange;
    std::optional<Operation> in_flight;

    const std::optional<Observation>& seen(Side side) const {
        return side == Side::Crm ? crm : exchange;
    }
};

/// Everything that reconcile may see. Complete: both feeds were read to their end.
struct Picture {
    PairId pair;
    MailboxId mailbox;
    EntityKind kind = EntityKind::Task;
    std::vector<LinkView> links;  ///< those that something touched (or all of them: same plan)
    std::vector<Observation> free_crm;  ///< observations without a link
    std::vector<Observation> free_exchange;
    /// Links that a free item claims by token (moved items, copies): the token's nonce to the link.
    /// Such a link is in `links`.
    std::map<std::string, LinkId> tokens;
    LinkId next_link;        ///< the first unused number
    std::string crm_system;  ///< for tokens
    std::string epoch;       ///< random mark of this data directory, for nonces
    Date today{};
    Timestamp now{};
    EndpointCapabilities crm_capabilities;
    EndpointCapabilities exchange_capabilities;
    PairPolicy policy;
    PairTotals totals;
    /// Addresses of organisers whose own mailbox is mirrored: their copy of a meeting is waited
    /// for.
    std::set<std::string> mirrored_organizers;
    /// Approved removal lists (hash of the list): a held plan with this hash may pass.
    std::set<std::string> approved_plans;

    const EndpointCapabilities& capabilities(Side side) const {
        return side == Side::Crm ? crm_capabilities : exchange_capabilities;
    }
};

}  // namespace liaison
