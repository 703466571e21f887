#pragma once
#include <cstddef>
#include <filesystem>
#include <memory>
#include <stdexcept>
#include <string>

#include "connectors/crm/embedded/embedded_crm.hpp"
#include "connectors/crm/embedded/sqlite.hpp"
#include "connectors/ews/ews_connector.hpp"
#include "net/http_client.hpp"
#include "net/run_loop.hpp"
#include "sandbox/sandbox.hpp"
#include "storage/stores.hpp"
#include "tests/support/test_ports.hpp"

namespace liaison::bench {

inline constexpr const char* kAlice = "alice@example.test";

/// Writes nothing anywhere.
class SilentLog final : public EventLog {
public:
    void write(LogLevel, std::string_view, std::initializer_list<Entry>) override {}
};

/// A directory of its own, gone with the object. Below TMPDIR: what stands there decides what a
/// durable commit costs.
class ScratchDirectory {
public:
    ScratchDirectory();
    ~ScratchDirectory();
    ScratchDirectory(const ScratchDirectory&) = delete;
    ScratchDirectory& operator=(const ScratchDirectory&) = delete;
    const std::filesystem::path& path() const { return path_; }

private:
    std::filesystem::path path_;
};

/// The value, or the end of the program: a benchmark of something that failed measures nothing.
template <class T>
T must(Result<T> result) {
    if (!result) throw std::runtime_error(result.error().message);
    if constexpr (!std::is_void_v<T>) return std::move(*result);
}

/// The whole chain in one process without sockets, stores and CRM in files: stand-in Exchange, EWS
/// connector, stores, embedded CRM with alice and as many contacts as asked for
/// ("person17@host17.example").
class BenchWorld {
public:
    explicit BenchWorld(std::size_t contacts);

    ews::EwsSettings settings() const;
    /// Puts `count` mails of ordinary size into alice's Inbox/CRM; of four senders three are
    /// contacts.
    void deliver_mails(std::size_t count);
    void sql(const std::string& statements);
    template <class T>
    T run(Async<T> work) {
        return net::run_to_end(loop, std::move(work));
    }

    ScratchDirectory directory;
    test::ManualClock clock;
    test::InlineWorker worker;
    test::CountingEntropy entropy;
    SilentLog log;
    net::RunLoop loop;
    std::unique_ptr<sandbox::Sandbox> exchange;
    std::unique_ptr<HttpClient> http;
    std::unique_ptr<crm::EmbeddedCrm> crm;
    Stores stores;

private:
    std::unique_ptr<crm::Sqlite> desk_;
    std::size_t contacts_;
};

/// Made-up words in one order for ever.
class Words {
public:
    explicit Words(std::uint64_t seed) : state_(seed * 0x9E3779B97F4A7C15u + 1) {}
    std::size_t roll(std::size_t below);
    std::string word();
    /// Words up to about `bytes`, with line breaks.
    std::string text(std::size_t bytes);

private:
    std::uint64_t state_;
};

/// A mail as people send them: 20 header fields, some 6 KB of text.
std::string made_up_mail(Words& words, std::size_t number, const std::string& sender);

/// Rules in the mix of real ones: of 20, 7 sender addresses, 3 sender domains, 2 recipients, 4
/// subject phrases, 2 body phrases, 1 domain with a subject word, 1 size with a header word.
std::string rule_document(std::size_t rules);

}  // namespace liaison::bench
