#pragma once
#include <map>
#include <optional>
#include <string>

#include "core/ports/sync_store.hpp"
#include "storage/database.hpp"

namespace liaison::storage {

/// The number of a pair inside the database; 0: not known yet.
using PairNumber = std::int64_t;

/// Where a feed stands, with the mark-and-sweep of a snapshot.
struct FeedRow {
    Cursor cursor;
    bool complete = false;
    std::int64_t generation = 0;  ///< of the newest snapshot; observations carry the one in which they were last seen
    bool sweeping = false;        ///< a snapshot has begun and not ended
};

/// Pairs and their feeds.
class PairTable {
public:
    explicit PairTable(Database& database) : database_(database) {}

    PairNumber find(const PairId& pair);
    PairNumber ensure(const PairId& pair);
    PairState state(const PairId& pair);
    FeedRow feed(PairNumber pair, Side side);
    void write_feed(PairNumber pair, Side side, const FeedRow& feed);

    /// The pair's next touched sequence number; rows that this transaction touches carry it.
    std::int64_t next_touch(PairNumber pair);
    std::int64_t touch_count(PairNumber pair);

    /// The first unused link number. Numbers are unique in the whole database because every pair has a range of its own:
    /// pair 7's first link is 7,000,000,001. Nonces are made of them.
    LinkId next_link(PairNumber pair);
    void raise_next_link(PairNumber pair, LinkId next);

private:
    Database& database_;
};

}  // namespace liaison::storage
