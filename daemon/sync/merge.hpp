#pragma once
#include <optional>
#include <vector>

#include "core/link.hpp"
#include "core/observation.hpp"
#include "core/record.hpp"

namespace liaison::sync {

/// What the merge knows of one side. The pointers must outlive the call.
struct MergeSide {
    const Record* shadow = nullptr;  ///< this side's form of the last agreed state
    const Record* seen = nullptr;
    const EndpointCapabilities* can = nullptr;
    FieldMask writable;              ///< what may be written now; may be less than `can->writable`
};

struct MergeRules {
    Side winner = Side::Crm;            ///< of fields that both sides changed to different values
    bool exchange_edits_stay = false;   ///< a private item: its edits neither travel nor are overwritten nor recorded
};

struct FieldConflict {
    Field field = Field::Subject;
    Side winner = Side::Crm;
    std::optional<Value> base;
    std::optional<Value> crm_value;
    std::optional<Value> exchange_value;
    bool awaits_write = false;  ///< the winner's value must still be written to the other side
};

/// What the merge decides for one side.
struct MergedSide {
    FieldMask changed;  ///< differs from this side's shadow, in fields that both sides carry
    Patch patch;        ///< to be written to this side; holds the rest of a write group at its present values
    Record target;      ///< this side's whole state after the write, in its own form
    Record shadow;      ///< this side's shadow now: what needs no write is agreed already
};

struct Merged {
    MergedSide crm;
    MergedSide exchange;
    std::vector<FieldConflict> conflicts;

    MergedSide& side(Side which) { return which == Side::Crm ? crm : exchange; }
    const MergedSide& side(Side which) const { return which == Side::Crm ? crm : exchange; }
};

/// Fields that both sides carry: the only ones that are ever compared. Liaison's own colour is not among them.
FieldMask common_fields(const EndpointCapabilities& crm, const EndpointCapabilities& exchange);

/// `record` as this endpoint would store it.
Record projected(const EndpointCapabilities& can, const Record& record);

/// The fields of `patch` that change something; the others only keep a write group complete.
FieldMask changing_fields(const Patch& patch, const Record& before);

/// Three-way merge, field by field, against one shadow per side (style-anchors 5.4, law 4). A change of one side
/// travels unless the other side cannot write the field; equal values (after projection) are agreement; start, end
/// and all-day go together, and so do status, percentage and completion date.
Merged merge_changes(const MergeSide& crm, const MergeSide& exchange, const MergeRules& rules);

/// Shadows for two items that were found to be one without a common past. Where they agree, each side's shadow is
/// what it shows; where they differ, both shadows are empty, so that the merge fills gaps and records what
/// contradicts.
struct FreshShadows {
    Record crm;
    Record exchange;
};
FreshShadows fresh_shadows(const Record& crm, const Record& exchange, const EndpointCapabilities& crm_can,
                           const EndpointCapabilities& exchange_can);

}  // namespace liaison::sync
