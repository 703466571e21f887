#include "service/demo.hpp"

#include <boost/json.hpp>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <optional>
#include <thread>

#include "net/run_loop.hpp"
#include "service/demo_client.hpp"
#include "service/demo_report.hpp"
#include "service/demo_setup.hpp"
#include "service/os/child_process.hpp"
#include "service/system_ports.hpp"

namespace liaison::service {

namespace {

namespace fs = std::filesystem;
using boost::json::value;

/// A child that a signal ended has 128 + its number as status (ChildProcess::ended).
constexpr int kKilledStatus = 128;

void demo_step(const std::string& text) {
    std::cout << "== " << text << std::endl;
}

/// The demo's two programs and what is needed to talk to them.
class Demo {
public:
    explicit Demo(DemoOptions options) : options_(std::move(options)) {}

    int run() {
        const Timestamp begin = clock_.now();
        const auto failure = start_and_load();
        bool quiet = false;
        if (!failure) quiet = wait_for_quiescence();
        if (stop_) return finish(begin, false);
        if (failure) std::cerr << "liaison demo: " << *failure << std::endl;
        const int code = finish(begin, quiet);
        if (options_.once || failure) return code;
        show_where_to_look();
        stay();
        return 0;
    }

private:
    std::optional<std::string> start_and_load();
    std::optional<std::string> start_sandbox();
    bool start_service();
    bool try_start_service();
    std::optional<std::string> load_mail();
    bool wait_for_quiescence();
    int finish(Timestamp begin, bool quiet);
    void show_where_to_look() const;
    void stay();
    void revive();
    void pause_ms(int ms) {
        // signals arrive through the loop, so that Ctrl-C ends the demo at once
        loop_.run_for(std::chrono::milliseconds(ms));
    }

    std::string file(const std::string& name) const {
        return (fs::path(directory_) / name).string();
    }
    std::string sandbox_url() const {
        return "http://127.0.0.1:" + std::to_string(options_.sandbox_port);
    }
    std::string api_url() const { return "http://127.0.0.1:" + std::to_string(options_.api_port); }

