#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace liaison {

/// What a folder rule asks for. The list is closed; nothing in it deletes or sends a mail.
enum class MailActionKind : std::uint8_t {
    MoveToFolder,
    CopyToFolder,
    AssignCategories,
    MarkAsRead,
    MarkImportance,
    FlagMessage,
    LogInteraction,
    SetRegarding,
    CreateContact,
    CreateLead,
    CreateTask,
    SkipLogging,
    Hold
};

/// The word of the rule language.
constexpr std::string_view to_string(MailActionKind kind) {
    switch (kind) {
        case MailActionKind::MoveToFolder:
            return "moveToFolder";
        case MailActionKind::CopyToFolder:
            return "copyToFolder";
        case MailActionKind::AssignCategories:
            return "assignCategories";
        case MailActionKind::MarkAsRead:
            return "markAsRead";
        case MailActionKind::MarkImportance:
            return "markImportance";
        case MailActionKind::FlagMessage:
            return "flagMessage";
        case MailActionKind::LogInteraction:
            return "logInteraction";
        case MailActionKind::SetRegarding:
            return "setRegarding";
        case MailActionKind::CreateContact:
            return "createContact";
        case MailActionKind::CreateLead:
            return "createLead";
        case MailActionKind::CreateTask:
            return "createTask";
        case MailActionKind::SkipLogging:
            return "skipLogging";
        case MailActionKind::Hold:
            return "hold";
    }
    return "unknown";
}

/// One thing to be done with a mail because a rule said so. Fields that do not belong to `kind` are
/// empty. Words of closed lists are spelled as Graph spells them.
struct MailAction {
    MailActionKind kind = MailActionKind::AssignCategories;
    std::string rule;         ///< display name of the rule
    std::string folder = {};  ///< MoveToFolder, CopyToFolder: path from the mailbox' root
    std::vector<std::string> categories = {};  ///< AssignCategories
    std::string importance = {};               ///< MarkImportance: low, normal, high
    /// FlagMessage (Graph followupFlag.flagStatus): flagged, complete, notFlagged
    std::string flag_status = {};
    /// FlagMessage, CreateTask: due this many days after the mail was received; none: no due date
    std::optional<std::int64_t> due_in_days = {};
    std::string template_code = {};   ///< LogInteraction: interaction template
    std::string activity_type = {};   ///< LogInteraction: activity type
    std::string campaign_id = {};     ///< LogInteraction
    std::string opportunity_id = {};  ///< LogInteraction
    /// SetRegarding: opportunity, case, campaign, lead, contact, company, appointment or task
    std::string regarding_kind = {};
    std::string regarding_id = {};  ///< SetRegarding: the record's CRM id
    /// CreateContact, CreateLead: for whom, among those whom the CRM does not know: sender,
    /// recipients or everybody
    std::string create_for = {};
    /// CreateContact, CreateLead: company by CRM id; empty: by the policy of unknown senders
    std::string company_id = {};
    /// CreateContact, CreateLead, CreateTask: CRM user; empty: the folder's owner
    std::string owner_id = {};
    std::string task_subject = {};  ///< CreateTask: empty: the mail's own subject
    friend bool operator==(const MailAction&, const MailAction&) = default;
};

/// The outcome of one condition of a rule, by its place in the rule:
/// "conditions/anyOf/0/fromDomains".
struct ConditionOutcome {
    std::string path;
    bool holds = false;
    friend bool operator==(const ConditionOutcome&, const ConditionOutcome&) = default;
};

/// What became of one rule that was looked at.
struct RuleOutcome {
    std::string id;    ///< of the rule
    std::string name;  ///< display name
    std::string
        scope;  ///< "organization", "group:NAME", "mailbox:ADDRESS"; empty in a set without layers
    bool matched = false;
    bool stopped = false;                      ///< no later rule was looked at because of this one
    std::vector<ConditionOutcome> conditions;  ///< every leaf, in the order of the rule
    friend bool operator==(const RuleOutcome&, const RuleOutcome&) = default;
};

/// What the rules say about one mail: the word that `rules` and `daemon/mail` share without knowing
/// each other. Free of contradictions; docs/rules.md "Order and precedence" says which actions
/// exclude each other. What lost is named in `conflicts`.
struct MailActions {
    std::vector<MailAction> actions;
    std::vector<std::string>
        matched;  ///< ids of the rules that matched, in the order of evaluation
    std::vector<std::string> conflicts;  ///< one line per action that an earlier rule overruled
    std::vector<std::string> trace;      ///< one line per rule that was looked at; no mail content
    std::vector<RuleOutcome> outcomes;   ///< the trace in full, for `explain`; no mail content
    std::string rule_set_version;        ///< empty: no rules
    friend bool operator==(const MailActions&, const MailActions&) = default;
};

}  // namespace liaison
