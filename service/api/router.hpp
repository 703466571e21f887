#pragma once
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "core/async.hpp"
#include "core/http_message.hpp"
#include "core/result.hpp"

namespace liaison::service {

/// What a handler gets: the decoded `{names}` of the path, the query, the request.
struct ApiCall {
    HttpRequest request;
    std::map<std::string, std::string> path;
    std::map<std::string, std::string> query;

    /// A whole number from the query within bounds, or `otherwise`; Error when it is malformed.
    Result<std::int64_t> number(const std::string& name, std::int64_t otherwise, std::int64_t min,
                                std::int64_t max) const;
};

struct ApiParameter {
    std::string name;
    std::string description;
    std::string type = "string";  ///< string, integer, boolean
};

/// One row of the route table: dispatch, documentation and tests all read it.
struct ApiRoute {
    std::string method;
    std::string pattern;  ///< "/v1/mailboxes/{mailbox}"
    std::string operation_id;
    std::string summary;
    std::vector<ApiParameter> query = {};
    std::string request_schema = {};   ///< JSON Schema text; empty: no body
    std::string response_schema = {};  ///< JSON Schema text of the 200/202 body; empty: no content
    int success = 200;
    std::vector<int> failures = {};  ///< documented problems beside 400, 401, 404, 405
    bool open = false;               ///< needs no token
    std::string response_type = "application/json";
    std::function<Async<HttpResponse>(ApiCall)> handler = {};
};

/// Answers management requests by the table. Every answer carries `nosniff` and no CORS header;
/// errors are RFC 9457 problems without internals.
class Router {
public:
    /// `token`: what callers send as `Authorization: Bearer ...`; compared in constant time.
    Router(std::string token, std::string version);
    void add(ApiRoute route);
    Async<HttpResponse> handle(HttpRequest request);
    /// OpenAPI 3.1 made from the table.
    std::string openapi() const;
    const std::vector<ApiRoute>& routes() const { return routes_; }

private:
    std::string token_;
    std::string version_;
    std::vector<ApiRoute> routes_;
};

HttpResponse json_response(int status, std::string body);
HttpResponse problem(int status, std::string_view title, std::string_view detail);
/// The status that fits an Error's kind.
HttpResponse problem(const Error& error);

}  // namespace liaison::service
