#include "sandbox/graph/graph_face.hpp"

#include <chrono>

#include "net/deadline.hpp"
#include "sandbox/fault_answers.hpp"
#include "sandbox/graph/graph_batch.hpp"
#include "sandbox/graph/graph_face_parts.hpp"
#include "sandbox/graph/graph_faults.hpp"
#include "sandbox/graph/item_routes.hpp"
#include "sandbox/mail_item.hpp"
#include "sandbox/token/token_form.hpp"

namespace liaison::sandbox {
namespace graph {
namespace {

std::uint64_t guid_mix(std::string_view text, std::uint64_t start) {
    std::uint64_t sum = start;
    for (const char c : text) sum = (sum ^ static_cast<unsigned char>(c)) * 1'099'511'628'211u;
    sum ^= sum >> 29;
    return sum * 0x9e3779b97f4a7c15u;
}

std::string guid_of_numbers(std::uint64_t a, std::uint64_t b) {
    static constexpr char digits[] = "0123456789abcdef";
    std::string out;
    for (int at = 0; at < 32; ++at) {
        if (at == 8 || at == 12 || at == 16 || at == 20) out.push_back('-');
        const std::uint64_t from = at < 16 ? a : b;
        out.push_back(digits[(from >> (60 - (at % 16) * 4)) & 15]);
    }
    out[14] = '4';
    out[19] = digits[8 + (b & 3)];
    return out;
}

}  // namespace

std::string user_guid(std::string_view address) {
    return guid_of_numbers(guid_mix(address, 14'695'981'039'346'656'037u), guid_mix(address, 77));
}

const User* user_by_id_or_name(const MailboxStore& store, std::string_view id) {
    if (const User* user = store.find_user(id)) return user;
    for (const User* user : store.users()) {
        if (iequals(user_guid(user->address), id)) return user;
    }
    return nullptr;
}

json::object error_json(const GraphError& error, std::string_view request_id, EpochMillis now) {
    std::string date = utc_date_time(now);
    date.pop_back();
    return {
        {"error", json::object{{"code", error.code},
                               {"message", error.message},
                               {"innerError", json::object{{"date", date},
                                                           {"request-id", request_id},
                                                           {"client-request-id", request_id}}}}}};
}

}  // namespace graph

using graph::Call;
using graph::GraphError;
using graph::Outcome;

namespace {

std::string_view graph_path_of(std::string_view url) {
    return url.substr(0, url.find('?'));
}

std::string_view graph_query_of(std::string_view url) {
    const std::size_t mark = url.find('?');
    return mark == std::string_view::npos ? std::string_view{} : url.substr(mark + 1);
}

}  // namespace

struct GraphFace::Impl {
    MailboxStore& store;
    Faults& faults;
    TokenAuthority& tokens;
    graph::GraphMemory memory = {};
    std::uint64_t requests = 0;
    graph::SubscriptionHub subscriptions{store};
    std::map<std::string, std::uint32_t> in_flight = {};  // by mailbox

    std::string request_id(const HttpRequest& request) {
        const std::string_view given = request.fields.get("client-request-id");
        if (!given.empty()) return std::string(given);
        ++requests;
        return graph::user_guid("request " + std::to_string(requests));
    }

    Outcome<graph::Caller> authenticate(const HttpRequest& request) {
        const std::string_view value = request.fields.get("Authorization");
        const auto refuse = [](std::string_view message) {
            GraphError out{401, "InvalidAuthenticationToken", std::string(message), {}};
            out.headers.emplace_back(
                "WWW-Authenticate",
                "Bearer realm=\"\", authorization_uri=\"https://login.microsoftonline.com/common/"
                "oauth2/authorize\", client_id=\"00000003-0000-0000-c000-000000000000\"");
            return std::unexpected(std::move(out));
        };
        if (value.size() < 8 || !iequals(value.substr(0, 7), "Bearer "))
            return refuse("Access token is empty.");
        auto claims = tokens.check_bearer(value.substr(7));
        if (!claims) return refuse(claims.error());
        if (!is_graph_audience(claims->audience))
            return refuse("Access token validation failure. Invalid audience.");
        graph::Caller caller;
        caller.app_id = claims->client_id;
        caller.roles = claims->roles;
        if (const AppRegistration* app = tokens.find_app(caller.app_id)) caller.scope = app->scope;
        return caller;
    }

