#include "sandbox/fault_answers.hpp"

#include "sandbox/ews/soap.hpp"

namespace liaison::sandbox {
namespace {

Answer cut_off() {
    Answer answer;
    answer.response.status = 0;
    answer.cut_connection = true;
    return answer;
}

Answer http_refusal(int status, std::string retry_after) {
    Answer answer;
    answer.response.status = status;
    answer.response.fields.set("Content-Type", "text/html");
    if (!retry_after.empty()) answer.response.fields.set("Retry-After", std::move(retry_after));
    if (status == 401) answer.response.fields.set("WWW-Authenticate", "Basic realm=\"sandbox\"");
    if (status == 302) answer.response.fields.set("Location", "/ews/genericerrorpage.htm");
    answer.response.body = "<html><body>Service Unavailable</body></html>";
    return answer;
}

Answer soap_refusal(std::string code, std::string_view text,
                    std::optional<std::uint32_t> back_off) {
    ews::EwsError error{std::move(code), std::string(text), {}};
    if (back_off) error.values.emplace_back("BackOffMilliseconds", std::to_string(*back_off));
    Answer answer;
    answer.response.status = 500;
    answer.response.fields.set("Content-Type", "text/xml; charset=utf-8");
    answer.response.body = ews::soap_fault(error);
    return answer;
}

// Of a newer schema: the EWS guide on versions says that a client has to pass over what it does
// not know.
std::string with_unknown_elements(const std::string& body) {
    static constexpr std::string_view anchor = "<t:ItemId ";
    std::string out;
    std::size_t from = 0;
    while (true) {
        std::size_t at = body.find(anchor, from);
        if (at == std::string::npos) break;
        at = body.find("/>", at) + 2;
        out.append(body, from, at - from);
        out += "<t:FutureShape Mode=\"New\"><t:Entry>1</t:Entry></t:FutureShape>";
        from = at;
    }
    return out.append(body, from);
}

// The store keeps the character; Exchange writes it as an entity that no XML parser takes.
std::string with_raw_characters(const std::string& body) {
    static constexpr std::string_view replacement = "\xEF\xBF\xBD";
    std::string out;
    std::size_t from = 0;
    while (true) {
        const std::size_t at = body.find(replacement, from);
        if (at == std::string::npos) break;
        out.append(body, from, at - from) += "&#x1F;";
        from = at + replacement.size();
    }
    return out.append(body, from);
}

}  // namespace

std::optional<Answer> answer_instead(const Fault& fault) {
    switch (fault.kind) {
        case FaultKind::DropBeforeCommit:
            return cut_off();
        case FaultKind::HttpUnavailable:
            return http_refusal(503, fault.milliseconds == 0
                                         ? std::string()
                                         : std::to_string((fault.milliseconds + 999) / 1000));
        case FaultKind::HttpStatus:
            return http_refusal(static_cast<int>(fault.status), fault.text);
        case FaultKind::ServerBusy:
            return soap_refusal(
                "ErrorServerBusy",
                "The server cannot service this request right now. Try again later.",
                fault.milliseconds);
        case FaultKind::SoapFault:
            return soap_refusal(
                fault.code, "The operation failed.",
                fault.milliseconds == 0 ? std::nullopt : std::optional(fault.milliseconds));
        default:
            return std::nullopt;
    }
}

void spoil_answer(Answer& answer, const Fault& fault) {
    std::string& body = answer.response.body;
    switch (fault.kind) {
        case FaultKind::DropAfterCommit:
            answer = cut_off();
            break;
        case FaultKind::TruncatedReply:
            answer.response.fields.set("Content-Length", std::to_string(body.size()));
            body.resize(body.size() * fault.percent / 100);
            answer.cut_connection = true;
            break;
        case FaultKind::Slow:
            answer.delay_ms = static_cast<int>(fault.milliseconds);
            break;
        case FaultKind::UnknownElements:
            body = with_unknown_elements(body);
            break;
        case FaultKind::RawCharacters:
            body = with_raw_characters(body);
            break;
        default:
            break;
    }
}

}  // namespace liaison::sandbox
