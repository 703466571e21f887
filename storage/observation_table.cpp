#include "storage/observation_table.hpp"

#include "storage/record_codec.hpp"

namespace liaison::storage {

namespace {

enum ObservationState : std::int64_t {
    kRecord = 0,
    kGone = 1,
    kGoneConfirmed = 2,
    kOutOfScope = 3,
    kUnreadable = 4
};

/// The generation of a row that no page of the feed has shown.
constexpr std::int64_t kUnshown = -1;

bool is_gone(std::int64_t state) {
    return state == kGone || state == kGoneConfirmed;
}
bool is_free_work(std::int64_t state) {
    return state == kRecord || state == kUnreadable;
}
std::int64_t side_column(Side side) {
    return side == Side::Crm ? 0 : 1;
}

std::int64_t state_of(const Observation& observation) {
    if (const auto* gone = std::get_if<Tombstone>(&observation.content))
        return gone->confirmed ? kGoneConfirmed : kGone;
    if (std::holds_alternative<OutOfScope>(observation.content)) return kOutOfScope;
    return std::holds_alternative<Unreadable>(observation.content) ? kUnreadable : kRecord;
}

std::string content_of(const Observation& observation) {
    if (const Record* record = observation.record()) return encode_record(*record);
    if (const auto* bad = std::get_if<Unreadable>(&observation.content))
        return encode_texts({bad->reason_code, bad->detail});
    return {};
}

/// The row as it is compared; content stays encoded.
struct KnownRow {
    std::int64_t id = 0;
    std::string version;
    std::int64_t modified_at = 0;
    std::string token;
    std::int64_t state = 0;
    std::string content;
    std::optional<std::int64_t> link;
    std::int64_t generation = 0;
};

// Columns: 0 item_key, 1 version, 2 modified_at, 3 token, 4 state, 5 content.
Observation observation_row(const Rows& rows) {
    Observation out;
    out.key = ItemKey(rows.bytes(0));
    out.version = Version(rows.bytes(1));
    out.modified_at = Timestamp(std::chrono::milliseconds(rows.integer(2)));
    out.token = CorrelationToken::parse(rows.bytes(3));
    switch (rows.integer(4)) {
        case kRecord:
            out.content = expect_stored(decode_record(rows.bytes(5)));
            break;
        case kGone:
            out.content = Tombstone{false};
            break;
        case kGoneConfirmed:
            out.content = Tombstone{true};
            break;
        case kOutOfScope:
            out.content = OutOfScope{};
            break;
        case kUnreadable: {
            std::vector<std::string> texts = expect_stored(decode_texts(rows.bytes(5)));
            if (texts.size() != 2)
                broken("stored record: an unreadable item has a code and a detail");
            out.content = Unreadable{std::move(texts[0]), std::move(texts[1])};
            break;
        }
        default:
            broken("stored record: unknown state of an observation");
    }
    return out;
}

std::optional<KnownRow> find_known(Database& database, PairNumber pair, Side side,
                                   const ItemKey& key) {
    const auto rows = database.query(
        "SELECT id, version, modified_at, token, state, content, link, generation FROM observation "
        "WHERE key_hash = ? AND pair = ? AND side = ? AND item_key = ?",
        {key_hash(key.str()), pair, side_column(side), Blob{key.str()}});
    if (!rows->next()) return std::nullopt;
    KnownRow out;
    out.id = rows->integer(0);
    out.version = rows->bytes(1);
    out.modified_at = rows->integer(2);
    out.token = rows->bytes(3);
    out.state = rows->integer(4);
    out.content = rows->bytes(5);
    if (!rows->is_null(6)) out.link = rows->integer(6);
    out.generation = rows->integer(7);
    return out;
}

bool is_older(const Observation& seen, const KnownRow& known) {
    const std::int64_t time = seen.modified_at.time_since_epoch().count();
    return time != 0 && known.modified_at != 0 && time < known.modified_at;
}

bool is_newer(const Observation& seen, const KnownRow& known) {
    return known.modified_at != 0 && seen.modified_at.time_since_epoch().count() > known.modified_at;
}

/// The table above the class, line by line.
bool replaces(const Observation& seen, const KnownRow& known) {
    const std::int64_t state = state_of(seen);
    const bool same_version = !seen.version.empty() && seen.version.str() == known.version;
    if (is_gone(state)) {
        if (is_gone(known.state)) return state == kGoneConfirmed && known.state == kGone;
        return !is_older(seen, known);
    }
    if (known.state == kGoneConfirmed)
        return same_version ? is_newer(seen, known) : !is_older(seen, known);
    if (known.state == kGone) return !is_older(seen, known);
    if (same_version) return state != known.state;
    return !is_older(seen, known);
}

/// A link that waits for this key: its anchor was set before the feed showed the item.
std::optional<std::int64_t> link_by_anchor(Database& database, PairNumber pair, Side side,
                                           const ItemKey& key) {
    const auto rows = database.query(
        "SELECT link FROM anchor WHERE key_hash = ? AND pair = ? AND side = ? AND item_key = ?",
        {key_hash(key.str()), pair, side_column(side), Blob{key.str()}});
    if (!rows->next()) return std::nullopt;
    return rows->integer(0);
}

Parameter link_parameter(const std::optional<std::int64_t>& link) {
    return link ? Parameter(*link) : Parameter(nullptr);
}

void forget_parked(Database& database, PairNumber pair, Side side, const ItemKey& key) {
    database.execute(
        "DELETE FROM parked WHERE pair = ? AND key_hash = ? AND side = ? AND item_key = ? AND "
        "operation IS NULL",
        {pair, key_hash(key.str()), side_column(side), Blob{key.str()}});
}

void insert_observation(Database& database, PairNumber pair, Side side, const Observation& seen,
                        std::int64_t generation, std::int64_t touch) {
    const std::int64_t state = state_of(seen);
    const std::optional<std::int64_t> link = link_by_anchor(database, pair, side, seen.key);
    const std::string token = seen.token.empty() ? std::string() : seen.token.str();
    const std::string content = content_of(seen);
    const std::int64_t touched = link || is_free_work(state) ? touch : 0;
    database.execute(
        "INSERT INTO observation (pair, side, key_hash, item_key, version, modified_at, token, "
        "token_hash, state, "
        "content, touched, link, generation) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        {pair, side_column(side), key_hash(seen.key.str()), Blob{seen.key.str()},
         Blob{seen.version.str()}, std::int64_t{seen.modified_at.time_since_epoch().count()},
         std::string_view(token), token_hash(seen.token), state, std::string_view(content), touched,
         link_parameter(link), generation});
}

/// Columns: 0 item_key, 1 the item's token, 2 its link's.
std::vector<std::pair<ItemKey, CorrelationToken>> keys_and_tokens(Rows& rows) {
    std::vector<std::pair<ItemKey, CorrelationToken>> out;
    while (rows.next()) {
        CorrelationToken token = CorrelationToken::parse(rows.bytes(1));
        if (token.empty()) token = CorrelationToken::parse(rows.bytes(2));
        out.emplace_back(ItemKey(rows.bytes(0)), std::move(token));
    }
    return out;
}

constexpr std::string_view kFreeWhere =
    "FROM observation o WHERE o.pair = ? AND o.side = ? AND o.link IS NULL AND o.state IN (0, 4) "
    "AND o.released = 0 "
    "AND NOT EXISTS (SELECT 1 FROM parked p WHERE p.pair = o.pair AND p.key_hash = o.key_hash AND "
    "p.side = o.side "
    "AND p.item_key = o.item_key AND p.version = o.version AND p.operation IS NULL) ";

std::string free_select(std::string_view condition) {
    return "SELECT o.item_key, o.version, o.modified_at, o.token, o.state, o.content " +
           std::string(kFreeWhere) + std::string(condition);
}

}  // namespace

