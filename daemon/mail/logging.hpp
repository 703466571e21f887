#pragma once
#include <memory>
#include <optional>
#include <set>
#include <string>

#include "core/interaction.hpp"
#include "core/mail.hpp"
#include "core/mail_action.hpp"
#include "daemon/mail/conversation.hpp"
#include "daemon/mail/parties.hpp"
#include "daemon/mail/policy.hpp"

namespace liaison::mail {

/// What the admin decided once for all mails.
struct LoggingPolicy {
    /// Mail that its sender marked private or confidential stays in the mailbox (DESIGN 7).
    bool skip_private = true;
    std::string logged_category = "CRM logged";        ///< empty: none
    std::string unmatched_category = "CRM unmatched";  ///< empty: none
    std::string default_template;  ///< where no rule names one; empty: the CRM's own default
    MatchPolicy match;
    UnknownSender unknown_sender = UnknownSender::Hold;
    AutomaticMail automatic = AutomaticMail::Log;
    /// Domains whose addresses say nothing about a company.
    std::shared_ptr<const std::set<std::string>> free_mail;
    bool keep_original = true;  ///< false: the CRM gets the link only
    /// Attachments travel within the original; a mail with more bytes of them is logged without it.
    std::int64_t attachment_bytes_max = INT64_MAX;

    /// The decision needs header fields, to tell a machine from a person.
    bool wants_headers() const {
        return automatic != AutomaticMail::Log || unknown_sender == UnknownSender::Contact ||
               unknown_sender == UnknownSender::Lead;
    }
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
    MailChoice choice = {};   ///< a person's, for this very mail
    ThreadGuide thread = {};  ///< what its conversation says
    /// The record that the folder stands for: a mail that is put there is filed under it. Words of
    /// MailAction::regarding_kind; empty: none.
    std::string folder_regarding_kind = {};
    std::string folder_regarding_id = {};
};

/// The decision on one mail. The first of these that holds:
///  1. a draft                                                   Skip, draft
///  2. unreadable                                                Park, unreadable
///  3. a copy of a mail that was decided on                      Skip, duplicate
///  4. private or confidential, and the policy minds             Skip, private
///  5. its sender stands on the blocklist                        Skip, blocklisted
///  6. a person ignored it or its conversation                   Skip, ignored
///  7. a rule says so, and no person linked the mail             Skip or Hold, rule
///  8. automatic mail, and the policy skips it                   Skip, automatic
///  9. a contact, company or lead takes part (one draft each)    Log, contact_match
///     a person linked the mail                                  Log, chosen
///     or its conversation                                       Log, thread
/// 10. a rule or the folder files it under a record              Log, regarding
/// 11. a rule or the policy makes a contact or lead              Log, new_party
/// 12. several candidates rank the same                          Unmatched, ambiguous
/// 13. those that take part are blocked for privacy              Skip, privacy_blocked
/// 14. those that take part stand on the blocklist               Skip, blocklisted
/// 15. every address belongs to a user or a colleague            Skip, internal
/// 16. no address at all                                         Unmatched, no_addresses
/// 17. automatic mail, and the policy wants it of contacts only  Skip, automatic
/// 18. the policy ignores unknown senders                        Skip, unknown_sender
/// 19. else                                                      Unmatched, no_contact
/// On 3: an earlier skip by a rule, as private or as a draft binds only the copy that it was about,
/// because rules and policy depend on the folder; any other earlier decision makes this one a copy.
/// In strict mode 9 to 19 are Business Central's (strict.hpp). Moves and categories that rules ask
/// for are part of the decision unless the mail is a draft, parked or held. Neither the detail nor
/// the trace holds an address or mail content; `addresses` holds the addresses.
MailDecision decide_logging(const MailMessage& message, const Parties& parties,
                            const MailActions& actions, const LoggingPolicy& policy,
                            const MailSituation& situation);

}  // namespace liaison::mail
