#include "daemon/mail_logger.hpp"

#include <algorithm>
#include <set>

#include "core/limits.hpp"
#include "core/text.hpp"
#include "daemon/mail/identity.hpp"
#include "daemon/mail/parties.hpp"
#include "daemon/mail_steps.hpp"

namespace liaison::daemon {

namespace {

/// How long the list of sub-folders stands before it is read again.
constexpr std::chrono::minutes kFoldersStand{5};

}  // namespace

MailLogger::MailLogger(MailSource& source, InteractionSink& sink, AddressBook& book, MailStore& store, Clock& clock,
                       EventLog& log)
    : source_(source), sink_(sink), book_(book), store_(store), clock_(clock), log_(log) {}

std::string MailLogger::path_of(const FolderId& folder) const {
    for (const MailFolder& f : folders_)
        if (f.id == folder) return f.path;
    return {};
}

Async<Result<void>> MailLogger::refresh_folders(MailboxSpec spec) {
    const Timestamp now = clock_.now();
    if (!folders_.empty() && now < folders_read_at_ + kFoldersStand) co_return Result<void>{};
    std::vector<MailFolder> all;
    for (const std::string& path : spec.folders) {
        Result<MailFolder> root = co_await source_.open_folder(path, spec.create_folders);
        if (!root) co_return std::unexpected(root.error());
        Result<std::vector<MailFolder>> tree = co_await source_.folder_tree(root->id);
        if (!tree) co_return std::unexpected(tree.error());
        for (MailFolder& folder : *tree) {
            const bool known = std::any_of(all.begin(), all.end(), [&](const MailFolder& f) { return f.id == folder.id; });
            if (!known) all.push_back(std::move(folder));
        }
    }
    folders_ = std::move(all);
    folders_read_at_ = now;
    co_return Result<void>{};
}

/// Reads one folder's feed to its end.
Async<Result<std::size_t>> MailLogger::observe(MailboxSpec spec, MailFolder folder) {
    Result<MailFolderState> state = co_await store_.folder_state(spec.mailbox, folder.id);
    if (!state) co_return std::unexpected(state.error());
    Cursor cursor = state->cursor;
    std::size_t seen = 0;
    bool restarted = false;
    for (std::size_t page_number = 0; page_number < limits::feed_pages_max; ++page_number) {
        Result<MessagePage> page = co_await source_.pull_messages(folder.id, cursor);
        if (!page && page.error().kind == ErrorKind::CursorExpired && !restarted) {
            Result<void> reset = co_await store_.reset_cursor(spec.mailbox, folder.id);
            if (!reset) co_return std::unexpected(reset.error());
            cursor = Cursor();
            restarted = true;
            continue;
        }
        if (!page) co_return std::unexpected(page.error());
        if (!page->is_last && page->next == cursor)
            co_return fail(ErrorKind::CorruptReply, "the feed says that more follows but does not move on");
        const bool last = page->is_last;
        const bool idle = last && page->changes.empty() && page->next == cursor && state->complete;
        seen += page->changes.size();
        cursor = page->next;
        if (!idle) {
            MessagePage absorbed = std::move(*page);
            Result<void> stored = co_await store_.absorb_messages(spec.mailbox, folder.id, std::move(absorbed), clock_.now());
            if (!stored) co_return std::unexpected(stored.error());
        }
        if (last) co_return seen;
    }
    co_return fail(ErrorKind::TooLarge, "the feed did not end within the page limit");
}

Async<Result<MailLogger::Owner>> MailLogger::find_owner(MailboxSpec spec) {
    Result<std::vector<CrmUser>> users = co_await book_.users();
    if (!users) co_return std::unexpected(users.error());
    Owner owner;
    owner.addresses.push_back(spec.mailbox.str());
    for (const CrmUser& user : *users) {
        if (std::find(user.addresses.begin(), user.addresses.end(), spec.mailbox.str()) == user.addresses.end()) continue;
        owner.id = user.id;
        owner.addresses = user.addresses;
        break;
    }
    if (owner.id.empty())
        log_.write(LogLevel::Warning, "mailbox_without_salesperson", {{"mailbox", spec.mailbox.str()}});
    co_return owner;
}

Async<Result<MailCycleReport>> MailLogger::run_cycle(MailboxSpec spec, rules::RuleSet rules) {
    MailCycleReport report;
    if (spec.folders.empty()) co_return report;
    Result<void> folders = co_await refresh_folders(spec);
    if (!folders) co_return std::unexpected(folders.error());
    for (std::size_t i = 0; i < folders_.size(); ++i) {
        MailFolder folder = folders_.at(i);
        Result<std::size_t> seen = co_await observe(spec, std::move(folder));
        if (!seen && seen.error().kind == ErrorKind::NotFound) {
            folders_read_at_ = Timestamp{};  // somebody removed or moved the folder: read the tree again next time
            continue;
        }
        if (!seen) co_return std::unexpected(seen.error());
        report.arrived += *seen;
    }
    Result<std::string> revision = co_await book_.revision();
    if (!revision) co_return std::unexpected(revision.error());
    Result<std::size_t> retried = co_await store_.retry_unmatched(spec.mailbox, *revision);
    if (!retried) co_return std::unexpected(retried.error());
    report.retried = *retried;
    Result<Owner> owner = co_await find_owner(spec);
    if (!owner) co_return std::unexpected(owner.error());

    // What a crash or a failure left behind comes first, then batch by batch: decide, log, mark.
    while (true) {
        const std::size_t before = report.decided + report.logged + report.marked;
        Result<void> logged = co_await write_interactions(spec, report);
        if (!logged) co_return std::unexpected(logged.error());
        Result<void> marked = co_await mark(spec, report);
        if (!marked) co_return std::unexpected(marked.error());
        Result<void> decided = co_await decide(spec, rules, *owner, report);
        if (!decided) co_return std::unexpected(decided.error());
        if (report.decided + report.logged + report.marked == before) break;
    }
    fresh_.clear();
    co_return report;
}

Async<Result<void>> MailLogger::decide(MailboxSpec spec, rules::RuleSet rules, Owner owner, MailCycleReport& report) {
    Result<Batch> rows = co_await store_.rows(spec.mailbox, IntakeState::New, clock_.now(), limits::message_batch);
    if (!rows) co_return std::unexpected(rows.error());
    if (rows->empty()) co_return Result<void>{};
    std::vector<ItemKey> keys;
    for (const IntakeRow& row : *rows) keys.push_back(row.key);
    Messages messages = co_await source_.get_messages(std::move(keys), rules.needs_headers());
    if (messages.size() != rows->size())
        co_return fail(ErrorKind::CorruptReply, "a read of messages answered another number than asked");
    for (const Result<MailMessage>& message : messages)
        if (!message && speaks_of_scope(message.error())) co_return std::unexpected(message.error());
    Result<void> put_off = co_await put_off_corrupt(*rows, messages);
    if (!put_off) co_return std::unexpected(put_off.error());
    if (rows->empty()) co_return Result<void>{};
    Batch batch = *rows;
    Result<std::vector<MailDecision>> decisions =
        co_await decide_batch(spec, std::move(rules), std::move(owner), std::move(batch), messages, true);
    if (!decisions) co_return std::unexpected(decisions.error());

    fresh_.clear();
    std::vector<DecidedMail> decided;
    for (std::size_t i = 0; i < rows->size(); ++i) {
        DecidedMail d;
        d.row = (*rows)[i].id;
        d.decision = std::move((*decisions)[i]);
        d.next = next_state(d.decision, spec.mark_mail);
        if (d.next == IntakeState::ToLog && messages[i]) fresh_.emplace(d.row, std::move(*messages[i]));
        decided.push_back(std::move(d));
    }
    report.decided += decided.size();
    Result<void> committed = co_await store_.commit_decisions(std::move(decided));
    co_return committed;
}

Async<Result<std::vector<MailDecision>>> MailLogger::decide_batch(MailboxSpec spec, rules::RuleSet rules, Owner owner,
                                                                  Batch rows, const Messages& messages,
                                                                  bool with_history) {
    std::set<std::string> addresses;
    std::vector<MessageIdentity> identities;
    for (const Result<MailMessage>& message : messages) {
        identities.push_back(message ? mail::identify(*message) : MessageIdentity());
        if (!message) continue;
        for (std::string& address : mail::addresses_of(*message)) addresses.insert(std::move(address));
    }
    std::vector<std::string> asked(addresses.begin(), addresses.end());
    Result<PartyMap> parties = co_await book_.resolve(std::move(asked));
    if (!parties) co_return std::unexpected(parties.error());
    std::map<MessageIdentity, IntakeRow> earlier;
    if (with_history) {
        std::vector<MessageIdentity> known = identities;
        std::erase_if(known, [](const MessageIdentity& id) { return id.empty(); });
        auto found = co_await store_.find_identities(std::move(known));
        if (!found) co_return std::unexpected(found.error());
        earlier = std::move(*found);
    }
    std::vector<MailDecision> decisions;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        if (!messages[i]) {
            decisions.push_back(decision_without_facts(messages[i].error()));
            continue;
        }
        const auto known = earlier.find(identities[i]);
        const IntakeRow* first = known == earlier.end() || known->second.id == rows[i].id ? nullptr : &known->second;
        MailDecision decision = decide_message(*messages[i], identities[i], *parties, rules, spec.policy,
                                               MailPlace{spec.mailbox.str(), path_of(rows[i].folder), owner.id, owner.addresses},
                                               first);
        // Copies inside one batch: the first one binds the later ones as if it had been stored already.
        if (known == earlier.end() && is_binding(decision)) {
            IntakeRow row = rows[i];
            row.decision = decision;
            earlier.emplace(identities[i], std::move(row));
        }
        decisions.push_back(std::move(decision));
    }
    co_return decisions;
}

