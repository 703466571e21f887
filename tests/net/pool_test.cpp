#include <random>

#include "net/deadline.hpp"
#include "net/gzip.hpp"
#include "tests/net/support.hpp"

namespace liaison::net::test {
namespace {

constexpr std::string_view kOk = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

Async<void> keep_answer(HttpClient& client, HttpRequest request, HttpLimits limits,
                        std::shared_ptr<std::vector<Result<HttpResponse>>> answers) {
    auto answer = co_await client.send(std::move(request), limits);
    answers->push_back(std::move(answer));
}

/// Reads one request without a body and answers with `answer`; then `then_close` or waits for the next one.
Async<void> answer_with(std::unique_ptr<ByteStream> stream, std::string answer, bool then_close) {
    while (true) {
        std::string request = co_await read_through(*stream, "\r\n\r\n");
        if (request.empty()) co_return;
        auto sent = co_await stream->write_all(answer);
        if (!sent || then_close) co_return;
    }
}

Script always(std::string answer, bool then_close = false) {
    return [=](std::unique_ptr<ByteStream> stream, int) { return answer_with(std::move(stream), answer, then_close); };
}

HttpLimits quick(std::chrono::milliseconds deadline) {
    HttpLimits limits;
    limits.deadline = deadline;
    return limits;
}

struct PoolTest : ::testing::Test {
    void serve(Script script, PoolOptions options = {}) {
        server = std::make_unique<ScriptedServer>(loop, std::move(script));
        client = make_pooled_client(loop.executor(), server->connector, std::move(options));
    }
    Result<HttpResponse> ask(HttpLimits limits = {}) { return run_to_end(loop, get(*client, "http://h/", limits)); }
    Result<HttpResponse> tell(HttpLimits limits = {}) {
        return run_to_end(loop, post(*client, "http://h/", "", limits));
    }
    int opened() const { return server->connector.count().opened; }
    int alive() const { return server->connector.count().alive; }
    /// All streams are gone, if need be after the few turns of the loop that the reading coroutine needs to notice.
    bool all_gone() {
        for (int turn = 0; turn < 50 && alive() > 0; ++turn) loop.run_for(1ms);
        return alive() == 0;
    }

