#include <gtest/gtest.h>

#include "net/http_client.hpp"
#include "net/run_loop.hpp"
#include "net/url.hpp"
#include "tests/sandbox/graph_lab.hpp"

namespace liaison::sandbox {
namespace {

namespace json = boost::json;

/// A subscriber that keeps what it got; `status` is what it answers to notifications.
struct Subscriber {
    int status = 202;
    bool validates = true;
    std::vector<json::object> notices;
    std::size_t posts = 0;

    Async<HttpResponse> answer(HttpRequest request) {
        HttpResponse out;
        const std::size_t mark = request.url.find("validationToken=");
        if (mark != std::string::npos) {
            out.fields.set("Content-Type", "text/plain");
            out.body = validates ? *net::percent_decode(request.url.substr(mark + 16)) : "no";
            co_return out;
        }
        ++posts;
        out.status = status;
        const json::value body = json::parse(request.body);
        if (status < 300) {
            for (const json::value& one : body.at("value").as_array())
                notices.push_back(one.as_object());
        }
        co_return out;
    }
};

struct SubscriptionLab {
    GraphLab graph;
    Subscriber subscriber;
    net::RunLoop loop;
    std::unique_ptr<HttpClient> client = net::make_handler_client(
        [this](HttpRequest request) { return subscriber.answer(std::move(request)); });

    SubscriptionLab() { graph.sandbox().set_notifier(client.get()); }
    ~SubscriptionLab() { graph.sandbox().set_notifier(nullptr); }

