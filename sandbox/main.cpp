// liaison-sandbox: a stand-in Exchange for trying Liaison without a tenant and for its tests.
#include <CLI/CLI.hpp>
#include <chrono>
#include <cstdio>

#include "net/deadline.hpp"
#include "net/http_client.hpp"
#include "net/http_server.hpp"
#include "net/run_loop.hpp"
#include "sandbox/mail_facts.hpp"
#include "sandbox/sandbox.hpp"

namespace {

using namespace liaison;

constexpr std::chrono::milliseconds stop_grace{
    300};  ///< for answers under way when the stop signal comes

/// The adapter of the program's clock: everything below takes the time from the store's options.
sandbox::EpochMillis wall_clock() {
    const auto since_epoch = std::chrono::system_clock::now().time_since_epoch();
    return std::chrono::duration_cast<std::chrono::milliseconds>(since_epoch).count();
}

bool is_loopback_address(const std::string& address) {
    return address == "::1" || (address.starts_with("127.") &&
                                address.find_first_not_of("0123456789.") == std::string::npos);
}

Async<void> stop_after_grace(net::RunLoop* loop) {
    const auto grace = stop_grace;
    co_await net::sleep_for(grace);
    loop->stop();
}

int complain(const std::string& text) {
    std::fprintf(stderr, "liaison-sandbox: %s\n", text.c_str());
    return 1;
}

struct CommandLine {
    std::uint16_t port = 8480;
    std::string address = "127.0.0.1";
    std::string data_dir;
    std::uint64_t seed = 1;
    std::string tls_certificate;
    std::string tls_key;
    std::string notify_ca;
};

int run(const CommandLine& line) {
    const std::string address = line.address == "localhost" ? "127.0.0.1" : line.address;
    if (!is_loopback_address(address)) {
        return complain(
            "--address must be a loopback address: the control API asks for no password");
    }
    const bool tls = !line.tls_certificate.empty();
    if (tls != !line.tls_key.empty())
        return complain("--tls-certificate and --tls-key go together");
    const std::string scheme = tls ? "https" : "http";
    auto opened = sandbox::Sandbox::open(
        sandbox::SandboxOptions{line.data_dir, line.seed, wall_clock, scheme});
    if (!opened) return complain(opened.error().message);
    net::RunLoop loop;
    net::HttpServerOptions options;
    options.address = address;
    options.port = line.port;
    options.body_bytes_max = 256u << 20;
    options.tls_certificate_file = line.tls_certificate;
    options.tls_private_key_file = line.tls_key;
    // Change notifications of Graph go out from here, to wherever a subscription says.
    const net::TlsTrust trust{line.notify_ca, false};
    const auto connector = net::make_socket_connector(loop.executor(), trust);
    const auto notifier = net::make_pooled_client(loop.executor(), *connector, {});
    (*opened)->set_notifier(notifier.get(), [&loop](Async<void> work) {
        loop.spawn(std::move(work));
    });
    auto server = net::HttpServer::listen(loop.executor(), options, (*opened)->handler());
    if (!server) return complain(server.error().message);
    loop.on_signal([&loop, &server](int) {
        (*server)->stop();
        loop.spawn(stop_after_grace(&loop));
    });
    const std::string shown = address == "::1" ? "[::1]" : address;
    std::printf("liaison-sandbox listening on %s://%s:%u\n", scheme.c_str(), shown.c_str(),
                static_cast<unsigned>((*server)->port()));
    std::fflush(stdout);
    loop.run();
    (*opened)->set_notifier(nullptr);
    return 0;
}

int print_facts(const std::string& path) {
    const auto line = [](const std::string& text) { std::printf("%s\n", text.c_str()); };
    const auto skipped = [](const std::string& text) {
        std::fprintf(stderr, "skipped: %s\n", text.c_str());
    };
    const auto count = sandbox::write_mail_facts(path, line, skipped);
    return count ? 0 : complain(count.error().message);
}

}  // namespace

int main(int argc, char** argv) {
    CommandLine line;
    CLI::App app(
        "A stand-in Exchange: EWS at /EWS/Exchange.asmx, Graph at /v1.0, tokens at "
        "/TENANT/oauth2/v2.0/token, a control API under /sandbox, a page at /.");
    app.add_option("--port", line.port, "port to listen on; 0 lets the system choose")
        ->capture_default_str();
    app.add_option("--address", line.address, "loopback address to listen on")
        ->capture_default_str();
    app.add_option("--data", line.data_dir,
                   "folder that keeps the mailboxes; without it everything is in memory");
    app.add_option("--seed", line.seed,
                   "seed of the ids of a fresh folder and of fault probabilities")
        ->capture_default_str();
    app.add_option("--tls-certificate", line.tls_certificate,
                   "PEM chain; with --tls-key: https instead of http");
    app.add_option("--tls-key", line.tls_key, "PEM private key of --tls-certificate");
    app.add_option("--notify-ca", line.notify_ca,
                   "PEM of an authority to trust for the URLs of change notifications");
    std::string facts_path;
    app.add_option("--facts", facts_path,
                   "serve nothing: print what Exchange would tell of the mails at this path, one "
                   "JSON object per line, for `liaison rules test`");
    CLI11_PARSE(app, argc, argv);
    return facts_path.empty() ? run(line) : print_facts(facts_path);
}
