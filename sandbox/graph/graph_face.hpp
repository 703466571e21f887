#pragma once
#include <memory>
#include <string>
#include <string_view>

#include "core/async.hpp"
#include "core/http_message.hpp"
#include "sandbox/ews_face.hpp"
#include "sandbox/faults.hpp"
#include "sandbox/graph/graph_memory.hpp"
#include "sandbox/graph/subscriptions.hpp"
#include "sandbox/mailbox_store.hpp"
#include "sandbox/token/token_authority.hpp"

namespace liaison::sandbox {

/// The Microsoft Graph face of a store: /v1.0 below which application tokens of the authority are
/// accepted. Sources are the Graph documentation and metadata; what it does not implement is
/// answered with an error, never ignored.
class GraphFace {
public:
    /// All must outlive the face.
    GraphFace(MailboxStore& store, Faults& faults, TokenAuthority& tokens);
    ~GraphFace();
    GraphFace(const GraphFace&) = delete;
    GraphFace& operator=(const GraphFace&) = delete;

    static bool owns_path(std::string_view url);
    /// `scheme` of the links that the face writes, unless X-Forwarded-Proto says otherwise.
    Answer handle(const HttpRequest& request, std::string_view scheme);
    /// The same, with what takes time: delays, subscriptions, the limit of parallel requests.
    Async<Answer> answer(HttpRequest request, std::string scheme);

    graph::GraphQuirks& quirks();
    graph::SubscriptionHub& subscriptions();
    /// Every delta token given so far is lost (410), as when the service's cache forgot them.
    void forget_delta_tokens();

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

/// "graph:GET messages/delta" and the like, for logs and faults: the method and the names of the
/// path without ids.
std::string graph_operation_name(const HttpRequest& request);

}  // namespace liaison::sandbox
