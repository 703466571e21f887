#pragma once
#include <cstddef>
#include <map>
#include <string>
#include <vector>

#include "core/interaction.hpp"
#include "core/mail.hpp"
#include "core/ports/mail_store.hpp"
#include "daemon/mail/logging.hpp"
#include "daemon/mail_steps.hpp"
#include "rules/rule_set.hpp"

namespace liaison::daemon {

/// A contact or lead that would be made.
struct MadeParty {
    PartyKind kind = PartyKind::Contact;
    std::string address;
    std::string company_id;
    std::string mail;  ///< name of the mail that it would be made of
    friend auto operator<=>(const MadeParty&, const MadeParty&) = default;
    friend bool operator==(const MadeParty&, const MadeParty&) = default;
};

/// Past mail once more, under a rule set: decided with the evaluator of production, in the order in
/// which it is given. Later mails see what would have become of earlier ones: a contact that would
/// have been made is known, a conversation is logged, a copy is a copy. Nothing is done or stored.
/// Mail from before the first one given is not known.
class RuleTrial {
public:
    RuleTrial(rules::RuleSet rules, mail::LoggingPolicy policy)
        : rules_(std::move(rules)), policy_(std::move(policy)) {}

    /// `known`: what the CRM knows of the mail's addresses. `name` is what the mail is called in
    /// `made`.
    MailDecision decide(const std::string& name, const MailMessage& message, const MailPlace& place,
                        const PartyMap& known);
    const std::vector<MadeParty>& made() const { return made_; }

private:
    PartyMap parties_of(const MailMessage& message, const PartyMap& known) const;
    mail::ThreadGuide thread_of(const MailMessage& message, const MessageIdentity& identity,
                                Timestamp at) const;
    void remember(const MailMessage& message, const MailPlace& place, const MailDecision& decision);
    void make_parties(const std::string& name, const MailDecision& decision);

    rules::RuleSet rules_;
    mail::LoggingPolicy policy_;
    std::map<MessageIdentity, IntakeRow> first_;  ///< the first binding decision per identity
    std::vector<mail::EarlierMail> mails_;        ///< by number, from 1
    std::map<ThreadKey, std::vector<std::size_t>> by_key_;
    PartyMap made_parties_;
    std::vector<MadeParty> made_;
};

/// What a changed rule set changes for one mail.
struct RuleChange {
    enum class Kind : std::uint8_t {
        NewlyLogged,
        NoLongerLogged,
        LinkedElsewhere,  ///< other contacts, company, regarding record, campaign, type
        MovedElsewhere,
        OtherReason,  ///< not logged before and after, for different reasons
        OtherMarks    ///< categories, copies, read state, importance, flag, tasks
    };
    std::string name;
    std::vector<Kind> kinds;
    MailDecision before, after;
};
std::string_view to_string(RuleChange::Kind kind);

/// What differs between two decisions on the same mail.
std::vector<RuleChange::Kind> changes_between(const MailDecision& before,
                                              const MailDecision& after);

/// Two rule sets over the same mail.
class RuleComparison {
public:
    RuleComparison(rules::RuleSet before, rules::RuleSet after, const mail::LoggingPolicy& policy)
        : before_(std::move(before), policy), after_(std::move(after), policy) {}

    void add(const std::string& name, const MailMessage& message, const MailPlace& place,
             const PartyMap& known);

    std::size_t mails() const { return mails_; }
    /// In the order of the mails.
    const std::vector<RuleChange>& changes() const { return changes_; }
    std::map<RuleChange::Kind, std::size_t> counts() const;
    /// Made under the new rules and not under the old ones, by address.
    std::vector<MadeParty> newly_made() const;
    std::vector<MadeParty> no_longer_made() const;

private:
    RuleTrial before_, after_;
    std::size_t mails_ = 0;
    std::vector<RuleChange> changes_;
};

}  // namespace liaison::daemon
