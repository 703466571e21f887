#pragma once
#include <memory>
#include <string>

#include "core/async.hpp"
#include "core/http_message.hpp"
#include "core/result.hpp"
#include "net/run_loop.hpp"
#include "service/config.hpp"

namespace liaison::service {

/// What a composed application is for: the service, or answering about the data directory while the
/// service is stopped; then no mailbox is opened and nothing is asked of Exchange.
enum class Purpose { Service, Desk };

/// The whole service, wired from a configuration. compose.cpp is the only file that names concrete adapters.
class Application {
public:
    /// Opens stores, CRM, secrets and the API's socket; starts nothing yet. A failure says what and where.
    static Result<std::unique_ptr<Application>> compose(net::RunLoop& loop, Config config,
                                                        Purpose purpose = Purpose::Service);
    virtual ~Application() = default;

    /// Runs until `stop`: scheduler and API.
    virtual Async<Result<void>> run() = 0;
    virtual void stop() = 0;
    /// Where the API listens: http://127.0.0.1:8420, empty when it is disabled.
    virtual std::string api_url() const = 0;
    /// What the next cycle would do, for every mailbox and kind, as text for a terminal; nothing is done.
    virtual Async<Result<std::string>> describe_plans() = 0;
    /// Answers a request of the management API about mail, without a server and without a token.
    virtual Async<HttpResponse> answer(HttpRequest request) = 0;
};

/// Version of the program, as `liaison --version` and the API tell it.
std::string_view program_version();

}  // namespace liaison::service
