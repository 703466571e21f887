#pragma once
#include <cstddef>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "core/async.hpp"
#include "core/interaction.hpp"
#include "core/ports/address_book.hpp"
#include "core/ports/clock.hpp"
#include "core/ports/event_log.hpp"
#include "core/ports/mail_source.hpp"
#include "core/result.hpp"
#include "daemon/folder_bindings.hpp"

namespace liaison::daemon {

/// One designated folder as the admin names it. A path converts by itself, because most folders are
/// no more than that.
struct FolderSpec {
    std::string path;        ///< "Inbox/CRM", "shared@example.com:Inbox", "public:Sales/Queue"
    bool subfolders = true;  ///< what lies below counts too
    bool create = true;      ///< made if it is missing
    /// A queue: mail that is logged, or was before, goes from here to the folder at this path once
    /// the CRM has it. Empty: mail stays.
    std::string storage = {};
    std::string regarding_kind = {};  ///< mail in it is about this record: opportunity, case, ...
    std::string regarding_id = {};    ///< its CRM id

    FolderSpec(std::string folder_path) : path(std::move(folder_path)) {}
    FolderSpec(const char* folder_path) : path(folder_path) {}
};

/// What the folders of a mailbox are and where.
struct FolderScope {
    MailboxId mailbox;
    std::vector<FolderSpec> folders;
    bool create_folders = true;
    /// Below this path each open opportunity of the mailbox' owner has a folder of its own; empty:
    /// none are made.
    std::string opportunity_root = {};
    std::string owner_id = {};  ///< CRM user
};

/// A folder whose mail is looked at.
struct WatchedFolder {
    MailFolder folder;
    FolderId storage = {};          ///< of the queue that it belongs to
    std::string storage_path = {};  ///< where that lies now
    std::string regarding_kind = {};
    std::string regarding_id = {};
};

enum class FolderState : std::uint8_t {
    Watched,
    Missing,    ///< there is none, and none was to be made
    Deleted,    ///< it lies in Deleted Items
    Forbidden,  ///< no right to it
    Failing,    ///< the last reading failed
};
std::string_view to_string(FolderState state);

/// What is known of one configured folder, for people.
struct FolderStatus {
    std::string role;  ///< folder, queue, storage, record, opportunity
    std::string path;  ///< as configured; of an opportunity's folder: where it was made
    std::string path_now;
    FolderId id;
    FolderState state = FolderState::Watched;
    std::string last_error;       ///< kind and native code, no content
    std::size_t watched = 0;      ///< folders, it and its sub-folders
    std::string regarding = {};   ///< "opportunity O-1"
    std::vector<FolderId> ids;    ///< of the watched ones
};

/// Finds the designated folders and keeps them: by id, never by name. A folder that is gone,
/// forbidden or in Deleted Items is left out and takes no other with it. Nothing is ever deleted.
class DesignatedFolders {
public:
    DesignatedFolders(MailSource& source, AddressBook& book, MailStore& store, Clock& clock,
                      EventLog& log)
        : source_(source), book_(book), clock_(clock), log_(log), bindings_(store, clock) {}

    /// Reads everything again if the last time is some minutes ago. Throttling and the like are
    /// errors, and what was known stays in use.
    Async<Result<void>> refresh(FolderScope scope);
    /// Somebody removed or moved a folder: read again next time.
    void read_again() { read_at_ = Timestamp{}; }
    /// The feed of a folder failed: it is shown, and the others go on.
    void note_failure(const FolderId& folder, const Error& error);
    void note_success(const FolderId& folder) { failures_.erase(folder); }

    const std::vector<WatchedFolder>& watched() const { return watched_; }
    const WatchedFolder* find(const FolderId& folder) const;
    /// Mail of a queue that is in the CRM goes to the queue's storage folder, unless a rule moves it
    /// elsewhere.
    void route(const FolderId& folder, MailDecision& decision) const;
    std::vector<FolderStatus> status() const;

private:
    Async<Result<void>> read_all(FolderScope scope);
    Async<Result<MailFolder>> resolve(std::string key, std::string path, bool create);
    Async<Result<std::vector<MailFolder>>> tree_of(MailFolder root, bool subfolders);
    Async<Result<void>> watch_spec(FolderScope scope, FolderSpec spec);
    Async<Result<void>> watch_storage(FolderSpec spec, FolderStatus& status, WatchedFolder& about);
    Async<Result<void>> watch_opportunities(FolderScope scope);
    Async<Result<void>> keep_opportunity(FolderScope scope, OpenOpportunity opportunity,
                                         std::string root_now);
    void watch(const std::vector<MailFolder>& tree, const WatchedFolder& about,
               FolderStatus& status);
    void fail_spec(FolderStatus status, const Error& error);

    MailSource& source_;
    AddressBook& book_;
    Clock& clock_;
    EventLog& log_;
    FolderBindings bindings_;
    Timestamp read_at_{};
    std::vector<WatchedFolder> watched_;
    std::vector<FolderStatus> status_;
    std::map<FolderId, std::string> failures_;
    // Of the reading under way.
    std::map<FolderId, WatchedFolder> found_;
    std::set<FolderId> storages_;
    std::vector<FolderStatus> found_status_;
};

}  // namespace liaison::daemon
