#pragma once
#include <cstddef>
#include <cstdint>
#include <exception>
#include <functional>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>

#include "core/result.hpp"

namespace liaison::storage {

/// Storage broke a promise (disk full, damaged file, a record that cannot be read). Unwinds the
/// running transaction and becomes the verb's `Internal` result; never leaves the module.
class StorageFailure : public std::exception {
public:
    explicit StorageFailure(Error error) : error_(std::move(error)) {}
    const Error& error() const { return error_; }
    const char* what() const noexcept override { return error_.message.c_str(); }

private:
    Error error_;
};

/// Throws a StorageFailure of kind Internal.
[[noreturn]] void broken(std::string message, std::string native_code = {});

/// Bytes without a character set; a view, so it must live until the statement has been run.
struct Blob {
    std::string_view bytes;
};
/// A value for one `?`. Text and blobs are views: they must live until the rows have been read.
using Parameter = std::variant<std::nullptr_t, std::int64_t, std::string_view, Blob>;

/// The rows of a query. Columns count from 0. At most one row is looked at at a time.
class Rows {
public:
    virtual ~Rows() = default;
    virtual bool next() = 0;
    virtual bool is_null(int column) const = 0;
    virtual std::int64_t integer(int column) const = 0;
    virtual std::string bytes(int column) const = 0;  ///< text or blob; NULL is empty
};

/// One connection: the seam between the stores and a database system. SQL is what SQLite and
/// PostgreSQL both take, with
/// `?` for parameters. Not thread-safe; used from the storage thread only. All failures are
/// StorageFailure.
class Database {
public:
    virtual ~Database() = default;
    virtual std::unique_ptr<Rows> query(std::string_view sql,
                                        std::initializer_list<Parameter> parameters = {}) = 0;
    /// Answers how many rows were written.
    virtual std::int64_t execute(std::string_view sql,
                                 std::initializer_list<Parameter> parameters = {}) = 0;
    /// Several statements without parameters (migrations).
    virtual void run_script(std::string_view sql) = 0;
    /// The DDL of a key column that the database numbers, never using a number twice.
    virtual std::string_view row_id_ddl() const = 0;
};

/// Rolls back unless committed. Transactions do not nest.
class Transaction {
public:
    explicit Transaction(Database& database);
    ~Transaction();
    Transaction(const Transaction&) = delete;
    Transaction& operator=(const Transaction&) = delete;
    void commit();

private:
    Database& database_;
    bool open_ = true;
};

/// Runs `body` in one transaction; an error result or an exception leaves nothing of it behind.
template <class T>
Result<T> in_transaction(Database& database, const std::function<Result<T>()>& body) {
    try {
        Transaction transaction(database);
        Result<T> result = body();
        if (result) transaction.commit();
        return result;
    } catch (const StorageFailure& failure) {
        return std::unexpected(failure.error());
    } catch (const std::exception& failure) {
        return fail(ErrorKind::Internal, std::string("storage: ") + failure.what());
    }
}

/// 64-bit hash for secondary keys. Equal hashes are told apart by the full key. Never 0.
std::int64_t key_hash(std::string_view bytes);

}  // namespace liaison::storage