std::int64_t token_hash(const CorrelationToken& token) {
    if (token.empty()) return 0;
    return key_hash(token.nonce.empty() ? token.str() : token.nonce);
}

bool same_token(const CorrelationToken& a, const CorrelationToken& b) {
    if (a.empty() || b.empty()) return false;
    return a.nonce.empty() || b.nonce.empty() ? a == b : a.nonce == b.nonce;
}

bool ObservationTable::absorb(PairNumber pair, Side side, const Observation& seen,
                              std::optional<std::int64_t> generation, std::int64_t touch) {
    const std::optional<KnownRow> known = find_known(database_, pair, side, seen.key);
    if (!known) {
        if (seen.gone()) return false;
        insert_observation(database_, pair, side, seen, generation.value_or(kUnshown), touch);
        return true;
    }
    const std::int64_t state = state_of(seen);
    const bool gone = is_gone(state);
    const std::string content = content_of(seen);
    const std::string version = gone && seen.version.empty() ? known->version : seen.version.str();
    const std::string token = seen.token.empty() && gone ? known->token
                              : seen.token.empty()       ? ""
                                                         : seen.token.str();
    const bool equal = state == known->state && version == known->version &&
                       token == known->token && content == known->content;
    if (equal || !replaces(seen, *known)) {
        if (generation && known->generation != *generation)
            database_.execute("UPDATE observation SET generation = ? WHERE id = ?",
                              {*generation, known->id});
        return false;
    }
    const std::int64_t modified_at =
        std::max<std::int64_t>(seen.modified_at.time_since_epoch().count(), known->modified_at);
    const std::int64_t touched = known->link || is_free_work(state) ? touch : 0;
    const std::int64_t hash = token_hash(CorrelationToken::parse(token));
    // A feed that said "gone" does not speak of the item again, though a read found it.
    const bool revived = is_gone(known->state) && !gone;
    const std::int64_t shown = generation.value_or(revived ? kUnshown : known->generation);
    database_.execute(
        "UPDATE observation SET version = ?, modified_at = ?, token = ?, token_hash = ?, state = "
        "?, content = ?, "
        "touched = ?, generation = ?, released = 0 WHERE id = ?",
        {Blob{version}, modified_at, std::string_view(token), hash, state,
         std::string_view(content), touched, shown, known->id});
    forget_parked(database_, pair, side, seen.key);
    return true;
}

