#include "connectors/exchange_mail.hpp"
#include "connectors/graph/graph_endpoint.hpp"
#include "connectors/graph/graph_mail_source.hpp"
#include "core/text.hpp"

namespace liaison::graph {

namespace {

constexpr std::size_t kFolderDepthMax = 64;
constexpr std::string_view kWellKnownRoots[] = {"Inbox",         "Sent Items", "Drafts",
                                                "Deleted Items", "Junk Email", "Outbox"};

}  // namespace

Async<Result<MailFolder>> GraphMailSource::find_folder(FolderId folder) {
    if (well_known_ids_.empty()) {
        auto root = co_await get_folder("msgfolderroot");
        if (!root) co_return std::unexpected(std::move(root.error()));
        std::map<std::string, std::string> known{{root->id, {}}};
        for (const std::string_view name : kWellKnownRoots) {
            auto about = co_await get_folder(well_known_folder(name));
            if (about) known[about->id] = std::string(name);
        }
        well_known_ids_ = std::move(known);
    }
    std::string path;
    std::string id = folder.str();
    for (std::size_t depth = 0; depth < kFolderDepthMax; ++depth) {
        const auto known = well_known_ids_.find(id);
        if (known != well_known_ids_.end()) {
            if (!known->second.empty()) path = known->second + (path.empty() ? "" : "/") + path;
            paths_[folder.str()] = path;
            co_return MailFolder{std::move(folder), path};
        }
        auto about = co_await get_folder(std::move(id));
        if (!about) co_return std::unexpected(std::move(about.error()));
        path = about->name + (path.empty() ? "" : "/") + path;
        id = std::move(about->parent);
        if (id.empty()) break;
    }
    co_return fail(ErrorKind::NotFound, "the folder lies in no visible place");
}

Async<Result<void>> GraphMailSource::rename_folder(FolderId folder, std::string name) {
    GraphCall call;
    call.method = "PATCH";
    call.path = "/mailFolders/" + segment(folder.str());
    JsonObject body{{"displayName", json_text(name)}};
    call.body = std::move(body);
    call.writes = true;
    auto reply = co_await client_.send(std::move(call));
    if (!reply) co_return std::unexpected(std::move(reply.error()));
    co_return Result<void>{};
}

}  // namespace liaison::graph
