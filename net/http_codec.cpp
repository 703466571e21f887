#include "net/http_codec.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/basic_parser.hpp>
#include <boost/beast/http/error.hpp>
#include <limits>
#include <optional>

#include "net/header_scan.hpp"

namespace liaison::net {

namespace {
namespace http = boost::beast::http;

/// Never more than this is set aside on the word of a Content-Length alone.
constexpr std::size_t kReserveMax = 1u << 20;
constexpr int kInterimAnswersMax = 8;

/// Why a message is refused, and the status with which a server says so.
struct Refusal {
    Error error;
    int status = 400;
};

/// Beast's parser, writing straight into our message, with the rules that Beast leaves open.
template <bool isRequest>
class Engine final : public http::basic_parser<isRequest> {
public:
    using Message = std::conditional_t<isRequest, HttpRequest, HttpResponse>;
    using ErrorCode = boost::beast::error_code;
    using Text = boost::beast::string_view;

    Engine(const DecodeLimits& limits, bool no_body) : limits_(limits) {
        this->eager(true);
        this->skip(no_body);
        this->header_limit(std::numeric_limits<std::uint32_t>::max());  // HeaderScan has looked already
        this->body_limit(limits.body_bytes_max);
    }

    Message message;
    std::optional<Refusal> refusal;
    int version = 11;
    bool body_seen = false;
    bool expects = false;

private:
    void refuse(ErrorCode& ec, ErrorKind kind, std::string why, int status) {
        refusal = Refusal{Error{kind, std::move(why)}, status};
        ec = http::error::bad_field;
    }
    void refuse(ErrorCode& ec, std::string why, int status = 400) {
        refuse(ec, ErrorKind::InvalidRequest, std::move(why), status);
    }

    void check_version(int number, ErrorCode& ec) {
        version = number;
        if (number != 10 && number != 11)
            refuse(ec, ErrorKind::Unsupported, "HTTP: neither version 1.0 nor 1.1", 505);
    }

    void on_request_impl(http::verb, Text method, Text target, int number, ErrorCode& ec) override {
        if constexpr (isRequest) {
            message.method.assign(method.data(), method.size());
            message.url.assign(target.data(), target.size());
        }
        check_version(number, ec);
    }

    void on_response_impl(int code, Text, int number, ErrorCode& ec) override {
        if constexpr (!isRequest) message.status = code;
        if (code < 100 || code > 599 || code == 101) return refuse(ec, "HTTP: a status that makes no sense");
        check_version(number, ec);
    }

    void on_field_impl(http::field name, Text name_text, Text value, ErrorCode& ec) override {
        if (this->is_header_done()) return;  // a trailer: bounded, checked, dropped
        if (++fields_ > limits_.fields_max) return refuse(ec, ErrorKind::TooLarge, "HTTP: too many fields", 431);
        std::string_view text(value.data(), value.size());
        switch (name) {
            case http::field::host:
                if (++hosts_ > 1) return refuse(ec, "HTTP: more than one Host");
                break;
            case http::field::content_length:
                if (++lengths_ > 1 || text.find_first_not_of("0123456789") != std::string_view::npos)
                    return refuse(ec, "HTTP: Content-Length is doubled or no number");
                break;
            case http::field::transfer_encoding:
                if (!iequals(text, "chunked") || ++codings_ > 1)
                    return refuse(ec, ErrorKind::Unsupported, "HTTP: a transfer coding other than chunked", 501);
                break;
            case http::field::expect:
                if constexpr (isRequest) {
                    if (!iequals(text, "100-continue"))
                        return refuse(ec, ErrorKind::Unsupported, "HTTP: unknown expectation", 417);
                    expects = true;
                }
                break;
            default: break;
        }
        message.fields.add(std::string_view(name_text.data(), name_text.size()), std::string(text));
    }

    void on_header_impl(ErrorCode& ec) override {
        if (codings_ > 0 && lengths_ > 0) return refuse(ec, "HTTP: Content-Length beside Transfer-Encoding");
        if (codings_ > 0 && version < 11) return refuse(ec, "HTTP: Transfer-Encoding in HTTP/1.0");
        if (isRequest && hosts_ == 0 && version >= 11) refuse(ec, "HTTP: no Host");
    }

    void on_body_init_impl(const boost::optional<std::uint64_t>& length, ErrorCode&) override {
        if (!length) return;
        message.body.reserve(static_cast<std::size_t>(std::min<std::uint64_t>(*length, kReserveMax)));
    }