    GraphLab::Got post(std::string body) {
        return send("POST", "/v1.0/subscriptions", std::move(body));
    }
    GraphLab::Got send(std::string method, std::string url, std::string body) {
        HttpRequest request;
        request.method = std::move(method);
        request.url = std::move(url);
        request.fields.set("Authorization", "Bearer " + graph.token);
        request.fields.set("Host", "127.0.0.1:8480");
        request.fields.set("Content-Type", "application/json");
        request.body = std::move(body);
        Answer answer =
            net::run_to_end(loop, graph.sandbox().graph().answer(std::move(request), "http"));
        GraphLab::Got out;
        out.status = answer.response.status;
        out.text = answer.response.body;
        boost::system::error_code error;
        json::value parsed = json::parse(out.text, error);
        if (!error) out.body = std::move(parsed);
        return out;
    }
    std::size_t deliver() {
        SubscriptionHub& hub = graph.sandbox().graph().subscriptions();
        hub.collect();
        return net::run_to_end(loop, hub.deliver_due());
    }
    static std::string wanted(std::string expires = "2027-01-16T00:00:00Z",
                              std::string resource = "users/alice@example.test/contacts") {
        return json::serialize(
            json::object{{"changeType", "created,updated,deleted"},
                         {"notificationUrl", "https://d.example.test/n"},
                         {"lifecycleNotificationUrl", "https://d.example.test/l"},
                         {"resource", resource},
                         {"expirationDateTime", expires},
                         {"clientState", "secret"}});
    }
    using SubscriptionHub = graph::SubscriptionHub;
};

TEST(GraphSubscriptions, AreMadeOnlyAfterTheSubscriberGaveTheTokenBack) {
    SubscriptionLab lab;
    lab.subscriber.validates = false;
    EXPECT_EQ(lab.post(SubscriptionLab::wanted()).code(), "ValidationError");
    lab.subscriber.validates = true;
    const auto made = lab.post(SubscriptionLab::wanted());
    ASSERT_EQ(made.status, 201) << made.text;
    EXPECT_EQ(made.text_at("clientState"), "secret");
    lab.graph.sandbox().set_notifier(nullptr);
    EXPECT_EQ(lab.post(SubscriptionLab::wanted()).code(), "ValidationError");
}

TEST(GraphSubscriptions, TellOfChangesByWhicheverFace) {
    SubscriptionLab lab;
    const auto subscription = lab.post(SubscriptionLab::wanted());
    const auto made = lab.graph.post("contacts", R"({"givenName":"Ann"})");
    lab.graph.ews(R"(<m:CreateItem><m:Items><t:Contact><t:GivenName>Ben</t:GivenName></t:Contact>)"
                  R"(</m:Items></m:CreateItem>)");
    lab.graph.post("events", R"({"start":{"dateTime":"2027-03-01T09:00:00","timeZone":"UTC"},)"
                             R"("end":{"dateTime":"2027-03-01T10:00:00","timeZone":"UTC"}})");
    EXPECT_EQ(lab.deliver(), 0u);
    ASSERT_EQ(lab.subscriber.notices.size(), 2u);
    const json::object& first = lab.subscriber.notices[0];
    EXPECT_EQ(first.at("changeType"), "created");
    EXPECT_EQ(first.at("clientState"), "secret");
    EXPECT_EQ(first.at("subscriptionId").as_string(), subscription.text_at("id"));
    EXPECT_EQ(first.at("resourceData").at("id").as_string(), made.text_at("id"));
    lab.graph.erase("contacts/" + made.text_at("id"));
    lab.deliver();
    EXPECT_EQ(lab.subscriber.notices.back().at("changeType"), "deleted");
    EXPECT_EQ(lab.send("DELETE", "/v1.0/subscriptions/" + subscription.text_at("id"), "").status,
              204);
    lab.graph.post("contacts", R"({"givenName":"Cid"})");
    lab.deliver();
    EXPECT_EQ(lab.subscriber.notices.size(), 3u);
}

TEST(GraphSubscriptions, AreDeliveredAgainUntilFourHoursThenMissed) {
    SubscriptionLab lab;
    lab.post(SubscriptionLab::wanted());
    lab.subscriber.status = 503;
    lab.graph.post("contacts", R"({"givenName":"Ann"})");
    EXPECT_EQ(lab.deliver(), 1u);
    EXPECT_EQ(lab.deliver(), 1u);
    EXPECT_EQ(lab.subscriber.posts, 1u) << "not due yet";
    lab.graph.pass(60'000);
    lab.subscriber.status = 202;
    EXPECT_EQ(lab.deliver(), 0u);
    EXPECT_EQ(lab.subscriber.notices.size(), 1u);
    lab.subscriber.status = 500;
    lab.graph.post("contacts", R"({"givenName":"Ben"})");
    for (int minutes = 0; minutes < 600; minutes += 10) {
        lab.deliver();
        lab.graph.pass(600'000);
        if (minutes > 560) lab.subscriber.status = 202;
    }
    lab.deliver();
    ASSERT_EQ(lab.subscriber.notices.size(), 2u);
    EXPECT_EQ(lab.subscriber.notices[1].at("lifecycleEvent"), "missed");
}

TEST(GraphSubscriptions, LiveAsLongAsTheDocumentationAllows) {
    SubscriptionLab lab;
    EXPECT_EQ(lab.post(SubscriptionLab::wanted("2027-01-10T00:00:00Z")).status, 400);
    EXPECT_EQ(lab.post(SubscriptionLab::wanted("2027-01-25T00:00:00Z")).code(), "ExtensionError");
    const auto soon = lab.post(SubscriptionLab::wanted("2027-01-15T08:01:00Z"));
    ASSERT_EQ(soon.status, 201) << soon.text;
    EXPECT_EQ(soon.text_at("expirationDateTime"), "2027-01-15T08:45:00Z");
    const std::string one = "/v1.0/subscriptions/" + soon.text_at("id");
    const auto renewed = lab.send("PATCH", one, R"({"expirationDateTime":"2027-01-15T10:00:00Z"})");
    EXPECT_EQ(renewed.text_at("expirationDateTime"), "2027-01-15T10:00:00Z") << renewed.text;
    lab.graph.pass(3 * 3'600'000);
    lab.deliver();
    lab.graph.sign_in();
    EXPECT_EQ(lab.send("GET", one, "").status, 404);
    EXPECT_EQ(
        lab.post(SubscriptionLab::wanted("2027-01-16T00:00:00Z", "users/nobody/contacts")).status,
        404);
    EXPECT_EQ(
        lab.post(SubscriptionLab::wanted("2027-01-16T00:00:00Z", "users/alice@example.test/photos"))
            .code(),
        "ExtensionError");
}

TEST(GraphSubscriptions, LifecycleEventsGoToTheirOwnAddress) {
    SubscriptionLab lab;
    const auto made = lab.post(SubscriptionLab::wanted());
    auto& hub = lab.graph.sandbox().graph().subscriptions();
    ASSERT_TRUE(hub.raise(made.text_at("id"), "reauthorizationRequired"));
    ASSERT_TRUE(hub.raise(made.text_at("id"), "subscriptionRemoved"));
    EXPECT_FALSE(hub.raise(made.text_at("id"), "missed")) << "it is gone";
    lab.deliver();
    ASSERT_EQ(lab.subscriber.notices.size(), 2u);
    EXPECT_EQ(lab.subscriber.notices[1].at("lifecycleEvent"), "subscriptionRemoved");
}

}  // namespace
}  // namespace liaison::sandbox
