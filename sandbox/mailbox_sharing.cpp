// What reaches beyond one's own mailbox: inbox rules, delegates and public folders.
#include <algorithm>

#include "sandbox/mailbox_store_impl.hpp"

namespace liaison::sandbox {

const ServerRules& MailboxStoreImpl::inbox_rules(std::string_view mailbox) const {
    static const ServerRules none;
    const Mailbox* owner = box(mailbox);
    return owner == nullptr ? none : owner->rules;
}

Result<void> MailboxStoreImpl::set_inbox_rules(std::string_view mailbox, ServerRules rules) {
    if (auto ok = writable(); !ok) return ok;
    Mailbox* owner = box(mailbox);
    if (owner == nullptr) return fail(ErrorKind::NotFound, "sandbox: no such user");
    const Batch batch(*this);
    for (auto at = rules.rules.begin(); at != rules.rules.end(); ++at) {  // few, mostly in order
        const auto place = std::upper_bound(
            rules.rules.begin(), at, *at,
            [](const ServerRule& a, const ServerRule& b) { return a.priority < b.priority; });
        std::rotate(place, at, at + 1);
    }
    owner->rules = std::move(rules);
    owner->dirty = true;
    file_->save_rules(owner->number, owner->rules);
    return {};
}

std::string MailboxStoreImpl::new_rule_id(std::string_view mailbox) {
    const Mailbox* owner = box(mailbox);
    return ids_.rule_id(owner == nullptr ? 0 : owner->number);
}

Result<void> MailboxStoreImpl::grant_access(std::string_view mailbox, std::string_view delegate) {
    if (auto ok = writable(); !ok) return ok;
    Mailbox* owner = box(mailbox);
    const Mailbox* other = box(delegate);
    if (owner == nullptr || other == nullptr)
        return fail(ErrorKind::NotFound, "sandbox: no such user");
    const Batch batch(*this);
    owner->delegates.insert(other->user.address);
    file_->add_delegate(owner->number, other->user.address);
    return {};
}

bool MailboxStoreImpl::may_open(std::string_view mailbox, std::string_view who) const {
    const Mailbox* owner = box(mailbox);
    const Mailbox* caller = box(who);
    if (owner == nullptr || caller == nullptr) return false;
    return owner == caller || owner->user.address == public_folders_address ||
           owner->delegates.contains(caller->user.address);
}

std::vector<std::string> MailboxStoreImpl::openable(std::string_view who) const {
    std::vector<std::string> out;
    const Mailbox* caller = box(who);
    for (const auto& [address, mailbox] : mailboxes_)
        if (mailbox.get() != caller && may_open(address, who)) out.push_back(address);
    return out;
}

void MailboxStoreImpl::make_public_folders() {
    const Batch batch(*this);
    auto made = std::make_unique<Mailbox>();
    made->number = next_row_++;
    made->user.address = public_folders_address;
    made->user.display_name = "Public folders";
    made->dirty = true;
    const std::string root = make_folder(*made, "", "Public Root", "", "root").folder.id;
    make_folder(*made, root, "IPM_SUBTREE", "IPF.Note", "publicfoldersroot");
    mailboxes_.emplace(std::string(public_folders_address), std::move(made));
}

}  // namespace liaison::sandbox
