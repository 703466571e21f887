#include "sandbox/graph/delta.hpp"
#include "sandbox/graph/entity_table.hpp"
#include "sandbox/graph/item_routes.hpp"

namespace liaison::sandbox::graph {
namespace {

Outcome<void> contact_rights(const Call& call) {
    if (call.method == "GET") return need(call, {"Contacts.Read", "Contacts.ReadWrite"});
    return need(call, {"Contacts.ReadWrite"});
}

json::object contact_folder_json(const Folder& folder) {
    return {{"id", rest_id(folder.id)},
            {"displayName", folder.display_name},
            {"parentFolderId", rest_id(folder.parent_id)}};
}

// The default folder is not among the contact folders (GD21, known issues).
Outcome<Reply> list_contact_folders(const Call& call, const Folder& parent) {
    std::vector<const Folder*> folders;
    for (const Folder* folder : call.store.children(call.mailbox, parent.id)) {
        const bool own =
            folder->distinguished_id.empty() && folder->folder_class.starts_with("IPF.Contact");
        if (own && !call.empty_listing) folders.push_back(folder);
    }
    Collection collection;
    collection.type = "contactFolder";
    collection.context = "contactFolders";
    collection.size = folders.size();
    collection.render = [&](std::size_t row, const Shape& shape) {
        json::object out;
        for (auto& member : contact_folder_json(*folders[row])) {
            if (member.key() == "id" || shape.wants(member.key()))
                out[member.key()] = std::move(member.value());
        }
        return out;
    };
    return list_page(call, collection);
}

Outcome<Reply> make_contact_folder(const Call& call, const Folder& parent) {
    auto body = entity_body(call, "contactFolder");
    if (!body) return std::unexpected(body.error());
    auto made = call.store.create_folder(call.mailbox, parent.id,
                                         std::string(text_of(*body, "displayName")), "IPF.Contact");
    if (!made) return std::unexpected(from_store_error(made.error()));
    return entity_reply(
        call, "contactFolder", "contactFolders",
        [&](const Shape&) { return contact_folder_json(**made); }, 201);
}

Outcome<Reply> one_contact_folder(const Call& call, const Folder& folder) {
    if (call.method == "GET")
        return entity_reply(call, "contactFolder", "contactFolders",
                            [&](const Shape&) { return contact_folder_json(folder); });
    if (call.method == "DELETE") {
        auto gone = call.store.delete_folder(call.mailbox, folder.id);
        if (!gone) return std::unexpected(from_store_error(gone.error()));
        return no_content();
    }
    if (call.method != "PATCH") return method_not_allowed(call);
    auto body = entity_body(call, "contactFolder");
    if (!body) return std::unexpected(body.error());
    auto renamed = call.store.rename_folder(call.mailbox, folder.id,
                                            std::string(text_of(*body, "displayName")));
    if (!renamed) return std::unexpected(from_store_error(renamed.error()));
    return entity_reply(call, "contactFolder", "contactFolders",
                        [&](const Shape&) { return contact_folder_json(folder); });
}

}  // namespace

Outcome<Reply> contact_routes(const Call& call, const Folder& folder, Path rest) {
    if (auto ok = contact_rights(call); !ok) return std::unexpected(ok.error());
    const ItemPlace place{Resource::Contact, &folder, "contacts"};
    if (rest.empty() || is_segment(rest[0], "$count")) {
        if (call.method == "GET") return list_items(call, place);
        if (call.method == "POST" && rest.empty()) return create_item(call, place);
        return method_not_allowed(call);
    }
    if (is_segment(rest[0], "delta")) {
        if (call.method != "GET") return method_not_allowed(call);
        return items_delta(call, Resource::Contact, folder);
    }
    auto item = item_by_id(call, rest[0]);
    if (!item) return std::unexpected(item.error());
    if (!is_of(Resource::Contact, **item)) return item_not_found();
    if (rest.size() == 2 && is_segment(rest[1], "permanentDelete") && call.method == "POST")
        return delete_item(call, **item, true);
    if (rest.size() > 1) return no_such_resource(rest[1]);
    if (call.method == "GET") return get_item(call, place, **item);
    if (call.method == "PATCH") return patch_item(call, place, **item);
    if (call.method == "DELETE") return delete_item(call, **item, false);
    return method_not_allowed(call);
}

Outcome<Reply> contact_folder_routes(const Call& call, Path rest) {
    if (auto ok = contact_rights(call); !ok) return std::unexpected(ok.error());
    const Folder& home = *call.store.find_distinguished(call.mailbox, "contacts");
    const Folder& root = *call.store.find_distinguished(call.mailbox, "msgfolderroot");
    if (rest.empty()) {
        if (call.method == "GET") return list_contact_folders(call, home);
        if (call.method == "POST") return make_contact_folder(call, home);
        return method_not_allowed(call);
    }
    if (is_segment(rest[0], "delta"))
        return folders_delta(call, "contactFolder", "contactFolders", root, "IPF.Contact",
                             [](const Folder& folder) { return contact_folder_json(folder); });
    const Folder* folder = &home;
    if (!is_segment(rest[0], "contacts")) {
        auto named = folder_by_id(call, rest[0], "IPF.Contact");
        if (!named) return std::unexpected(named.error());
        folder = *named;
    }
    if (rest.size() == 1) return one_contact_folder(call, *folder);
    if (is_segment(rest[1], "contacts")) return contact_routes(call, *folder, rest.subspan(2));
    if (is_segment(rest[1], "childFolders") && rest.size() == 2) {
        if (call.method == "GET") return list_contact_folders(call, *folder);
        if (call.method == "POST") return make_contact_folder(call, *folder);
    }
    return no_such_resource(rest[1]);
}

}  // namespace liaison::sandbox::graph
