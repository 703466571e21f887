#pragma once
#include <cstddef>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "core/async.hpp"
#include "core/ids.hpp"
#include "core/ports/clock.hpp"
#include "core/ports/event_log.hpp"
#include "core/result.hpp"

namespace liaison::daemon {

/// What people see of a mailbox.
struct MailboxStatus {
    MailboxId mailbox;
    bool paused = false;
    bool running = false;
    std::size_t cycles = 0;
    std::size_t failures_in_a_row = 0;
    std::optional<Timestamp> last_started, last_finished, last_success;
    Timestamp next_due{};
    std::optional<Error> last_error;
    bool quiet = false;  ///< the last cycle moved nothing: both sides agree
};

struct SchedulerOptions {
    std::chrono::milliseconds poll_interval{30'000};
    std::size_t parallel_max = 4;
    /// Longest wait between two looks at the due list: bounds how long `stop` can stay unseen.
    std::chrono::milliseconds tick{100};
};

/// Decides which mailbox is due; runs each at most once at a time. A waiting mailbox is a record in
/// an ordered set, not a coroutine. Notifications and people only make a mailbox due (`wake`); what
/// changed is for the feeds to say.
class Scheduler {
public:
    /// One cycle over a mailbox; true if it moved something.
    using Job = std::function<Async<Result<bool>>(MailboxId)>;
    /// Starts a coroutine on the control thread.
    using Spawn = std::function<void(Async<void>)>;

    Scheduler(SchedulerOptions options, Job job, Spawn spawn, Clock& clock, EventLog& log);

    void add(MailboxId mailbox, bool paused);
    /// False if there is no such mailbox.
    bool wake(const MailboxId& mailbox);
    bool set_paused(const MailboxId& mailbox, bool paused);
    std::vector<MailboxStatus> status() const;
    std::optional<MailboxStatus> status(const MailboxId& mailbox) const;
    /// Every mailbox that is not paused has run at least once and its last cycle moved nothing.
    bool quiescent() const;

    /// Until `stop`; then waits for what is running.
    Async<void> run();
    void stop() { stopping_ = true; }

private:
    Async<void> run_one(MailboxId mailbox);
    void start_due();
    void finish(MailboxStatus& status, const Result<bool>& result);
    void schedule(MailboxStatus& status, Timestamp due);

    SchedulerOptions options_;
    Job job_;
    Spawn spawn_;
    Clock& clock_;
    EventLog& log_;
    std::map<MailboxId, MailboxStatus> mailboxes_;
    std::set<std::pair<Timestamp, MailboxId>> due_;
    std::set<MailboxId> woken_;  ///< while running: run again at once
    std::size_t running_ = 0;
    bool started_ = false;
    bool stopping_ = false;
};

}  // namespace liaison::daemon
