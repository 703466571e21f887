#include "storage/database.hpp"

#include <bit>

namespace liaison::storage {

void broken(std::string message, std::string native_code) {
    throw StorageFailure(
        Error{ErrorKind::Internal, std::move(message), std::move(native_code), std::nullopt});
}

Transaction::Transaction(Database& database) : database_(database) {
    database_.execute("BEGIN");
}

Transaction::~Transaction() {
    if (!open_) return;
    try {
        database_.execute("ROLLBACK");
    } catch (const std::exception&) {
        // The database has rolled back by itself (disk full, I/O error): that is what was wanted.
        open_ = false;
    }
}

void Transaction::commit() {
    database_.execute("COMMIT");
    open_ = false;
}

std::int64_t key_hash(std::string_view bytes) {
    // FNV-1a, then the finisher of SplitMix64 so that all bits depend on all bytes.
    std::uint64_t h = 0xCBF29CE484222325u;
    for (const char c : bytes) {
        h ^= static_cast<std::uint8_t>(c);
        h *= 0x100000001B3u;
    }
    h ^= h >> 30;
    h *= 0xBF58476D1CE4E5B9u;
    h ^= h >> 27;
    h *= 0x94D049BB133111EBu;
    h ^= h >> 31;
    return h == 0 ? 1 : std::bit_cast<std::int64_t>(h);
}

}  // namespace liaison::storage
