#pragma once
#include <vector>

#include "core/async.hpp"
#include "core/ports/clock.hpp"
#include "core/ports/sync_store.hpp"
#include "core/result.hpp"
#include "daemon/mail_logger.hpp"
#include "daemon/sync_runner.hpp"
#include "rules/rule_set.hpp"

namespace liaison::daemon {

/// One turn of one mailbox: its pairs in their order, then its mail. A scope that fails does not keep the others from
/// their turn; the first failure is reported. A pause that a server asked for ends the turn, is stored for the whole
/// mailbox and holds over a restart.
class MailboxCycle {
public:
    /// All references must outlive the object.
    MailboxCycle(SyncRunner& runner, MailLogger& logger, SyncStore& store, Clock& clock)
        : runner_(runner), logger_(logger), store_(store), clock_(clock) {}

    /// True if something moved: another turn should follow at once. The vector must outlive the call.
    Async<Result<bool>> run(const std::vector<PairSpec>& pairs, MailboxSpec mail, RulesInForce rules);
    Async<Result<bool>> run(const std::vector<PairSpec>& pairs, MailboxSpec mail, rules::RuleSet rules) {
        return run(pairs, std::move(mail), [rules = std::move(rules)] { return rules; });
    }

private:
    Async<Result<void>> pause(const std::vector<PairSpec>& pairs, Error error);

    SyncRunner& runner_;
    MailLogger& logger_;
    SyncStore& store_;
    Clock& clock_;
};

}  // namespace liaison::daemon
