#include "net/auth/bearer_client.hpp"

#include <optional>

#include "net/url.hpp"

namespace liaison::net {

namespace {

bool is_same_origin(const Url& a, const Url& b) {
    return a.scheme == b.scheme && a.host == b.host && a.port == b.port;
}

class BearerClient final : public HttpClient {
public:
    BearerClient(HttpClient& http, TokenSource& tokens, std::string origin)
        : http_(http), tokens_(tokens), origin_(parse_url(origin)) {}

    Async<Result<HttpResponse>> send(HttpRequest request, HttpLimits limits) override;

private:
    HttpClient& http_;
    TokenSource& tokens_;
    Result<Url> origin_;
};

Async<Result<HttpResponse>> BearerClient::send(HttpRequest request, HttpLimits limits) {
    const auto url = parse_url(request.url);
    if (!url || !origin_ || !is_same_origin(*url, *origin_))
        co_return fail(ErrorKind::InvalidRequest, "a token is sent to the configured server only");
    Result<std::string> token = co_await tokens_.token();
    if (!token) co_return std::unexpected(std::move(token.error()));
    HttpRequest first = request;
    first.fields.set("Authorization", "Bearer " + *token);
    auto response = co_await http_.send(std::move(first), limits);
    if (!response || response->status != 401) co_return response;
    std::string refused = *token;
    Result<std::string> renewed = co_await tokens_.renew(std::move(refused));
    if (!renewed) co_return std::unexpected(std::move(renewed.error()));
    if (*renewed == *token) co_return response;
    request.fields.set("Authorization", "Bearer " + *renewed);
    auto again = co_await http_.send(std::move(request), limits);
    co_return again;
}

}  // namespace

std::unique_ptr<HttpClient> make_bearer_client(HttpClient& http, TokenSource& tokens,
                                               std::string origin) {
    return std::make_unique<BearerClient>(http, tokens, std::move(origin));
}

}  // namespace liaison::net
