#include "daemon/mail/logging.hpp"

#include <algorithm>
#include <utility>

#include "core/text.hpp"
#include "daemon/mail/automatic.hpp"
#include "daemon/mail/drafts.hpp"
#include "daemon/mail/identity.hpp"
#include "daemon/mail/strict.hpp"

namespace liaison::mail {
namespace {

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

/// Why each address got its partner, where there was a choice.
void trace_parties(const Parties& parties, std::vector<std::string>& trace) {
    for (const AddressMatch& match : parties.matches) {
        if (match.rejected.empty()) continue;
        std::vector<std::string> labels;
        for (const Party& party : match.rejected) labels.emplace_back(label_of(party));
        std::string line = match.role + ": ";
        if (match.user)
            line += "user " + std::string(label_of(*match.user)) + " has this address, so not ";
        else if (!match.partner)
            line += "nobody taken, they rank the same: ";
        else
            line += std::string(label_of(*match.partner)) + " taken (" + match.why_taken +
                    "), so not ";
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
    for (const MailAction& action : actions.actions)
        if (action.kind == MailActionKind::CopyToFolder ||
            action.kind == MailActionKind::MarkAsRead ||
            action.kind == MailActionKind::MarkImportance ||
            action.kind == MailActionKind::FlagMessage ||
            action.kind == MailActionKind::CreateTask)
            decision.effects.push_back(action);
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

bool settle_early(MailDecision& decision, MailOutcome outcome, std::string reason,
                  std::string detail) {
    settle(decision, outcome, std::move(reason), std::move(detail));
    return true;
}

/// Points 1 to 4; false when none of them holds.
bool decide_by_itself(const DecisionGround& ground, MailDecision& decision) {
    const MailSituation& situation = ground.situation;
    if (ground.message.is_draft)
        return settle_early(decision, MailOutcome::Skip, "draft",
                            "a draft is not logged before it is sent");
    if (!situation.readable)
        return settle_early(decision, MailOutcome::Park, "unreadable",
                            "Exchange could not give the facts of this mail");
    if (situation.earlier && is_copy_of(*situation.earlier))
        return settle_early(decision, MailOutcome::Skip, "duplicate",
                            "a copy of a mail that was decided on before");
    if (ground.policy.skip_private && is_private(ground.message))
        return settle_early(decision, MailOutcome::Skip, "private",
                            "marked private or confidential by its sender");
    return false;
}

/// Points 5 to 8; false when none of them holds.
bool decide_before_matching(const DecisionGround& ground, MailDecision& decision) {
    const MailAction* skip = first_action(ground.actions, MailActionKind::SkipLogging);
    const MailAction* hold = first_action(ground.actions, MailActionKind::Hold);
    const MailChoice& own = ground.situation.choice;
    const MailChoice& of_thread = ground.situation.thread.choice;
    const bool linked = own.verb == MailChoice::Verb::Link;
    const AddressMatch* sender = ground.parties.sender();
    if (sender != nullptr && sender->blocklisted)
        return settle_early(decision, MailOutcome::Skip, "blocklisted",
                            "its sender stands on the blocklist");
    if (own.verb == MailChoice::Verb::Ignore)
        return settle_early(decision, MailOutcome::Skip, "ignored",
                            "ignored by " + own.who);
    if (!linked && of_thread.verb == MailChoice::Verb::Ignore)
        return settle_early(decision, MailOutcome::Skip, "ignored",
                            "its conversation is ignored by " + of_thread.who);
    if (!linked && skip != nullptr)
        return settle_early(decision, MailOutcome::Skip, "rule",
                            "rule \"" + skip->rule + "\" says skipLogging");
    if (!linked && hold != nullptr)
        return settle_early(decision, MailOutcome::Hold, "rule",
                            "rule \"" + hold->rule + "\" says hold");
    const AutomaticKind automatic = automatic_kind(ground.message);
    if (!linked && automatic != AutomaticKind::None &&
        ground.policy.automatic == AutomaticMail::Skip)
        return settle_early(decision, MailOutcome::Skip, "automatic",
                            std::string(to_string(automatic)) + ": the policy skips it");
    return false;
}

/// Points 9 to 11.
bool decide_by_drafts(const DecisionGround& ground, MailDecision& decision,
                      std::vector<std::string>& blocked) {
    DraftList drafts(ground);
    std::string reason = "contact_match";
    const auto name_reason = [&](const char* name, auto add) {
        const bool was_empty = drafts.empty();
        add();
        if (was_empty && !drafts.empty()) reason = name;
    };
    drafts.add_matched();
    name_reason("chosen", [&] { drafts.add_chosen(ground.situation.choice); });
    if (ground.situation.choice.verb != MailChoice::Verb::Link)
        name_reason("thread", [&] { drafts.add_chosen(ground.situation.thread.choice); });
    name_reason("regarding", [&] { drafts.add_regarding(); });
    const AutomaticKind automatic = automatic_kind(ground.message);
    name_reason("new_party", [&] { drafts.add_new_parties(); });
    blocked = drafts.blocked();
    if (!blocked.empty()) decision.trace.push_back("blocked for privacy: " + labels_text(blocked));
    for (const std::string& note : drafts.notes()) decision.trace.push_back(note);
    if (automatic != AutomaticKind::None)
        decision.trace.push_back("sent by a machine: " + std::string(to_string(automatic)));
    if (drafts.empty()) return false;
    for (AddressFinding& finding : decision.addresses)
        if (drafts.created_for().contains(finding.address)) finding.verdict = "to_create";
    settle(decision, MailOutcome::Log, reason, labels_text(drafts.labels()));
    decision.drafts = drafts.take();
    decision.has_open_question = ground.situation.choice.empty() &&
                                 std::ranges::any_of(ground.parties.matches,
                                                     [](const AddressMatch& match) {
                                                         return match.ambiguous && !match.partner;
                                                     });
    return true;
}

/// Points 12 to 19.
void decide_unmatched(const DecisionGround& ground, const std::vector<std::string>& blocked,
                      MailDecision& decision) {
    std::size_t colleagues = 0, blocklisted = 0;
    std::vector<std::string> equal;
    for (const AddressMatch& match : ground.parties.matches) {
        if (match.user || match.internal) ++colleagues;
        if (match.blocklisted) ++blocklisted;
        if (match.ambiguous && !match.partner)
            for (const Party& party : match.rejected) equal.emplace_back(label_of(party));
    }
    const std::size_t count = ground.parties.address_count();
    const AutomaticKind automatic = automatic_kind(ground.message);
    if (!equal.empty())
        settle(decision, MailOutcome::Unmatched, "ambiguous",
               "several have the same address and rank the same: " + labels_text(equal));
    else if (!blocked.empty())
        settle(decision, MailOutcome::Skip, "privacy_blocked",
               labels_text(blocked) + ": blocked for privacy");
    else if (count == 0)
        settle(decision, MailOutcome::Unmatched, "no_addresses",
               "the mail has no address in From, To or Cc");
    else if (blocklisted > 0 && blocklisted + colleagues == count)
        settle(decision, MailOutcome::Skip, "blocklisted",
               "all who take part stand on the blocklist");
    else if (colleagues == count)
        settle(decision, MailOutcome::Skip, "internal",
               count == 1 ? "the only address belongs to a user"
                          : "all " + std::to_string(count) + " addresses belong to users");
    else if (automatic != AutomaticKind::None && ground.policy.automatic == AutomaticMail::LogKnown)
        settle(decision, MailOutcome::Skip, "automatic",
               std::string(to_string(automatic)) + " of nobody whom the CRM knows");
    else if (ground.policy.unknown_sender == UnknownSender::Ignore)
        settle(decision, MailOutcome::Skip, "unknown_sender", "the policy ignores unknown senders");
    else
        settle(decision, MailOutcome::Unmatched, "no_contact",
               "no contact has " + addresses_text(count));
}

void explain_thread(const ThreadGuide& thread, MailDecision& decision) {
    decision.thread_row = thread.row;
    decision.thread_tie = thread.tie;
    if (thread.row == 0) return;
    std::string line = "conversation: tied to mail " + std::to_string(thread.row) + " by " +
                       std::string(to_string(thread.tie));
    if (!thread.opportunity_id.empty()) line += ", opportunity " + thread.opportunity_id;
    if (!thread.campaign_id.empty()) line += ", campaign " + thread.campaign_id;
    if (!thread.choice.empty())
        line += ", " + thread.choice.who + " chose " +
                std::string(to_string(thread.choice.verb)) + " at mail " +
                std::to_string(thread.choice_row);
    decision.trace.push_back(std::move(line));
}

}  // namespace

MailDecision decide_logging(const MailMessage& message, const Parties& parties,
                            const MailActions& actions, const LoggingPolicy& policy,
                            const MailSituation& situation) {
    const DecisionGround ground{message, parties, actions, policy, situation};
    MailDecision decision;
    decision.identity = identify(message);
    decision.direction = parties.direction;
    decision.rule_set_version = actions.rule_set_version;
    decision.rules = actions.outcomes;
    decision.trace = actions.trace;
    decision.trace.insert(decision.trace.end(), actions.conflicts.begin(), actions.conflicts.end());
    decision.addresses = findings_of(parties);
    explain_thread(situation.thread, decision);
    if (!decide_by_itself(ground, decision) && !decide_before_matching(ground, decision)) {
        trace_parties(parties, decision.trace);
        std::vector<std::string> blocked;
        const bool chosen = situation.choice.verb == MailChoice::Verb::Link ||
                            situation.thread.choice.verb == MailChoice::Verb::Link;
        if (policy.match.strict && !chosen)
            decide_strict(ground, decision);
        else if (!decide_by_drafts(ground, decision, blocked))
            decide_unmatched(ground, blocked, decision);
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
