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

/// New: to be decided. ToLog: decided, not yet in the CRM. ToMark: the CRM has it (or nothing to log), the message still
/// wants its mark or its move. Done. Parked: given up, for a human. A row that failed waits in its state until `due`.
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
    MailDecision decision;   ///< empty while New
    int attempts = 0;
    Timestamp due{};
    std::string last_error;
    Timestamp seen_at{};
};

/// What commit_decisions stores for one row.
struct DecidedMail {
    std::int64_t row = 0;
    IntakeState next = IntakeState::ToMark;  ///< ToLog, ToMark, Done or Parked
    MailDecision decision;
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
    /// New intake rows and the cursor behind the page. A key that is known already (also under another folder of the
    /// mailbox, after our own move) makes no new row. A message that goes while New is Done, skipped as "gone", and New again
    /// if it comes back; a decided row keeps its decision.
    virtual Async<Result<void>> absorb_messages(MailboxId mailbox, FolderId folder, MessagePage page, Timestamp now) = 0;
    virtual Async<Result<void>> reset_cursor(MailboxId mailbox, FolderId folder) = 0;

    /// Rows in `state` that are due, oldest first.
    virtual Async<Result<std::vector<IntakeRow>>> rows(MailboxId mailbox, IntakeState state, Timestamp now,
                                                       std::size_t max) = 0;
    /// Which of these identities were decided before, and by which row (the earliest). For duplicates across folders and
    /// mailboxes. Rows that were skipped as duplicates and rows that are tried again do not answer.
    virtual Async<Result<std::map<MessageIdentity, IntakeRow>>> find_identities(std::vector<MessageIdentity> ids) = 0;

    virtual Async<Result<void>> commit_decisions(std::vector<DecidedMail> decisions) = 0;
    virtual Async<Result<void>> record_progress(std::vector<MailProgress> progress) = 0;

    /// Unmatched rows become New again when the address book's revision is another than when they were decided.
    /// Answers how many. `revision` holds for what commit_decisions decides in this mailbox from now on.
    virtual Async<Result<std::size_t>> retry_unmatched(MailboxId mailbox, std::string revision) = 0;

    // What people look at.
    virtual Async<Result<MailCounts>> counts(std::optional<MailboxId> mailbox) = 0;
    virtual Async<Result<std::vector<IntakeRow>>> list(std::optional<MailboxId> mailbox, std::optional<MailOutcome> outcome,
                                                       std::int64_t after_row, std::size_t max) = 0;
    virtual Async<Result<std::optional<IntakeRow>>> row(std::int64_t id) = 0;
    /// Tries one row again (unmatched, parked, held); others are InvalidRequest, an unknown one NotFound.
    virtual Async<Result<void>> retry(std::int64_t id) = 0;

    // Versioned rule documents, newest last. Version numbers count from 1.
    virtual Async<Result<std::optional<std::pair<std::int64_t, std::string>>>> current_rules(std::string scope) = 0;
    /// Stores `document` as the next version if `expected` is the current one (0: none yet), else VersionConflict.
    virtual Async<Result<std::int64_t>> replace_rules(std::string scope, std::int64_t expected, std::string document,
                                                      std::string who, Timestamp now) = 0;
};

}  // namespace liaison
