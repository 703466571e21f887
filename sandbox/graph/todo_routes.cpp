#include "sandbox/graph/delta.hpp"
#include "sandbox/graph/entity_table.hpp"
#include "sandbox/graph/item_routes.hpp"

namespace liaison::sandbox::graph {
namespace {

Outcome<void> task_rights(const Call& call) {
    if (call.method == "GET") return need(call, {"Tasks.Read.All", "Tasks.ReadWrite.All"});
    return need(call, {"Tasks.ReadWrite.All"});
}

json::object list_json(const Folder& folder) {
    return {{"@odata.etag", etag_of(folder.change_key)},
            {"displayName", folder.display_name},
            {"isOwner", true},
            {"isShared", false},
            {"wellknownListName", folder.distinguished_id == "tasks" ? "defaultList" : "none"},
            {"id", rest_id(folder.id)}};
}

json::object shaped_list(const Folder& folder, const Shape& shape) {
    json::object out;
    for (auto& member : list_json(folder)) {
        const std::string_view name = member.key();
        if (name == "id" || name.starts_with('@') || shape.wants(name))
            out[name] = std::move(member.value());
    }
    return out;
}

bool is_task_list(const Folder& folder) {
    return folder.folder_class.starts_with("IPF.Task");
}

Outcome<Reply> list_lists(const Call& call) {
    std::vector<const Folder*> folders;
    for (const Folder* folder : call.store.folders(call.mailbox)) {
        if (is_task_list(*folder) && !call.empty_listing) folders.push_back(folder);
    }
    Collection collection;
    collection.type = "todoTaskList";
    collection.context = "todo/lists";
    collection.size = folders.size();
    collection.render = [&](std::size_t row, const Shape& shape) {
        return shaped_list(*folders[row], shape);
    };
    return list_page(call, collection);
}

Outcome<json::object> list_body(const Call& call) {
    auto body = entity_body(call, "todoTaskList");
    if (!body) return body;
    if (text_of(*body, "displayName").empty())
        return graph_fail(400, "invalidRequest", "The list needs a displayName.");
    return body;
}

Outcome<Reply> list_reply(const Call& call, const Folder& folder, int status) {
    return entity_reply(
        call, "todoTaskList", "todo/lists",
        [&](const Shape& shape) { return shaped_list(folder, shape); }, status);
}

Outcome<Reply> make_list(const Call& call) {
    auto body = list_body(call);
    if (!body) return std::unexpected(body.error());
    const Folder* root = call.store.find_distinguished(call.mailbox, "msgfolderroot");
    auto made = call.store.create_folder(call.mailbox, root->id,
                                         std::string(text_of(*body, "displayName")), "IPF.Task");
    if (!made) return std::unexpected(from_store_error(made.error()));
    return list_reply(call, **made, 201);
}

Outcome<Reply> one_list(const Call& call, const Folder& folder) {
    if (call.method == "GET") return list_reply(call, folder, 200);
    if (call.method == "DELETE" || call.method == "PATCH") {
        if (!folder.distinguished_id.empty())
            return graph_fail(400, "invalidRequest", "Well-known lists cannot be changed.");
    }
    if (call.method == "DELETE") {
        auto gone = call.store.delete_folder(call.mailbox, folder.id);
        if (!gone) return std::unexpected(from_store_error(gone.error()));
        return no_content();
    }
    if (call.method != "PATCH") return method_not_allowed(call);
    auto body = list_body(call);
    if (!body) return std::unexpected(body.error());
    auto renamed = call.store.rename_folder(call.mailbox, folder.id,
                                            std::string(text_of(*body, "displayName")));
    if (!renamed) return std::unexpected(from_store_error(renamed.error()));
    return list_reply(call, folder, 200);
}

// linkedResources and checklistItems: small lists that the task keeps.
struct ChildList {
    const Call& call;
    const Item& task;
    std::string_view name;
    std::string_view type;

