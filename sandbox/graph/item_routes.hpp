#pragma once
#include "sandbox/graph/collection.hpp"
#include "sandbox/graph/entity_write.hpp"

namespace liaison::sandbox::graph {

/// Where the items of a collection live and how its URL is called.
struct ItemPlace {
    Resource resource = Resource::Message;
    const Folder* folder = nullptr;  ///< null: the whole mailbox (messages)
    std::string context;             ///< "messages", "contacts"
};

Outcome<Reply> list_items(const Call& call, const ItemPlace& place);
Outcome<Reply> count_items(const Call& call, const ItemPlace& place);
Outcome<Reply> create_item(const Call& call, const ItemPlace& place);
Outcome<Reply> get_item(const Call& call, const ItemPlace& place, const Item& item);
Outcome<Reply> patch_item(const Call& call, const ItemPlace& place, const Item& item);
/// To Deleted Items; `for_good` is permanentDelete.
Outcome<Reply> delete_item(const Call& call, const Item& item, bool for_good);
/// The item that `id` names, of the resource and in the folder of the place.
Outcome<const Item*> item_in(const Call& call, const ItemPlace& place, std::string_view id);
/// `/attachments` below an item; `rest` starts behind it.
Outcome<Reply> attachment_routes(const Call& call, const ItemPlace& place, const Item& item,
                                 Path rest);

/// Everything below a user, by the first segment of the path.
Outcome<Reply> route_user(const Call& call);
Outcome<Reply> mail_folder_routes(const Call& call, Path rest);
Outcome<Reply> message_routes(const Call& call, const Folder* folder, Path rest);
Outcome<Reply> calendar_routes(const Call& call, const Folder& calendar, Path rest);
Outcome<Reply> event_routes(const Call& call, const Folder* calendar, Path rest);
Outcome<Reply> calendars_routes(const Call& call, Path rest);
Outcome<Reply> contact_routes(const Call& call, const Folder& folder, Path rest);
Outcome<Reply> contact_folder_routes(const Call& call, Path rest);
Outcome<Reply> todo_routes(const Call& call, Path rest);
Outcome<Reply> translate_ids(const Call& call);
Outcome<Reply> send_mail(const Call& call);
Outcome<Reply> message_rule_routes(const Call& call, Path rest);
Outcome<Reply> upload_route(const Call& call, std::string_view session);

bool is_segment(const std::string& segment, std::string_view name);

}  // namespace liaison::sandbox::graph
