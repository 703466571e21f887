#include "tests/sandbox/graph_lab.hpp"

#include <gtest/gtest.h>

#include "sandbox/ews_face.hpp"
#include "sandbox/mailbox_ids.hpp"
#include "tests/sandbox/graph_csdl.hpp"

namespace liaison::sandbox {

namespace json = boost::json;

GraphLab::GraphLab() {
    SandboxOptions options;
    options.now = [this] { return now_; };
    auto opened = Sandbox::open(std::move(options));
    sandbox_ = std::move(*opened);
    sign_in();
}

void GraphLab::sign_in() {
    token = ask_token("grant_type=client_credentials&client_id=" +
                      std::string(TokenAuthority::default_client) +
                      "&client_secret=sandbox&scope=https%3A%2F%2Fgraph.microsoft.com%2F.default")
                .text_at("access_token");
}

std::string GraphLab::Got::text_at(std::string_view name) const {
    if (!body.is_object()) return {};
    const json::value* value = body.get_object().if_contains(name);
    return value != nullptr && value->is_string() ? std::string(value->get_string())
                                                  : std::string();
}

std::string GraphLab::Got::code() const {
    if (!body.is_object()) return {};
    const json::value* error = body.get_object().if_contains("error");
    if (error == nullptr || !error->is_object()) return {};
    return std::string(error->get_object().at("code").as_string());
}

const json::array& GraphLab::Got::values() const {
    static const json::array none;
    if (!body.is_object()) return none;
    const json::value* value = body.get_object().if_contains("value");
    return value != nullptr && value->is_array() ? value->get_array() : none;
}

HttpResponse GraphLab::raw(HttpRequest request) {
    if (!request.fields.has("Host")) request.fields.set("Host", "127.0.0.1:8480");
    if (TokenAuthority::owns_path(request.url)) return sandbox_->tokens().handle(request, "http");
    return sandbox_->graph().handle(request, "http").response;
}

GraphLab::Got GraphLab::send(std::string method, std::string path, std::string body,
                             std::vector<std::string> headers) {
    HttpRequest request;
    request.method = std::move(method);
    constexpr std::string_view origin = "http://127.0.0.1:8480";
    if (path.starts_with(origin)) {
        request.url = path.substr(origin.size());
    } else if (path.starts_with('/')) {
        request.url = "/v1.0" + path;
    } else {
        request.url = "/v1.0/users/alice@example.test" + (path.empty() ? "" : "/" + path);
    }
    if (!token.empty()) request.fields.set("Authorization", "Bearer " + token);
    for (const auto& header : headers) {
        const std::size_t colon = header.find(':');
        request.fields.add(header.substr(0, colon), header.substr(colon + 2));
    }
    if (!body.empty() && !request.fields.has("Content-Type"))
        request.fields.set("Content-Type", "application/json");
    request.body = std::move(body);
    const HttpResponse response = raw(std::move(request));
    Got out;
    out.status = response.status;
    out.fields = response.fields;
    out.text = response.body;
    boost::system::error_code error;
    json::value parsed = json::parse(response.body, error);
    if (!error) out.body = std::move(parsed);
    if (out.status < 300 && out.body.is_object()) recorded_graph_replies().push_back(out.object());
    return out;
}

GraphLab::Got GraphLab::ask_token(std::string form, std::string tenant) {
    HttpRequest request;
    request.method = "POST";
    request.url = "/" + tenant + "/oauth2/v2.0/token";
    request.fields.set("Content-Type", "application/x-www-form-urlencoded");
    request.body = std::move(form);
    const HttpResponse response = raw(std::move(request));
    Got out;
    out.status = response.status;
    out.fields = response.fields;
    out.text = response.body;
    boost::system::error_code error;
    json::value parsed = json::parse(response.body, error);
    if (!error) out.body = std::move(parsed);
    return out;
}

std::string rest_id_of(std::string ews_id) {
    for (char& c : ews_id) c = c == '/' ? '-' : c == '+' ? '_' : c;
    return ews_id;
}

std::string GraphLab::ews(std::string_view operation) {
    Faults none;
    EwsFace face(store(), none);
    HttpRequest request;
    request.method = "POST";
    request.url = "/EWS/Exchange.asmx";
    request.fields.set("Authorization", "Basic " + base64_encode("alice@example.test:sandbox"));
    request.fields.set("Content-Type", "text/xml; charset=utf-8");
    request.body =
        R"(<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/" )"
        R"(xmlns:m="http://schemas.microsoft.com/exchange/services/2006/messages" )"
        R"(xmlns:t="http://schemas.microsoft.com/exchange/services/2006/types"><s:Header>)"
        R"(<t:RequestServerVersion Version="Exchange2016"/></s:Header><s:Body>)" +
        std::string(operation) + "</s:Body></s:Envelope>";
    return face.handle(request).response.body;
}

}  // namespace liaison::sandbox
