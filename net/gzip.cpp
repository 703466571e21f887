#include "net/gzip.hpp"

#include <zlib.h>

#include <algorithm>
#include <limits>
#include <new>

namespace liaison::net {

namespace {

constexpr int kGzipWindow = 15 + 16;
constexpr int kGzipLevel = 2;
constexpr std::size_t kZlibStep = std::numeric_limits<uInt>::max();

Bytef* zlib_bytes(const char* data) { return reinterpret_cast<Bytef*>(const_cast<char*>(data)); }

/// Owns the inflate state, so that no return path leaks it.
class Inflater {
public:
    Inflater() { ready_ = inflateInit2(&stream_, kGzipWindow) == Z_OK; }
    ~Inflater() {
        if (ready_) inflateEnd(&stream_);
    }
    Inflater(const Inflater&) = delete;
    Inflater& operator=(const Inflater&) = delete;
    bool ready() const { return ready_; }
    z_stream& stream() { return stream_; }

private:
    z_stream stream_{};
    bool ready_ = false;
};

std::unexpected<Error> no_gzip() { return fail(ErrorKind::CorruptReply, "content is no whole gzip"); }

std::string_view gzip_trim(std::string_view text) {
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
    while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
    return text;
}

/// "q=0", "q=0.0", ...: explicitly not wanted.
bool quality_is_zero(std::string_view parameters) {
    std::size_t at = parameters.find("q=");
    if (at == std::string_view::npos) at = parameters.find("Q=");
    if (at == std::string_view::npos) return false;
    std::string_view value = gzip_trim(parameters.substr(at + 2));
    return !value.empty() && value.find_first_not_of("0.") == std::string_view::npos;
}

}  // namespace

std::string gzip(std::string_view bytes) {
    z_stream stream{};
    int ready = deflateInit2(&stream, kGzipLevel, Z_DEFLATED, kGzipWindow, 8, Z_DEFAULT_STRATEGY);
    if (ready != Z_OK) throw std::bad_alloc();
    std::string out;
    out.resize(deflateBound(&stream, static_cast<uLong>(bytes.size())));
    std::size_t taken = 0;
    std::size_t made = 0;
    int state = Z_OK;
    while (state == Z_OK) {
        std::size_t in = std::min(bytes.size() - taken, kZlibStep);
        std::size_t room = std::min(out.size() - made, kZlibStep);
        stream.next_in = zlib_bytes(bytes.data() + taken);
        stream.avail_in = static_cast<uInt>(in);
        stream.next_out = zlib_bytes(out.data() + made);
        stream.avail_out = static_cast<uInt>(room);
        state = deflate(&stream, taken + in == bytes.size() ? Z_FINISH : Z_NO_FLUSH);
        taken += in - stream.avail_in;
        made += room - stream.avail_out;
        if (made == out.size() && state == Z_OK) out.resize(out.size() + 4096);
    }
    deflateEnd(&stream);
    out.resize(made);
    return out;
}

Result<std::string> gunzip(std::string_view bytes, std::size_t bytes_max) {
    Inflater inflater;
    if (!inflater.ready()) throw std::bad_alloc();
    z_stream& stream = inflater.stream();
    // One byte more than allowed is room enough to notice that the limit is passed.
    std::size_t ceiling = bytes_max == std::numeric_limits<std::size_t>::max() ? bytes_max : bytes_max + 1;
    std::string out;
    out.resize(std::min(ceiling, std::max<std::size_t>(bytes.size() * 4, 4096)));
    std::size_t taken = 0;
    std::size_t made = 0;
    while (true) {
        std::size_t in = std::min(bytes.size() - taken, kZlibStep);
        std::size_t room = std::min(out.size() - made, kZlibStep);
        stream.next_in = zlib_bytes(bytes.data() + taken);
        stream.avail_in = static_cast<uInt>(in);
        stream.next_out = zlib_bytes(out.data() + made);
        stream.avail_out = static_cast<uInt>(room);
        int state = inflate(&stream, Z_NO_FLUSH);
        std::size_t read = in - stream.avail_in;
        std::size_t written = room - stream.avail_out;
        taken += read;
        made += written;
        if (made > bytes_max) return fail(ErrorKind::TooLarge, "inflated content is larger than allowed");
        if (state == Z_STREAM_END) {
            if (taken == bytes.size()) break;
            if (inflateReset(&stream) != Z_OK) return no_gzip();
            continue;
        }
        if (state != Z_OK && state != Z_BUF_ERROR) return no_gzip();
        if (made == out.size()) {
            out.resize(std::min(ceiling, out.size() * 2));
        } else if (read == 0 && written == 0) {
            return no_gzip();  // wants more input than there is
        }
    }
    out.resize(made);
    return out;
}

Result<void> decode_content(HttpResponse& response, std::size_t bytes_max) {
    std::string_view coding = gzip_trim(response.fields.get("Content-Encoding"));
    if (coding.empty() || iequals(coding, "identity")) return {};
    if (!iequals(coding, "gzip") && !iequals(coding, "x-gzip"))
        return fail(ErrorKind::CorruptReply, "answer in a content coding that was not offered");
    if (!response.body.empty()) {
        auto plain = gunzip(response.body, bytes_max);
        if (!plain) return std::unexpected(plain.error());
        response.body = std::move(*plain);
    }
    response.fields.remove("Content-Encoding");
    response.fields.remove("Content-Length");
    return {};
}

bool accepts_gzip(std::string_view accept_encoding) {
    while (!accept_encoding.empty()) {
        std::size_t comma = accept_encoding.find(',');
        std::string_view item = accept_encoding.substr(0, comma);
        accept_encoding = comma == std::string_view::npos ? std::string_view() : accept_encoding.substr(comma + 1);
        std::size_t semicolon = item.find(';');
        if (!iequals(gzip_trim(item.substr(0, semicolon)), "gzip")) continue;
        return semicolon == std::string_view::npos || !quality_is_zero(item.substr(semicolon));
    }
    return false;
}

}  // namespace liaison::net
