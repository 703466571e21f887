#include "net/run_loop.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/system/system_error.hpp>
#include <atomic>
#include <csignal>
#include <optional>

namespace liaison::net {

namespace {
namespace asio = boost::asio;

void escaped(std::exception_ptr exception) {
    if (exception) std::rethrow_exception(exception);
}

/// Rethrows on the loop's own stack: RunLoop::run is noexcept in effect, so the program ends with the message of the
/// exception. The abort of a cancelled coroutine is no failure.
void escaped_unless_cancelled(std::exception_ptr exception) {
    if (!exception) return;
    try {
        std::rethrow_exception(exception);
    } catch (const boost::system::system_error& error) {
        if (error.code() != asio::error::operation_aborted) throw;
    }
}
}  // namespace

struct RunLoop::Parts {
    asio::io_context context{1};
    std::optional<asio::signal_set> signals;
    std::function<void(int)> on_signal;

    void wait_for_signal() {
        signals->async_wait([this](const boost::system::error_code& error, int number) {
            if (error || !on_signal) return;
            auto handler = on_signal;
            wait_for_signal();
            handler(number);
        });
    }

    void restart_if_spent() {
        if (context.stopped() && !stop_asked) context.restart();
    }
    std::atomic<bool> stop_asked{false};
};

RunLoop::RunLoop() : parts_(std::make_unique<Parts>()) {}
RunLoop::~RunLoop() = default;

boost::asio::any_io_executor RunLoop::executor() { return parts_->context.get_executor(); }

void RunLoop::run() {
    run_until([] { return false; });
}

void RunLoop::run_for(std::chrono::milliseconds duration) {
    [&]() noexcept {
        parts_->restart_if_spent();
        parts_->context.run_for(duration);
        parts_->stop_asked = false;
    }();
}

bool RunLoop::run_until(const std::function<bool()>& done) {
    // noexcept: what escapes from a spawned coroutine ends the program here (std::terminate).
    return [&]() noexcept {
        parts_->restart_if_spent();
        bool reached = done();
        while (!reached && parts_->context.run_one() > 0) reached = done();
        parts_->stop_asked = false;
        return reached;
    }();
}

void RunLoop::stop() {
    parts_->stop_asked = true;
    parts_->context.stop();
}

void RunLoop::spawn(Async<void> work) { asio::co_spawn(parts_->context, std::move(work), escaped); }

std::function<void()> RunLoop::spawn_cancellable(Async<void> work) {
    auto signal = std::make_shared<asio::cancellation_signal>();
    auto ended = [signal](std::exception_ptr exception) { escaped_unless_cancelled(exception); };
    asio::co_spawn(parts_->context, std::move(work),
                   asio::bind_cancellation_slot(signal->slot(), std::move(ended)));
    return [signal] { signal->emit(asio::cancellation_type::terminal); };
}

void RunLoop::post(std::function<void()> call) { asio::post(parts_->context, std::move(call)); }

void RunLoop::on_signal(std::function<void(int)> handler) {
    parts_->on_signal = std::move(handler);
    if (!parts_->on_signal) {
        parts_->signals.reset();
        return;
    }
    if (parts_->signals) return;
    parts_->signals.emplace(parts_->context, SIGINT, SIGTERM);
    parts_->wait_for_signal();
}

}  // namespace liaison::net
