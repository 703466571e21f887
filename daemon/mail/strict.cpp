#include "daemon/mail/strict.hpp"

#include <algorithm>

namespace liaison::mail {

namespace {

/// Longer ones never match: the field holds 80 characters.
constexpr std::size_t kStrictAddressMax = 80;

struct StrictSides {
    std::string user_id;
    std::vector<const AddressMatch*> contacts;
    std::size_t users = 0;
    std::size_t recipients = 0;
};

bool is_contact_match(const AddressMatch& match) {
    return match.partner && match.address.size() <= kStrictAddressMax;
}

StrictSides strict_sides(const Parties& parties) {
    StrictSides sides;
    const AddressMatch* sender = parties.sender();
    for (const AddressMatch& match : parties.matches) {
        if (match.user) ++sides.users;
        if (&match == sender || match.role == "from") continue;
        ++sides.recipients;
        if (sender == nullptr) continue;
        if (sender->user && is_contact_match(match)) sides.contacts.push_back(&match);
        if (!sender->user && match.user && sides.user_id.empty()) sides.user_id = match.user->id;
    }
    if (sender != nullptr && sender->user) sides.user_id = sender->user->id;
    if (sender != nullptr && !sender->user && is_contact_match(*sender) && !sides.user_id.empty())
        sides.contacts.push_back(sender);
    return sides;
}

void not_for_logging(MailDecision& decision, std::string detail) {
    decision.outcome = MailOutcome::Unmatched;
    decision.reason = "not_for_logging";
    decision.detail = std::move(detail);
}

}  // namespace

void decide_strict(const DecisionGround& ground, MailDecision& decision) {
    const StrictSides sides = strict_sides(ground.parties);
    if (ground.parties.sender() == nullptr)
        return not_for_logging(decision, "strict: the mail has no sender");
    if (sides.recipients == 0)
        return not_for_logging(decision, "strict: the mail has no recipient in To or Cc");
    Parties kept;
    kept.direction = ground.parties.direction;
    for (const AddressMatch* match : sides.contacts) kept.matches.push_back(*match);
    MailSituation situation = ground.situation;
    situation.owner_user_id = sides.user_id;
    const DecisionGround narrowed{ground.message, kept, ground.actions, ground.policy, situation};
    DraftList drafts(narrowed);
    drafts.add_matched();
    if (!drafts.blocked().empty())
        decision.trace.push_back("blocked for privacy: " + labels_text(drafts.blocked()));
    if (!drafts.empty()) {
        decision.outcome = MailOutcome::Log;
        decision.reason = "contact_match";
        decision.detail = labels_text(drafts.labels());
        decision.drafts = drafts.take();
    } else if (!drafts.blocked().empty()) {
        decision.outcome = MailOutcome::Skip;
        decision.reason = "privacy_blocked";
        decision.detail = labels_text(drafts.blocked()) + ": blocked for privacy";
    } else if (sides.users == ground.parties.address_count()) {
        decision.outcome = MailOutcome::Skip;
        decision.reason = "internal";
        decision.detail = "strict: mail among salespeople is never logged";
    } else if (ground.parties.direction == MailDirection::None) {
        not_for_logging(decision, "strict: the sender is neither a salesperson nor a contact");
    } else {
        not_for_logging(decision, ground.parties.direction == MailDirection::Outbound
                                      ? "strict: no recipient is a contact"
                                      : "strict: no recipient is a salesperson");
    }
}

}  // namespace liaison::mail
