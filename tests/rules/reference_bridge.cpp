#include "tests/rules/reference_bridge.hpp"

namespace liaison::reference {
namespace {

std::string days_text(const std::optional<std::int64_t>& days) {
    return days ? std::to_string(*days) : "";
}

void add_log_lines(const MailAction& action, ReferenceOutcome& out) {
    out.done.insert("logInteraction");
    const std::pair<const char*, const std::string&> fields[] = {
        {"template", action.template_code},
        {"activityType", action.activity_type},
        {"campaign", action.campaign_id},
        {"opportunity", action.opportunity_id}};
    for (const auto& [name, value] : fields)
        if (!value.empty()) out.done.insert(std::string("logInteraction|") + name + "|" + value);
}

std::string line_of(const MailAction& action) {
    const std::string name(to_string(action.kind));
    switch (action.kind) {
        case MailActionKind::MoveToFolder:
        case MailActionKind::CopyToFolder:
            return name + "|" + action.folder;
        case MailActionKind::MarkImportance:
            return name + "|" + action.importance;
        case MailActionKind::FlagMessage:
            return name + "|" + action.flag_status + "|" + days_text(action.due_in_days);
        case MailActionKind::SetRegarding:
            return name + "|" + action.regarding_kind + "|" + action.regarding_id;
        case MailActionKind::CreateContact:
        case MailActionKind::CreateLead:
            return name + "|" + action.create_for + "|" + action.company_id + "|" + action.owner_id;
        case MailActionKind::CreateTask:
            return name + "|" + action.task_subject + "|" + action.owner_id + "|" +
                   days_text(action.due_in_days);
        default:
            return name;
    }
}

}  // namespace

rules::Facts facts_of_reference(const ReferenceInput& in) {
    rules::Facts facts;
    facts.mailbox = in.mailbox;
    facts.owner_addresses = in.me;
    facts.folder = in.folder;
    facts.direction = in.direction == "inbound"    ? MailDirection::Inbound
                      : in.direction == "outbound" ? MailDirection::Outbound
                                                   : MailDirection::None;
    facts.sender = in.sender;
    facts.recipients = in.recipients;
    facts.conversation_logged = in.conversation_logged;
    return facts;
}

ReferenceOutcome outcome_of_actions(const MailActions& got) {
    ReferenceOutcome out;
    out.matched = got.matched;
    for (const MailAction& action : got.actions) {
        if (action.kind == MailActionKind::LogInteraction)
            add_log_lines(action, out);
        else if (action.kind == MailActionKind::AssignCategories)
            for (const std::string& name : action.categories)
                out.done.insert("assignCategories|" + name);
        else
            out.done.insert(line_of(action));
    }
    return out;
}

std::ostream& operator<<(std::ostream& out, const ReferenceOutcome& outcome) {
    out << "matched:";
    for (const std::string& id : outcome.matched) out << " " << id;
    for (const std::string& line : outcome.done) out << "\n  " << line;
    return out;
}

}  // namespace liaison::reference
