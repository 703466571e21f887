#pragma once
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/ports/mail_store.hpp"
#include "core/ports/worker.hpp"
#include "storage/database.hpp"

namespace liaison::storage {

/// MailStore over a Database; as SqlSyncStore, every verb is one job and one transaction.
class SqlMailStore final : public MailStore {
public:
    SqlMailStore(std::shared_ptr<Database> database, Worker& worker);

    Async<Result<MailFolderState>> folder_state(MailboxId mailbox, FolderId folder) override;
    Async<Result<void>> absorb_messages(MailboxId mailbox, FolderId folder, MessagePage page,
                                        Timestamp now) override;
    Async<Result<void>> reset_cursor(MailboxId mailbox, FolderId folder) override;
    Async<Result<std::vector<IntakeRow>>> rows(MailboxId mailbox, IntakeState state, Timestamp now,
                                               std::size_t max) override;
    Async<Result<std::map<MessageIdentity, IntakeRow>>> find_identities(
        std::vector<MessageIdentity> ids) override;
    Async<Result<void>> commit_decisions(std::vector<DecidedMail> decisions) override;
    Async<Result<void>> record_progress(std::vector<MailProgress> progress) override;
    Async<Result<std::size_t>> retry_unmatched(MailboxId mailbox, std::string revision) override;
    Async<Result<MailCounts>> counts(std::optional<MailboxId> mailbox) override;
    Async<Result<std::vector<IntakeRow>>> list(std::optional<MailboxId> mailbox,
                                               std::optional<MailOutcome> outcome,
                                               std::int64_t after_row, std::size_t max) override;
    Async<Result<std::optional<IntakeRow>>> row(std::int64_t id) override;
    Async<Result<void>> retry(std::int64_t id) override;
    Async<Result<std::vector<MailEvent>>> history(std::int64_t row) override;
    Async<Result<std::vector<IntakeRow>>> find_mail(std::string text, std::size_t max) override;
    Async<Result<std::vector<std::vector<ThreadMail>>>> find_threads(
        std::vector<std::vector<ThreadKey>> keys) override;
    Async<Result<std::vector<ThreadMail>>> thread_of(std::int64_t row) override;
    Async<Result<std::vector<IntakeRow>>> tray(std::optional<MailboxId> mailbox,
                                               std::int64_t after_row, std::size_t max) override;
    Async<Result<std::size_t>> choose(std::int64_t row, MailChoice choice) override;
    Async<Result<std::vector<IntakeRow>>> find_logged_with(std::vector<std::string> addresses,
                                                           std::vector<std::string> domains,
                                                           std::int64_t after_row,
                                                           std::size_t max) override;
    Async<Result<std::vector<std::int64_t>>> request_withdrawals(
        std::vector<MailWithdrawal> withdrawals) override;
    Async<Result<std::vector<MailWithdrawal>>> open_withdrawals(MailboxId mailbox,
                                                                std::size_t max) override;
    Async<Result<void>> settle_withdrawals(std::vector<std::int64_t> ids, Timestamp now) override;
    Async<Result<std::vector<MailWithdrawal>>> list_withdrawals(std::int64_t after,
                                                                std::size_t max) override;
    Async<Result<std::vector<IntakeRow>>> lost_mail(MailboxId mailbox, Timestamp now,
                                                    std::size_t max) override;
    Async<Result<void>> record_search(std::int64_t row, std::optional<ItemKey> found,
                                      std::optional<Timestamp> next_look, Timestamp now) override;
    Async<Result<std::vector<std::string>>> rule_scopes() override;
    Async<Result<std::optional<std::pair<std::int64_t, std::string>>>> current_rules(
        std::string scope) override;
    Async<Result<std::int64_t>> replace_rules(std::string scope, std::int64_t expected,
                                              std::string document, std::string who,
                                              Timestamp now) override;

private:
    std::shared_ptr<Database> database_;
    Worker& worker_;
};

}  // namespace liaison::storage
