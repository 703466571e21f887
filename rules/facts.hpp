#pragma once
#include <string>
#include <vector>

#include "core/interaction.hpp"
#include "core/mail.hpp"

namespace liaison::rules {

/// What rules may ask about a mail besides the mail itself. Filled by the daemon.
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
