#include <boost/asio/this_coro.hpp>
#include <exception>

#include "net/deadline.hpp"
#include "net/http_client.hpp"
#include "net/url.hpp"

namespace liaison::net {

namespace {

Async<Result<HttpResponse>> call_handler(HttpHandler handler, HttpRequest request) {
    HttpResponse response;
    std::exception_ptr thrown;
    try {
        response = co_await handler(std::move(request));
    } catch (...) {
        thrown = std::current_exception();
    }
    if (thrown) {
        auto state = co_await boost::asio::this_coro::cancellation_state;
        if (state.cancelled() != boost::asio::cancellation_type::none) std::rethrow_exception(thrown);
        response = HttpResponse();
        response.status = 500;
    }
    // Status 0 is the handler's way to cut the connection without an answer (net::HttpHandler).
    if (response.status == 0) co_return fail(ErrorKind::Unanswered, "the connection was cut before an answer came");
    co_return response;
}

Async<Result<HttpResponse>> send_to_handler(HttpHandler handler, HttpRequest request, HttpLimits limits) {
    auto url = parse_url(request.url);
    if (!url) co_return std::unexpected(url.error());
    request.url = url->target;
    if (!request.fields.has("Host")) request.fields.set("Host", url->host);
    Async<Result<HttpResponse>> work = call_handler(std::move(handler), std::move(request));
    Error too_late{ErrorKind::Unanswered, "the deadline passed before the answer was complete"};
    Result<HttpResponse> response = co_await with_deadline(std::move(work), limits.deadline, std::move(too_late));
    if (!response && response.error().kind == ErrorKind::Cancelled)
        co_return fail(ErrorKind::Unanswered, "cancelled before the answer was complete");
    if (response && response->body.size() > limits.body_bytes_max)
        co_return fail(ErrorKind::TooLarge, "HTTP: the body is too large");
    co_return response;
}

class HandlerClient final : public HttpClient {
public:
    explicit HandlerClient(HttpHandler handler) : handler_(std::move(handler)) {}
    Async<Result<HttpResponse>> send(HttpRequest request, HttpLimits limits) override {
        return send_to_handler(handler_, std::move(request), limits);
    }

private:
    HttpHandler handler_;
};

}  // namespace

std::unique_ptr<HttpClient> make_handler_client(HttpHandler handler) {
    return std::make_unique<HandlerClient>(std::move(handler));
}

}  // namespace liaison::net
