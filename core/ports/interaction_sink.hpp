#pragma once
#include <vector>

#include "core/async.hpp"
#include "core/interaction.hpp"
#include "core/result.hpp"

namespace liaison {

/// Where mails become interactions.
class InteractionSink {
public:
    virtual ~InteractionSink() = default;
    /// Writes each message's interactions (one per draft), its original and its link together, all
    /// or nothing per message. Idempotent by (identity, contact): what is there already is
    /// answered, not written again; new contacts of a known message are added.
    virtual Async<std::vector<Result<LoggedMessage>>> log_messages(
        std::vector<MessageLog> messages) = 0;
    /// What the CRM has of these messages; unknown ones have no interaction ids.
    virtual Async<Result<std::vector<LoggedMessage>>> find_logged(
        std::vector<MessageIdentity> identities) = 0;
    /// Replaces the link, after the mail was moved.
    virtual Async<Result<void>> set_message_link(MessageIdentity identity,
                                                 std::string link_url) = 0;
    /// Makes a contact or lead of an address. Idempotent by address: whoever has it already is the
    /// answer. `Unsupported`: this CRM lets nobody make contacts.
    virtual Async<Result<Party>> create_party(NewParty party) {
        static_cast<void>(party);
        co_return fail(ErrorKind::Unsupported, "this CRM makes no contacts");
    }
    /// Gives a contact or lead a further address. Idempotent. `TooLarge`: it has no room for one;
    /// `AlreadyExists`: somebody else has the address; `NotFound`.
    virtual Async<Result<void>> add_address(PartyKind kind, std::string id, std::string address) {
        static_cast<void>(kind);
        static_cast<void>(id);
        static_cast<void>(address);
        co_return fail(ErrorKind::Unsupported, "this CRM takes no further addresses");
    }
    /// Makes a task of a mail. Idempotent by its key. Answers its CRM id.
    virtual Async<Result<std::string>> create_task(NewMailTask task) {
        static_cast<void>(task);
        co_return fail(ErrorKind::Unsupported, "this CRM makes no tasks");
    }
    /// Takes interactions back: they stay as cancelled ones with who and why, and do not come back by
    /// logging the message again. Idempotent; answers how many are cancelled now. `NotFound`: the CRM
    /// has no such message.
    virtual Async<Result<std::size_t>> withdraw(MessageWithdrawal withdrawal) {
        static_cast<void>(withdrawal);
        co_return fail(ErrorKind::Unsupported, "this CRM takes nothing back");
    }
};

}  // namespace liaison
