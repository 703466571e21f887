#pragma once
#include <boost/asio/any_io_executor.hpp>
#include <cstdint>
#include <memory>
#include <string>

#include "core/ports/byte_stream.hpp"

namespace liaison::net {

/// The accepting side of TCP and TLS. Inner tool of net: HttpServer is what others use.
class Listener {
public:
    struct Options {
        std::string address;
        std::uint16_t port = 0;
        std::string tls_certificate_file = {};
        std::string tls_private_key_file = {};
    };

    /// Binds and listens. InvalidRequest: bad address, certificate or key; Transient: the system refuses the address.
    static Result<std::unique_ptr<Listener>> open(boost::asio::any_io_executor executor, Options options);
    virtual ~Listener() = default;
    virtual std::uint16_t port() const = 0;
    /// The next connection, still plain. Cancelled after `close`; any other error concerns that connection or a
    /// shortage of the system: wait a moment and go on.
    virtual Async<Result<std::unique_ptr<ByteStream>>> accept() = 0;
    virtual bool serves_tls() const = 0;
    /// The server's half of a TLS handshake on an accepted stream.
    virtual Async<Result<std::unique_ptr<ByteStream>>> secure(std::unique_ptr<ByteStream> stream) = 0;
    virtual void close() = 0;
};

}  // namespace liaison::net
