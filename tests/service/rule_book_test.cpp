#include "service/inbox_rule_desk.hpp"
#include "service/rule_book.hpp"

#include <gtest/gtest.h>

#include "core/ports/worker.hpp"
#include "net/run_loop.hpp"
#include "service/system_ports.hpp"
#include "storage/stores.hpp"

namespace liaison::service {
namespace {

std::string with_quotes(std::string text) {
    for (char& c : text)
        if (c == '\'') c = '"';
    return text;
}

const rules::RuleScope kBob{rules::RuleScope::Kind::Mailbox, "bob@x.test"};
const rules::RuleScope kSales{rules::RuleScope::Kind::Group, "Sales"};

class RuleBookTest : public testing::Test {
protected:
    RuleBookTest() : folder(testing::TempDir() + "liaison_rule_book_" +
                                   testing::UnitTest::GetInstance()->current_test_info()->name()) {
        std::filesystem::remove_all(folder);
        std::filesystem::create_directories(folder);
        auto opened = open_stores(folder, worker, entropy, clock);
        EXPECT_TRUE(opened);
        stores = std::move(*opened);
    }
    ~RuleBookTest() override { std::filesystem::remove_all(folder); }

    Result<std::int64_t> put(RuleBook& book, const rules::RuleScope& scope, std::int64_t expected,
                             const std::string& document) {
        errors.clear();
        return net::run_to_end(
            loop, book.replace(scope, expected, with_quotes(document), "test", &errors));
    }
    Result<std::int64_t> put_lists(RuleBook& book, std::int64_t expected,
                                   const std::string& document) {
        errors.clear();
        return net::run_to_end(
            loop, book.replace_lists(expected, with_quotes(document), "test", &errors));
    }
    std::vector<std::string> matched(const RuleBook& book, const std::string& mailbox) {
        rules::Facts facts;
        facts.mailbox = mailbox;
        return book.current().evaluate({}, facts).matched;
    }