/// An answer that made no sense says nothing of the mail: it is read again later, and given up only when that never
/// helps. Such rows leave the batch.
Async<Result<void>> MailLogger::put_off_corrupt(Batch& rows, Messages& messages) {
    std::vector<MailProgress> progress;
    Batch kept_rows;
    Messages kept_messages;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        const bool corrupt = !messages[i] && messages[i].error().kind == ErrorKind::CorruptReply;
        if (corrupt && rows[i].attempts + 1 < limits::attempts_max) {
            progress.push_back(failed_step(rows[i], messages[i].error()));
            continue;
        }
        kept_rows.push_back(std::move(rows[i]));
        kept_messages.push_back(std::move(messages[i]));
    }
    rows = std::move(kept_rows);
    messages = std::move(kept_messages);
    if (progress.empty()) co_return Result<void>{};
    Result<void> recorded = co_await store_.record_progress(std::move(progress));
    co_return recorded;
}

MailProgress MailLogger::failed_step(const IntakeRow& row, const Error& error) const {
    MailProgress progress;
    progress.row = row.id;
    progress.error = std::string(to_string(error.kind)) + (error.native_code.empty() ? "" : " " + error.native_code);
    const int attempts = row.attempts + 1;
    progress.next = attempts >= limits::attempts_max ? IntakeState::Parked : row.state;
    auto wait = std::chrono::duration_cast<std::chrono::milliseconds>(limits::backoff_min) * (1 << std::min(attempts, 10));
    if (error.retry_after) wait = std::max(wait, *error.retry_after);
    progress.due = clock_.now() + wait;
    return progress;
}