    // Of the whole request or of one part of a batch. `url` starts below /v1.0.
    Outcome<graph::Reply> dispatch(const graph::Caller& caller, const HttpRequest& request,
                                   std::string_view url, const std::string& base,
                                   const std::optional<Fault>& fault) {
        auto query = graph::parse_query(graph_query_of(url));
        if (!query) return std::unexpected(query.error());
        auto prefer = graph::parse_preferences(request.fields);
        if (!prefer) return std::unexpected(prefer.error());
        Call call{store,
                  memory,
                  caller,
                  {},
                  request.method,
                  std::string(graph_path_of(url)),
                  graph::path_segments(graph_path_of(url)),
                  std::move(*query),
                  std::move(*prefer),
                  request.fields,
                  request.body,
                  base};
        if (fault) {
            call.empty_listing = fault->kind == FaultKind::EmptyListing;
            call.sync_lost = fault->kind == FaultKind::InvalidSyncState;
            call.fault = &*fault;
        }
        if (call.path.empty()) return graph::no_such_resource("");
        if (graph::is_segment(call.path[0], "me"))
            return graph::bad_request(
                "/me request is only valid with delegated authentication flow.");
        if (graph::is_segment(call.path[0], "subscriptions"))
            return graph::graph_fail(501, "ErrorNotImplemented",
                                     "The sandbox takes no subscriptions in a batch.");
        if (!graph::is_segment(call.path[0], "users")) return graph::no_such_resource(call.path[0]);
        return below_users(std::move(call));
    }

    Outcome<graph::Reply> below_users(Call call) {
        if (call.path.size() == 1)
            return graph::graph_fail(501, "ErrorNotImplemented", "The sandbox lists no users.");
        const User* user = graph::user_by_id_or_name(store, call.path[1]);
        if (user == nullptr)
            return graph::graph_fail(404, "ErrorInvalidUser",
                                     "The requested user '" + call.path[1] + "' is invalid.");
        call.mailbox = user->address;
        call.path.erase(call.path.begin(), call.path.begin() + 2);
        if (!call.caller.may_reach(call.mailbox)) return graph::access_denied();
        if (memory.quirks.mailbox_on_premises && !call.path.empty())
            return graph::graph_fail(404, "MailboxNotEnabledForRESTAPI",
                                     "The mailbox is either inactive, soft-deleted, or is hosted "
                                     "on-premise.");
        const MailboxStore::Batch batch(store);
        auto reply = graph::route_user(call);
        if (reply && !call.prefer.applied.empty()) {
            std::string applied;
            for (const auto& one : call.prefer.applied)
                applied += (applied.empty() ? "" : ", ") + one;
            reply->headers.emplace_back("Preference-Applied", applied);
        }
        return reply;
    }

    HttpResponse response_of(Outcome<graph::Reply> reply, const std::string& id) {
        HttpResponse out;
        out.fields.set("request-id", id);
        out.fields.set("client-request-id", id);
        out.fields.set("Cache-Control", "private");
        if (!reply) {
            const GraphError& error = reply.error();
            out.status = error.status;
            for (const auto& [name, value] : error.headers) out.fields.set(name, value);
            out.fields.set("Content-Type", "application/json");
            out.body = boost::json::serialize(graph::error_json(error, id, store.now()));
            return out;
        }
        out.status = reply->status;
        for (const auto& [name, value] : reply->headers) out.fields.set(name, value);
        if (!reply->content_type.empty()) {
            out.fields.set("Content-Type", reply->content_type);
            out.body = std::move(reply->bytes);
        } else if (reply->body) {
            out.fields.set("Content-Type",
                           "application/json; odata.metadata=minimal; odata.streaming=true; "
                           "IEEE754Compatible=false; charset=utf-8");
            out.body = boost::json::serialize(*reply->body);
        }
        return out;
    }

