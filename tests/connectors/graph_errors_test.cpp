// One table of what Graph answers, and what a whole call or a part of a batch makes of it.
#include <gtest/gtest.h>

#include <set>

#include "connectors/graph/error_codes.hpp"
#include "core/text.hpp"
#include "tests/connectors/graph_support.hpp"

namespace liaison::graph {

namespace {

const Timestamp kErrorNow = *parse_timestamp("2026-11-25T08:00:00Z");

Error error_of(int status, const std::string& code, bool writes = false, const std::string& retry = {},
               const std::string& inner = {}) {
    HttpFields fields;
    if (!retry.empty()) fields.set("Retry-After", retry);
    JsonObject error{{"code", code}, {"message", "text with alice@example.test"}};
    if (!inner.empty())
        error["innerError"] = JsonObject{{"code", "x"}, {"innererror", JsonObject{{"code", inner}}}};
    const JsonValue body = code.empty() ? JsonValue() : JsonValue(JsonObject{{"error", std::move(error)}});
    return reply_error(status, fields, body, writes, kErrorNow);
}

const CollectionId kContacts("contact:alice@example.test");
const std::string kOneContact = R"({"value":[{"id":"CO1","parentFolderId":"FC"}]})";

}  // namespace

TEST(GraphErrors, EveryRowIsReachedByItsCodeOrStatus) {
    std::set<std::string> seen;
    for (const CodeMeaning& row : all_meanings()) {
        const std::string name = row.code.empty() ? std::to_string(row.status) : to_lower_ascii(row.code);
        EXPECT_TRUE(seen.insert(name).second) << name << " stands twice";
        const Error error = row.code.empty() ? error_of(row.status, "")
                                             : error_of(400, std::string(row.code));
        EXPECT_EQ(error.kind, row.kind) << name;
        EXPECT_EQ(error.message.find("alice"), std::string::npos) << "no words of the server";
    }
}

TEST(GraphErrors, CodesCompareWithoutCaseAndTheInnermostKnownOneDecides) {
    EXPECT_EQ(error_of(410, "SyncStateNotFound").kind, ErrorKind::CursorExpired);
    EXPECT_EQ(error_of(400, "syncstatenotfound").kind, ErrorKind::CursorExpired);
    EXPECT_EQ(error_of(400, "BadRequest", false, "", "ErrorItemNotFound").kind, ErrorKind::NotFound);
    EXPECT_EQ(error_of(400, "BadRequest", false, "", "SomethingNew").kind, ErrorKind::InvalidRequest);
    EXPECT_EQ(error_of(418, "").kind, ErrorKind::InvalidRequest);
    EXPECT_EQ(error_of(599, "").kind, ErrorKind::Transient);
    EXPECT_EQ(error_of(302, "").kind, ErrorKind::CorruptReply);
}

TEST(GraphErrors, OnlyGraphsOwnWordsProveADeletion) {
    EXPECT_EQ(error_of(404, "ErrorItemNotFound").kind, ErrorKind::NotFound);
    EXPECT_EQ(error_of(404, "itemNotFound").kind, ErrorKind::NotFound);
    EXPECT_EQ(error_of(404, "").kind, ErrorKind::Transient) << "a proxy can say 404";
    EXPECT_EQ(error_of(404, "ResourceNotFound").kind, ErrorKind::Transient);
    EXPECT_EQ(error_of(404, "ErrorInvalidUser").kind, ErrorKind::Forbidden) << "the mailbox, not the item";
    EXPECT_EQ(error_of(404, "MailboxNotEnabledForRESTAPI").kind, ErrorKind::Forbidden);
    EXPECT_EQ(error_of(404, "Request_ResourceNotFound").kind, ErrorKind::Forbidden);
    EXPECT_EQ(error_of(400, "ErrorInvalidIdMalformed").kind, ErrorKind::InvalidRequest);
    EXPECT_EQ(error_of(403, "ErrorAccessDenied").kind, ErrorKind::Forbidden);
}

TEST(GraphErrors, AFailureOfTheServerOnAWriteIsUnknownNeverNo) {
    for (const int status : {500, 502, 503, 504, 599, 408, 302, 200})
        EXPECT_EQ(error_of(status, "", true).kind, ErrorKind::Unanswered) << status;
    for (const char* code : {"UnknownError", "generalException", "serviceNotAvailable", "ErrorTimeoutExpired"})
        EXPECT_EQ(error_of(500, code, true).kind, ErrorKind::Unanswered) << code;
    // A code that means "no" does not make a 5xx a no.
    EXPECT_EQ(error_of(503, "ErrorItemNotFound", true).kind, ErrorKind::Unanswered);
    EXPECT_EQ(error_of(429, "", true).kind, ErrorKind::Throttled);
    EXPECT_EQ(error_of(412, "", true).kind, ErrorKind::VersionConflict);
    EXPECT_EQ(error_of(409, "", true).kind, ErrorKind::VersionConflict);
    EXPECT_EQ(error_of(423, "resourceLocked", true).kind, ErrorKind::Transient);
    EXPECT_EQ(error_of(507, "quotaLimitReached", true).kind, ErrorKind::Forbidden);
    EXPECT_EQ(error_of(501, "notSupported", true).kind, ErrorKind::Unsupported);
}

TEST(GraphErrors, APauseIsNeverShorterThanAskedForNorThanTwoSeconds) {
    using std::chrono::milliseconds;
    EXPECT_EQ(error_of(429, "", false, "17").retry_after, milliseconds(17'000));
    EXPECT_EQ(error_of(429, "", false, "2.128").retry_after, milliseconds(2'128));
    EXPECT_EQ(error_of(429, "", false, "0").retry_after, milliseconds(2'000));
    EXPECT_EQ(error_of(429, "", false, "-5").retry_after, milliseconds(2'000));
    EXPECT_EQ(error_of(429, "", false, "nonsense").retry_after, milliseconds(2'000));
    EXPECT_EQ(error_of(429, "").retry_after, milliseconds(2'000));
    EXPECT_EQ(error_of(429, "", false, "Wed, 25 Nov 2026 08:05:00 GMT").retry_after, milliseconds(300'000));
    EXPECT_EQ(error_of(429, "", false, "999999999").retry_after, milliseconds(86'400'000));
    EXPECT_EQ(error_of(503, "", false, "40").retry_after, milliseconds(40'000));
    EXPECT_EQ(error_of(503, "", true, "40").retry_after, milliseconds(40'000)) << "also when unknown";
    EXPECT_EQ(error_of(404, "ErrorItemNotFound").retry_after, std::nullopt);
}

TEST(GraphBatch, PartsComeInAnyOrderAndEachIsJudgedByItsId) {
    std::vector<SyncEndpoint::NewItem> items;
    Record record(EntityKind::Contact);
    record.set(Field::GivenName, std::string("Zoë"));
    for (int n = 1; n <= 3; ++n)
        items.push_back({record, CorrelationToken{"crm", "contact", std::to_string(n), "e"}});
    GraphDialogue mixed(R"([{"status":200,"body":{"responses":[
        {"id":"3","status":403,"body":{"error":{"code":"ErrorAccessDenied"}}},
        {"id":"1","status":424,"body":{}},
        {"id":"1","status":201,"body":{"id":"CO1"}},
        {"id":"9","status":201,"body":{"id":"CO9"}}]}}])");
    const auto results = mixed.run(mixed.endpoint().create_items(kContacts, items));
    ASSERT_EQ(results.size(), 3U);
    EXPECT_EQ(results[0].error().kind, ErrorKind::Unanswered) << "two answers tell nothing";
    EXPECT_EQ(results[1].error().kind, ErrorKind::Unanswered) << "no answer";
    EXPECT_EQ(results[2].error().kind, ErrorKind::Forbidden);
}

TEST(GraphBatch, ACallThatMakesTheServerRefuseTheBatchIsFoundByHalving) {
    net::RunLoop loop;
    ews::StillClock clock;
    int calls = 0;
    class Picky final : public HttpClient {
    public:
        explicit Picky(int& calls) : calls_(calls) {}
        Async<Result<HttpResponse>> send(HttpRequest request, HttpLimits) override {
            ++calls_;
            HttpResponse reply;
            if (request.url.ends_with("parentFolderId")) {
                reply.body = kOneContact;
                co_return reply;
            }
            if (request.body.find("POISON") != std::string::npos) {
                reply.status = 400;
                reply.body = R"({"error":{"code":"BadRequest"}})";
                co_return reply;
            }
            const JsonValue batch = boost::json::parse(request.body);
            JsonArray parts;
            for (const JsonValue& one : batch.at("requests").as_array()) {
                const std::string url(one.at("url").as_string());
                const std::size_t from = url.rfind("/contacts/") + 10;
                parts.push_back(JsonObject{{"id", one.at("id")},
                                           {"status", 200},
                                           {"body", JsonObject{{"id", url.substr(from, url.find('?') - from)},
                                                               {"@odata.etag", "W/\"1\""},
                                                               {"parentFolderId", "FC"}}}});
            }
            reply.body = boost::json::serialize(JsonObject{{"responses", std::move(parts)}});
            co_return reply;
        }

    private:
        int& calls_;
    } http(calls);
    const auto endpoint = make_graph_endpoint(http, clock, test_settings());
    std::vector<ItemKey> keys;
    for (int n = 0; n < 20; ++n) keys.emplace_back(n == 13 ? "POISON" : "K" + std::to_string(n));
    const auto results = net::run_to_end(loop, endpoint->get_items(kContacts, keys));
    for (std::size_t n = 0; n < results.size(); ++n) EXPECT_EQ(results[n].has_value(), n != 13) << n;
    EXPECT_EQ(results[13].error().kind, ErrorKind::InvalidRequest);
    EXPECT_LE(calls, 14) << "log2 steps, not twenty calls";
}

TEST(GraphBatch, ABatchThatWroteAndGotNoAnswerIsUnknownForAllAndNothingMoreIsSent) {
    std::vector<SyncEndpoint::NewItem> items;
    Record record(EntityKind::Contact);
    record.set(Field::GivenName, std::string("Zoë"));
    for (int n = 1; n <= 3; ++n)
        items.push_back({record, CorrelationToken{"crm", "contact", std::to_string(n), "e"}});
    for (const char* reply : {R"([{"status":502,"text":"<html>"}])", R"([{"status":200,"text":"{\"responses\":"}])",
                              R"([{"status":200,"text":"<html>login</html>"}])", R"([{"status":200,"body":{}}])"}) {
        GraphDialogue with(reply);
        const auto results = with.run(with.endpoint().create_items(kContacts, items));
        for (const auto& result : results) {
            ASSERT_FALSE(result) << reply;
            EXPECT_EQ(result.error().kind, ErrorKind::Unanswered) << reply;
        }
        EXPECT_EQ(with.sent().size(), 1U) << reply;
    }
}

TEST(GraphClientReplies, AnAnswerOfAnotherRequestIsNotUsed) {
    GraphDialogue with(one_reply(200, kOneContact, "client-request-id", "00000000-0000-4000-8000-000000000000"));
    const auto page = with.run(with.endpoint().pull_changes(kContacts, Cursor()));
    ASSERT_FALSE(page);
    EXPECT_EQ(page.error().kind, ErrorKind::CorruptReply);
}

TEST(GraphClientReplies, LinksAreFollowedOnTheConfiguredHostAndPathOnly) {
    for (const char* link :
         {"https://evil.test/v1.0/users/a/contacts", "http://graph.example.test/v1.0/users/a/contacts",
          "https://graph.example.test:8443/v1.0/users/a", "https://graph.example.test/beta/users/a",
          "https://graph.example.test/v1.0/../admin", "https://graph.example.test/v1.0/%2e%2e/admin",
          "https://graph.example.test/v1.0/users//x", "https://u@graph.example.test/v1.0/users/a",
          "https://graph.example.test/v1.0/users/a#f", "https://graph.example.test/v1.0x/users", "/v1.0/users/a",
          "https://graph.example.test.evil.test/v1.0/users/a", "https://169.254.169.254/v1.0/users/a"}) {
        const std::string delta = R"([{"status":200,"body":{"value":[{"id":"CO1","parentFolderId":"FC"}]}},
            {"status":200,"body":{"value":[],"@odata.deltaLink":")" + std::string(link) + "\"}}]";
        GraphDialogue with(delta);
        const auto page = with.run(with.endpoint().pull_changes(kContacts, Cursor()));
        ASSERT_FALSE(page) << link;
        EXPECT_EQ(page.error().kind, ErrorKind::CorruptReply) << link;
        GraphDialogue stored("[]");
        const auto later = stored.run(
            stored.endpoint().pull_changes(kContacts, Cursor("D\tcontact\t\t" + std::string(link))));
        ASSERT_FALSE(later) << link;
        EXPECT_EQ(later.error().kind, ErrorKind::CursorExpired) << link;
        EXPECT_TRUE(stored.sent().empty()) << link;
    }
}

}  // namespace liaison::graph
