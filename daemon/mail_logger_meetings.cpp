#include <set>

#include "core/limits.hpp"
#include "core/text.hpp"
#include "daemon/mail_logger.hpp"

namespace liaison::daemon {

namespace {

/// Where the moment is kept from which on meetings count: a place of its own beside the folders.
const FolderId kMeetingsMark("liaison:meetings");
/// Meetings end by the clock, not by an event: a look now and then is enough.
constexpr std::chrono::minutes kMeetingsRest{5};

}  // namespace

Async<Result<Timestamp>> MailLogger::meetings_since(MailboxId mailbox) {
    Result<MailFolderState> state = co_await store_.folder_state(mailbox, kMeetingsMark);
    if (!state) co_return std::unexpected(state.error());
    if (const auto since = parse_timestamp(state->cursor.str())) co_return *since;
    const Timestamp now = clock_.now();
    MessagePage mark;
    mark.next = Cursor(format_timestamp(now));
    Result<void> stored =
        co_await store_.absorb_messages(std::move(mailbox), kMeetingsMark, std::move(mark), now);
    if (!stored) co_return std::unexpected(stored.error());
    co_return now;
}

/// Those that the CRM does not have for every contact yet.
Async<Result<std::vector<MessageLog>>> MailLogger::new_meetings(std::vector<MessageLog> meetings) {
    std::vector<MessageIdentity> identities;
    for (const MessageLog& one : meetings) identities.push_back(one.identity);
    Result<std::vector<LoggedMessage>> known = co_await sink_.find_logged(std::move(identities));
    if (!known) co_return std::unexpected(known.error());
    std::map<MessageIdentity, std::size_t> counts;
    for (const LoggedMessage& one : *known) counts[one.identity] = one.interaction_ids.size();
    std::vector<MessageLog> out;
    for (MessageLog& one : meetings)
        if (counts[one.identity] < one.drafts.size()) out.push_back(std::move(one));
    co_return out;
}

// A meeting may reach the CRM, or get its attendees, some time after its end: every turn looks at the
// last two weeks again. What is logged already is found by its identity; writing it again adds only
// contacts that are new. So a crash anywhere repeats nothing.
Async<Result<void>> MailLogger::log_meetings(MailboxSpec spec, Owner owner,
                                             MailCycleReport& report) {
    const Timestamp now = clock_.now();
    if (owner.id.empty() || now < meetings_read_at_ + kMeetingsRest) co_return Result<void>{};
    Result<Timestamp> since = co_await meetings_since(spec.mailbox);
    if (!since) co_return std::unexpected(since.error());
    const Timestamp after = std::max(*since, now - limits::meeting_window);
    Result<std::vector<EndedMeeting>> ended =
        co_await sink_.ended_meetings(owner.id, after, now, limits::meetings_max);
    if (!ended && ended.error().kind == ErrorKind::Unsupported) co_return Result<void>{};
    if (!ended) co_return std::unexpected(ended.error());
    std::set<std::string> addresses;
    for (const EndedMeeting& meeting : *ended)
        for (const MailAddress& who : meeting.attendees) addresses.insert(normal_address(who.address));
    std::vector<std::string> asked(addresses.begin(), addresses.end());
    Result<PartyMap> parties = co_await book_.resolve(std::move(asked));
    if (!parties) co_return std::unexpected(parties.error());
    std::vector<MessageLog> meetings;
    for (const EndedMeeting& meeting : *ended) {
        if (meeting.is_private && spec.policy.skip_private) continue;
        MessageLog log = meeting_log(meeting, *parties, spec.mailbox, owner.id, spec.policy);
        if (!log.drafts.empty()) meetings.push_back(std::move(log));
    }
    Result<std::vector<MessageLog>> fresh = co_await new_meetings(std::move(meetings));
    if (!fresh) co_return std::unexpected(fresh.error());
    std::vector<Result<LoggedMessage>> answers = co_await sink_.log_messages(std::move(*fresh));
    for (const Result<LoggedMessage>& answer : answers) {
        if (!answer && speaks_of_scope(answer.error())) co_return std::unexpected(answer.error());
        if (!answer)
            log_.write(LogLevel::Warning, "meeting_not_logged",
                       {{"mailbox", spec.mailbox.str()},
                        {"error", std::string(to_string(answer.error().kind))}});
        if (answer && !answer->was_there) ++report.meetings;
    }
    meetings_read_at_ = now;
    co_return Result<void>{};
}

}  // namespace liaison::daemon
