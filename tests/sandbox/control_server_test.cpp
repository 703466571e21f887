// The whole stand-in behind its handler, and what the server does with a connection that is to be
// cut.
#include <gtest/gtest.h>

#include "net/memory_stream.hpp"
#include "net/run_loop.hpp"
#include "sandbox/sandbox.hpp"

namespace liaison::sandbox {
namespace {

class WholeSandbox : public testing::Test {
protected:
    WholeSandbox() {
        sandbox_ =
            Sandbox::open(SandboxOptions{"", 3, [] { return EpochMillis{1772529300000}; }}).value();
    }

    static Async<void> exchange(std::unique_ptr<ByteStream> client, std::string bytes,
                                std::string* answer) {
        co_await client->write_all(std::move(bytes));
        while (true) {
            Result<std::string> more = co_await client->read_some(65536);
            if (!more || more->empty()) break;
            *answer += *more;
        }
    }

    /// What comes back until the server closes.
    std::string talk(std::string bytes) {
        net::RunLoop loop;
        auto ends = net::make_stream_pair(loop.executor());
        std::string answer;
        loop.spawn(net::serve_stream(std::move(ends.second), {}, sandbox_->handler()));
        auto talking = exchange(std::move(ends.first), std::move(bytes), &answer);
        net::run_to_end(loop, std::move(talking));
        return answer;
    }

    static std::string get_folder_request(std::string_view more_headers = {}) {
        const std::string body =
            "<?xml version=\"1.0\" encoding=\"utf-8\"?><soap:Envelope "
            "xmlns:soap=\"http://schemas.xmlsoap.org/soap/envelope/\" "
            "xmlns:t=\"http://schemas.microsoft.com/exchange/services/2006/types\" "
            "xmlns:m=\"http://schemas.microsoft.com/exchange/services/2006/messages\"><soap:Header>"
            "<t:RequestServerVersion Version=\"Exchange2013_SP1\"/></soap:Header><soap:Body>"
            "<m:GetFolder><m:FolderShape><t:BaseShape>Default</t:BaseShape></m:FolderShape>"
            "<m:FolderIds><t:DistinguishedFolderId Id=\"inbox\"/></m:FolderIds></m:GetFolder>"
            "</soap:Body></soap:Envelope>";
        return "POST /EWS/Exchange.asmx HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
               "Content-Type: text/xml; charset=utf-8\r\n" +
               std::string(more_headers) + "Content-Length: " + std::to_string(body.size()) +
               "\r\n\r\n" + body;
    }

    std::unique_ptr<Sandbox> sandbox_;
};

constexpr std::string_view as_alice =
    "Authorization: Basic YWxpY2VAZXhhbXBsZS50ZXN0OnNhbmRib3g=\r\n";

TEST_F(WholeSandbox, AFreshOneHasItsFourUsersAndServesAllItsParts) {
    EXPECT_EQ(sandbox_->store().users().size(), 4u);
    EXPECT_TRUE(sandbox_->store().find_user("svc@example.test")->may_impersonate);
    EXPECT_FALSE(sandbox_->store().find_user("bob@example.test")->may_impersonate);
    const std::string tail = " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
    EXPECT_TRUE(talk("GET /" + tail).starts_with("HTTP/1.1 200"));
    EXPECT_TRUE(talk("GET /sandbox/health" + tail).starts_with("HTTP/1.1 200"));
    EXPECT_TRUE(talk("GET /nothing" + tail).starts_with("HTTP/1.1 404"));
    EXPECT_TRUE(talk(get_folder_request()).starts_with("HTTP/1.1 401"));
    const std::string answer = talk(get_folder_request(as_alice));
    EXPECT_TRUE(answer.starts_with("HTTP/1.1 200"));
    EXPECT_NE(answer.find("GetFolderResponse"), std::string::npos);
    EXPECT_EQ(sandbox_->requests().counters().at("GetFolder").requests, 2u);
}

TEST_F(WholeSandbox, ADroppedRequestIsAnsweredByTheEndOfTheConnection) {
    Fault fault;
    fault.kind = FaultKind::DropAfterCommit;
    fault.operation = "GetFolder";
    ASSERT_TRUE(sandbox_->faults().add(fault));
    EXPECT_EQ(talk(get_folder_request(as_alice)), "");
    EXPECT_TRUE(talk(get_folder_request(as_alice)).starts_with("HTTP/1.1 200"));
    EXPECT_EQ(sandbox_->requests().counters().at("GetFolder").by_status.at(0), 1u);
}

TEST_F(WholeSandbox, ATruncatedReplyPromisesMoreBytesThanCome) {
    Fault fault;
    fault.kind = FaultKind::TruncatedReply;
    fault.percent = 50;
    ASSERT_TRUE(sandbox_->faults().add(fault));
    const std::string answer = talk(get_folder_request(as_alice));
    EXPECT_TRUE(answer.starts_with("HTTP/1.1 200 OK\r\n"));
    const auto head_end = answer.find("\r\n\r\n");
    ASSERT_NE(head_end, std::string::npos);
    const auto length = answer.find("Content-Length: ");
    ASSERT_LT(length, head_end);
    EXPECT_GT(std::stoul(answer.substr(length + 16)), answer.size() - head_end - 4);
    EXPECT_EQ(answer.find("</soap:Envelope>"), std::string::npos);
    EXPECT_GT(answer.size(), head_end + 40);
}

TEST_F(WholeSandbox, AMailLoadedByTheControlApiIsThereThroughEws) {
    const std::string mail = "From: c@customer.test\r\nSubject: <hello> & \x01\r\n\r\ntext";
    const std::string load =
        "POST /sandbox/mailboxes/alice@example.test/mail HTTP/1.1\r\nHost: localhost\r\n"
        "Content-Type: message/rfc822\r\nConnection: close\r\nContent-Length: " +
        std::to_string(mail.size()) + "\r\n\r\n" + mail;
    EXPECT_TRUE(talk(load).starts_with("HTTP/1.1 201"));
    const Folder* inbox = sandbox_->store().find_distinguished("alice@example.test", "inbox");
    ASSERT_NE(inbox, nullptr);
    const std::string answer = talk(get_folder_request(as_alice));
    EXPECT_NE(answer.find(inbox->id), std::string::npos);
    EXPECT_NE(answer.find("<t:TotalCount>1</t:TotalCount>"), std::string::npos) << answer;
}

}  // namespace
}  // namespace liaison::sandbox
