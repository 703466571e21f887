#pragma once
#include <memory>
#include <string>

#include "connectors/ews/ews_connector.hpp"
#include "net/http_client.hpp"
#include "net/run_loop.hpp"
#include "sandbox/ews_face.hpp"
#include "tests/conformance/mail_source_suite.hpp"
#include "tests/conformance/sync_endpoint_suite.hpp"
#include "tests/support/test_ports.hpp"

namespace liaison::conformance {

/// The sandbox's Exchange in memory, with alice, and a service account that impersonates her.
class SandboxExchange {
public:
    SandboxExchange();
    ews::EwsSettings settings(bool impersonated) const;
    HttpClient& http() { return *http_; }
    sandbox::MailboxStore& store() { return *store_; }
    sandbox::Faults& faults() { return faults_; }
    net::RunLoop& loop() { return loop_; }
    /// Liaison's own clock; it stands still until it is moved.
    test::ManualClock& clock() { return clock_; }

private:
    net::RunLoop loop_;
    test::ManualClock clock_;
    std::int64_t now_ = 1'795'593'600'000;  // 2026-11-25T08:00:00Z
    std::unique_ptr<sandbox::MailboxStore> store_;
    sandbox::Faults faults_;
    std::unique_ptr<sandbox::EwsFace> face_;
    std::unique_ptr<HttpClient> http_;
};

class EwsEndpointWorld final : public EndpointWorld {
public:
    EwsEndpointWorld();
    net::RunLoop& loop() override { return exchange_.loop(); }
    SyncEndpoint& endpoint() override { return *endpoint_; }
    SyncEndpoint& outsider() override { return *outsider_; }
    MailboxId mailbox() const override { return MailboxId("alice@example.test"); }
    bool expire_cursors(EntityKind kind) override;
    /// Exchange draws a UID for an appointment that came without one.
    bool echoes(EntityKind, Field field) const override { return field != Field::ICalUid; }
    SandboxExchange& exchange() { return exchange_; }

private:
    SandboxExchange exchange_;
    std::unique_ptr<SyncEndpoint> endpoint_;
    std::unique_ptr<SyncEndpoint> outsider_;
};

class EwsMailWorld final : public MailWorld {
public:
    EwsMailWorld();
    net::RunLoop& loop() override { return exchange_.loop(); }
    MailSource& source() override { return *source_; }
    void deliver(const std::string& folder_path, const std::string& eml) override;
    bool expire_cursors(const FolderId& folder) override;
    bool delete_folder(const FolderId& folder) override;
    std::string shared_mailbox() override;
    void deliver_shared(const std::string& eml) override;
    bool has_public_folders() override { return true; }
    void deliver_public(const std::string& eml) override;
    std::optional<std::size_t> sent_count() override { return exchange_.store().sent().size(); }

private:
    SandboxExchange exchange_;
    std::unique_ptr<MailSource> source_;
};

}  // namespace liaison::conformance
