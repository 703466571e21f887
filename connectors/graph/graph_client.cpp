#include "connectors/graph/graph_client.hpp"

#include <deque>
#include <map>

#include "core/digest.hpp"
#include "core/text.hpp"
#include "net/http_date.hpp"
#include "net/url.hpp"

namespace liaison::graph {

namespace {

constexpr std::size_t kLinkBytesMax = 64u << 10;
constexpr std::size_t kCollectionPagesMax = 2'000;

/// Header fields of a call that are the same alone and in a batch.
HttpFields call_fields(const GraphCall& call) {
    HttpFields fields;
    // "Obtain immutable identifiers for Outlook resources": on every request.
    std::string prefer = "IdType=\"ImmutableId\"";
    for (const std::string& wish : call.prefer) prefer += ", " + wish;
    fields.set("Prefer", std::move(prefer));
    if (!call.if_match.empty()) fields.set("If-Match", call.if_match);
    if (call.body) fields.set("Content-Type", "application/json");
    return fields;
}

HttpFields part_fields(const JsonObject& part) {
    HttpFields fields;
    const JsonValue* headers = part.if_contains("headers");
    if (headers)
        for (const auto& [name, value] : object_in(*headers))
            if (const boost::json::string* text = value.if_string())
                fields.add(std::string_view(name), std::string(*text));
    return fields;
}

/// Splitting is safe if nothing of the batch can have happened.
bool may_split(const Error& error, bool writes) {
    if (asks_for_less(error)) return !writes || error.kind != ErrorKind::Unanswered;
    return error.kind == ErrorKind::InvalidRequest || (!writes && error.kind == ErrorKind::CorruptReply);
}

Error unanswered_part(const GraphCall& call, const char* why) {
    return Error{call.writes ? ErrorKind::Unanswered : ErrorKind::Transient,
                 std::string("batch: ") + why, "part"};
}

}  // namespace

CloudHosts cloud_hosts(std::string_view cloud) {
    if (cloud == "us-gov") return {"https://graph.microsoft.us", "https://login.microsoftonline.us"};
    if (cloud == "us-dod")
        return {"https://dod-graph.microsoft.us", "https://login.microsoftonline.us"};
    if (cloud == "china")
        return {"https://microsoftgraph.chinacloudapi.cn", "https://login.chinacloudapi.cn"};
    return {"https://graph.microsoft.com", "https://login.microsoftonline.com"};
}

std::string segment(std::string_view id) {
    return net::percent_encode(id);
}

std::string query_value(std::string_view text) {
    return net::percent_encode(text);
}

std::string odata_text(std::string_view text) {
    std::string out = "'";
    for (const char c : text) {
        if (c == '\'') out += '\'';
        out += c;
    }
    return out + "'";
}

GraphClient::GraphClient(HttpClient& http, const Clock& clock, GraphSettings settings)
    : http_(http), clock_(clock), settings_(std::move(settings)) {
    while (settings_.base_url.ends_with('/')) settings_.base_url.pop_back();
}

std::string GraphClient::mailbox_path() const {
    return "/users/" + segment(settings_.mailbox);
}

bool GraphClient::may_follow(std::string_view link) const {
    if (link.size() > kLinkBytesMax) return false;
    const auto url = net::parse_url(link);
    const auto base = net::parse_url(settings_.base_url);
    if (!url || !base) return false;
    if (url->scheme != base->scheme || url->host != base->host || url->port != base->port)
        return false;
    const std::string_view path = std::string_view(url->target).substr(0, url->target.find('?'));
    if (!path.starts_with(base->target + "/")) return false;
    const std::string lower = to_lower_ascii(path);
    for (const std::string_view trick : {"/../", "/./", "//", "\\", "%2e", "%2f", "%5c", "%25"})
        if (lower.find(trick) != std::string::npos) return false;
    return !lower.ends_with("/..") && !lower.ends_with("/.");
}

std::string GraphClient::next_request_id() {
    // Unique per request of this mailbox, for Microsoft's support and against mixed-up replies (F08).
    const std::string hex = sha256_hex(settings_.mailbox + "|" + format_timestamp(clock_.now()) +
                                       "|" + std::to_string(++requests_));
    return hex.substr(0, 8) + "-" + hex.substr(8, 4) + "-4" + hex.substr(13, 3) + "-8" +
           hex.substr(17, 3) + "-" + hex.substr(20, 12);
}

void GraphClient::note_pause(const Error& error) {
    if (!error.retry_after) return;
    paused_until_ = std::max(paused_until_, clock_.now() + *error.retry_after);
}

std::optional<Error> GraphClient::present_pause() const {
    const auto left = paused_until_ - clock_.now();
    if (left.count() <= 0) return std::nullopt;
    return Error{ErrorKind::Throttled, "Graph asked for a pause", "Retry-After", left};
}

HttpRequest GraphClient::make_request(const GraphCall& call) {
    HttpRequest request;
    request.method = call.method;
    request.url = call.link.empty() ? settings_.base_url + mailbox_path() + call.path : call.link;
    request.fields = call_fields(call);
    request.fields.set("Accept", call.wants_json ? "application/json" : "*/*");
    request.fields.set("User-Agent", settings_.user_agent);
    request.fields.set("client-request-id", next_request_id());
    if (call.body) request.body = boost::json::serialize(*call.body);
    return request;
}

Result<GraphReply> GraphClient::read_response(const GraphCall& call, HttpResponse response) {
    GraphReply reply;
    reply.status = response.status;
    reply.server_time = net::parse_http_date(trim(response.fields.get("Date")));
    const bool is_success = response.status >= 200 && response.status < 300;
    if (!is_success) {
        auto body = parse_json(response.body);
        return std::unexpected(reply_error(response.status, response.fields,
                                           body ? *body : JsonValue(), call.writes, clock_.now()));
    }
    if (!call.wants_json) {
        reply.text = std::move(response.body);
        return reply;
    }
    if (response.status == 204 || response.body.empty()) return reply;
    auto body = parse_json(response.body);
    if (!body) return std::unexpected(std::move(body.error()));
    reply.body = std::move(*body);
    return reply;
}

Async<Result<GraphReply>> GraphClient::send(GraphCall call) {
    if (auto pause = present_pause()) co_return std::unexpected(std::move(*pause));
    HttpRequest request = make_request(call);
    const std::string id(request.fields.get("client-request-id"));
    HttpLimits limits;
    limits.body_bytes_max = call.reply_bytes_max;
    auto response = co_await http_.send(std::move(request), limits);
    Result<GraphReply> reply = fail(ErrorKind::CorruptReply, "the answer of another request");
    if (!response) {
        reply = std::unexpected(std::move(response.error()));
    } else {
        const std::string_view echoed = response->fields.get("client-request-id");
        if (echoed.empty() || iequals(echoed, id)) reply = read_response(call, std::move(*response));
    }
    if (!reply && call.writes) reply = std::unexpected(after_write(std::move(reply.error())));
    // A read that got no answer has no effect that anybody would have to look for.
    if (!reply && !call.writes && reply.error().kind == ErrorKind::Unanswered)
        reply.error().kind = ErrorKind::Transient;
    if (!reply) note_pause(reply.error());
    co_return reply;
}

Result<GraphClient::Replies> GraphClient::read_batch(const std::vector<GraphCall>& calls,
                                                     const JsonValue& body) {
    const JsonValue* responses = object_in(body).if_contains("responses");
    if (!responses || !responses->is_array())
        return fail(ErrorKind::CorruptReply, "batch: no responses");
    std::map<std::string, std::vector<const JsonObject*>> by_id;
    for (const JsonValue& part : responses->get_array())
        by_id[std::string(text_in(object_in(part), "id"))].push_back(&object_in(part));
    Replies out;
    bool any_throttled = false;
    for (std::size_t i = 0; i < calls.size(); ++i) {
        const auto& answers = by_id[std::to_string(i + 1)];
        if (answers.size() != 1) {
            out.push_back(std::unexpected(unanswered_part(
                calls[i], answers.empty() ? "a part has no answer" : "a part has two answers")));
            continue;
        }
        const JsonObject& part = *answers.front();
        const JsonValue* status = part.if_contains("status");
        if (!status || !status->is_int64() || status->get_int64() < 100 || status->get_int64() > 599) {
            out.push_back(std::unexpected(unanswered_part(calls[i], "a part has no status")));
            continue;
        }
        GraphReply reply;
        reply.status = static_cast<int>(status->get_int64());
        if (const JsonValue* content = part.if_contains("body")) reply.body = *content;
        if (reply.status >= 200 && reply.status < 300) {
            out.push_back(std::move(reply));
            continue;
        }
        Error error = reply_error(reply.status, part_fields(part), reply.body, calls[i].writes,
                                  clock_.now());
        any_throttled = any_throttled || error.retry_after.has_value();
        note_pause(error);
        out.push_back(std::unexpected(std::move(error)));
    }
    if (any_throttled)
        batch_size_ = std::max<std::size_t>(batch_size_ / 2, 1);
    else if (batch_size_ < kBatchMax)
        ++batch_size_;
    return out;
}

Async<Result<GraphClient::Replies>> GraphClient::send_batch(std::vector<GraphCall> calls) {
    GraphCall outer;
    outer.method = "POST";
    outer.link = settings_.base_url + "/$batch";
    JsonArray requests;
    for (std::size_t i = 0; i < calls.size(); ++i) {
        const GraphCall& call = calls[i];
        outer.writes = outer.writes || call.writes;
        outer.reply_bytes_max = std::max(outer.reply_bytes_max, call.reply_bytes_max);
        JsonObject headers;
        const HttpFields fields = call_fields(call);
        for (const auto& [name, value] : fields.all()) headers[name] = value;
        JsonObject request{{"id", std::to_string(i + 1)},
                           {"method", call.method},
                           {"url", mailbox_path() + call.path},
                           {"headers", std::move(headers)}};
        if (call.body) request["body"] = *call.body;
        requests.push_back(std::move(request));
    }
    JsonObject body{{"requests", std::move(requests)}};
    outer.body = std::move(body);
    const bool writes = outer.writes;
    auto reply = co_await send(std::move(outer));
    if (!reply) co_return std::unexpected(std::move(reply.error()));
    Result<Replies> parts = read_batch(calls, reply->body);
    if (!parts && writes) parts = std::unexpected(after_write(std::move(parts.error())));
    co_return parts;
}

Async<std::vector<Result<GraphReply>>> GraphClient::send_all(std::vector<GraphCall> calls) {
    Replies out(calls.size(), fail(ErrorKind::Internal, "not sent"));
    std::deque<std::size_t> waiting;
    for (std::size_t i = 0; i < calls.size(); ++i) waiting.push_back(i);
    std::size_t size_max = kBatchMax;
    while (!waiting.empty()) {
        std::vector<std::size_t> chosen;
        std::vector<GraphCall> batch;
        bool writes = false;
        while (!waiting.empty() && batch.size() < std::min(batch_size_, size_max)) {
            chosen.push_back(waiting.front());
            batch.push_back(calls[waiting.front()]);
            writes = writes || batch.back().writes;
            waiting.pop_front();
        }
        auto replies = co_await send_batch(std::move(batch));
        if (replies) {
            for (std::size_t k = 0; k < chosen.size(); ++k) out[chosen[k]] = std::move((*replies)[k]);
            continue;
        }
        const Error& error = replies.error();
        const bool narrow = may_split(error, writes);
        if (narrow && chosen.size() > 1) {
            waiting.insert(waiting.begin(), chosen.begin(), chosen.end());
            size_max = chosen.size() / 2;
            continue;
        }
        for (const std::size_t i : chosen) out[i] = std::unexpected(error);
        size_max = kBatchMax;
        if (narrow) continue;  // this call alone; the others may be fine
        // A batch that wrote may have happened; the rest was not sent and is not tried now.
        Error rest = error;
        if (rest.kind == ErrorKind::Unanswered)
            rest = Error{ErrorKind::Transient, "not sent: " + error.message, {}, error.retry_after};
        for (const std::size_t i : waiting) out[i] = std::unexpected(rest);
        break;
    }
    co_return out;
}

Async<Result<JsonArray>> GraphClient::read_all(std::string path) {
    JsonArray out;
    GraphCall call;
    call.path = std::move(path);
    call.prefer = {std::string(kTextBodies), std::string(kTimesInUtc)};
    for (std::size_t page = 0; page < kCollectionPagesMax; ++page) {
        GraphCall next = call;
        auto reply = co_await send(std::move(next));
        if (!reply) co_return std::unexpected(std::move(reply.error()));
        const JsonObject& body = object_in(reply->body);
        if (!body.contains("value")) co_return fail(ErrorKind::CorruptReply, "a page without a value");
        for (const JsonValue& entry : values_of(reply->body)) out.push_back(entry);
        const std::string link(text_in(body, "@odata.nextLink"));
        if (link.empty()) co_return out;
        if (link == call.link || !may_follow(link))
            co_return fail(ErrorKind::CorruptReply, "a link to another server, or to its own page");
        call.link = link;
    }
    co_return fail(ErrorKind::TooLarge, "the collection does not end");
}

}  // namespace liaison::graph
