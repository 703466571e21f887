// Folders and counts of the control API.
#include <boost/json.hpp>

#include "sandbox/control_parts.hpp"

namespace liaison::sandbox::control {
namespace {

const Folder* visible_root(const MailboxStore& store, std::string_view mailbox) {
    return store.find_distinguished(
        mailbox, mailbox == public_folders_address ? "publicfoldersroot" : "msgfolderroot");
}

boost::json::object folder_json(const MailboxStore& store, std::string_view mailbox,
                                const Folder& folder) {
    return {{"id", folder.id},
            {"parent_id", folder.parent_id},
            {"path", folder_path(store, mailbox, folder)},
            {"display_name", folder.display_name},
            {"class", folder.folder_class},
            {"distinguished_id", folder.distinguished_id},
            {"change_key", folder.change_key},
            {"total", store.item_count(mailbox, folder.id)},
            {"unread", store.unread_count(mailbox, folder.id)}};
}

HttpResponse make_or_reset_folder(MailboxStore& store, const Call& call) {
    const auto body = body_object(call);
    if (!body) return problem(body.error());
    const auto action = text_member(*body, "action");
    if (!action) return problem(action.error());
    if (*action == "reset_sync") {
        const auto name = needed_text(*body, "id");
        if (!name) return problem(name.error());
        const Folder* folder = folder_named(store, call.mailbox, *name);
        if (folder == nullptr) return problem(404, "Not found", "no such folder");
        const std::string id = folder->id;
        if (auto reset = store.reset_sync(call.mailbox, id); !reset) return problem(reset.error());
        return json_answer(folder_json(store, call.mailbox, *store.find_folder(call.mailbox, id)));
    }
    if (*action) return problem(400, "Invalid request", "no such action");
    const auto path = needed_text(*body, "path");
    const auto folder_class = text_member(*body, "class");
    if (!path) return problem(path.error());
    if (!folder_class) return problem(folder_class.error());
    if (folder_named(store, call.mailbox, *path) != nullptr)
        return problem(409, "Already exists", "the folder exists");
    const auto made = folder_made(store, call.mailbox, *path, folder_class->value_or(""));
    if (!made) return problem(made.error());
    return json_answer(folder_json(store, call.mailbox, **made), 201);
}

HttpResponse rename(MailboxStore& store, const Call& call) {
    const auto body = body_object(call);
    if (!body) return problem(body.error());
    const auto id = needed_text(*body, "id");
    const auto name = needed_text(*body, "display_name");
    if (!id) return problem(id.error());
    if (!name) return problem(name.error());
    const Folder* folder = folder_named(store, call.mailbox, *id);
    if (folder == nullptr) return problem(404, "Not found", "no such folder");
    const std::string folder_id = folder->id;
    if (auto renamed = store.rename_folder(call.mailbox, folder_id, *name); !renamed)
        return problem(renamed.error());
    return json_answer(
        folder_json(store, call.mailbox, *store.find_folder(call.mailbox, folder_id)));
}

HttpResponse remove_folder(MailboxStore& store, const Call& call) {
    const Folder* folder = folder_named(store, call.mailbox, call.parameter("id"));
    if (folder == nullptr) return problem(404, "Not found", "no such folder");
    const std::string id = folder->id;
    if (auto removed = store.delete_folder(call.mailbox, id); !removed)
        return problem(removed.error());
    return json_answer(boost::json::object{{"deleted", id}});
}

void add_counts(std::map<std::string, std::size_t>& kinds,
                std::map<std::string, std::size_t>& categories, const Item& item) {
    ++kinds[std::string(kind_name(item.kind))];
    for (const std::string& category : item.categories) ++categories[category];
}

}  // namespace

std::string folder_path(const MailboxStore& store, std::string_view mailbox, const Folder& folder) {
    const Folder* root = visible_root(store, mailbox);
    if (folder.parent_id.empty()) return "/" + folder.display_name;
    std::string out = folder.display_name;
    const Folder* parent = store.find_folder(mailbox, folder.parent_id);
    for (int depth = 0; parent != nullptr && depth < 100; ++depth) {
        if (root != nullptr && parent->id == root->id) return out;
        if (parent->parent_id.empty()) return "/" + out;  // beside the tree that people see
        out.insert(0, parent->display_name + "/");
        parent = store.find_folder(mailbox, parent->parent_id);
    }
    return out;
}

const Folder* folder_named(const MailboxStore& store, std::string_view mailbox,
                           std::string_view name) {
    if (name.empty()) return nullptr;
    if (const Folder* by_id = store.find_folder(mailbox, name)) return by_id;
    if (const Folder* distinguished = store.find_distinguished(mailbox, name)) return distinguished;
    const Folder* at = visible_root(store, mailbox);
    while (at != nullptr && !name.empty()) {
        const auto slash = name.find('/');
        at = store.find_child(mailbox, at->id, name.substr(0, slash));
        name = slash == std::string_view::npos ? std::string_view() : name.substr(slash + 1);
    }
    return at;
}

Result<const Folder*> folder_made(MailboxStore& store, std::string_view mailbox,
                                  std::string_view name, std::string_view folder_class) {
    if (const Folder* there = folder_named(store, mailbox, name)) return there;
    const Folder* at = visible_root(store, mailbox);
    if (at == nullptr) return fail(ErrorKind::NotFound, "the mailbox has no folders");
    if (name.size() > 2000) return fail(ErrorKind::InvalidRequest, "the folder's path is too long");
    while (!name.empty()) {
        const auto slash = name.find('/');
        const std::string step(name.substr(0, slash));
        if (step.empty())
            return fail(ErrorKind::InvalidRequest, "a folder's path has no empty names");
        const std::string parent_id = at->id;
        at = store.find_child(mailbox, parent_id, step);
        if (at == nullptr) {
            const auto made =
                store.create_folder(mailbox, parent_id, step, std::string(folder_class));
            if (!made) return made;
            at = *made;
        }
        name = slash == std::string_view::npos ? std::string_view() : name.substr(slash + 1);
    }
    return at;
}

HttpResponse folders(MailboxStore& store, const Call& call) {
    if (call.method == "POST") return make_or_reset_folder(store, call);
    if (call.method == "PATCH") return rename(store, call);
    if (call.method == "DELETE") return remove_folder(store, call);
    if (call.method != "GET") return method_not_allowed("GET, POST, PATCH, DELETE");
    boost::json::array list;
    for (const Folder* folder : store.folders(call.mailbox))
        list.push_back(folder_json(store, call.mailbox, *folder));
    return json_answer(boost::json::object{{"sequence", store.sequence(call.mailbox)},
                                           {"folders", std::move(list)}});
}

HttpResponse summary(MailboxStore& store, const Call& call) {
    if (call.method != "GET") return method_not_allowed("GET");
    std::map<std::string, std::size_t> all_kinds;
    std::map<std::string, std::size_t> all_categories;
    std::size_t total = 0;
    boost::json::array list;
    for (const Folder* folder : store.folders(call.mailbox)) {
        std::map<std::string, std::size_t> kinds;
        std::map<std::string, std::size_t> categories;
        const auto items = store.items(call.mailbox, folder->id);
        for (const Item* item : items) {
            add_counts(kinds, categories, *item);
            add_counts(all_kinds, all_categories, *item);
        }
        total += items.size();
        list.push_back(boost::json::object{{"path", folder_path(store, call.mailbox, *folder)},
                                           {"distinguished_id", folder->distinguished_id},
                                           {"total", items.size()},
                                           {"by_kind", boost::json::value_from(kinds)},
                                           {"by_category", boost::json::value_from(categories)}});
    }
    return json_answer(boost::json::object{{"mailbox", call.mailbox},
                                           {"total", total},
                                           {"by_kind", boost::json::value_from(all_kinds)},
                                           {"by_category", boost::json::value_from(all_categories)},
                                           {"folders", std::move(list)}});
}

}  // namespace liaison::sandbox::control
