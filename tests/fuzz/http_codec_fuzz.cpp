// Requests and responses. However the bytes are cut, the message is the same; what was decoded can
// be written again.
#include "net/gzip.hpp"
#include "net/http_codec.hpp"
#include "net/url.hpp"
#include "tests/fuzz/require.hpp"

namespace {

using namespace liaison::net;
using liaison::fuzz::require;

DecodeLimits small_limits() { return {4u << 10, 16u << 10, 64}; }

struct Decoded {
    int messages = 0;
    bool failed = false;
    std::string last_body;
};

Decoded read_requests(std::string_view bytes, std::size_t step) {
    Decoded out;
    RequestDecoder decoder(small_limits());
    DecodeState state = DecodeState::NeedMore;
    for (std::size_t at = 0; at < bytes.size() && state != DecodeState::Failed; at += step) {
        state = decoder.feed(std::string(bytes.substr(at, step)));
        while (state == DecodeState::Complete) {
            liaison::HttpRequest request = decoder.take();
            ++out.messages;
            out.last_body = request.body;
            const std::string target = request.url;
            (void)encode_request(std::move(request), target, "host.example");
            state = decoder.feed({});
        }
    }
    if (state == DecodeState::NeedMore) state = decoder.finish();
    out.failed = state == DecodeState::Failed;
    if (out.failed) require(decoder.refusal_status() >= 400, "a refusal has a status");
    return out;
}

Decoded read_response(std::string_view bytes, std::size_t step) {
    Decoded out;
    ResponseDecoder decoder(small_limits(), "GET");
    DecodeState state = DecodeState::NeedMore;
    for (std::size_t at = 0; at < bytes.size() && state == DecodeState::NeedMore; at += step)
        state = decoder.feed(std::string(bytes.substr(at, step)));
    if (state == DecodeState::NeedMore) state = decoder.finish();
    out.failed = state == DecodeState::Failed;
    if (state == DecodeState::Complete) {
        liaison::HttpResponse response = decoder.take();
        ++out.messages;
        out.last_body = response.body;
        (void)decode_content(response, 64u << 10);
        (void)encode_response(std::move(response), {});
    }
    return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size < 2 || size > 32u << 10) return 0;
    const std::string_view bytes = liaison::fuzz::text_of(data + 1, size - 1);
    const auto read = data[0] & 1 ? read_requests : read_response;
    const Decoded whole = read(bytes, bytes.size());
    const Decoded cut = read(bytes, 1 + data[0] / 16u);
    require(whole.messages == cut.messages, "cutting makes no other number of messages");
    require(whole.failed == cut.failed, "cutting makes no other verdict");
    require(whole.last_body == cut.last_body, "cutting makes no other body");
    (void)parse_url(bytes);
    (void)parse_query(bytes);
    (void)gunzip(bytes, 64u << 10);
    return 0;
}
