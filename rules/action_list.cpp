#include "rules/action_list.hpp"

#include <algorithm>
#include <utility>

#include "core/limits.hpp"
#include "rules/fold.hpp"

namespace liaison::rules {
namespace {

using Kind = MailActionKind;

/// Adds the actions of one rule to those of earlier rules. docs/rules.md, "Order and precedence".
class ActionList {
public:
    ActionList(const Rule& rule, MailActions& into) : rule_(rule), into_(into) {}

    void add(const MailAction& action) {
        switch (action.kind) {
            case Kind::MoveToFolder:
                if (!excluded_by_folder(action, Kind::CopyToFolder))
                    add_single(action, action.folder, &MailAction::folder);
                return;
            case Kind::CopyToFolder:
                return add_copy(action);
            case Kind::AssignCategories:
                return add_categories(action);
            case Kind::MarkAsRead:
                if (find(Kind::MarkAsRead) == nullptr) into_.actions.push_back(action);
                return;
            case Kind::MarkImportance:
                return add_single(action, action.importance, &MailAction::importance);
            case Kind::FlagMessage:
                return add_flag(action);
            case Kind::LogInteraction:
                if (is_allowed(action)) add_log(action);
                return;
            case Kind::SetRegarding:
                if (is_allowed(action)) add_regarding(action);
                return;
            case Kind::CreateContact:
            case Kind::CreateLead:
                return add_create(action);
            case Kind::CreateTask:
                return add_task(action);
            case Kind::SkipLogging:
            case Kind::Hold:
                if (is_allowed(action) && find(action.kind) == nullptr)
                    into_.actions.push_back(action);
                return;
        }
    }

    std::vector<Contradiction> take() { return std::move(found_); }

private:
    const MailAction* find(Kind kind) const {
        const auto at = std::ranges::find(into_.actions, kind, &MailAction::kind);
        return at == into_.actions.end() ? nullptr : &*at;
    }

    void lose(const MailAction& loser, const std::string& what, const MailAction& winner) {
        found_.push_back({loser.kind, winner.kind});
        if (into_.conflicts.size() < limits::rule_trace_max)
            into_.conflicts.push_back("\"" + rule_.display_name + "\": " + what +
                                      " is overruled by \"" + winner.rule + "\"");
    }
    void lose(const MailAction& loser, const MailAction& winner) {
        lose(loser, std::string(to_string(loser.kind)), winner);
    }

    /// One value for the mail: the first one stays.
    void add_single(const MailAction& action, const std::string& value,
                    std::string MailAction::* field) {
        const MailAction* earlier = find(action.kind);
        if (earlier == nullptr)
            into_.actions.push_back(action);
        else if (earlier->*field != value)
            lose(action, *earlier);
    }

    /// A mail and its copy, or two copies of it, never get into one folder.
    bool excluded_by_folder(const MailAction& action, Kind other) {
        const std::string path = normal_folder_path(action.folder);
        for (const MailAction& earlier : into_.actions) {
            if (earlier.kind != other || normal_folder_path(earlier.folder) != path) continue;
            if (other != action.kind) lose(action, earlier);
            return true;
        }
        return false;
    }

    void add_copy(const MailAction& action) {
        if (excluded_by_folder(action, Kind::MoveToFolder) ||
            excluded_by_folder(action, Kind::CopyToFolder))
            return;
        if (std::ranges::count(into_.actions, Kind::CopyToFolder, &MailAction::kind) >=
            static_cast<std::ptrdiff_t>(limits::rule_copies_max))
            lose(action, "copyToFolder beyond " + std::to_string(limits::rule_copies_max),
                 *find(Kind::CopyToFolder));
        else
            into_.actions.push_back(action);
    }

    void add_categories(const MailAction& action) {
        std::size_t count = 0;
        for (const MailAction& one : into_.actions) count += one.categories.size();
        MailAction added = action;
        added.categories.clear();
        for (const std::string& category : action.categories) {
            const auto has = [&](const MailAction& one) {
                return std::ranges::find(one.categories, category) != one.categories.end();
            };
            if (std::ranges::any_of(into_.actions, has) || has(added)) continue;
            if (count + added.categories.size() >= limits::categories_max) {
                const MailAction* first = find(Kind::AssignCategories);
                lose(action, "assignCategories beyond " + std::to_string(limits::categories_max),
                     first == nullptr ? added : *first);
                break;
            }
            added.categories.push_back(category);
        }
        if (!added.categories.empty()) into_.actions.push_back(std::move(added));
    }

    void add_flag(const MailAction& action) {
        const MailAction* earlier = find(action.kind);
        if (earlier == nullptr)
            into_.actions.push_back(action);
        else if (earlier->flag_status != action.flag_status ||
                 earlier->due_in_days != action.due_in_days)
            lose(action, *earlier);
    }

