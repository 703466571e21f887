#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/async.hpp"
#include "core/interaction.hpp"
#include "core/mail.hpp"
#include "core/result.hpp"

namespace liaison {

/// New: to be decided. ToLog: decided, not yet in the CRM. ToMark: the CRM has it (or nothing to
/// log), the message still wants its mark or its move. Done. Parked: given up, for a human. A row
/// that failed waits in its state until `due`.
enum class IntakeState : std::uint8_t { New, ToLog, ToMark, Done, Parked };
std::string_view to_string(IntakeState state);

/// One message that was ever seen in a designated folder. Kept for good, without content.
struct IntakeRow {
    std::int64_t id = 0;
    MailboxId mailbox;
    FolderId folder;
    ItemKey key;
    Version version;
    IntakeState state = IntakeState::New;
    MailDecision decision;  ///< empty while New
    int attempts = 0;
    Timestamp due{};
    std::string last_error;
    Timestamp seen_at{};
    std::string message_id;  ///< normalised Message-ID; empty while New and where there is none
    std::string raw_message_id;  ///< what to search for in Exchange; empty where there is none
    MailChoice choice;       ///< what a person chose for it; survives `retry`
    bool gone = false;       ///< it is not in its folder any more
    int searches = 0;        ///< how often it was looked for since then
    std::vector<std::string> interaction_ids;  ///< what the CRM answered
};

/// What commit_decisions stores for one row.
struct DecidedMail {
    std::int64_t row = 0;
    IntakeState next = IntakeState::ToMark;  ///< ToLog, ToMark, Done or Parked
    MailDecision decision;
    std::string message_id = {};              ///< normalised
    std::string raw_message_id = {};          ///< as the server gives it, where it differs from "<id>"
    std::vector<ThreadKey> thread_keys = {};  ///< what ties it to other mails
    Timestamp at{};
};

/// An earlier mail of a conversation, and the strongest key that it shares.
struct ThreadMail {
    IntakeRow row;
    ThreadTie tie = ThreadTie::Reference;
};

/// A logged mail that is to be taken back out of the CRM. Kept for good.
struct MailWithdrawal {
    std::int64_t id = 0;   ///< given by the store
    std::int64_t row = 0;
    MailboxId mailbox;
    MessageIdentity identity;
    std::vector<std::string> contact_ids;  ///< only these; empty: every interaction of the mail
    bool erase_content = false;            ///< text and original go when no interaction is left
    std::string who;
    std::string why;
    Timestamp at{};
    std::optional<Timestamp> done_at;
};

/// What became of an effect on one row.
struct MailProgress {
    std::int64_t row = 0;
    IntakeState next = IntakeState::Done;
    std::optional<ItemKey> moved_to;           ///< the message's new key
    std::optional<Version> version;            ///< after our mark: the feed's echo is known
    std::vector<std::string> interaction_ids;  ///< what the CRM answered
    std::optional<std::string> error;          ///< with attempts + 1 and `due`
    Timestamp due{};
    /// The drafts with the ids of the parties that were made for them.
    std::optional<std::vector<InteractionDraft>> drafts = {};
    /// What was done, for the mail's history: event and detail. Stored once per (event, detail), so
    /// that a step that is repeated after a crash leaves one line.
    std::vector<std::pair<std::string, std::string>> effects = {};
    Timestamp at{};
};

/// seen = logged + unmatched + parked + pending (New, ToLog) + the sum of skipped.
struct MailCounts {
    std::size_t seen = 0;
    std::size_t logged = 0;
    std::size_t interactions = 0;
    std::size_t unmatched = 0;
    std::size_t parked = 0;
    std::size_t pending = 0;
    std::vector<std::pair<std::string, std::size_t>> skipped;  ///< by reason; "held" for Hold
};

struct MailFolderState {
    Cursor cursor;
    bool complete = false;
};

/// Memory of mail logging; each verb one durable transaction, batches always.
class MailStore {
public:
    virtual ~MailStore() = default;

    virtual Async<Result<MailFolderState>> folder_state(MailboxId mailbox, FolderId folder) = 0;
    /// New intake rows and the cursor behind the page. A key that is known already (also under
    /// another folder of the mailbox, after our own move) makes no new row. A message that goes
    /// while New is Done, skipped as "gone", and New again if it comes back; a decided row keeps
    /// its decision.
    virtual Async<Result<void>> absorb_messages(MailboxId mailbox, FolderId folder,
                                                MessagePage page, Timestamp now) = 0;
    virtual Async<Result<void>> reset_cursor(MailboxId mailbox, FolderId folder) = 0;

    /// Rows in `state` that are due, oldest first.
    virtual Async<Result<std::vector<IntakeRow>>> rows(MailboxId mailbox, IntakeState state,
                                                       Timestamp now, std::size_t max) = 0;
    /// Which of these identities were decided before, and by which row (the earliest). For
    /// duplicates across folders and mailboxes. Rows that were skipped as duplicates, rows that are
    /// tried again and mails that left their folder without having been logged do not answer.
    virtual Async<Result<std::map<MessageIdentity, IntakeRow>>> find_identities(
        std::vector<MessageIdentity> ids) = 0;

