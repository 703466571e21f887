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
    RuleBookTest() : folder(testing::TempDir() + "liaison_rule_book") {
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
