#pragma once
#include "connectors/crm/embedded/sqlite.hpp"

namespace liaison::crm {

/// The newest schema of the embedded CRM.
inline constexpr std::int64_t kSchemaVersion = 2;

/// Brings an empty or older file to the newest schema, in one transaction. A file written by a
/// newer Liaison, or one that is another program's, is refused untouched.
Result<void> migrate_schema(Sqlite& db);

/// SQL text of one migration; schema version 1 is the first.
std::string schema_script(std::int64_t version);

/// Version 2: what logging in full needs. Its place is schema_mail.cpp.
std::string mail_schema_script();

}  // namespace liaison::crm