    std::string folder;
    net::RunLoop loop;
    SystemClock clock;
    SystemEntropy entropy;
    WorkerThread worker;
    Stores stores;
    std::vector<rules::RuleError> errors;
};

constexpr const char* kAll = "{'rules':[{'displayName':'all','actions':{'markAsRead':true}}]}";
constexpr const char* kOwn = "{'rules':[{'displayName':'own','actions':{'hold':true}}]}";

TEST_F(RuleBookTest, ScopesAndListsSurviveARestart) {
    RuleBook book(*stores.mail, clock);
    ASSERT_TRUE(net::run_to_end(loop, book.load()));
    EXPECT_EQ(put(book, {}, 0, kAll), 1);
    EXPECT_EQ(put(book, kBob, 0, kOwn), 1);
    EXPECT_EQ(put(book, kSales, 0, kOwn).error().kind, ErrorKind::InvalidRequest)
        << "there is no such list yet";
    EXPECT_EQ(put_lists(book, 0, "{'lists':{'Sales':['ann@x.test']}}"), 1);
    EXPECT_EQ(put(book, kSales, 0, kOwn), 1);
    EXPECT_EQ(put(book, kBob, 0, kOwn).error().kind, ErrorKind::VersionConflict);
    RuleBook again(*stores.mail, clock);
    ASSERT_TRUE(net::run_to_end(loop, again.load()));
    EXPECT_EQ(again.current().version(), book.current().version());
    using Ids = std::vector<std::string>;
    EXPECT_EQ(matched(again, "ann@x.test"), (Ids{"all", "group:Sales/own"}));
    EXPECT_EQ(matched(again, "bob@x.test"), (Ids{"all", "mailbox:bob@x.test/own"}));
    EXPECT_EQ(matched(again, "carl@x.test"), Ids{"all"});
    EXPECT_EQ(again.entry(kBob).number, 1);
    EXPECT_EQ(again.lists().number, 1);
    EXPECT_EQ(again.scopes().size(), 3u);
}

TEST_F(RuleBookTest, OtherDocumentsOfTheStoreAreNoRules) {
    for (const char* scope : {"blocklist", "folders:ann@x.test"})
        ASSERT_TRUE(net::run_to_end(
            loop, stores.mail->replace_rules(scope, 0, "no rules", "test", clock.now())));
    RuleBook book(*stores.mail, clock);
    EXPECT_TRUE(net::run_to_end(loop, book.load()));
    EXPECT_TRUE(book.scopes().empty());
    ASSERT_TRUE(
        net::run_to_end(loop, stores.mail->replace_rules("nonsense", 0, "{}", "test", clock.now())));
    RuleBook again(*stores.mail, clock);
    EXPECT_FALSE(net::run_to_end(loop, again.load())) << "what nobody knows is said";
}

/// A mailbox' inbox rules in memory.
class KeptInboxRules final : public InboxRules {
public:
    Async<Result<InboxRuleList>> read_rules() override { co_return list; }
    Async<Result<void>> write_rules(InboxRuleChange change) override {
        ++writes;
        if (list.outlook_rules && !change.remove_outlook_rules)
            co_return fail(ErrorKind::VersionConflict, "blob");
        list.outlook_rules = false;
        for (const std::string& id : change.remove)
            std::erase_if(list.rules, [&](const InboxRule& rule) { return rule.id == id; });
        for (InboxRule rule : change.create) {
            rule.id = "R" + std::to_string(list.rules.size());
            list.rules.push_back(rule);
        }
        co_return Result<void>{};
    }
    InboxRuleList list;
    int writes = 0;
};

TEST_F(RuleBookTest, InboxRulesAreShownToAnybodyAndWrittenOnlyWithConsent) {
    RuleBook book(*stores.mail, clock);
    ASSERT_TRUE(net::run_to_end(loop, book.load()));
    ASSERT_EQ(put(book, {}, 0, kAll), 1);
    ASSERT_EQ(put(book, kBob, 0,
                  "{'rules':[{'displayName':'own','actions':{'assignCategories':['Red']}}]}"),
              1);
    KeptInboxRules kept;
    InboxRule foreign;
    foreign.id = "F";
    foreign.display_name = "Summer";
    kept.list.rules = {foreign};
    kept.list.outlook_rules = true;
    InboxRuleDesk::Box box;
    box.rules = &kept;
    const auto log = make_event_log("error", "text", "");
    InboxRuleDesk desk(
        book, [&](const MailboxId& id) { return id.str() == "gone" ? std::nullopt : std::optional(box); },
        *log);
    const auto report = [&](const char* mailbox) { return net::run_to_end(loop, desk.report(MailboxId(mailbox))); };
    const auto push = [&] { return net::run_to_end(loop, desk.push(MailboxId("bob@x.test"))); };
    EXPECT_EQ(report("ann@x.test")->wanted.size(), 1u) << "bob's own rule is not for ann";
    EXPECT_EQ(report("bob@x.test")->wanted.size(), 2u);
    EXPECT_EQ(report("gone").error().kind, ErrorKind::NotFound);
    EXPECT_EQ(push().error().kind, ErrorKind::Forbidden) << "not opted in";
    box.may_push = true;
    EXPECT_EQ(push().error().kind, ErrorKind::Forbidden) << "Outlook's own rules would be lost";
    EXPECT_EQ(kept.writes, 0);
    box.may_remove_outlook_rules = true;
    const auto pushed = push();
    ASSERT_TRUE(pushed) << pushed.error().message;
    EXPECT_TRUE(pushed->pushed && pushed->plan.in_step());
    EXPECT_EQ(kept.list.rules.size(), 3u);
    EXPECT_EQ(kept.list.rules.front(), foreign);
    EXPECT_FALSE(push()->pushed) << "nothing is left to do";
    EXPECT_EQ(kept.writes, 1);
    box.rules = nullptr;
    EXPECT_EQ(push().error().kind, ErrorKind::Unsupported);
}

TEST_F(RuleBookTest, ListsThatBreakARuleSetAreRefused) {
    RuleBook book(*stores.mail, clock);
    ASSERT_TRUE(net::run_to_end(loop, book.load()));
    ASSERT_EQ(put_lists(book, 0, "{'lists':{'Sales':['ann@x.test'],'d':['y.test']}}"), 1);
    ASSERT_EQ(put(book, kSales, 0,
                  "{'rules':[{'displayName':'r','conditions':{'fromDomains':[{'list':'d'}]},"
                  "'actions':{'hold':true}}],'examples':[{'name':'e','message':{'from':'a@y.test'},"
                  "'expect':{'matched':['r']}}]}"),
              1);
    EXPECT_EQ(put_lists(book, 1, "{'lists':{'Sales':['ann@x.test']}}").error().kind,
              ErrorKind::InvalidRequest);
    ASSERT_FALSE(errors.empty());
    EXPECT_TRUE(errors[0].message.starts_with("group:Sales: ")) << errors[0].message;
    EXPECT_EQ(put_lists(book, 1, "{'lists':{'Sales':['ann@x.test'],'d':['z.test']}}").error().kind,
              ErrorKind::InvalidRequest)
        << "its example fails now";
    EXPECT_EQ(put_lists(book, 1, "{'lists':{'Sales':[],'d':['sub.test','y.test']}}"), 2);
    EXPECT_TRUE(matched(book, "ann@x.test").empty()) << "nobody belongs to the group any more";
    // A scope that has been emptied needs its list no longer.
    EXPECT_EQ(put(book, kSales, 1, "{'rules':[]}"), 2);
    EXPECT_EQ(put_lists(book, 2, "{'lists':{}}"), 3);
}

TEST_F(RuleBookTest, ATrialTellsTheFindingsOfItsScopeAndChangesNothing) {
    RuleBook book(*stores.mail, clock);
    ASSERT_TRUE(net::run_to_end(loop, book.load()));
    ASSERT_EQ(put(book, {}, 0,
                  "{'rules':[{'displayName':'all','actions':{'skipLogging':true,"
                  "'stopProcessingRules':true}}]}"),
              1);
    const auto tried = book.try_document(kBob, with_quotes(kOwn));
    ASSERT_TRUE(tried);
    ASSERT_EQ(tried->findings.size(), 1u);
    EXPECT_EQ(tried->findings[0].kind, rules::RuleFinding::Kind::Shadowed);
    EXPECT_EQ(tried->set.rule_count(), 2u);
    EXPECT_EQ(book.current().rule_count(), 1u);
}

}  // namespace
}  // namespace liaison::service
