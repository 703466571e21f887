#pragma once
#include <optional>
#include <string>
#include <vector>

#include "connectors/graph/error_codes.hpp"
#include "connectors/graph/graph_connector.hpp"
#include "connectors/graph/json.hpp"
#include "core/limits.hpp"

namespace liaison::graph {

/// One request to Graph, alone or as a part of a batch.
struct GraphCall {
    std::string method = "GET";
    std::string path;  ///< below the mailbox: "/events/ID?$select=subject"; or "" with `link`
    std::string link;  ///< an absolute nextLink or deltaLink that check_link passed
    std::vector<std::string> prefer;  ///< beside IdType="ImmutableId", which is always asked for
    std::string if_match;             ///< an entity tag
    std::optional<JsonValue> body;
    bool writes = false;  ///< what may have happened is Unanswered
    bool wants_json = true;
    std::size_t reply_bytes_max = 32u << 20;
};

struct GraphReply {
    int status = 200;
    JsonValue body;    ///< null for no content
    std::string text;  ///< the raw body where no JSON was wanted
    std::optional<Timestamp> server_time;
};

inline constexpr std::string_view kTextBodies = "outlook.body-content-type=\"text\"";
inline constexpr std::string_view kTimesInUtc = "outlook.timezone=\"UTC\"";

/// Sends requests for one mailbox and brings their replies. Knows HTTP, JSON, batches and errors;
/// knows no resource.
///
/// A pause that Graph asked for (Retry-After) holds for every later call of this client: it is
/// answered as Throttled without being sent.
class GraphClient {
public:
    GraphClient(HttpClient& http, const Clock& clock, GraphSettings settings);

    const GraphSettings& settings() const { return settings_; }
    const Clock& clock() const { return clock_; }

    /// Errors: those of HttpClient and of reply_error; for calls that write, Unanswered for every
    /// failure after which the effect may exist.
    Async<Result<GraphReply>> send(GraphCall call);

    /// All calls by `$batch`, at most kBatchMax in each, one result per call in order. Each part is
    /// judged by its own status (F66). A part without an answer, or with two, is Unanswered if it
    /// writes (F67), else Transient. A server that refuses or cannot answer a batch as a whole is
    /// asked for less, down to the one call that causes it (F69), where that is safe.
    Async<std::vector<Result<GraphReply>>> send_all(std::vector<GraphCall> calls);

    /// All pages of the collection at `path`; TooLarge beyond a bound.
    Async<Result<JsonArray>> read_all(std::string path);

    /// A link from a reply may be followed: configured origin and path, no trick (checklist 22).
    bool may_follow(std::string_view link) const;

    static constexpr std::size_t kBatchMax = 20;  ///< "JSON batching": at most 20 requests

private:
    using Replies = std::vector<Result<GraphReply>>;

    HttpRequest make_request(const GraphCall& call);
    Result<GraphReply> read_response(const GraphCall& call, HttpResponse response);
    Async<Result<Replies>> send_batch(std::vector<GraphCall> calls);
    Result<Replies> read_batch(const std::vector<GraphCall>& calls, const JsonValue& body);
    std::string mailbox_path() const;
    std::string next_request_id();
    void note_pause(const Error& error);
    std::optional<Error> present_pause() const;

    HttpClient& http_;
    const Clock& clock_;
    GraphSettings settings_;
    std::size_t batch_size_ = kBatchMax;  ///< shrinks when parts are throttled, grows back
    Timestamp paused_until_{};
    std::uint64_t requests_ = 0;
};

/// A path segment from an id, percent-encoded.
std::string segment(std::string_view id);
/// The value of a query option, percent-encoded.
std::string query_value(std::string_view text);
/// A string literal of OData: quoted, quotes doubled.
std::string odata_text(std::string_view text);

}  // namespace liaison::graph
