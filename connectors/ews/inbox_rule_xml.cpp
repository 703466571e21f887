#include "connectors/ews/inbox_rule_xml.hpp"

#include <algorithm>
#include <array>

#include "core/http_message.hpp"
#include "core/limits.hpp"
#include "core/text.hpp"

namespace liaison::ews {

namespace {

enum class PredicateForm : std::uint8_t { Strings, Addresses, Flag, Importance, Sensitivity, Size };

struct PredicateName {
    std::string_view element;  ///< types.xsd RulePredicatesType
    std::string_view name;     ///< Graph messageRulePredicates
    PredicateForm form;
};

/// In the order of the schema.
constexpr std::array kPredicates = {
    PredicateName{"Categories", "categories", PredicateForm::Strings},
    PredicateName{"ContainsBodyStrings", "bodyContains", PredicateForm::Strings},
    PredicateName{"ContainsHeaderStrings", "headerContains", PredicateForm::Strings},
    PredicateName{"ContainsRecipientStrings", "recipientContains", PredicateForm::Strings},
    PredicateName{"ContainsSenderStrings", "senderContains", PredicateForm::Strings},
    PredicateName{"ContainsSubjectOrBodyStrings", "bodyOrSubjectContains", PredicateForm::Strings},
    PredicateName{"ContainsSubjectStrings", "subjectContains", PredicateForm::Strings},
    PredicateName{"FromAddresses", "fromAddresses", PredicateForm::Addresses},
    PredicateName{"HasAttachments", "hasAttachments", PredicateForm::Flag},
    PredicateName{"Importance", "importance", PredicateForm::Importance},
    PredicateName{"IsApprovalRequest", "isApprovalRequest", PredicateForm::Flag},
    PredicateName{"IsAutomaticForward", "isAutomaticForward", PredicateForm::Flag},
    PredicateName{"IsAutomaticReply", "isAutomaticReply", PredicateForm::Flag},
    PredicateName{"IsEncrypted", "isEncrypted", PredicateForm::Flag},
    PredicateName{"IsMeetingRequest", "isMeetingRequest", PredicateForm::Flag},
    PredicateName{"IsMeetingResponse", "isMeetingResponse", PredicateForm::Flag},
    PredicateName{"IsNDR", "isNonDeliveryReport", PredicateForm::Flag},
    PredicateName{"IsPermissionControlled", "isPermissionControlled", PredicateForm::Flag},
    PredicateName{"IsReadReceipt", "isReadReceipt", PredicateForm::Flag},
    PredicateName{"IsSigned", "isSigned", PredicateForm::Flag},
    PredicateName{"IsVoicemail", "isVoicemail", PredicateForm::Flag},
    PredicateName{"NotSentToMe", "notSentToMe", PredicateForm::Flag},
    PredicateName{"SentCcMe", "sentCcMe", PredicateForm::Flag},
    PredicateName{"SentOnlyToMe", "sentOnlyToMe", PredicateForm::Flag},
    PredicateName{"SentToAddresses", "sentToAddresses", PredicateForm::Addresses},
    PredicateName{"SentToMe", "sentToMe", PredicateForm::Flag},
    PredicateName{"SentToOrCcMe", "sentToOrCcMe", PredicateForm::Flag},
    PredicateName{"Sensitivity", "sensitivity", PredicateForm::Sensitivity},
    PredicateName{"WithinSizeRange", "withinSizeRange", PredicateForm::Size},
};
constexpr std::size_t kInboxRulesMax = 5'000;
constexpr std::size_t kValuesPerPredicateMax = 10'000;

/// "high" to "High" and back: the two spellings differ in the first letter only.
std::string capital(std::string_view word) {
    std::string out(word);
    if (!out.empty() && out[0] >= 'a' && out[0] <= 'z') out[0] = static_cast<char>(out[0] - 32);
    return out;
}

void write_strings(XmlWriter& xml, std::string_view tag, const std::vector<std::string>& values) {
    xml.open(tag);
    for (const std::string& value : values) xml.leaf("t:String", value);
    xml.close(tag);
}

void write_addresses(XmlWriter& xml, std::string_view tag, const std::vector<std::string>& values) {
    xml.open(tag);
    for (const std::string& value : values)
        xml.open("t:Address").leaf("t:EmailAddress", value).close("t:Address");
    xml.close(tag);
}

void write_predicates(XmlWriter& xml, std::string_view element, const InboxPredicates& predicates) {
    xml.open(element);
    for (const PredicateName& known : kPredicates) {
        const std::string tag = "t:" + std::string(known.element);
        const auto list = predicates.lists.find(std::string(known.name));
        const auto flag = predicates.flags.find(std::string(known.name));
        if (known.form == PredicateForm::Strings && list != predicates.lists.end())
            write_strings(xml, tag, list->second);
        if (known.form == PredicateForm::Addresses && list != predicates.lists.end())
            write_addresses(xml, tag, list->second);
        if (known.form == PredicateForm::Flag && flag != predicates.flags.end())
            xml.leaf(tag, format_bool(flag->second));
        if (known.form == PredicateForm::Importance && predicates.importance)
            xml.leaf(tag, capital(*predicates.importance));
        if (known.form == PredicateForm::Sensitivity && predicates.sensitivity)
            xml.leaf(tag, capital(*predicates.sensitivity));
        if (known.form == PredicateForm::Size && predicates.size) {
            xml.open(tag).leaf("t:MinimumSize", format_int(predicates.size->minimum_kb));
            xml.leaf("t:MaximumSize", format_int(predicates.size->maximum_kb)).close(tag);
        }
    }
    xml.close(element);
}

void write_actions(XmlWriter& xml, const InboxActions& actions) {
    xml.open("t:Actions");
    if (!actions.assign_categories.empty())
        write_strings(xml, "t:AssignCategories", actions.assign_categories);
    if (!actions.copy_to.empty()) {
        xml.open("t:CopyToFolder");
        write_folder_ref(xml, FolderRef::by_id(actions.copy_to.str()));
        xml.close("t:CopyToFolder");
    }
    if (actions.mark_importance) xml.leaf("t:MarkImportance", capital(*actions.mark_importance));
    if (actions.mark_as_read) xml.leaf("t:MarkAsRead", "true");
    if (!actions.move_to.empty()) {
        xml.open("t:MoveToFolder");
        write_folder_ref(xml, FolderRef::by_id(actions.move_to.str()));
        xml.close("t:MoveToFolder");
    }
    if (actions.stop_processing) xml.leaf("t:StopProcessingRules", "true");
    xml.close("t:Actions");
}

void write_rule(XmlWriter& xml, const InboxRule& rule) {
    xml.open("t:Rule");
    if (!rule.id.empty()) xml.leaf("t:RuleId", rule.id);
    xml.leaf("t:DisplayName", rule.display_name).leaf("t:Priority", format_int(rule.priority));
    xml.leaf("t:IsEnabled", format_bool(rule.enabled));
    if (!rule.conditions.empty()) write_predicates(xml, "t:Conditions", rule.conditions);
    if (!rule.exceptions.empty()) write_predicates(xml, "t:Exceptions", rule.exceptions);
    write_actions(xml, rule.actions);
    xml.close("t:Rule");
}

std::vector<std::string> read_strings(const XmlNode& list) {
    std::vector<std::string> out;
    for (const XmlNode& one : list)
        if (out.size() < kValuesPerPredicateMax) out.push_back(one.text());
    return out;
}

std::vector<std::string> read_addresses(const XmlNode& list) {
    std::vector<std::string> out;
    for (const XmlNode& one : list)
        if (out.size() < kValuesPerPredicateMax)
            out.push_back(std::string(trim(one.child_text("EmailAddress"))));
    return out;
}

void read_predicate(const PredicateName& known, const XmlNode& node, InboxPredicates& out) {
    const std::string name(known.name);
    const std::string text(trim(node.text()));
    switch (known.form) {
        case PredicateForm::Strings:
            out.lists[name] = read_strings(node);
            break;
        case PredicateForm::Addresses:
            out.lists[name] = read_addresses(node);
            break;
        case PredicateForm::Flag:
            out.flags[name] = text == "true" || text == "1";
            break;
        case PredicateForm::Importance:
            out.importance = to_lower_ascii(text);
            break;
        case PredicateForm::Sensitivity:
            out.sensitivity = to_lower_ascii(text);
            break;
        case PredicateForm::Size:
            out.size = InboxPredicates::SizeRange{node.child_int("MinimumSize").value_or(0),
                                                  node.child_int("MaximumSize").value_or(0)};
            break;
    }
}

InboxPredicates read_predicates(const XmlNode& node) {
    InboxPredicates out;
    for (const XmlNode& child : node) {
        const auto known = std::find_if(kPredicates.begin(), kPredicates.end(),
                                        [&](const auto& p) { return p.element == child.name(); });
        if (known == kPredicates.end())
            out.foreign.insert(normal_line(truncate_chars(child.name(), 100)));
        else
            read_predicate(*known, child, out);
    }
    return out;
}

/// A folder of an action. A distinguished one has no id here: the rule is not Liaison's then, which
/// writes ids.
FolderId read_action_folder(const XmlNode& node) {
    const XmlNode folder = node.first();
    if (folder.name() == "FolderId") return FolderId(std::string(folder.attribute("Id")));
    return FolderId("distinguished:" +
                    normal_line(truncate_chars(std::string(folder.attribute("Id")), 100)));
}

InboxActions read_actions(const XmlNode& node) {
    InboxActions out;
    for (const XmlNode& child : node) {
        const std::string_view name = child.name();
        const std::string text(trim(child.text()));
        const bool yes = text == "true" || text == "1";
        if (name == "AssignCategories")
            out.assign_categories = read_strings(child);
        else if (name == "CopyToFolder")
            out.copy_to = read_action_folder(child);
        else if (name == "MoveToFolder")
            out.move_to = read_action_folder(child);
        else if (name == "MarkImportance")
            out.mark_importance = to_lower_ascii(text);
        else if (name == "MarkAsRead")
            out.mark_as_read = yes;
        else if (name == "StopProcessingRules")
            out.stop_processing = yes;
        else
            out.foreign.insert(normal_line(truncate_chars(name, 100)));
    }
    return out;
}

/// The outcome of a reply that is its own response message.
Result<void> bare_outcome(const XmlNode& response) {
    const std::string code = normal_line(truncate_chars(response.child_text("ResponseCode"), 100));
    if (response.attribute("ResponseClass") == "Success" && code == "NoError") return {};
    if (code.empty()) return fail(ErrorKind::CorruptReply, "a reply without a response code");
    return std::unexpected(call_error(code, read_error_details(response.child("MessageXml"))));
}

}  // namespace

std::string encode_get_inbox_rules(std::string_view mailbox) {
    std::string out;
    XmlWriter xml(out);
    xml.open("m:GetInboxRules");
    if (!mailbox.empty()) xml.leaf("m:MailboxSmtpAddress", mailbox);
    xml.close("m:GetInboxRules");
    return out;
}

Result<InboxRuleList> decode_get_inbox_rules(const SoapReply& reply) {
    if (auto ok = bare_outcome(reply.response); !ok) return std::unexpected(std::move(ok.error()));
    InboxRuleList out;
    out.outlook_rules = reply.response.child_bool("OutlookRuleBlobExists").value_or(false);
    for (const XmlNode& node : reply.response.child("InboxRules")) {
        if (out.rules.size() == kInboxRulesMax)
            return fail(ErrorKind::TooLarge, "the mailbox has too many inbox rules");
        InboxRule rule;
        rule.id = node.child_text("RuleId");
        rule.display_name = node.child_text("DisplayName");
        rule.priority = node.child_int("Priority").value_or(0);
        rule.enabled = node.child_bool("IsEnabled").value_or(false);
        rule.supported = !node.child_bool("IsNotSupported").value_or(false);
        rule.in_error = node.child_bool("IsInError").value_or(false);
        rule.conditions = read_predicates(node.child("Conditions"));
        rule.exceptions = read_predicates(node.child("Exceptions"));
        rule.actions = read_actions(node.child("Actions"));
        if (rule.id.empty()) return fail(ErrorKind::CorruptReply, "an inbox rule without an id");
        out.rules.push_back(std::move(rule));
    }
    std::ranges::sort(out.rules, [](const InboxRule& a, const InboxRule& b) {
        return a.priority != b.priority ? a.priority < b.priority : a.id < b.id;
    });
    return out;
}

std::string encode_update_inbox_rules(std::string_view mailbox, const InboxRuleChange& change) {
    std::string out;
    XmlWriter xml(out);
    xml.open("m:UpdateInboxRules");
    if (!mailbox.empty()) xml.leaf("m:MailboxSmtpAddress", mailbox);
    xml.leaf("m:RemoveOutlookRuleBlob", format_bool(change.remove_outlook_rules));
    xml.open("m:Operations");
    for (const std::string& id : change.remove)
        xml.open("t:DeleteRuleOperation").leaf("t:RuleId", id).close("t:DeleteRuleOperation");
    for (const InboxRule& rule : change.replace) {
        xml.open("t:SetRuleOperation");
        write_rule(xml, rule);
        xml.close("t:SetRuleOperation");
    }
    for (InboxRule rule : change.create) {
        rule.id.clear();
        xml.open("t:CreateRuleOperation");
        write_rule(xml, rule);
        xml.close("t:CreateRuleOperation");
    }
    xml.close("m:Operations").close("m:UpdateInboxRules");
    return out;
}

Result<void> decode_update_inbox_rules(const SoapReply& reply) {
    auto outcome = bare_outcome(reply.response);
    if (outcome || outcome.error().native_code != "ErrorInboxRulesValidationError") return outcome;
    const XmlNode fault = reply.response.child("RuleOperationErrors").first();
    const XmlNode first = fault.child("ValidationErrors").first();
    const std::string field = normal_line(truncate_chars(first.child_text("FieldURI"), 100));
    const std::string code = normal_line(truncate_chars(first.child_text("ErrorCode"), 100));
    outcome.error().message = "the server refuses operation " +
                              format_int(fault.child_int("OperationIndex").value_or(-1)) + ": " +
                              field + " " + code;
    return outcome;
}

}  // namespace liaison::ews
