#pragma once
#include <cstddef>
#include <memory>
#include <set>
#include <string>
#include <string_view>

#include "core/result.hpp"
#include "sandbox/mailbox_store.hpp"

namespace liaison::sandbox {

/// Key of the extended property in which an item keeps the load key of its mail. It survives moves
/// and copies.
const std::string& load_key_property();

/// Puts mails into one folder of one mailbox; in the Inbox its inbox rules are carried out. A mail
/// whose load key the mailbox has already, in whatever folder, is left out. Writes in transactions
/// of some hundred mails; the destructor ends the last one.
class MailDelivery {
public:
    /// Reads the mailbox's load keys. `store` must outlive the delivery and be changed by nobody
    /// else meanwhile.
    MailDelivery(MailboxStore& store, std::string_view mailbox, std::string_view folder_id);

    Result<void> deliver(std::string load_key, std::string mime);

    std::size_t added() const { return added_; }
    std::size_t present() const { return present_; }

private:
    MailboxStore& store_;
    std::string mailbox_;
    std::string folder_id_;
    std::set<std::string, std::less<>> keys_;
    std::unique_ptr<MailboxStore::Batch> batch_;
    bool has_rules_ = false;  ///< the folder is an Inbox with inbox rules
    std::size_t in_batch_ = 0;
    std::size_t added_ = 0;
    std::size_t present_ = 0;
};

}  // namespace liaison::sandbox