    virtual Async<Result<void>> commit_decisions(std::vector<DecidedMail> decisions) = 0;
    virtual Async<Result<void>> record_progress(std::vector<MailProgress> progress) = 0;

    /// Unmatched rows, and copies of an unmatched mail (the first one may have left its folder), become
    /// New again when the address book's revision is another than when they were decided. Answers how
    /// many. `revision` holds for what commit_decisions decides in this mailbox from now on.
    virtual Async<Result<std::size_t>> retry_unmatched(MailboxId mailbox, std::string revision) = 0;

    // What people look at.
    virtual Async<Result<MailCounts>> counts(std::optional<MailboxId> mailbox) = 0;
    /// The same by the folder in which the mails lie.
    virtual Async<Result<std::map<FolderId, MailCounts>>> folder_counts(MailboxId mailbox) = 0;
    virtual Async<Result<std::vector<IntakeRow>>> list(std::optional<MailboxId> mailbox,
                                                       std::optional<MailOutcome> outcome,
                                                       std::int64_t after_row, std::size_t max) = 0;
    virtual Async<Result<std::optional<IntakeRow>>> row(std::int64_t id) = 0;
    /// Tries one row again (unmatched, parked, held); others are InvalidRequest, an unknown one
    /// NotFound.
    virtual Async<Result<void>> retry(std::int64_t id) = 0;

    // The whole reason for one mail, and what people do about it.

    /// What happened to a row, oldest first.
    virtual Async<Result<std::vector<MailEvent>>> history(std::int64_t row) = 0;
    /// Rows by what a person has at hand: a row's number, a Message-ID (with or without brackets), an
    /// identity or at least 8 of its first digits. Oldest first.
    virtual Async<Result<std::vector<IntakeRow>>> find_mail(std::string text, std::size_t max) = 0;
    /// For each list of keys the earlier mails that share one, newest first, at most
    /// limits::thread_mails_max. Duplicates and undecided rows do not answer.
    virtual Async<Result<std::vector<std::vector<ThreadMail>>>> find_threads(
        std::vector<std::vector<ThreadKey>> keys) = 0;
    /// The other mails of a row's conversation, newest first, at most limits::thread_mails_max.
    virtual Async<Result<std::vector<ThreadMail>>> thread_of(std::int64_t row) = 0;
    /// What waits for a person: unmatched, held and parked mails, and logged ones with an open
    /// question. By row number.
    virtual Async<Result<std::vector<IntakeRow>>> tray(std::optional<MailboxId> mailbox,
                                                       std::int64_t after_row, std::size_t max) = 0;
    /// Stores a person's choice and decides the row again; with `whole_thread` also the other waiting
    /// mails of its conversation. The same choice a second time changes nothing. Answers how many
    /// rows are decided again. NotFound; InvalidRequest for a copy of another mail.
    virtual Async<Result<std::size_t>> choose(std::int64_t row, MailChoice choice) = 0;
    /// Logged mails with an external participant at one of these addresses or domains (and below).
    virtual Async<Result<std::vector<IntakeRow>>> find_logged_with(
        std::vector<std::string> addresses, std::vector<std::string> domains,
        std::int64_t after_row, std::size_t max) = 0;
    /// Notes that these logged mails are to be withdrawn; one that waits already for the same
    /// contacts is not noted twice. Answers their numbers, in order. InvalidRequest: one of them is
    /// not logged; then none is noted.
    virtual Async<Result<std::vector<std::int64_t>>> request_withdrawals(
        std::vector<MailWithdrawal> withdrawals) = 0;
    /// Withdrawals of a mailbox that are not done yet, oldest first.
    virtual Async<Result<std::vector<MailWithdrawal>>> open_withdrawals(MailboxId mailbox,
                                                                        std::size_t max) = 0;
    /// The CRM has taken them back: the row is skipped as withdrawn, or keeps the drafts that are
    /// left, and its mark is due.
    virtual Async<Result<void>> settle_withdrawals(std::vector<std::int64_t> ids, Timestamp now) = 0;
    virtual Async<Result<std::vector<MailWithdrawal>>> list_withdrawals(std::int64_t after,
                                                                        std::size_t max) = 0;
    /// Logged mails that left their folder and were not found again yet, due to be looked for.
    virtual Async<Result<std::vector<IntakeRow>>> lost_mail(MailboxId mailbox, Timestamp now,
                                                            std::size_t max) = 0;
    /// What became of the search: the new key, or when to look again (nothing: give up).
    virtual Async<Result<void>> record_search(std::int64_t row, std::optional<ItemKey> found,
                                              std::optional<Timestamp> next_look,
                                              Timestamp now) = 0;

    // Versioned documents, newest last: rules, blocklists. Version numbers count from 1.
    virtual Async<Result<std::optional<std::pair<std::int64_t, std::string>>>> current_rules(
        std::string scope) = 0;
    /// The scopes that have a document, sorted.
    virtual Async<Result<std::vector<std::string>>> rule_scopes() = 0;
    /// Stores `document` as the next version if `expected` is the current one (0: none yet), else
    /// VersionConflict.
    virtual Async<Result<std::int64_t>> replace_rules(std::string scope, std::int64_t expected,
                                                      std::string document, std::string who,
                                                      Timestamp now) = 0;
};

}  // namespace liaison
