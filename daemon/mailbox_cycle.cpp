#include "daemon/mailbox_cycle.hpp"

#include <optional>

namespace liaison::daemon {

Async<Result<bool>> MailboxCycle::run(const std::vector<PairSpec>& pairs, MailboxSpec mail, rules::RuleSet rules) {
    bool moved = false;
    std::optional<Error> first;
    for (const PairSpec& pair : pairs) {
        Result<PairState> state = co_await store_.pair_state(pair.id);
        if (!state) co_return std::unexpected(state.error());
        if (const auto wait = state->not_before - clock_.now(); wait.count() > 0) {
            if (!first) first = Error{ErrorKind::Throttled, state->last_error, "not_before", wait};
            continue;
        }
        Result<CycleReport> report = co_await runner_.run_cycle(pair);
        if (!report) {
            if (!first) first = report.error();
            const Timestamp until = clock_.now() + report.error().retry_after.value_or(std::chrono::milliseconds(0));
            std::string why = report.error().message;
            Result<void> noted = co_await store_.set_not_before(pair.id, until, std::move(why));
            if (!noted) co_return std::unexpected(noted.error());
            continue;
        }
        moved = moved || report->moved();
    }
    Result<MailCycleReport> logged = co_await logger_.run_cycle(std::move(mail), std::move(rules));
    if (!logged && !first) first = logged.error();
    if (first) co_return std::unexpected(*first);
    co_return moved || logged->moved();
}

}  // namespace liaison::daemon
