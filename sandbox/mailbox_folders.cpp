#include "core/http_message.hpp"
#include "sandbox/mailbox_store_impl.hpp"

namespace liaison::sandbox {

const Folder* MailboxStoreImpl::find_folder(std::string_view mailbox,
                                            std::string_view folder_id) const {
    const Mailbox* owner = box(mailbox);
    const FolderState* found = owner == nullptr ? nullptr : folder_state(*owner, folder_id);
    return found == nullptr ? nullptr : &found->folder;
}

const Folder* MailboxStoreImpl::find_distinguished(std::string_view mailbox,
                                                   std::string_view name) const {
    const Mailbox* owner = box(mailbox);
    if (owner == nullptr) return nullptr;
    const auto found = owner->distinguished.find(name);
    return found == owner->distinguished.end() ? nullptr : &found->second->folder;
}

const Folder* MailboxStoreImpl::find_child(std::string_view mailbox, std::string_view parent_id,
                                           std::string_view display_name) const {
    for (const Folder* folder : children(mailbox, parent_id)) {
        if (iequals(folder->display_name, display_name)) return folder;
    }
    return nullptr;
}

std::vector<const Folder*> MailboxStoreImpl::children(std::string_view mailbox,
                                                      std::string_view parent_id) const {
    std::vector<const Folder*> out;
    const Mailbox* owner = box(mailbox);
    if (owner == nullptr) return out;
    for (const auto& [id, state] : owner->folders) {
        if (state->folder.parent_id == parent_id) out.push_back(&state->folder);
    }
    std::sort(out.begin(), out.end(), [](const Folder* a, const Folder* b) {
        return a->created_sequence < b->created_sequence;
    });
    return out;
}

std::vector<const Folder*> MailboxStoreImpl::folders(std::string_view mailbox) const {
    std::vector<const Folder*> out;
    const Mailbox* owner = box(mailbox);
    if (owner == nullptr) return out;
    for (const auto& [id, state] : owner->folders) out.push_back(&state->folder);
    // A parent is always older than its children: folders do not move.
    std::sort(out.begin(), out.end(), [](const Folder* a, const Folder* b) {
        return a->created_sequence < b->created_sequence;
    });
    return out;
}

Result<const Folder*> MailboxStoreImpl::create_folder(std::string_view mailbox,
                                                      std::string_view parent_id,
                                                      std::string display_name,
                                                      std::string folder_class) {
    if (auto ok = writable(); !ok) return std::unexpected(ok.error());
    Mailbox* owner = box(mailbox);
    const FolderState* parent = owner == nullptr ? nullptr : folder_state(*owner, parent_id);
    if (parent == nullptr) return fail(ErrorKind::NotFound, "sandbox: no such parent folder");
    if (display_name.empty())
        return fail(ErrorKind::InvalidRequest, "sandbox: a folder needs a name");
    if (find_child(mailbox, parent_id, display_name) != nullptr) {
        return fail(ErrorKind::AlreadyExists, "sandbox: the folder exists");
    }
    if (folder_class.empty()) folder_class = parent->folder.folder_class;
    if (folder_class.empty()) folder_class = "IPF.Note";
    const Batch batch(*this);
    const std::string parent_copy(parent_id);
    return &make_folder(*owner, parent_copy, std::move(display_name), std::move(folder_class), {})
                .folder;
}

void MailboxStoreImpl::touch_folder(Mailbox& owner, FolderState& state) {
    state.folder.change_key = ids_.folder_change_key();
    state.folder.change_sequence = next_sequence(owner);
    file_->save_folder(owner.number, state.folder);
}

Result<void> MailboxStoreImpl::rename_folder(std::string_view mailbox, std::string_view folder_id,
                                             std::string name) {
    if (auto ok = writable(); !ok) return ok;
    Mailbox* owner = box(mailbox);
    FolderState* state = owner == nullptr ? nullptr : folder_state(*owner, folder_id);
    if (state == nullptr) return fail(ErrorKind::NotFound, "sandbox: no such folder");
    if (name.empty()) return fail(ErrorKind::InvalidRequest, "sandbox: a folder needs a name");
    const Folder* other = find_child(mailbox, state->folder.parent_id, name);
    if (other != nullptr && other != &state->folder)
        return fail(ErrorKind::AlreadyExists, "sandbox: the folder exists");
    const Batch batch(*this);
    state->folder.display_name = std::move(name);
    touch_folder(*owner, *state);
    return {};
}

Result<void> MailboxStoreImpl::delete_folder(std::string_view mailbox, std::string_view folder_id) {
    if (auto ok = writable(); !ok) return ok;
    Mailbox* owner = box(mailbox);
    FolderState* state = owner == nullptr ? nullptr : folder_state(*owner, folder_id);
    if (state == nullptr) return fail(ErrorKind::NotFound, "sandbox: no such folder");
    if (!state->folder.distinguished_id.empty()) {
        return fail(ErrorKind::Forbidden, "sandbox: a distinguished folder cannot be deleted");
    }
    const Batch batch(*this);
    remove_folder_tree(*owner, std::string(folder_id));
    return {};
}

void MailboxStoreImpl::remove_folder_tree(Mailbox& owner, const std::string& id) {
    for (const Folder* child : children(owner.user.address, id))
        remove_folder_tree(owner, std::string(child->id));
    FolderState& state = *owner.folders.at(id);
    while (!state.arrivals.empty()) {
        const auto taken = take_item(owner, *state.arrivals.begin()->second, false);
        for (const auto& attachment : taken->attachments) file_->remove_attachment(attachment.row);
        file_->remove_item(taken->row);
    }
    GoneFolder gone;
    gone.sequence = next_sequence(owner);
    gone.created = state.folder.created_sequence;
    gone.id = id;
    for (std::string_view above = state.folder.parent_id; !above.empty();) {
        gone.ancestors.emplace_back(above);
        const FolderState* parent = folder_state(owner, above);
        above = parent == nullptr ? std::string_view{} : std::string_view(parent->folder.parent_id);
    }
    file_->add_gone_folder(owner.number, gone);
    file_->remove_folder(state.folder.row);
    owner.gone_folders.emplace(gone.sequence, std::move(gone));
    owner.folders.erase(id);
}

Result<void> MailboxStoreImpl::reset_sync(std::string_view mailbox, std::string_view folder_id) {
    if (auto ok = writable(); !ok) return ok;
    Mailbox* owner = box(mailbox);
    FolderState* state = owner == nullptr ? nullptr : folder_state(*owner, folder_id);
    if (state == nullptr) return fail(ErrorKind::NotFound, "sandbox: no such folder");
    const Batch batch(*this);
    ++state->folder.generation;
    file_->save_folder(owner->number, state->folder);
    return {};
}

Result<std::vector<FolderChange>> MailboxStoreImpl::folder_changes(std::string_view mailbox,
                                                                   std::string_view root_id,
                                                                   std::uint64_t sequence) const {
    const Mailbox* owner = box(mailbox);
    if (owner == nullptr || folder_state(*owner, root_id) == nullptr) {
        return fail(ErrorKind::NotFound, "sandbox: no such folder");
    }
    std::vector<FolderChange> out;
    std::set<std::string_view> below{root_id};
    for (const Folder* folder : folders(mailbox)) {
        if (!below.contains(folder->parent_id)) continue;
        below.insert(folder->id);
        if (folder->created_sequence > sequence) {
            out.push_back({FolderChange::Kind::Create, folder->id, folder});
        } else if (folder->change_sequence > sequence) {
            out.push_back({FolderChange::Kind::Update, folder->id, folder});
        }
    }
    for (auto at = owner->gone_folders.upper_bound(sequence); at != owner->gone_folders.end();
         ++at) {
        const GoneFolder& gone = at->second;
        if (gone.created > sequence) continue;
        if (std::find(gone.ancestors.begin(), gone.ancestors.end(), root_id) ==
            gone.ancestors.end())
            continue;
        out.push_back({FolderChange::Kind::Delete, gone.id, nullptr});
    }
    return out;
}

}  // namespace liaison::sandbox