    Answer handle(const HttpRequest& request, std::string_view scheme) {
        const std::string id = request_id(request);
        const std::string base = base_of(request, scheme);
        std::string_view url = request.url;
        url.remove_prefix(5);
        Answer answer;
        constexpr std::string_view uploads = "/sandbox-uploads/";
        if (url.starts_with(uploads)) {
            const graph::Caller nobody;
            Call call{
                store, memory,         nobody,       {},  request.method, std::string(url), {}, {},
                {},    request.fields, request.body, base};
            answer.response = response_of(
                graph::upload_route(call, graph_path_of(url).substr(uploads.size())), id);
            return answer;
        }
        auto caller = authenticate(request);
        if (!caller) {
            answer.response = response_of(std::unexpected(caller.error()), id);
            return answer;
        }
        const std::string operation = graph_operation_name(request);
        const std::string mailbox = mailbox_of(url);
        const auto fault = faults.next(operation, mailbox);
        if (fault && fault->kind == FaultKind::DropBeforeCommit) {
            answer.response.status = 0;
            answer.cut_connection = true;
            return answer;
        }
        std::optional<GraphError> refused;
        if (fault) refused = graph::error_instead(*fault, memory.quirks);
        if (!refused && memory.quirks.throttle > 0) {
            --memory.quirks.throttle;
            refused = graph::too_many_requests(memory.quirks);
        }
        if (refused) {
            answer.response = response_of(std::unexpected(*refused), id);
            return answer;
        }
        answer.response = response_of(run(*caller, request, url, base, fault), id);
        if (faults.carried_out) faults.carried_out(operation, mailbox);
        if (fault) spoil_answer(answer, *fault);
        return answer;
    }

    Outcome<graph::Reply> run(const graph::Caller& caller, const HttpRequest& request,
                              std::string_view url, const std::string& base,
                              const std::optional<Fault>& fault) {
        if (graph_path_of(url) != "/$batch") return dispatch(caller, request, url, base, fault);
        if (request.method != "POST")
            return graph::graph_fail(405, "Request_BadRequest", "A batch is a POST.");
        std::uint32_t number = 0;
        return graph::run_batch(request.body, fault, [&](const HttpRequest& part) {
            const std::uint32_t bit = 1u << (number++ % 32);
            if (fault && fault->kind == FaultKind::MixedBatch && (fault->mask & bit) != 0) {
                Fault refusal = *fault;
                refusal.kind = FaultKind::ResponseCode;
                return response_of(std::unexpected(*graph::error_instead(refusal, memory.quirks)),
                                   request_id(part));
            }
            if (memory.quirks.throttle_batch_parts > 0) {
                --memory.quirks.throttle_batch_parts;
                return response_of(std::unexpected(graph::too_many_requests(memory.quirks)),
                                   request_id(part));
            }
            return response_of(dispatch(caller, part, part.url, base, fault), request_id(part));
        });
    }

    static std::string base_of(const HttpRequest& request, std::string_view scheme) {
        const std::string_view forwarded = request.fields.get("X-Forwarded-Proto");
        return std::string(forwarded.empty() ? scheme : forwarded) + "://" +
               std::string(request.fields.get("Host")) + "/v1.0";
    }

    Async<Answer> subscribe(HttpRequest request, std::string scheme) {
        const std::string id = request_id(request);
        Answer answer;
        auto caller = authenticate(request);
        if (!caller) {
            answer.response = response_of(std::unexpected(caller.error()), id);
            co_return answer;
        }
        const std::string_view url = std::string_view(request.url).substr(5);
        auto query = graph::parse_query(graph_query_of(url));
        auto prefer = graph::parse_preferences(request.fields);
        if (!query || !prefer) {
            const GraphError error = !query ? query.error() : prefer.error();
            answer.response = response_of(std::unexpected(error), id);
            co_return answer;
        }
        const std::string base = base_of(request, scheme);
        auto call = std::make_shared<Call>(Call{store,
                                                memory,
                                                *caller,
                                                {},
                                                request.method,
                                                std::string(graph_path_of(url)),
                                                graph::path_segments(graph_path_of(url)),
                                                std::move(*query),
                                                std::move(*prefer),
                                                request.fields,
                                                request.body,
                                                base});
        auto reply = co_await subscriptions.handle(std::move(call));
        answer.response = response_of(std::move(reply), id);
        co_return answer;
    }

