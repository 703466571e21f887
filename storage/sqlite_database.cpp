#include "storage/sqlite_database.hpp"

#include <sqlite3.h>

#include <filesystem>
#include <map>

namespace liaison::storage {

namespace {

constexpr std::uintmax_t kCheckedFileBytesMax =
    64u << 20;  ///< larger files are checked only after an unclean end

constexpr std::pair<int, std::string_view> kSqliteCodeNames[] = {
    {SQLITE_BUSY, "SQLITE_BUSY"},           {SQLITE_LOCKED, "SQLITE_LOCKED"},
    {SQLITE_NOMEM, "SQLITE_NOMEM"},         {SQLITE_READONLY, "SQLITE_READONLY"},
    {SQLITE_INTERRUPT, "SQLITE_INTERRUPT"}, {SQLITE_IOERR, "SQLITE_IOERR"},
    {SQLITE_CORRUPT, "SQLITE_CORRUPT"},     {SQLITE_FULL, "SQLITE_FULL"},
    {SQLITE_CANTOPEN, "SQLITE_CANTOPEN"},   {SQLITE_CONSTRAINT, "SQLITE_CONSTRAINT"},
    {SQLITE_TOOBIG, "SQLITE_TOOBIG"},       {SQLITE_NOTADB, "SQLITE_NOTADB"},
    {SQLITE_AUTH, "SQLITE_AUTH"},
};

std::string sqlite_code_name(int code) {
    for (const auto& [number, name] : kSqliteCodeNames)
        if (number == (code & 0xFF)) return std::string(name);
    return "SQLITE_" + std::to_string(code);
}

[[noreturn]] void throw_sqlite(sqlite3* connection, int code) {
    // SQLite's own text names tables and columns of the schema, never values.
    const char* text = connection ? sqlite3_errmsg(connection) : sqlite3_errstr(code);
    broken(std::string("database: ") + text, sqlite_code_name(code));
}

class SqliteDatabase final : public Database {
public:
    struct Prepared {
        sqlite3_stmt* statement = nullptr;
        bool in_use = false;
    };

    explicit SqliteDatabase(sqlite3* connection) : connection_(connection) {}
    ~SqliteDatabase() override {
        for (auto& [sql, prepared] : cache_) sqlite3_finalize(prepared.statement);
        sqlite3_close_v2(connection_);
    }
    SqliteDatabase(const SqliteDatabase&) = delete;
    SqliteDatabase& operator=(const SqliteDatabase&) = delete;

    std::unique_ptr<Rows> query(std::string_view sql,
                                std::initializer_list<Parameter> parameters) override;
    std::int64_t execute(std::string_view sql,
                         std::initializer_list<Parameter> parameters) override;
    void run_script(std::string_view sql) override {
        const int code =
            sqlite3_exec(connection_, std::string(sql).c_str(), nullptr, nullptr, nullptr);
        if (code != SQLITE_OK) throw_sqlite(connection_, code);
    }
    std::string_view row_id_ddl() const override { return "INTEGER PRIMARY KEY AUTOINCREMENT"; }

private:
    Prepared& prepare(std::string_view sql) {
        auto found = cache_.find(sql);
        if (found == cache_.end()) found = cache_.emplace(std::string(sql), Prepared{}).first;
        Prepared& prepared = found->second;
        if (prepared.in_use) broken("a statement is run again while its rows are still being read");
        if (!prepared.statement) {
            const int code =
                sqlite3_prepare_v3(connection_, sql.data(), static_cast<int>(sql.size()),
                                   SQLITE_PREPARE_PERSISTENT, &prepared.statement, nullptr);
            if (code != SQLITE_OK) throw_sqlite(connection_, code);
        }
        return prepared;
    }

    void bind(sqlite3_stmt* statement, std::initializer_list<Parameter> parameters) {
        if (sqlite3_bind_parameter_count(statement) != static_cast<int>(parameters.size()))
            broken("a statement has another number of parameters than it was given");
        int index = 1;
        for (const Parameter& parameter : parameters) {
            int code = SQLITE_OK;
            if (const auto* number = std::get_if<std::int64_t>(&parameter)) {
                code = sqlite3_bind_int64(statement, index, *number);
            } else if (const auto* text = std::get_if<std::string_view>(&parameter)) {
                code = sqlite3_bind_text64(statement, index, text->data() ? text->data() : "",
                                           text->size(), SQLITE_STATIC, SQLITE_UTF8);
            } else if (const auto* blob = std::get_if<Blob>(&parameter)) {
                code = sqlite3_bind_blob64(statement, index,
                                           blob->bytes.data() ? blob->bytes.data() : "",
                                           blob->bytes.size(), SQLITE_STATIC);
            } else {
                code = sqlite3_bind_null(statement, index);
            }
            if (code != SQLITE_OK) throw_sqlite(connection_, code);
            ++index;
        }
    }

