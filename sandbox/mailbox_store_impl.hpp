#pragma once
#include <map>
#include <memory>
#include <set>
#include <string>
#include <unordered_map>

#include "sandbox/mailbox_file.hpp"
#include "sandbox/mailbox_ids.hpp"
#include "sandbox/mailbox_store.hpp"

namespace liaison::sandbox {

/// A folder with what is in it. Items are found by arrival (paging of the first round) and by their
/// last change (incremental rounds), so a page costs what it carries, not what the folder holds.
struct FolderState {
    Folder folder;
    std::map<std::uint64_t, Item*> arrivals;
    std::map<std::uint64_t, Item*>
        changes;  ///< by max(change, read) where that is above the arrival
    std::map<std::uint64_t, GoneItem> gone;
    std::size_t unread = 0;
};

struct Mailbox {
    std::int64_t number = 0;
    User user;
    std::uint64_t sequence = 0;
    bool dirty = false;
    std::map<std::string, std::unique_ptr<FolderState>, std::less<>> folders;
    std::map<std::string, FolderState*, std::less<>> distinguished;
    std::unordered_map<std::string, std::unique_ptr<Item>> items;
    std::unordered_map<std::string, Item*> attachments;  ///< by attachment id
    std::unordered_map<std::int64_t, Item*> rows;         ///< by Item::row
    std::map<std::uint64_t, GoneFolder> gone_folders;
    ServerRules rules;
    std::set<std::string, std::less<>> delegates;  ///< addresses of users that may open this mailbox
};

/// The store. Its file is written inside a batch; a change outside of one makes its own.
class MailboxStoreImpl final : public MailboxStore {
public:
    MailboxStoreImpl(std::unique_ptr<MailboxFile> file, std::function<EpochMillis()> now)
        : file_(std::move(file)), now_(std::move(now)), ids_(0, 1) {}
    void adopt(StoredState state, std::uint64_t seed_if_new);

    EpochMillis now() const override { return now_(); }
    Result<void> add_user(User user) override;
    Result<void> set_password(std::string_view mailbox, std::string password) override;
    const User* find_user(std::string_view address) const override;
    std::vector<const User*> users() const override;

    const Folder* find_folder(std::string_view mailbox, std::string_view folder_id) const override;
    const Folder* find_distinguished(std::string_view mailbox,
                                     std::string_view name) const override;
    const Folder* find_child(std::string_view mailbox, std::string_view parent_id,
                             std::string_view display_name) const override;
    std::vector<const Folder*> children(std::string_view mailbox,
                                        std::string_view parent_id) const override;
    std::vector<const Folder*> folders(std::string_view mailbox) const override;
    Result<const Folder*> create_folder(std::string_view mailbox, std::string_view parent_id,
                                        std::string display_name,
                                        std::string folder_class) override;
    Result<void> rename_folder(std::string_view mailbox, std::string_view folder_id,
                               std::string name) override;
    Result<void> delete_folder(std::string_view mailbox, std::string_view folder_id) override;
    Result<void> reset_sync(std::string_view mailbox, std::string_view folder_id) override;

    const Item* find_item(std::string_view mailbox, std::string_view item_id) const override;
    const Item* find_item_by_row(std::string_view mailbox, std::int64_t row) const override;
    std::vector<const Item*> items(std::string_view mailbox,
                                   std::string_view folder_id) const override;
    std::size_t item_count(std::string_view mailbox, std::string_view folder_id) const override;
    std::size_t unread_count(std::string_view mailbox, std::string_view folder_id) const override;
    Result<const Item*> create_item(std::string_view mailbox, std::string_view folder_id,
                                    Item draft, Content content,
                                    std::vector<std::string> attachment_contents) override;
    Result<const Item*> update_item(std::string_view mailbox, Item changed) override;
    Result<void> set_content(std::string_view mailbox, std::string_view item_id,
                             Content content) override;
    Result<const Item*> move_item(std::string_view mailbox, std::string_view item_id,
                                  std::string_view to_folder_id) override;
    Result<const Item*> copy_item(std::string_view mailbox, std::string_view item_id,
                                  std::string_view to_folder_id) override;
    Result<void> delete_item(std::string_view mailbox, std::string_view item_id) override;
    Result<Content> content(std::string_view mailbox, std::string_view item_id) const override;
    void give_next_id(std::string item_id) override { next_id_ = std::move(item_id); }
    Result<std::vector<ItemBackup>> back_up(std::string_view mailbox,
                                            std::string_view folder_id) const override;
    Result<void> restore(std::string_view mailbox, std::string_view folder_id,
                         const std::vector<ItemBackup>& backup) override;

