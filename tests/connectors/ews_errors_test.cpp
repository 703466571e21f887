#include <gtest/gtest.h>

#include <set>

#include "connectors/ews/error_codes.hpp"
#include "connectors/ews/ews_client.hpp"
#include "tests/connectors/ews_support.hpp"

namespace liaison::ews {

namespace {

struct ClientFixture {
    ScriptedExchange exchange;
    net::RunLoop loop;
    EwsClient client{exchange, test_settings()};

    Result<EwsClient::Reply> send(bool writes = false) {
        EwsClient::Call call;
        call.operation = "GetItem";
        call.body = "<m:GetItem/>";
        call.writes = writes;
        return net::run_to_end(loop, client.send(std::move(call)));
    }
    Error error(bool writes = false) {
        auto reply = send(writes);
        EXPECT_FALSE(reply);
        return reply ? Error{} : reply.error();
    }
};

std::string value(std::string_view name, std::string_view text) {
    return "<t:Value Name=\"" + std::string(name) + "\">" + std::string(text) + "</t:Value>";
}

}  // namespace

TEST(EwsErrors, EveryCodeIsListedOnce) {
    std::set<std::string_view> seen;
    for (const CodeMeaning& row : all_meanings()) {
        EXPECT_TRUE(seen.insert(row.code).second) << row.code;
        EXPECT_EQ(find_meaning(row.code)->kind, row.kind) << row.code;
    }
    EXPECT_GT(seen.size(), 90U);
}

TEST(EwsErrors, TheReactionDecidesTheKind) {
    for (const CodeMeaning& row : all_meanings()) {
        switch (row.reaction) {
            case Reaction::PauseMailbox:
            case Reaction::AskForLess:
            case Reaction::Rediscover:
                EXPECT_TRUE(row.kind == ErrorKind::Throttled || row.kind == ErrorKind::Transient) << row.code;
                break;
            case Reaction::ReadAllAgain: EXPECT_EQ(row.kind, ErrorKind::CursorExpired) << row.code; break;
            case Reaction::Gone: EXPECT_EQ(row.kind, ErrorKind::NotFound) << row.code; break;
            case Reaction::BusinessRule: EXPECT_EQ(row.kind, ErrorKind::InvalidRequest) << row.code; break;
            case Reaction::AskAdmin:
                EXPECT_TRUE(row.kind == ErrorKind::Forbidden || row.kind == ErrorKind::Unauthenticated) << row.code;
                break;
            case Reaction::ReadAgain:
                EXPECT_TRUE(row.kind == ErrorKind::VersionConflict || row.kind == ErrorKind::AlreadyExists) << row.code;
                break;
            case Reaction::ParkItem:
                EXPECT_TRUE(row.kind == ErrorKind::Unsupported || row.kind == ErrorKind::TooLarge) << row.code;
                break;
            case Reaction::OurMistake:
                EXPECT_TRUE(row.kind == ErrorKind::InvalidRequest || row.kind == ErrorKind::Unsupported) << row.code;
                break;
        }
    }
}

TEST(EwsErrors, AnUnknownCodeIsPermanentForAnItemAndTransientForACall) {
    EXPECT_EQ(item_error("ErrorOfTheFuture", {}).kind, ErrorKind::InvalidRequest);
    EXPECT_EQ(call_error("ErrorOfTheFuture", {}).kind, ErrorKind::Transient);
}

TEST(EwsErrors, AMalformedIdIsNoProofOfADeletion) {
    for (const char* code : {"ErrorInvalidIdMalformed", "ErrorInvalidId"})
        EXPECT_EQ(item_error(code, {}).kind, ErrorKind::InvalidRequest) << code;
}

TEST(EwsErrors, ABusyServerSaysHowLongToWait) {
    ClientFixture f;
    f.exchange.answer_http(500, ScriptedExchange::envelope(
                                    fault("ErrorServerBusy", value("BackOffMilliseconds", "297749"))));
    const Error error = f.error();
    EXPECT_EQ(error.kind, ErrorKind::Throttled);
    EXPECT_EQ(error.native_code, "ErrorServerBusy");
    EXPECT_EQ(error.retry_after, std::chrono::milliseconds(297'749));
}

TEST(EwsErrors, ABackOffOfZeroIsStillAPause) {
    ClientFixture f;
    f.exchange.answer_http(500, ScriptedExchange::envelope(
                                    fault("ErrorServerBusy", value("BackOffMilliseconds", "0"))));
    EXPECT_EQ(f.error().retry_after, std::chrono::milliseconds(2'000));
}

TEST(EwsErrors, AHostileBackOffIsBounded) {
    for (const char* text : {"99999999999999999999", "-5", "abc", "9223372036854775807"}) {
        ClientFixture f;
        f.exchange.answer_http(500, ScriptedExchange::envelope(
                                        fault("ErrorServerBusy", value("BackOffMilliseconds", text))));
        const Error error = f.error();
        ASSERT_TRUE(error.retry_after) << text;
        EXPECT_LE(*error.retry_after, std::chrono::hours(24)) << text;
        EXPECT_GE(*error.retry_after, std::chrono::seconds(2)) << text;
    }
}

TEST(EwsErrors, TheInnerCodeTellsWhatIsMeant) {
    ErrorDetails details;
    details.inner_code = "ErrorServerBusy";
    EXPECT_EQ(item_error("ErrorInternalServerError", details).kind, ErrorKind::Throttled);
}

TEST(EwsErrors, ASchemaViolationNamesItsPlaceAndNoContent) {
    ClientFixture f;
    f.exchange.answer_http(
        500, ScriptedExchange::envelope(fault("ErrorSchemaValidation",
                                              value("LineNumber", "1") + value("LinePosition", "733") +
                                                  value("Violation", "The value 'secret subject' is invalid"))));
    const Error error = f.error(true);
    EXPECT_EQ(error.kind, ErrorKind::InvalidRequest);
    EXPECT_NE(error.message.find("LinePosition 733"), std::string::npos);
    EXPECT_EQ(error.message.find("secret"), std::string::npos);
}

TEST(EwsErrors, HttpStatusesAreClassified) {
    const auto kind_of = [](int status, bool writes) {
        ClientFixture f;
        f.exchange.answer_http(status, "<html>no SOAP</html>");
        return f.error(writes).kind;
    };
    EXPECT_EQ(kind_of(401, false), ErrorKind::Unauthenticated);
    EXPECT_EQ(kind_of(403, true), ErrorKind::Forbidden);
    EXPECT_EQ(kind_of(404, true), ErrorKind::InvalidRequest);
    EXPECT_EQ(kind_of(302, true), ErrorKind::Throttled);
    EXPECT_EQ(kind_of(503, true), ErrorKind::Throttled);
    EXPECT_EQ(kind_of(429, false), ErrorKind::Throttled);
    EXPECT_EQ(kind_of(413, true), ErrorKind::TooLarge);
    EXPECT_EQ(kind_of(500, false), ErrorKind::Transient);
    EXPECT_EQ(kind_of(500, true), ErrorKind::Unanswered);
    EXPECT_EQ(kind_of(502, false), ErrorKind::Transient);
    EXPECT_EQ(kind_of(504, true), ErrorKind::Unanswered);
    EXPECT_EQ(kind_of(200, false), ErrorKind::CorruptReply);   // a login page
    EXPECT_EQ(kind_of(200, true), ErrorKind::Unanswered);
}

TEST(EwsErrors, RetryAfterOfHttpIsObeyed) {
    ClientFixture f;
    f.exchange.answer_http(503, "", "Retry-After", "120");
    EXPECT_EQ(f.error().retry_after, std::chrono::seconds(120));
}

TEST(EwsErrors, A401AfterASuccessMeansBusyTwiceAndRefusedThen) {
    ClientFixture f;
    f.exchange.answer_body(response("GetItem", {}));
    EXPECT_TRUE(f.send());
    for (int i = 0; i < 3; ++i) f.exchange.answer_http(401, "");
    EXPECT_EQ(f.error().kind, ErrorKind::Throttled);
    EXPECT_EQ(f.error().kind, ErrorKind::Throttled);
    EXPECT_EQ(f.error().kind, ErrorKind::Unauthenticated);
}

TEST(EwsErrors, AWriteWhoseEffectIsUncertainIsUnanswered) {
    for (const CodeMeaning& row : all_meanings()) {
        const ErrorKind after = after_write(call_error(row.code, {})).kind;
        if (row.surely_not_applied)
            EXPECT_EQ(after, row.kind) << row.code;
        else
            EXPECT_EQ(after, ErrorKind::Unanswered) << row.code;
    }
    EXPECT_EQ(after_write(call_error("ErrorOfTheFuture", {})).kind, ErrorKind::Unanswered);
    EXPECT_EQ(after_write(Error{ErrorKind::CorruptReply, "x"}).kind, ErrorKind::Unanswered);
    EXPECT_EQ(after_write(Error{ErrorKind::TooLarge, "x"}).kind, ErrorKind::Unanswered);
    // Nothing can have reached the server.
    EXPECT_EQ(after_write(Error{ErrorKind::Transient, "no connection"}).kind, ErrorKind::Transient);
}

TEST(EwsErrors, AReadThatGotNoAnswerIsTransient) {
    ClientFixture f;
    f.exchange.answer_error(Error{ErrorKind::Unanswered, "cut"});
    EXPECT_EQ(f.error(false).kind, ErrorKind::Transient);
    f.exchange.answer_error(Error{ErrorKind::Unanswered, "cut"});
    EXPECT_EQ(f.error(true).kind, ErrorKind::Unanswered);
}

TEST(EwsClient, SendsWhatExchangeWants) {
    ScriptedExchange exchange;
    net::RunLoop loop;
    EwsSettings settings = test_settings();
    settings.user = "svc@example.test";
    settings.impersonate = true;
    EwsClient client(exchange, settings);
    exchange.answer_body(response("GetFolder", {}));
    EwsClient::Call call;
    call.operation = "GetFolder";
    call.body = "<m:GetFolder/>";
    call.mailbox = "bob@example.test";
    const auto reply = net::run_to_end(loop, client.send(std::move(call)));
    ASSERT_TRUE(reply);
    EXPECT_EQ(reply->soap.server, "15.2.2562");
    const HttpRequest& request = exchange.requests().front();
    EXPECT_EQ(request.method, "POST");
    EXPECT_EQ(request.fields.get("Content-Type"), "text/xml; charset=utf-8");
    EXPECT_EQ(request.fields.get("X-AnchorMailbox"), "bob@example.test");
    EXPECT_EQ(request.fields.get("Authorization"), "Basic c3ZjQGV4YW1wbGUudGVzdDpzYW5kYm94");
    EXPECT_NE(request.body.find("<t:RequestServerVersion Version=\"Exchange2013_SP1\"/>"), std::string::npos);
    EXPECT_NE(request.body.find("<t:ConnectingSID><t:PrimarySmtpAddress>bob@example.test"), std::string::npos);
    EXPECT_NE(request.body.find("<t:TimeZoneDefinition Id=\"UTC\"/>"), std::string::npos);
}

TEST(EwsClient, RefusesTheReplyToAnotherOperation) {
    ClientFixture f;
    f.exchange.answer_body(response("FindItem", {}));
    EXPECT_EQ(f.error().kind, ErrorKind::CorruptReply);
    f.exchange.answer_body(response("FindItem", {}));
    EXPECT_EQ(f.error(true).kind, ErrorKind::Unanswered);
}

TEST(EwsClient, ErrorsHoldNoCredentials) {
    ClientFixture f;
    for (int i = 0; i < 3; ++i) f.exchange.answer_http(401 + i, "sandbox");
    for (int i = 0; i < 3; ++i) {
        const Error error = f.error();
        EXPECT_EQ(error.message.find("sandbox"), std::string::npos);
        EXPECT_EQ(error.message.find("alice"), std::string::npos);
    }
}

TEST(EwsClient, ReadsTheServersClock) {
    EXPECT_EQ(parse_http_date("Wed, 25 Nov 2026 08:15:00 GMT"), parse_timestamp("2026-11-25T08:15:00Z"));
    for (const char* text : {"", "Wed, 25 Nov 2026 08:15:00 CET", "Wed, 25 Xxx 2026 08:15:00 GMT", "nonsense of 29 characters GMT"})
        EXPECT_EQ(parse_http_date(text), std::nullopt) << text;
}

}  // namespace liaison::ews
