#include "net/url.hpp"

#include <charconv>

namespace liaison::net {

namespace {

constexpr std::size_t kUrlBytesMax = 16 * 1024;

std::string url_lower(std::string_view text) {
    std::string out(text);
    for (char& c : out)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
    return out;
}

int url_hex(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

bool url_alnum(char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool valid_dns_host(std::string_view host) {
    if (host.empty() || host.size() > 253) return false;
    for (char c : host)
        if (!url_alnum(c) && c != '-' && c != '.' && c != '_') return false;
    return host.front() != '.' && host.find("..") == std::string_view::npos;
}

bool valid_ipv6_host(std::string_view host) {
    if (host.size() < 2 || host.size() > 45) return false;
    for (char c : host)
        if (url_hex(c) < 0 && c != ':' && c != '.') return false;
    return host.find(':') != std::string_view::npos;
}

Result<std::uint16_t> parse_port(std::string_view text) {
    unsigned value = 0;
    auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size() || value == 0 || value > 65535)
        return fail(ErrorKind::InvalidRequest, "URL: the port is out of range");
    return static_cast<std::uint16_t>(value);
}

/// "host", "host:port", "[v6]" or "[v6]:port" into `url`.
Result<void> parse_authority(std::string_view text, Url& url) {
    if (text.find('@') != std::string_view::npos)
        return fail(ErrorKind::InvalidRequest, "URL: user information is not allowed");
    std::string_view host = text;
    std::string_view port;
    bool bracketed = text.starts_with('[');
    if (bracketed) {
        std::size_t close = text.find(']');
        if (close == std::string_view::npos) return fail(ErrorKind::InvalidRequest, "URL: bad IPv6 address");
        host = text.substr(1, close - 1);
        port = text.substr(close + 1);
        if (!port.empty() && port.front() != ':') return fail(ErrorKind::InvalidRequest, "URL: bad host");
    } else if (std::size_t colon = text.find(':'); colon != std::string_view::npos) {
        host = text.substr(0, colon);
        port = text.substr(colon);
    }
    if (bracketed ? !valid_ipv6_host(host) : !valid_dns_host(host))
        return fail(ErrorKind::InvalidRequest, "URL: bad host");
    if (!port.empty()) {
        auto number = parse_port(port.substr(1));
        if (!number) return std::unexpected(number.error());
        url.port = *number;
    }
    url.host = url_lower(host);
    return {};
}

}  // namespace

Result<Url> parse_url(std::string_view text) {
    if (text.size() > kUrlBytesMax) return fail(ErrorKind::InvalidRequest, "URL: too long");
    for (char c : text) {
        auto byte = static_cast<unsigned char>(c);
        if (byte <= 0x20 || byte >= 0x7f || c == '#' || c == '\\')
            return fail(ErrorKind::InvalidRequest, "URL: a character that must be escaped, or a fragment");
    }
    Url url;
    std::size_t colon = text.find("://");
    if (colon == std::string_view::npos) return fail(ErrorKind::InvalidRequest, "URL: not absolute");
    url.scheme = url_lower(text.substr(0, colon));
    if (url.scheme != "http" && url.scheme != "https")
        return fail(ErrorKind::InvalidRequest, "URL: the scheme is neither http nor https");
    url.port = url.scheme == "https" ? 443 : 80;
    std::string_view rest = text.substr(colon + 3);
    std::size_t end = rest.find_first_of("/?");
    std::string_view authority = rest.substr(0, end);
    if (auto parsed = parse_authority(authority, url); !parsed) return std::unexpected(parsed.error());
    if (end != std::string_view::npos) {
        std::string_view target = rest.substr(end);
        url.target = target.front() == '?' ? "/" + std::string(target) : std::string(target);
    }
    return url;
}

Result<std::string> percent_decode(std::string_view text, bool plus_is_space) {
    std::string out;
    out.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '+' && plus_is_space) {
            out += ' ';
        } else if (text[i] != '%') {
            out += text[i];
        } else {
            int high = i + 2 < text.size() ? url_hex(text[i + 1]) : -1;
            int low = i + 2 < text.size() ? url_hex(text[i + 2]) : -1;
            if (high < 0 || low < 0) return fail(ErrorKind::InvalidRequest, "URL: malformed escape");
            out += static_cast<char>(high * 16 + low);
            i += 2;
        }
    }
    return out;
}

std::string percent_encode(std::string_view text) {
    static constexpr std::string_view digits = "0123456789ABCDEF";
    std::string out;
    out.reserve(text.size());
    for (char c : text) {
        if (url_alnum(c) || c == '-' || c == '.' || c == '_' || c == '~') {
            out += c;
            continue;
        }
        auto byte = static_cast<unsigned char>(c);
        out += '%';
        out += digits[byte >> 4];
        out += digits[byte & 15];
    }
    return out;
}

Result<std::map<std::string, std::string>> parse_query(std::string_view query) {
    std::map<std::string, std::string> out;
    while (!query.empty()) {
        std::size_t end = query.find('&');
        std::string_view pair = query.substr(0, end);
        query = end == std::string_view::npos ? std::string_view() : query.substr(end + 1);
        if (pair.empty()) continue;
        std::size_t equals = pair.find('=');
        auto name = percent_decode(pair.substr(0, equals), true);
        if (!name) return std::unexpected(name.error());
        auto value = percent_decode(
            equals == std::string_view::npos ? std::string_view() : pair.substr(equals + 1), true);
        if (!value) return std::unexpected(value.error());
        out.try_emplace(std::move(*name), std::move(*value));
    }
    return out;
}

}  // namespace liaison::net
