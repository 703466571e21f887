#include <algorithm>
#include <utility>

#include "core/limits.hpp"
#include "core/text.hpp"
#include "daemon/mail/identity.hpp"
#include "daemon/mail_logger.hpp"

namespace liaison::daemon {

namespace {

std::string ids_text(const std::vector<std::string>& ids) {
    constexpr std::size_t kIdsNamed = 20;
    std::string out;
    for (std::size_t i = 0; i < std::min(ids.size(), kIdsNamed); ++i)
        out += (i > 0 ? ", " : "") + ids[i];
    if (ids.size() > kIdsNamed) out += " and " + std::to_string(ids.size() - kIdsNamed) + " more";
    return out;
}

bool has_new_party(const IntakeRow& row) {
    return std::ranges::any_of(row.decision.drafts, [](const InteractionDraft& draft) {
        return draft.create_party && draft.contact_id.empty();
    });
}

}  // namespace

MailProgress MailLogger::failed_step(const IntakeRow& row, const Error& error) const {
    MailProgress progress;
    progress.row = row.id;
    progress.error = std::string(to_string(error.kind)) +
                     (error.native_code.empty() ? "" : " " + error.native_code);
    const int attempts = row.attempts + 1;
    progress.next = attempts >= limits::attempts_max ? IntakeState::Parked : row.state;
    auto wait = std::chrono::duration_cast<std::chrono::milliseconds>(limits::backoff_min) *
                (1 << std::min(attempts, 10));
    if (error.retry_after) wait = std::max(wait, *error.retry_after);
    progress.due = clock_.now() + wait;
    progress.at = clock_.now();
    return progress;
}

/// The facts of rows to be logged: kept from the decision, or read again after a crash.
Async<Result<MailLogger::Messages>> MailLogger::facts_to_log(Batch rows) {
    // Taken out now: whatever ends this step half-way, the next one reads the facts again.
    std::map<std::int64_t, MailMessage> fresh = std::exchange(fresh_, {});
    std::vector<ItemKey> missing;
    for (const IntakeRow& row : rows)
        if (!fresh.contains(row.id)) missing.push_back(row.key);
    Messages reread;
    if (!missing.empty()) reread = co_await source_.get_messages(missing, false);
    if (reread.size() != missing.size())
        co_return fail(ErrorKind::CorruptReply,
                       "a read of messages answered another number than asked");
    Messages out;
    std::size_t next = 0;
    for (const IntakeRow& row : rows) {
        const auto known = fresh.find(row.id);
        if (known != fresh.end())
            out.push_back(std::move(known->second));
        else
            out.push_back(std::move(reread[next++]));
        if (!out.back() && speaks_of_scope(out.back().error()))
            co_return std::unexpected(out.back().error());
    }
    co_return out;
}

/// The originals of those mails whose original the policy keeps; the others stay empty.
Async<Result<MailLogger::Originals>> MailLogger::originals_to_log(MailboxSpec spec, Batch rows,
                                                                  const Messages& messages) {
    Originals out(rows.size(), Result<std::string>(std::string()));
    std::vector<ItemKey> keys;
    std::vector<std::size_t> places;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        if (!messages[i] || !keeps_original(*messages[i], spec.policy)) continue;
        keys.push_back(rows[i].key);
        places.push_back(i);
    }
    if (keys.empty()) co_return out;
    Originals fetched = co_await source_.fetch_mime(std::move(keys));
    if (fetched.size() != places.size())
        co_return fail(ErrorKind::CorruptReply,
                       "a read of originals answered another number than asked");
    for (std::size_t i = 0; i < places.size(); ++i) {
        if (!fetched[i] && speaks_of_scope(fetched[i].error()))
            co_return std::unexpected(fetched[i].error());
        out[places[i]] = std::move(fetched[i]);
    }
    co_return out;
}

/// Contacts and leads that do not exist yet are made before their interaction. Whoever has the
/// address meanwhile is taken instead, so that a crash in between makes nobody twice.
Async<Result<std::vector<InteractionDraft>>> MailLogger::make_parties(MailboxSpec spec,
                                                                      IntakeRow row,
                                                                      const MailMessage& message) {
    std::vector<InteractionDraft> drafts = row.decision.drafts;
    for (InteractionDraft& draft : drafts) {
        if (!draft.create_party || !draft.contact_id.empty()) continue;
        NewParty wanted = new_party(draft, message, spec.policy);
        Result<Party> made = co_await sink_.create_party(std::move(wanted));
        if (!made) co_return std::unexpected(made.error());
        draft.contact_id = made->id;
        draft.contact_kind = made->kind;
        draft.company_id = made->company_id;
    }
    co_return drafts;
}

