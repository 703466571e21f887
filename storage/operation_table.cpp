#include "storage/operation_table.hpp"

#include "storage/record_codec.hpp"

namespace liaison::storage {

namespace {

// Columns: 0 id, 1 state, 2 attempts, 3 due, 4 body. The columns outrank what the body says.
Operation operation_row(const Rows& rows) {
    Operation out = expect_stored(decode_operation(rows.bytes(4)));
    out.id = OperationId(rows.integer(0));
    const std::int64_t state = rows.integer(1);
    if (state < 0 || state > static_cast<std::int64_t>(OperationState::Rejected))
        broken("stored record: unknown state of an operation");
    out.state = static_cast<OperationState>(state);
    out.attempts = static_cast<int>(rows.integer(2));
    out.due = Timestamp(std::chrono::milliseconds(rows.integer(3)));
    return out;
}

std::int64_t operation_state(OperationState state) { return static_cast<std::int64_t>(state); }

}  // namespace

OperationId OperationTable::insert(PairNumber pair, const Operation& operation) {
    if (const std::optional<Operation> present = of_link(operation.link)) {
        if (present->state != OperationState::Rejected)
            broken("link " + std::to_string(operation.link.value()) + " has an operation in flight", "second_operation");
        remove(present->id);
    }
    Operation queued = operation;
    queued.id = OperationId();
    queued.state = OperationState::Queued;
    const std::string body = encode_operation(queued);
    const auto rows = database_.query(
        "INSERT INTO operation (pair, link, state, attempts, due, body) VALUES (?, ?, 0, ?, ?, ?) RETURNING id",
        {pair, operation.link.value(), std::int64_t{operation.attempts},
         std::int64_t{operation.due.time_since_epoch().count()}, std::string_view(body)});
    if (!rows->next()) broken("a new operation got no number");
    const OperationId id(rows->integer(0));
    rows->next();
    return id;
}

std::optional<Operation> OperationTable::find(PairNumber pair, OperationId id) {
    const auto rows = database_.query(
        "SELECT id, state, attempts, due, body FROM operation WHERE id = ? AND pair = ?", {id.value(), pair});
    if (!rows->next()) return std::nullopt;
    return operation_row(*rows);
}

std::optional<Operation> OperationTable::of_link(LinkId link) {
    const auto rows =
        database_.query("SELECT id, state, attempts, due, body FROM operation WHERE link = ?", {link.value()});
    if (!rows->next()) return std::nullopt;
    return operation_row(*rows);
}

std::vector<Operation> OperationTable::due(PairNumber pair, Timestamp now, std::size_t max) {
    std::vector<Operation> out;
    const auto rows = database_.query(
        "SELECT id, state, attempts, due, body FROM operation WHERE pair = ? AND state = 0 AND due <= ? "
        "ORDER BY id LIMIT ?",
        {pair, std::int64_t{now.time_since_epoch().count()}, static_cast<std::int64_t>(max)});
    while (rows->next()) out.push_back(operation_row(*rows));
    return out;
}

std::vector<Operation> OperationTable::sent(PairNumber pair) {
    std::vector<Operation> out;
    const auto rows = database_.query(
        "SELECT id, state, attempts, due, body FROM operation WHERE pair = ? AND state = 1 ORDER BY id", {pair});
    while (rows->next()) out.push_back(operation_row(*rows));
    return out;
}

bool OperationTable::mark_sent(PairNumber pair, OperationId id) {
    return database_.execute(
               "UPDATE operation SET state = 1, attempts = attempts + 1 WHERE id = ? AND pair = ? AND state <> 2",
               {id.value(), pair}) == 1;
}

void OperationTable::rewrite(const Operation& operation) {
    const std::string body = encode_operation(operation);
    database_.execute("UPDATE operation SET state = ?, attempts = ?, due = ?, body = ? WHERE id = ?",
                      {operation_state(operation.state), std::int64_t{operation.attempts},
                       std::int64_t{operation.due.time_since_epoch().count()}, std::string_view(body),
                       operation.id.value()});
}

void OperationTable::remove(OperationId id) {
    database_.execute("DELETE FROM parked WHERE operation IS NOT NULL AND operation = ?", {id.value()});
    database_.execute("DELETE FROM operation WHERE id = ?", {id.value()});
}

}  // namespace liaison::storage
