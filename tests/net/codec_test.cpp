#include "net/http_codec.hpp"

namespace liaison::net {
namespace {

DecodeState feed_request(RequestDecoder& decoder, std::string_view bytes, std::size_t step) {
    DecodeState state = DecodeState::NeedMore;
    for (std::size_t at = 0; at < bytes.size() && state == DecodeState::NeedMore; at += step)
        state = decoder.feed(std::string(bytes.substr(at, step)));
    return state;
}

int refused_with(std::string_view bytes, DecodeLimits limits = {}) {
    RequestDecoder decoder(limits);
    if (decoder.feed(std::string(bytes)) != DecodeState::Failed) return 0;
    return decoder.refusal_status();
}

Result<HttpResponse> decode_answer(std::string_view bytes, std::size_t step, std::string_view method = "GET",
                                   DecodeLimits limits = {}) {
    ResponseDecoder decoder(limits, method);
    DecodeState state = DecodeState::NeedMore;
    for (std::size_t at = 0; at < bytes.size() && state == DecodeState::NeedMore; at += step)
        state = decoder.feed(std::string(bytes.substr(at, step)));
    if (state == DecodeState::NeedMore) state = decoder.finish();
    if (state == DecodeState::Failed) return std::unexpected(decoder.error());
    return decoder.take();
}

TEST(RequestDecoding, GivesTheSameRequestHoweverTheBytesAreCut) {
    const std::string wire =
        "POST /EWS/Exchange.asmx?x=1 HTTP/1.1\r\nHost: mail.example.test\r\nContent-Type:  text/xml \r\n"
        "Content-Length: 11\r\n\r\nhello world";
    for (std::size_t step = 1; step <= wire.size(); ++step) {
        RequestDecoder decoder({});
        ASSERT_EQ(feed_request(decoder, wire, step), DecodeState::Complete) << step;
        HttpRequest request = decoder.take();
        EXPECT_EQ(request.method, "POST");
        EXPECT_EQ(request.url, "/EWS/Exchange.asmx?x=1");
        EXPECT_EQ(request.fields.get("content-type"), "text/xml");
        EXPECT_EQ(request.body, "hello world");
        EXPECT_TRUE(decoder.keep_alive());
        EXPECT_TRUE(decoder.at_boundary());
    }
}

TEST(RequestDecoding, PutsChunksTogetherAndDropsTheTrailer) {
    const std::string wire =
        "PUT /a HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"
        "5\r\nhello\r\n6;name=value\r\n world\r\n0\r\nX-Late: 1\r\n\r\n";
    for (std::size_t step = 1; step <= wire.size(); ++step) {
        RequestDecoder decoder({});
        ASSERT_EQ(feed_request(decoder, wire, step), DecodeState::Complete) << step;
        HttpRequest request = decoder.take();
        EXPECT_EQ(request.body, "hello world");
        EXPECT_FALSE(request.fields.has("X-Late"));
    }
}

TEST(RequestDecoding, KeepsPipelinedBytesForTheNextRequest) {
    RequestDecoder decoder({});
    std::string wire = "GET /1 HTTP/1.1\r\nHost: h\r\n\r\nPOST /2 HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nabc"
                       "GET /3 HTTP/1.0\r\n\r\nGET /4";
    ASSERT_EQ(decoder.feed(wire), DecodeState::Complete);
    EXPECT_EQ(decoder.take().url, "/1");
    EXPECT_FALSE(decoder.at_boundary());
    ASSERT_EQ(decoder.feed({}), DecodeState::Complete);
    EXPECT_EQ(decoder.take().body, "abc");
    ASSERT_EQ(decoder.feed({}), DecodeState::Complete);
    EXPECT_EQ(decoder.take().url, "/3");
    EXPECT_FALSE(decoder.keep_alive());
    EXPECT_TRUE(decoder.http_1_0());
    EXPECT_EQ(decoder.feed({}), DecodeState::NeedMore);
    EXPECT_EQ(decoder.finish(), DecodeState::Failed);
}

TEST(RequestDecoding, RefusesWhatTwoParsersCouldReadDifferently) {
    const std::string head = "POST / HTTP/1.1\r\nHost: h\r\n";
    const std::vector<std::pair<std::string, int>> cases = {
        {head + "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400},
        {head + "Transfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n0\r\n\r\n", 400},
        {head + "Content-Length: 3\r\nContent-Length: 3\r\n\r\nabc", 400},
        {head + "Content-Length: 3\r\nContent-Length: 4\r\n\r\nabcd", 400},
        {head + "Content-Length: 3, 3\r\n\r\nabc", 400},
        {head + "Content-Length: +3\r\n\r\nabc", 400},
        {head + "Content-Length: -1\r\n\r\n", 400},
        {head + "Content-Length: 0x3\r\n\r\nabc", 400},
        {head + "Content-Length: 99999999999999999999999\r\n\r\n", 400},
        {head + "Content-Length:\r\n\r\n", 400},
        {head + "Content-Length : 3\r\n\r\nabc", 400},
        {head + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400},
        {head + "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", 501},
        {head + "Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n", 501},
        {head + "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n", 501},
        {head + "Transfer-Encoding: \x0b" "chunked\r\n\r\n0\r\n\r\n", 400},
        {"POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400},
        {"GET / HTTP/1.1\nHost: h\n\n", 400},
        {"GET / HTTP/1.1\r\nHost: h\nX: y\r\n\r\n", 400},
        {"GET / HTTP/1.1\r\nHost: h\r\n\n", 400},
        {"GET / HTTP/1.1\r\nHost: h\rX: y\r\n\r\n", 400},
        {"GET / HTTP/1.1\r\nHost: h\r\n folded\r\n\r\n", 400},
        {"GET / HTTP/1.1\r\n Host: h\r\n\r\n", 400},
        {"GET / HTTP/1.1\r\nHost: h\r\nX: a\r\n\tb\r\n\r\n", 400},
        {std::string("GET / HTTP/1.1\r\nHost: h\r\nX: a") + '\0' + "b\r\n\r\n", 400},
        {"GET / HTTP/1.1\r\nHost: h\r\nHost: i\r\n\r\n", 400},
        {"GET / HTTP/1.1\r\n\r\n", 400},
        {"GET / HTTP/1.1\r\nHost: h\r\nno colon\r\n\r\n", 400},
        {"GET / HTTP/1.1\r\nHost: h\r\n: empty\r\n\r\n", 400},
        {"\r\nGET / HTTP/1.1\r\nHost: h\r\n\r\n", 400},
        {"GET  / HTTP/1.1\r\nHost: h\r\n\r\n", 400},
        {"GET / HTTP/1.1 \r\nHost: h\r\n\r\n", 505},
        {"GET /\r\nHost: h\r\n\r\n", 400},
        {"GET / http/1.1\r\nHost: h\r\n\r\n", 505},
        {"GET / HTTP/2.0\r\nHost: h\r\n\r\n", 505},
        {"GET / HTTP/1.2\r\nHost: h\r\n\r\n", 505},
        {"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505},
        {"\x16\x03\x01\x02\r\n\r\n", 400},
        {head + "Expect: 200-ok\r\nContent-Length: 1\r\n\r\nx", 417},
    };
    for (const auto& [wire, status] : cases) EXPECT_EQ(refused_with(wire), status) << wire;
}

TEST(RequestDecoding, RefusesMalformedChunks) {
    const std::string head = "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n";
    for (std::string body :
         {"5\nhello\r\n0\r\n\r\n", "5\rhello\r\n", "g\r\nhello\r\n", "+5\r\nhello\r\n", "0x5\r\nhello\r\n\r\n",
          " 5\r\nhello\r\n", "5 \nhello\r\n0\r\n\r\n", "5\r\nhelloX\r\n0\r\n\r\n", "\r\nhello\r\n",
          "fffffffffffffffff\r\nhello", "5;\nx\r\nhello\r\n0\r\n\r\n"})
        EXPECT_EQ(refused_with(head + body) / 100, 4) << body;
}

TEST(RequestDecoding, HoldsToItsLimits) {
    DecodeLimits limits;
    limits.header_bytes_max = 200;
    limits.body_bytes_max = 10;
    limits.fields_max = 5;
    const std::string head = "POST / HTTP/1.1\r\nHost: h\r\n";
    EXPECT_EQ(refused_with(head + "X: " + std::string(300, 'a'), limits), 431);
    EXPECT_EQ(refused_with(head + "X: " + std::string(300, 'a') + "\r\n\r\n", limits), 431);
    EXPECT_EQ(refused_with(head + "A:1\r\nB:1\r\nC:1\r\nD:1\r\nE:1\r\n\r\n", limits), 431);
    EXPECT_EQ(refused_with(head + "Content-Length: 11\r\n\r\n", limits), 413);
    EXPECT_EQ(refused_with(head + "Transfer-Encoding: chunked\r\n\r\nb\r\n", limits), 413);
    EXPECT_EQ(refused_with(head + "Transfer-Encoding: chunked\r\n\r\n8\r\n12345678\r\n3\r\n", limits), 413);
    EXPECT_EQ(refused_with(head + "Transfer-Encoding: chunked\r\n\r\n1;" + std::string(400, 'x'), limits), 413);
    EXPECT_EQ(refused_with(head + "Transfer-Encoding: chunked\r\n\r\n0\r\nT: " + std::string(400, 'x'), limits), 413);
    EXPECT_EQ(refused_with(head + "Content-Length: 10\r\n\r\n0123456789", limits), 0);
}

TEST(RequestDecoding, TellsWhenTheSenderWaitsForContinue) {
    RequestDecoder decoder({});
    decoder.feed("POST / HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n");
    EXPECT_TRUE(decoder.wants_continue());
    decoder.feed("a");
    EXPECT_FALSE(decoder.wants_continue());
    EXPECT_EQ(decoder.feed("b"), DecodeState::Complete);
}

TEST(ResponseDecoding, GivesTheSameAnswerHoweverTheBytesAreCut) {
    const std::vector<std::string> wires = {
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nX: y\r\n\r\nhello",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nX: y\r\n\r\n2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n",
        "HTTP/1.1 200 \r\nX: y\r\n\r\nhello",
        "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: a\r\n\r\n"
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nX: y\r\n\r\nhello",
    };
    for (const auto& wire : wires) {
        for (std::size_t step = 1; step <= wire.size(); ++step) {
            auto answer = decode_answer(wire, step);
            ASSERT_TRUE(answer) << wire << step << answer.error().message;
            EXPECT_EQ(answer->status, 200);
            EXPECT_EQ(answer->body, "hello");
            EXPECT_EQ(answer->fields.get("x"), "y");
            EXPECT_FALSE(answer->fields.has("Link"));
        }
    }
}

TEST(ResponseDecoding, EveryProperPrefixIsUnanswered) {
    for (std::string wire : {"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
                             "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n"}) {
        for (std::size_t size = 0; size < wire.size(); ++size) {
            auto answer = decode_answer(wire.substr(0, size), 7);
            ASSERT_FALSE(answer) << size;
            EXPECT_EQ(answer.error().kind, ErrorKind::Unanswered) << size << answer.error().message;
        }
    }
}

TEST(ResponseDecoding, KnowsAnswersWithoutABody) {
    EXPECT_TRUE(decode_answer("HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n", 9, "HEAD"));
    EXPECT_TRUE(decode_answer("HTTP/1.1 204 No Content\r\n\r\n", 9, "DELETE"));
    EXPECT_TRUE(decode_answer("HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\n", 9));
    ResponseDecoder decoder({}, "HEAD");
    EXPECT_EQ(decoder.feed("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n"), DecodeState::Complete);
    EXPECT_TRUE(decoder.reusable());
}

TEST(ResponseDecoding, ReusesOnlyAConnectionThatIsCleanlyAtItsEnd) {
    auto reusable = [](std::string wire) {
        ResponseDecoder decoder({}, "GET");
        EXPECT_EQ(decoder.feed(std::move(wire)), DecodeState::Complete);
        return decoder.reusable();
    };
    EXPECT_TRUE(reusable("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\na"));
    EXPECT_FALSE(reusable("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nab"));
    EXPECT_FALSE(reusable("HTTP/1.1 200 OK\r\nContent-Length: 1\r\nConnection: close\r\n\r\na"));
    EXPECT_FALSE(reusable("HTTP/1.0 200 OK\r\nContent-Length: 1\r\n\r\na"));
    EXPECT_TRUE(reusable("HTTP/1.0 200 OK\r\nContent-Length: 1\r\nConnection: keep-alive\r\n\r\na"));
    EXPECT_FALSE(reusable("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"));
}

TEST(ResponseDecoding, CallsNonsenseACorruptReplyAndExcessTooLarge) {
    std::string interim;
    for (int i = 0; i < 20; ++i) interim += "HTTP/1.1 100 Continue\r\n\r\n";
    for (std::string wire :
         {std::string("<html>login</html>\r\n\r\n"), std::string("HTTP/1.1 OK\r\n\r\n"),
          std::string("HTTP/1.1 999 X\r\n\r\n"), std::string("HTTP/1.1 101 Switching\r\n\r\n"),
          std::string("HTTP/1.1 200 OK\nContent-Length: 0\n\n"),
          std::string("HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n"),
          std::string("HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\na"),
          std::string("HTTP/1.1 200 OK\r\nX: a\r\n b\r\n\r\n"), std::string("SSH-2.0-OpenSSH\r\n"), interim}) {
        auto answer = decode_answer(wire, 1000);
        ASSERT_FALSE(answer) << wire;
        if (wire.starts_with("SSH")) continue;  // one line of a header that never ends: cut short
        EXPECT_EQ(answer.error().kind, ErrorKind::CorruptReply) << wire;
    }
    DecodeLimits limits;
    limits.body_bytes_max = 4;
    for (std::string wire : {"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", "HTTP/1.1 200 OK\r\n\r\nhello",
                             "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n"}) {
        auto answer = decode_answer(wire, 1000, "GET", limits);
        ASSERT_FALSE(answer);
        EXPECT_EQ(answer.error().kind, ErrorKind::TooLarge) << wire;
    }
}

TEST(Encoding, WritesTheGoldenRequest) {
    HttpRequest request;
    request.method = "POST";
    request.fields.add("Content-Type", "text/xml; charset=utf-8");
    request.fields.add("content-length", "7");
    request.fields.add("Connection", "close");
    request.fields.add("Host", "evil");
    request.body = "<a/>";
    auto wire = encode_request(std::move(request), "/x?y", "h:81");
    ASSERT_TRUE(wire);
    EXPECT_EQ(wire->head,
              "POST /x?y HTTP/1.1\r\nHost: h:81\r\nContent-Type: text/xml; charset=utf-8\r\n"
              "Content-Length: 4\r\n\r\n<a/>");
    EXPECT_EQ(wire->body, "");
}

TEST(Encoding, WritesTheGoldenResponses) {
    HttpResponse response;
    response.body = "hi";
    EXPECT_EQ(encode_response(response, {})->head, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi");
    ResponseFraming framing;
    framing.head_only = true;
    framing.keep_alive = false;
    EXPECT_EQ(encode_response(response, framing)->head,
              "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\n");
    response.status = 204;
    EXPECT_EQ(encode_response(response, {})->head, "HTTP/1.1 204 No Content\r\n\r\n");
}

TEST(Encoding, LeavesALargeBodyWhereItIs) {
    HttpResponse response;
    response.body.assign(1u << 20, 'b');
    const char* place = response.body.data();
    auto wire = encode_response(std::move(response), {});
    ASSERT_TRUE(wire);
    EXPECT_EQ(wire->body.size(), 1u << 20);
    EXPECT_EQ(wire->body.data(), place);
}

TEST(Encoding, RefusesWhatWouldInjectAField) {
    for (std::string bad : {std::string("a\r\nX: y"), std::string("a\nb"), std::string("a\rb"), std::string("a\0b", 3),
                            std::string("a\x7f")}) {
        HttpRequest value;
        value.fields.add("X", bad);
        EXPECT_EQ(encode_request(value, "/", "h").error().kind, ErrorKind::InvalidRequest);
        HttpRequest name;
        name.fields.add(bad, "v");
        EXPECT_EQ(encode_request(name, "/", "h").error().kind, ErrorKind::InvalidRequest);
        HttpRequest method;
        method.method = bad;
        EXPECT_FALSE(encode_request(method, "/", "h"));
        EXPECT_FALSE(encode_request(HttpRequest(), "/" + bad, "h"));
        EXPECT_FALSE(encode_request(HttpRequest(), "/", "h" + bad));
        HttpResponse response;
        response.fields.add("Location", bad);
        EXPECT_FALSE(encode_response(response, {}));
    }
    HttpRequest empty_name;
    empty_name.fields.add("", "v");
    EXPECT_FALSE(encode_request(empty_name, "/", "h"));
    EXPECT_FALSE(encode_request(HttpRequest(), "/a b", "h"));
    HttpResponse interim;
    interim.status = 100;
    EXPECT_FALSE(encode_response(interim, {}));
}

TEST(Encoding, WhatIsEncodedDecodesToTheSame) {
    HttpRequest request;
    request.method = "PATCH";
    request.fields.add("If-Match", "\"\xc3\xa4\"");
    request.body.assign(100'000, '\0');
    auto wire = encode_request(request, "/v1.0/me", "h");
    ASSERT_TRUE(wire);
    RequestDecoder decoder({});
    decoder.feed(std::move(wire->head));
    ASSERT_EQ(decoder.feed(std::move(wire->body)), DecodeState::Complete);
    HttpRequest back = decoder.take();
    EXPECT_EQ(back.method, "PATCH");
    EXPECT_EQ(back.fields.get("if-match"), "\"\xc3\xa4\"");
    EXPECT_EQ(back.body, request.body);
}

}  // namespace
}  // namespace liaison::net
