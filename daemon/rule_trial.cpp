#include "daemon/rule_trial.hpp"

#include <algorithm>
#include <set>
#include <utility>

#include "daemon/mail/identity.hpp"
#include "daemon/mail/parties.hpp"

namespace liaison::daemon {
namespace {

Timestamp trial_time(const MailMessage& message) {
    if (message.received_at) return *message.received_at;
    return message.sent_at.value_or(Timestamp{});
}

std::string trial_address(const InteractionDraft& draft) {
    return draft.create_party ? "new:" + draft.contact_address : draft.contact_id;
}

/// What an interaction is linked to, in the order of comparison.
std::set<std::vector<std::string>> links_of(const MailDecision& decision) {
    std::set<std::vector<std::string>> out;
    for (const InteractionDraft& draft : decision.drafts)
        out.insert({trial_address(draft), draft.company_id, draft.template_code, draft.campaign_id,
                    draft.opportunity_id, draft.regarding_kind, draft.regarding_id});
    return out;
}

/// Actions without the name of the rule that asked for them.
std::vector<MailAction> marks_of(const MailDecision& decision) {
    std::vector<MailAction> out = decision.effects;
    for (MailAction& action : out) action.rule.clear();
    return out;
}

std::set<MadeParty> people_of(const std::vector<MadeParty>& made) {
    std::set<MadeParty> out;
    for (MadeParty one : made) {
        one.mail.clear();
        out.insert(std::move(one));
    }
    return out;
}

std::vector<MadeParty> made_by_first_only(const std::vector<MadeParty>& first,
                                          const std::vector<MadeParty>& second) {
    const std::set<MadeParty> others = people_of(second);
    std::vector<MadeParty> out;
    for (const MadeParty& one : first) {
        MadeParty person = one;
        person.mail.clear();
        if (!others.contains(person)) out.push_back(one);
    }
    std::ranges::sort(out, {}, &MadeParty::address);
    return out;
}

}  // namespace

PartyMap RuleTrial::parties_of(const MailMessage& message, const PartyMap& known) const {
    PartyMap out;
    for (const std::string& address : mail::addresses_of(message)) {
        if (const auto at = known.find(address); at != known.end()) out.insert(*at);
        if (const auto at = made_parties_.find(address); at != made_parties_.end())
            out[address].insert(out[address].end(), at->second.begin(), at->second.end());
    }
    return out;
}

mail::ThreadGuide RuleTrial::thread_of(const MailMessage& message, const MessageIdentity& identity,
                                       Timestamp at) const {
    std::map<std::size_t, ThreadTie, std::greater<>> found;  // newest first
    for (const ThreadKey& key : mail::thread_keys_to_look_for(message)) {
        const auto known = by_key_.find(key);
        if (known == by_key_.end()) continue;
        for (const std::size_t number : known->second) {
            const auto [one, is_new] = found.try_emplace(number, key.tie);
            if (!is_new) one->second = std::min(one->second, key.tie);
        }
    }
    std::vector<mail::EarlierMail> mails;
    for (const auto& [number, tie] : found) {
        if (mails_[number].decision.identity == identity) continue;
        mails.push_back(mails_[number]);
        mails.back().tie = tie;
    }
    return mail::follow_thread(mails, at);
}

void RuleTrial::remember(const MailMessage& message, const MailPlace& place,
                         const MailDecision& decision) {
    const auto number = static_cast<std::int64_t>(mails_.size()) + 1;
    if (is_binding(decision) && !first_.contains(decision.identity)) {
        IntakeRow row;
        row.id = number;
        row.mailbox = MailboxId(place.mailbox);
        row.decision = decision;
        first_.emplace(decision.identity, std::move(row));
    }
    if (decision.reason == "duplicate") return;
    for (const ThreadKey& key : mail::thread_keys_of(message))
        by_key_[key].push_back(mails_.size());
    mails_.push_back(
        mail::EarlierMail{number, ThreadTie::Reference, trial_time(message), decision, {}});
}

void RuleTrial::make_parties(const std::string& name, const MailDecision& decision) {
    if (decision.outcome != MailOutcome::Log) return;
    for (const InteractionDraft& draft : decision.drafts) {
        if (!draft.create_party) continue;
        Party party;
        party.kind = draft.contact_kind;
        party.id = party.number = trial_address(draft);
        party.company_id = draft.company_id;
        party.owner_id = draft.owner_id.empty() ? draft.user_id : draft.owner_id;
        made_parties_[draft.contact_address].push_back(std::move(party));
        made_.push_back({draft.contact_kind, draft.contact_address, draft.company_id, name});
    }
}

MailDecision RuleTrial::decide(const std::string& name, const MailMessage& message,
                               const MailPlace& place, const PartyMap& known) {
    const MessageIdentity identity = mail::identify(message);
    const auto first = first_.find(identity);
    MailDecision decision =
        decide_message(message, identity, parties_of(message, known), rules_, policy_, place,
                       first == first_.end() ? nullptr : &first->second, {},
                       thread_of(message, identity, trial_time(message)));
    make_parties(name, decision);
    remember(message, place, decision);
    return decision;
}

std::string_view to_string(RuleChange::Kind kind) {
    switch (kind) {
        case RuleChange::Kind::NewlyLogged:
            return "newlyLogged";
        case RuleChange::Kind::NoLongerLogged:
            return "noLongerLogged";
        case RuleChange::Kind::LinkedElsewhere:
            return "linkedElsewhere";
        case RuleChange::Kind::MovedElsewhere:
            return "movedElsewhere";
        case RuleChange::Kind::OtherReason:
            return "otherReason";
        case RuleChange::Kind::OtherMarks:
            return "otherMarks";
    }
    return "unknown";
}

std::vector<RuleChange::Kind> changes_between(const MailDecision& before,
                                              const MailDecision& after) {
    std::vector<RuleChange::Kind> out;
    const bool was_logged = before.outcome == MailOutcome::Log;
    const bool is_logged = after.outcome == MailOutcome::Log;
    if (!was_logged && is_logged) out.push_back(RuleChange::Kind::NewlyLogged);
    if (was_logged && !is_logged) out.push_back(RuleChange::Kind::NoLongerLogged);
    if (was_logged && is_logged && links_of(before) != links_of(after))
        out.push_back(RuleChange::Kind::LinkedElsewhere);
    if (before.move_to != after.move_to) out.push_back(RuleChange::Kind::MovedElsewhere);
    if (!was_logged && !is_logged &&
        (before.outcome != after.outcome || before.reason != after.reason))
        out.push_back(RuleChange::Kind::OtherReason);
    const auto sorted = [](std::vector<std::string> names) {
        std::ranges::sort(names);
        return names;
    };
    // The category that says "logged" or "unmatched" follows from the outcome.
    if (marks_of(before) != marks_of(after) ||
        (was_logged == is_logged && sorted(before.add_categories) != sorted(after.add_categories)))
        out.push_back(RuleChange::Kind::OtherMarks);
    return out;
}

void RuleComparison::add(const std::string& name, const MailMessage& message,
                         const MailPlace& place, const PartyMap& known) {
    ++mails_;
    MailDecision before = before_.decide(name, message, place, known);
    MailDecision after = after_.decide(name, message, place, known);
    std::vector<RuleChange::Kind> kinds = changes_between(before, after);
    if (!kinds.empty())
        changes_.push_back({name, std::move(kinds), std::move(before), std::move(after)});
}

std::map<RuleChange::Kind, std::size_t> RuleComparison::counts() const {
    std::map<RuleChange::Kind, std::size_t> out;
    for (const RuleChange& change : changes_)
        for (const RuleChange::Kind kind : change.kinds) ++out[kind];
    return out;
}

std::vector<MadeParty> RuleComparison::newly_made() const {
    return made_by_first_only(after_.made(), before_.made());
}

std::vector<MadeParty> RuleComparison::no_longer_made() const {
    return made_by_first_only(before_.made(), after_.made());
}

}  // namespace liaison::daemon
