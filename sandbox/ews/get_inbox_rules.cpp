#include <pugixml.hpp>

#include "sandbox/ews/rule_xml.hpp"
#include "sandbox/ews/xml_text.hpp"

namespace liaison::sandbox::ews {

// ED:r/getinboxrules-operation. The reply has no response messages (messages.xsd).
Reply get_inbox_rules(const RequestContext& context, const pugi::xml_node& request) {
    if (!context.every_message_fails.empty())
        return bare_error("GetInboxRules",
                          {context.every_message_fails, "The operation failed.", {}});
    const auto mailbox = rules_mailbox(context, request);
    if (!mailbox) return bare_error("GetInboxRules", mailbox.error());
    const ServerRules& stored = context.store.inbox_rules(*mailbox);
    std::string payload;
    append_boolean(payload, "m:OutlookRuleBlobExists", stored.outlook_blob);
    payload += "<m:InboxRules>";
    RequestContext owner = context;
    owner.mailbox = *mailbox;
    if (!context.empty_listing)
        for (const ServerRule& rule : stored.rules) append_rule(payload, owner, rule);
    payload += "</m:InboxRules>";
    return bare_response("GetInboxRules", payload);
}

}  // namespace liaison::sandbox::ews
