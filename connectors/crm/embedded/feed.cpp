#include "connectors/crm/embedded/feed.hpp"

#include <set>

#include "connectors/crm/embedded/record_rows.hpp"
#include "core/limits.hpp"
#include "core/text.hpp"

namespace liaison::crm {

namespace {

constexpr auto kPageItems = static_cast<std::int64_t>(limits::sync_page_items_max);

struct FeedPosition {
    std::int64_t seq = 0;
    std::optional<std::int64_t> snapshot_after;  ///< row id; present while a snapshot is being read
};

/// Knows the row of the log at `seq` again: a file that was put back from a backup and has gone on since has another
/// one there. Empty for no row.
std::string feed_mark(CrmDatabase& db, std::int64_t seq) {
    Query query(db.sqlite(), "SELECT kind || ' ' || id || ' ' || version || ' ' || at FROM change_log WHERE seq = ?");
    query.bind(seq);
    if (!query.row()) return {};
    std::uint32_t hash = 0x811c9dc5u;
    for (const char c : query.text(0)) hash = (hash ^ static_cast<unsigned char>(c)) * 0x01000193u;
    return std::to_string(hash);
}

Cursor feed_cursor(CrmDatabase& db, const RepCollection& rep, const FeedPosition& position) {
    std::string text = "sqlite:" + db.incarnation() + ":" + std::to_string(rep.user_id) + ":" +
                       std::to_string(position.seq);
    if (const std::string mark = feed_mark(db, position.seq); !mark.empty()) text += "-" + mark;
    if (position.snapshot_after) text += ":" + std::to_string(*position.snapshot_after);
    return Cursor(std::move(text));
}

std::optional<std::int64_t> cursor_number(const std::string& text) {
    if (text == "0") return 0;
    const std::int64_t number = row_id_of(text);
    return number > 0 ? std::optional(number) : std::nullopt;
}

std::int64_t head_of_feed(CrmDatabase& db) {
    Query query(db.sqlite(), "SELECT ifnull(max(seq), 0) FROM change_log");
    return query.row() ? query.integer(0) : 0;
}

std::unexpected<Error> cursor_expired(const char* why) {
    return fail(ErrorKind::CursorExpired, std::string("the feed of the CRM starts anew: ") + why);
}

Result<FeedPosition> parse_feed_cursor(CrmDatabase& db, const RepCollection& rep, const Cursor& cursor) {
    const std::vector<std::string> parts = split(cursor.str(), ':');
    if (parts.size() < 4 || parts.size() > 5 || parts[0] != "sqlite")
        return cursor_expired("the cursor is not one of the embedded CRM");
    if (parts[1] != db.incarnation()) return cursor_expired("the cursor belongs to another file");
    if (parts[2] != std::to_string(rep.user_id)) return cursor_expired("the mailbox belongs to another user now");
    FeedPosition position;
    const std::size_t dash = std::min(parts[3].find('-'), parts[3].size());
    const auto seq = cursor_number(parts[3].substr(0, dash));
    if (!seq) return cursor_expired("the cursor is damaged");
    position.seq = *seq;
    if (parts.size() == 5) {
        position.snapshot_after = cursor_number(parts[4]);
        if (!position.snapshot_after) return cursor_expired("the cursor is damaged");
    }
    if (position.seq > head_of_feed(db)) return cursor_expired("an older copy of the file is in place");
    if (dash < parts[3].size() && parts[3].substr(dash + 1) != feed_mark(db, position.seq))
        return cursor_expired("an older copy of the file was put back and has gone on since");
    return position;
}

/// Rows of the collection after a row id, in order of row ids.
std::string collection_where(EntityKind kind) {
    const std::string alive = " WHERE x.deleted = 0 AND x.id > ?2 AND ";
    const std::string tail = " AND " + scope_condition(kind) + " ORDER BY x.id LIMIT ?3";
    if (kind != EntityKind::Appointment) return alive + "x.owner_id = ?1" + tail;
    return alive + "x.id IN (SELECT id FROM appointment WHERE owner_id = ?1 AND deleted = 0 UNION "
                   "SELECT ap.appointment_id FROM user_address ua JOIN appointment_participant ap "
                   "ON ap.address = ua.address WHERE ua.user_id = ?1)" + tail;
}

ChangePage snapshot_page(CrmDatabase& db, const RepCollection& rep, FeedPosition position) {
    ChangePage page;
    page.is_snapshot = true;
    const std::string sql = observation_select(rep.kind) + collection_where(rep.kind);
    Query query(db.sqlite(), sql);
    query.bind(rep.user_id).bind(position.snapshot_after.value_or(0)).bind(kPageItems);
    while (query.row()) {
        position.snapshot_after = query.integer(kObservationId);
        page.observations.push_back(read_observation(db.sqlite(), rep.kind, query));
    }
    page.is_last = static_cast<std::int64_t>(page.observations.size()) < kPageItems;
    if (page.is_last) position.snapshot_after.reset();
    page.next = feed_cursor(db, rep, position);
    return page;
}

ChangePage change_page(CrmDatabase& db, const RepCollection& rep, FeedPosition position) {
    ChangePage page;
    std::set<std::int64_t> seen;
    std::int64_t rows = 0;
    Query query(db.sqlite(), "SELECT seq, id, version, at FROM change_log "
                             "WHERE kind = ? AND user_id = ? AND seq > ? ORDER BY seq LIMIT ?");
    query.bind(to_string(rep.kind)).bind(rep.user_id).bind(position.seq).bind(kPageItems);
    while (query.row()) {
        ++rows;
        position.seq = query.integer(0);
        const std::int64_t id = query.integer(1);
        if (!seen.insert(id).second) continue;
        auto observation = observe_row(db, rep, id);
        if (!observation) {
            // A foreign writer removed the row for good: the log is all that is left of it.
            observation.emplace();
            observation->key = ItemKey(std::to_string(id));
            observation->version = Version(query.text(2));
            observation->modified_at = parse_timestamp(query.text(3)).value_or(Timestamp{});
            observation->content = Tombstone{true};
        }
        page.observations.push_back(std::move(*observation));
    }
    page.is_last = rows < kPageItems;
    page.next = feed_cursor(db, rep, position);
    return page;
}

std::optional<Observation> observe_key(CrmDatabase& db, const RepCollection& rep, const ItemKey& key) {
    const std::int64_t id = row_id_of(key.str());
    return id == 0 ? std::nullopt : observe_row(db, rep, id);
}

}  // namespace

std::string external_key_of(const CorrelationToken& token) {
    if (token.nonce.empty()) return {};
    return CorrelationToken{token.system, token.kind, {}, token.nonce}.str();
}

std::optional<Observation> observe_row(CrmDatabase& db, const RepCollection& rep, std::int64_t id) {
    const std::string sql = observation_select(rep.kind) + " WHERE x.id = ?2";
    Query query(db.sqlite(), sql);
    query.bind(rep.user_id).bind(id);
    if (!query.row()) return std::nullopt;
    return read_observation(db.sqlite(), rep.kind, query);
}

std::optional<Observation> observe_token(CrmDatabase& db, const RepCollection& rep,
                                         const CorrelationToken& token) {
    if (!token.kind.empty() && token.kind != to_string(rep.kind)) return std::nullopt;
    if (const std::string key = external_key_of(token); !key.empty()) {
        Query query(db.sqlite(), "SELECT item_id FROM external_link WHERE external_key = ? AND kind = ?");
        query.bind(key).bind(to_string(rep.kind));
        if (query.row()) {
            auto seen = observe_row(db, rep, query.integer(0));
            if (seen && !seen->gone()) return seen;
        }
    }
    auto seen = observe_key(db, rep, ItemKey(token.crm_id));
    return seen && !seen->gone() ? seen : std::nullopt;
}

Result<ChangePage> pull_changes(CrmDatabase& db, const CollectionId& collection, const Cursor& cursor) {
    Reading reading(db.sqlite());
    const auto rep = find_collection(db, collection);
    if (!rep) return std::unexpected(rep.error());
    ChangePage page;
    if (cursor.empty()) {
        page = snapshot_page(db, *rep, FeedPosition{head_of_feed(db), 0});
    } else {
        const auto position = parse_feed_cursor(db, *rep, cursor);
        if (!position) return std::unexpected(position.error());
        page = position->snapshot_after ? snapshot_page(db, *rep, *position) : change_page(db, *rep, *position);
    }
    if (auto read = reading.finish(); !read) return std::unexpected(read.error());
    return page;
}

std::vector<Result<Observation>> get_items(CrmDatabase& db, const CollectionId& collection,
                                           const std::vector<ItemKey>& keys) {
    Reading reading(db.sqlite());
    const auto rep = find_collection(db, collection);
    if (!rep) return std::vector<Result<Observation>>(keys.size(), std::unexpected(rep.error()));
    std::vector<Result<Observation>> out;
    for (const ItemKey& key : keys) {
        auto seen = observe_key(db, *rep, key);
        if (auto read = reading.finish(); !read)
            out.push_back(std::unexpected(read.error()));
        else if (!seen || seen->gone())
            out.push_back(fail(ErrorKind::NotFound, "the CRM has no such item"));
        else
            out.push_back(std::move(*seen));
    }
    return out;
}

Result<SyncEndpoint::KeyPage> list_keys(CrmDatabase& db, const CollectionId& collection, const Cursor& page) {
    Reading reading(db.sqlite());
    const auto rep = find_collection(db, collection);
    if (!rep) return std::unexpected(rep.error());
    std::int64_t after = 0;
    if (!page.empty()) {
        after = row_id_of(page.str());
        if (after == 0) return cursor_expired("the cursor is damaged");
    }
    const std::string name(table_of(rep->kind));
    std::string sql = "SELECT x.id, x.version FROM " + name + " x";
    if (rep->kind != EntityKind::Contact) sql += " LEFT JOIN activity_type t ON t.code = x.type_code";
    sql += collection_where(rep->kind);
    SyncEndpoint::KeyPage out;
    Query query(db.sqlite(), sql);
    query.bind(rep->user_id).bind(after).bind(kPageItems);
    while (query.row()) out.items.emplace_back(ItemKey(query.text(0)), Version(query.text(1)));
    if (auto read = reading.finish(); !read) return std::unexpected(read.error());
    out.is_last = static_cast<std::int64_t>(out.items.size()) < kPageItems;
    if (!out.is_last) out.next = Cursor(out.items.back().first.str());
    return out;
}

Result<std::optional<Observation>> find_by_token(CrmDatabase& db, const CollectionId& collection,
                                                 const CorrelationToken& token) {
    Reading reading(db.sqlite());
    const auto rep = find_collection(db, collection);
    if (!rep) return std::unexpected(rep.error());
    auto found = observe_token(db, *rep, token);
    if (auto read = reading.finish(); !read) return std::unexpected(read.error());
    return found;
}

}  // namespace liaison::crm
