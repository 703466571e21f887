#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "net/run_loop.hpp"
#include "service/mail_command.hpp"
#include "storage/stores.hpp"
#include "tests/support/test_ports.hpp"

namespace liaison::service {
namespace {

using testing::HasSubstr;

/// A data directory with two decided mails, left by a service that is stopped.
class MailCommand : public testing::Test {
protected:
    void SetUp() override {
        folder_ = std::filesystem::path(testing::TempDir()) /
                  (std::string("liaison-") + testing::UnitTest::GetInstance()->current_test_info()->name());
        std::filesystem::remove_all(folder_);
        std::filesystem::create_directories(folder_);
        // Nothing listens at the API's port: the service is stopped.
        std::ofstream(folder_ / "liaison.toml")
            << "[service]\ndata_directory = \"store\"\n[api]\nport = 1\ntoken = \"file:token\"\n"
               "[crm]\nsystem = \"crm\"\ndatabase = \"crm.sqlite\"\n"
               "[exchange]\nurl = \"http://127.0.0.1:1/EWS/Exchange.asmx\"\nuser = \"svc@example.test\"\n"
               "password = \"file:not-there\"\n[[mailbox]]\naddress = \"alice@example.test\"\n";
        std::ofstream(folder_ / "token") << "secret";
    }
    void TearDown() override { std::filesystem::remove_all(folder_); }

    void fill() {
        test::InlineWorker worker;
        test::CountingEntropy entropy;
        test::ManualClock clock;
        net::RunLoop loop;
        Stores stores = std::move(open_stores((folder_ / "store").string(), worker, entropy, clock).value());
        const MailboxId alice("alice@example.test");
        MessagePage page;
        page.changes = {{ItemKey("K1"), Version("1"), false}, {ItemKey("K2"), Version("1"), false}};
        page.next = Cursor("c");
        ASSERT_TRUE(net::run_to_end(loop, stores.mail->absorb_messages(alice, FolderId("F"), page, clock.now())));
        DecidedMail logged, unmatched;
        logged.row = 1;
        logged.next = IntakeState::Done;
        logged.decision.outcome = MailOutcome::Log;
        logged.decision.reason = "contact_match";
        logged.decision.identity = MessageIdentity("aaaaaaaaaaaaaaaa");
        logged.message_id = "one@x.test";
        logged.at = clock.now();
        unmatched = logged;
        unmatched.row = 2;
        unmatched.decision.outcome = MailOutcome::Unmatched;
        unmatched.decision.reason = "no_contact";
        unmatched.decision.identity = MessageIdentity("bbbbbbbbbbbbbbbb");
        unmatched.decision.addresses = {AddressFinding{"from", "pia@new.test", "unknown", {}}};
        unmatched.message_id = "two@x.test";
        std::vector<DecidedMail> both{logged, unmatched};
        ASSERT_TRUE(net::run_to_end(loop, stores.mail->commit_decisions(std::move(both))));
    }

    int run(std::vector<std::string> arguments) {
        arguments.push_back("--config");
        arguments.push_back((folder_ / "liaison.toml").string());
        out_.str("");
        err_.str("");
        return run_mail_command(std::move(arguments), out_, err_);
    }

    std::filesystem::path folder_;
    std::ostringstream out_, err_;
};

TEST_F(MailCommand, ExplainReadsTheDataDirectoryOfAStoppedServiceAndSaysSo) {
    fill();
    EXPECT_EQ(run({"explain", "<one@X.TEST>"}), 0) << err_.str();
    EXPECT_THAT(out_.str(), HasSubstr("Decision: logged (contact_match)"));
    EXPECT_THAT(out_.str(), HasSubstr("decided: logged: contact_match"));
    EXPECT_THAT(err_.str(), HasSubstr("read the data directory"));
    EXPECT_EQ(run({"explain", "2", "--json"}), 0);
    EXPECT_THAT(out_.str(), HasSubstr("\"reason\":\"no_contact\""));
    EXPECT_EQ(run({"explain", "<never@seen.test>"}), 1);
    EXPECT_THAT(err_.str(), HasSubstr("no such mail was ever seen"));
}

TEST_F(MailCommand, WithoutADataDirectoryNothingIsMade) {
    EXPECT_EQ(run({"explain", "1"}), 1);
    EXPECT_THAT(err_.str(), HasSubstr("there is no data directory"));
    EXPECT_FALSE(std::filesystem::exists(folder_ / "store"));
    std::filesystem::remove(folder_ / "liaison.toml");
    EXPECT_EQ(run({"explain", "1"}), 2);
}

TEST_F(MailCommand, TheTrayIsWorkedOnWhileTheServiceIsStopped) {
    fill();
    EXPECT_EQ(run({"mail", "tray"}), 0) << err_.str();
    EXPECT_THAT(out_.str(), HasSubstr("2  alice@example.test"));
    EXPECT_THAT(out_.str(), HasSubstr("unmatched/no_contact  pia@new.test"));
    EXPECT_EQ(run({"mail", "show", "2"}), 0);
    EXPECT_THAT(out_.str(), HasSubstr("nobody can be proposed"));
    EXPECT_EQ(run({"mail", "link", "2", "--number", "C-404"}), 1);
    EXPECT_EQ(run({"mail", "rule", "2", "--action", "ignore"}), 0) << err_.str();
    EXPECT_THAT(out_.str(), HasSubstr("\"fromAddresses\":[\"pia@new.test\"]"));
    EXPECT_THAT(err_.str(), HasSubstr("not in force"));
    EXPECT_EQ(run({"mail", "rule", "2", "--action", "ignore", "--apply"}), 0) << err_.str();
    EXPECT_EQ(run({"mail", "ignore", "2"}), 0) << err_.str();
    EXPECT_THAT(out_.str(), HasSubstr("1 mail(s) are decided again"));
    EXPECT_EQ(run({"mail", "tray"}), 0);
    EXPECT_THAT(out_.str(), HasSubstr("nothing waits"));
}

TEST_F(MailCommand, BlocklistsAreCheckedWhole) {
    fill();
    std::ofstream(folder_ / "bad.json") << R"({"domains": ["a@b.test"]})";
    std::ofstream(folder_ / "good.json") << R"({"domains": ["B.test"], "addresses": ["X@c.test"]})";
    EXPECT_EQ(run({"mail", "blocklist", "--set", (folder_ / "bad.json").string()}), 1);
    EXPECT_EQ(run({"mail", "blocklist", "--set", (folder_ / "good.json").string()}), 0) << err_.str();
    EXPECT_EQ(run({"mail", "blocklist"}), 0);
    EXPECT_THAT(out_.str(), HasSubstr(R"({"addresses":["x@c.test"],"domains":["b.test"]})"));
    EXPECT_EQ(run({"mail", "blocklisted"}), 0);
    EXPECT_EQ(run({"mail", "withdraw", "1", "--why", "test"}), 0) << err_.str();
    EXPECT_EQ(run({"mail", "withdraw", "2", "--why", "test"}), 1) << "it is not logged";
    EXPECT_EQ(run({"mail", "withdrawals"}), 0);
    EXPECT_THAT(out_.str(), HasSubstr("\"why\":\"test\""));
}

}  // namespace
}  // namespace liaison::service