void ObservationTable::sweep(PairNumber pair, Side side, std::int64_t generation,
                             std::int64_t touch) {
    // A tombstone that no link needs has protected against a lagging feed for a whole snapshot
    // more: that is enough.
    database_.execute(
        "DELETE FROM observation WHERE pair = ? AND side = ? AND link IS NULL AND state IN (1, 2) "
        "AND generation < ?",
        {pair, side_column(side), generation - 1});
    database_.execute(
        "UPDATE observation SET state = 1, content = '', released = 0, "
        "touched = CASE WHEN link IS NULL THEN 0 ELSE ? END "
        "WHERE pair = ? AND side = ? AND generation <> ? AND (link IS NOT NULL OR generation <> ?) "
        "AND state IN (0, 4)",
        {touch, pair, side_column(side), generation, kUnshown});
}

void ObservationTable::bind(PairNumber pair, Side side, const ItemKey& key, std::int64_t link,
                            std::int64_t touch) {
    database_.execute(
        "UPDATE observation SET link = NULL, touched = CASE WHEN state IN (0, 4) THEN ? ELSE 0 END "
        "WHERE link = ? AND side = ? AND item_key <> ?",
        {touch, link, side_column(side), Blob{key.str()}});
    database_.execute(
        "UPDATE observation SET link = ?, released = 0 WHERE key_hash = ? AND pair = ? AND side = "
        "? AND item_key = ?",
        {link, key_hash(key.str()), pair, side_column(side), Blob{key.str()}});
    forget_parked(database_, pair, side, key);
}

void ObservationTable::unbind_all(std::int64_t link, std::int64_t watermark) {
    database_.execute(
        "UPDATE observation SET released = CASE WHEN state IN (1, 2) OR touched > ? THEN 0 ELSE 1 "
        "END, "
        "touched = CASE WHEN state IN (0, 4) AND touched > ? THEN touched ELSE 0 END, link = NULL "
        "WHERE link = ?",
        {watermark, watermark, link});
}

std::optional<Observation> ObservationTable::of_link(std::int64_t link, Side side) {
    const auto rows = database_.query(
        "SELECT item_key, version, modified_at, token, state, content FROM observation WHERE link "
        "= ? AND side = ?",
        {link, side_column(side)});
    if (!rows->next()) return std::nullopt;
    return observation_row(*rows);
}

