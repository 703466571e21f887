#include "sandbox/sandbox.hpp"

#include <chrono>

#include "net/deadline.hpp"
#include "sandbox/graph/graph_control.hpp"
#include "sandbox/page.hpp"

namespace liaison::sandbox {
namespace {

/// The start of an answer whose end never comes: it promises more bytes than there are.
HttpResponse cut_answer(const HttpResponse& response) {
    HttpResponse out;
    out.status = 0;
    if (response.status == 0) return out;
    out.body = "HTTP/1.1 " + std::to_string(response.status) + " OK\r\n";
    for (const auto& [name, value] : response.fields.all()) {
        if (!iequals(name, "Content-Length")) out.body += name + ": " + value + "\r\n";
    }
    out.body += "Content-Length: " + std::to_string(response.body.size() + 1000) + "\r\n\r\n" +
                response.body;
    return out;
}

HttpResponse nothing_here() {
    HttpResponse out;
    out.status = 404;
    out.fields.set("Content-Type", "text/plain; charset=utf-8");
    out.body = "Nothing is served under this path.\n";
    return out;
}

}  // namespace

Sandbox::Sandbox(std::unique_ptr<MailboxStore> store, std::uint64_t seed, std::string scheme)
    : store_(std::move(store)),
      faults_(seed),
      ews_(*store_, faults_),
      tokens_(*store_),
      graph_(*store_, faults_, tokens_),
      scheme_(std::move(scheme)),
      control_(*store_, faults_, requests_) {
    add_graph_control(control_, graph_, tokens_);
}

Result<std::unique_ptr<Sandbox>> Sandbox::open(SandboxOptions options) {
    StoreOptions store_options;
    store_options.data_dir = std::move(options.data_dir);
    store_options.seed = options.seed;
    store_options.now = std::move(options.now);
    auto store = MailboxStore::open(std::move(store_options));
    if (!store) return std::unexpected(store.error());
    std::unique_ptr<Sandbox> out(
        new Sandbox(std::move(*store), options.seed, std::move(options.scheme)));
    if (out->store_->users().empty()) {
        if (auto added = out->add_default_users(); !added) return std::unexpected(added.error());
    }
    return out;
}

Result<void> Sandbox::add_default_users() {
    const MailboxStore::Batch batch(*store_);
    for (const auto& [name, shown] : {std::pair<const char*, const char*>{"alice", "Alice Archer"},
                                      {"bob", "Bob Baker"},
                                      {"carol", "Carol Cooper"},
                                      {"svc", "Liaison service account"}}) {
        User user;
        user.address = std::string(name) + "@example.test";
        user.display_name = shown;
        user.password = "sandbox";
        user.may_impersonate = user.address.starts_with("svc@");
        if (auto added = store_->add_user(std::move(user)); !added) return added;
    }
    return {};
}

Async<HttpResponse> Sandbox::answer(HttpRequest request) {
    if (page_owns_path(request.url)) co_return page_answer(request);
    HttpResponse response;
    if (ControlApi::owns_path(request.url)) {
        response = control_.handle(request);
    } else if (TokenAuthority::owns_path(request.url)) {
        response = tokens_.handle(request, scheme_);
        requests_.note(request, "token", response, store_->now());
    } else if (GraphFace::owns_path(request.url) || EwsFace::owns_path(request.url)) {
        response = co_await answer_face(std::move(request));
    } else {
        co_return nothing_here();
    }
    graph_.subscriptions().collect();
    graph_.subscriptions().start_delivery();
    co_return response;
}

Async<HttpResponse> Sandbox::answer_face(HttpRequest request) {
    const bool is_graph = GraphFace::owns_path(request.url);
    Answer answer;
    if (is_graph) {
        HttpRequest copy = request;
        std::string scheme = scheme_;
        answer = co_await graph_.answer(std::move(copy), std::move(scheme));
    } else {
        answer = ews_.handle(request);
    }
    if (answer.delay_ms > 0) {
        const std::chrono::milliseconds delay(answer.delay_ms);
        co_await net::sleep_for(delay);
    }
    HttpResponse response =
        answer.cut_connection ? cut_answer(answer.response) : std::move(answer.response);
    std::string operation = is_graph ? graph_operation_name(request) : ews_operation_name(request);
    requests_.note(request, std::move(operation), response, store_->now());
    co_return response;
}

net::HttpHandler Sandbox::handler() {
    return [this](HttpRequest request) { return answer(std::move(request)); };
}

}  // namespace liaison::sandbox
