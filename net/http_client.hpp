#pragma once
#include <boost/asio/any_io_executor.hpp>
#include <chrono>
#include <memory>
#include <string>

#include "core/ports/byte_stream.hpp"
#include "core/ports/http_client.hpp"
#include "net/http_server.hpp"

namespace liaison::net {

struct PoolOptions {
    std::size_t connections_per_host_max = 8;
    std::chrono::milliseconds idle_timeout{30'000};  ///< an idle connection older than this is not used again
    std::string user_agent = "Liaison/0.1";
    std::string proxy_url = {};  ///< http://[user:password@]host:port; https goes through CONNECT
    bool accept_gzip = true;
};

/// TCP and TLS by Asio and OpenSSL. TLS 1.2 or later, chain and host name verified; `private_ca_file` (PEM) is
/// trusted in addition to the system's store when `pin_private_ca` is false, instead of it when true. There is no
/// other switch. On Windows the system's store is not read (OpenSSL's default paths are): give a file there.
struct TlsTrust {
    std::string private_ca_file = {};
    bool pin_private_ca = false;
};

std::unique_ptr<StreamConnector> make_socket_connector(boost::asio::any_io_executor executor, TlsTrust trust);

/// Keep-alive pool over any StreamConnector. A request that failed on a reused connection before the first byte of an
/// answer is `Unanswered` like any other unless its method is GET or HEAD, which is sent once more.
/// `executor` must be the one on which `send` is awaited. `connector` must outlive the client.
std::unique_ptr<HttpClient> make_pooled_client(boost::asio::any_io_executor executor, StreamConnector& connector,
                                               PoolOptions options);

/// HttpClient straight into a handler, no bytes: for tests of connectors.
std::unique_ptr<HttpClient> make_handler_client(HttpHandler handler);

}  // namespace liaison::net
