#pragma once
#include <boost/asio/any_io_executor.hpp>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "core/ports/byte_stream.hpp"

namespace liaison::net {

constexpr std::size_t kMemoryPipeBytes = 256u << 10;

/// Two ends of one connection in memory: what one writes the other reads. Everything happens on `executor`, in an order
/// that depends on nothing else. A writer waits while the other side has `pipe_bytes` or more to read. When one end is
/// closed the other reads what is left and then the end of the stream; its writes fail as Transient.
std::pair<std::unique_ptr<ByteStream>, std::unique_ptr<ByteStream>> make_stream_pair(
    boost::asio::any_io_executor executor, std::size_t pipe_bytes = kMemoryPipeBytes);

struct ConnectTarget {
    std::string host;
    std::uint16_t port = 0;
    bool tls = false;  ///< asked for; the bytes in memory are plain all the same
};

/// Takes the server's end of a new connection and serves it (it spawns serve_stream). An error refuses the connection:
/// `connect` returns it.
using AcceptCallback = std::function<Result<void>(ConnectTarget target, std::unique_ptr<ByteStream> server_end)>;

/// Connections that never leave the process. `start_tls` gives the stream back as it is.
std::unique_ptr<StreamConnector> make_memory_connector(boost::asio::any_io_executor executor, AcceptCallback accept);

}  // namespace liaison::net
