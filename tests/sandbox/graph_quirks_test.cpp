#include <gtest/gtest.h>

#include "net/run_loop.hpp"
#include "tests/sandbox/graph_lab.hpp"

namespace liaison::sandbox {
namespace {

namespace json = boost::json;

constexpr const char* contacts_delta = "contactFolders/contacts/contacts/delta";

void make_contacts(GraphLab& lab, int count) {
    for (int n = 0; n < count; ++n)
        lab.post("contacts", "{\"givenName\":\"n" + std::to_string(n) + "\"}");
}

struct Round {
    std::vector<std::string> ids;
    std::size_t pages = 0;
    std::size_t empty_pages = 0;
    std::string delta_link;
};

Round read_round(GraphLab& lab, std::string link) {
    Round out;
    while (!link.empty() && out.pages < 50) {
        const auto page = lab.get(link, {"Prefer: odata.maxpagesize=2"});
        ++out.pages;
        if (page.values().empty()) ++out.empty_pages;
        for (const json::value& one : page.values()) out.ids.emplace_back(one.at("id").as_string());
        out.delta_link = page.text_at("@odata.deltaLink");
        link = page.text_at("@odata.nextLink");
    }
    return out;
}

TEST(GraphQuirks, EmptyPagesStillLeadOn) {
    GraphLab lab;
    make_contacts(lab, 4);
    lab.sandbox().graph().quirks().empty_delta_pages = true;
    const Round round = read_round(lab, contacts_delta);
    EXPECT_EQ(round.ids.size(), 4u);
    EXPECT_GE(round.empty_pages, 2u);
    EXPECT_FALSE(round.delta_link.empty());
}

TEST(GraphQuirks, PagesMayRepeatAnItem) {
    GraphLab lab;
    make_contacts(lab, 4);
    lab.sandbox().graph().quirks().replay_delta_items = true;
    const Round round = read_round(lab, contacts_delta);
    EXPECT_GT(round.ids.size(), 4u);
    EXPECT_EQ(std::set<std::string>(round.ids.begin(), round.ids.end()).size(), 4u);
}

TEST(GraphQuirks, StateIsLostAtTheStartOrInTheMiddle) {
    GraphLab lab;
    make_contacts(lab, 4);
    lab.sandbox().graph().quirks().lose_sync_first = 1;
    EXPECT_EQ(lab.get(contacts_delta).code(), "SyncStateNotFound");
    const auto page = lab.get(contacts_delta, {"Prefer: odata.maxpagesize=2"});
    EXPECT_EQ(page.status, 200);
    lab.sandbox().graph().quirks().lose_sync_middle = 1;
    const std::string next = page.text_at("@odata.nextLink");
    EXPECT_EQ(lab.get(next).status, 410);
    EXPECT_EQ(lab.get(next).status, 200);
    lab.sandbox().graph().quirks().lose_sync_middle = 1;
    lab.sandbox().graph().quirks().resync_required = true;
    const auto resync = lab.get(next);
    EXPECT_EQ(resync.code(), "resyncRequired");
    EXPECT_EQ(lab.get(std::string(resync.fields.get("Location"))).status, 200);
}

TEST(GraphQuirks, ThrottlingNamesItsWaitAlsoInFractions) {
    GraphLab lab;
    auto& quirks = lab.sandbox().graph().quirks();
    quirks.throttle = 2;
    quirks.throttle_seconds_milli = 1'500;
    EXPECT_EQ(lab.get("contacts").fields.get("Retry-After"), "2");
    quirks.fractional_retry_after = true;
    const auto fraction = lab.get("contacts");
    EXPECT_EQ(fraction.status, 429);
    EXPECT_EQ(fraction.fields.get("Retry-After"), "1.5");
    EXPECT_EQ(lab.get("contacts").status, 200);
    quirks.throttle_batch_parts = 1;
    const auto batch = lab.post(
        "/$batch",
        R"({"requests":[{"id":"1","method":"GET","url":"/users/alice@example.test/contacts"},)"
        R"({"id":"2","method":"GET","url":"/users/alice@example.test/contacts"}]})");
    EXPECT_EQ(batch.status, 200);
    std::size_t throttled = 0;
    for (const json::value& one : batch.object().at("responses").as_array())
        throttled += one.at("status").as_int64() == 429 ? 1 : 0;
    EXPECT_EQ(throttled, 1u);
}

TEST(GraphQuirks, AFifthParallelRequestOfAMailboxIsRefused) {
    GraphLab lab;
    Fault slow;
    slow.kind = FaultKind::Slow;
    slow.milliseconds = 20;
    slow.times = 0;
    ASSERT_TRUE(lab.sandbox().faults().add(slow));
    net::RunLoop loop;
    std::vector<int> statuses;
    for (int n = 0; n < 5; ++n) {
        loop.spawn([](GraphLab* at, std::vector<int>* out) -> Async<void> {
            HttpRequest request;
            request.url = "/v1.0/users/alice@example.test/contacts";
            request.fields.set("Authorization", "Bearer " + at->token);
            request.fields.set("Host", "127.0.0.1");
            HttpResponse response = co_await at->sandbox().answer(std::move(request));
            out->push_back(response.status);
        }(&lab, &statuses));
    }
    loop.run();
    ASSERT_EQ(statuses.size(), 5u);
    EXPECT_EQ(std::count(statuses.begin(), statuses.end(), 200), 4);
    EXPECT_EQ(std::count(statuses.begin(), statuses.end(), 429), 1);
}

TEST(GraphQuirks, AreSwitchedByTheControlApi) {
    GraphLab lab;
    net::RunLoop loop;
    const auto control = [&](std::string method, std::string path, std::string body) {
        HttpRequest request;
        request.method = std::move(method);
        request.url = "/sandbox/graph/" + path;
        request.fields.set("Host", "127.0.0.1");
        request.body = std::move(body);
        return net::run_to_end(loop, lab.sandbox().answer(std::move(request)));
    };
    EXPECT_EQ(control("PATCH", "quirks", R"({"throttle":1})").status, 200);
    EXPECT_EQ(lab.get("contacts").status, 429);
    EXPECT_EQ(control("PATCH", "quirks", R"({"nonsense":1})").status, 400);
    EXPECT_EQ(control("POST", "apps",
                      R"({"client_id":"reader","secrets":["s"],"roles":["Contacts.Read"],)"
                      R"("mailboxes":["bob@example.test"]})")
                  .status,
              200);
    lab.token = lab.ask_token(
                       "grant_type=client_credentials&client_id=reader&client_secret=s&"
                       "scope=https://graph.microsoft.com/.default")
                    .text_at("access_token");
    EXPECT_EQ(lab.get("contacts").code(), "ErrorAccessDenied") << "out of the app's scope";
    EXPECT_EQ(lab.get("/users/bob@example.test/contacts").status, 200);
    EXPECT_EQ(lab.post("/users/bob@example.test/contacts", R"({"givenName":"x"})").status, 403);
    EXPECT_EQ(lab.get("/users/bob@example.test/messages").status, 403);
}

TEST(GraphQuirks, FaultsOfTheSandboxStrikeGraphToo) {
    GraphLab lab;
    Fault fault;
    fault.kind = FaultKind::DropAfterCommit;
    fault.operation = "graph:POST contacts";
    ASSERT_TRUE(lab.sandbox().faults().add(fault));
    EXPECT_EQ(lab.post("contacts", R"({"givenName":"x"})").status, 0);
    EXPECT_EQ(lab.get("contacts").values().size(), 1u) << "it was carried out";
    fault.kind = FaultKind::ServerBusy;
    fault.operation = "*";
    fault.milliseconds = 3'000;
    ASSERT_TRUE(lab.sandbox().faults().add(fault));
    const auto busy = lab.get("contacts");
    EXPECT_EQ(busy.status, 429);
    EXPECT_EQ(busy.fields.get("Retry-After"), "3");
    fault.kind = FaultKind::InvalidSyncState;
    ASSERT_TRUE(lab.sandbox().faults().add(fault));
    EXPECT_EQ(lab.get(contacts_delta).status, 410);
}

}  // namespace
}  // namespace liaison::sandbox
