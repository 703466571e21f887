#include "sandbox/mail_delivery.hpp"

#include "sandbox/inbox_rule_engine.hpp"
#include "sandbox/mail_item.hpp"

namespace liaison::sandbox {
namespace {

constexpr std::size_t mails_per_batch = 300;

}  // namespace

const std::string& load_key_property() {
    static const std::string key =
        extended_key_by_name("String", "5d3b0f7e-6c1e-4d0a-9a55-0d8b7f2f6a11", "SandboxLoadKey");
    return key;
}

MailDelivery::MailDelivery(MailboxStore& store, std::string_view mailbox,
                           std::string_view folder_id)
    : store_(store), mailbox_(mailbox), folder_id_(folder_id) {
    const Folder* inbox = store_.find_distinguished(mailbox_, "inbox");
    has_rules_ = inbox != nullptr && inbox->id == folder_id_ &&
                 !store_.inbox_rules(mailbox_).rules.empty();
    for (const Folder* folder : store_.folders(mailbox_)) {
        for (const Item* item : store_.items(mailbox_, folder->id)) {
            const auto found = item->extended.find(load_key_property());
            if (found != item->extended.end() && !found->second.values.empty())
                keys_.insert(found->second.values.front());
        }
    }
}

Result<void> MailDelivery::deliver(std::string load_key, std::string mime) {
    if (keys_.contains(load_key)) {
        ++present_;
        return {};
    }
    if (!batch_) batch_ = std::make_unique<MailboxStore::Batch>(store_);
    MailItem mail = mail_item_from_mime(std::move(mime), store_.now());
    // What was delivered is no draft: Exchange keeps that in the message flags (MSGFLAG_UNSENT), and the X-Unsent header is
    // a word between mail programs about files.
    mail.item.properties.set("item:IsDraft", std::string("false"));
    mail.item.extended[load_key_property()] = ExtendedValue{{load_key}};
    const Content content = has_rules_ ? mail.content : Content{};
    const auto stored =
        store_.create_item(mailbox_, folder_id_, std::move(mail.item), std::move(mail.content));
    if (!stored) return std::unexpected(stored.error());
    if (has_rules_) run_inbox_rules(store_, mailbox_, (*stored)->id, content);
    keys_.insert(std::move(load_key));
    ++added_;
    if (++in_batch_ == mails_per_batch) {
        batch_.reset();
        in_batch_ = 0;
    }
    return {};
}

}  // namespace liaison::sandbox
