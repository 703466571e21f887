#include "sandbox/graph/delta.hpp"
#include "sandbox/graph/entity_table.hpp"
#include "sandbox/graph/item_routes.hpp"

namespace liaison::sandbox::graph {
namespace {

// Folders that Outlook hides from people: kept out of lists unless includeHiddenFolders=true.
bool is_hidden(const Folder& folder) {
    static constexpr std::string_view hidden[] = {"conversationhistory", "syncissues", "conflicts",
                                                  "localfailures", "serverfailures"};
    return std::find(std::begin(hidden), std::end(hidden), folder.distinguished_id) !=
           std::end(hidden);
}

bool is_mail_folder(const Folder& folder) {
    return folder.folder_class.empty() || folder.folder_class.starts_with("IPF.Note");
}

std::vector<const Folder*> mail_children(const Call& call, const Folder& parent) {
    std::vector<const Folder*> out;
    const bool all = call.option("includeHiddenFolders") == "true";
    for (const Folder* folder : call.store.children(call.mailbox, parent.id)) {
        if (is_mail_folder(*folder) && (all || !is_hidden(*folder))) out.push_back(folder);
    }
    return out;
}

json::object mail_folder_json(const Call& call, const Folder& folder) {
    std::size_t children = 0;
    for (const Folder* child : call.store.children(call.mailbox, folder.id)) {
        if (is_mail_folder(*child)) ++children;
    }
    return {
        {"id", rest_id(folder.id)},
        {"displayName", folder.display_name},
        {"parentFolderId", folder.parent_id.empty() ? json::value(nullptr)
                                                    : json::value_from(rest_id(folder.parent_id))},
        {"childFolderCount", children},
        {"unreadItemCount", call.store.unread_count(call.mailbox, folder.id)},
        {"totalItemCount", call.store.item_count(call.mailbox, folder.id)},
        {"isHidden", is_hidden(folder)}};
}

json::object shaped_folder(const Call& call, const Folder& folder, const Shape& shape) {
    json::object out;
    for (auto& member : mail_folder_json(call, folder)) {
        if (member.key() == "id" || shape.wants(member.key()))
            out[member.key()] = std::move(member.value());
    }
    return out;
}

Outcome<Reply> list_folders(const Call& call, const Folder& parent, const std::string& context) {
    const auto folders =
        call.empty_listing ? std::vector<const Folder*>{} : mail_children(call, parent);
    Collection collection;
    collection.type = "mailFolder";
    collection.context = context;
    collection.size = folders.size();
    collection.options = {"includeHiddenFolders"};
    collection.render = [&](std::size_t row, const Shape& shape) {
        return shaped_folder(call, *folders[row], shape);
    };
    if (call.path.back() == "$count") return count_reply(call, collection);
    return list_page(call, collection);
}

Outcome<Reply> folder_reply(const Call& call, const Folder& folder, int status) {
    return entity_reply(
        call, "mailFolder", "mailFolders",
        [&](const Shape& shape) { return shaped_folder(call, folder, shape); }, status);
}

Outcome<json::object> folder_body(const Call& call) {
    auto body = entity_body(call, "mailFolder");
    if (!body) return body;
    if (text_of(*body, "displayName").empty())
        return graph_fail(400, "ErrorInvalidRequest", "The folder needs a displayName.");
    for (const auto& member : *body) {
        const std::string_view name = member.key();
        if (name != "displayName" && name.find('@') == std::string_view::npos)
            return graph_fail(
                400, "ErrorInvalidPropertySet",
                "The sandbox does not set '" + std::string(name) + "' of a mail folder.");
    }
    return body;
}

Outcome<Reply> make_folder(const Call& call, const Folder& parent) {
    auto body = folder_body(call);
    if (!body) return std::unexpected(body.error());
    auto made = call.store.create_folder(call.mailbox, parent.id,
                                         std::string(text_of(*body, "displayName")), "IPF.Note");
    if (!made) return std::unexpected(from_store_error(made.error()));
    return folder_reply(call, **made, 201);
}

Outcome<Reply> one_folder(const Call& call, const Folder& folder) {
    if (call.method == "GET") {
        if (auto ok = call.allow({"$select", "$expand"}); !ok) return std::unexpected(ok.error());
        return folder_reply(call, folder, 200);
    }
    if (call.method == "DELETE") {
        auto gone = call.store.delete_folder(call.mailbox, folder.id);
        if (!gone) return std::unexpected(from_store_error(gone.error()));
        return no_content();
    }
    if (call.method != "PATCH") return method_not_allowed(call);
    auto body = folder_body(call);
    if (!body) return std::unexpected(body.error());
    auto renamed = call.store.rename_folder(call.mailbox, folder.id,
                                            std::string(text_of(*body, "displayName")));
    if (!renamed) return std::unexpected(from_store_error(renamed.error()));
    return folder_reply(call, folder, 200);
}

Outcome<void> folder_rights(const Call& call) {
    if (call.method == "GET")
        return need(call, {"Mail.Read", "Mail.ReadWrite", "Mail.ReadBasic.All"});
    return need(call, {"Mail.ReadWrite"});
}

}  // namespace

Outcome<Reply> mail_folder_routes(const Call& call, Path rest) {
    const bool rules = rest.size() > 1 && is_segment(rest[1], "messageRules");
    if (!rules) {
        if (auto ok = folder_rights(call); !ok) return std::unexpected(ok.error());
    }
    const Folder& root = *call.store.find_distinguished(call.mailbox, "msgfolderroot");
    if (rest.empty() || is_segment(rest[0], "$count")) {
        if (call.method == "GET") return list_folders(call, root, "mailFolders");
        if (call.method == "POST" && rest.empty()) return make_folder(call, root);
        return method_not_allowed(call);
    }
    if (is_segment(rest[0], "delta")) {
        if (call.method != "GET") return method_not_allowed(call);
        return folders_delta(call, "mailFolder", "mailFolders", root, "IPF.Note",
                             [&](const Folder& folder) { return mail_folder_json(call, folder); });
    }
    auto folder = mail_folder_by_id(call, rest[0]);
    if (!folder) return std::unexpected(folder.error());
    if (rest.size() == 1) return one_folder(call, **folder);
    const Path below = rest.subspan(2);
    if (is_segment(rest[1], "messages")) return message_routes(call, *folder, below);
    if (rules) {
        if ((*folder)->distinguished_id != "inbox") return no_such_resource(rest[1]);
        return message_rule_routes(call, below);
    }
    if (!is_segment(rest[1], "childFolders")) return no_such_resource(rest[1]);
    const std::string context = "mailFolders('" + rest_id((*folder)->id) + "')/childFolders";
    if (below.empty() || is_segment(below[0], "$count")) {
        if (call.method == "GET") return list_folders(call, **folder, context);
        if (call.method == "POST" && below.empty()) return make_folder(call, **folder);
        return method_not_allowed(call);
    }
    auto child = mail_folder_by_id(call, below[0]);
    if (!child) return std::unexpected(child.error());
    if (below.size() == 1) return one_folder(call, **child);
    if (is_segment(below[1], "messages")) return message_routes(call, *child, below.subspan(2));
    return no_such_resource(below[1]);
}

}  // namespace liaison::sandbox::graph
