#pragma once
#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/ports/mail_store.hpp"
#include "storage/database.hpp"

namespace liaison::storage {

/// The verbs of MailStore without waiting; each inside a transaction that the caller opens and commits.
///
/// A row is never deleted but in one case: a message that we moved was shown by its new folder before the move was
/// recorded; that second row, still New, is dropped when the first one learns the new key.
class IntakeTable {
public:
    explicit IntakeTable(Database& database) : database_(database) {}

    MailFolderState folder_state(const MailboxId& mailbox, const FolderId& folder);
    void absorb(const MailboxId& mailbox, const FolderId& folder, const MessagePage& page, Timestamp now);
    void reset_cursor(const MailboxId& mailbox, const FolderId& folder);
    std::vector<IntakeRow> rows(const MailboxId& mailbox, IntakeState state, Timestamp now, std::size_t max);
    std::map<MessageIdentity, IntakeRow> find_identities(const std::vector<MessageIdentity>& ids);
    void decide(const DecidedMail& decided);
    void progress(const MailProgress& progress);
    std::size_t retry_unmatched(const MailboxId& mailbox, const std::string& revision);
    MailCounts counts(const std::optional<MailboxId>& mailbox);
    std::vector<IntakeRow> list(const std::optional<MailboxId>& mailbox, std::optional<MailOutcome> outcome,
                                std::int64_t after_row, std::size_t max);
    std::optional<IntakeRow> row(std::int64_t id);
    Result<void> retry(std::int64_t id);
    std::optional<std::pair<std::int64_t, std::string>> current_rules(const std::string& scope);
    Result<std::int64_t> replace_rules(const std::string& scope, std::int64_t expected, const std::string& document,
                                       const std::string& who, Timestamp now);

private:
    std::int64_t find_mailbox(const MailboxId& mailbox);
    std::int64_t ensure_mailbox(const MailboxId& mailbox);
    void absorb_one(std::int64_t mailbox, const FolderId& folder, const MessageChange& change, Timestamp now);
    void write_folder(std::int64_t mailbox, const FolderId& folder, const Cursor& cursor, bool complete);
    void move_key(std::int64_t row, const ItemKey& key);
    void reopen(std::int64_t row);

    Database& database_;
};

}  // namespace liaison::storage
