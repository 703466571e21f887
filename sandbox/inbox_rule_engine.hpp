#pragma once
#include <string>
#include <string_view>

#include "sandbox/mailbox_store.hpp"

namespace liaison::sandbox {

/// Carries out the inbox rules of a mailbox over a mail that has just arrived in its Inbox, as
/// Exchange does at delivery. Rules are looked at by priority; all conditions must hold and no
/// exception; lists mean "any of these"; StopProcessingRules ends the looking
/// (ED:r/conditions, ED:r/exceptions, ED:r/actions). Text is compared without regard to case.
///
/// The first rule that moves takes the mail; a later one that moves it elsewhere leaves a copy
/// there. Forwarding and redirecting are recorded (MailboxStore::record_sent), never done.
/// `content` is what the mail was stored with. Answers the id of the mail where it lies now; empty:
/// it was deleted.
std::string run_inbox_rules(MailboxStore& store, std::string_view mailbox, std::string item_id,
                            const Content& content);

}  // namespace liaison::sandbox
