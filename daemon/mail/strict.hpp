#pragma once
#include "daemon/mail/drafts.hpp"

namespace liaison::mail {

/// Business Central's rule (codeunits 1681 to 1687 and 5064; crm-connectors.md 1.9): a sender and at
/// least one recipient in To or Cc; a salesperson writes to contacts (outbound: one draft per
/// contact), or a contact writes to salespeople (inbound: one draft for the sender). Everything else
/// is not for logging. Where Business Central deletes such a mail, this one waits in the unmatched
/// tray; mail among salespeople is skipped. Two deviations: a contact who is blocked for privacy is
/// not logged, and several salespeople among the recipients give one interaction, because a mail is
/// logged once per contact (DESIGN 3).
void decide_strict(const DecisionGround& ground, MailDecision& decision);

}  // namespace liaison::mail
