#include "storage/pair_table.hpp"

namespace liaison::storage {

namespace {

constexpr std::int64_t kLinksPerPair = 1'000'000'000;

std::int64_t side_number(Side side) { return side == Side::Crm ? 0 : 1; }

}  // namespace

PairNumber PairTable::find(const PairId& pair) {
    const auto rows = database_.query("SELECT id FROM pair WHERE name = ?", {std::string_view(pair.str())});
    return rows->next() ? rows->integer(0) : 0;
}

PairNumber PairTable::ensure(const PairId& pair) {
    const PairNumber known = find(pair);
    if (known != 0) return known;
    const auto rows =
        database_.query("INSERT INTO pair (name) VALUES (?) RETURNING id", {std::string_view(pair.str())});
    if (!rows->next()) broken("a new pair got no number");
    const PairNumber number = rows->integer(0);
    rows->next();  // runs the statement to its end
    return number;
}

PairState PairTable::state(const PairId& pair) {
    PairState out;
    PairNumber number = 0;
    {
        const auto rows = database_.query(
            "SELECT id, paused, not_before, last_error, last_success FROM pair WHERE name = ?",
            {std::string_view(pair.str())});
        if (!rows->next()) return out;
        number = rows->integer(0);
        out.paused = rows->integer(1) != 0;
        out.not_before = Timestamp(std::chrono::milliseconds(rows->integer(2)));
        out.last_error = rows->bytes(3);
        out.last_success = Timestamp(std::chrono::milliseconds(rows->integer(4)));
    }
    FeedRow crm = feed(number, Side::Crm);
    FeedRow exchange = feed(number, Side::Exchange);
    out.crm_cursor = std::move(crm.cursor);
    out.exchange_cursor = std::move(exchange.cursor);
    out.crm_complete = crm.complete;
    out.exchange_complete = exchange.complete;
    return out;
}

FeedRow PairTable::feed(PairNumber pair, Side side) {
    FeedRow out;
    const auto rows = database_.query(
        "SELECT read_position, complete, generation, sweeping FROM feed WHERE pair = ? AND side = ?",
        {pair, side_number(side)});
    if (!rows->next()) return out;
    out.cursor = Cursor(rows->bytes(0));
    out.complete = rows->integer(1) != 0;
    out.generation = rows->integer(2);
    out.sweeping = rows->integer(3) != 0;
    return out;
}

void PairTable::write_feed(PairNumber pair, Side side, const FeedRow& feed) {
    database_.execute(
        "INSERT INTO feed (pair, side, read_position, complete, generation, sweeping) VALUES (?, ?, ?, ?, ?, ?) "
        "ON CONFLICT (pair, side) DO UPDATE SET read_position = excluded.read_position, complete = excluded.complete, "
        "generation = excluded.generation, sweeping = excluded.sweeping",
        {pair, side_number(side), Blob{feed.cursor.str()}, std::int64_t{feed.complete}, feed.generation,
         std::int64_t{feed.sweeping}});
}

std::int64_t PairTable::next_touch(PairNumber pair) {
    database_.execute("UPDATE pair SET touch_count = touch_count + 1 WHERE id = ?", {pair});
    return touch_count(pair);
}

std::int64_t PairTable::touch_count(PairNumber pair) {
    const auto rows = database_.query("SELECT touch_count FROM pair WHERE id = ?", {pair});
    return rows->next() ? rows->integer(0) : 0;
}

LinkId PairTable::next_link(PairNumber pair) {
    const auto rows = database_.query("SELECT next_link FROM pair WHERE id = ?", {pair});
    const std::int64_t stored = rows->next() ? rows->integer(0) : 0;
    return LinkId(std::max(stored, pair * kLinksPerPair + 1));
}

void PairTable::raise_next_link(PairNumber pair, LinkId next) {
    database_.execute("UPDATE pair SET next_link = ? WHERE id = ? AND next_link < ?",
                      {next.value(), pair, next.value()});
}

}  // namespace liaison::storage
