#include "sandbox/graph/graph_call.hpp"

#include <charconv>

#include "sandbox/windows_zones.hpp"

namespace liaison::sandbox::graph {
namespace {

int hex_value(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

std::string_view without_blanks(std::string_view text) {
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
    while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
    return text;
}

// Splits a Prefer header at commas outside of quotes.
std::vector<std::string_view> preference_parts(std::string_view header) {
    std::vector<std::string_view> out;
    bool quoted = false;
    std::size_t start = 0;
    for (std::size_t at = 0; at <= header.size(); ++at) {
        const char c = at < header.size() ? header[at] : ',';
        if (c == '"') quoted = !quoted;
        if (at < header.size() && (c != ',' || quoted)) continue;
        const std::string_view part = without_blanks(header.substr(start, at - start));
        if (!part.empty()) out.push_back(part);
        start = at + 1;
    }
    return out;
}

// Option names compare without case; here in the letters of the documentation.
std::string option_name(std::string name) {
    static constexpr std::string_view known[] = {"$select",
                                                 "$filter",
                                                 "$orderby",
                                                 "$top",
                                                 "$skip",
                                                 "$count",
                                                 "$expand",
                                                 "$search",
                                                 "$skiptoken",
                                                 "$deltatoken",
                                                 "startDateTime",
                                                 "endDateTime",
                                                 "includeHiddenFolders",
                                                 "changeType",
                                                 "validationToken"};
    for (const std::string_view one : known) {
        if (iequals(one, name)) return std::string(one);
    }
    return name;
}

std::string_view unquoted(std::string_view text) {
    if (text.size() >= 2 && text.front() == '"' && text.back() == '"')
        text = text.substr(1, text.size() - 2);
    return text;
}

Outcome<void> apply_preference(Preferences& out, std::string_view part) {
    const std::size_t equals = part.find('=');
    const std::string_view name = without_blanks(part.substr(0, equals));
    const std::string_view value = equals == std::string_view::npos
                                       ? std::string_view{}
                                       : unquoted(without_blanks(part.substr(equals + 1)));
    if (iequals(name, "IdType")) {
        if (!iequals(value, "ImmutableId")) return {};
        out.immutable_ids = true;
        out.applied.emplace_back(R"(IdType="ImmutableId")");
    } else if (iequals(name, "outlook.body-content-type")) {
        if (!iequals(value, "text") && !iequals(value, "html")) return {};
        out.text_body = iequals(value, "text");
        out.applied.push_back("outlook.body-content-type=\"" + std::string(value) + "\"");
    } else if (iequals(name, "outlook.timezone")) {
        const auto windows =
            iana_zone_of(value) ? std::optional<std::string_view>(value) : windows_zone_of(value);
        if (!windows)
            return graph_fail(400, "TimeZoneNotSupportedException",
                              "The time zone '" + std::string(value) + "' is not supported.");
        out.time_zone = *windows;
        out.time_zone_as_given = value;
        out.applied.push_back("outlook.timezone=\"" + std::string(value) + "\"");
    } else if (iequals(name, "odata.maxpagesize") || iequals(name, "maxpagesize")) {
        std::size_t size = 0;
        const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), size);
        if (error != std::errc() || end != value.data() + value.size() || size == 0) return {};
        out.page_size = std::min<std::size_t>(size, 1'000);
        out.applied.push_back("odata.maxpagesize=" + std::to_string(size));
    } else if (iequals(name, "return")) {
        out.minimal = iequals(value, "minimal");
    }
    return {};  // RFC 7240, 2: a preference that is not understood is passed over
}

}  // namespace

bool Caller::may(std::initializer_list<std::string_view> any_of) const {
    for (const std::string_view role : any_of) {
        if (roles.contains(role)) return true;
    }
    return false;
}

bool Caller::may_reach(std::string_view mailbox) const {
    return !scope || scope->contains(mailbox);
}

Outcome<void> Call::allow(std::initializer_list<std::string_view> names,
                          std::span<const std::string_view> more) const {
    for (const auto& [name, value] : query) {
        if (std::find(names.begin(), names.end(), std::string_view(name)) == names.end() &&
            std::find(more.begin(), more.end(), std::string_view(name)) == more.end())
            return graph_fail(400, "ErrorInvalidUrlQuery",
                              "The query parameter '" + name +
                                  "' is not supported for this resource and method.");
    }
    return {};
}

std::string_view Call::option(std::string_view name) const {
    const auto found = query.find(name);
    return found == query.end() ? std::string_view{} : std::string_view(found->second);
}

Outcome<json::object> Call::object_body() const {
    if (raw_body.empty())
        return graph_fail(400, "BadRequest", "Empty Payload. JSON content expected.");
    boost::system::error_code error;
    json::parse_options limits;
    limits.max_depth = 64;
    json::value value = json::parse(raw_body, error, {}, limits);
    if (error || !value.is_object())
        return graph_fail(400, "BadRequest",
                          "Unable to read JSON request payload. Please ensure Content-Type header "
                          "is set and payload is of valid JSON format.");
    return std::move(value.get_object());
}

std::string Call::context_url(std::string_view fragment) const {
    return base_url + "/$metadata#users('" + url_encoded(mailbox) + "')/" + std::string(fragment);
}

Reply json_reply(json::value body, int status) {
    Reply out;
    out.status = status;
    out.body = std::move(body);
    return out;
}

Reply no_content(int status) {
    Reply out;
    out.status = status;
    return out;
}

std::string url_decoded(std::string_view text, bool plus) {
    std::string out;
    out.reserve(text.size());
    for (std::size_t at = 0; at < text.size(); ++at) {
        const char c = text[at];
        if (c == '%' && at + 2 < text.size() && hex_value(text[at + 1]) >= 0 &&
            hex_value(text[at + 2]) >= 0) {
            out.push_back(
                static_cast<char>(hex_value(text[at + 1]) * 16 + hex_value(text[at + 2])));
            at += 2;
        } else {
            out.push_back(plus && c == '+' ? ' ' : c);
        }
    }
    return out;
}

std::string url_encoded(std::string_view text) {
    static constexpr char digits[] = "0123456789ABCDEF";
    std::string out;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                           (c >= '0' && c <= '9') ||
                           std::string_view("-._~").find(c) != std::string_view::npos;
        if (plain) {
            out.push_back(c);
        } else {
            out.push_back('%');
            out.push_back(digits[byte >> 4]);
            out.push_back(digits[byte & 15]);
        }
    }
    return out;
}

