#include "connectors/crm/embedded/file_report.hpp"

#include "connectors/crm/embedded/sqlite.hpp"

namespace liaison::crm {

Result<FileReport> read_file_report(const std::filesystem::path& path) {
    if (!std::filesystem::exists(path)) return fail(ErrorKind::NotFound, "there is no CRM file at " + path.string());
    auto db = Sqlite::open(path);
    if (!db) return std::unexpected(db.error());
    FileReport report;
    Reading reading(**db);
    {
        Query counts(**db, "SELECT count(DISTINCT message_id), count(*) FROM interaction WHERE canceled = 0");
        if (counts.row()) {
            report.messages = static_cast<std::size_t>(counts.integer(0));
            report.interactions = static_cast<std::size_t>(counts.integer(1));
        }
    }
    for (const char* table : {"task", "appointment", "contact"}) {
        Query ids(**db, std::string("SELECT id FROM ") + table + " WHERE deleted = 0");
        while (ids.row()) report.live[table].insert(std::to_string(ids.integer(0)));
    }
    if (auto read = reading.finish(); !read) return std::unexpected(read.error());
    return report;
}

}  // namespace liaison::crm