/// What one row of the batch needs before it can be written. An error of its own is answered as a
/// failed step; an error of the scope ends the turn.
Async<Result<void>> MailLogger::prepare_log(MailboxSpec spec, IntakeRow row,
                                            const Result<MailMessage>& message,
                                            Result<std::string>& original, LogBatch& batch) {
    const bool too_large = !original && original.error().kind == ErrorKind::TooLarge;
    const Error* error = !message ? &message.error() : nullptr;
    if (error == nullptr && !original && !too_large) error = &original.error();
    if (error != nullptr && error->kind == ErrorKind::NotFound) {
        batch.left.push_back(message_left(row));
        batch.left.back().at = clock_.now();
        co_return Result<void>{};
    }
    if (error != nullptr) {
        batch.progress.push_back(failed_step(row, *error));
        co_return Result<void>{};
    }
    MailProgress done;
    done.row = row.id;
    if (has_new_party(row)) {
        auto drafts = co_await make_parties(spec, row, *message);
        if (!drafts && speaks_of_scope(drafts.error())) co_return std::unexpected(drafts.error());
        if (!drafts) {
            batch.progress.push_back(failed_step(row, drafts.error()));
            co_return Result<void>{};
        }
        row.decision.drafts = *drafts;
        done.drafts = std::move(*drafts);
        done.effects.emplace_back("party_made", "of an address that the CRM did not know");
    }
    const bool kept = original && !original->empty();
    done.effects.emplace_back("original", kept        ? "kept in the CRM"
                                          : too_large ? "too large: the link only"
                                                      : "by policy the link only");
    batch.logs.push_back(message_log(*message, row, kept ? std::move(*original) : std::string(),
                                     source_.link_url(row.key)));
    batch.pending.push_back(std::move(done));
    batch.rows.push_back(std::move(row));
    co_return Result<void>{};
}

/// Brings decided mails into the CRM: facts, parties, originals, one write.
Async<Result<void>> MailLogger::write_interactions(MailboxSpec spec, MailCycleReport& report) {
    Result<Batch> rows =
        co_await store_.rows(spec.mailbox, IntakeState::ToLog, clock_.now(), limits::message_batch);
    if (!rows) co_return std::unexpected(rows.error());
    if (rows->empty()) co_return Result<void>{};
    Result<Messages> messages = co_await facts_to_log(*rows);
    if (!messages) co_return std::unexpected(messages.error());
    Result<Originals> originals = co_await originals_to_log(spec, *rows, *messages);
    if (!originals) co_return std::unexpected(originals.error());
    LogBatch batch;
    for (std::size_t i = 0; i < rows->size(); ++i) {
        Result<void> prepared =
            co_await prepare_log(spec, rows->at(i), messages->at(i), originals->at(i), batch);
        if (!prepared) co_return prepared;
    }
    std::vector<Result<LoggedMessage>> answers =
        co_await sink_.log_messages(std::move(batch.logs));
    if (answers.size() != batch.pending.size())
        co_return fail(ErrorKind::CorruptReply,
                       "the CRM answered another number of messages than it was given");
    for (std::size_t i = 0; i < answers.size(); ++i) {
        if (!answers[i] && speaks_of_scope(answers[i].error()))
            co_return std::unexpected(answers[i].error());
        note_logged(spec, batch.rows[i], std::move(answers[i]), batch.pending[i], batch.progress);
        report.logged += batch.progress.back().error ? 0 : 1;
    }
    report.failed += static_cast<std::size_t>(std::ranges::count_if(
        batch.progress, [](const MailProgress& one) { return one.error.has_value(); }));
    if (!batch.left.empty()) {
        Result<void> committed = co_await store_.commit_decisions(std::move(batch.left));
        if (!committed) co_return committed;
    }
    Result<void> recorded = co_await store_.record_progress(std::move(batch.progress));
    co_return recorded;
}

/// What the CRM answered for one mail.
void MailLogger::note_logged(const MailboxSpec& spec, const IntakeRow& row,
                             Result<LoggedMessage> answer, MailProgress& done,
                             std::vector<MailProgress>& progress) const {
    if (!answer) {
        progress.push_back(failed_step(row, answer.error()));
        progress.back().drafts = std::move(done.drafts);
        return;
    }
    done.interaction_ids = std::move(answer->interaction_ids);
    done.effects.emplace_back("logged", "interactions " + ids_text(done.interaction_ids));
    const MailDecision& decision = row.decision;
    const bool more = spec.mark_mail || !decision.move_to.empty() ||
                      !decision.add_categories.empty() || !decision.effects.empty();
    done.next = more ? IntakeState::ToMark : IntakeState::Done;
    done.at = clock_.now();
    progress.push_back(std::move(done));
}

