#include "net/deadline.hpp"
#include "net/listener.hpp"
#include "tests/net/support.hpp"

namespace liaison::net::test {
namespace {

struct SocketTest : ::testing::Test {
    void listen(HttpHandler handler = echo) {
        auto listening = HttpServer::listen(loop.executor(), options, std::move(handler));
        ASSERT_TRUE(listening) << listening.error().message;
        server = std::move(*listening);
        connector = std::make_unique<CountingConnector>(make_socket_connector(loop.executor(), {}));
        client = make_pooled_client(loop.executor(), *connector, {});
    }
    std::string url(std::string target = "/") const {
        return "http://127.0.0.1:" + std::to_string(server->port()) + target;
    }

    RunLoop loop;
    HttpServerOptions options;
    std::unique_ptr<HttpServer> server;
    std::unique_ptr<CountingConnector> connector;
    std::unique_ptr<HttpClient> client;
};

TEST_F(SocketTest, AThousandKeepAliveRequestsShareOneConnection) {
    listen();
    for (int i = 0; i < 1000; ++i) {
        auto answer = run_to_end(loop, post(*client, url("/" + std::to_string(i)), "b"));
        ASSERT_TRUE(answer) << answer.error().message;
        ASSERT_EQ(answer->body, "POST /" + std::to_string(i) + " b");
    }
    EXPECT_EQ(connector->count().opened, 1);
}

TEST_F(SocketTest, CarriesBodiesOfManyMegabytesBothWays) {
    listen([](HttpRequest request) -> Async<HttpResponse> {
        HttpResponse response;
        response.body = std::move(request.body);
        co_return response;
    });
    std::string body(20u << 20, 'x');
    for (std::size_t i = 0; i < body.size(); i += 4099) body[i] = static_cast<char>(i);
    auto answer = run_to_end(loop, post(*client, url(), body));
    ASSERT_TRUE(answer) << answer.error().message;
    EXPECT_TRUE(answer->body == body);
}

Async<void> ask_once(HttpClient& client, std::string url, std::shared_ptr<std::map<std::string, int>> tally) {
    auto answer = co_await get(client, url);
    std::string key = answer ? std::to_string(answer->status) : std::string(to_string(answer.error().kind));
    ++(*tally)[key];
}

TEST_F(SocketTest, StopLetsRequestsUnderWayFinishAndClosesTheRest) {
    listen([](HttpRequest) -> Async<HttpResponse> {
        co_await sleep_for(60ms);
        co_return HttpResponse();
    });
    ASSERT_TRUE(run_to_end(loop, get(*client, url())));  // leaves one idle connection
    auto tally = std::make_shared<std::map<std::string, int>>();
    for (int i = 0; i < 4; ++i) loop.spawn(ask_once(*client, url(), tally));
    loop.run_for(20ms);
    server->stop();
    ASSERT_TRUE(loop.run_until([&] { return (*tally)["200"] == 4; }));
    auto refused = run_to_end(loop, post(*client, url(), ""));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().kind, ErrorKind::Transient);
    client.reset();
    loop.run();  // comes back: nothing is left open on either side
    EXPECT_EQ(connector->count().alive, 0);
}

TEST_F(SocketTest, OneConnectionTooManyIsAnswered503) {
    options.connections_max = 2;
    listen();
    auto first = run_to_end(loop, connector->connect("127.0.0.1", server->port(), false));
    auto second = run_to_end(loop, connector->connect("127.0.0.1", server->port(), false));
    ASSERT_TRUE(first && second);
    loop.run_for(5ms);
    auto answer = run_to_end(loop, get(*client, url()));
    ASSERT_TRUE(answer) << answer.error().message;
    EXPECT_EQ(answer->status, 503);
    (*first)->close();
    loop.run_for(20ms);
    EXPECT_EQ(run_to_end(loop, get(*client, url()))->status, 200);
}

TEST_F(SocketTest, ARefusedBodyStillLetsTheClientHearWhy) {
    options.body_bytes_max = 1000;
    listen();
    auto answer = run_to_end(loop, post(*client, url(), std::string(8u << 20, 'x')));
    ASSERT_TRUE(answer) << answer.error().message;
    EXPECT_EQ(answer->status, 413);
}

TEST_F(SocketTest, APortInUseABadAddressAndABadCertificateAreErrorsAtOnce) {
    listen();
    HttpServerOptions same;
    same.port = server->port();
    EXPECT_EQ(HttpServer::listen(loop.executor(), same, echo).error().kind, ErrorKind::Transient);
    HttpServerOptions name;
    name.address = "localhost";
    EXPECT_EQ(HttpServer::listen(loop.executor(), name, echo).error().kind, ErrorKind::InvalidRequest);
    HttpServerOptions certificate;
    certificate.tls_certificate_file = "/nonexistent.pem";
    EXPECT_EQ(HttpServer::listen(loop.executor(), certificate, echo).error().kind, ErrorKind::InvalidRequest);
}

TEST_F(SocketTest, NobodyListeningAndNobodyOfThatNameAreTransient) {
    listen();
    std::string gone = url();
    server.reset();
    loop.run_for(1ms);
    auto refused = run_to_end(loop, post(*client, gone, "x"));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().kind, ErrorKind::Transient);
    HttpLimits limits;
    limits.deadline = 5s;
    auto nameless = run_to_end(loop, post(*client, "http://no-such-host.invalid/", "x", limits));
    ASSERT_FALSE(nameless);
    EXPECT_EQ(nameless.error().kind, ErrorKind::Transient);
}

TEST_F(SocketTest, ANameWithSeveralAddressesReachesTheOneThatListens) {
    listen();  // on 127.0.0.1 only; localhost may be ::1 as well
    auto answer = run_to_end(loop, get(*client, "http://localhost:" + std::to_string(server->port()) + "/"));
    ASSERT_TRUE(answer) << answer.error().message;
    EXPECT_EQ(answer->status, 200);
}

TEST_F(SocketTest, AServerThatIsDestroyedClosesItsConnections) {
    listen();
    auto stream = run_to_end(loop, connector->connect("127.0.0.1", server->port(), false));
    ASSERT_TRUE(stream);
    loop.run_for(5ms);
    server.reset();
    EXPECT_EQ(*run_to_end(loop, (*stream)->read_some(10)), "");
    auto cancelled = std::make_shared<std::optional<Result<std::string>>>();
    (*stream)->close();
    EXPECT_EQ(run_to_end(loop, (*stream)->read_some(10)).error().kind, ErrorKind::Cancelled);
}

TEST_F(SocketTest, ATruncatedAnswerOverTcpIsUnanswered) {
    auto listener = Listener::open(loop.executor(), Listener::Options{"127.0.0.1", 0});
    ASSERT_TRUE(listener);
    loop.spawn([](Listener& accepting) -> Async<void> {
        auto stream = co_await accepting.accept();
        co_await read_through(**stream, "\r\n\r\n");
        std::string half = "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf";
        co_await (*stream)->write_all(std::move(half));
    }(**listener));
    CountingConnector counting(make_socket_connector(loop.executor(), {}));
    auto asking = make_pooled_client(loop.executor(), counting, {});
    std::string target = "http://127.0.0.1:" + std::to_string((*listener)->port()) + "/";
    auto answer = run_to_end(loop, post(*asking, target, "x"));
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().kind, ErrorKind::Unanswered);
    for (int turn = 0; turn < 50 && counting.count().alive > 0; ++turn) loop.run_for(1ms);
    EXPECT_EQ(counting.count().alive, 0);
}

}  // namespace
}  // namespace liaison::net::test
