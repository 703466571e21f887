#include "sandbox/mailbox_file.hpp"

#include <sqlite3.h>

#include "sandbox/mailbox_codec.hpp"

namespace liaison::sandbox {
namespace {

constexpr const char* mailbox_schema = R"(
CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS users (mailbox INTEGER PRIMARY KEY, address TEXT NOT NULL UNIQUE, display_name TEXT NOT NULL,
  password TEXT NOT NULL, may_impersonate INTEGER NOT NULL, sequence INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS folders (row INTEGER PRIMARY KEY, mailbox INTEGER NOT NULL, form BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS items (row INTEGER PRIMARY KEY, mailbox INTEGER NOT NULL, form BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS contents (row INTEGER PRIMARY KEY, mime BLOB, text_body BLOB, html_body BLOB);
CREATE TABLE IF NOT EXISTS attachments (row INTEGER PRIMARY KEY, content BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS gone_items (mailbox INTEGER NOT NULL, sequence INTEGER NOT NULL, folder TEXT NOT NULL,
  arrival INTEGER NOT NULL, id TEXT NOT NULL, PRIMARY KEY (mailbox, sequence)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS gone_folders (mailbox INTEGER NOT NULL, sequence INTEGER NOT NULL, created INTEGER NOT NULL,
  id TEXT NOT NULL, ancestors TEXT NOT NULL, PRIMARY KEY (mailbox, sequence)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS sent (number INTEGER PRIMARY KEY, mailbox TEXT NOT NULL, operation TEXT NOT NULL,
  disposition TEXT NOT NULL, item TEXT NOT NULL, recipients TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS inbox_rules (mailbox INTEGER PRIMARY KEY, form BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS delegates (mailbox INTEGER NOT NULL, address TEXT NOT NULL,
  PRIMARY KEY (mailbox, address)) WITHOUT ROWID;
)";

std::string joined_lines(const std::vector<std::string>& lines) {
    std::string out;
    for (const auto& line : lines) out += line + "\n";
    return out;
}

std::vector<std::string> split_lines(std::string_view text) {
    std::vector<std::string> out;
    while (!text.empty()) {
        const std::size_t end = text.find('\n');
        out.emplace_back(text.substr(0, end));
        text = end == std::string_view::npos ? std::string_view{} : text.substr(end + 1);
    }
    return out;
}

}  // namespace

// One use of a prepared statement: bind in order, step, read columns; reset at the end.
class MailboxFile::Statement {
public:
    Statement(MailboxFile& file, const char* sql)
        : file_(file), sql_(sql), statement_(file.prepared(sql)) {}
    ~Statement() {
        if (statement_ == nullptr) return;
        sqlite3_reset(statement_);
        sqlite3_clear_bindings(statement_);
    }
    Statement(const Statement&) = delete;
    Statement& operator=(const Statement&) = delete;

    Statement& integer(std::int64_t value) {
        if (statement_ != nullptr) sqlite3_bind_int64(statement_, ++bound_, value);
        return *this;
    }
    Statement& number(std::uint64_t value) { return integer(static_cast<std::int64_t>(value)); }
    Statement& text(std::string_view value) {
        if (statement_ != nullptr) {
            sqlite3_bind_text64(statement_, ++bound_, value.data(), value.size(), SQLITE_TRANSIENT,
                                SQLITE_UTF8);
        }
        return *this;
    }
    Statement& blob(std::string_view value) {  // the bytes must live until the statement ran
        const char* data = value.data() == nullptr ? "" : value.data();
        if (statement_ != nullptr)
            sqlite3_bind_blob64(statement_, ++bound_, data, value.size(), SQLITE_STATIC);
        return *this;
    }
    bool row() {
        if (statement_ == nullptr) return false;
        const int code = sqlite3_step(statement_);
        if (code != SQLITE_ROW && code != SQLITE_DONE) file_.note_failure(sql_);
        return code == SQLITE_ROW;
    }
    void run() { row(); }
    std::int64_t integer_at(int column) { return sqlite3_column_int64(statement_, column); }
    std::uint64_t number_at(int column) { return static_cast<std::uint64_t>(integer_at(column)); }
    std::string_view bytes_at(int column) {
        const void* data = sqlite3_column_blob(statement_, column);
        const int size = sqlite3_column_bytes(statement_, column);
        return data == nullptr ? std::string_view{}
                               : std::string_view(static_cast<const char*>(data),
                                                  static_cast<std::size_t>(size));
    }
    std::string text_at(int column) { return std::string(bytes_at(column)); }

private:
    MailboxFile& file_;
    const char* sql_;
    sqlite3_stmt* statement_;
    int bound_ = 0;
};

Result<std::unique_ptr<MailboxFile>> MailboxFile::open(const std::string& path) {
    std::unique_ptr<MailboxFile> file(new MailboxFile);
    if (path.empty()) return file;
    if (sqlite3_open(path.c_str(), &file->database_) != SQLITE_OK) {
        return fail(ErrorKind::Internal, "sandbox: cannot open " + path);
    }
    if (Result<void> made = file->create_schema(); !made) return std::unexpected(made.error());
    return file;
}

MailboxFile::~MailboxFile() {
    for (const auto& [sql, statement] : statements_) sqlite3_finalize(statement);
    if (database_ != nullptr) sqlite3_close(database_);
}

Result<void> MailboxFile::create_schema() {
    sqlite3_busy_timeout(database_, 5'000);
    const std::string sql = std::string(
                                "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; "
                                "PRAGMA cache_size=-8000; PRAGMA locking_mode=EXCLUSIVE;") +
                            mailbox_schema;
    if (sqlite3_exec(database_, sql.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK) {
        return fail(ErrorKind::Internal,
                    std::string("sandbox: the store's file: ") + sqlite3_errmsg(database_));
    }
    return {};
}

sqlite3_stmt* MailboxFile::prepared(const char* sql) {
    if (database_ == nullptr) return nullptr;
    const auto found = statements_.find(std::string_view(sql));
    if (found != statements_.end()) return found->second;
    sqlite3_stmt* statement = nullptr;
    if (sqlite3_prepare_v3(database_, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, nullptr) !=
        SQLITE_OK) {
        note_failure(sql);
        return nullptr;
    }
    statements_.emplace(sql, statement);
    return statement;
}

void MailboxFile::note_failure(std::string_view where) {
    if (!failure_.empty()) return;
    failure_ = std::string("sandbox: the store's file: ") + sqlite3_errmsg(database_) + " at " +
               std::string(where.substr(0, 40));
}

Result<StoredState> MailboxFile::load() {
    StoredState state;
    if (database_ == nullptr) return state;
    for (Statement s(*this, "SELECT key, value FROM meta"); s.row();) {
        const std::string key = s.text_at(0);
        if (key == "seed") state.seed = s.number_at(1);
        if (key == "next_id") state.next_id = s.number_at(1);
        if (key == "next_row") state.next_row = s.integer_at(1);
    }
    for (Statement s(*this,
                     "SELECT mailbox, address, display_name, password, may_impersonate, sequence "
                     "FROM users");
         s.row();) {
        state.users.push_back({s.integer_at(0),
                               {s.text_at(1), s.text_at(2), s.text_at(3), s.integer_at(4) != 0},
                               s.number_at(5)});
    }
    for (Statement s(*this, "SELECT row, mailbox, form FROM folders ORDER BY row"); s.row();) {
        Folder folder;
        folder.row = s.integer_at(0);
        if (!decode_folder(s.bytes_at(2), folder))
            return fail(ErrorKind::Internal, "sandbox: a stored folder is damaged");
        state.folders.emplace_back(s.integer_at(1), std::move(folder));
    }
    for (Statement s(*this, "SELECT row, mailbox, form FROM items ORDER BY row"); s.row();) {
        auto item = std::make_unique<Item>();
        item->row = s.integer_at(0);
        if (!decode_item(s.bytes_at(2), *item))
            return fail(ErrorKind::Internal, "sandbox: a stored item is damaged");
        state.items.emplace_back(s.integer_at(1), std::move(item));
    }
    for (Statement s(*this, "SELECT mailbox, folder, sequence, arrival, id FROM gone_items");
         s.row();) {
        state.gone_items.emplace_back(s.integer_at(0), s.text_at(1),
                                      GoneItem{s.number_at(2), s.number_at(3), s.text_at(4)});
    }
    for (Statement s(*this, "SELECT mailbox, sequence, created, id, ancestors FROM gone_folders");
         s.row();) {
        state.gone_folders.emplace_back(
            s.integer_at(0),
            GoneFolder{s.number_at(1), s.number_at(2), s.text_at(3), split_lines(s.bytes_at(4))});
    }
    for (Statement s(
             *this,
             "SELECT mailbox, operation, disposition, item, recipients FROM sent ORDER BY number");
         s.row();) {
        state.sent.push_back(
            {s.text_at(0), s.text_at(1), s.text_at(2), s.text_at(3), split_lines(s.bytes_at(4))});
    }
    for (Statement s(*this, "SELECT mailbox, form FROM inbox_rules"); s.row();) {
        ServerRules rules;
        if (!decode_server_rules(s.bytes_at(1), rules))
            return fail(ErrorKind::Internal, "sandbox: stored inbox rules are damaged");
        state.rules.emplace_back(s.integer_at(0), std::move(rules));
    }
    for (Statement s(*this, "SELECT mailbox, address FROM delegates"); s.row();)
        state.delegates.emplace_back(s.integer_at(0), s.text_at(1));
    if (!failure_.empty()) return fail(ErrorKind::Internal, failure_);
    return state;
}

void MailboxFile::begin() {
    Statement(*this, "BEGIN IMMEDIATE").run();
}

void MailboxFile::commit(std::uint64_t seed, std::uint64_t next_id, std::int64_t next_row) {
    const char* sql = "INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)";
    Statement(*this, sql).text("seed").number(seed).run();
    Statement(*this, sql).text("next_id").number(next_id).run();
    Statement(*this, sql).text("next_row").integer(next_row).run();
    Statement(*this, "COMMIT").run();
}

void MailboxFile::save_user(const StoredUser& stored) {
    Statement(*this,
              "INSERT OR REPLACE INTO users (mailbox, address, display_name, password, "
              "may_impersonate, sequence) "
              "VALUES (?, ?, ?, ?, ?, ?)")
        .integer(stored.mailbox)
        .text(stored.user.address)
        .text(stored.user.display_name)
        .text(stored.user.password)
        .integer(stored.user.may_impersonate ? 1 : 0)
        .number(stored.sequence)
        .run();
}

void MailboxFile::save_folder(std::int64_t mailbox, const Folder& folder) {
    if (database_ == nullptr) return;
    const std::string form = encode_folder(folder);
    Statement(*this, "INSERT OR REPLACE INTO folders (row, mailbox, form) VALUES (?, ?, ?)")
        .integer(folder.row)
        .integer(mailbox)
        .blob(form)
        .run();
}

void MailboxFile::remove_folder(std::int64_t row) {
    Statement(*this, "DELETE FROM folders WHERE row = ?").integer(row).run();
}

void MailboxFile::save_item(std::int64_t mailbox, const Item& item) {
    if (database_ == nullptr) return;
    const std::string form = encode_item(item);
    Statement(*this, "INSERT OR REPLACE INTO items (row, mailbox, form) VALUES (?, ?, ?)")
        .integer(item.row)
        .integer(mailbox)
        .blob(form)
        .run();
}

void MailboxFile::remove_item(std::int64_t row) {
    contents_.erase(row);
    Statement(*this, "DELETE FROM items WHERE row = ?").integer(row).run();
    Statement(*this, "DELETE FROM contents WHERE row = ?").integer(row).run();
}

void MailboxFile::add_gone_item(std::int64_t mailbox, const std::string& folder_id,
                                const GoneItem& gone) {
    Statement(
        *this,
        "INSERT INTO gone_items (mailbox, sequence, folder, arrival, id) VALUES (?, ?, ?, ?, ?)")
        .integer(mailbox)
        .number(gone.sequence)
        .text(folder_id)
        .number(gone.arrival)
        .text(gone.id)
        .run();
}

void MailboxFile::add_gone_folder(std::int64_t mailbox, const GoneFolder& gone) {
    Statement(*this,
              "INSERT INTO gone_folders (mailbox, sequence, created, id, ancestors) VALUES (?, ?, "
              "?, ?, ?)")
        .integer(mailbox)
        .number(gone.sequence)
        .number(gone.created)
        .text(gone.id)
        .text(joined_lines(gone.ancestors))
        .run();
}

void MailboxFile::add_sent(const SentRecord& record) {
    Statement(*this,
              "INSERT INTO sent (mailbox, operation, disposition, item, recipients) VALUES (?, ?, "
              "?, ?, ?)")
        .text(record.mailbox)
        .text(record.operation)
        .text(record.disposition)
        .text(record.item_id)
        .text(joined_lines(record.recipients))
        .run();
}

void MailboxFile::clear_sent() {
    Statement(*this, "DELETE FROM sent").run();
}

void MailboxFile::save_rules(std::int64_t mailbox, const ServerRules& rules) {
    const std::string form = encode_server_rules(rules);
    Statement(*this, "INSERT OR REPLACE INTO inbox_rules (mailbox, form) VALUES (?, ?)")
        .integer(mailbox)
        .blob(form)
        .run();
}

void MailboxFile::add_delegate(std::int64_t mailbox, const std::string& delegate) {
    Statement(*this, "INSERT OR IGNORE INTO delegates (mailbox, address) VALUES (?, ?)")
        .integer(mailbox)
        .text(delegate)
        .run();
}

void MailboxFile::save_content(std::int64_t row, Content content) {
    if (database_ == nullptr) {
        contents_[row] = std::move(content);
        return;
    }
    Statement(
        *this,
        "INSERT OR REPLACE INTO contents (row, mime, text_body, html_body) VALUES (?, ?, ?, ?)")
        .integer(row)
        .blob(content.mime)
        .blob(content.text_body)
        .blob(content.html_body)
        .run();
}

Result<Content> MailboxFile::load_content(std::int64_t row) {
    if (database_ == nullptr) {
        const auto found = contents_.find(row);
        return found == contents_.end() ? Content{} : found->second;
    }
    Statement s(*this, "SELECT mime, text_body, html_body FROM contents WHERE row = ?");
    if (!s.integer(row).row()) {
        if (!failure_.empty()) return fail(ErrorKind::Internal, failure_);
        return Content{};
    }
    return Content{s.text_at(0), s.text_at(1), s.text_at(2)};
}

void MailboxFile::save_attachment(std::int64_t row, std::string content) {
    if (database_ == nullptr) {
        attachments_[row] = std::move(content);
        return;
    }
    Statement(*this, "INSERT OR REPLACE INTO attachments (row, content) VALUES (?, ?)")
        .integer(row)
        .blob(content)
        .run();
}

Result<std::string> MailboxFile::load_attachment(std::int64_t row) {
    if (database_ == nullptr) {
        const auto found = attachments_.find(row);
        if (found == attachments_.end()) return fail(ErrorKind::NotFound, "no such attachment");
        return found->second;
    }
    Statement s(*this, "SELECT content FROM attachments WHERE row = ?");
    if (!s.integer(row).row()) return fail(ErrorKind::NotFound, "no such attachment");
    return s.text_at(0);
}

void MailboxFile::remove_attachment(std::int64_t row) {
    attachments_.erase(row);
    Statement(*this, "DELETE FROM attachments WHERE row = ?").integer(row).run();
}

}  // namespace liaison::sandbox
