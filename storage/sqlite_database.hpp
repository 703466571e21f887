#pragma once
#include <memory>
#include <string>

#include "core/result.hpp"
#include "storage/database.hpp"

namespace liaison::storage {

/// Opens (or creates) a database file for this process alone: WAL, synchronous=FULL, 8 KiB pages,
/// exclusive lock until closed. Checks the file before it is used when it is small or was not
/// closed properly. Errors, all `Internal`, say in words what to do: in use by another process
/// (SQLITE_BUSY), damaged (SQLITE_CORRUPT, SQLITE_NOTADB), not writable.
Result<std::shared_ptr<Database>> open_sqlite(const std::string& file);
/// A database that lives as long as the object.
Result<std::shared_ptr<Database>> open_sqlite_in_memory();

}  // namespace liaison::storage
