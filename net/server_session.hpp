#pragma once
#include <boost/asio/any_io_executor.hpp>
#include <memory>

#include "net/http_codec.hpp"
#include "net/http_server.hpp"
#include "net/timer.hpp"

namespace liaison::net {

/// One connection of the server and the loop that serves it. Inner tool of net.
class ServerSession : public std::enable_shared_from_this<ServerSession> {
public:
    ServerSession(const boost::asio::any_io_executor& executor, std::unique_ptr<ByteStream> stream,
                  std::shared_ptr<const HttpServerOptions> options, std::shared_ptr<const HttpHandler> handler);

    /// Requests one after the other, in the order of the wire, until the connection ends.
    Async<void> run();
    /// Lets the request under way finish; a connection that waits for one is closed now.
    void stop();
    void close();
    /// Says why and closes; the sender may hear it even if it is still talking.
    Async<void> refuse(int status);

private:
    enum class Received { Request, Refused, TimedOut, Ended };

    Async<Received> receive();
    Async<Received> receive_rest();
    Async<void> read_until_settled(std::shared_ptr<DecodeState> state);
    /// False when the connection cannot go on.
    Async<bool> respond(HttpRequest request);
    Async<HttpResponse> call(HttpRequest request);
    Async<bool> write(WireMessage message);
    /// Closes the connection if the current step takes longer.
    void watch(std::chrono::milliseconds duration);
    void unwatch() { watchdog_.cancel(); }

    std::unique_ptr<ByteStream> stream_;
    std::shared_ptr<const HttpServerOptions> options_;
    std::shared_ptr<const HttpHandler> handler_;
    RequestDecoder decoder_;
    Timer watchdog_;
    bool idle_ = false;
    bool stopping_ = false;
    bool continued_ = false;
};

}  // namespace liaison::net
