// ByteStream over TCP and TLS, connecting and accepting: Asio and OpenSSL, no HTTP.
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/connect.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/error.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <optional>

#include "net/deadline.hpp"
#include "net/http_client.hpp"
#include "net/listener.hpp"
#include "net/wake.hpp"

namespace liaison::net {

namespace {
namespace asio = boost::asio;
using asio::ip::tcp;
using TlsSocket = asio::ssl::stream<tcp::socket>;
using boost::system::error_code;
using StreamPtr = std::unique_ptr<ByteStream>;

constexpr auto kAwaitTuple = asio::as_tuple(asio::use_awaitable);
constexpr std::size_t kAddressesMax = 8;
constexpr std::chrono::milliseconds kConnectTimeout{10'000};    ///< for one address
constexpr std::chrono::milliseconds kHandshakeTimeout{15'000};
constexpr std::size_t kTcpReadBytes = 64 * 1024;
constexpr std::size_t kTlsReadBytes = 16 * 1024;  ///< the most that one TLS record carries

Error socket_error(const error_code& code, std::string_view what) {
    if (code == asio::error::operation_aborted || code == asio::error::bad_descriptor)
        return Error{ErrorKind::Cancelled, std::string(what) + ": closed"};
    return Error{ErrorKind::Transient, std::string(what) + ": " + code.message(), std::to_string(code.value())};
}

// ---- streams

struct TcpState {
    explicit TcpState(tcp::socket opened) : socket(std::move(opened)) {}
    void close() {
        error_code ignored;
        socket.close(ignored);
    }
    tcp::socket socket;
};

struct TlsState {
    TlsState(tcp::socket socket, std::shared_ptr<asio::ssl::context> used)
        : context(std::move(used)), stream(std::move(socket), *context) {}
    void close() {
        error_code ignored;
        stream.next_layer().close(ignored);
    }
    std::shared_ptr<asio::ssl::context> context;
    TlsSocket stream;
};

/// Into a buffer of the thread, then out of it at its true size: an idle connection holds no buffer at all.
std::size_t read_into(tcp::socket& socket, std::string& out, std::size_t bytes_max, error_code& error) {
    thread_local std::array<char, kTcpReadBytes> scratch;
    std::size_t room = std::clamp<std::size_t>(bytes_max, 1, scratch.size());
    std::size_t count = socket.read_some(asio::buffer(scratch.data(), room), error);
    out.assign(scratch.data(), count);
    return count;
}

Async<Result<std::string>> tcp_read(std::shared_ptr<TcpState> state, std::size_t bytes_max) {
    while (true) {
        std::string out;
        error_code error;
        read_into(state->socket, out, bytes_max, error);
        if (!error) co_return out;
        if (error == asio::error::eof) co_return std::string();
        if (error != asio::error::would_block && error != asio::error::try_again &&
            error != asio::error::interrupted)
            co_return std::unexpected(socket_error(error, "read"));
        auto [waited] = co_await state->socket.async_wait(tcp::socket::wait_read, kAwaitTuple);
        if (waited) co_return std::unexpected(socket_error(waited, "read"));
    }
}

Async<Result<void>> tcp_write(std::shared_ptr<TcpState> state, std::string bytes) {
    auto [error, count] = co_await asio::async_write(state->socket, asio::buffer(bytes), kAwaitTuple);
    if (error) co_return std::unexpected(socket_error(error, "write"));
    co_return Result<void>();
}

Async<Result<std::string>> tls_read(std::shared_ptr<TlsState> state, std::size_t bytes_max) {
    std::string out;
    out.resize(std::clamp<std::size_t>(bytes_max, 1, kTlsReadBytes));
    auto [error, count] = co_await state->stream.async_read_some(asio::buffer(out), kAwaitTuple);
    out.resize(count);
    if (!error) co_return std::move(out);
    if (error == asio::error::eof) co_return std::string();
    co_return std::unexpected(socket_error(error, "TLS read"));  // a cut without close_notify is no end of the stream
}

Async<Result<void>> tls_write(std::shared_ptr<TlsState> state, std::string bytes) {
    auto [error, count] = co_await asio::async_write(state->stream, asio::buffer(bytes), kAwaitTuple);
    if (error) co_return std::unexpected(socket_error(error, "TLS write"));
    co_return Result<void>();
}

/// The state outlives the object while an operation is under way; the operation then ends with Cancelled.
class TcpStream final : public ByteStream {
public:
    explicit TcpStream(std::shared_ptr<TcpState> state) : state_(std::move(state)) {}
    ~TcpStream() override {
        if (state_) state_->close();
    }
    Async<Result<std::string>> read_some(std::size_t bytes_max) override { return tcp_read(state_, bytes_max); }
    Async<Result<void>> write_all(std::string bytes) override { return tcp_write(state_, std::move(bytes)); }
    void close() override { state_->close(); }
    tcp::socket take_socket() { return std::move(std::exchange(state_, nullptr)->socket); }

private:
    std::shared_ptr<TcpState> state_;
};

class TlsStream final : public ByteStream {
public:
    explicit TlsStream(std::shared_ptr<TlsState> state) : state_(std::move(state)) {}
    ~TlsStream() override { state_->close(); }
    Async<Result<std::string>> read_some(std::size_t bytes_max) override { return tls_read(state_, bytes_max); }
    Async<Result<void>> write_all(std::string bytes) override { return tls_write(state_, std::move(bytes)); }
    void close() override { state_->close(); }

private:
    std::shared_ptr<TlsState> state_;
};

Result<StreamPtr> adopt_socket(tcp::socket socket) {
    error_code error;
    socket.set_option(tcp::no_delay(true), error);
    if (!error) socket.non_blocking(true, error);
    if (error) return std::unexpected(socket_error(error, "socket"));
    return std::make_unique<TcpStream>(std::make_shared<TcpState>(std::move(socket)));
}

// ---- TLS

using ContextPtr = std::shared_ptr<asio::ssl::context>;

ContextPtr new_context(asio::ssl::context::method method) {
    auto context = std::make_shared<asio::ssl::context>(method);
    SSL_CTX* native = context->native_handle();
    SSL_CTX_set_min_proto_version(native, TLS1_2_VERSION);
    SSL_CTX_set_mode(native, SSL_MODE_RELEASE_BUFFERS);  // an idle connection gives its record buffers back
    SSL_CTX_set_options(native, SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION);
    return context;
}

Result<ContextPtr> client_context(const TlsTrust& trust) {
    auto context = new_context(asio::ssl::context::tls_client);
    error_code error;
    if (trust.pin_private_ca && trust.private_ca_file.empty())
        return fail(ErrorKind::InvalidRequest, "TLS: a pinned CA was asked for, but none is given");
    if (!trust.pin_private_ca) context->set_default_verify_paths(error);
    if (!error && !trust.private_ca_file.empty()) context->load_verify_file(trust.private_ca_file, error);
    if (error) return fail(ErrorKind::InvalidRequest, "TLS: cannot load the trusted certificates: " + error.message());
    context->set_verify_mode(asio::ssl::verify_peer);
    static constexpr unsigned char protocols[] = "\x08http/1.1";
    SSL_CTX_set_alpn_protos(context->native_handle(), protocols, sizeof(protocols) - 1);
    return context;
}

Result<ContextPtr> server_context(const Listener::Options& options) {
    auto context = new_context(asio::ssl::context::tls_server);
    error_code error;
    context->set_password_callback([](std::size_t, asio::ssl::context::password_purpose) { return std::string(); });
    context->use_certificate_chain_file(options.tls_certificate_file, error);
    if (error) return fail(ErrorKind::InvalidRequest, "TLS: cannot use the certificate: " + error.message());
    context->use_private_key_file(options.tls_private_key_file, asio::ssl::context::pem, error);
    if (error) return fail(ErrorKind::InvalidRequest, "TLS: cannot use the private key: " + error.message());
    return context;
}

/// SNI and the name (or address) that the certificate must carry.
bool expect_peer(SSL* native, const std::string& host) {
    error_code not_an_address;
    asio::ip::make_address(host, not_an_address);
    SSL_set_hostflags(native, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
    if (!not_an_address) return X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(native), host.c_str()) == 1;
    return SSL_set_tlsext_host_name(native, host.c_str()) == 1 && SSL_set1_host(native, host.c_str()) == 1;
}

Async<Result<StreamPtr>> handshake(std::shared_ptr<TlsState> state, bool client) {
    auto role = client ? asio::ssl::stream_base::client : asio::ssl::stream_base::server;
    auto [error] = co_await state->stream.async_handshake(role, kAwaitTuple);
    if (error) {
        long verdict = SSL_get_verify_result(state->stream.native_handle());
        state->close();
        if (client && verdict != X509_V_OK)
            co_return fail(ErrorKind::Transient,
                           std::string("TLS: certificate refused: ") + X509_verify_cert_error_string(verdict),
                           "X509_" + std::to_string(verdict));
        co_return std::unexpected(socket_error(error, "TLS handshake"));
    }
    co_return std::make_unique<TlsStream>(std::move(state));
}

Async<Result<StreamPtr>> handshake_in_time(std::shared_ptr<TlsState> state, bool client) {
    Error too_late{ErrorKind::Transient, "TLS handshake: no answer in time"};
    Async<Result<StreamPtr>> work = handshake(std::move(state), client);
    co_return co_await with_deadline(std::move(work), kHandshakeTimeout, std::move(too_late));
}

Result<tcp::socket> socket_of(StreamPtr stream) {
    auto* plain = dynamic_cast<TcpStream*>(stream.get());
    if (!plain) return fail(ErrorKind::Unsupported, "TLS: not a TCP stream of this module");
    return plain->take_socket();
}

// ---- connecting

struct Lookup {
    explicit Lookup(const asio::any_io_executor& executor) : resolver(executor), done(executor) {}
    tcp::resolver resolver;
    std::vector<tcp::endpoint> endpoints;
    error_code error;
    bool ended = false;
    Wake done;
};

/// Asio asks the system's resolver on a thread of its own and cannot interrupt it; so this waits for the answer but can
/// be cancelled, and a late answer finds nobody.
Async<Result<std::vector<tcp::endpoint>>> resolve(asio::any_io_executor executor, std::string host,
                                                  std::uint16_t port) {
    error_code not_an_address;
    auto address = asio::ip::make_address(host, not_an_address);
    if (!not_an_address) co_return std::vector<tcp::endpoint>(1, tcp::endpoint(address, port));
    auto lookup = std::make_shared<Lookup>(executor);
    auto keep = [lookup](const error_code& error, const tcp::resolver::results_type& found) {
        lookup->error = error;
        for (const auto& entry : found) lookup->endpoints.push_back(entry.endpoint());
        lookup->ended = true;
        lookup->done.notify();
    };
    lookup->resolver.async_resolve(host, std::to_string(port), tcp::resolver::numeric_service, std::move(keep));
    while (!lookup->ended) co_await lookup->done.wait();
    if (lookup->error) co_return std::unexpected(socket_error(lookup->error, "resolve " + host));
    if (lookup->endpoints.size() > kAddressesMax) lookup->endpoints.resize(kAddressesMax);
    co_return std::move(lookup->endpoints);
}

Async<Result<tcp::socket>> connect_one(asio::any_io_executor executor, tcp::endpoint endpoint) {
    tcp::socket socket(executor);
    auto [error] = co_await socket.async_connect(endpoint, kAwaitTuple);
    if (error) co_return std::unexpected(socket_error(error, "connect"));
    co_return std::move(socket);
}

/// Every address in the resolver's order, each with its own time; the error is that of the last one.
Async<Result<tcp::socket>> connect_any(asio::any_io_executor executor, std::vector<tcp::endpoint> endpoints) {
    Error last{ErrorKind::Transient, "resolve: no address"};
    for (tcp::endpoint endpoint : endpoints) {
        Error too_late{ErrorKind::Transient, "connect: no answer in time"};
        Async<Result<tcp::socket>> attempt = connect_one(executor, endpoint);
        Result<tcp::socket> socket = co_await with_deadline(std::move(attempt), kConnectTimeout, std::move(too_late));
        if (socket) co_return std::move(socket);
        last = socket.error();
        if (last.kind == ErrorKind::Cancelled) break;
    }
    co_return std::unexpected(std::move(last));
}

Async<Result<StreamPtr>> secure_client(StreamPtr stream, std::string host, Result<ContextPtr> context) {
    if (!context) co_return std::unexpected(context.error());
    auto socket = socket_of(std::move(stream));
    if (!socket) co_return std::unexpected(socket.error());
    auto state = std::make_shared<TlsState>(std::move(*socket), *context);
    if (!expect_peer(state->stream.native_handle(), host))
        co_return fail(ErrorKind::InvalidRequest, "TLS: the host name cannot be verified");
    co_return co_await handshake_in_time(std::move(state), true);
}

Async<Result<StreamPtr>> open_stream(asio::any_io_executor executor, std::string host, std::uint16_t port, bool tls,
                                     Result<ContextPtr> context) {
    if (tls && !context) co_return std::unexpected(context.error());
    auto endpoints = co_await resolve(executor, host, port);
    if (!endpoints) co_return std::unexpected(endpoints.error());
    auto socket = co_await connect_any(executor, std::move(*endpoints));
    if (!socket) co_return std::unexpected(socket.error());
    Result<StreamPtr> stream = adopt_socket(std::move(*socket));
    if (!stream || !tls) co_return std::move(stream);
    co_return co_await secure_client(std::move(*stream), std::move(host), std::move(context));
}

class SocketConnector final : public StreamConnector {
public:
    SocketConnector(asio::any_io_executor executor, const TlsTrust& trust)
        : executor_(std::move(executor)), context_(client_context(trust)) {}

    Async<Result<StreamPtr>> connect(std::string host, std::uint16_t port, bool tls) override {
        return open_stream(executor_, std::move(host), port, tls, context_);
    }
    Async<Result<StreamPtr>> start_tls(StreamPtr stream, std::string host) override {
        return secure_client(std::move(stream), std::move(host), context_);
    }

private:
    asio::any_io_executor executor_;
    Result<ContextPtr> context_;
};

// ---- accepting

struct AcceptorState {
    explicit AcceptorState(const asio::any_io_executor& executor) : acceptor(executor) {}
    tcp::acceptor acceptor;
};

Async<Result<StreamPtr>> accept_one(std::shared_ptr<AcceptorState> state) {
    auto [error, socket] = co_await state->acceptor.async_accept(kAwaitTuple);
    if (error) co_return std::unexpected(socket_error(error, "accept"));
    co_return adopt_socket(std::move(socket));
}

Async<Result<StreamPtr>> secure_server(StreamPtr stream, ContextPtr context) {
    auto socket = socket_of(std::move(stream));
    if (!socket) co_return std::unexpected(socket.error());
    auto state = std::make_shared<TlsState>(std::move(*socket), std::move(context));
    co_return co_await handshake_in_time(std::move(state), false);
}

class SocketListener final : public Listener {
public:
    SocketListener(std::shared_ptr<AcceptorState> state, ContextPtr context, std::uint16_t port)
        : state_(std::move(state)), context_(std::move(context)), port_(port) {}
    ~SocketListener() override { shut(); }
    std::uint16_t port() const override { return port_; }
    bool serves_tls() const override { return context_ != nullptr; }
    Async<Result<StreamPtr>> accept() override { return accept_one(state_); }
    Async<Result<StreamPtr>> secure(StreamPtr stream) override { return secure_server(std::move(stream), context_); }
    void close() override { shut(); }

private:
    void shut() {
        error_code ignored;
        state_->acceptor.close(ignored);
    }
    std::shared_ptr<AcceptorState> state_;
    ContextPtr context_;
    std::uint16_t port_;
};

error_code open_acceptor(tcp::acceptor& acceptor, const tcp::endpoint& endpoint) {
    error_code error;
    acceptor.open(endpoint.protocol(), error);
#ifndef _WIN32  // there the option would let two programs share the port
    if (!error) acceptor.set_option(tcp::acceptor::reuse_address(true), error);
#endif
    if (!error) acceptor.bind(endpoint, error);
    if (!error) acceptor.listen(tcp::acceptor::max_listen_connections, error);
    return error;
}

}  // namespace

std::unique_ptr<StreamConnector> make_socket_connector(boost::asio::any_io_executor executor, TlsTrust trust) {
    return std::make_unique<SocketConnector>(std::move(executor), trust);
}

Result<std::unique_ptr<Listener>> Listener::open(boost::asio::any_io_executor executor, Options options) {
    error_code error;
    auto address = asio::ip::make_address(options.address, error);
    if (error) return fail(ErrorKind::InvalidRequest, "listen: the address is no IP address");
    ContextPtr context;
    if (!options.tls_certificate_file.empty() || !options.tls_private_key_file.empty()) {
        auto made = server_context(options);
        if (!made) return std::unexpected(made.error());
        context = std::move(*made);
    }
    auto state = std::make_shared<AcceptorState>(executor);
    error = open_acceptor(state->acceptor, tcp::endpoint(address, options.port));
    if (error) return std::unexpected(socket_error(error, "listen"));
    std::uint16_t port = state->acceptor.local_endpoint().port();
    return std::make_unique<SocketListener>(std::move(state), std::move(context), port);
}

}  // namespace liaison::net
