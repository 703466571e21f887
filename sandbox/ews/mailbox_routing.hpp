#pragma once
#include <string>

#include "sandbox/ews/ews_error.hpp"
#include "sandbox/mailbox_store.hpp"

namespace pugi {
class xml_node;
}

namespace liaison::sandbox::ews {

/// Whose mailbox a request is about: the caller's own, or the one that its folder and item ids are
/// in and that the caller may open (delegate access, public folders; ED:g/delegate-access,
/// ED:g/public-folder-access). Ids that are nobody's stay with the caller, whose mailbox does not
/// have them. A request over several mailboxes is ErrorInvalidOperation here.
Outcome<std::string> mailbox_of_request(const MailboxStore& store, const std::string& caller,
                                        const pugi::xml_node& request);

}  // namespace liaison::sandbox::ews
