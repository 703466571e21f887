#include "core/ports/worker.hpp"

#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace liaison {

Async<void> run_on(Worker& worker, std::function<void()> job) {
    const auto executor = co_await boost::asio::this_coro::executor;
    auto initiate = [&worker, executor](auto handler, std::function<void()> work_item) {
        // The handler belongs to the control thread: it is moved into the posted function and never touched here.
        auto owned = std::make_shared<decltype(handler)>(std::move(handler));
        auto guard = boost::asio::make_work_guard(executor);
        worker.submit([owned = std::move(owned), guard = std::move(guard), work_item = std::move(work_item)]() mutable {
            work_item();
            const auto back = guard.get_executor();
            boost::asio::post(back, [owned = std::move(owned), guard = std::move(guard)]() mutable {
                auto resume = std::move(*owned);
                owned.reset();
                guard.reset();
                resume();
            });
        });
    };
    using Token = boost::asio::use_awaitable_t<>;
    Token token;
    co_await boost::asio::async_initiate<Token, void()>(std::move(initiate), token, std::move(job));
}

}  // namespace liaison
