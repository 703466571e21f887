#pragma once
#include <boost/asio/any_io_executor.hpp>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "core/async.hpp"
#include "core/http_message.hpp"
#include "core/ports/byte_stream.hpp"
#include "core/result.hpp"

namespace liaison::net {

/// Answers one request. Runs on the server's executor; may wait. What it throws becomes a 500 without detail.
/// Status 0 is for stand-ins that inject faults: the body's bytes go out as they are (none: nothing goes out) and the
/// connection is closed.
using HttpHandler = std::function<Async<HttpResponse>(HttpRequest)>;

struct HttpServerOptions {
    std::string address = "127.0.0.1";  ///< loopback unless the admin says otherwise
    std::uint16_t port = 0;             ///< 0: the system chooses, see HttpServer::port()
    std::size_t header_bytes_max = 64u << 10;
    std::size_t body_bytes_max = 64u << 20;
    std::size_t connections_max = 256;          ///< more are answered 503 and closed
    std::chrono::milliseconds idle_timeout{120'000};
    std::chrono::milliseconds request_timeout{60'000};  ///< to receive one whole request
    std::string tls_certificate_file = {};              ///< PEM chain; with the key: serve https
    std::string tls_private_key_file = {};
};

/// A small HTTP/1.1 server: keep-alive, limits, gzip when the caller accepts it (bodies over 1 KiB).
/// One thread: everything happens on `executor`.
class HttpServer {
public:
    /// Binds and listens at once, so that a port in use is an error here and now.
    static Result<std::unique_ptr<HttpServer>> listen(boost::asio::any_io_executor executor, HttpServerOptions options,
                                                      HttpHandler handler);
    virtual ~HttpServer() = default;
    virtual std::uint16_t port() const = 0;
    /// Stops accepting and closes idle connections; requests under way get their answer.
    virtual void stop() = 0;
};

/// Serves one already opened stream until it ends: the same loop without sockets (simulator, tests).
Async<void> serve_stream(std::unique_ptr<ByteStream> stream, HttpServerOptions options, HttpHandler handler);

}  // namespace liaison::net
