#pragma once
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/ids.hpp"
#include "core/observation.hpp"
#include "core/record.hpp"
#include "core/result.hpp"

namespace liaison {

/// Why an operation or a change of a link exists. `explain` turns it into a sentence.
enum class Reason : std::uint8_t {
    NewInCrm,
    NewInExchange,
    ChangedInCrm,
    ChangedInExchange,
    MergedBoth,
    GoneInCrm,
    GoneInExchange,
    GoneOnBoth,
    EditOutranksDeletion,
    LeftScopeInCrm,
    LeftScopeInExchange,
    MatchedByToken,
    MatchedByUid,
    MatchedByContent,
    StateColour,
    StampToken,
    CopyReleased,
    AttendeeCopy,
    AcknowledgedEcho,
    SeriesNotSupported,
    Unreadable,
    PolicyForbids,
    Ambiguous,
    WaitsForOrganizer,
    PrivateItem
};
std::string_view to_string(Reason reason);

enum class OperationKind : std::uint8_t { Create, Update, Delete };
std::string_view to_string(OperationKind kind);
enum class OperationState : std::uint8_t { Queued, Sent, Rejected };
std::string_view to_string(OperationState state);

/// An effect on one side. Durable before it is sent; its outcome is settled by `settle_operation`.
struct Operation {
    OperationId id;  ///< given by the store at commit
    LinkId link;
    Side side = Side::Exchange;  ///< where the effect happens
    OperationKind kind = OperationKind::Create;
    Reason reason = Reason::NewInCrm;
    ItemKey key;               ///< update, delete
    Version expected_version;  ///< update, delete: conditional
    Record target;  ///< create: what is sent; update: the side's whole state afterwards (becomes
                    ///< its shadow)
    Patch patch;    ///< update: only this is written
    Record before;  ///< update, delete: the before-image, for undo
    Record source;  ///< state of the other side from which this derives (becomes the other side's
                    ///< shadow)
    Version source_version;
    CorrelationToken token;  ///< create: travels in the item; update: stamped if `stamp_token`
    bool stamp_token = false;
    OperationState state = OperationState::Queued;
    int attempts = 0;
    Timestamp due{};  ///< not before
    std::optional<Error> last_error;
    friend bool operator==(const Operation&, const Operation&) = default;
};

/// What the store changes about links when a plan is committed; no effect outside.
struct OpenLink {
    LinkId link;
    EntityKind kind = EntityKind::Task;
    CorrelationToken token;
    std::optional<Side> source;  ///< the side whose item exists already
    ItemKey source_key;
    Version source_version;
    Record source_shadow;
    bool made_in_exchange = false;
    Reason reason = Reason::NewInCrm;
    friend bool operator==(const OpenLink&, const OpenLink&) = default;
};
/// An item is bound to a link on one side (matched, adopted, moved to another key) with the shadow
/// given.
struct BindItem {
    LinkId link;
    Side side = Side::Exchange;
    ItemKey key;
    Version version;
    Record shadow;
    bool attached = false;
    Reason reason = Reason::MatchedByToken;
    friend bool operator==(const BindItem&, const BindItem&) = default;
};
/// Both sides agree already: shadows and versions move on without any effect. Absent members stay.
struct AdvanceShadow {
    LinkId link;
    Side side = Side::Crm;
    Version version;
    Record shadow;
    bool edited_in_exchange = false;  ///< set (never cleared) on the link
    Reason reason = Reason::AcknowledgedEcho;
    CorrelationToken token =
        {};  ///< not empty: the item carries it now, so it becomes the link's token
    friend bool operator==(const AdvanceShadow&, const AdvanceShadow&) = default;
};
struct Unlink {
    LinkId link;
    Reason reason = Reason::GoneOnBoth;
    friend bool operator==(const Unlink&, const Unlink&) = default;
};
struct SetRecheck {
    LinkId link;
    std::optional<Date> on;
    friend bool operator==(const SetRecheck&, const SetRecheck&) = default;
};
using LinkChange = std::variant<OpenLink, BindItem, AdvanceShadow, Unlink, SetRecheck>;

/// Two people wrote the same field; the losing value is kept for its author.
struct Conflict {
    LinkId link;
    Field field = Field::Subject;
    Side winner = Side::Crm;
    std::optional<Value> base;
    std::optional<Value> crm_value;
    std::optional<Value> exchange_value;
    Timestamp at{};
    friend bool operator==(const Conflict&, const Conflict&) = default;
};

/// An item that is not mirrored, with the evidence. It never blocks its folder.
struct ParkedItem {
    Side side = Side::Exchange;
    ItemKey key;
    Version version;  ///< parked until the item changes
    Reason reason = Reason::Unreadable;
    std::string reason_code;  ///< series, corrupt, ...
    std::string detail;
    friend bool operator==(const ParkedItem&, const ParkedItem&) = default;
};

/// A plan that the guard stopped. Nothing of its removals happens until the very list is approved.
struct HeldPlan {
    std::string hash;  ///< of the removals, in order
    std::string why;
    std::vector<Operation> removals;
    std::vector<LinkId> unlinkings;
    friend bool operator==(const HeldPlan&, const HeldPlan&) = default;
};

/// What reconcile decides. Same picture, same plan, byte for byte.
struct Plan {
    /// Operations in flight that are taken back, before anything else of the plan: rejected ones
    /// whose link moved on, and creates whose item was found.
    std::vector<OperationId> withdrawn;
    std::vector<LinkChange> changes;    ///< applied in this order when the plan is committed
    std::vector<Operation> operations;  ///< queued in this order; at most one per link
    std::vector<Conflict> conflicts;
    std::vector<ParkedItem> parked;
    std::optional<HeldPlan> held;
    LinkId next_link;

    bool empty() const {
        return withdrawn.empty() && changes.empty() && operations.empty() && conflicts.empty() &&
               parked.empty() && !held;
    }
    friend bool operator==(const Plan&, const Plan&) = default;
};

/// What came of one effect.
struct Outcome {
    Result<Observation>
        result;  ///< create, update: the item afterwards; delete: a confirmed Tombstone
};

/// What the store does about an outcome, in one transaction.
struct Settlement {
    OperationId operation;
    LinkId link;
    enum class What : std::uint8_t { Done, Dropped, Requeued, Rejected } what = What::Done;
    std::vector<LinkChange> changes;      ///< anchors and shadows that follow from it
    std::optional<Observation> observed;  ///< absorbed like a feed's observation of `side`
    Side side = Side::Exchange;
    std::optional<Operation> requeued;  ///< the operation with its new state, attempts and due time
    std::optional<Error> error;
    friend bool operator==(const Settlement&, const Settlement&) = default;
};

}  // namespace liaison
