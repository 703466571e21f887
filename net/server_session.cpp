#include "net/server_session.hpp"

#include <boost/asio/this_coro.hpp>

#include "net/deadline.hpp"
#include "net/gzip.hpp"
#include "net/url.hpp"

namespace liaison::net {

namespace {

constexpr std::size_t kServerReadBytes = 64 * 1024;
constexpr std::size_t kGzipFrom = 1024;
constexpr std::size_t kDrainBytes = 16u << 20;  ///< of a refused request, read so that the refusal arrives
constexpr std::chrono::milliseconds kDrainTime{1'000};

DecodeLimits request_limits(const HttpServerOptions& options) {
    DecodeLimits limits;
    limits.header_bytes_max = options.header_bytes_max;
    limits.body_bytes_max = options.body_bytes_max;
    return limits;
}

HttpResponse plain_status(int status) {
    HttpResponse response;
    response.status = status;
    response.fields.set("Content-Type", "text/plain");
    response.fields.set("X-Content-Type-Options", "nosniff");
    response.body = std::string(reason_phrase(status)) + "\n";
    return response;
}

bool is_compressible(std::string_view type) {
    return type.starts_with("text/") || type.find("json") != std::string_view::npos ||
           type.find("xml") != std::string_view::npos || type.find("javascript") != std::string_view::npos;
}

void gzip_if_wanted(bool accepted, HttpResponse& response) {
    if (response.body.size() <= kGzipFrom || !is_compressible(response.fields.get("Content-Type"))) return;
    if (response.fields.has("Content-Encoding") || response.status == 206 || response.status < 200) return;
    if (!response.fields.has("Vary")) response.fields.set("Vary", "Accept-Encoding");
    if (!accepted) return;
    response.body = gzip(response.body);
    response.fields.set("Content-Encoding", "gzip");
}

/// Origin form for the handler (RFC 9112, 3.2). False: a target that this server cannot serve.
bool to_origin_form(HttpRequest& request) {
    if (request.url.starts_with('/')) return request.url.find('#') == std::string::npos;
    if (request.url == "*") return request.method == "OPTIONS";
    auto absolute = parse_url(request.url);
    if (!absolute) return false;
    request.url = std::move(absolute->target);
    return true;
}

}  // namespace

ServerSession::ServerSession(const boost::asio::any_io_executor& executor, std::unique_ptr<ByteStream> stream,
                             std::shared_ptr<const HttpServerOptions> options,
                             std::shared_ptr<const HttpHandler> handler)
    : stream_(std::move(stream)), options_(std::move(options)), handler_(std::move(handler)),
      decoder_(request_limits(*options_)), watchdog_(executor) {}

void ServerSession::watch(std::chrono::milliseconds duration) {
    watchdog_.expires_after(duration);
    watchdog_.async_wait([weak = weak_from_this()](const boost::system::error_code& error) {
        if (auto self = weak.lock(); !error && self) self->stream_->close();
    });
}

void ServerSession::stop() {
    stopping_ = true;
    if (idle_) close();
}

void ServerSession::close() {
    watchdog_.cancel();
    stream_->close();
}

Async<void> ServerSession::run() {
    auto self = shared_from_this();  // the loop keeps its session alive
    while (true) {
        continued_ = false;
        Received received = co_await receive();
        if (received == Received::Ended) break;
        if (received == Received::Refused) {
            co_await refuse(decoder_.refusal_status());
            break;
        }
        if (received == Received::TimedOut) {
            co_await refuse(408);
            break;
        }
        HttpRequest request = decoder_.take();
        bool go_on = co_await respond(std::move(request));
        if (!go_on) break;
    }
    close();
}

Async<ServerSession::Received> ServerSession::receive() {
    DecodeState state = decoder_.feed(std::string());
    if (state == DecodeState::NeedMore && decoder_.at_boundary()) {
        if (stopping_) co_return Received::Ended;
        idle_ = true;
        watch(options_->idle_timeout);
        Result<std::string> bytes = co_await stream_->read_some(kServerReadBytes);
        unwatch();
        idle_ = false;
        if (!bytes || bytes->empty()) co_return Received::Ended;
        state = decoder_.feed(std::move(*bytes));
    }
    if (state == DecodeState::Complete) co_return Received::Request;
    if (state == DecodeState::Failed) co_return Received::Refused;
    co_return co_await receive_rest();
}

/// What did not come in one piece has `request_timeout` to come; a trickle of bytes gains no time.
Async<ServerSession::Received> ServerSession::receive_rest() {
    auto state = std::make_shared<DecodeState>(DecodeState::NeedMore);
    Async<void> reading = read_until_settled(state);
    Finish finish = co_await finish_within(std::move(reading), options_->request_timeout);
    if (*state == DecodeState::Complete) co_return Received::Request;
    if (*state == DecodeState::Failed) co_return Received::Refused;
    co_return finish == Finish::Deadline ? Received::TimedOut : Received::Ended;
}

Async<void> ServerSession::read_until_settled(std::shared_ptr<DecodeState> state) {
    while (*state == DecodeState::NeedMore) {
        if (!continued_ && decoder_.wants_continue()) {
            continued_ = true;
            std::string interim = "HTTP/1.1 100 Continue\r\n\r\n";
            Result<void> sent = co_await stream_->write_all(std::move(interim));
            if (!sent) co_return;
        }
        Result<std::string> bytes = co_await stream_->read_some(kServerReadBytes);
        if (!bytes) co_return;
        bool ended = bytes->empty();
        *state = ended ? decoder_.finish() : decoder_.feed(std::move(*bytes));
        if (ended) co_return;
    }
}

Async<bool> ServerSession::respond(HttpRequest request) {
    if (request.method == "CONNECT" || !to_origin_form(request)) {
        co_await refuse(request.method == "CONNECT" ? 501 : 400);
        co_return false;
    }
    ResponseFraming framing;
    framing.head_only = request.method == "HEAD";
    framing.http_1_0 = decoder_.http_1_0();
    bool keep_alive = decoder_.keep_alive();
    bool gzip_accepted = accepts_gzip(request.fields.get("Accept-Encoding"));
    HttpResponse response = co_await call(std::move(request));
    if (response.status == 0) {
        WireMessage raw;
        raw.head = std::move(response.body);
        if (raw.head.empty()) co_return false;
        co_await write(std::move(raw));
        co_return false;
    }
    framing.keep_alive = keep_alive && !stopping_;
    gzip_if_wanted(gzip_accepted, response);
    Result<WireMessage> message = encode_response(std::move(response), framing);
    if (!message) message = encode_response(plain_status(500), framing);
    bool written = co_await write(std::move(*message));
    co_return written && framing.keep_alive;
}

Async<HttpResponse> ServerSession::call(HttpRequest request) {
    std::exception_ptr thrown;
    HttpResponse response;
    try {
        response = co_await (*handler_)(std::move(request));
    } catch (...) {
        thrown = std::current_exception();
    }
    if (thrown) {
        auto state = co_await boost::asio::this_coro::cancellation_state;
        if (state.cancelled() != boost::asio::cancellation_type::none) std::rethrow_exception(thrown);
        response = plain_status(500);
    }
    co_return response;
}

/// A reader that takes nothing for `idle_timeout` loses the connection.
Async<bool> ServerSession::write(WireMessage message) {
    watch(options_->idle_timeout);
    Result<void> sent = co_await stream_->write_all(std::move(message.head));
    if (sent && !message.body.empty()) sent = co_await stream_->write_all(std::move(message.body));
    unwatch();
    co_return sent.has_value();
}

/// Closing a socket with unread bytes would reset it, and the sender might never see the refusal; so read a while.
Async<void> ServerSession::refuse(int status) {
    auto self = shared_from_this();
    ResponseFraming framing;
    framing.keep_alive = false;
    Result<WireMessage> message = encode_response(plain_status(status), framing);
    watch(kDrainTime);
    Result<void> sent = co_await stream_->write_all(std::move(message->head));
    std::size_t drained = 0;
    while (sent && drained < kDrainBytes) {
        Result<std::string> bytes = co_await stream_->read_some(kServerReadBytes);
        if (!bytes || bytes->empty()) break;
        drained += bytes->size();
    }
    close();
}

}  // namespace liaison::net