std::vector<std::string> path_segments(std::string_view path) {
    std::vector<std::string> out;
    while (!path.empty()) {
        const std::size_t slash = std::min(path.find('/'), path.size());
        std::string segment = url_decoded(path.substr(0, slash), false);
        path.remove_prefix(std::min(slash + 1, path.size()));
        constexpr std::string_view space = "microsoft.graph.";
        if (segment.starts_with(space)) segment.erase(0, space.size());
        if (segment.ends_with("()")) segment.erase(segment.size() - 2);
        const std::size_t key = segment.find("('");
        if (key != std::string::npos && segment.ends_with("')")) {
            out.push_back(segment.substr(0, key));
            out.push_back(segment.substr(key + 2, segment.size() - key - 4));
        } else if (!segment.empty()) {
            out.push_back(std::move(segment));
        }
    }
    return out;
}

Outcome<Query> parse_query(std::string_view text) {
    Query out;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find('&'), text.size());
        const std::string_view pair = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
        if (pair.empty()) continue;
        const std::size_t equals = pair.find('=');
        const std::string name = option_name(url_decoded(pair.substr(0, equals), true));
        const std::string value = equals == std::string_view::npos
                                      ? std::string()
                                      : url_decoded(pair.substr(equals + 1), true);
        if (!out.emplace(name, value).second)
            return bad_request("Query option '" + name +
                               "' was specified more than once, but it must be specified at most "
                               "once.");
    }
    return out;
}

Outcome<Preferences> parse_preferences(const HttpFields& fields) {
    Preferences out;
    for (const auto& [name, value] : fields.all()) {
        if (!iequals(name, "Prefer")) continue;
        for (const std::string_view part : preference_parts(value)) {
            if (auto ok = apply_preference(out, part); !ok) return std::unexpected(ok.error());
        }
    }
    return out;
}

Outcome<void> need(const Call& call, std::initializer_list<std::string_view> any_of) {
    if (!call.caller.may(any_of)) return access_denied();
    return {};
}

std::unexpected<GraphError> item_not_found() {
    return graph_fail(404, "ErrorItemNotFound", "The specified object was not found in the store.");
}

std::unexpected<GraphError> access_denied() {
    return graph_fail(403, "ErrorAccessDenied",
                      "Access is denied. Check credentials and try again.");
}

std::unexpected<GraphError> bad_request(std::string_view message) {
    return graph_fail(400, "BadRequest", message);
}

std::unexpected<GraphError> no_such_resource(std::string_view segment) {
    return graph_fail(400, "BadRequest",
                      "Resource not found for the segment '" + std::string(segment) + "'.");
}

std::unexpected<GraphError> method_not_allowed(const Call& call) {
    return graph_fail(
        405, "Request_BadRequest",
        "Specified HTTP method " + call.method + " is not allowed for the request target.");
}

GraphError from_store_error(const Error& error) {
    switch (error.kind) {
        case ErrorKind::NotFound:
            return item_not_found().error();
        case ErrorKind::AlreadyExists:
            return {
                409, "ErrorFolderExists", "A folder with the specified name already exists.", {}};
        case ErrorKind::Forbidden:
            return {403,
                    "ErrorDeleteDistinguishedFolder",
                    "Distinguished folders cannot be deleted.",
                    {}};
        case ErrorKind::InvalidRequest:
            return {400, "ErrorInvalidRequest", error.message, {}};
        default:
            return {500, "ErrorInternalServerError", "An internal server error occurred.", {}};
    }
}

}  // namespace liaison::sandbox::graph
