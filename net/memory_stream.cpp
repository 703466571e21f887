#include "net/memory_stream.hpp"

#include "net/wake.hpp"

namespace liaison::net {

namespace {

/// One direction of a connection.
struct MemoryPipe {
    MemoryPipe(const boost::asio::any_io_executor& executor, std::size_t bytes_max)
        : capacity(bytes_max == 0 ? 1 : bytes_max), readable(executor), writable(executor) {}

    std::size_t waiting() const { return bytes.size() - offset; }

    std::string bytes;
    std::size_t offset = 0;
    std::size_t capacity;
    bool reader_closed = false;
    bool writer_closed = false;
    Wake readable;
    Wake writable;
};

using MemoryPipePtr = std::shared_ptr<MemoryPipe>;

std::string take_from_pipe(MemoryPipe& pipe, std::size_t bytes_max) {
    std::string out;
    if (pipe.offset == 0 && pipe.bytes.size() <= bytes_max) {
        out = std::move(pipe.bytes);
        pipe.bytes.clear();
    } else {
        out = pipe.bytes.substr(pipe.offset, bytes_max);
        pipe.offset += out.size();
    }
    if (pipe.offset == pipe.bytes.size()) {
        pipe.bytes.clear();
        pipe.offset = 0;
    } else if (pipe.offset > pipe.capacity) {
        pipe.bytes.erase(0, pipe.offset);
        pipe.offset = 0;
    }
    pipe.writable.notify();
    return out;
}

Async<Result<std::string>> read_pipe(MemoryPipePtr pipe, std::size_t bytes_max) {
    while (true) {
        if (pipe->reader_closed) co_return fail(ErrorKind::Cancelled, "the stream is closed");
        if (pipe->waiting() > 0) co_return take_from_pipe(*pipe, std::max<std::size_t>(bytes_max, 1));
        if (pipe->writer_closed) co_return std::string();
        co_await pipe->readable.wait();
    }
}

Async<Result<void>> write_pipe(MemoryPipePtr pipe, std::string bytes) {
    std::size_t written = 0;
    while (true) {
        if (pipe->writer_closed) co_return fail(ErrorKind::Cancelled, "the stream is closed");
        if (pipe->reader_closed) co_return fail(ErrorKind::Transient, "the other end is closed");
        if (written == bytes.size()) co_return Result<void>();
        std::size_t waiting = pipe->waiting();
        if (waiting < pipe->capacity) {
            std::size_t count = std::min(pipe->capacity - waiting, bytes.size() - written);
            pipe->bytes.append(bytes, written, count);
            written += count;
            pipe->readable.notify();
            if (written == bytes.size()) co_return Result<void>();
        }
        co_await pipe->writable.wait();
    }
}

class MemoryStream final : public ByteStream {
public:
    MemoryStream(MemoryPipePtr in, MemoryPipePtr out) : in_(std::move(in)), out_(std::move(out)) {}
    ~MemoryStream() override { shut(); }

    Async<Result<std::string>> read_some(std::size_t bytes_max) override { return read_pipe(in_, bytes_max); }
    Async<Result<void>> write_all(std::string bytes) override { return write_pipe(out_, std::move(bytes)); }
    void close() override { shut(); }

private:
    void shut() {
        in_->reader_closed = true;
        out_->writer_closed = true;
        for (Wake* wake : {&in_->readable, &in_->writable, &out_->readable, &out_->writable}) wake->notify();
    }

    MemoryPipePtr in_;
    MemoryPipePtr out_;
};

class MemoryConnector final : public StreamConnector {
public:
    MemoryConnector(boost::asio::any_io_executor executor, AcceptCallback accept)
        : executor_(std::move(executor)), accept_(std::move(accept)) {}

    Async<Result<std::unique_ptr<ByteStream>>> connect(std::string host, std::uint16_t port, bool tls) override {
        auto [client, server] = make_stream_pair(executor_);
        ConnectTarget target{std::move(host), port, tls};
        Result<void> accepted = accept_(std::move(target), std::move(server));
        if (!accepted) co_return std::unexpected(accepted.error());
        co_return std::move(client);
    }

    Async<Result<std::unique_ptr<ByteStream>>> start_tls(std::unique_ptr<ByteStream> stream, std::string) override {
        co_return std::move(stream);
    }

private:
    boost::asio::any_io_executor executor_;
    AcceptCallback accept_;
};

}  // namespace

std::pair<std::unique_ptr<ByteStream>, std::unique_ptr<ByteStream>> make_stream_pair(
    boost::asio::any_io_executor executor, std::size_t pipe_bytes) {
    auto there = std::make_shared<MemoryPipe>(executor, pipe_bytes);
    auto back = std::make_shared<MemoryPipe>(executor, pipe_bytes);
    return {std::make_unique<MemoryStream>(back, there), std::make_unique<MemoryStream>(there, back)};
}

std::unique_ptr<StreamConnector> make_memory_connector(boost::asio::any_io_executor executor, AcceptCallback accept) {
    return std::make_unique<MemoryConnector>(std::move(executor), std::move(accept));
}

}  // namespace liaison::net
