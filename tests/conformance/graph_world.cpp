#include "tests/conformance/graph_world.hpp"

#include "core/text.hpp"
#include "sandbox/mail_delivery.hpp"

namespace liaison::conformance {

namespace {

constexpr std::string_view kGraphAlice = "alice@example.test";

}  // namespace

SandboxGraph::SandboxGraph(Wire wire) {
    sandbox::SandboxOptions options;
    options.now = [this] { return now_ += 1'000; };
    auto sandbox = sandbox::Sandbox::open(std::move(options));
    if (!sandbox) throw std::runtime_error(sandbox.error().message);
    sandbox_ = std::move(*sandbox);
    net::PoolOptions pool;
    if (wire == Wire::Handler) {
        plain_ = net::make_handler_client(sandbox_->handler());
        origin_ = "http://127.0.0.1";  // it tells the server no port
    } else if (wire == Wire::Memory) {
        connector_ = net::make_memory_connector(
            loop_.executor(),
            [this](net::ConnectTarget, std::unique_ptr<ByteStream> end) -> Result<void> {
                loop_.spawn(net::serve_stream(std::move(end), net::HttpServerOptions(),
                                              sandbox_->handler()));
                return {};
            });
        plain_ = net::make_pooled_client(loop_.executor(), *connector_, pool);
    } else {
        auto server = net::HttpServer::listen(loop_.executor(), net::HttpServerOptions(),
                                              sandbox_->handler());
        if (!server) throw std::runtime_error(server.error().message);
        server_ = std::move(*server);
        origin_ = "http://127.0.0.1:" + std::to_string(server_->port());
        connector_ = net::make_socket_connector(loop_.executor(), net::TlsTrust());
        plain_ = net::make_pooled_client(loop_.executor(), *connector_, pool);
    }
    tokens_ = tokens_with(std::string(sandbox::TokenAuthority::default_secret));
    http_ = net::make_bearer_client(*plain_, *tokens_, origin_);
}

SandboxGraph::~SandboxGraph() = default;

std::unique_ptr<net::TokenSource> SandboxGraph::tokens_with(const std::string& secret_reference) {
    net::ClientCredentials credentials;
    credentials.token_url = origin_ + "/" + std::string(sandbox::TokenAuthority::tenant_domain) +
                            "/oauth2/v2.0/token";
    credentials.client_id = std::string(sandbox::TokenAuthority::default_client);
    credentials.scope = "https://graph.microsoft.com/.default";
    credentials.secret = secret_reference;
    return net::make_client_credentials_source(*plain_, clock_, numbers_, secrets_, credentials);
}

graph::GraphSettings SandboxGraph::settings() const {
    graph::GraphSettings settings;
    settings.base_url = origin_ + "/v1.0";
    settings.mailbox = std::string(kGraphAlice);
    settings.time_zone = "Europe/Vienna";
    return settings;
}

GraphEndpointWorld::GraphEndpointWorld(Wire wire)
    : graph_(wire),
      endpoint_(graph::make_graph_endpoint(graph_.http(), graph_.clock(), graph_.settings())),
      outsider_(graph::make_graph_endpoint(graph_.http(), graph_.clock(), graph_.settings())) {}

bool GraphEndpointWorld::expire_cursors(EntityKind) {
    graph_.sandbox().graph().forget_delta_tokens();
    return true;
}

GraphMailWorld::GraphMailWorld(Wire wire)
    : graph_(wire),
      source_(graph::make_graph_mail_source(graph_.http(), graph_.clock(), graph_.settings())) {}

void GraphMailWorld::deliver(const std::string& folder_path, const std::string& eml) {
    const std::vector<std::string> segments = split(folder_path, '/');
    const sandbox::Folder* folder = graph_.store().find_distinguished(kGraphAlice, "inbox");
    for (std::size_t i = 1; folder && i < segments.size(); ++i)
        folder = graph_.store().find_child(kGraphAlice, folder->id, segments[i]);
    if (!folder) throw std::runtime_error("no folder " + folder_path);
    sandbox::MailDelivery delivery(graph_.store(), kGraphAlice, folder->id);
    const std::string key = std::to_string(graph_.store().sequence(kGraphAlice));
    if (!delivery.deliver(key, eml)) throw std::runtime_error("the mail was not delivered");
}

bool GraphMailWorld::expire_cursors(const FolderId&) {
    graph_.sandbox().graph().forget_delta_tokens();
    return true;
}

}  // namespace liaison::conformance
