#include <openssl/err.h>
#include <openssl/ssl.h>

#include <thread>

#include "net/deadline.hpp"
#include "net/listener.hpp"
#include "tests/net/support.hpp"
#include "tests/net/test_ca.hpp"

namespace liaison::net::test {
namespace {

struct TlsTest : ::testing::Test {
    void listen(TestCa::Leaf leaf) {
        HttpServerOptions options;
        options.tls_certificate_file = leaf.certificate_file;
        options.tls_private_key_file = leaf.key_file;
        auto listening = HttpServer::listen(loop.executor(), options, echo);
        ASSERT_TRUE(listening) << listening.error().message;
        server = std::move(*listening);
    }
    TlsTrust pinned() const { return TlsTrust{ca.ca_file(), true}; }
    Result<HttpResponse> ask(TlsTrust trust, std::string host, int times = 1) {
        CountingConnector connector(make_socket_connector(loop.executor(), trust));
        auto client = make_pooled_client(loop.executor(), connector, {});
        std::string url = "https://" + host + ":" + std::to_string(server->port()) + "/x";
        Result<HttpResponse> answer;
        for (int i = 0; i < times; ++i) {
            answer = run_to_end(loop, post(*client, url, "body"));
            if (!answer) break;
        }
        opened = connector.count().opened;
        return answer;
    }
    void expect_refused(TlsTrust trust, std::string host, std::string why) {
        auto answer = ask(std::move(trust), std::move(host));
        ASSERT_FALSE(answer);
        EXPECT_EQ(answer.error().kind, ErrorKind::Transient);  // nothing reached the server
        EXPECT_NE(answer.error().message.find(why), std::string::npos) << answer.error().message;
    }

