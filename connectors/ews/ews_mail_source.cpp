#include "connectors/ews/ews_mail_source.hpp"

#include <set>

#include "connectors/ews/create_folder.hpp"
#include "connectors/ews/feed_cursor.hpp"
#include "connectors/ews/get_folder.hpp"
#include "connectors/exchange_mail.hpp"
#include "core/http_message.hpp"
#include "core/limits.hpp"
#include "core/text.hpp"
#include "net/url.hpp"

namespace liaison::ews {

namespace {

constexpr std::size_t kMailFoldersMax = 20'000;

}  // namespace

EwsMailSource::EwsMailSource(HttpClient& http, EwsSettings settings)
    : client_(http, settings), context_{settings.property_set_guid, settings.time_zone} {}

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
    const auto segments = path_segments(path);
    if (!segments)
        co_return fail(ErrorKind::InvalidRequest,
                       "no path of a mail folder: \"" + clean_utf8(path) + "\"");
    const std::string& mailbox = client_.settings().mailbox;
    const std::string known = well_known_folder(segments->front());
    FolderRef folder = FolderRef::well_known(known.empty() ? "msgfolderroot" : known, mailbox);
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
    paths_[folder.id] = canonical;
    co_return MailFolder{FolderId(folder.id), canonical};
}

Async<Result<std::vector<MailFolder>>> EwsMailSource::folder_tree(FolderId root) {
    auto info = co_await get_folder(FolderRef::by_id(root.str()));
    if (!info) co_return std::unexpected(std::move(info.error()));
    const auto below = co_await find_folders(FolderRef::by_id(root.str()), true);
    if (!below) co_return std::unexpected(below.error());
    const auto known = paths_.find(root.str());
    std::map<std::string, std::string> path_of;
    path_of[root.str()] = known != paths_.end() ? known->second : info->display_name;
    std::vector<MailFolder> tree{MailFolder{root, path_of[root.str()]}};
    // Parents need not come before their children.
    std::vector<const FolderInfo*> waiting;
    for (const FolderInfo& folder : *below) waiting.push_back(&folder);
    for (bool grown = true; grown && !waiting.empty();) {
        std::vector<const FolderInfo*> later;
        for (const FolderInfo* folder : waiting) {
            const auto parent = path_of.find(folder->parent_id);
            if (parent == path_of.end()) {
                later.push_back(folder);
                continue;
            }
            const std::string path = parent->second + "/" + normal_line(folder->display_name);
            path_of[folder->id] = path;
            paths_[folder->id] = path;
            if (holds_mail(*folder)) tree.push_back(MailFolder{FolderId(folder->id), path});
        }
        grown = later.size() < waiting.size();
        waiting = std::move(later);
    }
    co_return tree;
}

Async<Result<MessagePage>> EwsMailSource::pull_messages(FolderId folder, Cursor cursor) {
    const auto from = FeedCursor::parse(cursor);
    if (!from) co_return std::unexpected(from.error());
    SyncFolderItemsRequest request;
    request.folder = FolderRef::by_id(folder.str());
    request.sync_state = from->sync_state;
    request.max_changes = limits::sync_page_items_max;
    auto sync = co_await pull_sync_page(client_, client_.settings().mailbox, std::move(request));
    if (!sync) co_return std::unexpected(std::move(sync.error()));
    MessagePage page;
    page.is_last = sync->is_last;
    page.is_snapshot = from->is_snapshot;
    page.next = FeedCursor(from->is_snapshot && !sync->is_last, sync->sync_state).text();
    for (const ItemChange& change : sync->changes) {
        if (change.kind == ItemChange::Kind::ReadFlagChange)
            continue;  // reading a mail changes nothing for us (P-34)
        page.changes.push_back(MessageChange{ItemKey(change.id.id), Version(change.id.change_key),
                                             change.kind == ItemChange::Kind::Delete});
    }
    co_return page;
}

std::string EwsMailSource::link_url(ItemKey key) const {
    const std::string& base = client_.settings().owa_url;
    if (base.empty()) return {};
    return base + (base.ends_with('/') ? "" : "/") + "?ItemID=" + net::percent_encode(key.str()) +
           "&exvsurl=1&viewmodel=ReadMessageItem";
}

std::unique_ptr<MailSource> make_ews_mail_source(HttpClient& http, EwsSettings settings) {
    return std::make_unique<EwsMailSource>(http, std::move(settings));
}

}  // namespace liaison::ews
