#pragma once
#include <memory>
#include <string>
#include <string_view>

#include "sandbox/ews/ews_error.hpp"

namespace pugi {
class xml_node;
}

namespace liaison::sandbox::ews {

/// A request as it came: checked against the schema, names made local.
class SoapRequest {
public:
    /// Errors: what the SOAP fault says (ErrorInvalidRequest, ErrorSchemaValidation,
    /// ErrorInvalidServerVersion, ErrorInvalidOperation for operations of EWS that the sandbox does
    /// not have).
    static Outcome<SoapRequest> parse(std::string_view body);
    SoapRequest(SoapRequest&&) noexcept;
    SoapRequest& operator=(SoapRequest&&) noexcept;
    ~SoapRequest();

    const std::string& operation() const { return operation_; }
    pugi::xml_node body() const;  ///< the operation's element
    /// Of ExchangeImpersonation: which child was given and its text; empty without the header.
    const std::string& impersonated_by() const { return impersonated_by_; }
    const std::string& impersonated() const { return impersonated_; }
    /// Windows id of TimeZoneContext, or empty.
    const std::string& time_zone() const { return time_zone_; }

private:
    struct Document;
    SoapRequest();
    Outcome<void> read(std::string_view body);
    Outcome<void> read_headers(const pugi::xml_node& header);
    Outcome<void> read_body(const pugi::xml_node& body);
    Outcome<void> read_header(const pugi::xml_node& header);
    void add_position(EwsError& error, std::string_view text) const;

    std::unique_ptr<Document> document_;
    std::string operation_;
    std::string impersonated_by_;
    std::string impersonated_;
    std::string time_zone_;
};

/// A whole reply around the content of soap:Body.
std::string soap_envelope(std::string_view body);
/// A whole reply with a SOAP fault in the form that Exchange gives.
std::string soap_fault(const EwsError& error);

}  // namespace liaison::sandbox::ews
