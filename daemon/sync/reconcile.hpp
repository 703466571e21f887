#pragma once
#include "core/link.hpp"
#include "core/operation.hpp"

namespace liaison::sync {

/// What a side of a link shows, compared with its shadow in the fields that both sides carry.
enum class SideState : std::uint8_t { Same, Changed, Gone, LeftScope, Never };

/// What a cell of the case table says.
enum class Verdict : std::uint8_t {
    InStep,              ///< no edit travels; token and state colour may
    Merge,               ///< edits travel, field by field
    RemoveFromCrm,
    RemoveFromExchange,
    CreateInCrm,
    CreateInExchange,
    RecreateInCrm,       ///< the edit outranks the deletion: a new item under a new link
    RecreateInExchange,
    WithdrawMirror,      ///< left the CRM's scope: an unedited mirror of ours goes, anything else is unlinked and stays
    Unlink,
    Impossible
};

/// The case table (see the head of reconcile.cpp).
Verdict decide_cell(SideState crm, SideState exchange);

/// What has to be done so that both sides of a pair agree. Pure: the same picture gives the same plan, byte for
/// byte. Throws std::logic_error for a link without any anchor, which no plan ever opens. At most one operation per
/// link: what else a link needs follows when that one is settled.
Plan reconcile(const Picture& picture);

}  // namespace liaison::sync
