#include "sandbox/control_api.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <boost/json.hpp>
#include <filesystem>
#include <fstream>

#include "net/url.hpp"

namespace liaison::sandbox {
namespace {

namespace json = boost::json;

class ControlApiTest : public testing::Test {
protected:
    ControlApiTest() {
        store_ = MailboxStore::open(StoreOptions{"", 7, [this] { return now_; }}).value();
        EXPECT_TRUE(store_->add_user(User{"alice@example.test", "Alice", "sandbox", false}));
        api_ = std::make_unique<ControlApi>(*store_, faults_, log_);
    }
    json::value send(const std::string& method, const std::string& url, const std::string& body,
                     int status) {
        HttpRequest request{method, url, {}, body};
        request.fields.set("Host", "127.0.0.1:8080");
        const HttpResponse response = api_->handle(request);
        EXPECT_EQ(response.status, status) << method << ' ' << url << '\n' << response.body;
        const bool is_problem = response.fields.get("Content-Type") == "application/problem+json";
        EXPECT_EQ(is_problem, status >= 400);
        return json::parse(response.body);
    }
    json::value get(const std::string& path, int status = 200) {
        return send("GET", path, "", status);
    }
    json::value box(const std::string& method, const std::string& rest, const json::value& body,
                    int status) {
        return send(method, "/sandbox/mailboxes/alice%40example.test/" + rest,
                    json::serialize(body), status);
    }
    static std::string text(const json::value& value, const char* name) {
        return std::string(value.at(name).as_string());
    }

