#include "daemon/mailbox_cycle.hpp"

#include <optional>

namespace liaison::daemon {

/// A server that asks for a pause speaks of the mailbox, not of one folder; it holds over a
/// restart.
Async<Result<void>> MailboxCycle::pause(const std::vector<PairSpec>& pairs, Error error) {
    const Timestamp until = clock_.now() + *error.retry_after;
    for (const PairSpec& pair : pairs) {
        std::string why = error.message;
        Result<void> noted = co_await store_.set_not_before(pair.id, until, std::move(why));
        if (!noted) co_return noted;
    }
    co_return Result<void>{};
}

Async<Result<bool>> MailboxCycle::run(const std::vector<PairSpec>& pairs, MailboxSpec mail,
                                      RulesInForce rules) {
    bool moved = false;
    std::optional<Error> first;
    for (const PairSpec& pair : pairs) {
        Result<PairState> state = co_await store_.pair_state(pair.id);
        if (!state) co_return std::unexpected(state.error());
        if (const auto wait = state->not_before - clock_.now(); wait.count() > 0)
            co_return std::unexpected(
                Error{ErrorKind::Throttled, state->last_error, "not_before", wait});
        Result<CycleReport> report = co_await runner_.run_cycle(pair);
        if (!report && report.error().retry_after) {
            Error error = report.error();
            Result<void> paused = co_await pause(pairs, std::move(error));
            if (!paused) co_return std::unexpected(paused.error());
            co_return std::unexpected(report.error());
        }
        if (!report) {
            if (!first) first = report.error();
            std::string why = report.error().message;
            Result<void> noted =
                co_await store_.set_not_before(pair.id, clock_.now(), std::move(why));
            if (!noted) co_return std::unexpected(noted.error());
            continue;
        }
        moved = moved || report->moved();
    }
    Result<MailCycleReport> logged = co_await logger_.run_cycle(std::move(mail), std::move(rules));
    if (!logged && logged.error().retry_after) {
        Error error = logged.error();
        Result<void> paused = co_await pause(pairs, std::move(error));
        if (!paused) co_return std::unexpected(paused.error());
    }
    if (!logged && !first) first = logged.error();
    if (first) co_return std::unexpected(*first);
    co_return moved || logged->moved();
}

}  // namespace liaison::daemon
