#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/ids.hpp"
#include "core/mail.hpp"
#include "core/time.hpp"

namespace liaison {

enum class PartyKind : std::uint8_t { User, Contact, Company, Lead };
std::string_view to_string(PartyKind kind);

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
    std::string
        original_eml;  ///< the whole mail as Exchange gives it; empty when it could not be had
    std::vector<InteractionDraft> drafts;
};
/// What the CRM has of a message.
struct LoggedMessage {
    MessageIdentity identity;
    std::vector<std::string> interaction_ids;  ///< one per draft, in order
    bool was_there = false;                    ///< nothing new was written
};

enum class MailOutcome : std::uint8_t { Log, Unmatched, Skip, Hold, Park };
std::string_view to_string(MailOutcome outcome);

/// The decision on one mail with everything that explains it. No mail content.
struct MailDecision {
    MailOutcome outcome = MailOutcome::Unmatched;
    /// Closed list: contact_match, no_contact, no_addresses, draft, internal, duplicate, rule,
    /// private, privacy_blocked, unreadable, too_large, gone (left the folder before it was
    /// decided; set by the store)
    std::string reason;
    std::string detail;  ///< for people: rule name, candidates by CRM number
    MessageIdentity identity;
    MailDirection direction = MailDirection::None;
    std::vector<InteractionDraft> drafts;
    std::string move_to;  ///< folder path; empty: stays
    std::vector<std::string> add_categories;
    std::string rule_set_version;
    std::vector<std::string> trace;  ///< one line per rule that was looked at
    friend bool operator==(const MailDecision&, const MailDecision&) = default;
};

}  // namespace liaison
