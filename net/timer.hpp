#pragma once
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/cancellation_type.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <utility>

namespace liaison::net {

/// Time that does not pass by itself: what the simulator waits with.
class VirtualTime {
public:
    struct Wait {
        boost::asio::any_io_executor executor;  ///< where `complete` is to run
        std::move_only_function<void(boost::system::error_code)> complete;
    };
    virtual ~VirtualTime() = default;
    /// Completes `wait` when `after` has passed; without a value only by `cancel`. Answers a
    /// number, never 0.
    virtual std::uint64_t add(std::optional<std::chrono::milliseconds> after, Wait wait) = 0;
    /// Completes the wait with operation_aborted; a number that is done with is ignored.
    virtual void cancel(std::uint64_t number) = 0;
};

/// The service by which an execution context says that its time is virtual. Timers on its executors
/// wait there; on any other context they are Asio's own.
class VirtualTimeService final : public boost::asio::execution_context::service {
public:
    static inline boost::asio::execution_context::id id;
    explicit VirtualTimeService(boost::asio::execution_context& context,
                                VirtualTime* its_time = nullptr)
        : service(context), time(its_time) {}
    VirtualTime* const time;

private:
    void shutdown() override {}
};

/// What net waits with: one wait at a time. Begins as a wait without end.
class Timer {
public:
    explicit Timer(const boost::asio::any_io_executor& executor) : executor_(executor) {
        auto& context = boost::asio::query(executor, boost::asio::execution::context);
        if (boost::asio::has_service<VirtualTimeService>(context))
            virtual_ = boost::asio::use_service<VirtualTimeService>(context).time;
        else
            steady_.emplace(executor, boost::asio::steady_timer::time_point::max());
    }
    ~Timer() { cancel(); }
    Timer(const Timer&) = delete;
    Timer& operator=(const Timer&) = delete;

    /// Ends a wait under way with operation_aborted.
    void expires_after(std::chrono::milliseconds duration) {
        cancel();
        after_ = duration;
        if (steady_) steady_->expires_after(duration);
    }
    void cancel() {
        if (steady_) steady_->cancel();
        if (number_ != 0) virtual_->cancel(std::exchange(number_, 0));
    }
    /// Signature of the completion: void(error_code).
    template <class Token>
    auto async_wait(Token&& token) {
        return boost::asio::async_initiate<Token, void(boost::system::error_code)>(
            [this](auto handler) { this->start(std::move(handler)); }, token);
    }

private:
    template <class Handler>
    void start(Handler handler) {
        if (steady_) {
            steady_->async_wait(std::move(handler));
            return;
        }
        VirtualTime::Wait wait;
        wait.executor = boost::asio::get_associated_executor(handler, executor_);
        auto slot = boost::asio::get_associated_cancellation_slot(handler);
        wait.complete = [done = std::move(handler)](boost::system::error_code error) mutable {
            std::move(done)(error);
        };
        number_ = virtual_->add(after_, std::move(wait));
        if (slot.is_connected())
            slot.assign([time = virtual_, number = number_](boost::asio::cancellation_type type) {
                if (type != boost::asio::cancellation_type::none) time->cancel(number);
            });
    }

    boost::asio::any_io_executor executor_;
    std::optional<boost::asio::steady_timer> steady_;
    VirtualTime* virtual_ = nullptr;
    std::optional<std::chrono::milliseconds> after_;
    std::uint64_t number_ = 0;
};

}  // namespace liaison::net
