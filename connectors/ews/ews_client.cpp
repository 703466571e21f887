#include "connectors/ews/ews_client.hpp"

#include <array>
#include <cstdio>

#include "connectors/ews/base64.hpp"
#include "core/text.hpp"

namespace liaison::ews {

namespace {

std::uint64_t fnv_hash(std::string_view bytes, std::uint64_t hash) {
    for (const char c : bytes) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3u;
    return hash;
}

/// A GUID for the header client-request-id: unlike that of any other request under way.
std::string make_request_id(std::uint64_t about, std::uint64_t number) {
    std::array<char, 40> out{};
    std::snprintf(out.data(), out.size(), "%08x-%04x-4%03x-8%03x-%012llx",
                  static_cast<unsigned>(about >> 32), static_cast<unsigned>(about >> 16 & 0xFFFF),
                  static_cast<unsigned>(about & 0xFFF), static_cast<unsigned>(about >> 12 & 0xFFF),
                  static_cast<unsigned long long>(number & 0xFFFFFFFFFFFF));
    return out.data();
}

}  // namespace

HttpRequest EwsClient::make_request(const Call& call) {
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
    const std::uint64_t about = fnv_hash(request.body, fnv_hash(mailbox, 0xcbf29ce484222325u));
    request.fields.set("client-request-id", make_request_id(about, ++requests_));
    request.fields.set("return-client-request-id", "true");
    return request;
}

/// Exchange gives the id back when it is asked to (EWS Managed API, ReturnClientRequestId); a proxy
/// on the way may take it out.
bool EwsClient::answers_another(const HttpResponse& response, std::string_view id) {
    const std::string_view answered = trim(response.fields.get("client-request-id"));
    return !answered.empty() && !iequals(answered, id);
}

std::optional<Error> EwsClient::pause_left() const {
    if (!clock_ || clock_->now() >= not_before_) return std::nullopt;
    return Error{ErrorKind::Throttled, "Exchange asked for a pause", "not_before", not_before_ - clock_->now()};
}

void EwsClient::keep_pause(const Error& error) {
    if (clock_ && error.retry_after) not_before_ = std::max(not_before_, clock_->now() + *error.retry_after);
}

Async<Result<EwsClient::Reply>> EwsClient::send(Call call) {
    if (auto pause = pause_left()) co_return std::unexpected(std::move(*pause));
    HttpRequest request = make_request(call);
    const std::string id(request.fields.get("client-request-id"));
    HttpLimits limits;
    limits.body_bytes_max = call.reply_bytes_max;
    auto response = co_await http_.send(std::move(request), limits);
    if (response && answers_another(*response, id))
        response = fail(ErrorKind::CorruptReply, "the reply answers another request", "mixed up");
    Result<Reply> reply = response ? read_response(call, std::move(*response))
                                   : Result<Reply>(std::unexpected(std::move(response.error())));
    if (!reply) keep_pause(reply.error());
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
