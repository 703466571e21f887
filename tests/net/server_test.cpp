#include "net/deadline.hpp"
#include "net/gzip.hpp"
#include "net/http_codec.hpp"
#include "tests/net/support.hpp"

namespace liaison::net::test {
namespace {

/// Writes `bytes` and reads until the server closes.
Async<std::string> talk(ByteStream& stream, std::string bytes) {
    co_await stream.write_all(std::move(bytes));
    co_return co_await read_through(stream, std::string(1, '\0') + "never");
}

struct ServerTest : ::testing::Test {
    std::unique_ptr<ByteStream> open(HttpHandler handler = echo) {
        auto [client, server] = make_stream_pair(loop.executor());
        loop.spawn(serve_stream(std::move(server), options, std::move(handler)));
        return std::move(client);
    }
    /// Everything that the server says to `bytes` on a fresh connection until it closes.
    std::string say(std::string bytes, HttpHandler handler = echo) {
        auto stream = open(std::move(handler));
        return run_to_end(loop, talk(*stream, std::move(bytes)));
    }
    /// The head of the answer to `bytes`; unlike `say` it does not wait for the server to close.
    std::string ask(std::string bytes) {
        auto stream = open();
        Async<Result<void>> writing = stream->write_all(std::move(bytes));
        loop.spawn([](Async<Result<void>> write) -> Async<void> { co_await std::move(write); }(std::move(writing)));
        return run_to_end(loop, read_through(*stream, "\r\n\r\n"));
    }
    static int status_of(const std::string& answer) {
        return answer.starts_with("HTTP/1.1 ") ? std::stoi(answer.substr(9, 3)) : 0;
    }

