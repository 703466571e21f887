#pragma once
#include <cstddef>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "core/async.hpp"
#include "core/ports/address_book.hpp"
#include "core/ports/clock.hpp"
#include "core/ports/event_log.hpp"
#include "core/ports/interaction_sink.hpp"
#include "core/ports/mail_source.hpp"
#include "core/ports/mail_store.hpp"
#include "core/result.hpp"
#include "daemon/designated_folders.hpp"
#include "daemon/mail/logging.hpp"
#include "daemon/mail_steps.hpp"
#include "rules/rule_set.hpp"

namespace liaison::daemon {

/// The designated folders of one rep.
struct MailboxSpec {
    MailboxId mailbox;
    std::vector<FolderSpec> folders;
    bool create_folders = true;
    std::string opportunity_root = {};  ///< see FolderScope
    bool mark_mail = true;  ///< leave a category and a note on each mail
    mail::LoggingPolicy policy;
};

/// What a cycle over one mailbox' folders did.
struct MailCycleReport {
    std::size_t arrived = 0;
    std::size_t decided = 0;
    std::size_t logged = 0;
    std::size_t marked = 0;
    std::size_t retried = 0;
    std::size_t failed = 0;
    std::size_t withdrawn = 0;
    std::size_t found_again = 0;    ///< logged mails whose link followed them
    std::size_t meetings = 0;       ///< ended meetings that became interactions
    bool everything_read = true;    ///< no folder has old mail that was not looked at yet
    bool moved() const {
        return !everything_read ||
               arrived + decided + logged + marked + retried + withdrawn + found_again + meetings > 0;
    }
};

/// One mail of a dry run: what the rules would do with it.
struct DryRunLine {
    ItemKey key;
    std::string folder;
    MailDecision decision;
};

/// Asked whenever mail is about to be decided.
using RulesInForce = std::function<rules::RuleSet()>;

/// Logs mail: observe the designated folders, decide, write to the CRM, mark the message. Each step
/// is durable before the next begins (style-anchors 5.8), so a crash anywhere repeats at most a
/// step that is idempotent: the CRM knows a message by its identity, the mailbox by its mark.
///
/// A turn works in rounds of one batch. Folders are looked at before every round, and what arrives
/// comes before what lay there before: a folder with 50,000 old mails delays a new one by one batch.
class MailLogger {
public:
    /// All references must outlive the logger.
    MailLogger(MailSource& source, InteractionSink& sink, AddressBook& book, MailStore& store,
               Clock& clock, EventLog& log);

    /// Decides each batch by the rules that are in force then: a mail that came after they were replaced is never decided
    /// by the old ones.
    Async<Result<MailCycleReport>> run_cycle(MailboxSpec spec, RulesInForce rules);
    Async<Result<MailCycleReport>> run_cycle(MailboxSpec spec, rules::RuleSet rules) {
        return run_cycle(std::move(spec), [rules = std::move(rules)] { return rules; });
    }

    /// Decides over what is in `folder` now, at most `max` mails, newest last; does and stores
    /// nothing.
    Async<Result<std::vector<DryRunLine>>> dry_run(MailboxSpec spec, rules::RuleSet rules,
                                                   std::string folder, std::size_t max);

    /// The designated folders as they are known now.
    std::vector<FolderStatus> folders() const { return folders_.status(); }

private:
    struct Owner {
        std::string id;
        std::vector<std::string> addresses;
    };
    using Batch = std::vector<IntakeRow>;
    using Messages = std::vector<Result<MailMessage>>;
    using Originals = std::vector<Result<std::string>>;
    /// The earliest decided row per identity.
    using Earlier = std::map<MessageIdentity, IntakeRow>;

    /// One batch on its way into the CRM: `logs`, `rows` and `pending` run side by side.
    struct LogBatch {
        std::vector<MessageLog> logs;
        Batch rows;
        std::vector<MailProgress> pending;
        std::vector<MailProgress> progress;  ///< what is settled
        std::vector<DecidedMail> left;       ///< messages that are gone
    };

    // observe
    Async<Result<void>> observe_all(MailboxSpec spec, bool first_round, MailCycleReport& report);
    Async<Result<std::size_t>> observe(MailboxSpec spec, MailFolder folder);
    Async<Result<void>> look_at_newest(MailboxSpec spec, FolderId folder, Cursor cursor);
    Async<Result<Owner>> find_owner(MailboxSpec spec);

