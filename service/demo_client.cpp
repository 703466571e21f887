#include "service/demo_client.hpp"

#include <boost/json.hpp>

namespace liaison::service {

DemoClient::DemoClient()
    : sockets_(net::make_socket_connector(loop_.executor(), {})),
      http_(net::make_pooled_client(loop_.executor(), *sockets_, {})) {}

Result<boost::json::value> DemoClient::call(const std::string& method, const std::string& url, const std::string& body,
                                            const std::string& token, std::chrono::milliseconds deadline) {
    HttpRequest request;
    request.method = method;
    request.url = url;
    request.body = body;
    if (!body.empty()) request.fields.set("Content-Type", "application/json");
    if (!token.empty()) request.fields.set("Authorization", "Bearer " + token);
    HttpLimits limits;
    limits.deadline = deadline;
    limits.body_bytes_max = 256u << 20;
    auto response = net::run_to_end(loop_, http_->send(std::move(request), limits));
    if (!response) return std::unexpected(response.error());
    boost::system::error_code error;
    boost::json::value value = boost::json::parse(response->body, error);
    if (response->status < 200 || response->status > 299) {
        std::string detail = "HTTP status " + std::to_string(response->status);
        if (!error && value.is_object())
            if (const auto* text = value.as_object().if_contains("detail"); text && text->is_string())
                detail += ": " + std::string(text->get_string());
        return fail(ErrorKind::InvalidRequest, detail);
    }
    if (error) return fail(ErrorKind::CorruptReply, "the answer is no JSON");
    return value;
}

}  // namespace liaison::service