    RunLoop loop;
    std::unique_ptr<ScriptedServer> server;
    std::unique_ptr<HttpClient> client;
};

TEST_F(PoolTest, AThousandRequestsShareOneConnection) {
    serve([](std::unique_ptr<ByteStream> stream, int) { return serve_stream(std::move(stream), {}, echo); });
    for (int i = 0; i < 1000; ++i) {
        auto answer = run_to_end(loop, post(*client, "http://h/" + std::to_string(i), "b" + std::to_string(i)));
        ASSERT_TRUE(answer) << answer.error().message;
        ASSERT_EQ(answer->body, "POST /" + std::to_string(i) + " b" + std::to_string(i));
    }
    EXPECT_EQ(opened(), 1);
    client.reset();
    loop.run();
    EXPECT_TRUE(all_gone());
}

TEST_F(PoolTest, SchemeHostAndPortTellConnectionsApart) {
    serve(always(std::string(kOk)));
    for (std::string url : {"http://h/", "https://h/", "http://h:81/", "http://i/", "http://H:80/x"})
        ASSERT_TRUE(run_to_end(loop, get(*client, url)));
    ASSERT_EQ(opened(), 4);
    EXPECT_TRUE(server->targets[1].tls);
    EXPECT_EQ(server->targets[1].port, 443);
    EXPECT_EQ(server->targets[2].port, 81);
}

struct Load {
    int now = 0;
    int most = 0;
};

Async<HttpResponse> slow_echo(std::shared_ptr<Load> load, HttpRequest request) {
    load->most = std::max(load->most, ++load->now);
    co_await sleep_for(2ms);
    --load->now;
    HttpResponse response;
    response.body = request.url;
    co_return response;
}

TEST_F(PoolTest, NeverUsesMoreConnectionsThanAllowedAndServesAllInTurn) {
    auto load = std::make_shared<Load>();
    PoolOptions options;
    options.connections_per_host_max = 3;
    HttpHandler handler = [load](HttpRequest request) { return slow_echo(load, std::move(request)); };
    serve([handler](std::unique_ptr<ByteStream> stream, int) { return serve_stream(std::move(stream), {}, handler); },
          options);
    auto answers = std::make_shared<std::vector<Result<HttpResponse>>>();
    for (int i = 0; i < 30; ++i) {
        HttpRequest request;
        request.url = "http://h/" + std::to_string(i);
        loop.spawn(keep_answer(*client, request, {}, answers));
    }
    ASSERT_TRUE(loop.run_until([&] { return answers->size() == 30; }));
    std::set<std::string> bodies;
    for (const auto& answer : *answers) bodies.insert(answer.value().body);
    EXPECT_EQ(bodies.size(), 30u);
    EXPECT_EQ(load->most, 3);
    EXPECT_EQ(opened(), 3);
}

TEST_F(PoolTest, ADeadlineAfterTheRequestWasSentIsUnansweredAndClosesTheConnection) {
    serve([](std::unique_ptr<ByteStream> stream, int number) {
        return number == 0 ? answer_with(std::move(stream), "HTTP/1.1 200 OK\r\nContent-Len", false)
                           : answer_with(std::move(stream), std::string(kOk), false);
    });
    auto cut = tell(quick(20ms));
    ASSERT_FALSE(cut);
    EXPECT_EQ(cut.error().kind, ErrorKind::Unanswered);
    EXPECT_TRUE(all_gone());
    ASSERT_TRUE(tell());
    EXPECT_EQ(opened(), 2);
}

TEST_F(PoolTest, ATricklingServerIsCutAtTheDeadlineOfTheWholeExchange) {
    serve([](std::unique_ptr<ByteStream> stream, int) -> Async<void> {
        co_await read_through(*stream, "\r\n\r\n");
        std::string bytes = "HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n";
        while (true) {
            auto sent = co_await stream->write_all(bytes);
            if (!sent) co_return;
            bytes = "x";
            co_await sleep_for(2ms);
        }
    });
    EXPECT_EQ(ask(quick(50ms)).error().kind, ErrorKind::Unanswered);
    EXPECT_TRUE(all_gone());
}

class HangingConnector final : public StreamConnector {
public:
    Async<Result<std::unique_ptr<ByteStream>>> connect(std::string, std::uint16_t, bool) override {
        co_await sleep_for(1h);
        co_return fail(ErrorKind::Internal, "never");
    }
};

TEST_F(PoolTest, ADeadlineBeforeAnythingWasSentIsTransient) {
    HangingConnector hanging;
    auto stuck = make_pooled_client(loop.executor(), hanging, {});
    auto answer = run_to_end(loop, post(*stuck, "http://h/", "x", quick(20ms)));
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().kind, ErrorKind::Transient);
}

TEST_F(PoolTest, ADeadlineInTheQueueIsTransientAndLeavesTheQueue) {
    PoolOptions options;
    options.connections_per_host_max = 1;
    serve([](std::unique_ptr<ByteStream> stream, int) -> Async<void> {
        co_await read_through(*stream, "\r\n\r\n");
        co_await sleep_for(60ms);
        co_await stream->write_all(std::string(kOk));
        co_await read_through(*stream, "\r\n\r\n");
        co_await stream->write_all(std::string(kOk));
    }, options);
    auto answers = std::make_shared<std::vector<Result<HttpResponse>>>();
    HttpRequest request;
    request.url = "http://h/";
    loop.spawn(keep_answer(*client, request, {}, answers));
    loop.run_for(5ms);
    EXPECT_EQ(ask(quick(10ms)).error().kind, ErrorKind::Transient);
    EXPECT_TRUE(answers->empty());
    EXPECT_TRUE(ask());
    EXPECT_EQ(opened(), 1);
}

TEST_F(PoolTest, ARefusedConnectionIsTransient) {
    auto connector = make_memory_connector(loop.executor(), [](ConnectTarget, std::unique_ptr<ByteStream>) {
        return Result<void>(fail(ErrorKind::Unauthenticated, "no"));
    });
    auto refused = make_pooled_client(loop.executor(), *connector, {});
    EXPECT_EQ(run_to_end(loop, get(*refused, "http://h/")).error().kind, ErrorKind::Transient);
}

TEST_F(PoolTest, ARequestThatCannotBeWrittenReachesNobody) {
    serve(always(std::string(kOk)));
    HttpRequest request;
    request.url = "http://h/";
    request.fields.add("X", "a\r\nY: b");
    EXPECT_EQ(run_to_end(loop, client->send(request, {})).error().kind, ErrorKind::InvalidRequest);
    EXPECT_EQ(run_to_end(loop, get(*client, "ftp://h/")).error().kind, ErrorKind::InvalidRequest);
    EXPECT_EQ(opened(), 0);
}

TEST_F(PoolTest, ATruncatedAnswerIsUnansweredAndItsConnectionIsGone) {
    for (std::string half : {"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n01234",
                             "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n01234\r\n", "HTTP/1.1 2", ""}) {
        serve(always(half, true));
        auto answer = tell();
        ASSERT_FALSE(answer);
        EXPECT_EQ(answer.error().kind, ErrorKind::Unanswered) << half;
        EXPECT_TRUE(all_gone());
    }
}

TEST_F(PoolTest, AnAnswerThatIsNoHttpIsCorruptAndItsConnectionIsGone) {
    serve(always("220 smtp.example.test ESMTP\r\n\r\n"));
    auto answer = tell();
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().kind, ErrorKind::CorruptReply);
    EXPECT_TRUE(all_gone());
}

