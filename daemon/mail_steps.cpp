#include "daemon/mail_steps.hpp"

#include <algorithm>

#include "core/text.hpp"
#include "daemon/mail/identity.hpp"
#include "daemon/mail/parties.hpp"

namespace liaison::daemon {

bool speaks_of_scope(const Error& error) {
    switch (error.kind) {
        case ErrorKind::Transient:
        case ErrorKind::Throttled:
        case ErrorKind::Unauthenticated:
        case ErrorKind::Forbidden:
        case ErrorKind::Unanswered:
        case ErrorKind::Cancelled:
        case ErrorKind::Internal:
            return true;
        case ErrorKind::NotFound:
        case ErrorKind::VersionConflict:
        case ErrorKind::CursorExpired:
        case ErrorKind::AlreadyExists:
        case ErrorKind::InvalidRequest:
        case ErrorKind::TooLarge:
        case ErrorKind::Unsupported:
        case ErrorKind::CorruptReply:
            return false;
    }
    return true;
}

namespace {

/// Everybody the CRM knows under an address; the address book's own order.
void add_parties(std::vector<Party>& out, const PartyMap& parties, std::string_view address) {
    const auto found = parties.find(normal_address(address));
    if (found != parties.end()) out.insert(out.end(), found->second.begin(), found->second.end());
}

rules::Facts facts_of(const MailMessage& message, const PartyMap& parties,
                      const mail::Parties& matched, const MailPlace& place) {
    rules::Facts facts;
    facts.mailbox = place.mailbox;
    facts.owner_addresses = place.owner_addresses;
    facts.folder = place.folder;
    facts.direction = matched.direction;
    add_parties(facts.sender, parties, mail::sender_address(message));
    for (const auto* list : {&message.to, &message.cc})
        for (const MailAddress& address : *list)
            add_parties(facts.recipients, parties, address.address);
    return facts;
}

}  // namespace

MailDecision decide_message(const MailMessage& message, const MessageIdentity& identity,
                            const PartyMap& parties, const rules::RuleSet& rules,
                            const mail::LoggingPolicy& policy, const MailPlace& place,
                            const IntakeRow* first) {
    const mail::Parties matched = mail::match_parties(message, parties, place.owner_user_id);
    const MailActions actions = rules.evaluate(message, facts_of(message, parties, matched, place));
    mail::MailSituation situation;
    situation.owner_user_id = place.owner_user_id;
    if (first)
        situation.earlier = mail::EarlierDecision{first->decision.outcome, first->decision.reason};
    MailDecision decision = mail::decide_logging(message, matched, actions, policy, situation);
    decision.identity = identity;
    return decision;
}

MailDecision decision_without_facts(const Error& error) {
    MailDecision decision;
    if (error.kind == ErrorKind::NotFound) {
        decision.outcome = MailOutcome::Skip;
        decision.reason = "gone";
        decision.detail = "the mail left the folder before it was looked at";
    } else {
        decision.outcome = MailOutcome::Park;
        decision.reason = "unreadable";
        decision.detail =
            "Exchange could not give the facts of this mail (" + error.native_code + ")";
    }
    return decision;
}

bool is_binding(const MailDecision& decision) {
    if (decision.identity.empty()) return false;
    return !(decision.outcome == MailOutcome::Skip && decision.reason == "gone");
}

IntakeState next_state(const MailDecision& decision, bool mark_mail) {
    if (decision.outcome == MailOutcome::Log) return IntakeState::ToLog;
    if (decision.outcome == MailOutcome::Skip && decision.reason == "gone")
        return IntakeState::Done;
    if (!mark_mail && decision.move_to.empty() && decision.add_categories.empty())
        return decision.outcome == MailOutcome::Park ? IntakeState::Parked : IntakeState::Done;
    return decision.outcome == MailOutcome::Park && decision.reason == "unreadable"
               ? IntakeState::Parked
               : IntakeState::ToMark;
}

MessageLog message_log(const MailMessage& message, const IntakeRow& row, std::string original,
                       std::string link_url) {
    MessageLog log;
    log.identity = row.decision.identity;
    log.internet_message_id = mail::normal_message_id(message.internet_message_id);
    log.subject = normal_line(message.subject);
    log.text_body = message.text_body;
    const auto& first =
        row.decision.direction == MailDirection::Outbound ? message.sent_at : message.received_at;
    const auto& second =
        row.decision.direction == MailDirection::Outbound ? message.received_at : message.sent_at;
    log.at = first ? *first : second ? *second : row.seen_at;
    const auto& from = message.from ? message.from : message.sender;
    if (from) log.participants.emplace_back("from", *from);
    for (const MailAddress& address : message.other_authors) log.participants.emplace_back("from", address);
    for (const MailAddress& address : message.to) log.participants.emplace_back("to", address);
    for (const MailAddress& address : message.cc) log.participants.emplace_back("cc", address);
    log.link_url = std::move(link_url);
    log.mailbox = row.mailbox;
    log.original_eml = std::move(original);
    log.drafts = row.decision.drafts;
    return log;
}

DecidedMail message_left(const IntakeRow& row) {
    DecidedMail left;
    left.row = row.id;
    left.next = IntakeState::Done;
    left.decision =
        decision_without_facts(Error{ErrorKind::NotFound, "the message left the folder"});
    return left;
}

MailMark mark_of(const IntakeRow& row, const mail::LoggingPolicy& policy) {
    MailMark mark;
    mark.key = row.key;
    mark.add_categories = row.decision.add_categories;
    // A mail that was unmatched and is logged now loses the old category, and the reverse.
    for (const std::string& own : {policy.logged_category, policy.unmatched_category}) {
        const bool added = std::find(mark.add_categories.begin(), mark.add_categories.end(), own) !=
                           mark.add_categories.end();
        if (!own.empty() && !added) mark.remove_categories.push_back(own);
    }
    mark.note = std::string(to_string(row.decision.outcome)) + ": " + row.decision.reason;
    return mark;
}

}  // namespace liaison::daemon
