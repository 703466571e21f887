#include "sandbox/mailbox_store_impl.hpp"

namespace liaison::sandbox {

Result<std::string> MailboxStoreImpl::add_attachment(std::string_view mailbox,
                                                     std::string_view item_id,
                                                     Attachment attachment, std::string content) {
    if (auto ok = writable(); !ok) return std::unexpected(ok.error());
    auto found = place(mailbox, item_id);
    if (!found) return std::unexpected(found.error());
    const Batch batch(*this);
    Item& item = *found->item;
    attachment.id = ids_.attachment_id(item.id);
    attachment.row = next_row_++;
    attachment.mime_index = -1;
    attachment.size = static_cast<std::int64_t>(content.size());
    attachment.modified = now_();
    item.size += attachment.size;
    std::string id = attachment.id;
    file_->save_attachment(attachment.row, std::move(content));
    found->box->attachments[id] = &item;
    item.attachments.push_back(std::move(attachment));
    touch_item(*found->box, *found->folder, item, false);
    return id;
}

const Item* MailboxStoreImpl::find_attachment_owner(std::string_view mailbox,
                                                    std::string_view attachment_id) const {
    const Mailbox* owner = box(mailbox);
    if (owner == nullptr) return nullptr;
    const auto found = owner->attachments.find(std::string(attachment_id));
    return found == owner->attachments.end() ? nullptr : found->second;
}

Result<void> MailboxStoreImpl::delete_attachment(std::string_view mailbox,
                                                 std::string_view attachment_id) {
    if (auto ok = writable(); !ok) return ok;
    const Item* owner = find_attachment_owner(mailbox, attachment_id);
    if (owner == nullptr) return fail(ErrorKind::NotFound, "sandbox: no such attachment");
    auto found = place(mailbox, owner->id);
    if (!found) return std::unexpected(found.error());
    const Batch batch(*this);
    Item& item = *found->item;
    const auto at = std::find_if(item.attachments.begin(), item.attachments.end(),
                                 [&](const Attachment& a) { return a.id == attachment_id; });
    if (at->mime_index < 0) {
        file_->remove_attachment(at->row);
        item.size -= at->size;
    }
    found->box->attachments.erase(at->id);
    item.attachments.erase(at);
    touch_item(*found->box, *found->folder, item, false);
    return {};
}

Result<std::string> MailboxStoreImpl::attachment_content(std::string_view mailbox,
                                                         std::string_view attachment_id) const {
    const Item* owner = find_attachment_owner(mailbox, attachment_id);
    if (owner == nullptr) return fail(ErrorKind::NotFound, "sandbox: no such attachment");
    for (const auto& attachment : owner->attachments) {
        if (attachment.id != attachment_id) continue;
        if (attachment.mime_index >= 0)
            return fail(ErrorKind::Unsupported, "sandbox: the content is in the item's MIME");
        return file_->load_attachment(attachment.row);
    }
    return fail(ErrorKind::NotFound, "sandbox: no such attachment");
}

// From `below` downwards through what had arrived up to `from.sequence`.
void MailboxStoreImpl::add_first_round(const FolderState& folder, SyncCursor from, std::size_t max,
                                       ItemChanges& out) {
    auto at = folder.arrivals.lower_bound(std::min(from.below, from.sequence + 1));
    out.next = from;
    while (at != folder.arrivals.begin() && out.changes.size() < max) {
        --at;
        out.changes.push_back({ItemChange::Kind::Create, at->second->id, at->second});
        out.next.below = at->first;
    }
    out.complete = at == folder.arrivals.begin();
    if (out.complete) out.next = SyncCursor{from.sequence, 0, false};
}

// A merge of three ordered sources by sequence number. An item that arrived after the cursor is a
// Create at its arrival, whatever was done to it since; an item that the client knows is an Update
// or ReadFlagChange at its last change; so each page is right on its own and a change during paging
// is neither lost nor sent as a second Create.
void MailboxStoreImpl::add_incremental(const FolderState& folder, std::uint64_t after,
                                       std::size_t max, ItemChanges& out) {
    auto arrival = folder.arrivals.upper_bound(after);
    auto change = folder.changes.upper_bound(after);
    auto gone = folder.gone.upper_bound(after);
    std::uint64_t reached = after;
    for (;;) {
        while (change != folder.changes.end() && change->second->arrival_sequence > after) ++change;
        while (gone != folder.gone.end() && gone->second.arrival > after) ++gone;
        const std::uint64_t at_arrival =
            arrival == folder.arrivals.end() ? UINT64_MAX : arrival->first;
        const std::uint64_t at_change = change == folder.changes.end() ? UINT64_MAX : change->first;
        const std::uint64_t at_gone = gone == folder.gone.end() ? UINT64_MAX : gone->first;
        const std::uint64_t next = std::min({at_arrival, at_change, at_gone});
        if (next == UINT64_MAX) break;
        if (out.changes.size() == max) {
            out.complete = false;
            break;
        }
        reached = next;
        if (next == at_arrival) {
            out.changes.push_back({ItemChange::Kind::Create, arrival->second->id, arrival->second});
            ++arrival;
        } else if (next == at_change) {
            const Item& item = *change->second;
            const bool read_only = item.change_sequence <= after;
            out.changes.push_back(
                {read_only ? ItemChange::Kind::ReadFlagChange : ItemChange::Kind::Update, item.id,
                 &item});
            ++change;
        } else {
            out.changes.push_back({ItemChange::Kind::Delete, gone->second.id, nullptr});
            ++gone;
        }
    }
    out.next = SyncCursor{reached, 0, false};
}

Result<ItemChanges> MailboxStoreImpl::item_changes(std::string_view mailbox,
                                                   std::string_view folder_id, SyncCursor from,
                                                   std::size_t max) const {
    const Mailbox* owner = box(mailbox);
    const FolderState* folder = owner == nullptr ? nullptr : folder_state(*owner, folder_id);
    if (folder == nullptr) return fail(ErrorKind::NotFound, "sandbox: no such folder");
    ItemChanges out;
    if (from.first_round) {
        add_first_round(*folder, from, max, out);
    } else {
        add_incremental(*folder, from.sequence, max, out);
        if (out.complete) out.next.sequence = owner->sequence;
    }
    return out;
}

}  // namespace liaison::sandbox
