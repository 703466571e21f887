#pragma once
#include <string>
#include <vector>

#include "core/inbox_rule.hpp"
#include "rules/document.hpp"

namespace liaison::rules {

/// What the compiler has to know of the mailbox.
struct InboxScope {
    std::string mailbox;  ///< primary SMTP address
    struct Folder {
        std::string path;  ///< of a designated folder: "Inbox/CRM"
        bool subfolders = true;
    };
    std::vector<Folder> designated;
};

/// A rule in the form of an inbox rule; its folders are still paths.
struct InboxDraft {
    std::string rule_id;
    std::string display_name;
    InboxRule rule;  ///< without id, name, priority and folders
    std::string move_path;
    std::string copy_path;
};

/// A rule that Exchange cannot carry out as Liaison would, and every reason why.
struct DaemonOnlyRule {
    std::string rule_id;
    std::string display_name;
    std::vector<std::string> reasons;
};

struct InboxCompilation {
    std::vector<InboxDraft> drafts;  ///< in order of evaluation
    std::vector<DaemonOnlyRule> staying;
};

/// Sorts the enabled rules of a document into those that Exchange can carry out at arrival with the
/// same outcome, and the rest. A rule is taken only if Exchange decides on every mail as the
/// evaluator does, whatever the other rules are: docs/rules.md, "Inbox rules", has the list. Linear
/// in the size of the document.
InboxCompilation compile_inbox_rules(const Document& document, const InboxScope& scope);

}  // namespace liaison::rules
