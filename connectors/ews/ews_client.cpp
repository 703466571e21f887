#include "connectors/ews/ews_client.hpp"

#include "connectors/ews/base64.hpp"
#include "core/text.hpp"

namespace liaison::ews {

HttpRequest EwsClient::make_request(const Call& call) const {
    const std::string& mailbox = call.mailbox.empty() ? settings_.mailbox : call.mailbox;
    SoapHeaders headers;
    if (settings_.impersonate) headers.impersonated_mailbox = mailbox;
    HttpRequest request;
    request.method = "POST";
    request.url = settings_.url;
    request.fields.set("Content-Type", "text/xml; charset=utf-8");
    request.fields.set("Accept", "text/xml");
    request.fields.set("User-Agent", settings_.user_agent);
    request.fields.set("X-AnchorMailbox", mailbox);
    request.fields.set("Authorization",
                       "Basic " + encode_base64(settings_.user + ":" + settings_.password));
    request.body = make_envelope(headers, call.body);
    return request;
}

Async<Result<EwsClient::Reply>> EwsClient::send(Call call) {
    HttpRequest request = make_request(call);
    HttpLimits limits;
    limits.body_bytes_max = call.reply_bytes_max;
    auto response = co_await http_.send(std::move(request), limits);
    Result<Reply> reply = response ? read_response(call, std::move(*response))
                                   : Result<Reply>(std::unexpected(std::move(response.error())));
    if (!reply && call.writes) reply = std::unexpected(after_write(std::move(reply.error())));
    // A read that got no answer has no effect that anybody would have to look for.
    if (!reply && !call.writes && reply.error().kind == ErrorKind::Unanswered)
        reply.error().kind = ErrorKind::Transient;
    if (!reply) reply.error().message = call.operation + ": " + reply.error().message;
    co_return reply;
}

Result<EwsClient::Reply> EwsClient::read_response(const Call& call, HttpResponse response) {
    refusals_ = response.status == 401 ? refusals_ + 1 : 0;
    if (auto error = status_error(response, had_success_, refusals_))
        return std::unexpected(std::move(*error));
    const std::optional<Timestamp> server_time = parse_http_date(trim(response.fields.get("Date")));
    auto soap = parse_envelope(std::move(response.body), call.operation, response.status == 500);
    if (!soap && response.status == 500 && soap.error().kind == ErrorKind::CorruptReply)
        return fail(ErrorKind::Transient, "Exchange failed without a SOAP fault", "HTTP 500");
    if (!soap) return std::unexpected(std::move(soap.error()));
    had_success_ = true;
    return Reply{std::move(*soap), server_time};
}

}  // namespace liaison::ews
