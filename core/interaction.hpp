#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/ids.hpp"
#include "core/mail.hpp"
#include "core/mail_action.hpp"
#include "core/mail_memory.hpp"
#include "core/time.hpp"

namespace liaison {

/// Somebody whom the CRM knows by a mail address.
struct Party {
    PartyKind kind = PartyKind::Contact;
    std::string id;      ///< the CRM's own id
    std::string number;  ///< what people call it: "C-1001", "ANNA"
    std::string name;
    std::string company_id;
    std::string company_name;
    std::string owner_id;  ///< salesperson
    bool privacy_blocked = false;
    bool has_open_opportunity = false;
    /// Which of the party's addresses was asked for: 0 the primary one, above 0 an alternative one.
    std::int64_t address_rank = 0;
    std::vector<std::string> categories;
    std::vector<std::string> campaign_ids;          ///< campaigns whose member the party is
    std::vector<std::string> open_opportunity_ids;  ///< may be empty although has_open_opportunity
    friend bool operator==(const Party&, const Party&) = default;
};
/// All hits per normalised address, best first. Addresses without a hit are absent.
using PartyMap = std::map<std::string, std::vector<Party>>;

enum class MailDirection : std::uint8_t { None, Inbound, Outbound };
std::string_view to_string(MailDirection direction);

/// One definition of "the same mail" (DESIGN 3): normalised Message-ID together with a fingerprint
/// of sender address, sent date and normalised subject; without an id, the fingerprint and a digest
/// of the text. Hex SHA-256.
using MessageIdentity = Name<struct MessageIdentityTag>;

/// One interaction to be written: a mail is logged once per (message, contact).
struct InteractionDraft {
    std::string contact_id;
    PartyKind contact_kind = PartyKind::Contact;
    std::string contact_address;  ///< the address that matched
    std::string company_id;
    std::string user_id;  ///< salesperson: the folder's owner
    MailDirection direction = MailDirection::None;
    std::string
        template_code;  ///< interaction template / activity type; empty: the CRM's default for mail
    std::string campaign_id;
    std::string opportunity_id;
    std::string regarding_kind = {};  ///< case, appointment, task, ...: what else the mail is about
    std::string regarding_id = {};
    /// The party is not there yet: it is made for `contact_address` before the mail is logged
    /// (Contact or Lead by `contact_kind`); then `contact_id` is empty until it is known.
    bool create_party = false;
    std::string owner_id = {};  ///< create_party: whose contact it becomes; empty: `user_id`
    friend bool operator==(const InteractionDraft&, const InteractionDraft&) = default;
};

/// Everything that the CRM stores of one mail, written at once.
struct MessageLog {
    MessageIdentity identity;
    std::string internet_message_id;
    std::string subject;
    std::string text_body;
    Timestamp at{};  ///< sent (outbound) or received time
    std::vector<std::pair<std::string, MailAddress>>
        participants;      ///< role (from, to, cc) and address
    std::string link_url;  ///< opens the mail in Outlook; may be empty
    MailboxId mailbox;
    std::string original_eml;  ///< the whole mail as Exchange gives it; empty: it could not be had,
                               ///< or the policy keeps the link only
    std::vector<AttachmentInfo> attachments = {};  ///< what the mail carries; contents are in the original
    std::vector<InteractionDraft> drafts;
    std::string channel = "email";  ///< email, meeting
};
/// What the CRM has of a message.
struct LoggedMessage {
    MessageIdentity identity;
    std::vector<std::string> interaction_ids;  ///< one per draft, in order
    bool was_there = false;                    ///< nothing new was written
};

/// A contact or lead to be made of an address of a mail.
struct NewParty {
    PartyKind kind = PartyKind::Contact;  ///< Contact or Lead
    std::string address;                  ///< normalised
    std::string name;                     ///< as the mail shows it; may be empty
    std::string company_id;
    /// The domain whose company it joins if the CRM has exactly one there; empty: none (a domain of
    /// free mail never names a company).
    std::string company_domain;
    std::string owner_id;
};

/// A task to be made of a mail.
struct NewMailTask {
    std::string key;  ///< of the mail and the rule: what makes it once
    std::string subject;
    std::string owner_id;
    std::optional<Date> due_on;
    std::string contact_id;  ///< may be empty
};

/// Interactions of a message that are taken back.
struct MessageWithdrawal {
    MessageIdentity identity;
    std::vector<std::string> contact_ids;  ///< empty: all
    bool erase_content = false;  ///< text, original and participants go when none is left
    std::string who;
    std::string why;
};

/// Who is meant: everybody at a domain, or of a name, or the one with a number, or with a CRM id and
/// kind. The first that is filled counts.
struct PartyQuery {
    std::string domain = {};
    std::string name = {};
    std::string number = {};
    std::string id = {};
    PartyKind kind = PartyKind::Contact;
    std::size_t max = 20;
};

enum class MailOutcome : std::uint8_t { Log, Unmatched, Skip, Hold, Park };
std::string_view to_string(MailOutcome outcome);

/// The decision on one mail with everything that explains it. No mail content.
struct MailDecision {
    MailOutcome outcome = MailOutcome::Unmatched;
    /// Closed list: contact_match, thread (a person's choice for the conversation), chosen (for this
    /// mail), new_party, no_contact, ambiguous, no_addresses, draft, internal, duplicate, rule,
    /// private, privacy_blocked, blocklisted, ignored, unknown_sender, automatic, not_for_logging,
    /// withdrawn, unreadable, too_large, gone (left the folder before it was decided; set by the
    /// store)
    std::string reason;
    std::string detail;  ///< for people: rule name, candidates by CRM number
    MessageIdentity identity;
    MailDirection direction = MailDirection::None;
    std::vector<InteractionDraft> drafts;
    std::string move_to;  ///< folder path; empty: stays
    std::vector<std::string> add_categories;
    std::string rule_set_version;
    std::vector<std::string> trace;  ///< one line per rule that was looked at
    std::vector<RuleOutcome> rules;  ///< the same with every condition
    std::vector<AddressFinding> addresses;  ///< at most limits::address_findings_max
    std::string folder;                     ///< path where the mail lay
    std::int64_t thread_row = 0;            ///< the earlier mail of its conversation; 0: none known
    ThreadTie thread_tie = ThreadTie::Reference;
    /// What rules want done with the mail beside moving, categories and logging: copies, read
    /// state, importance, flag, tasks.
    std::vector<MailAction> effects;
    /// Addresses that were left out although the mail is logged for others: ambiguous ones. The mail
    /// stands in the unmatched tray until somebody chooses.
    bool has_open_question = false;
    friend bool operator==(const MailDecision&, const MailDecision&) = default;
};

}  // namespace liaison
