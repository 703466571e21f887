#include "rules/inbox_compile.hpp"

#include <algorithm>
#include <map>
#include <optional>

#include "rules/fold.hpp"
#include "rules/inbox_predicates.hpp"

namespace liaison::rules {
namespace {

using Kind = MailActionKind;

const MailAction* action_of(const Rule& rule, Kind kind) {
    const auto at = std::ranges::find(rule.actions, kind, &MailAction::kind);
    return at == rule.actions.end() ? nullptr : &*at;
}

bool lies_in(const std::vector<InboxScope::Folder>& folders, std::string_view path) {
    const std::string wanted = normal_folder_path(path);
    return std::ranges::any_of(folders, [&](const InboxScope::Folder& folder) {
        const std::string root = normal_folder_path(folder.path);
        return wanted == root || (folder.subfolders && wanted.starts_with(root + "/"));
    });
}

/// What earlier rules do to a mail that a later one matches, too. A pushed rule that ends the
/// looking leaves nothing here: no later rule sees its mails, in Exchange as in Liaison.
class EarlierRules {
public:
    /// Why `rule` would end differently in Exchange because of an earlier rule; empty: it does not.
    std::vector<std::string> objections(const Rule& rule, const InboxPredicateForm& form) const {
        std::vector<std::string> out;
        const auto object = [&](const std::optional<std::string>& earlier, std::string_view what) {
            if (earlier) out.push_back("\"" + *earlier + "\" before it " + std::string(what));
        };
        object(staying_stop_, "stays in Liaison and ends the looking");
        if (action_of(rule, Kind::MoveToFolder) != nullptr)
            object(mover_, "moves mail, and a mail goes to one folder only");
        if (action_of(rule, Kind::MarkImportance) != nullptr)
            object(importance_, "sets the importance");
        for (const Kind kind : {Kind::MoveToFolder, Kind::CopyToFolder}) {
            const MailAction* action = action_of(rule, kind);
            if (action == nullptr) continue;
            const auto at = folders_.find(normal_folder_path(action->folder));
            if (at != folders_.end()) object(at->second, "puts mail into the same folder");
        }
        if (asks(form, "categories")) object(pushed_categories_, "assigns categories in Exchange");
        if (form.conditions.importance || form.exceptions.importance)
            object(pushed_importance_, "sets the importance in Exchange");
        return out;
    }

    void add(const Rule& rule, bool pushed) {
        if (pushed && rule.stop) return;
        const auto note = [&](std::optional<std::string>& slot) {
            if (!slot) slot = rule.display_name;
        };
        if (rule.stop) note(staying_stop_);
        for (const MailAction& action : rule.actions) {
            if (action.kind == Kind::MoveToFolder) note(mover_);
            if (action.kind == Kind::MoveToFolder || action.kind == Kind::CopyToFolder)
                folders_.try_emplace(normal_folder_path(action.folder), rule.display_name);
            if (action.kind == Kind::MarkImportance) {
                note(importance_);
                if (pushed) note(pushed_importance_);
            }
            if (action.kind == Kind::AssignCategories && pushed) note(pushed_categories_);
        }
    }

private:
    static bool asks(const InboxPredicateForm& form, const std::string& name) {
        return form.conditions.lists.contains(name) || form.exceptions.lists.contains(name);
    }

    std::optional<std::string> staying_stop_, mover_, importance_;
    std::optional<std::string> pushed_importance_, pushed_categories_;
    std::map<std::string, std::string> folders_;
};

/// What Exchange cannot do.
std::vector<std::string> action_reasons(const Rule& rule, const InboxScope& scope) {
    std::vector<std::string> out;
    for (const MailAction& action : rule.actions) {
        switch (action.kind) {
            case Kind::MoveToFolder:
                if (lies_in(scope.designated, "Inbox") && !lies_in(scope.designated, action.folder))
                    out.emplace_back(
                        "moveToFolder: the mail would leave the designated folders before it is "
                        "logged");
                break;
            case Kind::CopyToFolder:
            case Kind::AssignCategories:
            case Kind::MarkAsRead:
            case Kind::MarkImportance:
                break;
            default:
                out.push_back(std::string(to_string(action.kind)) + ": only Liaison does this");
        }
    }
    if (rule.actions.empty()) out.emplace_back("without an action Exchange takes no rule");
    return out;
}

InboxDraft draft_of(const Rule& rule, InboxPredicateForm form) {
    InboxDraft draft;
    draft.rule_id = rule.id;
    draft.display_name = rule.display_name;
    draft.rule.conditions = std::move(form.conditions);
    draft.rule.exceptions = std::move(form.exceptions);
    draft.rule.actions.stop_processing = rule.stop;
    for (const MailAction& action : rule.actions) {
        if (action.kind == Kind::MoveToFolder) draft.move_path = action.folder;
        if (action.kind == Kind::CopyToFolder) draft.copy_path = action.folder;
        if (action.kind == Kind::AssignCategories)
            draft.rule.actions.assign_categories = action.categories;
        if (action.kind == Kind::MarkAsRead) draft.rule.actions.mark_as_read = true;
        if (action.kind == Kind::MarkImportance)
            draft.rule.actions.mark_importance = action.importance;
    }
    return draft;
}

/// A rule that may hold a mail keeps everything off it, so none that reaches the same mail can act
/// at arrival. `at` is the place of the rule.
std::vector<std::string> hold_reasons(const std::vector<Rule>& rules, std::size_t at,
                                      const std::optional<std::size_t>& first_hold,
                                      const std::optional<std::size_t>& last_hold) {
    if (first_hold && *first_hold < at)
        return {"\"" + rules[*first_hold].display_name + "\" before it may hold the mail"};
    if (last_hold && *last_hold > at && !rules[at].stop)
        return {"\"" + rules[*last_hold].display_name + "\" after it may hold the mail"};
    return {};
}

}  // namespace

InboxCompilation compile_inbox_rules(const Document& document, const InboxScope& scope) {
    const std::vector<Rule>& rules = document.rules;
    std::vector<InboxPredicateForm> forms;
    std::optional<std::size_t> first_hold, last_hold;
    for (std::size_t i = 0; i < rules.size(); ++i) {
        forms.push_back(inbox_predicates(rules[i], scope.mailbox));
        const bool holds = rules[i].enabled && action_of(rules[i], Kind::Hold) != nullptr;
        if (!holds || forms.back().never) continue;
        if (!first_hold) first_hold = i;
        last_hold = i;
    }
    InboxCompilation out;
    EarlierRules earlier;
    for (std::size_t i = 0; i < rules.size(); ++i) {
        const Rule& rule = rules[i];
        if (!rule.enabled) continue;
        InboxPredicateForm& form = forms[i];
        if (form.never) {  // nor does it stand in the way of others
            out.staying.push_back(
                {rule.id, rule.display_name, {"it holds for no mail that arrives in this Inbox"}});
            continue;
        }
        std::vector<std::string> reasons = form.reasons;
        for (auto&& more :
             {action_reasons(rule, scope), hold_reasons(rules, i, first_hold, last_hold),
              earlier.objections(rule, form)})
            reasons.insert(reasons.end(), more.begin(), more.end());
        earlier.add(rule, reasons.empty());
        if (reasons.empty())
            out.drafts.push_back(draft_of(rule, std::move(form)));
        else
            out.staying.push_back({rule.id, rule.display_name, std::move(reasons)});
    }
    return out;
}

}  // namespace liaison::rules
