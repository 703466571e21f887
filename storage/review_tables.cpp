#include "storage/review_tables.hpp"

#include "storage/record_codec.hpp"

namespace liaison::storage {

namespace {

std::int64_t review_side(Side side) { return side == Side::Crm ? 0 : 1; }
std::int64_t review_time(Timestamp time) { return time.time_since_epoch().count(); }

}  // namespace

void ReviewTables::insert_conflict(PairNumber pair, const Conflict& conflict) {
    const std::string body = encode_conflict(conflict);
    database_.execute("INSERT INTO conflict (pair, body) VALUES (?, ?)", {pair, std::string_view(body)});
}

std::vector<StoredConflict> ReviewTables::conflicts(std::size_t offset, std::size_t max) {
    std::vector<StoredConflict> out;
    const auto rows = database_.query(
        "SELECT c.id, p.name, c.body FROM conflict c JOIN pair p ON p.id = c.pair ORDER BY c.id LIMIT ? OFFSET ?",
        {static_cast<std::int64_t>(max), static_cast<std::int64_t>(offset)});
    while (rows->next())
        out.push_back({rows->integer(0), PairId(rows->bytes(1)), expect_stored(decode_conflict(rows->bytes(2)))});
    return out;
}

void ReviewTables::park(PairNumber pair, const ParkedItem& item, Timestamp now) {
    std::int64_t known = 0;
    {
        const auto rows = database_.query(
            "SELECT id FROM parked WHERE pair = ? AND key_hash = ? AND side = ? AND item_key = ? AND operation IS NULL",
            {pair, key_hash(item.key.str()), review_side(item.side), Blob{item.key.str()}});
        if (rows->next()) known = rows->integer(0);
    }
    const std::string body = encode_parked(item);
    if (known != 0) {
        database_.execute(
            "UPDATE parked SET since = CASE WHEN version = ? THEN since ELSE ? END, version = ?, body = ? WHERE id = ?",
            {Blob{item.version.str()}, review_time(now), Blob{item.version.str()}, std::string_view(body), known});
        return;
    }
    database_.execute(
        "INSERT INTO parked (pair, side, key_hash, item_key, version, since, body) VALUES (?, ?, ?, ?, ?, ?, ?)",
        {pair, review_side(item.side), key_hash(item.key.str()), Blob{item.key.str()}, Blob{item.version.str()},
         review_time(now), std::string_view(body)});
}

void ReviewTables::park_operation(PairNumber pair, const Operation& operation, Timestamp now) {
    ParkedItem item;
    item.side = operation.side;
    item.key = operation.key;
    item.version = operation.expected_version;
    item.reason = operation.reason;
    item.reason_code = "rejected";
    item.detail = std::string(to_string(operation.kind));
    if (operation.last_error) {
        item.detail += ": " + std::string(to_string(operation.last_error->kind)) + " " +
                       operation.last_error->native_code + " " + operation.last_error->message;
    }
    const std::string body = encode_parked(item);
    database_.execute("DELETE FROM parked WHERE operation IS NOT NULL AND operation = ?", {operation.id.value()});
    database_.execute(
        "INSERT INTO parked (pair, side, key_hash, item_key, version, operation, link, since, body) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        {pair, review_side(item.side), key_hash(item.key.str()), Blob{item.key.str()}, Blob{item.version.str()},
         operation.id.value(), operation.link.value(), review_time(now), std::string_view(body)});
}

std::optional<ReviewTables::ParkedRow> ReviewTables::find_parked(std::int64_t id) {
    const auto rows = database_.query(
        "SELECT p.name, k.pair, k.body, k.operation, k.link FROM parked k JOIN pair p ON p.id = k.pair WHERE k.id = ?",
        {id});
    if (!rows->next()) return std::nullopt;
    ParkedRow out;
    out.pair_name = PairId(rows->bytes(0));
    out.pair = rows->integer(1);
    out.item = expect_stored(decode_parked(rows->bytes(2)));
    if (!rows->is_null(3)) out.operation = OperationId(rows->integer(3));
    if (!rows->is_null(4)) out.link = LinkId(rows->integer(4));
    return out;
}

