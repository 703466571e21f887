#include "sandbox/ews/rule_xml.hpp"

#include <pugixml.hpp>

#include "core/http_message.hpp"
#include "sandbox/ews/lexical.hpp"
#include "sandbox/ews/schema_table.hpp"
#include "sandbox/ews/xml_text.hpp"
#include "sandbox/mailbox_ids.hpp"

namespace liaison::sandbox::ews {
namespace {

constexpr std::size_t rule_text_chars_max = 255;

const std::vector<Particle>& schema_parts(std::string_view type) {
    return SchemaTable::instance().complex(type)->content.parts;
}

void append_part(std::string& out, const RequestContext& context, const Particle& part,
                 const std::vector<std::string>& values) {
    const std::string tag = "t:" + part.name;
    if (part.type == "ArrayOfStringsType") {
        out += "<" + tag + ">";
        for (const std::string& value : values) append_element(out, "t:String", value);
        out += "</" + tag + ">";
    } else if (part.type == "ArrayOfEmailAddressesType") {
        out += "<" + tag + ">";
        for (const std::string& value : values) {
            out += "<t:Address>";
            append_element(out, "t:Name", value);
            append_element(out, "t:EmailAddress", value);
            append_element(out, "t:RoutingType", "SMTP");
            out += "</t:Address>";
        }
        out += "</" + tag + ">";
    } else if (part.type == "TargetFolderIdType") {
        const Folder* folder = context.store.find_folder(context.mailbox, values.at(0));
        out += "<" + tag + "><t:FolderId Id=\"" + escaped(values.at(0)) + "\"";
        if (folder != nullptr) out += " ChangeKey=\"" + folder->change_key + "\"";
        out += "/></" + tag + ">";
    } else if (part.type == "RulePredicateSizeRangeType" ||
               part.type == "RulePredicateDateRangeType") {
        const bool size = part.type == "RulePredicateSizeRangeType";
        out += "<" + tag + ">";
        if (!values.at(0).empty())
            append_element(out, size ? "t:MinimumSize" : "t:StartDateTime", values[0]);
        if (!values.at(1).empty())
            append_element(out, size ? "t:MaximumSize" : "t:EndDateTime", values[1]);
        out += "</" + tag + ">";
    } else {
        append_element(out, tag, values.at(0));
    }
}

void append_parts(std::string& out, const RequestContext& context, std::string_view tag,
                  std::string_view type, const RuleParts& parts) {
    out += "<t:" + std::string(tag) + ">";
    for (const Particle& part : schema_parts(type)) {
        const auto found = parts.find(part.name);
        if (found != parts.end()) append_part(out, context, part, found->second);
    }
    out += "</t:" + std::string(tag) + ">";
}

/// Reads conditions, exceptions or actions and notes what the server would not take.
class RulePartReader {
public:
    RulePartReader(const RequestContext& context, std::string prefix,
                   std::vector<RuleFault>& faults)
        : context_(context), prefix_(std::move(prefix)), faults_(faults) {}

    RuleParts read(const pugi::xml_node& element, std::string_view type) {
        RuleParts out;
        for (const Particle& part : schema_parts(type)) {
            const pugi::xml_node child = element.child(part.name.c_str());
            if (child) read_part(part, child, out);
        }
        return out;
    }

private:
    void fault(const Particle& part, std::string_view code, std::string_view value = {}) {
        faults_.push_back({prefix_ + part.name, std::string(code), std::string(value)});
    }

    void read_part(const Particle& part, const pugi::xml_node& child, RuleParts& out) {
        if (part.name == "FlaggedForAction" || part.name == "SendSMSAlertToRecipients" ||
            part.name == "ServerReplyWithMessage")
            return fault(part, "UnsupportedRule");
        if (part.name == "FromConnectedAccounts") return fault(part, "ConnectedAccountNotFound");
        if (part.name == "MessageClassifications")
            return fault(part, "MessageClassificationNotFound");
        std::vector<std::string> values;
        if (part.type == "ArrayOfStringsType") {
            values = texts(part, child);
        } else if (part.type == "ArrayOfEmailAddressesType") {
            values = addresses(part, child);
        } else if (part.type == "TargetFolderIdType") {
            values = folder(part, child);
        } else if (part.type == "RulePredicateSizeRangeType") {
            values = size_range(part, child);
        } else if (part.type == "RulePredicateDateRangeType") {
            values = date_range(part, child);
        } else if (part.type == "boolean") {
            values.emplace_back(parse_boolean(element_text(child)).value_or(false) ? "true"
                                                                                   : "false");
        } else {
            values.push_back(element_text(child));
        }
        if (!values.empty()) out[part.name] = std::move(values);
    }

    std::vector<std::string> texts(const Particle& part, const pugi::xml_node& child) {
        std::vector<std::string> out;
        for (const pugi::xml_node one : child.children("String")) {
            out.push_back(element_text(one));
            if (out.back().empty()) fault(part, "EmptyValueFound");
            if (out.back().size() > rule_text_chars_max) fault(part, "StringValueTooBig");
        }
        if (out.empty()) fault(part, "EmptyValueFound");
        return out;
    }

    std::vector<std::string> addresses(const Particle& part, const pugi::xml_node& child) {
        std::vector<std::string> out;
        for (const pugi::xml_node one : child.children("Address")) {
            out.push_back(element_text(one.child("EmailAddress")));
            if (out.back().find('@') == std::string::npos)
                fault(part, "InvalidAddress", out.back());
        }
        if (out.empty()) fault(part, "EmptyValueFound");
        return out;
    }

