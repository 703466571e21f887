#include "storage/link_table.hpp"

#include "storage/observation_table.hpp"
#include "storage/record_codec.hpp"

namespace liaison::storage {

namespace {

std::int64_t anchor_side(Side side) { return side == Side::Crm ? 0 : 1; }

/// Days since 1970. A date that no calendar has is stored as the day that it runs over to.
std::int64_t day_number(const Date& date) { return std::chrono::sys_days(date).time_since_epoch().count(); }
Date date_of_day(std::int64_t number) { return Date(std::chrono::sys_days(std::chrono::days(number))); }

Parameter day_parameter(const std::optional<Date>& date) {
    return date ? Parameter(day_number(*date)) : Parameter(nullptr);
}

std::optional<Anchor> anchor_columns(const Rows& rows, int first) {
    if (rows.is_null(first)) return std::nullopt;
    Anchor anchor;
    anchor.key = ItemKey(rows.bytes(first));
    anchor.version = Version(rows.bytes(first + 1));
    anchor.shadow = expect_stored(decode_record(rows.bytes(first + 2)));
    return anchor;
}

}  // namespace

void LinkTable::insert(PairNumber pair, const Link& link, std::int64_t touch) {
    const std::string token = link.token.empty() ? std::string() : link.token.str();
    database_.execute(
        "INSERT INTO link (id, pair, kind, token, token_hash, attached, made_in_exchange, edited_in_exchange, "
        "recheck_on, touched) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        {link.id.value(), pair, static_cast<std::int64_t>(link.kind), std::string_view(token), token_hash(link.token),
         std::int64_t{link.attached}, std::int64_t{link.made_in_exchange}, std::int64_t{link.edited_in_exchange},
         day_parameter(link.recheck_on), touch});
    for (const Side side : kSides)
        if (link.anchor(side)) set_anchor(pair, link.id, side, *link.anchor(side));
}

std::optional<Link> LinkTable::find(PairNumber pair, LinkId id) {
    const auto rows = database_.query(
        "SELECT l.kind, l.token, l.attached, l.made_in_exchange, l.edited_in_exchange, l.recheck_on, "
        "c.item_key, c.version, c.shadow, e.item_key, e.version, e.shadow FROM link l "
        "LEFT JOIN anchor c ON c.link = l.id AND c.side = 0 LEFT JOIN anchor e ON e.link = l.id AND e.side = 1 "
        "WHERE l.id = ? AND l.pair = ?",
        {id.value(), pair});
    if (!rows->next()) return std::nullopt;
    Link link;
    link.id = id;
    const std::int64_t kind = rows->integer(0);
    if (kind < 0 || kind > static_cast<std::int64_t>(EntityKind::Contact)) broken("stored record: unknown kind");
    link.kind = static_cast<EntityKind>(kind);
    link.token = CorrelationToken::parse(rows->bytes(1));
    link.attached = rows->integer(2) != 0;
    link.made_in_exchange = rows->integer(3) != 0;
    link.edited_in_exchange = rows->integer(4) != 0;
    if (!rows->is_null(5)) link.recheck_on = date_of_day(rows->integer(5));
    link.crm = anchor_columns(*rows, 6);
    link.exchange = anchor_columns(*rows, 9);
    return link;
}

Link LinkTable::get(PairNumber pair, LinkId id) {
    std::optional<Link> link = find(pair, id);
    if (!link) broken("link " + std::to_string(id.value()) + " is not there", "no_such_link");
    return std::move(*link);
}

void LinkTable::set_anchor(PairNumber pair, LinkId id, Side side, const Anchor& anchor) {
    const std::string shadow = encode_record(anchor.shadow);
    database_.execute(
        "INSERT INTO anchor (link, side, pair, key_hash, item_key, version, shadow) VALUES (?, ?, ?, ?, ?, ?, ?) "
        "ON CONFLICT (link, side) DO UPDATE SET key_hash = excluded.key_hash, item_key = excluded.item_key, "
        "version = excluded.version, shadow = excluded.shadow",
        {id.value(), anchor_side(side), pair, key_hash(anchor.key.str()), Blob{anchor.key.str()},
         Blob{anchor.version.str()}, std::string_view(shadow)});
}

void LinkTable::set_flags(const Link& link) {
    database_.execute(
        "UPDATE link SET attached = ?, made_in_exchange = ?, edited_in_exchange = ?, recheck_on = ? WHERE id = ?",
        {std::int64_t{link.attached}, std::int64_t{link.made_in_exchange}, std::int64_t{link.edited_in_exchange},
         day_parameter(link.recheck_on), link.id.value()});
}

void LinkTable::remove(LinkId id) {
    database_.execute("DELETE FROM anchor WHERE link = ?", {id.value()});
    database_.execute("DELETE FROM link WHERE id = ?", {id.value()});
}

void LinkTable::touch(LinkId id, std::int64_t touch) {
    database_.execute("UPDATE link SET touched = ? WHERE id = ?", {touch, id.value()});
}

void LinkTable::clear_touched(PairNumber pair, std::int64_t watermark) {
    database_.execute("UPDATE link SET touched = 0 WHERE pair = ? AND touched > 0 AND touched <= ?", {pair, watermark});
}

std::optional<LinkId> LinkTable::find_token(PairNumber pair, const CorrelationToken& token) {
    const std::int64_t hash = token_hash(token);
    if (hash == 0) return std::nullopt;
    const auto rows =
        database_.query("SELECT id, token FROM link WHERE token_hash = ? AND pair = ? ORDER BY id", {hash, pair});
    while (rows->next())
        if (same_token(CorrelationToken::parse(rows->bytes(1)), token)) return LinkId(rows->integer(0));
    return std::nullopt;
}

std::set<std::int64_t> LinkTable::touched_or_due(PairNumber pair, Date today) {
    std::set<std::int64_t> out;
    {
        const auto rows = database_.query("SELECT id FROM link WHERE pair = ? AND touched > 0", {pair});
        while (rows->next()) out.insert(rows->integer(0));
    }
    const auto rows = database_.query(
        "SELECT id FROM link WHERE pair = ? AND recheck_on IS NOT NULL AND recheck_on <= ?", {pair, day_number(today)});
    while (rows->next()) out.insert(rows->integer(0));
    return out;
}

std::set<std::int64_t> LinkTable::all(PairNumber pair) {
    std::set<std::int64_t> out;
    const auto rows = database_.query("SELECT id FROM link WHERE pair = ?", {pair});
    while (rows->next()) out.insert(rows->integer(0));
    return out;
}

std::size_t LinkTable::count(PairNumber pair) {
    const auto rows = database_.query("SELECT COUNT(*) FROM link WHERE pair = ?", {pair});
    return rows->next() ? static_cast<std::size_t>(rows->integer(0)) : 0;
}

}  // namespace liaison::storage
