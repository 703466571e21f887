#pragma once
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.hpp"
#include "sandbox/mailbox_types.hpp"
#include "sandbox/server_rule.hpp"

namespace liaison::sandbox {

struct StoreOptions {
    std::string
        data_dir;  ///< empty: in memory only; else `data_dir`/mailboxes.db, created when missing
    std::uint64_t seed = 1;  ///< ids are a function of it; a store that exists keeps its own
    std::function<EpochMillis()> now;  ///< the only clock; required
};

/// Where the public folder tree is kept: no address that a user could have.
inline constexpr std::string_view public_folders_address = "public folders";

/// What happened to a folder since a cursor.
struct ItemChange {
    enum class Kind { Create, Update, ReadFlagChange, Delete };
    Kind kind = Kind::Create;
    std::string item_id;         ///< for Delete the id that the item had there
    const Item* item = nullptr;  ///< null for Delete
};

/// How far a client has read a folder. `first_round` pages newest first through what had arrived up
/// to `sequence`, from `below` downwards; afterwards everything with a number above `sequence`
/// follows in order.
struct SyncCursor {
    std::uint64_t sequence = 0;
    std::uint64_t below = 0;
    bool first_round = false;
    friend bool operator==(const SyncCursor&, const SyncCursor&) = default;
};

struct ItemChanges {
    std::vector<ItemChange> changes;
    SyncCursor next;
    bool complete = true;  ///< IncludesLastItemInRange
};

struct FolderChange {
    enum class Kind { Create, Update, Delete };
    Kind kind = Kind::Create;
    std::string folder_id;
    const Folder* folder = nullptr;  ///< null for Delete
};

struct ItemBackup {
    Item item;
    Content content;
};

/// The mailboxes of the stand-in Exchange: one store under the EWS and Graph faces and the control
/// API.
///
/// Single-threaded. Pointers to items and folders stay valid until that item or folder is changed,
/// moved or deleted. With a data directory every change is written through; a killed process leaves
/// a store that opens with everything of the last finished Batch. No wall clock and no randomness
/// inside: equal options and equal calls give equal ids. `mailbox` is always a user's primary
/// address, in any letter case.
class MailboxStore {
public:
    static Result<std::unique_ptr<MailboxStore>> open(StoreOptions options);
    virtual ~MailboxStore() = default;

    /// Changes between construction and destruction are one transaction of the file (kept or lost
    /// together when the process is killed). Nests. A bulk load should use one per few hundred
    /// mails.
    class Batch {
    public:
        explicit Batch(MailboxStore& store) : store_(store) { store_.begin_batch(); }
        ~Batch() { store_.end_batch(); }
        Batch(const Batch&) = delete;
        Batch& operator=(const Batch&) = delete;

    private:
        MailboxStore& store_;
    };

    virtual EpochMillis now() const = 0;

    // Users. A new user's mailbox has every distinguished folder.
    virtual Result<void> add_user(User user) = 0;  ///< AlreadyExists
    virtual Result<void> set_password(std::string_view mailbox, std::string password) = 0;
    virtual const User* find_user(std::string_view address) const = 0;
    virtual std::vector<const User*> users() const = 0;  ///< by address

    // Folders. `find_distinguished` takes the names of DistinguishedFolderIdNameType ("inbox",
    // "msgfolderroot", ...).
    virtual const Folder* find_folder(std::string_view mailbox,
                                      std::string_view folder_id) const = 0;
    virtual const Folder* find_distinguished(std::string_view mailbox,
                                             std::string_view name) const = 0;
    virtual const Folder* find_child(std::string_view mailbox, std::string_view parent_id,
                                     std::string_view display_name) const = 0;
    virtual std::vector<const Folder*> children(std::string_view mailbox,
                                                std::string_view parent_id) const = 0;
    /// All folders of a mailbox, parents before children.
    virtual std::vector<const Folder*> folders(std::string_view mailbox) const = 0;
    /// AlreadyExists when the name is taken (names compare without case), NotFound for the parent.
    /// An empty class takes the parent's class (IPF.Note below the root).
    virtual Result<const Folder*> create_folder(std::string_view mailbox,
                                                std::string_view parent_id,
                                                std::string display_name,
                                                std::string folder_class) = 0;
    virtual Result<void> rename_folder(std::string_view mailbox, std::string_view folder_id,
                                       std::string name) = 0;
    /// Removes the folder, its items and everything below; distinguished folders are Forbidden.
    virtual Result<void> delete_folder(std::string_view mailbox, std::string_view folder_id) = 0;
    /// Makes every sync state of the folder invalid, as a restore of the mailbox does.
    virtual Result<void> reset_sync(std::string_view mailbox, std::string_view folder_id) = 0;