std::optional<Observation> ObservationTable::find(PairNumber pair, Side side, const ItemKey& key) {
    const auto rows = database_.query(
        "SELECT item_key, version, modified_at, token, state, content FROM observation "
        "WHERE key_hash = ? AND pair = ? AND side = ? AND item_key = ?",
        {key_hash(key.str()), pair, side_column(side), Blob{key.str()}});
    if (!rows->next()) return std::nullopt;
    return observation_row(*rows);
}

void ObservationTable::touch(PairNumber pair, Side side, const ItemKey& key, std::int64_t touch) {
    database_.execute(
        "UPDATE observation SET touched = ?, released = 0 "
        "WHERE key_hash = ? AND pair = ? AND side = ? AND item_key = ?",
        {touch, key_hash(key.str()), pair, side_column(side), Blob{key.str()}});
}

void ObservationTable::clear_touch(PairNumber pair, Side side, const ItemKey& key) {
    database_.execute(
        "UPDATE observation SET touched = 0 WHERE key_hash = ? AND pair = ? AND side = ? AND "
        "item_key = ?",
        {key_hash(key.str()), pair, side_column(side), Blob{key.str()}});
}

void ObservationTable::clear_touched(PairNumber pair, std::int64_t watermark) {
    database_.execute(
        "UPDATE observation SET touched = 0 WHERE pair = ? AND touched > 0 AND touched <= ?",
        {pair, watermark});
}

std::vector<Observation> ObservationTable::free(PairNumber pair, Side side, Free which,
                                                std::size_t max) {
    static const std::string touched = free_select("AND o.touched > 0 ORDER BY o.item_key LIMIT ?");
    static const std::string untouched =
        free_select("AND o.touched = 0 ORDER BY o.item_key LIMIT ?");
    static const std::string all = free_select("ORDER BY o.item_key LIMIT ?");
    const std::string& sql = which == Free::Touched     ? touched
                             : which == Free::Untouched ? untouched
                                                        : all;
    std::vector<Observation> out;
    const auto rows =
        database_.query(sql, {pair, side_column(side), static_cast<std::int64_t>(max)});
    while (rows->next()) out.push_back(observation_row(*rows));
    return out;
}

std::vector<Observation> ObservationTable::free_with_token(PairNumber pair, Side side,
                                                           const CorrelationToken& token) {
    static const std::string sql =
        free_select("AND o.token_hash <> 0 AND o.token_hash = ? ORDER BY o.item_key");
    std::vector<Observation> out;
    const auto rows = database_.query(sql, {pair, side_column(side), token_hash(token)});
    while (rows->next()) {
        Observation found = observation_row(*rows);
        if (same_token(found.token, token)) out.push_back(std::move(found));
    }
    return out;
}

std::set<std::int64_t> ObservationTable::links_touched(PairNumber pair) {
    std::set<std::int64_t> out;
    const auto rows = database_.query(
        "SELECT link FROM observation WHERE pair = ? AND touched > 0 AND link IS NOT NULL", {pair});
    while (rows->next()) out.insert(rows->integer(0));
    return out;
}

std::vector<std::pair<ItemKey, CorrelationToken>> ObservationTable::unconfirmed(PairNumber pair,
                                                                                Side side) {
    return keys_and_tokens(*database_.query(
        "SELECT o.item_key, o.token, l.token FROM observation o JOIN link l ON l.id = o.link "
        "WHERE o.pair = ? AND o.side = ? AND o.state = 1 ORDER BY o.item_key",
        {pair, side_column(side)}));
}

std::vector<std::pair<ItemKey, CorrelationToken>> ObservationTable::unshown(PairNumber pair,
                                                                            Side side,
                                                                            const ItemKey& after,
                                                                            std::size_t max) {
    return keys_and_tokens(*database_.query(
        "SELECT o.item_key, o.token, l.token FROM observation o JOIN link l ON l.id = o.link "
        "WHERE o.pair = ? AND o.side = ? AND o.generation = -1 AND o.state IN (0, 3, 4) "
        "AND o.item_key > ? ORDER BY o.item_key LIMIT ?",
        {pair, side_column(side), Blob{after.str()}, static_cast<std::int64_t>(max)}));
}

}  // namespace liaison::storage
