#pragma once
#include <string>
#include <vector>

#include "connectors/crm/embedded/crm_database.hpp"
#include "core/link.hpp"
#include "core/observation.hpp"

namespace liaison::crm {

/// Longest text of one line (subject, location, names); bodies and notes take
/// limits::body_chars_max.
inline constexpr std::size_t kLineCharsMax = 1000;

std::string_view table_of(EntityKind kind);

/// A column and what is written to it.
struct Assignment {
    std::string_view column;
    SqlValue value;
};

/// What the embedded CRM can do with a kind. `default_type` is the type code of activities without
/// one.
EndpointCapabilities embedded_capabilities(EntityKind kind, std::string default_type);

/// What is stored of `record` and shown when it is read: defaults (status, priority, show_as, type)
/// made explicit, texts cut to the limits, all-day times without zone and at midnight, one attendee
/// per address and name, fields that the CRM does not carry left out. Idempotent.
Record project_record(const Record& record, const std::string& default_type);

/// Patch to columns (attendees are a table of their own: see write_attendees). `InvalidRequest`
/// names the field that cannot be written. Cleared fields with a default get it.
Result<std::vector<Assignment>> assignments_of(EntityKind kind, const Patch& patch,
                                               const std::string& default_type);

/// SELECT of everything that an Observation needs; `?1` is the rep's user id. The table's alias is
/// `x`; append a WHERE.
std::string observation_select(EntityKind kind);
/// Reads the current row of such a SELECT: Record, Tombstone (confirmed), OutOfScope or Unreadable.
Observation read_observation(Sqlite& db, EntityKind kind, const Query& row);
/// The rowid column's place in observation_select.
inline constexpr int kObservationId = 0;

/// Condition on `x`: it belongs to the collection of the rep `?1`.
std::string scope_condition(EntityKind kind);

/// Makes the rows of appointment_participant say what `wanted` says; copies of reps stay.
void write_attendees(Sqlite& db, std::int64_t appointment_id, const AttendeeList& wanted);

/// A canonical value as its column stores it.
SqlValue sql_value_of(Field field, const Value& value);

}  // namespace liaison::crm