    // decide
    Async<Result<void>> decide(MailboxSpec spec, rules::RuleSet rules, Owner owner,
                               MailCycleReport& report);
    Async<Result<Earlier>> find_earlier(Batch rows, const Messages& messages);
    /// Rows that are logged mails under a new key: moved or migrated. Their links follow them and
    /// the new rows go.
    Async<Result<void>> adopt_moved(MailboxSpec spec, Batch& rows, Messages& messages,
                                    const Earlier& earlier, MailCycleReport& report);
    Async<Result<std::vector<std::size_t>>> find_moved(MailboxSpec spec, Batch rows,
                                                       const Messages& messages,
                                                       const Earlier& earlier);
    Async<Result<std::vector<MailDecision>>> decide_batch(MailboxSpec spec, rules::RuleSet rules,
                                                          Owner owner, Batch rows,
                                                          const Messages& messages,
                                                          Earlier earlier);
    /// Rows whose reading made no sense leave the batch and are read again later. Both must outlive the
    /// call.
    Async<Result<void>> put_off_corrupt(Batch& rows, Messages& messages);
    MailPlace place_of(const MailboxSpec& spec, const Owner& owner, const IntakeRow& row) const;

    // act
    Async<Result<void>> write_interactions(MailboxSpec spec, MailCycleReport& report);
    Async<Result<void>> prepare_log(MailboxSpec spec, IntakeRow row,
                                    const Result<MailMessage>& message,
                                    Result<std::string>& original, LogBatch& batch);
    void note_logged(const MailboxSpec& spec, const IntakeRow& row, Result<LoggedMessage> answer,
                     MailProgress& done, std::vector<MailProgress>& progress) const;
    Async<Result<Messages>> facts_to_log(Batch rows);
    Async<Result<Originals>> originals_to_log(MailboxSpec spec, Batch rows,
                                              const Messages& messages);
    Async<Result<std::vector<InteractionDraft>>> make_parties(MailboxSpec spec, IntakeRow row,
                                                              const MailMessage& message);
    Async<Result<void>> mark(MailboxSpec spec, MailCycleReport& report);
    /// Tasks, copies and the move of one marked mail.
    Async<Result<void>> finish_effects(IntakeRow row, MailProgress& done);
    Async<Result<void>> copy_and_move(IntakeRow row, MailProgress& done);
    Async<Result<void>> make_task(IntakeRow row, MailAction action, MailProgress& done);
    MailProgress failed_step(const IntakeRow& row, const Error& error) const;

    // meetings
    /// Meetings that have ended become interactions with the contacts among their attendees, once per
    /// (meeting occurrence, contact).
    Async<Result<void>> log_meetings(MailboxSpec spec, Owner owner, MailCycleReport& report);
    /// From when on meetings count: the first turn ever of this mailbox.
    Async<Result<Timestamp>> meetings_since(MailboxId mailbox);
    Async<Result<std::vector<MessageLog>>> new_meetings(std::vector<MessageLog> meetings);

    // put right
    Async<Result<void>> withdraw(MailboxSpec spec, MailCycleReport& report);
    Async<Result<void>> find_lost(MailboxSpec spec, MailCycleReport& report);
    Async<Result<std::optional<ItemKey>>> find_again(IntakeRow row);
    /// The CRM's link follows the mail. A message that the CRM does not have is no failure.
    Async<Result<void>> move_link(MessageIdentity identity, ItemKey key);

    std::string path_of(const FolderId& folder) const;

    MailSource& source_;
    InteractionSink& sink_;
    AddressBook& book_;
    MailStore& store_;
    Clock& clock_;
    EventLog& log_;
    DesignatedFolders folders_;
    MailFolder dry_folder_;  ///< of a dry run over a folder that is not designated
    std::map<FolderId, Timestamp> looked_at_;
    Timestamp meetings_read_at_{};
    std::set<FolderId> unread_;  ///< folders with old mail that was not read yet
    /// Facts of mails decided in this cycle and not yet logged: spares a second read. Bounded by
    /// one batch.
    std::map<std::int64_t, MailMessage> fresh_;
};

}  // namespace liaison::daemon
