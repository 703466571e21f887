#include "sandbox/mailbox_store_impl.hpp"

namespace liaison::sandbox {
namespace {

bool is_unread_message(const Item& item) {
    return (item.kind == ItemKind::Message || item.kind == ItemKind::Other) &&
           item.properties.text("message:IsRead") == "false";
}

std::uint64_t last_change_of(const Item& item) {
    return std::max(item.change_sequence, item.read_sequence);
}

// What may differ when only the read flag changed.
bool differs_in_read_flag_only(const Item& before, const Item& after) {
    if (before.properties.text("message:IsRead") == after.properties.text("message:IsRead"))
        return false;
    Item copy = after;
    copy.properties.set("message:IsRead", std::string(before.properties.text("message:IsRead")));
    return copy.properties == before.properties && copy.extended == before.extended &&
           copy.categories == before.categories && copy.item_class == before.item_class;
}

}  // namespace

void MailboxStoreImpl::index_item(Mailbox& owner, FolderState& folder, Item& item) {
    folder.arrivals.emplace(item.arrival_sequence, &item);
    if (last_change_of(item) > item.arrival_sequence)
        folder.changes.emplace(last_change_of(item), &item);
    if (is_unread_message(item)) ++folder.unread;
    for (const auto& attachment : item.attachments) owner.attachments[attachment.id] = &item;
    owner.rows[item.row] = &item;
}

Result<MailboxStoreImpl::Place> MailboxStoreImpl::place(std::string_view mailbox,
                                                        std::string_view item_id) const {
    Mailbox* owner = box(mailbox);
    if (owner == nullptr) return fail(ErrorKind::NotFound, "sandbox: no such mailbox");
    const auto found = owner->items.find(std::string(item_id));
    if (found == owner->items.end()) return fail(ErrorKind::NotFound, "sandbox: no such item");
    Item& item = *found->second;
    return Place{owner, folder_state(*owner, item.folder_id), &item};
}

const Item* MailboxStoreImpl::find_item(std::string_view mailbox, std::string_view item_id) const {
    const auto found = place(mailbox, item_id);
    return found ? found->item : nullptr;
}

const Item* MailboxStoreImpl::find_item_by_row(std::string_view mailbox, std::int64_t row) const {
    const Mailbox* owner = box(mailbox);
    if (owner == nullptr) return nullptr;
    const auto found = owner->rows.find(row);
    return found == owner->rows.end() ? nullptr : found->second;
}

std::vector<const Item*> MailboxStoreImpl::items(std::string_view mailbox,
                                                 std::string_view folder_id) const {
    std::vector<const Item*> out;
    const Mailbox* owner = box(mailbox);
    const FolderState* folder = owner == nullptr ? nullptr : folder_state(*owner, folder_id);
    if (folder == nullptr) return out;
    out.reserve(folder->arrivals.size());
    for (const auto& [sequence, item] : folder->arrivals) out.push_back(item);
    return out;
}

std::size_t MailboxStoreImpl::item_count(std::string_view mailbox,
                                         std::string_view folder_id) const {
    const Mailbox* owner = box(mailbox);
    const FolderState* folder = owner == nullptr ? nullptr : folder_state(*owner, folder_id);
    return folder == nullptr ? 0 : folder->arrivals.size();
}

std::size_t MailboxStoreImpl::unread_count(std::string_view mailbox,
                                           std::string_view folder_id) const {
    const Mailbox* owner = box(mailbox);
    const FolderState* folder = owner == nullptr ? nullptr : folder_state(*owner, folder_id);
    return folder == nullptr ? 0 : folder->unread;
}

// Gives id, change key, arrival and attachment ids, and files the item. The heavy content is the
// caller's.
Item& MailboxStoreImpl::insert_item(Mailbox& owner, FolderState& folder,
                                    std::unique_ptr<Item> item) {
    item->id = ids_.item_id(owner.number, item->row);
    if (!next_id_.empty() && !owner.items.contains(next_id_))
        item->id = std::exchange(next_id_, {});
    item->change_key = ids_.change_key(item->kind);
    item->folder_id = folder.folder.id;
    item->arrival_sequence = item->change_sequence = next_sequence(owner);
    item->read_sequence = 0;
    item->modified = now_();
    for (auto& attachment : item->attachments) attachment.id = ids_.attachment_id(item->id);
    Item& placed = *item;
    owner.items.emplace(placed.id, std::move(item));
    index_item(owner, folder, placed);
    folder.folder.modified = placed.modified;
    file_->save_item(owner.number, placed);
    return placed;
}

// Takes the item out of all indexes. Its row in the file and its content stay.
std::unique_ptr<Item> MailboxStoreImpl::take_item(Mailbox& owner, Item& item,
                                                  bool leave_tombstone) {
    FolderState& folder = *folder_state(owner, item.folder_id);
    folder.arrivals.erase(item.arrival_sequence);
    if (last_change_of(item) > item.arrival_sequence) folder.changes.erase(last_change_of(item));
    if (is_unread_message(item)) --folder.unread;
    for (const auto& attachment : item.attachments) owner.attachments.erase(attachment.id);
    owner.rows.erase(item.row);
    if (leave_tombstone) {
        GoneItem gone{next_sequence(owner), item.arrival_sequence, item.id};
        file_->add_gone_item(owner.number, item.folder_id, gone);
        folder.gone.emplace(gone.sequence, std::move(gone));
    }
    ++folder.folder.deleted_count;
    folder.folder.modified = now_();
    file_->save_folder(owner.number, folder.folder);
    auto node = owner.items.extract(item.id);
    return std::move(node.mapped());
}

void MailboxStoreImpl::touch_item(Mailbox& owner, FolderState& folder, Item& item,
                                  bool read_flag_only) {
    if (last_change_of(item) > item.arrival_sequence) folder.changes.erase(last_change_of(item));
    (read_flag_only ? item.read_sequence : item.change_sequence) = next_sequence(owner);
    item.change_key = ids_.change_key(item.kind);
    item.modified = now_();
    folder.changes.emplace(last_change_of(item), &item);
    folder.folder.modified = item.modified;
    file_->save_item(owner.number, item);
}

Result<const Item*> MailboxStoreImpl::create_item(std::string_view mailbox,
                                                  std::string_view folder_id, Item draft,
                                                  Content content,
                                                  std::vector<std::string> attachment_contents) {
    if (auto ok = writable(); !ok) return std::unexpected(ok.error());
    Mailbox* owner = box(mailbox);
    FolderState* folder = owner == nullptr ? nullptr : folder_state(*owner, folder_id);
    if (folder == nullptr) return fail(ErrorKind::NotFound, "sandbox: no such folder");
    const Batch batch(*this);
    auto item = std::make_unique<Item>(std::move(draft));
    item->row = next_row_++;
    item->created = now_();
    item->has_mime = !content.mime.empty();
    std::size_t next_content = 0;
    for (auto& attachment : item->attachments) {
        if (attachment.modified == 0) attachment.modified = item->created;
        if (attachment.mime_index >= 0) continue;
        if (next_content >= attachment_contents.size()) {
            return fail(ErrorKind::InvalidRequest, "sandbox: an attachment came without content");
        }
        attachment.row = next_row_++;
        file_->save_attachment(attachment.row, std::move(attachment_contents[next_content++]));
    }
    if (item->has_mime || !content.text_body.empty() || !content.html_body.empty()) {
        file_->save_content(item->row, std::move(content));
    }
    return &insert_item(*owner, *folder, std::move(item));
}

Result<const Item*> MailboxStoreImpl::update_item(std::string_view mailbox, Item changed) {
    if (auto ok = writable(); !ok) return std::unexpected(ok.error());
    auto found = place(mailbox, changed.id);
    if (!found) return std::unexpected(found.error());
    Item& item = *found->item;
    if (changed.attachments != item.attachments) {
        return fail(ErrorKind::InvalidRequest, "sandbox: attachments change by their own calls");
    }
    const Batch batch(*this);
    const bool read_flag_only = differs_in_read_flag_only(item, changed);
    if (is_unread_message(item)) --found->folder->unread;
    item.item_class = std::move(changed.item_class);
    item.kind = changed.kind;
    item.size = changed.size;
    item.properties = std::move(changed.properties);
    item.extended = std::move(changed.extended);
    item.categories = std::move(changed.categories);
    if (is_unread_message(item)) ++found->folder->unread;
    touch_item(*found->box, *found->folder, item, read_flag_only);
    return &item;
}

Result<void> MailboxStoreImpl::set_content(std::string_view mailbox, std::string_view item_id,
                                           Content content) {
    if (auto ok = writable(); !ok) return ok;
    auto found = place(mailbox, item_id);
    if (!found) return std::unexpected(found.error());
    const Batch batch(*this);
    found->item->has_mime = !content.mime.empty();
    file_->save_content(found->item->row, std::move(content));
    touch_item(*found->box, *found->folder, *found->item, false);
    return {};
}

Result<const Item*> MailboxStoreImpl::move_item(std::string_view mailbox, std::string_view item_id,
                                                std::string_view to_folder_id) {
    if (auto ok = writable(); !ok) return std::unexpected(ok.error());
    auto found = place(mailbox, item_id);
    if (!found) return std::unexpected(found.error());
    FolderState* target = folder_state(*found->box, to_folder_id);
    if (target == nullptr) return fail(ErrorKind::NotFound, "sandbox: no such folder");
    const Batch batch(*this);
    return &insert_item(*found->box, *target, take_item(*found->box, *found->item, true));
}

Result<const Item*> MailboxStoreImpl::copy_item(std::string_view mailbox, std::string_view item_id,
                                                std::string_view to_folder_id) {
    if (auto ok = writable(); !ok) return std::unexpected(ok.error());
    auto found = place(mailbox, item_id);
    if (!found) return std::unexpected(found.error());
    FolderState* target = folder_state(*found->box, to_folder_id);
    if (target == nullptr) return fail(ErrorKind::NotFound, "sandbox: no such folder");
    auto heavy = file_->load_content(found->item->row);
    if (!heavy) return std::unexpected(heavy.error());
    const Batch batch(*this);
    auto copy = std::make_unique<Item>(*found->item);
    copy->row = next_row_++;
    copy->created = now_();
    file_->save_content(copy->row, std::move(*heavy));
    for (auto& attachment : copy->attachments) {
        if (attachment.mime_index >= 0) continue;
        auto bytes = file_->load_attachment(attachment.row);
        if (!bytes) return std::unexpected(bytes.error());
        attachment.row = next_row_++;
        file_->save_attachment(attachment.row, std::move(*bytes));
    }
    return &insert_item(*found->box, *target, std::move(copy));
}

Result<void> MailboxStoreImpl::delete_item(std::string_view mailbox, std::string_view item_id) {
    if (auto ok = writable(); !ok) return ok;
    auto found = place(mailbox, item_id);
    if (!found) return std::unexpected(found.error());
    const Batch batch(*this);
    const auto taken = take_item(*found->box, *found->item, true);
    for (const auto& attachment : taken->attachments) file_->remove_attachment(attachment.row);
    file_->remove_item(taken->row);
    return {};
}

Result<Content> MailboxStoreImpl::content(std::string_view mailbox,
                                          std::string_view item_id) const {
    const auto found = place(mailbox, item_id);
    if (!found) return std::unexpected(found.error());
    return file_->load_content(found->item->row);
}

}  // namespace liaison::sandbox