    json::array read() const {
        json::value kept = kept_json(task, name);
        return kept.is_array() ? kept.get_array() : json::array();
    }
    Outcome<void> write(const json::array& list) const {
        Item changed = task;
        const std::string key = "graph:" + std::string(name);
        if (list.empty()) {
            changed.properties.erase(key);
        } else {
            changed.properties.set(key, json::serialize(list));
        }
        auto stored = call.store.update_item(call.mailbox, std::move(changed));
        if (!stored) return std::unexpected(from_store_error(stored.error()));
        return {};
    }
    std::string context() const {
        return "todo/lists('x')/tasks('" + rest_id(task.id) + "')/" + std::string(name);
    }
    Outcome<Reply> reply(const json::object& entity, int status) const {
        return entity_reply(call, type, context(), [&](const Shape&) { return entity; }, status);
    }
};

Outcome<json::object> child_body(const ChildList& list) {
    auto body = entity_body(list.call, list.type);
    if (!body) return body;
    body->erase("@odata.type");
    return body;
}

Outcome<Reply> add_child(const ChildList& list) {
    auto body = child_body(list);
    if (!body) return std::unexpected(body.error());
    json::object entry{{"id", "c" + std::to_string(list.call.memory.next_number++) + "-" +
                                  std::to_string(list.call.store.sequence(list.call.mailbox))}};
    if (list.name == "checklistItems") {
        entry["createdDateTime"] = graph_date_time(list.call.store.now());
        entry["isChecked"] = false;
    }
    for (auto& member : *body) entry[member.key()] = std::move(member.value());
    json::array all = list.read();
    all.push_back(entry);
    if (auto ok = list.write(all); !ok) return std::unexpected(ok.error());
    return list.reply(entry, 201);
}

Outcome<Reply> child_routes(const ChildList& list, Path rest) {
    const Call& call = list.call;
    json::array all = list.read();
    if (rest.empty()) {
        if (call.method == "POST") return add_child(list);
        if (call.method != "GET") return method_not_allowed(call);
        Collection collection;
        collection.type = list.type;
        collection.context = list.context();
        collection.size = all.size();
        collection.render = [&](std::size_t row, const Shape&) { return all[row].get_object(); };
        return list_page(call, collection);
    }
    if (rest.size() > 1) return no_such_resource(rest[1]);
    for (std::size_t at = 0; at < all.size(); ++at) {
        json::object& entry = all[at].get_object();
        if (text_of(entry, "id") != rest[0]) continue;
        if (call.method == "GET") return list.reply(entry, 200);
        if (call.method == "DELETE") {
            all.erase(all.begin() + static_cast<std::ptrdiff_t>(at));
            if (auto ok = list.write(all); !ok) return std::unexpected(ok.error());
            return no_content();
        }
        if (call.method != "PATCH") return method_not_allowed(call);
        auto body = child_body(list);
        if (!body) return std::unexpected(body.error());
        for (auto& member : *body) {
            if (member.key() != "id") entry[member.key()] = std::move(member.value());
        }
        const json::object changed = entry;
        if (auto ok = list.write(all); !ok) return std::unexpected(ok.error());
        return list.reply(changed, 200);
    }
    return item_not_found();
}

Outcome<Reply> task_routes(const Call& call, const Folder& folder, Path rest) {
    const ItemPlace place{Resource::Task, &folder,
                          "todo/lists('" + rest_id(folder.id) + "')/tasks"};
    if (rest.empty() || is_segment(rest[0], "$count")) {
        if (call.method == "GET") return list_items(call, place);
        if (call.method == "POST" && rest.empty()) return create_item(call, place);
        return method_not_allowed(call);
    }
    if (is_segment(rest[0], "delta")) {
        if (call.method != "GET") return method_not_allowed(call);
        return items_delta(call, Resource::Task, folder);
    }
    auto item = item_in(call, place, rest[0]);
    if (!item) return std::unexpected(item.error());
    if (rest.size() > 1) {
        if (is_segment(rest[1], "linkedResources"))
            return child_routes({call, **item, "linkedResources", "linkedResource"},
                                rest.subspan(2));
        if (is_segment(rest[1], "checklistItems"))
            return child_routes({call, **item, "checklistItems", "checklistItem"}, rest.subspan(2));
        if (is_segment(rest[1], "attachments"))
            return attachment_routes(call, place, **item, rest.subspan(2));
        return no_such_resource(rest[1]);
    }
    if (call.method == "GET") return get_item(call, place, **item);
    if (call.method == "PATCH") return patch_item(call, place, **item);
    if (call.method == "DELETE") return delete_item(call, **item, false);
    return method_not_allowed(call);
}

}  // namespace

Outcome<Reply> todo_routes(const Call& call, Path rest) {
    if (auto ok = task_rights(call); !ok) return std::unexpected(ok.error());
    if (rest.empty() || !is_segment(rest[0], "lists")) return no_such_resource("todo");
    rest = rest.subspan(1);
    if (rest.empty()) {
        if (call.method == "GET") return list_lists(call);
        if (call.method == "POST") return make_list(call);
        return method_not_allowed(call);
    }
    if (is_segment(rest[0], "delta")) {
        const Folder& root = *call.store.find_distinguished(call.mailbox, "msgfolderroot");
        return folders_delta(call, "todoTaskList", "todo/lists", root, "IPF.Task",
                             [](const Folder& folder) { return list_json(folder); });
    }
    auto folder = folder_by_id(call, rest[0], "IPF.Task");
    if (!folder) return std::unexpected(folder.error());
    if (rest.size() == 1) return one_list(call, **folder);
    if (!is_segment(rest[1], "tasks")) return no_such_resource(rest[1]);
    return task_routes(call, **folder, rest.subspan(2));
}

}  // namespace liaison::sandbox::graph
