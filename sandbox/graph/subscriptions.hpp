#pragma once
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/async.hpp"
#include "core/ports/http_client.hpp"
#include "sandbox/graph/entity_json.hpp"

namespace liaison::sandbox::graph {

/// A subscription to change notifications (subscription resource page).
struct Subscription {
    std::string id;
    std::string app_id;
    std::string change_type;  ///< as given: "created,updated,deleted"
    std::string notification_url;
    std::string lifecycle_url;  ///< may be empty
    std::string resource;       ///< as given
    std::string client_state;
    std::string tls_version;
    EpochMillis expires = 0;
    bool immutable_ids = false;

    Resource watched = Resource::Message;
    std::string mailbox;
    std::vector<std::string> folders;  ///< ids; empty: all of the mailbox
    std::map<std::string, SyncCursor> cursors;
};

/// Subscriptions, and the notifications that they cause: posted to the subscriber until it says
/// 2xx, again after 1, 2, 4 ... minutes, given up after four hours (change-notifications-delivery-
/// webhooks page); then the lifecycle event `missed` follows.
///
/// Changes are found by looking into the store (`collect`), so it does not matter by which face
/// they came.
class SubscriptionHub {
public:
    explicit SubscriptionHub(MailboxStore& store);
    ~SubscriptionHub();
    SubscriptionHub(const SubscriptionHub&) = delete;
    SubscriptionHub& operator=(const SubscriptionHub&) = delete;

    /// `client` posts to notification URLs; null: validation fails, nothing is delivered.
    /// `spawn` runs the delivery beside everything else (net::RunLoop::spawn); without it only
    /// deliver_due() delivers.
    void set_client(HttpClient* client, std::function<void(Async<void>)> spawn = {});

    /// /v1.0/subscriptions and below. Waits for the subscriber's answer to the validation request.
    Async<Outcome<Reply>> handle(std::shared_ptr<Call> call);

    /// Looks for changes since the last look and queues notifications.
    void collect();
    /// Starts delivery of what is queued, unless it is under way.
    void start_delivery();
    /// Delivers what is due now; the number of notices that are still queued.
    Async<std::size_t> deliver_due();

    /// Lifecycle events, by hand: reauthorizationRequired, subscriptionRemoved (the subscription is
    /// gone then), missed. NotFound.
    Result<void> raise(std::string_view id, std::string_view event);
    const std::map<std::string, Subscription>& all() const;
    std::size_t delivered() const;

private:
    struct State;
    Async<void> keep_delivering();
    Async<Outcome<Reply>> create(std::shared_ptr<Call> call);
    std::shared_ptr<State> state_;
};

}  // namespace liaison::sandbox::graph
