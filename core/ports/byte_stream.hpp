#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "core/async.hpp"
#include "core/result.hpp"

namespace liaison {

/// A duplex stream of bytes: a socket, a TLS session or a pipe in the simulator's memory. One reader and one writer at
/// a time. Dropping the object closes it.
class ByteStream {
public:
    virtual ~ByteStream() = default;
    /// At least one byte, at most `bytes_max`; an empty string is the end of the stream.
    virtual Async<Result<std::string>> read_some(std::size_t bytes_max) = 0;
    /// Everything or an error; after an error any part may have been sent.
    virtual Async<Result<void>> write_all(std::string bytes) = 0;
    /// Idempotent; pending operations end with Cancelled.
    virtual void close() = 0;
};

/// Opens streams to servers. `tls` asks for TLS with full chain and host name verification.
class StreamConnector {
public:
    virtual ~StreamConnector() = default;
    virtual Async<Result<std::unique_ptr<ByteStream>>> connect(std::string host, std::uint16_t port, bool tls) = 0;
    /// TLS with `host` over a plain stream that this connector opened: behind a proxy's tunnel. Unsupported unless the
    /// connector can.
    virtual Async<Result<std::unique_ptr<ByteStream>>> start_tls(std::unique_ptr<ByteStream> stream, std::string host) {
        stream->close();
        co_return fail(ErrorKind::Unsupported, "no TLS inside a tunnel: " + host);
    }
};

}  // namespace liaison