TEST_F(PoolTest, AStatusIsAnAnswerAndRedirectsAreNotFollowed) {
    serve(always("HTTP/1.1 302 Found\r\nLocation: http://elsewhere/\r\nContent-Length: 0\r\n\r\n"));
    auto answer = ask();
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->status, 302);
    EXPECT_EQ(opened(), 1);
    serve(always("HTTP/1.1 503 Busy\r\nRetry-After: 5\r\nContent-Length: 0\r\n\r\n"));
    EXPECT_EQ(ask()->fields.get("Retry-After"), "5");
}

TEST_F(PoolTest, BytesThatNobodyAskedForNeverBecomeTheNextAnswer) {
    serve([](std::unique_ptr<ByteStream> stream, int number) {
        std::string answer = number == 0 ? std::string(kOk) + "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nwrong"
                                         : std::string(kOk);
        return answer_with(std::move(stream), std::move(answer), false);
    });
    EXPECT_EQ(ask()->body, "ok");
    EXPECT_TRUE(all_gone());
    EXPECT_EQ(ask()->body, "ok");
    EXPECT_EQ(opened(), 2);
}

Async<void> talk_unasked(std::unique_ptr<ByteStream> stream, std::shared_ptr<int> ends_seen) {
    co_await read_through(*stream, "\r\n\r\n");
    co_await stream->write_all(std::string(kOk));
    co_await sleep_for(5ms);
    co_await stream->write_all("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nwrong");
    std::string rest = co_await read_through(*stream, "\r\n\r\n");
    if (rest.empty()) ++*ends_seen;
}

TEST_F(PoolTest, BytesThatComeWhileTheConnectionRestsCloseIt) {
    auto ends_seen = std::make_shared<int>(0);
    serve([ends_seen](std::unique_ptr<ByteStream> stream, int) { return talk_unasked(std::move(stream), ends_seen); });
    EXPECT_EQ(ask()->body, "ok");
    EXPECT_EQ(*ends_seen, 0);
    loop.run_for(20ms);
    EXPECT_EQ(*ends_seen, 1);  // closed at once, not only when somebody wants to use it
    EXPECT_EQ(ask()->body, "ok");
    EXPECT_EQ(opened(), 2);
}

TEST_F(PoolTest, AConnectionThatTheServerClosedWhileIdleIsNotUsedAgain) {
    serve(always(std::string(kOk), true));
    for (int i = 0; i < 5; ++i) {
        auto answer = tell();
        ASSERT_TRUE(answer) << answer.error().message;
        loop.run_for(2ms);
    }
    EXPECT_EQ(opened(), 5);
}

TEST_F(PoolTest, AnIdleConnectionIsClosedAfterItsTime) {
    PoolOptions options;
    options.idle_timeout = 10ms;
    serve(always(std::string(kOk)), options);
    ASSERT_TRUE(ask());
    loop.run_for(50ms);
    ASSERT_TRUE(ask());
    EXPECT_EQ(opened(), 2);
}

