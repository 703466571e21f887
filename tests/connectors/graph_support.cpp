#include "tests/connectors/graph_support.hpp"

#include "net/url.hpp"

namespace liaison::graph {

GraphSettings test_settings() {
    GraphSettings settings;
    settings.base_url = "https://graph.example.test/v1.0";
    settings.mailbox = "alice@example.test";
    settings.time_zone = "Europe/Vienna";
    return settings;
}

GraphDialogue::GraphDialogue(const std::string& replies_json)
    : endpoint_(make_graph_endpoint(script_, clock_, test_settings())),
      mail_(make_graph_mail_source(script_, clock_, test_settings())) {
    const JsonValue replies = boost::json::parse(replies_json);
    for (const JsonValue& value : replies.as_array()) {
        HttpResponse response;
        response.status = static_cast<int>(value.at("status").as_int64());
        const JsonObject& reply = value.as_object();
        if (const JsonValue* headers = reply.if_contains("headers"))
            for (const auto& [name, text] : headers->as_object())
                response.fields.set(std::string_view(name), std::string(text.as_string()));
        if (const JsonValue* text = reply.if_contains("text"))
            response.body = std::string(text->as_string());
        else if (const JsonValue* body = reply.if_contains("body"))
            response.body = boost::json::serialize(*body);
        script_.answer([response](const HttpRequest&) -> Result<HttpResponse> { return response; });
    }
}

std::string GraphDialogue::requests() const {
    std::string out;
    for (const HttpRequest& request : script_.requests()) {
        const auto url = net::percent_decode(request.url);
        out += request.method + " " + (url ? *url : request.url) + "\n";
        for (const char* name : {"Prefer", "If-Match", "Content-Type"})
            if (request.fields.has(name))
                out += std::string(name) + ": " + std::string(request.fields.get(name)) + "\n";
        if (!request.body.empty()) out += pretty_json(boost::json::parse(request.body)) + "\n";
        out += "\n";
    }
    return out;
}

std::string pretty_json(const JsonValue& value, int depth) {
    const std::string indent(static_cast<std::size_t>(depth + 1) * 2, ' ');
    const std::string closing(static_cast<std::size_t>(depth) * 2, ' ');
    std::string out;
    if (const JsonObject* object = value.if_object(); object && !object->empty()) {
        for (const auto& [name, member] : *object)
            out += (out.empty() ? "" : ",\n") + indent + boost::json::serialize(JsonValue(name)) +
                   ": " + pretty_json(member, depth + 1);
        return "{\n" + out + "\n" + closing + "}";
    }
    if (const JsonArray* array = value.if_array(); array && !array->empty()) {
        for (const JsonValue& member : *array)
            out += (out.empty() ? "" : ",\n") + indent + pretty_json(member, depth + 1);
        return "[\n" + out + "\n" + closing + "]";
    }
    return boost::json::serialize(value);
}

std::string one_reply(int status, const std::string& body_json, const std::string& header,
                      const std::string& value) {
    JsonObject reply{{"status", status}, {"text", body_json}};
    if (!header.empty()) reply["headers"] = JsonObject{{header, value}};
    return boost::json::serialize(JsonArray{std::move(reply)});
}

}  // namespace liaison::graph
