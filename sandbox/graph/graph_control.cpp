#include "sandbox/graph/graph_control.hpp"

#include <boost/json.hpp>

#include "sandbox/control_parts.hpp"
#include "sandbox/token/jwt.hpp"

namespace liaison::sandbox {
namespace {

namespace json = boost::json;
using control::json_answer;
using control::problem;

HttpResponse quirks_resource(GraphFace& face, const control::Call& call) {
    if (call.method == "DELETE") {
        face.quirks() = graph::GraphQuirks{};
    } else if (call.method == "PATCH") {
        const auto body = control::body_object(call);
        if (!body) return problem(body.error());
        if (auto ok = graph::change_quirks(face.quirks(), *body); !ok) return problem(ok.error());
    } else if (call.method != "GET") {
        return control::method_not_allowed("GET, PATCH, DELETE");
    }
    return json_answer(graph::quirks_json(face.quirks()));
}

HttpResponse forget_resource(GraphFace& face, const control::Call& call) {
    if (call.method != "POST") return control::method_not_allowed("POST");
    face.forget_delta_tokens();
    return json_answer(json::object{{"forgotten", true}});
}

HttpResponse subscriptions_resource(GraphFace& face, const control::Call& call) {
    if (call.method == "POST") {
        const auto body = control::body_object(call);
        if (!body) return problem(body.error());
        const auto id = control::needed_text(*body, "id");
        const auto event = control::needed_text(*body, "event");
        if (!id) return problem(id.error());
        if (!event) return problem(event.error());
        if (auto raised = face.subscriptions().raise(*id, *event); !raised)
            return problem(raised.error());
    } else if (call.method != "GET") {
        return control::method_not_allowed("GET, POST");
    }
    json::array list;
    for (const auto& [id, one] : face.subscriptions().all())
        list.push_back(json::object{{"id", id},
                                    {"resource", one.resource},
                                    {"mailbox", one.mailbox},
                                    {"notification_url", one.notification_url},
                                    {"expires", one.expires}});
    return json_answer(json::object{{"subscriptions", std::move(list)},
                                    {"delivered", face.subscriptions().delivered()}});
}

Result<std::vector<std::string>> texts_member(const json::object& body, std::string_view name) {
    std::vector<std::string> out;
    const json::value* value = body.if_contains(name);
    if (value == nullptr || value->is_null()) return out;
    const json::array* list = value->if_array();
    for (std::size_t at = 0; list != nullptr && at < list->size(); ++at) {
        if (!(*list)[at].is_string()) list = nullptr;
        if (list != nullptr) out.emplace_back((*list)[at].get_string());
    }
    if (list == nullptr)
        return fail(ErrorKind::InvalidRequest, std::string(name) + " must be a list of strings");
    return out;
}

Result<AppRegistration> app_of(const MailboxStore& store, const json::object& body) {
    AppRegistration app;
    const auto id = control::needed_text(body, "client_id");
    if (!id) return std::unexpected(id.error());
    const auto name = control::text_member(body, "display_name");
    if (!name) return std::unexpected(name.error());
    const auto secrets = texts_member(body, "secrets");
    const auto certificates = texts_member(body, "certificates");
    const auto roles = texts_member(body, "roles");
    const auto mailboxes = texts_member(body, "mailboxes");
    for (const auto* list : {&secrets, &certificates, &roles, &mailboxes}) {
        if (!*list) return std::unexpected(list->error());
    }
    app.client_id = *id;
    app.display_name = name->value_or(*id);
    app.secrets.insert(secrets->begin(), secrets->end());
    app.roles.insert(roles->begin(), roles->end());
    for (const std::string& certificate : *certificates) {
        if (thumbprints_of(certificate).sha1.empty())
            return fail(ErrorKind::InvalidRequest, "certificates must be X.509 in PEM");
        app.certificates.push_back(certificate);
    }
    if (!body.contains("mailboxes")) return app;
    app.scope.emplace();
    for (const std::string& address : *mailboxes) {
        const User* user = store.find_user(address);
        if (user == nullptr) return fail(ErrorKind::NotFound, "no such mailbox: " + address);
        app.scope->insert(user->address);
    }
    return app;
}

json::object app_json(const AppRegistration& app) {
    json::object out{{"client_id", app.client_id},
                     {"display_name", app.display_name},
                     {"secrets", app.secrets.size()},
                     {"certificates", app.certificates.size()},
                     {"roles", json::value_from(app.roles)}};
    if (app.scope) out["mailboxes"] = json::value_from(*app.scope);
    return out;
}

HttpResponse apps_resource(const MailboxStore& store, TokenAuthority& tokens,
                           const control::Call& call) {
    if (call.method == "DELETE") {
        if (tokens.find_app(call.parameter("client_id")) == nullptr)
            return problem(404, "Not found", "no such application");
        tokens.remove_app(call.parameter("client_id"));
    } else if (call.method == "POST") {
        const auto body = control::body_object(call);
        if (!body) return problem(body.error());
        auto app = app_of(store, *body);
        if (!app) return problem(app.error());
        tokens.put_app(std::move(*app));
    } else if (call.method == "PATCH") {
        const auto body = control::body_object(call);
        if (!body) return problem(body.error());
        const auto seconds = control::number_member(*body, "token_seconds");
        if (!seconds) return problem(seconds.error());
        if (!*seconds || **seconds < 1 || **seconds > 86'400)
            return problem(400, "Invalid request", "token_seconds must be 1 to 86400");
        tokens.set_token_seconds(static_cast<std::int64_t>(**seconds));
    } else if (call.method != "GET") {
        return control::method_not_allowed("GET, POST, PATCH, DELETE");
    }
    json::array list;
    for (const AppRegistration* app : tokens.apps()) list.push_back(app_json(*app));
    return json_answer(json::object{{"tenant", TokenAuthority::tenant_id},
                                    {"token_seconds", tokens.token_seconds()},
                                    {"apps", std::move(list)}});
}

}  // namespace

void add_graph_control(ControlApi& control, GraphFace& graph, TokenAuthority& tokens) {
    control.serve("graph/quirks",
                  [&](const control::Call& call) { return quirks_resource(graph, call); });
    control.serve("graph/forget",
                  [&](const control::Call& call) { return forget_resource(graph, call); });
    control.serve("graph/subscriptions",
                  [&](const control::Call& call) { return subscriptions_resource(graph, call); });
    control.serve("graph/apps", [&](const control::Call& call) {
        return apps_resource(control.store(), tokens, call);
    });
}

}  // namespace liaison::sandbox
