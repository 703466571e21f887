#include "net/pool.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

namespace liaison::net {

namespace {
constexpr std::size_t kPoolReadBytes = 64 * 1024;
}

PooledConnection::PooledConnection(const boost::asio::any_io_executor& executor, std::unique_ptr<ByteStream> stream)
    : executor_(executor), stream_(std::move(stream)), has_arrived_(executor), was_taken_(executor),
      idle_timer_(executor) {}

void PooledConnection::start() {
    boost::asio::co_spawn(executor_, read_on(shared_from_this()), boost::asio::detached);
}

Async<Result<void>> PooledConnection::write(std::string bytes) { return stream_->write_all(std::move(bytes)); }

/// One read ahead and no more: the next read begins when the last one was taken, so a fast server cannot fill memory.
Async<void> PooledConnection::read_on(std::shared_ptr<PooledConnection> self) {
    while (!self->closed_) {
        Result<std::string> bytes = co_await self->stream_->read_some(kPoolReadBytes);
        bool ended = !bytes || bytes->empty();
        self->arrived_.emplace(std::move(bytes));
        self->has_arrived_.notify();
        if (self->idle_) self->close();
        if (ended) co_return;
        while (self->arrived_ && !self->closed_) co_await self->was_taken_.wait();
    }
}

Async<Result<std::string>> PooledConnection::next() {
    auto self = shared_from_this();
    while (!self->arrived_) {
        if (self->closed_) co_return fail(ErrorKind::Cancelled, "the connection is closed");
        co_await self->has_arrived_.wait();
    }
    Result<std::string> bytes = std::move(*self->arrived_);
    bool ended = !bytes || bytes->empty();
    if (!ended) {
        self->arrived_.reset();
        self->was_taken_.notify();
    }
    co_return bytes;
}

void PooledConnection::close() {
    closed_ = true;
    idle_timer_.cancel();
    stream_->close();
    has_arrived_.notify();
    was_taken_.notify();
}

void PooledConnection::rest(std::chrono::milliseconds timeout) {
    idle_ = true;
    idle_timer_.expires_after(timeout);
    idle_timer_.async_wait([weak = weak_from_this()](const boost::system::error_code& error) {
        auto self = weak.lock();
        if (!error && self && self->idle_) self->close();
    });
}

bool PooledConnection::rouse() {
    idle_ = false;
    idle_timer_.cancel();
    return pristine();
}

void Pool::shut() {
    shut_ = true;
    for (auto& [key, host] : hosts_) {
        for (const auto& connection : host.idle) connection->close();
        host.idle.clear();
    }
}

void Pool::forget_if_empty(const std::string& key) {
    auto found = hosts_.find(key);
    if (found == hosts_.end()) return;
    const Host& host = found->second;
    if (host.used == 0 && host.waiting.empty() && host.idle.empty()) hosts_.erase(found);
}

Slot::Slot(std::shared_ptr<Pool> pool, std::string key)
    : pool_(std::move(pool)), key_(std::move(key)), ticket_(std::make_unique<Pool::Ticket>(pool_->executor_)) {
    Pool::Host& host = pool_->hosts_[key_];
    if (host.used < pool_->per_host_max_) {
        ++host.used;
        ticket_->granted = true;
    } else {
        host.waiting.push_back(ticket_.get());
    }
}

Slot::~Slot() {
    Pool::Host& host = pool_->hosts_[key_];
    if (!ticket_->granted) {
        std::erase(host.waiting, ticket_.get());
    } else if (host.waiting.empty()) {
        --host.used;
    } else {
        Pool::Ticket* next = host.waiting.front();
        host.waiting.pop_front();
        next->granted = true;
        next->wake.notify();
    }
    pool_->forget_if_empty(key_);
}

Async<void> Slot::granted() {
    while (!ticket_->granted) co_await ticket_->wake.wait();
}

PooledConnectionPtr Slot::take_idle() {
    auto& idle = pool_->hosts_[key_].idle;
    while (!idle.empty()) {
        PooledConnectionPtr connection = std::move(idle.back());  // the one used last: it is the most alive
        idle.pop_back();
        if (connection->rouse()) return connection;
        connection->close();
    }
    return nullptr;
}

void Slot::keep(PooledConnectionPtr connection) {
    auto& idle = pool_->hosts_[key_].idle;
    std::erase_if(idle, [](const PooledConnectionPtr& other) { return !other->pristine(); });
    if (pool_->shut_ || !connection->pristine()) {
        connection->close();
        return;
    }
    connection->rest(pool_->idle_timeout_);
    idle.push_back(std::move(connection));
}

}  // namespace liaison::net
