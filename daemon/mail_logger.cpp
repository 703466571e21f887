#include "daemon/mail_logger.hpp"

#include <algorithm>

#include "core/limits.hpp"

namespace liaison::daemon {

namespace {

/// How long a folder that was read to its end is left alone within one turn.
constexpr std::chrono::seconds kFolderRests{1};

}  // namespace

MailLogger::MailLogger(MailSource& source, InteractionSink& sink, AddressBook& book,
                       MailStore& store, Clock& clock, EventLog& log)
    : source_(source),
      sink_(sink),
      book_(book),
      store_(store),
      clock_(clock),
      log_(log),
      folders_(source, book, store, clock, log) {}

std::string MailLogger::path_of(const FolderId& folder) const {
    if (const WatchedFolder* watched = folders_.find(folder)) return watched->folder.path;
    return folder == dry_folder_.id ? dry_folder_.path : std::string();
}

/// The folder is still being read for the first time: its newest mails are taken up beside that.
Async<Result<void>> MailLogger::look_at_newest(MailboxSpec spec, FolderId folder, Cursor cursor) {
    Result<std::vector<MessageChange>> newest =
        co_await source_.recent_messages(folder, limits::recent_messages_max);
    if (!newest) co_return std::unexpected(newest.error());
    if (newest->empty()) co_return Result<void>{};
    MessagePage page;
    page.changes = std::move(*newest);
    page.next = std::move(cursor);
    page.is_last = false;
    Result<void> stored =
        co_await store_.absorb_messages(spec.mailbox, folder, std::move(page), clock_.now());
    co_return stored;
}

/// Reads one folder's feed: to its end if it was read to its end before, else one page.
Async<Result<std::size_t>> MailLogger::observe(MailboxSpec spec, MailFolder folder) {
    Result<MailFolderState> state = co_await store_.folder_state(spec.mailbox, folder.id);
    if (!state) co_return std::unexpected(state.error());
    Cursor cursor = state->cursor;
    std::size_t seen = 0;
    bool restarted = false;
    if (!state->complete && !cursor.empty()) {
        Result<void> newest = co_await look_at_newest(spec, folder.id, cursor);
        if (!newest) co_return std::unexpected(newest.error());
    }
    for (std::size_t page_number = 0; page_number < limits::feed_pages_max; ++page_number) {
        Result<MessagePage> page = co_await source_.pull_messages(folder.id, cursor);
        if (!page && page.error().kind == ErrorKind::CursorExpired && !restarted) {
            Result<void> reset = co_await store_.reset_cursor(spec.mailbox, folder.id);
            if (!reset) co_return std::unexpected(reset.error());
            cursor = Cursor();
            state->complete = false;
            restarted = true;
            continue;
        }
        if (!page) co_return std::unexpected(page.error());
        if (!page->is_last && page->next == cursor)
            co_return fail(ErrorKind::CorruptReply,
                           "the feed says that more follows but does not move on");
        const bool last = page->is_last;
        const bool idle =
            last && page->changes.empty() && page->next == cursor && state->complete;
        seen += page->changes.size();
        cursor = page->next;
        if (!idle) {
            MessagePage absorbed = std::move(*page);
            Result<void> stored = co_await store_.absorb_messages(
                spec.mailbox, folder.id, std::move(absorbed), clock_.now());
            if (!stored) co_return std::unexpected(stored.error());
        }
        if (last) unread_.erase(folder.id);
        if (!last && !state->complete) unread_.insert(folder.id);
        if (last || !state->complete) co_return seen;
    }
    co_return fail(ErrorKind::TooLarge, "the feed did not end within the page limit");
}

Async<Result<void>> MailLogger::observe_all(MailboxSpec spec, bool first_round,
                                            MailCycleReport& report) {
    const std::vector<WatchedFolder> watched = folders_.watched();
    for (const WatchedFolder& one : watched) {
        MailFolder folder = one.folder;
        const FolderId id = folder.id;
        const auto looked = looked_at_.find(id);
        const bool rests = looked != looked_at_.end() &&
                           clock_.now() < looked->second + kFolderRests;
        if (!first_round && rests && !unread_.contains(id)) continue;
        Result<std::size_t> seen = co_await observe(spec, std::move(folder));
        looked_at_[id] = clock_.now();
        if (!seen && seen.error().kind == ErrorKind::NotFound) {
            // Somebody removed or moved the folder: the tree is read again next time.
            folders_.read_again();
            unread_.erase(id);
            continue;
        }
        if (!seen && seen.error().kind == ErrorKind::Forbidden) {
            // One folder without the right to it does not keep the others from their turn.
            folders_.note_failure(id, seen.error());
            unread_.erase(id);
            continue;
        }
        if (!seen) {
            folders_.note_failure(id, seen.error());
            co_return std::unexpected(seen.error());
        }
        folders_.note_success(id);
        report.arrived += *seen;
    }
    report.everything_read = unread_.empty();
    co_return Result<void>{};
}

Async<Result<MailLogger::Owner>> MailLogger::find_owner(MailboxSpec spec) {
    Result<std::vector<CrmUser>> users = co_await book_.users();
    if (!users) co_return std::unexpected(users.error());
    Owner owner;
    owner.addresses.push_back(spec.mailbox.str());
    for (const CrmUser& user : *users) {
        if (std::find(user.addresses.begin(), user.addresses.end(), spec.mailbox.str()) ==
            user.addresses.end())
            continue;
        owner.id = user.id;
        owner.addresses = user.addresses;
        break;
    }
    if (owner.id.empty())
        log_.write(LogLevel::Warning, "mailbox_without_salesperson",
                   {{"mailbox", spec.mailbox.str()}});
    co_return owner;
}

Async<Result<MailCycleReport>> MailLogger::run_cycle(MailboxSpec spec, RulesInForce rules) {
    MailCycleReport report;
    Result<Owner> owner = co_await find_owner(spec);
    if (!owner) co_return std::unexpected(owner.error());
    Result<void> met = co_await log_meetings(spec, *owner, report);
    if (!met) co_return std::unexpected(met.error());
    if (spec.folders.empty() && spec.opportunity_root.empty()) co_return report;
    FolderScope scope{spec.mailbox, spec.folders, spec.create_folders, spec.opportunity_root,
                      owner->id};
    Result<void> done = co_await folders_.refresh(std::move(scope));
    if (!done) co_return std::unexpected(done.error());
    done = co_await observe_all(spec, true, report);
    if (!done) co_return std::unexpected(done.error());
    Result<std::string> revision = co_await book_.revision();
    if (!revision) co_return std::unexpected(revision.error());
    Result<std::size_t> retried = co_await store_.retry_unmatched(spec.mailbox, *revision);
    if (!retried) co_return std::unexpected(retried.error());
    report.retried = *retried;
    done = co_await withdraw(spec, report);
    if (!done) co_return std::unexpected(done.error());

    // What a crash or a failure left behind comes first, then batch by batch: decide, log, mark.
    for (std::size_t round = 0; round < limits::mail_rounds_max; ++round) {
        const std::size_t before = report.decided + report.logged + report.marked;
        if (round > 0) done = co_await observe_all(spec, false, report);
        if (!done) co_return std::unexpected(done.error());
        done = co_await write_interactions(spec, report);
        if (!done) co_return std::unexpected(done.error());
        done = co_await mark(spec, report);
        if (!done) co_return std::unexpected(done.error());
        rules::RuleSet in_force = rules();
        done = co_await decide(spec, std::move(in_force), *owner, report);
        if (!done) co_return std::unexpected(done.error());
        if (report.everything_read && report.decided + report.logged + report.marked == before)
            break;
    }
    fresh_.clear();
    done = co_await find_lost(spec, report);
    if (!done) co_return std::unexpected(done.error());
    co_return report;
}

}  // namespace liaison::daemon
