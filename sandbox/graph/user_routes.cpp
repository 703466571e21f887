#include "sandbox/graph/graph_face_parts.hpp"
#include "sandbox/graph/item_routes.hpp"
#include "sandbox/graph/mailbox_routes.hpp"

namespace liaison::sandbox::graph {
namespace {

json::object user_json(const User& user) {
    return {{"displayName", user.display_name},
            {"mail", user.address},
            {"userPrincipalName", user.address},
            {"accountEnabled", true},
            {"id", user_guid(user.address)}};
}

Outcome<Reply> user_reply(const Call& call) {
    if (call.method != "GET") return method_not_allowed(call);
    if (auto ok = need(call, {"User.Read.All", "User.ReadWrite.All", "Directory.Read.All"}); !ok)
        return std::unexpected(ok.error());
    if (auto ok = call.allow({"$select"}); !ok) return std::unexpected(ok.error());
    const User* user = call.store.find_user(call.mailbox);
    return entity_reply(call, "user", "users", [&](const Shape& shape) {
        json::object out;
        for (auto& member : user_json(*user)) {
            if (!shape.select || shape.wants(member.key()))
                out[member.key()] = std::move(member.value());
        }
        return out;
    });
}

}  // namespace

Outcome<Reply> route_user(const Call& call) {
    const Path path(call.path);
    if (path.empty()) return user_reply(call);
    const std::string& first = path[0];
    const Path rest = path.subspan(1);
    const auto& store = call.store;
    const Folder* calendar = store.find_distinguished(call.mailbox, "calendar");
    if (is_segment(first, "events")) return event_routes(call, nullptr, rest);
    if (is_segment(first, "calendar")) return calendar_routes(call, *calendar, rest);
    if (is_segment(first, "calendarView")) return calendar_routes(call, *calendar, path);
    if (is_segment(first, "calendars")) return calendars_routes(call, rest);
    if (is_segment(first, "contacts"))
        return contact_routes(call, *store.find_distinguished(call.mailbox, "contacts"), rest);
    if (is_segment(first, "contactFolders")) return contact_folder_routes(call, rest);
    if (is_segment(first, "todo")) return todo_routes(call, rest);
    if (is_segment(first, "messages")) return message_routes(call, nullptr, rest);
    if (is_segment(first, "mailFolders")) return mail_folder_routes(call, rest);
    if (is_segment(first, "sendMail") && rest.empty()) return send_mail(call);
    if (is_segment(first, "translateExchangeIds") && rest.empty()) return translate_ids(call);
    if (is_segment(first, "mailboxSettings")) return mailbox_settings(call, rest);
    if (is_segment(first, "outlook") && rest.size() == 1 && is_segment(rest[0], "masterCategories"))
        return master_categories(call);
    return no_such_resource(first);
}

}  // namespace liaison::sandbox::graph
