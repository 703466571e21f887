#pragma once
#include <vector>

#include "core/operation.hpp"
#include "daemon/sync_runner.hpp"

namespace liaison::daemon {

/// Sends queued operations and settles their outcomes.
class OutboxWorker {
public:
    OutboxWorker(SyncEndpoint& crm, SyncEndpoint& exchange, SyncStore& store, Clock& clock,
                 EventLog& log);

    /// Looks up what became of operations that were sent and never answered (crash, lost reply).
    Async<Result<void>> confirm_unanswered(PairSpec pair);
    /// Sends everything that is due. An error of the scope (throttled, no right, no connection)
    /// ends it; the rest stays queued.
    Async<Result<CycleReport>> drain(PairSpec pair);

private:
    Async<Result<std::optional<Observation>>> look_up(PairSpec pair, Operation operation);
    Async<std::vector<Outcome>> send(PairSpec pair, std::vector<Operation> batch);
    SyncEndpoint& endpoint(Side side) { return side == Side::Crm ? crm_ : exchange_; }

    SyncEndpoint& crm_;
    SyncEndpoint& exchange_;
    SyncStore& store_;
    Clock& clock_;
    EventLog& log_;
};

}  // namespace liaison::daemon
