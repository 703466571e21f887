#include "service/api/router.hpp"

#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "net/run_loop.hpp"

namespace liaison::service {
namespace {

Async<HttpResponse> echo(ApiCall call) {
    std::string body = "{\"name\":\"" + (call.path.contains("name") ? call.path.at("name") : "") + "\"}";
    co_return json_response(200, std::move(body));
}

class RouterTest : public testing::Test {
protected:
    RouterTest() : router("secret-token", "0.1.0") {
        router.add({"GET", "/open", "open", "open to all", {}, "", R"({"type":"object"})", 200, {}, true, "application/json", echo});
        router.add({"GET", "/v1/things/{name}", "getThing", "one", {{"limit", "how many", "integer"}}, "", R"({"type":"object"})", 200,
                    {404}, false, "application/json", echo});
        router.add({"POST", "/v1/things/{name}/do", "doThing", "do it", {}, R"({"type":"object"})", R"({"type":"object"})", 202, {},
                    false, "application/json", echo});
    }
    HttpResponse ask(const std::string& method, const std::string& url, const std::string& token = "secret-token") {
        HttpRequest request;
        request.method = method;
        request.url = url;
        if (!token.empty()) request.fields.set("Authorization", "Bearer " + token);
        return net::run_to_end(loop, router.handle(std::move(request)));
    }
    net::RunLoop loop;
    Router router;
};

TEST_F(RouterTest, PathNamesAreDecoded) {
    EXPECT_EQ(ask("GET", "/v1/things/alice%40example.test").body, R"({"name":"alice@example.test"})");
}

TEST_F(RouterTest, WithoutTheTokenNothingShowsNotEvenWhatExists) {
    for (const char* token : {"", "wrong", "secret-toke", "secret-tokenx"}) {
        EXPECT_EQ(ask("GET", "/v1/things/a", token).status, 401) << token;
        EXPECT_EQ(ask("GET", "/v1/nothing", token).status, 401) << token;
        EXPECT_EQ(ask("DELETE", "/v1/things/a", token).status, 401) << token;
    }
    EXPECT_EQ(ask("GET", "/open", "").status, 200);
}

TEST_F(RouterTest, OtherMethodsAddressesAndParametersAreProblems) {
    const HttpResponse method = ask("DELETE", "/v1/things/a");
    EXPECT_EQ(method.status, 405);
    EXPECT_EQ(method.fields.get("Allow"), "GET");
    EXPECT_EQ(ask("GET", "/v1/nothing").status, 404);
    const HttpResponse query = ask("GET", "/v1/things/a?limitt=1");
    EXPECT_EQ(query.status, 400);
    EXPECT_EQ(query.fields.get("Content-Type"), "application/problem+json");
    EXPECT_EQ(query.fields.get("X-Content-Type-Options"), "nosniff");
    EXPECT_EQ(ask("GET", "/v1/things/a?limit=%zz").status, 400);
    EXPECT_EQ(ask("GET", "/v1/things/").status, 404);
}

TEST_F(RouterTest, OpenApiHoldsEveryRouteOfTheTable) {
    const auto document = boost::json::parse(router.openapi());
    const auto& paths = document.at("paths").as_object();
    EXPECT_EQ(paths.size(), router.routes().size());
    for (const ApiRoute& route : router.routes()) {
        const auto& operations = paths.at(route.pattern).as_object();
        EXPECT_EQ(operations.size(), 1u);
        EXPECT_TRUE(operations.begin()->value().at("responses").as_object().contains(std::to_string(route.success)));
    }
}

}  // namespace
}  // namespace liaison::service
