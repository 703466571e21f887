#include "daemon/mail/logging.hpp"

#include <algorithm>
#include <set>
#include <utility>

#include "core/limits.hpp"
#include "core/text.hpp"
#include "daemon/mail/identity.hpp"

namespace liaison::mail {
namespace {

constexpr std::size_t kLabelsNamed = 10;

const MailAction* first_action(const MailActions& actions, MailActionKind kind) {
    const auto at = std::ranges::find(actions.actions, kind, &MailAction::kind);
    return at == actions.actions.end() ? nullptr : &*at;
}

bool is_private(const MailMessage& message) {
    const std::string sensitivity = to_lower_ascii(trim(message.sensitivity));
    return sensitivity == "private" || sensitivity == "confidential" ||
           sensitivity == "company-confidential";
}

bool is_copy_of(const EarlierDecision& earlier) {
    return earlier.outcome != MailOutcome::Skip ||
           (earlier.reason != "rule" && earlier.reason != "private" && earlier.reason != "draft");
}

std::string addresses_text(std::size_t count) {
    return count == 1 ? "the only address" : "any of the " + std::to_string(count) + " addresses";
}

/// "C-1, C-2 and 7 more"
std::string labels_text(const std::vector<std::string>& labels) {
    std::string out;
    for (std::size_t i = 0; i < std::min(labels.size(), kLabelsNamed); ++i) {
        if (i > 0) out += ", ";
        out += labels[i];
    }
    if (labels.size() > kLabelsNamed)
        out += " and " + std::to_string(labels.size() - kLabelsNamed) + " more";
    return out;
}

InteractionDraft draft_for(const AddressMatch& match, const Parties& parties,
                           const MailActions& actions, const LoggingPolicy& policy,
                           const std::string& owner) {
    InteractionDraft draft;
    draft.contact_id = match.partner->id;
    draft.contact_kind = match.partner->kind;
    draft.contact_address = match.address;
    draft.company_id = match.partner->company_id;
    draft.user_id = owner;
    draft.direction = parties.direction;
    for (const MailAction& action : actions.actions) {
        if (action.kind != MailActionKind::LogInteraction) continue;
        if (draft.template_code.empty()) draft.template_code = action.template_code;
        if (draft.template_code.empty()) draft.template_code = action.activity_type;
        if (draft.campaign_id.empty()) draft.campaign_id = action.campaign_id;
        if (draft.opportunity_id.empty()) draft.opportunity_id = action.opportunity_id;
    }
    if (draft.template_code.empty()) draft.template_code = policy.default_template;
    return draft;
}

/// Why each address got its partner, where there was a choice.
void trace_parties(const Parties& parties, std::vector<std::string>& trace) {
    for (const AddressMatch& match : parties.matches) {
        if (match.rejected.empty()) continue;
        std::vector<std::string> labels;
        for (const Party& party : match.rejected) labels.emplace_back(label_of(party));
        std::string line = match.role + ": ";
        if (match.user)
            line += "user " + std::string(label_of(*match.user)) + " has this address, so not ";
        else
            line += std::string(label_of(*match.partner)) + " taken, " +
                    (match.ambiguous ? "the first of several of equal rank, so not "
                                     : "it ranks before ");
        trace.push_back(line + labels_text(labels));
    }
    if (parties.addresses_ignored > 0)
        trace.push_back(std::to_string(parties.addresses_ignored) +
                        " addresses beyond the limit were not looked at");
}

void apply_routing(const MailActions& actions, MailDecision& decision) {
    if (const MailAction* move = first_action(actions, MailActionKind::MoveToFolder))
        decision.move_to = move->folder;
    for (const MailAction& action : actions.actions)
        for (const std::string& category : action.categories)
            if (std::ranges::find(decision.add_categories, category) ==
                decision.add_categories.end())
                decision.add_categories.push_back(category);
}

void add_own_category(const LoggingPolicy& policy, const MailSituation& situation,
                      MailDecision& decision) {
    const bool copy_of_logged = decision.reason == "duplicate" && situation.earlier &&
                                situation.earlier->outcome == MailOutcome::Log;
    std::string name;
    if (decision.outcome == MailOutcome::Log || copy_of_logged) name = policy.logged_category;
    if (decision.outcome == MailOutcome::Unmatched) name = policy.unmatched_category;
    if (!name.empty() &&
        std::ranges::find(decision.add_categories, name) == decision.add_categories.end())
        decision.add_categories.push_back(std::move(name));
}

void settle(MailDecision& decision, MailOutcome outcome, std::string reason, std::string detail) {
    decision.outcome = outcome;
    decision.reason = std::move(reason);
    decision.detail = std::move(detail);
}

/// Points 1 to 5; false when none of them holds.
bool decide_before_matching(const MailMessage& message, const MailActions& actions,
                            const LoggingPolicy& policy, const MailSituation& situation,
                            MailDecision& decision) {
    const MailAction* skip = first_action(actions, MailActionKind::SkipLogging);
    const MailAction* hold = first_action(actions, MailActionKind::Hold);
    if (message.is_draft)
        settle(decision, MailOutcome::Skip, "draft", "a draft is not logged before it is sent");
    else if (!situation.readable)
        settle(decision, MailOutcome::Park, "unreadable",
               "Exchange could not give the facts of this mail");
    else if (situation.earlier && is_copy_of(*situation.earlier))
        settle(decision, MailOutcome::Skip, "duplicate",
               "a copy of a mail that was decided on before");
    else if (policy.skip_private && is_private(message))
        settle(decision, MailOutcome::Skip, "private",
               "marked private or confidential by its sender");
    else if (skip != nullptr)
        settle(decision, MailOutcome::Skip, "rule", "rule \"" + skip->rule + "\" says skipLogging");
    else if (hold != nullptr)
        settle(decision, MailOutcome::Hold, "rule", "rule \"" + hold->rule + "\" says hold");
    else
        return false;
    return true;
}

/// Points 6 to 10.
void decide_by_parties(const Parties& parties, const MailActions& actions,
                       const LoggingPolicy& policy, const MailSituation& situation,
                       MailDecision& decision) {
    std::set<std::pair<PartyKind, std::string>> seen;
    std::vector<std::string> logged, blocked;
    std::size_t users = 0;
    for (const AddressMatch& match : parties.matches) {
        if (match.user) ++users;
        if (!match.partner || !seen.insert({match.partner->kind, match.partner->id}).second)
            continue;
        std::string label = std::string(label_of(*match.partner)) + " (" + match.role + ")";
        if (match.partner->privacy_blocked) {
            blocked.push_back(std::move(label));
            continue;
        }
        decision.drafts.push_back(
            draft_for(match, parties, actions, policy, situation.owner_user_id));
        logged.push_back(std::move(label));
    }
    const std::size_t count = parties.address_count();
    if (!blocked.empty()) decision.trace.push_back("blocked for privacy: " + labels_text(blocked));
    if (!logged.empty())
        settle(decision, MailOutcome::Log, "contact_match", labels_text(logged));
    else if (!blocked.empty())
        settle(decision, MailOutcome::Skip, "privacy_blocked",
               labels_text(blocked) + ": blocked for privacy");
    else if (count == 0)
        settle(decision, MailOutcome::Unmatched, "no_addresses",
               "the mail has no address in From, To or Cc");
    else if (users == count)
        settle(decision, MailOutcome::Skip, "internal",
               count == 1 ? "the only address belongs to a user"
                          : "all " + std::to_string(count) + " addresses belong to users");
    else
        settle(decision, MailOutcome::Unmatched, "no_contact",
               "no contact has " + addresses_text(count));
}

}  // namespace

MailDecision decide_logging(const MailMessage& message, const Parties& parties,
                            const MailActions& actions, const LoggingPolicy& policy,
                            const MailSituation& situation) {
    MailDecision decision;
    decision.identity = identify(message);
    decision.direction = parties.direction;
    decision.rule_set_version = actions.rule_set_version;
    decision.trace = actions.trace;
    decision.trace.insert(decision.trace.end(), actions.conflicts.begin(), actions.conflicts.end());
    if (!decide_before_matching(message, actions, policy, situation, decision)) {
        trace_parties(parties, decision.trace);
        decide_by_parties(parties, actions, policy, situation, decision);
    }
    const bool untouched = decision.reason == "draft" || decision.outcome == MailOutcome::Park ||
                           decision.outcome == MailOutcome::Hold;
    if (!untouched) {
        apply_routing(actions, decision);
        add_own_category(policy, situation, decision);
    }
    return decision;
}

}  // namespace liaison::mail
