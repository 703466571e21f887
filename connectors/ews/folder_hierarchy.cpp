#include "connectors/ews/folder_hierarchy.hpp"

#include <deque>

#include "connectors/ews/find_folder.hpp"
#include "core/text.hpp"

namespace liaison::ews {

namespace {
constexpr int kHierarchyDepthMax = 300;  // Exchange's own limit on nested folders
}

void FolderHierarchy::apply(FolderHierarchyPage page) {
    for (FolderInfo& folder : page.present) {
        std::string id = folder.id;
        folders_[std::move(id)] = std::move(folder);
    }
    for (const std::string& id : page.gone) folders_.erase(id);
    sync_state_ = std::move(page.sync_state);
}

void FolderHierarchy::start_again() {
    folders_.clear();
    sync_state_.clear();
}

std::optional<std::string> FolderHierarchy::path_of(const std::string& id) const {
    std::string path;
    std::string at = id;
    for (int depth = 0; depth < kHierarchyDepthMax; ++depth) {
        if (at == root_) return prefix_ + path;
        const auto found = folders_.find(at);
        if (found == folders_.end()) return std::nullopt;
        const auto known = well_known_.find(at);
        const std::string name =
            known != well_known_.end() ? known->second : normal_line(found->second.display_name);
        path = path.empty() ? name : name + "/" + path;
        at = found->second.parent_id;
    }
    return std::nullopt;
}

std::vector<MailFolder> FolderHierarchy::tree(const std::string& id) const {
    std::map<std::string_view, std::vector<const FolderInfo*>> children;
    for (const auto& [key, folder] : folders_) children[folder.parent_id].push_back(&folder);
    std::vector<MailFolder> out{{FolderId(id), path_of(id).value_or("")}};
    std::deque<MailFolder> waiting{out.front()};
    while (!waiting.empty() && out.size() <= folders_.size() + 1) {
        const MailFolder parent = std::move(waiting.front());
        waiting.pop_front();
        for (const FolderInfo* child : children[parent.id.str()]) {
            MailFolder folder{FolderId(child->id), path_of(child->id).value_or("")};
            waiting.push_back(folder);
            if (holds_mail(*child)) out.push_back(std::move(folder));
        }
    }
    return out;
}

}  // namespace liaison::ews
