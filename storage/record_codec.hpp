#pragma once
#include <string>
#include <string_view>

#include "core/interaction.hpp"
#include "core/link.hpp"
#include "core/observation.hpp"
#include "core/operation.hpp"
#include "core/record.hpp"
#include "core/result.hpp"
#include "storage/database.hpp"

/// Stored values as compact JSON: an object whose first member is "v":1. Writing is deterministic
/// (equal values, equal text) and reading gives back exactly what was written. Reading is strict:
/// an unknown version, member type, field or word is an `Internal` error, nothing is guessed. Texts
/// may hold any bytes.
namespace liaison::storage {

std::string encode_record(const Record& record);
Result<Record> decode_record(std::string_view text);

std::string encode_patch(const Patch& patch);
Result<Patch> decode_patch(std::string_view text);

std::string encode_observation(const Observation& observation);
Result<Observation> decode_observation(std::string_view text);

/// Everything, `state`, `attempts`, `due` and `last_error` included.
std::string encode_operation(const Operation& operation);
Result<Operation> decode_operation(std::string_view text);

std::string encode_link(const Link& link);
Result<Link> decode_link(std::string_view text);

std::string encode_link_change(const LinkChange& change);
Result<LinkChange> decode_link_change(std::string_view text);

std::string encode_conflict(const Conflict& conflict);
Result<Conflict> decode_conflict(std::string_view text);

std::string encode_parked(const ParkedItem& item);
Result<ParkedItem> decode_parked(std::string_view text);

std::string encode_held(const HeldPlan& held);
Result<HeldPlan> decode_held(std::string_view text);

std::string encode_plan(const Plan& plan);
Result<Plan> decode_plan(std::string_view text);

std::string encode_decision(const MailDecision& decision);
Result<MailDecision> decode_decision(std::string_view text);

std::string encode_choice(const MailChoice& choice);
Result<MailChoice> decode_choice(std::string_view text);

std::string encode_texts(const std::vector<std::string>& texts);
Result<std::vector<std::string>> decode_texts(std::string_view text);

/// The value or a StorageFailure: for rows that this program has written itself.
template <class T>
T expect_stored(Result<T> decoded) {
    if (!decoded) throw StorageFailure(decoded.error());
    return std::move(*decoded);
}

}  // namespace liaison::storage
