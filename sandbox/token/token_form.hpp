#pragma once
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace liaison::sandbox {

/// Which of the identity platform's resources a path names.
struct TokenPath {
    enum class Resource { Token, Metadata, Keys };
    std::string tenant;
    Resource resource = Resource::Token;
};
/// /TENANT/oauth2/v2.0/token, /TENANT/v2.0/.well-known/openid-configuration,
/// /TENANT/discovery/v2.0/keys; absent: none of them.
std::optional<TokenPath> parse_token_path(std::string_view url);

/// application/x-www-form-urlencoded; absent when a name comes twice.
std::optional<std::map<std::string, std::string, std::less<>>> parse_form(std::string_view body);

/// Resources that tokens can be had for: Graph (all clouds), Exchange Online, and loopback hosts,
/// under which the sandbox itself is reached.
bool is_known_audience(std::string_view resource);
/// Of those, what the Graph face accepts.
bool is_graph_audience(std::string_view resource);

}  // namespace liaison::sandbox