/// Tells the rep what became of each mail: category and note, then what rules asked for beside that.
Async<Result<void>> MailLogger::mark(MailboxSpec spec, MailCycleReport& report) {
    Result<Batch> rows = co_await store_.rows(spec.mailbox, IntakeState::ToMark, clock_.now(),
                                              limits::message_batch);
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
        if (!answers[i] && speaks_of_scope(answers[i].error()))
            co_return std::unexpected(answers[i].error());
        if (!answers[i] && answers[i].error().kind != ErrorKind::NotFound) {
            progress.push_back(failed_step(row, answers[i].error()));
            ++report.failed;
            continue;
        }
        MailProgress done;
        done.row = row.id;
        done.next = IntakeState::Done;
        done.at = clock_.now();
        if (answers[i]) {
            done.version = *answers[i];
            done.effects.emplace_back("marked", std::string(to_string(row.decision.outcome)) +
                                                    ": " + row.decision.reason);
            Result<void> finished = co_await finish_effects(row, done);
            if (!finished && speaks_of_scope(finished.error()))
                co_return std::unexpected(finished.error());
            if (!finished) {
                progress.push_back(failed_step(row, finished.error()));
                ++report.failed;
                continue;
            }
        }
        progress.push_back(std::move(done));
        ++report.marked;
    }
    Result<void> recorded = co_await store_.record_progress(std::move(progress));
    co_return recorded;
}

Async<Result<void>> MailLogger::finish_effects(IntakeRow row, MailProgress& done) {
    for (const MailAction& action : row.decision.effects) {
        if (action.kind == MailActionKind::CreateTask) {
            Result<void> made = co_await make_task(row, action, done);
            if (!made) co_return made;
        } else if (action.kind != MailActionKind::CopyToFolder) {
            done.effects.emplace_back(std::string(to_string(action.kind)),
                                      "rule \"" + action.rule + "\"");
        }
    }
    Result<void> moved = co_await copy_and_move(std::move(row), done);
    co_return moved;
}

Async<Result<void>> MailLogger::make_task(IntakeRow row, MailAction action, MailProgress& done) {
    std::vector<ItemKey> keys{row.key};
    Messages read = co_await source_.get_messages(std::move(keys), false);
    if (read.size() != 1) co_return fail(ErrorKind::CorruptReply, "a read answered nothing");
    if (!read.front() && read.front().error().kind == ErrorKind::NotFound) co_return Result<void>{};
    if (!read.front()) co_return std::unexpected(read.front().error());
    NewMailTask task = new_task(row, action, *read.front());
    Result<std::string> made = co_await sink_.create_task(std::move(task));
    if (!made) co_return std::unexpected(made.error());
    done.effects.emplace_back("task_made", *made + ", rule \"" + action.rule + "\"");
    co_return Result<void>{};
}

/// A copy is found again by its Message-ID, a move by its outcome: both may be repeated. A mail
/// without an id is not copied, because nobody could tell afterwards whether it was.
Async<Result<void>> MailLogger::copy_and_move(IntakeRow row, MailProgress& done) {
    for (const MailAction& action : row.decision.effects) {
        if (action.kind != MailActionKind::CopyToFolder) continue;
        if (row.message_id.empty()) {
            done.effects.emplace_back("not_copied", "the mail has no Message-ID");
            continue;
        }
        Result<MailFolder> target = co_await source_.open_folder(action.folder, true);
        if (!target) co_return std::unexpected(target.error());
        Result<ItemKey> copy = co_await source_.copy_message(row.key, target->id);
        if (!copy && copy.error().kind == ErrorKind::NotFound) co_return Result<void>{};
        if (!copy) co_return std::unexpected(copy.error());
        done.effects.emplace_back("copied", action.folder);
    }
    if (row.decision.move_to.empty()) co_return Result<void>{};
    Result<MailFolder> target = co_await source_.open_folder(row.decision.move_to, true);
    if (!target) co_return std::unexpected(target.error());
    if (target->id == row.folder) {
        done.moved_to = row.key;
        co_return Result<void>{};
    }
    Result<ItemKey> moved = co_await source_.move_message(row.key, target->id);
    if (!moved && moved.error().kind == ErrorKind::NotFound) co_return Result<void>{};
    if (!moved) co_return std::unexpected(moved.error());
    done.effects.emplace_back("moved", row.decision.move_to);
    // A mail without a Message-ID is not found again in a public folder: its link stays as it was.
    if (moved->empty()) co_return Result<void>{};
    done.moved_to = *moved;
    if (row.decision.outcome != MailOutcome::Log) co_return Result<void>{};
    Result<void> linked = co_await move_link(row.decision.identity, *moved);
    co_return linked;
}

Async<Result<void>> MailLogger::move_link(MessageIdentity identity, ItemKey key) {
    std::string url = source_.link_url(std::move(key));
    Result<void> linked = co_await sink_.set_message_link(std::move(identity), std::move(url));
    if (!linked && linked.error().kind == ErrorKind::NotFound) co_return Result<void>{};
    co_return linked;
}

}  // namespace liaison::daemon
