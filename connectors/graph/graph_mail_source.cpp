#include "connectors/graph/graph_mail_source.hpp"

#include <deque>

#include "connectors/exchange_mail.hpp"
#include "connectors/graph/feed_page.hpp"
#include "connectors/graph/graph_endpoint.hpp"
#include "core/digest.hpp"
#include "core/http_message.hpp"
#include "core/text.hpp"

namespace liaison::graph {

namespace {

constexpr std::size_t kGraphFoldersMax = 20'000;
constexpr std::string_view kFolderSelect = "$select=displayName,parentFolderId,childFolderCount";

}  // namespace

GraphMailSource::GraphMailSource(HttpClient& http, const Clock& clock, GraphSettings settings)
    : client_(http, clock, settings),
      context_{settings.property_set_guid, settings.time_zone, settings.send_meeting_mail} {}

Async<Result<GraphMailSource::FolderInfo>> GraphMailSource::get_folder(std::string id) {
    GraphCall call;
    call.path = "/mailFolders/" + segment(id) + "?" + std::string(kFolderSelect);
    auto reply = co_await client_.send(std::move(call));
    if (!reply) co_return std::unexpected(std::move(reply.error()));
    const JsonObject& folder = object_in(reply->body);
    FolderInfo about{std::string(text_in(folder, "id")),
                     normal_line(text_in(folder, "displayName")), true,
                     std::string(text_in(folder, "parentFolderId"))};
    if (about.id.empty()) co_return fail(ErrorKind::CorruptReply, "a folder without an id");
    co_return about;
}

Async<Result<std::vector<GraphMailSource::FolderInfo>>> GraphMailSource::child_folders(
    std::string parent) {
    auto folders = co_await client_.read_all("/mailFolders/" + segment(parent) +
                                             "/childFolders?$top=100&" + std::string(kFolderSelect));
    if (!folders) co_return std::unexpected(std::move(folders.error()));
    std::vector<FolderInfo> out;
    for (const JsonValue& value : *folders) {
        const JsonObject& folder = object_in(value);
        const JsonValue* count = folder.if_contains("childFolderCount");
        FolderInfo about{std::string(text_in(folder, "id")),
                         normal_line(text_in(folder, "displayName")),
                         !(count && count->is_int64() && count->get_int64() == 0)};
        if (about.id.empty()) co_return fail(ErrorKind::CorruptReply, "a folder without an id");
        out.push_back(std::move(about));
    }
    co_return out;
}

Async<Result<std::string>> GraphMailSource::open_child(std::string parent, std::string name,
                                                       bool create) {
    const auto children = co_await child_folders(parent);
    if (!children) co_return std::unexpected(children.error());
    for (const bool exact : {true, false})
        for (const FolderInfo& child : *children)
            if (exact ? child.name == name : iequals(child.name, name)) co_return child.id;
    if (!create) co_return fail(ErrorKind::NotFound, "there is no folder \"" + name + "\"");
    GraphCall call;
    call.method = "POST";
    call.path = "/mailFolders/" + segment(parent) + "/childFolders";
    JsonObject body{{"displayName", json_text(name)}};
    call.body = std::move(body);
    call.writes = true;
    auto reply = co_await client_.send(std::move(call));
    // Somebody was quicker: the folder is what was wanted.
    if (!reply && reply.error().kind == ErrorKind::AlreadyExists)
        co_return co_await open_child(std::move(parent), std::move(name), false);
    if (!reply) co_return std::unexpected(std::move(reply.error()));
    const std::string id(text_in(object_in(reply->body), "id"));
    if (id.empty()) co_return fail(ErrorKind::Unanswered, "created; the answer names no folder");
    co_return id;
}

Async<Result<MailFolder>> GraphMailSource::open_folder(std::string path, bool create) {
    const FolderPlace place = folder_place(path);
    if (place.is_public || !place.owner.empty())
        co_return fail(ErrorKind::Unsupported,
                       "over Graph a shared mailbox is configured as a mailbox of its own, and there "
                       "are no public folders");
    const auto segments = path_segments(path);
    if (!segments)
        co_return fail(ErrorKind::InvalidRequest,
                       "no path of a mail folder: \"" + clean_utf8(path) + "\"");
    const std::string known = well_known_folder(segments->front());
    auto root = co_await get_folder(known.empty() ? "msgfolderroot" : known);
    if (!root) co_return std::unexpected(std::move(root.error()));
    std::string id = std::move(root->id);
    for (std::size_t i = known.empty() ? 0 : 1; i < segments->size(); ++i) {
        std::string name = segments->at(i);
        auto child = co_await open_child(std::move(id), std::move(name), create);
        if (!child) co_return std::unexpected(std::move(child.error()));
        id = std::move(*child);
    }
    std::string canonical;
    for (const std::string& part : *segments) canonical += (canonical.empty() ? "" : "/") + part;
    paths_[id] = canonical;
    co_return MailFolder{FolderId(id), canonical};
}

Async<Result<std::vector<MailFolder>>> GraphMailSource::folder_tree(FolderId root) {
    auto about = co_await get_folder(root.str());
    if (!about) co_return std::unexpected(std::move(about.error()));
    const auto known = paths_.find(root.str());
    std::vector<MailFolder> tree;
    tree.push_back(MailFolder{root, known != paths_.end() ? known->second : about->name});
    std::deque<MailFolder> waiting{tree.front()};
    while (!waiting.empty()) {
        const MailFolder parent = std::move(waiting.front());
        waiting.pop_front();
        const auto children = co_await child_folders(parent.id.str());
        if (!children && children.error().kind == ErrorKind::NotFound) continue;  // it went meanwhile
        if (!children) co_return std::unexpected(children.error());
        for (const FolderInfo& child : *children) {
            MailFolder folder{FolderId(child.id), parent.path + "/" + child.name};
            paths_[child.id] = folder.path;
            if (child.has_children) waiting.push_back(folder);
            tree.push_back(std::move(folder));
        }
        if (tree.size() > kGraphFoldersMax)
            co_return fail(ErrorKind::TooLarge, "the mailbox has too many folders");
    }
    co_return tree;
}

Async<Result<MessagePage>> GraphMailSource::pull_messages(FolderId folder, Cursor cursor) {
    auto from = FeedCursor::parse(cursor, "mail-" + sha256_hex(folder.str()).substr(0, 16));
    if (!from) co_return std::unexpected(from.error());
    auto feed = co_await pull_feed_page(
        client_, std::move(*from),
        "/mailFolders/" + segment(folder.str()) + "/messages/delta?$select=changeKey");
    if (!feed) co_return std::unexpected(std::move(feed.error()));
    MessagePage page;
    page.is_last = feed->is_last;
    page.is_snapshot = cursor.empty() || cursor.str().starts_with("S");
    page.next = feed->next.text();
    for (const JsonValue& entry : feed->entries) {
        const JsonObject& entity = object_in(entry);
        const std::string id(text_in(entity, "id"));
        if (id.empty()) co_return fail(ErrorKind::CorruptReply, "an entry without an id");
        page.changes.push_back(
            MessageChange{ItemKey(id), Version(version_of(entity)), is_removed(entity)});
    }
    co_return page;
}

std::string GraphMailSource::link_url(ItemKey key) const {
    const auto link = links_.find(key.str());
    return link == links_.end() ? std::string() : link->second;
}

std::unique_ptr<MailSource> make_graph_mail_source(HttpClient& http, const Clock& clock,
                                                   GraphSettings settings) {
    return std::make_unique<GraphMailSource>(http, clock, std::move(settings));
}

}  // namespace liaison::graph
