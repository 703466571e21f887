#include "sandbox/graph/subscription_form.hpp"

#include "sandbox/ews/lexical.hpp"
#include "sandbox/graph/entity_table.hpp"
#include "sandbox/graph/ews_bridge.hpp"
#include "sandbox/graph/graph_face_parts.hpp"
#include "sandbox/graph/item_routes.hpp"
#include "sandbox/mailbox_ids.hpp"
#include "sandbox/token/token_authority.hpp"

namespace liaison::sandbox::graph {
namespace {

constexpr std::size_t client_state_max = 128;
constexpr std::int64_t minute_ms = 60'000;
constexpr std::int64_t shortest_minutes = 45;
constexpr std::int64_t outlook_minutes = 10'080;
constexpr std::int64_t todo_minutes = 4'230;

std::unexpected<GraphError> invalid_subscription(std::string_view message) {
    return graph_fail(400, "InvalidRequest", message);
}

bool is_posting_url(std::string_view url) {
    if (url.starts_with("https://")) return true;
    // Graph wants https; the stand-in lets loopback be.
    return url.starts_with("http://127.0.0.1") || url.starts_with("http://localhost") ||
           url.starts_with("http://[::1]");
}

Outcome<void> check_change_type(std::string_view text) {
    if (text.empty()) return invalid_subscription("The changeType is missing.");
    while (!text.empty()) {
        const std::size_t comma = std::min(text.find(','), text.size());
        std::string_view one = text.substr(0, comma);
        while (one.starts_with(' ')) one.remove_prefix(1);
        text.remove_prefix(std::min(comma + 1, text.size()));
        if (one != "created" && one != "updated" && one != "deleted")
            return invalid_subscription("The changeType is not supported.");
    }
    return {};
}

std::unexpected<GraphError> unsupported_resource(const Subscription& subscription) {
    return graph_fail(
        400, "ExtensionError",
        "Operation: Create; Exception: [Status Code: BadRequest; Reason: The resource "
        "'" +
            subscription.resource + "' is not supported.]");
}

std::string_view resource_name(Resource watched) {
    switch (watched) {
        case Resource::Event:
            return "Events";
        case Resource::Contact:
            return "Contacts";
        case Resource::Task:
            return "Tasks";
        case Resource::Message:
            break;
    }
    return "Messages";
}

Outcome<void> subscription_rights(const Call& call, Resource watched) {
    if (watched == Resource::Event) return need(call, {"Calendars.Read", "Calendars.ReadWrite"});
    if (watched == Resource::Contact) return need(call, {"Contacts.Read", "Contacts.ReadWrite"});
    if (watched == Resource::Task) return need(call, {"Tasks.Read.All", "Tasks.ReadWrite.All"});
    return need(call, {"Mail.Read", "Mail.ReadWrite", "Mail.ReadBasic.All"});
}

// What stands behind users/{id}: the folders and the kind of item.
Outcome<void> read_watched(const Call& call, Path path, Subscription& out) {
    if (path.size() == 1 && is_segment(path[0], "messages")) return {};
    const auto whole = [&](std::string_view folder_class) {
        for (const Folder* folder : call.store.folders(call.mailbox)) {
            if (folder->folder_class.starts_with(folder_class)) out.folders.push_back(folder->id);
        }
    };
    if (path.size() == 1 && is_segment(path[0], "events")) {
        out.watched = Resource::Event;
        whole("IPF.Appointment");
        return {};
    }
    if (path.size() == 1 && is_segment(path[0], "contacts")) {
        out.watched = Resource::Contact;
        whole("IPF.Contact");
        return {};
    }
    const bool mail =
        path.size() == 3 && is_segment(path[0], "mailFolders") && is_segment(path[2], "messages");
    const bool contacts = path.size() == 3 && is_segment(path[0], "contactFolders") &&
                          is_segment(path[2], "contacts");
    const bool tasks = path.size() == 4 && is_segment(path[0], "todo") &&
                       is_segment(path[1], "lists") && is_segment(path[3], "tasks");
    if (!mail && !contacts && !tasks) return unsupported_resource(out);
    if (contacts) out.watched = Resource::Contact;
    if (tasks) out.watched = Resource::Task;
    auto folder = mail
                      ? mail_folder_by_id(call, path[1])
                      : folder_by_id(call, path[tasks ? 2 : 1], tasks ? "IPF.Task" : "IPF.Contact");
    if (!folder) return std::unexpected(folder.error());
    out.folders.push_back((*folder)->id);
    return {};
}

}  // namespace

Outcome<void> read_resource(const Call& call, Subscription& out) {
    std::string_view text = out.resource;
    if (text.starts_with("/")) text.remove_prefix(1);
    if (text.find('?') != std::string_view::npos) return unsupported_resource(out);
    const auto segments = path_segments(text);
    if (segments.size() < 3 || !is_segment(segments[0], "users")) return unsupported_resource(out);
    const User* user = user_by_id_or_name(call.store, segments[1]);
    if (user == nullptr)
        return graph_fail(404, "ResourceNotFound", "The requested user was not found.");
    if (!call.caller.may_reach(user->address)) return access_denied();
    Call below{call};
    below.mailbox = user->address;
    out.mailbox = user->address;
    if (auto ok = read_watched(below, Path(segments).subspan(2), out); !ok) return ok;
    return subscription_rights(call, out.watched);
}

Outcome<EpochMillis> read_expiry(const Call& call, std::string_view text, Resource watched) {
    const auto time = ews::parse_date_time(text);
    if (!time) return invalid_subscription("The expirationDateTime is missing or malformed.");
    const EpochMillis wanted =
        time->local_ms - time->offset_minutes.value_or(0) * std::int64_t{60'000};
    const EpochMillis now = call.store.now();
    if (wanted <= now)
        return invalid_subscription("Subscription expiration must be in the future.");
    const std::int64_t most = watched == Resource::Task ? todo_minutes : outlook_minutes;
    if (wanted - now > most * minute_ms)
        return graph_fail(400, "ExtensionError",
                          "Operation: Create; Exception: [Status Code: BadRequest; Reason: "
                          "Subscription expiration can only be " +
                              std::to_string(most) + " minutes in the future.]");
    return std::max(wanted, now + shortest_minutes * minute_ms);
}

Outcome<Subscription> read_subscription(const Call& call, const json::object& body) {
    if (auto ok = check_entity("subscription", body); !ok) return std::unexpected(ok.error());
    Subscription out;
    out.app_id = call.caller.app_id;
    out.change_type = text_of(body, "changeType");
    out.notification_url = text_of(body, "notificationUrl");
    out.lifecycle_url = text_of(body, "lifecycleNotificationUrl");
    out.resource = text_of(body, "resource");
    out.client_state = text_of(body, "clientState");
    out.tls_version = text_of(body, "latestSupportedTlsVersion");
    out.immutable_ids = call.prefer.immutable_ids;
    if (auto ok = check_change_type(out.change_type); !ok) return std::unexpected(ok.error());
    if (!is_posting_url(out.notification_url))
        return invalid_subscription("The notificationUrl must be a https URL.");
    if (!out.lifecycle_url.empty() && !is_posting_url(out.lifecycle_url))
        return invalid_subscription("The lifecycleNotificationUrl must be a https URL.");
    if (out.client_state.size() > client_state_max)
        return invalid_subscription("The clientState is longer than 128 characters.");
    if (const json::value* rich = body.if_contains("includeResourceData");
        rich != nullptr && *rich == json::value(true))
        return graph_fail(501, "ErrorNotImplemented",
                          "The sandbox gives no notifications with resource data.");
    if (auto ok = read_resource(call, out); !ok) return std::unexpected(ok.error());
    auto expires = read_expiry(call, text_of(body, "expirationDateTime"), out.watched);
    if (!expires) return std::unexpected(expires.error());
    out.expires = *expires;
    return out;
}

json::object subscription_json(const Subscription& one) {
    const auto text = [](const std::string& value) {
        return value.empty() ? json::value(nullptr) : json::value(json::string_view(value));
    };
    return {{"id", one.id},
            {"resource", one.resource},
            {"applicationId", one.app_id},
            {"changeType", one.change_type},
            {"clientState", text(one.client_state)},
            {"notificationUrl", one.notification_url},
            {"notificationQueryOptions", nullptr},
            {"lifecycleNotificationUrl", text(one.lifecycle_url)},
            {"expirationDateTime", graph_date_time(one.expires)},
            {"creatorId", one.app_id},
            {"includeResourceData", nullptr},
            {"latestSupportedTlsVersion", one.tls_version.empty() ? "v1_2" : one.tls_version},
            {"encryptionCertificate", nullptr},
            {"encryptionCertificateId", nullptr},
            {"notificationUrlAppId", nullptr}};
}

json::object notification_json(const Subscription& one, std::string_view change,
                               std::string_view item_id, std::string_view change_key) {
    const std::int64_t row = row_of_item_id(item_id);
    const bool immutable = one.immutable_ids && row != 0 && one.watched != Resource::Task;
    const std::string id = immutable ? immutable_id(one.mailbox, row) : rest_id(item_id);
    const std::string resource = "Users/" + user_guid(one.mailbox) + "/" +
                                 std::string(resource_name(one.watched)) + "/" + id;
    std::string type(type_name(one.watched));
    type[0] = static_cast<char>(type[0] - 'a' + 'A');
    json::object data{
        {"@odata.type", "#Microsoft.Graph." + type}, {"@odata.id", resource}, {"id", id}};
    if (!change_key.empty()) data["@odata.etag"] = etag_of(change_key);
    return {{"subscriptionId", one.id},
            {"subscriptionExpirationDateTime", graph_date_time(one.expires)},
            {"changeType", change},
            {"resource", resource},
            {"resourceData", std::move(data)},
            {"clientState", one.client_state.empty()
                                ? json::value(nullptr)
                                : json::value(json::string_view(one.client_state))},
            {"tenantId", TokenAuthority::tenant_id}};
}

}  // namespace liaison::sandbox::graph