    RunLoop loop;
    TestCa ca;
    std::unique_ptr<HttpServer> server;
    int opened = 0;
};

TEST_F(TlsTest, APinnedCaIsAcceptedByNameAndByAddress) {
    listen(ca.issue("DNS:localhost,IP:127.0.0.1"));
    auto answer = ask(pinned(), "localhost", 50);
    ASSERT_TRUE(answer) << answer.error().message;
    EXPECT_EQ(answer->body, "POST /x body");
    EXPECT_EQ(opened, 1);
    EXPECT_TRUE(ask(pinned(), "127.0.0.1"));
    EXPECT_TRUE(ask(TlsTrust{ca.ca_file(), false}, "localhost"));
}

TEST_F(TlsTest, AnUnknownCaIsRefused) {
    listen(ca.issue("DNS:localhost"));
    expect_refused(TlsTrust{}, "localhost", "unable to get local issuer");
    TestCa other;
    expect_refused(TlsTrust{other.ca_file(), true}, "localhost", "certificate refused");
}

TEST_F(TlsTest, ASelfSignedCertificateIsRefused) {
    listen(ca.self_signed("DNS:localhost"));
    expect_refused(pinned(), "localhost", "self-signed");
}

TEST_F(TlsTest, AWrongHostIsRefused) {
    listen(ca.issue("DNS:mail.example.test,DNS:local*,IP:127.0.0.2"));
    expect_refused(pinned(), "localhost", "hostname mismatch");
    expect_refused(pinned(), "127.0.0.1", "IP address mismatch");
}

TEST_F(TlsTest, AnExpiredAndAFutureCertificateAreRefused) {
    listen(ca.issue("DNS:localhost", -7200, -3600));
    expect_refused(pinned(), "localhost", "expired");
    listen(ca.issue("DNS:localhost", 3600, 7200));
    expect_refused(pinned(), "localhost", "not yet valid");
}

TEST_F(TlsTest, APinWithoutItsFileTrustsNobody) {
    listen(ca.issue("DNS:localhost"));
    EXPECT_EQ(ask(TlsTrust{"", true}, "localhost").error().kind, ErrorKind::InvalidRequest);
    EXPECT_EQ(ask(TlsTrust{"/nonexistent.pem", true}, "localhost").error().kind, ErrorKind::InvalidRequest);
}

TEST_F(TlsTest, CarriesBodiesOfManyMegabytesOverTls) {
    listen(ca.issue("DNS:localhost"));
    CountingConnector connector(make_socket_connector(loop.executor(), pinned()));
    auto client = make_pooled_client(loop.executor(), connector, {});
    std::string body(5u << 20, 'x');
    std::string url = "https://localhost:" + std::to_string(server->port()) + "/";
    auto answer = run_to_end(loop, post(*client, url, body));
    ASSERT_TRUE(answer) << answer.error().message;
    EXPECT_EQ(answer->body.size(), body.size() + 7);
}

TEST_F(TlsTest, AServerThatSpeaksNoTlsIsTransient) {
    auto listening = HttpServer::listen(loop.executor(), {}, echo);
    ASSERT_TRUE(listening);
    server = std::move(*listening);
    auto answer = ask(pinned(), "localhost");
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().kind, ErrorKind::Transient);
}

/// One plain OpenSSL client with at most this protocol version; the answer is whether the handshake worked.
bool raw_handshake(std::uint16_t port, int version_max) {
    SSL_CTX* context = SSL_CTX_new(TLS_client_method());
    SSL_CTX_set_min_proto_version(context, TLS1_VERSION);
    SSL_CTX_set_max_proto_version(context, version_max);
    SSL_CTX_set_security_level(context, 0);
    SSL_CTX_set_cipher_list(context, "ALL:@SECLEVEL=0");
    BIO* connection = BIO_new_ssl_connect(context);
    BIO_set_conn_hostname(connection, ("127.0.0.1:" + std::to_string(port)).c_str());
    bool good = BIO_do_connect(connection) == 1;
    ERR_clear_error();
    BIO_free_all(connection);
    SSL_CTX_free(context);
    return good;
}

TEST_F(TlsTest, OurServerRefusesTls11AndTakesTls12And13) {
    listen(ca.issue("DNS:localhost"));
    for (auto [version, expected] : {std::pair(TLS1_1_VERSION, false), std::pair(TLS1_2_VERSION, true),
                                     std::pair(TLS1_3_VERSION, true)}) {
        std::atomic<int> result = -1;
        std::thread client([&, wanted = version] {
            result = raw_handshake(server->port(), wanted);
            loop.post([] {});
        });
        loop.run_until([&] { return result >= 0; });
        client.join();
        EXPECT_EQ(result == 1, expected) << version;
    }
}

/// Accepts one connection with plain OpenSSL, at most this version.
void raw_accept(BIO* acceptor, int version_max, const TestCa::Leaf& leaf) {
    SSL_CTX* context = SSL_CTX_new(TLS_server_method());
    SSL_CTX_set_security_level(context, 0);
    SSL_CTX_set_cipher_list(context, "ALL:@SECLEVEL=0");
    SSL_CTX_set_max_proto_version(context, version_max);
    SSL_CTX_use_certificate_chain_file(context, leaf.certificate_file.c_str());
    SSL_CTX_use_PrivateKey_file(context, leaf.key_file.c_str(), SSL_FILETYPE_PEM);
    if (BIO_do_accept(acceptor) > 0) {
        SSL* session = SSL_new(context);
        BIO* connection = BIO_pop(acceptor);
        SSL_set_bio(session, connection, connection);
        SSL_accept(session);
        SSL_free(session);
    }
    ERR_clear_error();
    SSL_CTX_free(context);
}

TEST_F(TlsTest, OurClientRefusesATls11Server) {
    auto leaf = ca.issue("DNS:localhost,IP:127.0.0.1");
    for (auto [version, expected] : {std::pair(TLS1_1_VERSION, false), std::pair(TLS1_2_VERSION, true)}) {
        BIO* acceptor = BIO_new_accept("127.0.0.1:0");
        ASSERT_GT(BIO_do_accept(acceptor), 0);  // the first call binds
        int port = std::stoi(BIO_get_accept_port(acceptor));
        std::thread accepting([&, wanted = version] { raw_accept(acceptor, wanted, leaf); });
        auto connector = make_socket_connector(loop.executor(), pinned());
        auto stream = run_to_end(loop, connector->connect("127.0.0.1", static_cast<std::uint16_t>(port), true));
        EXPECT_EQ(stream.has_value(), expected) << version << (stream ? "" : stream.error().message);
        accepting.join();
        BIO_free_all(acceptor);
    }
}

Async<void> copy_bytes(std::shared_ptr<ByteStream> from, std::shared_ptr<ByteStream> to) {
    while (true) {
        auto bytes = co_await from->read_some(10'000);
        if (!bytes || bytes->empty()) break;
        auto sent = co_await to->write_all(std::move(*bytes));
        if (!sent) break;
    }
    to->close();
    from->close();
}

/// A proxy that opens one tunnel to whatever port the CONNECT names, on this machine.
Async<void> tunnel_once(Listener& listener, RunLoop& loop, StreamConnector& connector) {
    auto accepted = co_await listener.accept();
    std::shared_ptr<ByteStream> client = std::move(*accepted);
    std::string head = co_await read_through(*client, "\r\n\r\n");
    auto port = static_cast<std::uint16_t>(std::stoi(head.substr(head.find(':') + 1)));
    auto opened = co_await connector.connect("127.0.0.1", port, false);
    std::shared_ptr<ByteStream> upstream = std::move(*opened);
    std::string good = "HTTP/1.1 200 Connection established\r\n\r\n";
    co_await client->write_all(std::move(good));
    loop.spawn(copy_bytes(client, upstream));
    loop.spawn(copy_bytes(upstream, client));
}

TEST_F(TlsTest, VerifiesTheServerThroughAProxyTunnel) {
    listen(ca.issue("DNS:localhost"));
    auto connector = make_socket_connector(loop.executor(), pinned());
    for (bool expected : {true, false}) {
        std::string host = expected ? "localhost" : "other.test";
        auto proxy = Listener::open(loop.executor(), Listener::Options{"127.0.0.1", 0});
        ASSERT_TRUE(proxy);
        loop.spawn(tunnel_once(**proxy, loop, *connector));
        PoolOptions options;
        options.proxy_url = "http://127.0.0.1:" + std::to_string((*proxy)->port());
        auto client = make_pooled_client(loop.executor(), *connector, options);
        std::string url = "https://" + host + ":" + std::to_string(server->port()) + "/through";
        auto answer = run_to_end(loop, get(*client, url));
        EXPECT_EQ(answer.has_value(), expected) << (answer ? "" : answer.error().message);
        if (answer) {
            EXPECT_EQ(answer->body, "GET /through ");
        }
    }
}

}  // namespace
}  // namespace liaison::net::test
