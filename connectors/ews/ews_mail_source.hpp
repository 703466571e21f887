#pragma once
#include <map>
#include <set>
#include <string>
#include <vector>

#include "connectors/ews/ews_client.hpp"
#include "connectors/ews/find_folder.hpp"
#include "connectors/ews/find_item.hpp"
#include "connectors/ews/folder_hierarchy.hpp"
#include "connectors/ews/item_batches.hpp"
#include "connectors/ews/item_mapping.hpp"
#include "connectors/ews/update_item.hpp"
#include "core/ports/mail_source.hpp"

namespace liaison::ews {

/// MailSource over EWS for one mailbox, and for what it may open beside itself: folders of other
/// mailboxes by delegate access (DistinguishedFolderId with t:Mailbox) and public folders. The first segment of a path may be a well-known folder by
/// its English name (Inbox, Sent Items, Drafts, Deleted Items, Junk Email, Outbox), whatever the
/// mailbox' language is; others lie below the mailbox' root.
class EwsMailSource final : public MailSource {
public:
    EwsMailSource(HttpClient& http, EwsSettings settings);

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
    Async<Result<std::vector<MessageChange>>> recent_messages(FolderId folder,
                                                              std::size_t max) override;
    Async<Result<std::vector<ItemKey>>> find_messages(std::string internet_message_id) override;
    std::string link_url(ItemKey key) const override;

private:
    // folders
    Async<Result<FolderInfo>> get_folder(FolderRef folder);
    Async<Result<std::vector<FolderInfo>>> find_folders(FolderRef parent, bool deep);
    Async<Result<FolderRef>> open_child(FolderRef parent, std::string name, bool create);
    Async<Result<FolderRef>> create_child(FolderRef parent, std::string name);
    Async<Result<FolderHierarchy*>> hierarchy_of(std::string owner);
    Async<Result<FolderHierarchy*>> refresh_hierarchy(std::string owner);
    Async<Result<FolderHierarchy*>> home_of(FolderId folder);
    Async<Result<MailFolder>> find_public(FolderId folder);
    Async<Result<std::vector<MailFolder>>> public_tree(FolderId root);
    /// The feed of a public folder, which has no SyncFolderItems (ews_public_feed.cpp).
    Async<Result<MessagePage>> pull_public(FolderId folder, Cursor cursor);

    // messages
    FetchRequest fetch_request(ItemShape shape, std::vector<ItemId> ids) const;
    /// Asks for sizes that are not known; a message whose size stays unknown counts as small.
    Async<void> learn_sizes(std::vector<ItemKey> keys);
    void remember_size(const std::string& id, std::int64_t size);
    Async<std::vector<Result<std::string>>> fetch_mime_group(std::vector<ItemKey> keys);
    Async<std::vector<Result<Version>>> write_marks(UpdateItemRequest request);
    Async<Result<ItemKey>> transfer(std::string operation, std::string body);
    Async<Result<std::string>> message_id_of(ItemKey key);
    /// The first message in `folder` with this Internet message id, or an empty key.
    Async<Result<std::vector<Result<FoundItems>>>> find_items(FindItemRequest request);
    /// Every folder below a root that may hold mail; none where the mailbox has no such root.
    Async<Result<std::vector<FolderRef>>> folders_below(std::string root);
    Async<Result<ItemKey>> find_message(FolderId folder, std::string internet_message_id);

    EwsClient client_;
    MappingContext context_;
    std::map<std::string, std::string> paths_;  ///< folder id to path, of what was opened or listed
    std::map<std::string, FolderHierarchy> hierarchies_;  ///< by owner; empty: our own mailbox
    std::set<std::string> owners_;                        ///< of other mailboxes that were opened
    std::set<std::string> public_ids_;                    ///< folders known to be public
    std::string public_root_;
    std::map<std::string, std::int64_t>
        sizes_;  ///< of messages read lately; saves fetch_mime a request
};

}  // namespace liaison::ews
