#include "daemon/mail_steps.hpp"

#include <algorithm>

#include "core/digest.hpp"
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
                      const mail::Parties& matched, const MailPlace& place,
                      const mail::ThreadGuide& thread) {
    rules::Facts facts;
    facts.conversation_logged = thread.logged;
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
                            const IntakeRow* first, const MailChoice& choice,
                            const mail::ThreadGuide& thread) {
    const mail::Parties matched = mail::match_parties(message, parties, place.owner_user_id,
                                                      policy.match, thread.party_ids);
    const MailActions actions =
        rules.evaluate(message, facts_of(message, parties, matched, place, thread));
    mail::MailSituation situation;
    situation.owner_user_id = place.owner_user_id;
    situation.choice = choice;
    situation.thread = thread;
    situation.folder_regarding_kind = place.regarding_kind;
    situation.folder_regarding_id = place.regarding_id;
    if (first)
        situation.earlier = mail::EarlierDecision{first->decision.outcome, first->decision.reason};
    MailDecision decision = mail::decide_logging(message, matched, actions, policy, situation);
    decision.identity = identity;
    decision.folder = place.folder;
    if (first && decision.reason == "duplicate")
        decision.detail = "a copy of mail " + std::to_string(first->id) + " in " +
                          (first->mailbox.str() == place.mailbox ? "this" : "another") +
                          " mailbox, which is " + std::string(to_string(first->decision.outcome));
    return decision;
}

mail::ThreadGuide BatchThreads::guide(std::size_t index, const MailMessage& message,
                                      const MessageIdentity& identity) const {
    std::vector<mail::EarlierMail> mails;
    const std::vector<ThreadKey> keys = mail::thread_keys_to_look_for(message);
    for (auto one = decided_.rbegin(); one != decided_.rend(); ++one) {
        std::optional<ThreadTie> tie;
        for (const ThreadKey& key : keys)
            if ((!tie || key.tie < *tie) && std::ranges::find(one->keys, key) != one->keys.end())
                tie = key.tie;
        if (!tie || one->mail.decision.identity == identity) continue;
        mails.push_back(one->mail);
        mails.back().tie = *tie;
    }
    if (index < stored_.size())
        for (const ThreadMail& known : stored_[index])
            if (known.row.decision.identity != identity)
                mails.push_back(mail::EarlierMail{known.row.id, known.tie, known.row.seen_at,
                                                  known.row.decision, known.row.choice});
    return mail::follow_thread(mails, now_);
}

void BatchThreads::add(const IntakeRow& row, const MailMessage& message,
                       const MailDecision& decision) {
    if (decision.reason == "duplicate") return;
    decided_.push_back(Decided{mail::thread_keys_of(message),
                               mail::EarlierMail{row.id, ThreadTie::Reference, row.seen_at,
                                                 decision, row.choice}});
}

NewParty new_party(const InteractionDraft& draft, const MailMessage& message,
                   const mail::LoggingPolicy& policy) {
    NewParty party;
    party.kind = draft.contact_kind;
    party.address = draft.contact_address;
    party.company_id = draft.company_id;
    party.owner_id = draft.owner_id.empty() ? draft.user_id : draft.owner_id;
    const bool free_mail =
        policy.free_mail && mail::in_domains(*policy.free_mail, draft.contact_address);
    if (!free_mail && draft.company_id.empty())
        party.company_domain = std::string(mail::domain_part(draft.contact_address));
    const auto take_name = [&](const MailAddress& who) {
        if (party.name.empty() && normal_address(who.address) == draft.contact_address)
            party.name = normal_line(who.name);
    };
    if (message.from) take_name(*message.from);
    for (const auto* list : {&message.other_authors, &message.to, &message.cc})
        for (const MailAddress& who : *list) take_name(who);
    if (normal_address(party.name) == party.address) party.name.clear();
    return party;
}

NewMailTask new_task(const IntakeRow& row, const MailAction& action, const MailMessage& message) {
    NewMailTask task;
    task.key = sha256_hex("liaison mail task 1\n" + row.decision.identity.str() + "\n" + action.rule);
    task.subject =
        action.task_subject.empty() ? normal_line(message.subject) : action.task_subject;
    const auto& drafts = row.decision.drafts;
    task.owner_id = action.owner_id;
    if (task.owner_id.empty() && !drafts.empty()) task.owner_id = drafts.front().user_id;
    if (!drafts.empty() && drafts.front().contact_kind != PartyKind::Company)
        task.contact_id = drafts.front().contact_id;
    const Timestamp at = message.received_at ? *message.received_at
                         : message.sent_at   ? *message.sent_at
                                             : row.seen_at;
    if (action.due_in_days)
        task.due_on = Date{std::chrono::sys_days{date_of(at)} +
                           std::chrono::days{static_cast<int>(*action.due_in_days)}};
    return task;
}

bool keeps_original(const MailMessage& message, const mail::LoggingPolicy& policy) {
    if (!policy.keep_original) return false;
    std::int64_t bytes = 0;
    for (const AttachmentInfo& attachment : message.attachments)
        bytes += std::max<std::int64_t>(attachment.size, 0);
    return bytes <= policy.attachment_bytes_max;
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
    if (!mark_mail && decision.move_to.empty() && decision.add_categories.empty() &&
        decision.effects.empty())
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
    log.attachments = message.attachments;
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
    for (const MailAction& action : row.decision.effects) {
        if (action.kind == MailActionKind::MarkAsRead) mark.is_read = true;
        if (action.kind == MailActionKind::MarkImportance) mark.importance = action.importance;
        if (action.kind == MailActionKind::FlagMessage)
            mark.flag = action.flag_status == "notflagged" ? "notFlagged" : action.flag_status;
    }
    return mark;
}

}  // namespace liaison::daemon