    Result<std::string> add_attachment(std::string_view mailbox, std::string_view item_id,
                                       Attachment attachment, std::string content) override;
    Result<void> delete_attachment(std::string_view mailbox,
                                   std::string_view attachment_id) override;
    const Item* find_attachment_owner(std::string_view mailbox,
                                      std::string_view attachment_id) const override;
    Result<std::string> attachment_content(std::string_view mailbox,
                                           std::string_view attachment_id) const override;

    std::uint64_t sequence(std::string_view mailbox) const override;
    Result<ItemChanges> item_changes(std::string_view mailbox, std::string_view folder_id,
                                     SyncCursor from, std::size_t max) const override;
    Result<std::vector<FolderChange>> folder_changes(std::string_view mailbox,
                                                     std::string_view root_id,
                                                     std::uint64_t sequence) const override;

    const ServerRules& inbox_rules(std::string_view mailbox) const override;
    Result<void> set_inbox_rules(std::string_view mailbox, ServerRules rules) override;
    std::string new_rule_id(std::string_view mailbox) override;
    Result<void> grant_access(std::string_view mailbox, std::string_view delegate) override;
    bool may_open(std::string_view mailbox, std::string_view who) const override;
    std::vector<std::string> openable(std::string_view who) const override;

    void record_sent(SentRecord record) override;
    const std::vector<SentRecord>& sent() const override { return sent_; }
    void clear_sent() override;

private:
    struct Place {
        Mailbox* box = nullptr;
        FolderState* folder = nullptr;
        Item* item = nullptr;
    };

    void begin_batch() override;
    void end_batch() override;
    Result<void> writable() const;
    Mailbox* box(std::string_view address) const;
    FolderState* folder_state(const Mailbox& box, std::string_view id) const;
    Result<Place> place(std::string_view mailbox, std::string_view item_id) const;
    std::uint64_t next_sequence(Mailbox& box);
    FolderState& make_folder(Mailbox& box, std::string_view parent, std::string name,
                             std::string folder_class, std::string distinguished);
    void make_distinguished_folders(Mailbox& box);
    void make_public_folders();
    Item& insert_item(Mailbox& box, FolderState& folder, std::unique_ptr<Item> item);
    std::unique_ptr<Item> take_item(Mailbox& box, Item& item, bool leave_tombstone);
    void touch_item(Mailbox& box, FolderState& folder, Item& item, bool read_flag_only);
    void touch_folder(Mailbox& box, FolderState& folder);
    void remove_folder_tree(Mailbox& box, const std::string& id);
    void index_item(Mailbox& box, FolderState& folder, Item& item);
    static void add_incremental(const FolderState& folder, std::uint64_t after, std::size_t max,
                                ItemChanges& out);
    static void add_first_round(const FolderState& folder, SyncCursor from, std::size_t max,
                                ItemChanges& out);

    std::unique_ptr<MailboxFile> file_;
    std::function<EpochMillis()> now_;
    std::uint64_t seed_ = 0;
    IdMaker ids_;
    std::int64_t next_row_ = 1;
    std::string next_id_;  ///< of give_next_id
    int batch_depth_ = 0;
    std::map<std::string, std::unique_ptr<Mailbox>, std::less<>>
        mailboxes_;  // by lower-case address
    std::vector<SentRecord> sent_;
};

/// ASCII letters in lower case; how addresses and folder names are compared.
std::string lower_ascii(std::string_view text);

}  // namespace liaison::sandbox
