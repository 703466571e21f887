#pragma once
#include <functional>
#include <memory>
#include <string>

#include "core/async.hpp"
#include "core/http_message.hpp"
#include "core/result.hpp"
#include "net/http_server.hpp"
#include "sandbox/control_api.hpp"
#include "sandbox/ews_face.hpp"
#include "sandbox/faults.hpp"
#include "sandbox/graph/graph_face.hpp"
#include "sandbox/mailbox_store.hpp"
#include "sandbox/request_log.hpp"
#include "sandbox/token/token_authority.hpp"

namespace liaison::sandbox {

struct SandboxOptions {
    std::string data_dir;  ///< empty: in memory only
    std::uint64_t seed = 1;
    std::function<EpochMillis()> now;  ///< required
    std::string scheme = "http";       ///< of the links that the Graph face writes
};

/// The whole stand-in behind one HTTP handler: EWS, Graph, tokens, the control API and the page. A fresh one has
/// alice, bob, carol and svc (may impersonate) at example.test, password `sandbox`.
/// Single-threaded, like its store.
class Sandbox {
public:
    static Result<std::unique_ptr<Sandbox>> open(SandboxOptions options);

    MailboxStore& store() { return *store_; }
    Faults& faults() { return faults_; }
    RequestLog& requests() { return requests_; }
    TokenAuthority& tokens() { return tokens_; }
    GraphFace& graph() { return graph_; }

    /// A response with status 0 asks the server to cut the connection (net::HttpHandler). The
    /// sandbox must outlive it.
    Async<HttpResponse> answer(HttpRequest request);
    net::HttpHandler handler();
    /// What posts change notifications to subscribers; it must outlive the sandbox or be taken back
    /// (null). Without one no subscription can be made.
    /// `spawn` runs coroutines beside the caller (net::RunLoop::spawn).
    void set_notifier(HttpClient* client, std::function<void(Async<void>)> spawn = {}) {
        graph_.subscriptions().set_client(client, std::move(spawn));
    }

private:
    Sandbox(std::unique_ptr<MailboxStore> store, std::uint64_t seed, std::string scheme);
    Result<void> add_default_users();
    Async<HttpResponse> answer_face(HttpRequest request);

    std::unique_ptr<MailboxStore> store_;
    Faults faults_;
    RequestLog requests_;
    EwsFace ews_;
    TokenAuthority tokens_;
    GraphFace graph_;
    std::string scheme_;
    ControlApi control_;
};

}  // namespace liaison::sandbox
