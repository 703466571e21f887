#include "tests/conformance/mail_store_people_suite.hpp"
#include "tests/conformance/mail_store_suite.hpp"
#include "tests/conformance/sync_store_suite.hpp"
#include "tests/storage/sqlite_beds.hpp"

namespace liaison::store_suite {

const StoreBedMaker kSqliteBeds[] = {
    {"Memory", [] { return std::unique_ptr<StoreBed>(std::make_unique<MemoryBed>()); }},
    {"Reopened", [] { return std::unique_ptr<StoreBed>(std::make_unique<ReopeningBed>()); }},
};
std::string sqlite_bed_name(const testing::TestParamInfo<StoreBedMaker>& info) {
    return info.param.name;
}

INSTANTIATE_TEST_SUITE_P(Sqlite, SyncStoreSuite, testing::ValuesIn(kSqliteBeds), sqlite_bed_name);
INSTANTIATE_TEST_SUITE_P(Sqlite, MailStoreSuite, testing::ValuesIn(kSqliteBeds), sqlite_bed_name);
INSTANTIATE_TEST_SUITE_P(Sqlite, MailStorePeopleSuite, testing::ValuesIn(kSqliteBeds),
                         sqlite_bed_name);

}  // namespace liaison::store_suite
