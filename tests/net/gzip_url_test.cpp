#include "net/gzip.hpp"
#include "net/url.hpp"

namespace liaison::net {
namespace {

std::string mixed_text(std::size_t size) {
    std::string out;
    std::uint32_t state = 7;
    while (out.size() < size) {
        state = state * 1664525 + 1013904223;
        out += "<t:Subject>item " + std::to_string(state >> 8) + "</t:Subject>";
    }
    out.resize(size);
    return out;
}

TEST(Gzip, BringsBackWhatWentIn) {
    for (std::size_t size : {0u, 1u, 100u, 65'536u, 3'000'000u}) {
        std::string text = mixed_text(size);
        auto back = gunzip(gzip(text), size);
        ASSERT_TRUE(back) << size;
        EXPECT_EQ(*back, text);
    }
    auto two = gunzip(gzip("one ") + gzip("two"), 100);
    ASSERT_TRUE(two);
    EXPECT_EQ(*two, "one two");
}

TEST(Gzip, StopsABombAtTheLimit) {
    std::string bomb = gzip(std::string(200u << 20, '\0'));
    ASSERT_LT(bomb.size(), 2u << 20);
    auto result = gunzip(bomb, 1u << 20);
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().kind, ErrorKind::TooLarge);
    EXPECT_TRUE(gunzip(gzip(std::string(1000, 'a')), 1000));
    EXPECT_EQ(gunzip(gzip(std::string(1001, 'a')), 1000).error().kind, ErrorKind::TooLarge);
    EXPECT_EQ(gunzip(gzip("a"), 0).error().kind, ErrorKind::TooLarge);
    EXPECT_TRUE(gunzip(gzip(""), 0));
}

TEST(Gzip, EveryCutAndEveryBrokenByteIsNoticed) {
    std::string good = gzip(mixed_text(3000));
    for (std::size_t size = 0; size < good.size(); ++size)
        EXPECT_FALSE(gunzip(good.substr(0, size), 10'000)) << size;
    std::string broken = good;
    broken[broken.size() - 6] = static_cast<char>(broken[broken.size() - 6] ^ 1);  // its CRC
    EXPECT_EQ(gunzip(broken, 10'000).error().kind, ErrorKind::CorruptReply);
    EXPECT_EQ(gunzip(good + "junk", 10'000).error().kind, ErrorKind::CorruptReply);
    EXPECT_EQ(gunzip("no gzip at all", 10'000).error().kind, ErrorKind::CorruptReply);
}

TEST(Gzip, UndoesTheCodingOfAnAnswer) {
    HttpResponse response;
    response.fields.set("Content-Encoding", "GZip");
    response.fields.set("Content-Length", "1");
    response.body = gzip("hello");
    ASSERT_TRUE(decode_content(response, 10));
    EXPECT_EQ(response.body, "hello");
    EXPECT_FALSE(response.fields.has("Content-Encoding"));
    EXPECT_FALSE(response.fields.has("Content-Length"));
    response.fields.set("Content-Encoding", "br");
    EXPECT_EQ(decode_content(response, 10).error().kind, ErrorKind::CorruptReply);
}

TEST(Gzip, ReadsAcceptEncoding) {
    EXPECT_TRUE(accepts_gzip("gzip"));
    EXPECT_TRUE(accepts_gzip("deflate, GZIP;q=0.5"));
    EXPECT_TRUE(accepts_gzip("br;q=1.0, gzip ; q=0.001"));
    EXPECT_FALSE(accepts_gzip(""));
    EXPECT_FALSE(accepts_gzip("deflate, gzipped"));
    EXPECT_FALSE(accepts_gzip("gzip;q=0"));
    EXPECT_FALSE(accepts_gzip("gzip; q=0.000, br"));
}

TEST(Url, SplitsIntoItsParts) {
    auto url = parse_url("HTTPS://Mail.Example.Test:8443/EWS/Exchange.asmx?a=b");
    ASSERT_TRUE(url);
    EXPECT_EQ(url->scheme, "https");
    EXPECT_EQ(url->host, "mail.example.test");
    EXPECT_EQ(url->port, 8443);
    EXPECT_EQ(url->target, "/EWS/Exchange.asmx?a=b");
    EXPECT_EQ(parse_url("http://h")->target, "/");
    EXPECT_EQ(parse_url("http://h")->port, 80);
    EXPECT_EQ(parse_url("https://h?q=1")->target, "/?q=1");
    EXPECT_EQ(parse_url("https://h?q=1")->port, 443);
    EXPECT_EQ(parse_url("http://[::1]:99/")->host, "::1");
    EXPECT_EQ(parse_url("http://[::1]:99/")->port, 99);
    EXPECT_EQ(parse_url("http://127.0.0.1/x")->host, "127.0.0.1");
}

TEST(Url, RefusesWhatCouldDeceive) {
    for (std::string bad :
         {"ftp://h/", "//h/", "/path", "http:/h", "http://", "http:///x", "http://user@h/", "http://user:pw@h/",
          "http://h:0/", "http://h:65536/", "http://h:/", "http://h:8x/", "http://h:-1/", "http://h/#f", "http://h/a b",
          "http://h/\r\nX: y", "http://h\\@evil/", "http://h/\xc3\xa4", "http://[::1/", "http://[::1]x/", "http://[]/",
          "http://[evil]/", "http://a..b/", "http://.a/", "http://a%41/", "http://h:80:80/", ""})
        EXPECT_FALSE(parse_url(bad)) << bad;
    EXPECT_FALSE(parse_url("http://h/" + std::string(20'000, 'a')));
    EXPECT_FALSE(parse_url("http://" + std::string(300, 'a') + "/"));
}

TEST(Url, EscapesAndUnescapes) {
    EXPECT_EQ(percent_encode("a b/\xc3\xa4~"), "a%20b%2F%C3%A4~");
    EXPECT_EQ(*percent_decode("a%20b%2f%C3%A4+"), "a b/\xc3\xa4+");
    EXPECT_EQ(*percent_decode("a+b", true), "a b");
    for (std::string bad : {"%", "%4", "%zz", "a%4", "%%41"}) EXPECT_FALSE(percent_decode(bad)) << bad;
    std::string all;
    for (int c = 0; c < 256; ++c) all += static_cast<char>(c);
    EXPECT_EQ(*percent_decode(percent_encode(all)), all);
}

TEST(Url, ReadsAQuery) {
    auto query = parse_query("a=1&b=%20x+y&&c&a=2&=v");
    ASSERT_TRUE(query);
    EXPECT_EQ((*query)["a"], "1");
    EXPECT_EQ((*query)["b"], " x y");
    EXPECT_EQ((*query)["c"], "");
    EXPECT_EQ((*query)[""], "v");
    EXPECT_FALSE(parse_query("a=%"));
}

}  // namespace
}  // namespace liaison::net
