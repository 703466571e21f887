#pragma once
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "core/ports/byte_stream.hpp"
#include "core/ports/http_client.hpp"
#include "net/http_client.hpp"
#include "net/http_server.hpp"
#include "net/memory_stream.hpp"
#include "net/run_loop.hpp"

namespace liaison::net::test {

using namespace std::chrono_literals;

/// Every stream that a test opened, counted from its birth to its death.
struct StreamCount {
    int opened = 0;
    int alive = 0;
};

/// Passes everything on and is counted.
class CountedStream final : public ByteStream {
public:
    CountedStream(std::unique_ptr<ByteStream> inner, std::shared_ptr<StreamCount> count)
        : inner_(std::move(inner)), count_(std::move(count)) {
        ++count_->opened;
        ++count_->alive;
    }
    ~CountedStream() override { --count_->alive; }
    Async<Result<std::string>> read_some(std::size_t bytes_max) override { return inner_->read_some(bytes_max); }
    Async<Result<void>> write_all(std::string bytes) override { return inner_->write_all(std::move(bytes)); }
    void close() override { inner_->close(); }

private:
    std::unique_ptr<ByteStream> inner_;
    std::shared_ptr<StreamCount> count_;
};

class CountingConnector final : public StreamConnector {
public:
    explicit CountingConnector(std::unique_ptr<StreamConnector> inner) : inner_(std::move(inner)) {}
    Async<Result<std::unique_ptr<ByteStream>>> connect(std::string host, std::uint16_t port, bool tls) override {
        auto stream = co_await inner_->connect(std::move(host), port, tls);
        if (!stream) co_return std::unexpected(stream.error());
        co_return std::make_unique<CountedStream>(std::move(*stream), count_);
    }
    const StreamCount& count() const { return *count_; }

private:
    std::unique_ptr<StreamConnector> inner_;
    std::shared_ptr<StreamCount> count_ = std::make_shared<StreamCount>();
};

/// What a test's server does with its n-th connection (from 0).
using Script = std::function<Async<void>(std::unique_ptr<ByteStream> stream, int number)>;

/// A server made of scripts, reached through memory.
struct ScriptedServer {
    ScriptedServer(RunLoop& loop, Script script_run)
        : script(std::move(script_run)), connector(make_memory_connector(loop.executor(), [this, &loop](
                                              ConnectTarget target, std::unique_ptr<ByteStream> stream) {
              targets.push_back(target);
              loop.spawn(script(std::move(stream), static_cast<int>(targets.size()) - 1));
              return Result<void>();
          })) {}

    Script script;
    std::vector<ConnectTarget> targets;
    CountingConnector connector;
};

/// Reads from `stream` until `end` has arrived; gives back everything, or what came before the stream ended.
inline Async<std::string> read_through(ByteStream& stream, std::string end) {
    std::string all;
    while (all.find(end) == std::string::npos) {
        auto bytes = co_await stream.read_some(4096);
        if (!bytes || bytes->empty()) break;
        all += *bytes;
    }
    co_return all;
}

inline Async<Result<HttpResponse>> get(HttpClient& client, std::string url, HttpLimits limits = {}) {
    HttpRequest request;
    request.url = std::move(url);
    return client.send(std::move(request), limits);
}

inline Async<Result<HttpResponse>> post(HttpClient& client, std::string url, std::string body, HttpLimits limits = {}) {
    HttpRequest request;
    request.method = "POST";
    request.url = std::move(url);
    request.body = std::move(body);
    return client.send(std::move(request), limits);
}

/// A handler that says what it was asked: "METHOD target body".
inline Async<HttpResponse> echo(HttpRequest request) {
    HttpResponse response;
    response.fields.set("Content-Type", "text/plain");
    response.body = request.method + " " + request.url + " " + request.body;
    co_return response;
}

}  // namespace liaison::net::test