    std::string mailbox_of(std::string_view url) const {
        const auto segments = graph::path_segments(graph_path_of(url));
        if (segments.size() < 2 || !graph::is_segment(segments[0], "users")) return {};
        const User* user = graph::user_by_id_or_name(store, segments[1]);
        return user == nullptr ? std::string() : user->address;
    }
};

GraphFace::GraphFace(MailboxStore& store, Faults& faults, TokenAuthority& tokens)
    : impl_(new Impl{store, faults, tokens}) {}
GraphFace::~GraphFace() = default;

bool GraphFace::owns_path(std::string_view url) {
    return url.starts_with("/v1.0/");
}

Answer GraphFace::handle(const HttpRequest& request, std::string_view scheme) {
    return impl_->handle(request, scheme);
}

Async<Answer> GraphFace::answer(HttpRequest request, std::string scheme) {
    const std::string path(graph_path_of(request.url));
    if (path == "/v1.0/subscriptions" || path.starts_with("/v1.0/subscriptions/")) {
        Answer subscribed = co_await impl_->subscribe(std::move(request), std::move(scheme));
        co_return subscribed;
    }
    const std::string mailbox = impl_->mailbox_of(std::string_view(request.url).substr(5));
    std::uint32_t& running = impl_->in_flight[mailbox];
    const std::uint32_t most = impl_->memory.quirks.mailbox_concurrency;
    if (!mailbox.empty() && most > 0 && running >= most) {
        Answer refused;
        refused.response =
            impl_->response_of(std::unexpected(graph::too_many_requests(impl_->memory.quirks)),
                               impl_->request_id(request));
        co_return refused;
    }
    ++running;
    Answer out = impl_->handle(request, scheme);
    if (out.delay_ms > 0) {
        const std::chrono::milliseconds delay(out.delay_ms);
        co_await net::sleep_for(delay);
        out.delay_ms = 0;
    }
    --running;
    co_return out;
}

graph::SubscriptionHub& GraphFace::subscriptions() {
    return impl_->subscriptions;
}

graph::GraphQuirks& GraphFace::quirks() {
    return impl_->memory.quirks;
}

void GraphFace::forget_delta_tokens() {
    ++impl_->memory.delta_epoch;
}

std::string graph_operation_name(const HttpRequest& request) {
    std::string out = "graph:" + request.method;
    std::string_view path = graph_path_of(request.url);
    if (path.starts_with("/v1.0")) path.remove_prefix(5);
    std::string names;
    for (const std::string& segment : graph::path_segments(path)) {
        static constexpr std::string_view known[] = {"$batch",
                                                     "mailFolders",
                                                     "childFolders",
                                                     "messages",
                                                     "delta",
                                                     "events",
                                                     "calendar",
                                                     "calendars",
                                                     "calendarView",
                                                     "instances",
                                                     "contacts",
                                                     "contactFolders",
                                                     "todo",
                                                     "lists",
                                                     "tasks",
                                                     "linkedResources",
                                                     "checklistItems",
                                                     "attachments",
                                                     "createUploadSession",
                                                     "$value",
                                                     "$count",
                                                     "move",
                                                     "copy",
                                                     "send",
                                                     "sendMail",
                                                     "messageRules",
                                                     "subscriptions",
                                                     "reauthorize",
                                                     "translateExchangeIds",
                                                     "mailboxSettings",
                                                     "masterCategories",
                                                     "permanentDelete",
                                                     "cancel",
                                                     "sandbox-uploads"};
        for (const std::string_view name : known) {
            if (iequals(name, segment)) (names += names.empty() ? " " : "/") += name;
        }
    }
    return out + names;
}

}  // namespace liaison::sandbox