    RunLoop loop;
    HttpServerOptions options;
};

TEST_F(ServerTest, AnswersPipelinedRequestsInOrder) {
    std::string answer = say(
        "GET /1 HTTP/1.1\r\nHost: h\r\n\r\nPOST /2 HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\nab"
        "GET /3 HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
    EXPECT_EQ(answer,
              "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 7\r\n\r\nGET /1 "
              "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 10\r\n\r\nPOST /2 ab"
              "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 7\r\nConnection: close\r\n\r\nGET /3 ");
}

TEST_F(ServerTest, ClosesAfterHttp10UnlessAskedNotTo) {
    EXPECT_NE(say("GET / HTTP/1.0\r\n\r\n").find("Connection: close"), std::string::npos);
    auto stream = open();
    run_to_end(loop, stream->write_all("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"));
    EXPECT_NE(run_to_end(loop, stream->read_some(1000))->find("Connection: keep-alive"), std::string::npos);
}

TEST_F(ServerTest, AnswersHeadWithTheLengthAndNoBody) {
    std::string answer = say("HEAD /x HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
    EXPECT_TRUE(answer.ends_with("\r\n\r\n"));
    EXPECT_NE(answer.find("Content-Length: 8\r\n"), std::string::npos);
}

TEST_F(ServerTest, RefusesOverLimitAndHostileRequestsAndCloses) {
    options.header_bytes_max = 500;
    options.body_bytes_max = 100;
    const std::string head = "POST / HTTP/1.1\r\nHost: h\r\n";
    EXPECT_EQ(status_of(ask(head + "X: " + std::string(1000, 'a') + "\r\n\r\n")), 431);
    EXPECT_EQ(status_of(ask(head + "X: " + std::string(100'000, 'a'))), 431);
    EXPECT_EQ(status_of(ask(head + "Content-Length: 101\r\n\r\n" + std::string(101, 'b'))), 413);
    EXPECT_EQ(status_of(ask(head + "Content-Length: 900000\r\n\r\n" + std::string(900'000, 'b'))), 413);
    EXPECT_EQ(status_of(ask(head + "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n")), 400);
    EXPECT_EQ(status_of(ask(head + "Transfer-Encoding: gzip\r\n\r\n")), 501);
    EXPECT_EQ(status_of(ask("GET / HTTP/3.0\r\n\r\n")), 505);
    EXPECT_EQ(status_of(ask("CONNECT h:443 HTTP/1.1\r\nHost: h\r\n\r\n")), 501);
    EXPECT_EQ(status_of(ask("GET relative HTTP/1.1\r\nHost: h\r\n\r\n")), 400);
    EXPECT_EQ(status_of(ask("GET * HTTP/1.1\r\nHost: h\r\n\r\n")), 400);
    EXPECT_EQ(status_of(ask("\x16\x03\x01\x02\x03\r\n\r\n")), 400);
}

TEST_F(ServerTest, NothingAfterARefusedRequestIsServed) {
    std::string answer = say(
        "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\nContent-Length: 3\r\n\r\nabc"
        "GET /smuggled HTTP/1.1\r\nHost: h\r\n\r\n");
    EXPECT_EQ(status_of(answer), 400);
    EXPECT_EQ(answer.find("smuggled"), std::string::npos);
}

TEST_F(ServerTest, GivesTheHandlerTheOriginForm) {
    EXPECT_NE(say("GET http://h/path?q HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n").find("GET /path?q"),
              std::string::npos);
}

TEST_F(ServerTest, TellsTheSenderToContinue) {
    auto stream = open();
    run_to_end(loop, stream->write_all(
                         "POST / HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n"));
    EXPECT_EQ(*run_to_end(loop, stream->read_some(1000)), "HTTP/1.1 100 Continue\r\n\r\n");
    run_to_end(loop, stream->write_all("abc"));
    EXPECT_TRUE(run_to_end(loop, stream->read_some(1000))->ends_with("POST / abc"));
    options.body_bytes_max = 2;
    EXPECT_EQ(status_of(ask("POST / HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n")), 413);
    EXPECT_EQ(status_of(ask("POST / HTTP/1.1\r\nHost: h\r\nExpect: miracles\r\nContent-Length: 1\r\n\r\n")), 417);
}

Async<void> trickle(ByteStream& stream, std::string bytes) {
    for (char c : bytes) {
        std::string one(1, c);
        auto sent = co_await stream.write_all(std::move(one));
        if (!sent) co_return;
        co_await sleep_for(2ms);
    }
}

TEST_F(ServerTest, ASlowLorisIsAnswered408AndClosedThoughItKeepsTalking) {
    options.request_timeout = 40ms;
    auto stream = open();
    loop.spawn(trickle(*stream, "POST / HTTP/1.1\r\nHost: h\r\nX: " + std::string(200, 'a')));
    auto start = std::chrono::steady_clock::now();
    std::string answer = run_to_end(loop, read_through(*stream, "\r\n\r\n"));
    EXPECT_LT(std::chrono::steady_clock::now() - start, 2s);
    EXPECT_EQ(status_of(answer), 408);
    run_to_end(loop, sleep_for(500ms));  // the trickle ends before its stream does
}

TEST_F(ServerTest, AnIdleConnectionIsClosedWithoutAWord) {
    options.idle_timeout = 20ms;
    EXPECT_EQ(say(""), "");
    auto stream = open();
    run_to_end(loop, stream->write_all("GET / HTTP/1.1\r\nHost: h\r\n\r\n"));
    EXPECT_FALSE(run_to_end(loop, stream->read_some(1000))->empty());
    EXPECT_EQ(*run_to_end(loop, stream->read_some(1000)), "");
}

TEST_F(ServerTest, AReaderThatTakesNothingLosesTheConnection) {
    options.idle_timeout = 30ms;
    auto stream = open([](HttpRequest) -> Async<HttpResponse> {
        HttpResponse response;
        response.body.assign(4u << 20, 'x');
        co_return response;
    });
    run_to_end(loop, stream->write_all("GET / HTTP/1.1\r\nHost: h\r\n\r\n"));
    run_to_end(loop, sleep_for(100ms));
    std::string heard = run_to_end(loop, read_through(*stream, "never"));
    EXPECT_GT(heard.size(), 0u);
    EXPECT_LT(heard.size(), 1u << 20);
}

TEST_F(ServerTest, AHandlerThatThrowsIsA500WithoutDetail) {
    HttpHandler throwing = [](HttpRequest) -> Async<HttpResponse> {
        throw std::runtime_error("secret of the house");
        co_return HttpResponse();
    };
    std::string answer = say("GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n", throwing);
    EXPECT_EQ(status_of(answer), 500);
    EXPECT_EQ(answer.find("secret"), std::string::npos);
    HttpHandler injecting = [](HttpRequest) -> Async<HttpResponse> {
        HttpResponse response;
        response.fields.add("Location", "/\r\nSet-Cookie: a=b");
        co_return response;
    };
    answer = say("GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n", injecting);
    EXPECT_EQ(status_of(answer), 500);
    EXPECT_EQ(answer.find("Set-Cookie"), std::string::npos);
}

TEST_F(ServerTest, GzipsBigTextForThoseWhoAcceptIt) {
    HttpHandler big = [](HttpRequest request) -> Async<HttpResponse> {
        HttpResponse response;
        response.fields.set("Content-Type", request.url == "/image" ? "image/png" : "text/xml; charset=utf-8");
        response.body.assign(request.url == "/small" ? 1024 : 5000, 'a');
        co_return response;
    };
    auto answer_to = [&](std::string target, std::string accept) {
        ResponseDecoder decoder({}, "GET");
        decoder.feed(say("GET " + target + " HTTP/1.1\r\nHost: h\r\nConnection: close\r\n" + accept + "\r\n", big));
        return decoder.take();
    };
    HttpResponse packed = answer_to("/big", "Accept-Encoding: gzip\r\n");
    EXPECT_EQ(packed.fields.get("Content-Encoding"), "gzip");
    EXPECT_EQ(packed.fields.get("Vary"), "Accept-Encoding");
    EXPECT_LT(packed.body.size(), 1000u);
    ASSERT_TRUE(decode_content(packed, 5000));
    EXPECT_EQ(packed.body, std::string(5000, 'a'));
    EXPECT_EQ(answer_to("/big", "").body.size(), 5000u);
    EXPECT_EQ(answer_to("/big", "Accept-Encoding: gzip;q=0\r\n").body.size(), 5000u);
    EXPECT_EQ(answer_to("/small", "Accept-Encoding: gzip\r\n").body.size(), 1024u);
    EXPECT_EQ(answer_to("/image", "Accept-Encoding: gzip\r\n").body.size(), 5000u);
}

}  // namespace
}  // namespace liaison::net::test
