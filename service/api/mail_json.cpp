#include <boost/json.hpp>

#include "service/api/json.hpp"

namespace liaison::service {

using boost::json::array;
using boost::json::object;

namespace {

array json_text_list(const std::vector<std::string>& texts) {
    array out;
    for (const std::string& text : texts) out.emplace_back(text);
    return out;
}

object json_draft(const InteractionDraft& draft) {
    object out{{"kind", to_string(draft.contact_kind)},
               {"id", draft.contact_id},
               {"user", draft.user_id},
               {"template", draft.template_code},
               {"direction", to_string(draft.direction)}};
    if (!draft.contact_address.empty()) out["address"] = draft.contact_address;
    if (!draft.company_id.empty()) out["company"] = draft.company_id;
    if (!draft.campaign_id.empty()) out["campaign"] = draft.campaign_id;
    if (!draft.opportunity_id.empty()) out["opportunity"] = draft.opportunity_id;
    if (!draft.regarding_id.empty())
        out["regarding"] = object{{"kind", draft.regarding_kind}, {"id", draft.regarding_id}};
    if (draft.create_party) out["made_for_this_mail"] = true;
    return out;
}

object json_finding(const AddressFinding& finding) {
    array candidates;
    for (const CandidateFinding& one : finding.candidates)
        candidates.push_back(object{{"kind", to_string(one.kind)},
                                    {"id", one.id},
                                    {"number", one.number},
                                    {"why", one.why}});
    return object{{"role", finding.role},
                  {"address", finding.address},
                  {"verdict", finding.verdict},
                  {"candidates", std::move(candidates)}};
}

object json_rule(const RuleOutcome& rule) {
    array conditions;
    for (const ConditionOutcome& one : rule.conditions)
        conditions.push_back(object{{"path", one.path}, {"holds", one.holds}});
    object out{{"id", rule.id},
               {"name", rule.name},
               {"matched", rule.matched},
               {"conditions", std::move(conditions)}};
    if (!rule.scope.empty()) out["scope"] = rule.scope;
    if (rule.stopped) out["stopped"] = true;
    return out;
}

object json_choice(const MailChoice& choice) {
    array parties;
    for (const PartyRef& party : choice.parties)
        parties.push_back(object{
            {"kind", to_string(party.kind)}, {"id", party.id}, {"number", party.number}});
    return object{{"verb", to_string(choice.verb)},
                  {"parties", std::move(parties)},
                  {"whole_thread", choice.whole_thread},
                  {"who", choice.who},
                  {"at", format_timestamp(choice.at)}};
}

array json_effects(const std::vector<MailAction>& effects) {
    array out;
    for (const MailAction& action : effects) {
        object one{{"action", to_string(action.kind)}, {"rule", action.rule}};
        if (!action.folder.empty()) one["folder"] = action.folder;
        if (!action.importance.empty()) one["importance"] = action.importance;
        if (!action.flag_status.empty()) one["flag"] = action.flag_status;
        out.push_back(std::move(one));
    }
    return out;
}

}  // namespace

object to_json(const MailDecision& decision) {
    array contacts, rules, addresses;
    for (const InteractionDraft& draft : decision.drafts) contacts.push_back(json_draft(draft));
    for (const RuleOutcome& rule : decision.rules) rules.push_back(json_rule(rule));
    for (const AddressFinding& one : decision.addresses) addresses.push_back(json_finding(one));
    object out{{"outcome", to_string(decision.outcome)},
               {"reason", decision.reason},
               {"detail", decision.detail},
               {"direction", to_string(decision.direction)},
               {"folder", decision.folder},
               {"contacts", std::move(contacts)},
               {"addresses", std::move(addresses)},
               {"open_question", decision.has_open_question},
               {"move_to", decision.move_to},
               {"categories", json_text_list(decision.add_categories)},
               {"effects", json_effects(decision.effects)},
               {"rule_set", decision.rule_set_version},
               {"rules", std::move(rules)},
               {"conversation", nullptr},
               {"identity", decision.identity.str()},
               {"trace", json_text_list(decision.trace)}};
    if (decision.thread_row != 0)
        out["conversation"] = object{{"mail", decision.thread_row},
                                     {"tied_by", to_string(decision.thread_tie)}};
    return out;
}

object to_json(const IntakeRow& row) {
    object out{{"id", row.id},
               {"mailbox", row.mailbox.str()},
               {"key", row.key.str()},
               {"message_id", row.message_id},
               {"state", to_string(row.state)},
               {"seen_at", format_timestamp(row.seen_at)},
               {"left_its_folder", row.gone},
               {"attempts", row.attempts},
               {"last_error", row.last_error},
               {"interactions", json_text_list(row.interaction_ids)},
               {"choice", nullptr},
               {"decision", to_json(row.decision)}};
    if (!row.choice.empty()) out["choice"] = json_choice(row.choice);
    return out;
}

object to_json(const MailCounts& counts) {
    object skipped;
    for (const auto& [reason, count] : counts.skipped) skipped[reason] = count;
    return object{{"seen", counts.seen},
                  {"logged", counts.logged},
                  {"interactions", counts.interactions},
                  {"unmatched", counts.unmatched},
                  {"parked", counts.parked},
                  {"pending", counts.pending},
                  {"skipped", std::move(skipped)}};
}

object to_json(const MailExplanation& explanation) {
    object out = to_json(explanation.row);
    array history, others;
    for (const MailEvent& event : explanation.history)
        history.push_back(object{{"at", format_timestamp(event.at)},
                                 {"event", event.event},
                                 {"detail", event.detail}});
    for (const std::int64_t row : explanation.others) others.emplace_back(row);
    out["history"] = std::move(history);
    out["other_rows"] = std::move(others);
    return out;
}

object to_json(const TrayMail& mail) {
    object out = to_json(mail.row);
    array proposals;
    for (const PartyProposal& one : mail.proposals)
        proposals.push_back(object{{"kind", to_string(one.party.kind)},
                                   {"id", one.party.id},
                                   {"number", one.party.number},
                                   {"name", one.name},
                                   {"company", one.company},
                                   {"why", one.why},
                                   {"address", one.address}});
    out["proposals"] = std::move(proposals);
    out["subject"] = nullptr;
    out["sender_name"] = nullptr;
    if (mail.subject) out["subject"] = *mail.subject;
    if (mail.sender_name) out["sender_name"] = *mail.sender_name;
    return out;
}

object to_json(const MailWithdrawal& withdrawal) {
    object out{{"id", withdrawal.id},
               {"mail", withdrawal.row},
               {"mailbox", withdrawal.mailbox.str()},
               {"contacts", json_text_list(withdrawal.contact_ids)},
               {"erase_content", withdrawal.erase_content},
               {"who", withdrawal.who},
               {"why", withdrawal.why},
               {"asked_at", format_timestamp(withdrawal.at)},
               {"done_at", nullptr}};
    if (withdrawal.done_at) out["done_at"] = format_timestamp(*withdrawal.done_at);
    return out;
}

}  // namespace liaison::service
