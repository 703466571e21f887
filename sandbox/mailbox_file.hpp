#pragma once
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.hpp"
#include "sandbox/mailbox_types.hpp"
#include "sandbox/server_rule.hpp"

struct sqlite3;
struct sqlite3_stmt;

namespace liaison::sandbox {

/// A tombstone of an item that left a folder.
struct GoneItem {
    std::uint64_t sequence = 0;
    std::uint64_t arrival = 0;
    std::string id;
};

/// A tombstone of a folder; `ancestors` are the ids above it, nearest first.
struct GoneFolder {
    std::uint64_t sequence = 0;
    std::uint64_t created = 0;
    std::string id;
    std::vector<std::string> ancestors;
};

struct StoredUser {
    std::int64_t mailbox = 0;
    User user;
    std::uint64_t sequence = 0;
};

/// Everything of a store's file but the heavy content.
struct StoredState {
    std::uint64_t seed = 0;
    std::uint64_t next_id = 1;
    std::int64_t next_row = 1;
    std::vector<StoredUser> users;
    std::vector<std::pair<std::int64_t, Folder>> folders;  // mailbox, folder
    std::vector<std::pair<std::int64_t, std::unique_ptr<Item>>> items;
    std::vector<std::tuple<std::int64_t, std::string, GoneItem>> gone_items;  // mailbox, folder id
    std::vector<std::pair<std::int64_t, GoneFolder>> gone_folders;
    std::vector<SentRecord> sent;
    std::vector<std::pair<std::int64_t, ServerRules>> rules;         // mailbox
    std::vector<std::pair<std::int64_t, std::string>> delegates;     // mailbox, who may open it
};

/// The file under a store: SQLite in WAL mode, or nothing but heavy content in memory when there is
/// no path.
///
/// Write failures are remembered (`failure()`); the store refuses further changes then.
class MailboxFile {
public:
    static Result<std::unique_ptr<MailboxFile>> open(
        const std::string& path);  ///< empty: in memory
    ~MailboxFile();
    MailboxFile(const MailboxFile&) = delete;
    MailboxFile& operator=(const MailboxFile&) = delete;

    /// A file that was just made has no users and seed 0.
    Result<StoredState> load();
    const std::string& failure() const { return failure_; }

    void begin();
    void commit(std::uint64_t seed, std::uint64_t next_id, std::int64_t next_row);

    void save_user(const StoredUser& user);
    void save_folder(std::int64_t mailbox, const Folder& folder);
    void remove_folder(std::int64_t row);
    void save_item(std::int64_t mailbox, const Item& item);
    void remove_item(std::int64_t row);
    void add_gone_item(std::int64_t mailbox, const std::string& folder_id, const GoneItem& gone);
    void add_gone_folder(std::int64_t mailbox, const GoneFolder& gone);
    void add_sent(const SentRecord& record);
    void clear_sent();
    void save_rules(std::int64_t mailbox, const ServerRules& rules);
    void add_delegate(std::int64_t mailbox, const std::string& delegate);

    void save_content(std::int64_t row, Content content);
    Result<Content> load_content(std::int64_t row);
    void save_attachment(std::int64_t row, std::string content);
    Result<std::string> load_attachment(std::int64_t row);
    void remove_attachment(std::int64_t row);

private:
    class Statement;
    MailboxFile() = default;
    Result<void> create_schema();
    void note_failure(std::string_view where);
    sqlite3_stmt* prepared(const char* sql);

    sqlite3* database_ = nullptr;
    std::map<std::string, sqlite3_stmt*, std::less<>> statements_;
    std::map<std::int64_t, Content> contents_;  // without a database
    std::map<std::int64_t, std::string> attachments_;
    std::string failure_;
};

}  // namespace liaison::sandbox