/// Brings decided mails into the CRM: facts (kept from the decision or read again after a crash), the original, one write.
Async<Result<void>> MailLogger::write_interactions(MailboxSpec spec, MailCycleReport& report) {
    Result<Batch> rows = co_await store_.rows(spec.mailbox, IntakeState::ToLog, clock_.now(), limits::message_batch);
    if (!rows) co_return std::unexpected(rows.error());
    if (rows->empty()) co_return Result<void>{};
    // Taken, not lent: whatever stops this step, no half-used facts are left for the next one.
    std::map<std::int64_t, MailMessage> fresh = std::exchange(fresh_, {});
    std::vector<ItemKey> keys;
    std::vector<ItemKey> missing;
    for (const IntakeRow& row : *rows) {
        keys.push_back(row.key);
        if (!fresh.contains(row.id)) missing.push_back(row.key);
    }
    Messages reread;
    if (!missing.empty()) reread = co_await source_.get_messages(missing, false);
    std::vector<Result<std::string>> originals = co_await source_.fetch_mime(std::move(keys));
    if (originals.size() != rows->size() || reread.size() != missing.size())
        co_return fail(ErrorKind::CorruptReply, "a read of messages answered another number than asked");

    std::vector<MailProgress> progress;
    std::vector<DecidedMail> left;
    std::vector<MessageLog> logs;
    std::vector<const IntakeRow*> logged_rows;
    std::size_t next_reread = 0;
    for (std::size_t i = 0; i < rows->size(); ++i) {
        const IntakeRow& row = (*rows)[i];
        const auto kept = fresh.find(row.id);
        Result<MailMessage> message = kept != fresh.end() ? Result<MailMessage>(std::move(kept->second))
                                                           : std::move(reread[next_reread++]);
        const Error* error = !message ? &message.error() : !originals[i] ? &originals[i].error() : nullptr;
        // An original that is too large is left out; the interaction is written without it.
        if (error && message && error->kind == ErrorKind::TooLarge) error = nullptr;
        if (error && speaks_of_scope(*error)) co_return std::unexpected(*error);
        if (error && error->kind == ErrorKind::NotFound) {
            left.push_back(message_left(row));
            continue;
        }
        if (error) {
            progress.push_back(failed_step(row, *error));
            ++report.failed;
            continue;
        }
        logs.push_back(message_log(*message, row, originals[i] ? std::move(*originals[i]) : std::string(),
                                   source_.link_url(row.key)));
        logged_rows.push_back(&row);
    }
    std::vector<Result<LoggedMessage>> answers = co_await sink_.log_messages(std::move(logs));
    if (answers.size() != logged_rows.size())
        co_return fail(ErrorKind::CorruptReply, "the CRM answered another number of messages than it was given");
    for (std::size_t i = 0; i < answers.size(); ++i) {
        const IntakeRow& row = *logged_rows[i];
        if (!answers[i]) {
            if (speaks_of_scope(answers[i].error())) co_return std::unexpected(answers[i].error());
            progress.push_back(failed_step(row, answers[i].error()));
            ++report.failed;
            continue;
        }
        MailProgress done;
        done.row = row.id;
        done.interaction_ids = std::move(answers[i]->interaction_ids);
        const bool more = spec.mark_mail || !row.decision.move_to.empty() || !row.decision.add_categories.empty();
        done.next = more ? IntakeState::ToMark : IntakeState::Done;
        progress.push_back(std::move(done));
        ++report.logged;
    }
    if (!left.empty()) {
        Result<void> committed = co_await store_.commit_decisions(std::move(left));
        if (!committed) co_return committed;
    }
    Result<void> recorded = co_await store_.record_progress(std::move(progress));
    co_return recorded;
}

