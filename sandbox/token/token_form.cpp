#include "sandbox/token/token_form.hpp"

#include <algorithm>

namespace liaison::sandbox {
namespace {

int form_hex(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

std::string form_decoded(std::string_view text) {
    std::string out;
    for (std::size_t at = 0; at < text.size(); ++at) {
        if (text[at] == '%' && at + 2 < text.size() && form_hex(text[at + 1]) >= 0 &&
            form_hex(text[at + 2]) >= 0) {
            out.push_back(static_cast<char>(form_hex(text[at + 1]) * 16 + form_hex(text[at + 2])));
            at += 2;
        } else {
            out.push_back(text[at] == '+' ? ' ' : text[at]);
        }
    }
    return out;
}

std::string_view host_of(std::string_view resource) {
    const std::size_t scheme = resource.find("://");
    if (scheme == std::string_view::npos) return {};
    resource.remove_prefix(scheme + 3);
    resource = resource.substr(0, resource.find('/'));
    if (resource.starts_with('[')) return resource.substr(0, resource.find(']') + 1);
    return resource.substr(0, resource.find(':'));
}

}  // namespace

std::optional<TokenPath> parse_token_path(std::string_view url) {
    const std::string_view path = url.substr(0, url.find('?'));
    if (!path.starts_with('/')) return std::nullopt;
    const std::size_t slash = path.find('/', 1);
    if (slash == std::string_view::npos || slash == 1) return std::nullopt;
    TokenPath out;
    out.tenant = form_decoded(path.substr(1, slash - 1));
    const std::string_view rest = path.substr(slash);
    if (rest == "/oauth2/v2.0/token") {
        out.resource = TokenPath::Resource::Token;
    } else if (rest == "/v2.0/.well-known/openid-configuration") {
        out.resource = TokenPath::Resource::Metadata;
    } else if (rest == "/discovery/v2.0/keys") {
        out.resource = TokenPath::Resource::Keys;
    } else {
        return std::nullopt;
    }
    return out;
}

std::optional<std::map<std::string, std::string, std::less<>>> parse_form(std::string_view body) {
    std::map<std::string, std::string, std::less<>> out;
    while (!body.empty()) {
        const std::size_t end = std::min(body.find('&'), body.size());
        const std::string_view pair = body.substr(0, end);
        body.remove_prefix(std::min(end + 1, body.size()));
        if (pair.empty()) continue;
        const std::size_t equals = std::min(pair.find('='), pair.size());
        const std::string value = form_decoded(pair.substr(std::min(equals + 1, pair.size())));
        if (!out.emplace(form_decoded(pair.substr(0, equals)), value).second) return std::nullopt;
    }
    return out;
}

bool is_graph_audience(std::string_view resource) {
    static constexpr std::string_view hosts[] = {"graph.microsoft.com",
                                                 "graph.microsoft.us",
                                                 "dod-graph.microsoft.us",
                                                 "microsoftgraph.chinacloudapi.cn",
                                                 "localhost",
                                                 "127.0.0.1",
                                                 "[::1]"};
    if (resource == "00000003-0000-0000-c000-000000000000") return true;
    const std::string_view host = host_of(resource);
    return std::find(std::begin(hosts), std::end(hosts), host) != std::end(hosts) ||
           host.ends_with(".test");
}

bool is_known_audience(std::string_view resource) {
    return is_graph_audience(resource) || host_of(resource) == "outlook.office365.com" ||
           host_of(resource) == "outlook.office.com";
}

}  // namespace liaison::sandbox
