#pragma once
#include <string>
#include <vector>

#include "core/interaction.hpp"
#include "core/mail.hpp"

namespace liaison::rules {

/// What rules may ask about a mail besides the mail itself. Filled by the daemon before the
/// evaluation; a fact that is left at its default means "no" or "unknown". Everything else is asked
/// of the mail: categories, importance, sensitivity, attachments (name, type, size, is_inline),
/// headers (RuleSet::needs_headers), flag_request. Of a Party, rules read kind, id, company, owner,
/// categories, has_open_opportunity, open_opportunity_ids, campaign_ids and privacy_blocked.
struct Facts {
    std::string mailbox;  ///< primary SMTP address
    std::vector<std::string>
        owner_addresses;  ///< every address of the mailbox' owner; what "me" means in sentToMe
    std::string folder;   ///< path from the mailbox' root: "Inbox/CRM"
    MailDirection direction = MailDirection::None;
    std::vector<Party> sender;         ///< everybody the CRM knows under the sender's address
    std::vector<Party> recipients;     ///< everybody the CRM knows under the addresses in To and Cc
    bool conversation_logged = false;  ///< an earlier mail of this thread is logged
};

}  // namespace liaison::rules