    std::size_t on_body_impl(Text bytes, ErrorCode&) override {
        body_seen = true;
        message.body.append(bytes.data(), bytes.size());
        return bytes.size();
    }

    void on_chunk_header_impl(std::uint64_t, Text, ErrorCode&) override { body_seen = true; }

    std::size_t on_chunk_body_impl(std::uint64_t, Text bytes, ErrorCode&) override {
        message.body.append(bytes.data(), bytes.size());
        return bytes.size();
    }

    void on_finish_impl(ErrorCode&) override {}

    const DecodeLimits& limits_;
    std::size_t fields_ = 0;
    int hosts_ = 0;
    int lengths_ = 0;
    int codings_ = 0;
};

/// The buffer around the engine: what both decoders share.
template <bool isRequest>
class DecoderCore {
public:
    DecoderCore(DecodeLimits limits, bool no_body) : limits_(limits), no_body_(no_body) { begin(); }
    DecoderCore(const DecoderCore&) = delete;
    DecoderCore& operator=(const DecoderCore&) = delete;

    DecodeState feed(std::string bytes) {
        if (!bytes.empty()) any_byte_ = true;
        if (offset_ == buffer_.size()) {
            buffer_ = std::move(bytes);
            offset_ = 0;
        } else {
            buffer_.erase(0, offset_);
            offset_ = 0;
            buffer_ += bytes;
        }
        return advance();
    }

    DecodeState advance() {
        if (refusal_) return DecodeState::Failed;
        if (engine_->is_done()) return DecodeState::Complete;
        if (!engine_->is_header_done()) {
            DecodeState head = advance_head();
            if (head != DecodeState::Complete) return head;
        }
        while (!engine_->is_done() && !rest().empty()) {
            boost::beast::error_code ec;
            std::string_view bytes = rest();
            std::size_t used = engine_->put(boost::asio::const_buffer(bytes.data(), bytes.size()), ec);
            offset_ += used;
            if (ec == http::error::need_more) {
                if (rest().size() > limits_.header_bytes_max)
                    return refuse(Error{ErrorKind::TooLarge, "HTTP: the head of a chunk is too large"}, 413);
                break;
            }
            if (ec) return refuse_for(ec);
        }
        return engine_->is_done() ? DecodeState::Complete : DecodeState::NeedMore;
    }

    /// The next message begins with the bytes that are left.
    typename Engine<isRequest>::Message take() {
        auto message = std::move(engine_->message);
        begin();
        return message;
    }

    DecodeState refuse(Error error, int status) {
        refusal_ = Refusal{std::move(error), status};
        return DecodeState::Failed;
    }

    Engine<isRequest>& engine() { return *engine_; }
    const std::optional<Refusal>& refusal() const { return refusal_; }
    bool has_rest() const { return offset_ < buffer_.size(); }
    bool any_byte() const { return any_byte_; }
    bool at_boundary() const { return !has_rest() && !engine_->is_header_done(); }

private:
    void begin() {
        engine_.emplace(limits_, no_body_);
        scan_ = HeaderScan();
    }

    std::string_view rest() const { return std::string_view(buffer_).substr(offset_); }

    DecodeState advance_head() {
        switch (scan_.scan(rest(), limits_.header_bytes_max)) {
            case HeaderScan::More: return DecodeState::NeedMore;
            case HeaderScan::Complete: return DecodeState::Complete;
            case HeaderScan::TooLong: return refuse(Error{ErrorKind::TooLarge, "HTTP: the header is too large"}, 431);
            case HeaderScan::Malformed: break;
        }
        return refuse(Error{ErrorKind::InvalidRequest, "HTTP: the header is malformed"}, 400);
    }

    DecodeState refuse_for(const boost::beast::error_code& ec) {
        if (engine_->refusal) return refuse(std::move(engine_->refusal->error), engine_->refusal->status);
        if (ec == http::error::body_limit)
            return refuse(Error{ErrorKind::TooLarge, "HTTP: the body is too large"}, 413);
        if (ec == http::error::bad_version)
            return refuse(Error{ErrorKind::Unsupported, "HTTP: neither version 1.0 nor 1.1"}, 505);
        return refuse(Error{ErrorKind::InvalidRequest, "HTTP: " + ec.message()}, 400);
    }

