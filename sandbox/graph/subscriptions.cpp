#include "sandbox/graph/subscriptions.hpp"

#include "net/deadline.hpp"
#include "sandbox/graph/graph_face_parts.hpp"
#include "sandbox/graph/item_routes.hpp"
#include "sandbox/graph/subscription_form.hpp"

namespace liaison::sandbox::graph {
namespace {

constexpr std::chrono::milliseconds answer_deadline{10'000};  // delivery page: 10 seconds
constexpr std::int64_t first_retry_ms = 60'000;
constexpr std::int64_t give_up_ms = 4 * 3'600'000;
constexpr std::size_t changes_a_look = 500;
constexpr std::size_t notices_a_post = 50;
constexpr std::size_t subscriptions_per_mailbox = 1'000;

struct Notice {
    std::string subscription;
    std::string url;
    json::object body;
    EpochMillis since = 0;
    EpochMillis due = 0;
    std::int64_t wait_ms = first_retry_ms;
    bool lifecycle = false;
};

json::object lifecycle_json(const Subscription& one, std::string_view event) {
    return {{"subscriptionId", one.id},
            {"subscriptionExpirationDateTime", graph_date_time(one.expires)},
            {"tenantId", "5a2d1f6c-0d57-4c5e-9a34-2f6b8a1c7e90"},
            {"clientState", one.client_state.empty()
                                ? json::value(nullptr)
                                : json::value(json::string_view(one.client_state))},
            {"lifecycleEvent", event}};
}

std::unexpected<GraphError> validation_failed(std::string_view why) {
    return graph_fail(400, "ValidationError",
                      "Subscription validation request failed. " + std::string(why));
}

std::string_view change_of(ItemChange::Kind kind) {
    if (kind == ItemChange::Kind::Create) return "created";
    if (kind == ItemChange::Kind::Delete) return "deleted";
    return "updated";
}

}  // namespace

struct SubscriptionHub::State {
    explicit State(MailboxStore& mailboxes) : store(mailboxes) {}
    MailboxStore& store;
    HttpClient* client = nullptr;
    std::function<void(Async<void>)> spawn;
    std::map<std::string, Subscription> subscriptions;
    std::deque<Notice> queue;
    std::uint64_t next = 1;
    std::size_t delivered = 0;
    bool delivering = false;

