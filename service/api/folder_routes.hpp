#pragma once
#include <boost/json/object.hpp>
#include <functional>
#include <vector>

#include "core/ids.hpp"
#include "core/result.hpp"
#include "daemon/designated_folders.hpp"
#include "service/api/router.hpp"
#include "service/inbox_rule_desk.hpp"

namespace liaison::service {

/// The designated folders of a mailbox with the counts of their mail, for the API.
struct FolderCount {
    std::size_t mails = 0, logged = 0, unmatched = 0, waiting = 0;
};
struct FolderView {
    daemon::FolderStatus status;
    FolderCount count;
};
/// NotFound: the mailbox is not configured.
using ListFolders = std::function<Async<Result<std::vector<FolderView>>>(MailboxId)>;

/// GET /v1/mailboxes/{mailbox}/folders; GET and POST /v1/mailboxes/{mailbox}/inbox-rules. `desk`
/// must outlive the router.
void add_folder_routes(Router& router, ListFolders list, InboxRuleDesk& desk);

boost::json::object to_json(const InboxRuleReport& report);

}  // namespace liaison::service
