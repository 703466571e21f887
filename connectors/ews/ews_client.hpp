#pragma once
#include <memory>
#include <optional>
#include <string>

#include "connectors/ews/ews_connector.hpp"
#include "connectors/ews/soap.hpp"
#include "core/async.hpp"
#include "core/ports/http_client.hpp"
#include "core/result.hpp"
#include "net/http_date.hpp"

namespace liaison::ews {

/// Sends one operation and brings its reply. Knows HTTP, SOAP and credentials; knows no operation.
class EwsClient {
public:
    struct Call {
        std::string operation;  ///< element name: "GetItem"
        std::string body;       ///< the operation element
        std::string mailbox;    ///< whose mailbox it is about
        bool writes = false;    ///< a failure after sending is Unanswered
        std::size_t reply_bytes_max = 32u << 20;
    };
    struct Reply {
        SoapReply soap;
        std::optional<Timestamp> server_time;  ///< from the header Date
    };

    /// With a clock, a pause that the server asks for is kept here as well: until it has passed
    /// `send` answers Throttled by itself, whoever had the answer and whatever he made of it.
    EwsClient(HttpClient& http, EwsSettings settings, const Clock* clock = nullptr)
        : http_(http), settings_(std::move(settings)), clock_(clock) {}

    const EwsSettings& settings() const { return settings_; }
    /// Errors: those of HttpClient, of status_error and call_error; with `writes`, `Unanswered` for
    /// every failure after which the effect may exist.
    Async<Result<Reply>> send(Call call);

private:
    HttpRequest make_request(const Call& call);
    static bool answers_another(const HttpResponse& response, std::string_view id);
    Result<Reply> read_response(const Call& call, HttpResponse response);
    std::optional<Error> pause_left() const;
    void keep_pause(const Error& error);

    HttpClient& http_;
    EwsSettings settings_;
    const Clock* clock_;
    Timestamp not_before_{};
    bool had_success_ = false;
    int refusals_ = 0;  ///< 401 in a row
    std::uint64_t requests_ = 0;
};

using net::parse_http_date;

}  // namespace liaison::ews
