#pragma once
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "core/result.hpp"

struct sqlite3;
struct sqlite3_stmt;

namespace liaison::crm {

/// Bytes that are no text.
struct Blob {
    std::string bytes;
    friend bool operator==(const Blob&, const Blob&) = default;
};
/// What a column holds: nothing, a number, a text, bytes.
using SqlValue = std::variant<std::monostate, std::int64_t, std::string, Blob>;

/// One connection to the CRM's file. Not for two threads at once.
///
/// Errors are sticky: the first failure is kept, everything after it does nothing, and the guard object (Transaction, Savepoint,
/// Reading) answers it at its end. So a verb reads as plain statements and cannot forget a check.
class Sqlite {
public:
    /// Opens or creates the file: WAL, synchronous=FULL, foreign keys on, busy timeout 10 s.
    static Result<std::unique_ptr<Sqlite>> open(const std::filesystem::path& path);
    ~Sqlite();
    Sqlite(const Sqlite&) = delete;
    Sqlite& operator=(const Sqlite&) = delete;

    /// Runs a script of statements without parameters.
    void script(const std::string& sql);
    std::int64_t last_insert_id() const;
    /// Rows that the last statement changed.
    std::int64_t changes() const;
    /// Rows changed since the connection was opened, by triggers, too.
    std::int64_t total_changes() const;
    bool in_transaction() const;

    const std::optional<Error>& error() const { return error_; }
    /// Takes the kept error away, so that the next statements run.
    std::optional<Error> take_error();
    /// A failure of ours (a rule broken in the middle of a transaction) joins SQLite's.
    void fail_with(Error error);

private:
    friend class Query;
    struct Prepared;
    Sqlite() = default;
    Prepared* prepare(std::string_view sql);
    void give_back(Prepared* prepared);
    void keep_error(int code);

    sqlite3* handle_ = nullptr;
    std::optional<Error> error_;
    struct Cache;
    std::unique_ptr<Cache> cache_;
};

/// One use of a prepared statement; statements are prepared once per connection and text. Parameters are bound from left to
/// right, columns are read from left to right by index.
class Query {
public:
    Query(Sqlite& db, std::string_view sql);
    ~Query();
    Query(const Query&) = delete;
    Query& operator=(const Query&) = delete;

    Query& bind(std::int64_t number);
    Query& bind(std::string_view text);  ///< the text must live until the query ends
    Query& bind_blob(std::string_view bytes);
    Query& bind_null();
    Query& bind_value(const SqlValue& value);  ///< the value must live until the query ends

    /// The next row; false at the end or after an error.
    bool row();
    /// Runs to the end.
    void run();

    bool null(int column) const;
    std::int64_t integer(int column) const;
    std::string text(int column) const;
    SqlValue value(int column) const;

private:
    Sqlite& db_;
    Sqlite::Prepared* prepared_ = nullptr;
    sqlite3_stmt* statement_ = nullptr;
    int next_parameter_ = 1;
};

/// BEGIN IMMEDIATE to COMMIT; without `commit` everything is taken back.
class Transaction {
public:
    explicit Transaction(Sqlite& db);
    ~Transaction();
    Transaction(const Transaction&) = delete;
    Transaction& operator=(const Transaction&) = delete;
    /// The error of BEGIN: then nothing may be written.
    const Result<void>& begun() const { return begun_; }
    Result<void> commit();

private:
    Sqlite& db_;
    bool open_ = false;
    Result<void> begun_;
};

/// A consistent view for several reads.
class Reading {
public:
    explicit Reading(Sqlite& db);
    ~Reading();
    Reading(const Reading&) = delete;
    Reading& operator=(const Reading&) = delete;
    /// The error of any read since the begin, if there was one.
    Result<void> finish();

private:
    Sqlite& db_;
    bool open_ = false;
};

/// One item of a batch inside a Transaction: it succeeds or is taken back alone.
class Savepoint {
public:
    explicit Savepoint(Sqlite& db);
    ~Savepoint();
    Savepoint(const Savepoint&) = delete;
    Savepoint& operator=(const Savepoint&) = delete;
    Result<void> release();

private:
    Sqlite& db_;
    bool open_ = false;
};

}  // namespace liaison::crm