/// Answers once, then takes the next request and closes without a word.
Script answers_once_per_connection() {
    return [](std::unique_ptr<ByteStream> stream, int) -> Async<void> {
        co_await read_through(*stream, "\r\n\r\n");
        co_await stream->write_all(std::string(kOk));
        co_await read_through(*stream, "\r\n\r\n");
    };
}

TEST_F(PoolTest, OnlyReadsAreSentOnceMoreWhenAReusedConnectionDies) {
    serve(answers_once_per_connection());
    ASSERT_TRUE(ask());
    auto again = ask();
    ASSERT_TRUE(again) << again.error().message;
    EXPECT_EQ(opened(), 2);
    auto lost = tell();
    ASSERT_FALSE(lost);
    EXPECT_EQ(lost.error().kind, ErrorKind::Unanswered);
    EXPECT_EQ(opened(), 2);
}

TEST_F(PoolTest, AReadIsSentOnceMoreAndNotTwice) {
    serve([](std::unique_ptr<ByteStream> stream, int number) -> Async<void> {
        co_await read_through(*stream, "\r\n\r\n");
        if (number > 0) co_return;
        co_await stream->write_all(std::string(kOk));
        co_await read_through(*stream, "\r\n\r\n");
    });
    ASSERT_TRUE(ask());
    EXPECT_EQ(ask().error().kind, ErrorKind::Unanswered);
    EXPECT_EQ(opened(), 2);
}

TEST_F(PoolTest, ACancelledSendLeavesThePoolHealthy) {
    PoolOptions options;
    options.connections_per_host_max = 1;
    auto load = std::make_shared<Load>();
    HttpHandler handler = [load](HttpRequest request) { return slow_echo(load, std::move(request)); };
    serve([handler](std::unique_ptr<ByteStream> stream, int) { return serve_stream(std::move(stream), {}, handler); },
          options);
    auto answers = std::make_shared<std::vector<Result<HttpResponse>>>();
    std::vector<std::function<void()>> cancels;
    for (int i = 0; i < 40; ++i) {
        HttpRequest request;
        request.url = "http://h/" + std::to_string(i);
        cancels.push_back(loop.spawn_cancellable(keep_answer(*client, request, {}, answers)));
    }
    for (std::size_t i : {0u, 1u, 5u, 39u, 17u}) loop.post(cancels[i]);  // the one in flight, and waiting ones
    loop.run_for(6ms);
    loop.post(cancels[3]);
    loop.post(cancels[4]);
    loop.run_until([&] { return answers->size() == 40; });
    int good = 0;
    for (const auto& answer : *answers) {
        good += answer.has_value();
        if (!answer) {
            EXPECT_TRUE(answer.error().kind == ErrorKind::Cancelled || answer.error().kind == ErrorKind::Unanswered);
        }
    }
    EXPECT_GE(good, 33);
    EXPECT_EQ(ask()->body, "/");
    EXPECT_LE(alive(), 1);
}

TEST_F(PoolTest, InflatesAnAnswerAndHoldsItToTheLimit) {
    std::string packed = gzip(std::string(1u << 20, 'a'));
    std::string head = "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: ";
    serve(always(head + std::to_string(packed.size()) + "\r\n\r\n" + packed));
    EXPECT_EQ(ask()->body.size(), 1u << 20);
    EXPECT_FALSE(ask()->fields.has("Content-Encoding"));
    HttpLimits small;
    small.body_bytes_max = 1000;
    EXPECT_EQ(ask(small).error().kind, ErrorKind::TooLarge);
    serve(always(head + "4\r\n\r\njunk"));
    EXPECT_EQ(ask().error().kind, ErrorKind::CorruptReply);
    serve(always("HTTP/1.1 200 OK\r\nContent-Length: 1001\r\n\r\n" + std::string(1001, 'x')));
    EXPECT_EQ(ask(small).error().kind, ErrorKind::TooLarge);
}

