#pragma once
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "connectors/ews/sync_folder_hierarchy.hpp"
#include "core/mail.hpp"

namespace liaison::ews {

/// The folders of one mailbox as SyncFolderHierarchy tells them, kept up to date page by page.
class FolderHierarchy {
public:
    /// `root`: id of the mailbox' visible root; `well_known`: ids of folders that have an English
    /// name whatever the mailbox' language is. `prefix` stands before every path.
    FolderHierarchy(std::string prefix, std::string root,
                    std::map<std::string, std::string> well_known)
        : prefix_(std::move(prefix)), root_(std::move(root)), well_known_(std::move(well_known)) {}

    const std::string& sync_state() const { return sync_state_; }
    void apply(FolderHierarchyPage page);
    /// The feed's state is lost: everything is read again.
    void start_again();
    std::size_t size() const { return folders_.size(); }
    bool has(const std::string& id) const { return id == root_ || folders_.contains(id); }
    /// Path from the mailbox' root; nothing for a folder that is not below it.
    std::optional<std::string> path_of(const std::string& id) const;
    /// The folder and all mail folders below it, parents before children.
    std::vector<MailFolder> tree(const std::string& id) const;

private:
    std::string prefix_;
    std::string root_;
    std::map<std::string, std::string> well_known_;
    std::string sync_state_;
    std::map<std::string, FolderInfo> folders_;
};

}  // namespace liaison::ews
