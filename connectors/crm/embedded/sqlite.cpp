#include "connectors/crm/embedded/sqlite.hpp"

#include <sqlite3.h>

#include <map>
#include <utility>

namespace liaison::crm {

namespace {

constexpr std::size_t kStatementsKept = 256;

/// SQLite's result codes (sqlite.org/rescode.html) as our kinds.
ErrorKind kind_of_sqlite_code(int code) {
    if (code == SQLITE_CONSTRAINT_UNIQUE || code == SQLITE_CONSTRAINT_PRIMARYKEY) return ErrorKind::AlreadyExists;
    switch (code & 0xff) {
        case SQLITE_BUSY:
        case SQLITE_LOCKED:
        case SQLITE_FULL:
        case SQLITE_IOERR: return ErrorKind::Transient;
        case SQLITE_PERM:
        case SQLITE_READONLY:
        case SQLITE_AUTH: return ErrorKind::Forbidden;
        case SQLITE_CANTOPEN: return ErrorKind::NotFound;
        case SQLITE_CONSTRAINT:
        case SQLITE_MISMATCH: return ErrorKind::InvalidRequest;
        case SQLITE_TOOBIG: return ErrorKind::TooLarge;
        case SQLITE_CORRUPT:
        case SQLITE_NOTADB: return ErrorKind::CorruptReply;
        default: return ErrorKind::Internal;
    }
}

std::string sqlite_code_name(int code) { return "SQLITE_" + std::to_string(code); }

}  // namespace

struct Sqlite::Prepared {
    sqlite3_stmt* statement = nullptr;
    bool in_use = false;
    bool kept = true;
};

struct Sqlite::Cache {
    std::map<std::string, std::unique_ptr<Prepared>, std::less<>> statements;
};

Result<std::unique_ptr<Sqlite>> Sqlite::open(const std::filesystem::path& path) {
    std::unique_ptr<Sqlite> db(new Sqlite);
    db->cache_ = std::make_unique<Cache>();
    const auto utf8 = path.u8string();
    const std::string name(utf8.begin(), utf8.end());
    const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_FULLMUTEX;
    const int code = sqlite3_open_v2(name.c_str(), &db->handle_, flags, nullptr);
    if (code != SQLITE_OK) {
        return fail(kind_of_sqlite_code(code),
                    "the CRM's file cannot be opened: " + name + ": " + sqlite3_errstr(code),
                    sqlite_code_name(code));
    }
    sqlite3_extended_result_codes(db->handle_, 1);
    sqlite3_busy_timeout(db->handle_, 10'000);
    db->script("PRAGMA page_size=8192; PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"
               "PRAGMA foreign_keys=ON; PRAGMA wal_autocheckpoint=4000; PRAGMA cache_size=-8192;"
               "PRAGMA trusted_schema=OFF;");
    if (auto error = db->take_error()) {
        error->message = "the CRM's file cannot be used: " + name + ": " + error->message;
        return std::unexpected(std::move(*error));
    }
    return db;
}

Sqlite::~Sqlite() {
    if (cache_)
        for (auto& [sql, prepared] : cache_->statements) sqlite3_finalize(prepared->statement);
    sqlite3_close_v2(handle_);
}

void Sqlite::script(const std::string& sql) {
    if (error_) return;
    const int code = sqlite3_exec(handle_, sql.c_str(), nullptr, nullptr, nullptr);
    if (code != SQLITE_OK) keep_error(code);
}

std::int64_t Sqlite::last_insert_id() const { return sqlite3_last_insert_rowid(handle_); }

std::int64_t Sqlite::changes() const { return sqlite3_changes(handle_); }

std::int64_t Sqlite::total_changes() const { return sqlite3_total_changes(handle_); }

bool Sqlite::in_transaction() const { return sqlite3_get_autocommit(handle_) == 0; }

std::optional<Error> Sqlite::take_error() { return std::exchange(error_, std::nullopt); }

void Sqlite::fail_with(Error error) {
    if (!error_) error_ = std::move(error);
}

void Sqlite::keep_error(int code) {
    if (error_) return;
    // sqlite3_errmsg names tables and columns, never values.
    error_ = Error{kind_of_sqlite_code(code), std::string("CRM database: ") + sqlite3_errmsg(handle_),
                   sqlite_code_name(code), std::nullopt};
}

Sqlite::Prepared* Sqlite::prepare(std::string_view sql) {
    const auto found = cache_->statements.find(sql);
    if (found != cache_->statements.end() && !found->second->in_use) {
        found->second->in_use = true;
        return found->second.get();
    }
    auto prepared = std::make_unique<Prepared>();
    const int code = sqlite3_prepare_v3(handle_, sql.data(), static_cast<int>(sql.size()),
                                        SQLITE_PREPARE_PERSISTENT, &prepared->statement, nullptr);
    if (code != SQLITE_OK) {
        keep_error(code);
        return nullptr;
    }
    prepared->in_use = true;
    prepared->kept = found == cache_->statements.end() && cache_->statements.size() < kStatementsKept;
    if (!prepared->kept) return prepared.release();
    return cache_->statements.emplace(std::string(sql), std::move(prepared)).first->second.get();
}

void Sqlite::give_back(Prepared* prepared) {
    if (prepared->kept) {
        sqlite3_reset(prepared->statement);
        sqlite3_clear_bindings(prepared->statement);
        prepared->in_use = false;
        return;
    }
    sqlite3_finalize(prepared->statement);
    delete prepared;
}

Query::Query(Sqlite& db, std::string_view sql) : db_(db) {
    if (db_.error_) return;
    prepared_ = db_.prepare(sql);
    if (prepared_) statement_ = prepared_->statement;
}

Query::~Query() {
    if (prepared_) db_.give_back(prepared_);
}

Query& Query::bind(std::int64_t number) {
    if (statement_) sqlite3_bind_int64(statement_, next_parameter_++, number);
    return *this;
}

Query& Query::bind(std::string_view text) {
    const char* data = text.data() ? text.data() : "";
    if (statement_)
        sqlite3_bind_text64(statement_, next_parameter_++, data, text.size(), SQLITE_STATIC, SQLITE_UTF8);
    return *this;
}

Query& Query::bind_blob(std::string_view bytes) {
    const char* data = bytes.data() ? bytes.data() : "";
    if (statement_) sqlite3_bind_blob64(statement_, next_parameter_++, data, bytes.size(), SQLITE_STATIC);
    return *this;
}

Query& Query::bind_null() {
    if (statement_) sqlite3_bind_null(statement_, next_parameter_++);
    return *this;
}

Query& Query::bind_value(const SqlValue& value) {
    if (const auto* number = std::get_if<std::int64_t>(&value)) return bind(*number);
    if (const auto* text = std::get_if<std::string>(&value)) return bind(std::string_view(*text));
    if (const auto* blob = std::get_if<Blob>(&value)) return bind_blob(blob->bytes);
    return bind_null();
}

bool Query::row() {
    if (!statement_ || db_.error_) return false;
    const int code = sqlite3_step(statement_);
    if (code == SQLITE_ROW) return true;
    if (code != SQLITE_DONE) db_.keep_error(code);
    return false;
}

void Query::run() {
    while (row()) {
    }
}

bool Query::null(int column) const {
    return !statement_ || sqlite3_column_type(statement_, column) == SQLITE_NULL;
}

std::int64_t Query::integer(int column) const {
    return statement_ ? sqlite3_column_int64(statement_, column) : 0;
}

std::string Query::text(int column) const {
    if (!statement_) return {};
    const auto* data = reinterpret_cast<const char*>(sqlite3_column_text(statement_, column));
    if (!data) return {};
    return std::string(data, static_cast<std::size_t>(sqlite3_column_bytes(statement_, column)));
}

SqlValue Query::value(int column) const {
    if (!statement_) return std::monostate{};
    switch (sqlite3_column_type(statement_, column)) {
        case SQLITE_NULL: return std::monostate{};
        case SQLITE_INTEGER: return integer(column);
        case SQLITE_BLOB: {
            const auto* data = static_cast<const char*>(sqlite3_column_blob(statement_, column));
            const auto size = static_cast<std::size_t>(sqlite3_column_bytes(statement_, column));
            return Blob{data ? std::string(data, size) : std::string()};
        }
        default: return text(column);
    }
}

Transaction::Transaction(Sqlite& db) : db_(db) {
    db_.take_error();
    db_.script("BEGIN IMMEDIATE");
    open_ = !db_.error();
    if (!open_) begun_ = std::unexpected(*db_.error());
}

Transaction::~Transaction() {
    if (!open_) return;
    db_.take_error();
    db_.script("ROLLBACK");
    db_.take_error();
}

Result<void> Transaction::commit() {
    if (!db_.error()) db_.script("COMMIT");
    if (auto error = db_.take_error()) return std::unexpected(std::move(*error));
    open_ = false;
    return {};
}

Reading::Reading(Sqlite& db) : db_(db) {
    db_.take_error();
    db_.script("BEGIN DEFERRED");
    open_ = !db_.error();
}

Reading::~Reading() {
    if (!open_) return;
    db_.take_error();
    db_.script("ROLLBACK");
    db_.take_error();
}

Result<void> Reading::finish() {
    if (auto error = db_.take_error()) return std::unexpected(std::move(*error));
    return {};
}

Savepoint::Savepoint(Sqlite& db) : db_(db) {
    // A full disk makes SQLite take the whole transaction back; nothing may be written outside it.
    if (!db_.in_transaction())
        db_.fail_with(Error{ErrorKind::Transient, "CRM database: the transaction is gone", {}, std::nullopt});
    db_.script("SAVEPOINT item");
    open_ = !db_.error();
}

Savepoint::~Savepoint() {
    if (!open_) return;
    const auto kept = db_.take_error();
    db_.script("ROLLBACK TO item; RELEASE item");
    if (kept) db_.fail_with(*kept);
}

Result<void> Savepoint::release() {
    if (!open_) {
        if (auto error = db_.take_error()) return std::unexpected(std::move(*error));
        return fail(ErrorKind::Internal, "CRM database: no transaction");
    }
    if (!db_.error()) db_.script("RELEASE item");
    open_ = false;
    if (auto error = db_.take_error()) {
        db_.script("ROLLBACK TO item; RELEASE item");
        return std::unexpected(std::move(*error));
    }
    return {};
}

}  // namespace liaison::crm