    sqlite3* connection_;
    std::map<std::string, Prepared, std::less<>> cache_;
};

class SqliteRows final : public Rows {
public:
    SqliteRows(sqlite3* connection, SqliteDatabase::Prepared& prepared)
        : connection_(connection), prepared_(prepared) {
        prepared_.in_use = true;
    }
    ~SqliteRows() override {
        sqlite3_reset(prepared_.statement);
        sqlite3_clear_bindings(prepared_.statement);
        prepared_.in_use = false;
    }
    SqliteRows(const SqliteRows&) = delete;
    SqliteRows& operator=(const SqliteRows&) = delete;

    bool next() override {
        const int code = sqlite3_step(prepared_.statement);
        if (code == SQLITE_ROW) return true;
        if (code != SQLITE_DONE) throw_sqlite(connection_, code);
        return false;
    }
    bool is_null(int column) const override {
        return sqlite3_column_type(prepared_.statement, column) == SQLITE_NULL;
    }
    std::int64_t integer(int column) const override {
        return sqlite3_column_int64(prepared_.statement, column);
    }
    std::string bytes(int column) const override {
        const void* data = sqlite3_column_blob(prepared_.statement, column);
        const int size = sqlite3_column_bytes(prepared_.statement, column);
        return data ? std::string(static_cast<const char*>(data), static_cast<std::size_t>(size))
                    : std::string();
    }

private:
    sqlite3* connection_;
    SqliteDatabase::Prepared& prepared_;
};

std::unique_ptr<Rows> SqliteDatabase::query(std::string_view sql,
                                            std::initializer_list<Parameter> parameters) {
    Prepared& prepared = prepare(sql);
    auto rows = std::make_unique<SqliteRows>(connection_, prepared);
    bind(prepared.statement, parameters);
    return rows;
}

std::int64_t SqliteDatabase::execute(std::string_view sql,
                                     std::initializer_list<Parameter> parameters) {
    Prepared& prepared = prepare(sql);
    SqliteRows rows(connection_, prepared);
    bind(prepared.statement, parameters);
    while (rows.next()) {
    }
    return sqlite3_changes64(connection_);
}

Error open_failure(const std::string& file, const Error& cause) {
    std::string words = "cannot open the database " + file + ": " + cause.message;
    if (cause.native_code == "SQLITE_BUSY")
        words = "the data directory is in use by another Liaison process (" + file + " is locked)";
    else if (cause.native_code == "SQLITE_CORRUPT" || cause.native_code == "SQLITE_NOTADB")
        words = "the database " + file + " is damaged (" + cause.message +
                "): restore a backup, or move it away to have the links rebuilt from the marks in "
                "the items";
    return Error{ErrorKind::Internal, std::move(words), cause.native_code, std::nullopt};
}

void check_database_file(Database& database) {
    std::string report;
    {
        const auto rows = database.query("PRAGMA quick_check(1)");
        while (rows->next()) report += rows->bytes(0);
    }
    if (report != "ok") broken("integrity check: " + report, "SQLITE_CORRUPT");
}

Result<std::shared_ptr<Database>> open_sqlite_at(const std::string& file, bool check) {
    sqlite3* connection = nullptr;
    const int code =
        sqlite3_open_v2(file.c_str(), &connection,
                        SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, nullptr);
    auto database =
        std::make_shared<SqliteDatabase>(connection);  // owns the connection, a failed one too
    try {
        if (code != SQLITE_OK) throw_sqlite(connection, code);
        sqlite3_extended_result_codes(connection, 1);
        sqlite3_busy_timeout(connection, 500);
        database->run_script(
            "PRAGMA page_size = 8192; PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL;"
            "PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA wal_autocheckpoint = "
            "16000;"
            "PRAGMA cache_size = -65536; PRAGMA trusted_schema = OFF;");
        if (check) check_database_file(*database);
        // Takes the lock for good: in exclusive mode the first write keeps it.
        database->run_script("BEGIN IMMEDIATE; COMMIT;");
    } catch (const StorageFailure& failure) {
        return std::unexpected(open_failure(file, failure.error()));
    }
    return database;
}

}  // namespace

Result<std::shared_ptr<Database>> open_sqlite(const std::string& file) {
    std::error_code ignored;
    const std::uintmax_t size = std::filesystem::file_size(file, ignored);
    const bool there = !ignored;
    // A clean close removes the log; one that has content was left by a crash.
    const std::uintmax_t log_size = std::filesystem::file_size(file + "-wal", ignored);
    const bool unclean = !ignored && log_size > 0;
    return open_sqlite_at(file, there && (unclean || size <= kCheckedFileBytesMax));
}

Result<std::shared_ptr<Database>> open_sqlite_in_memory() {
    return open_sqlite_at(":memory:", false);
}

}  // namespace liaison::storage
