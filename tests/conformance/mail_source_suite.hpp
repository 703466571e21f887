#pragma once
// The conformance suite of the port MailSource. An adapter joins like one of SyncEndpoint
// (sync_endpoint_suite.hpp):
//     INSTANTIATE_TEST_SUITE_P(Ews, MailSourceSuite, testing::Values(MailCase{"ews",
//     make_ews_mail_world}), mail_case_name);
#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/ports/mail_source.hpp"
#include "net/run_loop.hpp"

namespace liaison::conformance {

/// One mailbox with empty well-known folders, and somebody who puts mail into it.
class MailWorld {
public:
    virtual ~MailWorld() = default;
    virtual net::RunLoop& loop() = 0;
    virtual MailSource& source() = 0;
    /// A mail arrives in a folder that exists ("Inbox", "Inbox/CRM").
    virtual void deliver(const std::string& folder_path, const std::string& eml) = 0;
    /// Mails and receipts that left the mailbox so far; nothing where the world cannot tell.
    virtual std::optional<std::size_t> sent_count() { return std::nullopt; }
    /// False if the server would send the receipt that a mail asks for when it is marked read: then
    /// such a mail has to stay unread.
    virtual bool suppresses_receipts() const { return true; }
    /// A person deletes a folder and what is in it for good, or moves it to Deleted Items (a rename
    /// elsewhere). False if the world has no such person.
    virtual bool delete_folder(const FolderId&) { return false; }
    /// A mailbox that the tested one may open, with the folder "Inbox/Shared"; empty: none.
    virtual std::string shared_mailbox() { return {}; }
    /// Puts a mail into "Inbox/Shared" there, or into the public folder "Queue".
    virtual void deliver_shared(const std::string& eml) { static_cast<void>(eml); }
    virtual bool has_public_folders() { return false; }
    virtual void deliver_public(const std::string& eml) { static_cast<void>(eml); }
    /// Makes all cursors of a folder invalid; false if the server cannot.
    virtual bool expire_cursors(const FolderId&) { return false; }
};

struct MailCase {
    std::string name;
    std::function<std::unique_ptr<MailWorld>()> make;
};
inline void PrintTo(const MailCase& c, std::ostream* out) {
    *out << c.name;
}
inline std::string mail_case_name(const testing::TestParamInfo<MailCase>& info) {
    return info.param.name;
}

class MailSourceSuite : public testing::TestWithParam<MailCase> {
protected:
    void SetUp() override { world_ = GetParam().make(); }

    template <class T>
    T run(Async<T> work) {
        return net::run_to_end(world_->loop(), std::move(work));
    }
    MailSource& source() { return world_->source(); }
    MailFolder open(const std::string& path, bool create = true);
    std::vector<MessagePage> read_feed(const FolderId& folder, Cursor cursor);
    /// Delivers `count` mails and answers their keys in the order of the feed.
    std::vector<ItemKey> keys_in(const FolderId& folder);

    std::unique_ptr<MailWorld> world_;
};

/// A small mail with an attachment; `n` makes it different from others.
std::string sample_mail(int n);

}  // namespace liaison::conformance
