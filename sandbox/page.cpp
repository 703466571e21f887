#include "sandbox/page.hpp"

#include <algorithm>
#include <string>

#include "sandbox/page_files.hpp"

namespace liaison::sandbox {
namespace {

constexpr std::string_view page_file_prefix = "/sandbox/web";

std::string_view page_path(std::string_view url) {
    return url.substr(0, url.find_first_of("?#"));
}

HttpResponse page_plain(int status, std::string text) {
    HttpResponse out;
    out.status = status;
    out.fields.set("Content-Type", "text/plain; charset=utf-8");
    out.body = std::move(text);
    return out;
}

void add_page_headers(HttpResponse& response) {
    response.fields.set(
        "Content-Security-Policy",
        "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'");
    response.fields.set("X-Content-Type-Options", "nosniff");
    response.fields.set("Referrer-Policy", "no-referrer");
    response.fields.set("Cache-Control", "no-cache");
}

HttpResponse page_file(const HttpRequest& request) {
    if (request.method != "GET" && request.method != "HEAD") {
        HttpResponse out = page_plain(405, "Only GET is answered here.\n");
        out.fields.set("Allow", "GET, HEAD");
        return out;
    }
    std::string_view path = page_path(request.url);
    if (path == "/" || path == "/sandbox/view") {
        path = "/index.html";
    } else {
        path.remove_prefix(page_file_prefix.size());
    }
    const auto files = sandbox_web_files();
    const auto found = std::find_if(files.begin(), files.end(),
                                    [&](const auto& file) { return file.path == path; });
    if (found == files.end()) return page_plain(404, "No such file.\n");
    HttpResponse out;
    out.fields.set("ETag", std::string(found->etag));
    if (request.fields.get("If-None-Match") == found->etag) {
        out.status = 304;
        return out;
    }
    out.fields.set("Content-Type", std::string(found->content_type));
    out.body = std::string(found->bytes);
    return out;
}

}  // namespace

bool page_owns_path(std::string_view url) {
    const std::string_view path = page_path(url);
    return path == "/" || path == "/sandbox/view" || path.starts_with("/sandbox/web/");
}

HttpResponse page_answer(const HttpRequest& request) {
    HttpResponse out = page_file(request);
    add_page_headers(out);
    return out;
}

}  // namespace liaison::sandbox
