#pragma once
#include <optional>
#include <string_view>

#include "core/record.hpp"
#include "core/time.hpp"

namespace liaison::sync {

/// Liaison's own colour of an item, derived from the CRM's record and the day: "planned", "overdue" or "done".
/// Nothing for contacts. Tasks: done when completed or canceled, overdue when open and due before `today`.
/// Appointments: done when completed, canceled or over; they are never overdue.
std::optional<std::string_view> state_category(const Record& crm, Date today);

/// The first day on which state_category may differ although nobody edits the record; nothing when it is settled.
std::optional<Date> state_recheck(const Record& crm, Date today);

/// Nothing is left to be done: its deletion in a mailbox is tidying up (or a retention policy), not a wish to lose
/// history.
bool is_finished(const Record& crm, Date today);

}  // namespace liaison::sync
