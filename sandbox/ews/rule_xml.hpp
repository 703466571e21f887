#pragma once
#include <string>
#include <vector>

#include "sandbox/ews/request_context.hpp"
#include "sandbox/server_rule.hpp"

namespace liaison::sandbox::ews {

/// One fault of a rule (types.xsd RuleValidationErrorType).
struct RuleFault {
    std::string field;  ///< RuleFieldURIType: "Condition:ContainsSubjectStrings"
    std::string code;   ///< RuleValidationErrorCodeType
    std::string value;
};

/// `<t:Rule>` with everything that the schema has, in its order.
void append_rule(std::string& out, const RequestContext& context, const ServerRule& rule);

/// Reads a t:Rule of a request. Faults are MS-OXWSRULES 3.1.4.2.4.3 (RuleValidationErrorCodeType);
/// with any the rule is not to be used.
ServerRule read_rule(const RequestContext& context, const pugi::xml_node& element,
                     std::vector<RuleFault>& faults);

/// The mailbox whose rules are meant: MailboxSmtpAddress, or the caller's.
Outcome<std::string> rules_mailbox(const RequestContext& context, const pugi::xml_node& request);

/// The reply of an operation that has no response messages.
std::string bare_response(std::string_view operation, std::string_view payload);
std::string bare_error(std::string_view operation, const EwsError& error,
                       std::string_view payload = {});

}  // namespace liaison::sandbox::ews
