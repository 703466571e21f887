#include <openssl/evp.h>

#include "net/deadline.hpp"
#include "net/gzip.hpp"
#include "net/http_client.hpp"
#include "net/http_codec.hpp"
#include "net/pool.hpp"
#include "net/url.hpp"

namespace liaison::net {

namespace {

constexpr std::size_t kProxyReadBytes = 16 * 1024;

struct Proxy {
    std::string host;
    std::uint16_t port = 0;
    std::string authorization;  ///< value of Proxy-Authorization, or empty
};

std::string basic_credentials(const std::string& user_and_password) {
    std::string out(4 * ((user_and_password.size() + 2) / 3) + 1, '\0');
    const auto* bytes = reinterpret_cast<const unsigned char*>(user_and_password.data());
    int size = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(out.data()), bytes,
                               static_cast<int>(user_and_password.size()));
    out.resize(static_cast<std::size_t>(size));
    return "Basic " + out;
}

/// http://[user:password@]host:port
Result<std::optional<Proxy>> parse_proxy(std::string text) {
    if (text.empty()) return std::nullopt;
    Proxy proxy;
    std::size_t start = text.find("://");
    std::size_t at = text.rfind('@');
    if (start != std::string::npos && at != std::string::npos && at > start) {
        auto credentials = percent_decode(std::string_view(text).substr(start + 3, at - start - 3));
        if (!credentials || credentials->size() > 1024)
            return fail(ErrorKind::InvalidRequest, "proxy: malformed credentials");
        proxy.authorization = basic_credentials(*credentials);
        text.erase(start + 3, at - start - 2);
    }
    auto url = parse_url(text);
    if (!url || url->scheme != "http" || url->target != "/")
        return fail(ErrorKind::InvalidRequest, "proxy: expected http://[user:password@]host:port");
    proxy.host = url->host;
    proxy.port = url->port;
    return proxy;
}

/// What all sends of one client share.
struct ClientParts {
    std::shared_ptr<Pool> pool;
    StreamConnector* connector = nullptr;
    PoolOptions options;
    Result<std::optional<Proxy>> proxy;
};

/// One send, shared with the part that a deadline may cut off: what it has learnt stays here.
struct Exchange {
    Url url;
    HttpLimits limits;
    std::string method;
    WireMessage wire;
    bool written = false;  ///< a byte may have reached the server
    std::optional<Result<HttpResponse>> outcome;
};

std::string bracketed_host(const std::string& host) {
    return host.find(':') == std::string::npos ? host : "[" + host + "]";
}

std::string host_and_port(const Url& url, bool always_port) {
    bool usual = url.port == (url.scheme == "https" ? 443 : 80);
    std::string out = bracketed_host(url.host);
    return usual && !always_port ? out : out + ":" + std::to_string(url.port);
}

/// Limits of the codec: the coded body may be a little longer than the plain one ever gets.
DecodeLimits answer_limits(const HttpLimits& limits) {
    DecodeLimits out;
    out.body_bytes_max = limits.body_bytes_max + std::min<std::size_t>(limits.body_bytes_max / 256 + 1024, 1u << 20);
    return out;
}

std::unexpected<Error> unreached(Error error) {
    bool own_word = error.kind == ErrorKind::Cancelled || error.kind == ErrorKind::InvalidRequest ||
                    error.kind == ErrorKind::Unsupported;
    if (!own_word) error.kind = ErrorKind::Transient;
    return std::unexpected(std::move(error));
}

/// Asks the proxy for a tunnel on a fresh stream (RFC 9110, 9.3.6). Nothing reaches the server meanwhile.
Async<Result<std::unique_ptr<ByteStream>>> open_tunnel(std::unique_ptr<ByteStream> stream, std::string target,
                                                       std::string authorization) {
    HttpRequest request;
    request.method = "CONNECT";
    if (!authorization.empty()) request.fields.set("Proxy-Authorization", authorization);
    auto wire = encode_request(std::move(request), target, target);
    if (!wire) co_return std::unexpected(wire.error());
    auto sent = co_await stream->write_all(std::move(wire->head));
    if (!sent) co_return unreached(sent.error());
    DecodeLimits limits;
    ResponseDecoder decoder(limits, "CONNECT");
    DecodeState state = DecodeState::NeedMore;
    while (state == DecodeState::NeedMore) {
        auto bytes = co_await stream->read_some(kProxyReadBytes);
        if (!bytes) co_return unreached(bytes.error());
        state = bytes->empty() ? decoder.finish() : decoder.feed(std::move(*bytes));
    }
    if (state == DecodeState::Failed) co_return unreached(decoder.error());
    bool clean = decoder.reusable();
    HttpResponse answer = decoder.take();
    if (answer.status / 100 != 2)
        co_return fail(ErrorKind::Transient, "the proxy refused the tunnel", "proxy " + std::to_string(answer.status));
    if (!clean) co_return fail(ErrorKind::Transient, "the proxy sent bytes before the server could");
    co_return std::move(stream);
}

Async<Result<PooledConnectionPtr>> open_connection(std::shared_ptr<ClientParts> parts, Url url) {
    bool tls = url.scheme == "https";
    const std::optional<Proxy>& proxy = *parts->proxy;
    std::string host = proxy ? proxy->host : url.host;
    std::uint16_t port = proxy ? proxy->port : url.port;
    auto stream = co_await parts->connector->connect(std::move(host), port, tls && !proxy);
    if (stream && tls && proxy) {
        std::string target = host_and_port(url, true);
        std::string authorization = proxy->authorization;
        stream = co_await open_tunnel(std::move(*stream), std::move(target), std::move(authorization));
        if (stream) stream = co_await parts->connector->start_tls(std::move(*stream), url.host);
    }
    if (!stream) co_return unreached(stream.error());
    auto connection = std::make_shared<PooledConnection>(parts->pool->executor(), std::move(*stream));
    connection->start();
    co_return connection;
}

struct Attempt {
    Result<HttpResponse> answer;
    bool any_byte = false;  ///< of an answer
};

/// Writes the request and reads its answer. The lease keeps the connection only if nothing at all was odd.
Async<Attempt> try_once(std::shared_ptr<Exchange> exchange, WireMessage wire, ConnectionLease& lease, Slot& slot) {
    exchange->written = true;
    Result<void> sent = co_await lease->write(std::move(wire.head));
    if (sent && !wire.body.empty()) sent = co_await lease->write(std::move(wire.body));
    ResponseDecoder decoder(answer_limits(exchange->limits), exchange->method);
    DecodeState state = DecodeState::NeedMore;
    // A server may answer and close before it has read the whole request; so look even if the write failed.
    while (state == DecodeState::NeedMore) {
        auto bytes = co_await lease->next();
        if (!bytes) {
            Error error{ErrorKind::Unanswered, "no complete answer: " + bytes.error().message};
            co_return Attempt{std::unexpected(std::move(error)), decoder.any_byte_seen()};
        }
        state = bytes->empty() ? decoder.finish() : decoder.feed(std::move(*bytes));
    }
    if (state == DecodeState::Failed)
        co_return Attempt{std::unexpected(decoder.error()), decoder.any_byte_seen()};
    bool flawless = sent.has_value() && decoder.reusable() && lease->pristine();
    if (flawless) lease.keep(slot);
    co_return Attempt{decoder.take(), true};
}

Async<void> run_exchange(std::shared_ptr<ClientParts> parts, std::shared_ptr<Exchange> exchange) {
    std::string key = exchange->url.scheme + "://" + host_and_port(exchange->url, true);
    Slot slot(parts->pool, std::move(key));
    co_await slot.granted();
    bool repeatable = exchange->method == "GET" || exchange->method == "HEAD";
    PooledConnectionPtr connection = slot.take_idle();
    if (connection) {
        WireMessage wire = repeatable ? exchange->wire : std::move(exchange->wire);
        ConnectionLease lease(std::move(connection));
        Attempt attempt = co_await try_once(exchange, std::move(wire), lease, slot);
        bool again = !attempt.answer && attempt.answer.error().kind == ErrorKind::Unanswered && repeatable &&
                     !attempt.any_byte;
        if (!again) {
            exchange->outcome.emplace(std::move(attempt.answer));
            co_return;
        }
    }
    Url url = exchange->url;
    auto opened = co_await open_connection(parts, std::move(url));
    if (!opened) {
        exchange->outcome.emplace(std::unexpected(opened.error()));
        co_return;
    }
    ConnectionLease lease(std::move(*opened));
    WireMessage wire = std::move(exchange->wire);
    Attempt attempt = co_await try_once(exchange, std::move(wire), lease, slot);
    exchange->outcome.emplace(std::move(attempt.answer));
}

Result<std::shared_ptr<Exchange>> prepare(const ClientParts& parts, HttpRequest request, const HttpLimits& limits) {
    if (!parts.proxy) return std::unexpected(parts.proxy.error());
    auto url = parse_url(request.url);
    if (!url) return std::unexpected(url.error());
    auto exchange = std::make_shared<Exchange>();
    exchange->url = std::move(*url);
    exchange->limits = limits;
    exchange->method = request.method;
    std::string host = host_and_port(exchange->url, false);
    std::string target = exchange->url.target;
    const std::optional<Proxy>& proxy = *parts.proxy;
    request.fields.remove("Proxy-Authorization");
    if (proxy && exchange->url.scheme == "http") {
        target = "http://" + host + target;
        if (!proxy->authorization.empty()) request.fields.set("Proxy-Authorization", proxy->authorization);
    }
    if (parts.options.accept_gzip && !request.fields.has("Accept-Encoding"))
        request.fields.set("Accept-Encoding", "gzip");
    if (!parts.options.user_agent.empty() && !request.fields.has("User-Agent"))
        request.fields.set("User-Agent", parts.options.user_agent);
    request.fields.remove("Expect");
    auto wire = encode_request(std::move(request), target, host);
    if (!wire) return std::unexpected(wire.error());
    exchange->wire = std::move(*wire);
    return exchange;
}

Result<HttpResponse> settle(Exchange& exchange, Finish finish) {
    if (exchange.outcome && exchange.outcome->has_value()) {
        HttpResponse response = std::move(**exchange.outcome);
        if (auto decoded = decode_content(response, exchange.limits.body_bytes_max); !decoded)
            return std::unexpected(decoded.error());
        if (response.body.size() > exchange.limits.body_bytes_max)
            return fail(ErrorKind::TooLarge, "HTTP: the body is too large");
        return response;
    }
    bool cut = finish != Finish::Done;
    std::string why = finish == Finish::Deadline ? "the deadline passed" : "cancelled";
    if (cut && exchange.written) return fail(ErrorKind::Unanswered, why + " before the answer was complete");
    if (finish == Finish::Deadline) return fail(ErrorKind::Transient, why + " before the request was sent");
    if (cut || !exchange.outcome) return fail(ErrorKind::Cancelled, why);
    // The first attempt of a GET may have been written before the second one found no server.
    Error error = exchange.outcome->error();
    if (exchange.written && (error.kind == ErrorKind::Transient || error.kind == ErrorKind::Cancelled))
        error.kind = ErrorKind::Unanswered;
    return std::unexpected(std::move(error));
}

Async<Result<HttpResponse>> send_pooled(std::shared_ptr<ClientParts> parts, HttpRequest request, HttpLimits limits) {
    auto exchange = prepare(*parts, std::move(request), limits);
    if (!exchange) co_return std::unexpected(exchange.error());
    Async<void> work = run_exchange(std::move(parts), *exchange);
    Finish finish = co_await finish_within(std::move(work), limits.deadline);
    co_return settle(**exchange, finish);
}

class PooledClient final : public HttpClient {
public:
    explicit PooledClient(std::shared_ptr<ClientParts> parts) : parts_(std::move(parts)) {}
    ~PooledClient() override { parts_->pool->shut(); }
    Async<Result<HttpResponse>> send(HttpRequest request, HttpLimits limits) override {
        return send_pooled(parts_, std::move(request), limits);
    }

private:
    std::shared_ptr<ClientParts> parts_;
};

}  // namespace

std::unique_ptr<HttpClient> make_pooled_client(boost::asio::any_io_executor executor, StreamConnector& connector,
                                               PoolOptions options) {
    auto parts = std::make_shared<ClientParts>();
    parts->pool = std::make_shared<Pool>(std::move(executor), options.connections_per_host_max, options.idle_timeout);
    parts->connector = &connector;
    parts->proxy = parse_proxy(options.proxy_url);
    parts->options = std::move(options);
    return std::make_unique<PooledClient>(std::move(parts));
}

}  // namespace liaison::net
