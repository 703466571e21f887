#pragma once
#include <memory>
#include <string>

#include "connectors/graph/graph_connector.hpp"
#include "connectors/graph/json.hpp"
#include "net/run_loop.hpp"
#include "tests/connectors/ews_support.hpp"

namespace liaison::graph {

GraphSettings test_settings();

/// The connector against a list of replies: [{"status", "headers", "body" | "text"}, ...].
class GraphDialogue {
public:
    explicit GraphDialogue(const std::string& replies_json);
    SyncEndpoint& endpoint() { return *endpoint_; }
    MailSource& mail() { return *mail_; }
    template <class T>
    T run(Async<T> work) {
        return net::run_to_end(loop_, std::move(work));
    }
    bool used_up() const { return script_.used_up(); }
    const std::vector<HttpRequest>& sent() const { return script_.requests(); }
    /// All requests for people: method, path, the header fields that count, the body indented.
    std::string requests() const;

private:
    net::RunLoop loop_;
    ews::StillClock clock_;
    ews::ScriptedExchange script_;
    std::unique_ptr<SyncEndpoint> endpoint_;
    std::unique_ptr<MailSource> mail_;
};

/// Indented, names in the order of the text.
std::string pretty_json(const JsonValue& value, int depth = 0);
/// One reply with this body, for GraphDialogue.
std::string one_reply(int status, const std::string& body_json, const std::string& header = {},
                      const std::string& value = {});

}  // namespace liaison::graph