    /// skipLogging, hold and logInteraction exclude each other; setRegarding goes with
    /// logInteraction.
    bool is_allowed(const MailAction& action) {
        const auto family = [](Kind kind) {
            return kind == Kind::SetRegarding ? Kind::LogInteraction : kind;
        };
        for (const Kind other :
             {Kind::SkipLogging, Kind::Hold, Kind::LogInteraction, Kind::SetRegarding}) {
            const MailAction* earlier = find(other);
            if (earlier == nullptr || family(other) == family(action.kind)) continue;
            lose(action, *earlier);
            return false;
        }
        return true;
    }

    /// `value` where no earlier rule filled the field; a different value is a conflict.
    std::string unless_taken(const MailAction& action, std::string MailAction::* field,
                             const char* what) {
        const std::string& value = action.*field;
        if (value.empty()) return value;
        for (const MailAction& earlier : into_.actions) {
            if (earlier.kind != Kind::LogInteraction || (earlier.*field).empty()) continue;
            if (earlier.*field != value)
                lose(action, std::string("logInteraction/") + what, earlier);
            return "";
        }
        return value;
    }

    void add_log(const MailAction& action) {
        const bool is_first = find(Kind::LogInteraction) == nullptr;
        MailAction added{.kind = Kind::LogInteraction, .rule = action.rule};
        added.template_code = unless_taken(action, &MailAction::template_code, "template");
        added.activity_type = unless_taken(action, &MailAction::activity_type, "activityType");
        added.campaign_id = unless_taken(action, &MailAction::campaign_id, "campaign");
        added.opportunity_id = unless_taken(action, &MailAction::opportunity_id, "opportunity");
        const MailAction* regarding = find(Kind::SetRegarding);
        if (regarding != nullptr && regarding->regarding_kind == "opportunity" &&
            !added.opportunity_id.empty() && added.opportunity_id != regarding->regarding_id) {
            lose(action, "logInteraction/opportunity", *regarding);
            added.opportunity_id.clear();
        }
        if (is_first || !added.template_code.empty() || !added.activity_type.empty() ||
            !added.campaign_id.empty() || !added.opportunity_id.empty())
            into_.actions.push_back(std::move(added));
    }

    /// An opportunity that logInteraction names is what the interaction is regarding.
    void add_regarding(const MailAction& action) {
        const auto differs = [&](const MailAction& one) {
            if (one.kind == Kind::SetRegarding)
                return one.regarding_kind != action.regarding_kind ||
                       one.regarding_id != action.regarding_id;
            return one.kind == Kind::LogInteraction && !one.opportunity_id.empty() &&
                   action.regarding_kind == "opportunity" &&
                   one.opportunity_id != action.regarding_id;
        };
        const auto earlier = std::ranges::find_if(into_.actions, differs);
        if (earlier != into_.actions.end())
            lose(action, *earlier);
        else if (find(Kind::SetRegarding) == nullptr)
            into_.actions.push_back(action);
    }

    /// Nobody becomes a contact and a lead, and nobody gets two companies or owners.
    void add_create(const MailAction& action) {
        for (const MailAction& earlier : into_.actions) {
            if (earlier.kind != Kind::CreateContact && earlier.kind != Kind::CreateLead) continue;
            const bool same_people = earlier.create_for == action.create_for;
            if (!same_people && earlier.create_for != "everybody" &&
                action.create_for != "everybody")
                continue;
            if (!same_people || earlier.kind != action.kind ||
                earlier.company_id != action.company_id || earlier.owner_id != action.owner_id)
                lose(action, earlier);
            return;
        }
        into_.actions.push_back(action);
    }

    void add_task(const MailAction& action) {
        const auto same = [&](const MailAction& one) {
            return one.kind == Kind::CreateTask && one.task_subject == action.task_subject &&
                   one.owner_id == action.owner_id && one.due_in_days == action.due_in_days;
        };
        if (std::ranges::any_of(into_.actions, same)) return;
        if (std::ranges::count(into_.actions, Kind::CreateTask, &MailAction::kind) >=
            static_cast<std::ptrdiff_t>(limits::rule_tasks_max))
            lose(action, "createTask beyond " + std::to_string(limits::rule_tasks_max),
                 *find(Kind::CreateTask));
        else
            into_.actions.push_back(action);
    }

    const Rule& rule_;
    MailActions& into_;
    std::vector<Contradiction> found_;
};

}  // namespace

std::vector<Contradiction> add_actions(const Rule& rule, MailActions& into) {
    ActionList list(rule, into);
    for (const MailAction& action : rule.actions) list.add(action);
    return list.take();
}

}  // namespace liaison::rules
