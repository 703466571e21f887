#pragma once
#include <functional>
#include <string>
#include <vector>

#include "core/ports/mail_store.hpp"
#include "core/ports/sync_store.hpp"
#include "daemon/mail_logger.hpp"
#include "daemon/rule_dry_run.hpp"
#include "daemon/scheduler.hpp"
#include "service/api/router.hpp"
#include "service/rule_book.hpp"

namespace liaison::service {

/// What the routes act on. All references outlive the router.
struct ApiServices {
    daemon::Scheduler& scheduler;
    SyncStore& sync;
    MailStore& mail;
    RuleBook& rules;
    Clock& clock;
    /// Pauses or resumes a mailbox durably. NotFound if it is not configured.
    std::function<Async<Result<void>>(MailboxId, bool)> set_paused;
    /// What the next cycle would do in a pair.
    std::function<Async<Result<Plan>>(MailboxId, EntityKind)> preview;
    /// Rules over a folder, nothing done.
    std::function<Async<Result<std::vector<daemon::DryRunLine>>>(MailboxId, rules::RuleSet,
                                                                 std::string, std::size_t)>
        dry_run;
    /// A changed rule set over past mail of a mailbox beside the one in force, nothing done.
    std::function<Async<Result<daemon::DryRunResult>>(MailboxId, rules::RuleSet, rules::RuleSet,
                                                      daemon::DryRunRange)>
        compare_rules;
};

void add_mailbox_routes(Router& router, ApiServices services);
void add_mail_routes(Router& router, ApiServices services);
void add_rule_routes(Router& router, ApiServices services);
void add_rule_trial_routes(Router& router, ApiServices services);
void add_sync_routes(Router& router, ApiServices services);
/// /healthz, /metrics, /v1/openapi.json, /v1/status
void add_service_routes(Router& router, ApiServices services);

}  // namespace liaison::service
