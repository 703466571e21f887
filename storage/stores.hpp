#pragma once
#include <cstdint>
#include <memory>
#include <string>

#include "core/async.hpp"
#include "core/ports/clock.hpp"
#include "core/ports/mail_store.hpp"
#include "core/ports/sync_store.hpp"
#include "core/ports/worker.hpp"
#include "core/result.hpp"

namespace liaison {

/// What a walk over the journal's chain of hashes found.
struct JournalReport {
    std::int64_t entries = 0;  ///< read and found whole
    std::int64_t first_broken =
        0;  ///< sequence of the first line that was changed or is missing; 0: none
    bool whole() const { return first_broken == 0; }
};

/// For the admin; not part of the protocol.
class StoreUpkeep {
public:
    virtual ~StoreUpkeep() = default;
    /// Reads the whole journal and recomputes its chain.
    virtual Async<Result<JournalReport>> verify_journal() = 0;
};

/// The stores of one data directory, over one connection. May be destroyed while a verb is under
/// way: its job ends by itself.
struct Stores {
    std::unique_ptr<SyncStore> sync;
    std::unique_ptr<MailStore> mail;
    std::unique_ptr<StoreUpkeep> upkeep;
};

/// Opens `directory`/liaison.db, creating both, and brings its schema up to date. Blocks (at start
/// only); afterwards all work runs on `worker`, which, with `clock`, must outlive the stores.
/// Refuses with a sentence: another process has the directory, the file is damaged, or it was
/// written by a newer version.
Result<Stores> open_stores(const std::string& directory, Worker& worker, Entropy& entropy,
                           const Clock& clock);
/// The same, kept nowhere.
Result<Stores> open_stores_in_memory(Worker& worker, Entropy& entropy, const Clock& clock);

}  // namespace liaison