    // Items.
    virtual const Item* find_item(std::string_view mailbox, std::string_view item_id) const = 0;
    /// By Item::row, which a move does not change.
    virtual const Item* find_item_by_row(std::string_view mailbox, std::int64_t row) const = 0;
    /// In order of arrival.
    virtual std::vector<const Item*> items(std::string_view mailbox,
                                           std::string_view folder_id) const = 0;
    virtual std::size_t item_count(std::string_view mailbox, std::string_view folder_id) const = 0;
    virtual std::size_t unread_count(std::string_view mailbox,
                                     std::string_view folder_id) const = 0;
    /// Stores `draft` (id, change key, folder, sequence numbers, attachment ids and times are set
    /// here). Give the content of attachments without `mime_index` in `attachment_contents`, in the
    /// order of `draft.attachments`.
    virtual Result<const Item*> create_item(std::string_view mailbox, std::string_view folder_id,
                                            Item draft, Content content = {},
                                            std::vector<std::string> attachment_contents = {}) = 0;
    /// Replaces what is stored under `changed.id` by `changed`; gives a new change key. A change of
    /// message:IsRead alone counts as a read-flag change. Attachments must be those that the item
    /// has.
    virtual Result<const Item*> update_item(std::string_view mailbox, Item changed) = 0;
    /// Replaces the content as well (a message whose body was edited).
    virtual Result<void> set_content(std::string_view mailbox, std::string_view item_id,
                                     Content content) = 0;
    /// The item gets a new id; the old one is gone. A move into the folder where it is gives a new
    /// id too.
    virtual Result<const Item*> move_item(std::string_view mailbox, std::string_view item_id,
                                          std::string_view to_folder_id) = 0;
    /// With all properties, extended ones included, and attachments.
    virtual Result<const Item*> copy_item(std::string_view mailbox, std::string_view item_id,
                                          std::string_view to_folder_id) = 0;
    virtual Result<void> delete_item(std::string_view mailbox, std::string_view item_id) = 0;

    /// The id of the item that is created or moved next, once; base64 as all ids. A server may give
    /// ids that differ from others in letter case only (EWS: ids are case-sensitive).
    virtual void give_next_id(std::string item_id) = 0;
    /// The items of a folder as they are now, without attachments.
    virtual Result<std::vector<ItemBackup>> back_up(std::string_view mailbox,
                                                    std::string_view folder_id) const = 0;
    /// The folder holds what it held then, ids and change keys included, as after the restore of a
    /// database: deleted items are back, later ones gone. Sync states of the folder are invalid.
    virtual Result<void> restore(std::string_view mailbox, std::string_view folder_id,
                                 const std::vector<ItemBackup>& backup) = 0;

    /// Reads from the file. Empty members when the item has no such content.
    virtual Result<Content> content(std::string_view mailbox, std::string_view item_id) const = 0;

    // Attachments. Both change the item's change key.
    virtual Result<std::string> add_attachment(std::string_view mailbox, std::string_view item_id,
                                               Attachment attachment,
                                               std::string content) = 0;  ///< its id
    virtual Result<void> delete_attachment(std::string_view mailbox,
                                           std::string_view attachment_id) = 0;
    /// The item that has this attachment, or null.
    virtual const Item* find_attachment_owner(std::string_view mailbox,
                                              std::string_view attachment_id) const = 0;
    /// Content of an attachment that the store holds (`mime_index` is -1).
    virtual Result<std::string> attachment_content(std::string_view mailbox,
                                                   std::string_view attachment_id) const = 0;

    // Change feeds.
    virtual std::uint64_t sequence(std::string_view mailbox) const = 0;  ///< of the last change
    virtual Result<ItemChanges> item_changes(std::string_view mailbox, std::string_view folder_id,
                                             SyncCursor from, std::size_t max) const = 0;
    /// Folders below `root_id` (it excluded) that came, changed or went after `sequence`.
    virtual Result<std::vector<FolderChange>> folder_changes(std::string_view mailbox,
                                                             std::string_view root_id,
                                                             std::uint64_t sequence) const = 0;

    // Inbox rules. The store keeps them; who delivers mail carries them out (inbox_rule_engine.hpp).
    virtual const ServerRules& inbox_rules(std::string_view mailbox) const = 0;
    /// Sorted by priority here. NotFound.
    virtual Result<void> set_inbox_rules(std::string_view mailbox, ServerRules rules) = 0;
    virtual std::string new_rule_id(std::string_view mailbox) = 0;

    // Other people's mailboxes and public folders. The public folder tree is a mailbox of its own
    // under `public_folders_address`, which everybody may open and nobody can log on to; it is not
    // among users().
    /// `delegate` may open the whole mailbox. NotFound for either.
    virtual Result<void> grant_access(std::string_view mailbox, std::string_view delegate) = 0;
    virtual bool may_open(std::string_view mailbox, std::string_view who) const = 0;
    /// Addresses of the mailboxes that `who` may open beside their own, the public one included.
    virtual std::vector<std::string> openable(std::string_view who) const = 0;

    // What would have been sent.
    virtual void record_sent(SentRecord record) = 0;
    virtual const std::vector<SentRecord>& sent() const = 0;
    virtual void clear_sent() = 0;

private:
    virtual void begin_batch() = 0;
    virtual void end_batch() = 0;
};

}  // namespace liaison::sandbox
