#include "service/system_ports.hpp"

#include <openssl/rand.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>

#include "net/deadline.hpp"

namespace liaison::service {

Timestamp SystemClock::now() const {
    return std::chrono::time_point_cast<std::chrono::milliseconds>(std::chrono::system_clock::now());
}

Async<void> SystemClock::sleep_until(Timestamp when) {
    const auto wait = std::max(when - now(), std::chrono::milliseconds(0));
    co_await net::sleep_for(wait);
}

std::uint64_t SystemEntropy::next() {
    std::uint64_t value = 0;
    if (RAND_bytes(reinterpret_cast<unsigned char*>(&value), sizeof value) != 1)
        throw std::runtime_error("the system's random generator failed");
    return value;
}

WorkerThread::WorkerThread() : thread_([this] { loop(); }) {}

WorkerThread::~WorkerThread() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    wake_.notify_one();
    thread_.join();
}

void WorkerThread::submit(std::function<void()> job) {
    {
        const std::lock_guard lock(mutex_);
        jobs_.push_back(std::move(job));
    }
    wake_.notify_one();
}

void WorkerThread::loop() {
    while (true) {
        std::function<void()> job;
        {
            std::unique_lock lock(mutex_);
            wake_.wait(lock, [this] { return stopping_ || !jobs_.empty(); });
            if (jobs_.empty()) return;
            job = std::move(jobs_.front());
            jobs_.pop_front();
        }
        job();
    }
}

namespace {

Result<std::string> secret_from_file(const std::string& path, const std::string& reference) {
    std::ifstream in(path, std::ios::binary);
    if (!in || std::filesystem::is_directory(path))
        return fail(ErrorKind::NotFound, "the secret " + reference + " cannot be read");
    std::string text((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
    while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.pop_back();
    if (text.empty()) return fail(ErrorKind::NotFound, "the secret " + reference + " is empty");
    return text;
}

}  // namespace

Result<std::string> ReferenceSecrets::get(std::string reference) {
    const auto after = [&](std::string_view prefix) { return reference.substr(prefix.size()); };
    if (reference.starts_with("file:")) return secret_from_file(after("file:"), reference);
    if (reference.starts_with("env:")) {
        const char* value = std::getenv(after("env:").c_str());
        if (!value || !*value) return fail(ErrorKind::NotFound, "the secret " + reference + " is not set");
        return std::string(value);
    }
    if (reference.starts_with("credential:")) {
        const char* directory = std::getenv("CREDENTIALS_DIRECTORY");
        const std::string name = after("credential:");
        if (!directory || name.find('/') != std::string::npos)
            return fail(ErrorKind::NotFound, "the secret " + reference + " needs a unit with LoadCredential=");
        return secret_from_file(std::string(directory) + "/" + name, reference);
    }
    return fail(ErrorKind::InvalidRequest, "a secret is named by file:, env: or credential:");
}

}  // namespace liaison::service