/// Tells the rep what became of each mail: category and note, then the move that a rule asked for.
Async<Result<void>> MailLogger::mark(MailboxSpec spec, MailCycleReport& report) {
    Result<Batch> rows = co_await store_.rows(spec.mailbox, IntakeState::ToMark, clock_.now(), limits::message_batch);
    if (!rows) co_return std::unexpected(rows.error());
    if (rows->empty()) co_return Result<void>{};
    std::vector<MailMark> marks;
    for (const IntakeRow& row : *rows) marks.push_back(mark_of(row, spec.policy));
    std::vector<Result<Version>> answers = co_await source_.mark_messages(std::move(marks));
    if (answers.size() != rows->size())
        co_return fail(ErrorKind::CorruptReply, "marking messages answered another number than asked");
    std::vector<MailProgress> progress;
    for (std::size_t i = 0; i < rows->size(); ++i) {
        const IntakeRow& row = (*rows)[i];
        if (!answers[i] && speaks_of_scope(answers[i].error())) co_return std::unexpected(answers[i].error());
        if (!answers[i] && answers[i].error().kind != ErrorKind::NotFound) {
            progress.push_back(failed_step(row, answers[i].error()));
            ++report.failed;
            continue;
        }
        MailProgress done;
        done.row = row.id;
        done.next = IntakeState::Done;
        if (answers[i]) done.version = *answers[i];
        if (answers[i] && !row.decision.move_to.empty()) {
            Result<MailFolder> target = co_await source_.open_folder(row.decision.move_to, true);
            if (!target) co_return std::unexpected(target.error());
            const bool there = target->id == row.folder;
            Result<ItemKey> moved = there ? Result<ItemKey>(row.key) : fail(ErrorKind::Internal, "");
            if (!there) moved = co_await source_.move_message(row.key, target->id);
            if (!moved && moved.error().kind != ErrorKind::NotFound) {
                if (speaks_of_scope(moved.error())) co_return std::unexpected(moved.error());
                progress.push_back(failed_step(row, moved.error()));
                ++report.failed;
                continue;
            }
            if (moved) done.moved_to = *moved;
            if (moved && !there && row.decision.outcome == MailOutcome::Log) {
                std::string url = source_.link_url(*moved);
                Result<void> linked = co_await sink_.set_message_link(row.decision.identity, std::move(url));
                if (!linked) co_return std::unexpected(linked.error());
            }
        }
        progress.push_back(std::move(done));
        ++report.marked;
    }
    Result<void> recorded = co_await store_.record_progress(std::move(progress));
    co_return recorded;
}

