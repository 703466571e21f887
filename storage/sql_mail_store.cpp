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
    return mail_verb<MailFolderState>(worker_, database_,
                                      [mailbox, folder](IntakeTable& t) -> Result<MailFolderState> {
                                          return t.folder_state(mailbox, folder);
                                      });
}

Async<Result<void>> SqlMailStore::absorb_messages(MailboxId mailbox, FolderId folder,
                                                  MessagePage page, Timestamp now) {
    auto kept = std::make_shared<const MessagePage>(std::move(page));
    return mail_verb<void>(worker_, database_,
                           [mailbox, folder, kept, now](IntakeTable& t) -> Result<void> {
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

Async<Result<std::vector<IntakeRow>>> SqlMailStore::rows(MailboxId mailbox, IntakeState state,
                                                         Timestamp now, std::size_t max) {
    using List = std::vector<IntakeRow>;
    return mail_verb<List>(worker_, database_,
                           [mailbox, state, now, max](IntakeTable& t) -> Result<List> {
                               return t.rows(mailbox, state, now, max);
                           });
}

Async<Result<std::map<MessageIdentity, IntakeRow>>> SqlMailStore::find_identities(
    std::vector<MessageIdentity> ids) {
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
    return mail_verb<std::size_t>(worker_, database_,
                                  [mailbox, revision](IntakeTable& t) -> Result<std::size_t> {
                                      return t.retry_unmatched(mailbox, revision);
                                  });
}

Async<Result<MailCounts>> SqlMailStore::counts(std::optional<MailboxId> mailbox) {
    return mail_verb<MailCounts>(
        worker_, database_,
        [mailbox](IntakeTable& t) -> Result<MailCounts> { return t.counts(mailbox); });
}

Async<Result<std::vector<IntakeRow>>> SqlMailStore::list(std::optional<MailboxId> mailbox,
                                                         std::optional<MailOutcome> outcome,
                                                         std::int64_t after_row, std::size_t max) {
    using List = std::vector<IntakeRow>;
    return mail_verb<List>(worker_, database_,
                           [mailbox, outcome, after_row, max](IntakeTable& t) -> Result<List> {
                               return t.list(mailbox, outcome, after_row, max);
                           });
}

Async<Result<std::optional<IntakeRow>>> SqlMailStore::row(std::int64_t id) {
    using Found = std::optional<IntakeRow>;
    return mail_verb<Found>(worker_, database_,
                            [id](IntakeTable& t) -> Result<Found> { return t.row(id); });
}

Async<Result<void>> SqlMailStore::retry(std::int64_t id) {
    return mail_verb<void>(worker_, database_,
                           [id](IntakeTable& t) -> Result<void> { return t.retry(id); });
}

Async<Result<std::vector<MailEvent>>> SqlMailStore::history(std::int64_t row) {
    using List = std::vector<MailEvent>;
    return mail_verb<List>(worker_, database_,
                           [row](IntakeTable& t) -> Result<List> { return t.history(row); });
}

Async<Result<std::vector<IntakeRow>>> SqlMailStore::find_mail(std::string text, std::size_t max) {
    using List = std::vector<IntakeRow>;
    return mail_verb<List>(worker_, database_, [text, max](IntakeTable& t) -> Result<List> {
        return t.find_mail(text, max);
    });
}

Async<Result<std::vector<std::vector<ThreadMail>>>> SqlMailStore::find_threads(
    std::vector<std::vector<ThreadKey>> keys) {
    using List = std::vector<std::vector<ThreadMail>>;
    return mail_verb<List>(worker_, database_, [keys](IntakeTable& t) -> Result<List> {
        return t.find_threads(keys);
    });
}

Async<Result<std::vector<ThreadMail>>> SqlMailStore::thread_of(std::int64_t row) {
    using List = std::vector<ThreadMail>;
    return mail_verb<List>(worker_, database_,
                           [row](IntakeTable& t) -> Result<List> { return t.thread_of(row); });
}

Async<Result<std::vector<IntakeRow>>> SqlMailStore::tray(std::optional<MailboxId> mailbox,
                                                         std::int64_t after_row, std::size_t max) {
    using List = std::vector<IntakeRow>;
    return mail_verb<List>(worker_, database_,
                           [mailbox, after_row, max](IntakeTable& t) -> Result<List> {
                               return t.tray(mailbox, after_row, max);
                           });
}

Async<Result<std::size_t>> SqlMailStore::choose(std::int64_t row, MailChoice choice) {
    return mail_verb<std::size_t>(worker_, database_,
                                  [row, choice](IntakeTable& t) -> Result<std::size_t> {
                                      return t.choose(row, choice);
                                  });
}

Async<Result<std::vector<IntakeRow>>> SqlMailStore::find_logged_with(
    std::vector<std::string> addresses, std::vector<std::string> domains, std::int64_t after_row,
    std::size_t max) {
    using List = std::vector<IntakeRow>;
    return mail_verb<List>(worker_, database_,
                           [addresses, domains, after_row, max](IntakeTable& t) -> Result<List> {
                               return t.find_logged_with(addresses, domains, after_row, max);
                           });
}

Async<Result<std::vector<std::int64_t>>> SqlMailStore::request_withdrawals(
    std::vector<MailWithdrawal> withdrawals) {
    using List = std::vector<std::int64_t>;
    return mail_verb<List>(worker_, database_, [withdrawals](IntakeTable& t) -> Result<List> {
        return t.request_withdrawals(withdrawals);
    });
}

Async<Result<std::vector<MailWithdrawal>>> SqlMailStore::open_withdrawals(MailboxId mailbox,
                                                                          std::size_t max) {
    using List = std::vector<MailWithdrawal>;
    return mail_verb<List>(worker_, database_, [mailbox, max](IntakeTable& t) -> Result<List> {
        return t.open_withdrawals(mailbox, max);
    });
}

Async<Result<void>> SqlMailStore::settle_withdrawals(std::vector<std::int64_t> ids,
                                                     Timestamp now) {
    return mail_verb<void>(worker_, database_, [ids, now](IntakeTable& t) -> Result<void> {
        t.settle_withdrawals(ids, now);
        return {};
    });
}

Async<Result<std::vector<MailWithdrawal>>> SqlMailStore::list_withdrawals(std::int64_t after,
                                                                          std::size_t max) {
    using List = std::vector<MailWithdrawal>;
    return mail_verb<List>(worker_, database_, [after, max](IntakeTable& t) -> Result<List> {
        return t.list_withdrawals(after, max);
    });
}

Async<Result<std::vector<IntakeRow>>> SqlMailStore::lost_mail(MailboxId mailbox, Timestamp now,
                                                              std::size_t max) {
    using List = std::vector<IntakeRow>;
    return mail_verb<List>(worker_, database_, [mailbox, now, max](IntakeTable& t) -> Result<List> {
        return t.lost_mail(mailbox, now, max);
    });
}

Async<Result<void>> SqlMailStore::record_search(std::int64_t row, std::optional<ItemKey> found,
                                                std::optional<Timestamp> next_look,
                                                Timestamp now) {
    return mail_verb<void>(worker_, database_,
                           [row, found, next_look, now](IntakeTable& t) -> Result<void> {
                               t.record_search(row, found, next_look, now);
                               return {};
                           });
}

Async<Result<std::optional<std::pair<std::int64_t, std::string>>>> SqlMailStore::current_rules(
    std::string scope) {
    using Found = std::optional<std::pair<std::int64_t, std::string>>;
    return mail_verb<Found>(worker_, database_, [scope](IntakeTable& t) -> Result<Found> {
        return t.current_rules(scope);
    });
}

Async<Result<std::vector<std::string>>> SqlMailStore::rule_scopes() {
    using Scopes = std::vector<std::string>;
    return mail_verb<Scopes>(worker_, database_,
                             [](IntakeTable& t) -> Result<Scopes> { return t.rule_scopes(); });
}

Async<Result<std::int64_t>> SqlMailStore::replace_rules(std::string scope, std::int64_t expected,
                                                        std::string document, std::string who,
                                                        Timestamp now) {
    return mail_verb<std::int64_t>(
        worker_, database_,
        [scope, expected, document, who, now](IntakeTable& t) -> Result<std::int64_t> {
            return t.replace_rules(scope, expected, document, who, now);
        });
}

}  // namespace liaison::storage
