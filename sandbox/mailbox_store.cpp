#include "sandbox/mailbox_store.hpp"

#include <array>
#include <filesystem>

#include "core/http_message.hpp"
#include "sandbox/mailbox_store_impl.hpp"

namespace liaison::sandbox {
namespace {

struct DistinguishedRow {
    std::string_view name;
    std::string_view parent;
    std::string_view display_name;
    std::string_view folder_class;
};

// The names of DistinguishedFolderIdNameType that every mailbox here has, parents first.
constexpr std::array<DistinguishedRow, 19> distinguished_rows{{
    {"root", "", "Root", ""},
    {"msgfolderroot", "root", "Top of Information Store", ""},
    {"inbox", "msgfolderroot", "Inbox", "IPF.Note"},
    {"sentitems", "msgfolderroot", "Sent Items", "IPF.Note"},
    {"drafts", "msgfolderroot", "Drafts", "IPF.Note"},
    {"deleteditems", "msgfolderroot", "Deleted Items", "IPF.Note"},
    {"junkemail", "msgfolderroot", "Junk Email", "IPF.Note"},
    {"outbox", "msgfolderroot", "Outbox", "IPF.Note"},
    {"calendar", "msgfolderroot", "Calendar", "IPF.Appointment"},
    {"contacts", "msgfolderroot", "Contacts", "IPF.Contact"},
    {"tasks", "msgfolderroot", "Tasks", "IPF.Task"},
    {"notes", "msgfolderroot", "Notes", "IPF.StickyNote"},
    {"journal", "msgfolderroot", "Journal", "IPF.Journal"},
    {"recoverableitemsroot", "root", "Recoverable Items", ""},
    {"recoverableitemsdeletions", "recoverableitemsroot", "Deletions", "IPF.Note"},
    {"recoverableitemspurges", "recoverableitemsroot", "Purges", "IPF.Note"},
    {"archiveroot", "root", "Archive Root", ""},
    {"archivemsgfolderroot", "archiveroot", "Archive: Top of Information Store", ""},
    {"archiveinbox", "archivemsgfolderroot", "Inbox", "IPF.Note"},
}};

}  // namespace

std::string lower_ascii(std::string_view text) {
    std::string out(text);
    for (char& c : out) {
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    }
    return out;
}

Result<std::unique_ptr<MailboxStore>> MailboxStore::open(StoreOptions options) {
    if (!options.now) return fail(ErrorKind::InvalidRequest, "sandbox: the store needs a clock");
    std::string path;
    if (!options.data_dir.empty()) {
        std::error_code error;
        std::filesystem::create_directories(options.data_dir, error);
        if (error)
            return fail(ErrorKind::Internal,
                        "sandbox: cannot make " + options.data_dir + ": " + error.message());
        path = options.data_dir + "/mailboxes.db";
    }
    auto file = MailboxFile::open(path);
    if (!file) return std::unexpected(file.error());
    auto state = (*file)->load();
    if (!state) return std::unexpected(state.error());
    auto store = std::make_unique<MailboxStoreImpl>(std::move(*file), std::move(options.now));
    store->adopt(std::move(*state), options.seed);
    return std::unique_ptr<MailboxStore>(std::move(store));
}

void MailboxStoreImpl::adopt(StoredState state, std::uint64_t seed_if_new) {
    seed_ = state.users.empty() ? seed_if_new : state.seed;
    ids_ = IdMaker(seed_, state.next_id);
    next_row_ = state.next_row;
    sent_ = std::move(state.sent);
    std::map<std::int64_t, Mailbox*> by_number;
    for (auto& stored : state.users) {
        auto made = std::make_unique<Mailbox>();
        made->number = stored.mailbox;
        made->user = std::move(stored.user);
        made->sequence = stored.sequence;
        by_number[made->number] = made.get();
        std::string key = made->user.address;
        mailboxes_.emplace(std::move(key), std::move(made));
    }
    for (auto& [number, folder] : state.folders) {
        Mailbox& owner = *by_number.at(number);
        auto made = std::make_unique<FolderState>();
        made->folder = std::move(folder);
        if (!made->folder.distinguished_id.empty())
            owner.distinguished[made->folder.distinguished_id] = made.get();
        std::string key = made->folder.id;
        owner.folders.emplace(std::move(key), std::move(made));
    }
    for (auto& [number, item] : state.items) {
        Mailbox& owner = *by_number.at(number);
        FolderState* folder = folder_state(owner, item->folder_id);
        if (folder == nullptr) continue;
        Item& placed = *item;
        owner.items.emplace(placed.id, std::move(item));
        index_item(owner, *folder, placed);
    }
    for (auto& [number, folder_id, gone] : state.gone_items) {
        if (FolderState* folder = folder_state(*by_number.at(number), folder_id)) {
            folder->gone.emplace(gone.sequence, std::move(gone));
        }
    }
    for (auto& [number, gone] : state.gone_folders) {
        by_number.at(number)->gone_folders.emplace(gone.sequence, std::move(gone));
    }
    for (auto& [number, rules] : state.rules) by_number.at(number)->rules = std::move(rules);
    for (auto& [number, address] : state.delegates)
        by_number.at(number)->delegates.insert(std::move(address));
    if (!mailboxes_.contains(public_folders_address)) make_public_folders();
}

void MailboxStoreImpl::begin_batch() {
    if (batch_depth_++ == 0) file_->begin();
}

void MailboxStoreImpl::end_batch() {
    if (--batch_depth_ > 0) return;
    for (const auto& [address, mailbox] : mailboxes_) {
        if (!mailbox->dirty) continue;
        file_->save_user({mailbox->number, mailbox->user, mailbox->sequence});
        mailbox->dirty = false;
    }
    file_->commit(seed_, ids_.next(), next_row_);
}

Result<void> MailboxStoreImpl::writable() const {
    if (!file_->failure().empty()) return fail(ErrorKind::Internal, file_->failure());
    return {};
}

Mailbox* MailboxStoreImpl::box(std::string_view address) const {
    const auto found = mailboxes_.find(address);
    if (found != mailboxes_.end()) return found->second.get();
    const auto lowered = mailboxes_.find(lower_ascii(address));
    return lowered == mailboxes_.end() ? nullptr : lowered->second.get();
}

FolderState* MailboxStoreImpl::folder_state(const Mailbox& owner, std::string_view id) const {
    const auto found = owner.folders.find(id);
    return found == owner.folders.end() ? nullptr : found->second.get();
}

std::uint64_t MailboxStoreImpl::next_sequence(Mailbox& owner) {
    owner.dirty = true;
    return ++owner.sequence;
}

Result<void> MailboxStoreImpl::add_user(User user) {
    if (auto ok = writable(); !ok) return ok;
    user.address = lower_ascii(user.address);
    if (user.address.empty() || user.address.find('@') == std::string::npos) {
        return fail(ErrorKind::InvalidRequest, "sandbox: a user needs an SMTP address");
    }
    if (mailboxes_.contains(user.address))
        return fail(ErrorKind::AlreadyExists, "sandbox: the user exists");
    const Batch batch(*this);
    auto made = std::make_unique<Mailbox>();
    made->number = next_row_++;
    made->user = std::move(user);
    made->dirty = true;
    make_distinguished_folders(*made);
    std::string key = made->user.address;
    mailboxes_.emplace(std::move(key), std::move(made));
    return {};
}

Result<void> MailboxStoreImpl::set_password(std::string_view mailbox, std::string password) {
    if (auto ok = writable(); !ok) return ok;
    Mailbox* owner = box(mailbox);
    if (owner == nullptr) return fail(ErrorKind::NotFound, "sandbox: no such user");
    const Batch batch(*this);
    owner->user.password = std::move(password);
    owner->dirty = true;
    return {};
}

const User* MailboxStoreImpl::find_user(std::string_view address) const {
    const Mailbox* owner = address == public_folders_address ? nullptr : box(address);
    return owner == nullptr ? nullptr : &owner->user;
}

std::vector<const User*> MailboxStoreImpl::users() const {
    std::vector<const User*> out;
    for (const auto& [address, mailbox] : mailboxes_)
        if (address != public_folders_address) out.push_back(&mailbox->user);
    return out;
}

void MailboxStoreImpl::make_distinguished_folders(Mailbox& owner) {
    for (const DistinguishedRow& row : distinguished_rows) {
        const auto parent = owner.distinguished.find(row.parent);
        make_folder(
            owner,
            parent == owner.distinguished.end() ? std::string_view{} : parent->second->folder.id,
            std::string(row.display_name), std::string(row.folder_class), std::string(row.name));
    }
}

FolderState& MailboxStoreImpl::make_folder(Mailbox& owner, std::string_view parent,
                                           std::string name, std::string folder_class,
                                           std::string distinguished) {
    auto made = std::make_unique<FolderState>();
    Folder& folder = made->folder;
    folder.id = ids_.folder_id(owner.number);
    folder.change_key = ids_.folder_change_key();
    folder.parent_id = parent;
    folder.display_name = std::move(name);
    folder.folder_class = std::move(folder_class);
    folder.distinguished_id = std::move(distinguished);
    folder.created_sequence = folder.change_sequence = next_sequence(owner);
    folder.modified = now_();
    folder.row = next_row_++;
    FolderState& state = *made;
    if (!folder.distinguished_id.empty()) owner.distinguished[folder.distinguished_id] = &state;
    owner.folders.emplace(folder.id, std::move(made));
    file_->save_folder(owner.number, state.folder);
    return state;
}

void MailboxStoreImpl::record_sent(SentRecord record) {
    const Batch batch(*this);
    file_->add_sent(record);
    sent_.push_back(std::move(record));
}

void MailboxStoreImpl::clear_sent() {
    const Batch batch(*this);
    file_->clear_sent();
    sent_.clear();
}

std::uint64_t MailboxStoreImpl::sequence(std::string_view mailbox) const {
    const Mailbox* owner = box(mailbox);
    return owner == nullptr ? 0 : owner->sequence;
}

}  // namespace liaison::sandbox
