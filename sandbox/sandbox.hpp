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
#include "sandbox/mailbox_store.hpp"
#include "sandbox/request_log.hpp"

namespace liaison::sandbox {

struct SandboxOptions {
    std::string data_dir;  ///< empty: in memory only
    std::uint64_t seed = 1;
    std::function<EpochMillis()> now;  ///< required
};

/// The whole stand-in behind one HTTP handler: EWS, the control API and the page. A fresh one has
/// alice, bob, carol and svc (may impersonate) at example.test, password `sandbox`.
/// Single-threaded, like its store.
class Sandbox {
public:
    static Result<std::unique_ptr<Sandbox>> open(SandboxOptions options);

    MailboxStore& store() { return *store_; }
    Faults& faults() { return faults_; }
    RequestLog& requests() { return requests_; }

    /// A response with status 0 asks the server to cut the connection (net::HttpHandler). The
    /// sandbox must outlive it.
    Async<HttpResponse> answer(HttpRequest request);
    net::HttpHandler handler();

private:
    Sandbox(std::unique_ptr<MailboxStore> store, std::uint64_t seed);
    Result<void> add_default_users();

    std::unique_ptr<MailboxStore> store_;
    Faults faults_;
    RequestLog requests_;
    EwsFace ews_;
    ControlApi control_;
};

}  // namespace liaison::sandbox
