#include <boost/json.hpp>

#include "rules/document.hpp"

namespace liaison::rules {
namespace {

boost::json::value canonical_text(std::string_view text) {
    return boost::json::string(boost::json::string_view(text.data(), text.size()));
}

boost::json::array canonical_texts(const std::vector<std::string>& texts) {
    boost::json::array out;
    for (const std::string& text : texts) out.push_back(canonical_text(text));
    return out;
}

boost::json::value canonical_condition(const Condition& condition) {
    switch (info(condition.key).shape) {
        case ValueShape::Flag:
            return condition.flag;
        case ValueShape::SizeRange:
            return boost::json::object{{"minimumSize", condition.minimum_kb},
                                       {"maximumSize", condition.maximum_kb}};
        default:
            return canonical_texts(condition.values);
    }
}

boost::json::object canonical_members(const Node& node);

boost::json::array canonical_groups(const Node& node) {
    boost::json::array out;
    for (const Node& child : node.children) out.push_back(canonical_members(child));
    return out;
}

boost::json::object canonical_members(const Node& node) {
    boost::json::object out;
    for (const Node& child : node.children) {
        switch (child.kind) {
            case Node::Kind::Leaf: {
                const std::string_view name = info(child.condition.key).name;
                out[boost::json::string_view(name.data(), name.size())] =
                    canonical_condition(child.condition);
                break;
            }
            case Node::Kind::Not:
                out["not"] = canonical_members(child.children.front());
                break;
            case Node::Kind::Any:
                out["anyOf"] = canonical_groups(child);
                break;
            case Node::Kind::All:
                out["allOf"] = canonical_groups(child);
                break;
        }
    }
    return out;
}

void canonical_member(boost::json::object& into, const char* name, const std::string& value) {
    if (!value.empty()) into[name] = canonical_text(value);
}

/// The particulars of an action that has several.
boost::json::object canonical_particulars(const MailAction& action) {
    boost::json::object out;
    canonical_member(out, "flagStatus", action.flag_status);
    canonical_member(out, "for", action.create_for);
    canonical_member(out, "template", action.template_code);
    canonical_member(out, "activityType", action.activity_type);
    canonical_member(out, "campaign", action.campaign_id);
    canonical_member(out, "opportunity", action.opportunity_id);
    canonical_member(out, "company", action.company_id);
    canonical_member(out, "subject", action.task_subject);
    canonical_member(out, "owner", action.owner_id);
    if (!action.regarding_kind.empty()) out[action.regarding_kind] = action.regarding_id;
    if (action.due_in_days) out["dueInDays"] = *action.due_in_days;
    return out;
}

boost::json::value canonical_action(const MailAction& action) {
    switch (action.kind) {
        case MailActionKind::MoveToFolder:
        case MailActionKind::CopyToFolder:
            return canonical_text(action.folder);
        case MailActionKind::AssignCategories:
            return canonical_texts(action.categories);
        case MailActionKind::MarkImportance:
            return canonical_text(action.importance);
        case MailActionKind::MarkAsRead:
        case MailActionKind::SkipLogging:
        case MailActionKind::Hold:
            return true;
        default:
            return canonical_particulars(action);
    }
}

boost::json::object canonical_actions(const Rule& rule) {
    boost::json::object out;
    for (const MailAction& action : rule.actions) {
        const std::string_view name = to_string(action.kind);
        out[boost::json::string_view(name.data(), name.size())] = canonical_action(action);
    }
    if (rule.stop) out["stopProcessingRules"] = true;
    return out;
}

}  // namespace

std::string canonical_rules(const Document& document) {
    boost::json::array rules;
    for (const Rule& rule : document.rules) {
        boost::json::object out;
        out["id"] = canonical_text(rule.id);
        out["displayName"] = canonical_text(rule.display_name);
        out["sequence"] = rule.sequence;
        out["isEnabled"] = rule.enabled;
        out["conditions"] = canonical_members(rule.conditions);
        out["exceptions"] = canonical_members(rule.exceptions);
        out["actions"] = canonical_actions(rule);
        rules.push_back(std::move(out));
    }
    return boost::json::serialize(boost::json::object{{"version", 1}, {"rules", std::move(rules)}});
}

}  // namespace liaison::rules
