#include "tests/sim/stream_faults.hpp"

#include <gtest/gtest.h>

#include "net/http_client.hpp"
#include "net/http_server.hpp"
#include "net/memory_stream.hpp"
#include "tests/sim/loop.hpp"

namespace liaison::sim {
namespace {

/// A client and a server in virtual time, and the faulty network between them.
class Network : public testing::Test {
protected:
    void start(FaultId only, std::uint64_t seed) {
        dice.emplace(FaultDice::Options{.seed = seed, .budget = 1'000, .only = only});
        watch.emplace(*dice);
        faults.emplace(*dice, *watch);
        auto inner = net::make_memory_connector(
            loop.executor(kWorld), [this](net::ConnectTarget, std::unique_ptr<ByteStream> end) {
                net::HttpServerOptions options;
                net::HttpHandler handler = [this](HttpRequest request) {
                    return serve(std::move(request));
                };
                loop.spawn(kWorld, net::serve_stream(std::move(end), options, handler));
                return Result<void>();
            });
        connector = faults->wrap(std::move(inner));
        client = net::make_pooled_client(loop.executor(kWorld), *connector, net::PoolOptions());
    }
    Async<HttpResponse> serve(HttpRequest request) {
        served.push_back(request.body);
        HttpResponse response;
        response.fields.set("Content-Type", "text/xml");
        response.body =
            "<answer to=\"" + request.body + "\">" + std::string(300, 'x') + "</answer>";
        co_return response;
    }
    /// What the client gets for a CreateItem with this mark in it.
    Result<HttpResponse> send(const std::string& mark) {
        HttpRequest request;
        request.method = "POST";
        request.url = "http://exchange.example/EWS/Exchange.asmx";
        request.fields.set("X-AnchorMailbox", "m1@example.test");
        request.body = "<s:Body><m:CreateItem><!--" + mark + "--></m:CreateItem></s:Body>";
        std::optional<Result<HttpResponse>> out;
        loop.spawn(kWorld, keep(std::move(request), &out));
        while (!out && loop.step()) {
        }
        return out ? std::move(*out) : Result<HttpResponse>(fail(ErrorKind::Internal, "no end"));
    }
    Async<void> keep(HttpRequest request, std::optional<Result<HttpResponse>>* out) {
        HttpLimits limits;
        auto answer = co_await client->send(std::move(request), limits);
        out->emplace(std::move(answer));
    }
    struct Counts {
        std::size_t good = 0, failed = 0, wrong = 0;
    };
    /// Sends until the fault has struck `strikes` times.
    Counts send_until(FaultId id, std::uint64_t strikes) {
        Counts out;
        for (int i = 0; dice->count(id).fired < strikes && i < 5'000; ++i) {
            const std::string mark = "n" + std::to_string(i) + "!";
            const auto answer = send(mark);
            const bool whole = answer && answer->body.ends_with("</answer>");
            if (whole && answer->body.find(mark) != std::string::npos)
                ++out.good;
            else
                ++(answer ? out.wrong : out.failed);
        }
        return out;
    }
    ~Network() override {
        client.reset();
        loop.kill(kWorld);
    }

    Loop loop{1, *parse_timestamp("2026-11-25T08:00:00Z")};
    std::vector<std::string> served;
    std::optional<FaultDice> dice;
    std::optional<FeltWatch> watch;
    std::optional<StreamFaults> faults;
    std::unique_ptr<StreamConnector> connector;
    std::unique_ptr<HttpClient> client;
};

TEST_F(Network, AnAnswerIsLostAfterTheServerDidTheWork) {
    std::size_t told = 0;
    start(FaultId::CreateAnswerLost, 1);
    faults->on_answer_lost = [&](const SeenRequest& request) {
        told += request.operation == "CreateItem" && request.mailbox == "m1@example.test";
    };
    const Counts counts = send_until(FaultId::CreateAnswerLost, 10);
    EXPECT_EQ(counts.failed, 10u);
    EXPECT_EQ(counts.wrong, 0u);
    EXPECT_EQ(served.size(), counts.good + 10);
    EXPECT_EQ(told, 10u);
}

TEST_F(Network, ARequestIsLostBeforeTheServerSeesIt) {
    start(FaultId::RequestLost, 2);
    const Counts counts = send_until(FaultId::RequestLost, 10);
    EXPECT_EQ(counts.failed, 10u);
    EXPECT_EQ(served.size(), counts.good);
}

TEST_F(Network, ATruncatedReplyFailsOrIsVisiblyNoWholeOne) {
    start(FaultId::TruncatedReply, 3);
    const Counts counts = send_until(FaultId::TruncatedReply, 30);
    EXPECT_GT(counts.failed, 10u);
    EXPECT_GT(counts.wrong, 0u) << "without Content-Length the client cannot know";
    EXPECT_EQ(counts.failed + counts.wrong, 30u);
}

TEST_F(Network, AnotherRequestsReplyIsDelivered) {
    start(FaultId::ForeignReply, 4);
    const Counts counts = send_until(FaultId::ForeignReply, 30);
    EXPECT_GT(counts.wrong, 5u);
    EXPECT_EQ(served.size(), counts.good + counts.wrong + counts.failed);
}

TEST_F(Network, ASlowServerMeetsTheDeadline) {
    start(FaultId::SlowBytes, 5);
    const Timestamp before = loop.now();
    const Counts counts = send_until(FaultId::SlowBytes, 6);
    EXPECT_EQ(counts.failed, 6u);
    EXPECT_GE(loop.now() - before, std::chrono::seconds(6 * 60));
}

TEST_F(Network, APageOfAProxyAndAnErrorOfAGateway) {
    start(FaultId::HtmlInstead, 6);
    EXPECT_EQ(send_until(FaultId::HtmlInstead, 10).wrong, 10u);
}

TEST_F(Network, DeadAddressesAreLeftAfterAWhile) {
    start(FaultId::DeadAddress, 7);
    Result<HttpResponse> answer = fail(ErrorKind::Internal, "not asked");
    std::size_t refused = 0;
    for (int i = 0; i < 200 && refused < 3; ++i) {
        client = net::make_pooled_client(loop.executor(kWorld), *connector, net::PoolOptions());
        answer = send("x");
        if (!answer) {
            EXPECT_EQ(answer.error().kind, ErrorKind::Transient);
            ++refused;
        }
    }
    EXPECT_GE(refused, 3u);
    for (int i = 0; i < 20 && !answer; ++i) answer = send("y");
    EXPECT_TRUE(answer);
}

TEST_F(Network, TheRequestThatIsSentAgainIsFelt) {
    start(FaultId::CreateAnswerLost, 8);
    while (dice->count(FaultId::CreateAnswerLost).fired == 0) (void)send("same");
    EXPECT_EQ(dice->count(FaultId::CreateAnswerLost).felt, 0u);
    (void)send("same");
    EXPECT_EQ(dice->count(FaultId::CreateAnswerLost).felt, 1u);
}

}  // namespace
}  // namespace liaison::sim
