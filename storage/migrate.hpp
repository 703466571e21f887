#pragma once
#include <span>
#include <string_view>

#include "core/result.hpp"
#include "storage/database.hpp"

namespace liaison::storage {

/// One step of the schema; its number is its place, counted from 1. A step that was released is
/// never changed.
using MigrationText = std::string_view (*)();

std::string_view schema_001();
/// Explanations, choices, conversations, withdrawals of mail.
std::string_view schema_mail();

/// The steps of this version of Liaison.
std::span<const MigrationText> migrations();

/// Brings the schema up to date, each step in a transaction of its own together with its number.
/// Twice is as once. A schema that is newer than `steps` is refused (Internal) and left as it is.
Result<void> migrate(Database& database, std::span<const MigrationText> steps);

/// The schema's number; 0 for an empty database.
std::int64_t schema_version(Database& database);

}  // namespace liaison::storage
