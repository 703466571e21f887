// Folders of a mailbox, of other people's mailboxes and of the public tree.
#include <deque>

#include "connectors/ews/create_folder.hpp"
#include "connectors/ews/ews_mail_source.hpp"
#include "connectors/ews/get_folder.hpp"
#include "connectors/ews/update_folder.hpp"
#include "connectors/exchange_mail.hpp"
#include "core/http_message.hpp"
#include "core/text.hpp"

namespace liaison::ews {

namespace {

constexpr std::size_t kMailFoldersMax = 20'000;
constexpr int kPublicDepthMax = 64;
constexpr std::string_view kEnglishNames[] = {"Inbox",         "Sent Items", "Drafts",
                                              "Deleted Items", "Junk Email", "Outbox"};

}  // namespace

Async<Result<FolderInfo>> EwsMailSource::get_folder(FolderRef folder) {
    EwsClient::Call call;
    call.operation = "GetFolder";
    call.body = encode_get_folder({std::move(folder)});
    auto reply = co_await client_.send(std::move(call));
    if (!reply) co_return std::unexpected(std::move(reply.error()));
    auto folders = decode_get_folder(reply->soap, 1);
    if (!folders) co_return std::unexpected(std::move(folders.error()));
    co_return std::move(folders->front());
}

Async<Result<std::vector<FolderInfo>>> EwsMailSource::find_folders(FolderRef parent, bool deep) {
    FindFolderRequest request;
    request.parent = std::move(parent);
    request.deep = deep;
    std::vector<FolderInfo> all;
    bool is_last = false;
    while (!is_last) {
        EwsClient::Call call;
        call.operation = "FindFolder";
        call.body = encode_find_folder(request);
        auto reply = co_await client_.send(std::move(call));
        if (!reply) co_return std::unexpected(std::move(reply.error()));
        auto page = decode_find_folder(reply->soap, request);
        if (!page) co_return std::unexpected(std::move(page.error()));
        for (FolderInfo& folder : page->folders) all.push_back(std::move(folder));
        if (all.size() > kMailFoldersMax)
            co_return fail(ErrorKind::TooLarge, "the mailbox has too many folders");
        request.offset = page->next_offset;
        is_last = page->is_last;
    }
    co_return all;
}

Async<Result<FolderRef>> EwsMailSource::open_child(FolderRef parent, std::string name,
                                                   bool create) {
    const auto children = co_await find_folders(parent, false);
    if (!children) co_return std::unexpected(children.error());
    for (const bool exact : {true, false})
        for (const FolderInfo& child : *children)
            if (exact ? child.display_name == name : iequals(child.display_name, name))
                co_return FolderRef::by_id(child.id);
    if (!create) co_return fail(ErrorKind::NotFound, "there is no folder \"" + name + "\"");
    co_return co_await create_child(std::move(parent), std::move(name));
}

Async<Result<FolderRef>> EwsMailSource::create_child(FolderRef parent, std::string name) {
    EwsClient::Call call;
    call.operation = "CreateFolder";
    call.body = encode_create_folder(parent, name);
    call.writes = true;
    auto reply = co_await client_.send(std::move(call));
    if (!reply) co_return std::unexpected(std::move(reply.error()));
    auto id = decode_create_folder(reply->soap);
    // Somebody was quicker: the folder is what was wanted.
    if (!id && id.error().kind == ErrorKind::AlreadyExists)
        co_return co_await open_child(std::move(parent), std::move(name), false);
    if (!id) co_return std::unexpected(std::move(id.error()));
    co_return FolderRef::by_id(std::move(*id));
}

Async<Result<MailFolder>> EwsMailSource::open_folder(std::string path, bool create) {
    const FolderPlace place = folder_place(path);
    const auto segments = path_segments(place.path);
    if (!segments)
        co_return fail(ErrorKind::InvalidRequest,
                       "no path of a mail folder: \"" + clean_utf8(path) + "\"");
    const std::string owner = place.owner.empty() ? client_.settings().mailbox : place.owner;
    const std::string known = place.is_public ? "" : well_known_folder(segments->front());
    FolderRef folder = FolderRef::well_known(known.empty() ? "msgfolderroot" : known, owner);
    if (place.is_public) folder = FolderRef::well_known("publicfoldersroot", {});
    for (std::size_t i = known.empty() ? 0 : 1; i < segments->size(); ++i) {
        std::string name = segments->at(i);
        auto child = co_await open_child(folder, std::move(name), create);
        if (!child) co_return std::unexpected(std::move(child.error()));
        folder = std::move(*child);
    }
    if (folder.id.empty()) {
        auto info = co_await get_folder(folder);
        if (!info) co_return std::unexpected(std::move(info.error()));
        folder = FolderRef::by_id(info->id);
    }
    std::string canonical;
    for (const std::string& segment : *segments)
        canonical += (canonical.empty() ? "" : "/") + segment;
    canonical = place.prefix() + canonical;
    paths_[folder.id] = canonical;
    if (place.is_public) public_ids_.insert(folder.id);
    if (!place.owner.empty()) owners_.insert(place.owner);
    co_return MailFolder{FolderId(folder.id), canonical};
}

/// The hierarchy of a mailbox: its root and well-known folders are asked for once.
Async<Result<FolderHierarchy*>> EwsMailSource::hierarchy_of(std::string owner) {
    const auto found = hierarchies_.find(owner);
    if (found != hierarchies_.end()) co_return &found->second;
    const std::string address = owner.empty() ? client_.settings().mailbox : owner;
    std::vector<FolderRef> asked{FolderRef::well_known("msgfolderroot", address)};
    for (const std::string_view name : kEnglishNames)
        asked.push_back(FolderRef::well_known(well_known_folder(name), address));
    EwsClient::Call call;
    call.operation = "GetFolder";
    call.body = encode_get_folder(asked);
    auto reply = co_await client_.send(std::move(call));
    if (!reply) co_return std::unexpected(std::move(reply.error()));
    auto folders = decode_get_folder(reply->soap, asked.size());
    if (!folders) co_return std::unexpected(std::move(folders.error()));
    if (!folders->front()) co_return std::unexpected(std::move(folders->front().error()));
    std::map<std::string, std::string> well_known;
    for (std::size_t i = 1; i < folders->size(); ++i)
        if (const auto& folder = (*folders)[i])
            well_known[folder->id] = std::string(kEnglishNames[i - 1]);
    const std::string prefix = owner.empty() ? "" : owner + ":";
    auto made = hierarchies_.emplace(
        owner, FolderHierarchy(prefix, folders->front()->id, std::move(well_known)));
    co_return &made.first->second;
}

Async<Result<FolderHierarchy*>> EwsMailSource::refresh_hierarchy(std::string owner) {
    std::string key = owner;
    auto hierarchy = co_await hierarchy_of(std::move(key));
    if (!hierarchy) co_return hierarchy;
    FolderHierarchy& folders = **hierarchy;
    const std::string address = owner.empty() ? client_.settings().mailbox : owner;
    bool again = false;
    for (bool is_last = false; !is_last;) {
        EwsClient::Call call;
        call.operation = "SyncFolderHierarchy";
        call.body = encode_sync_folder_hierarchy(FolderRef::well_known("msgfolderroot", address),
                                                 folders.sync_state());
        auto reply = co_await client_.send(std::move(call));
        auto page = reply ? decode_sync_folder_hierarchy(reply->soap)
                          : Result<FolderHierarchyPage>(std::unexpected(reply.error()));
        if (!page && page.error().kind == ErrorKind::CursorExpired && !again) {
            folders.start_again();
            again = true;
            continue;
        }
        if (!page) co_return std::unexpected(std::move(page.error()));
        if (!page->is_last && page->sync_state == folders.sync_state())
            co_return fail(ErrorKind::CorruptReply,
                           "SyncFolderHierarchy: a page that leads nowhere");
        is_last = page->is_last;
        folders.apply(std::move(*page));
        if (folders.size() > kMailFoldersMax)
            co_return fail(ErrorKind::TooLarge, "the mailbox has too many folders");
    }
    co_return &folders;
}

/// Whose tree a folder is in: our own first, then those of others that were opened. Null: in none.
Async<Result<FolderHierarchy*>> EwsMailSource::home_of(FolderId folder) {
    std::vector<std::string> places{""};
    places.insert(places.end(), owners_.begin(), owners_.end());
    for (std::string& owner : places) {
        auto hierarchy = co_await refresh_hierarchy(std::move(owner));
        if (!hierarchy || (*hierarchy)->path_of(folder.str())) co_return hierarchy;
    }
    co_return nullptr;
}

Async<Result<MailFolder>> EwsMailSource::find_folder(FolderId folder) {
    if (!public_ids_.contains(folder.str())) {
        FolderId wanted = folder;
        auto home = co_await home_of(std::move(wanted));
        if (!home) co_return std::unexpected(std::move(home.error()));
        if (*home != nullptr) {
            const std::string path = *(*home)->path_of(folder.str());
            paths_[folder.str()] = path;
            co_return MailFolder{std::move(folder), path};
        }
    }
    auto found = co_await find_public(std::move(folder));
    co_return found;
}

/// Walks up to the root of the public tree.
Async<Result<MailFolder>> EwsMailSource::find_public(FolderId folder) {
    if (public_root_.empty()) {
        auto root = co_await get_folder(FolderRef::well_known("publicfoldersroot", {}));
        // Without public folders a folder in no mailbox is just gone.
        if (!root) co_return fail(ErrorKind::NotFound, "the folder is gone");
        public_root_ = root->id;
    }
    std::string path;
    std::string id = folder.str();
    for (int depth = 0; depth < kPublicDepthMax && id != public_root_; ++depth) {
        auto info = co_await get_folder(FolderRef::by_id(id));
        if (!info) co_return std::unexpected(std::move(info.error()));
        path = normal_line(info->display_name) + (path.empty() ? "" : "/") + path;
        id = info->parent_id;
        if (id.empty()) break;
    }
    if (id != public_root_)
        co_return fail(ErrorKind::NotFound, "the folder lies in no place that can be seen");
    path = "public:" + path;
    paths_[folder.str()] = path;
    public_ids_.insert(folder.str());
    co_return MailFolder{std::move(folder), path};
}

Async<Result<void>> EwsMailSource::rename_folder(FolderId folder, std::string name) {
    EwsClient::Call call;
    call.operation = "UpdateFolder";
    call.body = encode_rename_folder(FolderRef::by_id(folder.str()), normal_line(name));
    call.writes = true;
    auto reply = co_await client_.send(std::move(call));
    if (!reply) co_return std::unexpected(std::move(reply.error()));
    co_return decode_rename_folder(reply->soap);
}

Async<Result<std::vector<MailFolder>>> EwsMailSource::folder_tree(FolderId root) {
    if (!public_ids_.contains(root.str())) {
        FolderId wanted = root;
        auto home = co_await home_of(std::move(wanted));
        if (!home) co_return std::unexpected(std::move(home.error()));
        if (*home != nullptr) {
            std::vector<MailFolder> tree = (*home)->tree(root.str());
            for (const MailFolder& folder : tree) paths_[folder.id.str()] = folder.path;
            co_return tree;
        }
    }
    auto tree = co_await public_tree(std::move(root));
    co_return tree;
}

/// Level by level: deep traversal is not allowed on public folders (exchange-protocols.md 1.9).
Async<Result<std::vector<MailFolder>>> EwsMailSource::public_tree(FolderId root) {
    FolderId wanted = root;
    auto found = co_await find_public(std::move(wanted));
    if (!found) co_return std::unexpected(std::move(found.error()));
    std::vector<MailFolder> tree{*found};
    std::deque<MailFolder> waiting{*found};
    while (!waiting.empty()) {
        const MailFolder parent = std::move(waiting.front());
        waiting.pop_front();
        const auto children = co_await find_folders(FolderRef::by_id(parent.id.str()), false);
        if (!children) co_return std::unexpected(children.error());
        for (const FolderInfo& child : *children) {
            MailFolder folder{FolderId(child.id),
                              parent.path + "/" + normal_line(child.display_name)};
            paths_[child.id] = folder.path;
            public_ids_.insert(child.id);
            waiting.push_back(folder);
            if (holds_mail(child)) tree.push_back(std::move(folder));
        }
        if (tree.size() > kMailFoldersMax)
            co_return fail(ErrorKind::TooLarge, "there are too many public folders");
    }
    co_return tree;
}

}  // namespace liaison::ews
