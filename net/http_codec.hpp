#pragma once
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "core/http_message.hpp"
#include "core/result.hpp"

/// Bytes to message and back, without a socket. Parsing is Beast's, under rules that are stricter than its own:
/// what two parsers could read differently (RFC 9112, sections 2.2, 5.2, 6.1 and 6.3) is refused, never guessed.
namespace liaison::net {

struct DecodeLimits {
    std::size_t header_bytes_max = 64u << 10;  ///< start line and fields; also of a chunk's head and of the trailer
    std::size_t body_bytes_max = 64u << 20;    ///< as transferred, chunk framing taken off
    std::size_t fields_max = 512;
};

enum class DecodeState { NeedMore, Complete, Failed };

/// Requests from a stream of bytes, one after the other.
class RequestDecoder {
public:
    explicit RequestDecoder(DecodeLimits limits);
    ~RequestDecoder();
    RequestDecoder(RequestDecoder&&) noexcept;
    RequestDecoder& operator=(RequestDecoder&&) noexcept;

    /// Takes the bytes and parses as far as the end of the current request; the rest is kept for the next one.
    /// `feed({})` goes on with what was kept.
    DecodeState feed(std::string bytes);
    /// The stream has ended: Failed if a request was cut short, NeedMore if none had begun.
    DecodeState finish();
    /// After Complete: the request, `url` being the target as it was sent; the decoder is ready for the next.
    HttpRequest take();

    /// No byte of the next request has arrived.
    bool at_boundary() const;
    /// The head of the current request is complete and its sender waits for "100 Continue" before it sends the body.
    bool wants_continue() const;
    /// Of the request that is complete: may the connection serve another one?
    bool keep_alive() const;
    bool http_1_0() const;
    /// After Failed: InvalidRequest, TooLarge or Unsupported, and the status that answers it
    /// (400, 413, 417, 431, 501 or 505).
    const Error& error() const;
    int refusal_status() const;

private:
    class Parts;
    std::unique_ptr<Parts> parts_;
};

/// The answer to one request. Interim answers (1xx) are skipped.
class ResponseDecoder {
public:
    /// `method` of the request: HEAD and CONNECT answers have no body.
    ResponseDecoder(DecodeLimits limits, std::string_view method);
    ~ResponseDecoder();
    ResponseDecoder(ResponseDecoder&&) noexcept;
    ResponseDecoder& operator=(ResponseDecoder&&) noexcept;

    DecodeState feed(std::string bytes);
    /// The stream has ended: Complete if that is how this answer ends (RFC 9112, 6.3, 8), else Failed with Unanswered.
    DecodeState finish();
    HttpResponse take();

    bool any_byte_seen() const;
    /// Of the complete answer: may the connection be used again? False when bytes follow that nobody asked for.
    bool reusable() const;
    /// After Failed: CorruptReply, TooLarge, or Unanswered when the stream ended before the answer did.
    const Error& error() const;

private:
    class Parts;
    std::unique_ptr<Parts> parts_;
};

/// A message ready to be written. A small body is already part of `head`; a large one stays where it was, uncopied.
struct WireMessage {
    std::string head;
    std::string body;
};

/// The request as HTTP/1.1 with the given request target and Host. Sets Host and Content-Length and drops these and the
/// fields of the connection (Connection, Transfer-Encoding, Keep-Alive, ...) from the caller's.
/// Errors: InvalidRequest for a method, target, name or value that could break the framing.
Result<WireMessage> encode_request(HttpRequest request, std::string_view target, std::string_view host);

struct ResponseFraming {
    bool head_only = false;   ///< the answer to HEAD: the length is told, the body is not sent
    bool keep_alive = true;   ///< false adds "Connection: close"
    bool http_1_0 = false;    ///< the caller speaks HTTP/1.0 and hears "keep-alive" explicitly
};

/// Sets Content-Length; 204 and 304 carry no body (RFC 9110, 6.4.1). Errors: InvalidRequest as above.
Result<WireMessage> encode_response(HttpResponse response, ResponseFraming framing);

/// The standard phrase of a status, or "Status".
std::string_view reason_phrase(int status);

}  // namespace liaison::net