void ReviewTables::remove_parked(std::int64_t id) { database_.execute("DELETE FROM parked WHERE id = ?", {id}); }

std::vector<StoredParked> ReviewTables::parked(std::size_t offset, std::size_t max) {
    std::vector<StoredParked> out;
    const auto rows = database_.query(
        "SELECT k.id, p.name, k.body, k.since FROM parked k JOIN pair p ON p.id = k.pair ORDER BY k.id LIMIT ? OFFSET ?",
        {static_cast<std::int64_t>(max), static_cast<std::int64_t>(offset)});
    while (rows->next()) {
        StoredParked row;
        row.id = rows->integer(0);
        row.pair = PairId(rows->bytes(1));
        row.item = expect_stored(decode_parked(rows->bytes(2)));
        row.since = Timestamp(std::chrono::milliseconds(rows->integer(3)));
        out.push_back(std::move(row));
    }
    return out;
}

std::optional<HeldPlan> ReviewTables::held(PairNumber pair) {
    const auto rows = database_.query("SELECT body FROM held WHERE pair = ?", {pair});
    if (!rows->next()) return std::nullopt;
    return expect_stored(decode_held(rows->bytes(0)));
}

bool ReviewTables::hold(PairNumber pair, const HeldPlan& held) {
    bool same = false;
    {
        const auto rows = database_.query("SELECT hash FROM held WHERE pair = ?", {pair});
        same = rows->next() && rows->bytes(0) == held.hash;
    }
    const std::string body = encode_held(held);
    database_.execute(
        "INSERT INTO held (pair, hash, body) VALUES (?, ?, ?) "
        "ON CONFLICT (pair) DO UPDATE SET hash = excluded.hash, body = excluded.body",
        {pair, std::string_view(held.hash), std::string_view(body)});
    database_.execute("DELETE FROM approval WHERE pair = ? AND hash <> ?", {pair, std::string_view(held.hash)});
    return !same;
}

void ReviewTables::release_held(PairNumber pair) {
    database_.execute("DELETE FROM held WHERE pair = ?", {pair});
    database_.execute("DELETE FROM approval WHERE pair = ?", {pair});
}

void ReviewTables::approve(PairNumber pair, const std::string& hash, const std::string& who, Timestamp now) {
    database_.execute(
        "INSERT INTO approval (pair, hash, who, at) VALUES (?, ?, ?, ?) ON CONFLICT (pair, hash) DO NOTHING",
        {pair, std::string_view(hash), std::string_view(who), review_time(now)});
}

std::set<std::string> ReviewTables::approvals(PairNumber pair) {
    std::set<std::string> out;
    const auto rows = database_.query("SELECT hash FROM approval WHERE pair = ?", {pair});
    while (rows->next()) out.insert(rows->bytes(0));
    return out;
}

void ReviewTables::count_removal(PairNumber pair, Side side, Timestamp now) {
    database_.execute("INSERT INTO removal (pair, side, at) VALUES (?, ?, ?)",
                      {pair, review_side(side), review_time(now)});
}

std::size_t ReviewTables::removals(PairNumber pair, Side side, Timestamp since) {
    const auto rows = database_.query("SELECT COUNT(*) FROM removal WHERE pair = ? AND at > ? AND side = ?",
                                      {pair, review_time(since), review_side(side)});
    return rows->next() ? static_cast<std::size_t>(rows->integer(0)) : 0;
}

void ReviewTables::forget_removals(PairNumber pair, Timestamp before) {
    database_.execute("DELETE FROM removal WHERE pair = ? AND at < ?", {pair, review_time(before)});
}

}  // namespace liaison::storage
