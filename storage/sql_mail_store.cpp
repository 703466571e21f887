#include "storage/sql_mail_store.hpp"

#include "storage/intake_table.hpp"

namespace liaison::storage {

namespace {

template <class T>
Async<Result<T>> mail_verb(Worker& worker, std::shared_ptr<Database> database,
                           std::function<Result<T>(IntakeTable&)> body) {
    std::function<Result<T>()> job = [database = std::move(database), body = std::move(body)] {
        const std::function<Result<T>()> inside = [&] {
            IntakeTable intake(*database);
            return body(intake);
        };
        return in_transaction<T>(*database, inside);
    };
    return run_on<Result<T>>(worker, std::move(job));
}

}  // namespace

SqlMailStore::SqlMailStore(std::shared_ptr<Database> database, Worker& worker)
    : database_(std::move(database)), worker_(worker) {}

Async<Result<MailFolderState>> SqlMailStore::folder_state(MailboxId mailbox, FolderId folder) {
    return mail_verb<MailFolderState>(worker_, database_, [mailbox, folder](IntakeTable& t) -> Result<MailFolderState> {
        return t.folder_state(mailbox, folder);
    });
}

Async<Result<void>> SqlMailStore::absorb_messages(MailboxId mailbox, FolderId folder, MessagePage page, Timestamp now) {
    auto kept = std::make_shared<const MessagePage>(std::move(page));
    return mail_verb<void>(worker_, database_, [mailbox, folder, kept, now](IntakeTable& t) -> Result<void> {
        t.absorb(mailbox, folder, *kept, now);
        return {};
    });
}

Async<Result<void>> SqlMailStore::reset_cursor(MailboxId mailbox, FolderId folder) {
    return mail_verb<void>(worker_, database_, [mailbox, folder](IntakeTable& t) -> Result<void> {
        t.reset_cursor(mailbox, folder);
        return {};
    });
}

Async<Result<std::vector<IntakeRow>>> SqlMailStore::rows(MailboxId mailbox, IntakeState state, Timestamp now,
                                                         std::size_t max) {
    using List = std::vector<IntakeRow>;
    return mail_verb<List>(worker_, database_, [mailbox, state, now, max](IntakeTable& t) -> Result<List> {
        return t.rows(mailbox, state, now, max);
    });
}

Async<Result<std::map<MessageIdentity, IntakeRow>>> SqlMailStore::find_identities(std::vector<MessageIdentity> ids) {
    using Found = std::map<MessageIdentity, IntakeRow>;
    return mail_verb<Found>(worker_, database_, [ids](IntakeTable& t) -> Result<Found> {
        return t.find_identities(ids);
    });
}

Async<Result<void>> SqlMailStore::commit_decisions(std::vector<DecidedMail> decisions) {
    auto kept = std::make_shared<const std::vector<DecidedMail>>(std::move(decisions));
    return mail_verb<void>(worker_, database_, [kept](IntakeTable& t) -> Result<void> {
        for (const DecidedMail& decided : *kept) t.decide(decided);
        return {};
    });
}

Async<Result<void>> SqlMailStore::record_progress(std::vector<MailProgress> progress) {
    auto kept = std::make_shared<const std::vector<MailProgress>>(std::move(progress));
    return mail_verb<void>(worker_, database_, [kept](IntakeTable& t) -> Result<void> {
        for (const MailProgress& one : *kept) t.progress(one);
        return {};
    });
}

Async<Result<std::size_t>> SqlMailStore::retry_unmatched(MailboxId mailbox, std::string revision) {
    return mail_verb<std::size_t>(worker_, database_, [mailbox, revision](IntakeTable& t) -> Result<std::size_t> {
        return t.retry_unmatched(mailbox, revision);
    });
}

Async<Result<MailCounts>> SqlMailStore::counts(std::optional<MailboxId> mailbox) {
    return mail_verb<MailCounts>(worker_, database_, [mailbox](IntakeTable& t) -> Result<MailCounts> {
        return t.counts(mailbox);
    });
}

Async<Result<std::vector<IntakeRow>>> SqlMailStore::list(std::optional<MailboxId> mailbox,
                                                         std::optional<MailOutcome> outcome, std::int64_t after_row,
                                                         std::size_t max) {
    using List = std::vector<IntakeRow>;
    return mail_verb<List>(worker_, database_, [mailbox, outcome, after_row, max](IntakeTable& t) -> Result<List> {
        return t.list(mailbox, outcome, after_row, max);
    });
}

Async<Result<std::optional<IntakeRow>>> SqlMailStore::row(std::int64_t id) {
    using Found = std::optional<IntakeRow>;
    return mail_verb<Found>(worker_, database_, [id](IntakeTable& t) -> Result<Found> { return t.row(id); });
}

Async<Result<void>> SqlMailStore::retry(std::int64_t id) {
    return mail_verb<void>(worker_, database_, [id](IntakeTable& t) -> Result<void> { return t.retry(id); });
}

Async<Result<std::optional<std::pair<std::int64_t, std::string>>>> SqlMailStore::current_rules(std::string scope) {
    using Found = std::optional<std::pair<std::int64_t, std::string>>;
    return mail_verb<Found>(worker_, database_, [scope](IntakeTable& t) -> Result<Found> {
        return t.current_rules(scope);
    });
}

Async<Result<std::int64_t>> SqlMailStore::replace_rules(std::string scope, std::int64_t expected, std::string document,
                                                        std::string who, Timestamp now) {
    return mail_verb<std::int64_t>(
        worker_, database_, [scope, expected, document, who, now](IntakeTable& t) -> Result<std::int64_t> {
            return t.replace_rules(scope, expected, document, who, now);
        });
}

}  // namespace liaison::storage