    EpochMillis now_ = 1772529300000;  // 2026-03-03T09:15:00Z
    std::unique_ptr<MailboxStore> store_;
    Faults faults_;
    RequestLog log_;
    std::unique_ptr<ControlApi> api_;
};

TEST_F(ControlApiTest, UsersAreListedWithoutPasswordsAndAddedOnce) {
    EXPECT_EQ(text(get("/sandbox/health"), "status"), "ok");
    send("POST", "/sandbox/users", R"({"address": "Zoe@Example.test", "password": "p"})", 201);
    send("POST", "/sandbox/users", R"({"address": "zoe@example.test", "password": "p"})", 409);
    send("POST", "/sandbox/users", R"({"address": "no address", "password": "p"})", 400);
    send("POST", "/sandbox/users", R"({"address": "x@y.test", "password": )", 400);
    send("PATCH", "/sandbox/users", R"({"address": "zoe@example.test", "password": "new"})", 200);
    EXPECT_EQ(store_->find_user("zoe@example.test")->password, "new");
    const auto users = get("/sandbox/users");
    EXPECT_EQ(json::serialize(users).find("password"), std::string::npos);
    EXPECT_EQ(users.at("users").as_array().size(), 2u);
}

TEST_F(ControlApiTest, AMailLoadedTwiceIsThereOnceEvenAfterItWasMoved) {
    const std::string mail =
        "From: c@customer.test\r\nTo: alice@example.test\r\nSubject: hello\r\nMessage-ID: "
        "<1@c>\r\n\r\nhi";
    const std::string url = "/sandbox/mailboxes/ALICE@example.test/mail?folder=Inbox/Customers";
    EXPECT_EQ(send("POST", url, mail, 201).at("added").as_int64(), 1);
    EXPECT_EQ(send("POST", url, mail, 201).at("present").as_int64(), 1);
    const auto list = box("GET", "items?folder=Inbox/Customers", nullptr, 200);
    ASSERT_EQ(list.at("items").as_array().size(), 1u);
    const auto& item = list.at("items").as_array()[0];
    EXPECT_EQ(text(item, "subject"), "hello");
    EXPECT_EQ(text(item, "folder"), "Inbox/Customers");
    EXPECT_EQ(text(item.at("properties"), "message:InternetMessageId"), "<1@c>");
    const auto moved =
        box("POST", "items", {{"action", "move"}, {"id", item.at("id")}, {"folder", "Inbox/Done"}},
            200);
    EXPECT_NE(text(moved, "id"), text(item, "id"));
    EXPECT_EQ(send("POST", url, mail, 201).at("present").as_int64(), 1);
    EXPECT_EQ(box("GET", "items?folder=Inbox/Customers", nullptr, 200).at("total").as_int64(), 0);
    EXPECT_EQ(text(box("GET", "content?id=" + net::percent_encode(text(moved, "id")), nullptr, 200),
                   "text"),
              "hi");
    const auto batch = box("POST", "mail", {{"x", 1}}, 201);  // raw bytes, any
    EXPECT_EQ(batch.at("added").as_int64(), 1);
}

TEST_F(ControlApiTest, ABatchIsTakenWholeOrNotAtAll) {
    HttpRequest request{"POST", "/sandbox/mailboxes/alice@example.test/mail", {}, ""};
    request.fields.set("Content-Type", "application/json");
    request.body =
        R"({"folder": "inbox", "mails": [{"key": "a", "mime_base64": "U3ViamVjdDogeAoKeQ=="}, {"mime_base64": "?"}]})";
    EXPECT_EQ(api_->handle(request).status, 400);
    EXPECT_EQ(box("GET", "items?folder=inbox", nullptr, 200).at("total").as_int64(), 0);
    request.body =
        R"({"mails": [{"key": "a", "mime_base64": "U3ViamVjdDogeAoKeQ=="}, {"key": "a", "mime_base64": "U3ViamVjdDogeAoKeQ=="}]})";
    EXPECT_EQ(api_->handle(request).body, "{\"added\":1,\"present\":1}\n");
    const auto list = box("GET", "items?folder=inbox&kind=message", nullptr, 200);
    EXPECT_EQ(text(list.at("items").as_array().at(0), "subject"), "x");
}

TEST_F(ControlApiTest, AFolderOfFilesIsLoadedWithReasonsForTheRest) {
    const auto folder =
        std::filesystem::temp_directory_path() / ("liaison-control-" + std::to_string(getpid()));
    std::filesystem::create_directories(folder);
    std::ofstream(folder / "a.eml") << "Subject: a\n\nx";
    std::ofstream(folder / "b.eml") << "Subject: a\n\nx";
    std::ofstream(folder / "INDEX.tsv") << "file\tsize\n";
    const json::value body = {{"path", folder.string()}, {"folder", "Inbox/CRM"}};
    const auto first = box("POST", "load", body, 200);
    EXPECT_EQ(first.at("mails").as_int64(), 2);
    EXPECT_EQ(first.at("added").as_int64(), 2);
    EXPECT_EQ(first.at("skipped_count").as_int64(), 1);
    const auto second = box("POST", "load", body, 200);
    EXPECT_EQ(second.at("added").as_int64(), 0);
    EXPECT_EQ(second.at("present").as_int64(), 2);
    std::filesystem::remove_all(folder);
    box("POST", "load", body, 404);
    box("POST", "load", {{"folder", "x"}}, 400);
}

TEST_F(ControlApiTest, ATaskIsCreatedEditedCompletedReopenedAndDeleted) {
    const auto made = box("POST", "items",
                          {{"kind", "task"},
                           {"subject", "Call <b>back</b>"},
                           {"due", "2026-03-05"},
                           {"categories", {"A"}}},
                          201);
    EXPECT_EQ(text(made, "due"), "2026-03-05T00:00:00Z");
    EXPECT_EQ(text(made, "status"), "NotStarted");
    EXPECT_EQ(text(made, "folder"), "Tasks");
    const json::value id = made.at("id");
    const auto done = box("POST", "items", {{"action", "complete"}, {"id", id}}, 200);
    EXPECT_EQ(text(done, "status"), "Completed");
    EXPECT_EQ(done.at("percent").as_double(), 100);
    EXPECT_EQ(text(done, "complete_date"), "2026-03-03T00:00:00Z");
    box("PATCH", "items", {{"id", id}, {"change_key", made.at("change_key")}, {"subject", "late"}},
        412);
    const auto open =
        box("PATCH", "items",
            {{"id", id}, {"change_key", done.at("change_key")}, {"status", "InProgress"}}, 200);
    EXPECT_EQ(open.at("percent").as_double(), 0);
    EXPECT_FALSE(open.as_object().contains("complete_date"));
    const auto by_percent =
        box("PATCH", "items", {{"id", id}, {"percent", 100}, {"importance", "High"}}, 200);
    EXPECT_EQ(text(by_percent, "status"), "Completed");
    EXPECT_TRUE(by_percent.as_object().contains("complete_date"));
    const auto half = box("PATCH", "items", {{"id", id}, {"percent", 50.5}}, 200);
    EXPECT_EQ(text(half, "status"), "InProgress");
    box("PATCH", "items", {{"id", id}, {"due", "soon"}}, 400);
    box("PATCH", "items", {{"id", id}, {"importance", "High Low"}}, 400);
    box("PATCH", "items", {{"id", id}, {"location", "x"}}, 400);
    box("PATCH", "items", {{"id", id}, {"due", nullptr}}, 200);
    const auto binned =
        box("DELETE", "items?id=" + net::percent_encode(std::string(id.as_string())), nullptr, 200);
    EXPECT_EQ(text(binned, "folder"), "Deleted Items");
    box("DELETE", "items?id=" + net::percent_encode(text(binned, "id")), nullptr, 200);
    EXPECT_EQ(box("GET", "summary", nullptr, 200).at("total").as_int64(), 0);
}

TEST_F(ControlApiTest, AppointmentsContactsAndMessagesAreMadeByHand) {
    box("POST", "items", {{"kind", "appointment"}, {"subject", "x"}}, 400);
    box("POST", "items",
        {{"kind", "appointment"},
         {"start", "2026-03-05T10:00:00Z"},
         {"end", "2026-03-05T09:00:00Z"}},
        400);
    const auto meeting = box("POST", "items",
                             {{"kind", "appointment"},
                              {"start", "2026-03-05T10:00:00+01:00"},
                              {"end", "2026-03-05T11:00:00.5+01:00"},
                              {"time_zone", "W. Europe Standard Time"},
                              {"location", "Room"}},
                             201);
    EXPECT_EQ(text(meeting, "start"), "2026-03-05T09:00:00Z");
    EXPECT_EQ(text(meeting, "uid").size(), 112u);
    const auto contact =
        box("POST", "items",
            {{"kind", "contact"}, {"given_name", "Jo"}, {"surname", "Doe"}, {"email", "jo@c.test"}},
            201);
    EXPECT_EQ(text(contact, "display_name"), "Jo Doe");
    const auto mail = box("POST", "items",
                          {{"kind", "message"},
                           {"from", "Jo <jo@c.test>"},
                           {"to", {"alice@example.test"}},
                           {"subject", "Grüße"},
                           {"body", "text"}},
                          201);
    EXPECT_TRUE(mail.at("has_mime").as_bool());
    EXPECT_NE(json::serialize(mail.at("properties").at("message:From")).find("jo@c.test"),
              std::string::npos);
    const auto summary = box("GET", "summary", nullptr, 200);
    EXPECT_EQ(json::serialize(summary.at("by_kind")),
              R"({"appointment":1,"contact":1,"message":1})");
}

TEST_F(ControlApiTest, FoldersAreMadeRenamedAndRemoved) {
    const auto made = box("POST", "folders", {{"path", "Inbox/Customers/North"}}, 201);
    EXPECT_EQ(text(made, "path"), "Inbox/Customers/North");
    EXPECT_EQ(text(made, "class"), "IPF.Note");
    box("POST", "folders", {{"path", "inbox/customers"}}, 409);
    box("POST", "folders", {{"path", "Inbox//x"}}, 400);
    EXPECT_EQ(text(box("PATCH", "folders", {{"id", made.at("id")}, {"display_name", "South"}}, 200),
                   "path"),
              "Inbox/Customers/South");
    box("POST", "folders", {{"action", "reset_sync"}, {"id", "tasks"}}, 200);
    box("DELETE", "folders?id=tasks", nullptr, 403);
    box("DELETE", "folders?id=Inbox/Customers", nullptr, 200);
    box("GET", "items?folder=Inbox/Customers", nullptr, 404);
}

TEST_F(ControlApiTest, FaultsRequestsAndOutboxAreShown) {
    send("POST", "/sandbox/faults", R"({"kind": "nonsense"})", 400);
    send("POST", "/sandbox/faults", R"({"kind": "server_busy", "times": -1})", 400);
    const auto faults = send("POST", "/sandbox/faults",
                             R"({"kind": "server_busy", "operation": "GetItem", "times": 2})", 201);
    EXPECT_EQ(text(faults.at("faults").as_array().at(0), "operation"), "GetItem");
    EXPECT_TRUE(send("DELETE", "/sandbox/faults", "", 200).at("faults").as_array().empty());
    store_->record_sent(
        SentRecord{"alice@example.test", "CreateItem", "SendToAllAndSaveCopy", "id", {"c@c.test"}});
    EXPECT_EQ(get("/sandbox/outbox").at("by_mailbox").at("alice@example.test").as_int64(), 1);
    EXPECT_EQ(send("DELETE", "/sandbox/outbox", "", 200).at("count").as_int64(), 0);
    HttpRequest soap{"POST",
                     "/EWS/Exchange.asmx",
                     {},
                     "<s:Envelope><s:Body x='1'><m:FindItem/></s:Body></s:Envelope>"};
    log_.note(soap, ews_operation_name(soap), HttpResponse{200, {}, "abc"}, now_);
    soap.fields.set("SOAPAction",
                    "\"http://schemas.microsoft.com/exchange/services/2006/messages/GetItem\"");
    log_.note(soap, ews_operation_name(soap), HttpResponse{503, {}, ""}, now_);
    const auto shown = get("/sandbox/requests?limit=1");
    EXPECT_EQ(shown.at("operations").at("FindItem").at("bytes_out").as_int64(), 3);
    EXPECT_EQ(shown.at("operations").at("GetItem").at("by_status").at("503").as_int64(), 1);
    EXPECT_EQ(shown.at("last").as_array().size(), 1u);
}

TEST_F(ControlApiTest, OnlyThisMachinesOwnPagesMayAsk) {
    HttpRequest request{"GET", "/sandbox/users", {}, ""};
    request.fields.set("Host", "evil.test");
    EXPECT_EQ(api_->handle(request).status, 403);
    request.fields.set("Host", "localhost:1");
    request.fields.set("Origin", "http://evil.test");
    EXPECT_EQ(api_->handle(request).status, 403);
    request.fields.set("Origin", "http://localhost:1");
    EXPECT_EQ(api_->handle(request).status, 200);
    get("/sandbox/nothing", 404);
    get("/sandbox/mailboxes/nobody@example.test/items", 404);
    EXPECT_EQ(send("PUT", "/sandbox/users", "", 405).at("status").as_int64(), 405);
}

}  // namespace
}  // namespace liaison::sandbox
