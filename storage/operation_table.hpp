#pragma once
#include <cstddef>
#include <optional>
#include <vector>

#include "core/operation.hpp"
#include "storage/database.hpp"
#include "storage/pair_table.hpp"

namespace liaison::storage {

/// Operations that are not settled: at most one per link (a unique index sees to it).
class OperationTable {
public:
    explicit OperationTable(Database& database) : database_(database) {}

    /// Stores it as Queued under a new id, which is answered. A rejected operation of the same link gives way.
    OperationId insert(PairNumber pair, const Operation& operation);
    std::optional<Operation> find(PairNumber pair, OperationId id);
    std::optional<Operation> of_link(LinkId link);
    std::vector<Operation> due(PairNumber pair, Timestamp now, std::size_t max);
    std::vector<Operation> sent(PairNumber pair);
    /// False when the pair has no such operation that may be sent.
    bool mark_sent(PairNumber pair, OperationId id);
    void rewrite(const Operation& operation);
    void remove(OperationId id);

private:
    Database& database_;
};

}  // namespace liaison::storage