TEST_F(PoolTest, AnswersAreHeardEvenFromAServerThatStopsReading) {
    serve([](std::unique_ptr<ByteStream> stream, int) -> Async<void> {
        co_await read_through(*stream, "\r\n\r\n");
        co_await stream->write_all("HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
    });
    auto answer = run_to_end(loop, post(*client, "http://h/", std::string(2u << 20, 'x')));
    ASSERT_TRUE(answer) << answer.error().message;
    EXPECT_EQ(answer->status, 413);
    EXPECT_TRUE(all_gone());
}

Async<void> record_head(std::unique_ptr<ByteStream> stream, std::shared_ptr<std::vector<std::string>> heads,
                        std::vector<std::string> answers) {
    for (const std::string& answer : answers) {
        std::string head = co_await read_through(*stream, "\r\n\r\n");
        heads->push_back(std::move(head));
        co_await stream->write_all(answer);
    }
    co_await read_through(*stream, "\r\n\r\n");
}

TEST_F(PoolTest, SpeaksToAProxyInAbsoluteFormAndByTunnel) {
    auto heads = std::make_shared<std::vector<std::string>>();
    PoolOptions options;
    options.proxy_url = "http://us%20er:p%40ss@proxy.test:3128";
    std::vector<std::string> answers = {"HTTP/1.1 200 Connection established\r\n\r\n", std::string(kOk)};
    serve([heads, answers](std::unique_ptr<ByteStream> stream, int number) {
        std::vector<std::string> mine = answers;
        if (number == 0) mine.erase(mine.begin());
        return record_head(std::move(stream), heads, std::move(mine));
    }, options);
    // The tunnel needs start_tls, which the counting connector does not pass on; so ask the inner kind directly.
    auto through = make_memory_connector(loop.executor(), [&](ConnectTarget target, std::unique_ptr<ByteStream> end) {
        server->targets.push_back(target);
        int number = static_cast<int>(server->targets.size()) - 1;
        loop.spawn(server->script(std::move(end), number));
        return Result<void>();
    });
    auto proxied = make_pooled_client(loop.executor(), *through, options);
    ASSERT_TRUE(run_to_end(loop, get(*proxied, "http://origin.test:8080/x?y")));
    auto tunnelled = run_to_end(loop, get(*proxied, "https://origin.test/z"));
    ASSERT_TRUE(tunnelled) << tunnelled.error().message;
    ASSERT_EQ(heads->size(), 3u);
    const std::string authorization = "Proxy-Authorization: Basic dXMgZXI6cEBzcw==\r\n";
    EXPECT_TRUE(heads->at(0).starts_with("GET http://origin.test:8080/x?y HTTP/1.1\r\nHost: origin.test:8080\r\n"));
    EXPECT_NE(heads->at(0).find(authorization), std::string::npos);
    EXPECT_TRUE(heads->at(1).starts_with("CONNECT origin.test:443 HTTP/1.1\r\nHost: origin.test:443\r\n"));
    EXPECT_NE(heads->at(1).find(authorization), std::string::npos);
    EXPECT_TRUE(heads->at(2).starts_with("GET /z HTTP/1.1\r\nHost: origin.test\r\n"));
    EXPECT_EQ(heads->at(2).find("Proxy-"), std::string::npos);
    EXPECT_EQ(server->targets[1].host, "proxy.test");
    EXPECT_EQ(server->targets[1].port, 3128);
    EXPECT_FALSE(server->targets[1].tls);
}

TEST_F(PoolTest, ARefusedTunnelIsTransientBecauseTheServerHeardNothing) {
    for (std::string answer : {"HTTP/1.1 407 Auth\r\nContent-Length: 0\r\n\r\n", "HTTP/1.1 200 OK\r\n\r\nearly",
                               "junk\r\n\r\n", ""}) {
        PoolOptions options;
        options.proxy_url = "http://proxy.test:3128";
        serve(always(answer, true), options);
        auto result = run_to_end(loop, post(*client, "https://origin.test/", "x"));
        ASSERT_FALSE(result);
        EXPECT_EQ(result.error().kind, ErrorKind::Transient) << answer;
        EXPECT_TRUE(all_gone());
    }
    PoolOptions nonsense;
    nonsense.proxy_url = "socks://x";
    serve(always(std::string(kOk)), nonsense);
    EXPECT_EQ(ask().error().kind, ErrorKind::InvalidRequest);
}

/// A server with a seeded choice of misbehaviour for each request; an honest answer repeats the request's number.
Async<void> misbehave(std::unique_ptr<ByteStream> stream, std::shared_ptr<std::mt19937> dice) {
    while (true) {
        std::string head = co_await read_through(*stream, "\r\n\r\n");
        if (head.empty()) co_return;
        std::string number = head.substr(0, head.find(" HTTP"));
        number = number.substr(number.find('/') + 1);
        std::string answer = "HTTP/1.1 200 OK\r\nContent-Length: ";
        answer += std::to_string(number.size()) + "\r\n\r\n" + number;
        unsigned choice = (*dice)() % 16;
        if (choice == 0) co_return;
        if (choice == 1) answer.resize((*dice)() % answer.size());
        if (choice == 2) answer += "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nwrong";
        if (choice == 3) answer = "nonsense\r\n\r\n";
        if (choice == 4) answer.insert(answer.find("\r\n") + 2, "Connection: close\r\n");
        if (choice == 5) co_await sleep_for(std::chrono::milliseconds((*dice)() % 12));
        auto sent = co_await stream->write_all(std::move(answer));
        if (!sent || choice == 1) co_return;
        if (choice == 6) co_return;
    }
}

struct Tally {
    int done = 0;
    int right = 0;
    int wrong = 0;
    int failed = 0;
};

Async<void> ask_numbers(HttpClient& client, int from, int count, std::shared_ptr<Tally> tally) {
    struct Ended {
        std::shared_ptr<Tally> tally;
        ~Ended() { ++tally->done; }
    } ended{tally};
    for (int i = from; i < from + count; ++i) {
        HttpRequest request;
        request.method = i % 3 == 0 ? "POST" : "GET";
        request.url = "http://h/" + std::to_string(i);
        HttpLimits limits;
        limits.deadline = 8ms;
        auto answer = co_await client.send(std::move(request), limits);
        if (!answer) {
            ++tally->failed;
        } else if (answer->body == std::to_string(i)) {
            ++tally->right;
        } else {
            ++tally->wrong;
        }
        co_await sleep_for(std::chrono::milliseconds(i % 3 == 1 ? 2 : 0));
    }
}

TEST_F(PoolTest, UnderSeededMisbehaviourNoAnswerGoesToTheWrongRequestAndNothingLeaks) {
    for (unsigned seed = 1; seed <= 4; ++seed) {
        auto dice = std::make_shared<std::mt19937>(seed);
        PoolOptions options;
        options.connections_per_host_max = 4;
        serve([dice](std::unique_ptr<ByteStream> stream, int) { return misbehave(std::move(stream), dice); }, options);
        auto tally = std::make_shared<Tally>();
        std::vector<std::function<void()>> cancels;
        for (int worker = 0; worker < 12; ++worker)
            cancels.push_back(loop.spawn_cancellable(ask_numbers(*client, worker * 1000, 60, tally)));
        loop.run_for(20ms);
        loop.post(cancels[2]);
        loop.post(cancels[7]);
        ASSERT_TRUE(loop.run_until([&] { return tally->done == 12; }));
        EXPECT_GT(tally->right, 300);
        EXPECT_GT(tally->failed, 30);
        EXPECT_LE(alive(), 4);
        client.reset();
        EXPECT_TRUE(all_gone());
        EXPECT_EQ(tally->wrong, 0) << "seed " << seed;
    }
}

TEST(HandlerClient, CallsTheHandlerWithoutBytes) {
    RunLoop loop;
    auto client = make_handler_client(echo);
    auto answer = run_to_end(loop, post(*client, "https://h/a?b", "c"));
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->body, "POST /a?b c");
    auto failing = make_handler_client([](HttpRequest) -> Async<HttpResponse> {
        throw std::runtime_error("secret");
        co_return HttpResponse();
    });
    EXPECT_EQ(run_to_end(loop, get(*failing, "https://h/"))->status, 500);
    auto stuck = make_handler_client([](HttpRequest) -> Async<HttpResponse> {
        co_await sleep_for(1h);
        co_return HttpResponse();
    });
    EXPECT_EQ(run_to_end(loop, get(*stuck, "https://h/", quick(10ms))).error().kind, ErrorKind::Unanswered);
}

}  // namespace
}  // namespace liaison::net::test
