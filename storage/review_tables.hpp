#pragma once
#include <cstddef>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "core/ports/sync_store.hpp"
#include "storage/database.hpp"
#include "storage/pair_table.hpp"

namespace liaison::storage {

/// What waits for people: conflicts, parked items, held plans and their approvals; and the count of removals that the
/// guard needs.
class ReviewTables {
public:
    explicit ReviewTables(Database& database) : database_(database) {}

    void insert_conflict(PairNumber pair, const Conflict& conflict);
    std::vector<StoredConflict> conflicts(std::size_t offset, std::size_t max);

    /// One row per side and key; parking again replaces the evidence and keeps `since` if the version is the same.
    void park(PairNumber pair, const ParkedItem& item, Timestamp now);
    /// A rejected operation, parked under its own number.
    void park_operation(PairNumber pair, const Operation& operation, Timestamp now);
    struct ParkedRow {
        PairId pair_name;
        PairNumber pair = 0;
        ParkedItem item;
        std::optional<OperationId> operation;
        std::optional<LinkId> link;
    };
    std::optional<ParkedRow> find_parked(std::int64_t id);
    void remove_parked(std::int64_t id);
    std::vector<StoredParked> parked(std::size_t offset, std::size_t max);

    std::optional<HeldPlan> held(PairNumber pair);
    /// Replaces the held plan; approvals of other lists end. Answers whether it is another list than before.
    bool hold(PairNumber pair, const HeldPlan& held);
    void release_held(PairNumber pair);
    void approve(PairNumber pair, const std::string& hash, const std::string& who, Timestamp now);
    std::set<std::string> approvals(PairNumber pair);

    void count_removal(PairNumber pair, Side side, Timestamp now);
    std::size_t removals(PairNumber pair, Side side, Timestamp since);
    void forget_removals(PairNumber pair, Timestamp before);

private:
    Database& database_;
};

}  // namespace liaison::storage
