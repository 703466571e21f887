#pragma once
#include <optional>
#include <string>
#include <vector>

#include "core/ports/sync_store.hpp"
#include "storage/database.hpp"
#include "storage/stores.hpp"

namespace liaison::storage {

/// The append-only journal. Each line carries the SHA-256 of the line before it and of its own content; the newest line is
/// also noted in `meta`, so that a change, a removal in the middle and a cut at the end are all found by `verify`.
class Journal {
public:
    explicit Journal(Database& database) : database_(database) {}

    /// `sequence` is given here. Inside the caller's transaction.
    void append(JournalEntry entry);
    /// Notes the newest line; once per transaction, before it commits.
    void finish();
    /// The transaction was rolled back.
    void abandon() { head_.reset(); }
    std::vector<JournalEntry> read(std::int64_t after, std::size_t max);
    JournalReport verify();

private:
    struct Head {
        std::int64_t sequence = 0;
        std::string hash;
    };
    Head read_head();
    void write_head(const Head& head);

    Database& database_;
    std::optional<Head> head_;
};

}  // namespace liaison::storage
