#include <algorithm>
#include <array>
#include <string>

#include "net/http_codec.hpp"

namespace liaison::net {

namespace {

/// Up to this size a body travels in the same write as the head; above it is not copied.
constexpr std::size_t kJoinedBodyMax = 16 * 1024;

/// Fields that speak about the connection or the framing: ours to set (RFC 9110, 7.6.1).
constexpr std::array<std::string_view, 9> kFramingFields = {
    "Host", "Content-Length", "Connection", "Transfer-Encoding", "Keep-Alive", "Proxy-Connection", "TE", "Trailer",
    "Upgrade"};

bool is_framing_field(std::string_view name) {
    return std::ranges::any_of(kFramingFields, [&](std::string_view field) { return iequals(field, name); });
}

bool is_token(std::string_view text) {
    static constexpr std::string_view marks = "!#$%&'*+-.^_`|~";
    return !text.empty() && std::ranges::all_of(text, [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
               marks.find(c) != std::string_view::npos;
    });
}

/// No control character but the tab: CR, LF and NUL would end the field (RFC 9110, 5.5).
bool is_field_value(std::string_view text) {
    return std::ranges::none_of(text, [](char c) {
        auto byte = static_cast<unsigned char>(c);
        return (byte < 0x20 && c != '\t') || byte == 0x7f;
    });
}

bool is_target(std::string_view text) {
    return !text.empty() && std::ranges::all_of(text, [](char c) {
        auto byte = static_cast<unsigned char>(c);
        return byte > 0x20 && byte < 0x7f;
    });
}

Result<void> append_fields(const HttpFields& fields, std::string& head) {
    for (const auto& [name, value] : fields.all()) {
        if (!is_token(name)) return fail(ErrorKind::InvalidRequest, "HTTP: a field name that is none");
        if (!is_field_value(value)) return fail(ErrorKind::InvalidRequest, "HTTP: control character in field " + name);
        if (is_framing_field(name)) continue;
        head.append(name).append(": ").append(value).append("\r\n");
    }
    return {};
}

WireMessage join(std::string head, std::string body) {
    head += "\r\n";
    WireMessage message{std::move(head), std::move(body)};
    if (message.body.size() <= kJoinedBodyMax) {
        message.head += message.body;
        message.body.clear();
    }
    return message;
}

std::size_t size_of_fields(const HttpFields& fields) {
    std::size_t size = 256;
    for (const auto& [name, value] : fields.all()) size += name.size() + value.size() + 4;
    return size;
}

}  // namespace

Result<WireMessage> encode_request(HttpRequest request, std::string_view target, std::string_view host) {
    if (!is_token(request.method)) return fail(ErrorKind::InvalidRequest, "HTTP: a method that is none");
    if (!is_target(target)) return fail(ErrorKind::InvalidRequest, "HTTP: a target that must be escaped");
    if (!is_target(host)) return fail(ErrorKind::InvalidRequest, "HTTP: a host that is none");
    std::string head;
    head.reserve(size_of_fields(request.fields) + target.size() +
                 (request.body.size() <= kJoinedBodyMax ? request.body.size() : 0));
    head.append(request.method).append(" ").append(target).append(" HTTP/1.1\r\nHost: ").append(host).append("\r\n");
    if (auto added = append_fields(request.fields, head); !added) return std::unexpected(added.error());
    bool body_expected = request.method == "POST" || request.method == "PUT" || request.method == "PATCH";
    if (body_expected || !request.body.empty())
        head.append("Content-Length: ").append(std::to_string(request.body.size())).append("\r\n");
    return join(std::move(head), std::move(request.body));
}

Result<WireMessage> encode_response(HttpResponse response, ResponseFraming framing) {
    if (response.status < 200 || response.status > 599)
        return fail(ErrorKind::InvalidRequest, "HTTP: a status that is no final answer");
    bool bodiless = response.status == 204 || response.status == 304;
    if (bodiless) response.body.clear();
    std::string head;
    head.reserve(size_of_fields(response.fields) +
                 (response.body.size() <= kJoinedBodyMax ? response.body.size() : 0));
    head.append("HTTP/1.1 ").append(std::to_string(response.status)).append(" ");
    head.append(reason_phrase(response.status)).append("\r\n");
    if (auto added = append_fields(response.fields, head); !added) return std::unexpected(added.error());
    if (!bodiless) head.append("Content-Length: ").append(std::to_string(response.body.size())).append("\r\n");
    if (!framing.keep_alive) {
        head += "Connection: close\r\n";
    } else if (framing.http_1_0) {
        head += "Connection: keep-alive\r\n";
    }
    if (framing.head_only) response.body.clear();
    return join(std::move(head), std::move(response.body));
}

std::string_view reason_phrase(int status) {
    switch (status) {
        case 200: return "OK";
        case 201: return "Created";
        case 202: return "Accepted";
        case 204: return "No Content";
        case 206: return "Partial Content";
        case 301: return "Moved Permanently";
        case 302: return "Found";
        case 303: return "See Other";
        case 304: return "Not Modified";
        case 307: return "Temporary Redirect";
        case 308: return "Permanent Redirect";
        case 400: return "Bad Request";
        case 401: return "Unauthorized";
        case 403: return "Forbidden";
        case 404: return "Not Found";
        case 405: return "Method Not Allowed";
        case 406: return "Not Acceptable";
        case 408: return "Request Timeout";
        case 409: return "Conflict";
        case 410: return "Gone";
        case 411: return "Length Required";
        case 412: return "Precondition Failed";
        case 413: return "Content Too Large";
        case 415: return "Unsupported Media Type";
        case 417: return "Expectation Failed";
        case 422: return "Unprocessable Content";
        case 423: return "Locked";
        case 424: return "Failed Dependency";
        case 428: return "Precondition Required";
        case 429: return "Too Many Requests";
        case 431: return "Request Header Fields Too Large";
        case 500: return "Internal Server Error";
        case 501: return "Not Implemented";
        case 502: return "Bad Gateway";
        case 503: return "Service Unavailable";
        case 504: return "Gateway Timeout";
        case 505: return "HTTP Version Not Supported";
        case 507: return "Insufficient Storage";
        case 509: return "Bandwidth Limit Exceeded";
        default: return "Status";
    }
}

}  // namespace liaison::net
