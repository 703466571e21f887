#pragma once
#include <boost/asio/any_io_executor.hpp>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/ports/byte_stream.hpp"
#include "net/wake.hpp"

/// The keep-alive pool under make_pooled_client. Inner tool of net.
///
/// No connection can leak: a Slot and a ConnectionLease are objects of the coroutine that uses them. Whatever way
/// it ends (return, exception, cancellation, destruction) their destructors close the connection and hand the slot
/// on; only an explicit `keep` after a flawless exchange puts a connection back.
namespace liaison::net {

/// A connection and the one coroutine that reads from it. It always has a read under way, also while idle, so that a
/// server that closes, or that talks without being asked, is noticed before the next request is sent.
class PooledConnection : public std::enable_shared_from_this<PooledConnection> {
public:
    PooledConnection(const boost::asio::any_io_executor& executor, std::unique_ptr<ByteStream> stream);

    /// Starts the reading coroutine; call once.
    void start();
    Async<Result<void>> write(std::string bytes);
    /// The next bytes; an empty string is the end of the stream. For one caller at a time.
    Async<Result<std::string>> next();
    /// Nothing unread, not ended, not closed.
    bool pristine() const { return !arrived_ && !closed_; }
    bool has_arrived() const { return arrived_.has_value(); }
    void close();
    /// From now on bytes or the end close the connection, and so does `timeout`.
    void rest(std::chrono::milliseconds timeout);
    /// Ends the rest. False if the connection is no longer usable.
    bool rouse();

private:
    Async<void> read_on(std::shared_ptr<PooledConnection> self);

    boost::asio::any_io_executor executor_;
    std::unique_ptr<ByteStream> stream_;
    std::optional<Result<std::string>> arrived_;
    Wake has_arrived_;
    Wake was_taken_;
    Timer idle_timer_;
    bool idle_ = false;
    bool closed_ = false;
};

using PooledConnectionPtr = std::shared_ptr<PooledConnection>;

class Pool {
public:
    Pool(boost::asio::any_io_executor executor, std::size_t per_host_max, std::chrono::milliseconds idle_timeout)
        : executor_(std::move(executor)), per_host_max_(per_host_max == 0 ? 1 : per_host_max),
          idle_timeout_(idle_timeout) {}

    const boost::asio::any_io_executor& executor() const { return executor_; }
    /// Closes what is idle; what is under way is closed when its exchange ends.
    void shut();

private:
    friend class Slot;
    struct Ticket {
        explicit Ticket(const boost::asio::any_io_executor& executor) : wake(executor) {}
        bool granted = false;
        Wake wake;
    };
    struct Host {
        std::size_t used = 0;
        std::deque<Ticket*> waiting;
        std::vector<PooledConnectionPtr> idle;
    };

    void forget_if_empty(const std::string& key);

    boost::asio::any_io_executor executor_;
    std::size_t per_host_max_;
    std::chrono::milliseconds idle_timeout_;
    std::map<std::string, Host> hosts_;
    bool shut_ = false;
};

/// The right to have one connection to a host in use. Waits in line, first come first served.
class Slot {
public:
    Slot(std::shared_ptr<Pool> pool, std::string key);
    ~Slot();
    Slot(const Slot&) = delete;
    Slot& operator=(const Slot&) = delete;

    /// Returns when the right is granted.
    Async<void> granted();
    /// An idle connection that is still good, or null.
    PooledConnectionPtr take_idle();
    void keep(PooledConnectionPtr connection);

private:
    std::shared_ptr<Pool> pool_;
    std::string key_;
    std::unique_ptr<Pool::Ticket> ticket_;
};

/// Closes the connection at the end of its life unless `keep` was called.
class ConnectionLease {
public:
    explicit ConnectionLease(PooledConnectionPtr connection) : connection_(std::move(connection)) {}
    ~ConnectionLease() {
        if (connection_) connection_->close();
    }
    ConnectionLease(const ConnectionLease&) = delete;
    ConnectionLease& operator=(const ConnectionLease&) = delete;
    PooledConnection* operator->() const { return connection_.get(); }
    void keep(Slot& slot) { slot.keep(std::exchange(connection_, nullptr)); }

private:
    PooledConnectionPtr connection_;
};

}  // namespace liaison::net
