#pragma once
#include <string>

#include "connectors/ews/soap.hpp"
#include "connectors/ews/types.hpp"
#include "core/inbox_rule.hpp"

namespace liaison::ews {

/// https://learn.microsoft.com/exchange/client-developer/web-service-reference/getinboxrules-operation
/// `mailbox`: whose rules; empty: the caller's.
std::string encode_get_inbox_rules(std::string_view mailbox);
Result<InboxRuleList> decode_get_inbox_rules(const SoapReply& reply);

/// https://learn.microsoft.com/exchange/client-developer/web-service-reference/updateinboxrules-operation
/// Deletions first, then changes, then new rules. RemoveOutlookRuleBlob is sent as true only where
/// the change agrees to it: with it the server drops rules that are switched off and client-side
/// send rules.
std::string encode_update_inbox_rules(std::string_view mailbox, const InboxRuleChange& change);
/// VersionConflict for ErrorOutlookRuleBlobExists; InvalidRequest names the rule's number and the
/// field and code of its first fault, no value.
Result<void> decode_update_inbox_rules(const SoapReply& reply);

}  // namespace liaison::ews