    DecodeLimits limits_;
    bool no_body_;
    std::optional<Engine<isRequest>> engine_;
    HeaderScan scan_;
    std::string buffer_;
    std::size_t offset_ = 0;
    bool any_byte_ = false;
    std::optional<Refusal> refusal_;
};

}  // namespace

// ---- requests

class RequestDecoder::Parts {
public:
    explicit Parts(DecodeLimits limits) : core(limits, false) {}
    DecoderCore<true> core;
    bool keep_alive = false;
    bool http_1_0 = false;
};

RequestDecoder::RequestDecoder(DecodeLimits limits) : parts_(std::make_unique<Parts>(limits)) {}
RequestDecoder::~RequestDecoder() = default;
RequestDecoder::RequestDecoder(RequestDecoder&&) noexcept = default;
RequestDecoder& RequestDecoder::operator=(RequestDecoder&&) noexcept = default;

DecodeState RequestDecoder::feed(std::string bytes) { return parts_->core.feed(std::move(bytes)); }

DecodeState RequestDecoder::finish() {
    if (parts_->core.refusal()) return DecodeState::Failed;
    if (parts_->core.at_boundary()) return DecodeState::NeedMore;
    return parts_->core.refuse(Error{ErrorKind::InvalidRequest, "HTTP: the request was cut short"}, 400);
}

HttpRequest RequestDecoder::take() {
    auto& engine = parts_->core.engine();
    parts_->keep_alive = engine.keep_alive();
    parts_->http_1_0 = engine.version == 10;
    return parts_->core.take();
}

bool RequestDecoder::at_boundary() const { return parts_->core.at_boundary(); }

bool RequestDecoder::wants_continue() const {
    auto& engine = parts_->core.engine();
    return engine.is_header_done() && !engine.is_done() && engine.expects && !engine.body_seen &&
           engine.version >= 11;
}

bool RequestDecoder::keep_alive() const { return parts_->keep_alive; }
bool RequestDecoder::http_1_0() const { return parts_->http_1_0; }
const Error& RequestDecoder::error() const { return parts_->core.refusal()->error; }
int RequestDecoder::refusal_status() const { return parts_->core.refusal()->status; }

// ---- responses

class ResponseDecoder::Parts {
public:
    Parts(DecodeLimits limits, bool no_body) : core(limits, no_body) {}

    /// Skips interim answers; turns a refusal into the words of a client.
    DecodeState settle(DecodeState state) {
        while (state == DecodeState::Complete && core.engine().message.status < 200) {
            if (++interim > kInterimAnswersMax)
                return core.refuse(Error{ErrorKind::CorruptReply, "HTTP: too many interim answers"}, 0);
            core.take();
            state = core.advance();
        }
        if (state == DecodeState::Failed && core.refusal()->error.kind != ErrorKind::TooLarge &&
            core.refusal()->error.kind != ErrorKind::Unanswered)
            core.refuse(Error{ErrorKind::CorruptReply, core.refusal()->error.message}, 0);
        return state;
    }

    DecoderCore<false> core;
    int interim = 0;
};

ResponseDecoder::ResponseDecoder(DecodeLimits limits, std::string_view method)
    : parts_(std::make_unique<Parts>(limits, method == "HEAD" || method == "CONNECT")) {}
ResponseDecoder::~ResponseDecoder() = default;
ResponseDecoder::ResponseDecoder(ResponseDecoder&&) noexcept = default;
ResponseDecoder& ResponseDecoder::operator=(ResponseDecoder&&) noexcept = default;

DecodeState ResponseDecoder::feed(std::string bytes) {
    return parts_->settle(parts_->core.feed(std::move(bytes)));
}

DecodeState ResponseDecoder::finish() {
    auto& core = parts_->core;
    if (core.refusal()) return DecodeState::Failed;
    auto& engine = core.engine();
    if (engine.is_done()) return DecodeState::Complete;
    if (engine.is_header_done() && engine.need_eof()) {
        boost::beast::error_code ec;
        engine.put_eof(ec);
        if (!ec && engine.is_done()) return DecodeState::Complete;
    }
    return core.refuse(Error{ErrorKind::Unanswered, "HTTP: the connection ended before the answer did"}, 0);
}

HttpResponse ResponseDecoder::take() { return std::move(parts_->core.engine().message); }
bool ResponseDecoder::any_byte_seen() const { return parts_->core.any_byte(); }

bool ResponseDecoder::reusable() const {
    auto& engine = parts_->core.engine();
    return engine.is_done() && engine.keep_alive() && !parts_->core.has_rest();
}

const Error& ResponseDecoder::error() const { return parts_->core.refusal()->error; }

}  // namespace liaison::net
