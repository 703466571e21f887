#include "connectors/ews/soap.hpp"

#include "core/text.hpp"

namespace liaison::ews {

namespace {

constexpr std::string_view kEnvelopeStart =
    "<?xml version=\"1.0\" encoding=\"utf-8\"?>"
    "<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\""
    " xmlns:m=\"http://schemas.microsoft.com/exchange/services/2006/messages\""
    " xmlns:t=\"http://schemas.microsoft.com/exchange/services/2006/types\">";

Error fault_error(const XmlNode& fault) {
    const XmlNode detail = fault.child("detail");
    std::string code = detail.child_text("ResponseCode");
    if (code.empty()) {
        code = fault.child_text("faultcode");  // "a:ErrorServerBusy"
        code = code.substr(code.find(':') + 1);
    }
    code = normal_line(truncate_chars(code, 100));
    if (!code.starts_with("Error")) return call_error("fault without a response code", {});
    return call_error(code, read_error_details(detail.child("MessageXml")));
}

std::string server_version(const XmlNode& header) {
    const XmlNode info = header.child("ServerVersionInfo");
    if (!info) return {};
    std::string out;
    for (const std::string_view part : {"MajorVersion", "MinorVersion", "MajorBuildNumber"}) {
        const std::string_view digits = info.attribute(part);
        if (digits.empty()) break;
        out += (out.empty() ? "" : ".") + normal_line(truncate_chars(digits, 10));
    }
    return out;
}

}  // namespace

std::string make_envelope(const SoapHeaders& headers, std::string_view body) {
    std::string out;
    out.reserve(body.size() + 1024);
    out += kEnvelopeStart;
    XmlWriter xml(out);
    xml.open("s:Header");
    xml.open("t:RequestServerVersion").attribute("Version", "Exchange2013_SP1").close("t:RequestServerVersion");
    if (!headers.impersonated_mailbox.empty()) {
        xml.open("t:ExchangeImpersonation").open("t:ConnectingSID");
        xml.leaf("t:PrimarySmtpAddress", headers.impersonated_mailbox);
        xml.close("t:ConnectingSID").close("t:ExchangeImpersonation");
    }
    xml.open("t:TimeZoneContext").open("t:TimeZoneDefinition").attribute("Id", headers.time_zone);
    xml.close("t:TimeZoneDefinition").close("t:TimeZoneContext").close("s:Header");
    xml.open("s:Body").raw(body).close("s:Body");
    out += "</s:Envelope>";
    return out;
}

Result<SoapReply> parse_envelope(std::string bytes, std::string_view operation, bool http_500) {
    auto document = XmlDocument::parse(std::move(bytes));
    if (!document) return std::unexpected(std::move(document.error()));
    SoapReply reply{std::move(*document), {}, {}};
    const XmlNode envelope = reply.document.root();
    if (envelope.name() != "Envelope") return fail(ErrorKind::CorruptReply, "the reply is no SOAP envelope");
    const XmlNode content = envelope.child("Body").first();
    if (content.name() == "Fault") return std::unexpected(fault_error(content));
    if (http_500) return fail(ErrorKind::Transient, "Exchange failed without a SOAP fault", "HTTP 500");
    if (content.name() != std::string(operation) + "Response")
        return fail(ErrorKind::CorruptReply, "the reply belongs to another operation");
    reply.response = content;
    reply.server = server_version(envelope.child("Header"));
    return reply;
}

Result<std::vector<ResponseMessage>> response_messages(const SoapReply& reply, std::size_t expected) {
    std::vector<ResponseMessage> messages;
    for (const XmlNode& node : reply.response.child("ResponseMessages")) {
        if (messages.size() == expected) return fail(ErrorKind::CorruptReply, "the reply has too many response messages");
        ResponseMessage message;
        const std::string_view outcome = node.attribute("ResponseClass");
        message.outcome = outcome == "Success"   ? ResponseClass::Success
                          : outcome == "Warning" ? ResponseClass::Warning
                                                 : ResponseClass::Error;
        message.code = normal_line(truncate_chars(node.child_text("ResponseCode"), 100));
        if (message.code.empty()) return fail(ErrorKind::CorruptReply, "a response message has no code");
        message.details = read_error_details(node.child("MessageXml"));
        message.node = node;
        messages.push_back(std::move(message));
    }
    if (messages.size() != expected) return fail(ErrorKind::CorruptReply, "the reply lacks response messages");
    return messages;
}

}  // namespace liaison::ews
