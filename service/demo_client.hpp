#pragma once
#include <boost/json/value.hpp>
#include <memory>
#include <string>

#include "core/ports/http_client.hpp"
#include "core/result.hpp"
#include "net/http_client.hpp"
#include "net/run_loop.hpp"

namespace liaison::service {

/// Asks the demo's servers for JSON, one request at a time; blocks.
class DemoClient {
public:
    DemoClient();
    /// A status other than 2xx is an error with the problem's text.
    Result<boost::json::value> call(const std::string& method, const std::string& url,
                                    const std::string& body = {}, const std::string& token = {},
                                    std::chrono::milliseconds deadline = std::chrono::seconds(30));

private:
    net::RunLoop loop_;
    std::unique_ptr<StreamConnector> sockets_;
    std::unique_ptr<HttpClient> http_;
};

}  // namespace liaison::service
