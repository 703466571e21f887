#pragma once
#include <memory>
#include <string>

#include "connectors/graph/graph_connector.hpp"
#include "core/ports/secret_store.hpp"
#include "net/auth/bearer_client.hpp"
#include "net/auth/client_credentials.hpp"
#include "net/http_client.hpp"
#include "net/memory_stream.hpp"
#include "net/run_loop.hpp"
#include "sandbox/sandbox.hpp"
#include "tests/conformance/mail_source_suite.hpp"
#include "tests/conformance/sync_endpoint_suite.hpp"

namespace liaison::conformance {

/// How the connector's requests reach the sandbox: as values, as bytes in memory, or over TCP.
enum class Wire { Handler, Memory, Socket };

/// The sandbox's Graph with alice, and an application that signs in at its token endpoint.
class SandboxGraph {
public:
    explicit SandboxGraph(Wire wire);
    ~SandboxGraph();

    graph::GraphSettings settings() const;
    HttpClient& http() { return *http_; }
    sandbox::Sandbox& sandbox() { return *sandbox_; }
    sandbox::MailboxStore& store() { return sandbox_->store(); }
    net::RunLoop& loop() { return loop_; }
    const Clock& clock() const { return clock_; }
    /// A client that signs in with another secret.
    std::unique_ptr<net::TokenSource> tokens_with(const std::string& secret_reference);
    HttpClient& plain() { return *plain_; }

private:
    /// The sandbox's clock, one second further at each look of the sandbox.
    class SharedClock final : public Clock {
    public:
        explicit SharedClock(const std::int64_t& now) : now_(now) {}
        Timestamp now() const override { return Timestamp(std::chrono::milliseconds(now_)); }
        Async<void> sleep_until(Timestamp) override { co_return; }

    private:
        const std::int64_t& now_;
    };
    class Numbers final : public Entropy {
    public:
        std::uint64_t next() override { return ++count_ * 0x9E3779B97F4A7C15; }

    private:
        std::uint64_t count_ = 0;
    };
    class Secrets final : public SecretStore {
    public:
        Result<std::string> get(std::string reference) override { return reference; }
    };

    net::RunLoop loop_;
    std::int64_t now_ = 1'795'593'600'000;  // 2026-11-25T08:00:00Z
    SharedClock clock_{now_};
    Numbers numbers_;
    Secrets secrets_;
    std::unique_ptr<sandbox::Sandbox> sandbox_;
    std::unique_ptr<net::HttpServer> server_;
    std::unique_ptr<StreamConnector> connector_;
    std::unique_ptr<HttpClient> plain_;
    std::unique_ptr<net::TokenSource> tokens_;
    std::unique_ptr<HttpClient> http_;
    std::string origin_ = "http://127.0.0.1:8480";
};

class GraphEndpointWorld final : public EndpointWorld {
public:
    explicit GraphEndpointWorld(Wire wire);
    net::RunLoop& loop() override { return graph_.loop(); }
    SyncEndpoint& endpoint() override { return *endpoint_; }
    SyncEndpoint& outsider() override { return *outsider_; }
    MailboxId mailbox() const override { return MailboxId("alice@example.test"); }
    bool expire_cursors(EntityKind kind) override;
    SandboxGraph& graph() { return graph_; }

private:
    SandboxGraph graph_;
    std::unique_ptr<SyncEndpoint> endpoint_;
    std::unique_ptr<SyncEndpoint> outsider_;
};

class GraphMailWorld final : public MailWorld {
public:
    explicit GraphMailWorld(Wire wire);
    net::RunLoop& loop() override { return graph_.loop(); }
    MailSource& source() override { return *source_; }
    void deliver(const std::string& folder_path, const std::string& eml) override;
    std::optional<std::size_t> sent_count() override { return graph_.store().sent().size(); }
    bool suppresses_receipts() const override { return false; }
    bool expire_cursors(const FolderId& folder) override;
    SandboxGraph& graph() { return graph_; }

private:
    SandboxGraph graph_;
    std::unique_ptr<MailSource> source_;
};

}  // namespace liaison::conformance
