#include "sandbox/mailbox_store_impl.hpp"

namespace liaison::sandbox {

Result<std::vector<ItemBackup>> MailboxStoreImpl::back_up(std::string_view mailbox,
                                                          std::string_view folder_id) const {
    std::vector<ItemBackup> out;
    for (const Item* item : items(mailbox, folder_id)) {
        auto heavy = file_->load_content(item->row);
        if (!heavy) return std::unexpected(heavy.error());
        out.push_back({*item, std::move(*heavy)});
        out.back().item.attachments.clear();
    }
    return out;
}

Result<void> MailboxStoreImpl::restore(std::string_view mailbox, std::string_view folder_id,
                                       const std::vector<ItemBackup>& backup) {
    if (auto ok = writable(); !ok) return ok;
    Mailbox* owner = box(mailbox);
    FolderState* state = owner == nullptr ? nullptr : folder_state(*owner, folder_id);
    if (state == nullptr) return fail(ErrorKind::NotFound, "sandbox: no such folder");
    const Batch batch(*this);
    std::vector<Item*> leaving;
    for (const auto& [arrival, item] : state->arrivals) leaving.push_back(item);
    for (const ItemBackup& one : backup) {
        const auto found = owner->items.find(one.item.id);
        if (found != owner->items.end() && found->second->folder_id != state->folder.id)
            leaving.push_back(found->second.get());
    }
    for (Item* item : leaving) {
        const auto gone = take_item(*owner, *item, false);
        for (const auto& attachment : gone->attachments) file_->remove_attachment(attachment.row);
        file_->remove_item(gone->row);
    }
    for (const ItemBackup& one : backup) {
        auto item = std::make_unique<Item>(one.item);
        item->row = next_row_++;
        item->folder_id = state->folder.id;
        item->arrival_sequence = item->change_sequence = next_sequence(*owner);
        item->read_sequence = 0;
        Item& placed = *item;
        owner->items.emplace(placed.id, std::move(item));
        index_item(*owner, *state, placed);
        file_->save_content(placed.row, one.content);
        file_->save_item(owner->number, placed);
    }
    ++state->folder.generation;
    file_->save_folder(owner->number, state->folder);
    return {};
}

}  // namespace liaison::sandbox
