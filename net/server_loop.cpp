#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/this_coro.hpp>

#include "net/deadline.hpp"
#include "net/http_server.hpp"
#include "net/listener.hpp"
#include "net/server_session.hpp"

namespace liaison::net {

namespace {

constexpr std::size_t kRefusalsMax = 32;  ///< 503 answers under way at once; beyond them a connection is just closed
constexpr std::chrono::milliseconds kAcceptPause{50};

/// Shared by the server object, its accept loop and its connections.
struct ServerState {
    boost::asio::any_io_executor executor;
    std::shared_ptr<const HttpServerOptions> options;
    std::shared_ptr<const HttpHandler> handler;
    std::unique_ptr<Listener> listener;
    std::set<std::shared_ptr<ServerSession>> sessions;
    std::size_t handshakes = 0;
    std::size_t refusals = 0;
    bool stopping = false;

    std::size_t connections() const { return sessions.size() + handshakes; }
};

using ServerStatePtr = std::shared_ptr<ServerState>;

/// Counts something for as long as it lives.
class Counted {
public:
    explicit Counted(std::size_t& count) : count_(count) { ++count_; }
    ~Counted() { --count_; }
    Counted(const Counted&) = delete;
    Counted& operator=(const Counted&) = delete;

private:
    std::size_t& count_;
};

/// Keeps a session in the server's list for as long as it runs.
class Enlisted {
public:
    Enlisted(ServerStatePtr state, std::shared_ptr<ServerSession> session)
        : state_(std::move(state)), session_(std::move(session)) {
        state_->sessions.insert(session_);
    }
    ~Enlisted() { state_->sessions.erase(session_); }
    Enlisted(const Enlisted&) = delete;
    Enlisted& operator=(const Enlisted&) = delete;

private:
    ServerStatePtr state_;
    std::shared_ptr<ServerSession> session_;
};

Async<void> serve_connection(ServerStatePtr state, std::unique_ptr<ByteStream> stream) {
    if (state->listener->serves_tls()) {
        Counted handshake(state->handshakes);
        auto secured = co_await state->listener->secure(std::move(stream));
        if (!secured || state->stopping) co_return;
        stream = std::move(*secured);
    }
    auto session =
        std::make_shared<ServerSession>(state->executor, std::move(stream), state->options, state->handler);
    Enlisted enlisted(state, session);
    co_await session->run();
}

Async<void> refuse_connection(ServerStatePtr state, std::unique_ptr<ByteStream> stream) {
    Counted refusal(state->refusals);
    auto session =
        std::make_shared<ServerSession>(state->executor, std::move(stream), state->options, state->handler);
    co_await session->refuse(503);
}

Async<void> accept_connections(ServerStatePtr state) {
    while (!state->stopping) {
        auto stream = co_await state->listener->accept();
        if (!stream) {
            if (state->stopping || stream.error().kind == ErrorKind::Cancelled) co_return;
            co_await sleep_for(kAcceptPause);  // the system is short of something; the next one may work
            continue;
        }
        bool full = state->connections() >= state->options->connections_max;
        if (!full) {
            boost::asio::co_spawn(state->executor, serve_connection(state, std::move(*stream)), boost::asio::detached);
        } else if (!state->listener->serves_tls() && state->refusals < kRefusalsMax) {
            boost::asio::co_spawn(state->executor, refuse_connection(state, std::move(*stream)), boost::asio::detached);
        }
    }
}

class SocketServer final : public HttpServer {
public:
    explicit SocketServer(ServerStatePtr state) : state_(std::move(state)) {
        boost::asio::co_spawn(state_->executor, accept_connections(state_), boost::asio::detached);
    }
    ~SocketServer() override {
        stop();
        for (const auto& session : state_->sessions) session->close();
    }
    std::uint16_t port() const override { return state_->listener->port(); }
    void stop() override {
        state_->stopping = true;
        state_->listener->close();
        for (const auto& session : state_->sessions) session->stop();
    }

private:
    ServerStatePtr state_;
};

}  // namespace

Result<std::unique_ptr<HttpServer>> HttpServer::listen(boost::asio::any_io_executor executor,
                                                       HttpServerOptions options, HttpHandler handler) {
    Listener::Options where{options.address, options.port, options.tls_certificate_file,
                            options.tls_private_key_file};
    auto listener = Listener::open(executor, std::move(where));
    if (!listener) return std::unexpected(listener.error());
    auto state = std::make_shared<ServerState>();
    state->executor = std::move(executor);
    state->options = std::make_shared<const HttpServerOptions>(std::move(options));
    state->handler = std::make_shared<const HttpHandler>(std::move(handler));
    state->listener = std::move(*listener);
    return std::make_unique<SocketServer>(std::move(state));
}

Async<void> serve_stream(std::unique_ptr<ByteStream> stream, HttpServerOptions options, HttpHandler handler) {
    auto executor = co_await boost::asio::this_coro::executor;
    auto kept_options = std::make_shared<const HttpServerOptions>(std::move(options));
    auto kept_handler = std::make_shared<const HttpHandler>(std::move(handler));
    auto session = std::make_shared<ServerSession>(executor, std::move(stream), std::move(kept_options),
                                                   std::move(kept_handler));
    co_await session->run();
}

}  // namespace liaison::net
