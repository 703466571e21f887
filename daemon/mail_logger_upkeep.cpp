#include <algorithm>

#include "core/limits.hpp"
#include "daemon/mail/identity.hpp"
#include "daemon/mail_logger.hpp"

namespace liaison::daemon {

/// Takes back what people asked for. What the CRM cannot take back stays on the list.
Async<Result<void>> MailLogger::withdraw(MailboxSpec spec, MailCycleReport& report) {
    Result<std::vector<MailWithdrawal>> open =
        co_await store_.open_withdrawals(spec.mailbox, limits::message_batch);
    if (!open) co_return std::unexpected(open.error());
    std::vector<std::int64_t> done;
    for (const MailWithdrawal& one : *open) {
        MessageWithdrawal wanted{one.identity, one.contact_ids, one.erase_content, one.who, one.why};
        Result<std::size_t> taken = co_await sink_.withdraw(std::move(wanted));
        if (!taken && speaks_of_scope(taken.error())) co_return std::unexpected(taken.error());
        if (!taken && taken.error().kind != ErrorKind::NotFound) {
            log_.write(LogLevel::Warning, "withdrawal_failed",
                       {{"row", std::to_string(one.row)},
                        {"error", std::string(to_string(taken.error().kind))}});
            continue;
        }
        done.push_back(one.id);
    }
    if (done.empty()) co_return Result<void>{};
    report.withdrawn += done.size();
    Result<void> settled = co_await store_.settle_withdrawals(std::move(done), clock_.now());
    co_return settled;
}

/// Where a mail lies now, by its Message-ID and then by its whole identity; nothing: nowhere.
Async<Result<std::optional<ItemKey>>> MailLogger::find_again(IntakeRow row) {
    std::optional<ItemKey> nowhere;
    if (row.raw_message_id.empty()) co_return nowhere;
    Result<std::vector<ItemKey>> keys = co_await source_.find_messages(row.raw_message_id);
    if (!keys) co_return std::unexpected(keys.error());
    if (keys->empty()) co_return nowhere;
    Messages messages = co_await source_.get_messages(*keys, false);
    if (messages.size() != keys->size())
        co_return fail(ErrorKind::CorruptReply,
                       "a read of messages answered another number than asked");
    for (std::size_t i = 0; i < messages.size(); ++i)
        if (messages[i] && mail::identify(*messages[i]) == row.decision.identity)
            co_return std::optional<ItemKey>(keys->at(i));
    co_return nowhere;
}

/// Logged mails that left their folder: their links follow them. Looked for at once, then after 1, 2,
/// 4, 8 and 16 days; then the CRM keeps what it has.
Async<Result<void>> MailLogger::find_lost(MailboxSpec spec, MailCycleReport& report) {
    Result<Batch> lost =
        co_await store_.lost_mail(spec.mailbox, clock_.now(), limits::lost_mail_batch);
    if (!lost) co_return std::unexpected(lost.error());
    for (const IntakeRow& row : *lost) {
        Result<std::optional<ItemKey>> found = co_await find_again(row);
        const bool cannot = !found && found.error().kind == ErrorKind::Unsupported;
        if (!found && !cannot && speaks_of_scope(found.error()))
            co_return std::unexpected(found.error());
        std::optional<ItemKey> key = found ? *found : std::nullopt;
        if (key) {
            Result<void> linked = co_await move_link(row.decision.identity, *key);
            if (!linked) co_return linked;
            ++report.found_again;
        }
        std::optional<Timestamp> again;
        const bool hopeless = cannot || row.raw_message_id.empty() ||
                              row.searches + 1 >= limits::lost_mail_searches_max;
        if (!key && !hopeless) again = clock_.now() + std::chrono::days(1 << row.searches);
        Result<void> recorded =
            co_await store_.record_search(row.id, std::move(key), again, clock_.now());
        if (!recorded) co_return recorded;
    }
    co_return Result<void>{};
}

}  // namespace liaison::daemon
