#pragma once
#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "core/ports/clock.hpp"
#include "core/ports/event_log.hpp"
#include "core/ports/secret_store.hpp"
#include "core/ports/worker.hpp"

namespace liaison::service {

/// The machine's clock.
class SystemClock final : public Clock {
public:
    Timestamp now() const override;
    Async<void> sleep_until(Timestamp when) override;
};

/// OpenSSL's generator.
class SystemEntropy final : public Entropy {
public:
    std::uint64_t next() override;
};

/// One thread for one database. The destructor finishes what was submitted.
class WorkerThread final : public Worker {
public:
    WorkerThread();
    ~WorkerThread() override;
    void submit(std::function<void()> job) override;

private:
    void loop();
    std::mutex mutex_;
    std::condition_variable wake_;
    std::deque<std::function<void()>> jobs_;
    bool stopping_ = false;
    std::thread thread_;
};

/// file:, env: and credential: references (systemd: the file of that name in $CREDENTIALS_DIRECTORY).
class ReferenceSecrets final : public SecretStore {
public:
    Result<std::string> get(std::string reference) override;
};

/// spdlog: one line per event, text or JSON. `file` empty: standard error.
std::unique_ptr<EventLog> make_event_log(const std::string& level, const std::string& format, const std::string& file);

}  // namespace liaison::service