    DemoOptions options_;
    SystemClock clock_;
    SystemEntropy entropy_;
    net::RunLoop loop_;
    DemoClient client_;
    std::string directory_;
    std::string token_;
    bool stop_ = false;
    bool sample_mail_ = true;
    std::unique_ptr<ChildProcess> sandbox_;
    std::unique_ptr<ChildProcess> service_;
    std::size_t peak_memory_ = 0;
};

std::optional<std::string> Demo::start_and_load() {
    loop_.on_signal([this](int) {
        stop_ = true;
        loop_.stop();
    });
    auto prepared = prepare_demo(options_, clock_, entropy_);
    if (!prepared) return prepared.error().message;
    directory_ = prepared->directory;
    token_ = prepared->token;
    sample_mail_ = prepared->sample_mail;
    demo_step("state is kept in " + directory_);
    if (auto failure = start_sandbox()) return failure;
    if (auto failure = load_mail()) return failure;
    demo_step("starting the service");
    if (!start_service()) return "the service did not start: see " + file("service.log");
    return std::nullopt;
}

std::optional<std::string> Demo::start_sandbox() {
    demo_step("starting the stand-in Exchange on " + sandbox_url());
    if (client_.call("GET", sandbox_url() + "/sandbox/health", "", "", std::chrono::seconds(2)))
        return "something answers on port " + std::to_string(options_.sandbox_port) +
               " already; stop it or choose another port with --sandbox-port";
    const fs::path program = fs::path(own_program_path()).parent_path() / "liaison-sandbox";
    auto child =
        ChildProcess::start({program.string(), "--port", std::to_string(options_.sandbox_port),
                             "--data", file("sandbox")},
                            file("sandbox.log"));
    if (!child) return child.error().message;
    sandbox_ = std::move(*child);
    const Timestamp deadline = clock_.now() + std::chrono::seconds(20);
    while (!stop_ && clock_.now() < deadline) {
        if (client_.call("GET", sandbox_url() + "/sandbox/health", "", "", std::chrono::seconds(2)))
            return std::nullopt;
        if (sandbox_->ended()) break;
        pause_ms(100);
    }
    return "the sandbox cannot be reached on port " + std::to_string(options_.sandbox_port) +
           ": see " + file("sandbox.log");
}

/// As a service manager would: one that is killed while it starts is started again; one that says
/// what is wrong and ends is not.
bool Demo::start_service() {
    for (int attempt = 0; attempt < 5; ++attempt) {
        if (try_start_service()) return true;
        if (!service_ || service_->ended().value_or(0) <= kKilledStatus) return false;
        demo_step("the service was killed while it started; starting it again");
    }
    return false;
}

bool Demo::try_start_service() {
    auto child = ChildProcess::start({own_program_path(), "run", "--config", file("liaison.toml")},
                                     file("service.log"));
    if (!child) return false;
    service_ = std::move(*child);
    for (int i = 0; i < 200 && !stop_; ++i) {
        if (client_.call("GET", api_url() + "/v1/status", "", token_, std::chrono::seconds(5)))
            return true;
        if (service_->ended()) return false;
        pause_ms(100);
    }
    return stop_;
}

std::optional<std::string> Demo::load_mail() {
    if (options_.mail_paths.empty() && !sample_mail_) return std::nullopt;
    if (options_.mail_paths.empty()) {
        demo_step("loading sample mail and what the reps keep in Outlook");
        if (auto loaded = load_sample_outlook(client_, sandbox_url(), date_of(clock_.now()));
            !loaded)
            return loaded.error().message;
        return std::nullopt;
    }
    boost::json::array paths;
    for (const std::string& path : options_.mail_paths) {
        if (!fs::exists(path)) return "there is no mail at " + path;
        paths.emplace_back(fs::canonical(path).string());
    }
    demo_step("loading mail into alice's folder Inbox/CRM");
    const boost::json::object body{{"paths", std::move(paths)}, {"folder", "Inbox/CRM"}};
    auto loaded =
        client_.call("POST", sandbox_url() + "/sandbox/mailboxes/alice%40example.test/load",
                     serialize(body), "", std::chrono::minutes(20));
    if (!loaded) return "the mail could not be loaded: " + loaded.error().message;
    std::cout << "   " << loaded->at("mails") << " mails in " << loaded->at("files") << " files, "
              << loaded->at("added") << " of them new; " << loaded->at("skipped_count")
              << " files are no mail" << std::endl;
    return std::nullopt;
}

/// As a service manager would: a service that died comes back.
void Demo::revive() {
    if (service_) peak_memory_ = std::max(peak_memory_, peak_memory_of(service_->id()));
    if (!service_ || !service_->ended() || stop_) return;
    demo_step("the service ended (status " + std::to_string(*service_->ended()) +
              "); starting it again");
    start_service();
}

bool Demo::wait_for_quiescence() {
    demo_step("first round: mirroring and logging");
    const Timestamp deadline = clock_.now() + std::chrono::seconds(options_.timeout_seconds);
    std::string shown;
    while (!stop_ && clock_.now() < deadline) {
        revive();
        auto status =
            client_.call("GET", api_url() + "/v1/status", "", token_, std::chrono::seconds(20));
        if (status) {
            const value& mail = status->at("mail");
            const auto number = [&](const char* name) {
                return std::to_string(mail.at(name).to_number<std::int64_t>());
            };
            const std::string line =
                "   links " + std::to_string(status->at("links").to_number<std::int64_t>()) +
                " | mail seen " + number("seen") + ", logged " + number("logged") + ", unmatched " +
                number("unmatched") + ", on its way " + number("pending");
            if (line != shown) std::cout << line << std::endl;
            shown = line;
            if (status->at("quiescent").as_bool()) return true;
        }
        pause_ms(500);
    }
    return false;
}

int Demo::finish(Timestamp begin, bool quiet) {
    DemoReport report;
    // Whoever else answers on the port is nobody's business: without a sandbox of our own every
    // count is zero.
    Result<DemoReport> counted = fail(ErrorKind::NotFound, "the stand-in Exchange did not start");
    if (sandbox_ && !sandbox_->ended())
        counted = count_demo(client_, sandbox_url(), file("crm.sqlite"));
    if (counted)
        report = std::move(*counted);
    else
        std::cerr << "liaison demo: nothing could be counted: " << counted.error().message
                  << std::endl;
    report.seconds = static_cast<double>((clock_.now() - begin).count()) / 1000.0;
    if (!options_.report_file.empty()) {
        std::ofstream out(options_.report_file, std::ios::binary | std::ios::trunc);
        out << to_json_text(report);
        if (!out.flush())
            std::cerr << "liaison demo: cannot write " << options_.report_file << std::endl;
    }
    std::cout << to_table(report);
    if (peak_memory_ > 0)
        std::cout << "\n  peak memory of the service: " << peak_memory_ / (1024 * 1024) << " MB\n";
    std::cout << std::endl;
    if (!quiet && !stop_)
        std::cerr << "liaison demo: the first round did not come to its end" << std::endl;
    return counted && quiet ? 0 : 1;
}

void Demo::show_where_to_look() const {
    std::cout << "  Outlook of alice, bob and carol   " << sandbox_url() << "/\n"
              << "  management API                    " << api_url() << "/v1/openapi.json\n"
              << "    curl -H 'Authorization: Bearer " << token_ << "' " << api_url()
              << "/v1/unmatched\n"
              << "  work in the CRM by hand           " << own_program_path() << " crm --database "
              << file("crm.sqlite") << " list task\n"
              << "  logs                              " << file("service.log") << "\n\n"
              << "  Edit a task on the page: the CRM follows within seconds, and the reverse. "
                 "Ctrl-C ends the demo.\n"
              << std::endl;
}

void Demo::stay() {
    while (!stop_) {
        pause_ms(500);
        revive();
    }
}

}  // namespace

int run_demo(DemoOptions options) {
    Demo demo(std::move(options));
    return demo.run();
}

}  // namespace liaison::service
