#pragma once
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "core/async.hpp"
#include "core/ports/event_log.hpp"
#include "core/ports/inbox_rules.hpp"
#include "core/ports/mail_source.hpp"
#include "core/result.hpp"
#include "daemon/designated_folders.hpp"
#include "rules/inbox_compile.hpp"
#include "rules/inbox_plan.hpp"
#include "service/rule_book.hpp"

namespace liaison::service {

/// What a mailbox' inbox rules are beside what they should be.
struct InboxRuleReport {
    MailboxId mailbox;
    bool may_push = false;  ///< [[mailbox]] inbox_rules
    rules::InboxPlan plan;
    std::vector<rules::WantedInboxRule> wanted;  ///< side by side with `staying`
    std::vector<rules::DaemonOnlyRule> staying;
    bool outlook_rules = false;
    bool pushed = false;  ///< the change of `plan` was carried out
};

/// Shows and pushes rules as inbox rules of a mailbox. Reading is always allowed; writing only
/// where the configuration says so, and only our own rules (rules/inbox_plan.hpp).
class InboxRuleDesk {
public:
    /// What the desk has to know of one mailbox; `rules` is null where it has no inbox rules that
    /// we can reach.
    struct Box {
        InboxRules* rules = nullptr;
        MailSource* source = nullptr;
        bool may_push = false;
        bool may_remove_outlook_rules = false;
        std::vector<daemon::FolderSpec> folders;
    };
    using FindBox = std::function<std::optional<Box>(const MailboxId&)>;

    InboxRuleDesk(RuleBook& book, FindBox find, EventLog& log)
        : book_(book), find_(std::move(find)), log_(log) {}

    /// Writes nothing, not even missing folders. A folder that is missing is one of the plan's
    /// notes.
    Async<Result<InboxRuleReport>> report(MailboxId mailbox);
    /// The report, its change carried out, and the report of what stands there now. `Forbidden`:
    /// the configuration does not allow it, or Outlook's own rules would be lost without consent.
    Async<Result<InboxRuleReport>> push(MailboxId mailbox);

private:
    Async<Result<InboxRuleReport>> look(MailboxId mailbox, Box box, bool create_folders);
    Async<Result<void>> resolve(Box box, rules::InboxDraft draft, bool create,
                                InboxRuleReport& report);

    RuleBook& book_;
    FindBox find_;
    EventLog& log_;
};

}  // namespace liaison::service
