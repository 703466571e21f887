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
};

}  // namespace liaison
