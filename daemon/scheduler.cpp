#include "daemon/scheduler.hpp"

#include "core/limits.hpp"

namespace liaison::daemon {

namespace {

std::chrono::milliseconds scheduler_backoff(const Error& error, std::size_t failures) {
    const auto floor = std::chrono::duration_cast<std::chrono::milliseconds>(limits::backoff_min);
    const auto ceiling = std::chrono::duration_cast<std::chrono::milliseconds>(limits::backoff_max);
    auto wait = floor;
    for (std::size_t i = 1; i < failures && wait < ceiling; ++i) wait *= 2;
    if (error.retry_after) wait = std::max(wait, *error.retry_after);
    return std::min(std::max(wait, floor), std::max(ceiling, error.retry_after.value_or(ceiling)));
}

}  // namespace

Scheduler::Scheduler(SchedulerOptions options, Job job, Spawn spawn, Clock& clock, EventLog& log)
    : options_(options), job_(std::move(job)), spawn_(std::move(spawn)), clock_(clock), log_(log) {}

void Scheduler::add(MailboxId mailbox, bool paused) {
    MailboxStatus& status = mailboxes_[mailbox];
    status.mailbox = mailbox;
    status.paused = paused;
    if (!paused) schedule(status, clock_.now());
}

void Scheduler::schedule(MailboxStatus& status, Timestamp due) {
    due_.erase({status.next_due, status.mailbox});
    status.next_due = due;
    due_.insert({due, status.mailbox});
}

bool Scheduler::wake(const MailboxId& mailbox) {
    const auto found = mailboxes_.find(mailbox);
    if (found == mailboxes_.end()) return false;
    if (found->second.running)
        woken_.insert(mailbox);
    else if (!found->second.paused)
        schedule(found->second, clock_.now());
    start_due();
    return true;
}

bool Scheduler::set_paused(const MailboxId& mailbox, bool paused) {
    const auto found = mailboxes_.find(mailbox);
    if (found == mailboxes_.end()) return false;
    MailboxStatus& status = found->second;
    status.paused = paused;
    if (paused)
        due_.erase({status.next_due, mailbox});
    else if (!status.running)
        schedule(status, clock_.now());
    start_due();
    return true;
}

std::vector<MailboxStatus> Scheduler::status() const {
    std::vector<MailboxStatus> out;
    for (const auto& [id, status] : mailboxes_) out.push_back(status);
    return out;
}

std::optional<MailboxStatus> Scheduler::status(const MailboxId& mailbox) const {
    const auto found = mailboxes_.find(mailbox);
    if (found == mailboxes_.end()) return std::nullopt;
    return found->second;
}

bool Scheduler::quiescent() const {
    for (const auto& [id, status] : mailboxes_) {
        if (status.paused) continue;
        if (status.running || !status.quiet || status.last_error || !status.last_success) return false;
    }
    return true;
}

Async<void> Scheduler::run() {
    started_ = true;
    while (!stopping_) {
        start_due();
        Timestamp until = clock_.now() + options_.tick;
        if (running_ < options_.parallel_max && !due_.empty()) until = std::min(until, due_.begin()->first);
        co_await clock_.sleep_until(until);
    }
    while (running_ > 0) co_await clock_.sleep_until(clock_.now() + options_.tick);
}

void Scheduler::start_due() {
    if (!started_ || stopping_) return;
    const Timestamp now = clock_.now();
    while (running_ < options_.parallel_max && !due_.empty() && due_.begin()->first <= now) {
        const MailboxId mailbox = due_.begin()->second;
        due_.erase(due_.begin());
        MailboxStatus& status = mailboxes_.at(mailbox);
        status.running = true;
        status.last_started = now;
        ++running_;
        spawn_(run_one(mailbox));
    }
}

Async<void> Scheduler::run_one(MailboxId mailbox) {
    Result<bool> result = fail(ErrorKind::Internal, "the cycle ended by an exception");
    try {
        result = co_await job_(mailbox);
    } catch (const std::exception& e) {
        log_.write(LogLevel::Error, "cycle_exception", {{"mailbox", mailbox.str()}, {"what", e.what()}});
    }
    finish(mailboxes_.at(mailbox), result);
}

void Scheduler::finish(MailboxStatus& status, const Result<bool>& result) {
    --running_;
    status.running = false;
    ++status.cycles;
    const Timestamp now = clock_.now();
    status.last_finished = now;
    auto wait = options_.poll_interval;
    if (result) {
        status.last_error.reset();
        status.failures_in_a_row = 0;
        status.last_success = now;
        status.quiet = !*result;
        if (*result) wait = std::chrono::milliseconds(0);
    } else {
        status.last_error = result.error();
        status.quiet = false;
        ++status.failures_in_a_row;
        wait = std::max(wait, scheduler_backoff(result.error(), status.failures_in_a_row));
        log_.write(LogLevel::Warning, "cycle_failed",
                   {{"mailbox", status.mailbox.str()},
                    {"kind", std::string(to_string(result.error().kind))},
                    {"code", result.error().native_code},
                    {"message", result.error().message},
                    {"failures", std::to_string(status.failures_in_a_row)}});
    }
    // A wake during the run repeats it at once, but never jumps a back-off.
    if (woken_.erase(status.mailbox) > 0 && result) wait = std::chrono::milliseconds(0);
    if (!status.paused) schedule(status, now + wait);
    start_due();
}

}  // namespace liaison::daemon
