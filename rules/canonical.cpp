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

boost::json::object canonical_actions(const Rule& rule) {
    boost::json::object out;
    if (!rule.move_to_folder.empty()) out["moveToFolder"] = canonical_text(rule.move_to_folder);
    if (!rule.assign_categories.empty())
        out["assignCategories"] = canonical_texts(rule.assign_categories);
    if (rule.log) {
        boost::json::object log;
        if (!rule.log->template_code.empty())
            log["template"] = canonical_text(rule.log->template_code);
        if (!rule.log->campaign_id.empty()) log["campaign"] = canonical_text(rule.log->campaign_id);
        if (!rule.log->opportunity_id.empty())
            log["opportunity"] = canonical_text(rule.log->opportunity_id);
        out["logInteraction"] = std::move(log);
    }
    if (rule.skip_logging) out["skipLogging"] = true;
    if (rule.hold) out["hold"] = true;
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
