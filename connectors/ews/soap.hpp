#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "connectors/ews/error_codes.hpp"
#include "connectors/ews/xml.hpp"
#include "core/result.hpp"

namespace liaison::ews {

/// The SOAP headers that every request carries (exchange-protocols.md 1.1, 1.7, 1.10).
struct SoapHeaders {
    std::string impersonated_mailbox;  ///< ExchangeImpersonation by PrimarySmtpAddress; empty: none
    /// Windows name of TimeZoneContext. "UTC" makes dates that are dates independent of any zone, and brings all
    /// instants back with `Z`.
    std::string time_zone = "UTC";
};

/// A whole SOAP 1.1 envelope for Exchange2013_SP1 around `body` (one operation element, prefixes m and t).
std::string make_envelope(const SoapHeaders& headers, std::string_view body);

/// What came back, when it is a reply to the operation that was asked.
struct SoapReply {
    XmlDocument document;
    XmlNode response;        ///< the element <Operation>Response
    std::string server;      ///< "15.2.2562" from ServerVersionInfo; may be empty
};

/// Parses an envelope and checks that it answers `operation` (element name). A fault is an error by its response code. `http_500`:
/// the status was 500, so that a body without a fault is a failure as well.
Result<SoapReply> parse_envelope(std::string bytes, std::string_view operation, bool http_500);

enum class ResponseClass : std::uint8_t { Success, Warning, Error };

/// One m:<Operation>ResponseMessage.
struct ResponseMessage {
    ResponseClass outcome = ResponseClass::Error;
    std::string code;  ///< NoError, or why
    ErrorDetails details;
    XmlNode node;

    /// True if the input was dealt with. ErrorBatchProcessingStopped is a warning, and nothing was done.
    bool done() const { return outcome != ResponseClass::Error && code != "ErrorBatchProcessingStopped"; }
    liaison::Error error() const { return item_error(code, details); }
};

/// The response messages of a reply: exactly `expected`, in the order of the inputs; another number is CorruptReply (a reply
/// that was mixed up with somebody else's).
Result<std::vector<ResponseMessage>> response_messages(const SoapReply& reply, std::size_t expected);

}  // namespace liaison::ews
