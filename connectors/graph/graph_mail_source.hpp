#pragma once
#include <map>
#include <set>
#include <string>
#include <vector>

#include "connectors/graph/graph_client.hpp"
#include "connectors/graph/item_mapping.hpp"
#include "core/ports/mail_source.hpp"

namespace liaison::graph {

/// MailSource over Microsoft Graph for one mailbox. Keys are immutable ids: a message keeps its key
/// when it moves inside the mailbox. One that lies in Deleted Items or Recoverable Items can still be
/// read by its id; it counts as gone, unless Deleted Items is a folder that was opened. The first
/// segment of a path may be a well-known folder by its English name, whatever the mailbox' language
/// is; others lie below the mailbox' root.
class GraphMailSource final : public MailSource {
public:
    GraphMailSource(HttpClient& http, const Clock& clock, GraphSettings settings);

    Async<Result<MailFolder>> open_folder(std::string path, bool create) override;
    Async<Result<MailFolder>> find_folder(FolderId folder) override;
    Async<Result<void>> rename_folder(FolderId folder, std::string name) override;
    Async<Result<std::vector<MailFolder>>> folder_tree(FolderId root) override;
    Async<Result<MessagePage>> pull_messages(FolderId folder, Cursor cursor) override;
    Async<std::vector<Result<MailMessage>>> get_messages(std::vector<ItemKey> keys,
                                                         bool with_headers) override;
    Async<std::vector<Result<std::string>>> fetch_mime(std::vector<ItemKey> keys) override;
    Async<std::vector<Result<Version>>> mark_messages(std::vector<MailMark> marks) override;
    Async<Result<ItemKey>> move_message(ItemKey key, FolderId to) override;
    Async<Result<ItemKey>> copy_message(ItemKey key, FolderId to) override;
    Async<Result<std::vector<ItemKey>>> find_messages(std::string internet_message_id) override;
    /// The message's webLink, if it was read by this object; else empty.
    std::string link_url(ItemKey key) const override;

private:
    struct FolderInfo {
        std::string id, name;
        bool has_children = true;
        std::string parent = {};
    };
    using Entities = std::vector<Result<JsonObject>>;

    Async<Result<FolderInfo>> get_folder(std::string id);
    Async<Result<std::vector<FolderInfo>>> child_folders(std::string parent);
    Async<Result<std::string>> open_child(std::string parent, std::string name, bool create);
    Async<Entities> fetch(std::vector<ItemKey> keys, std::string options);
    /// Ids of Deleted Items and Recoverable Items, asked for once.
    Async<Result<void>> learn_deleted_folders();
    Async<Result<std::string>> fetch_one_mime(ItemKey key);
    Async<std::vector<Result<Version>>> try_marks(std::vector<MailMark> marks);
    /// POST /messages/{id}/`verb`: move or copy.
    Async<Result<ItemKey>> transfer(ItemKey key, std::string verb, FolderId to);
    void remember_link(const JsonObject& entity);

    GraphClient client_;
    MappingContext context_;
    std::map<std::string, std::string> paths_;  ///< folder id to path, of what was opened or listed
    std::set<std::string> deleted_folders_;
    std::map<std::string, std::string> well_known_ids_;  ///< folder id to English name; root: empty
    std::map<std::string, std::string> links_;  ///< message id to webLink, of messages read lately
};

}  // namespace liaison::graph
