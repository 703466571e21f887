#include "connectors/crm/embedded/writes.hpp"

#include "connectors/crm/embedded/feed.hpp"

namespace liaison::crm {

namespace {

constexpr std::string_view kSyncWriter = "liaison";

const std::string& default_type_of(CrmDatabase& db, EntityKind kind) {
    return kind == EntityKind::Appointment ? db.default_appointment_type() : db.default_task_type();
}

/// Leaves the rep's token on an item; an older token of his goes.
void put_token(Sqlite& db, const RepCollection& rep, std::int64_t id,
               const CorrelationToken& token) {
    const std::string key = external_key_of(token);
    if (key.empty()) return;
    const std::string text = token.str();
    Query removal(db,
                  "DELETE FROM external_link WHERE external_key = ? OR (kind = ? AND item_id = ? "
                  "AND user_id = ?)");
    removal.bind(key).bind(to_string(rep.kind)).bind(id).bind(rep.user_id).run();
    Query insertion(db,
                    "INSERT INTO external_link(kind, item_id, user_id, external_key, token) "
                    "VALUES(?, ?, ?, ?, ?)");
    insertion.bind(to_string(rep.kind)).bind(id).bind(rep.user_id).bind(key).bind(text).run();
}

/// The meeting that another rep's calendar brought before; the rep joins it.
std::optional<std::int64_t> join_meeting(CrmDatabase& db, const RepCollection& rep,
                                         const Record& record) {
    const std::string uid(record.text(Field::ICalUid));
    if (rep.kind != EntityKind::Appointment || uid.empty()) return std::nullopt;
    Query query(db.sqlite(),
                "SELECT id, owner_id FROM appointment WHERE ical_uid = ? AND deleted = 0");
    query.bind(uid);
    if (!query.row()) return std::nullopt;
    const std::int64_t id = query.integer(0);
    if (query.integer(1) == rep.user_id) return id;
    Query shown(
        db.sqlite(),
        "UPDATE appointment_participant SET mirrored = 1 WHERE appointment_id = ? AND address IN "
        "(SELECT address FROM user_address WHERE user_id = ?)");
    shown.bind(id).bind(rep.user_id).run();
    if (db.sqlite().changes() > 0) return id;
    Query joined(
        db.sqlite(),
        "INSERT INTO appointment_participant(appointment_id, address, role) VALUES(?, ?, 'copy')");
    joined.bind(id).bind(rep.mailbox).run();
    return id;
}

Result<Observation> create_one(CrmDatabase& db, const RepCollection& rep,
                               const SyncEndpoint::NewItem& item, Timestamp now) {
    if (auto present = observe_token(db, rep, item.token)) return std::move(*present);
    std::int64_t id = 0;
    if (const auto meeting = join_meeting(db, rep, item.record)) {
        id = *meeting;
    } else {
        const std::string& default_type = default_type_of(db, rep.kind);
        const Record stored = project_record(item.record, default_type);
        const Patch everything = difference(Record(rep.kind), stored, fields_of(rep.kind));
        auto values = assignments_of(rep.kind, everything, default_type);
        if (!values) return std::unexpected(values.error());
        values->push_back({"owner_id", rep.user_id});
        id = insert_row(db.sqlite(), table_of(rep.kind), *values, now, kSyncWriter);
        if (const auto* people = stored.get<AttendeeList>(Field::Attendees))
            write_attendees(db.sqlite(), id, *people);
    }
    put_token(db.sqlite(), rep, id, item.token);
    auto seen = observe_row(db, rep, id);
    if (db.sqlite().error()) return std::unexpected(*db.sqlite().error());
    if (!seen) return fail(ErrorKind::Internal, "the CRM lost an item that it had just stored");
    return std::move(*seen);
}

/// An empty token in an update takes the rep's mark away.
void remove_token(Sqlite& db, const RepCollection& rep, std::int64_t id) {
    Query removal(db, "DELETE FROM external_link WHERE kind = ? AND item_id = ? AND user_id = ?");
    removal.bind(to_string(rep.kind)).bind(id).bind(rep.user_id).run();
}

/// The row that a conditional write is about, or why it may not be written.
Result<Observation> row_for_writing(CrmDatabase& db, const RepCollection& rep, const ItemKey& key,
                                    const Version& expected) {
    const std::int64_t id = row_id_of(key.str());
    auto seen = id == 0 ? std::nullopt : observe_row(db, rep, id);
    if (!seen || seen->gone()) return fail(ErrorKind::NotFound, "the CRM has no such item");
    if (seen->version != expected)
        return fail(ErrorKind::VersionConflict, "the CRM item has version " + seen->version.str());
    if (std::holds_alternative<OutOfScope>(seen->content))
        return fail(ErrorKind::VersionConflict, "the CRM item left the rep's collection");
    return std::move(*seen);
}

Result<Observation> update_one(CrmDatabase& db, const RepCollection& rep,
                               const SyncEndpoint::ItemUpdate& update, Timestamp now) {
    auto seen = row_for_writing(db, rep, update.key, update.expected_version);
    if (!seen) return seen;
    const Record* present = seen->record();
    if (!present && !update.patch.empty())
        return fail(ErrorKind::InvalidRequest, "the CRM item cannot be read, so it is not written");
    const std::int64_t id = row_id_of(update.key.str());
    bool is_written = false;
    if (present && !update.patch.empty()) {
        const std::string& default_type = default_type_of(db, rep.kind);
        // The check of what may be written is that of the patch; what is written is the projection
        // of the outcome.
        if (auto allowed = assignments_of(rep.kind, update.patch, default_type); !allowed)
            return std::unexpected(allowed.error());
        const Record wanted = project_record(apply(*present, update.patch), default_type);
        const Patch changes = difference(*present, wanted, fields_of(rep.kind));
        auto values = assignments_of(rep.kind, changes, default_type);
        if (!values) return std::unexpected(values.error());
        if (changes.contains(Field::Attendees)) {
            const auto* people = wanted.get<AttendeeList>(Field::Attendees);
            write_attendees(db.sqlite(), id, people ? *people : AttendeeList{});
        }
        is_written = !changes.empty();
        if (is_written)
            update_row(db.sqlite(), table_of(rep.kind), "id", id, *values, now, kSyncWriter);
    }
    if (update.stamp_token) {
        if (update.stamp_token->empty())
            remove_token(db.sqlite(), rep, id);
        else
            put_token(db.sqlite(), rep, id, *update.stamp_token);
        if (!is_written) update_row(db.sqlite(), table_of(rep.kind), "id", id, {}, now, kSyncWriter);
    }
    auto after = observe_row(db, rep, id);
    if (db.sqlite().error()) return std::unexpected(*db.sqlite().error());
    return std::move(*after);
}

Result<void> delete_one(CrmDatabase& db, const RepCollection& rep,
                        const SyncEndpoint::ItemRemoval& removal, Timestamp now) {
    const auto seen = row_for_writing(db, rep, removal.key, removal.expected_version);
    if (!seen) return std::unexpected(seen.error());
    const std::int64_t id = row_id_of(removal.key.str());
    if (rep.kind == EntityKind::Appointment) {
        Query owner(db.sqlite(), "SELECT owner_id FROM appointment WHERE id = ?");
        owner.bind(id);
        if (owner.row() && owner.integer(0) != rep.user_id) {
            Query hidden(
                db.sqlite(),
                "UPDATE appointment_participant SET mirrored = 0 WHERE appointment_id = ? AND "
                "address IN (SELECT address FROM user_address WHERE user_id = ?)");
            hidden.bind(id).bind(rep.user_id).run();
            return {};
        }
    }
    const std::vector<Assignment> gone{{"deleted", std::int64_t{1}}};
    update_row(db.sqlite(), table_of(rep.kind), "id", id, gone, now, kSyncWriter);
    return {};
}

/// One transaction, one savepoint per item. A failed commit is every item's outcome, and whether it
/// happened is unknown.
template <class T, class Item, class One>
std::vector<Result<T>> write_batch(CrmDatabase& db, const CollectionId& collection,
                                   const std::vector<Item>& items, const One& one) {
    Transaction transaction(db.sqlite());
    const auto all_fail = [&items](const Error& error) {
        return std::vector<Result<T>>(items.size(), std::unexpected(error));
    };
    if (!transaction.begun()) return all_fail(transaction.begun().error());
    const auto rep = find_collection(db, collection);
    if (!rep) return all_fail(rep.error());
    std::vector<Result<T>> out;
    out.reserve(items.size());
    for (const Item& item : items) {
        Savepoint savepoint(db.sqlite());
        Result<T> done = one(*rep, item);
        if (!done) db.sqlite().fail_with(done.error());
        if (const auto kept = savepoint.release(); !kept) done = std::unexpected(kept.error());
        out.push_back(std::move(done));
    }
    if (auto committed = transaction.commit(); !committed) {
        Error error = committed.error();
        if (error.kind != ErrorKind::Transient || error.native_code.empty())
            error.kind = ErrorKind::Unanswered;
        return all_fail(error);
    }
    return out;
}

}  // namespace

std::int64_t insert_row(Sqlite& db, std::string_view table, const std::vector<Assignment>& values,
                        Timestamp now, std::string_view modified_by) {
    std::string sql = "INSERT INTO " + std::string(table) + "(created_at, modified_at, modified_by";
    std::string marks = "?1, ?1, ?2";
    for (const Assignment& value : values) {
        sql += ", " + std::string(value.column);
        marks += ", ?";
    }
    sql += ") VALUES(" + marks + ")";
    const std::string at = format_timestamp(now);
    Query query(db, sql);
    query.bind(at).bind(modified_by);
    for (const Assignment& value : values) query.bind_value(value.value);
    query.run();
    return db.last_insert_id();
}

void update_row(Sqlite& db, std::string_view table, std::string_view key_column,
                const SqlValue& key, const std::vector<Assignment>& values, Timestamp now,
                std::string_view modified_by) {
    std::string sql =
        "UPDATE " + std::string(table) +
        " SET version = version + 1, modified_at = max(modified_at, ?), modified_by = ?";
    for (const Assignment& value : values) sql += ", " + std::string(value.column) + " = ?";
    sql += " WHERE " + std::string(key_column) + " = ?";
    const std::string at = format_timestamp(now);
    Query query(db, sql);
    query.bind(at).bind(modified_by);
    for (const Assignment& value : values) query.bind_value(value.value);
    query.bind_value(key).run();
}

std::vector<Result<Observation>> create_items(CrmDatabase& db, const CollectionId& collection,
                                              const std::vector<SyncEndpoint::NewItem>& items,
                                              Timestamp now) {
    return write_batch<Observation>(
        db, collection, items, [&](const RepCollection& rep, const SyncEndpoint::NewItem& item) {
            return create_one(db, rep, item, now);
        });
}

std::vector<Result<Observation>> update_items(CrmDatabase& db, const CollectionId& collection,
                                              const std::vector<SyncEndpoint::ItemUpdate>& updates,
                                              Timestamp now) {
    return write_batch<Observation>(
        db, collection, updates,
        [&](const RepCollection& rep, const SyncEndpoint::ItemUpdate& update) {
            return update_one(db, rep, update, now);
        });
}

std::vector<Result<void>> delete_items(CrmDatabase& db, const CollectionId& collection,
                                       const std::vector<SyncEndpoint::ItemRemoval>& removals,
                                       Timestamp now) {
    return write_batch<void>(
        db, collection, removals,
        [&](const RepCollection& rep, const SyncEndpoint::ItemRemoval& removal) {
            return delete_one(db, rep, removal, now);
        });
}

}  // namespace liaison::crm
