#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/ids.hpp"
#include "core/time.hpp"

/// What is remembered of a mail besides its decision: whom its addresses were taken for, what it
/// belongs to, what a person chose for it, what was done with it and when. Never its content.
namespace liaison {

enum class PartyKind : std::uint8_t { User, Contact, Company, Lead };
std::string_view to_string(PartyKind kind);

/// Somebody whom the address book named for an address.
struct CandidateFinding {
    PartyKind kind = PartyKind::Contact;
    std::string id;
    std::string number;
    std::string why;  ///< why taken, or why not: "belongs to the folder's owner"
    friend bool operator==(const CandidateFinding&, const CandidateFinding&) = default;
};

/// What was found out about one address of a mail. The address is kept because blocklists look back
/// and the unmatched tray proposes by it; the name beside it is not.
struct AddressFinding {
    std::string role;     ///< from, to, cc
    std::string address;  ///< normalised
    /// Closed list: user, contact, company, lead (the first candidate was taken), chosen (a person
    /// said who it is), unknown, ambiguous (nobody was taken), privacy_blocked, blocklisted,
    /// internal, to_create (a policy or a rule makes a party), not_asked
    std::string verdict;
    std::vector<CandidateFinding> candidates;  ///< best first
    friend bool operator==(const AddressFinding&, const AddressFinding&) = default;
};

/// By what a mail was found to belong to an earlier one, strongest first.
enum class ThreadTie : std::uint8_t { Reference, Index, Topic };
std::string_view to_string(ThreadTie tie);  ///< "reference", "thread_index", "subject_participants"

/// One key of a mail's conversation: two mails that share one belong together.
struct ThreadKey {
    ThreadTie tie = ThreadTie::Reference;
    std::string digest;  ///< 32 hex digits; nothing can be read from it
    friend bool operator==(const ThreadKey&, const ThreadKey&) = default;
    friend auto operator<=>(const ThreadKey&, const ThreadKey&) = default;
};

/// A party by its CRM id.
struct PartyRef {
    PartyKind kind = PartyKind::Contact;
    std::string id;
    std::string number = {};
    std::string company_id = {};
    friend bool operator==(const PartyRef&, const PartyRef&) = default;
};

/// What a person decided for a mail in the unmatched tray. Outlives every later decision of rules.
struct MailChoice {
    enum class Verb : std::uint8_t { None, Link, Ignore };
    Verb verb = Verb::None;
    std::vector<PartyRef> parties;  ///< Link: with whom
    std::string address = {};       ///< Link: the address that stands for them; empty: none
    std::string campaign_id = {};
    std::string opportunity_id = {};
    bool whole_thread = false;  ///< also for the other mails of the conversation, old and new
    std::string who = {};
    Timestamp at{};
    bool empty() const { return verb == Verb::None; }
    friend bool operator==(const MailChoice&, const MailChoice&) = default;
};
std::string_view to_string(MailChoice::Verb verb);

/// One line of a mail's history.
struct MailEvent {
    std::int64_t row = 0;
    Timestamp at{};
    std::string event;   ///< decided, logged, marked, moved, copied, chosen, reopened, failed, ...
    std::string detail;  ///< no mail content
    friend bool operator==(const MailEvent&, const MailEvent&) = default;
};

}  // namespace liaison