Async<Result<std::vector<DryRunLine>>> MailLogger::dry_run(MailboxSpec spec, rules::RuleSet rules, std::string folder,
                                                           std::size_t max) {
    Result<MailFolder> target = co_await source_.open_folder(folder, false);
    if (!target) co_return std::unexpected(target.error());
    Result<Owner> owner = co_await find_owner(spec);
    if (!owner) co_return std::unexpected(owner.error());
    if (path_of(target->id).empty()) folders_.push_back(*target);
    std::vector<DryRunLine> lines;
    Cursor cursor;
    for (bool last = false; !last && lines.size() < max;) {
        Result<MessagePage> page = co_await source_.pull_messages(target->id, cursor);
        if (!page) co_return std::unexpected(page.error());
        if (!page->is_last && page->next == cursor) co_return fail(ErrorKind::CorruptReply, "the feed does not move on");
        last = page->is_last;
        cursor = page->next;
        for (std::size_t begin = 0; begin < page->changes.size() && lines.size() < max; begin += limits::message_batch) {
            Batch rows;
            std::vector<ItemKey> keys;
            for (std::size_t i = begin; i < std::min(page->changes.size(), begin + limits::message_batch); ++i) {
                IntakeRow row;
                row.id = static_cast<std::int64_t>(lines.size() + rows.size() + 1);
                row.key = page->changes[i].key;
                row.folder = target->id;
                keys.push_back(row.key);
                rows.push_back(std::move(row));
            }
            Messages messages = co_await source_.get_messages(std::move(keys), rules.needs_headers());
            if (messages.size() != rows.size()) co_return fail(ErrorKind::CorruptReply, "a read answered too few messages");
            Batch batch = rows;
            Result<std::vector<MailDecision>> decisions =
                co_await decide_batch(spec, rules, *owner, std::move(batch), messages, false);
            if (!decisions) co_return std::unexpected(decisions.error());
            for (std::size_t i = 0; i < rows.size(); ++i)
                lines.push_back(DryRunLine{rows[i].key, folder, std::move((*decisions)[i])});
        }
    }
    if (lines.size() > max) lines.resize(max);
    co_return lines;
}

}  // namespace liaison::daemon
