#include <filesystem>

#include "connectors/crm/embedded/embedded_crm.hpp"
#include "connectors/crm/embedded/sqlite.hpp"
#include "tests/conformance/sync_endpoint_suite.hpp"
#include "tests/support/test_ports.hpp"

namespace liaison::conformance {

namespace {

/// One CRM file opened twice: the service and another program.
class EmbeddedCrmWorld final : public EndpointWorld {
public:
    EmbeddedCrmWorld() {
        const auto* test = testing::UnitTest::GetInstance()->current_test_info();
        std::string name = std::string("liaison-conformance-") + test->test_suite_name() + test->name();
        for (char& c : name)
            if (!std::isalnum(static_cast<unsigned char>(c))) c = '_';
        file_ = std::filesystem::path(testing::TempDir()) / (name + ".sqlite");
        for (const char* tail : {"", "-wal", "-shm"}) std::filesystem::remove(file_.string() + tail);
        ours_ = std::move(crm::EmbeddedCrm::open(file_, worker_, clock_).value());
        theirs_ = std::move(crm::EmbeddedCrm::open(file_, worker_, clock_).value());
        script("INSERT INTO user(number, name) VALUES('ALICE', 'Alice');"
               "INSERT INTO user_address(address, user_id) VALUES('alice@example.test', 1)");
    }
    ~EmbeddedCrmWorld() override {
        ours_.reset();
        theirs_.reset();
        for (const char* tail : {"", "-wal", "-shm"}) std::filesystem::remove(file_.string() + tail);
    }
    net::RunLoop& loop() override { return loop_; }
    SyncEndpoint& endpoint() override { return ours_->endpoint(); }
    SyncEndpoint& outsider() override { return theirs_->endpoint(); }
    MailboxId mailbox() const override { return MailboxId("alice@example.test"); }
    /// An older copy of the file is put back: the feed ends before the cursor.
    bool expire_cursors(EntityKind) override {
        script("DELETE FROM change_log");
        return true;
    }

private:
    void script(const std::string& sql) {
        auto db = std::move(crm::Sqlite::open(file_).value());
        db->script(sql);
        EXPECT_FALSE(db->error().has_value());
    }

    std::filesystem::path file_;
    net::RunLoop loop_;
    test::InlineWorker worker_;
    test::ManualClock clock_;
    std::unique_ptr<crm::EmbeddedCrm> ours_;
    std::unique_ptr<crm::EmbeddedCrm> theirs_;
};

std::unique_ptr<EndpointWorld> make_embedded_crm_world() { return std::make_unique<EmbeddedCrmWorld>(); }

}  // namespace

INSTANTIATE_TEST_SUITE_P(EmbeddedCrm, SyncEndpointSuite,
                         testing::Values(EndpointCase{"task", EntityKind::Task, make_embedded_crm_world},
                                         EndpointCase{"appointment", EntityKind::Appointment, make_embedded_crm_world},
                                         EndpointCase{"contact", EntityKind::Contact, make_embedded_crm_world}),
                         endpoint_case_name);

}  // namespace liaison::conformance
