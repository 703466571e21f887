#include "storage/stores.hpp"

#include <cstdio>
#include <filesystem>
#include <fstream>

#include "storage/migrate.hpp"
#include "storage/sql_mail_store.hpp"
#include "storage/sql_sync_store.hpp"
#include "storage/sqlite_database.hpp"

namespace liaison {

namespace storage {

namespace {

/// The random mark of this data directory: read, or drawn once.
Result<std::string> ensure_epoch(Database& database, Entropy& entropy) {
    const std::function<Result<std::string>()> body = [&]() -> Result<std::string> {
        {
            const auto rows = database.query("SELECT value FROM meta WHERE name = 'epoch'");
            if (rows->next()) return rows->bytes(0);
        }
        std::array<char, 17> text{};
        std::snprintf(text.data(), text.size(), "%016llx",
                      static_cast<unsigned long long>(entropy.next()));
        const std::string epoch(text.data());
        database.execute("INSERT INTO meta (name, value) VALUES ('epoch', ?)",
                         {std::string_view(epoch)});
        return epoch;
    };
    return in_transaction<std::string>(database, body);
}

}  // namespace

Result<Stores> make_stores(std::shared_ptr<Database> database, Worker& worker, Entropy& entropy,
                           const Clock& clock) {
    const Result<void> migrated = migrate(*database, migrations());
    if (!migrated) return std::unexpected(migrated.error());
    Result<std::string> epoch = ensure_epoch(*database, entropy);
    if (!epoch) return std::unexpected(epoch.error());
    auto protocol = std::make_shared<SyncProtocol>(database);
    Stores stores;
    stores.sync = std::make_unique<SqlSyncStore>(protocol, std::move(*epoch), worker, clock);
    stores.mail = std::make_unique<SqlMailStore>(std::move(database), worker);
    stores.upkeep = std::make_unique<SqlStoreUpkeep>(std::move(protocol), worker);
    return stores;
}

}  // namespace storage

Result<Stores> open_stores(const std::string& directory, Worker& worker, Entropy& entropy,
                           const Clock& clock) {
    namespace fs = std::filesystem;
    std::error_code error;
    const bool made = fs::create_directories(directory, error);
    if (error)
        return fail(ErrorKind::Internal,
                    "cannot create the data directory " + directory + ": " + error.message());
    // What is inside is people's data: for the service's own account only.
    if (made) fs::permissions(directory, fs::perms::owner_all, error);
    const std::string file = (fs::path(directory) / "liaison.db").string();
    // Before it is opened: SQLite gives its log the rights that the file has at that moment.
    if (!fs::exists(file, error)) std::ofstream(file, std::ios::binary | std::ios::app).flush();
    fs::permissions(file, fs::perms::owner_read | fs::perms::owner_write, error);
    Result<std::shared_ptr<storage::Database>> database = storage::open_sqlite(file);
    if (!database) return std::unexpected(database.error());
    return storage::make_stores(std::move(*database), worker, entropy, clock);
}

Result<Stores> open_stores_in_memory(Worker& worker, Entropy& entropy, const Clock& clock) {
    Result<std::shared_ptr<storage::Database>> database = storage::open_sqlite_in_memory();
    if (!database) return std::unexpected(database.error());
    return storage::make_stores(std::move(*database), worker, entropy, clock);
}

}  // namespace liaison
