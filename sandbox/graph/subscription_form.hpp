#pragma once
#include "sandbox/graph/subscriptions.hpp"

namespace liaison::sandbox::graph {

/// From the body of POST /subscriptions, checked; `id` is left empty.
Outcome<Subscription> read_subscription(const Call& call, const json::object& body);
/// The resource of a subscription: users/{id}/messages, users/{id}/mailFolders('{id}')/messages,
/// users/{id}/events, users/{id}/contacts, users/{id}/contactFolders('{id}')/contacts,
/// users/{id}/todo/lists/{id}/tasks.
Outcome<void> read_resource(const Call& call, Subscription& subscription);
/// The latest expiry, by resource (subscription resource page): 10,080 minutes for Outlook, 4,230
/// for To Do. Sooner than 45 minutes is raised to 45.
Outcome<EpochMillis> read_expiry(const Call& call, std::string_view text, Resource watched);
json::object subscription_json(const Subscription& subscription);
/// One changeNotification.
json::object notification_json(const Subscription& subscription, std::string_view change,
                               std::string_view item_id, std::string_view change_key);

}  // namespace liaison::sandbox::graph
