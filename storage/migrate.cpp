#include "storage/migrate.hpp"

namespace liaison::storage {

namespace {

constexpr MigrationText kMigrations[] = {schema_001, schema_mail};

std::string in_dialect(std::string_view text, std::string_view row_id) {
    static constexpr std::string_view kWord = "ROW_ID";
    std::string out;
    while (true) {
        const std::size_t at = text.find(kWord);
        out += text.substr(0, at);
        if (at == std::string_view::npos) return out;
        out += row_id;
        text.remove_prefix(at + kWord.size());
    }
}

}  // namespace

std::span<const MigrationText> migrations() {
    return kMigrations;
}

std::int64_t schema_version(Database& database) {
    database.execute("CREATE TABLE IF NOT EXISTS schema_version (number BIGINT PRIMARY KEY)");
    const auto rows = database.query("SELECT COALESCE(MAX(number), 0) FROM schema_version");
    return rows->next() ? rows->integer(0) : 0;
}

Result<void> migrate(Database& database, std::span<const MigrationText> steps) {
    const std::function<Result<std::int64_t>()> read = [&] {
        return Result<std::int64_t>(schema_version(database));
    };
    const Result<std::int64_t> present = in_transaction<std::int64_t>(database, read);
    if (!present) return std::unexpected(present.error());
    const auto newest = static_cast<std::int64_t>(steps.size());
    if (*present > newest)
        return fail(ErrorKind::Internal,
                    "the data directory was written by a newer version of Liaison (schema " +
                        std::to_string(*present) + ", this version knows " +
                        std::to_string(newest) + "): start that version or restore a backup",
                    "schema_too_new");
    for (std::int64_t number = *present + 1; number <= newest; ++number) {
        const std::function<Result<void>()> step = [&]() -> Result<void> {
            const MigrationText text = steps[static_cast<std::size_t>(number - 1)];
            database.run_script(in_dialect(text(), database.row_id_ddl()));
            database.execute("INSERT INTO schema_version (number) VALUES (?)", {number});
            return {};
        };
        const Result<void> done = in_transaction<void>(database, step);
        if (!done) return done;
    }
    return {};
}

}  // namespace liaison::storage
