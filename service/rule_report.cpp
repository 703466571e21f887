#include "service/rule_report.hpp"

#include <utility>

#include "service/api/json.hpp"

namespace liaison::service {

using boost::json::array;
using boost::json::object;

namespace {

boost::json::string report_text(std::string_view text) {
    return boost::json::string(boost::json::string_view(text.data(), text.size()));
}

void put_text(object& into, const char* name, const std::string& value) {
    if (!value.empty()) into[name] = report_text(value);
}

array report_texts(const std::vector<std::string>& texts) {
    array out;
    for (const std::string& text : texts) out.push_back(report_text(text));
    return out;
}

std::string link_text(const InteractionDraft& draft) {
    std::string out = draft.create_party ? "new " + std::string(to_string(draft.contact_kind)) +
                                               " " + draft.contact_address
                                         : draft.contact_id;
    for (const auto& [name, value] :
         {std::pair("template", &draft.template_code), std::pair("campaign", &draft.campaign_id),
          std::pair("opportunity", &draft.opportunity_id)})
        if (!value->empty()) out += std::string(" ") + name + " " + *value;
    if (!draft.regarding_id.empty())
        out += " regarding " + draft.regarding_kind + " " + draft.regarding_id;
    return out;
}

std::string list_text(const std::vector<std::string>& names) {
    std::string out;
    for (const std::string& name : names) out += (out.empty() ? "" : ", ") + name;
    return out;
}

}  // namespace

object to_json(const rules::RuleError& error) {
    return {{"pointer", report_text(error.pointer)},
            {"line", error.line},
            {"column", error.column},
            {"message", report_text(error.message)}};
}

object to_json(const rules::RuleFinding& finding) {
    object out = to_json(finding.place);
    out["kind"] = report_text(to_string(finding.kind));
    put_text(out, "scope", finding.scope);
    return out;
}

array to_json(const std::vector<rules::RuleFinding>& findings) {
    array out;
    for (const rules::RuleFinding& one : findings) out.push_back(to_json(one));
    return out;
}

object to_json(const MailAction& action) {
    object out{{"action", report_text(to_string(action.kind))}, {"rule", report_text(action.rule)}};
    put_text(out, "folder", action.folder);
    if (!action.categories.empty()) out["categories"] = report_texts(action.categories);
    put_text(out, "importance", action.importance);
    put_text(out, "flagStatus", action.flag_status);
    if (action.due_in_days) out["dueInDays"] = *action.due_in_days;
    put_text(out, "template", action.template_code);
    put_text(out, "activityType", action.activity_type);
    put_text(out, "campaign", action.campaign_id);
    put_text(out, "opportunity", action.opportunity_id);
    if (!action.regarding_id.empty())
        out["regarding"] = report_text(action.regarding_kind + " " + action.regarding_id);
    put_text(out, "for", action.create_for);
    put_text(out, "company", action.company_id);
    put_text(out, "owner", action.owner_id);
    put_text(out, "subject", action.task_subject);
    return out;
}

object to_json(const RuleOutcome& outcome) {
    array conditions;
    for (const ConditionOutcome& one : outcome.conditions)
        conditions.push_back(object{{"condition", report_text(one.path)}, {"holds", one.holds}});
    object out{{"id", report_text(outcome.id)},
               {"displayName", report_text(outcome.name)},
               {"matched", outcome.matched},
               {"conditions", std::move(conditions)}};
    put_text(out, "scope", outcome.scope);
    if (outcome.stopped) out["stopped"] = true;
    return out;
}

object decision_report(const MailDecision& decision) {
    object out = to_json(decision);
    array links;
    for (const InteractionDraft& draft : decision.drafts)
        links.push_back(report_text(link_text(draft)));
    out["links"] = std::move(links);
    array effects;
    for (const MailAction& action : decision.effects) effects.push_back(to_json(action));
    out["effects"] = std::move(effects);
    array outcomes;
    for (const RuleOutcome& outcome : decision.rules) outcomes.push_back(to_json(outcome));
    out["rules"] = std::move(outcomes);
    return out;
}

object to_json(const daemon::MadeParty& made) {
    object out{{"kind", report_text(to_string(made.kind))},
               {"address", report_text(made.address)},
               {"mail", report_text(made.mail)}};
    put_text(out, "company", made.company_id);
    return out;
}

object to_json(const daemon::RuleComparison& comparison) {
    object counts;
    for (const auto& [kind, count] : comparison.counts())
        counts[report_text(to_string(kind))] = count;
    array changes;
    for (const daemon::RuleChange& change : comparison.changes()) {
        array kinds;
        for (const auto kind : change.kinds) kinds.push_back(report_text(to_string(kind)));
        changes.push_back(object{{"name", report_text(change.name)},
                                 {"kinds", std::move(kinds)},
                                 {"before", decision_report(change.before)},
                                 {"after", decision_report(change.after)}});
    }
    array made, no_longer;
    for (const daemon::MadeParty& one : comparison.newly_made()) made.push_back(to_json(one));
    for (const daemon::MadeParty& one : comparison.no_longer_made())
        no_longer.push_back(to_json(one));
    return {{"mails", comparison.mails()},
            {"counts", std::move(counts)},
            {"changes", std::move(changes)},
            {"made", std::move(made)},
            {"noLongerMade", std::move(no_longer)}};
}

std::string one_line(const MailDecision& decision) {
    std::string out = std::string(to_string(decision.outcome)) + " (" + decision.reason + ")";
    std::vector<std::string> links, effects, matched;
    for (const InteractionDraft& draft : decision.drafts) links.push_back(link_text(draft));
    for (const MailAction& action : decision.effects)
        effects.push_back(std::string(to_string(action.kind)));
    for (const RuleOutcome& rule : decision.rules)
        if (rule.matched) matched.push_back(rule.id);
    if (!links.empty()) out += " -> " + list_text(links);
    if (!decision.move_to.empty()) out += "; move to " + decision.move_to;
    if (!decision.add_categories.empty())
        out += "; categories " + list_text(decision.add_categories);
    if (!effects.empty()) out += "; " + list_text(effects);
    if (!matched.empty()) out += "; rules " + list_text(matched);
    return out;
}

std::string to_text(const daemon::RuleComparison& comparison) {
    std::string out;
    for (const daemon::RuleChange& change : comparison.changes()) {
        std::vector<std::string> kinds;
        for (const auto kind : change.kinds) kinds.emplace_back(to_string(kind));
        out += change.name + ": " + list_text(kinds) + "\n  before: " + one_line(change.before) +
               "\n  after:  " + one_line(change.after) + "\n";
    }
    for (const daemon::MadeParty& one : comparison.newly_made())
        out += "would be made: " + std::string(to_string(one.kind)) + " " + one.address + " of " +
               one.mail + "\n";
    for (const daemon::MadeParty& one : comparison.no_longer_made())
        out += "would no longer be made: " + std::string(to_string(one.kind)) + " " + one.address +
               "\n";
    out += std::to_string(comparison.mails()) + " mail(s), " +
           std::to_string(comparison.changes().size()) + " decided otherwise";
    for (const auto& [kind, count] : comparison.counts())
        out += ", " + std::string(to_string(kind)) + " " + std::to_string(count);
    return out + "\n";
}

}  // namespace liaison::service
