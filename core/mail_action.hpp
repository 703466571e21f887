#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace liaison {

/// What a folder rule asks for. The list is closed; nothing in it deletes a mail.
enum class MailActionKind : std::uint8_t {
    MoveToFolder,
    AssignCategories,
    LogInteraction,
    SkipLogging,
    Hold
};

inline std::string_view to_string(MailActionKind kind) {
    switch (kind) {
        case MailActionKind::MoveToFolder:
            return "moveToFolder";
        case MailActionKind::AssignCategories:
            return "assignCategories";
        case MailActionKind::LogInteraction:
            return "logInteraction";
        case MailActionKind::SkipLogging:
            return "skipLogging";
        case MailActionKind::Hold:
            return "hold";
    }
    return "unknown";
}

/// One thing to be done with a mail because a rule said so. Fields that do not belong to `kind` are
/// empty.
struct MailAction {
    MailActionKind kind = MailActionKind::AssignCategories;
    std::string rule;         ///< display name of the rule
    std::string folder = {};  ///< MoveToFolder: path from the mailbox' root, "Inbox/Done"
    std::vector<std::string> categories = {};  ///< AssignCategories
    std::string template_code = {};   ///< LogInteraction: interaction template or activity type
    std::string campaign_id = {};     ///< LogInteraction
    std::string opportunity_id = {};  ///< LogInteraction
    friend bool operator==(const MailAction&, const MailAction&) = default;
};

/// What the rules say about one mail: the word that `rules` and `daemon/mail` share without knowing
/// each other. Free of contradictions: at most one MoveToFolder; SkipLogging, Hold and
/// LogInteraction exclude each other; of several LogInteraction no two fill the same field. What
/// lost is named in `conflicts`.
struct MailActions {
    std::vector<MailAction> actions;
    std::vector<std::string>
        matched;  ///< ids of the rules that matched, in the order of evaluation
    std::vector<std::string> conflicts;  ///< one line per action that an earlier rule overruled
    std::vector<std::string> trace;      ///< one line per rule that was looked at; no mail content
    std::string rule_set_version;        ///< empty: no rules
    friend bool operator==(const MailActions&, const MailActions&) = default;
};

}  // namespace liaison
