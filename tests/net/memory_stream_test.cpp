#include "net/memory_stream.hpp"

#include "net/deadline.hpp"
#include "tests/net/support.hpp"

namespace liaison::net::test {
namespace {

Async<void> write_and_note(ByteStream& stream, std::string bytes, std::shared_ptr<std::vector<Result<void>>> notes) {
    auto written = co_await stream.write_all(std::move(bytes));
    notes->push_back(std::move(written));
}

Async<void> read_and_note(ByteStream& stream, std::shared_ptr<std::vector<Result<std::string>>> notes) {
    auto bytes = co_await stream.read_some(100);
    notes->push_back(std::move(bytes));
}

TEST(MemoryStream, CarriesBytesBothWaysAndThenTheEnd) {
    RunLoop loop;
    auto [left, right] = make_stream_pair(loop.executor());
    EXPECT_TRUE(run_to_end(loop, left->write_all("hello")));
    EXPECT_EQ(*run_to_end(loop, right->read_some(2)), "he");
    EXPECT_EQ(*run_to_end(loop, right->read_some(100)), "llo");
    EXPECT_TRUE(run_to_end(loop, right->write_all("back")));
    right.reset();
    EXPECT_EQ(*run_to_end(loop, left->read_some(100)), "back");
    EXPECT_EQ(*run_to_end(loop, left->read_some(100)), "");
    auto refused = run_to_end(loop, left->write_all("more"));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().kind, ErrorKind::Transient);
}

TEST(MemoryStream, AWriterWaitsForTheReader) {
    RunLoop loop;
    auto [left, right] = make_stream_pair(loop.executor(), 1000);
    auto notes = std::make_shared<std::vector<Result<void>>>();
    loop.spawn(write_and_note(*left, std::string(2500, 'x'), notes));
    loop.run_for(5ms);
    EXPECT_TRUE(notes->empty());
    std::size_t read = 0;
    while (read < 2500) {
        auto bytes = run_to_end(loop, right->read_some(10'000));
        ASSERT_LE(bytes->size(), 1000u);
        read += bytes->size();
    }
    loop.run();
    ASSERT_EQ(notes->size(), 1u);
    EXPECT_TRUE(notes->front());
    EXPECT_EQ(read, 2500u);
}

TEST(MemoryStream, CloseEndsWhatIsPending) {
    RunLoop loop;
    auto [left, right] = make_stream_pair(loop.executor(), 10);
    auto reads = std::make_shared<std::vector<Result<std::string>>>();
    auto writes = std::make_shared<std::vector<Result<void>>>();
    loop.spawn(read_and_note(*left, reads));
    loop.spawn(write_and_note(*left, std::string(100, 'x'), writes));
    loop.run_for(2ms);
    left->close();
    left->close();
    loop.run();
    ASSERT_EQ(reads->size(), 1u);
    EXPECT_EQ(reads->front().error().kind, ErrorKind::Cancelled);
    ASSERT_EQ(writes->size(), 1u);
    EXPECT_EQ(writes->front().error().kind, ErrorKind::Cancelled);
    EXPECT_EQ(run_to_end(loop, right->read_some(100))->size(), 10u);
    EXPECT_EQ(*run_to_end(loop, right->read_some(100)), "");
}

TEST(MemoryStream, AReadUnderWayOutlivesItsStream) {
    RunLoop loop;
    auto [left, right] = make_stream_pair(loop.executor());
    auto reads = std::make_shared<std::vector<Result<std::string>>>();
    loop.spawn(read_and_note(*left, reads));
    loop.run_for(2ms);
    left.reset();
    loop.run();
    ASSERT_EQ(reads->size(), 1u);
    EXPECT_EQ(reads->front().error().kind, ErrorKind::Cancelled);
}

TEST(MemoryConnector, HandsTheServerEndToTheCallbackOrRefuses) {
    RunLoop loop;
    std::unique_ptr<ByteStream> server;
    auto connector = make_memory_connector(loop.executor(), [&](ConnectTarget target, std::unique_ptr<ByteStream> end) {
        if (target.host == "closed") return Result<void>(fail(ErrorKind::Transient, "refused"));
        EXPECT_EQ(target.port, 80);
        EXPECT_TRUE(target.tls);
        server = std::move(end);
        return Result<void>();
    });
    auto client = run_to_end(loop, connector->connect("open", 80, true));
    ASSERT_TRUE(client);
    ASSERT_TRUE(run_to_end(loop, (*client)->write_all("hi")));
    EXPECT_EQ(*run_to_end(loop, server->read_some(10)), "hi");
    EXPECT_EQ(run_to_end(loop, connector->connect("closed", 80, true)).error().message, "refused");
}

}  // namespace
}  // namespace liaison::net::test
