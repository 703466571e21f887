#pragma once
#include "core/async.hpp"
#include "core/inbox_rule.hpp"
#include "core/result.hpp"

namespace liaison {

/// The inbox rules of one mailbox.
class InboxRules {
public:
    virtual ~InboxRules() = default;

    virtual Async<Result<InboxRuleList>> read_rules() = 0;
    /// Carries out the whole change or none of it. `VersionConflict`: Outlook keeps rules of its own
    /// and the change does not agree to their loss. `InvalidRequest`: the server refuses a rule;
    /// `TooLarge`: more rules than the mailbox may hold; `NotFound`: a rule is gone.
    virtual Async<Result<void>> write_rules(InboxRuleChange change) = 0;
};

}  // namespace liaison
