#include <boost/json.hpp>

#include "storage/codec_parts.hpp"
#include "storage/record_codec.hpp"

namespace liaison::storage {

namespace {

using codec::Builder;
using codec::Json;
using codec::Members;

template <class T>
Result<T> decode_mail_part(std::string_view text, T (*read)(const Json&)) {
    try {
        std::optional<T> out;
        codec::read_document(text, [&](const Json& value) { out.emplace(read(value)); });
        return std::move(*out);
    } catch (const StorageFailure& failure) {
        return std::unexpected(failure.error());
    } catch (const std::exception&) {
        return fail(ErrorKind::Internal, "stored mail decision: cannot be read");
    }
}

template <class T>
Json write_each(const std::vector<T>& list, Json (*write)(const T&)) {
    boost::json::array out;
    for (const T& one : list) out.push_back(write(one));
    return out;
}

template <class T>
std::vector<T> read_each(const Json* list, T (*read)(const Json&)) {
    std::vector<T> out;
    if (list == nullptr) return out;
    const std::size_t size = codec::array_size(*list);
    for (std::size_t i = 0; i < size; ++i) out.push_back(read(codec::element(*list, i, size)));
    return out;
}

Json write_mail_text(const std::string& text) {
    return codec::write_text(text);
}
std::string read_mail_text(const Json& value) {
    return codec::text_of(value);
}

Json write_draft_json(const InteractionDraft& draft) {
    Builder out;
    out.text("contact_id", draft.contact_id).text("contact_kind", to_string(draft.contact_kind));
    out.text("contact_address", draft.contact_address).text("company_id", draft.company_id);
    out.text("user_id", draft.user_id).text("direction", to_string(draft.direction));
    out.text("template_code", draft.template_code).text("campaign_id", draft.campaign_id);
    out.text("opportunity_id", draft.opportunity_id).text("regarding_kind", draft.regarding_kind);
    out.text("regarding_id", draft.regarding_id).flag("create_party", draft.create_party);
    out.text("owner_id", draft.owner_id);
    return out.take();
}

InteractionDraft read_draft_json(const Json& value) {
    Members members(value);
    InteractionDraft out;
    out.contact_id = members.text("contact_id");
    out.contact_kind = codec::read_word<PartyKind>(members.text("contact_kind"), 4);
    out.contact_address = members.text("contact_address");
    out.company_id = members.text("company_id");
    out.user_id = members.text("user_id");
    out.direction = codec::read_word<MailDirection>(members.text("direction"), 3);
    out.template_code = members.text("template_code");
    out.campaign_id = members.text("campaign_id");
    out.opportunity_id = members.text("opportunity_id");
    out.regarding_kind = members.text("regarding_kind");
    out.regarding_id = members.text("regarding_id");
    out.create_party = members.flag("create_party");
    out.owner_id = members.text("owner_id");
    members.finish();
    return out;
}

Json write_candidate_json(const CandidateFinding& candidate) {
    Builder out;
    out.text("kind", to_string(candidate.kind)).text("id", candidate.id);
    out.text("number", candidate.number).text("why", candidate.why);
    return out.take();
}

CandidateFinding read_candidate_json(const Json& value) {
    Members members(value);
    CandidateFinding out;
    out.kind = codec::read_word<PartyKind>(members.text("kind"), 4);
    out.id = members.text("id");
    out.number = members.text("number");
    out.why = members.text("why");
    members.finish();
    return out;
}

Json write_finding_json(const AddressFinding& finding) {
    Builder out;
    out.text("role", finding.role).text("address", finding.address);
    out.text("verdict", finding.verdict);
    if (!finding.candidates.empty())
        out.part("candidates", write_each(finding.candidates, write_candidate_json));
    return out.take();
}

AddressFinding read_finding_json(const Json& value) {
    Members members(value);
    AddressFinding out;
    out.role = members.text("role");
    out.address = members.text("address");
    out.verdict = members.text("verdict");
    out.candidates = read_each(members.find("candidates"), read_candidate_json);
    members.finish();
    return out;
}

Json write_condition_json(const ConditionOutcome& condition) {
    return boost::json::array{codec::write_text(condition.path), Json(condition.holds)};
}

ConditionOutcome read_condition_json(const Json& value) {
    const Json& holds = codec::element(value, 1, 2);
    if (!holds.is_bool()) broken("stored record: a flag is expected");
    return ConditionOutcome{codec::text_of(codec::element(value, 0, 2)), holds.get_bool()};
}

Json write_rule_json(const RuleOutcome& rule) {
    Builder out;
    out.text("id", rule.id).text("name", rule.name).text("scope", rule.scope);
    out.flag("matched", rule.matched).flag("stopped", rule.stopped);
    if (!rule.conditions.empty())
        out.part("conditions", write_each(rule.conditions, write_condition_json));
    return out.take();
}

RuleOutcome read_rule_json(const Json& value) {
    Members members(value);
    RuleOutcome out;
    out.id = members.text("id");
    out.name = members.text("name");
    out.scope = members.text("scope");
    out.matched = members.flag("matched");
    out.stopped = members.flag("stopped");
    out.conditions = read_each(members.find("conditions"), read_condition_json);
    members.finish();
    return out;
}

Json write_action_json(const MailAction& action) {
    Builder out;
    out.text("kind", to_string(action.kind)).text("rule", action.rule);
    out.text("folder", action.folder).text("importance", action.importance);
    out.text("flag", action.flag_status).text("task_subject", action.task_subject);
    out.text("owner_id", action.owner_id);
    if (action.due_in_days) out.part("due_in_days", Json(*action.due_in_days));
    return out.take();
}

/// Only the kinds that are kept as effects have words of their own; the list is closed with Hold.
MailAction read_action_json(const Json& value) {
    Members members(value);
    MailAction out;
    out.kind = codec::read_word<MailActionKind>(members.text("kind"),
                                                static_cast<int>(MailActionKind::Hold) + 1);
    out.rule = members.text("rule");
    out.folder = members.text("folder");
    out.importance = members.text("importance");
    out.flag_status = members.text("flag");
    out.task_subject = members.text("task_subject");
    out.owner_id = members.text("owner_id");
    if (const Json* days = members.find("due_in_days")) out.due_in_days = codec::integer_of(*days);
    members.finish();
    return out;
}

void write_explanation(const MailDecision& decision, Builder& out) {
    if (!decision.trace.empty()) out.part("trace", write_each(decision.trace, write_mail_text));
    if (!decision.rules.empty()) out.part("outcomes", write_each(decision.rules, write_rule_json));
    if (!decision.addresses.empty())
        out.part("addresses", write_each(decision.addresses, write_finding_json));
    if (!decision.effects.empty())
        out.part("effects", write_each(decision.effects, write_action_json));
    out.text("folder", decision.folder).integer("thread", decision.thread_row);
    if (decision.thread_row != 0) out.text("tie", to_string(decision.thread_tie));
    out.flag("open_question", decision.has_open_question);
}

Json write_decision_json(const MailDecision& decision) {
    Builder out;
    out.text("outcome", to_string(decision.outcome))
        .text("reason", decision.reason)
        .text("detail", decision.detail);
    out.text("identity", decision.identity.str()).text("direction", to_string(decision.direction));
    if (!decision.drafts.empty()) out.part("drafts", write_each(decision.drafts, write_draft_json));
    out.text("move_to", decision.move_to).text("rules", decision.rule_set_version);
    if (!decision.add_categories.empty())
        out.part("categories", write_each(decision.add_categories, write_mail_text));
    write_explanation(decision, out);
    return out.take();
}

MailDecision read_decision_json(const Json& value) {
    Members members(value);
    MailDecision out;
    out.outcome = codec::read_word<MailOutcome>(members.text("outcome"), 5);
    out.reason = members.text("reason");
    out.detail = members.text("detail");
    out.identity = MessageIdentity(members.text("identity"));
    out.direction = codec::read_word<MailDirection>(members.text("direction"), 3);
    out.drafts = read_each(members.find("drafts"), read_draft_json);
    out.move_to = members.text("move_to");
    out.rule_set_version = members.text("rules");
    out.add_categories = read_each(members.find("categories"), read_mail_text);
    out.trace = read_each(members.find("trace"), read_mail_text);
    out.rules = read_each(members.find("outcomes"), read_rule_json);
    out.addresses = read_each(members.find("addresses"), read_finding_json);
    out.effects = read_each(members.find("effects"), read_action_json);
    out.folder = members.text("folder");
    out.thread_row = members.integer("thread");
    if (const std::string tie = members.text("tie"); !tie.empty())
        out.thread_tie = codec::read_word<ThreadTie>(tie, 3);
    out.has_open_question = members.flag("open_question");
    members.finish();
    return out;
}

Json write_party_ref_json(const PartyRef& party) {
    Builder out;
    out.text("kind", to_string(party.kind)).text("id", party.id).text("number", party.number);
    out.text("company_id", party.company_id);
    return out.take();
}

PartyRef read_party_ref_json(const Json& value) {
    Members members(value);
    PartyRef out;
    out.kind = codec::read_word<PartyKind>(members.text("kind"), 4);
    out.id = members.text("id");
    out.number = members.text("number");
    out.company_id = members.text("company_id");
    members.finish();
    return out;
}

Json write_choice_json(const MailChoice& choice) {
    Builder out;
    out.text("verb", to_string(choice.verb)).text("address", choice.address);
    if (!choice.parties.empty())
        out.part("parties", write_each(choice.parties, write_party_ref_json));
    out.text("campaign_id", choice.campaign_id).text("opportunity_id", choice.opportunity_id);
    out.flag("whole_thread", choice.whole_thread).text("who", choice.who);
    out.integer("at", choice.at.time_since_epoch().count());
    return out.take();
}

MailChoice read_choice_json(const Json& value) {
    Members members(value);
    MailChoice out;
    out.verb = codec::read_word<MailChoice::Verb>(members.text("verb"), 3);
    out.address = members.text("address");
    out.parties = read_each(members.find("parties"), read_party_ref_json);
    out.campaign_id = members.text("campaign_id");
    out.opportunity_id = members.text("opportunity_id");
    out.whole_thread = members.flag("whole_thread");
    out.who = members.text("who");
    out.at = Timestamp(std::chrono::milliseconds(members.integer("at")));
    members.finish();
    return out;
}

}  // namespace

std::string encode_decision(const MailDecision& decision) {
    return codec::to_document(write_decision_json(decision));
}
Result<MailDecision> decode_decision(std::string_view text) {
    return decode_mail_part(text, read_decision_json);
}

std::string encode_choice(const MailChoice& choice) {
    return codec::to_document(write_choice_json(choice));
}
Result<MailChoice> decode_choice(std::string_view text) {
    return decode_mail_part(text, read_choice_json);
}

}  // namespace liaison::storage
