#pragma once
#include <optional>
#include <string>

#include "core/interaction.hpp"
#include "core/mail.hpp"
#include "core/mail_action.hpp"
#include "daemon/mail/parties.hpp"

namespace liaison::mail {

/// What the admin decided once for all mails.
struct LoggingPolicy {
    /// Mail that its sender marked private or confidential stays in the mailbox (DESIGN 7).
    bool skip_private = true;
    std::string logged_category = "CRM logged";        ///< empty: none
    std::string unmatched_category = "CRM unmatched";  ///< empty: none
    std::string default_template;  ///< where no rule names one; empty: the CRM's own default
};

/// An earlier decision on the same identity that still stands: its message is still there, or it is
/// logged already. A row whose message has left the folder before it was logged is no earlier
/// decision.
struct EarlierDecision {
    MailOutcome outcome = MailOutcome::Unmatched;
    std::string reason;
};

/// What only the caller knows of a mail.
struct MailSituation {
    /// CRM user to whom the folder belongs: the salesperson of every draft.
    std::string owner_user_id = {};
    /// False: Exchange could not give the facts of this mail, and trying again will not help.
    bool readable = true;
    std::optional<EarlierDecision> earlier = {};
};

/// The decision on one mail. The first of these that holds:
///  1. a draft                                                   Skip, draft
///  2. unreadable                                                Park, unreadable
///  3. a copy of a mail that was decided on                      Skip, duplicate
///  4. private or confidential, and the policy minds             Skip, private
///  5. a rule says so                                            Skip or Hold, rule
///  6. a contact, company or lead takes part (one draft each)    Log, contact_match
///  7. those that take part are blocked for privacy              Skip, privacy_blocked
///  8. every address belongs to a user                           Skip, internal
///  9. no address at all                                         Unmatched, no_addresses
/// 10. else                                                      Unmatched, no_contact
/// On 3: an earlier skip by a rule, as private or as a draft binds only the copy that it was about,
/// because rules and policy depend on the folder; any other earlier decision makes this one a copy.
/// Moves and categories that rules ask for are part of the decision unless the mail is a draft,
/// parked or held. Neither the detail nor the trace holds an address or mail content.
MailDecision decide_logging(const MailMessage& message, const Parties& parties,
                            const MailActions& actions, const LoggingPolicy& policy,
                            const MailSituation& situation);

}  // namespace liaison::mail