    void look(Subscription& one);
    void look_into(Subscription& one, const std::string& folder);
    void missed(const Notice& notice);
    std::vector<Notice> take_due();
};

void SubscriptionHub::State::look_into(Subscription& one, const std::string& folder) {
    const auto start = one.cursors.find(folder);
    if (start == one.cursors.end()) {  // a folder that came after the subscription
        one.cursors[folder] = SyncCursor{0, 0, false};
    }
    for (bool more = true; more;) {
        auto changes = store.item_changes(one.mailbox, folder, one.cursors[folder], changes_a_look);
        if (!changes) return;
        for (const ItemChange& change : changes->changes) {
            if (change.item != nullptr && !is_of(one.watched, *change.item)) continue;
            const std::string_view word = change_of(change.kind);
            if (one.change_type.find(word) == std::string::npos) continue;
            Notice notice;
            notice.subscription = one.id;
            notice.url = one.notification_url;
            notice.body = notification_json(
                one, word, change.item_id,
                change.item == nullptr ? std::string_view{} : change.item->change_key);
            notice.since = notice.due = store.now();
            queue.push_back(std::move(notice));
        }
        one.cursors[folder] = changes->next;
        more = !changes->complete;
    }
}

void SubscriptionHub::State::look(Subscription& one) {
    if (!one.folders.empty()) {
        for (const auto& folder : one.folders) look_into(one, folder);
        return;
    }
    for (const Folder* folder : store.folders(one.mailbox)) {
        if (folder->folder_class.empty() || folder->folder_class.starts_with("IPF.Note"))
            look_into(one, folder->id);
    }
}

void SubscriptionHub::State::missed(const Notice& notice) {
    const auto found = subscriptions.find(notice.subscription);
    if (found == subscriptions.end() || notice.lifecycle || found->second.lifecycle_url.empty())
        return;
    Notice out;
    out.subscription = notice.subscription;
    out.url = found->second.lifecycle_url;
    out.body = lifecycle_json(found->second, "missed");
    out.since = out.due = store.now();
    out.lifecycle = true;
    queue.push_back(std::move(out));
}

// The notices of one URL that are due, oldest first.
std::vector<Notice> SubscriptionHub::State::take_due() {
    std::vector<Notice> out;
    const EpochMillis now = store.now();
    std::deque<Notice> rest;
    for (Notice& notice : queue) {
        const bool fits = out.empty() || (out.front().url == notice.url &&
                                          out.front().lifecycle == notice.lifecycle);
        if (notice.due <= now && fits && out.size() < notices_a_post) {
            out.push_back(std::move(notice));
        } else {
            rest.push_back(std::move(notice));
        }
    }
    queue = std::move(rest);
    return out;
}

SubscriptionHub::SubscriptionHub(MailboxStore& store) : state_(std::make_shared<State>(store)) {}

SubscriptionHub::~SubscriptionHub() {
    state_->client = nullptr;
    state_->queue.clear();
}

void SubscriptionHub::set_client(HttpClient* client, std::function<void(Async<void>)> spawn) {
    state_->client = client;
    state_->spawn = std::move(spawn);
}

const std::map<std::string, Subscription>& SubscriptionHub::all() const {
    return state_->subscriptions;
}

std::size_t SubscriptionHub::delivered() const {
    return state_->delivered;
}

void SubscriptionHub::collect() {
    const EpochMillis now = state_->store.now();
    std::erase_if(state_->subscriptions,
                  [now](const auto& one) { return one.second.expires <= now; });
    for (auto& [id, subscription] : state_->subscriptions) state_->look(subscription);
}

namespace {

// One POST; true when the subscriber took it (2xx within ten seconds).
Async<bool> post_notices(HttpClient* client, std::string url, std::string body) {
    HttpRequest request;
    request.method = "POST";
    request.url = std::move(url);
    request.fields.set("Content-Type", "application/json; charset=utf-8");
    request.body = std::move(body);
    HttpLimits limits;
    limits.deadline = answer_deadline;
    limits.body_bytes_max = 1u << 20;
    auto answer = co_await client->send(std::move(request), limits);
    co_return answer && answer->status >= 200 && answer->status < 300;
}

// The validation request: the decoded token as text/plain within ten seconds.
Async<Outcome<void>> validate(HttpClient* client, std::string url, std::string token) {
    if (client == nullptr) co_return validation_failed("The endpoint cannot be reached.");
    HttpRequest request;
    request.method = "POST";
    const bool has_query = url.find('?') != std::string::npos;
    request.url = url + (has_query ? "&" : "?") + "validationToken=" + url_encoded(token);
    request.fields.set("Content-Type", "text/plain; charset=utf-8");
    HttpLimits limits;
    limits.deadline = answer_deadline;
    limits.body_bytes_max = 64u << 10;
    auto answer = co_await client->send(std::move(request), limits);
    if (!answer) co_return validation_failed("The request timed out or failed.");
    if (answer->status != 200)
        co_return validation_failed(
            "Notification endpoint must respond with 200 OK to validation request.");
    if (answer->body != token || !answer->fields.get("Content-Type").starts_with("text/plain"))
        co_return validation_failed("Must respond with the validation token as text/plain.");
    co_return Outcome<void>{};
}

}  // namespace

Async<std::size_t> SubscriptionHub::deliver_due() {
    const std::shared_ptr<State> state = state_;
    for (;;) {
        if (state->client == nullptr) co_return 0;
        std::vector<Notice> notices = state->take_due();
        if (notices.empty()) break;
        json::array values;
        for (const Notice& notice : notices) values.push_back(notice.body);
        const json::object envelope{{"value", std::move(values)}};
        std::string text = json::serialize(envelope);
        std::string url = notices.front().url;
        const bool taken = co_await post_notices(state->client, std::move(url), std::move(text));
        if (taken) {
            state->delivered += notices.size();
            continue;
        }
        for (Notice& notice : notices) {
            const EpochMillis now = state->store.now();
            if (now - notice.since >= give_up_ms) {
                state->missed(notice);
                continue;
            }
            notice.due = now + notice.wait_ms;
            notice.wait_ms *= 2;
            state->queue.push_back(std::move(notice));
        }
    }
    co_return state->queue.size();
}

Async<void> SubscriptionHub::keep_delivering() {
    const std::shared_ptr<State> state = state_;
    while (state->client != nullptr) {
        std::size_t left = co_await deliver_due();
        if (left == 0 || state->client == nullptr) break;
        EpochMillis next = state->queue.front().due;
        for (const Notice& notice : state->queue) next = std::min(next, notice.due);
        const std::chrono::milliseconds wait(std::max<std::int64_t>(next - state->store.now(), 10));
        co_await net::sleep_for(wait);
    }
    state->delivering = false;
}

void SubscriptionHub::start_delivery() {
    if (state_->client == nullptr || !state_->spawn || state_->delivering || state_->queue.empty())
        return;
    state_->delivering = true;
    state_->spawn(keep_delivering());
}

Result<void> SubscriptionHub::raise(std::string_view id, std::string_view event) {
    const auto found = state_->subscriptions.find(std::string(id));
    if (found == state_->subscriptions.end())
        return fail(ErrorKind::NotFound, "sandbox: no such subscription");
    if (event != "reauthorizationRequired" && event != "subscriptionRemoved" && event != "missed")
        return fail(ErrorKind::InvalidRequest, "sandbox: no such lifecycle event");
    if (!found->second.lifecycle_url.empty()) {
        Notice notice;
        notice.subscription = found->first;
        notice.url = found->second.lifecycle_url;
        notice.body = lifecycle_json(found->second, event);
        notice.since = notice.due = state_->store.now();
        notice.lifecycle = true;
        state_->queue.push_back(std::move(notice));
    }
    if (event == "subscriptionRemoved") state_->subscriptions.erase(found);
    return {};
}

namespace {

Outcome<Reply> subscription_reply(const Call& call, const Subscription& one, int status) {
    json::object out{{"@odata.context", call.base_url + "/$metadata#subscriptions/$entity"}};
    for (auto& member : subscription_json(one)) out[member.key()] = std::move(member.value());
    return json_reply(std::move(out), status);
}

Outcome<Reply> renew(const Call& call, Subscription& one) {
    auto body = call.object_body();
    if (!body) return std::unexpected(body.error());
    for (const auto& member : *body) {
        const std::string_view name = member.key();
        if (name != "expirationDateTime" && name.find('@') == std::string_view::npos)
            return graph_fail(400, "InvalidRequest",
                              "Only the expirationDateTime of a subscription can be changed.");
    }
    auto expires = read_expiry(call, text_of(*body, "expirationDateTime"), one.watched);
    if (!expires) return std::unexpected(expires.error());
    one.expires = *expires;
    return subscription_reply(call, one, 200);
}

}  // namespace

Async<Outcome<Reply>> SubscriptionHub::create(std::shared_ptr<Call> call) {
    const std::shared_ptr<State> state = state_;
    auto body = call->object_body();
    if (!body) co_return std::unexpected(body.error());
    auto made = read_subscription(*call, *body);
    if (!made) co_return std::unexpected(made.error());
    const auto same =
        std::count_if(state->subscriptions.begin(), state->subscriptions.end(),
                      [&](const auto& one) { return one.second.mailbox == made->mailbox; });
    if (static_cast<std::size_t>(same) >= subscriptions_per_mailbox)
        co_return graph_fail(403, "ExtensionError",
                             "The limit of 1000 subscriptions per mailbox is reached.");
    const std::string number = std::to_string(state->next++);
    const std::vector<std::string> urls =
        made->lifecycle_url.empty() ? std::vector{made->notification_url}
                                    : std::vector{made->notification_url, made->lifecycle_url};
    for (const std::string& url : urls) {
        std::string token = "Validation: Testing client application & reachability " + number;
        std::string target = url;
        auto valid = co_await validate(state->client, std::move(target), std::move(token));
        if (!valid) co_return std::unexpected(valid.error());
    }
    made->id = user_guid("subscription " + number);
    const std::uint64_t newest = state->store.sequence(made->mailbox);
    for (const Folder* folder : state->store.folders(made->mailbox))
        made->cursors[folder->id] = SyncCursor{newest, 0, false};
    const Subscription& kept =
        state->subscriptions.emplace(made->id, std::move(*made)).first->second;
    co_return subscription_reply(*call, kept, 201);
}

Async<Outcome<Reply>> SubscriptionHub::handle(std::shared_ptr<Call> call) {
    const std::shared_ptr<State> state = state_;
    collect();  // what happened before does not concern a new subscription
    const Path rest = Path(call->path).subspan(1);
    if (rest.empty() && call->method == "GET") {
        json::array values;
        for (const auto& [id, one] : state->subscriptions) {
            if (one.app_id == call->caller.app_id) values.push_back(subscription_json(one));
        }
        json::object out{{"@odata.context", call->base_url + "/$metadata#subscriptions"},
                         {"value", std::move(values)}};
        co_return json_reply(std::move(out));
    }
    if (rest.empty() && call->method == "POST") {
        auto created = co_await create(call);
        co_return created;
    }
    const auto found =
        rest.empty() ? state->subscriptions.end() : state->subscriptions.find(rest[0]);
    if (found == state->subscriptions.end() || found->second.app_id != call->caller.app_id)
        co_return graph_fail(404, "ResourceNotFound", "The object was not found.");
    if (rest.size() == 2 && is_segment(rest[1], "reauthorize") && call->method == "POST")
        co_return no_content();
    if (rest.size() > 1) co_return no_such_resource(rest[1]);
    if (call->method == "GET") co_return subscription_reply(*call, found->second, 200);
    if (call->method == "PATCH") co_return renew(*call, found->second);
    if (call->method != "DELETE") co_return method_not_allowed(*call);
    state->subscriptions.erase(found);
    co_return no_content();
}

}  // namespace liaison::sandbox::graph
