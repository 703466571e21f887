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
};

/// The error speaks of the mailbox, the connection or the CRM as a whole, not of one mail: the
/// cycle stops.
bool speaks_of_scope(const Error& error);

/// Facts to parties, rules and decision: the one evaluator of production, dry run and REST.
/// `first`: the earliest row with the same identity, or null.
MailDecision decide_message(const MailMessage& message, const MessageIdentity& identity,
                            const PartyMap& parties, const rules::RuleSet& rules,
                            const mail::LoggingPolicy& policy, const MailPlace& place,
                            const IntakeRow* first);
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
