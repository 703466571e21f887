#pragma once
#include <string>
#include <vector>

#include "core/interaction.hpp"
#include "core/ports/mail_store.hpp"
#include "core/result.hpp"
#include "daemon/mail/logging.hpp"
#include "rules/rule_set.hpp"

namespace liaison::daemon {

/// Whose folder a mail lies in.
struct MailPlace {
    std::string mailbox;
    std::string folder;  ///< path
    std::string owner_user_id;
    std::vector<std::string> owner_addresses;
    std::string regarding_kind = {};  ///< the record that the folder stands for
    std::string regarding_id = {};
};

/// The error speaks of the mailbox, the connection or the CRM as a whole, not of one mail: the
/// cycle stops.
bool speaks_of_scope(const Error& error);

/// Facts to parties, rules and decision: the one evaluator of production, dry run and REST.
/// `first`: the earliest row with the same identity, or null. `choice` and `thread`: what a person
/// and the mail's conversation say.
MailDecision decide_message(const MailMessage& message, const MessageIdentity& identity,
                            const PartyMap& parties, const rules::RuleSet& rules,
                            const mail::LoggingPolicy& policy, const MailPlace& place,
                            const IntakeRow* first, const MailChoice& choice = {},
                            const mail::ThreadGuide& thread = {});

/// The conversations of a batch: what the store knows and what the batch itself decided so far.
class BatchThreads {
public:
    BatchThreads(std::vector<std::vector<ThreadMail>> stored, Timestamp now)
        : stored_(std::move(stored)), now_(now) {}
    mail::ThreadGuide guide(std::size_t index, const MailMessage& message,
                            const MessageIdentity& identity) const;
    void add(const IntakeRow& row, const MailMessage& message, const MailDecision& decision);

private:
    struct Decided {
        std::vector<ThreadKey> keys;
        mail::EarlierMail mail;
    };
    std::vector<std::vector<ThreadMail>> stored_;
    Timestamp now_;
    std::vector<Decided> decided_;
};

/// The contact or lead that a draft asks for.
NewParty new_party(const InteractionDraft& draft, const MailMessage& message,
                   const mail::LoggingPolicy& policy);
/// The task that a rule asks for.
NewMailTask new_task(const IntakeRow& row, const MailAction& action, const MailMessage& message);
/// The original goes to the CRM: the policy keeps it and its attachments are not too large.
bool keeps_original(const MailMessage& message, const mail::LoggingPolicy& policy);
/// The message is gone (Skip, gone) or cannot be read (Park, unreadable).
MailDecision decision_without_facts(const Error& error);
/// A later copy with this identity counts as a duplicate.
bool is_binding(const MailDecision& decision);
IntakeState next_state(const MailDecision& decision, bool mark_mail);

MessageLog message_log(const MailMessage& message, const IntakeRow& row, std::string original,
                       std::string link_url);
/// The message left the folder before it was logged: no decision that binds a copy.
DecidedMail message_left(const IntakeRow& row);
MailMark mark_of(const IntakeRow& row, const mail::LoggingPolicy& policy);

}  // namespace liaison::daemon
