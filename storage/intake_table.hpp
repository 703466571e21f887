#pragma once
#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/ports/mail_store.hpp"
#include "storage/database.hpp"

namespace liaison::storage {

/// The verbs of MailStore without waiting; each inside a transaction that the caller opens and
/// commits.
///
/// A row is never deleted but in one case: a message that we moved was shown by its new folder
/// before the move was recorded; that second row, still New, is dropped when the first one learns
/// the new key.
class IntakeTable {
public:
    explicit IntakeTable(Database& database) : database_(database) {}

    MailFolderState folder_state(const MailboxId& mailbox, const FolderId& folder);
    void absorb(const MailboxId& mailbox, const FolderId& folder, const MessagePage& page,
                Timestamp now);
    void reset_cursor(const MailboxId& mailbox, const FolderId& folder);
    std::vector<IntakeRow> rows(const MailboxId& mailbox, IntakeState state, Timestamp now,
                                std::size_t max);
    std::map<MessageIdentity, IntakeRow> find_identities(const std::vector<MessageIdentity>& ids);
    void decide(const DecidedMail& decided);
    void progress(const MailProgress& progress);
    std::size_t retry_unmatched(const MailboxId& mailbox, const std::string& revision);
    MailCounts counts(const std::optional<MailboxId>& mailbox);
    std::vector<IntakeRow> list(const std::optional<MailboxId>& mailbox,
                                std::optional<MailOutcome> outcome, std::int64_t after_row,
                                std::size_t max);
    std::optional<IntakeRow> row(std::int64_t id);
    Result<void> retry(std::int64_t id);
    std::vector<MailEvent> history(std::int64_t row);
    std::vector<IntakeRow> find_mail(const std::string& text, std::size_t max);
    std::vector<std::vector<ThreadMail>> find_threads(
        const std::vector<std::vector<ThreadKey>>& keys);
    std::vector<ThreadMail> thread_of(std::int64_t row);
    std::vector<IntakeRow> tray(const std::optional<MailboxId>& mailbox, std::int64_t after_row,
                                std::size_t max);
    Result<std::size_t> choose(std::int64_t id, const MailChoice& choice);
    std::vector<IntakeRow> find_logged_with(const std::vector<std::string>& addresses,
                                            const std::vector<std::string>& domains,
                                            std::int64_t after_row, std::size_t max);
    Result<std::vector<std::int64_t>> request_withdrawals(
        const std::vector<MailWithdrawal>& withdrawals);
    std::vector<MailWithdrawal> open_withdrawals(const MailboxId& mailbox, std::size_t max);
    void settle_withdrawals(const std::vector<std::int64_t>& ids, Timestamp now);
    std::vector<MailWithdrawal> list_withdrawals(std::int64_t after, std::size_t max);
    std::vector<IntakeRow> lost_mail(const MailboxId& mailbox, Timestamp now, std::size_t max);
    void record_search(std::int64_t row, const std::optional<ItemKey>& found,
                       const std::optional<Timestamp>& next_look, Timestamp now);

    std::vector<std::string> rule_scopes();
    std::optional<std::pair<std::int64_t, std::string>> current_rules(const std::string& scope);
    Result<std::int64_t> replace_rules(const std::string& scope, std::int64_t expected,
                                       const std::string& document, const std::string& who,
                                       Timestamp now);

private:
    std::int64_t find_mailbox(const MailboxId& mailbox);
    std::int64_t ensure_mailbox(const MailboxId& mailbox);
    void absorb_one(std::int64_t mailbox, const FolderId& folder, const MessageChange& change,
                    bool is_backfill, Timestamp now);
    void write_folder(std::int64_t mailbox, const FolderId& folder, const Cursor& cursor,
                      bool complete);
    void move_key(std::int64_t row, const ItemKey& key);
    /// `waits_for_live_mail`: nobody asked for this row; what arrives comes first.
    void reopen(std::int64_t row, bool waits_for_live_mail = false);
    void drop_row(std::int64_t row);
    void write_threads(const DecidedMail& decided);
    void write_addresses(const DecidedMail& decided);
    void replace_drafts(std::int64_t row, const std::vector<InteractionDraft>& drafts);
    void add_event(std::int64_t row, Timestamp at, std::string_view event, std::string_view detail);
    void add_event_once(std::int64_t row, Timestamp at, std::string_view event,
                        std::string_view detail);
    void journal_choice(const IntakeRow& row, const MailChoice& choice, std::size_t rows);
    std::vector<std::int64_t> waiting_in_thread(std::int64_t row);
    bool is_waiting_withdrawal(const MailWithdrawal& withdrawal);

    Database& database_;
};

// What the files of the table share.
std::int64_t state_column(IntakeState state);
std::int64_t outcome_column(MailOutcome outcome);
std::int64_t time_column(Timestamp time);
/// The columns that intake_rows reads, of `intake i JOIN mailbox m`, with a condition behind them.
std::string intake_select(std::string_view condition);
std::vector<IntakeRow> intake_rows(std::unique_ptr<Rows> rows);

}  // namespace liaison::storage
