#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/interaction.hpp"
#include "core/mail.hpp"
#include "daemon/mail/policy.hpp"

namespace liaison::mail {

/// One address of a mail and who that is.
struct AddressMatch {
    std::string address;  ///< normalised
    std::string role;     ///< from, to, cc: where it stands first
    std::optional<Party>
        user;  ///< a salesperson has this address; then `partner` is empty: a user wins
    std::optional<Party> partner;  ///< contact, company or lead: the best candidate
    /// Several candidates rank the same. Then `partner` is empty unless the policy guesses or is
    /// strict, and `rejected` begins with them.
    bool ambiguous = false;
    bool blocklisted = false;     ///< nobody is looked up
    bool internal = false;        ///< nobody has it, and its domain is one of ours
    std::vector<Party> rejected;  ///< candidates that lost, best first
    std::vector<std::string> why_rejected;  ///< one per rejected candidate
    std::string why_taken;
    bool unknown() const {
        return !user && !partner && !ambiguous && !blocklisted && !internal && rejected.empty();
    }
};

/// Who takes part in a mail.
struct Parties {
    std::vector<AddressMatch> matches;  ///< From, To, Cc; each address once (case-insensitively)
    bool has_sender = false;            ///< then matches.front() is the sender
    MailDirection direction = MailDirection::None;
    std::size_t addresses_ignored = 0;  ///< beyond limits::recipients_max

    const AddressMatch* sender() const { return has_sender ? &matches.front() : nullptr; }
    std::size_t address_count() const { return matches.size(); }
};

/// The normalised addresses of From, To and Cc, each once, at
/// most limits::recipients_max; never Bcc. This is what AddressBook::resolve is asked for.
std::vector<std::string> addresses_of(const MailMessage& message);

/// Who stands behind the addresses. Of several candidates for one address the policy's criteria
/// choose, in their order; `in_thread` holds the ids of the parties of the conversation so far.
/// `owner_user_id` is the owner of the folder; may be empty. Direction: outbound if the sender is a
/// user, inbound if a contact, company or lead, else none (DESIGN 3).
Parties match_parties(const MailMessage& message, const PartyMap& book,
                      const std::string& owner_user_id, const MatchPolicy& policy = {},
                      const std::set<std::string>& in_thread = {});

/// The same for people and for the store: at most limits::address_findings_max addresses.
std::vector<AddressFinding> findings_of(const Parties& parties);

/// What people call a party: number, else id.
std::string_view label_of(const Party& party);

}  // namespace liaison::mail
