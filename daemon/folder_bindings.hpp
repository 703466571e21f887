#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "core/async.hpp"
#include "core/ids.hpp"
#include "core/ports/clock.hpp"
#include "core/ports/mail_store.hpp"
#include "core/result.hpp"

namespace liaison::daemon {

/// Which folder stands for a configured path or a CRM record, for good: once bound, a folder is
/// followed by its id whatever it is called and wherever it is moved. Kept in the store as a
/// versioned document ("folders:MAILBOX"), so that every change of a binding can be looked up.
class FolderBindings {
public:
    struct Binding {
        FolderId folder;
        std::string name;  ///< the name that we gave it last; empty: not ours
    };

    FolderBindings(MailStore& store, Clock& clock) : store_(store), clock_(clock) {}

    /// Reads them once. Later calls do nothing.
    Async<Result<void>> load(MailboxId mailbox);
    const Binding* find(const std::string& key) const;
    /// The key whose folder this is; empty: none.
    std::string key_of(const FolderId& folder) const;
    /// Durable when it returns. The same binding again writes nothing.
    Async<Result<void>> bind(std::string key, Binding binding);

private:
    std::string document() const;

    MailStore& store_;
    Clock& clock_;
    MailboxId mailbox_;
    bool loaded_ = false;
    std::int64_t version_ = 0;
    std::map<std::string, Binding> bindings_;
};

}  // namespace liaison::daemon