    std::vector<std::string> folder(const Particle& part, const pugi::xml_node& child) {
        const auto found = resolve_target_folder(context_, child, "ErrorFolderNotFound");
        if (found) return {(*found)->id};
        fault(part, found.error().code == "ErrorFolderNotFound" ? "FolderDoesNotExist"
                                                                : "InvalidFolderId");
        return {};
    }

    std::vector<std::string> size_range(const Particle& part, const pugi::xml_node& child) {
        const std::string from = element_text(child.child("MinimumSize"));
        const std::string to = element_text(child.child("MaximumSize"));
        const auto low = parse_integer(from), high = parse_integer(to);
        if (!low && !high) fault(part, "MissingRangeValue");
        if ((low && *low < 0) || (high && *high < 0)) fault(part, "SizeLessThanZero");
        if (low && high && *low > *high) fault(part, "InvalidSizeRange");
        return {from, to};
    }

    std::vector<std::string> date_range(const Particle& part, const pugi::xml_node& child) {
        const std::string from = element_text(child.child("StartDateTime"));
        const std::string to = element_text(child.child("EndDateTime"));
        if (from.empty() && to.empty()) fault(part, "MissingRangeValue");
        return {from, to};
    }

    const RequestContext& context_;
    std::string prefix_;
    std::vector<RuleFault>& faults_;
};

}  // namespace

void append_rule(std::string& out, const RequestContext& context, const ServerRule& rule) {
    out += "<t:Rule>";
    append_element(out, "t:RuleId", rule.id);
    append_element(out, "t:DisplayName", rule.display_name);
    append_number(out, "t:Priority", rule.priority);
    append_boolean(out, "t:IsEnabled", rule.enabled);
    if (rule.not_supported) {  // what EWS cannot show, it does not show in part
        append_boolean(out, "t:IsNotSupported", true);
        out += "</t:Rule>";
        return;
    }
    if (rule.in_error) append_boolean(out, "t:IsInError", true);
    append_parts(out, context, "Conditions", "RulePredicatesType", rule.conditions);
    append_parts(out, context, "Exceptions", "RulePredicatesType", rule.exceptions);
    append_parts(out, context, "Actions", "RuleActionsType", rule.actions);
    out += "</t:Rule>";
}

ServerRule read_rule(const RequestContext& context, const pugi::xml_node& element,
                     std::vector<RuleFault>& faults) {
    ServerRule rule;
    rule.id = element_text(element.child("RuleId"));
    rule.display_name = element_text(element.child("DisplayName"));
    rule.priority = parse_integer(element_text(element.child("Priority"))).value_or(0);
    rule.enabled = parse_boolean(element_text(element.child("IsEnabled"))).value_or(false);
    if (rule.display_name.empty()) faults.push_back({"DisplayName", "EmptyValueFound", ""});
    if (rule.display_name.size() > rule_text_chars_max)
        faults.push_back({"DisplayName", "StringValueTooBig", ""});
    if (rule.priority < 1)
        faults.push_back({"Priority", "InvalidValue", std::to_string(rule.priority)});
    if (element.child("IsNotSupported")) faults.push_back({"IsNotSupported", "NotSettable", ""});
    rule.conditions = RulePartReader(context, "Condition:", faults)
                          .read(element.child("Conditions"), "RulePredicatesType");
    rule.exceptions = RulePartReader(context, "Exception:", faults)
                          .read(element.child("Exceptions"), "RulePredicatesType");
    rule.actions = RulePartReader(context, "Action:", faults)
                       .read(element.child("Actions"), "RuleActionsType");
    if (rule.actions.empty()) faults.push_back({"Actions", "MissingAction", ""});
    return rule;
}

Outcome<std::string> rules_mailbox(const RequestContext& context, const pugi::xml_node& request) {
    const std::string address = element_text(request.child("MailboxSmtpAddress"));
    if (address.empty() || iequals(address, context.mailbox)) return context.mailbox;
    if (context.store.find_user(address) == nullptr) {
        return ews_fail("ErrorNonExistentMailbox",
                        "The SMTP address has no mailbox associated with it.");
    }
    if (!context.store.may_open(address, context.mailbox))
        return ews_fail("ErrorAccessDenied", "Access is denied.");
    return context.store.find_user(address)->address;
}

std::string bare_response(std::string_view operation, std::string_view payload) {
    const std::string name = "m:" + std::string(operation) + "Response";
    std::string out = "<" + name + " xmlns:m=\"";
    out += "http://schemas.microsoft.com/exchange/services/2006/messages\" xmlns:t=\"";
    out += "http://schemas.microsoft.com/exchange/services/2006/types\" ResponseClass=\"Success\">";
    out += "<m:ResponseCode>NoError</m:ResponseCode>";
    return ((out += payload) += "</" + name) += ">";
}

std::string bare_error(std::string_view operation, const EwsError& error,
                       std::string_view payload) {
    const std::string name = "m:" + std::string(operation) + "Response";
    std::string out = "<" + name + " xmlns:m=\"";
    out += "http://schemas.microsoft.com/exchange/services/2006/messages\" xmlns:t=\"";
    out += "http://schemas.microsoft.com/exchange/services/2006/types\" ResponseClass=\"Error\">";
    append_element(out, "m:MessageText", error.text);
    append_element(out, "m:ResponseCode", error.code);
    append_element(out, "m:DescriptiveLinkKey", "0");
    return ((out += payload) += "</" + name) += ">";
}

}  // namespace liaison::sandbox::ews
