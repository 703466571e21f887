#pragma once
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace liaison {

/// Header fields in the order of the wire. Names compare without case (RFC 9110, 5.1).
class HttpFields {
public:
    /// The first value of `name`, or an empty view. Valid until the fields change.
    std::string_view get(std::string_view name) const;
    bool has(std::string_view name) const;
    /// Replaces all fields of that name by one.
    void set(std::string_view name, std::string value);
    void add(std::string_view name, std::string value);
    void remove(std::string_view name);
    const std::vector<std::pair<std::string, std::string>>& all() const { return fields_; }

private:
    std::vector<std::pair<std::string, std::string>> fields_;
};

/// A request as values. For HttpClient `url` is absolute (`https://host/path?query`); a server's handler sees the
/// origin form (`/path?query`).
struct HttpRequest {
    std::string method = "GET";
    std::string url;
    HttpFields fields;
    std::string body;
};

struct HttpResponse {
    int status = 200;
    HttpFields fields;
    std::string body;
};

/// Case-insensitive comparison of ASCII text, as HTTP and mail addresses need it.
bool iequals(std::string_view a, std::string_view b);

}  // namespace liaison
